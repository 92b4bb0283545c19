"""Marks of the X-matrix: how strongly two items hang together (rules §2)."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from storage.rules.terms import Kind, Strength
from storage.tables.columns import Row, enum_column


class Mark(Row, table=True):
    """A mark in one corner, its two ends in the order of `storage.rules.xmatrix.CORNERS`.

    `left_id` and `right_id` are rows of those kinds. A mark that was suggested stays `is_confirmed = False`
    until a person agrees. People's marks are not rows: they follow from owners and supporters.
    """

    __tablename__ = "mark"
    __table_args__ = (UniqueConstraint("workspace_id", "left_kind", "left_id", "right_kind", "right_id"),)

    left_kind: Kind = Field(sa_type=enum_column(Kind))
    left_id: int
    right_kind: Kind = Field(sa_type=enum_column(Kind))
    right_id: int
    strength: Strength = Field(sa_type=enum_column(Strength))
    is_confirmed: bool = True
    member_id: int | None = Field(default=None, foreign_key="member.id")
