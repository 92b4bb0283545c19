"""What was carried out already."""

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import col

from storage.repositories.base import Repository, inserting_once
from storage.tables.event import ProcessedEvent


class Events(Repository):
    """Claims on Slack's deliveries."""

    def claim(self, key: str, now: datetime) -> bool:
        """True if nobody carried this delivery out before. Holds only if the transaction commits, so a
        failed attempt leaves the way free for the next."""
        values = {"workspace_id": self.workspace_id, "key": key, "processed_at": now}
        unique = ("workspace_id", "key")
        dialect = self.session.get_bind().dialect.name
        claim = inserting_once(dialect, ProcessedEvent, unique, col(ProcessedEvent.key))
        return self._send(claim, values).first() is not None

    def forget_before(self, instant: datetime) -> None:
        """Deletes old claims; Slack redelivers within minutes, so days are plenty."""
        statement = delete(ProcessedEvent).where(
            col(ProcessedEvent.workspace_id) == self.workspace_id,
            col(ProcessedEvent.processed_at) < instant,
        )
        self.session.execute(statement)
