"""Messages, modals and channels as plain text: what people see, for tests and for failures."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .channels import Channel
    from .messages import FormState, Message
    from .views import View
    from .workspace import Workspace

LINK = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")
STYLE = re.compile(r"(?<![\w*~_`])([*_~])(?=\S)(.+?)(?<=\S)\1(?![\w*~_`])")


def shown(workspace: Workspace, text: str) -> str:
    """mrkdwn as it reads: mentions and links by name, entities decoded, style marks gone."""

    def replace(match: re.Match[str]) -> str:
        target, label = match[1], match[2]
        if target.startswith("@"):
            user = workspace.users.get(target[1:])
            return f"@{user.name}" if user is not None else f"@{label or target[1:]}"
        if target.startswith("#"):
            channel = workspace.channels.get(target[1:])
            return f"#{channel.name}" if channel is not None else f"#{label or target[1:]}"
        if target.startswith("!date^"):
            return label or target
        if target.startswith("!"):
            return f"@{target[1:]}"
        return label or target

    plain = LINK.sub(replace, text)
    return html.unescape(STYLE.sub(r"\2", STYLE.sub(r"\2", plain)))


def channel_text(workspace: Workspace, channel: Channel, user_id: str | None = None) -> str:
    """A conversation with its threads; what only one person sees is marked so.

    `user_id`: as this person sees it; None: with everybody's ephemeral messages.
    """
    lines = [_title(workspace, channel)]
    for message in channel.messages.values():
        if message.is_reply or (user_id is not None and not message.is_visible_to(user_id)):
            continue
        lines += _message_lines(workspace, message)
        for reply in channel.thread(message.ts, user_id):
            if reply.is_reply:
                lines += [f"    {line}" for line in _message_lines(workspace, reply)]
    return "\n".join(lines)


def message_text(workspace: Workspace, message: Message) -> str:
    """What a message shows: its blocks, or its text where it has none."""
    if message.blocks:
        state = next(iter(message.form_states.values()), {})
        lines = list(blocks_lines(workspace, message.blocks, state))
    else:
        lines = shown(workspace, message.text).splitlines()
    lines += [f"[file: {each.title or each.name}]" for each in message.files]
    return "\n".join(lines)


def view_text(workspace: Workspace, view: View) -> str:
    """A modal or App Home, with what is typed, errors beside their fields, buttons in brackets."""
    lines = []
    if view.title is not None:
        lines.append(f"== {view.title['text']} ==")
    for block in view.blocks:
        lines += blocks_lines(workspace, [block], view.state)
        error = view.errors.get(block.get("block_id", ""))
        if error is not None:
            lines.append(f"  ! {error}")
    if view.notice is not None:
        lines.append(f"! {view.notice}")
    if view.type == "modal":
        close = view.close["text"] if view.close is not None else "Cancel"
        submit = f" [{view.submit['text']}]" if view.submit is not None else ""
        lines.append(f"[{close}]{submit}")
    return "\n".join(lines)


def blocks_lines(
    workspace: Workspace, blocks: Sequence[Mapping[str, Any]], state: FormState
) -> Iterator[str]:
    for block in blocks:
        values = state.get(block.get("block_id", ""), {})
        yield from _block_lines(workspace, block, values)


def _block_lines(  # noqa: C901, PLR0912 - one branch a kind of block reads best as a list
    workspace: Workspace, block: Mapping[str, Any], values: Mapping[str, Any]
) -> Iterator[str]:
    match block["type"]:
        case "section":
            if "text" in block:
                yield from _text(workspace, block["text"]).splitlines()
            for field in block.get("fields", ()):
                yield from _text(workspace, field).splitlines()
            if "accessory" in block:
                yield _element(workspace, block["accessory"], values)
        case "header":
            yield block["text"]["text"]
        case "context" | "actions" | "context_actions":
            shown_elements = [_element(workspace, each, values) for each in block["elements"]]
            yield "  ".join(shown_elements)
        case "divider":
            yield "---"
        case "input":
            optional = " (optional)" if block.get("optional") else ""
            entered = _element(workspace, block["element"], values)
            yield f"{block['label']['text']}{optional}: {entered}"
            if "hint" in block:
                yield f"  {block['hint']['text']}"
        case "image" | "video":
            if "title" in block:
                yield block["title"]["text"]
            yield f"[{block['type']}: {block['alt_text']}]"
        case "markdown":
            yield from block["text"].splitlines()
        case "rich_text":
            yield from _rich_lines(workspace, block)
        case "table" | "data_table":
            if "caption" in block:
                yield block["caption"]
            for row in block["rows"]:
                yield " | ".join(_cell(workspace, each) for each in row)
        case "alert":
            yield f"({block.get('level', 'default')}) {_text(workspace, block['text'])}"
        case "card":
            for name in ("title", "subtitle", "body"):
                if name in block:
                    yield from _text(workspace, block[name]).splitlines()
            if block.get("actions"):
                yield "  ".join(_element(workspace, each, values) for each in block["actions"])
        case "carousel":
            yield from blocks_lines(workspace, block["elements"], {})
        case "container":
            if "title" in block:
                yield block["title"]["text"]
            yield from blocks_lines(workspace, block["child_blocks"], {})


def _element(workspace: Workspace, element: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    kind = element["type"]
    if kind in {"plain_text", "mrkdwn"}:
        return _text(workspace, element)
    if kind == "image":
        return f"[image: {element['alt_text']}]"
    if kind in {"button", "icon_button", "workflow_button"}:
        return f"[{element['text']['text']}]"
    if kind == "overflow":
        options = " / ".join(each["text"]["text"] for each in element["options"])
        return f"[… {options}]"
    if kind == "feedback_buttons":
        pair = (element["positive_button"], element["negative_button"])
        return "  ".join(f"[{each['text']['text']}]" for each in pair)
    return _entered(workspace, element, values.get(element.get("action_id", ""), {}))


def _entered(workspace: Workspace, element: Mapping[str, Any], state: Mapping[str, Any]) -> str:
    """An input with what is in it: `____` where it is empty, radio buttons and boxes drawn."""
    kind = element["type"]
    if kind in {"radio_buttons", "checkboxes"}:
        key = "selected_options" if kind == "checkboxes" else "selected_option"
        chosen = state.get(key) or []
        picked = chosen if isinstance(chosen, list) else [chosen]
        return "  ".join(
            f"({'x' if option in picked else ' '}) {_text(workspace, option['text'])}"
            for option in element["options"]
        )
    for key, value in state.items():
        if key in {"type", "timezone"} or value in (None, []):
            continue
        return _named(workspace, value)
    placeholder = element.get("placeholder")
    return f"____ ({placeholder['text']})" if placeholder is not None else "____"


def _named(workspace: Workspace, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_named(workspace, each) for each in value)
    if isinstance(value, Mapping):
        if value.get("type") == "rich_text":
            return " ".join(_rich_lines(workspace, value))
        return _text(workspace, value["text"]) if "text" in value else str(value["name"])
    if value in workspace.users:
        return f"@{workspace.users[value].name}"
    if value in workspace.channels:
        return f"#{workspace.channels[value].name}"
    return str(value)


def _text(workspace: Workspace, text: Mapping[str, Any]) -> str:
    content = str(text["text"])
    return shown(workspace, content) if text["type"] == "mrkdwn" else content


def _rich_lines(workspace: Workspace, block: Mapping[str, Any]) -> Iterator[str]:
    for part in block["elements"]:
        if part["type"] == "rich_text_list":
            for number, item in enumerate(part["elements"], start=1):
                mark = f"{number}." if part["style"] == "ordered" else "•"
                yield f"{mark} {_rich_run(workspace, item['elements'])}"
        else:
            run = _rich_run(workspace, part["elements"])
            prefix = "> " if part["type"] == "rich_text_quote" else ""
            yield from (f"{prefix}{line}" for line in run.splitlines())


def _rich_run(workspace: Workspace, elements: Sequence[Mapping[str, Any]]) -> str:
    return "".join(_rich_part(workspace, each) for each in elements)


def _rich_part(workspace: Workspace, part: Mapping[str, Any]) -> str:
    match part["type"]:
        case "text":
            shown_part = part["text"]
        case "link":
            shown_part = part.get("text") or part["url"]
        case "user":
            user = workspace.users.get(part["user_id"])
            shown_part = f"@{user.name if user is not None else part['user_id']}"
        case "channel":
            channel = workspace.channels.get(part["channel_id"])
            shown_part = f"#{channel.name if channel is not None else part['channel_id']}"
        case "emoji":
            shown_part = f":{part['name']}:"
        case "broadcast":
            shown_part = f"@{part['range']}"
        case "date":
            shown_part = part.get("fallback") or datetime.fromtimestamp(part["timestamp"], UTC)
        case other:
            shown_part = f"[{other}]"
    return str(shown_part)


def _cell(workspace: Workspace, cell: Mapping[str, Any]) -> str:
    if cell["type"] == "rich_text":
        return " ".join(_rich_lines(workspace, cell))
    return str(cell.get("text") or cell.get("value", ""))


def _title(workspace: Workspace, channel: Channel) -> str:
    names = ", ".join(f"@{workspace.users[each].name}" for each in channel.members)
    name = f"#{channel.name}" if not channel.is_direct else "direct messages"
    archived = ", archived" if channel.archived else ""
    return f"{name} ({names}{archived})"


def _message_lines(workspace: Workspace, message: Message) -> list[str]:
    author = workspace.users[message.user].name
    marks = ""
    if message.ephemeral_to is not None:
        marks += f" (only @{workspace.users[message.ephemeral_to].name} sees this)"
    if message.edited_ts is not None:
        marks += " (edited)"
    first, *rest = message_text(workspace, message).split("\n")
    lines = [f"{author}{marks}: {first}", *(f"    {line}" for line in rest)]
    if message.reactions:
        reactions = "  ".join(f":{name}: {len(who)}" for name, who in message.reactions.items())
        lines.append(f"    {reactions}")
    return lines
