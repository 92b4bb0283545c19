"""Which events the app hears: those it subscribed to, may hear, and is there for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.simulator import Channel, SlackSimulator
from tests.bot.simulator.conftest import Connect

Events = list[dict[str, Any]]


@pytest.fixture
async def heard(app: AsyncApp, connect: Connect) -> AsyncIterator[Events]:
    """Every event that the app receives while it is connected."""
    events: Events = []

    async def keep(event: dict[str, Any]) -> None:
        events.append(event)

    for kind in (
        "app_home_opened",
        "app_mention",
        "app_uninstalled",
        "channel_archive",
        "channel_rename",
        "member_joined_channel",
        "message",
        "reaction_added",
        "reaction_removed",
        "team_join",
        "tokens_revoked",
        "user_change",
    ):
        app.event(kind)(keep)
    async with connect(app):
        yield events


async def test_renaming_and_archiving_a_channel(slack: SlackSimulator, heard: Events, okr: Channel) -> None:
    ana = slack.person("ana").id
    slack.workspace.rename_channel(okr.id, "goals")
    slack.workspace.archive(okr.id, by=ana)
    await slack.settled()
    rename, archive = heard
    assert rename["channel"]["name"] == "goals"
    assert (archive["channel"], archive["user"]) == (okr.id, ana)


async def test_people_who_come_change_and_leave(slack: SlackSimulator, heard: Events) -> None:
    dee = slack.add_person("dee", tz="Asia/Tokyo")
    slack.workspace.change_user(dee.id, tz="Asia/Seoul")
    slack.workspace.change_user(dee.id, deleted=True)
    await slack.settled()
    join, moved, gone = heard
    assert (join["type"], join["user"]["tz"]) == ("team_join", "Asia/Tokyo")
    assert (moved["type"], moved["user"]["tz_offset"]) == ("user_change", 9 * 3_600)
    assert gone["user"]["deleted"] is True


async def test_joining_a_channel_of_the_bot(slack: SlackSimulator, heard: Events, okr: Channel) -> None:
    dee = slack.add_person("dee")
    elsewhere = slack.add_channel("elsewhere")
    slack.workspace.join(okr.id, dee.id, inviter=slack.person("ana").id)
    slack.workspace.join(elsewhere.id, dee.id)
    await slack.settled()
    joined = [each for each in heard if each["type"] == "member_joined_channel"]
    assert [(each["user"], each["channel"]) for each in joined] == [(dee.id, okr.id)]
    assert joined[0]["inviter"] == slack.person("ana").id


async def test_the_bot_hears_that_it_was_invited(slack: SlackSimulator, heard: Events) -> None:
    elsewhere = slack.add_channel("elsewhere", "ana")
    bot = slack.installations[0].bot_user_id
    slack.workspace.join(elsewhere.id, bot, inviter=slack.person("ana").id)
    await slack.settled()
    assert [(each["type"], each["user"]) for each in heard] == [("member_joined_channel", bot)]


async def test_reactions_to_messages_of_the_bots_channels(
    slack: SlackSimulator, heard: Events, client: AsyncWebClient, okr: Channel
) -> None:
    ts = (await client.chat_postMessage(channel=okr.id, text="done"))["ts"]
    ana = slack.person("ana")
    await ana.reacts(":tada:", okr.messages[ts])
    (event,) = heard
    assert event["reaction"] == "tada"
    assert event["item"] == {"type": "message", "channel": okr.id, "ts": ts}
    assert slack.channel("okr").as_text().endswith(":tada: 1")


async def test_an_event_that_was_not_subscribed_is_not_delivered(
    slack: SlackSimulator, heard: Events, okr: Channel
) -> None:
    message = slack.workspace.post(okr.id, slack.person("ana").id, "no message.channels")
    ana = slack.person("ana").client
    ana.react(message, "eyes")
    ana.unreact(message, "eyes")
    await slack.settled()
    assert [each["type"] for each in heard] == ["reaction_added"]


async def test_an_event_without_its_scope_is_not_delivered(slack: SlackSimulator, heard: Events) -> None:
    await slack.person("ana").types("hello there")
    assert heard == []  # message.im is subscribed, but im:history was not granted
    slack.installations[0].scopes |= {"im:history"}
    await slack.person("ana").types("hello again")
    assert [(each["text"], each["channel_type"]) for each in heard] == [("hello again", "im")]


async def test_the_uninstall_is_the_last_that_the_app_hears(
    slack: SlackSimulator, heard: Events, okr: Channel
) -> None:
    slack.uninstall()
    slack.workspace.rename_channel(okr.id, "goals")
    await slack.settled()
    assert sorted(each["type"] for each in heard) == ["app_uninstalled", "tokens_revoked"]
    ana = slack.person("ana")
    assert (await ana.types("/okr")).notice == "/okr is not a valid command."


async def test_each_workspace_speaks_with_its_own_token_and_id(
    slack: SlackSimulator, app: AsyncApp, connect: Connect
) -> None:
    bodies: Events = []

    @app.event("channel_rename")
    async def renamed(body: dict[str, Any]) -> None:
        bodies.append(body)

    other = slack.add_workspace("Other")
    channel = other.add_channel("okr")
    async with connect(app):
        other.rename_channel(channel.id, "goals")
        await slack.settled()
    token = slack.installation_of(other).token
    answer = await AsyncWebClient(token, base_url=slack.api_url).auth_test()
    assert bodies[0]["team_id"] == other.team_id == answer["team_id"] != slack.workspace.team_id
