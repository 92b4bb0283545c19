"""What was typed into an item's form, as values of the record; every fault beside its input."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from bot.asks import Form
from bot.planning.fields import ALIASES, COLUMNS, PEOPLE_FIELDS, Entry, Field, fields_of
from storage.rules.errors import Invalid, InvalidFields
from storage.rules.figures import parse_figure
from storage.rules.graph import Graph, Node
from storage.rules.hierarchy import parse_reference
from storage.rules.terms import (
    Commitment,
    Direction,
    Frequency,
    Kind,
    Leading,
    Perspective,
    RollUp,
)

_WORDS: Mapping[str, Any] = {
    "direction": Direction,
    "frequency": Frequency,
    "roll_up": RollUp,
    "leading": Leading,
    "perspective": Perspective,
    "commitment": Commitment,
}
_HUNDRED = Decimal(100)
_LONGEST = {"unit": 40, "data_source": 200, "not_deployed_reason": 1000, "reason": 1000}
_NEVER_EMPTY = frozenset({"direction", "frequency", "roll_up", "leading", "weight"})
_PLAIN_TEXTS = frozenset({"title", "unit", "data_source", "not_deployed_reason"})


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form holds: fields of the node, people by their member ids, the reason."""

    values: Mapping[str, Any]
    people: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    reason: str = ""
    aliases: tuple[str, ...] | None = None
    """A KPI's other names; None where the form does not ask for them."""


@dataclass(frozen=True, slots=True)
class Known:
    """What reading a form needs beside it: the item as it is (None for a new one), the plan, who is who."""

    kind: Kind
    node: Node | None
    graph: Graph
    locale: str
    members: Mapping[str, int]
    """Member ids by Slack's."""


def read_form(form: Form, known: Known) -> Typed:
    """Reads the inputs that the form has; what it does not ask stays as it is.

    Raises:
        InvalidFields: by input, what was wrong.
    """
    values: dict[str, Any] = {}
    people: dict[str, tuple[int, ...]] = {}
    sentences: dict[str, str] = {}
    for one in fields_of(known.kind, is_whole=True):
        if one.name not in form.values or one.name == ALIASES:
            continue
        try:
            if one.name in PEOPLE_FIELDS:
                people[one.name] = _people(one, form, known)
            else:
                values |= _value(one, form, known)
        except Invalid as refused:
            sentences[one.name] = refused.sentence
    reason = form.text("reason")
    if len(reason) > _LONGEST["reason"]:
        sentences["reason"] = f"This has {len(reason):,} characters, and {_LONGEST['reason']:,} fit."
    if sentences:
        raise InvalidFields(sentences)
    return Typed(values, people, reason, _aliases(form))


def _value(one: Field, form: Form, known: Known) -> dict[str, Any]:
    """A field's value by its column; nothing where an empty input leaves the record as it is."""
    column = COLUMNS.get(one.name, one.name)
    if one.entry is Entry.TICK:
        return {column: bool(form.choices(one.name))}
    text = form.text(one.name)
    if one.name in _PLAIN_TEXTS:
        return {column: _text(one, text)}
    if not text:
        return {} if _stays(one, known) else {column: None}
    return {column: _read(one, text, form, known)}


def _stays(one: Field, known: Known) -> bool:
    """An empty input of what cannot be empty, or of an owner whom Slack's menu cannot show."""
    if one.name in _NEVER_EMPTY:
        return True
    if one.name == "commitment":
        return known.kind in {Kind.ANNUAL_OBJECTIVE, Kind.OBJECTIVE}
    if one.entry is Entry.DAY:
        return known.kind not in {Kind.DRIVER, Kind.INITIATIVE}
    if one.name in {"baseline", "target"}:
        return known.kind is Kind.KEY_RESULT and known.node is not None
    if one.entry is Entry.PERSON and known.node is not None:
        owner = known.graph.people.get(known.node.owner_id or 0)
        return owner is not None and owner.slack_user_id is None
    return False


def _text(one: Field, text: str) -> str:
    text = " ".join(text.split())
    most = _LONGEST.get(one.name)
    if most is not None and len(text) > most:
        raise Invalid(f"This has {len(text):,} characters, and {most:,} fit.", field=one.name)
    return text


def _read(one: Field, text: str, form: Form, known: Known) -> Any:
    readers: dict[Entry, Callable[[], Any]] = {
        Entry.FIGURE: lambda: parse_figure(
            text, unit=_unit(form, known, one), locale=known.locale, field=one.name
        ),
        Entry.SHARE: lambda: _share(one, text, known),
        Entry.DAY: lambda: read_day(one.name, text),
        Entry.PERSON: lambda: _member(one, text, known),
        Entry.PARENT: lambda: parse_reference(text, field=one.name),
        Entry.KPI: lambda: parse_reference(text, field=one.name),
        Entry.TEAM: lambda: read_number(one.name, text),
        Entry.CHOICE: lambda: _word(one, text),
    }
    return readers[one.entry]()


def _word(one: Field, text: str) -> Any:
    try:
        return _WORDS[one.name](text)
    except ValueError as error:
        raise Invalid("This is none of the choices. Choose one of the list.", field=one.name) from error


def read_day(name: str, text: str) -> date:
    """Raises Invalid for what is no day."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(f"“{text[:20]}” is no day. Choose one in the calendar.", field=name) from error


def read_number(name: str, text: str) -> int:
    """A row's number, as an option's value. Raises Invalid for anything else."""
    if not (text.isascii() and text.isdigit()):
        raise Invalid("This is none of the choices. Choose one of the list.", field=name)
    return int(text)


def _aliases(form: Form) -> tuple[str, ...] | None:
    if ALIASES not in form.values:
        return None
    lines = (" ".join(line.split()) for line in form.text(ALIASES).splitlines())
    return tuple(dict.fromkeys(filter(None, lines)))


def _unit(form: Form, known: Known, one: Field) -> str:
    """What the figures of the form count in: what is typed now, else what the record or the KPI says."""
    if one.name == "weight":
        return ""
    if "unit" in form.values and form.text("unit"):
        return form.text("unit")
    return known.node.unit if known.node is not None else ""


def _share(one: Field, text: str, known: Known) -> Decimal:
    share = parse_figure(text, unit="%", locale=known.locale, field=one.name)
    if not 0 <= share <= _HUNDRED:
        raise Invalid("Progress lies between 0 and 100 %. Type a figure such as 40.", field=one.name)
    return share / _HUNDRED


def _member(one: Field, slack_user_id: str, known: Known) -> int:
    if slack_user_id not in known.members:
        raise Invalid("This person is not known here. Choose someone of this workspace.", field=one.name)
    return known.members[slack_user_id]


def _people(one: Field, form: Form, known: Known) -> tuple[int, ...]:
    """Those chosen, and those who are not in Slack and so could not be shown in the menu."""
    before: tuple[int, ...] = ()
    if known.node is not None:
        of = known.graph.supporters if one.name == "supporters" else known.graph.readers
        before = of.get(known.node.ref, ())
    unseen = [
        member_id
        for member_id in before
        if member_id in known.graph.people and known.graph.people[member_id].slack_user_id is None
    ]
    return (*unseen, *(_member(one, chosen, known) for chosen in form.choices(one.name)))
