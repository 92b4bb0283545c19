"""The app in a workspace that added it by OAuth, and the installations under way."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from storage.tables.columns import UtcDateTime


class Installation(SQLModel, table=True):
    """What Slack granted one workspace. `id` is the workspace's; the row goes when the app is removed.

    `sealed_token` is the bot's token, encrypted: whoever holds the database alone cannot use it. `scopes`
    are separated by commas.
    """

    __tablename__ = "installation"

    id: int = Field(primary_key=True, foreign_key="workspace.id")
    bot_id: str = Field(max_length=32)
    scopes: str = Field(max_length=4000)
    sealed_token: str = Field(max_length=2000)
    installed_at: datetime = Field(sa_type=UtcDateTime)


class OAuthState(SQLModel, table=True):
    """One way to Slack's authorize page and back, good for one return. Only the state's hash is kept."""

    __tablename__ = "oauth_state"

    hash: str = Field(primary_key=True, max_length=64)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
