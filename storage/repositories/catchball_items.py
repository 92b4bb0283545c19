"""The items that balls are about, or have made."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, func, or_, select
from sqlmodel import col

from storage.repositories.base import Repository
from storage.repositories.catchballs import one_of
from storage.rules.catchball import OPEN, SETTLED, BallState, Move, agreed_words
from storage.rules.catchball_terms import Terms
from storage.rules.terms import Kind
from storage.tables.catchball import Catchball, CatchballMove, CatchballParty, CatchballVersion


class Agreement(NamedTuple):
    """What a ball came to: `member_id` is whoever was the last to agree."""

    at: datetime
    member_id: int | None
    number: int
    version: int

    @property
    def reason(self) -> str:
        """Why it changed an item, as the item's history tells it."""
        return agreed_words(self.number, self.version)


def _is_known_to(workspace_id: Any, member_id: Any) -> ColumnElement[bool]:
    """A private ball is for those who take part alone; what a ball is about may be hidden from others
    besides, which the plan's graph says."""
    theirs = select(col(CatchballParty.catchball_id)).where(
        col(CatchballParty.workspace_id) == workspace_id,
        col(CatchballParty.member_id) == member_id,
    )
    return or_(
        col(Catchball.is_private).is_(False),
        col(Catchball.facilitator_id) == member_id,
        col(Catchball.id).in_(theirs),
    )


# Made once: building a statement costs more than sending it, and every look at the Home tab asks these.
_AGREED_ITEMS = select(col(Catchball.item_id)).where(
    col(Catchball.workspace_id) == bindparam("workspace_id"),
    col(Catchball.item_kind) == bindparam("kind"),
    col(Catchball.item_id).is_not(None),
    one_of(SETTLED),
    _is_known_to(bindparam("workspace_id"), bindparam("member_id")),
)
_PRIVATE_AGREEMENTS = (
    select(
        col(CatchballMove.at),
        col(CatchballMove.member_id),
        col(Catchball.number),
        col(Catchball.agreed_version),
    )
    .join(CatchballMove, col(CatchballMove.catchball_id) == col(Catchball.id))
    .where(
        col(Catchball.workspace_id) == bindparam("workspace_id"),
        col(Catchball.item_kind) == bindparam("kind"),
        col(Catchball.item_id) == bindparam("item_id"),
        col(Catchball.is_private),
        col(CatchballMove.move) == Move.AGREE,
        col(CatchballMove.version) == col(Catchball.agreed_version),
        _is_known_to(bindparam("workspace_id"), bindparam("member_id")),
    )
    .order_by(col(CatchballMove.id))
)


class BallItems(Repository):
    """What balls of a workspace are about."""

    def find_agreed_terms(self, kind: Kind, item_id: int, member_id: int) -> Terms | None:
        """What was last agreed about an item, as far as a member may know of it."""
        stored = self.session.execute(
            select(col(CatchballVersion.terms))
            .join(Catchball, col(Catchball.id) == col(CatchballVersion.catchball_id))
            .where(
                col(CatchballVersion.workspace_id) == self.workspace_id,
                col(Catchball.item_kind) == kind,
                col(Catchball.item_id) == item_id,
                col(Catchball.agreed_version) == col(CatchballVersion.number),
                _is_known_to(self.workspace_id, member_id),
            )
            .order_by(col(CatchballVersion.at).desc(), col(CatchballVersion.id).desc())
            .limit(1)
        ).scalar_one_or_none()
        return Terms.read(stored) if stored is not None else None

    def list_agreed_numbers(self, kind: Kind, item_id: int) -> list[int]:
        """The balls whose agreement made or changed an item, and from which nothing is deployed yet."""
        return list(
            self.session.execute(
                select(col(Catchball.number))
                .where(
                    col(Catchball.workspace_id) == self.workspace_id,
                    col(Catchball.item_kind) == kind,
                    col(Catchball.item_id) == item_id,
                    col(Catchball.state) == BallState.AGREED,
                )
                .order_by(col(Catchball.number))
            ).scalars()
        )

    def list_agreed(self, kind: Kind, member_id: int) -> frozenset[int]:
        """The ids of the items that an agreement stands for, deployed further or not, as far as a member may
        know of it."""
        return frozenset(self._columns(_AGREED_ITEMS, kind=kind, member_id=member_id).scalars())

    def list_open_items(self, kind: Kind) -> frozenset[int]:
        """The rows of that kind that an open ball is about, of balls that are not private."""
        return frozenset(
            self.session.execute(
                select(col(Catchball.item_id)).where(
                    col(Catchball.workspace_id) == self.workspace_id,
                    col(Catchball.item_kind) == kind,
                    col(Catchball.item_id).is_not(None),
                    col(Catchball.is_private).is_(False),
                    col(Catchball.state).in_(list(OPEN)),
                )
            ).scalars()
        )

    def list_private_agreements(self, kind: Kind, item_id: int, member_id: int) -> list[Agreement]:
        """The agreements about an item that a member reached, or helped to, in private: the item's own
        trail, which others read, does not tell of them."""
        rows = self._columns(_PRIVATE_AGREEMENTS, kind=kind, item_id=item_id, member_id=member_id)
        # The last one to agree has made it an agreement.
        return list({row.number: Agreement(*row) for row in rows}.values())

    def list_agreed_between(self, since: datetime, before: datetime) -> set[tuple[Kind, int]]:
        """The items (kind and row) that an agreement was reached about in that time; what was agreed in a
        conversation that not everyone can join is left out."""
        rows = self.session.execute(
            select(col(Catchball.item_kind), col(Catchball.item_id))
            .join(CatchballMove, col(CatchballMove.catchball_id) == col(Catchball.id))
            .where(
                col(Catchball.workspace_id) == self.workspace_id,
                col(Catchball.item_id).is_not(None),
                col(Catchball.is_private).is_(False),
                col(Catchball.state).in_(list(SETTLED)),
                col(CatchballMove.move) == Move.AGREE,
                col(CatchballMove.version) == col(Catchball.agreed_version),
            )
            .group_by(col(Catchball.id), col(Catchball.item_kind), col(Catchball.item_id))
            .having(func.max(CatchballMove.at) >= since, func.max(CatchballMove.at) < before)
        )
        return {(kind, item_id) for kind, item_id in rows if kind is not None and item_id is not None}
