"""The workspaces that added the app by OAuth: their sealed tokens, and the installations under way."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from storage.tables.installation import Installation, OAuthState
from storage.tables.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Installed:
    """One installed workspace, as every process of the bot reads it."""

    workspace_id: int
    team_id: str
    enterprise_id: str
    name: str
    bot_user_id: str
    bot_id: str
    scopes: frozenset[str]
    sealed_token: str


_INSTALLED = (
    select(  # type: ignore[call-overload] # more columns than SQLModel's select has signatures for
        col(Workspace.id).label("workspace_id"),
        col(Workspace.slack_team_id).label("team_id"),
        col(Workspace.enterprise_id),
        col(Workspace.name),
        col(Workspace.bot_user_id),
        col(Installation.bot_id),
        col(Installation.scopes),
        col(Installation.sealed_token),
    )
    .join(Installation, col(Installation.id) == col(Workspace.id))
    .where(col(Workspace.disconnected_at).is_(None))
)


class Installations:
    """Like `Workspaces`, of which it is a part, bound to no workspace."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def keep(
        self, workspace_id: int, *, bot_id: str, scopes: frozenset[str], sealed_token: str, now: datetime
    ) -> None:
        """Stores what Slack granted, in the place of what it granted before."""
        granted = Installation(
            id=workspace_id,
            bot_id=bot_id,
            scopes=",".join(sorted(scopes)),
            sealed_token=sealed_token,
            installed_at=now,
        )
        self.session.merge(granted)
        self.session.flush()

    def list_all(self) -> list[Installed]:
        """All that are installed, oldest workspace first."""
        rows = self.session.exec(_INSTALLED.order_by(col(Workspace.id)))
        return [_installed(row) for row in rows]

    def find(self, team_id: str) -> Installed | None:
        """The installed workspace with that Slack id."""
        row = self.session.exec(_INSTALLED.where(col(Workspace.slack_team_id) == team_id)).first()
        return _installed(row) if row is not None else None

    def reseal(self, workspace_id: int, *, old: str, new: str) -> None:
        """The same token under another key, unless another token has come meanwhile."""
        self.session.execute(
            update(Installation)
            .where(col(Installation.id) == workspace_id, col(Installation.sealed_token) == old)
            .values(sealed_token=new)
        )

    def remove(self, workspace_id: int) -> None:
        """Forgets the token."""
        self.session.execute(delete(Installation).where(col(Installation.id) == workspace_id))

    def add_state(self, state_hash: str, *, expires_at: datetime, now: datetime) -> None:
        """Notes that an installation is under way, and forgets those that took too long."""
        self.session.execute(delete(OAuthState).where(col(OAuthState.expires_at) <= now))
        self.session.add(OAuthState(hash=state_hash, expires_at=expires_at))
        self.session.flush()

    def take_state(self, state_hash: str, now: datetime) -> bool:
        """Whether it was under way and in time; true once, whichever process asks first."""
        taken = self.session.execute(
            delete(OAuthState)
            .where(col(OAuthState.hash) == state_hash, col(OAuthState.expires_at) > now)
            .returning(col(OAuthState.hash))
        )
        return taken.first() is not None


def _installed(row: Any) -> Installed:
    values = row._asdict()
    values["scopes"] = frozenset(filter(None, values["scopes"].split(",")))
    return Installed(**values)
