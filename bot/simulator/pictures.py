"""Pictures by `slack_file`: which of them Slack shows for the app, and to whom they are shown by that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .errors import SlackError

if TYPE_CHECKING:
    from .installation import Installation
    from .messages import File, Message
    from .workspace import Workspace

SHOWN = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
"""How the kinds begin that a block may show: png, jpg, jpeg and gif, and nothing else."""


def check_pictures(installation: Installation, blocks: Sequence[Mapping[str, Any]], error: str) -> None:
    """Raises SlackError with that name where the app may not see a file, or it is no picture."""
    for where, file_id in _named(blocks):
        file = installation.workspace.files.get(file_id)
        if file is None or not may_see(installation, file) or not file.content.startswith(SHOWN):
            raise SlackError(error, [f"invalid slack file [json-pointer:{where}/slack_file]"])


def may_see(installation: Installation, file: File) -> bool:
    """Whether the app may read a file: its own, one that was put into its form, or one in its channels."""
    if not file.complete:
        return False
    bot = installation.bot_user_id
    channels = installation.workspace.channels
    shared = any(bot in channels[each].members for each in file.shared_in if each in channels)
    return file.user == bot or file.is_handed_over or shared


def share_pictures(workspace: Workspace, message: Message) -> None:
    """Whoever reads the message may see its pictures."""
    if message.ephemeral_to is None:
        for _, file_id in _named(message.blocks):
            if file_id in workspace.files:
                workspace.files[file_id].shared_in[message.channel] = message.ts


def _named(blocks: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """(place, file id) of every picture that is named by its file's id."""
    for number, block in enumerate(blocks):
        inner = block.get("elements") or () if block.get("type") == "context" else ()
        for holder in (block, block.get("accessory") or {}, *inner):
            file_id = (holder.get("slack_file") or {}).get("id")
            if file_id is not None:
                yield f"/blocks/{number}", file_id
