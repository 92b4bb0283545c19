"""What was carried out already."""

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import col

from storage.repositories.base import Repository, insert_once
from storage.tables.event import ProcessedEvent


class Events(Repository):
    """Claims on Slack's deliveries."""

    def claim(self, key: str, now: datetime) -> bool:
        """True if nobody carried this delivery out before. Holds only if the transaction commits, so a
        failed attempt leaves the way free for the next."""
        values = {"workspace_id": self.workspace_id, "key": key, "processed_at": now}
        unique = ("workspace_id", "key")
        claimed = insert_once(self.session, ProcessedEvent, values, unique, col(ProcessedEvent.key))
        return claimed is not None

    def forget_before(self, instant: datetime) -> None:
        """Deletes old claims; Slack redelivers within minutes, so days are plenty."""
        statement = delete(ProcessedEvent).where(
            col(ProcessedEvent.workspace_id) == self.workspace_id,
            col(ProcessedEvent.processed_at) < instant,
        )
        self.session.execute(statement)
