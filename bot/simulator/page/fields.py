"""Input elements of Block Kit: what they hold when they are drawn, what they say when they are sent.

A field's state has Slack's own shape, as it stands in `view.state.values`; the page's form carries
plain strings under the field's `name`, which names its block and its action.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from markupsafe import Markup

from bot.simulator.forms import STATE_KEYS, Placed

from . import markdown, mrkdwn, richtext
from .reader import Reader

_FILE_IN_URL = re.compile(r"/files-pri/\w+-(F\w+)/")

Block = Mapping[str, Any]
FormState = Mapping[str, Mapping[str, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be picked. `value` is what the form sends for it."""

    value: str
    label: str
    description: str = ""
    text: Mapping[str, Any] | None = None
    """The option's own text object, which may be mrkdwn in checkboxes and radio buttons."""


@dataclass(frozen=True, slots=True)
class Field:
    """One element on a surface: `key` is unique in the page, `name` is what the form sends."""

    block_id: str
    action_id: str
    key: str
    element: Block
    reader: Reader
    state: Mapping[str, Any] | None
    error: str | None

    @property
    def name(self) -> str:
        return json.dumps([self.block_id, self.action_id])

    @property
    def kind(self) -> str:
        return str(self.element["type"])

    @property
    def label(self) -> str:
        """What a screen reader says where no label stands beside the field."""
        placeholder = self.element.get("placeholder") or {}
        return str(placeholder.get("text") or self.element.get("accessibility_label") or "Choose")

    @property
    def accepted(self) -> str:
        """The kinds of file that a file input takes, for the browser's own dialog."""
        return ",".join(f".{each}" for each in self.element.get("filetypes", []))

    @property
    def is_multiple(self) -> bool:
        return self.kind.startswith("multi_") or self.kind == "checkboxes"

    @property
    def typed(self) -> str:
        """The text, number, date or time that stands in the field."""
        held = self._held()
        if self.kind == "rich_text_input":
            return _as_typed(held)
        if held is not None and self.kind == "datetimepicker":
            local = datetime.fromtimestamp(int(held), self.reader.zone)
            return f"{local:%Y-%m-%dT%H:%M}"
        return "" if held is None else str(held)

    @property
    def chosen(self) -> list[Choice]:
        """What is picked in a select, radio buttons or checkboxes."""
        held = self._held()
        picked = held if isinstance(held, list) else [held]
        return [self._choice(each) for each in picked if each]

    @property
    def chosen_values(self) -> list[str]:
        return [each.value for each in self.chosen]

    @property
    def groups(self) -> list[tuple[str, list[Choice]]]:
        """The choices that the element itself brings, under their headings ("" for none)."""
        if "option_groups" in self.element:
            return [
                (str(group["label"]["text"]), [self._choice(each) for each in group["options"]])
                for group in self.element["option_groups"]
            ]
        return [("", [self._choice(each) for each in self.element.get("options", [])])]

    @property
    def has_own_choices(self) -> bool:
        """False where the choices come from the app or from the workspace, as one types."""
        return "options" in self.element or "option_groups" in self.element

    def _held(self) -> Any:
        """What the person chose, or what the element starts with."""
        now, at_first = STATE_KEYS.get(self.kind, ("", ""))
        return self.element.get(at_first) if self.state is None else self.state.get(now)

    def _choice(self, one: Any) -> Choice:
        if isinstance(one, Mapping):
            return choice_of(one)
        return Choice(str(one), _name_of(str(one), self.reader))


@dataclass(frozen=True, slots=True)
class Surface:
    """The blocks of a message, a modal or a home, with what stands in their fields so far."""

    key: str
    """Begins the DOM ids of everything on it: unique in the page."""
    blocks: Sequence[Block]
    reader: Reader
    state: FormState = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def text(self, text: Block | None) -> Markup:
        """A text object, formatted when it is mrkdwn."""
        if not text:
            return Markup("")
        words = str(text.get("text", ""))
        if text.get("type") != "mrkdwn":
            return mrkdwn.render_plain(words)
        return mrkdwn.render(words, self.reader)

    def rich_text(self, block: Block) -> Markup:
        return richtext.render(block, self.reader)

    def markdown(self, text: str) -> Markup:
        return markdown.render(text, self.reader)

    def image(self, block: Block) -> str | None:
        """Where this page serves the picture; None for one that lies on another host."""
        file = block.get("slack_file") or {}
        by_url = _FILE_IN_URL.search(str(file.get("url", "")))
        file_id = file.get("id") or (by_url[1] if by_url else None)
        return self.reader.path_of_file(str(file_id)) if file_id else None

    def field(self, block: Block, element: Block) -> Field:
        """The field of an element that stands in this block."""
        block_id, action_id = str(block.get("block_id", "")), str(element.get("action_id", ""))
        return Field(
            block_id=block_id,
            action_id=action_id,
            key=f"{self.key}-{block_id}-{action_id}".replace(" ", "_"),
            element=element,
            reader=self.reader,
            state=self.state.get(block_id, {}).get(action_id),
            error=self.errors.get(block_id),
        )


def parse_name(name: str) -> tuple[str, str] | None:
    """Block and action that a form's field name stands for; None for the form's other fields."""
    try:
        ids = json.loads(name)
    except ValueError:
        return None
    is_pair = isinstance(ids, list) and len(ids) == 2  # noqa: PLR2004 - a pair is two
    return (str(ids[0]), str(ids[1])) if is_pair else None


def values_of(placed: Placed, sent: Sequence[str], reader: Reader) -> list[str]:
    """What a form sent for an element as the strings that `Client.act` takes.

    Browsers end lines with CR LF and send a local date and time; Slack has LF and the epoch.
    """
    values = [each.replace("\r\n", "\n") for each in sent]
    if placed.type != "datetimepicker":
        return values
    return [str(epoch) for each in values if (epoch := _epoch(each, reader)) is not None]


def choice_of(option: Block) -> Choice:
    text = option.get("text") or {}
    description = option.get("description") or {}
    return Choice(
        value=str(option.get("value", "")),
        label=str(text.get("text", "")),
        description=str(description.get("text", "")),
        text=text,
    )


def _name_of(identifier: str, reader: Reader) -> str:
    channel = reader.channels.get(identifier)
    return reader.people.get(identifier) or (f"#{channel}" if channel else identifier)


def _epoch(local: str, reader: Reader) -> int | None:
    try:
        moment = datetime.fromisoformat(local)
    except ValueError:
        return None
    return int(moment.replace(tzinfo=reader.zone).timestamp())


def _as_typed(rich_text: Any) -> str:
    """The text of a rich_text value: the page's field writes plain text."""
    if isinstance(rich_text, Mapping):
        own = rich_text.get("text")
        return own if isinstance(own, str) else _as_typed(rich_text.get("elements", []))
    return "".join(map(_as_typed, rich_text)) if isinstance(rich_text, list) else ""
