"""The office that the OKRs' tests work in."""

import pytest

from storage.database import Database
from tests import factories
from tests.bot.okr.office import Office, open_office
from tests.clock import FrozenClock


@pytest.fixture
def office(sqlite_database: Database, clock: FrozenClock) -> Office:
    """Customer Service on Monday 9 February 2026, 08:00 UTC."""
    workspace_id = factories.workspace(sqlite_database, clock.now())
    return open_office(sqlite_database, workspace_id, clock)
