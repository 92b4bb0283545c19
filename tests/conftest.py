"""What every test may ask for. All of it is real but the clock."""

import gc
import ipaddress
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import hypothesis
import pytest

from storage.database import Database, UnitOfWork
from tests import factories
from tests.clock import FrozenClock
from tests.databases import Databases, PostgresDatabases, SqliteFiles, postgres
from tests.isolation import watched_statements
from tests.statements import share_statements

# A shell that forbids it would have every process of the run compile all that it imports.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

MOST_WORKERS = 4
"""Each has a PostgreSQL server of its own."""

GARBAGE_AFTER = 100_000
"""New objects until some are looked through; Python's own 700 is for small heaps."""

_IN_THE_BROWSERS_LOOP = {"open_page", "shown"}

UnitsOfWork = Callable[[], AbstractContextManager[UnitOfWork]]


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteFiles:
    """Makes migrated or empty SQLite files."""
    return SqliteFiles(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_databases() -> Iterator[PostgresDatabases]:
    """Makes migrated or empty databases on a real PostgreSQL server, started for this run."""
    with postgres() as databases:
        yield databases


@pytest.fixture(params=["sqlite", pytest.param("postgres", id="postgresql")])
def databases(request: pytest.FixtureRequest) -> Databases:
    """Makes databases of each kind in turn."""
    # By name, so that a run of SQLite tests alone starts no server.
    found: Databases = request.getfixturevalue(f"{request.param}_databases")
    return found


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """The URL of a migrated database of each kind in turn, for a test that starts processes."""
    url = databases.migrated()
    yield url
    databases.discard(url)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database of each kind in turn."""
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def sqlite_database(sqlite_databases: SqliteFiles) -> Iterator[Database]:
    """A migrated SQLite database, where the kind makes no difference."""
    url = sqlite_databases.migrated()
    database = Database(url)
    yield database
    database.close()
    sqlite_databases.discard(url)


@pytest.fixture
def postgres_url(postgres_databases: PostgresDatabases) -> Iterator[Callable[[], str]]:
    """Makes a migrated PostgreSQL database and returns its URL, for a test that starts processes."""
    urls: list[str] = []

    def make() -> str:
        urls.append(postgres_databases.migrated())
        return urls[-1]

    yield make
    for url in urls:
        postgres_databases.discard(url)


@pytest.fixture
def clock() -> FrozenClock:
    """Stands at Monday 2026-02-09, 08:00 UTC, until the test moves it."""
    return FrozenClock()


@pytest.fixture
def workspace(database: Database, clock: FrozenClock) -> int:
    """The id of the connected workspace T0001 in `database`."""
    return factories.workspace(database, clock.now())


@pytest.fixture
def unit_of_work(database: Database, workspace: int, clock: FrozenClock) -> UnitsOfWork:
    """Opens a unit of work of `workspace` at the clock's instant: `with unit_of_work() as uow:`."""
    return lambda: database.unit_of_work(workspace, clock.now())


@pytest.fixture(autouse=True)
def statements_keep_to_their_workspace() -> Iterator[list[str]]:
    """Fails a test in which the product sent a statement that does not say whose rows it means."""
    with watched_statements() as violations:
        yield violations
    assert violations == []


def _refuse_other_hosts(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook, since it sees every socket of this process, whoever opened it."""
    if event != "socket.connect":
        return
    address = arguments[1]
    if isinstance(address, tuple) and not _is_loopback(address[0]):
        raise PermissionError(f"a test may not talk to {address[0]}")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """A whole run keeps the cores busy; tests that are named start sooner in one process.

    One worker more than there are cores, since a third of a run is waiting: for acks, browsers and programs.
    """
    if config.args_source is pytest.Config.ArgsSource.ARGS:
        return 0
    return min((os.cpu_count() or 1) + 1, MOST_WORKERS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that look at a page share the loop of the one browser, with what serves the page."""
    for item in items:
        if isinstance(item, pytest.Function) and _IN_THE_BROWSERS_LOOP & set(item.fixturenames):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


def pytest_collection_finish() -> None:
    """What is collected stays to the end: searching it for garbage over and over took an eighth of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER, 20, 100)


def pytest_configure() -> None:
    sys.addaudithook(_refuse_other_hosts)
    share_statements()
    for name in list(os.environ):
        # Whoever runs the tests may have a bot of their own set up in this shell.
        if name.startswith(("SLACK_", "HOSHIN_")) or name in {"DATABASE_URL", "HOST", "PORT"}:
            del os.environ[name]
    # How long an example takes says more about the machine and its other work than about the code. CI tries
    # the same examples every time, so that a change fails by its own fault alone.
    hypothesis.settings.register_profile("hoshin", deadline=None, derandomize="CI" in os.environ)
    hypothesis.settings.load_profile("hoshin")
