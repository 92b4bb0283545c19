"""Votes for ideas: the signs of support that people gave and took back."""

from collections.abc import Collection
from decimal import Decimal

from sqlalchemy import and_, func, or_, select, update
from sqlmodel import col

from storage.repositories.base import Repository, insert_once
from storage.rules.kaizen import VOTABLE
from storage.tables.kaizen import Idea, IdeaVote

_MOST_NAMED = 1_000
"""People named in one statement."""


class IdeaVotes(Repository):
    """Votes of a workspace."""

    def say(self, idea_id: int, voter: str, sign: str, said_at: Decimal, *, is_on: bool) -> bool:
        """Records one sign of support, or that it was taken back; False where a newer one is known.

        Of two of the same instant the taking back counts: nobody takes back what they have not given.

        Args:
            voter: Slack's id of the person.
        """
        values = {
            "workspace_id": self.workspace_id,
            "idea_id": idea_id,
            "voter": voter,
            "sign": sign,
            "is_on": is_on,
            "said_at": said_at,
        }
        unique = ("idea_id", "voter", "sign")
        if insert_once(self.session, IdeaVote, values, unique, col(IdeaVote.id)) is not None:
            return True
        changed = self.session.execute(
            update(IdeaVote)
            .where(
                col(IdeaVote.workspace_id) == self.workspace_id,
                col(IdeaVote.idea_id) == idea_id,
                col(IdeaVote.voter) == voter,
                col(IdeaVote.sign) == sign,
                col(IdeaVote.said_at) < said_at
                if is_on
                else or_(
                    col(IdeaVote.said_at) < said_at,
                    and_(col(IdeaVote.said_at) == said_at, col(IdeaVote.is_on)),
                ),
            )
            .values(is_on=is_on, said_at=said_at)
            .returning(col(IdeaVote.id))
            .execution_options(synchronize_session=False)
        )
        return changed.first() is not None

    def take_back(self, idea_id: int, voter: str, said_at: Decimal) -> bool:
        """Takes back every sign that someone gave; False where there was none."""
        done = self.session.execute(
            update(IdeaVote)
            .where(
                col(IdeaVote.workspace_id) == self.workspace_id,
                col(IdeaVote.idea_id) == idea_id,
                col(IdeaVote.voter) == voter,
                col(IdeaVote.is_on),
            )
            .values(is_on=False, said_at=said_at)
            .returning(col(IdeaVote.id))
            .execution_options(synchronize_session=False)
        )
        return done.first() is not None

    def has_voted(self, idea_id: int, voter: str) -> bool:
        return (
            self.session.execute(
                select(col(IdeaVote.id)).where(
                    col(IdeaVote.workspace_id) == self.workspace_id,
                    col(IdeaVote.idea_id) == idea_id,
                    col(IdeaVote.voter) == voter,
                    col(IdeaVote.is_on),
                )
            ).first()
            is not None
        )

    def list_supporters(self, idea_id: int) -> list[str]:
        """Slack's ids of those who support an idea, those who came first coming first."""
        rows = self.session.execute(
            select(col(IdeaVote.voter), func.min(col(IdeaVote.id)).label("first"))
            .where(
                col(IdeaVote.workspace_id) == self.workspace_id,
                col(IdeaVote.idea_id) == idea_id,
                col(IdeaVote.is_on),
            )
            .group_by(col(IdeaVote.voter))
            .order_by("first")
        )
        return [row.voter for row in rows]

    def mark_voted_behind(self, voters: Collection[str]) -> None:
        """As `Ideas.mark_behind`, for the open ideas that any of these support (by Slack's ids)."""
        named = sorted(voters)
        for start in range(0, len(named), _MOST_NAMED):
            voted = select(col(IdeaVote.idea_id)).where(
                col(IdeaVote.workspace_id) == self.workspace_id,
                col(IdeaVote.voter).in_(named[start : start + _MOST_NAMED]),
                col(IdeaVote.is_on),
            )
            self.session.execute(
                update(Idea)
                .where(
                    col(Idea.workspace_id) == self.workspace_id,
                    col(Idea.id).in_(voted),
                    col(Idea.state).in_(VOTABLE),
                    col(Idea.redraw).is_(False),
                )
                .values(redraw=True)
                .execution_options(synchronize_session=False)
            )
