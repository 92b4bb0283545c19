"""What a plan file says of items beyond their own columns: people, steps, marks, names, planned values."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from storage.bundle.changes import Action
from storage.bundle.columns import STEP_COLUMNS
from storage.bundle.document import Document
from storage.bundle.faults import PlanFileError
from storage.bundle.item_rows import InitiativeRow, ItemRow, KpiRow, StepRow
from storage.bundle.ledger import Ledger
from storage.database import UnitOfWork
from storage.rules.hierarchy import Ref, format_reference
from storage.rules.marks import order_ends
from storage.rules.terms import Kind, Role
from storage.tables.columns import Row as TableRow
from storage.tables.columns import plain
from storage.tables.kpi import KpiAlias, KpiPlan
from storage.tables.mark import Mark
from storage.tables.member import Member
from storage.tables.plan import PlanItem, Reader, Step, Supporter
from storage.tables.role import RoleGrant

Slot = tuple[Kind, int]
"""The kind and the row of an item."""


class PartsLoader:
    """Writes what hangs on the items of one file; the items and people have their rows already."""

    def __init__(
        self,
        uow: UnitOfWork,
        document: Document,
        items: Mapping[Ref, PlanItem],
        members: Mapping[str, Member],
        ledger: Ledger,
    ) -> None:
        self._uow = uow
        self._document = document
        self._items = items
        self._members = members
        self._ledger = ledger

    def load(self) -> None:
        """Lists of people and names become what the file says; steps, marks and planned values that it does
        not name stay."""
        rows = [entry.row for entry in self._document.items]
        if any("supporters" in row.model_fields_set for row in rows):
            self._put_people(rows, "supporters", Supporter, self._uow.bundles.list_supporters())
        if any("readers" in row.model_fields_set for row in rows):
            self._put_people(rows, "readers", Reader, self._uow.bundles.list_readers())
        kpis = [row for row in rows if isinstance(row, KpiRow)]
        if any("aliases" in row.model_fields_set for row in kpis):
            self._put_aliases(kpis)
        if any(row.planned for row in kpis):
            self._put_planned(kpis)
        initiatives = [row for row in rows if isinstance(row, InitiativeRow) and row.steps]
        if initiatives:
            self._put_steps(initiatives)
        if self._document.marks:
            self._put_marks()
        if any(entry.row.roles for entry in self._document.people):
            self._put_roles()

    def _put_people(
        self,
        rows: Sequence[ItemRow],
        key: str,
        table: type[Supporter] | type[Reader],
        there: Sequence[Supporter | Reader],
    ) -> None:
        by_item: defaultdict[Slot, dict[int, Supporter | Reader]] = defaultdict(dict)
        for one in there:
            by_item[one.kind, one.item_id][one.member_id] = one
        for row in rows:
            if key not in row.model_fields_set:
                continue
            item = self._items[row.ref]
            before = by_item[row.kind, item.id]
            after = [self._members[email].id for email in dict.fromkeys(getattr(row, key))]
            if set(before) == set(after):
                continue
            self._drop([one for member_id, one in before.items() if member_id not in after])
            self._add(
                [
                    table(
                        workspace_id=self._uow.workspace_id,
                        kind=row.kind,
                        item_id=item.id,
                        member_id=member_id,
                    )
                    for member_id in after
                    if member_id not in before
                ]
            )
            self._ledger.note(item, str(row.kind), row.label, key, before=list(before), after=after)

    def _put_aliases(self, rows: Sequence[KpiRow]) -> None:
        by_kpi: defaultdict[int, dict[str, KpiAlias]] = defaultdict(dict)
        for alias in self._uow.bundles.list_aliases():
            by_kpi[alias.kpi_id][alias.name] = alias
        said = [row for row in rows if "aliases" in row.model_fields_set]
        self._refuse_taken(said, by_kpi)
        for row in said:
            before = by_kpi[self._items[row.ref].id]
            self._drop([alias for name, alias in before.items() if name not in row.aliases])
        # A name may move from one KPI to another, so what goes is gone before anything comes.
        self._uow.session.flush()
        for row in said:
            item = self._items[row.ref]
            before = by_kpi[item.id]
            after = list(dict.fromkeys(row.aliases))
            new = [name for name in after if name not in before]
            self._add(
                [KpiAlias(workspace_id=self._uow.workspace_id, kpi_id=item.id, name=name) for name in new]
            )
            if set(before) != set(after):
                self._ledger.note(item, str(row.kind), row.label, "aliases", before=list(before), after=after)

    def _refuse_taken(self, said: Sequence[KpiRow], by_kpi: Mapping[int, Mapping[str, KpiAlias]]) -> None:
        """A name that stays with a KPI of the record cannot be given to another."""
        ids = {self._items[row.ref].id for row in said}
        taken = {name: kpi_id for kpi_id, names in by_kpi.items() if kpi_id not in ids for name in names}
        labels = {item.id: format_reference(*ref) for ref, item in self._items.items() if ref[0] is Kind.KPI}
        faults = [
            self._document.source.fault(
                (*entry.path, "aliases", number),
                f"{entry.row.label}, aliases: {labels[taken[name]]} has this name. Take it away there.",
            )
            for entry in self._document.kpis
            for number, name in enumerate(entry.row.aliases)
            if name in taken
        ]
        if faults:
            raise PlanFileError(faults)

    def _put_planned(self, rows: Sequence[KpiRow]) -> None:
        there: defaultdict[int, dict[date, KpiPlan]] = defaultdict(dict)
        for one in self._uow.bundles.list_planned():
            there[one.kpi_id][one.month_on] = one
        for row in rows:
            item = self._items[row.ref]
            before: dict[str, Decimal | None] = {}
            after: dict[str, Decimal] = {}
            for month_on, said in row.planned.items():
                value, known = plain(said), there[item.id].get(month_on)
                if known is None:
                    workspace_id = self._uow.workspace_id
                    self._add(
                        [KpiPlan(workspace_id=workspace_id, kpi_id=item.id, month_on=month_on, value=value)]
                    )
                    self._ledger.count("planned month", Action.ADDED)
                elif known.value == value:
                    self._ledger.count("planned month", Action.UNCHANGED)
                    continue
                else:
                    self._ledger.count("planned month", Action.CHANGED)
                before[str(month_on)] = known.value if known else None
                after[str(month_on)] = value
                if known is not None:
                    known.value = value
            if after:
                self._ledger.note(item, str(row.kind), row.label, "monthly_plan", before=before, after=after)

    def _put_steps(self, rows: Sequence[InitiativeRow]) -> None:
        there: defaultdict[int, list[Step]] = defaultdict(list)
        for step in self._uow.bundles.list_steps():
            there[step.initiative_id].append(step)
        for row in rows:
            initiative_id = self._items[row.ref].id
            left = there[initiative_id]
            for position, said in enumerate(row.steps):
                known = next((one for one in left if one.title == said.title), None)
                if known is not None:
                    left.remove(known)
                self._ledger.put(
                    Step,
                    known,
                    "step",
                    f"{row.label}: {said.title}",
                    said={**self._step_columns(said), "position": position},
                    defaults={"initiative_id": initiative_id, "original_due_on": said.due},
                )
            for position, other in enumerate(left, len(row.steps)):
                self._ledger.change(other, "step", f"{row.label}: {other.title}", {"position": position})

    def _step_columns(self, row: StepRow) -> dict[str, Any]:
        said: dict[str, Any] = {}
        for key, column in STEP_COLUMNS.items():
            if key in row.model_fields_set:
                value = getattr(row, key)
                said[column] = self._members[value].id if column.endswith("by_id") and value else value
        if row.owner is not None:
            said["owner_id"] = self._members[row.owner].id
        if said.get("is_archived", False) is None:
            del said["is_archived"]
        return said

    def _put_marks(self) -> None:
        there = {
            (mark.left_kind, mark.left_id, mark.right_kind, mark.right_id): mark
            for mark in self._uow.bundles.list_marks()
        }
        for entry in self._document.marks:
            row = entry.row
            ends = order_ends(row.from_, row.to)
            (left_kind, _), (right_kind, _) = ends
            left, right = (self._items[end].id for end in ends)
            said: dict[str, Any] = {"strength": row.strength}
            if row.suggested is not None:
                said["is_confirmed"] = not row.suggested
            if row.by is not None:
                said["member_id"] = self._members[row.by].id
            self._ledger.put(
                Mark,
                there.get((left_kind, left, right_kind, right)),
                "mark",
                " – ".join(format_reference(*end) for end in ends),
                said=said,
                defaults={
                    "left_kind": left_kind,
                    "left_id": left,
                    "right_kind": right_kind,
                    "right_id": right,
                    "is_confirmed": True,
                },
            )

    def _put_roles(self) -> None:
        """Names people to roles. A file takes none away: loading an old one must not lock anyone out."""
        there: dict[tuple[int, Role], RoleGrant] = {
            (grant.member_id, grant.role): grant for grant in self._uow.bundles.list_grants()
        }
        for entry in self._document.people:
            member_id = self._members[entry.row.email].id
            for role in dict.fromkeys(entry.row.roles):
                self._ledger.put(
                    RoleGrant,
                    there.get((member_id, role)),
                    "role",
                    f"{entry.row.email}: {role}",
                    said={},
                    defaults={"member_id": member_id, "role": role, "granted_at": self._uow.now},
                )

    def _add(self, rows: Sequence[TableRow]) -> None:
        self._uow.session.add_all(rows)

    def _drop(self, rows: Sequence[TableRow]) -> None:
        for row in rows:
            self._uow.session.delete(row)
