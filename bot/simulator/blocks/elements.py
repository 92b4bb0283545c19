"""Block elements: buttons, menus, inputs.

Limits: docs.slack.dev/reference/block-kit/block-elements.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from .composition import (
    ACTION_ID,
    CONFIRM,
    CONVERSATION_FILTER,
    DISPATCH_ACTION_CONFIG,
    MARKED_OPTION,
    OPTION_GROUP,
    OVERFLOW_OPTION,
    PLAIN_OPTION,
    SLACK_FILE,
    TYPE,
    distinct_values,
    plain,
)
from .rich_text import RICH_TEXT
from .schema import (
    Boolean,
    Choice,
    Extra,
    Findings,
    Integer,
    Items,
    Object,
    Rule,
    String,
    Url,
    exactly_one_of,
)

Fields = dict[str, Rule]

ID = String(max=40, min=1)
DATE = String(pattern=r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
TIME = String(pattern=r"([01]\d|2[0-3]):[0-5]\d")
NUMBER = String(max=40, min=1, pattern=r"-?\d+(\.\d+)?")
"""Numbers travel as strings: Slack refuses JSON numbers here."""
MAX_TEXT_INPUT = 3_000
USER_IDS = Items(ID, min=1)


def _element(required: Fields, optional: Fields, *also: Extra) -> Object:
    return Object({"type": TYPE, **required}, {"action_id": ACTION_ID, **optional}, also)


def _input(optional: Fields, *also: Extra) -> Object:
    common: Fields = {"placeholder": plain(150), "focus_on_load": Boolean()}
    return _element({}, {**common, **optional}, *also)


def _initial_option_offered(value: Mapping[str, Any], path: str, findings: Findings) -> None:
    """initial_option(s) must exactly match what is offered."""
    offered = list(value.get("options") or ())
    for group in value.get("option_groups") or ():
        offered += group.get("options", ())
    chosen = list(value.get("initial_options") or ())
    if "initial_option" in value:
        chosen.append(value["initial_option"])
    for option in chosen:
        if option not in offered:
            findings.add("initial option must match one of the options", path)


def _number_bounds(value: Mapping[str, Any], path: str, findings: Findings) -> None:
    try:
        low, first, high = (
            Decimal(value[name]) if name in value else None
            for name in ("min_value", "initial_value", "max_value")
        )
    except (InvalidOperation, TypeError):
        return  # said already by the rule of the field
    if low is not None and high is not None and low > high:
        findings.add("min_value cannot be greater than max_value", path)
    if first is not None and ((low is not None and first < low) or (high is not None and first > high)):
        findings.add("initial_value must be between min_value and max_value", path)
    if not value.get("is_decimal_allowed") and any(
        each is not None and each != each.to_integral_value() for each in (low, first, high)
    ):
        findings.add("decimal values are not allowed", path)


def _text_bounds(value: Mapping[str, Any], path: str, findings: Findings) -> None:
    shortest, longest = value.get("min_length", 0), value.get("max_length", MAX_TEXT_INPUT)
    initial = value.get("initial_value")
    if not isinstance(shortest, int) or not isinstance(longest, int):
        return
    if shortest > longest:
        findings.add("min_length cannot be greater than max_length", path)
    if isinstance(initial, str) and len(initial) > longest:
        findings.add(f"must be less than {longest + 1} characters", f"{path}/initial_value")


BUTTON = _element(
    {"text": plain(75)},
    {
        "value": String(max=2_000),
        "url": Url(),
        "style": Choice(("primary", "danger")),
        "confirm": CONFIRM,
        "accessibility_label": String(max=75, min=1),
        "agent_prompt": String(max=4_000, min=1),
        "agent_prompt_display": String(max=75, min=1),
        "visible_to_user_ids": USER_IDS,
    },
)
OVERFLOW = _element({"options": Items(OVERFLOW_OPTION, max=5)}, {"confirm": CONFIRM}, distinct_values)
IMAGE = Object(
    {"type": TYPE, "alt_text": String(max=2_000)},
    {"image_url": Url(), "slack_file": SLACK_FILE},
    (exactly_one_of("image_url", "slack_file"),),
)
CHECKBOXES = _element(
    {"options": Items(MARKED_OPTION, max=10)},
    {
        "initial_options": Items(MARKED_OPTION, max=10),
        "confirm": CONFIRM,
        "focus_on_load": Boolean(),
    },
    distinct_values,
    _initial_option_offered,
)
RADIO_BUTTONS = _element(
    {"options": Items(MARKED_OPTION, max=10)},
    {"initial_option": MARKED_OPTION, "confirm": CONFIRM, "focus_on_load": Boolean()},
    distinct_values,
    _initial_option_offered,
)
DATEPICKER = _input({"initial_date": DATE, "confirm": CONFIRM})
TIMEPICKER = _input({"initial_time": TIME, "confirm": CONFIRM, "timezone": String(max=60)})
DATETIMEPICKER = _element(
    {},
    {
        # Ten digits: seconds since the epoch.
        "initial_date_time": Integer(1_000_000_000, 9_999_999_999),
        "confirm": CONFIRM,
        "focus_on_load": Boolean(),
    },
)

_OFFER: Fields = {"options": Items(PLAIN_OPTION, max=100), "option_groups": Items(OPTION_GROUP, max=100)}
_MANY: Fields = {"max_selected_items": Integer(1, 100), "confirm": CONFIRM}
_RESPONSE_URL: Fields = {"response_url_enabled": Boolean()}
_CONVERSATIONS: Fields = {"default_to_current_conversation": Boolean(), "filter": CONVERSATION_FILTER}
_offers = (exactly_one_of("options", "option_groups"), distinct_values, _initial_option_offered)

STATIC_SELECT = _input({**_OFFER, "initial_option": PLAIN_OPTION, "confirm": CONFIRM}, *_offers)
MULTI_STATIC_SELECT = _input({**_OFFER, **_MANY, "initial_options": Items(PLAIN_OPTION, max=100)}, *_offers)
EXTERNAL_SELECT = _input(
    {
        "initial_option": PLAIN_OPTION,
        "min_query_length": Integer(0, 1_000),
        "confirm": CONFIRM,
    }
)
MULTI_EXTERNAL_SELECT = _input(
    {
        **_MANY,
        "initial_options": Items(PLAIN_OPTION, max=100),
        "min_query_length": Integer(0, 1_000),
    }
)
USERS_SELECT = _input({"initial_user": ID, "confirm": CONFIRM})
MULTI_USERS_SELECT = _input({**_MANY, "initial_users": Items(ID)})
CONVERSATIONS_SELECT = _input(
    {"initial_conversation": ID, "confirm": CONFIRM, **_CONVERSATIONS, **_RESPONSE_URL}
)
MULTI_CONVERSATIONS_SELECT = _input({**_MANY, "initial_conversations": Items(ID), **_CONVERSATIONS})
CHANNELS_SELECT = _input({"initial_channel": ID, "confirm": CONFIRM, **_RESPONSE_URL})
MULTI_CHANNELS_SELECT = _input({**_MANY, "initial_channels": Items(ID)})

_DISPATCH: Fields = {"dispatch_action_config": DISPATCH_ACTION_CONFIG}
PLAIN_TEXT_INPUT = _input(
    {
        "initial_value": String(max=MAX_TEXT_INPUT),
        "multiline": Boolean(),
        "min_length": Integer(0, MAX_TEXT_INPUT),
        "max_length": Integer(1, MAX_TEXT_INPUT),
        **_DISPATCH,
    },
    _text_bounds,
)
NUMBER_INPUT = Object(
    {"type": TYPE, "is_decimal_allowed": Boolean()},
    {
        "action_id": ACTION_ID,
        "initial_value": NUMBER,
        "min_value": NUMBER,
        "max_value": NUMBER,
        "placeholder": plain(150),
        "focus_on_load": Boolean(),
        **_DISPATCH,
    },
    (_number_bounds,),
)
EMAIL_TEXT_INPUT = _input({"initial_value": String(max=MAX_TEXT_INPUT), **_DISPATCH})
URL_TEXT_INPUT = _input({"initial_value": String(max=MAX_TEXT_INPUT), **_DISPATCH})
RICH_TEXT_INPUT = _input({"initial_value": RICH_TEXT, **_DISPATCH})
FILE_INPUT = _element({}, {"filetypes": Items(String(max=20, min=1)), "max_files": Integer(1, 10)})

_FEEDBACK_BUTTON = Object(
    {"text": plain(75), "value": String(max=2_000)}, {"accessibility_label": String(max=75)}
)
FEEDBACK_BUTTONS = _element({"positive_button": _FEEDBACK_BUTTON, "negative_button": _FEEDBACK_BUTTON}, {})
ICON_BUTTON = _element(
    {"icon": Choice(("trash",)), "text": plain(75)},
    {
        "value": String(max=2_000),
        "confirm": CONFIRM,
        "accessibility_label": String(max=75),
        "visible_to_user_ids": USER_IDS,
    },
)
_TRIGGER = Object(
    {"url": Url()},
    {"customizable_input_parameters": Items(Object({"name": String(min=1), "value": String()}), max=100)},
)
WORKFLOW_BUTTON = _element(
    {"text": plain(75), "workflow": Object({"trigger": _TRIGGER})},
    {"style": Choice(("primary", "danger")), "accessibility_label": String(max=75)},
)

MENUS: dict[str, Object] = {
    "static_select": STATIC_SELECT,
    "external_select": EXTERNAL_SELECT,
    "users_select": USERS_SELECT,
    "conversations_select": CONVERSATIONS_SELECT,
    "channels_select": CHANNELS_SELECT,
    "multi_static_select": MULTI_STATIC_SELECT,
    "multi_external_select": MULTI_EXTERNAL_SELECT,
    "multi_users_select": MULTI_USERS_SELECT,
    "multi_conversations_select": MULTI_CONVERSATIONS_SELECT,
    "multi_channels_select": MULTI_CHANNELS_SELECT,
}
PICKERS: dict[str, Object] = {
    "checkboxes": CHECKBOXES,
    "radio_buttons": RADIO_BUTTONS,
    "datepicker": DATEPICKER,
    "timepicker": TIMEPICKER,
}
BUTTONS: dict[str, Object] = {
    "button": BUTTON,
    "overflow": OVERFLOW,
    "workflow_button": WORKFLOW_BUTTON,
}
TYPED: dict[str, Object] = {
    "plain_text_input": PLAIN_TEXT_INPUT,
    "number_input": NUMBER_INPUT,
    "email_text_input": EMAIL_TEXT_INPUT,
    "url_text_input": URL_TEXT_INPUT,
    "rich_text_input": RICH_TEXT_INPUT,
    "file_input": FILE_INPUT,
}
