"""The rows of a plan file that are items of the plan, and what stands within them."""

from datetime import date
from typing import ClassVar, Self

from pydantic import Field, field_validator, model_validator

from storage.bundle.rows import FileRow
from storage.bundle.values import (
    CommitmentWord,
    Day,
    DirectionWord,
    Email,
    Figure,
    Flag,
    FrequencyWord,
    IndicatorWord,
    Instant,
    Month,
    PeriodName,
    PerspectiveWord,
    PlanTitle,
    Quarter,
    Reason,
    Reference,
    RollUpWord,
    Share,
    SourceName,
    StateWord,
    TeamName,
    Title,
    UnitName,
    Weight,
    read_ref,
)
from storage.rules.hierarchy import PREFIXES, Ref, format_reference
from storage.rules.terms import Frequency, Kind

Readings = dict[PeriodName, Figure]


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

MeasureRow = KeyResultRow | KpiRow
