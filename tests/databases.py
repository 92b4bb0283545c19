"""Real databases for tests: migrated once, copied per test."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import LiteralString, Protocol

import psycopg
from psycopg import sql

from storage import schema
from storage.database import Database
from tests.postgres import running_server


class Databases(Protocol):
    """Makes databases of one kind. Each is gone when `discard` was called, or the test run is over."""

    def empty(self) -> str:
        """The URL of a database without any table."""

    def migrated(self) -> str:
        """The URL of a fresh database at the current schema."""

    def discard(self, url: str) -> None:
        """Removes a database that nobody uses any more."""


class SqliteFiles:
    """SQLite databases in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)
        self._template = folder / "template.db"
        _migrate(f"sqlite:///{self._template}")

    def empty(self) -> str:
        return f"sqlite:///{self._next()}"

    def migrated(self) -> str:
        return f"sqlite:///{shutil.copy(self._template, self._next())}"

    def discard(self, url: str) -> None:
        file = url.removeprefix("sqlite:///")
        for ending in ("", "-wal", "-shm"):
            Path(file + ending).unlink(missing_ok=True)

    def _next(self) -> Path:
        return self._folder / f"{next(self._numbers)}.db"


class PostgresDatabases:
    """Databases of one real PostgreSQL server, whose socket stands in `folder`."""

    def __init__(self, admin: psycopg.Connection, folder: Path) -> None:
        self._admin = admin
        self._folder = folder
        self._numbers = count(1)
        self._execute("CREATE DATABASE template_hoshin")
        _migrate(self._url("template_hoshin"))

    def empty(self) -> str:
        return self._create("template1")

    def migrated(self) -> str:
        return self._create("template_hoshin")

    def discard(self, url: str) -> None:
        name = url.removeprefix("postgresql://postgres@/").partition("?")[0]
        self._execute("DROP DATABASE {} WITH (FORCE)", name)

    def _create(self, template: str) -> str:
        name = f"test_{next(self._numbers)}"
        self._execute("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, template)
        return self._url(name)

    def _execute(self, statement: LiteralString, *names: str) -> None:
        self._admin.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _url(self, name: str) -> str:
        return _url(name, self._folder)


@contextmanager
def postgres() -> Iterator[PostgresDatabases]:
    """The databases of a PostgreSQL server of our own, gone afterwards with all that it held."""
    with running_server() as folder, psycopg.connect(_url("postgres", folder), autocommit=True) as admin:
        yield PostgresDatabases(admin, folder)


def _url(name: str, folder: Path) -> str:
    return f"postgresql://postgres@/{name}?host={folder}"


def _migrate(url: str) -> None:
    database = Database(url)
    schema.upgrade(database.engine)
    database.close()
