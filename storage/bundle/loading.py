"""A plan file into the record: all of it in one transaction, and nothing where nothing differs."""

from functools import cached_property
from typing import Any

from storage.bundle.changes import Loaded, count_by_kind
from storage.bundle.checks import check
from storage.bundle.columns import (
    checkin_columns,
    direction_of,
    item_columns,
    parent_columns,
    person_columns,
    plan_columns,
    team_columns,
)
from storage.bundle.document import ItemRow, KeyResultRow, KpiRow, ObjectiveRow
from storage.bundle.faults import PlanFileError, refusals
from storage.bundle.ledger import Ledger
from storage.bundle.membership import load_absences, load_memberships
from storage.bundle.reading import Bundle
from storage.bundle.readings import load_readings
from storage.bundle.values import Ref, quarter_days
from storage.database import UnitOfWork
from storage.repositories.plans import ITEM_TABLES, Record
from storage.rules.errors import NotFound
from storage.rules.hierarchy import format_reference
from storage.rules.terms import Kind, PlanState
from storage.tables.kpi import Kpi
from storage.tables.member import Member
from storage.tables.okr import Objective
from storage.tables.plan import Plan
from storage.tables.team import Team
from storage.tables.workspace import Workspace

_INSERT_ORDER = (
    Kind.DRIVER,
    Kind.BREAKTHROUGH,
    Kind.KPI,
    Kind.ANNUAL_OBJECTIVE,
    Kind.OBJECTIVE,
    Kind.INITIATIVE,
    Kind.KEY_RESULT,
)
"""Each kind after those that its rows refer to; annual objectives learn their parents last."""

_NAMED_BY = {
    "owner_id": "member",
    "lead_id": "member",
    "member_id": "member",
    "team_id": "team",
    "parent_id": "team",
    "plan_id": "plan",
    "driver_id": Kind.DRIVER,
    "breakthrough_id": Kind.BREAKTHROUGH,
    "annual_objective_id": Kind.ANNUAL_OBJECTIVE,
    "upper_id": Kind.ANNUAL_OBJECTIVE,
    "initiative_id": Kind.INITIATIVE,
    "objective_id": Kind.OBJECTIVE,
    "kpi_id": Kind.KPI,
}
_NOTHING = "—"


def load(uow: UnitOfWork, bundle: Bundle, *, dry_run: bool = False) -> Loaded:
    """Brings the record to what the file says. What the file leaves out stays.

    Everything is one transaction; `dry_run` rolls it back, so that the result says what would happen.

    Raises:
        PlanFileError: the file names what neither it nor the record has. Nothing was written.
    """
    record = uow.plans.record()
    faults = refusals(check(bundle.document, record))
    if faults:
        raise PlanFileError(faults)
    loading = _Loading(uow, bundle, record)
    loading.carry_out()
    loaded = loading.result(is_dry_run=dry_run)
    if dry_run:
        uow.session.rollback()
    return loaded


class _Loading:
    """One import. Its dictionaries hold the record's rows and, as they are made, the file's."""

    def __init__(self, uow: UnitOfWork, bundle: Bundle, record: Record) -> None:
        self._uow = uow
        self._bundle = bundle
        self._document = bundle.document
        self._record = record
        self._members = dict(record.members)
        self._teams = dict(record.teams)
        self._items = dict(record.items)
        self._plan = record.active_plan
        self._ledger = Ledger(uow, bundle.name)

    def carry_out(self) -> None:
        """Writes, in an order in which every id is there when it is needed."""
        # Reads stand at the beginning of each step, so no half-made row may be written by one of them.
        with self._uow.session.no_autoflush:
            self._put_plan()
            self._put_checkin()
            self._put_members()
            self._put_teams()
            load_memberships(self._uow, self._document, self._members, self._teams, self._ledger)
            load_absences(self._uow, self._document, self._members, self._ledger)
            for kind in _INSERT_ORDER:
                self._put_items(kind)
            self._put_upper_levels()
            self._put_readings()
            self._ledger.write_trail()
            self._uow.session.flush()

    def result(self, *, is_dry_run: bool) -> Loaded:
        return Loaded(
            counts=count_by_kind(self._ledger.outcomes()),
            changes=self._ledger.changes(self._shown),
            warnings=self._bundle.warnings,
            is_dry_run=is_dry_run,
        )

    def _put_plan(self) -> None:
        entry = self._document.plan
        if entry is None:
            return
        found = self._record.find_plan(entry.row.title, entry.row.starts)
        plan = self._ledger.put(
            Plan, found, "plan", entry.row.title, said=plan_columns(entry.row), defaults={}
        )
        if plan.state is PlanState.ACTIVE:
            for other in self._record.plans:
                if other is not plan and other.state is PlanState.ACTIVE:
                    self._ledger.change(other, "plan", other.title, {"state": PlanState.ARCHIVED})
        self._plan = plan
        self._uow.session.flush()

    def _put_checkin(self) -> None:
        entry = self._document.checkin
        if entry is None:
            return
        workspace = self._uow.session.get_one(Workspace, self._uow.workspace_id)
        self._ledger.change(workspace, "check-in", "settings", checkin_columns(entry.row))

    def _put_members(self) -> None:
        zone = self._plan.zone if self._plan else "UTC"
        for entry in self._document.people:
            row = self._members.get(entry.row.email)
            self._members[entry.row.email] = self._ledger.put(
                Member,
                row,
                "member",
                entry.row.email,
                said=person_columns(
                    entry.row,
                    is_linked=row is not None and row.slack_user_id is not None,
                    times_are_own=row is not None and row.times_are_own,
                ),
                defaults={"email": entry.row.email, "zone": zone},
            )
        self._uow.session.flush()

    def _put_teams(self) -> None:
        for entry in self._document.teams:
            row = self._teams.get(entry.row.name)
            said = team_columns(entry.row, self._member_id)
            if row is not None and said.get("channel", row.channel) != row.channel:
                # What Slack knew of the old channel does not hold for the new one.
                said |= {"channel_id": None, "channel_fault": None}
            self._teams[entry.row.name] = self._ledger.put(
                Team, row, "team", entry.row.name, said=said, defaults={"name": entry.row.name}
            )
        self._uow.session.flush()
        for entry in self._document.teams:
            if "parent" in entry.row.model_fields_set:
                parent = entry.row.parent
                said = {"parent_id": self._team_id(parent) if parent else None}
                self._ledger.change(self._teams[entry.row.name], "team", entry.row.name, said)

    def _put_items(self, kind: Kind) -> None:
        for entry in self._document.items:
            if entry.row.kind is kind:
                self._put_item(entry.row)
        self._uow.session.flush()

    def _put_item(self, row: ItemRow) -> None:
        said = item_columns(row, self._member_id, self._team_id, self._item_id)
        if row.kind is not Kind.ANNUAL_OBJECTIVE:
            said |= parent_columns(row, self._item_id)
        if self._document.plan is not None:
            said["plan_id"] = self._active_plan().id
        if isinstance(row, ObjectiveRow) and row.quarter:
            said["starts_on"], said["ends_on"] = quarter_days(self._active_plan().starts_on, row.quarter)
        self._items[row.ref] = self._ledger.put(
            ITEM_TABLES[row.kind],
            self._items.get(row.ref),
            str(row.kind),
            row.label,
            said=said,
            defaults={"number": row.ref[1], "plan_id": self._active_plan().id, **self._defaults(row)},
        )

    def _defaults(self, row: ItemRow) -> dict[str, Any]:
        """What a new row has where the file leaves it to the rules."""
        if row.kind is Kind.ANNUAL_OBJECTIVE:
            return {"starts_on": self._active_plan().starts_on, "ends_on": self._active_plan().ends_on}
        if isinstance(row, KpiRow):
            return {"direction": direction_of(row.baseline, row.target)}
        if isinstance(row, KeyResultRow):
            objective = self._items[row.parent] if row.parent else None
            kpi = self._items[row.kpi] if row.kpi else None
            return {
                "direction": direction_of(row.baseline, row.target),
                "unit": kpi.unit if isinstance(kpi, Kpi) else "",
                "due_on": objective.ends_on if isinstance(objective, Objective) else None,
            }
        return {}

    def _put_upper_levels(self) -> None:
        for entry in self._document.annual_objectives:
            self._ledger.change(
                self._items[entry.row.ref],
                str(entry.row.kind),
                entry.row.label,
                parent_columns(entry.row, self._item_id),
            )
        self._uow.session.flush()

    def _put_readings(self) -> None:
        measures = [(entry, self._item_id(entry.row.ref)) for entry in self._document.measures]
        if any(entry.row.readings for entry, _ in measures):
            month = self._active_plan().starts_on.month
            load_readings(self._uow, measures, month, self._ledger)

    def _member_id(self, email: str) -> int:
        return self._members[email].id

    def _team_id(self, name: str) -> int:
        return self._teams[name].id

    def _item_id(self, ref: Ref) -> int:
        return self._items[ref].id

    def _active_plan(self) -> Plan:
        if self._plan is None:
            raise NotFound("There is no plan yet. Begin the file with “plan:”.")
        return self._plan

    @cached_property
    def _names(self) -> dict[tuple[str, int], str]:
        """What people call the rows that others refer to, by kind and id."""
        plans = [*self._record.plans, *([self._plan] if self._plan else [])]
        return {
            **{("member", member.id): email for email, member in self._members.items()},
            **{("team", team.id): name for name, team in self._teams.items()},
            **{("plan", plan.id): plan.title for plan in plans},
            **{
                (kind, item.id): format_reference(kind, number)
                for (kind, number), item in self._items.items()
            },
        }

    def _shown(self, column: str, value: Any) -> str:
        """A column's value as the file would have it."""
        if value is None or value == "":
            return _NOTHING
        if column in _NAMED_BY:
            return self._names.get((_NAMED_BY[column], value), _NOTHING)
        return str(value)
