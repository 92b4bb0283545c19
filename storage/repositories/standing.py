"""What "where I stand" needs beside the figures: one query a question, however many items there are."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
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


class Standings(Repository):
    """Reads for the Home tab and the bare `/hoshin`."""

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
