"""Keys for the HTTP API, and the requests that were carried out already."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from storage.tables.columns import Row, UtcDateTime


class ApiKey(Row, table=True):
    """A bearer key. Only its hash is kept; `hint` are its first characters, by which people tell keys apart.

    `kpi_numbers` are the KPIs that it is for, None for all. A key that may not write only reads.
    """

    __tablename__ = "api_key"
    __table_args__ = (UniqueConstraint("hash"),)

    name: str = Field(max_length=100)
    hint: str = Field(max_length=20)
    hash: str = Field(max_length=64)
    kpi_numbers: list[int] | None = Field(default=None, sa_type=JSON)
    can_write: bool = True
    created_by_id: int | None = Field(default=None, foreign_key="member.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ApiRequest(Row, table=True):
    """A request that was carried out under its idempotency key: the same one again gets the same answer."""

    __tablename__ = "api_request"
    __table_args__ = (UniqueConstraint("api_key_id", "key"),)

    api_key_id: int = Field(foreign_key="api_key.id")
    key: str = Field(max_length=200)
    fingerprint: str = Field(max_length=64)
    status: int
    answer: dict[str, Any] = Field(sa_type=JSON)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
