"""What people choose and type: the state of interactive elements, as Slack's client keeps it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .messages import FormState

Json = dict[str, Any]

TEXTS = frozenset({"plain_text_input", "number_input", "email_text_input", "url_text_input"})

# Element type → (key of its state, key of its initial value). Those named by a plural hold lists.
STATE_KEYS: dict[str, tuple[str, str]] = {
    **dict.fromkeys(TEXTS, ("value", "initial_value")),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "file_input": ("files", ""),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "radio_buttons": ("selected_option", "initial_option"),
    "checkboxes": ("selected_options", "initial_options"),
}
LISTS = frozenset({"files", *(f"selected_{each}s" for each in ("option", "user", "channel"))}) | {
    "selected_conversations"
}


@dataclass(frozen=True, slots=True)
class Placed:
    """An interactive element where it stands. `label` is what people read beside or on it."""

    block: Json
    element: Json
    label: str

    @property
    def block_id(self) -> str:
        return str(self.block["block_id"])

    @property
    def action_id(self) -> str:
        return str(self.element["action_id"])

    @property
    def type(self) -> str:
        return str(self.element["type"])

    @property
    def is_input(self) -> bool:
        return bool(self.block["type"] == "input")

    @property
    def dispatches(self) -> bool:
        """Whether using it tells the app at once (rather than with the submission)."""
        return not self.is_input or bool(self.block.get("dispatch_action"))


def placed_elements(blocks: Sequence[Json]) -> Iterator[Placed]:
    """Every interactive element of a message or view, in reading order."""
    for block in blocks:
        kind = block["type"]
        if kind == "input":
            yield Placed(block, block["element"], block["label"]["text"])
        elif kind == "section" and block.get("accessory", {}).get("type") not in {None, "image"}:
            yield Placed(block, block["accessory"], _label(block["accessory"], block))
        elif kind in {"actions", "context_actions"}:
            for element in block["elements"]:
                yield Placed(block, element, _label(element, None))
        elif kind == "card":
            for element in block.get("actions", ()):
                yield Placed(block, element, _label(element, None))
        elif kind == "carousel":
            yield from placed_elements(block["elements"])
        elif kind == "container":
            yield from placed_elements(block["child_blocks"])


def find_element(blocks: Sequence[Json], block_id: str, action_id: str) -> Placed | None:
    for placed in placed_elements(blocks):
        if placed.block_id == block_id and placed.action_id == action_id:
            return placed
    return None


def name_parts(blocks: Sequence[Json], prefix: str) -> None:
    """Give blocks and elements the ids that the app left out, as Slack does."""
    for number, block in enumerate(blocks):
        block.setdefault("block_id", f"{prefix}b{number:02d}")
        for children in (block.get("child_blocks"), _cards(block)):
            if children:
                name_parts(children, f"{block['block_id']}-")
    for number, placed in enumerate(placed_elements(blocks)):
        placed.element.setdefault("action_id", f"{prefix}a{number:02d}")


def initial_state(blocks: Sequence[Json], kept: Mapping[str, Any] | None = None) -> FormState:
    """The state a form starts with.

    `kept` is the state before an update: what a person typed survives where block_id, action_id
    and type stay the same (docs: "input values are preserved if both ids match").
    """
    state: FormState = {}
    for placed in placed_elements(blocks):
        keys = STATE_KEYS.get(placed.type)
        if keys is None:
            continue
        before = (kept or {}).get(placed.block_id, {}).get(placed.action_id)
        if before is None or before["type"] != placed.type:
            before = state_of(placed.element, placed.element.get(keys[1]))
        state.setdefault(placed.block_id, {})[placed.action_id] = before
    return state


def state_of(element: Mapping[str, Any], chosen: Any) -> Json:
    """An element's entry in `state.values`."""
    kind = str(element["type"])
    key = STATE_KEYS[kind][0]
    if chosen is None and key in LISTS:
        chosen = []
    state = {"type": kind, key: chosen}
    if kind == "timepicker" and "timezone" in element:
        state["timezone"] = element["timezone"]
    return state


def chosen_from(element: Mapping[str, Any], values: Sequence[str], known: Sequence[Json]) -> Any:
    """What plain strings (of a form or a test) mean for this element.

    `known` are options offered elsewhere, by an external select. Raises LookupError for an
    option that is not offered.
    """
    kind = str(element["type"])
    key = STATE_KEYS.get(kind, ("selected_option", ""))[0]
    given: list[Any] = [value for value in values if value != ""]
    if key in {"selected_option", "selected_options"}:
        given = [_option(element, value, known) for value in given]
    if key in LISTS:
        return given
    if not given:
        return None
    return CONVERSIONS[kind](given[0]) if kind in CONVERSIONS else given[0]


def rich_text(text: str) -> Json:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}


CONVERSIONS: dict[str, Callable[[str], Any]] = {"datetimepicker": int, "rich_text_input": rich_text}


def offered_options(element: Mapping[str, Any]) -> list[Json]:
    options = list(element.get("options", ()))
    for group in element.get("option_groups", ()):
        options += group["options"]
    return options


def problems(blocks: Sequence[Json], state: FormState) -> dict[str, str]:
    """What Slack's own client says about a form before it sends it: block_id → sentence."""
    found = {}
    for placed in placed_elements(blocks):
        if not placed.is_input:
            continue
        entry = state.get(placed.block_id, {}).get(placed.action_id, {})
        sentence = _problem(placed, entry.get(STATE_KEYS[placed.type][0]))
        if sentence is not None:
            found[placed.block_id] = sentence
    return found


def _problem(placed: Placed, chosen: Any) -> str | None:
    if chosen is None or chosen in ("", []):
        required = not placed.block.get("optional", False)
        return "Please complete this required field." if required else None
    check = CHECKS.get(placed.type)
    if check is not None:
        return check(placed.element, str(chosen))
    limit = placed.element.get("max_selected_items")
    if limit is not None and len(chosen) > limit:
        return f"Please choose at most {limit} items."
    return None


def _length_problem(element: Mapping[str, Any], text: str) -> str | None:
    # A text input holds 3,000 characters where the app names no other bound.
    shortest, longest = element.get("min_length", 0), element.get("max_length", 3_000)
    if len(text) < shortest:
        return f"Please enter at least {shortest} characters."
    if len(text) > longest:
        return f"Please enter no more than {longest} characters."
    return None


def _number_problem(element: Mapping[str, Any], text: str) -> str | None:
    if not re.fullmatch(r"-?(\d+(\.\d*)?|\.\d+)", text):
        return "Please enter a valid number."
    number = Decimal(text)
    low, high = element.get("min_value"), element.get("max_value")
    if not element.get("is_decimal_allowed") and number != number.to_integral_value():
        return "Please enter a whole number."
    if low is not None and number < Decimal(low):
        return f"Please enter a number of at least {low}."
    if high is not None and number > Decimal(high):
        return f"Please enter a number of at most {high}."
    return None


def _email_problem(_element: Mapping[str, Any], text: str) -> str | None:
    valid = re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text)
    return None if valid else "Please enter a valid email address."


def _url_problem(_element: Mapping[str, Any], text: str) -> str | None:
    return None if re.match(r"https?://\S+\.\S+", text) else "Please enter a valid URL."


CHECKS: dict[str, Callable[[Mapping[str, Any], str], str | None]] = {
    "plain_text_input": _length_problem,
    "number_input": _number_problem,
    "email_text_input": _email_problem,
    "url_text_input": _url_problem,
}


def _option(element: Mapping[str, Any], value: str, known: Sequence[Json]) -> Json:
    # An external select may start with an option that it was never asked to offer.
    initial: list[Json] = element.get("initial_options", [element.get("initial_option", {})])
    for option in (*offered_options(element), *initial, *known):
        if option.get("value") == value:
            return option
    raise LookupError(value)


def _label(element: Json, section: Json | None) -> str:
    """A button's text; a menu's placeholder, else the text of the section it stands in."""
    for key in ("text", "placeholder"):
        text = element.get(key)
        if isinstance(text, dict):
            return str(text["text"])
    if section is not None and "text" in section:
        return str(section["text"]["text"])
    return str(element.get("accessibility_label") or element.get("alt_text") or "")


def _cards(block: Json) -> Sequence[Json]:
    return block["elements"] if block["type"] == "carousel" else ()
