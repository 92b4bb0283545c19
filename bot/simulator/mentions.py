"""Whom a message really pings: the mentions that survive escaping."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

USER = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
BROADCAST = re.compile(r"<!(channel|here|everyone)(?:\|[^>]*)?>")
GROUP = re.compile(r"<!subteam\^(S[A-Z0-9]+)(?:\|[^>]*)?>")


@dataclass(frozen=True, slots=True)
class Mentions:
    users: frozenset[str] = frozenset()
    broadcasts: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()


def mentions_in(text: str, blocks: Sequence[Mapping[str, Any]] = ()) -> Mentions:
    """The mentions of a message's text and of the mrkdwn, markdown and rich text in its blocks.

    plain_text objects never mention; code spans do not either in Slack, yet a mention in one is
    reported here, because what is code to one client need not be code to the next.
    """
    texts = [text, *_marked_texts(blocks)]
    rich = list(_rich_elements(blocks))
    users = {found for each in texts for found in USER.findall(each)}
    broadcasts = {found for each in texts for found in BROADCAST.findall(each)}
    groups = {found for each in texts for found in GROUP.findall(each)}
    users |= {each["user_id"] for each in rich if each.get("type") == "user"}
    broadcasts |= {each["range"] for each in rich if each.get("type") == "broadcast"}
    groups |= {each["usergroup_id"] for each in rich if each.get("type") == "usergroup"}
    return Mentions(frozenset(users), frozenset(broadcasts), frozenset(groups))


def _marked_texts(node: Any) -> Iterator[str]:
    """Every string below `node` that Slack formats as mrkdwn or markdown."""
    if isinstance(node, Mapping):
        if node.get("type") in {"mrkdwn", "markdown"} and isinstance(node.get("text"), str):
            yield node["text"]
        for value in node.values():
            yield from _marked_texts(value)
    elif isinstance(node, (list, tuple)):
        for item in node:
            yield from _marked_texts(item)


def _rich_elements(node: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(node, Mapping):
        if node.get("type") in {"user", "broadcast", "usergroup"}:
            yield node
        for value in node.values():
            yield from _rich_elements(value)
    elif isinstance(node, (list, tuple)):
        for item in node:
            yield from _rich_elements(item)
