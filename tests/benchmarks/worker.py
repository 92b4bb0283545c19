"""The pump in a process of its own, to be killed: `… -m tests.benchmarks.worker DATABASE_URL API_URL`."""

import asyncio
import sys
from contextlib import closing

from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import SystemClock
from bot.delivery import Delivery
from bot.installations import Slack
from storage.database import Database
from tests.benchmarks.logs import log_to_nowhere
from tests.benchmarks.outboxes import MORTAL


async def _pump_for_ever(database: Database, api_url: str) -> None:
    client = Slack(api_url).client("xoxb-stub")

    def client_for(workspace_id: int) -> AsyncWebClient:
        del workspace_id
        return client

    await Delivery(database, client_for, SystemClock(), MORTAL).run(asyncio.Event())


if __name__ == "__main__":
    url, api_url = sys.argv[1:]
    log_to_nowhere()
    with closing(Database(url)) as database:
        asyncio.run(_pump_for_ever(database, api_url))
