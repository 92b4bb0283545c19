"""The rows of a plan file: which keys each has, and what a row must hold to be understood on its own.

A key that a row leaves out stays as the record has it; `model_fields_set` tells which were said.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Generic, NamedTuple, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, create_model, field_validator, model_validator

from storage.bundle.source import Path, Source
from storage.bundle.values import (
    ActionName,
    Channel,
    CommitmentWord,
    Day,
    DayOffTitle,
    DirectionWord,
    Email,
    Fields,
    Figure,
    Flag,
    FrequencyWord,
    Holidays,
    Hour,
    IndicatorWord,
    Instant,
    Minutes,
    Month,
    Ordinal,
    Percent,
    PeriodName,
    PersonName,
    PerspectiveWord,
    PlanStateWord,
    PlanTitle,
    Prose,
    Quarter,
    ReadingSourceWord,
    Reason,
    Reference,
    ReviewDayText,
    RoleWord,
    RollUpWord,
    Share,
    SourceName,
    StateWord,
    StrengthWord,
    TeamName,
    Title,
    UnitName,
    Weekday,
    Weight,
    WorkDays,
    Zone,
    read_ref,
    year_end,
)
from storage.rules.hierarchy import PREFIXES, Ref, format_reference
from storage.rules.terms import Frequency, Kind
from storage.rules.thresholds import THRESHOLDS

VERSION = "1"
"""What `hoshin:` at the top of a file says about its format."""

NOBODY = "?@?.?"
"""Stands in a list for an address that was not understood."""

Readings = dict[PeriodName, Figure]


# What a row is called comes first, then where it stands and whose it is; its state comes last.
_ORDER = {
    key: place
    for place, key in enumerate(
        (
            "ref",
            "title",
            "parent",
            "owner",
            "supporters",
            "team",
            "kpi",
            "unit",
            "direction",
            "baseline",
            "target",
            "band_low",
            "band_high",
            "weight",
            "frequency",
            "source",
            "roll_up",
            "perspective",
            "indicator",
            "commitment",
            "quarter",
            "starts",
            "due",
            "original_due",
            "done",
            "done_by",
            "archived",
            "progress",
            "not_deployed",
            "restricted",
            "readers",
            "state",
            "plan",
            "continues",
            "aliases",
            "planned",
            "steps",
            "readings",
        )
    )
}


class FileRow(BaseModel):
    """One row, or one section that is a single row."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    identity: ClassVar[str] = ""
    """The key by which the row is known."""

    @property
    def label(self) -> str:
        """What the row is called in a sentence about it."""
        return str(getattr(self, self.identity))

    def find(self, key: str) -> Any:
        """What stands under a key; None where rows of this kind have none of that name."""
        # As getattr with a default, for which pydantic raises and catches an error first.
        return self.__dict__.get(key)

    @classmethod
    def key_names(cls) -> list[str]:
        """The keys that such a row may have, as they are written."""
        keys = [field.alias or name for name, field in cls.model_fields.items()]
        return sorted(keys, key=lambda key: _ORDER.get(key, 0))


class PlanRow(FileRow):
    """One version of the plan: a fiscal year.

    It starts on the first of a month and lasts a year unless `ends` says otherwise.
    """

    title: PlanTitle
    starts: Day
    ends: Day | None = None
    vision: Prose = ""
    values: Prose = ""
    zone: Zone = "UTC"
    state: PlanStateWord | None = None
    continues: PlanTitle | None = None

    @property
    def label(self) -> str:
        return f"plan {self.title}"

    @field_validator("starts")
    @classmethod
    def _starts_with_a_month(cls, starts: date) -> date:
        if starts.day != 1:
            raise ValueError(f"{starts} is not the first of a month, and a fiscal year starts with one.")
        return starts

    @property
    def ends_on(self) -> date:
        return self.ends or year_end(self.starts)


class CheckinRow(FileRow):
    """When the weekly check-in is open, in each person's own time."""

    opens: Weekday
    closes: Weekday
    closes_hour: Hour
    reminder_percent: Percent | None = None

    @property
    def label(self) -> str:
        return "checkin"


class CalendarRow(FileRow):
    """When the organisation works and reviews. `holidays` is a country, or one with a region: `DE-BY`."""

    work_days: WorkDays | None = None
    holidays: Holidays | None = None
    spread_minutes: Minutes | None = None
    monthly_review: ReviewDayText | None = None
    quarterly_review: ReviewDayText | None = None
    annual_review: ReviewDayText | None = None
    review_hour: Hour | None = None

    @property
    def label(self) -> str:
        return "calendar"


class DayOffRow(FileRow):
    """A day on which everyone is off."""

    identity = "day"

    day: Day
    title: DayOffTitle = ""


class ThresholdRow(FileRow):
    """Figures of the method that this organisation has set for itself, by their names."""

    @property
    def label(self) -> str:
        return "thresholds"

    @property
    def said(self) -> dict[str, Decimal]:
        """Those that have a figure."""
        return {key: value for key, value in self.model_dump().items() if value is not None}


ThresholdsRow: type[ThresholdRow] = create_model(
    "ThresholdsRow",
    __base__=ThresholdRow,
    **{one.name: (Figure | None, None) for one in THRESHOLDS},  # type: ignore[call-overload]
)


class AwayRow(FileRow):
    """Days away, both included."""

    from_: Day = Field(alias="from")
    until: Day

    @model_validator(mode="after")
    def _ends_after_its_start(self) -> Self:
        if self.until < self.from_:
            raise ValueError(f"The absence ends on {self.until}, before it starts on {self.from_}.")
        return self


class PersonRow(FileRow):
    """Someone, known by their email address. `team` is the one whose summary their check-in stands in."""

    identity = "email"

    email: Email
    name: PersonName
    zone: Zone | None = None
    team: TeamName | None = None
    work_days: WorkDays | None = None
    start_hour: Hour | None = None
    away: list[AwayRow] = Field(default_factory=list)
    roles: list[RoleWord] = Field(default_factory=list)


class TeamRow(FileRow):
    """A team, known by its name."""

    identity = "name"

    name: TeamName
    parent: TeamName | None = None
    lead: Email | None = None
    channel: Channel = None
    members: list[Email] = Field(default_factory=list)


class ItemRow(FileRow):
    """What every item of the plan may say."""

    identity = "ref"
    kind: ClassVar[Kind]

    ref: Ref
    title: Title
    owner: Email | None = None
    supporters: list[Email] = Field(default_factory=list)
    perspective: PerspectiveWord | None = None
    restricted: Flag | None = None
    readers: list[Email] = Field(default_factory=list)
    state: StateWord | None = None
    plan: PlanTitle | None = None
    continues: Reference | None = None

    @field_validator("ref", mode="plain")
    @classmethod
    def _is_of_this_kind(cls, value: object) -> Ref:
        kind, number = read_ref(value)
        if kind is not cls.kind:
            raise ValueError(
                f"{format_reference(kind, number)} is of another kind ({kind}). Write a reference such as "
                f"{PREFIXES[cls.kind]}-{number} here."
            )
        return kind, number

    @property
    def label(self) -> str:
        return format_reference(*self.ref)

    @property
    def period(self) -> tuple[date | None, date | None]:
        """The first and the last day, as far as the row says them."""
        return self.find("starts"), self.find("due")


class DriverRow(ItemRow):
    kind = Kind.DRIVER

    commitment: CommitmentWord | None = None
    starts: Day | None = None
    due: Day | None = None


class BreakthroughRow(ItemRow):
    kind = Kind.BREAKTHROUGH

    parent: Reference | None = None
    commitment: CommitmentWord | None = None
    starts: Day
    due: Day


class AnnualObjectiveRow(ItemRow):
    """Its year is the plan's unless `starts` and `due` say otherwise."""

    kind = Kind.ANNUAL_OBJECTIVE

    parent: Reference | None = None
    team: TeamName | None = None
    kpi: Reference | None = None
    commitment: CommitmentWord | None = None
    not_deployed: Reason = ""
    starts: Day | None = None
    due: Day | None = None


class ObjectiveRow(ItemRow):
    """An OKR's objective: a quarter of the fiscal year, or `starts` and `due`."""

    kind = Kind.OBJECTIVE

    parent: Reference | None = None
    team: TeamName | None = None
    commitment: CommitmentWord | None = None
    quarter: Quarter | None = None
    starts: Day | None = None
    due: Day | None = None

    @model_validator(mode="after")
    def _has_one_period(self) -> Self:
        days = [day for day in (self.starts, self.due) if day is not None]
        if len(days) != (0 if self.quarter else 2):
            raise ValueError("It needs its time: either a quarter, such as Q1, or both starts and due.")
        return self


class KeyResultRow(ItemRow):
    """From baseline to target. With `kpi` it reads that KPI's readings and has none of its own.

    `parent` is said unless the row stands inside its objective.
    """

    kind = Kind.KEY_RESULT

    parent: Reference | None = None
    kpi: Reference | None = None
    unit: UnitName = ""
    direction: DirectionWord | None = None
    baseline: Figure
    target: Figure
    band_low: Figure | None = None
    band_high: Figure | None = None
    weight: Weight | None = None
    commitment: CommitmentWord | None = None
    due: Day | None = None
    readings: Readings = Field(default_factory=dict)

    @property
    def frequency(self) -> Frequency:
        """Key results are asked about every week (rules §6)."""
        return Frequency.WEEKLY


class KpiRow(ItemRow):
    """A measure, defined once."""

    kind = Kind.KPI

    team: TeamName | None = None
    unit: UnitName = ""
    direction: DirectionWord | None = None
    baseline: Figure | None = None
    target: Figure | None = None
    band_low: Figure | None = None
    band_high: Figure | None = None
    frequency: FrequencyWord
    source: SourceName = ""
    roll_up: RollUpWord | None = None
    indicator: IndicatorWord | None = None
    aliases: list[Title] = Field(default_factory=list)
    planned: dict[Month, Figure] = Field(default_factory=dict)
    readings: Readings = Field(default_factory=dict)


class PlannedRow(FileRow):
    """One pair of what a KPI is planned to be, as a row of its own."""

    identity = "month"

    month: Month
    value: Figure


class StepRow(FileRow):
    """One step of an initiative's action plan, known by its title.

    `original_due` is when it was first due.
    """

    identity = "title"

    title: Title
    owner: Email | None = None
    due: Day | None = None
    original_due: Day | None = None
    done: Instant | None = None
    done_by: Email | None = None
    archived: Flag | None = None


class InitiativeRow(ItemRow):
    """An improvement priority; `progress` is written in percent and kept as a share."""

    kind = Kind.INITIATIVE

    parent: Reference | None = None
    team: TeamName | None = None
    commitment: CommitmentWord | None = None
    starts: Day | None = None
    due: Day | None = None
    progress: Share | None = None
    steps: list[StepRow] = Field(default_factory=list)


class MarkRow(FileRow):
    """How strongly two items hang together in the X-matrix; a suggested mark waits for someone to agree."""

    identity = "from"

    from_: Reference = Field(alias="from")
    to: Reference
    strength: StrengthWord
    suggested: Flag | None = None
    by: Email | None = None

    @property
    def label(self) -> str:
        return f"{format_reference(*self.from_)} – {format_reference(*self.to)}"


class ChangeRow(FileRow):
    """One entry of the trail: who changed what, when, from what to what. Part of the history.

    `of` is what the changed row is called: its reference, an address, a name.
    """

    identity = "of"

    at: Instant
    by: Email | None = None
    action: ActionName
    kind: ActionName
    of: Prose = ""
    before: Fields | None = None
    after: Fields | None = None
    reason: Reason = ""

    @property
    def label(self) -> str:
        return f"{self.kind} {self.of}"


class ReadingRow(FileRow):
    """A figure in a list of its own, beside those that stand under their measure.

    With `recorded` it is part of the history: it was noted then, from that source, by that person, and
    counts as it did there. Readings of one measure and period that correct each other are told apart by
    `no`; `replaced_by` is the number of the one that took this one's place.
    """

    identity = "of"

    of: Reference
    period: PeriodName
    value: Figure
    recorded: Instant | None = None
    source: ReadingSourceWord | None = None
    by: Email | None = None
    no: Ordinal | None = None
    replaced_by: Ordinal | None = None

    @model_validator(mode="after")
    def _is_new_or_whole(self) -> Self:
        if self.recorded is None and any((self.source, self.by, self.no, self.replaced_by)):
            raise ValueError(
                "With source, by, no or replaced_by it belongs to the history, which says when it was noted. "
                "Add recorded, or leave those out."
            )
        return self

    @property
    def label(self) -> str:
        return f"{format_reference(*self.of)} {self.period.text}"


ITEM_ROWS: dict[Kind, type[ItemRow]] = {
    row.kind: row
    for row in (
        DriverRow,
        BreakthroughRow,
        AnnualObjectiveRow,
        ObjectiveRow,
        KeyResultRow,
        KpiRow,
        InitiativeRow,
    )
}
"""The rows of each kind of item."""

R_co = TypeVar("R_co", bound=FileRow, covariant=True)
MeasureRow = KeyResultRow | KpiRow


class Entry(NamedTuple, Generic[R_co]):
    """A row and where it stands."""

    path: Path
    row: R_co


@dataclass(frozen=True, slots=True)
class Document:
    """A plan file whose rows were understood one by one; what they say of each other is checked next.

    `spoilt` holds the names (references, addresses, team names, in lower case) of rows that were not
    understood, so that nobody is told that they do not exist.
    """

    source: Source
    plan: Entry[PlanRow] | None
    plans: tuple[Entry[PlanRow], ...]
    checkin: Entry[CheckinRow] | None
    calendar: Entry[CalendarRow] | None
    thresholds: Entry[ThresholdRow] | None
    days_off: tuple[Entry[DayOffRow], ...]
    people: tuple[Entry[PersonRow], ...]
    teams: tuple[Entry[TeamRow], ...]
    drivers: tuple[Entry[DriverRow], ...]
    breakthroughs: tuple[Entry[BreakthroughRow], ...]
    annual_objectives: tuple[Entry[AnnualObjectiveRow], ...]
    objectives: tuple[Entry[ObjectiveRow], ...]
    key_results: tuple[Entry[KeyResultRow], ...]
    kpis: tuple[Entry[KpiRow], ...]
    initiatives: tuple[Entry[InitiativeRow], ...]
    marks: tuple[Entry[MarkRow], ...]
    readings: tuple[Entry[ReadingRow], ...]
    changes: tuple[Entry[ChangeRow], ...]
    spoilt: frozenset[str]

    @property
    def every_plan(self) -> tuple[Entry[PlanRow], ...]:
        """The plan that the file is about, and its other versions."""
        return (*self.plans, *([self.plan] if self.plan else []))

    @property
    def items(self) -> tuple[Entry[ItemRow], ...]:
        """Every item, those that others refer to first."""
        return (
            *self.drivers,
            *self.breakthroughs,
            *self.kpis,
            *self.annual_objectives,
            *self.objectives,
            *self.initiatives,
            *self.key_results,
        )

    @property
    def measures(self) -> tuple[Entry[KeyResultRow] | Entry[KpiRow], ...]:
        """Everything that may have readings."""
        return (*self.kpis, *self.key_results)
