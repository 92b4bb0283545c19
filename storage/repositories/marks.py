"""Marks of the X-matrix."""

from sqlalchemy import and_, func, or_
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from storage.repositories.base import Repository
from storage.rules.terms import Kind, Strength
from storage.tables.mark import Mark

End = tuple[Kind, int]
"""A kind and the id of one of its rows."""


class Marks(Repository):
    """The marks of a workspace."""

    def find(self, left: End, right: End) -> Mark | None:
        return self.session.exec(
            select(Mark).where(
                col(Mark.workspace_id) == self.workspace_id,
                col(Mark.left_kind) == left[0],
                col(Mark.left_id) == left[1],
                col(Mark.right_kind) == right[0],
                col(Mark.right_id) == right[1],
            )
        ).one_or_none()

    def put(
        self, left: End, right: End, strength: Strength, *, is_confirmed: bool, member_id: int | None
    ) -> Mark:
        """The mark between two ends, new or changed."""
        mark = self.find(left, right)
        if mark is None:
            return self.add(
                Mark(
                    workspace_id=self.workspace_id,
                    left_kind=left[0],
                    left_id=left[1],
                    right_kind=right[0],
                    right_id=right[1],
                    strength=strength,
                    is_confirmed=is_confirmed,
                    member_id=member_id,
                )
            )
        mark.strength, mark.is_confirmed, mark.member_id = strength, is_confirmed, member_id
        self.session.flush()
        return mark

    def count_suggested(self, end: End) -> int:
        """How many marks of an item wait for a person to agree."""
        count: int = self.session.execute(
            select_columns(func.count(col(Mark.id))).where(
                col(Mark.workspace_id) == self.workspace_id,
                col(Mark.is_confirmed).is_(False),
                or_(
                    and_(col(Mark.left_kind) == end[0], col(Mark.left_id) == end[1]),
                    and_(col(Mark.right_kind) == end[0], col(Mark.right_id) == end[1]),
                ),
            )
        ).scalar_one()
        return count

    def remove(self, mark: Mark) -> None:
        self.session.delete(mark)
        self.session.flush()
