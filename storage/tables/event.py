"""What Slack delivered and was carried out, so that the same delivery coming again does nothing."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from storage.tables.columns import UtcDateTime


class ProcessedEvent(SQLModel, table=True):
    """`key` is `event:Ev…`, `mention:C…:ts`, `trigger:…` or `view:V…:hash`, claimed with the work."""

    __tablename__ = "processed_event"

    workspace_id: int = Field(foreign_key="workspace.id", primary_key=True)
    key: str = Field(primary_key=True, max_length=200)
    processed_at: datetime = Field(sa_type=UtcDateTime, index=True)
