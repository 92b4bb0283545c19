"""What Slack's composer makes of typed text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .workspace import Workspace

ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
PERSON = re.compile(r"(?<![\w@<])@([a-z0-9][a-z0-9._-]*)")
CHANNEL = re.compile(r"(?<![\w#<&])#([\w-]+)")
URL = re.compile(r"(https?://[^\s<>]+)")
BROADCASTS = {"channel", "here", "everyone"}


def escape(text: str) -> str:
    return "".join(ENTITIES.get(each, each) for each in text)


def escape_message(workspace: Workspace, text: str) -> str:
    """A message: `@ana` → `<@U…>`, `@here` → `<!here>`, `#okr` → `<#C…|okr>`, links in brackets.

    Everything else is escaped.
    """

    def mention(match: re.Match[str]) -> str:
        if match[1] in BROADCASTS:
            return f"<!{match[1]}>"
        user, tail = _user_named(workspace, match[1])
        return f"<@{user}>{tail}" if user is not None else match[0]

    return _marked_up(workspace, text, mention)


def escape_command(workspace: Workspace, text: str) -> str:
    """A command's text with should_escape: like a message, but `@ana` → `<@U…|ana>`.

    Without should_escape the text arrives exactly as typed.
    """

    def mention(match: re.Match[str]) -> str:
        user, tail = _user_named(workspace, match[1])
        if user is None:
            return match[0]
        return f"<@{user}|{workspace.users[user].name}>{tail}"

    return _marked_up(workspace, text, mention)


def _marked_up(workspace: Workspace, text: str, mention: Callable[[re.Match[str]], str]) -> str:
    parts = URL.split(escape(text))
    for number, part in enumerate(parts):
        is_url = number % 2 == 1
        parts[number] = f"<{part}>" if is_url else _link_channels(workspace, PERSON.sub(mention, part))
    return "".join(parts)


def _user_named(workspace: Workspace, typed: str) -> tuple[str | None, str]:
    """The id, and the punctuation after the name ("@ana." is ana and a full stop)."""
    name = typed.rstrip(".-_")
    for candidate, tail in ((typed, ""), (name, typed[len(name) :])):
        for user in workspace.users.values():
            if user.name == candidate and not user.deleted:
                return user.id, tail
    return None, ""


def _link_channels(workspace: Workspace, text: str) -> str:
    def link(match: re.Match[str]) -> str:
        channel = next((c for c in workspace.channels.values() if c.name == match[1]), None)
        return f"<#{channel.id}|{channel.name}>" if channel is not None else match[0]

    return CHANNEL.sub(link, text)
