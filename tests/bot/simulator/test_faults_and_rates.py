"""What goes wrong on demand, and the rates that Slack enforces."""

from __future__ import annotations

import time
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.simulator import Channel, SlackSimulator
from bot.simulator.methods.conversations import HISTORY_LIMIT
from bot.simulator.rates import TIERS
from tests.bot.simulator.test_web_api import refusal


async def status_of(client: AsyncWebClient, **arguments: Any) -> tuple[int, dict[str, str]]:
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(**arguments)
    response = caught.value.response
    return response.status_code, response.headers


async def test_a_rate_limit_on_demand_says_how_long_to_wait(
    slack: SlackSimulator, client: AsyncWebClient, okr: Channel
) -> None:
    slack.faults.add("chat.postMessage", "rate_limited", times=2, retry_after=7)
    for _ in range(2):
        status, headers = await status_of(client, channel=okr.id, text="x")
        assert (status, headers["retry-after"]) == (429, "7")
    assert okr.messages == {}
    assert (await client.chat_postMessage(channel=okr.id, text="x"))["ok"]


async def test_a_server_error_has_no_effect(
    slack: SlackSimulator, client: AsyncWebClient, okr: Channel
) -> None:
    slack.faults.add("chat.postMessage", "server_error")
    status, _ = await status_of(client, channel=okr.id, text="x")
    assert status == 503
    assert okr.messages == {}


@pytest.mark.parametrize(
    ("kind", "error"), [("internal_error", "internal_error"), ("refused", "team_added_to_org")]
)
async def test_slack_may_refuse_for_its_own_reasons(
    slack: SlackSimulator, client: AsyncWebClient, okr: Channel, kind: str, error: str
) -> None:
    slack.faults.add("*", kind, error="team_added_to_org")
    answer = await refusal(client, "chat.postMessage", channel=okr.id, text="x")
    assert answer["error"] == error


@pytest.mark.parametrize(("kind", "posted"), [("dropped_before", 0), ("dropped_after", 1)])
async def test_a_dropped_connection_leaves_the_caller_in_doubt(
    slack: SlackSimulator, client: AsyncWebClient, okr: Channel, kind: str, posted: int
) -> None:
    slack.faults.add("chat.postMessage", kind)
    with pytest.raises(aiohttp.ClientConnectionError):
        await client.chat_postMessage(channel=okr.id, text="x")
    assert len(okr.messages) == posted
    assert slack.traffic.count("chat.postMessage", result=kind) == 1
    assert (await client.auth_test())["ok"]


async def test_a_slow_call_works_in_the_end(
    slack: SlackSimulator, client: AsyncWebClient, okr: Channel
) -> None:
    slack.faults.add("chat.postMessage", "slow", delay=0.1)
    started = time.monotonic()
    await client.chat_postMessage(channel=okr.id, text="x")
    assert time.monotonic() - started >= 0.1
    assert len(okr.messages) == 1


async def test_a_fault_may_come_later(slack: SlackSimulator, client: AsyncWebClient, okr: Channel) -> None:
    slack.faults.add("chat.postMessage", "internal_error", after=1)
    await client.chat_postMessage(channel=okr.id, text="fine")
    answer = await refusal(client, "chat.postMessage", channel=okr.id, text="x")
    assert answer["error"] == "internal_error"


async def test_one_message_a_second_and_channel(manifest: dict[str, Any]) -> None:
    async with SlackSimulator(manifest, enforce_rates=True) as slack:
        ana = slack.add_person("ana")
        one, two = slack.add_channel("one", bot=True), slack.add_channel("two", bot=True)
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url)
        for channel in (one.id, two.id, ana.id):
            await client.chat_postMessage(channel=channel, text="x")
        status, headers = await status_of(client, channel=one.id, text="too soon")
        assert (status, headers["retry-after"]) == (429, "1")
        assert slack.traffic.count("chat.postMessage", result="ratelimited") == 1
        assert len(one.messages) == 1


async def test_a_workspace_takes_so_many_messages_a_minute(manifest: dict[str, Any]) -> None:
    async with SlackSimulator(manifest, enforce_rates=True) as slack:
        slack.rates.messages_a_minute = 2
        channels = [slack.add_channel(name, bot=True).id for name in ("one", "two", "three")]
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url)
        for channel in channels[:2]:
            await client.chat_postMessage(channel=channel, text="x")
        status, headers = await status_of(client, channel=channels[2], text="x")
        assert status == 429
        assert 58 <= int(headers["retry-after"]) <= 60


async def test_each_method_has_the_rate_of_its_tier(manifest: dict[str, Any]) -> None:
    async with SlackSimulator(manifest, enforce_rates=True) as slack:
        ana = slack.add_person("ana")
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url)
        for _ in range(TIERS[3]):
            await client.users_lookupByEmail(email="ana@example.com")
        answer = await refusal(client, "users.lookupByEmail", email="ana@example.com")
        assert answer["error"] == "ratelimited"
        assert (await client.users_info(user=ana.id))["ok"]  # another method, another budget


async def test_history_is_one_request_a_minute_and_fifteen_messages(
    manifest: dict[str, Any],
) -> None:
    simulator = SlackSimulator(manifest, enforce_rates=True, grant_optional_scopes=True)
    async with simulator as slack:
        channel = slack.add_channel("okr", bot=True)
        for _ in range(HISTORY_LIMIT + 1):
            slack.workspace.post(channel.id, slack.workspace.slackbot.id, "x")
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url)
        answer = await client.conversations_history(channel=channel.id, limit=100)
        assert len(answer["messages"]) == HISTORY_LIMIT
        again = await refusal(client, "conversations.history", channel=channel.id)
        assert again["error"] == "ratelimited"


async def test_without_enforcement_nothing_is_limited(client: AsyncWebClient, okr: Channel) -> None:
    for _ in range(5):
        await client.chat_postMessage(channel=okr.id, text="x")
    assert len(okr.messages) == 5
