"""A small company for Kaizen's tests: Ana is of the lean council, Ben tells ideas, Chen reads along."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from bot.checkins.noting import tell_notes
from bot.kaizen import moving, submitting
from bot.kaizen.facts import Sheet, Submitted
from bot.kaizen.slice import slice as kaizen
from bot.kaizen.submitting import Origin
from storage.database import UnitOfWork
from storage.rules.kaizen import Ask, Move
from storage.rules.terms import Role
from storage.tables import Idea, Member, Outbox
from tests import factories
from tests.clock import FrozenClock

UnitsOfWork = Callable[[], AbstractContextManager[UnitOfWork]]
CHANNEL = "CIDEAS"
TYPED = {"problem": "The label printer stops every shift", "idea": "Keep a spare ribbon at the machine"}
ALL = dict.fromkeys(map(str, Ask), "A sentence.") | {str(Ask.UNTIL): "2026-03-02"}


@dataclass(frozen=True)
class Workshop:
    """Everyone works Monday to Friday from 9:00 UTC."""

    unit_of_work: UnitsOfWork
    clock: FrozenClock
    ana: Member
    ben: Member
    chen: Member

    def submit(self, who: Member | None = None, **typed: str) -> Submitted:
        with self.unit_of_work() as uow:
            return submitting.submit(uow, (who or self.ben).id, {**TYPED, **typed})

    def start(self, who: Member, text: str) -> Sheet:
        """As `/kaizen` and the text."""
        with self.unit_of_work() as uow:
            sheet = submitting.start(uow, who.id, text)
            if text:
                submitting.keep(uow, who.id, Origin(text))
        return sheet

    def move(self, who: Member, *moves: Move, number: int = 1, texts: Mapping[str, str] | None = None) -> Any:
        """Does one step after the other; what they ask for is given."""
        detail = None
        for move in moves:
            given = dict(ALL)
            given[Ask.RESPONSIBLE] = self.ben.slack_user_id or ""
            given.update(texts or {})
            with self.unit_of_work() as uow:
                detail = moving.move(uow, who.id, uow.ideas.get_id(number), move, given)
        return detail

    def idea(self, number: int = 1) -> Idea:
        with self.unit_of_work() as uow:
            return uow.ideas.get(uow.ideas.get_id(number))

    def tick(self) -> None:
        """Does what fell due, as the clock's job would."""
        for work in kaizen.due:
            with self.unit_of_work() as uow:
                work(uow, 50)

    def remind(self) -> None:
        """Tells everyone who gets no check-in today what waits for them, as the clock's job would."""
        with self.unit_of_work() as uow:
            tell_notes(uow, 50)

    def told(self, who: Member) -> list[str]:
        """What went out to someone, in order."""
        with self.unit_of_work() as uow:
            return self._texts(uow, col(Outbox.member_id) == who.id)

    def posted(self) -> list[str]:
        """What went out to the ideas channel, outside threads."""
        with self.unit_of_work() as uow:
            return self._texts(uow, col(Outbox.channel_id) == CHANNEL)

    @staticmethod
    def _texts(uow: UnitOfWork, which: Any) -> list[str]:
        rows = uow.session.exec(
            select(Outbox).where(Outbox.workspace_id == uow.workspace_id, which).order_by(col(Outbox.id))
        )
        return [f"{row.payload['text']} {row.payload.get('blocks', '')}" for row in rows]


def open_workshop(unit_of_work: UnitsOfWork, clock: FrozenClock) -> Workshop:
    """Puts the people and the channel into an empty workspace."""
    with unit_of_work() as uow:
        team = factories.team(uow, name="Assembly", channel=None, channel_id=None)
        ana = factories.member(uow, name="Ana Ruiz", home=team)
        ben = factories.member(uow, name="Ben Okoye", home=team)
        chen = factories.member(uow, name="Chen Li", home=team)
        uow.workspace.ideas_channel_id = CHANNEL
        uow.roles.grant(ana.id, Role.LEAN_COUNCIL, by_id=None, at=uow.now)
    return Workshop(unit_of_work, clock, ana, ben, chen)
