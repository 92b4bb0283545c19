"""The database of the settings: opened, brought up to date, and asked how it is."""

from sqlalchemy.exc import ArgumentError, OperationalError

from bot.settings import Settings
from storage import schema
from storage.database import Database
from storage.rules.errors import DomainError, Invalid


def open_database(settings: Settings, *, migrate: bool) -> Database:
    """The database of the settings, at the current schema.

    Raises:
        Invalid: it cannot be reached, or its schema is another and `migrate` is false.
    """
    try:
        database = Database(settings.database_url)
    except (ArgumentError, ImportError) as error:
        raise Invalid(
            "DATABASE_URL cannot be used. It looks like sqlite:///hoshin.db or "
            "postgresql://user:password@host/name; PostgreSQL needs the extra hoshin[postgres]."
        ) from error
    try:
        _bring_up_to_date(database, migrate)
    except OperationalError as error:
        database.close()
        raise Invalid(
            "DATABASE_URL: the database does not answer. Check that it runs and that the address is right."
        ) from error
    except DomainError:
        database.close()
        raise
    return database


def database_faults(database: Database) -> dict[str, str]:
    """Whether the database answers and its schema is this version's."""
    try:
        current = schema.is_current(database.engine)
    except Exception as error:  # noqa: BLE001 - whatever is wrong, it is not ready
        return {"database": f"The database does not answer ({type(error).__name__})."}
    return {} if current else {"schema": "The schema is of another version. Run `hoshin migrate`."}


def _bring_up_to_date(database: Database, migrate: bool) -> None:
    if migrate:
        schema.upgrade(database.engine)
    elif not schema.is_current(database.engine):
        raise Invalid(
            f"The database is at schema {schema.current(database.engine) or 'none'}, and this version needs "
            f"{schema.head()}. Run `hoshin migrate` first."
        )
