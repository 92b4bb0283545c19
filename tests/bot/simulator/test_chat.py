"""chat.*"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.simulator import Channel, SlackSimulator
from tests.bot.simulator.conftest import SECTION
from tests.bot.simulator.test_web_api import refusal


async def test_a_posted_message_is_in_the_channel(
    slack: SlackSimulator, client: AsyncWebClient, okr: Channel
) -> None:
    answer = await client.chat_postMessage(channel=okr.id, text="hello", blocks=[SECTION])
    message = okr.messages[answer["ts"]]
    assert answer["channel"] == okr.id
    assert answer["message"]["bot_id"] == slack.installations[0].bot_id
    assert message.text == "hello"
    assert "hoshin: hello" in slack.channel("okr").as_text()


async def test_a_message_to_a_user_id_opens_the_direct_messages(
    slack: SlackSimulator, client: AsyncWebClient
) -> None:
    ana = slack.person("ana")
    first = await client.chat_postMessage(channel=ana.id, text="one")
    second = await client.chat_postMessage(channel=ana.id, text="two")
    assert first["channel"].startswith("D")
    assert first["channel"] == second["channel"]
    assert "hoshin: one\nhoshin: two" in ana.dm


async def test_ts_stays_unique_and_growing_when_the_clock_stands_still(
    manifest: dict[str, Any],
) -> None:
    instant = datetime(2026, 1, 5, 9, tzinfo=UTC)
    async with SlackSimulator(manifest, now=lambda: instant) as slack:
        slack.add_person("ana")
        channel = slack.add_channel("okr", "ana", bot=True)
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url)
        stamps = [(await client.chat_postMessage(channel=channel.id, text="x"))["ts"] for _ in "abc"]
    assert stamps == sorted(set(stamps))
    assert stamps[0] == "1767603600.000000"


async def test_a_channel_may_be_named_instead_of_its_id(client: AsyncWebClient, okr: Channel) -> None:
    assert (await client.chat_postMessage(channel="#okr", text="hi"))["channel"] == okr.id


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        ("C404", "channel_not_found"),
        ("U404", "channel_not_found"),
        ("elsewhere", "not_in_channel"),
        ("secret", "channel_not_found"),
        ("old", "is_archived"),
    ],
)
async def test_where_the_bot_cannot_post(
    slack: SlackSimulator, client: AsyncWebClient, channel: str, error: str
) -> None:
    slack.add_channel("elsewhere", "ana")
    slack.add_channel("secret", "ana", private=True)
    slack.add_channel("old", "ana", bot=True)
    slack.workspace.archive(slack.channel("old").id)
    answer = await refusal(client, "chat.postMessage", channel=channel, text="hi")
    assert answer["error"] == error


async def test_chat_write_public_posts_in_public_channels_without_being_a_member(
    slack: SlackSimulator, client: AsyncWebClient
) -> None:
    slack.installations[0].scopes |= {"chat:write.public"}
    elsewhere = slack.add_channel("elsewhere", "ana")
    await client.chat_postMessage(channel=elsewhere.id, text="hi")
    assert len(elsewhere.messages) == 1


async def test_bots_cannot_be_written_to(slack: SlackSimulator, client: AsyncWebClient) -> None:
    other = slack.workspace.add_user("other-bot", is_bot=True)
    answer = await refusal(client, "chat.postMessage", channel=other.id, text="hi")
    assert answer["error"] == "cannot_dm_bot"


async def test_a_deactivated_person_is_reached_only_where_direct_messages_exist(
    slack: SlackSimulator, client: AsyncWebClient
) -> None:
    ana, ben = slack.person("ana"), slack.person("ben")
    await client.chat_postMessage(channel=ana.id, text="before")
    slack.workspace.change_user(ana.id, deleted=True)
    slack.workspace.change_user(ben.id, deleted=True)
    assert (await client.chat_postMessage(channel=ana.id, text="after"))["ok"]
    answer = await refusal(client, "chat.postMessage", channel=ben.id, text="hi")
    assert answer["error"] == "channel_not_found"


async def test_a_stranger_is_reached_through_a_shared_channel(
    slack: SlackSimulator, client: AsyncWebClient
) -> None:
    near = slack.add_stranger("zoe", "okr")
    far = slack.add_stranger("yan")
    assert (await client.chat_postMessage(channel=near.id, text="hi"))["ok"]
    answer = await refusal(client, "chat.postMessage", channel=far.id, text="hi")
    assert answer["error"] == "channel_not_found"


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ({}, "no_text"),
        ({"text": ""}, "no_text"),
        ({"text": "", "blocks": []}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"blocks": "not json"}, "invalid_blocks_format"),
        ({"blocks": {"type": "section"}}, "invalid_blocks_format"),
        ({"blocks": ["section"]}, "invalid_blocks_format"),
        ({"blocks": [{"type": "nonsense"}]}, "invalid_blocks"),
        ({"markdown_text": "*x*", "text": "y"}, "markdown_text_conflict"),
        ({"text": "x", "metadata": {"event_type": "x"}}, "invalid_metadata_format"),
        ({"text": "x", "thread_ts": "1.000001"}, "thread_not_found"),
        ({"text": "x", "username": "Boss"}, "missing_scope"),
        ({"text": "x", "attachments": [{}] * 101}, "too_many_attachments"),
        ({"attachments": [{"blocks": [{"type": "nonsense"}]}]}, "invalid_blocks"),
        ({"text": 5}, "no_text"),
        ({"text": "x", "blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
        (
            {
                "blocks": [
                    {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2_900}} for _ in range(5)
                ]
            },
            "msg_blocks_too_long",
        ),
        (
            {"blocks": [{"type": "image", "alt_text": "a chart", "slack_file": {"id": "F404"}}]},
            "invalid_blocks",
        ),
    ],
)
async def test_what_cannot_be_posted(
    client: AsyncWebClient, okr: Channel, content: dict[str, Any], error: str
) -> None:
    answer = await refusal(client, "chat.postMessage", channel=okr.id, **content)
    assert answer["error"] == error
    assert okr.messages == {}


async def test_invalid_blocks_point_at_the_place(client: AsyncWebClient, okr: Channel) -> None:
    long = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_001}}
    answer = await refusal(client, "chat.postMessage", channel=okr.id, blocks=[long])
    sentence = "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    assert answer["errors"] == [sentence]
    assert answer["response_metadata"]["messages"] == [f"[ERROR] {sentence}"]


async def test_replies_stand_in_their_thread(
    slack: SlackSimulator, client: AsyncWebClient, okr: Channel
) -> None:
    parent = (await client.chat_postMessage(channel=okr.id, text="summary"))["ts"]
    reply = (await client.chat_postMessage(channel=okr.id, text="details", thread_ts=parent))["ts"]
    assert [each.ts for each in okr.top_level()] == [parent]
    assert [each.ts for each in okr.thread(parent)] == [parent, reply]
    assert "hoshin: summary\n    hoshin: details" in slack.channel("okr").as_text()
    answer = await refusal(client, "chat.postMessage", channel=okr.id, text="x", thread_ts=reply)
    assert answer["error"] == "cannot_reply_to_message"


async def test_metadata_is_kept_with_the_message(client: AsyncWebClient, okr: Channel) -> None:
    metadata = {"event_type": "prompt", "event_payload": {"id": "7"}}
    answer = await client.chat_postMessage(channel=okr.id, text="hi", metadata=metadata)
    assert okr.messages[answer["ts"]].metadata == metadata


async def test_a_message_knows_whom_it_really_pings(client: AsyncWebClient, okr: Channel) -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "<!here> <@U1>"}}
    escaped = "&lt;!channel&gt; and @here"
    one = await client.chat_postMessage(channel=okr.id, text=escaped, blocks=[section])
    two = await client.chat_postMessage(channel=okr.id, text=escaped)
    assert okr.messages[one["ts"]].broadcasts == {"here"}
    assert okr.messages[one["ts"]].mentions == {"U1"}
    assert okr.messages[two["ts"]].broadcasts == frozenset()
    assert okr.messages[two["ts"]].mentions == frozenset()


async def test_an_update_replaces_the_message_in_place(client: AsyncWebClient, okr: Channel) -> None:
    ts = (await client.chat_postMessage(channel=okr.id, text="one", blocks=[SECTION]))["ts"]
    await client.chat_update(channel=okr.id, ts=ts, text="two")
    assert okr.messages[ts].text == "two"
    assert okr.messages[ts].blocks == []  # text without blocks removes them
    assert len(okr.messages) == 1


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"ts": "1.000001"}, "message_not_found"),
        ({"channel": "C404"}, "channel_not_found"),
        ({"text": "x" * 4_001}, "msg_too_long"),
        ({"text": ""}, "no_text"),
        ({"blocks": [{"type": "input"}]}, "invalid_blocks"),
    ],
)
async def test_what_cannot_be_updated(
    client: AsyncWebClient, okr: Channel, change: dict[str, Any], error: str
) -> None:
    ts = (await client.chat_postMessage(channel=okr.id, text="one"))["ts"]
    arguments = {"channel": okr.id, "ts": ts, "text": "two", **change}
    assert (await refusal(client, "chat.update", **arguments))["error"] == error
    assert okr.messages[ts].text == "one"


async def test_the_app_changes_and_deletes_only_its_own_messages(
    slack: SlackSimulator, client: AsyncWebClient, okr: Channel
) -> None:
    theirs = slack.workspace.post(okr.id, slack.person("ana").id, "mine").ts
    update = await refusal(client, "chat.update", channel=okr.id, ts=theirs, text="x")
    delete = await refusal(client, "chat.delete", channel=okr.id, ts=theirs)
    assert update["error"] == "cant_update_message"
    assert delete["error"] == "cant_delete_message"


async def test_nothing_is_updated_in_an_archived_channel(
    slack: SlackSimulator, client: AsyncWebClient, okr: Channel
) -> None:
    ts = (await client.chat_postMessage(channel=okr.id, text="one"))["ts"]
    slack.workspace.archive(okr.id)
    answer = await refusal(client, "chat.update", channel=okr.id, ts=ts, text="two")
    assert answer["error"] == "is_inactive"


async def test_a_deleted_message_is_gone_but_a_parent_leaves_a_tombstone(
    client: AsyncWebClient, okr: Channel
) -> None:
    alone = (await client.chat_postMessage(channel=okr.id, text="alone"))["ts"]
    parent = (await client.chat_postMessage(channel=okr.id, text="parent"))["ts"]
    await client.chat_postMessage(channel=okr.id, text="reply", thread_ts=parent)
    await client.chat_delete(channel=okr.id, ts=alone)
    await client.chat_delete(channel=okr.id, ts=parent)
    assert alone not in okr.messages
    assert okr.messages[parent].text == "This message was deleted."
    again = await refusal(client, "chat.delete", channel=okr.id, ts=parent)
    assert again["error"] == "message_not_found"


async def test_only_one_person_sees_an_ephemeral_message(
    slack: SlackSimulator, client: AsyncWebClient, okr: Channel
) -> None:
    ana, ben = slack.person("ana"), slack.person("ben")
    answer = await client.chat_postEphemeral(channel=okr.id, user=ana.id, text="psst")
    assert ana.sees("psst")
    assert not ben.sees("psst")
    ts = answer["message_ts"]
    update = await refusal(client, "chat.update", channel=okr.id, ts=ts, text="x")
    assert update["error"] == "message_not_found"


async def test_an_ephemeral_message_needs_a_member_of_the_channel(
    slack: SlackSimulator, client: AsyncWebClient, okr: Channel
) -> None:
    cho = slack.add_person("cho")
    outside = await refusal(client, "chat.postEphemeral", channel=okr.id, user=cho.id, text="x")
    nobody = await refusal(client, "chat.postEphemeral", channel=okr.id, user="U404", text="x")
    assert outside["error"] == "user_not_in_channel"
    assert nobody["error"] == "user_not_in_channel"


async def test_an_ephemeral_message_is_shown_only_in_a_thread_that_lives(
    slack: SlackSimulator, client: AsyncWebClient, okr: Channel
) -> None:
    ana = slack.person("ana")
    parent = (await client.chat_postMessage(channel=okr.id, text="parent"))["ts"]
    whisper = {"channel": okr.id, "user": ana.id, "thread_ts": parent}
    await client.chat_postEphemeral(text="lost", **whisper)
    await client.chat_postMessage(channel=okr.id, text="reply", thread_ts=parent)
    await client.chat_postEphemeral(text="heard", **whisper)
    assert not ana.sees("lost")
    assert ana.sees("heard")


async def test_a_permalink_leads_to_a_message_that_exists(client: AsyncWebClient, okr: Channel) -> None:
    ts = (await client.chat_postMessage(channel=okr.id, text="parent"))["ts"]
    reply = (await client.chat_postMessage(channel=okr.id, text="reply", thread_ts=ts))["ts"]
    link = (await client.chat_getPermalink(channel=okr.id, message_ts=ts))["permalink"]
    inner = (await client.chat_getPermalink(channel=okr.id, message_ts=reply))["permalink"]
    assert link == f"https://acme.slack.com/archives/{okr.id}/p{ts.replace('.', '')}"
    assert inner.endswith(f"?thread_ts={ts}&cid={okr.id}")
    answer = await refusal(client, "chat.getPermalink", channel=okr.id, message_ts="1.000001")
    assert answer["error"] == "message_not_found"


async def test_without_a_messages_tab_nobody_can_be_written_to(manifest: dict[str, Any]) -> None:
    manifest["features"]["app_home"]["messages_tab_enabled"] = False
    async with SlackSimulator(manifest) as slack:
        ana = slack.add_person("ana")
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url)
        answer = await refusal(client, "chat.postMessage", channel=ana.id, text="hi")
    assert answer["error"] == "messages_tab_disabled"


async def test_a_picture_is_shown_only_of_a_file_that_the_app_may_see(
    slack: SlackSimulator, client: AsyncWebClient, okr: Channel
) -> None:
    ana, ben = slack.person("ana").client, slack.person("ben").client
    file = ana.upload("shelf.png", b"\x89PNG\r\n\x1a\n", "image/png")
    block = {"type": "image", "alt_text": "A shelf", "slack_file": {"id": file.id}}
    hidden = await refusal(client, "chat.postMessage", channel=okr.id, blocks=[block])
    assert hidden["response_metadata"]["messages"] == [
        "[ERROR] invalid slack file [json-pointer:/blocks/0/slack_file]"
    ]
    assert (await refusal(client, "files.info", file=file.id))["error"] == "file_not_found"
    ana.workspace.post(okr.id, ana.user_id, "look", files=[file])
    assert (await client.chat_postMessage(channel=okr.id, text="A", blocks=[block]))["ok"]
    other = ben.upload("notes.txt", b"words")
    ben.workspace.post(okr.id, ben.user_id, "notes", files=[other])
    block = {**block, "slack_file": {"id": other.id}}
    assert (await refusal(client, "chat.postMessage", channel=okr.id, blocks=[block]))["error"] == (
        "invalid_blocks"
    )
