"""Blocks and elements, as the plain dicts that Slack reads.

Texts are cut to Slack's limits, since a shortened sentence is better than a refused message. What the code
itself reads back (ids, values) is never cut: too long a one is a mistake of ours and a ValueError.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Literal

from bot.answers import Block
from bot.blockkit import limits
from bot.blockkit.mrkdwn import clamp, clamp_plain

Element = dict[str, Any]
Text = dict[str, Any]
Style = Literal["primary", "danger"]


def plain(text: str, limit: int = limits.TEXT) -> Text:
    """A text that Slack formats in no way, but for emoji names; people's words may go in as they are."""
    return {"type": "plain_text", "text": clamp_plain(text, limit), "emoji": True}


def mrkdwn(markup: str, limit: int = limits.TEXT) -> Text:
    """A formatted text. Verbatim, so that "@channel" or "#general" in someone's words stay words."""
    return {"type": "mrkdwn", "text": clamp(markup, limit), "verbatim": True}


def header(text: str) -> Block:
    return {"type": "header", "text": plain(text, limits.HEADER_TEXT)}


def section(markup: str, *, accessory: Element | None = None) -> Block:
    block: Block = {"type": "section", "text": mrkdwn(markup)}
    return block | {"accessory": accessory} if accessory else block


def fields(markups: Iterable[str]) -> Block:
    """Two columns of short texts; those beyond Slack's ten are left out."""
    shown = list(markups)[: limits.FIELDS]
    return {"type": "section", "fields": [mrkdwn(markup, limits.FIELD_TEXT) for markup in shown]}


def context(*parts: str | Element) -> Block:
    """Small grey text and images; a string is markup. Parts beyond Slack's ten are left out."""
    shown = parts[: limits.CONTEXT_ELEMENTS]
    return {
        "type": "context",
        "elements": [mrkdwn(part, limits.CONTEXT_TEXT) if isinstance(part, str) else part for part in shown],
    }


def divider() -> Block:
    return {"type": "divider"}


def picture(file_id: str, alt: str, title: str = "") -> Block:
    """A picture that lies in Slack, by its file's id; `alt` says what it shows to whoever cannot see it."""
    block: Block = {
        "type": "image",
        "slack_file": {"id": file_id},
        "alt_text": clamp_plain(alt, limits.ALT_TEXT),
    }
    return block | {"title": plain(title, limits.IMAGE_TITLE)} if title else block


def without_pictures(blocks: Iterable[Block]) -> list[Block]:
    """The same without its pictures: for when Slack does not take one, since somebody has deleted it."""
    return [block for block in blocks if not (block.get("type") == "image" and "slack_file" in block)]


def actions(*elements: Element) -> Block:
    """A row of buttons and menus."""
    if len(elements) > limits.ACTIONS_ELEMENTS:
        raise ValueError(f"a row takes {limits.ACTIONS_ELEMENTS} elements, not {len(elements)}")
    return {"type": "actions", "elements": list(elements)}


def button(
    text: str,
    action_id: str,
    *,
    value: str = "",
    style: Style | None = None,
    confirm: Element | None = None,
    url: str = "",
    label: str = "",
) -> Element:
    """A button; `label` is what a screen reader says where `text` alone would not tell."""
    element: Element = {
        "type": "button",
        "text": plain(text, limits.BUTTON_TEXT),
        "action_id": _whole("action_id", action_id, limits.ID),
    }
    if value:
        element["value"] = _whole("value", value, limits.BUTTON_VALUE)
    if style:
        element["style"] = style
    if confirm:
        element["confirm"] = confirm
    if url:
        element["url"] = _whole("url", url, limits.TEXT)
    if label:
        element["accessibility_label"] = clamp_plain(label, limits.BUTTON_TEXT)
    return element


def confirm(title: str, text: str, yes: str, *, no: str = "Cancel", danger: bool = False) -> Element:
    """What is asked before something that cannot be undone: the text says what will happen."""
    dialog: Element = {
        "title": plain(title, limits.CONFIRM_TITLE),
        "text": plain(text, limits.CONFIRM_TEXT),
        "confirm": plain(yes, limits.CONFIRM_BUTTON),
        "deny": plain(no, limits.CONFIRM_BUTTON),
    }
    return dialog | {"style": "danger"} if danger else dialog


def option(text: str, value: str, *, description: str = "") -> Element:
    element: Element = {
        "text": plain(text, limits.OPTION_TEXT),
        "value": _whole("value", value, limits.OPTION_VALUE),
    }
    return element | {"description": plain(description, limits.OPTION_TEXT)} if description else element


def select(
    action_id: str, options: Sequence[Element], *, placeholder: str = "Choose", chosen: str | None = None
) -> Element:
    """A menu of up to 100 options; `chosen` is the value of the one that is set."""
    element: Element = {
        "type": "static_select",
        "action_id": _whole("action_id", action_id, limits.ID),
        "placeholder": plain(placeholder, limits.PLACEHOLDER),
        "options": _some(options, limits.SELECT_OPTIONS),
    }
    return element | _initial(options, chosen)


def external_select(
    action_id: str, *, placeholder: str = "Type to search", chosen: Element | None = None, least: int = 0
) -> Element:
    """A menu whose options an options route of this name offers; `chosen` is the option that is set.

    `least` letters are typed before it asks; with 0 it offers something at once.
    """
    element: Element = {
        "type": "external_select",
        "action_id": _whole("action_id", action_id, limits.ID),
        "placeholder": plain(placeholder, limits.PLACEHOLDER),
        "min_query_length": least,
    }
    return element | {"initial_option": chosen} if chosen else element


def many_external_select(
    action_id: str,
    *,
    placeholder: str = "Type to search",
    chosen: Sequence[Element] = (),
    least: int = 0,
    most: int = 0,
) -> Element:
    """As `external_select`, for several; `chosen` are the options that are set."""
    element: Element = {
        "type": "multi_external_select",
        "action_id": _whole("action_id", action_id, limits.ID),
        "placeholder": plain(placeholder, limits.PLACEHOLDER),
        "min_query_length": least,
    }
    if most:
        element["max_selected_items"] = most
    return element | {"initial_options": list(chosen)} if chosen else element


def users_select(action_id: str, *, placeholder: str = "Choose a person", chosen: str = "") -> Element:
    """Slack's own menu of people; `chosen` is a Slack user id."""
    element: Element = {
        "type": "users_select",
        "action_id": _whole("action_id", action_id, limits.ID),
        "placeholder": plain(placeholder, limits.PLACEHOLDER),
    }
    return element | {"initial_user": chosen} if chosen else element


def many_select(
    action_id: str, options: Sequence[Element], *, placeholder: str = "Choose", most: int = 0
) -> Element:
    """A menu of several of at most 100 options."""
    element: Element = {
        "type": "multi_static_select",
        "action_id": _whole("action_id", action_id, limits.ID),
        "placeholder": plain(placeholder, limits.PLACEHOLDER),
        "options": _some(options, limits.SELECT_OPTIONS),
    }
    return element | {"max_selected_items": most} if most else element


def many_users_select(
    action_id: str, *, placeholder: str = "Choose people", chosen: Sequence[str] = (), most: int = 0
) -> Element:
    element: Element = {
        "type": "multi_users_select",
        "action_id": _whole("action_id", action_id, limits.ID),
        "placeholder": plain(placeholder, limits.PLACEHOLDER),
    }
    if most:
        element["max_selected_items"] = most
    return element | {"initial_users": list(chosen)} if chosen else element


def channel_select(action_id: str, *, placeholder: str = "Choose a channel", chosen: str = "") -> Element:
    """Slack's own menu of public and private channels; `chosen` is a channel's id."""
    element: Element = {
        "type": "conversations_select",
        "action_id": _whole("action_id", action_id, limits.ID),
        "placeholder": plain(placeholder, limits.PLACEHOLDER),
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    return element | {"initial_conversation": chosen} if chosen else element


def date_picker(action_id: str, *, placeholder: str = "Choose a day", chosen: date | None = None) -> Element:
    element: Element = {
        "type": "datepicker",
        "action_id": _whole("action_id", action_id, limits.ID),
        "placeholder": plain(placeholder, limits.PLACEHOLDER),
    }
    return element | {"initial_date": chosen.isoformat()} if chosen else element


def file_input(action_id: str, endings: Sequence[str], *, most: int = 1) -> Element:
    """A place to drop files, in a form only; `endings` are those that Slack lets through, such as `xlsx`."""
    return {
        "type": "file_input",
        "action_id": _whole("action_id", action_id, limits.ID),
        "filetypes": list(endings),
        "max_files": most,
    }


def overflow(action_id: str, options: Sequence[Element]) -> Element:
    """The ⋯ menu: up to five things that are rarely wanted."""
    return {
        "type": "overflow",
        "action_id": _whole("action_id", action_id, limits.ID),
        "options": _some(options, limits.OVERFLOW_OPTIONS),
    }


def radio(action_id: str, options: Sequence[Element], *, chosen: str | None = None) -> Element:
    element: Element = {
        "type": "radio_buttons",
        "action_id": _whole("action_id", action_id, limits.ID),
        "options": _some(options, limits.CHOICE_OPTIONS),
    }
    return element | _initial(options, chosen)


def checkboxes(action_id: str, options: Sequence[Element], *, chosen: Iterable[str] = ()) -> Element:
    element: Element = {
        "type": "checkboxes",
        "action_id": _whole("action_id", action_id, limits.ID),
        "options": _some(options, limits.CHOICE_OPTIONS),
    }
    values = set(chosen)
    initial = [item for item in options if item["value"] in values]
    return element | {"initial_options": initial} if initial else element


def input_block(
    name: str, label: str, element: Element, *, hint: str = "", optional: bool = False, dispatch: bool = False
) -> Block:
    """A labelled input. `name` is its block_id: the key of its value and of the errors beside it.

    With `dispatch` a change is told at once, as an action with the element's action_id.
    """
    block: Block = {
        "type": "input",
        "block_id": _whole("block_id", name, limits.ID),
        "label": plain(label, limits.LABEL),
        "element": element,
        "optional": optional,
    }
    if hint:
        block["hint"] = plain(hint, limits.LABEL)
    if dispatch:
        block["dispatch_action"] = True
    return block


def text_input(
    name: str,
    label: str,
    *,
    initial: str = "",
    placeholder: str = "",
    hint: str = "",
    multiline: bool = False,
    optional: bool = False,
    max_length: int | None = None,
) -> Block:
    """A line or, with `multiline`, a box of text.

    Without `max_length` Slack lets any length through, which is right where our own sentence about it is
    better than Slack's; `initial` is cut to what Slack takes.
    """
    element: Element = {"type": "plain_text_input", "action_id": name, "multiline": multiline}
    if initial:
        element["initial_value"] = initial[: max_length or limits.INPUT_LENGTH]
    if placeholder:
        element["placeholder"] = plain(placeholder, limits.PLACEHOLDER)
    if max_length:
        element["max_length"] = min(max_length, limits.INPUT_LENGTH)
    return input_block(name, label, element, hint=hint, optional=optional)


def select_input(
    name: str,
    label: str,
    options: Sequence[Element],
    *,
    chosen: str | None = None,
    placeholder: str = "Choose",
    hint: str = "",
    optional: bool = False,
) -> Block:
    menu = select(name, options, placeholder=placeholder, chosen=chosen)
    return input_block(name, label, menu, hint=hint, optional=optional)


def radio_input(
    name: str,
    label: str,
    options: Sequence[Element],
    *,
    chosen: str | None = None,
    hint: str = "",
    optional: bool = False,
) -> Block:
    return input_block(name, label, radio(name, options, chosen=chosen), hint=hint, optional=optional)


def checkboxes_input(
    name: str,
    label: str,
    options: Sequence[Element],
    *,
    chosen: Iterable[str] = (),
    hint: str = "",
    optional: bool = True,
) -> Block:
    """Boxes to tick; optional, since an input that is not asks for at least one tick."""
    return input_block(name, label, checkboxes(name, options, chosen=chosen), hint=hint, optional=optional)


def _whole(what: str, value: str, limit: int) -> str:
    if len(value) > limit:
        raise ValueError(f"{what} of {len(value)} characters, Slack takes {limit}: {value[:40]}")
    return value


def _some(options: Sequence[Element], limit: int) -> list[Element]:
    if not 0 < len(options) <= limit:
        raise ValueError(f"a menu of {len(options)} options, Slack takes 1 to {limit}")
    return list(options)


def _initial(options: Sequence[Element], chosen: str | None) -> dict[str, Element]:
    found = next((item for item in options if item["value"] == chosen), None)
    return {"initial_option": found} if found else {}
