"""Messages to be sent, written in the same transaction as the reason for them, and who may send them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field

from storage.tables.columns import Row, UtcDateTime, enum_column


class OutboxState(StrEnum):
    """`sending` is committed just before the call: after a crash it means "perhaps sent"."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"
    EXPIRED = "expired"


class Outbox(Row, table=True):
    """One message to post, or one edit of a message posted before.

    `key` names the occasion and is unique in a workspace, so that no occasion is told twice. The receiver
    is a person (`member_id`, told in their direct messages) or a channel (`channel_id`). `thread_of_id` and
    `edit_of_id` point at the row that posted the parent or the message to edit. `payload` holds `text`,
    `blocks` and, where they help, `metadata`.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("workspace_id", "key"),
        Index("ix_outbox_next", "workspace_id", "state", "due_at", "priority"),
        Index("ix_outbox_sent_ts", "workspace_id", "sent_ts"),
    )

    key: str = Field(max_length=120)
    priority: int = 50
    member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    channel_id: str | None = Field(default=None, max_length=32)
    thread_of_id: int | None = Field(default=None, foreign_key="outbox.id")
    edit_of_id: int | None = Field(default=None, foreign_key="outbox.id", index=True)
    payload: dict[str, Any] = Field(sa_type=JSON)
    state: OutboxState = Field(default=OutboxState.PENDING, sa_type=enum_column(OutboxState))
    due_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    attempts: int = 0
    fault: str | None = Field(default=None, max_length=200)
    sending_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    sent_channel_id: str | None = Field(default=None, max_length=32)
    sent_ts: str | None = Field(default=None, max_length=32)


class Lane(Row, table=True):
    """A workspace's right to be sent to: held by one replica at a time, with its rate limit's state.

    `leased_until`, `refilled_at` and `blocked_until` are in real time, not in the rehearsal's.
    """

    __tablename__ = "lane"
    __table_args__ = (UniqueConstraint("workspace_id"),)

    leased_by: str | None = Field(default=None, max_length=64)
    leased_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    tokens: float = 0
    refilled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    blocked_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
