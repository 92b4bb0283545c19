"""Workspaces and the installation's settings: the one repository that is not bound to a workspace."""

import re
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from storage.repositories.base import insert_once
from storage.repositories.installations import Installations
from storage.rules.errors import Invalid, NotFound
from storage.tables.workspace import Setting, Workspace

_TEAM_ID = re.compile(r"T[A-Z0-9]{1,31}")

PRECISION = timedelta(seconds=1)
"""Slack tells the second in which something happened."""
REDELIVERED_FOR = timedelta(hours=25)
"""Slack gives up after a day; what is older by more comes from a rehearsal's clock, and counts."""


class Workspaces:
    """Which workspaces there are."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.installations = Installations(session)

    def connect(
        self,
        *,
        team_id: str,
        enterprise_id: str,
        name: str,
        bot_user_id: str,
        now: datetime,
        takes_waiting: bool = True,
    ) -> Workspace:
        """The workspace of these Slack ids, made on its first connection.

        Args:
            takes_waiting: whether a plan that was imported for no workspace by name becomes its plan. Not
                where anyone may connect: the plan may be another organisation's.
        """
        workspace = self.find_by_team(team_id, enterprise_id) or self._find_by_team_alone(team_id)
        if workspace is None and takes_waiting:
            workspace = self._find_waiting()
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

    def disconnect(
        self, team_id: str, enterprise_id: str, now: datetime, *, removed_at: datetime | None = None
    ) -> bool:
        """Notes that the app was removed there: its token goes, its data stays, nothing more is sent.

        Args:
            removed_at: when that was. Slack may tell of it again after the app has come back, and then it
                counts no more.

        Returns:
            Whether the workspace is disconnected now.
        """
        workspace = self.find_by_team(team_id, enterprise_id)
        if workspace is None:
            return True
        if removed_at is not None and _was_before(removed_at, workspace.connected_at):
            return False
        workspace.disconnected_at = now
        self.installations.remove(workspace.id)
        return True

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
        everyone = self._list_all()
        if wanted is not None:
            for workspace in everyone:
                if workspace.slack_team_id == wanted:
                    return workspace
            raise NotFound(f"There is no workspace {wanted} in this database.")
        if len(everyone) > 1:
            names = ", ".join(f"{one.slack_team_id} ({one.name})" for one in everyone if one.slack_team_id)
            raise Invalid(f"This database holds several workspaces: {names}. Name one with --workspace.")
        return everyone[0] if everyone else None

    def find_for_import(self, wanted: str | None) -> Workspace | None:
        """As `choose`, but before any workspace has an id the wanted one is yet to connect: that is the
        waiting one, or None where `hold_for_import` will make it.

        Raises:
            Invalid: as `choose`, or the id is none of a workspace.
            NotFound: as `choose`.
        """
        everyone = self._list_all()
        if wanted is None or any(one.slack_team_id for one in everyone):
            return self.choose(wanted)
        if _TEAM_ID.fullmatch(wanted) is None:
            raise Invalid(
                f"“{wanted}” is no id of a Slack workspace. It begins with T and stands in the address of "
                "Slack in a browser: https://app.slack.com/client/T…."
            )
        return everyone[0] if everyone else None

    def hold_for_import(self, wanted: str | None) -> Workspace:
        """As `find_for_import`, made where there is none. A plan that waited for nobody by name waits for
        `wanted` from now on."""
        held = self.find_for_import(wanted) or self.add_waiting()
        held.slack_team_id = held.slack_team_id or wanted
        self.session.flush()
        return held

    def add_waiting(self) -> Workspace:
        """A workspace for a plan that was imported before any connected; the first that connects with the
        operator's own token takes it."""
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

    def _list_all(self) -> list[Workspace]:
        return list(self.session.exec(select(Workspace).order_by(col(Workspace.id))))

    def _find_waiting(self) -> Workspace | None:
        """The workspace of a plan that waits for nobody by name."""
        # Locked, so that of two workspaces that connect at once the second finds that it waits no more.
        waiting = select(Workspace).where(col(Workspace.slack_team_id).is_(None)).with_for_update()
        return self.session.exec(waiting).first()

    def _find_by_team_alone(self, team_id: str) -> Workspace | None:
        """Ids of teams are unique in all of Slack; the organisation's may be unknown yet, or new."""
        same = select(Workspace).where(Workspace.slack_team_id == team_id)
        same = same.order_by(col(Workspace.id)).with_for_update()
        return self.session.exec(same).first()


def _was_before(removed_at: datetime, connected_at: datetime | None) -> bool:
    if connected_at is None:
        return False
    return removed_at + PRECISION <= connected_at < removed_at + REDELIVERED_FOR
