"""KPIs, and the readings of KPIs and key results."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped
from sqlmodel import col

from storage.repositories.base import Repository
from storage.rules.hierarchy import format_reference
from storage.rules.terms import Direction, Frequency, ItemState, Kind, PlanState
from storage.tables.kpi import Kpi, Reading
from storage.tables.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
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
    starts_on: date
    ends_on: date

    @property
    def reference(self) -> str:
        return format_reference(Kind.KPI, self.number)


@dataclass(frozen=True, slots=True)
class PeriodFigure:
    """A period's figure: the last reading in it that no correction has superseded."""

    period_on: date
    value: Decimal
    recorded_at: datetime


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
    Plan.starts_on,
    Plan.ends_on,
)


class Kpis(Repository):
    """KPIs and readings of a workspace."""

    def list_lines(
        self, *, ids: Collection[int] | None = None, owner_ids: Collection[int] | None = None
    ) -> list[KpiLine]:
        """The active KPIs of the active plan, by number: all, those named, or those of some owners."""
        query = (
            select(*_LINE)
            .join(Plan, col(Plan.id) == col(Kpi.plan_id))
            .where(
                col(Kpi.workspace_id) == self.workspace_id,
                col(Kpi.state) == ItemState.ACTIVE,
                col(Plan.state) == PlanState.ACTIVE,
            )
            .order_by(col(Kpi.number))
        )
        if ids is not None:
            query = query.where(col(Kpi.id).in_(ids))
        if owner_ids is not None:
            query = query.where(col(Kpi.owner_id).in_(owner_ids))
        return [KpiLine(**row) for row in self.session.execute(query).mappings()]

    def latest_of_kpis(self, kpi_ids: Collection[int], *, periods: int = 2) -> dict[int, list[PeriodFigure]]:
        """The figures of the newest periods that have one, newest first, by KPI."""
        return self._latest(col(Reading.kpi_id), kpi_ids, periods)

    def latest_of_key_results(
        self, key_result_ids: Collection[int], *, periods: int = 2
    ) -> dict[int, list[PeriodFigure]]:
        """As `latest_of_kpis`, for key results that measure no KPI."""
        return self._latest(col(Reading.key_result_id), key_result_ids, periods)

    def supersede(self, reading_id: int, by: Reading) -> None:
        """Marks a reading as corrected by another, which must have its id already."""
        self._get(Reading, reading_id, "There is no such reading.").superseded_by_id = by.id

    def _latest(
        self, measure: Mapped[int | None], ids: Collection[int], periods: int
    ) -> dict[int, list[PeriodFigure]]:
        found: dict[int, list[PeriodFigure]] = {measure_id: [] for measure_id in ids}
        if not found:
            return found
        newest_first = (col(Reading.recorded_at).desc(), col(Reading.id).desc())
        in_period = (
            select(
                measure.label("measure_id"),
                col(Reading.period_on),
                col(Reading.value),
                col(Reading.recorded_at),
                func.row_number()
                .over(partition_by=(measure, col(Reading.period_on)), order_by=newest_first)
                .label("place"),
            )
            .where(
                col(Reading.workspace_id) == self.workspace_id,
                measure.in_(found),
                col(Reading.superseded_by_id).is_(None),
            )
            .subquery()
        )
        last = (
            select(
                in_period,
                func.row_number()
                .over(partition_by=in_period.c.measure_id, order_by=in_period.c.period_on.desc())
                .label("age"),
            )
            .where(in_period.c.place == 1)
            .subquery()
        )
        query = select(last).where(last.c.age <= periods).order_by(last.c.measure_id, last.c.age)
        for row in self.session.execute(query):
            found[row.measure_id].append(PeriodFigure(row.period_on, row.value, row.recorded_at))
        return found
