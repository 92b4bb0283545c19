"""The office that the check-in's tests work in."""

import pytest

from storage.database import Database
from tests import factories
from tests.bot.checkins.office import Office, UnitsOfWork, open_office
from tests.clock import FrozenClock


@pytest.fixture
def office(sqlite_database: Database, clock: FrozenClock) -> Office:
    """Customer Service on Monday at 08:00 UTC, before anyone is asked."""
    workspace_id = factories.workspace(sqlite_database, clock.now())
    return open_office(lambda: sqlite_database.unit_of_work(workspace_id, clock.now()), clock)


@pytest.fixture
def office_on_both(unit_of_work: UnitsOfWork, clock: FrozenClock) -> Office:
    """The same, on each kind of database in turn."""
    return open_office(unit_of_work, clock)
