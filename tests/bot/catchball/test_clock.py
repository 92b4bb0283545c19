"""What the clock does about balls that lie, on a Monday morning and after."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from bot.catchball.clock import NOTES, due_instant, expire_due, find_due, find_notes, next_due
from bot.catchball.posting import tell
from bot.checkins.noting import tell_notes
from storage import catchballs
from storage.database import Database
from storage.rules.cadence import WorkPattern
from storage.rules.catchball import BallState
from storage.rules.terms import Kind
from storage.tables import Outbox
from tests.bot.registers import remind_only_of
from tests.clock import FrozenClock
from tests.storage.test_catchballs import TERMS, Table, sit_down


@pytest.fixture
def table(sqlite_database: Database, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> Table:
    remind_only_of([NOTES], monkeypatch)
    table = sit_down(sqlite_database, clock)
    with table.work() as uow:
        wanted = catchballs.Throw(
            kind=Kind.OBJECTIVE, terms=TERMS, receiver_ids=[table.ids["Ben"]], channel_id="C1"
        )
        tell(uow, catchballs.throw(uow, table.viewer(uow, "Ana"), wanted))
    return table


def told(table: Table, days: float, who: str) -> int:
    """How many reminders someone has got, once the clock stands so many days on."""
    table.clock.jump_to(datetime(2026, 2, 9, 8, tzinfo=UTC) + timedelta(days=days))
    with table.work() as uow:
        tell_notes(uow, 100)
    with table.work() as uow:
        rows = uow.session.exec(
            select(Outbox).where(Outbox.workspace_id == table.workspace, Outbox.member_id == table.ids[who])
        )
        return len([row for row in rows if row.key.startswith("waiting:")])


def test_the_holder_is_reminded_once_on_the_second_working_day(table: Table) -> None:
    assert told(table, 1.1, "Ben") == 0
    assert told(table, 2.1, "Ben") == 1
    assert told(table, 2.2, "Ben") == 1
    assert told(table, 3.1, "Ben") == 1
    assert told(table, 3.1, "Ana") == 0


def test_a_reminder_counts_the_days_by_the_calendar(table: Table) -> None:
    table.clock.jump_to(datetime(2026, 2, 9, 16, tzinfo=UTC))
    table.counter("Ben", 76)
    table.clock.jump_to(datetime(2026, 2, 11, 9, 5, tzinfo=UTC))
    with table.work() as uow:
        [note] = find_notes(uow, None)[table.ids["Ana"]]
    assert "lies with you for 2 days" in note.text


def test_the_next_instant_is_known_before_it_comes(table: Table) -> None:
    with table.work() as uow:
        assert next_due(uow) == datetime(2026, 2, 11, 9, tzinfo=UTC)
    assert told(table, 2.1, "Ben") == 1
    with table.work() as uow:
        assert next_due(uow) == datetime(2026, 2, 16, 9, tzinfo=UTC), "when its sponsor is told"
    assert told(table, 7.1, "Ana") == 1
    with table.work() as uow:
        assert next_due(uow) == datetime(2026, 2, 24, tzinfo=UTC), "when it expires"
        catchballs.withdraw(uow, table.viewer(uow, "Ana"), 1)
        assert next_due(uow) is None


def test_nobody_is_reminded_at_night(table: Table) -> None:
    assert told(table, 2.8, "Ben") == 0
    assert told(table, 3.1, "Ben") == 1


def test_the_sponsor_is_told_after_five_working_days(table: Table) -> None:
    assert told(table, 6.1, "Ana") == 0
    assert told(table, 7.1, "Ana") == 1
    assert told(table, 8.1, "Ana") == 1


def test_a_counter_starts_the_clock_anew(table: Table) -> None:
    assert told(table, 2.1, "Ben") == 1
    table.counter("Ben", 76)
    assert told(table, 3.5, "Ana") == 0
    assert told(table, 4.1, "Ana") == 1


def test_a_weekend_is_no_working_day() -> None:
    friday = datetime(2026, 2, 13, 15, tzinfo=UTC)
    assert due_instant(WorkPattern("UTC"), friday, 2) == datetime(2026, 2, 17, 9, tzinfo=UTC)


def test_what_nobody_answers_expires_and_its_thread_tells(table: Table) -> None:
    table.clock.advance(timedelta(days=15))
    with table.work() as uow:
        assert expire_due in find_due(uow)
        assert expire_due(uow, 10) == 1
        assert expire_due(uow, 10) == 0
    with table.work() as uow:
        row = uow.catchballs.find(1)
        assert row is not None
        assert row.state is BallState.EXPIRED
        card = uow.outbox.find(f"catchball:{row.id}")
        assert card is not None
        assert "expired" in card.payload["text"]
        assert expire_due not in find_due(uow)
