"""chat.*: messages."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from bot.simulator.blocks import check_message
from bot.simulator.channels import Channel
from bot.simulator.errors import SlackError
from bot.simulator.messages import Message
from bot.simulator.pictures import check_pictures
from bot.simulator.rates import TIERS
from bot.simulator.rendering import message_as_slack

from .call import Call, Method

MAX_UPDATE_TEXT = 4_000
MAX_ATTACHMENTS = 100
CONTENT = ("text", "blocks", "attachments", "markdown_text", "parse", "link_names")
WHISPERING = (*CONTENT, "thread_ts", "username", "icon_emoji", "icon_url")
POSTING = (
    *WHISPERING,
    "metadata",
    "reply_broadcast",
    "unfurl_links",
    "unfurl_media",
    "mrkdwn",
)


def post_message(call: Call) -> dict[str, Any]:
    channel = _channel_to_post_in(call)
    content = _content(call)
    thread_ts = _thread(call, channel)
    call.slack.rates.check_message(call.workspace.team_id, channel.id)
    message = call.workspace.post(
        channel.id,
        call.bot,
        bot_id=call.installation.bot_id,
        app_id=call.installation.app_id,
        thread_ts=thread_ts,
        reply_broadcast=call.flag("reply_broadcast"),
        username=call.text("username") or None,
        metadata=_metadata(call),
        **content,
    )
    shape = message_as_slack(call.workspace, message)
    return {"channel": channel.id, "ts": message.ts, "message": shape}


def post_ephemeral(call: Call) -> dict[str, Any]:
    channel = _channel_to_post_in(call)
    content = _content(call)
    user_id, thread_ts = call.text("user"), _thread(call, channel)
    if user_id not in channel.members:
        raise SlackError("user_not_in_channel")
    if thread_ts is not None and not channel.replies(thread_ts):
        # docs: "only shown if there is already an active thread"; Slack answers ok all the same.
        return {"message_ts": call.workspace.new_ts(channel)}
    message = call.workspace.post(
        channel.id,
        call.bot,
        bot_id=call.installation.bot_id,
        app_id=call.installation.app_id,
        thread_ts=thread_ts,
        ephemeral_to=user_id,
        **content,
    )
    return {"message_ts": message.ts}


def update(call: Call) -> dict[str, Any]:
    """Blocks stay only where no text is given: text without blocks removes them."""
    channel, message = _own_message(call, "cant_update_message")
    if channel.archived:
        # What is in an archived or frozen channel cannot be edited.
        raise SlackError("is_inactive")
    if len(call.text("text")) > MAX_UPDATE_TEXT:
        raise SlackError("msg_too_long")
    changed: dict[str, Any] = _content(call)
    if "metadata" in call.arguments:
        changed["metadata"] = _metadata(call)
    call.workspace.edit(message, by=call.bot, **changed)
    shape = message_as_slack(call.workspace, message)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shape}


def delete(call: Call) -> dict[str, Any]:
    channel, message = _own_message(call, "cant_delete_message")
    call.workspace.delete(message)
    return {"channel": channel.id, "ts": message.ts}


def get_permalink(call: Call) -> dict[str, Any]:
    channel = call.channel()
    ts = call.text("message_ts")
    message = call.workspace.find_message(channel.id, ts)
    if message is None or message.ephemeral_to is not None:
        raise SlackError("message_not_found")
    host = f"https://{call.workspace.domain}.slack.com"
    link = f"{host}/archives/{channel.id}/p{ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def _channel_to_post_in(call: Call) -> Channel:
    """A conversation by id or name, or a person's direct messages, which open by themselves."""
    given = call.text("channel")
    if given[:1] in {"U", "W"}:
        return _direct_messages(call, given)
    if not call.slack.manifest.messages_tab and given.startswith("D"):
        raise SlackError("messages_tab_disabled")
    channel = call.workspace.find_channel(given)
    if channel is None:
        raise SlackError("channel_not_found")
    member = call.bot in channel.members
    if not member and channel.kind != "public":
        raise SlackError("channel_not_found")
    if channel.archived:
        raise SlackError("is_archived")
    if not member and "chat:write.public" not in call.installation.scopes:
        raise SlackError("not_in_channel")
    return channel


def _direct_messages(call: Call, user_id: str) -> Channel:
    user = call.workspace.users.get(user_id)
    if user is None:
        raise SlackError("channel_not_found")
    if not call.slack.manifest.messages_tab:
        raise SlackError("messages_tab_disabled")
    existing = call.workspace.im_between(user_id, call.bot)
    if existing is not None:
        # Slack keeps taking messages for a deactivated person whose direct messages exist
        # (slackapi/python-slack-sdk#1156); nobody reads them.
        return existing
    if user.is_bot:
        raise SlackError("cannot_dm_bot")
    if user.deleted or (user.team_id != call.workspace.team_id and not _share(call, user_id)):
        raise SlackError("channel_not_found")
    return call.workspace.open_im(user_id, call.bot)


def _share(call: Call, user_id: str) -> bool:
    """People of other workspaces can be written to where a channel is shared with them."""
    return any(
        {user_id, call.bot} <= set(each.members)
        for each in call.workspace.channels.values()
        if not each.is_direct
    )


def _content(call: Call) -> dict[str, Any]:
    if any(name in call.arguments for name in ("username", "icon_emoji", "icon_url")):
        call.need_scope("chat:write.customize")
    blocks, attachments = call.json("blocks"), call.json("attachments") or []
    markdown = call.arguments.get("markdown_text")
    if markdown is not None:
        if blocks or call.arguments.get("text"):
            raise SlackError("markdown_text_conflict")
        blocks = [{"type": "markdown", "text": markdown}]
    if len(attachments) > MAX_ATTACHMENTS:
        raise SlackError("too_many_attachments")
    for attachment in attachments:
        check_message("-", attachment.get("blocks"))
    given = call.arguments.get("text")
    if not given and not blocks and attachments:
        text, blocks = "", []
    else:
        text, blocks = check_message(given, blocks)
    check_pictures(call.installation, blocks, "invalid_blocks")
    return {"text": text, "blocks": deepcopy(blocks), "attachments": attachments}


def _thread(call: Call, channel: Channel) -> str | None:
    """The parent's ts. Strict: Slack lets a reply's ts pass and tells to use the parent's."""
    ts = call.text("thread_ts")
    if not ts:
        return None
    parent = channel.messages.get(ts)
    if parent is None or parent.ephemeral_to is not None:
        raise SlackError("thread_not_found")
    if parent.is_reply:
        raise SlackError("cannot_reply_to_message")
    return ts


def _metadata(call: Call) -> dict[str, Any] | None:
    metadata = call.json("metadata")
    if metadata is None:
        return None
    if (
        not isinstance(metadata, Mapping)
        or set(metadata) != {"event_type", "event_payload"}
        or not isinstance(metadata["event_type"], str)
        or not isinstance(metadata["event_payload"], Mapping)
    ):
        raise SlackError("invalid_metadata_format")
    return deepcopy(dict(metadata))


def _own_message(call: Call, refusal: str) -> tuple[Channel, Message]:
    """Raises channel_not_found, message_not_found, or `refusal` for somebody else's message."""
    channel = call.channel()
    message = call.workspace.find_message(channel.id, call.text("ts"))
    if message is None or message.deleted or message.ephemeral_to is not None:
        raise SlackError("message_not_found")
    if message.bot_id != call.installation.bot_id:
        raise SlackError(refusal)
    return channel, message


WRITE = ("chat:write",)
METHODS = (
    # Its own rate, one message a second and channel, is counted by the handler.
    Method("chat.postMessage", post_message, ("channel",), POSTING, WRITE),
    Method("chat.postEphemeral", post_ephemeral, ("channel", "user"), WHISPERING, WRITE, TIERS[4]),
    Method(
        "chat.update",
        update,
        ("channel", "ts"),
        (*CONTENT, "metadata", "reply_broadcast", "file_ids"),
        WRITE,
        TIERS[3],
    ),
    Method("chat.delete", delete, ("channel", "ts"), (), WRITE, TIERS[3]),
    Method("chat.getPermalink", get_permalink, ("channel", "message_ts")),
)
