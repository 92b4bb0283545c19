"""Messages that come as an answer: to a response_url or in a command's acknowledgement."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from .blocks import check_message
from .errors import SlackError

if TYPE_CHECKING:
    from .installation import Installation
    from .messages import Message
    from .response_urls import ResponseUrl

ALLOWED = frozenset(
    {
        "text",
        "blocks",
        "attachments",
        "response_type",
        "replace_original",
        "delete_original",
        "thread_ts",
        "unfurl_links",
        "unfurl_media",
        "metadata",
        "mrkdwn",
        "link_names",
        "parse",
    }
)


def post_reply(installation: Installation, url: ResponseUrl, reply: Any) -> None:
    """Post, replace or delete, as the reply says. Raises SlackError for what Slack refuses."""
    if not isinstance(reply, dict) or not set(reply) <= ALLOWED:
        raise SlackError("invalid_payload")
    original = installation.workspace.find_message(url.channel_id, url.message_ts or "")
    if reply.get("delete_original"):
        _delete(installation, original)
        return
    text, blocks = check_message(reply.get("text"), reply.get("blocks"))
    if reply.get("replace_original"):
        _replace(installation, original, text, blocks)
        return
    response_type = reply.get("response_type", "ephemeral")
    if response_type not in {"ephemeral", "in_channel"}:
        raise SlackError("invalid_payload")
    installation.workspace.post(
        url.channel_id,
        installation.bot_user_id,
        text,
        blocks=deepcopy(blocks),
        attachments=reply.get("attachments") or [],
        # A response_url answers beside the conversation's root unless it names a thread.
        thread_ts=reply.get("thread_ts"),
        ephemeral_to=url.user_id if response_type == "ephemeral" else None,
        bot_id=installation.bot_id,
        app_id=installation.app_id,
        metadata=reply.get("metadata"),
    )


def _delete(installation: Installation, original: Message | None) -> None:
    if original is None or original.bot_id != installation.bot_id:
        raise SlackError("message_not_found")
    installation.workspace.delete(original)


def _replace(installation: Installation, original: Message | None, text: str, blocks: list[Any]) -> None:
    if original is None or original.bot_id != installation.bot_id:
        raise SlackError("message_not_found")
    installation.workspace.edit(original, by=installation.bot_user_id, text=text, blocks=deepcopy(blocks))
