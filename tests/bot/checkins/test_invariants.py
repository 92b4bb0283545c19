"""What holds in whatever order people and the clock take turns."""

import atexit
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlmodel import col, select

from bot.checkins import answering
from bot.checkins.summarising import read_summary
from storage.database import Database, UnitOfWork
from storage.rules.errors import DomainError
from storage.rules.terms import PromptState
from storage.tables import CheckinAnswer, CheckinPrompt, CheckinWindow, Member, Outbox, Reading
from tests import factories
from tests.bot.checkins.office import Office, open_office, words
from tests.clock import FrozenClock
from tests.databases import SqliteFiles

MONDAY_9 = datetime(2026, 2, 9, 9, 0, tzinfo=UTC)
PEOPLE = st.integers(0, 2)
FIGURES = st.sampled_from(["", "71", "74,5", "80 %", "many"])
CONFIDENCES = st.sampled_from(["", "3", "8", "11"])


@cache
def sqlite_files() -> SqliteFiles:
    """One folder for the run: a state machine gets no fixtures."""
    folder = TemporaryDirectory()
    atexit.register(folder.cleanup)
    return SqliteFiles(Path(folder.name))


class CheckinWeek(RuleBasedStateMachine):
    """Three people in two zones, one of them a lead, and a clock that jumps by hours or days."""

    @initialize()
    def open_office(self) -> None:
        self.database = Database(sqlite_files().migrated())
        clock = FrozenClock()
        workspace_id = factories.workspace(self.database, clock.now())
        self.office: Office = open_office(
            lambda: self.database.unit_of_work(workspace_id, clock.now()), clock
        )
        sam = self.office.member(name="Sam Lee", zone="America/New_York")
        self.people: list[Member] = [self.office.ana, self.office.ben, sam]
        for member in self.people:
            key_result = self.office.key_result(member)
            with self.office.unit_of_work() as uow:
                factories.reading(uow, key_result, 70, period_on=date(2026, 2, 2))
        self.office.tick(at=MONDAY_9)
        self.office.deliver()

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()

    @rule(hours=st.sampled_from([1, 5, 24, 72]))
    def time_passes(self, hours: int) -> None:
        self.office.clock.advance(timedelta(hours=hours))

    @rule()
    def clock_ticks(self) -> None:
        self.office.tick()
        self.office.deliver()

    @rule(who=PEOPLE, value=FIGURES, confidence=CONFIDENCES)
    def person_submits(self, who: int, value: str, confidence: str) -> None:
        member = self.people[who]
        self.act(member, lambda: self.office.submit(member, 0, value=value, confidence=confidence))

    @rule(who=PEOPLE, verb=st.sampled_from([answering.confirm_unchanged, answering.snooze, answering.skip]))
    def person_presses(self, who: int, verb: Callable[..., object]) -> None:
        member = self.people[who]

        def press() -> None:
            with self.office.unit_of_work() as uow:
                verb(uow, member.id, self.office.prompt(member).id)

        self.act(member, press)

    def act(self, member: Member, action: Callable[[], object]) -> None:
        """A refusal is an answer too; anything else is a bug."""
        if self.office.prompts(member) and self.office.questions(member):
            with suppress(DomainError):
                action()

    @invariant()
    def one_prompt_a_person_and_window(self) -> None:
        with self.office.unit_of_work() as uow:
            prompts = uow.session.exec(select(CheckinPrompt)).all()
        assert len({(prompt.member_id, prompt.window_id) for prompt in prompts}) == len(prompts)
        assert len({(prompt.member_id, prompt.opens_at) for prompt in prompts}) == len(prompts)

    @invariant()
    def at_most_one_live_reading_an_answer(self) -> None:
        with self.office.unit_of_work() as uow:
            answers = uow.session.exec(select(CheckinAnswer)).all()
            live = uow.session.exec(
                select(Reading).where(
                    col(Reading.superseded_by_id).is_(None),
                    Reading.recorded_at > datetime(2026, 2, 9, 8, 0, tzinfo=UTC),
                )
            ).all()
            by_id = {reading.id: reading for reading in live}
        recorded = [answer for answer in answers if answer.reading_id is not None]
        assert len(live) == len(recorded)
        assert all(by_id[answer.reading_id or 0].value == answer.value for answer in recorded)

    @invariant()
    def answered_means_answers_and_the_summary_counts_them(self) -> None:
        with self.office.unit_of_work() as uow:
            for window in uow.session.exec(select(CheckinWindow)).all():
                prompts = uow.checkins.list_prompts(window.id)
                answered = [prompt for prompt, _ in prompts if prompt.state is PromptState.ANSWERED]
                summary = read_summary(uow, window)
                assert summary is not None
                assert len(summary.answered) == len(answered)
                posted = uow.outbox.find(f"summary:{window.id}")
                assert (posted is not None) == bool(answered)
                if posted is not None:
                    assert f"{len(answered)} of " in words(newest(uow, posted))

    @invariant()
    def nobody_gets_more_than_five_messages_a_week(self) -> None:
        with self.office.unit_of_work() as uow:
            for prompt in uow.session.exec(select(CheckinPrompt)).all():
                told = [
                    row
                    for row in uow.session.exec(select(Outbox).where(Outbox.member_id == prompt.member_id))
                    if row.key.split(":")[0] in {"prompt", "reminder", "later"}
                    and row.key.split(":")[1] == str(prompt.id)
                ]
                assert len(told) <= 5


def newest(uow: UnitOfWork, posted: Outbox) -> Outbox:
    """The message as it stands after its newest edit."""
    edits = uow.session.exec(select(Outbox).where(Outbox.edit_of_id == posted.id).order_by(col(Outbox.id)))
    shown: list[Outbox] = [posted, *edits]
    return shown[-1]


CheckinWeek.TestCase.settings = settings(max_examples=5, stateful_step_count=12, deadline=None)
TestCheckinWeek = CheckinWeek.TestCase
