"""How a workbook is laid out: which tab holds which section of a plan file, in which columns."""

from dataclasses import dataclass

from storage.bundle.item_rows import (
    AnnualObjectiveRow,
    BreakthroughRow,
    DriverRow,
    InitiativeRow,
    KeyResultRow,
    KpiRow,
    ObjectiveRow,
    PlannedRow,
    StepRow,
)
from storage.bundle.rows import (
    AwayRow,
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
    ThresholdsRow,
)

HELP_SHEET = "Help"
EXAMPLE_SIGN = "e.g."
"""A row whose first cell begins so is an example for the reader, and is not read."""

_ELSEWHERE = frozenset({"readings", "away", "steps", "planned"})
"""Keys of rows that have a tab of their own in a workbook."""


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """One tab. `keys` are its columns; a tab that is one row has them in its lines instead."""

    name: str
    section: str
    row: type[FileRow]
    is_single: bool = False
    inside: str = ""
    """The key of the section's rows that this tab's rows belong to, such as `away` of people."""

    is_template_free: bool = False
    """Whether it holds nothing that anyone would write by hand."""

    is_mapping: bool = False
    """Whether its rows are the pairs of a mapping, such as month and value of what is planned."""

    @property
    def keys(self) -> tuple[str, ...]:
        own = tuple(key for key in self.row.key_names() if key not in _ELSEWHERE)
        if self.is_single and self.section == "plan":
            return ("hoshin", *own)
        return (self.owner_key, *own) if self.inside else own

    @property
    def owner_key(self) -> str:
        """The column that says which row of the section a row of this tab belongs to."""
        return {"away": "email", "steps": "ref", "planned": "ref"}.get(self.inside, "")


SHEETS = (
    SheetLayout("Plan", "plan", PlanRow, is_single=True),
    SheetLayout("Other plans", "plans", PlanRow, is_template_free=True),
    SheetLayout("Check-in", "checkin", CheckinRow, is_single=True),
    SheetLayout("Calendar", "calendar", CalendarRow, is_single=True),
    SheetLayout("Days off", "days_off", DayOffRow),
    SheetLayout("Thresholds", "thresholds", ThresholdsRow, is_single=True, is_template_free=True),
    SheetLayout("People", "people", PersonRow),
    SheetLayout("Absences", "people", AwayRow, inside="away"),
    SheetLayout("Teams", "teams", TeamRow),
    SheetLayout("Drivers", "drivers", DriverRow),
    SheetLayout("Breakthroughs", "breakthroughs", BreakthroughRow),
    SheetLayout("Annual objectives", "annual_objectives", AnnualObjectiveRow),
    SheetLayout("Objectives", "objectives", ObjectiveRow),
    SheetLayout("Key results", "key_results", KeyResultRow),
    SheetLayout("KPIs", "kpis", KpiRow),
    SheetLayout("Monthly plan", "kpis", PlannedRow, inside="planned", is_mapping=True),
    SheetLayout("Initiatives", "initiatives", InitiativeRow),
    SheetLayout("Steps", "initiatives", StepRow, inside="steps"),
    SheetLayout("Marks", "marks", MarkRow),
    SheetLayout("Readings", "readings", ReadingRow),
    SheetLayout("Changes", "changes", ChangeRow, is_template_free=True),
)

LISTS = frozenset({"members", "work_days", "supporters", "readers", "aliases", "roles"})
"""Keys whose cell holds several values, with commas between them; names of KPIs have line breaks instead,
since they may hold commas."""


def same_word(text: str) -> str:
    """A heading or the name of a tab as it is compared: case, spaces and underscores make no difference."""
    return " ".join(text.lower().replace("_", " ").replace("-", " ").rstrip(" *").split())
