"""Workspaces and the installation's settings: the one repository that is not bound to a workspace."""

from datetime import datetime

from sqlmodel import Session, col, select

from storage.repositories.base import insert_once
from storage.repositories.installations import Installations
from storage.rules.errors import Invalid, NotFound
from storage.tables.workspace import Setting, Workspace


class Workspaces:
    """Which workspaces there are."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.installations = Installations(session)

    def connect(
        self, *, team_id: str, enterprise_id: str, name: str, bot_user_id: str, now: datetime
    ) -> Workspace:
        """The workspace of these Slack ids, made on its first connection.

        A plan that was imported before anyone connected waits in a workspace without ids: the first to
        connect takes it over.
        """
        workspace = self.find_by_team(team_id, enterprise_id) or self._find_waiting()
        if workspace is None:
            # Replicas that start together connect together: one adds the row, the others find it.
            fresh = Workspace(slack_team_id=team_id, enterprise_id=enterprise_id)
            unique = ("enterprise_id", "slack_team_id")
            values = fresh.model_dump(exclude_none=True)
            insert_once(self.session, Workspace, values, unique, col(Workspace.id))
            workspace = self.find_by_team(team_id, enterprise_id)
            if workspace is None:
                raise LookupError("a workspace that was just added is gone")
        workspace.slack_team_id = team_id
        workspace.enterprise_id = enterprise_id
        workspace.name = name
        workspace.bot_user_id = bot_user_id
        workspace.connected_at = now
        workspace.disconnected_at = None
        self.session.flush()
        return workspace

    def disconnect(self, team_id: str, enterprise_id: str, now: datetime) -> None:
        """Notes that the app was removed there: its token goes, its data stays, nothing more is sent."""
        workspace = self.find_by_team(team_id, enterprise_id)
        if workspace is not None:
            workspace.disconnected_at = now
            self.installations.remove(workspace.id)

    def find_by_team(self, team_id: str, enterprise_id: str = "") -> Workspace | None:
        return self.session.exec(
            select(Workspace).where(
                Workspace.slack_team_id == team_id, Workspace.enterprise_id == enterprise_id
            )
        ).one_or_none()

    def list_connected(self) -> list[Workspace]:
        """Those with the app installed, oldest first."""
        return list(
            self.session.exec(
                select(Workspace)
                .where(
                    col(Workspace.connected_at).is_not(None),
                    col(Workspace.disconnected_at).is_(None),
                )
                .order_by(col(Workspace.id))
            )
        )

    def choose(self, wanted: str | None) -> Workspace | None:
        """The workspace that a command line call means; None where there is none at all yet.

        Args:
            wanted: its Slack id (`T…`), or None where there is only one.

        Raises:
            NotFound: there is none with that id.
            Invalid: there are several and none was named.
        """
        everyone = list(self.session.exec(select(Workspace).order_by(col(Workspace.id))))
        if wanted is not None:
            for workspace in everyone:
                if workspace.slack_team_id == wanted:
                    return workspace
            raise NotFound(f"There is no workspace {wanted} in this database.")
        if len(everyone) > 1:
            names = ", ".join(f"{one.slack_team_id} ({one.name})" for one in everyone)
            raise Invalid(f"This database holds several workspaces: {names}. Name one with --workspace.")
        return everyone[0] if everyone else None

    def add_waiting(self) -> Workspace:
        """A workspace for a plan that was imported before any connected; the first to connect takes it."""
        workspace = Workspace()
        self.session.add(workspace)
        self.session.flush()
        return workspace

    def get_setting(self, key: str) -> str | None:
        setting = self.session.get(Setting, key)
        return setting.value if setting else None

    def keep_setting(self, key: str, value: str) -> str:
        """Stores the value unless there is one, and returns the one that counts."""
        insert_once(self.session, Setting, {"key": key, "value": value}, ("key",), col(Setting.key))
        return self.get_setting(key) or value

    def _find_waiting(self) -> Workspace | None:
        # Locked, so that of two workspaces that connect at once the second finds that it waits no more.
        waiting = select(Workspace).where(col(Workspace.slack_team_id).is_(None)).with_for_update()
        return self.session.exec(waiting).first()
