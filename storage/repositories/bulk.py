"""Many new rows at once, past all that SQLAlchemy and the driver do for each single one.

Past the session, too: not for tables that pictures are made of, unless the change is counted.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import repeat
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Dialect, Table, bindparam, select
from sqlalchemy.dialects import postgresql
from sqlmodel import SQLModel

# In one row, and the sequence looked up once and not for each number of it.
_TAKE_IDS = """
SELECT array_agg(nextval((SELECT pg_get_serial_sequence(%s, 'id'))::regclass)) FROM generate_series(1, %s)
"""

Columns = Mapping[str, Sequence[Any]]
"""What to write, column by column; each has as many values as there are rows."""


def load_rows(
    connection: Connection,
    table: type[SQLModel],
    rows: Sequence[Mapping[str, Any]],
    names: Iterable[str] = (),
    *,
    ids: Sequence[int] = (),
    **same: Any,
) -> None:
    """Writes new rows, given by their columns; each must have the same ones. `insert_columns` is for rows
    that may be there already.

    Args:
        names: of the columns; without them all that the first row has.
        ids: of the rows; without them the database gives them theirs.
        same: columns in which all have the same.

    Raises:
        ValueError: a column is left out that SQLAlchemy would fill.
    """
    if rows:
        columns: dict[str, Sequence[Any]] = {name: [row[name] for row in rows] for name in names or rows[0]}
        insert_columns(connection, table, columns | ({"id": ids} if ids else {}), **same)


def insert_columns(
    connection: Connection,
    table: type[SQLModel],
    columns: Columns,
    *,
    unique: Sequence[str] = (),
    written_out: str = "",
    **same: Any,
) -> bool:
    """As `load_rows`, for at least one row, given column by column. Returns whether all are known to be
    new.

    The values go through the columns' own types, as everywhere else, but a column at a time, and equal ones
    once: of ten thousand readings most have the same day, source and instant. On PostgreSQL they are copied.

    Args:
        unique: columns by which a row may be there already, and then stays as it is.
        written_out: a column of JSON whose values are text already.
    """
    target: Table = SQLModel.metadata.tables[str(table.__tablename__)]
    bound: dict[str, Iterable[Any]] = {
        name: values if name == written_out else _bound(target.columns[name], values, connection.dialect)
        for name, values in columns.items()
    }
    bound |= {
        name: repeat(_bind(target.columns[name], one, connection.dialect)) for name, one in same.items()
    }
    unfilled = {column.name for column in target.columns if column.default is not None} - bound.keys()
    if unfilled:
        raise ValueError(f"rows of {target.name} lack {', '.join(sorted(unfilled))}")
    # Not strict, since what all have the same is repeated without end.
    rows = list(zip(*bound.values(), strict=False))
    if connection.dialect.name == "sqlite":
        return _insert(connection, target, list(bound), rows, unique)
    if not unique:
        return _copy(connection, target, list(bound), rows)
    try:
        with connection.begin_nested():
            return _copy(connection, target, list(bound), rows)
    except connection.dialect.loaded_dbapi.IntegrityError:
        # Some are there already, most likely: copying takes all or none, SQLAlchemy's own way is slower.
        missing = postgresql.insert(target).on_conflict_do_nothing(index_elements=unique)
        connection.execute(missing, _mappings(columns, same, written_out))
        return False


def insert_with_ids(
    connection: Connection, table: type[SQLModel], columns: Columns, *, unique: Sequence[str], **same: Any
) -> list[int | None]:
    """As `insert_columns`. Returns the id of each row, in the same order; None where it was there already."""
    ids = take_ids(connection, table, len(columns[unique[0]]))
    if insert_columns(connection, table, {**columns, "id": ids}, unique=unique, **same):
        return [*ids]
    target: Table = SQLModel.metadata.tables[str(table.__tablename__)]
    new = select(target.c.id).where(
        target.c.workspace_id == bindparam("ours"), target.c.id >= bindparam("first_id")
    )
    found = set(connection.execute(new, {"ours": same["workspace_id"], "first_id": ids[0]}).scalars())
    return [row_id if row_id in found else None for row_id in ids]


def columns_of(lines: Sequence[NamedTuple]) -> dict[str, Sequence[Any]]:
    """Lines to be put in, column by column, without the ids that they do not have yet."""
    columns: dict[str, Sequence[Any]] = dict(zip(lines[0]._fields, zip(*lines, strict=True), strict=True))
    columns.pop("id", None)
    return columns


def take_ids(connection: Connection, table: type[SQLModel], count: int) -> list[int]:
    """So many ids for new rows of a table, which nobody else gets.

    On SQLite that holds because whoever writes holds the lock for all others from the beginning.
    """
    target: Table = SQLModel.metadata.tables[str(table.__tablename__)]
    if connection.dialect.name == "sqlite":
        # Of all workspaces, whose rows share the table's ids.
        last: int = connection.exec_driver_sql(f"SELECT coalesce(max(id), 0) FROM {target.name}").scalar_one()  # noqa: S608 - our own name
        return list(range(last + 1, last + count + 1))
    taken: list[int] = connection.exec_driver_sql(_TAKE_IDS, (target.name, count)).scalar_one()
    return taken


def _insert(
    connection: Connection,
    target: Table,
    names: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    unique: Sequence[str],
) -> bool:
    """On SQLite."""
    marks = ", ".join("?" * len(names))
    statement = f"INSERT INTO {_into(target, names)} VALUES ({marks}) {_unless(unique)}"  # noqa: S608 - our own names
    return connection.exec_driver_sql(statement, list(rows)).rowcount == len(rows)


def _copy(
    connection: Connection, target: Table, names: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> bool:
    """On PostgreSQL."""
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {_into(target, names)} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    return True


def _mappings(columns: Columns, same: Mapping[str, Any], written_out: str) -> list[dict[str, Any]]:
    """The rows as SQLAlchemy takes them."""
    rows = [{**same, **dict(zip(columns, row, strict=True))} for row in zip(*columns.values(), strict=True)]
    return [row | {written_out: json.loads(row[written_out])} for row in rows] if written_out else rows


def _into(target: Table, names: Iterable[str]) -> str:
    return f'"{target.name}" ({", ".join(_quoted(names))})'


def _unless(unique: Sequence[str]) -> str:
    return f"ON CONFLICT ({', '.join(_quoted(unique))}) DO NOTHING" if unique else ""


def _quoted(names: Iterable[str]) -> list[str]:
    return [f'"{name}"' for name in names]


def _bound(column: Column[Any], values: Sequence[Any], dialect: Dialect) -> Iterable[Any]:
    """The values of a column as the driver takes them."""
    bind = _binding(column, dialect)
    if bind is None:
        return values
    if values.count(values[0]) == len(values):
        return repeat(bind(values[0]), len(values))
    try:
        bound = {value: bind(value) for value in set(values)}
    except TypeError:  # mappings and lists
        return map(bind, values)
    return map(bound.__getitem__, values)


def _bind(column: Column[Any], value: Any, dialect: Dialect) -> Any:
    bind = _binding(column, dialect)
    return value if bind is None else bind(value)


def _binding(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    return column.type.dialect_impl(dialect).bind_processor(dialect)
