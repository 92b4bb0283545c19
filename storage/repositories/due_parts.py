"""What of the plan a check-in asks about beside figures: steps, and annual objectives that have ended."""

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, func, or_
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from storage.repositories.among import among
from storage.repositories.base import Repository
from storage.rules.terms import ItemState, PlanState
from storage.tables.checkin import (
    CheckinAnswer,
    CheckinQuestion,
)
from storage.tables.plan import AnnualObjective, Initiative, Plan, Step


class StepDue(NamedTuple):
    """A step of an initiative that is open and due; one without an owner is the initiative's owner's, and
    where there is none either, the lead of its team answers for it."""

    id: int
    title: str
    owner_id: int | None
    team_id: int | None
    due_on: date
    initiative_id: int
    initiative_number: int
    initiative_title: str


class Ended(NamedTuple):
    """An annual objective whose time is over; where it has no owner, its team's lead answers for it."""

    id: int
    number: int
    title: str
    owner_id: int | None
    team_id: int | None
    ended_on: date


_STEP_OWNER = func.coalesce(Step.owner_id, Initiative.owner_id)
_STEPS_DUE = (
    select_columns(
        col(Step.id),
        col(Step.title),
        _STEP_OWNER,
        col(Initiative.team_id),
        col(Step.due_on),
        col(Initiative.id),
        col(Initiative.number),
        col(Initiative.title),
    )
    .join(Initiative, col(Initiative.id) == col(Step.initiative_id))
    .join(Plan, col(Plan.id) == col(Initiative.plan_id))
    .where(
        col(Step.workspace_id) == bindparam("workspace_id"),
        col(Step.due_on) <= bindparam("until"),
        col(Step.done_at).is_(None),
        col(Step.is_archived).is_(False),
        col(Initiative.state) == ItemState.ACTIVE,
        col(Plan.state) == PlanState.ACTIVE,
    )
    .order_by(col(Step.due_on), col(Step.id))
)
_STEPS_DUE_OF = _STEPS_DUE.where(
    or_(
        among(_STEP_OWNER, "owner_ids"),
        and_(_STEP_OWNER.is_(None), among(col(Initiative.team_id), "orphans_of")),
    )
)


class DueParts(Repository):
    """Parts of the plan of a workspace that are due."""

    def list_step_owners(self, step_ids: Collection[int]) -> dict[int, int]:
        """Whose these steps are, by step; without those of nobody."""
        rows = self.session.execute(
            select_columns(col(Step.id), _STEP_OWNER)
            .join(Initiative, col(Initiative.id) == col(Step.initiative_id))
            .where(
                col(Step.workspace_id) == self.workspace_id,
                col(Step.id).in_(step_ids),
                _STEP_OWNER.is_not(None),
            )
        )
        return dict(rows.all())

    def list_steps(
        self, owner_ids: Collection[int] | None, until: date, *, orphans_of: Collection[int] = ()
    ) -> list[StepDue]:
        """The open steps of these people (None: of everyone) that are due by a day, in the active plan, the
        oldest date first; with those that belong to nobody, of the initiatives of the teams `orphans_of`."""
        statement = _STEPS_DUE
        values: dict[str, Any] = {"workspace_id": self.workspace_id, "until": until}
        if owner_ids is not None:
            statement = _STEPS_DUE_OF
            values |= {"owner_ids": owner_ids, "orphans_of": orphans_of}
        return [StepDue(*row) for row in self._send(statement, values)]

    def list_ended(
        self, first: date, last: date, owner_ids: Collection[int], *, orphans_of: Collection[int] = ()
    ) -> list[Ended]:
        """Annual objectives that ended between two days, are not archived, and of which nobody has said in a
        check-in how they went: of these people, and those without an owner of the teams `orphans_of`."""
        orphans = and_(col(AnnualObjective.owner_id).is_(None), col(AnnualObjective.team_id).in_(orphans_of))
        told = (
            select(CheckinQuestion.id)
            .join(CheckinAnswer, col(CheckinAnswer.question_id) == col(CheckinQuestion.id))
            .where(
                CheckinQuestion.workspace_id == self.workspace_id,
                CheckinQuestion.asks == "annual review",
                col(CheckinQuestion.item_id) == col(AnnualObjective.id),
                col(CheckinQuestion.due_on) == col(AnnualObjective.ends_on),
            )
            .correlate(AnnualObjective)
            .exists()
        )
        rows = self.session.exec(
            select(AnnualObjective)
            .where(
                AnnualObjective.workspace_id == self.workspace_id,
                or_(col(AnnualObjective.owner_id).in_(owner_ids), orphans),
                ~told,
                col(AnnualObjective.state).in_((ItemState.ACTIVE, ItemState.CLOSED)),
                AnnualObjective.ends_on >= first,
                AnnualObjective.ends_on <= last,
            )
            .order_by(col(AnnualObjective.number))
        )
        return [Ended(row.id, row.number, row.title, row.owner_id, row.team_id, row.ends_on) for row in rows]
