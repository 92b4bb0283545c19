"""OKRs: objectives and their key results."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlmodel import col

from storage.repositories.base import Repository
from storage.rules.hierarchy import format_reference
from storage.rules.terms import Direction, FollowTopic, ItemState, Kind, PlanState
from storage.tables.member import Follow
from storage.tables.okr import KeyResult, Milestone, Objective
from storage.tables.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyResultLine:
    """A key result with what its objective says about it; `starts_on` and `ends_on` are the objective's."""

    id: int
    number: int
    title: str
    owner_id: int | None
    kpi_id: int | None
    unit: str
    direction: Direction
    baseline: Decimal
    target: Decimal
    band_low: Decimal | None
    band_high: Decimal | None
    due_on: date
    objective_id: int
    objective_number: int
    objective_title: str
    team_id: int | None
    starts_on: date
    ends_on: date

    @property
    def reference(self) -> str:
        return format_reference(Kind.KEY_RESULT, self.number)


_LINE: tuple[Any, ...] = (
    KeyResult.id,
    KeyResult.number,
    KeyResult.title,
    KeyResult.owner_id,
    KeyResult.kpi_id,
    KeyResult.unit,
    KeyResult.direction,
    KeyResult.baseline,
    KeyResult.target,
    KeyResult.band_low,
    KeyResult.band_high,
    KeyResult.due_on,
    col(Objective.id).label("objective_id"),
    col(Objective.number).label("objective_number"),
    col(Objective.title).label("objective_title"),
    Objective.team_id,
    Objective.starts_on,
    Objective.ends_on,
)


class Okrs(Repository):
    """OKRs of a workspace."""

    def list_key_results(
        self,
        *,
        owner_ids: Collection[int] | None = None,
        orphans_of: Collection[int] = (),
        on: date | None = None,
    ) -> list[KeyResultLine]:
        """The active key results of active objectives of the active plan, objective by objective.

        Args:
            owner_ids: only theirs.
            orphans_of: with `owner_ids`, also those of these teams that have no owner.
            on: only those whose objective's dates contain that day.
        """
        query = (
            select(*_LINE)
            .join(Objective, col(Objective.id) == col(KeyResult.objective_id))
            .join(Plan, col(Plan.id) == col(KeyResult.plan_id))
            .where(
                col(KeyResult.workspace_id) == self.workspace_id,
                col(KeyResult.state) == ItemState.ACTIVE,
                col(Objective.state) == ItemState.ACTIVE,
                col(Plan.state) == PlanState.ACTIVE,
            )
            .order_by(col(Objective.number), col(KeyResult.number))
        )
        if owner_ids is not None:
            orphans = and_(col(KeyResult.owner_id).is_(None), col(Objective.team_id).in_(orphans_of))
            query = query.where(or_(col(KeyResult.owner_id).in_(owner_ids), orphans))
        if on is not None:
            query = query.where(col(Objective.starts_on) <= on, col(Objective.ends_on) >= on)
        return [KeyResultLine(**row) for row in self.session.execute(query).mappings()]

    def list_milestones(self, key_result_id: int) -> list[Milestone]:
        """The milestones of a key result, in their order."""
        return list(
            self.session.execute(
                select(Milestone)
                .where(
                    col(Milestone.workspace_id) == self.workspace_id,
                    col(Milestone.key_result_id) == key_result_id,
                )
                .order_by(col(Milestone.number))
            ).scalars()
        )

    def list_followed(self, member_id: int) -> set[tuple[str, int]]:
        """The items that a member follows, by kind and row."""
        rows = self.session.execute(
            select(col(Follow.kind), col(Follow.topic_id)).where(*self._follows(member_id))
        )
        return {(kind, item_id) for kind, item_id in rows}

    def follow(self, member_id: int, kind: Kind, item_id: int, *, on: bool) -> None:
        """Puts an item into a member's list, or takes it out; twice is the same as once."""
        if on:
            row = Follow(
                workspace_id=self.workspace_id,
                member_id=member_id,
                topic=FollowTopic.ITEM,
                kind=kind.value,
                topic_id=item_id,
            )
            self._add_once(row, "member_id", "topic", "kind", "topic_id")
            return
        self.session.execute(
            delete(Follow).where(
                *self._follows(member_id), col(Follow.kind) == kind.value, col(Follow.topic_id) == item_id
            )
        )

    def _follows(self, member_id: int) -> tuple[ColumnElement[bool], ...]:
        return (
            col(Follow.workspace_id) == self.workspace_id,
            col(Follow.member_id) == member_id,
            col(Follow.topic) == FollowTopic.ITEM,
        )
