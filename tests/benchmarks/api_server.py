"""The HTTP API in a process to be killed: `python -m tests.benchmarks.api_server DATABASE_URL PORT`."""

import asyncio
import sys
from contextlib import closing

from bot.clock import SystemClock
from bot.web.api import api_routes
from bot.web.server import WebServer
from storage.database import Database
from tests.benchmarks.logs import log_to_nowhere


async def _serve(database: Database, port: int) -> None:
    server = WebServer(list(api_routes(database, SystemClock())), "127.0.0.1", port)
    await server.start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    url, port = sys.argv[1:]
    log_to_nowhere()
    with closing(Database(url)) as database:
        asyncio.run(_serve(database, int(port)))
