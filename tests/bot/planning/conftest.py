"""The office in which the plan's forms are tried."""

from collections.abc import AsyncIterator

import pytest

from storage.database import Database
from tests.bot.planning import office as offices
from tests.clock import FrozenClock


@pytest.fixture
async def office(sqlite_database: Database, clock: FrozenClock) -> AsyncIterator[offices.Office]:
    async with offices.office(sqlite_database, clock) as running:
        yield running
