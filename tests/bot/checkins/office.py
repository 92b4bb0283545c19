"""A small team for the check-in's tests: who is asked, the clock's work, and what went out."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from bot.checkins import answering
from bot.checkins.answering import Page
from bot.checkins.facts import Prompt
from bot.checkins.kinds import register
from bot.checkins.ladder import climb_ladder
from bot.checkins.slice import slice as checkins
from storage.database import UnitOfWork
from storage.repositories.chores import ABSENCES, NOTES, SCHEDULES, UPDATES
from storage.tables import CheckinPrompt, CheckinQuestion, KeyResult, Member, Outbox, Reading, Team
from storage.tables.outbox import OutboxState
from tests import factories
from tests.clock import FrozenClock

UnitsOfWork = Callable[[], AbstractContextManager[UnitOfWork]]
BATCH = 50


@dataclass(frozen=True)
class Office:
    """Ana leads Customer Service, Ben and Chen work there; everyone in UTC unless a test says otherwise."""

    unit_of_work: UnitsOfWork
    clock: FrozenClock
    team: Team
    ana: Member
    ben: Member

    def key_result(self, owner: Member, **values: Any) -> KeyResult:
        with self.unit_of_work() as uow:
            return factories.key_result(uow, owner_id=owner.id, **values)

    def member(self, **values: Any) -> Member:
        with self.unit_of_work() as uow:
            return factories.member(uow, home=self.team, **values)

    def tick(self, at: datetime | None = None, *, ladder: bool = False) -> int:
        """Does what fell due, as the clock's job would; the ladder only where a test is about it."""
        if at is not None:
            self.clock.jump_to(at)
        done = 0
        with self.unit_of_work() as uow:
            # The tests' rows are put in past the services, which say that there is something to look at.
            uow.chores.poke(uow.now, SCHEDULES, ABSENCES, UPDATES, NOTES)
        for work in [one for one in checkins.due if ladder or one is not climb_ladder]:
            while True:
                with self.unit_of_work() as uow:
                    count = work(uow, BATCH)
                done += count
                if count < BATCH:
                    break
        return done

    def next_due(self) -> datetime | None:
        assert checkins.next_due is not None
        with self.unit_of_work() as uow:
            return checkins.next_due(uow)

    def prompts(self, of: Member) -> list[CheckinPrompt]:
        """The person's, oldest first."""
        with self.unit_of_work() as uow:
            rows = (
                select(CheckinPrompt).where(CheckinPrompt.member_id == of.id).order_by(col(CheckinPrompt.id))
            )
            return list(uow.session.exec(rows))

    def prompt(self, of: Member) -> CheckinPrompt:
        """Their newest one."""
        return self.prompts(of)[-1]

    def questions(self, of: Member) -> list[CheckinQuestion]:
        with self.unit_of_work() as uow:
            return uow.checkins.list_questions([self.prompt(of).id])

    def messages(self, prefix: str = "") -> dict[str, Outbox]:
        """What was put in the outbox, by key."""
        with self.unit_of_work() as uow:
            rows = uow.session.exec(select(Outbox).order_by(col(Outbox.id)))
            return {row.key: row for row in rows if row.key.startswith(prefix)}

    def deliver(self) -> None:
        """Everything that waits is sent."""
        with self.unit_of_work() as uow:
            for row in uow.session.exec(select(Outbox).where(Outbox.state == OutboxState.PENDING)):
                row.state = OutboxState.SENT

    def submit(self, who: Member, page: int = 0, **typed: str) -> Page | Prompt:
        """Sends the form; `value=`, `confidence=`, `note=` are of the first item, `value_2=` the second."""
        questions = self.questions(who)
        fields = {}
        for name, text in typed.items():
            what, _, position = name.partition("_")
            fields[name if what == "blocker" else f"{what}:{questions[int(position or 1) - 1].id}"] = text
        with self.unit_of_work() as uow:
            return answering.submit(uow, who.id, self.prompt(who).id, page, fields)


def open_office(unit_of_work: UnitsOfWork, clock: FrozenClock) -> Office:
    register(checkins.kinds)
    with unit_of_work() as uow:
        team = factories.team(uow, name="Customer Service", channel="customer-service", channel_id="C0CS")
        ana = factories.member(uow, home=team, name="Ana Ruiz")
        ben = factories.member(uow, home=team, name="Ben Okoye")
        team.lead_id = ana.id
    return Office(unit_of_work, clock, team, ana, ben)


def list_readings(
    uow: UnitOfWork, *, kpi_id: int | None = None, key_result_id: int | None = None
) -> list[Reading]:
    """Every reading of one measure, corrected ones too, oldest first."""
    measure = Reading.kpi_id == kpi_id if kpi_id is not None else Reading.key_result_id == key_result_id
    return list(uow.session.exec(select(Reading).where(measure).order_by(col(Reading.id))))


def words(row: Outbox) -> str:
    """Everything that a message says, as one text."""
    return "\n".join(_texts(row.payload))


def payload_words(payload: Any) -> str:
    """Everything that a view says."""
    return "\n".join(_texts(payload))


def buttons(row: Outbox) -> list[str]:
    return [
        element["text"]["text"]
        for block in row.payload.get("blocks", [])
        if block["type"] == "actions"
        for element in block["elements"]
    ]


def _texts(part: Any) -> list[str]:
    if isinstance(part, dict):
        return [
            text
            for key, value in part.items()
            for text in ([value] if key == "text" and isinstance(value, str) else _texts(value))
        ]
    return [text for item in part for text in _texts(item)] if isinstance(part, list) else []
