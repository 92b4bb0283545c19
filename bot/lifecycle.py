"""What Slack tells of itself: people who change, channels that come back, the app being removed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.answers import Answer, nothing
from bot.asks import Ask
from bot.audiences import Audiences
from bot.do_not_disturb import DoNotDisturb
from bot.installations import Installation, Installations
from bot.members import Account, Directory
from bot.routing import Routes
from storage.database import Database

ChannelBack = Callable[[Installation, str], Awaitable[None]]
"""Called with Slack's channel id: the bot may post there (again)."""


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """Handlers of events that are about the workspace and not about one person's ask."""

    database: Database
    installations: Installations
    directory: Directory
    audiences: Audiences
    do_not_disturb: DoNotDisturb
    channel_back: ChannelBack

    def routes(self) -> Routes:
        routes = Routes()
        for event_type, handler in {
            "user_change": self._on_user,
            "team_join": self._on_user,
            "dnd_updated_user": self._on_do_not_disturb,
            "member_joined_channel": self._on_joined,
            "member_left_channel": self._on_left,
            "channel_unarchive": self._on_unarchived,
            "group_unarchive": self._on_unarchived,
            "app_uninstalled": self._on_uninstalled,
            "tokens_revoked": self._on_revoked,
        }.items():
            routes.event(event_type, needs_member=False)(handler)
        return routes

    async def _on_user(self, ask: Ask) -> Answer:
        installation, user = self._installation(ask), ask.payload["user"]
        await self.directory.refresh(installation, user)
        await self.audiences.changed(installation, Account.from_slack(user))
        return nothing()

    async def _on_do_not_disturb(self, ask: Ask) -> Answer:
        slack_user_id, status = ask.payload["user"], ask.payload["dnd_status"]
        await self.do_not_disturb.changed(self._installation(ask), slack_user_id, status)
        return nothing()

    async def _on_joined(self, ask: Ask) -> Answer:
        installation = self._installation(ask)
        if ask.channel_id is not None and ask.person.slack_user_id == installation.bot_user_id:
            await self.channel_back(installation, ask.channel_id)
        elif ask.channel_id is not None:
            await self.audiences.joined_or_left(installation, ask.channel_id)
        return nothing()

    async def _on_left(self, ask: Ask) -> Answer:
        if ask.channel_id is not None:
            await self.audiences.joined_or_left(self._installation(ask), ask.channel_id)
        return nothing()

    async def _on_unarchived(self, ask: Ask) -> Answer:
        if ask.channel_id is not None:
            await self.channel_back(self._installation(ask), ask.channel_id)
        return nothing()

    async def _on_uninstalled(self, ask: Ask) -> Answer:
        await self._disconnect(ask)
        return nothing()

    async def _on_revoked(self, ask: Ask) -> Answer:
        # Tokens of single people may be revoked too; only the bot's ends the installation.
        if (ask.payload.get("tokens") or {}).get("bot"):
            await self._disconnect(ask)
        return nothing()

    async def _disconnect(self, ask: Ask) -> None:
        gone = self._installation(ask)
        is_gone = await self.database.run_workspaces(
            lambda workspaces: workspaces.disconnect(
                gone.team_id, gone.enterprise_id, ask.now, removed_at=ask.happened_at
            )
        )
        if is_gone:
            self.installations.remove(gone.team_id)

    def _installation(self, ask: Ask) -> Installation:
        installation = self.installations.find_by_workspace(ask.workspace_id)
        if installation is None:
            raise LookupError("the wrapper takes asks of installed workspaces only")
        return installation
