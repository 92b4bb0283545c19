"""Whose digest comes next, and from when on it tells."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from storage.tables.columns import Row, UtcDateTime


class DigestTurn(Row, table=True):
    """A reader of digests: a member or, without one, the organisation's channel.

    `reader` is the member's id as text, or "channel", so that there is one row of each. What happened before
    `told_from_on`, a day of the plan's zone, has been told.
    """

    __tablename__ = "digest_turn"
    __table_args__ = (
        UniqueConstraint("workspace_id", "reader"),
        Index("ix_digest_turn_next_due_at", "workspace_id", "next_due_at"),
    )

    reader: str = Field(max_length=20)
    member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    told_from_on: date
    next_due_at: datetime = Field(sa_type=UtcDateTime)
