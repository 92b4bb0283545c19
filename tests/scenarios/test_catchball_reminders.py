"""A ball that lies comes up in its holder's check-in, in the same message, and leads to the ball."""

from datetime import UTC, datetime

from storage.database import Database
from tests import factories
from tests.clock import FrozenClock
from tests.scenarios.stage import stage
from tests.scenarios.test_catchball import throw

THURSDAY = datetime(2026, 2, 5, 10, tzinfo=UTC)
MONDAY_9 = datetime(2026, 2, 9, 8, tzinfo=UTC)
"""In Madrid: the second working day after that Thursday."""


async def test_the_mondays_message_asks_for_the_check_in_and_reminds_of_the_ball(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    clock.jump_to(THURSDAY)
    async with stage(sqlite_database, clock) as office:
        with office.unit_of_work() as uow:
            factories.annual_objective(uow)
        await throw(office)
        await office.at(MONDAY_9)
        assert "Your weekly check-in is here: 1 item" in office.ben.dm
        assert "The ball lies with you" in office.ben.dm
        assert office.ben.dm.count("C-1") == 1
        assert "The ball lies with you" not in office.ana.dm
        await office.ben.clicks("Open")
        await office.ben.will_see("Ana Ruiz → Ben Okoye")
        await office.ben.clicks("Nothing changed")
        await office.settled()
        assert "that is recorded" in office.ben.dm
