"""The database's schema: Alembic, configured in code, its steps shipped with the program.

Each step runs in the one transaction of the upgrade, so a database is at the old schema or at the new one and
never between. There is no way down: an older program refuses a newer database, and a backup brings it back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, Engine, func, inspect, select, text

from storage.rules.errors import DomainError

if TYPE_CHECKING:
    from alembic.config import Config

STEPS: Final = Path(__file__).parent / "migrations" / "versions"

UPGRADE_LOCK: Final = 0x686F7368696E  # "hoshin"
"""The PostgreSQL advisory lock that one upgrade at a time holds."""

SQLITE_WAIT_MS: Final = 60_000
"""How long an upgrade waits for another's; an ordinary writer's 1.5 s is too short for it."""


class SchemaIsNewer(DomainError):
    """A newer program has upgraded the database before."""


def upgrade(engine: Engine) -> None:
    """Brings a fresh or older database to the current schema; one that is current stays as it is.

    Any number of processes may call it at once: one upgrades, the others wait and find nothing to do.

    Raises:
        SchemaIsNewer: this program does not know the database's schema; nothing was changed.
    """
    with _alone(engine) as connection:
        revision = _revision(connection)
        if revision == head():
            return
        if revision is not None and revision not in list_steps():
            raise SchemaIsNewer(
                f"The database is at schema {revision}, which this version of Hoshin does not know. "
                "Install the version that upgraded it, or a newer one."
            )
        _run_steps(connection)
        if engine.dialect.name == "sqlite":
            _check_foreign_keys(connection)


def current(engine: Engine) -> str | None:
    """The database's schema; None for a database that has none yet."""
    # Only looked at: on SQLite it must not wait for a writer, nor make one wait.
    with engine.execution_options(hoshin_read=True).connect() as connection:
        return _revision(connection)


def head() -> str:
    """The schema that this program works with."""
    return list_steps()[-1]


def is_current(engine: Engine) -> bool:
    """True if the database is at the program's schema."""
    return current(engine) == head()


@cache
def list_steps() -> tuple[str, ...]:
    """The numbers of all steps that the program knows, first to last, as their files are named."""
    return tuple(sorted(step.name.partition("_")[0] for step in STEPS.glob("[0-9]*.py")))


def configure(connection: Connection | None = None) -> "Config":
    """Alembic's configuration, for work on that connection in the caller's transaction."""
    from alembic.config import Config  # noqa: PLC0415 - a start that finds the schema current needs no Alembic

    config = Config()
    config.set_main_option("script_location", "storage:migrations")
    config.attributes["connection"] = connection
    return config


def _run_steps(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - as above

    command.upgrade(configure(connection), "head")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return revision


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """One transaction that no other upgrade runs beside; commits at the end."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            # The connection is given up afterwards, since it is set up for nothing but an upgrade.
            connection.detach()
            _prepare_sqlite(connection)
        with connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(UPGRADE_LOCK)))
            yield connection


def _prepare_sqlite(connection: Connection) -> None:
    """Must come before the transaction, within which SQLite ignores the pragma on foreign keys."""
    driver = connection.connection.cursor()
    driver.execute(f"PRAGMA busy_timeout = {SQLITE_WAIT_MS}")
    # A batch drops the old table; with foreign keys on, SQLite would delete its rows one by one before.
    driver.execute("PRAGMA foreign_keys = OFF")
    driver.close()


def _check_foreign_keys(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise ValueError(f"the upgrade would leave rows that point nowhere: {broken[:5]}")
