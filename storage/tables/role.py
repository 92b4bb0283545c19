"""Who was named to which role (rules: storage/rules/access.py)."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from storage.rules.terms import Role
from storage.tables.columns import Row, UtcDateTime, enum_column


class RoleGrant(Row, table=True):
    """One person in one role; only `GIVEN_ROLES` are stored, the others follow from the record."""

    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("member_id", "role"),)

    member_id: int = Field(foreign_key="member.id")
    role: Role = Field(sa_type=enum_column(Role))
    granted_at: datetime = Field(sa_type=UtcDateTime)
    granted_by_id: int | None = Field(default=None, foreign_key="member.id")
