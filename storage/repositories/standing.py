"""What "where I stand" needs beside the figures: one query a question, however many items there are."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlmodel import col

from storage.repositories.base import Repository
from storage.rules.terms import ItemState, Kind, PlanState, PromptState
from storage.tables.checkin import CheckinPrompt, Schedule
from storage.tables.okr import Objective, Report
from storage.tables.plan import AnnualObjective, Initiative, Plan
from storage.tables.team import Team


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """The active plan, as far as everyone may know it."""

    title: str
    vision: str
    starts_on: date
    zone: str


@dataclass(frozen=True, slots=True)
class InitiativeLine:
    """An initiative; `progress` is the share that is done, as its owner last said."""

    id: int
    number: int
    title: str
    team_id: int | None
    starts_on: date | None
    due_on: date | None
    progress: Decimal | None
    annual_number: int | None
    annual_title: str | None


@dataclass(frozen=True, slots=True)
class LastAnswer:
    """What was last said about an item beside its figure."""

    confidence: int | None
    confidence_before: int | None
    note: str
    answered_at: datetime


class Standings(Repository):
    """Reads for the Home tab and the bare `/hoshin`."""

    def find_plan(self) -> PlanFacts | None:
        """The active plan."""
        row = self.session.execute(
            select(col(Plan.title), col(Plan.vision), col(Plan.starts_on), col(Plan.zone))
            .where(col(Plan.workspace_id) == self.workspace_id, col(Plan.state) == PlanState.ACTIVE)
            .order_by(col(Plan.id).desc())
        ).first()
        return None if row is None else PlanFacts(*row)

    def list_initiatives(self, owner_id: int) -> list[InitiativeLine]:
        """The active initiatives of one owner in the active plan, by number."""
        rows = self.session.execute(
            select(
                col(Initiative.id),
                col(Initiative.number),
                col(Initiative.title),
                col(Initiative.team_id),
                col(Initiative.starts_on),
                col(Initiative.due_on),
                col(Initiative.progress),
                col(AnnualObjective.number),
                col(AnnualObjective.title),
            )
            .join(Plan, col(Plan.id) == col(Initiative.plan_id))
            .outerjoin(AnnualObjective, col(AnnualObjective.id) == col(Initiative.annual_objective_id))
            .where(
                col(Initiative.workspace_id) == self.workspace_id,
                col(Initiative.owner_id) == owner_id,
                col(Initiative.state) == ItemState.ACTIVE,
                col(Plan.state) == PlanState.ACTIVE,
            )
            .order_by(col(Initiative.number))
        )
        return [InitiativeLine(*row) for row in rows]

    def annual_objectives_above(self, objective_ids: Collection[int]) -> dict[int, tuple[int, str]]:
        """(number, title) of the annual objective that an objective serves, where it has one."""
        rows = self.session.execute(
            select(col(Objective.id), col(AnnualObjective.number), col(AnnualObjective.title))
            .join(AnnualObjective, col(AnnualObjective.id) == col(Objective.annual_objective_id))
            .where(col(Objective.workspace_id) == self.workspace_id, col(Objective.id).in_(objective_ids))
        )
        return {objective_id: (number, title) for objective_id, number, title in rows}

    def team_names(self, team_ids: Collection[int]) -> dict[int, str]:
        rows = self.session.execute(
            select(col(Team.id), col(Team.name)).where(
                col(Team.workspace_id) == self.workspace_id, col(Team.id).in_(team_ids)
            )
        )
        return {row.id: row.name for row in rows}

    def last_answers(self, member_id: int) -> dict[tuple[Kind, int], LastAnswer]:
        """The member's newest answer about each item, by (kind, item id)."""
        newest_first = (col(Report.reported_at).desc(), col(Report.id).desc())
        item = (col(Report.kind), col(Report.item_id))
        reports = (
            select(
                *item,
                col(Report.confidence),
                col(Report.confidence_before),
                col(Report.note),
                col(Report.reported_at),
                func.row_number().over(partition_by=item, order_by=newest_first).label("age"),
            )
            .where(
                col(Report.workspace_id) == self.workspace_id,
                col(Report.member_id) == member_id,
                col(Report.withdrawn_at).is_(None),
            )
            .subquery()
        )
        rows = self.session.execute(select(reports).where(reports.c.age == 1))
        return {
            (row.kind, row.item_id): LastAnswer(
                row.confidence, row.confidence_before, row.note, row.reported_at
            )
            for row in rows
        }

    def find_next_due_at(self, member_id: int) -> datetime | None:
        """When the member is next due to be asked."""
        return self.session.execute(
            select(col(Schedule.next_due_at)).where(
                col(Schedule.workspace_id) == self.workspace_id, col(Schedule.member_id) == member_id
            )
        ).scalar_one_or_none()

    def find_asked_until(self, member_id: int) -> datetime | None:
        """When the check-in closes that the member was asked for and has not answered yet."""
        found: datetime | None = self.session.execute(
            select(func.max(col(CheckinPrompt.closes_at))).where(
                col(CheckinPrompt.workspace_id) == self.workspace_id,
                col(CheckinPrompt.member_id) == member_id,
                col(CheckinPrompt.state) == PromptState.ASKED,
            )
        ).scalar_one()
        return found

    def find_next_prompt_at(self, after: datetime) -> datetime | None:
        """When somebody is next due to be asked, later than that."""
        found: datetime | None = self.session.execute(
            select(func.min(col(Schedule.next_due_at))).where(
                col(Schedule.workspace_id) == self.workspace_id, col(Schedule.next_due_at) > after
            )
        ).scalar_one()
        return found

    def has_answered(self, member_id: int) -> bool:
        """Whether the member ever answered a check-in."""
        found = self.session.execute(
            select(col(CheckinPrompt.id))
            .where(
                col(CheckinPrompt.workspace_id) == self.workspace_id,
                col(CheckinPrompt.member_id) == member_id,
                col(CheckinPrompt.state) == PromptState.ANSWERED,
            )
            .limit(1)
        ).first()
        return found is not None
