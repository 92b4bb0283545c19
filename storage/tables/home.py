"""Who has opened the Home tab: only for them is it worth drawing when something happens."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from storage.tables.columns import Row, UtcDateTime


class HomeOpening(Row, table=True):
    """Someone who has the Home tab in Slack, and since when. Apart from `member`, whose changes make the plan
    in memory void."""

    __tablename__ = "home_opening"
    __table_args__ = (UniqueConstraint("member_id"),)

    member_id: int = Field(foreign_key="member.id")
    opened_at: datetime = Field(sa_type=UtcDateTime)
