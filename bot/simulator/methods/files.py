"""files.*: an upload in three steps."""

from __future__ import annotations

import mimetypes
from copy import deepcopy
from typing import Any

from bot.simulator.blocks import check_message
from bot.simulator.errors import SlackError
from bot.simulator.messages import File
from bot.simulator.pictures import may_see
from bot.simulator.rates import TIERS
from bot.simulator.rendering import file_as_slack

from .call import Call, Method


def get_upload_url(call: Call) -> dict[str, Any]:
    length = call.number("length", 0)
    if length <= 0:
        raise SlackError("invalid_arguments", ["length must be positive"])
    name = call.text("filename")
    file = File(
        id=call.workspace.ids.new("F"),
        name=name,
        title=name,
        user=call.bot,
        created=int(call.workspace.now().timestamp()),
        mimetype=mimetypes.guess_type(name)[0] or "application/octet-stream",
        alt_text=call.text("alt_txt"),
        snippet_type=call.text("snippet_type"),
    )
    call.workspace.files[file.id] = file
    url = call.slack.uploads.issue(call.workspace, file, length)
    return {"upload_url": url, "file_id": file.id}


def complete_upload(call: Call) -> dict[str, Any]:
    files = [_uploaded(call, each) for each in call.json("files") or ()]
    if not files:
        raise SlackError("invalid_arguments", ["no files"])
    targets = [each for each in (call.text("channel_id"), *call.text("channels").split(",")) if each]
    for target in targets:
        _share(call, target, files)
    for file in files:
        file.complete = True
    return {"files": [file_as_slack(call.workspace, each) for each in files]}


def info(call: Call) -> dict[str, Any]:
    file = call.workspace.files.get(call.text("file"))
    if file is None or not may_see(call.installation, file):
        raise SlackError("file_not_found")
    return {"file": file_as_slack(call.workspace, file), "comments": []}


def _uploaded(call: Call, given: dict[str, str]) -> File:
    file = call.workspace.files.get(given.get("id", ""))
    if file is None or not file.content:
        # Completing before the bytes have arrived.
        raise SlackError("file_not_found")
    file.title = given.get("title", file.title)
    return file


def _share(call: Call, channel_id: str, files: list[File]) -> None:
    channel = call.workspace.channels.get(channel_id)
    if channel is None or (channel.kind != "public" and call.bot not in channel.members):
        raise SlackError("channel_not_found")
    if call.bot not in channel.members:
        raise SlackError("not_in_channel")
    if channel.archived:
        raise SlackError("is_archived")
    text, blocks = call.text("initial_comment"), call.json("blocks")
    if blocks:
        text, blocks = check_message(text, blocks)
    call.workspace.post(
        channel.id,
        call.bot,
        text,
        blocks=deepcopy(blocks or []),
        bot_id=call.installation.bot_id,
        app_id=call.installation.app_id,
        thread_ts=call.text("thread_ts") or None,
        subtype="file_share",
        files=list(files),
    )


WRITE = ("files:write",)
METHODS = (
    Method(
        "files.getUploadURLExternal",
        get_upload_url,
        ("filename", "length"),
        ("alt_txt", "snippet_type"),
        WRITE,
        TIERS[4],
    ),
    Method(
        "files.completeUploadExternal",
        complete_upload,
        ("files",),
        ("channel_id", "channels", "thread_ts", "initial_comment", "blocks"),
        WRITE,
        TIERS[4],
    ),
    Method("files.info", info, ("file",), ("count", "page", "limit", "cursor"), ("files:read",), TIERS[4]),
)
