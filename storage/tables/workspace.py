"""A Slack workspace that uses Hoshin, and the settings of the installation as a whole."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.tables.columns import UtcDateTime


class Workspace(SQLModel, table=True):
    """One tenant. `slack_team_id` is empty while an imported plan waits for its first connection.

    `thresholds` are those figures of the method that this workspace has set for itself, by name
    (storage/rules/thresholds.py). `plan_revision` counts every change of what the plan is made of or how it
    stands, so that a picture of it in memory is known to be of today.
    """

    __tablename__ = "workspace"
    __table_args__ = (UniqueConstraint("enterprise_id", "slack_team_id"),)

    id: int = Field(default=None, primary_key=True)
    enterprise_id: str = Field(default="", max_length=32)
    slack_team_id: str | None = Field(default=None, max_length=32)
    name: str = Field(default="", max_length=200)
    bot_user_id: str | None = Field(default=None, max_length=32)
    zone: str = Field(default="UTC", max_length=64)
    locale: str = Field(default="en-US", max_length=20)
    # What holds for everyone who said nothing else.
    work_days: str = Field(default="01234", max_length=7)
    country: str = Field(default="", max_length=2)
    region: str = Field(default="", max_length=40)
    # "working 5": the fifth working day; "day 10": the tenth of the month (storage/working.py).
    monthly_review: str = Field(default="working 5", max_length=20)
    quarterly_review: str = Field(default="working 8", max_length=20)
    annual_review: str = Field(default="working 10", max_length=20)
    review_hour: int = 10
    # Prompts of one hour are spread over so many minutes.
    spread_minutes: int = 0
    checkin_opens_weekday: int = 0
    checkin_closes_weekday: int = 2
    checkin_closes_hour: int = 17
    reminder_percent: int = 80
    review_channel_id: str | None = Field(default=None, max_length=32)
    ideas_channel_id: str | None = Field(default=None, max_length=32)
    digest_channel_id: str | None = Field(default=None, max_length=32)
    thresholds: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    plan_revision: int = 0
    connected_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    disconnected_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Setting(SQLModel, table=True):
    """A fact of the whole installation, such as a rehearsal's clock offset."""

    __tablename__ = "setting"

    key: str = Field(primary_key=True, max_length=64)
    value: str = Field(max_length=2000)
