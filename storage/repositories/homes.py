"""Who has opened the Home tab."""

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlmodel import col

from storage.repositories.base import Repository
from storage.tables.home import HomeOpening
from storage.tables.member import Member

# Made once, since every move draws a Home tab.
_OPENING = select(col(HomeOpening.id)).where(
    col(HomeOpening.workspace_id) == bindparam("workspace_id"),
    col(HomeOpening.member_id) == bindparam("member_id"),
)


class Homes(Repository):
    """The Home tabs of one workspace that somebody looks at."""

    def is_opened(self, member_id: int) -> bool:
        """Whether someone has ever opened theirs, since that is written down."""
        return self._columns(_OPENING, member_id=member_id).first() is not None

    def note_opened(self, member_id: int, now: datetime) -> None:
        """Writes down that someone has opened theirs; the first time counts."""
        opening = HomeOpening(workspace_id=self.workspace_id, member_id=member_id, opened_at=now)
        self._add_once(opening, "member_id")

    def list_opened(self) -> list[tuple[int, str]]:
        """(member id, Slack id) of all who have."""
        rows = self.session.execute(
            select(col(Member.id), col(Member.slack_user_id))
            .join(HomeOpening, col(HomeOpening.member_id) == col(Member.id))
            .where(
                col(HomeOpening.workspace_id) == self.workspace_id,
                col(Member.workspace_id) == self.workspace_id,
                col(Member.slack_user_id).is_not(None),
                col(Member.is_deactivated).is_(False),
            )
            .order_by(col(Member.id))
        )
        return [(member_id, slack_user_id) for member_id, slack_user_id in rows]
