"""What people typed for ideas that are not submitted yet."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, select
from sqlmodel import col

from storage.repositories.base import Repository
from storage.tables.kaizen import IdeaDraft


class Draft(NamedTuple):
    """What someone typed for an idea that is not submitted yet; `origin` says where it came from."""

    text: str
    origin: dict[str, Any] | None


# Made once: building a statement costs more than sending it, and every look at the Home tab asks this.
_DRAFT = select(col(IdeaDraft.text), col(IdeaDraft.origin)).where(
    col(IdeaDraft.workspace_id) == bindparam("workspace_id"),
    col(IdeaDraft.member_id) == bindparam("member_id"),
    col(IdeaDraft.saved_at) >= bindparam("since"),
)


class IdeaDrafts(Repository):
    """Drafts of a workspace, one a person."""

    def keep(self, member_id: int, text: str, origin: dict[str, Any] | None, now: datetime) -> None:
        """Keeps what someone typed, in the place of what they typed before."""
        self.drop(member_id)
        self.add(
            IdeaDraft(
                workspace_id=self.workspace_id, member_id=member_id, text=text, origin=origin, saved_at=now
            )
        )

    def find(self, member_id: int, since: datetime) -> Draft | None:
        """What someone typed since then."""
        row = self._columns(_DRAFT, member_id=member_id, since=since).one_or_none()
        return None if row is None else Draft(*row)

    def drop(self, member_id: int) -> None:
        self.session.execute(
            delete(IdeaDraft).where(
                col(IdeaDraft.workspace_id) == self.workspace_id, col(IdeaDraft.member_id) == member_id
            )
        )

    def has_before(self, instant: datetime) -> bool:
        """Whether something was typed before then and not submitted."""
        found = self.session.execute(
            select(col(IdeaDraft.id))
            .where(col(IdeaDraft.workspace_id) == self.workspace_id, col(IdeaDraft.saved_at) < instant)
            .limit(1)
        )
        return found.first() is not None

    def drop_before(self, instant: datetime) -> int:
        """Deletes what was typed before then and not submitted; returns how many."""
        dropped = self.session.execute(
            delete(IdeaDraft)
            .where(col(IdeaDraft.workspace_id) == self.workspace_id, col(IdeaDraft.saved_at) < instant)
            .returning(col(IdeaDraft.id))
        )
        return len(dropped.all())
