"""The judge of Block Kit: what Slack takes in a message, a modal, an App Home.

It has its own copy of Slack's limits on purpose: a mistake of the code that builds blocks must
not be shared by what checks them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.simulator.errors import SlackError

from .composition import OPTION_GROUP, PLAIN_OPTION, plain
from .layout import BLOCKS, Surface
from .schema import Boolean, Choice, Findings, Items, Object, String, exactly_one_of, texts_in

MAX_MESSAGE_BLOCKS = 50
MAX_VIEW_BLOCKS = 100
MAX_MESSAGE_TEXT = 40_000
MAX_BLOCK_CHARACTERS = 13_200
"""Of all blocks of a message together: undocumented, met as msg_blocks_too_long."""
MAX_MARKDOWN = 12_000

_VIEW_FIELDS = {
    "callback_id": String(max=255),
    "private_metadata": String(max=3_000),
    "external_id": String(max=255),
}
_MODAL = Object(
    {"type": Choice(("modal",)), "title": plain(24)},
    {
        **_VIEW_FIELDS,
        "submit": plain(24),
        "close": plain(24),
        "clear_on_close": Boolean(),
        "notify_on_close": Boolean(),
    },
)
_HOME = Object({"type": Choice(("home",))}, _VIEW_FIELDS)
_OPTIONS = Object(
    {},
    {"options": Items(PLAIN_OPTION, max=100, min=0), "option_groups": Items(OPTION_GROUP, max=100)},
    (exactly_one_of("options", "option_groups"),),
)


def check_message(text: Any, blocks: Any) -> tuple[str, list[dict[str, Any]]]:
    """The text and blocks of a message, as Slack will show them.

    Raises SlackError: no_text, msg_too_long, invalid_blocks_format, invalid_blocks,
    msg_blocks_too_long.
    """
    if blocks in (None, [], ""):
        blocks = []
    if not isinstance(blocks, list) or not all(isinstance(each, Mapping) for each in blocks):
        raise SlackError("invalid_blocks_format")
    if text is None:
        text = ""
    if not isinstance(text, str) or (not text and not blocks):
        raise SlackError("no_text")
    if len(text) > MAX_MESSAGE_TEXT:
        # Slack cuts it off and says nothing; the simulator would rather be heard.
        raise SlackError("msg_too_long")
    findings = _findings_of(blocks, "message", MAX_MESSAGE_BLOCKS, "/blocks")
    if findings.messages:
        raise SlackError("invalid_blocks", findings.messages)
    if sum(len(each) for each in texts_in(blocks)) > MAX_BLOCK_CHARACTERS:
        raise SlackError("msg_blocks_too_long")
    return text, blocks


def check_view(view: Mapping[str, Any], kind: str) -> None:
    """Raises SlackError invalid_arguments with what is wrong in the view.

    `id`, `state`, `hash` and whatever else Slack adds to a view are refused like any unknown
    field: a view that was received cannot be sent back.
    """
    findings = Findings()
    shape = {name: value for name, value in view.items() if name != "blocks"}
    (_MODAL if kind == "modal" else _HOME).check(shape, "/view", findings)
    blocks = view.get("blocks")
    if not isinstance(blocks, list):
        findings.add("missing required field: blocks", "/view")
    else:
        surface: Surface = "modal" if kind == "modal" else "home"
        findings.messages += _findings_of(blocks, surface, MAX_VIEW_BLOCKS, "/view/blocks").messages
        if kind == "modal" and "submit" not in view and _has_input(blocks):
            findings.add("`submit` is required when an `input` block is in `blocks`", "/view")
    if findings.messages:
        raise SlackError("invalid_arguments", findings.messages)


def check_options(answer: Any) -> None:
    """What the app answers to an options request. Raises SlackError."""
    findings = Findings()
    _OPTIONS.check(answer, "", findings)
    if findings.messages:
        raise SlackError("invalid_arguments", findings.messages)


def _findings_of(blocks: list[Any], surface: Surface, most: int, path: str) -> Findings:
    findings = Findings()
    Items(BLOCKS[surface], max=most, min=0).check(blocks, path, findings)
    if not findings.messages:
        _check_ids(blocks, path, findings)
        _check_together(blocks, path, findings)
    return findings


def _check_ids(blocks: list[Any], path: str, findings: Findings) -> None:
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id is not None and block_id in seen:
            findings.add(f"block_id already exists: {block_id}", f"{path}/{number}/block_id")
        seen.add(block_id)
        elements = block.get("elements", ()) if block["type"] != "rich_text" else ()
        actions = [each["action_id"] for each in elements if "action_id" in each]
        for action_id in sorted({each for each in actions if actions.count(each) > 1}):
            findings.add(f"action_id already exists: {action_id}", f"{path}/{number}/elements")


def _check_together(blocks: list[Any], path: str, findings: Findings) -> None:
    """Limits over all blocks: one table, 12,000 characters of markdown, one focused element."""
    if sum(1 for each in blocks if each["type"] == "table") > 1:
        findings.add("only one table allowed", path)
    if sum(len(each["text"]) for each in blocks if each["type"] == "markdown") > MAX_MARKDOWN:
        findings.add(f"must be less than {MAX_MARKDOWN + 1} characters", path)
    if json.dumps(blocks).count('"focus_on_load": true') > 1:
        findings.add("only one element can have focus_on_load", path)


def _has_input(blocks: list[Any]) -> bool:
    return any(isinstance(each, Mapping) and each.get("type") == "input" for each in blocks)


__all__ = ["check_message", "check_options", "check_view"]
