"""response_urls: five uses in thirty minutes."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.simulator import Channel, SlackSimulator
from bot.simulator.response_urls import ResponseUrl
from tests.bot.simulator.conftest import SECTION


@pytest.fixture
async def message_ts(client: AsyncWebClient, okr: Channel) -> str:
    return str((await client.chat_postMessage(channel=okr.id, text="original"))["ts"])


@pytest.fixture
def url(slack: SlackSimulator, okr: Channel, message_ts: str) -> ResponseUrl:
    """As Ana gets it who pressed a button in #okr."""
    team_id, ana = slack.workspace.team_id, slack.person("ana").id
    return slack.response_urls.issue(team_id, ana, okr.id, message_ts)


async def respond(slack: SlackSimulator, url: ResponseUrl, body: Any) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(slack.response_url(url), json=body) as response,
    ):
        return response.status, await response.text()


async def test_it_works_five_times(slack: SlackSimulator, url: ResponseUrl) -> None:
    for number in range(5):
        assert await respond(slack, url, {"text": f"answer {number}"}) == (200, "ok")
    status, body = await respond(slack, url, {"text": "one too many"})
    assert status == 404
    assert "used_url" in body
    assert not slack.person("ana").sees("one too many")


async def test_it_expires(slack: SlackSimulator, url: ResponseUrl) -> None:
    slack.response_urls.expire(url.path)
    assert await respond(slack, url, {"text": "late"}) == (404, "expired_url")


async def test_an_invented_one_leads_nowhere(slack: SlackSimulator, url: ResponseUrl) -> None:
    url.path = "T1/1/guess"
    assert (await respond(slack, url, {"text": "x"}))[0] == 404


async def test_it_answers_the_person_alone_unless_told_else(slack: SlackSimulator, url: ResponseUrl) -> None:
    ana, ben = slack.person("ana"), slack.person("ben")
    await respond(slack, url, {"text": "for ana"})
    await respond(slack, url, {"text": "for all", "response_type": "in_channel"})
    assert ana.sees("for ana")
    assert not ben.sees("for ana")
    assert ben.sees("for all")


async def test_it_answers_in_a_thread_only_where_one_is_named(
    slack: SlackSimulator, url: ResponseUrl, okr: Channel, message_ts: str
) -> None:
    everyone = {"response_type": "in_channel", "replace_original": False}
    await respond(slack, url, {"text": "beside", **everyone})
    await respond(slack, url, {"text": "inside", "thread_ts": message_ts, **everyone})
    assert [each.text for each in okr.top_level()] == ["original", "beside"]
    assert [each.text for each in okr.replies(message_ts)] == ["inside"]


async def test_it_replaces_and_deletes_the_original(
    slack: SlackSimulator, url: ResponseUrl, okr: Channel, message_ts: str
) -> None:
    await respond(slack, url, {"text": "new", "blocks": [SECTION], "replace_original": True})
    assert okr.messages[message_ts].text == "new"
    assert okr.messages[message_ts].blocks[0]["text"]["text"] == "hello"
    await respond(slack, url, {"delete_original": True})
    assert okr.messages == {}
    assert await respond(slack, url, {"text": "x", "replace_original": True}) != (200, "ok")


@pytest.mark.parametrize(
    "body",
    [
        {"txt": "typo"},
        {"text": ""},
        {"blocks": [{"type": "nonsense"}]},
        {"text": "x", "response_type": "loud"},
        ["text"],
    ],
)
async def test_what_it_does_not_take(slack: SlackSimulator, url: ResponseUrl, body: Any) -> None:
    assert (await respond(slack, url, body))[0] == 400
