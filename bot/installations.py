"""Where Hoshin is installed: the tokens in memory, and one HTTP session for every call to Slack."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import aiohttp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

Authorize = Callable[..., Awaitable[AuthorizeResult]]
"""In Bolt's words; it may answer None too, where the app is not installed."""

LookUp = Callable[[str], Awaitable[None]]
"""Called with a team's id; puts its installation if there is one."""

CALL_TIMEOUT_S = 10
"""The shared session voids the client's own `timeout=`, so it carries this one."""


@dataclass(frozen=True, slots=True)
class Installation:
    """One workspace with the app in it."""

    workspace_id: int
    team_id: str
    enterprise_id: str
    client: AsyncWebClient
    """With the bot's token; made once, since making one costs more than a handler."""
    bot_user_id: str
    bot_id: str
    scopes: frozenset[str]
    sealed_token: str = ""
    """As it is stored, by which a new one is noticed; empty where the environment gave the token."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What `auth.test` says about a token."""

    team_id: str
    enterprise_id: str
    team_name: str
    bot_user_id: str
    bot_id: str
    scopes: frozenset[str]


class Slack:
    """The way to Slack's Web API: one session, so that TLS is set up once, and no retries of its own.

    A retried chat.postMessage would post twice; who calls decides what a failure means.
    """

    def __init__(self, api_url: str) -> None:
        self.api_url = api_url
        self.session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=CALL_TIMEOUT_S),
            connector=aiohttp.TCPConnector(limit=100),
        )

    def client(self, token: str | None) -> AsyncWebClient:
        return AsyncWebClient(token=token, base_url=self.api_url, session=self.session, retry_handlers=[])

    async def identify(self, token: str) -> Identity:
        """Asks Slack whose token this is.

        Raises:
            SlackApiError: Slack does not accept it.
            aiohttp.ClientError, asyncio.TimeoutError: Slack cannot be reached.
        """
        answer = await self.client(token).auth_test()
        scopes = answer.headers.get("x-oauth-scopes") or answer.headers.get("X-OAuth-Scopes") or ""
        return Identity(
            team_id=answer["team_id"],
            enterprise_id=answer.get("enterprise_id") or "",
            team_name=answer.get("team") or "",
            bot_user_id=answer["user_id"],
            bot_id=answer.get("bot_id") or "",
            scopes=frozenset(scope.strip() for scope in scopes.split(",") if scope.strip()),
        )

    async def exchange(self, code: str, client_id: str, client_secret: str) -> AsyncSlackResponse:
        """What an installation was granted, for the code that came back from the authorize page.

        Not by the client's own `oauth_v2_access`, which uses what aiohttp is about to remove.

        Raises:
            SlackApiError: Slack refuses the code or the app's credentials.
            aiohttp.ClientError, asyncio.TimeoutError: Slack cannot be reached.
        """
        headers = {"Authorization": aiohttp.encode_basic_auth(client_id, client_secret)}
        return await self.client(None).api_call("oauth.v2.access", data={"code": code}, headers=headers)

    async def respond(self, response_url: str, payload: dict[str, Any]) -> None:
        """Posts to a response_url (five uses in 30 minutes).

        Raises:
            aiohttp.ClientError, asyncio.TimeoutError: it could not be posted.
        """
        async with self.session.post(
            response_url,
            data=json.dumps(payload),
            headers={"Content-Type": "application/json; charset=utf-8"},
        ) as response:
            response.raise_for_status()

    async def close(self) -> None:
        await self.session.close()


SLACK_FAULTS = (SlackClientError, aiohttp.ClientError, asyncio.TimeoutError)
"""What a call to Slack may raise; being down or slow is normal weather."""


class Installations:
    """The installations of this process, looked up in memory: no request pays for auth.test."""

    def __init__(self, slack: Slack) -> None:
        self.slack = slack
        self.look_up: LookUp | None = None
        """Asks for a workspace that is not in memory, where other processes may install some."""
        self._by_team: dict[str, Installation] = {}
        self._by_workspace: dict[int, Installation] = {}
        self._authorized: dict[str, AuthorizeResult] = {}

    def put(self, installation: Installation) -> None:
        self._by_team[installation.team_id] = installation
        self._by_workspace[installation.workspace_id] = installation
        # Without the user: Bolt knows them from the request.
        self._authorized[installation.team_id] = AuthorizeResult(
            enterprise_id=installation.enterprise_id or None,
            team_id=installation.team_id,
            bot_id=installation.bot_id,
            bot_user_id=installation.bot_user_id,
            bot_token=installation.client.token,
        )

    def remove(self, team_id: str) -> None:
        """Forgets the tokens of a workspace that removed the app."""
        installation = self._by_team.pop(team_id, None)
        if installation is not None:
            del self._by_workspace[installation.workspace_id]
            del self._authorized[team_id]

    def find_by_team(self, team_id: str | None) -> Installation | None:
        return self._by_team.get(team_id or "")

    def find_by_workspace(self, workspace_id: int) -> Installation | None:
        return self._by_workspace.get(workspace_id)

    def list_all(self) -> list[Installation]:
        return list(self._by_workspace.values())

    def client_for(self, workspace_id: int) -> AsyncWebClient | None:
        """A client with the workspace's bot token; None where the app is no longer installed."""
        installation = self.find_by_workspace(workspace_id)
        return installation.client if installation else None

    def make_authorize(self) -> Authorize:
        """Bolt's question for every request, answered from memory (its own way costs 5.6 times as much)."""
        return cast(Authorize, _FromMemory(self, self._authorized))


class _FromMemory(AsyncAuthorize):
    """What Bolt is to know of each workspace, by its team's id.

    A class of Bolt's, because for a plain function it builds a dozen arguments at every request.
    """

    def __init__(self, installations: Installations, authorized: Mapping[str, AuthorizeResult]) -> None:
        self._installations = installations
        self._authorized = authorized

    async def __call__(self, *, team_id: str | None, **_: Any) -> AuthorizeResult | None:
        known = self._authorized.get(team_id or "")
        look_up = self._installations.look_up
        if known is None and team_id and look_up is not None:
            await look_up(team_id)
            known = self._authorized.get(team_id)
        return known
