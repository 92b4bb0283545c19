"""Catchball's season opens and closes by the plan's calendar: before each quarter, in working days."""

from datetime import UTC, date, datetime

import pytest
from sqlmodel import select

from bot.catchball.clock import find_due
from bot.catchball.facts import Opening
from bot.catchball.seasons import announce, find_turns, next_look
from bot.catchball.service import open_throw
from storage.database import Database
from storage.rules.calendar import CalendarRules
from storage.tables import Outbox
from tests import factories
from tests.bot.checkins.office import words
from tests.clock import FrozenClock
from tests.storage.test_catchballs import Table, sit_down

OPENS_ON = date(2026, 3, 11)
"""Fifteen working days before the second quarter."""


@pytest.fixture
def table(sqlite_database: Database, clock: FrozenClock) -> Table:
    """Ana is the strategy lead, Dan leads a team; Ben was thrown a ball."""
    table = sit_down(sqlite_database, clock)
    with table.work() as uow:
        factories.team(uow, name="Sales", lead_id=table.ids["Dan"])
    table.throw()
    return table


def told(table: Table, at: datetime) -> dict[str, str]:
    """What leads get when the clock stands there, by key, in the words that stand for a member's id."""
    table.clock.jump_to(at)
    with table.work() as uow:
        announce(uow, 100)
    with table.work() as uow:
        rows = uow.session.exec(select(Outbox).where(Outbox.workspace_id == table.workspace))
        names = {number: name for name, number in table.ids.items()}
        return {
            f"{row.key.rpartition(':')[0]} {names[row.member_id or 0]}": words(row)
            for row in rows
            if row.key.startswith("catchball-") and row.due_at >= at
        }


def test_the_leads_hear_that_it_opens_once_with_what_is_open(table: Table) -> None:
    with table.work() as uow:
        assert announce in find_due(uow)
    assert told(table, datetime(2026, 3, 10, 6, tzinfo=UTC)) == {}
    with table.work() as uow:
        assert next_look(uow) == datetime(2026, 3, 11, 5, tzinfo=UTC)
    found = told(table, datetime(2026, 3, 11, 6, tzinfo=UTC))
    assert set(found) == {"catchball-opens:2026-04-01 Ana", "catchball-opens:2026-04-01 Dan"}
    assert "is open until 31 March 2026" in found["catchball-opens:2026-04-01 Dan"]
    assert "C-1" in found["catchball-opens:2026-04-01 Dan"]
    assert told(table, datetime(2026, 3, 12, 6, tzinfo=UTC)) == {}


def test_when_it_has_closed_what_remains_open_is_listed(table: Table) -> None:
    found = told(table, datetime(2026, 4, 1, 6, tzinfo=UTC))
    text = found["catchball-closed:2026-04-01 Ana"]
    assert "is over. 1 ball is open." in text
    assert "with Ben" in text


def test_a_private_ball_is_listed_for_nobody_else(table: Table) -> None:
    with table.work() as uow:
        row = uow.catchballs.find(1)
        assert row is not None
        row.is_private = True
    found = told(table, datetime(2026, 4, 1, 6, tzinfo=UTC))
    assert "No ball is in the air." in found["catchball-closed:2026-04-01 Dan"]
    assert "C-1" in found["catchball-closed:2026-04-01 Ana"]


def test_a_throw_outside_the_season_is_allowed_with_a_note(table: Table) -> None:
    with table.work() as uow:
        opening = open_throw(uow, table.ids["Ana"], Opening())
        assert "season opens on 11 March 2026" in opening.season
    table.clock.jump_to(datetime(2026, 3, 12, 9, tzinfo=UTC))
    with table.work() as uow:
        assert open_throw(uow, table.ids["Ana"], Opening()).season == ""


def test_after_an_outage_it_is_still_said_for_two_days() -> None:
    rules = CalendarRules()
    opens = [find_turns(rules, date(2026, 3, on)) for on in (10, 11, 13, 14)]
    assert [len(turns) for turns in opens] == [0, 1, 1, 0]
    closes = [find_turns(rules, date(2026, 4, on)) for on in (1, 3, 4)]
    assert [[turn.opens for turn in turns] for turns in closes] == [[False], [False], []]
