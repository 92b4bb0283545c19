"""The workshop that Kaizen's tests work in."""

import pytest

from bot.kaizen.reminding import NOTES
from storage.database import Database
from tests import factories
from tests.bot.kaizen.workshop import Workshop, open_workshop
from tests.bot.registers import remind_only_of
from tests.clock import FrozenClock
from tests.conftest import UnitsOfWork


@pytest.fixture(autouse=True)
def reminders(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but Kaizen reminds anyone here."""
    remind_only_of(NOTES, monkeypatch)


@pytest.fixture
def workshop(sqlite_database: Database, clock: FrozenClock) -> Workshop:
    """Monday at 08:00 UTC, before anyone has told an idea."""
    workspace_id = factories.workspace(sqlite_database, clock.now())
    return open_workshop(lambda: sqlite_database.unit_of_work(workspace_id, clock.now()), clock)


@pytest.fixture
def workshop_on_both(unit_of_work: UnitsOfWork, clock: FrozenClock) -> Workshop:
    """The same, on each kind of database in turn."""
    return open_workshop(unit_of_work, clock)
