"""Which people, teams and items there are: those of the file, and those of the record."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TypeVar

from storage.bundle.document import NOBODY, Document
from storage.bundle.item_rows import KeyResultRow, KpiRow, ObjectiveRow
from storage.bundle.rows import PlanRow
from storage.bundle.values import nearest, quarter_days, quoted
from storage.repositories.plans import PARENT_COLUMNS, Record
from storage.rules.hierarchy import Ref, format_reference
from storage.rules.terms import Frequency, Kind
from storage.tables.kpi import Kpi
from storage.tables.okr import KeyResult
from storage.tables.plan import PlanItem

K = TypeVar("K")


class Names:
    """Answers what a name in the file stands for.

    The questions `missing_…` return None for a name that is known, else the sentence that says so. A name
    whose own row was not understood counts as known, and so does every one where the record was not asked.
    """

    def __init__(self, document: Document, record: Record | None) -> None:
        self._record = record or Record()
        self._judges_unknown = record is not None
        self._periods: dict[Ref, tuple[date | None, date | None]] = {}
        self._spoilt = document.spoilt | {NOBODY}
        self._people = {entry.row.email for entry in document.people} | set(self._record.members)
        self._teams = {entry.row.name for entry in document.teams} | set(self._record.teams)
        self._entries = {entry.row.ref: entry.row for entry in document.items}
        self._plans = {plan.title: (plan.starts_on, plan.ends_on) for plan in self._record.plans}
        self._plans |= {
            entry.row.title: (entry.row.starts, entry.row.ends_on) for entry in document.every_plan
        }
        self._document = document
        self._fiscal_year = _fiscal_year(document, self._record)

    @property
    def has_plan(self) -> bool:
        """Whether there is a plan for items to belong to, as far as is known."""
        content = self._document.source.content
        said = isinstance(content, dict) and "plan" in content
        return said or not self._judges_unknown or self._record.active_plan is not None

    @property
    def fiscal_start_month(self) -> int:
        year = self._fiscal_year
        return year[0].month if year else 1

    def missing_person(self, email: str) -> str | None:
        if self._passes(email, email in self._people):
            return None
        # By what stands before the @: colleagues share the rest.
        by_local = {person.partition("@")[0]: person for person in sorted(self._people)}
        close = nearest(email.partition("@")[0], by_local)
        return f"Nobody here has the address {quoted(email)}.{close or ' Add them under “people:”.'}"

    def missing_team(self, name: str) -> str | None:
        if self._passes(name, name in self._teams):
            return None
        close = nearest(name, {team.lower(): team for team in sorted(self._teams)})
        return f"There is no team {quoted(name)}.{close or ' Add it under “teams:”.'}"

    def missing_item(self, ref: Ref) -> str | None:
        if ref in self._entries or ref in self._record.items:
            return None
        written = format_reference(*ref)
        if self._passes(written, is_known=False):
            return None
        return f"There is no {written} in this file or in the record. Add it, or correct the reference."

    def missing_plan(self, title: str) -> str | None:
        if title in self._plans or not self._judges_unknown:
            return None
        close = nearest(title, {plan.lower(): plan for plan in sorted(self._plans)})
        return f"There is no plan {quoted(title)}.{close or ' Add it under “plans:”.'}"

    def earlier_owner(self, plan: PlanRow) -> date | None:
        """The first day of the record's plan that has the title which a new one for the active plan's year
        would take; None where that title is free or the plan's own."""
        active = self._record.active_plan
        if active is None or active.title == plan.title or active.starts_on != plan.starts:
            return None
        others = (other.starts_on for other in self._record.plans if other.title == plan.title)
        return next((starts_on for starts_on in others if starts_on != plan.starts), None)

    def kpi_of(self, key_result: Ref) -> int | None:
        """The id of the KPI that the record's key result reads."""
        item = self._record.items.get(key_result)
        return item.kpi_id if isinstance(item, KeyResult) else None

    def measured_kpi(self, ref: Ref) -> str | None:
        """The KPI whose figures a key result reads, as people write it; None where it has its own."""
        row = self._entries.get(ref)
        if isinstance(row, KeyResultRow) and "kpi" in row.model_fields_set:
            return format_reference(*row.kpi) if row.kpi else None
        return "a KPI" if self.kpi_of(ref) is not None else None

    def frequency_of(self, measure: Ref) -> Frequency | None:
        """How often a KPI's or key result's figure is due; None where it is not known."""
        row, item = self._entries.get(measure), self._record.items.get(measure)
        if measure[0] is Kind.KEY_RESULT:
            return Frequency.WEEKLY
        if isinstance(row, KpiRow):
            return row.frequency
        return item.frequency if isinstance(item, Kpi) else None

    def unit_of(self, kpi: Ref) -> str | None:
        """What a KPI counts in; None where it is not known."""
        row, item = self._entries.get(kpi), self._record.items.get(kpi)
        if isinstance(row, KpiRow) and "unit" in row.model_fields_set:
            return row.unit
        if isinstance(item, Kpi):
            return item.unit
        return row.unit if isinstance(row, KpiRow) else None

    def period_of(self, ref: Ref) -> tuple[date | None, date | None]:
        """The first and last day of an item, as far as they are known."""
        if ref not in self._periods:
            self._periods[ref] = self._period_of(ref)
        return self._periods[ref]

    def _period_of(self, ref: Ref) -> tuple[date | None, date | None]:
        row, item = self._entries.get(ref), self._record.items.get(ref)
        if isinstance(row, ObjectiveRow) and row.quarter:
            year = self._plans.get(row.plan or "") or self._fiscal_year
            return quarter_days(year[0], row.quarter) if year else (None, None)
        said = row.period if row else (None, None)
        kept = (getattr(item, "starts_on", None), getattr(item, "ends_on", None)) if item else (None, None)
        return said[0] or kept[0], said[1] or kept[1]

    def team_parents(self) -> dict[str, str | None]:
        """Each team's parent once the file is loaded."""
        by_id = {team.id: name for name, team in self._record.teams.items()}
        parents = {
            name: by_id.get(team.parent_id) if team.parent_id else None
            for name, team in self._record.teams.items()
        }
        for entry in self._document.teams:
            if "parent" in entry.row.model_fields_set or entry.row.name not in parents:
                parents[entry.row.name] = entry.row.parent
        return parents

    def item_parents(self) -> dict[Ref, Ref | None]:
        """Each item's parent once the file is loaded."""
        by_id = {(kind, item.id): (kind, number) for (kind, number), item in self._record.items.items()}
        parents = {ref: _recorded_parent(ref[0], item, by_id) for ref, item in self._record.items.items()}
        for ref, row in self._entries.items():
            if "parent" in row.model_fields_set or ref not in parents:
                parents[ref] = row.find("parent")
        return parents

    def _passes(self, name: str, is_known: bool) -> bool:
        return is_known or not self._judges_unknown or name.lower() in self._spoilt


def _fiscal_year(document: Document, record: Record) -> tuple[date, date] | None:
    """The first and last day of the plan that the file is about."""
    if document.plan is not None:
        return _year(document.plan.row)
    active = record.active_plan
    return (active.starts_on, active.ends_on) if active else None


def find_loops(parents: Mapping[K, K | None], starts: Iterable[K]) -> Iterator[list[K]]:
    """Every chain of parents that comes back to where it began, each once and in order."""
    seen: set[K] = set()
    for start in starts:
        chain: list[K] = []
        one: K | None = start
        while one is not None and one not in seen:
            seen.add(one)
            chain.append(one)
            one = parents.get(one)
        if one is not None and one in chain:
            yield chain[chain.index(one) :]


def _recorded_parent(kind: Kind, item: PlanItem, by_id: Mapping[tuple[Kind, int], Ref]) -> Ref | None:
    for parent_kind, column in PARENT_COLUMNS.get(kind, {}).items():
        parent_id = getattr(item, column)
        if parent_id is not None:
            return by_id.get((parent_kind, parent_id))
    return None


def _year(plan: PlanRow) -> tuple[date, date]:
    return plan.starts, plan.ends_on
