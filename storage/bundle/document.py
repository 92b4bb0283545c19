"""A plan file as its rows say it, section by section."""

from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from storage.bundle.item_rows import (
    AnnualObjectiveRow,
    BreakthroughRow,
    DriverRow,
    InitiativeRow,
    ItemRow,
    KeyResultRow,
    KpiRow,
    ObjectiveRow,
)
from storage.bundle.rows import (
    CalendarRow,
    ChangeRow,
    CheckinRow,
    DayOffRow,
    FileRow,
    MarkRow,
    PersonRow,
    PlanRow,
    ReadingRow,
    TeamRow,
    ThresholdRow,
)
from storage.bundle.source import Path, Source

VERSION = "1"
"""What `hoshin:` at the top of a file says about its format."""

NOBODY = "?@?.?"
"""Stands in a list for an address that was not understood."""

R_co = TypeVar("R_co", bound=FileRow, covariant=True)


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
