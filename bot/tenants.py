"""Many workspaces: their tokens from the database into memory, also those that another process installed."""

from dataclasses import dataclass
from functools import partial

import structlog

from bot.encryption import Cipher, Unreadable
from bot.installations import Installation, Installations, Slack
from storage.database import Database
from storage.repositories.installations import Installed
from storage.repositories.workspaces import Workspaces

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Tenants:
    """Keeps what is in memory to what is in the database."""

    slack: Slack
    database: Database
    installations: Installations
    cipher: Cipher

    async def reseal(self) -> None:
        """Every token under the newest key, so that the older keys can be taken away."""
        for one in await self._list():
            try:
                await self.database.run_workspaces(
                    partial(_reseal, one, self.cipher.reseal(one.sealed_token))
                )
            except Unreadable:
                continue  # `refresh` says so

    async def refresh(self) -> None:
        """New ones are served, new tokens are taken, and those who removed the app are let go."""
        installed = await self._list()
        for one in installed:
            self._put(one)
        teams = {one.team_id for one in installed}
        for installation in self.installations.list_all():
            if installation.team_id not in teams:
                self.installations.remove(installation.team_id)

    async def look_up(self, team_id: str) -> None:
        """A workspace that asks and is not in memory: perhaps another process has just installed it."""
        found = await self.database.read_workspaces(lambda them: them.installations.find(team_id))
        if found is not None:
            self._put(found)

    def _put(self, one: Installed) -> None:
        known = self.installations.find_by_workspace(one.workspace_id)
        if known is not None and known.sealed_token == one.sealed_token:
            return
        try:
            token = self.cipher.open(one.sealed_token)
        except Unreadable:
            # Another process may have a newer key than we: what is in memory stays good.
            log.warning("token_unreadable", workspace=one.workspace_id, team=one.team_id)
            return
        self.installations.put(
            Installation(
                workspace_id=one.workspace_id,
                team_id=one.team_id,
                enterprise_id=one.enterprise_id,
                client=self.slack.client(token),
                bot_user_id=one.bot_user_id,
                bot_id=one.bot_id,
                scopes=one.scopes,
                sealed_token=one.sealed_token,
            )
        )

    async def _list(self) -> list[Installed]:
        return await self.database.read_workspaces(lambda them: them.installations.list_all())


def _reseal(one: Installed, new: str, workspaces: Workspaces) -> None:
    workspaces.installations.reseal(one.workspace_id, old=one.sealed_token, new=new)
