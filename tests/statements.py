"""The statements of a run: compiled once for all databases, not for each test's own engine; and counted."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, event

# A compiled statement belongs to the dialect object that wrote it, so the engines of one kind share that too.
_dialects: dict[type[Dialect], Dialect] = {}
_compiled: dict[Any, Any] = {}


def share_statements() -> None:
    """From now on, connections of any engine take compiled statements from one cache.

    Compiling took a third of the run: a test's engine is new, and forgets at once what it has compiled.
    """
    event.listen(Engine, "engine_connect", _share)


def _share(connection: Connection) -> None:
    connection.dialect = _dialects.setdefault(type(connection.dialect), connection.dialect)
    connection.execution_options(compiled_cache=_compiled)


@contextmanager
def sent_statements() -> Iterator[list[str]]:
    """What is sent meanwhile, by any engine."""
    sent: list[str] = []

    def note(*arguments: Any) -> None:
        sent.append(arguments[2])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)
