"""What a rehearsal reads out of its copy: who would have been told what."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import col, select

from storage.repositories.base import Repository
from storage.tables.checkin import CheckinQuestion
from storage.tables.member import Member
from storage.tables.outbox import Outbox, OutboxState


@dataclass(frozen=True, slots=True)
class Told:
    """One message to a person: its key names the occasion (`prompt:17`)."""

    key: str
    at: datetime
    member_id: int
    email: str
    name: str


class Rehearsals(Repository):
    """The outbox as it fills, and what its messages were about."""

    def take_told(self) -> list[Told]:
        """The messages to people that wait, marked as sent: they are taken once."""
        rows = self.session.exec(
            select(Outbox, Member)
            .join(Member, col(Member.id) == col(Outbox.member_id))
            .where(Outbox.workspace_id == self.workspace_id, Outbox.state == OutboxState.PENDING)
            .order_by(col(Outbox.id))
        )
        told = [
            Told(row.key, row.due_at, member.id, member.email or "", member.name)
            for row, member in rows
            if row.edit_of_id is None
        ]
        self.session.execute(
            update(Outbox)
            .where(col(Outbox.workspace_id) == self.workspace_id, col(Outbox.state) == OutboxState.PENDING)
            .values(state=OutboxState.SENT, sent_channel_id="rehearsal", sent_ts="0")
        )
        return told

    def references(self, prompt_ids: Collection[int]) -> dict[int, list[str]]:
        """What each prompt asks about, in the order of asking."""
        found: dict[int, list[str]] = {prompt_id: [] for prompt_id in prompt_ids}
        rows = self.session.exec(
            select(CheckinQuestion.prompt_id, CheckinQuestion.reference)
            .where(
                CheckinQuestion.workspace_id == self.workspace_id,
                col(CheckinQuestion.prompt_id).in_(prompt_ids),
            )
            .order_by(col(CheckinQuestion.prompt_id), col(CheckinQuestion.position))
        )
        for prompt_id, reference in rows:
            found[prompt_id].append(reference)
        return found
