"""OKRs: objectives and their key results."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from storage.repositories.among import among
from storage.repositories.base import Repository
from storage.rules.errors import NotFound
from storage.rules.hierarchy import format_reference
from storage.rules.terms import Commitment, Direction, ItemState, Kind, PlanState
from storage.tables.okr import Dependency, Grade, KeyResult, Milestone, Objective
from storage.tables.plan import Plan


class KeyResultLine(NamedTuple):
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
    team_id: int | None
    starts_on: date
    ends_on: date
    active_on: date | None

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
    Objective.team_id,
    Objective.starts_on,
    Objective.ends_on,
    KeyResult.active_on,
)


_LINES = (
    select(*_LINE, col(Objective.number))
    .join(Objective, col(Objective.id) == col(KeyResult.objective_id))
    .join(Plan, col(Plan.id) == col(KeyResult.plan_id))
    .where(
        col(KeyResult.workspace_id) == bindparam("workspace_id"),
        col(KeyResult.state) == ItemState.ACTIVE,
        col(Objective.state) == ItemState.ACTIVE,
        col(Plan.state) == PlanState.ACTIVE,
    )
    .order_by(col(Objective.number), col(KeyResult.number))
)
# Two statements, each of which finds its rows by an index; with an OR between them all rows were read.
_LINES_OWNED = _LINES.where(among(col(KeyResult.owner_id), "owner_ids"))
_LINES_OF_NOBODY = _LINES.where(
    col(KeyResult.owner_id).is_(None), among(col(Objective.team_id), "orphans_of")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What is said of an objective beside its frame; `evidence` is where proof will come from, by key result.

    `impact`, `value`, `effort` and `risk` are 1 (little) to 5 (much).
    """

    impact: int | None = None
    value: int | None = None
    effort: int | None = None
    risk: int | None = None
    waste: str = ""
    customer_value: str = ""
    improvement: str = ""
    evidence: Mapping[int, str] = field(default_factory=dict)


class Ungraded(NamedTuple):
    """An active objective whose last day is over."""

    id: int
    number: int
    title: str
    owner_id: int
    ended_on: date


@dataclass(frozen=True, slots=True)
class DependencyLine:
    """A key result that needs another one, by their numbers."""

    id: int
    asking_number: int
    needs_number: int
    note: str
    confirmed_at: datetime | None
    declined_at: datetime | None


_UNGRADED = (
    select(
        col(Objective.id),
        col(Objective.number),
        col(Objective.title),
        col(Objective.owner_id),
        col(Objective.ends_on),
    )
    .join(Plan, col(Plan.id) == col(Objective.plan_id))
    .where(
        col(Objective.workspace_id) == bindparam("workspace_id"),
        among(col(Objective.owner_id), "owner_ids"),
        col(Objective.state) == ItemState.ACTIVE,
        col(Objective.ends_on) >= bindparam("first"),
        col(Objective.ends_on) <= bindparam("last"),
        col(Plan.state) == PlanState.ACTIVE,
    )
    .order_by(col(Objective.ends_on), col(Objective.number))
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
        statements: list[tuple[Any, dict[str, Any]]] = [(_LINES, {})]
        if owner_ids is not None:
            statements = [(_LINES_OWNED, {"owner_ids": owner_ids})] if owner_ids else []
            statements += [(_LINES_OF_NOBODY, {"orphans_of": orphans_of})] if orphans_of else []
        rows: list[Any] = []
        for statement, values in statements:
            then = statement
            if on is not None:
                then = statement.where(col(Objective.starts_on) <= on, col(Objective.ends_on) >= on)
            rows += self._columns(then, **values).all()
        if orphans_of:
            rows.sort(key=itemgetter(-1, 1))
        return [KeyResultLine(*row[:-1]) for row in rows]

    def get_objective(self, objective_id: int) -> Objective:
        """Raises NotFound."""
        return self._get(Objective, objective_id, "There is no such objective here.")

    def get_key_result(self, key_result_id: int) -> KeyResult:
        """Raises NotFound."""
        return self._get(KeyResult, key_result_id, "There is no such key result here.")

    def list_parts(self, objective_id: int) -> list[KeyResult]:
        """The key results of an objective, by number."""
        return list(
            self.session.execute(
                select(KeyResult)
                .where(
                    col(KeyResult.workspace_id) == self.workspace_id,
                    col(KeyResult.objective_id) == objective_id,
                )
                .order_by(col(KeyResult.number))
            ).scalars()
        )

    def read_wording(self, objective_id: int) -> Wording:
        """What is said of an objective and of where the proof of its key results will come from."""
        row = self.get_objective(objective_id)
        plans = self.session.execute(
            select(col(KeyResult.id), col(KeyResult.evidence_plan)).where(
                col(KeyResult.workspace_id) == self.workspace_id, col(KeyResult.objective_id) == objective_id
            )
        )
        return Wording(
            impact=row.impact,
            value=row.value,
            effort=row.effort,
            risk=row.risk,
            waste=row.waste,
            customer_value=row.customer_value,
            improvement=row.improvement,
            evidence={row.id: row.evidence_plan for row in plans},
        )

    def list_objective_grades(self) -> dict[int, Decimal]:
        """The grades of objectives, by row."""
        rows = self.session.execute(
            select(col(Grade.item_id), col(Grade.grade)).where(
                col(Grade.workspace_id) == self.workspace_id, col(Grade.kind) == Kind.OBJECTIVE
            )
        )
        return {row.item_id: row.grade for row in rows}

    def list_ungraded(self, first: date, last: date, owner_ids: Collection[int]) -> list[Ungraded]:
        """The active objectives of these people, in the active plan, that ended between two days."""
        rows = self._columns(_UNGRADED, owner_ids=owner_ids, first=first, last=last)
        return [Ungraded(*row) for row in rows]

    def has_committed(self, on: date) -> bool:
        """Whether a committed objective of the active plan runs on a day."""
        query = (
            select(col(Objective.id))
            .join(Plan, col(Plan.id) == col(Objective.plan_id))
            .where(
                col(Objective.workspace_id) == self.workspace_id,
                col(Objective.state) == ItemState.ACTIVE,
                col(Objective.commitment) == Commitment.COMMITTED,
                col(Objective.starts_on) <= on,
                col(Objective.ends_on) >= on,
                col(Plan.state) == PlanState.ACTIVE,
            )
        )
        return self.session.execute(query.limit(1)).first() is not None

    def find_grade(self, kind: Kind, item_id: int) -> Grade | None:
        """How an item was graded."""
        return self.session.execute(
            select(Grade).where(
                col(Grade.workspace_id) == self.workspace_id,
                col(Grade.kind) == kind,
                col(Grade.item_id) == item_id,
            )
        ).scalar_one_or_none()

    def find_last_lesson(self, team_ids: Collection[int]) -> str | None:
        """What was learned by the newest graded objective of some teams."""
        found: str | None = self.session.execute(
            select(col(Grade.lesson))
            .join(Objective, col(Objective.id) == col(Grade.item_id))
            .where(
                col(Grade.workspace_id) == self.workspace_id,
                col(Grade.kind) == Kind.OBJECTIVE,
                col(Grade.lesson) != "",
                col(Objective.team_id).in_(team_ids),
            )
            .order_by(col(Grade.graded_at).desc(), col(Grade.id).desc())
            .limit(1)
        ).scalar_one_or_none()
        return found

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

    def add_dependency(
        self,
        key_result_id: int,
        needs_id: int,
        *,
        note: str,
        asked_by_id: int,
        at: datetime,
        is_confirmed: bool,
    ) -> int | None:
        """The id of a new dependency; None where it is known already."""
        row = self._add_once(
            Dependency(
                workspace_id=self.workspace_id,
                key_result_id=key_result_id,
                needs_id=needs_id,
                note=note,
                asked_by_id=asked_by_id,
                asked_at=at,
                confirmed_at=at if is_confirmed else None,
            ),
            "key_result_id",
            "needs_id",
        )
        return None if row is None else row.id

    def get_dependency(self, dependency_id: int) -> DependencyLine:
        """Raises NotFound."""
        row = self.session.execute(
            self._dependencies().where(col(Dependency.id) == dependency_id)
        ).one_or_none()
        if row is None:
            raise NotFound("There is no such question here any more.")
        return DependencyLine(*row)

    def list_dependencies(self, key_result_id: int) -> list[DependencyLine]:
        """What a key result needs, and what needs it."""
        either = or_(
            col(Dependency.key_result_id) == key_result_id, col(Dependency.needs_id) == key_result_id
        )
        query = self._dependencies().where(either).order_by(col(Dependency.id))
        return [DependencyLine(*row) for row in self.session.execute(query)]

    def answer_dependency(self, dependency_id: int, *, yes: bool, at: datetime) -> None:
        """Raises NotFound."""
        row = self._get(Dependency, dependency_id, "There is no such question here any more.")
        row.confirmed_at, row.declined_at = (at, None) if yes else (None, at)
        self.session.flush()

    def _dependencies(self) -> Any:
        needs = aliased(KeyResult)
        return (
            select(
                col(Dependency.id),
                col(KeyResult.number),
                col(needs.number),
                col(Dependency.note),
                col(Dependency.confirmed_at),
                col(Dependency.declined_at),
            )
            .join(KeyResult, col(KeyResult.id) == col(Dependency.key_result_id))
            .join(needs, col(needs.id) == col(Dependency.needs_id))
            .where(col(Dependency.workspace_id) == self.workspace_id)
        )
