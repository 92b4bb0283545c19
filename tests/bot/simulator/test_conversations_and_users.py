"""conversations.*, users.*, dnd.*, reactions.*, files.*"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.simulator import Channel, SlackSimulator
from tests.bot.simulator.test_web_api import refusal


async def test_opening_the_same_direct_messages_twice_is_one_conversation(
    slack: SlackSimulator, client: AsyncWebClient
) -> None:
    ana = slack.person("ana")
    first = await client.conversations_open(users=ana.id)
    second = await client.conversations_open(users=[ana.id], return_im=True)
    assert first["channel"]["id"] == second["channel"]["id"]
    assert second["already_open"] is True
    assert second["channel"]["user"] == ana.id


async def test_several_people_share_one_group_message(slack: SlackSimulator, client: AsyncWebClient) -> None:
    ids = [slack.person("ana").id, slack.person("ben").id]
    one = await client.conversations_open(users=ids)
    two = await client.conversations_open(users=ids[::-1])
    assert one["channel"]["id"] == two["channel"]["id"]
    assert slack.workspace.channels[one["channel"]["id"]].kind == "mpim"


@pytest.mark.parametrize(
    ("users", "error"),
    [
        ("", "users_list_not_supplied"),
        ("U404", "user_not_found"),
        ("gone", "user_disabled"),
        ("robot", "cannot_dm_bot"),
        (",".join(f"U{each}" for each in range(9)), "too_many_users"),
    ],
)
async def test_whom_the_bot_cannot_open_direct_messages_with(
    slack: SlackSimulator, client: AsyncWebClient, users: str, error: str
) -> None:
    slack.add_person("gone", deleted=True)
    slack.workspace.add_user("robot", is_bot=True)
    user = slack.workspace.find_user(users)
    answer = await refusal(client, "conversations.open", users=user.id if user else users)
    assert answer["error"] == error


async def test_a_channel_cannot_be_opened_like_direct_messages(client: AsyncWebClient, okr: Channel) -> None:
    answer = await refusal(client, "conversations.open", channel=okr.id)
    assert answer["error"] == "method_not_supported_for_channel_type"


async def test_conversation_info_tells_membership_and_archival(
    slack: SlackSimulator, client: AsyncWebClient, okr: Channel
) -> None:
    slack.workspace.archive(okr.id)
    info = (await client.conversations_info(channel=okr.id, include_num_members=True))["channel"]
    assert info["name"] == "okr"
    assert info["is_member"] is True
    assert info["is_archived"] is True
    assert info["num_members"] == 3


async def test_a_private_channel_does_not_exist_for_a_bot_outside(
    slack: SlackSimulator, client: AsyncWebClient
) -> None:
    secret = slack.add_channel("secret", "ana", private=True)
    for method in ("conversations.info", "conversations.members"):
        assert (await refusal(client, method, channel=secret.id))["error"] == "channel_not_found"


async def test_each_kind_of_conversation_needs_its_own_scope(
    slack: SlackSimulator, client: AsyncWebClient
) -> None:
    private = slack.add_channel("quiet", "ana", bot=True, private=True)
    slack.installations[0].scopes = frozenset({"channels:read"})
    answer = await refusal(client, "conversations.info", channel=private.id)
    assert (answer["error"], answer["needed"]) == ("missing_scope", "groups:read")


async def test_members_come_in_pages(client: AsyncWebClient, okr: Channel) -> None:
    first = await client.conversations_members(channel=okr.id, limit=2)
    cursor = first["response_metadata"]["next_cursor"]
    second = await client.conversations_members(channel=okr.id, limit=2, cursor=cursor)
    assert [*first["members"], *second["members"]] == okr.members
    assert second["response_metadata"]["next_cursor"] == ""
    wrong = await refusal(client, "conversations.members", channel=okr.id, cursor="nonsense")
    assert wrong["error"] == "invalid_cursor"


async def test_history_needs_the_optional_scope_and_shows_threads_apart(
    slack: SlackSimulator, client: AsyncWebClient, okr: Channel
) -> None:
    parent = (await client.chat_postMessage(channel=okr.id, text="parent"))["ts"]
    await client.chat_postMessage(channel=okr.id, text="reply", thread_ts=parent)
    newest = (await client.chat_postMessage(channel=okr.id, text="newest"))["ts"]
    refused = await refusal(client, "conversations.history", channel=okr.id)
    assert refused["needed"].startswith("channels:history")
    slack.installations[0].scopes |= {"channels:history"}
    history = (await client.conversations_history(channel=okr.id))["messages"]
    replies = (await client.conversations_replies(channel=okr.id, ts=parent))["messages"]
    assert [each["ts"] for each in history] == [newest, parent]
    assert history[1]["reply_count"] == 1
    assert [each["text"] for each in replies] == ["parent", "reply"]
    missing = await refusal(client, "conversations.replies", channel=okr.id, ts="1.000001")
    assert missing["error"] == "thread_not_found"


async def test_the_bots_own_channels_are_listed_by_kind(
    slack: SlackSimulator, client: AsyncWebClient, okr: Channel
) -> None:
    slack.add_channel("elsewhere", "ana")
    quiet = slack.add_channel("quiet", "ana", bot=True, private=True)
    old = slack.add_channel("old", bot=True)
    slack.workspace.archive(old.id)
    public = await client.users_conversations(types="public_channel", exclude_archived=True)
    both = await client.users_conversations(types="public_channel,private_channel")
    assert [each["id"] for each in public["channels"]] == [okr.id]
    assert [each["id"] for each in both["channels"]] == [okr.id, quiet.id, old.id]
    wrong = await refusal(client, "users.conversations", types="channels")
    assert wrong["error"] == "invalid_types"


async def test_user_info_carries_zone_locale_and_address(
    slack: SlackSimulator, client: AsyncWebClient
) -> None:
    ana = slack.person("ana")
    user = (await client.users_info(user=ana.id, include_locale=True))["user"]
    assert user["tz"] == "Europe/Madrid"
    assert user["tz_offset"] in {3_600, 7_200}
    assert user["locale"] == "en-US"
    assert user["profile"]["email"] == "ana@example.com"
    assert user["is_restricted"] is False


async def test_without_its_scope_the_address_is_hidden(slack: SlackSimulator, client: AsyncWebClient) -> None:
    slack.installations[0].scopes = frozenset({"users:read"})
    user = (await client.users_info(user=slack.person("ana").id))["user"]
    assert "email" not in user["profile"]


@pytest.mark.parametrize(
    ("traits", "field", "expected"),
    [
        ({"is_restricted": True}, "is_restricted", True),
        ({"is_ultra_restricted": True}, "is_ultra_restricted", True),
        ({"deleted": True}, "deleted", True),
        ({"is_admin": True}, "is_admin", True),
    ],
)
async def test_user_info_tells_guests_admins_and_the_deactivated(
    slack: SlackSimulator,
    client: AsyncWebClient,
    traits: dict[str, Any],
    field: str,
    expected: bool,
) -> None:
    dee = slack.add_person("dee", **traits)
    assert (await client.users_info(user=dee.id))["user"][field] is expected


async def test_a_person_is_found_by_address_unless_deactivated(
    slack: SlackSimulator, client: AsyncWebClient
) -> None:
    ana = slack.person("ana")
    found = await client.users_lookupByEmail(email="ANA@example.com")
    assert found["user"]["id"] == ana.id
    slack.workspace.change_user(ana.id, deleted=True)
    answer = await refusal(client, "users.lookupByEmail", email="ana@example.com")
    assert answer["error"] == "users_not_found"
    assert (await refusal(client, "users.info", user="U404"))["error"] == "user_not_found"


async def test_a_stranger_is_marked_as_one(slack: SlackSimulator, client: AsyncWebClient) -> None:
    zoe = slack.add_stranger("zoe", "okr")
    user = (await client.users_info(user=zoe.id))["user"]
    assert user["is_stranger"] is True
    assert user["team_id"] != slack.workspace.team_id


async def test_daily_hours_of_do_not_disturb_are_told_as_the_stretch_that_runs_or_comes_next(
    slack: SlackSimulator, client: AsyncWebClient
) -> None:
    ana = slack.person("ana")
    slack.workspace.change_user(ana.id, tz="UTC")
    now = slack.now()
    for begins, ends in (
        (now - timedelta(hours=1), 2),
        (now + timedelta(hours=1), 2),
        (now - timedelta(hours=3), 4),
    ):
        hours = (begins.time(), (begins + timedelta(hours=ends)).time())
        slack.workspace.set_do_not_disturb(ana.id, hours=hours)
        status = await client.dnd_info(user=ana.id)
        assert status["next_dnd_start_ts"] == int(begins.timestamp())
        assert status["next_dnd_end_ts"] == int((begins + timedelta(hours=ends)).timestamp())


async def test_do_not_disturb_is_told_until_it_ends(slack: SlackSimulator, client: AsyncWebClient) -> None:
    ana, ben = slack.person("ana"), slack.person("ben")
    until = slack.now() + timedelta(hours=1)
    slack.workspace.change_user(ana.id, snooze_until=until)
    one = await client.dnd_info(user=ana.id)
    both = await client.dnd_teamInfo(users=[ana.id, ben.id])
    assert one["dnd_enabled"] is True
    assert one["next_dnd_end_ts"] == int(until.timestamp())
    assert both["users"][ben.id]["dnd_enabled"] is False
    assert (await refusal(client, "dnd.teamInfo", users=""))["error"] == "no_users_provided"
    assert (await refusal(client, "dnd.teamInfo", users="U1"))["error"] == "user_not_visible"
    crowd = ",".join(["U1"] * 51)
    assert (await refusal(client, "dnd.teamInfo", users=crowd))["error"] == "too_many_users"


async def test_reactions_are_added_once_and_removed_once(client: AsyncWebClient, okr: Channel) -> None:
    ts = (await client.chat_postMessage(channel=okr.id, text="done"))["ts"]
    target = {"channel": okr.id, "timestamp": ts, "name": "tada"}
    await client.api_call("reactions.add", json=target)
    assert list(okr.messages[ts].reactions) == ["tada"]
    assert (await refusal(client, "reactions.add", **target))["error"] == "already_reacted"
    await client.api_call("reactions.remove", json=target)
    assert (await refusal(client, "reactions.remove", **target))["error"] == "no_reaction"
    wrong = await refusal(client, "reactions.add", **{**target, "name": "no such thing"})
    assert wrong["error"] == "invalid_name"
    lost = await refusal(client, "reactions.add", **{**target, "timestamp": "1.000001"})
    assert lost["error"] == "message_not_found"


async def test_a_file_is_uploaded_in_three_steps_and_shown(
    slack: SlackSimulator, client: AsyncWebClient, okr: Channel
) -> None:
    answer = await client.files_upload_v2(
        channel=okr.id,
        content="a,b\n1,2\n",
        filename="plan.csv",
        title="The plan",
        initial_comment="Here it is",
        alt_txt="Two columns",
    )
    file = slack.workspace.files[answer["files"][0]["id"]]
    assert file.content == b"a,b\n1,2\n"
    assert file.alt_text == "Two columns"
    (message,) = okr.messages.values()
    assert message.text == "Here it is"
    assert message.files == [file]
    assert "[file: The plan]" in slack.channel("okr").as_text()
    info = await client.files_info(file=file.id)
    assert info["file"]["channels"] == [okr.id]


async def test_an_upload_must_be_announced_whole_and_complete(client: AsyncWebClient, okr: Channel) -> None:
    ticket = await client.files_getUploadURLExternal(filename="a.png", length=8)
    early = await refusal(client, "files.completeUploadExternal", files=[{"id": ticket["file_id"]}])
    assert early["error"] == "file_not_found"
    async with aiohttp.ClientSession() as session:
        async with session.post(ticket["upload_url"], data=b"abc") as short:
            assert short.status == 404
        async with session.post(ticket["upload_url"], data=b"\x89PNG\r\n\x1a\n") as whole:
            assert await whole.text() == "OK - 8"
    unseen = await refusal(client, "files.info", file=ticket["file_id"])
    assert unseen["error"] == "file_not_found"
    await client.files_completeUploadExternal(files=[{"id": ticket["file_id"], "title": "A"}])
    image = {"type": "image", "alt_text": "A", "slack_file": {"id": ticket["file_id"]}}
    assert (await client.chat_postMessage(channel=okr.id, text="A", blocks=[image]))["ok"]


async def test_a_file_goes_only_where_the_bot_may_post(slack: SlackSimulator, client: AsyncWebClient) -> None:
    elsewhere = slack.add_channel("elsewhere", "ana")
    ticket = await client.files_getUploadURLExternal(filename="a.png", length=1)
    async with (
        aiohttp.ClientSession() as session,
        session.post(ticket["upload_url"], data=b"a") as response,
    ):
        assert response.status == 200
    answer = await refusal(
        client,
        "files.completeUploadExternal",
        files=[{"id": ticket["file_id"]}],
        channel_id=elsewhere.id,
    )
    assert answer["error"] == "not_in_channel"
