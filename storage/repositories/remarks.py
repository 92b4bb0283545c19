"""What people write in balls' threads, as it stands in Slack."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlmodel import col

from storage.repositories.base import Repository
from storage.tables.catchball import CatchballRemark


class Remarks(Repository):
    """The discussions of a workspace's balls."""

    def keep(self, row: CatchballRemark) -> None:
        """Keeps what was written, once."""
        self._add_once(row, "workspace_id", "channel_id", "ts")

    def rewrite(self, channel_id: str, ts: str, text: str, at: datetime) -> bool:
        """Follows an edit. Returns whether the message is kept here."""
        changed = self.session.execute(
            update(CatchballRemark)
            .where(
                col(CatchballRemark.workspace_id) == self.workspace_id,
                col(CatchballRemark.channel_id) == channel_id,
                col(CatchballRemark.ts) == ts,
            )
            .values(text=text, edited_at=at)
            .returning(col(CatchballRemark.id))
        )
        return changed.first() is not None

    def drop(self, channel_id: str, ts: str) -> None:
        """Follows a deletion."""
        self.session.execute(
            delete(CatchballRemark).where(
                col(CatchballRemark.workspace_id) == self.workspace_id,
                col(CatchballRemark.channel_id) == channel_id,
                col(CatchballRemark.ts) == ts,
            )
        )

    def has(self, channel_id: str, ts: str) -> bool:
        """Whether a message is kept here."""
        found = self.session.execute(
            select(col(CatchballRemark.id)).where(
                col(CatchballRemark.workspace_id) == self.workspace_id,
                col(CatchballRemark.channel_id) == channel_id,
                col(CatchballRemark.ts) == ts,
            )
        )
        return found.first() is not None

    def list_of(self, ball_id: int) -> list[CatchballRemark]:
        """A ball's discussion, the oldest first."""
        return list(
            self.session.execute(
                select(CatchballRemark)
                .where(
                    col(CatchballRemark.workspace_id) == self.workspace_id,
                    col(CatchballRemark.catchball_id) == ball_id,
                )
                .order_by(col(CatchballRemark.at), col(CatchballRemark.id))
            ).scalars()
        )
