"""Readings of KPIs and of key results that measure none, and the figures that they make."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, func, insert, literal, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from storage.repositories.among import among
from storage.repositories.base import Repository
from storage.rules.periods import PeriodFigure, roll_up_readings
from storage.rules.terms import RollUp, Source
from storage.tables.columns import plain
from storage.tables.kpi import Kpi, Reading
from storage.tables.okr import KeyResult


class RecordedFigure(NamedTuple):
    """A reading: whose period, what, from where, by whom, when."""

    period_on: date
    value: Decimal
    source: Source
    member_id: int | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class ReadingLine:
    """One reading."""

    id: int
    period_on: date
    value: Decimal
    source: Source
    recorded_at: datetime


class StoredReading(NamedTuple):
    """A reading of a KPI that no correction has superseded."""

    id: int
    kpi_id: int
    period_on: date
    value: Decimal
    source: Source


def _newest(measure: str) -> Any:
    own = (
        col(Reading.workspace_id) == bindparam("workspace_id"),
        col(Reading.superseded_by_id).is_(None),
        getattr(Reading, measure) == bindparam("measure_id"),
    )
    periods = (
        select(col(Reading.period_on))
        .where(*own)
        .distinct()
        .order_by(col(Reading.period_on).desc())
        .limit(bindparam("periods"))
        .scalar_subquery()
    )
    return (
        select(col(Reading.period_on), col(Reading.value), col(Reading.recorded_at))
        .where(*own, col(Reading.period_on).in_(periods))
        .order_by(col(Reading.period_on).desc(), col(Reading.recorded_at), col(Reading.id))
    )


_ADD = insert(Reading).returning(col(Reading.id), sort_by_parameter_order=True)
_NEWEST = {measure: _newest(measure) for measure in ("kpi_id", "key_result_id")}
"""Made once: building a statement costs more than sending it."""


@cache
def _latest_statement(measure: type[Kpi] | type[KeyResult], which: str, periods: int) -> Any:
    """One index look-up a period, however long the history is."""
    name = "kpi_id" if measure is Kpi else "key_result_id"
    owner: ColumnElement[int | None] = getattr(Reading, name)
    how = col(Kpi.roll_up) if measure is Kpi else literal(RollUp.LAST)
    chosen = among(col(measure.id), "ids") if which == "ids" else col(measure.plan_id) == bindparam("plan_id")
    since = (
        select(
            col(measure.id).label("measure_id"),
            how.label("roll_up"),
            _nth_newest_period(measure, name, periods).label("since_on"),
        )
        .where(col(measure.workspace_id) == bindparam("workspace_id"), chosen)
        .subquery()
    )
    return (
        select(
            since.c.measure_id,
            since.c.roll_up,
            col(Reading.period_on),
            col(Reading.value),
            col(Reading.recorded_at),
        )
        .join(since, owner == since.c.measure_id)
        .where(
            col(Reading.workspace_id) == bindparam("workspace_id"),
            col(Reading.superseded_by_id).is_(None),
            col(Reading.period_on) >= since.c.since_on,
        )
        .order_by(
            since.c.measure_id, col(Reading.period_on).desc(), col(Reading.recorded_at), col(Reading.id)
        )
    )


def _nth_newest_period(measure: type[Kpi] | type[KeyResult], owner: str, periods: int) -> ColumnElement[date]:
    """The first day of the n-th newest period with a figure, or of the oldest where there are fewer."""
    bounds: list[ColumnElement[date]] = []
    for _ in range(periods):
        older = aliased(Reading)
        query = select(col(older.period_on)).where(
            col(older.workspace_id) == bindparam("workspace_id"),
            getattr(older, owner) == measure.id,
            col(older.superseded_by_id).is_(None),
        )
        if bounds:
            query = query.where(col(older.period_on) < bounds[-1])
        newest = query.order_by(col(older.period_on).desc()).limit(1)
        bounds.append(newest.correlate(measure).scalar_subquery())
    return func.coalesce(*reversed(bounds)) if len(bounds) > 1 else bounds[0]


class Readings(Repository):
    """Readings of a workspace."""

    def latest_of_kpis(self, kpi_ids: Collection[int], *, periods: int = 2) -> dict[int, list[PeriodFigure]]:
        """The figures of the newest periods that have one, newest first, by KPI."""
        return self._latest_of(Kpi, kpi_ids, periods)

    def latest_of_key_results(
        self, key_result_ids: Collection[int], *, periods: int = 2
    ) -> dict[int, list[PeriodFigure]]:
        """As `latest_of_kpis`, for key results that measure no KPI."""
        return self._latest_of(KeyResult, key_result_ids, periods)

    def latest_in_plan(
        self, plan_id: int, *, periods: int = 2
    ) -> tuple[dict[int, list[PeriodFigure]], dict[int, list[PeriodFigure]]]:
        """As both of the above, for every KPI and every key result of a plan that has a figure."""
        return (
            self._latest(Kpi, "plan_id", plan_id, periods),
            self._latest(KeyResult, "plan_id", plan_id, periods),
        )

    def known_in_plan(
        self, plan_id: int, at: datetime, *, periods: int = 2
    ) -> tuple[dict[int, list[PeriodFigure]], dict[int, list[PeriodFigure]]]:
        """As `latest_in_plan`, by what was recorded before an instant: later corrections do not count."""
        return self._known(Kpi, plan_id, at, periods), self._known(KeyResult, plan_id, at, periods)

    def newest_figures(
        self,
        *,
        kpi_id: int | None = None,
        key_result_id: int | None = None,
        how: RollUp = RollUp.LAST,
        periods: int,
    ) -> list[PeriodFigure]:
        """As `latest_of_kpis`, for one measure and more periods, by a plainer query."""
        measure_id = key_result_id if kpi_id is None else kpi_id
        rows = self._send(
            _NEWEST["key_result_id" if kpi_id is None else "kpi_id"],
            {"workspace_id": self.workspace_id, "measure_id": measure_id, "periods": periods},
        )
        found = []
        for period_on, readings in groupby(rows, key=lambda row: row.period_on):
            values = list(readings)
            value = plain(roll_up_readings([row.value for row in values], how))
            found.append(PeriodFigure(period_on, value, values[-1].recorded_at))
        return found

    def figures_between(
        self, kpi_ids: Collection[int], first: date, before: date
    ) -> dict[int, list[Decimal]]:
        """The figures of the periods that begin in a stretch of days, oldest first, by KPI."""
        found = self.periods_between(kpi_ids, first, before)
        return {kpi_id: [figure.value for figure in figures] for kpi_id, figures in found.items()}

    def periods_between(
        self, kpi_ids: Collection[int], first: date, before: date
    ) -> dict[int, list[PeriodFigure]]:
        """As `figures_between`, with the periods that they are of."""
        rows = self.session.execute(
            select(
                col(Reading.kpi_id),
                col(Kpi.roll_up),
                col(Reading.period_on),
                col(Reading.value),
                col(Reading.recorded_at),
            )
            .join(Kpi, col(Kpi.id) == col(Reading.kpi_id))
            .where(
                col(Reading.workspace_id) == self.workspace_id,
                col(Reading.kpi_id).in_(kpi_ids),
                col(Reading.superseded_by_id).is_(None),
                col(Reading.period_on) >= first,
                col(Reading.period_on) < before,
            )
            .order_by(col(Reading.kpi_id), col(Reading.period_on), col(Reading.recorded_at), col(Reading.id))
        )
        found: dict[int, list[PeriodFigure]] = {}
        for (kpi_id, how, period_on), readings in groupby(rows, key=lambda row: (row[0], row[1], row[2])):
            together = list(readings)
            value = roll_up_readings([one.value for one in together], RollUp(how))
            found.setdefault(kpi_id, []).append(PeriodFigure(period_on, value, together[-1].recorded_at))
        return found

    def list_recorded(
        self,
        *,
        kpi_id: int | None = None,
        key_result_id: int | None = None,
        most: int,
        before: datetime | None,
    ) -> list[RecordedFigure]:
        """The newest readings of one measure that no correction had superseded, newest period first.

        Args:
            before: as they stood at that instant; None for now.
        """
        newer = aliased(Reading)
        query = (
            select(
                col(Reading.period_on),
                col(Reading.value),
                col(Reading.source),
                col(Reading.member_id),
                col(Reading.recorded_at),
            )
            .outerjoin(newer, self._supersedes(newer))
            .where(
                col(Reading.workspace_id) == self.workspace_id,
                col(Reading.kpi_id) == kpi_id
                if kpi_id is not None
                else col(Reading.key_result_id) == key_result_id,
            )
            .order_by(col(Reading.period_on).desc(), col(Reading.recorded_at).desc(), col(Reading.id).desc())
            .limit(most)
        )
        if before is None:
            query = query.where(col(Reading.superseded_by_id).is_(None))
        else:
            query = query.where(
                col(Reading.recorded_at) < before,
                or_(col(Reading.superseded_by_id).is_(None), col(newer.recorded_at) >= before),
            )
        return [RecordedFigure(*row) for row in self.session.execute(query)]

    def list_lines(self, kpi_id: int, *, limit: int, before: int | None = None) -> list[ReadingLine]:
        """A KPI's readings that count, the newest first; with `before` those recorded before that one."""
        query = (
            select(
                col(Reading.id),
                col(Reading.period_on),
                col(Reading.value),
                col(Reading.source),
                col(Reading.recorded_at),
            )
            .where(
                col(Reading.workspace_id) == self.workspace_id,
                col(Reading.kpi_id) == kpi_id,
                col(Reading.superseded_by_id).is_(None),
            )
            .order_by(col(Reading.id).desc())
            .limit(limit)
        )
        if before is not None:
            query = query.where(col(Reading.id) < before)
        return [ReadingLine(*row) for row in self.session.execute(query)]

    def list_stored(self, kpi_ids: Collection[int], first: date, last: date) -> list[StoredReading]:
        """What counts of some KPIs in the periods that begin between two days, in the order of recording."""
        rows = self.session.execute(
            select(
                col(Reading.id),
                col(Reading.kpi_id),
                col(Reading.period_on),
                col(Reading.value),
                col(Reading.source),
            )
            .where(
                col(Reading.workspace_id) == self.workspace_id,
                col(Reading.kpi_id).in_(kpi_ids),
                col(Reading.period_on) >= first,
                col(Reading.period_on) <= last,
                col(Reading.superseded_by_id).is_(None),
            )
            .order_by(col(Reading.recorded_at), col(Reading.id))
        )
        return [
            StoredReading(row.id, row.kpi_id, row.period_on, plain(row.value), row.source) for row in rows
        ]

    def find_sources(self, kpi_ids: Collection[int]) -> dict[int, Source]:
        """Where each KPI's newest figure came from."""
        if not kpi_ids:
            return {}
        newest = (
            select(func.max(col(Reading.id)))
            .where(
                col(Reading.workspace_id) == self.workspace_id,
                col(Reading.kpi_id).in_(kpi_ids),
                col(Reading.superseded_by_id).is_(None),
            )
            .group_by(col(Reading.kpi_id))
        )
        rows = self.session.execute(
            select(col(Reading.kpi_id), col(Reading.source)).where(
                col(Reading.workspace_id) == self.workspace_id, col(Reading.id).in_(newest)
            )
        )
        return {row.kpi_id: row.source for row in rows}

    def add_many(self, readings: Sequence[dict[str, Any]]) -> list[int]:
        """Many readings, given by their columns, in one statement; their ids, in the same order."""
        rows = [{**reading, "workspace_id": self.workspace_id} for reading in readings]
        return list(self.session.execute(_ADD, rows).scalars())

    def correct(self, corrections: Sequence[tuple[int, dict[str, Any]]]) -> None:
        """Adds each reading, given by its columns, in the place of the one with that id."""
        new = [Reading(workspace_id=self.workspace_id, **reading) for _, reading in corrections]
        self.session.add_all(new)
        self.session.flush()
        statement = (
            update(Reading)
            .where(col(Reading.workspace_id) == self.workspace_id, col(Reading.id) == bindparam("old_id"))
            .values(superseded_by_id=bindparam("new_id"))
        )
        pairs = [
            {"old_id": old_id, "new_id": reading.id}
            for (old_id, _), reading in zip(corrections, new, strict=True)
        ]
        if pairs:
            self.session.connection().execute(statement, pairs)

    def supersede(self, reading_id: int, by_id: int) -> None:
        """Marks a reading as corrected by another; by itself, it counts nowhere any more."""
        self._get(Reading, reading_id, "There is no such reading.").superseded_by_id = by_id

    def supersede_all(self, reading_ids: Collection[int], by_id: int) -> None:
        """Marks readings as corrected by another."""
        if reading_ids:
            self.session.execute(
                update(Reading)
                .where(col(Reading.workspace_id) == self.workspace_id, col(Reading.id).in_(reading_ids))
                .values(superseded_by_id=by_id)
            )

    def _supersedes(self, newer: type[Reading]) -> ColumnElement[bool]:
        """What ties a reading to the one that corrects it."""
        return and_(
            col(newer.id) == col(Reading.superseded_by_id), col(newer.workspace_id) == self.workspace_id
        )

    def _known(
        self, measure: type[Kpi] | type[KeyResult], plan_id: int, at: datetime, periods: int
    ) -> dict[int, list[PeriodFigure]]:
        newer = aliased(Reading)
        owner = col(Reading.kpi_id if measure is Kpi else Reading.key_result_id)
        how: Any = col(Kpi.roll_up) if measure is Kpi else literal(RollUp.LAST)
        query = (
            select(
                owner.label("measure_id"),
                how.label("roll_up"),
                col(Reading.period_on),
                col(Reading.value),
                col(Reading.recorded_at),
            )
            .join(measure, col(measure.id) == owner)
            .outerjoin(newer, self._supersedes(newer))
            .where(
                col(Reading.workspace_id) == self.workspace_id,
                col(measure.plan_id) == plan_id,
                col(Reading.recorded_at) < at,
                or_(col(Reading.superseded_by_id).is_(None), col(newer.recorded_at) >= at),
            )
            .order_by(owner, col(Reading.period_on).desc(), col(Reading.recorded_at), col(Reading.id))
        )
        found: dict[int, list[PeriodFigure]] = {}
        for (measure_id, how_rolled, period_on), readings in groupby(
            self.session.execute(query), key=lambda row: (row.measure_id, row.roll_up, row.period_on)
        ):
            figures = found.setdefault(measure_id, [])
            if len(figures) < periods:
                rows = list(readings)
                value = roll_up_readings([row.value for row in rows], RollUp(how_rolled))
                figures.append(PeriodFigure(period_on, plain(value), rows[-1].recorded_at))
        return found

    def _latest_of(
        self, measure: type[Kpi] | type[KeyResult], ids: Collection[int], periods: int
    ) -> dict[int, list[PeriodFigure]]:
        """With an empty list for those that have no figure."""
        found: dict[int, list[PeriodFigure]] = {measure_id: [] for measure_id in ids}
        return found | self._latest(measure, "ids", ids, periods) if found else {}

    def _latest(
        self,
        measure: type[Kpi] | type[KeyResult],
        which: str,
        value: Collection[int] | int,
        periods: int,
    ) -> dict[int, list[PeriodFigure]]:
        """By row id of the measure.

        Args:
            which: "ids" or "plan_id", and `value` the ids of the measures or that of their plan.
        """
        found: dict[int, list[PeriodFigure]] = {}
        rows = self._columns(_latest_statement(measure, which, periods), **{which: value})
        # By place and not by name, which a plan of thousands of measures would feel.
        for (measure_id, how, period_on), readings in groupby(rows, key=itemgetter(0, 1, 2)):
            values = []
            for reading in readings:
                values.append(reading[3])
            figure = PeriodFigure(period_on, plain(roll_up_readings(values, RollUp(how))), reading[4])
            found.setdefault(measure_id, []).append(figure)
        return found
