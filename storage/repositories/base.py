"""What every repository is made of: a session and the workspace that it keeps to."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar
from weakref import ref

from sqlalchemy import Connection, CursorResult, Executable, Table, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, SessionTransaction
from sqlalchemy.sql.dml import ReturningInsert
from sqlmodel import Session, SQLModel, col

from storage.rules.errors import NotFound
from storage.tables.columns import Row

R = TypeVar("R", bound=Row)
T = TypeVar("T")

_CONNECTION = "connection"
"""Where a session notes the connection of its transaction."""


def insert_once(
    session: Session,
    table: type[SQLModel],
    values: Mapping[str, Any],
    unique: Sequence[str],
    returning: Mapped[T],
) -> T | None:
    """Inserts a row unless there is one with the same values in the `unique` columns; both databases alike.

    Another transaction that is just inserting it is waited for. Returns `returning` of the new row, or None.
    """
    statement = inserting_once(session.get_bind().dialect.name, table, tuple(unique), returning)
    return session.execute(statement, dict(values)).scalar_one_or_none()


@cache
def inserting_once(
    dialect: str, table: type[SQLModel], unique: tuple[str, ...], returning: Mapped[T]
) -> ReturningInsert[tuple[T]]:
    """The statement of `insert_once`. Made once: building a statement costs more than sending it."""
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return insert(table).on_conflict_do_nothing(index_elements=unique).returning(returning)


def connection_of(session: Session) -> Connection:
    """The connection of the session's transaction, kept at hand: to ask the session for it costs a third of
    a small statement."""
    transaction = session.get_transaction()
    kept: tuple[ref[SessionTransaction], Connection] | None = session.info.get(_CONNECTION)
    if kept is not None and transaction is not None and kept[0]() is transaction:
        return kept[1]
    connection = session.connection()
    begun = session.get_transaction()
    if begun is not None:
        session.info[_CONNECTION] = (ref(begun), connection)
    return connection


def table_of(table: type[SQLModel]) -> Table:
    """The table itself, for statements that go past the session."""
    bare: Table = inspect(table).local_table
    return bare


class Repository:
    """Queries and writes of one aggregate in one workspace."""

    def __init__(self, session: Session, workspace_id: int) -> None:
        self.session = session
        self.workspace_id = workspace_id

    def _send(self, statement: Executable, values: Mapping[str, Any]) -> CursorResult[*tuple[Any, ...]]:
        """Sends a statement that was made once, past what the session would look up in it each time: half
        the cost. What waits in the session is written first, unless it is told not to.

        Not for changes of what a picture of the plan is made of: those are counted by the session.
        """
        if self.session.autoflush:
            self.session.flush()
        return connection_of(self.session).execute(statement, values)

    def _written(self) -> Connection:
        """The connection of the transaction, after what waits in the session is written."""
        self.session.flush()
        return connection_of(self.session)

    def _columns(self, statement: Executable, **values: Any) -> CursorResult[*tuple[Any, ...]]:
        """As `_send`, for a statement that reads columns; the workspace's id is among its values."""
        return self._send(statement, {"workspace_id": self.workspace_id, **values})

    def add(self, row: R) -> R:
        """Puts a new row into this workspace and gives it its id."""
        row.workspace_id = self.workspace_id
        self.session.add(row)
        self.session.flush()
        return row

    def _add_once(self, row: R, *unique: str) -> R | None:
        """Puts a new row in unless there is one with the same values in the `unique` columns: then None.

        Another replica that is just adding it is waited for.
        """
        row.workspace_id = self.workspace_id
        table = type(row)
        values = row.model_dump(exclude={"id"}, exclude_none=True)
        row_id = insert_once(self.session, table, values, unique, col(table.id))
        return None if row_id is None else self.session.get_one(table, row_id)

    def _get(self, table: type[R], row_id: int, sentence: str) -> R:
        """The row, if it belongs to this workspace.

        Raises:
            NotFound: with `sentence`; a row of another workspace does not exist here.
        """
        row = self.session.get(table, row_id)
        if row is None or row.workspace_id != self.workspace_id:
            raise NotFound(sentence)
        return row
