"""What every repository is made of: a session and the workspace that it keeps to."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeVar
from weakref import ref

from sqlalchemy import Connection, CursorResult, Executable, Select, Table, bindparam, inspect, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, SessionTransaction
from sqlalchemy.sql.dml import ReturningInsert
from sqlmodel import Session, SQLModel, col

from storage.repositories import bulk
from storage.repositories.bulk import Columns
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


def insert_columns(
    session: Session,
    table: type[SQLModel],
    columns: Columns,
    *,
    unique: tuple[str, ...],
    written_out: str = "",
    **same: Any,
) -> None:
    """Inserts many rows in one go, without those that are there already by the `unique` columns.

    Past the session, which would look at each row by itself: not for tables that pictures are made of.

    Args:
        columns: the values of at least one row, column by column.
        written_out: a column of JSON whose values are text already.
        same: columns in which all have the same.
    """
    session.flush()
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        bulk.insert_columns(connection, table, columns, unique=unique, written_out=written_out, **same)
    else:
        _insert_set(connection, table, columns, same, unique=unique, written_out=written_out)


def insert_with_ids(
    session: Session, table: type[SQLModel], columns: Columns, *, unique: tuple[str, ...], **same: Any
) -> list[int | None]:
    """As `insert_columns`; the `unique` ones are among `columns`.

    Returns:
        the id of each row, in the same order; None for one that was there already.
    """
    session.flush()
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        new = _insert_set(connection, table, columns, same, unique=unique, returning=(*unique, "id"))
        known = {tuple(row[:-1]): row[-1] for row in new}
        return [known.get(row) for row in zip(*(columns[name] for name in unique), strict=True)]
    # The ids are taken beforehand: one statement for all rows gives none back.
    count = len(next(iter(columns.values())))
    ids = bulk.take_ids(connection, table, count)
    if bulk.insert_columns(connection, table, columns, ids=ids, unique=unique, **same) == count:
        return [*ids]
    rows = connection.execute(_ids_from(table), {"ours": same["workspace_id"], "first_id": ids[0]})
    added = set(rows.scalars())
    return [row_id if row_id in added else None for row_id in ids]


def columns_of(lines: Sequence[NamedTuple]) -> dict[str, Sequence[Any]]:
    """Lines to be put in, column by column, without the ids that they do not have yet."""
    columns: dict[str, Sequence[Any]] = dict(zip(lines[0]._fields, zip(*lines, strict=True), strict=True))
    columns.pop("id", None)
    return columns


@cache
def _ids_from(table: type[SQLModel]) -> Select[Any]:
    bare = table_of(table)
    return select(bare.c.id).where(
        bare.c.workspace_id == bindparam("ours"), bare.c.id >= bindparam("first_id")
    )


def _insert_set(
    connection: Connection,
    table: type[SQLModel],
    columns: Columns,
    same: Mapping[str, Any],
    *,
    unique: tuple[str, ...],
    returning: tuple[str, ...] = (),
    written_out: str = "",
) -> Sequence[Any]:
    """On PostgreSQL, which takes all rows as one text of JSON: a parameter a value takes psycopg several
    times as long as the insert itself."""
    statement = _inserting_set(table, (*columns, *same), unique, returning, written_out)
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    values = {"rows": json.dumps(rows, default=str), "same": json.dumps(same, default=str)}
    result = connection.execute(statement, values)
    return result.all() if returning else ()


@cache
def _inserting_set(
    table: type[SQLModel],
    names: tuple[str, ...],
    unique: tuple[str, ...],
    returning: tuple[str, ...],
    written_out: str,
) -> Executable:
    bare = table_of(table)
    quoted = [f'"{name}"' for name in names]
    # What is text already comes as a string within the JSON: taken out of it, it is JSON again.
    values = [
        f"CAST(r.\"{name}\" #>> '{{}}' AS JSON)" if name == written_out else f'r."{name}"' for name in names
    ]
    alike = f'json_populate_record(CAST(NULL AS "{bare.name}"), CAST(:same AS JSON))'
    parts = [
        f'INSERT INTO "{bare.name}" ({", ".join(quoted)})',
        f"SELECT {', '.join(values)} FROM json_populate_recordset({alike}, CAST(:rows AS JSON)) r",  # noqa: S608 - names of our own tables and columns
        f"ON CONFLICT ({', '.join(unique)}) DO NOTHING",
        f"RETURNING {', '.join(returning)}" if returning else "",
    ]
    return text(" ".join(filter(None, parts)))


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
