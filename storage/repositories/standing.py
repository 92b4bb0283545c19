"""What "where I stand" needs beside the figures: one query a question, however many items there are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, literal, select, union_all
from sqlalchemy.orm import aliased
from sqlmodel import col

from storage.repositories.base import Repository
from storage.rules.terms import Kind, PromptState
from storage.tables.checkin import CheckinPrompt, Schedule
from storage.tables.columns import enum_column
from storage.tables.kpi import Kpi
from storage.tables.okr import KeyResult, Report


@dataclass(frozen=True, slots=True)
class LastAnswer:
    """What was last said about an item beside its figure."""

    confidence: int | None
    confidence_before: int | None
    note: str
    answered_at: datetime


def _of_member(table: type[Schedule] | type[CheckinPrompt]) -> ColumnElement[bool]:
    return and_(
        col(table.workspace_id) == bindparam("workspace_id"), col(table.member_id) == bindparam("member_id")
    )


def _last_answers(kind: Kind, table: type[KeyResult] | type[Kpi]) -> Select[*tuple[Any, ...]]:
    """The newest report of each item of a kind: one look into an index an item, however long the past is."""
    newest = aliased(Report)
    newest_id = (
        select(col(newest.id))
        .where(
            col(newest.workspace_id) == bindparam("workspace_id"),
            col(newest.kind) == kind,
            col(newest.item_id) == col(table.id),
            col(newest.member_id) == bindparam("member_id"),
            col(newest.withdrawn_at).is_(None),
        )
        .order_by(col(newest.reported_at).desc(), col(newest.id).desc())
        .limit(1)
        .correlate(table)
        .scalar_subquery()
    )
    return (
        select(
            literal(kind, enum_column(Kind)).label("kind"),
            col(table.id),
            col(Report.confidence),
            col(Report.confidence_before),
            col(Report.note),
            col(Report.reported_at),
        )
        .join_from(table, Report, col(Report.id) == newest_id)
        # Of the item only its owner: SQLite may take the workspace for the better way to find it.
        .where(
            col(Report.workspace_id) == bindparam("workspace_id"),
            col(table.owner_id) == bindparam("member_id"),
        )
    )


# Made once: building a statement costs more than sending it, and the Home tab asks all of them.
_LAST_ANSWERS = union_all(_last_answers(Kind.KEY_RESULT, KeyResult), _last_answers(Kind.KPI, Kpi))
_ASKED = select(
    select(func.max(col(CheckinPrompt.closes_at)))
    .where(_of_member(CheckinPrompt), col(CheckinPrompt.state) == PromptState.ASKED)
    .scalar_subquery(),
    select(col(CheckinPrompt.id))
    .where(_of_member(CheckinPrompt), col(CheckinPrompt.state) == PromptState.ANSWERED)
    .exists(),
)
_NEXT_PROMPT_AT = select(func.min(col(Schedule.next_due_at))).where(
    col(Schedule.workspace_id) == bindparam("workspace_id"), col(Schedule.next_due_at) > bindparam("after")
)


class Standings(Repository):
    """Reads for the Home tab and the bare `/hoshin`."""

    def last_answers(self, member_id: int) -> dict[tuple[Kind, int], LastAnswer]:
        """The member's newest answer about each item of theirs, by (kind, item id)."""
        rows = self._columns(_LAST_ANSWERS, member_id=member_id)
        return {(kind, item_id): LastAnswer(*rest) for kind, item_id, *rest in rows}

    def find_asked(self, member_id: int) -> tuple[datetime | None, bool]:
        """When the check-in closes that the member was asked for and has not answered yet, and whether they
        ever answered one."""
        asked_until, has_answered = self._columns(_ASKED, member_id=member_id).one()
        return asked_until, bool(has_answered)

    def find_next_prompt_at(self, after: datetime) -> datetime | None:
        """When somebody is next due to be asked, later than that."""
        found: datetime | None = self._columns(_NEXT_PROMPT_AT, after=after).scalar_one()
        return found
