"""The terms of a catchball: what is thrown, what a counter changes, and who can receive it (rules §5)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from storage.rules.date_words import day_words, near_day
from storage.rules.errors import Invalid, InvalidFields
from storage.rules.hierarchy import Ref, check_parent, format_reference, parse_reference
from storage.rules.terms import Direction, Kind

KINDS = (Kind.ANNUAL_OBJECTIVE, Kind.OBJECTIVE, Kind.INITIATIVE, Kind.KEY_RESULT)
"""What can be thrown."""

LONGEST_TITLE, LONGEST_MEASURE, LONGEST_UNIT, LONGEST_TEXT = 200, 200, 40, 1000

QUESTIONS: Mapping[str, str] = {
    "feasible": "Is it feasible with present resources?",
    "obstacles": "What stands in the way?",
    "support": "What support is needed?",
    "commit": "What do we commit?",
}
"""The four questions that a counter may answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One version of a contract. It never changes: a counter is another one.

    `resources` is what the upper side gives, `commitment` what the lower side commits to. `target` below
    `baseline` means that the figure is to fall.
    """

    title: str = ""
    measure: str = ""
    unit: str = ""
    baseline: Decimal | None = None
    target: Decimal | None = None
    due_on: date | None = None
    scope: str = ""
    resources: str = ""
    commitment: str = ""
    parent: Ref | None = None
    why: str = ""

    @property
    def direction(self) -> Direction:
        falls = self.baseline is not None and self.target is not None and self.target < self.baseline
        return Direction.DECREASE if falls else Direction.INCREASE

    def stored(self) -> dict[str, Any]:
        """As the record keeps them: figures and days as text."""
        return {name: _stored(value) for name, value in asdict(self).items()}

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Terms":
        """What `stored` wrote."""
        values = dict(stored)
        for name in ("baseline", "target"):
            values[name] = None if values.get(name) is None else Decimal(values[name])
        values["due_on"] = date.fromisoformat(values["due_on"]) if values.get("due_on") else None
        values["parent"] = parse_reference(values["parent"]) if values.get("parent") else None
        return cls(**values)


WORDS: Mapping[str, str] = {
    "title": "objective",
    "measure": "measure",
    "unit": "unit",
    "baseline": "from",
    "target": "to",
    "due_on": "due date",
    "scope": "scope",
    "resources": "resources",
    "commitment": "commitment",
    "parent": "stands under",
    "why": "why",
}
"""The terms as people read them, in the order in which they are shown."""


class Change(NamedTuple):
    """One term that differs; `before` and `after` as people read them, empty where nothing was said."""

    term: str
    before: str
    after: str

    @property
    def word(self) -> str:
        return WORDS[self.term]


def difference(before: Terms, after: Terms) -> tuple[Change, ...]:
    """What a version changes of the one before it, term by term."""
    return tuple(
        Change(term, shown(before, term), shown(after, term))
        for term in WORDS
        if getattr(before, term) != getattr(after, term)
    )


def told(before: Terms, after: Terms) -> str:
    """The difference in one line: `to 75 → 72, due date 30 June 2026 → 31 July 2026`."""
    return ", ".join(
        f"{one.word} {one.before or '–'} → {one.after or '–'}" for one in difference(before, after)
    )


def shown(terms: Terms, term: str) -> str:
    """One term as people read it."""
    value = getattr(terms, term)
    if value is None:
        return ""
    if term == "parent":
        return format_reference(*value)
    if isinstance(value, Decimal):
        return f"{format(value, 'f')} {terms.unit}".strip()
    if isinstance(value, date):
        return day_words(value)
    return str(value)


def check_terms(terms: Terms, kind: Kind, today: date) -> None:
    """Whether terms can be thrown.

    Raises:
        InvalidFields: by term, what is wrong and what is expected.
        Invalid: it cannot stand under that parent (field "parent").
    """
    faults = dict(_faults(terms, today))
    if faults:
        raise InvalidFields(faults)
    if terms.parent is not None:
        check_parent(kind, terms.parent[0])
    elif kind is Kind.KEY_RESULT:
        raise Invalid(
            "A key result belongs to an objective. Choose the one that it stands under.", field="parent"
        )


def _faults(terms: Terms, today: date) -> Iterable[tuple[str, str]]:
    if not terms.title.strip():
        yield "title", "It needs an objective. Say in a few words what is to be achieved."
    for term, limit in _LIMITS.items():
        typed = getattr(terms, term)
        if len(typed) > limit:
            yield term, f"That is {len(typed):,} characters, and {limit:,} fit here."
    if terms.measure.strip() or terms.target is not None or terms.baseline is not None:
        yield from _measure_faults(terms)
    if terms.due_on is None:
        yield "due_on", "By when? Choose a day."
    elif terms.due_on < today:
        yield "due_on", f"{shown(terms, 'due_on')} is over already. Choose a day from today on."
    if not terms.why.strip():
        yield "why", "Say in a sentence why; whoever catches it works better for knowing."


def _measure_faults(terms: Terms) -> Iterable[tuple[str, str]]:
    if not terms.measure.strip():
        yield "measure", "Of what is this the figure? Name the measure, such as “First-contact resolution”."
    if terms.baseline is None:
        yield (
            "baseline",
            "From where? Give the figure as it stands today: a target alone says nothing of the way.",
        )
    if terms.target is None:
        yield "target", "To where? Give the figure to be reached."
    elif terms.baseline == terms.target:
        yield (
            "target",
            f"It starts and ends at {shown(terms, 'target')}, so nothing would move. Give another figure.",
        )


_LIMITS = {
    "title": LONGEST_TITLE,
    "measure": LONGEST_MEASURE,
    "unit": LONGEST_UNIT,
    "scope": LONGEST_TEXT,
    "resources": LONGEST_TEXT,
    "commitment": LONGEST_TEXT,
    "why": LONGEST_TEXT,
}


class Candidate(NamedTuple):
    """Someone whom a ball is to be thrown to. `deputy` is a name, empty where there is none."""

    member_id: int
    name: str
    is_guest: bool = False
    is_deactivated: bool = False
    away_until: date | None = None
    deputy: str = ""


def check_receivers(proposer_id: int, people: Sequence[Candidate], until_on: date) -> None:
    """Whether these people can receive a ball that waits until a day.

    Raises:
        Invalid: nobody else is named, or someone cannot; the sentence says who and what to do (field
            "receivers").
    """
    others = [one for one in people if one.member_id != proposer_id]
    if not others:
        alone = "You would throw the ball to yourself." if people else "Nobody is named."
        raise Invalid(f"{alone} Choose who is to receive it.", field="receivers")
    if len(others) < len(people):
        raise Invalid(
            "You cannot be on both sides. Leave yourself out of those who receive it.", field="receivers"
        )
    for one in people:
        check_candidate(one, until_on, field="receivers")


def check_candidate(one: Candidate, until_on: date, *, field: str) -> None:
    """Raises Invalid where someone cannot take part until a day."""
    if one.is_deactivated:
        raise Invalid(f"{one.name} is deactivated in Slack. Choose someone else.", field=field)
    if one.is_guest:
        raise Invalid(
            f"{one.name} is a guest here and sees only what is theirs. Throw it to the member whom they work "
            "with.",
            field=field,
        )
    if one.away_until is not None and one.away_until >= until_on:
        deputy = (
            f"Throw it to {one.deputy}, their deputy, or give"
            if one.deputy
            else "Choose someone else, or give"
        )
        raise Invalid(
            f"{one.name} is away until {near_day(one.away_until)}. {deputy} them until a later "
            "day to answer.",
            field=field,
        )


def _stored(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return format_reference(Kind(value[0]), value[1])
    return value


assert {one.name for one in fields(Terms)} == set(WORDS)  # noqa: S101 - every term is shown and compared
