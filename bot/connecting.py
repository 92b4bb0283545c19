"""The connection to a workspace: whose token it is, who its people are, which channels are its teams'."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from slack_sdk.errors import SlackApiError
from sqlalchemy.exc import SQLAlchemyError

from bot.audiences import Audiences, unknown_channels
from bot.channels import find_channels
from bot.clock import Clock
from bot.followups import fault_of
from bot.installations import SLACK_FAULTS, Identity, Installation, Installations, Slack
from bot.manifest import SCOPES, missing_scopes
from bot.members import Directory
from storage.database import Database, UnitOfWork
from storage.repositories.audit import INSTALLED, WORKSPACE
from storage.repositories.workspaces import Workspaces
from storage.rules.errors import DomainError, Invalid

log = structlog.get_logger()

RETRY_S = 5.0
TOKEN_FAULTS = frozenset({"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"})

APP_TOKEN_FAULTS = frozenset({"missing_scope", "not_allowed_token_type", "no_permission"})

Unplaced = tuple[int | str, ...]
"""Ids of people and names of channels that a plan names and Slack was not found to have, and ids of channels
whose readers are not known."""


@dataclass(slots=True)
class Connecting:
    """Connects, and looks up what plans name."""

    slack: Slack
    database: Database
    clock: Clock
    installations: Installations
    directory: Directory
    audiences: Audiences
    retry_s: float = RETRY_S
    _asked: dict[int, Unplaced] = field(default_factory=dict)

    async def connect(self, bot_token: str) -> Installation:
        """Until Slack accepts the token: its being down, slow or out of reach is waited for.

        Raises:
            Invalid: Slack refuses the token, which waiting would not change.
        """
        while True:
            try:
                return await self.install(bot_token)
            except SlackApiError as error:
                if fault_of(error) in TOKEN_FAULTS:
                    raise Invalid(
                        f"SLACK_BOT_TOKEN: Slack does not accept it ({fault_of(error)}). Copy it again from "
                        "“OAuth & Permissions” of your Slack app."
                    ) from None
                log.warning("slack_refused", fault=fault_of(error))
            except (*SLACK_FAULTS, SQLAlchemyError) as error:
                log.warning("not_connected_yet", fault=fault_of(error))
            await asyncio.sleep(self.retry_s)

    async def check_app_token(self, app_token: str) -> None:
        """Whether Slack opens sockets for it; faults that pass are left to the watchdog.

        Raises:
            Invalid: Slack refuses the token, or it lacks its scope.
        """
        try:
            await self.slack.client(app_token).apps_connections_open(app_token=app_token)
        except SlackApiError as error:
            if fault_of(error) in TOKEN_FAULTS | APP_TOKEN_FAULTS:
                raise Invalid(
                    f"SLACK_APP_TOKEN: Slack does not accept it ({fault_of(error)}). Make one with the scope "
                    "connections:write under “Basic Information” of your Slack app."
                ) from None
            log.warning("socket_not_opened", fault=fault_of(error))
        except SLACK_FAULTS as error:
            log.warning("slack_unreachable", fault=fault_of(error))

    async def look_up(self, installation: Installation) -> None:
        """Asks Slack for the people and channels that are not placed yet, each once."""
        unplaced = await self._unplaced(installation)
        if not unplaced or unplaced == self._asked.get(installation.workspace_id):
            return
        client = installation.client
        asked_all = await self.directory.link_by_email(installation, client)
        await find_channels(self.database, self.clock, installation, client)
        await self.audiences.learn_missing(installation)
        if asked_all:
            self._asked[installation.workspace_id] = await self._unplaced(installation)

    def ask_anew(self) -> None:
        """The next look-up asks again for those whom Slack did not know."""
        self._asked.clear()

    async def install(self, bot_token: str, *, sealed_token: str = "") -> Installation:
        """Asks Slack whose token it is and connects that workspace; a sealed token is kept with it.

        Raises:
            SlackApiError, aiohttp.ClientError, asyncio.TimeoutError: Slack refuses the token, or is away.
        """
        identity = await self.slack.identify(bot_token)
        workspace_id = await self.database.run_workspaces(
            lambda workspaces: _connect(workspaces, identity, sealed_token, self.clock.now())
        )
        for scope in missing_scopes(identity.scopes):
            log.warning("scope_missing", scope=scope, needed_for=SCOPES[scope])
        installation = Installation(
            workspace_id=workspace_id,
            team_id=identity.team_id,
            enterprise_id=identity.enterprise_id,
            client=self.slack.client(bot_token),
            bot_user_id=identity.bot_user_id,
            bot_id=identity.bot_id,
            scopes=identity.scopes,
            sealed_token=sealed_token,
        )
        self.installations.put(installation)
        log.info("connected", workspace=workspace_id, team=identity.team_id)
        return installation

    async def note_installer(self, installation: Installation, slack_user_id: str) -> None:
        """Remembers who installed the app: they are told what nobody else can be told."""
        try:
            person = await self.directory.person(installation, slack_user_id, installation.client)
        except DomainError:
            # Slack does not tell who they are, or they are of another workspace: then nobody is known.
            log.warning("installer_not_known", workspace=installation.workspace_id)
            return
        await self.database.run(
            installation.workspace_id, self.clock.now(), _record_installer, person.member_id
        )

    async def _unplaced(self, installation: Installation) -> Unplaced:
        return await self.database.read(installation.workspace_id, self.clock.now(), list_unplaced)


def _connect(workspaces: Workspaces, identity: Identity, sealed_token: str, now: datetime) -> int:
    workspace = workspaces.connect(
        team_id=identity.team_id,
        enterprise_id=identity.enterprise_id,
        name=identity.team_name,
        bot_user_id=identity.bot_user_id,
        now=now,
        # Whoever set the token in the environment imported the plan; whoever opened the page perhaps not.
        takes_waiting=not sealed_token,
    )
    if sealed_token:
        workspaces.installations.keep(
            workspace.id, bot_id=identity.bot_id, scopes=identity.scopes, sealed_token=sealed_token, now=now
        )
    return workspace.id


def _record_installer(uow: UnitOfWork, member_id: int) -> None:
    uow.audit.record(
        at=uow.now, member_id=member_id, action=INSTALLED, kind=WORKSPACE, item_id=uow.workspace_id
    )


def list_unplaced(uow: UnitOfWork) -> Unplaced:
    """What the plan names and nobody placed yet, and channels whose readers are unknown."""
    people = [member_id for member_id, _ in uow.members.list_unlinked()]
    channels = [team.channel for team in uow.teams.list_all() if team.channel and not team.channel_id]
    return (*people, *channels, *unknown_channels(uow))
