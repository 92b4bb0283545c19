"""Teams nest (company → department → team); each has a lead, a channel and members."""

from datetime import date

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from storage.tables.columns import Row


class Team(Row, table=True):
    """`channel` is what the plan names (a name or an id), `channel_id` what Slack knows it by."""

    __tablename__ = "team"
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)

    name: str = Field(max_length=120)
    parent_id: int | None = Field(default=None, foreign_key="team.id", index=True)
    lead_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    channel: str | None = Field(default=None, max_length=100)
    channel_id: str | None = Field(default=None, max_length=32)
    # Slack's last refusal of the channel (is_archived, not_in_channel …), so that the lead is told once.
    channel_fault: str | None = Field(default=None, max_length=64)
    # Whether the summary names, gently, who has not answered yet.
    names_missing: bool = True
    # No check-in is opened up to and including this day; empty where it goes on.
    paused_until: date | None = None
    # "none", "weekly" or "before a review" (bot/checkins/templates.py).
    question_template: str = Field(default="none", max_length=40)


class TeamMember(Row, table=True):
    """Who belongs to a team. `is_home` marks the one team in whose summary the person's check-in stands."""

    __tablename__ = "team_member"
    __table_args__ = (UniqueConstraint("team_id", "member_id"),)

    team_id: int = Field(foreign_key="team.id")
    member_id: int = Field(foreign_key="member.id", index=True)
    is_home: bool = True
