"""Socket Mode: two connections, refreshed and replaced, and no delivery lost on the way."""

from typing import Literal

import pytest

from bot import sockets
from bot.answers import Answer, Message, say
from bot.asks import Ask
from bot.routing import Routes
from storage.database import Database
from tests.bot.spine import spine
from tests.clock import FrozenClock


def greeting() -> Routes:
    routes = Routes()

    @routes.command("hoshin")
    async def greets(ask: Ask) -> Answer:
        return say(Message(f"Hello {ask.person.name}"))

    return routes


async def test_two_connections_are_kept_and_each_delivery_goes_through_one(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    async with spine(sqlite_database, clock, greeting()) as there:
        ana = there.slack.add_person("ana", real_name="Ana")
        assert there.slack.sockets.connection_count == sockets.CONNECTIONS
        for _ in range(4):
            assert (await ana.types("/hoshin")).ok
        assert [message.text for message in ana.messages] == ["Hello Ana"] * 4


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_a_refresh_by_slack_is_followed_by_a_new_connection(
    sqlite_database: Database, clock: FrozenClock, reason: Literal["warning", "refresh_requested"]
) -> None:
    async with spine(sqlite_database, clock, greeting()) as there:
        ana = there.slack.add_person("ana", real_name="Ana")
        await there.slack.sockets.disconnect(reason)
        await there.slack.connected(sockets.CONNECTIONS)
        assert (await ana.types("/hoshin")).ok


async def test_connections_that_break_are_replaced_by_the_watchdog(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    async with spine(sqlite_database, clock, greeting(), silent_s=2) as there:
        ana = there.slack.add_person("ana", real_name="Ana")
        there.slack.sockets.drop()
        assert await there.slack.feed.until(lambda: there.slack.sockets.connection_count == 0, 2)
        await there.slack.connected(sockets.CONNECTIONS)
        assert (await ana.types("/hoshin")).ok
