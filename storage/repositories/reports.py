"""What people said of key results and KPIs: figures, confidence, notes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlmodel import col

from storage.repositories.among import among
from storage.repositories.base import Repository
from storage.rules.scoring import confidence_trail
from storage.rules.terms import Kind, Source
from storage.tables.kpi import Reading
from storage.tables.member import Member
from storage.tables.okr import Report

REMEMBERED = 10
"""How many reports are looked back over: people leave out what they said before."""


@dataclass(frozen=True, slots=True)
class LastSaid:
    """What was last said about an item: the newest confidence and the newest note, each on its own."""

    confidence: int | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """One report as a history shows it; `name` is empty where it came from no person."""

    id: int
    reported_at: datetime
    member_id: int | None
    name: str
    source: Source
    value: Decimal | None
    value_before: Decimal | None
    confidence: int | None
    confidence_before: int | None
    note: str
    link: str


SENT_BY = (Source.API, Source.CSV)
"""Where readings come from without anybody saying a word about them."""


class SentReading(NamedTuple):
    """A reading that nobody said anything of: a system sent it or a file brought it."""

    recorded_at: datetime
    source: Source
    name: str
    period_on: date
    value: Decimal


def _last_said() -> Any:
    newest = (
        select(
            col(Report.item_id),
            col(Report.confidence),
            col(Report.note),
            func.row_number()
            .over(
                partition_by=col(Report.item_id),
                order_by=(col(Report.reported_at).desc(), col(Report.id).desc()),
            )
            .label("age"),
        )
        .where(
            col(Report.workspace_id) == bindparam("workspace_id"),
            col(Report.kind) == bindparam("kind"),
            among(col(Report.item_id), "ids"),
            col(Report.withdrawn_at).is_(None),
        )
        .subquery()
    )
    return select(newest).where(newest.c.age <= REMEMBERED).order_by(newest.c.age)


_LAST_SAID = _last_said()


class Reports(Repository):
    """Reports of a workspace; those that were undone or corrected are left out everywhere."""

    def get(self, report_id: int) -> Report:
        """Raises NotFound."""
        return self._get(Report, report_id, "There is no such update. It may have been corrected since.")

    def find_for_question(self, question_id: int) -> Report | None:
        """The answer to a check-in's question."""
        return self.session.execute(
            select(Report).where(
                col(Report.workspace_id) == self.workspace_id,
                col(Report.question_id) == question_id,
                col(Report.withdrawn_at).is_(None),
            )
        ).scalar_one_or_none()

    def last_said(self, kind: Kind, item_ids: Collection[int]) -> dict[int, LastSaid]:
        """What was last said about each item, where anything was, whoever said it."""
        said: dict[int, LastSaid] = {}
        for row in self._columns(_LAST_SAID, kind=kind, ids=item_ids):
            known = said.get(row.item_id, LastSaid(None, ""))
            confidence = row.confidence if known.confidence is None else known.confidence
            said[row.item_id] = LastSaid(confidence, known.note or row.note)
        return said

    def list_for(
        self, kind: Kind, item_id: int, *, limit: int = 20, before: datetime | None = None
    ) -> list[ReportLine]:
        """The history of an item, newest first; of what was reported before an instant where one is given."""
        until = [col(Report.reported_at) < before] if before is not None else []
        rows = self.session.execute(
            select(
                col(Report.id),
                col(Report.reported_at),
                col(Report.member_id),
                func.coalesce(col(Member.name), "").label("name"),
                col(Report.source),
                col(Report.value),
                col(Report.value_before),
                col(Report.confidence),
                col(Report.confidence_before),
                col(Report.note),
                col(Report.link),
            )
            .outerjoin(Member, col(Member.id) == col(Report.member_id))
            .where(
                col(Report.workspace_id) == self.workspace_id,
                col(Report.kind) == kind,
                col(Report.item_id) == item_id,
                col(Report.withdrawn_at).is_(None),
                *until,
            )
            .order_by(col(Report.reported_at).desc(), col(Report.id).desc())
            .limit(limit)
        )
        return [ReportLine(**row) for row in rows.mappings()]

    def list_confidences(self, kind: Kind, item_ids: Collection[int]) -> dict[int, tuple[int, ...]]:
        """Where the confidence in each item went, oldest first, where any was said."""
        age = func.row_number().over(
            partition_by=col(Report.item_id),
            order_by=(col(Report.reported_at).desc(), col(Report.id).desc()),
        )
        said = (
            select(col(Report.item_id), col(Report.confidence), age.label("age"))
            .where(
                col(Report.workspace_id) == self.workspace_id,
                col(Report.kind) == kind,
                col(Report.item_id).in_(item_ids),
                col(Report.confidence).is_not(None),
                col(Report.withdrawn_at).is_(None),
            )
            .subquery()
        )
        query = (
            select(said.c.item_id, said.c.confidence)
            .where(said.c.age <= REMEMBERED)
            .order_by(said.c.item_id, said.c.age)
        )
        return {
            item_id: confidence_trail(row.confidence for row in rows)
            for item_id, rows in groupby(self.session.execute(query), key=lambda row: row.item_id)
        }

    def list_sent(
        self, *, kpi_id: int | None = None, key_result_id: int | None = None, limit: int = 100
    ) -> list[SentReading]:
        """The readings of one measure that count and that no report brought, the newest first."""
        is_kpi = kpi_id is not None
        measure = col(Reading.kpi_id) == kpi_id if is_kpi else col(Reading.key_result_id) == key_result_id
        rows = self.session.execute(
            select(
                col(Reading.recorded_at),
                col(Reading.source),
                func.coalesce(col(Member.name), "").label("name"),
                col(Reading.period_on),
                col(Reading.value),
            )
            .outerjoin(Member, col(Member.id) == col(Reading.member_id))
            .outerjoin(Report, (col(Report.reading_id) == col(Reading.id)) & self._own_reports())
            .where(
                col(Reading.workspace_id) == self.workspace_id,
                measure,
                col(Reading.source).in_(SENT_BY),
                col(Reading.superseded_by_id).is_(None),
                col(Report.id).is_(None),
            )
            .order_by(col(Reading.recorded_at).desc(), col(Reading.period_on).desc(), col(Reading.id).desc())
            .limit(limit)
        )
        return [SentReading(*row) for row in rows]

    def _own_reports(self) -> ColumnElement[bool]:
        return col(Report.workspace_id) == self.workspace_id
