"""Catchball: balls with their versions, those who take part, and every move."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field

from storage.rules.catchball import BallState, Move
from storage.rules.terms import Kind
from storage.tables.columns import Row, UtcDateTime, enum_column


class Catchball(Row, table=True):
    """One negotiation as it stands; `storage/rules/catchball.py` says what its fields mean.

    `kind` is what it is about to be in the plan. `item_kind` and `item_id` name the item that it is about, or
    that its agreement has made. A private ball stands in a conversation that not everyone can join, and is
    seen by those who take part alone. `told_at` is when the sponsor was told that it lies.
    """

    __tablename__ = "catchball"
    __table_args__ = (
        UniqueConstraint("workspace_id", "number"),
        Index("ix_catchball_state", "workspace_id", "state", "held_since"),
        Index("ix_catchball_item", "workspace_id", "item_kind", "item_id"),
    )

    number: int
    kind: Kind = Field(sa_type=enum_column(Kind))
    state: BallState = Field(sa_type=enum_column(BallState))
    version: int = 0
    proposer_id: int = Field(foreign_key="member.id", index=True)
    author_id: int | None = Field(default=None, foreign_key="member.id")
    facilitator_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    asker_ids: list[int] | None = Field(default=None, sa_type=JSON)
    is_upwards: bool = False
    agreed_version: int | None = None
    held_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    thrown_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    until_on: date | None = None
    not_deployed_reason: str = Field(default="", max_length=1000)
    item_kind: Kind | None = Field(default=None, sa_type=enum_column(Kind))
    item_id: int | None = None
    channel_id: str = Field(max_length=32)
    is_private: bool = False
    told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CatchballVersion(Row, table=True):
    """One version of the terms. Never changed once it is written.

    `reasons` are those of single terms, `answers` those to the four questions; both by their names.
    """

    __tablename__ = "catchball_version"
    __table_args__ = (UniqueConstraint("catchball_id", "number"),)

    catchball_id: int = Field(foreign_key="catchball.id")
    number: int
    author_id: int = Field(foreign_key="member.id", index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    terms: dict[str, Any] = Field(sa_type=JSON)
    reason: str = Field(default="", max_length=1000)
    reasons: dict[str, str] | None = Field(default=None, sa_type=JSON)
    answers: dict[str, str] | None = Field(default=None, sa_type=JSON)


class CatchballParty(Row, table=True):
    """Someone who must agree: the proposer at position 0, the receivers after that.

    `reminded_at` is when they were reminded of holding it, and empty again when it changes hands.
    """

    __tablename__ = "catchball_party"
    __table_args__ = (UniqueConstraint("catchball_id", "position"),)

    catchball_id: int = Field(foreign_key="catchball.id")
    position: int
    member_id: int = Field(foreign_key="member.id", index=True)
    holds: bool = False
    has_agreed: bool = False
    reminded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CatchballMove(Row, table=True):
    """One move, and what was said with it. `version` is the last one after it; `person_id` whom it names."""

    __tablename__ = "catchball_move"
    __table_args__ = (Index("ix_catchball_move_ball", "catchball_id", "at"),)

    catchball_id: int = Field(foreign_key="catchball.id")
    at: datetime = Field(sa_type=UtcDateTime)
    member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    move: Move = Field(sa_type=enum_column(Move))
    version: int
    said: str = Field(default="", max_length=1000)
    person_id: int | None = Field(default=None, foreign_key="member.id")
    is_rubber_stamp: bool = False


class CatchballRemark(Row, table=True):
    """What someone wrote in a ball's thread, where the workspace lets the app read it: as it stands in Slack.

    `channel_id` and `ts` name the message; `text` is plain.
    """

    __tablename__ = "catchball_remark"
    __table_args__ = (
        UniqueConstraint("workspace_id", "channel_id", "ts"),
        Index("ix_catchball_remark_ball", "catchball_id", "at"),
    )

    catchball_id: int = Field(foreign_key="catchball.id")
    channel_id: str = Field(max_length=32)
    ts: str = Field(max_length=32)
    member_id: int = Field(foreign_key="member.id", index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    text: str = Field(max_length=4000)
    edited_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
