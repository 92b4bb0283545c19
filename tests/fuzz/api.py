"""Requests that nobody thought of, against the HTTP API: schemathesis makes them from its own description.

    uv run --with schemathesis==4.32.5 python -m tests.fuzz.api --examples 300 --seed 1

The API is served over a real socket, with a fresh SQLite file behind it. Every answer must be one that the
description names, of the shape that it names, and none may be a server's fault. schemathesis is no dependency
of the tests: it stands in the command.
"""

import argparse
import asyncio
import shutil
import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.clock import SystemClock
from bot.web.api import api_routes
from bot.web.server import WebServer
from storage import intake
from storage.database import Database
from storage.rules.terms import Frequency, ItemState, Role
from tests import factories
from tests.benchmarks.logs import log_to_nowhere
from tests.databases import SqliteFiles

PROGRAM = "schemathesis"
MISSING = (
    "schemathesis is not here. Start this as `uv run --with schemathesis==4.32.5 python -m tests.fuzz.api`."
)


SETTINGS = """
[checks.positive_data_acceptance]
# What a period may be named depends on the KPI's frequency, and whether it has begun on the day. No schema
# says that, so a request in its shape may still be refused with 422 and a sentence.
expected-statuses = ["2xx", "401", "403", "404", "409", "422", "503"]
"""


def fill(database: Database) -> str:
    """A plan with KPIs of every frequency, a closed and a restricted one; returns a key for it."""
    clock = SystemClock()
    workspace_id = factories.workspace(database, clock.now())
    with database.unit_of_work(workspace_id, clock.now()) as uow:
        admin = factories.member(uow, name="Ada Admin")
        uow.roles.grant(admin.id, Role.ADMIN, by_id=None, at=uow.now)
        for frequency in Frequency:
            factories.kpi(uow, title=frequency.value, frequency=frequency)
        factories.kpi(uow, title="Old", state=ItemState.CLOSED)
        factories.kpi(uow, title="Secret", is_restricted=True)
        return intake.make_key(uow, uow.roles.get_viewer(admin.id), name="schemathesis")


async def attack(database: Database, key: str, *, examples: int, seed: int, folder: Path) -> int:
    """Serves the API and lets schemathesis at it; its exit code."""
    program = shutil.which(PROGRAM)
    if program is None:
        raise SystemExit(MISSING)
    (folder / "schemathesis.toml").write_text(SETTINGS)
    server = WebServer(list(api_routes(database, SystemClock())), "127.0.0.1", 0)
    await server.start()
    try:
        process = await asyncio.create_subprocess_exec(
            program,
            "run",
            f"http://127.0.0.1:{server.port}/api/v1/openapi.json",
            *("--header", f"Authorization: Bearer {key}"),
            *("--max-examples", str(examples), "--seed", str(seed)),
            cwd=folder,
        )
        return await process.wait()
    finally:
        await server.stop()


def main() -> int:
    """Prints what schemathesis prints, and returns 1 where it found something."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.api", description=__doc__)
    parser.add_argument("--examples", type=int, default=100, help="requests of each kind")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    log_to_nowhere()
    with TemporaryDirectory(prefix="hoshin-fuzz-") as name:
        folder = Path(name)
        with closing(Database(SqliteFiles(folder).migrated())) as database:
            work = attack(
                database, fill(database), examples=arguments.examples, seed=arguments.seed, folder=folder
            )
            found = asyncio.run(work)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
