"""Many new rows at once, past all that SQLAlchemy and the driver do for each single one."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from typing import Any

from sqlalchemy import Column, Connection, Dialect, Table, func, select
from sqlmodel import SQLModel


def insert_rows(
    connection: Connection,
    table: type[SQLModel],
    rows: Sequence[Mapping[str, Any]],
    names: Iterable[str] = (),
    *,
    ids: Sequence[int] = (),
    unique: Sequence[str] = (),
    written_out: str = "",
    **same: Any,
) -> None:
    """Writes new rows, given by their columns; each must have the same ones.

    The values go through the columns' own types, as everywhere else, but a column at a time, and equal ones
    once: of ten thousand readings most have the same day, source and instant. On PostgreSQL they are copied.

    Args:
        names: of the columns; without them all that the first row has.
        ids: of the rows; without them the database gives them theirs.
        unique: on SQLite, columns by which a row may be there already, and then stays as it is.
        written_out: a column of JSON whose values are text already.
        same: columns in which all have the same.

    Raises:
        ValueError: a column is left out that SQLAlchemy would fill.
    """
    if not rows:
        return
    dialect = connection.dialect
    target: Table = SQLModel.metadata.tables[str(table.__tablename__)]
    columns: dict[str, Iterable[Any]] = {
        name: _bound(target.columns[name], [row[name] for row in rows], dialect)
        for name in names or rows[0]
        if name != written_out
    }
    if written_out:
        columns[written_out] = [row[written_out] for row in rows]
    columns |= {name: repeat(_bound(target.columns[name], [one], dialect)[0]) for name, one in same.items()}
    if ids:
        columns["id"] = ids
    unfilled = {column.name for column in target.columns if column.default is not None} - columns.keys()
    if unfilled:
        raise ValueError(f"rows of {target.name} lack {', '.join(sorted(unfilled))}")
    quote = dialect.identifier_preparer.quote
    into = f"{quote(target.name)} ({', '.join(map(quote, columns))})"
    # Not strict, since what all have the same is repeated without end.
    tuples = list(zip(*columns.values(), strict=False))
    if dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        unless = f" ON CONFLICT ({', '.join(map(quote, unique))}) DO NOTHING" if unique else ""
        connection.exec_driver_sql(f"INSERT INTO {into} VALUES ({marks}){unless}", tuples)  # noqa: S608 - our own names
        return
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN") as copy:
        for one in tuples:
            copy.write_row(one)


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


def _bound(column: Column[Any], values: Sequence[Any], dialect: Dialect) -> Sequence[Any]:
    """The values of a column as the driver takes them."""
    bind = column.type.dialect_impl(dialect).bind_processor(dialect)
    if bind is None:
        return values
    try:
        bound = {value: bind(value) for value in set(values)}
    except TypeError:  # mappings and lists
        return [bind(value) for value in values]
    return [bound[value] for value in values]
