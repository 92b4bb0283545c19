"""The rows of a plan file: which keys each has, and what a row must hold to be understood on its own.

A key that a row leaves out stays as the record has it; `model_fields_set` tells which were said.
"""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from storage.bundle.values import (
    Channel,
    CommitmentWord,
    Day,
    DirectionWord,
    Email,
    Figure,
    FrequencyWord,
    Hour,
    IndicatorWord,
    Percent,
    PeriodName,
    PersonName,
    PerspectiveWord,
    PlanStateWord,
    PlanTitle,
    Prose,
    Quarter,
    Ref,
    Reference,
    Share,
    SourceName,
    StateWord,
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
from storage.bundle.yaml_file import Path, Source
from storage.rules.hierarchy import PREFIXES, format_reference
from storage.rules.terms import Frequency, Kind

VERSION = "1"
"""What `hoshin:` at the top of a file says about its format."""

NOBODY = "?@?.?"
"""Stands in a list for an address that was not understood."""

Readings = dict[PeriodName, Figure]


class FileRow(BaseModel):
    """One row, or one section that is a single row."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    identity: ClassVar[str] = ""
    """The key by which the row is known."""

    @property
    def label(self) -> str:
        """What the row is called in a sentence about it."""
        return str(getattr(self, self.identity))

    @classmethod
    def key_names(cls) -> list[str]:
        """The keys that such a row may have, as they are written."""
        return [field.alias or name for name, field in cls.model_fields.items()]


class PlanRow(FileRow):
    """The fiscal year. It starts on the first of a month and lasts a year unless `ends` says otherwise."""

    title: PlanTitle
    starts: Day
    ends: Day | None = None
    vision: Prose = ""
    values: Prose = ""
    zone: Zone = "UTC"
    state: PlanStateWord | None = None

    @property
    def label(self) -> str:
        return "plan"

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
    away: list[AwayRow] = []


class TeamRow(FileRow):
    """A team, known by its name."""

    identity = "name"

    name: TeamName
    parent: TeamName | None = None
    lead: Email | None = None
    channel: Channel = None
    members: list[Email] = []


class ItemRow(FileRow):
    """What every item of the plan may say."""

    identity = "ref"
    kind: ClassVar[Kind]

    ref: Ref
    title: Title
    owner: Email | None = None
    state: StateWord | None = None

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
        return getattr(self, "starts", None), getattr(self, "due", None)


class DriverRow(ItemRow):
    kind = Kind.DRIVER

    starts: Day | None = None
    due: Day | None = None


class BreakthroughRow(ItemRow):
    kind = Kind.BREAKTHROUGH

    parent: Reference | None = None
    starts: Day
    due: Day


class AnnualObjectiveRow(ItemRow):
    """Its year is the plan's unless `starts` and `due` say otherwise."""

    kind = Kind.ANNUAL_OBJECTIVE

    parent: Reference | None = None
    team: TeamName | None = None
    kpi: Reference | None = None
    perspective: PerspectiveWord | None = None
    commitment: CommitmentWord | None = None
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
    due: Day | None = None
    readings: Readings = {}

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
    perspective: PerspectiveWord | None = None
    indicator: IndicatorWord | None = None
    readings: Readings = {}


class InitiativeRow(ItemRow):
    """An improvement priority; `progress` is written in percent and kept as a share."""

    kind = Kind.INITIATIVE

    parent: Reference | None = None
    team: TeamName | None = None
    starts: Day | None = None
    due: Day | None = None
    progress: Share | None = None


R_co = TypeVar("R_co", bound=FileRow, covariant=True)
MeasureRow = KeyResultRow | KpiRow


@dataclass(frozen=True, slots=True)
class Entry(Generic[R_co]):
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
    checkin: Entry[CheckinRow] | None
    people: tuple[Entry[PersonRow], ...]
    teams: tuple[Entry[TeamRow], ...]
    drivers: tuple[Entry[DriverRow], ...]
    breakthroughs: tuple[Entry[BreakthroughRow], ...]
    annual_objectives: tuple[Entry[AnnualObjectiveRow], ...]
    objectives: tuple[Entry[ObjectiveRow], ...]
    key_results: tuple[Entry[KeyResultRow], ...]
    kpis: tuple[Entry[KpiRow], ...]
    initiatives: tuple[Entry[InitiativeRow], ...]
    spoilt: frozenset[str]

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
