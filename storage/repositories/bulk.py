"""Many new rows at once, past all that SQLAlchemy and the driver do for each single one."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import repeat
from typing import Any

from sqlalchemy import Column, Connection, Dialect, Table, func, select
from sqlmodel import SQLModel

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
    """Writes new rows, given by their columns; each must have the same ones. `base.insert_columns` is for
    rows that may be there already, on either database.

    Args:
        names: of the columns; without them all that the first row has.
        ids: of the rows; without them the database gives them theirs.
        same: columns in which all have the same.

    Raises:
        ValueError: a column is left out that SQLAlchemy would fill.
    """
    if rows:
        columns = {name: [row[name] for row in rows] for name in names or rows[0]}
        insert_columns(connection, table, columns, ids=ids, **same)


def insert_columns(
    connection: Connection,
    table: type[SQLModel],
    columns: Columns,
    *,
    ids: Sequence[int] = (),
    unique: Sequence[str] = (),
    written_out: str = "",
    **same: Any,
) -> int:
    """As `load_rows`, for at least one row, given column by column. Returns how many are new.

    The values go through the columns' own types, as everywhere else, but a column at a time, and equal ones
    once: of ten thousand readings most have the same day, source and instant. On PostgreSQL they are copied.

    Args:
        unique: on SQLite, columns by which a row may be there already, and then stays as it is.
        written_out: a column of JSON whose values are text already.
    """
    dialect = connection.dialect
    target: Table = SQLModel.metadata.tables[str(table.__tablename__)]
    bound: dict[str, Iterable[Any]] = {
        name: values if name == written_out else _bound(target.columns[name], values, dialect)
        for name, values in columns.items()
    }
    bound |= {name: repeat(_bind(target.columns[name], one, dialect)) for name, one in same.items()}
    if ids:
        bound["id"] = ids
    unfilled = {column.name for column in target.columns if column.default is not None} - bound.keys()
    if unfilled:
        raise ValueError(f"rows of {target.name} lack {', '.join(sorted(unfilled))}")
    quote = dialect.identifier_preparer.quote
    into = f"{quote(target.name)} ({', '.join(map(quote, bound))})"
    # Not strict, since what all have the same is repeated without end.
    tuples = list(zip(*bound.values(), strict=False))
    if dialect.name == "sqlite":
        marks = ", ".join("?" * len(bound))
        unless = f" ON CONFLICT ({', '.join(map(quote, unique))}) DO NOTHING" if unique else ""
        return connection.exec_driver_sql(f"INSERT INTO {into} VALUES ({marks}){unless}", tuples).rowcount  # noqa: S608 - our own names
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN") as copy:
        for one in tuples:
            copy.write_row(one)
    return len(tuples)


def take_ids(connection: Connection, table: type[SQLModel], count: int) -> list[int]:
    """So many ids for new rows of a table, which nobody else gets.

    On SQLite that holds because whoever writes holds the lock for all others from the beginning.
    """
    target: Table = SQLModel.metadata.tables[str(table.__tablename__)]
    if connection.dialect.name == "sqlite":
        # Of all workspaces, whose rows share the table's ids.
        last: int = connection.exec_driver_sql(f"SELECT coalesce(max(id), 0) FROM {target.name}").scalar_one()  # noqa: S608 - our own name
        return list(range(last + 1, last + count + 1))
    sequence = func.pg_get_serial_sequence(target.name, "id")
    numbers = func.generate_series(1, count).table_valued("number")
    return list(connection.execute(select(func.nextval(sequence)).select_from(numbers)).scalars())


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
