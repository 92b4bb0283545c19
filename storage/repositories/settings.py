"""What a workspace has set for itself: its rhythm, its channels, the method's figures."""

from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import col

from storage.repositories.base import Repository
from storage.tables.workspace import Workspace

_ZONE = select(col(Workspace.zone)).where(col(Workspace.id) == bindparam("workspace_id"))


class WorkspaceSettings(Repository):
    """The settings of one workspace."""

    def get(self) -> Workspace:
        return self.session.get_one(Workspace, self.workspace_id)

    def zone(self) -> str:
        """The workspace's zone, without the rest."""
        found: str = self._columns(_ZONE).scalar_one()
        return found

    def change(self, values: dict[str, Any]) -> None:
        workspace = self.get()
        for name, value in values.items():
            setattr(workspace, name, value)
        self.session.flush()
