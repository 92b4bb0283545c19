"""What a workspace has set for itself: its rhythm, its channels, the method's figures."""

from datetime import time
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from storage.repositories.base import Repository
from storage.rules import thresholds
from storage.rules.cadence import WeeklyRhythm
from storage.rules.scoring import Thresholds
from storage.tables.workspace import Workspace

_WORKSPACE = select(Workspace).where(Workspace.id == bindparam("its_id"))
_ZONE = select_columns(col(Workspace.zone)).where(col(Workspace.id) == bindparam("workspace_id"))


class WorkspaceSettings(Repository):
    """The settings of one workspace."""

    def __init__(self, session: Session, workspace_id: int) -> None:
        super().__init__(session, workspace_id)
        self._workspace: Workspace | None = None

    def get(self) -> Workspace:
        """The workspace itself, for its settings."""
        # Held on to here: the session forgets what nobody holds, and each look would be a statement.
        if self._workspace is None:
            its_id = {"its_id": self.workspace_id}
            self._workspace = self.session.exec(_WORKSPACE, params=its_id).one()
        return self._workspace

    def rhythm(self) -> WeeklyRhythm:
        """When the workspace's check-ins open and close."""
        workspace = self.get()
        return WeeklyRhythm(
            opens_weekday=workspace.checkin_opens_weekday,
            closes_weekday=workspace.checkin_closes_weekday,
            closes_time=time(workspace.checkin_closes_hour),
            reminder_share=workspace.reminder_percent / 100,
        )

    def thresholds(self) -> Thresholds:
        """The method's figures as this workspace has set them; the same by which its plan stands."""
        workspace = self.get()
        return thresholds.read(workspace.thresholds, closes_weekday=workspace.checkin_closes_weekday)

    def zone(self) -> str:
        """The workspace's zone, without the rest."""
        found: str = self._columns(_ZONE).scalar_one()
        return found

    def change(self, values: dict[str, Any]) -> None:
        workspace = self.get()
        for name, value in values.items():
            setattr(workspace, name, value)
        self.session.flush()
