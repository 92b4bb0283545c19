"""A person of a workspace: who they are in Slack, and when they work."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from storage.tables.columns import Row, UtcDateTime


class Member(Row, table=True):
    """`slack_user_id` is empty until the email of a plan file is found in Slack.

    `work_days` holds the digits of the weekdays worked, Monday = 0. `is_slack_admin` is true of Slack's
    administrators and owners of the workspace. `erased_at` is when the person was removed from the record:
    the row stays, without anything of theirs, so that the plan stays whole.
    """

    __tablename__ = "member"
    __table_args__ = (
        UniqueConstraint("workspace_id", "slack_user_id"),
        UniqueConstraint("workspace_id", "email"),
    )

    slack_user_id: str | None = Field(default=None, max_length=32)
    email: str | None = Field(default=None, max_length=320)
    name: str = Field(max_length=200)
    zone: str = Field(default="UTC", max_length=64)
    locale: str = Field(default="en-US", max_length=20)
    work_days: str = Field(default="01234", max_length=7)
    start_hour: int = 9
    is_guest: bool = False
    is_deactivated: bool = False
    is_slack_admin: bool = False
    erased_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    linked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    refreshed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Absence(Row, table=True):
    """Days away, both ends included, in the member's own calendar."""

    __tablename__ = "absence"
    __table_args__ = (Index("ix_absence_member_until", "member_id", "until_on"),)

    member_id: int = Field(foreign_key="member.id")
    from_on: date
    until_on: date
