"""Who follows what, and whose digest comes when."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import bindparam, delete, func
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from storage.repositories.base import Repository
from storage.rules.digest import Followed
from storage.tables.digest import DigestTurn
from storage.tables.member import Follow

CHANNEL = "channel"
"""The reader who is no person: the organisation's channel."""


# Made once, since every tick sends it.
_NEXT_DUE_AT = select_columns(func.min(DigestTurn.next_due_at)).where(
    col(DigestTurn.workspace_id) == bindparam("workspace_id")
)


class Digests(Repository):
    """Follows and turns of one workspace."""

    def list_followed(self, member_id: int) -> set[Followed]:
        """What a member follows."""
        return self.list_followed_of([member_id])[member_id]

    def list_followed_of(self, member_ids: Sequence[int]) -> dict[int, set[Followed]]:
        """What each of these members follows."""
        found: dict[int, set[Followed]] = {member_id: set() for member_id in member_ids}
        rows = self.session.execute(
            select_columns(col(Follow.member_id), col(Follow.kind), col(Follow.item_id)).where(
                col(Follow.workspace_id) == self.workspace_id, col(Follow.member_id).in_(member_ids)
            )
        )
        for member_id, kind, item_id in rows:
            found[member_id].add((kind, item_id))
        return found

    def follow(self, member_id: int, followed: Followed, *, on: bool) -> bool:
        """Begins or ends following; False where it was so already."""
        kind, item_id = str(followed[0]), followed[1]
        if on:
            row = Follow(workspace_id=self.workspace_id, member_id=member_id, kind=kind, item_id=item_id)
            return self._add_once(row, "member_id", "kind", "item_id") is not None
        ended = self.session.execute(
            delete(Follow)
            .where(
                col(Follow.workspace_id) == self.workspace_id,
                col(Follow.member_id) == member_id,
                col(Follow.kind) == kind,
                col(Follow.item_id) == item_id,
            )
            .returning(col(Follow.id))
        )
        return ended.first() is not None

    def find_turn(self, member_id: int | None) -> DigestTurn | None:
        """A member's turn; without a member the channel's."""
        reader = CHANNEL if member_id is None else str(member_id)
        return self.session.exec(
            select(DigestTurn).where(
                DigestTurn.workspace_id == self.workspace_id, DigestTurn.reader == reader
            )
        ).one_or_none()

    def put_turn(self, member_id: int | None, told_from_on: date, next_due_at: datetime) -> None:
        """Gives a reader a turn, or another instant to the one that they have."""
        turn = self.find_turn(member_id)
        if turn is not None:
            turn.next_due_at = next_due_at
            self.session.flush()
            return
        row = DigestTurn(
            workspace_id=self.workspace_id,
            reader=CHANNEL if member_id is None else str(member_id),
            member_id=member_id,
            told_from_on=told_from_on,
            next_due_at=next_due_at,
        )
        self._add_once(row, "workspace_id", "reader")

    def claim_due(self, now: datetime, limit: int) -> list[DigestTurn]:
        """Turns that have come, held by this transaction until it ends."""
        query = (
            select(DigestTurn)
            .where(DigestTurn.workspace_id == self.workspace_id, DigestTurn.next_due_at <= now)
            .order_by(col(DigestTurn.next_due_at), col(DigestTurn.id))
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return list(self.session.exec(query))

    def remove_turn(self, turn: DigestTurn) -> None:
        self.session.delete(turn)

    def find_next_due_at(self) -> datetime | None:
        found: datetime | None = self.session.execute(
            _NEXT_DUE_AT, {"workspace_id": self.workspace_id}
        ).scalar_one()
        return found
