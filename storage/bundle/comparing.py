"""Two plan files side by side: what one has and the other has not, and what they say differently.

Rows are compared by what they mean: it makes no difference in what order they stand, whether key results
stand inside their objectives, or whether a value is written that the rules would fill in anyway.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from storage.bundle.changes import FieldChange
from storage.bundle.columns import (
    CALENDAR_AS_SHIPPED,
    CHECKIN_AS_SHIPPED,
    USUAL_COMMITMENTS,
    USUAL_VALUES,
    direction_of,
)
from storage.bundle.content import as_text
from storage.bundle.document import Document, Entry
from storage.bundle.item_rows import AnnualObjectiveRow, ItemRow, KeyResultRow, KpiRow, ObjectiveRow
from storage.bundle.rows import FileRow, ReadingRow
from storage.bundle.values import WEEKDAYS, Period, quarter_days
from storage.rules.hierarchy import Ref, format_reference
from storage.rules.terms import Frequency, PlanState
from storage.rules.thresholds import THRESHOLDS
from storage.tables.columns import plain

_NOTHING = "—"
_DEFAULTS: dict[str, Any] = {**USUAL_VALUES, "work_days": "01234", "start_hour": 9}
_THRESHOLDS: dict[str, Any] = {one.name: one.default for one in THRESHOLDS}
_NOT_COMPARED = frozenset({"readings", "ref", "email", "name"})

Key = tuple[str, str]
"""Kind and name of a row: `("KPI", "KPI-3")`."""


@dataclass(frozen=True, slots=True)
class RowDifference:
    """One row that both have, and what they say differently about it."""

    name: str
    fields: tuple[FieldChange, ...]

    def __str__(self) -> str:
        return f"{self.name}: {', '.join(map(str, self.fields))}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between a first and a second plan; rows are told by what people call them."""

    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    differing: tuple[RowDifference, ...]

    @property
    def is_same(self) -> bool:
        return not (self.only_first or self.only_second or self.differing)


def compare(first: Document, second: Document) -> Comparison:
    """Compares what two plan files say."""
    rows, others = _Meaning(first).rows(), _Meaning(second).rows()
    differing = tuple(
        RowDifference(_called(key), tuple(_changes(rows[key], others[key])))
        for key in rows
        if key in others and rows[key] != others[key]
    )
    return Comparison(
        tuple(_called(key) for key in rows if key not in others),
        tuple(_called(key) for key in others if key not in rows),
        differing,
    )


def _called(key: Key) -> str:
    return " ".join(key).strip()


def _changes(row: dict[str, str], other: dict[str, str]) -> Iterator[FieldChange]:
    for key in dict.fromkeys([*row, *other]):
        before, after = row.get(key, _NOTHING), other.get(key, _NOTHING)
        if before != after:
            yield FieldChange(key, before, after)


class _Meaning:
    """The rows of a file by name, each with what it says beyond the rules' defaults, as text."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._plan = document.plan.row if document.plan else None
        self._items = {entry.row.ref: entry.row for entry in document.items}

    def rows(self) -> dict[Key, dict[str, str]]:
        document = self._document
        rows: dict[Key, dict[str, str]] = {}
        rows |= self._settings()
        homes, usual_days = self._homes(), _DEFAULTS["work_days"]
        if document.calendar is not None:
            usual_days = document.calendar.row.work_days or usual_days
        for person in document.people:
            home = homes.get(person.row.email, "")
            zone = self._plan.zone if self._plan else "UTC"
            rows["person", person.row.email] = self._said(
                person.row, {"zone": zone, "work_days": usual_days}, name=person.row.name, team=home
            )
        for team in document.teams:
            own = [email for email in team.row.members if homes.get(email) != team.row.name]
            rows["team", team.row.name] = self._said(team.row, {}, members=", ".join(sorted(own)))
        for item in document.items:
            rows[str(item.row.kind), item.row.label] = self._item(item.row)
        for key, value in self._readings():
            rows["reading", key] = {"value": value}
        return rows

    def _settings(self) -> Iterator[tuple[Key, dict[str, str]]]:
        """What the organisation has set, beyond what is shipped."""
        document = self._document
        if document.plan is not None:
            yield ("plan", ""), self._said(document.plan.row, self._plan_defaults())
        shipped = (
            ("checkin", document.checkin, CHECKIN_AS_SHIPPED),
            ("calendar", document.calendar, CALENDAR_AS_SHIPPED),
            ("thresholds", document.thresholds, _THRESHOLDS),
        )
        for name, entry, defaults in shipped:
            said = self._said(entry.row, defaults) if entry else {}
            if said:
                yield (name, ""), said
        for off in document.days_off:
            yield ("day off", str(off.row.day)), self._said(off.row, {"day": off.row.day})

    def _plan_defaults(self) -> dict[str, Any]:
        ends = self._plan.ends_on if self._plan else None
        return {"zone": "UTC", "state": PlanState.ACTIVE, "ends": ends}

    def _homes(self) -> dict[str, str]:
        """Each person's home team, said beside them or by the one team that lists them."""
        listed: dict[str, list[str]] = {}
        for team in self._document.teams:
            for email in team.row.members:
                listed.setdefault(email, []).append(team.row.name)
        homes = {email: teams[0] for email, teams in listed.items() if len(teams) == 1}
        said = {entry.row.email: entry.row.team for entry in self._document.people if entry.row.team}
        return {**homes, **said}

    def _item(self, row: ItemRow) -> dict[str, str]:
        defaults: dict[str, Any] = {"commitment": USUAL_COMMITMENTS.get(row.kind)}
        starts, due = self._days(row)
        said: dict[str, Any] = {"quarter": ""}
        if isinstance(row, KeyResultRow | KpiRow):
            defaults["direction"] = direction_of(row.baseline, row.target)
        if isinstance(row, KeyResultRow):
            kpi = self._items.get(row.kpi) if row.kpi else None
            said["unit"] = row.unit or (kpi.unit if isinstance(kpi, KpiRow) else "")
        return self._said(row, defaults, starts=as_text(starts), due=as_text(due), **said)

    def _days(self, row: ItemRow) -> tuple[date | None, date | None]:
        """The first and last day of an item, by itself, its quarter, its objective or its plan."""
        starts, due = row.period
        if isinstance(row, ObjectiveRow) and row.quarter and self._plan:
            return quarter_days(self._plan.starts, row.quarter)
        if isinstance(row, AnnualObjectiveRow) and self._plan:
            return starts or self._plan.starts, due or self._plan.ends_on
        if isinstance(row, KeyResultRow) and due is None and row.parent in self._items:
            return starts, self._days(self._items[row.parent])[1]
        return starts, due

    def _said(self, row: FileRow, defaults: dict[str, Any], **instead: str) -> dict[str, str]:
        every = {**_DEFAULTS, **defaults}
        texts = {}
        for name, field in type(row).model_fields.items():
            key = field.alias or name
            value = getattr(row, name)
            if key in _NOT_COMPARED or value == every.get(key):
                continue
            texts[key] = _shown(key, value)
        texts |= instead
        return {key: text for key, text in texts.items() if text}

    def _readings(self) -> Iterator[tuple[str, str]]:
        """The figure that counts for each period, and nothing of what it replaced."""
        month = self._plan.starts.month if self._plan else 1
        for measure in self._document.measures:
            for period, figure in measure.row.readings.items():
                yield _reading(measure.row.ref, period, measure.row.frequency, month), _shown("", figure)
        for entry in sorted(self._document.readings, key=_by_instant):
            row = entry.row
            if row.replaced_by is None:
                measure_row = self._items.get(row.of)
                frequency = measure_row.frequency if isinstance(measure_row, KpiRow) else Frequency.WEEKLY
                yield _reading(row.of, row.period, frequency, month), _shown("", row.value)


def _by_instant(entry: Entry[ReadingRow]) -> tuple[bool, str]:
    recorded = entry.row.recorded
    return recorded is None, recorded.isoformat() if recorded else ""


def _reading(of: Ref, period: Period, frequency: Frequency, month: int) -> str:
    try:
        starts_on = period.start(frequency, month)
    except ValueError:
        starts_on = period.first_on
    return f"{format_reference(*of)} {starts_on}"


def _shown(key: str, value: Any) -> str:
    if key in {"opens", "closes", "work_days"} and value is not None:
        return ", ".join(WEEKDAYS[int(day)].capitalize() for day in str(value))
    if isinstance(value, Decimal):
        return as_text(plain(value * 100 if key == "progress" else value))
    if isinstance(value, tuple):
        return format_reference(*value)
    if isinstance(value, list):
        return ", ".join(_shown("", one) for one in value)
    if isinstance(value, FileRow):
        return " to ".join(as_text(part) for part in value.model_dump().values())
    return as_text(value)
