"""Sockets: which of them gets a payload, how they end, and what is retried."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.simulator import Channel, SlackSimulator
from bot.simulator.sockets import MAX_CONNECTIONS
from tests.bot.simulator.conftest import Connect


async def open_socket(
    session: aiohttp.ClientSession, slack: SlackSimulator
) -> aiohttp.ClientWebSocketResponse:
    app_client = AsyncWebClient(slack.app_token, base_url=slack.api_url)
    answer = await app_client.apps_connections_open(app_token=slack.app_token)
    return await session.ws_connect(answer["url"])


async def answers(slack: SlackSimulator) -> bool:
    """Within a few seconds: a command may meet the connection that is just ending."""
    for _ in range(20):
        if (await slack.person("ana").types("/okr")).ok:
            return True
        await asyncio.sleep(0.1)
    return False


async def test_a_socket_is_greeted_and_gets_envelopes(slack: SlackSimulator) -> None:
    async with aiohttp.ClientSession() as session:
        socket = await open_socket(session, slack)
        hello = await socket.receive_json()
        assert hello["type"] == "hello"
        assert hello["connection_info"] == {"app_id": slack.app_id}
        typing = asyncio.create_task(slack.person("ana").types("/okr"))
        envelope = await socket.receive_json()
        assert envelope["type"] == "slash_commands"
        assert envelope["accepts_response_payload"] is True
        assert envelope["payload"]["command"] == "/okr"
        answer = {"envelope_id": envelope["envelope_id"], "payload": {"text": "hi"}}
        await socket.send_str(json.dumps(answer))
        assert (await typing).ok
        await socket.close()
    assert slack.person("ana").sees("hi")


async def test_a_ticket_opens_one_connection(slack: SlackSimulator) -> None:
    url = slack.sockets.new_url()
    async with aiohttp.ClientSession() as session:
        first = await session.ws_connect(url)
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)
        await first.close()


async def test_the_eleventh_connection_is_turned_away(slack: SlackSimulator) -> None:
    async with aiohttp.ClientSession() as session:
        sockets = [await open_socket(session, slack) for _ in range(MAX_CONNECTIONS + 1)]
        last = await sockets[-1].receive_json()
        assert last == {"type": "disconnect", "reason": "too_many_websockets"}
        assert slack.sockets.connection_count == MAX_CONNECTIONS
        for socket in sockets:
            await socket.close()


async def test_each_payload_goes_to_one_of_two_connections(
    slack: SlackSimulator, client: AsyncWebClient, connect: Connect
) -> None:
    heard: list[str] = []

    def listening(name: str) -> AsyncApp:
        app = AsyncApp(client=client)

        @app.command("/okr")
        async def okr(ack: Any) -> None:
            heard.append(name)
            await ack()

        return app

    async with connect(listening("one")), connect(listening("two")):
        for _ in range(4):
            await slack.person("ana").types("/okr")
    assert sorted(heard) == ["one", "one", "two", "two"]


@pytest.mark.parametrize("ending", ["refresh_requested", "warning", "drop"])
async def test_the_app_reconnects_after_a_disconnect(
    slack: SlackSimulator, app: AsyncApp, connect: Connect, ending: str
) -> None:
    @app.command("/okr")
    async def okr(ack: Any) -> None:
        await ack("still here")

    async with connect(app) as handler:
        handler.client.ping_interval = 0.05
        opened = slack.traffic.count("apps.connections.open")
        if ending == "drop":
            slack.sockets.drop()
        else:
            await slack.sockets.disconnect(ending)  # type: ignore[arg-type] # one of its words
        assert await slack.feed.until(lambda: slack.traffic.count("apps.connections.open") > opened, within=6)
        assert await answers(slack)


async def test_connections_can_be_refused(slack: SlackSimulator) -> None:
    slack.sockets.refused_connections = 1
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await open_socket(session, slack)
        assert caught.value.status == 503
        await (await open_socket(session, slack)).close()


async def test_an_event_is_retried_with_its_id_until_it_is_acknowledged(
    slack: SlackSimulator, okr: Channel
) -> None:
    async with aiohttp.ClientSession() as session:
        socket = await open_socket(session, slack)
        await socket.receive_json()
        slack.workspace.rename_channel(okr.id, "goals")
        first = await socket.receive_json()
        second = await socket.receive_json()
        await socket.send_json({"envelope_id": second["envelope_id"]})
        await slack.settled(within=3)
        await asyncio.sleep(0.2)
        assert slack.traffic.count("events_api channel_rename") == 2
        await socket.close()
    assert first["payload"] == second["payload"]
    assert first["payload"]["event_id"].startswith("Ev")
    assert (first["retry_attempt"], first["retry_reason"]) == (0, "")
    assert (second["retry_attempt"], second["retry_reason"]) == (1, "http_timeout")


async def test_after_three_retries_slack_gives_up(slack: SlackSimulator, okr: Channel) -> None:
    slack.workspace.rename_channel(okr.id, "goals")  # nobody is connected
    assert await slack.feed.until(lambda: slack.traffic.count("events_api channel_rename") == 4, within=3)
    await asyncio.sleep(0.2)
    assert slack.traffic.count("events_api channel_rename", result="connection_failed") == 4


async def test_a_cut_connection_ends_the_wait_for_its_acknowledgements(
    slack: SlackSimulator,
) -> None:
    slack.ack_timeout = 30
    async with aiohttp.ClientSession() as session:
        socket = await open_socket(session, slack)
        await socket.receive_json()
        typing = asyncio.create_task(slack.person("ana").types("/okr"))
        await socket.receive_json()
        slack.sockets.drop()
        outcome = await asyncio.wait_for(typing, 5)
    assert outcome.notice == "/okr failed because the app did not respond"


async def test_a_duplicate_on_demand_carries_the_same_event_id(
    slack: SlackSimulator, app: AsyncApp, connect: Connect
) -> None:
    ids: list[str] = []

    @app.event("app_home_opened")
    async def opened(body: dict[str, Any]) -> None:
        ids.append(body["event_id"])

    slack.faults.add("app_home_opened", "duplicate")
    async with connect(app):
        await slack.person("ana").opens_home()
        await slack.person("ana").opens_home()
    assert len(ids) == 3
    assert len(set(ids)) == 2
