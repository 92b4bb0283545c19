"""The app in one workspace: its bot user, its token and what the token may do."""

from __future__ import annotations

from dataclasses import dataclass

from .people import User
from .workspace import Workspace


@dataclass(slots=True)
class Installation:
    workspace: Workspace
    app_id: str
    bot_user: User
    bot_id: str
    token: str
    scopes: frozenset[str]
    """Assign a smaller set to see what the app says to `missing_scope`."""
    revoked: bool = False

    @property
    def bot_user_id(self) -> str:
        return self.bot_user.id

    def has_any(self, scopes: frozenset[str]) -> bool:
        return not scopes or bool(scopes & self.scopes)
