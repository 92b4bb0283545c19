"""Watches that every statement of the product says whose rows it means."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from sqlalchemy import (
    Alias,
    BindParameter,
    Column,
    ColumnElement,
    Compiled,
    Delete,
    Engine,
    FromClause,
    Join,
    Select,
    Table,
    Update,
    event,
)
from sqlalchemy.sql import visitors
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import BinaryExpression, BooleanClauseList, ClauseElement
from sqlalchemy.sql.operators import and_, eq, in_op

ROOT = Path(__file__).parents[1]
PRODUCT = (str(ROOT / "bot"), str(ROOT / "storage"))
MIGRATIONS = str(ROOT / "storage" / "migrations")
"""A step of the schema moves the rows of all workspaces alike."""
TESTS = str(ROOT / "tests")


# Looking at a statement costs as much as compiling it, and each test has an engine that compiles anew. The
# text with the names of its values says all that the verdict depends on.
_verdicts: dict[tuple[str, tuple[str, ...]], list[ClauseElement]] = {}


@contextmanager
def watched_statements() -> Iterator[list[str]]:
    """Collects the statements, sent by any engine meanwhile, that forgot the workspace."""
    violations: list[str] = []

    def watch(context: Any, **_: object) -> None:
        parts = _unkeyed_once(context.compiled)
        if parts and _sent_by_product(sys._getframe(1)):  # noqa: SLF001 - Python's own way to the caller
            violations.extend(map(str, parts))

    event.listen(Engine, "before_cursor_execute", watch, named=True)
    try:
        yield violations
    finally:
        event.remove(Engine, "before_cursor_execute", watch)


def _unkeyed_once(compiled: Compiled | None) -> list[ClauseElement]:
    if not isinstance(compiled, SQLCompiler) or compiled.statement is None:
        return []
    looks = (compiled.string, tuple(compiled.positiontup or ()))
    if looks not in _verdicts:
        _verdicts[looks] = unkeyed(compiled.statement)
    return _verdicts[looks]


def unkeyed(statement: ClauseElement) -> list[ClauseElement]:
    """The parts of a statement (itself, subqueries) that read or change rows of any workspace."""
    parts = [part for part in visitors.iterate(statement) if isinstance(part, Select | Update | Delete)]
    return [part for part in parts if _has_keyed_table(part) and not _is_keyed(part)]


def _has_keyed_table(part: Select[Any] | Update | Delete) -> bool:
    sources = part.get_final_froms() if isinstance(part, Select) else [part.table]
    return any("workspace_id" in table.c for source in sources for table in _tables(source))


def _tables(source: FromClause) -> Iterator[Table]:
    """The tables that a FROM names itself; those of a subquery are that one's own affair."""
    if isinstance(source, Join):
        yield from _tables(source.left)
        yield from _tables(source.right)
    elif isinstance(source, Alias):
        yield from _tables(source.element)
    elif isinstance(source, Table):
        yield source


def _is_keyed(part: Select[Any] | Update | Delete) -> bool:
    if part.whereclause is None:
        return False
    return any(_names_workspace(term) or _is_own_row(term) for term in _conjunction(part.whereclause))


def _conjunction(clause: ColumnElement[Any]) -> Iterator[ColumnElement[Any]]:
    if isinstance(clause, BooleanClauseList) and clause.operator is and_:
        for term in clause.clauses:
            yield from _conjunction(term)
    else:
        yield clause


def _names_workspace(term: ColumnElement[Any]) -> bool:
    return (
        isinstance(term, BinaryExpression)
        and term.operator in {eq, in_op}
        and any(isinstance(side, Column) and side.name == "workspace_id" for side in (term.left, term.right))
    )


def _is_own_row(term: ColumnElement[Any]) -> bool:
    """True for `session.get`, whose row `Repository._get` checks, and for the flush of a loaded row.

    Both bind the primary key by a fixed name; a value that was written into a `where` has a made-up one.
    """
    if not (isinstance(term, BinaryExpression) and isinstance(term.left, Column)):
        return False
    key, bound = term.left, term.right
    names = {key.key, f"{key.table}_{key.key}"}
    return (
        key.primary_key
        and isinstance(bound, BindParameter)
        and not bound.unique
        and (bound.key in names or bound.key.startswith("pk_"))
    )


def _sent_by_product(frame: FrameType | None) -> bool:
    """True if the innermost of our own files that led here is the product's, not a test's."""
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(MIGRATIONS):
            return False
        if file.startswith(PRODUCT):
            return True
        if file.startswith(TESTS) and file != __file__:
            return False
        frame = frame.f_back
    return False
