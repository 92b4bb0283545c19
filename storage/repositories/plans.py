"""The plan, its items by reference, and everything of it at once for a plan file."""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import bindparam, func, update
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from storage.repositories.base import Repository
from storage.rules.errors import NotFound
from storage.rules.hierarchy import Ref, format_reference
from storage.rules.terms import ItemState, Kind, PlanState
from storage.tables.kpi import Kpi
from storage.tables.member import Absence, Member
from storage.tables.okr import KeyResult, Objective
from storage.tables.plan import AnnualObjective, Breakthrough, Driver, Initiative, Plan, PlanItem
from storage.tables.team import Team, TeamMember
from storage.tables.workspace import Workspace

ITEM_TABLES: dict[Kind, type[PlanItem]] = {
    Kind.DRIVER: Driver,
    Kind.BREAKTHROUGH: Breakthrough,
    Kind.ANNUAL_OBJECTIVE: AnnualObjective,
    Kind.OBJECTIVE: Objective,
    Kind.KEY_RESULT: KeyResult,
    Kind.KPI: Kpi,
    Kind.INITIATIVE: Initiative,
}
"""Where the items of each kind are kept."""

PARENT_COLUMNS: dict[Kind, dict[Kind, str]] = {
    Kind.BREAKTHROUGH: {Kind.DRIVER: "driver_id"},
    Kind.ANNUAL_OBJECTIVE: {
        Kind.BREAKTHROUGH: "breakthrough_id",
        Kind.ANNUAL_OBJECTIVE: "upper_id",
        Kind.INITIATIVE: "initiative_id",
    },
    Kind.OBJECTIVE: {Kind.ANNUAL_OBJECTIVE: "annual_objective_id"},
    Kind.KEY_RESULT: {Kind.OBJECTIVE: "objective_id"},
    Kind.INITIATIVE: {Kind.ANNUAL_OBJECTIVE: "annual_objective_id", Kind.OBJECTIVE: "objective_id"},
}
"""Which column of a child names its parent, by the parent's kind; at most one is filled."""


@dataclass(frozen=True, slots=True)
class Record:
    """What a workspace holds of its plan: rows by the names that a plan file has for them."""

    plans: tuple[Plan, ...] = ()
    members: dict[str, Member] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    items: dict[Ref, PlanItem] = field(default_factory=dict)
    revision: int = field(default=0, compare=False)
    """The workspace's `plan_revision`: with the same one, and as many rows, it is the same record."""

    @property
    def version(self) -> tuple[int, ...]:
        """The same where nothing that a plan file may name has changed."""
        return self.revision, len(self.plans), len(self.members), len(self.teams), len(self.items)

    @property
    def active_plan(self) -> Plan | None:
        return next((plan for plan in self.plans if plan.state is PlanState.ACTIVE), None)

    def find_plan(self, title: str, starts_on: date) -> Plan | None:
        """The plan of that title, else the active one of that year, which then has a new title."""
        for plan in self.plans:
            if plan.title == title:
                return plan
        active = self.active_plan
        return active if active is not None and active.starts_on == starts_on else None


# Made once: building a statement costs more than sending it, and every change of an item asks these.
_LAST_NUMBERS = {
    kind: select_columns(func.max(col(table.number))).where(
        col(table.workspace_id) == bindparam("workspace_id")
    )
    for kind, table in ITEM_TABLES.items()
}
_PLAN_IDS = {
    kind: select_columns(col(table.plan_id)).where(
        col(table.workspace_id) == bindparam("workspace_id"), col(table.number) == bindparam("number")
    )
    for kind, table in ITEM_TABLES.items()
}
# FOR NO KEY UPDATE on PostgreSQL: whoever has added a row shares the workspace's key already, and two that
# then asked for a full lock would wait for each other until one is ended.
_LOCK = (
    select_columns(col(Workspace.id))
    .where(col(Workspace.id) == bindparam("workspace_id"))
    .with_for_update(key_share=True)
)


class Plans(Repository):
    """Plans of a workspace and their items."""

    def find_active(self) -> Plan | None:
        return self.session.exec(
            select(Plan).where(Plan.workspace_id == self.workspace_id, Plan.state == PlanState.ACTIVE)
        ).first()

    def get_active(self) -> Plan:
        """Raises NotFound if the workspace has no active plan."""
        plan = self.find_active()
        if plan is None:
            raise NotFound("There is no plan yet. Import one, or start with the worked example.")
        return plan

    def find_closed_on(self, on: date) -> Plan | None:
        """The archived plan whose year a day lies in."""
        return self.session.exec(
            select(Plan)
            .where(
                Plan.workspace_id == self.workspace_id,
                Plan.state == PlanState.ARCHIVED,
                Plan.starts_on <= on,
                Plan.ends_on >= on,
            )
            .limit(1)
        ).first()

    def get(self, plan_id: int) -> Plan:
        """Raises NotFound if there is none in this workspace."""
        return self._get(Plan, plan_id, "There is no such plan any more.")

    def list_all(self) -> list[Plan]:
        """Every plan, the latest year first."""
        return list(
            self.session.exec(
                select(Plan)
                .where(Plan.workspace_id == self.workspace_id)
                .order_by(col(Plan.starts_on).desc(), col(Plan.id).desc())
            )
        )

    def find_item(self, kind: Kind, number: int) -> PlanItem | None:
        """The item of that reference; None too for kinds that are not part of the plan."""
        table = ITEM_TABLES.get(kind)
        if table is None:
            return None
        return self.session.exec(
            select(table).where(table.workspace_id == self.workspace_id, table.number == number)
        ).one_or_none()

    def get_item(self, kind: Kind, number: int) -> PlanItem:
        """Raises NotFound if there is none in this workspace."""
        item = self.find_item(kind, number)
        if item is None:
            raise NotFound(f"There is no {format_reference(kind, number)} here. Check the reference.")
        return item

    def find_plan_id(self, kind: Kind, number: int) -> int | None:
        """The plan that an item is in."""
        if kind not in _PLAN_IDS:
            return None
        found: int | None = self._columns(_PLAN_IDS[kind], number=number).scalar_one_or_none()
        return found

    def next_number(self, kind: Kind) -> int:
        """The number of the next new item of a kind: one more than was ever given, in any plan."""
        last: int | None = self._columns(_LAST_NUMBERS[kind]).scalar_one()
        return (last or 0) + 1

    def list_continued(self, kind: Kind, plan_id: int) -> list[tuple[int, int]]:
        """(id in the earlier plan, id in this one) of the items that were carried over into a plan."""
        table = ITEM_TABLES[kind]
        rows = self.session.execute(
            select_columns(col(table.continues_id), col(table.id)).where(
                col(table.workspace_id) == self.workspace_id,
                col(table.plan_id) == plan_id,
                col(table.continues_id).is_not(None),
            )
        )
        return [(earlier, own) for earlier, own in rows]

    def date_active(self, plan_id: int, on: date) -> None:
        """Says of a plan's active key results and KPIs that they became active on a day."""
        for table in (KeyResult, Kpi):
            self.session.execute(
                update(table)
                .where(
                    col(table.workspace_id) == self.workspace_id,
                    col(table.plan_id) == plan_id,
                    col(table.state) == ItemState.ACTIVE,
                )
                .values(active_on=on)
            )

    def lock(self) -> None:
        """Makes changes of one workspace's plans come one after the other, until this transaction ends."""
        self._columns(_LOCK)

    def record(self) -> Record:
        """Everything that a plan file may name, in one query a table."""
        plans = select(Plan).where(Plan.workspace_id == self.workspace_id).order_by(col(Plan.id))
        members = select(Member).where(
            Member.workspace_id == self.workspace_id, col(Member.email).is_not(None)
        )
        teams = select(Team).where(Team.workspace_id == self.workspace_id)
        return Record(
            plans=tuple(self.session.exec(plans)),
            members={(member.email or "").lower(): member for member in self.session.exec(members)},
            teams={team.name: team for team in self.session.exec(teams)},
            items={
                (kind, item.number): item
                for kind, table in ITEM_TABLES.items()
                for item in self.session.exec(select(table).where(table.workspace_id == self.workspace_id))
            },
            revision=self.session.get_one(Workspace, self.workspace_id).plan_revision,
        )

    def list_memberships(self) -> list[TeamMember]:
        return list(self.session.exec(select(TeamMember).where(TeamMember.workspace_id == self.workspace_id)))

    def list_absences(self) -> list[Absence]:
        return list(self.session.exec(select(Absence).where(Absence.workspace_id == self.workspace_id)))
