"""When people are next due to be asked."""

from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, func, or_, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from storage.repositories.base import Repository
from storage.rules.terms import ItemState
from storage.tables.checkin import Schedule
from storage.tables.kpi import Kpi
from storage.tables.member import Absence, Member
from storage.tables.okr import KeyResult, Objective
from storage.tables.plan import AnnualObjective, Initiative, Step
from storage.tables.team import Team, TeamMember

# Made once, since every tick and every look send them.
_OF_MEMBER = select(Schedule).where(
    Schedule.workspace_id == bindparam("workspace_id"), Schedule.member_id == bindparam("member_id")
)
_DUE_AT = select_columns(col(Schedule.next_due_at)).where(
    col(Schedule.workspace_id) == bindparam("workspace_id"),
    col(Schedule.member_id) == bindparam("member_id"),
)
_NEXT_DUE_AT = select_columns(func.min(Schedule.next_due_at)).where(
    col(Schedule.workspace_id) == bindparam("workspace_id")
)

_ASKED_ABOUT: tuple[type[KeyResult | Kpi | Objective | AnnualObjective], ...] = (
    KeyResult,
    Kpi,
    Objective,
    AnnualObjective,
)
"""Objectives are graded by their owners, annual ones looked back on before the review of the year."""


class Schedules(Repository):
    """A row a person.

    Args:
        remembers: what was looked up is known for as long as this lives, as in work that writes nothing.
    """

    def __init__(self, session: Session, workspace_id: int, *, remembers: bool = False) -> None:
        super().__init__(session, workspace_id)
        self._remembers = remembers
        self._due_at: dict[int, datetime | None] = {}

    def find(self, member_id: int) -> Schedule | None:
        whose = {"workspace_id": self.workspace_id, "member_id": member_id}
        return self.session.exec(_OF_MEMBER, params=whose).one_or_none()

    def find_due_at(self, member_id: int) -> datetime | None:
        """When the member is next due to be asked; None where they are not asked."""
        if not self._remembers or member_id not in self._due_at:
            self._due_at[member_id] = self._columns(_DUE_AT, member_id=member_id).scalar_one_or_none()
        return self._due_at[member_id]

    def compute_anew(self, member_id: int) -> None:
        """Says that the person's row follows from what no longer holds, such as other days away."""
        self.session.execute(
            update(Schedule)
            .where(col(Schedule.workspace_id) == self.workspace_id, col(Schedule.member_id) == member_id)
            .values(rules="")
        )

    def list_unscheduled(self, limit: int) -> list[Member]:
        """Those who can be reached, belong somewhere, may have something to answer, and have no row yet.

        Somewhere is a home team, or a team that they lead; something is an item of their own that is asked
        about at some time, a step to be done, or, for leads and deputies, what is of one who cannot answer.
        """
        scheduled = (
            select(Schedule.member_id).where(Schedule.workspace_id == self.workspace_id).scalar_subquery()
        )
        leads = self._leads()
        query = (
            select(Member)
            .where(
                Member.workspace_id == self.workspace_id,
                col(Member.slack_user_id).is_not(None),
                col(Member.is_deactivated).is_(False),
                col(Member.id).not_in(scheduled),
                or_(self._has_home(), leads),
                or_(*map(self._owns, _ASKED_ABOUT), self._has_steps(), leads, self._stands_in()),
            )
            .order_by(col(Member.id))
            .limit(limit)
        )
        return list(self.session.exec(query))

    def list_outdated(self, rules: str, limit: int) -> list[tuple[Schedule, Member]]:
        """Rows that were computed for another zone, other work days or another start than the member's, or by
        other `rules` (`storage.working.rules_fingerprint`)."""
        query = (
            select(Schedule, Member)
            .join(Member, col(Member.id) == col(Schedule.member_id))
            .where(
                Schedule.workspace_id == self.workspace_id,
                or_(
                    col(Schedule.rules) != rules,
                    col(Schedule.zone) != col(Member.zone),
                    col(Schedule.work_days) != col(Member.work_days),
                    col(Schedule.start_hour) != col(Member.start_hour),
                ),
            )
            .order_by(col(Schedule.id))
            .limit(limit)
            .with_for_update(of=Schedule, skip_locked=True)
        )
        return [(schedule, member) for schedule, member in self.session.exec(query)]

    def put(self, schedule: Schedule) -> None:
        """Adds the row unless the member has one."""
        self._add_once(schedule, "member_id")

    def find_next_due_at(self) -> datetime | None:
        """The earliest of all."""
        found: datetime | None = self._columns(_NEXT_DUE_AT).scalar_one()
        return found

    def _has_home(self) -> ColumnElement[bool]:
        return (
            select(TeamMember.id)
            .where(
                TeamMember.workspace_id == self.workspace_id,
                col(TeamMember.member_id) == col(Member.id),
                col(TeamMember.is_home),
            )
            .correlate(Member)
            .exists()
        )

    def _stands_in(self) -> ColumnElement[bool]:
        """Someone's deputy, now or later: one whose time is over does no harm."""
        return (
            select(Absence.id)
            .where(Absence.workspace_id == self.workspace_id, col(Absence.deputy_id) == col(Member.id))
            .correlate(Member)
            .exists()
        )

    def _leads(self) -> ColumnElement[bool]:
        return (
            select(Team.id)
            .where(Team.workspace_id == self.workspace_id, col(Team.lead_id) == col(Member.id))
            .correlate(Member)
            .exists()
        )

    def _has_steps(self) -> ColumnElement[bool]:
        """Of initiatives that run, whoever they belong to."""
        return (
            select(Step.id)
            .join(Initiative, col(Initiative.id) == col(Step.initiative_id))
            .where(
                Step.workspace_id == self.workspace_id,
                func.coalesce(Step.owner_id, Initiative.owner_id) == col(Member.id),
                col(Step.done_at).is_(None),
                col(Step.is_archived).is_(False),
                Initiative.state == ItemState.ACTIVE,
            )
            .correlate(Member)
            .exists()
        )

    def _owns(self, table: type[KeyResult | Kpi | Objective | AnnualObjective]) -> ColumnElement[bool]:
        return (
            select(table.id)
            .where(
                table.workspace_id == self.workspace_id,
                col(table.owner_id) == col(Member.id),
                col(table.state) == ItemState.ACTIVE,
            )
            .correlate(Member)
            .exists()
        )
