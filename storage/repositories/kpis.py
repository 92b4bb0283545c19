"""KPIs, with their other names and what they are planned to be month by month."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any

from sqlalchemy import Select, bindparam, delete, select, update
from sqlmodel import col

from storage.repositories.among import among
from storage.repositories.base import Repository, insert_once
from storage.rules.hierarchy import format_reference
from storage.rules.terms import Direction, Frequency, ItemState, Kind, PlanState, RollUp
from storage.tables.kpi import Kpi, KpiAlias, KpiPlan
from storage.tables.plan import Plan


@dataclass(frozen=True, slots=True)
class KpiLine:
    """A KPI; `starts_on` and `ends_on` are its plan's, the fiscal year."""

    id: int
    number: int
    title: str
    owner_id: int | None
    team_id: int | None
    unit: str
    direction: Direction
    baseline: Decimal | None
    target: Decimal | None
    band_low: Decimal | None
    band_high: Decimal | None
    frequency: Frequency
    roll_up: RollUp
    starts_on: date
    ends_on: date
    active_on: date | None

    @property
    def reference(self) -> str:
        return format_reference(Kind.KPI, self.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiFrame:
    """A KPI as machines see it, in the active plan; also where it is closed."""

    id: int
    number: int
    title: str
    state: ItemState
    is_restricted: bool
    unit: str
    direction: Direction
    baseline: Decimal | None
    target: Decimal | None
    band_low: Decimal | None
    band_high: Decimal | None
    frequency: Frequency
    roll_up: RollUp
    plan_starts_on: date
    zone: str

    @property
    def reference(self) -> str:
        return format_reference(Kind.KPI, self.number)


_LINE: tuple[Any, ...] = (
    Kpi.id,
    Kpi.number,
    Kpi.title,
    Kpi.owner_id,
    Kpi.team_id,
    Kpi.unit,
    Kpi.direction,
    Kpi.baseline,
    Kpi.target,
    Kpi.band_low,
    Kpi.band_high,
    Kpi.frequency,
    Kpi.roll_up,
    Plan.starts_on,
    Plan.ends_on,
    Kpi.active_on,
)


def _lines() -> Any:
    return (
        select(*_LINE)
        .join(Plan, col(Plan.id) == col(Kpi.plan_id))
        .where(
            col(Kpi.workspace_id) == bindparam("workspace_id"),
            col(Kpi.state) == ItemState.ACTIVE,
            col(Plan.state) == PlanState.ACTIVE,
        )
        .order_by(col(Kpi.number))
    )


_LINES = _lines()
_LINES_NAMED = _LINES.where(among(col(Kpi.id), "ids"))
# Two statements, each of which finds its rows by an index; with an OR between them all rows were read.
_LINES_OWNED = _LINES.where(among(col(Kpi.owner_id), "owner_ids"))
_LINES_OF_NOBODY = _LINES.where(col(Kpi.owner_id).is_(None), among(col(Kpi.team_id), "orphans_of"))


class Kpis(Repository):
    """KPIs of a workspace."""

    def list_lines(
        self,
        *,
        ids: Collection[int] | None = None,
        owner_ids: Collection[int] | None = None,
        orphans_of: Collection[int] = (),
    ) -> list[KpiLine]:
        """The active KPIs of the active plan, by number: all, those named, or those of some owners, with the
        ones of the teams `orphans_of` that have none."""
        statements: list[tuple[Any, dict[str, Any]]] = [(_LINES, {})]
        if ids is not None:
            statements = [(_LINES_NAMED, {"ids": ids})] if ids else []
        elif owner_ids is not None:
            statements = [(_LINES_OWNED, {"owner_ids": owner_ids})] if owner_ids else []
            statements += [(_LINES_OF_NOBODY, {"orphans_of": orphans_of})] if orphans_of else []
        lines = [
            KpiLine(*row) for statement, values in statements for row in self._columns(statement, **values)
        ]
        return sorted(lines, key=attrgetter("number")) if orphans_of else lines

    def list_frames(self) -> list[KpiFrame]:
        """The KPIs of the active plan that are not archived, by number."""
        return [KpiFrame(**row) for row in self.session.execute(self._frames()).mappings()]

    def find_frame(self, number: int) -> KpiFrame | None:
        """One of them."""
        row = self.session.execute(self._frames().where(col(Kpi.number) == number)).mappings().one_or_none()
        return None if row is None else KpiFrame(**row)

    def add_alias(self, kpi_id: int, name: str) -> bool:
        """Gives a KPI another name; False where the workspace has that name already."""
        values = {"workspace_id": self.workspace_id, "kpi_id": kpi_id, "name": name}
        return (
            insert_once(self.session, KpiAlias, values, ("workspace_id", "name"), col(KpiAlias.id))
            is not None
        )

    def remove_alias(self, kpi_id: int, name: str) -> None:
        self.session.execute(
            delete(KpiAlias).where(
                col(KpiAlias.workspace_id) == self.workspace_id,
                col(KpiAlias.kpi_id) == kpi_id,
                col(KpiAlias.name) == name,
            )
        )

    def move_aliases(self, from_id: int, to_id: int) -> None:
        """The names follow a KPI into the plan that continues it."""
        self.session.execute(
            update(KpiAlias)
            .where(col(KpiAlias.workspace_id) == self.workspace_id, col(KpiAlias.kpi_id) == from_id)
            .values(kpi_id=to_id)
        )

    def monthly_plan(self, kpi_id: int) -> dict[date, Decimal]:
        """What a KPI is planned to be, by the first day of the month."""
        rows = self.session.execute(
            select(col(KpiPlan.month_on), col(KpiPlan.value))
            .where(col(KpiPlan.workspace_id) == self.workspace_id, col(KpiPlan.kpi_id) == kpi_id)
            .order_by(col(KpiPlan.month_on))
        )
        return {row.month_on: row.value for row in rows}

    def monthly_plans(self, kpi_ids: Collection[int]) -> dict[int, dict[date, Decimal]]:
        """As `monthly_plan`, of several; those without a plan have no entry."""
        rows = self.session.execute(
            select(col(KpiPlan.kpi_id), col(KpiPlan.month_on), col(KpiPlan.value))
            .where(col(KpiPlan.workspace_id) == self.workspace_id, col(KpiPlan.kpi_id).in_(kpi_ids))
            .order_by(col(KpiPlan.kpi_id), col(KpiPlan.month_on))
        )
        found: dict[int, dict[date, Decimal]] = {}
        for kpi_id, month_on, value in rows:
            found.setdefault(kpi_id, {})[month_on] = value
        return found

    def plans_of_month(self, kpi_ids: Collection[int], month_on: date) -> dict[int, Decimal]:
        """What KPIs are planned to be in one month, by KPI; without those that have no plan of it."""
        rows = self.session.execute(
            select(col(KpiPlan.kpi_id), col(KpiPlan.value)).where(
                col(KpiPlan.workspace_id) == self.workspace_id,
                col(KpiPlan.month_on) == month_on,
                col(KpiPlan.kpi_id).in_(kpi_ids),
            )
        )
        return {row.kpi_id: row.value for row in rows}

    def put_monthly_plan(self, kpi_id: int, values: Mapping[date, Decimal | None]) -> None:
        """Sets the plan of some months; None takes a month's away."""
        self.session.execute(
            delete(KpiPlan).where(
                col(KpiPlan.workspace_id) == self.workspace_id,
                col(KpiPlan.kpi_id) == kpi_id,
                col(KpiPlan.month_on).in_(values),
            )
        )
        for month, value in values.items():
            if value is not None:
                self.add(KpiPlan(workspace_id=self.workspace_id, kpi_id=kpi_id, month_on=month, value=value))

    def _frames(self) -> Select[Any]:
        names = ("id", "number", "title", "state", "is_restricted", "unit", "direction", "baseline", "target")
        more = ("band_low", "band_high", "frequency", "roll_up")
        columns = [getattr(Kpi, name) for name in (*names, *more)]
        return (
            select(*columns, col(Plan.starts_on).label("plan_starts_on"), col(Plan.zone))
            .join(Plan, col(Plan.id) == col(Kpi.plan_id))
            .where(
                col(Kpi.workspace_id) == self.workspace_id,
                col(Kpi.state) != ItemState.ARCHIVED,
                col(Plan.state) == PlanState.ACTIVE,
            )
            .order_by(col(Kpi.number))
        )
