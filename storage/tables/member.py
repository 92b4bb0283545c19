"""A person of a workspace: who they are in Slack, and when they work."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from storage.rules.terms import AbsenceSource, DigestRhythm
from storage.tables.columns import Row, UtcDateTime, enum_column


class Member(Row, table=True):
    """`slack_user_id` is empty until the email of a plan file is found in Slack.

    `work_days` holds the digits of the weekdays worked, Monday = 0. `is_slack_admin` is true of Slack's
    administrators and owners of the workspace. `erased_at` is when the person was removed from the record:
    the row stays, without anything of theirs, so that the plan stays whole.
    From `dnd_from_at` to `dnd_until_at` they are not to be disturbed: Slack's do-not-disturb, up to the next
    working minute after it; `dnd_asked_at` is when Slack was last asked for it.
    `zone` is the one that counts: `slack_zone` unless the person chose another (`zone_is_own`). `country` and
    `region` are for public holidays; empty means the organisation's. `quiet_from` and `quiet_until` are hours
    of the day.
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
    slack_zone: str | None = Field(default=None, max_length=64)
    zone_is_own: bool = False
    # Work days and start hour as the person set them: a plan file says no more about them.
    times_are_own: bool = False
    country: str = Field(default="", max_length=2)
    region: str = Field(default="", max_length=40)
    quiet_from: int | None = None
    quiet_until: int | None = None
    wants_messages: bool = True
    wants_reminders: bool = True
    digest: DigestRhythm = Field(default=DigestRhythm.WEEKLY, sa_type=enum_column(DigestRhythm))
    linked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    refreshed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    dnd_from_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    dnd_until_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    dnd_asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Absence(Row, table=True):
    """Days away, both ends included, in the member's own calendar.

    `deputy_id` answers for their items in weeks that they are away for.
    """

    __tablename__ = "absence"
    __table_args__ = (Index("ix_absence_member_until", "member_id", "until_on"),)

    member_id: int = Field(foreign_key="member.id")
    from_on: date
    until_on: date
    deputy_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    source: AbsenceSource = Field(default=AbsenceSource.PLAN, sa_type=enum_column(AbsenceSource))


class DayOff(Row, table=True):
    """A day on which everyone of the organisation is off."""

    __tablename__ = "day_off"
    __table_args__ = (UniqueConstraint("workspace_id", "off_on"),)

    off_on: date
    title: str = Field(default="", max_length=120)


class Follow(Row, table=True):
    """What someone follows: an item stands in their list beside their own, and all of it in their digest.

    `kind` is a kind of item, or one of the words of rules/digest.py; `item_id` is the row's id (0: the
    organisation).
    """

    __tablename__ = "follow"
    __table_args__ = (UniqueConstraint("member_id", "kind", "item_id"),)

    member_id: int = Field(foreign_key="member.id")
    kind: str = Field(max_length=40)
    item_id: int
