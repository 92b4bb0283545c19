"""What a workspace has set for itself: its rhythm, its channels, the method's figures."""

from typing import Any

from storage.repositories.base import Repository
from storage.tables.workspace import Workspace


class WorkspaceSettings(Repository):
    """The settings of one workspace."""

    def get(self) -> Workspace:
        return self.session.get_one(Workspace, self.workspace_id)

    def change(self, values: dict[str, Any]) -> None:
        workspace = self.get()
        for name, value in values.items():
            setattr(workspace, name, value)
        self.session.flush()
