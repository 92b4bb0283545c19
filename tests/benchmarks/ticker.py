"""A bot that ticks at the instants that it reads, one a line: `… -m tests.benchmarks.ticker DATABASE_URL`."""

import asyncio
import sys
from contextlib import closing
from datetime import datetime

from bot.app import SLICES
from bot.tick import tick
from storage.database import Database
from tests.benchmarks.logs import log_to_nowhere


async def _tick_as_told(database: Database) -> None:
    while line := await asyncio.to_thread(sys.stdin.readline):
        await tick(database, datetime.fromisoformat(line.strip()), SLICES, pauses=False)
        print("done", flush=True)  # noqa: T201 - the answer


if __name__ == "__main__":
    log_to_nowhere()
    with closing(Database(sys.argv[1])) as database:
        asyncio.run(_tick_as_told(database))
