"""Blocks, and on which surface each may stand.

docs.slack.dev/reference/block-kit/blocks; the blocks of 2026 after slack_sdk.models.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from .composition import SLACK_FILE, TYPE, plain, text
from .elements import (
    BUTTON,
    BUTTONS,
    DATETIMEPICKER,
    FEEDBACK_BUTTONS,
    ICON_BUTTON,
    IMAGE,
    MENUS,
    OVERFLOW,
    PICKERS,
    TYPED,
)
from .rich_text import RICH_TEXT
from .schema import (
    Boolean,
    ByType,
    Choice,
    Findings,
    Integer,
    Items,
    Number,
    Object,
    Rule,
    String,
    Url,
    at_least_one_of,
    exactly_one_of,
    texts_in,
)

Surface = Literal["message", "modal", "home"]

MAX_TABLE_CHARACTERS = 10_000
"""Over all cells of one table."""
BLOCK_ID: dict[str, Rule] = {"block_id": String(max=255, min=1)}


def _block(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None, *also: Any) -> Object:
    return Object({"type": TYPE, **required}, {**BLOCK_ID, **(optional or {})}, also)


def _no_file_dispatch(value: Mapping[str, Any], path: str, findings: Findings) -> None:
    element = value.get("element")
    is_file = isinstance(element, Mapping) and element.get("type") == "file_input"
    if is_file and value.get("dispatch_action"):
        findings.add("unsupported type: file_input", f"{path}/element/type")


def _row_widths(value: Mapping[str, Any], path: str, findings: Findings) -> None:
    rows = value.get("rows")
    if isinstance(rows, list):
        widths = {len(row) for row in rows if isinstance(row, list)}
        if len(widths) > 1:
            findings.add("all rows must have the same number of cells", f"{path}/rows")


def _plain_header(value: Mapping[str, Any], path: str, findings: Findings) -> None:
    rows = value.get("rows")
    header = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], list) else []
    for number, cell in enumerate(header):
        if isinstance(cell, Mapping) and cell.get("type") == "rich_text":
            findings.add("unsupported type: rich_text", f"{path}/rows/0/{number}/type")


def _table_size(value: Mapping[str, Any], path: str, findings: Findings) -> None:
    if sum(len(each) for each in texts_in(value.get("rows"))) > MAX_TABLE_CHARACTERS:
        findings.add(f"must be less than {MAX_TABLE_CHARACTERS + 1} characters", f"{path}/rows")


# Elements of the block `input` that are not taken on every surface. The block-elements page
# lists number, email, URL and file inputs for modals alone, and the WYSIWYG input for modals
# and home tabs.
_NOT_IN: dict[str, frozenset[Surface]] = {
    "number_input": frozenset({"message", "home"}),
    "email_text_input": frozenset({"message", "home"}),
    "url_text_input": frozenset({"message", "home"}),
    "file_input": frozenset({"message", "home"}),
    "rich_text_input": frozenset({"message"}),
    "datetimepicker": frozenset({"home"}),
}
_ALL_INPUTS: dict[str, Object] = {**MENUS, **PICKERS, **TYPED, "datetimepicker": DATETIMEPICKER}

_CELLS = ByType(
    {
        "raw_text": Object({"type": TYPE, "text": String(min=1)}),
        "raw_number": Object({"type": TYPE, "value": Number(), "text": String(min=1)}),
        "rich_text": RICH_TEXT,
    }
)
SECTION = _block(
    {},
    {
        "text": text(3_000),
        "fields": Items(text(2_000), max=10),
        "accessory": ByType({**BUTTONS, **MENUS, **PICKERS, "image": IMAGE}),
        "expand": Boolean(),
    },
    at_least_one_of("text", "fields"),
)
ACTIONS = _block(
    {"elements": Items(ByType({**BUTTONS, **MENUS, **PICKERS, "datetimepicker": DATETIMEPICKER}), max=25)}
)
CONTEXT_TEXT = text(2_000).rules
CONTEXT = _block({"elements": Items(ByType({**CONTEXT_TEXT, "image": IMAGE}), max=10)})
IMAGE_BLOCK = _block(
    {"alt_text": String(max=2_000)},
    {"image_url": Url(), "slack_file": SLACK_FILE, "title": plain(2_000)},
    exactly_one_of("image_url", "slack_file"),
)
HEADER = _block({"text": plain(150)})
DIVIDER = _block({})
MARKDOWN = _block({"text": String(max=12_000, min=1)})
VIDEO = _block(
    {
        "video_url": Url(),
        "thumbnail_url": Url(),
        "alt_text": String(min=1),
        "title": plain(199),
    },
    {
        "title_url": Url(),
        "author_name": String(max=49),
        "provider_name": String(),
        "provider_icon_url": Url(),
        "description": plain(200),
    },
)
TABLE = _block(
    {"rows": Items(Items(_CELLS, max=20), max=100)},
    {
        "column_settings": Items(
            Object({}, {"align": Choice(("left", "center", "right")), "is_wrapped": Boolean()}),
            max=20,
            min=0,
        )
    },
    _row_widths,
    _table_size,
)
DATA_TABLE = _block(
    # The header and one to a hundred rows.
    {"rows": Items(Items(_CELLS, max=20), max=101, min=2), "caption": String(min=1)},
    {"page_size": Integer(1, 100), "row_header_column_index": Integer(0, 19)},
    _row_widths,
    _plain_header,
    _table_size,
)
CONTEXT_ACTIONS = _block(
    {"elements": Items(ByType({"feedback_buttons": FEEDBACK_BUTTONS, "icon_button": ICON_BUTTON}), max=5)}
)
ALERT = _block(
    {"text": text(200)},
    {"level": Choice(("default", "info", "warning", "error", "success"))},
)
CARD = _block(
    {},
    {
        "hero_image": IMAGE,
        "icon": IMAGE,
        "title": text(150),
        "subtitle": text(150),
        "body": text(200),
        "actions": Items(ByType({"button": BUTTON, "overflow": OVERFLOW}), max=3),
    },
    at_least_one_of("hero_image", "title", "actions", "body"),
)
CAROUSEL = _block({"elements": Items(ByType({"card": CARD}), max=10)})

_EVERYWHERE: dict[str, Object] = {
    "section": SECTION,
    "actions": ACTIONS,
    "context": CONTEXT,
    "divider": DIVIDER,
    "header": HEADER,
    "image": IMAGE_BLOCK,
    "rich_text": RICH_TEXT,
    "video": VIDEO,
}
_ONLY: dict[Surface, dict[str, Object]] = {
    "message": {
        "markdown": MARKDOWN,
        "table": TABLE,
        "data_table": DATA_TABLE,
        "context_actions": CONTEXT_ACTIONS,
        "card": CARD,
        "carousel": CAROUSEL,
    },
    "modal": {"alert": ALERT},
    "home": {},
}


def _input_block(surface: Surface) -> Object:
    elements = {
        name: rule for name, rule in _ALL_INPUTS.items() if surface not in _NOT_IN.get(name, frozenset())
    }
    return _block(
        {"label": plain(2_000), "element": ByType(elements)},
        {"hint": plain(2_000), "optional": Boolean(), "dispatch_action": Boolean()},
        _no_file_dispatch,
    )


def _container(children: Mapping[str, Object]) -> Object:
    return _block(
        {"child_blocks": Items(ByType(children), max=10)},
        {
            "title": plain(150),
            "rich_text_title": RICH_TEXT,
            "subtitle": plain(150),
            "width": Choice(("narrow", "standard", "wide", "full")),
            "icon": IMAGE,
            "is_collapsible": Boolean(),
            "default_collapsed": Boolean(),
            "has_header_divider": Boolean(),
        },
        at_least_one_of("title", "rich_text_title"),
    )


def _blocks_of(surface: Surface) -> ByType:
    rules = {**_EVERYWHERE, **_ONLY[surface], "input": _input_block(surface)}
    if surface == "message":
        rules["container"] = _container(rules)
    return ByType(rules)


BLOCKS: dict[Surface, ByType] = {
    "message": _blocks_of("message"),
    "modal": _blocks_of("modal"),
    "home": _blocks_of("home"),
}
