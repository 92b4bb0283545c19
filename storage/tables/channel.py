"""Who reads a channel, as far as Hoshin posts there."""

from datetime import datetime

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from storage.tables.columns import Row, UtcDateTime


class ChannelAudience(Row, table=True):
    """The people in a channel: `people` maps Slack's user ids to a `ReaderKind`; bots are left out.

    Someone whom the record knows as a member is judged by what the record says of them now.
    """

    __tablename__ = "channel_audience"
    __table_args__ = (UniqueConstraint("workspace_id", "channel_id"),)

    channel_id: str = Field(max_length=32)
    people: dict[str, str] = Field(sa_type=JSON)
    refreshed_at: datetime = Field(sa_type=UtcDateTime)
