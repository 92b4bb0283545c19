"""Who changed what, when, from what to what."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from storage.tables.columns import Row, UtcDateTime


class AuditEntry(Row, table=True):
    """One change. `before` and `after` hold the changed fields only; free text of people is left out."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_item", "workspace_id", "kind", "item_id", "at"),)

    at: datetime = Field(sa_type=UtcDateTime)
    member_id: int | None = Field(default=None, foreign_key="member.id")
    action: str = Field(max_length=60)
    kind: str = Field(max_length=40)
    item_id: int
    reference: str = Field(default="", max_length=20)
    before: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    after: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    reason: str = Field(default="", max_length=1000)
