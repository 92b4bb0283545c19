"""The fields of each kind's form: what is asked on the first page, and what is folded behind "More"."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from storage.rules.graph import LEVELS
from storage.rules.hierarchy import LEGAL_PARENTS
from storage.rules.listing import any_of
from storage.rules.terms import (
    Commitment,
    Direction,
    Frequency,
    Kind,
    Leading,
    Perspective,
    RollUp,
)


class Entry(StrEnum):
    """How a field is filled in."""

    LINE = "line"
    TEXT = "text"
    FIGURE = "figure"
    SHARE = "share"
    DAY = "day"
    PERSON = "person"
    PEOPLE = "people"
    PARENT = "parent"
    KPI = "KPI"
    TEAM = "team"
    CHOICE = "choice"
    TICK = "tick"


@dataclass(frozen=True, slots=True)
class Field:
    """One input. `name` is its block_id, and what the rules' errors point at."""

    name: str
    label: str
    entry: Entry
    placeholder: str = ""
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    """(value, its one-line meaning)."""
    is_required: bool = False


COLUMNS = {"owner": "owner_id", "team": "team_id"}
"""Where a field is called otherwise than the node's own."""

PEOPLE_FIELDS = ("supporters", "readers")
ALIASES = "aliases"
"""Fields that are no column of the item."""

TITLES: Mapping[Kind, str] = {
    Kind.DRIVER: "Market leadership in customer satisfaction",
    Kind.BREAKTHROUGH: "Be the service that customers recommend most",
    Kind.ANNUAL_OBJECTIVE: "Improve NPS from 60 to 75",
    Kind.OBJECTIVE: "Answer right the first time",
    Kind.KEY_RESULT: "First-contact resolution",
    Kind.KPI: "Net promoter score",
    Kind.INITIATIVE: "Route calls by topic",
}
"""An example of each, from the worked example's world."""

REASON = Field(
    "reason",
    "Why is it changed?",
    Entry.TEXT,
    "Two agents joined, so more is possible",
    "It was agreed and its time is running: the reason stands in its history.",
    is_required=True,
)

_DIRECTIONS: Mapping[StrEnum, str] = {
    Direction.INCREASE: "more is better",
    Direction.DECREASE: "less is better",
    Direction.MAINTAIN: "to stay in a band",
}
_COMMITMENTS: Mapping[StrEnum, str] = {
    Commitment.COMMITTED: "reaching it in full is expected",
    Commitment.ASPIRATIONAL: "set high on purpose, 70 % is a success",
}
_LEADING: Mapping[StrEnum, str] = {
    Leading.LEADING: "moves before the result, can be acted on",
    Leading.LAGGING: "shows the result after the fact",
}
_ROLL_UPS: Mapping[StrEnum, str] = {
    RollUp.LAST: "the last reading counts",
    RollUp.SUM: "readings are added up",
    RollUp.MEAN: "their mean counts",
}


def _choices(words: Mapping[StrEnum, str] | type[StrEnum]) -> tuple[tuple[str, str], ...]:
    if isinstance(words, Mapping):
        return tuple((word.value, meaning) for word, meaning in words.items())
    return tuple((word.value, "") for word in words)


_FIELDS = {
    field.name: field
    for field in (
        Field("owner", "Owner", Entry.PERSON, "Who answers for it", "One person is accountable."),
        Field("team", "Team", Entry.TEAM, "Whose it is"),
        Field("parent", "Stands under", Entry.PARENT, "Type to search"),
        Field(
            "measure",
            "Measured by the KPI",
            Entry.KPI,
            "Type to search",
            "It then reads the KPI's figures, so that one number is asked for only once.",
        ),
        Field("starts_on", "Starts", Entry.DAY),
        Field("due_on", "Due", Entry.DAY),
        Field("unit", "Unit", Entry.LINE, "%, points, days, EUR"),
        Field("direction", "Which way is good?", Entry.CHOICE, choices=_choices(_DIRECTIONS)),
        Field("baseline", "From (baseline)", Entry.FIGURE, "60"),
        Field("target", "To (target)", Entry.FIGURE, "75"),
        Field("band_low", "Lowest value of the band", Entry.FIGURE, "20", "For what is to be maintained."),
        Field("band_high", "Highest value of the band", Entry.FIGURE, "22"),
        Field("weight", "Weight", Entry.FIGURE, "1", "How much it counts in its objective; 0 leaves it out."),
        Field("frequency", "How often is it read?", Entry.CHOICE, choices=_choices(Frequency)),
        Field(
            "roll_up",
            "Several readings in one period",
            Entry.CHOICE,
            choices=_choices(_ROLL_UPS),
        ),
        Field("leading", "Leading or lagging", Entry.CHOICE, choices=_choices(_LEADING)),
        Field("data_source", "Where does the figure come from?", Entry.LINE, "Survey tool, monthly export"),
        Field(
            "aliases",
            "Other names",
            Entry.TEXT,
            "NPS",
            "A name a line. Who adds a KPI by one of them is shown this one.",
        ),
        Field("perspective", "Perspective of the scorecard", Entry.CHOICE, choices=_choices(Perspective)),
        Field("commitment", "Committed or aspirational", Entry.CHOICE, choices=_choices(_COMMITMENTS)),
        Field(
            "progress", "Progress, in %", Entry.SHARE, "40", "Empty: counted from the steps that are done."
        ),
        Field("supporters", "Supporters", Entry.PEOPLE, "Who helps", "Any number of people."),
        Field(
            "is_restricted",
            "Who sees it",
            Entry.TICK,
            choices=(("restricted", "Only owner, supporters, readers, team lead and strategy lead"),),
            hint="What stands below it is hidden with it.",
        ),
        Field("readers", "Readers", Entry.PEOPLE, "Who may see it, too", "Only where it is restricted."),
        Field(
            "not_deployed_reason",
            "Why nothing is deployed from it",
            Entry.TEXT,
            "The board decides in June",
            "Leave it empty where teams have objectives below it.",
        ),
    )
}

_CIRCLE = ("supporters", "is_restricted", "readers")

FIRST: Mapping[Kind, tuple[str, ...]] = {
    Kind.DRIVER: ("title", "owner", "starts_on", "due_on"),
    Kind.BREAKTHROUGH: ("title", "parent", "owner", "starts_on", "due_on", "perspective"),
    Kind.ANNUAL_OBJECTIVE: ("title", "parent", "owner", "team", "measure", "due_on"),
    Kind.OBJECTIVE: ("title", "parent", "owner", "team", "starts_on", "due_on"),
    Kind.KEY_RESULT: ("title", "parent", "owner", "unit", "baseline", "target"),
    Kind.KPI: ("title", "owner", "unit", "baseline", "target", "frequency"),
    Kind.INITIATIVE: ("title", "parent", "owner", "team", "starts_on", "due_on"),
}
"""What is asked first: at most six fields."""

MORE: Mapping[Kind, tuple[str, ...]] = {
    Kind.DRIVER: ("perspective", "commitment", *_CIRCLE),
    Kind.BREAKTHROUGH: ("commitment", *_CIRCLE),
    Kind.ANNUAL_OBJECTIVE: ("starts_on", "perspective", "commitment", "not_deployed_reason", *_CIRCLE),
    Kind.OBJECTIVE: ("commitment", "perspective", *_CIRCLE),
    Kind.KEY_RESULT: (
        "measure",
        "direction",
        "due_on",
        "weight",
        "commitment",
        "band_low",
        "band_high",
        *_CIRCLE,
    ),
    Kind.KPI: (
        "direction",
        "perspective",
        "leading",
        "roll_up",
        "data_source",
        "aliases",
        "team",
        "band_low",
        "band_high",
        *_CIRCLE,
    ),
    Kind.INITIATIVE: ("progress", "perspective", "commitment", *_CIRCLE),
}
"""What is folded, with a default that mostly fits."""


def title_field(kind: Kind) -> Field:
    label = "Name" if kind in {Kind.KPI, Kind.KEY_RESULT} else "Title"
    return Field("title", label, Entry.LINE, TITLES[kind], is_required=True)


def field_of(kind: Kind, name: str) -> Field:
    """The field of that name in the form of a kind."""
    if name == "title":
        return title_field(kind)
    found = _FIELDS[name]
    if name == "parent":
        legal = [str(one) for one in LEGAL_PARENTS[kind]]
        return Field("parent", found.label, found.entry, found.placeholder, f"{any_of(legal).capitalize()}.")
    return found


def fields_of(kind: Kind, *, is_whole: bool) -> list[Field]:
    """The fields in their order; those behind "More" only where it is whole."""
    names = FIRST[kind] + (MORE[kind] if is_whole else ())
    return [field_of(kind, name) for name in names]


def kinds_below(kind: Kind) -> list[Kind]:
    """What may stand under a kind: the levels below in their order, then one more of the same."""
    below = [one for one in LEVELS if kind in LEGAL_PARENTS.get(one, ())]
    return sorted(below, key=lambda one: one is kind)
