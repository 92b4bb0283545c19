"""What "where I stand" needs beside the figures: one query a question, however many items there are."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, func, select
from sqlmodel import col

from storage.repositories.base import Repository
from storage.rules.terms import Kind, PromptState
from storage.tables.checkin import CheckinPrompt, Schedule
from storage.tables.okr import Report


@dataclass(frozen=True, slots=True)
class LastAnswer:
    """What was last said about an item beside its figure."""

    confidence: int | None
    confidence_before: int | None
    note: str
    answered_at: datetime


def _of_member(table: type[Report] | type[Schedule] | type[CheckinPrompt]) -> ColumnElement[bool]:
    return and_(
        col(table.workspace_id) == bindparam("workspace_id"), col(table.member_id) == bindparam("member_id")
    )


# Made once: building a statement costs more than sending it, and the Home tab asks all of them.
_ITEM = (col(Report.kind), col(Report.item_id))
_AGE = func.row_number().over(
    partition_by=_ITEM, order_by=(col(Report.reported_at).desc(), col(Report.id).desc())
)
_AGED = (
    select(
        *_ITEM,
        col(Report.confidence),
        col(Report.confidence_before),
        col(Report.note),
        col(Report.reported_at),
        _AGE.label("age"),
    )
    .where(_of_member(Report), col(Report.withdrawn_at).is_(None))
    .subquery()
)
_LAST_ANSWERS = select(*(column for column in _AGED.c if column.name != "age")).where(_AGED.c.age == 1)
_NEXT_DUE_AT = select(col(Schedule.next_due_at)).where(_of_member(Schedule))
_ASKED_UNTIL = select(func.max(col(CheckinPrompt.closes_at))).where(
    _of_member(CheckinPrompt), col(CheckinPrompt.state) == PromptState.ASKED
)
_ANSWERED = (
    select(col(CheckinPrompt.id))
    .where(_of_member(CheckinPrompt), col(CheckinPrompt.state) == PromptState.ANSWERED)
    .limit(1)
)


class Standings(Repository):
    """Reads for the Home tab and the bare `/hoshin`."""

    def last_answers(self, member_id: int) -> dict[tuple[Kind, int], LastAnswer]:
        """The member's newest answer about each item, by (kind, item id)."""
        rows = self.session.execute(_LAST_ANSWERS, self._of(member_id))
        return {(kind, item_id): LastAnswer(*rest) for kind, item_id, *rest in rows}

    def find_next_due_at(self, member_id: int) -> datetime | None:
        """When the member is next due to be asked."""
        return self.session.execute(_NEXT_DUE_AT, self._of(member_id)).scalar_one_or_none()

    def find_asked_until(self, member_id: int) -> datetime | None:
        """When the check-in closes that the member was asked for and has not answered yet."""
        found: datetime | None = self.session.execute(_ASKED_UNTIL, self._of(member_id)).scalar_one()
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
        return self.session.execute(_ANSWERED, self._of(member_id)).first() is not None

    def _of(self, member_id: int) -> dict[str, int]:
        return {"workspace_id": self.workspace_id, "member_id": member_id}
