"""A plan file into the record: all of it in one transaction, and nothing where nothing differs."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from storage.bundle.changes import Loaded, count_by_kind
from storage.bundle.checks import check
from storage.bundle.collector import collecting_later
from storage.bundle.columns import (
    as_fields,
    calendar_columns,
    checkin_columns,
    direction_of,
    item_columns,
    parent_columns,
    person_columns,
    plan_columns,
    team_columns,
)
from storage.bundle.document import Entry
from storage.bundle.faults import PlanFileError, refusals
from storage.bundle.item_rows import ItemRow, KeyResultRow, KpiRow, MeasureRow, ObjectiveRow
from storage.bundle.ledger import Ledger
from storage.bundle.membership import load_absences, load_memberships
from storage.bundle.parts import PartsLoader
from storage.bundle.reading import Bundle
from storage.bundle.readings import ReadingLoader
from storage.bundle.rows import PlanRow, ThresholdRow
from storage.bundle.trail import Names, load_changes, name_everything
from storage.bundle.values import quarter_days
from storage.database import UnitOfWork
from storage.editing.activity import date_activity
from storage.repositories.chores import HANDOVERS
from storage.repositories.plans import ITEM_TABLES, Record
from storage.rules import thresholds
from storage.rules.errors import Invalid, InvalidFields, NotFound
from storage.rules.hierarchy import Ref, format_reference
from storage.rules.terms import Kind, PlanState
from storage.tables.kpi import Kpi
from storage.tables.member import DayOff, Member
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
}
_ITEM_KINDS = {str(kind): kind for kind in _INSERT_ORDER}
_NOTHING = "—"
_MOST_NAMED = 5


LONGEST_REASON = 900


def load(
    uow: UnitOfWork, bundle: Bundle, *, dry_run: bool = False, by: int | None = None, reason: str = ""
) -> Loaded:
    """Brings the record to what the file says. What the file leaves out stays.

    Everything is one transaction; `dry_run` rolls it back, so that the result says what would happen.

    Args:
        by: the member who loads it, for the trail; None where it was done at the command line.
        reason: why it changes what was agreed, where it does so in the middle of its time; a dry run tells of
            what (`moved`) and asks for none.

    Raises:
        Invalid: a reason is wanted, or is too long (field "reason"). Nothing was written.
        PlanFileError: the file names what neither it nor the record has. Nothing was written.
    """
    with collecting_later():
        record = uow.plans.record()
        if bundle.checked_against != record.version:
            faults = refusals(check(bundle.document, record))
            if faults:
                raise PlanFileError(faults)
        loading = _Loading(uow, bundle, record, by)
        loading.carry_out(reason.strip(), wants_reason=not dry_run)
        uow.chores.poke(uow.now, HANDOVERS)
        loaded = loading.result(is_dry_run=dry_run)
    if dry_run:
        uow.session.rollback()
    return loaded


def _check_reason(reason: str, moved: Sequence[str]) -> None:
    """Raises Invalid where what was agreed changes in the middle of its time and nobody says why."""
    if len(reason) > LONGEST_REASON:
        raise Invalid(
            f"The reason has {len(reason)} characters, and {LONGEST_REASON} fit. Shorten it.", field="reason"
        )
    if moved and not reason:
        named = ", ".join(moved[:_MOST_NAMED]) + (" and others" if len(moved) > _MOST_NAMED else "")
        raise Invalid(
            f"This changes what was agreed of {named}, in the middle of its time, so nothing was loaded. Say "
            "in a sentence why; the reason stands in the history of each.",
            field="reason",
        )


class _Loading:
    """One import. Its dictionaries hold the record's rows and, as they are made, the file's."""

    def __init__(self, uow: UnitOfWork, bundle: Bundle, record: Record, by: int | None) -> None:
        self._uow = uow
        self._bundle = bundle
        self._document = bundle.document
        self._record = record
        self._members = dict(record.members)
        self._teams = dict(record.teams)
        self._items = dict(record.items)
        self._plan = record.active_plan
        self._plans = {plan.title: plan for plan in record.plans}
        self._ledger = Ledger(uow, bundle.name, by)
        self._moved: tuple[str, ...] = ()

    def carry_out(self, reason: str, *, wants_reason: bool) -> None:
        """Writes, in an order in which every id is there when it is needed.

        Raises:
            Invalid: there is no reason where one is wanted.
        """
        # Reads stand at the beginning of each step, so no half-made row may be written by one of them.
        with self._uow.session.no_autoflush:
            self._put_plans()
            self._put_checkin()
            self._put_members()
            self._put_teams()
            load_memberships(self._uow, self._document, self._members, self._teams, self._ledger)
            load_absences(self._uow, self._document, self._members, self._ledger)
            for kind in _INSERT_ORDER:
                self._put_items(kind)
            self._put_upper_levels()
            self._put_continuations()
            PartsLoader(self._uow, self._document, self._items, self._members, self._ledger).load()
            self._put_readings()
            self._ledger.flush()
            load_changes(self._uow, self._document, self._read_names, self._ledger)
            self._moved = self._ledger.moved(self._as_fields, self._today())
            if wants_reason:
                _check_reason(reason, self._moved)
            self._ledger.write_trail(
                self._as_fields,
                moved=self._moved,
                reason=reason,
                brings_history=bool(self._document.changes),
                begins=not self._record.plans,
            )
            self._ledger.flush()
            self._uow.narrowed |= self._ledger.narrowed
            if self._ledger.has_added:
                # What counts the plan's changes watches the session. At the end, since others wait for it.
                self._uow.strategies.count_change()

    def result(self, *, is_dry_run: bool) -> Loaded:
        return Loaded(
            counts=count_by_kind(self._ledger.outcomes()),
            changes=self._ledger.changes(self._as_fields, self._shown),
            warnings=self._bundle.warnings,
            is_dry_run=is_dry_run,
            moved=self._moved,
        )

    def _today(self) -> date:
        """In the plan's own zone, as the forms reckon."""
        zone = self._plan.zone if self._plan is not None else "UTC"
        return self._uow.now.astimezone(ZoneInfo(zone)).date()

    def _put_plans(self) -> None:
        """The plan that the file is about, and its other versions."""
        for entry in self._document.plans:
            known = self._plans.get(entry.row.title)
            self._put_plan(entry.row, known, {"state": PlanState.DRAFT})
        if self._document.plan is not None:
            row = self._document.plan.row
            self._plan = self._put_plan(row, self._record.find_plan(row.title, row.starts), {})
        self._ledger.flush()
        for entry in self._document.every_plan:
            if "continues" in entry.row.model_fields_set:
                said = entry.row.continues
                earlier = self._plans[said].id if said is not None else None
                self._ledger.change(
                    self._plans[entry.row.title], "plan", entry.row.title, {"continues_id": earlier}
                )

    def _put_plan(self, row: PlanRow, known: Plan | None, defaults: Mapping[str, Any]) -> Plan:
        plan = self._ledger.put(Plan, known, "plan", row.title, said=plan_columns(row), defaults=defaults)
        if plan.state is PlanState.ACTIVE:
            for other in self._record.plans:
                if other is not plan and other.state is PlanState.ACTIVE:
                    self._ledger.change(other, "plan", other.title, {"state": PlanState.ARCHIVED})
        self._plans[row.title] = plan
        return plan

    def _put_checkin(self) -> None:
        workspace = self._uow.session.get_one(Workspace, self._uow.workspace_id)
        said = checkin_columns(self._document.checkin.row) if self._document.checkin else {}
        if self._document.calendar is not None:
            said |= calendar_columns(self._document.calendar.row)
        if self._document.thresholds is not None:
            said["thresholds"] = self._thresholds(workspace, self._document.thresholds)
        usual_days = workspace.work_days
        if said:
            self._ledger.change(workspace, "settings", "of the workspace", said)
        self._uow.members.follow_work_days(usual_days, workspace.work_days)
        self._put_days_off()

    def _put_days_off(self) -> None:
        known = {row.off_on: row for row in self._uow.members.list_days_off()}
        for entry in self._document.days_off:
            on = entry.row.day
            said = {"title": entry.row.title} if "title" in entry.row.model_fields_set else {}
            self._ledger.put(
                DayOff, known.get(on), "day off", str(on), said=said, defaults={"off_on": on, "title": ""}
            )

    def _thresholds(self, workspace: Workspace, entry: Entry[ThresholdRow]) -> dict[str, str] | None:
        """What the workspace has set for itself, with what the file says."""
        try:
            figures = {**thresholds.settled(workspace.thresholds), **entry.row.said}
            return thresholds.changed(figures) or None
        except InvalidFields as error:
            raise PlanFileError(
                [
                    self._document.source.fault((*entry.path, name), f"thresholds, {name}: {sentence}")
                    for name, sentence in error.sentences.items()
                ]
            ) from None

    def _put_members(self) -> None:
        zone, usual_days = self._plan.zone if self._plan else "UTC", self._uow.settings.get().work_days
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
                defaults={"email": entry.row.email, "zone": zone, "work_days": usual_days},
            )
        self._ledger.flush()

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
        self._ledger.flush()
        for entry in self._document.teams:
            if "parent" in entry.row.model_fields_set:
                parent = entry.row.parent
                said = {"parent_id": self._team_id(parent) if parent else None}
                self._ledger.change(self._teams[entry.row.name], "team", entry.row.name, said)

    def _put_items(self, kind: Kind) -> None:
        for entry in self._document.items:
            if entry.row.kind is kind:
                self._put_item(entry.row)
        self._ledger.flush()

    def _put_item(self, row: ItemRow) -> None:
        said = item_columns(row, self._member_id, self._team_id, self._item_id)
        if row.kind is not Kind.ANNUAL_OBJECTIVE:
            said |= parent_columns(row, self._item_id)
        plan = self._plan_of(row)
        if self._document.plan is not None or row.plan is not None:
            said["plan_id"] = plan.id
        if isinstance(row, ObjectiveRow) and row.quarter:
            said["starts_on"], said["ends_on"] = quarter_days(plan.starts_on, row.quarter)
        known = self._items.get(row.ref)
        before = known.state if known is not None else None
        item = self._ledger.put(
            ITEM_TABLES[row.kind],
            known,
            str(row.kind),
            row.label,
            said=said,
            defaults={"number": row.ref[1], "plan_id": plan.id, **self._defaults(row, plan)},
        )
        # What comes with figures began before the file.
        if row.ref not in self._measured:
            date_activity(item, before, plan, self._uow.now)
        self._items[row.ref] = item

    @cached_property
    def _measured(self) -> frozenset[Ref]:
        """What the file has figures of."""
        inline = (
            entry.row.ref
            for entry in self._document.items
            if isinstance(entry.row, MeasureRow) and entry.row.readings
        )
        return frozenset((*inline, *(entry.row.of for entry in self._document.readings)))

    def _defaults(self, row: ItemRow, plan: Plan) -> dict[str, Any]:
        """What a new row has where the file leaves it to the rules."""
        if row.kind is Kind.ANNUAL_OBJECTIVE:
            return {"starts_on": plan.starts_on, "ends_on": plan.ends_on}
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
        self._ledger.flush()

    def _put_continuations(self) -> None:
        """Which item of an earlier plan each was carried over from."""
        for entry in self._document.items:
            row = entry.row
            if "continues" in row.model_fields_set:
                earlier = self._item_id(row.continues) if row.continues else None
                self._ledger.change(self._items[row.ref], str(row.kind), row.label, {"continues_id": earlier})

    def _put_readings(self) -> None:
        month = self._plan.starts_on.month if self._plan else 1
        ReadingLoader(self._uow, self._document, self._items, self._members, self._ledger).load(month)

    def _member_id(self, email: str) -> int:
        return self._members[email].id

    def _team_id(self, name: str) -> int:
        return self._teams[name].id

    def _item_id(self, ref: Ref) -> int:
        return self._items[ref].id

    def _plan_of(self, row: ItemRow) -> Plan:
        """The version that an item belongs to: the one it names, else the file's, else the active one."""
        if row.plan is not None:
            return self._plans[row.plan]
        if self._plan is None:
            raise NotFound("There is no plan yet. Begin the file with “plan:”.")
        return self._plan

    @cached_property
    def _names(self) -> dict[tuple[str, int], str]:
        """What people call the rows that others refer to, by kind and id."""
        plans = [*self._record.plans, *self._plans.values()]
        return {
            **{("member", member.id): email for email, member in self._members.items()},
            **{("team", team.id): name for name, team in self._teams.items()},
            **{("plan", plan.id): plan.title for plan in plans},
            **{
                (kind, item.id): format_reference(kind, number)
                for (kind, number), item in self._items.items()
            },
        }

    def _as_fields(self, kind: str, columns: Mapping[str, Any]) -> dict[str, Any]:
        """Columns by the names that the trail and the report have for them."""
        if kind not in _ITEM_KINDS:
            return dict(columns)
        return as_fields(_ITEM_KINDS[kind], columns, lambda of, row_id: self._names[of, row_id])

    def _read_names(self) -> Names:
        return name_everything(self._uow, self._uow.plans.record())

    def _shown(self, column: str, value: Any) -> str:
        """A column's value as the file would have it."""
        if value is None or value == "":
            return _NOTHING
        if isinstance(value, dict):
            return ", ".join(f"{key[:7]}: {self._shown(key, one)}" for key, one in value.items())
        if isinstance(value, list):
            return ", ".join(self._names.get(("member", one), str(one)) for one in value)
        if column in _NAMED_BY:
            return self._names.get((_NAMED_BY[column], value), _NOTHING)
        return str(value)
