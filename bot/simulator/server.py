"""The simulated Slack: one object that holds its parts, its HTTP server and its sockets."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from starlette.routing import BaseRoute

from . import events
from .activity import Activity
from .client import Client
from .deliveries import Answer, Deliveries, Failure, HttpTransport, Transport
from .driver import ChannelView, Person
from .errors import SlackError
from .faults import Faults
from .feed import Feed
from .http_server import HttpServer
from .installation import Installation
from .manifest import Manifest
from .messages import File
from .oauth import OAuth
from .rates import Rates
from .response_urls import ResponseUrl, ResponseUrls
from .signing import sign
from .sockets import SocketTransport
from .traffic import Traffic
from .triggers import Triggers
from .uploads import Uploads
from .web_api import WebApi
from .workspace import Ids, Workspace

if TYPE_CHECKING:
    from .channels import Channel

RETRY_DELAYS = (0.0, 60.0, 300.0)
"""Seconds before Slack's retries of an event: at once, after a minute, after five."""


class SlackSimulator:
    """`async with SlackSimulator(manifest=…) as slack:`; the state may be laid out before.

    manifest: the mapping, or the path of its YAML.
    now: the workspace's clock; triggers, signatures and response_urls keep to real time.
    grant_optional_scopes: whether the installer granted `bot_optional` too.
    enforce_rates: answer 429 as Slack would.
    request_url: where signed HTTP goes, instead of the manifest's.
    retry_delays, ack_timeout: in seconds, so that a test need not wait as long as Slack does.
    installed: whether the first workspace has the app from the start on.
    patience: for how many seconds a person looks for something before giving up.
    """

    def __init__(
        self,
        manifest: Mapping[str, Any] | Path | str | Manifest,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        workspace_name: str = "Acme",
        installed: bool = True,
        grant_optional_scopes: bool = False,
        enforce_rates: bool = False,
        request_url: str | None = None,
        retry_delays: Sequence[float] = RETRY_DELAYS,
        ack_timeout: float = 3.0,
        patience: float = 2.0,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.manifest = manifest if isinstance(manifest, Manifest) else Manifest.read(manifest)
        self.now = now
        self.request_url = request_url
        self.retry_delays = tuple(retry_delays)
        self.ack_timeout = ack_timeout
        self.patience = patience
        self.grant_optional_scopes = grant_optional_scopes
        self.app_id = "A0SIMULATOR"
        self.app_token = f"xapp-1-{self.app_id}-{secrets.token_hex(16)}"
        self.signing_secret = secrets.token_hex(16)
        self.feed = Feed()
        self.ids = Ids()
        self.activity = Activity()
        self.faults = Faults()
        self.rates = Rates(enforced=enforce_rates)
        self.triggers = Triggers()
        self.response_urls = ResponseUrls()
        self.oauth = OAuth(self)
        self.running = False
        self.workspaces: list[Workspace] = []
        self.installations: list[Installation] = []
        self._clients: dict[tuple[str, str], Client] = {}
        self.workspace = self.add_workspace(workspace_name, installed=installed)
        self.traffic = Traffic(lambda: self.feed.publish("traffic", self.workspace.team_id))
        self.sockets = SocketTransport(self)
        self.http = HttpTransport(self)
        self.deliveries = Deliveries(self)
        self._http_server = HttpServer(host, port)
        self.uploads = Uploads(lambda: self.url)
        self._web_api = WebApi(self)
        self._mounted: list[BaseRoute] = []

    # ---- what the app needs -------------------------------------------------------------------

    @property
    def url(self) -> str:
        """Where everything is served, without a final slash."""
        return self._http_server.url

    @property
    def api_url(self) -> str:
        """The base_url for AsyncWebClient and for SLACK_API_URL."""
        return f"{self.url}/api/"

    @property
    def bot_token(self) -> str:
        return self.installations[0].token

    @property
    def transport(self) -> Transport:
        return self.sockets if self.manifest.socket_mode else self.http

    # ---- workspaces and installations -----------------------------------------------------------

    def add_workspace(self, name: str, *, installed: bool = True) -> Workspace:
        """A further workspace in the same Slack, with or without the app."""
        workspace = Workspace(name=name, now=self.now, feed=self.feed, ids=self.ids)
        workspace.announce = self._announce
        workspace.files_url = lambda: self.url
        self.workspaces.append(workspace)
        if installed:
            self.install(workspace)
        return workspace

    def find_file(self, key: str) -> File | None:
        """The file of a download's address, `T…-F…`."""
        team_id, _, file_id = key.partition("-")
        workspace = next((each for each in self.workspaces if each.team_id == team_id), None)
        return workspace.files.get(file_id) if workspace is not None else None

    def install(self, workspace: Workspace, scopes: frozenset[str] | None = None) -> Installation:
        """Again, too: the bot user comes back, and after a removal the token is a new one."""
        if scopes is None:
            scopes = self.manifest.scopes - self.manifest.optional_scopes
            if self.grant_optional_scopes:
                scopes |= self.manifest.optional_scopes
        token = f"xoxb-{workspace.team_id[1:]}-{secrets.token_hex(12)}"
        for before in self.installations:
            if before.workspace is workspace:
                before.token = token if before.revoked else before.token
                before.scopes, before.revoked = scopes, False
                return before
        bot_id = self.ids.new("B")
        bot_user = workspace.add_user(
            self.manifest.bot_name.lower(),
            real_name=self.manifest.bot_name,
            is_bot=True,
            bot_id=bot_id,
        )
        installation = Installation(
            workspace=workspace,
            app_id=self.app_id,
            bot_user=bot_user,
            bot_id=bot_id,
            token=token,
            scopes=scopes,
        )
        self.installations.append(installation)
        return installation

    def uninstall(self, workspace: Workspace | None = None) -> None:
        """The app hears tokens_revoked and app_uninstalled; its token is dead."""
        installation = self.installation_of(workspace or self.workspace)
        for happening in (events.tokens_revoked(installation.bot_user_id), events.app_uninstalled()):
            if happening.subscription in self.manifest.events:
                self.deliveries.event(installation, happening)
        installation.revoked = True

    def installation_of(self, workspace: Workspace) -> Installation:
        """Raises LookupError where the app is not installed there."""
        for installation in self.installations:
            if installation.workspace is workspace:
                return installation
        raise LookupError(f"The app is not installed in {workspace.name}.")

    def installation_in(self, team_id: str) -> Installation:
        return next(each for each in self.installations if each.workspace.team_id == team_id)

    def installation_by_token(self, token: str | None) -> Installation | None:
        return next((each for each in self.installations if each.token == token), None)

    # ---- people, in the words of a test ---------------------------------------------------------

    def client(self, user_id: str, workspace: Workspace | None = None) -> Client:
        """The Slack client of that person."""
        there = workspace or self.workspace
        key = (there.team_id, user_id)
        if key not in self._clients:
            self._clients[key] = Client(self, there, user_id)
        return self._clients[key]

    def add_person(self, name: str, **traits: Any) -> Person:
        """`traits`: real_name, email, tz, is_restricted, deleted, … (fields of User)."""
        traits.setdefault("email", f"{name}@example.com")
        return self.person(self.workspace.add_user(name, **traits).id)

    def add_stranger(self, name: str, *channels: str, **traits: Any) -> Person:
        """Somebody of another workspace, without the app, in channels shared with this one."""
        other = self.add_workspace(f"{name}'s company", installed=False)
        traits.setdefault("email", f"{name}@elsewhere.example")
        user = other.add_user(name, **traits)
        self.workspace.add_stranger(user)
        for channel in channels:
            self.workspace.join(self.channel(channel).id, user.id)
        return self.person(user.id)

    def person(self, who: str, workspace: Workspace | None = None) -> Person:
        """By handle, name, address or id. Raises LookupError."""
        user = (workspace or self.workspace).find_user(who)
        if user is None:
            raise LookupError(f"Nobody here is called {who!r}.")
        return Person(self, self.client(user.id, workspace))

    def add_channel(self, name: str, *members: str, bot: bool = False, private: bool = False) -> Channel:
        """`members`: people as `person` finds them; `bot`: whether the app is a member."""
        ids = [self.person(each).id for each in members]
        if bot:
            ids.append(self.installation_of(self.workspace).bot_user_id)
        return self.workspace.add_channel(name, members=ids, kind="private" if private else "public")

    def channel(self, which: str) -> ChannelView:
        """By name or id. Raises LookupError."""
        channel = self.workspace.find_channel(which)
        if channel is None:
            raise LookupError(f"There is no channel {which!r}.")
        return ChannelView(self.workspace, channel)

    # ---- running ----------------------------------------------------------------------------------

    def mount(self, *routes: BaseRoute) -> None:
        """Serve these too, on the same port. Before the start."""
        self._mounted += routes

    def routes(self) -> list[BaseRoute]:
        """The Web API, response_urls, uploads and OAuth's page."""
        return [*self._web_api.routes(), *self.oauth.routes()]

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        await self._http_server.start([*self.routes(), *self._mounted])
        if self.manifest.socket_mode:
            await self.sockets.start()
        self.running = True

    async def stop(self) -> None:
        self.running = False
        await self.deliveries.close()
        await self.sockets.close()
        await self.http.close()
        await self._http_server.stop()

    async def connected(self, count: int = 1, within: float = 5.0) -> None:
        """Wait until the app holds that many sockets. Raises TimeoutError."""
        if not await self.feed.until(lambda: self.sockets.connection_count >= count, within):
            raise TimeoutError(f"{self.sockets.connection_count} of {count} sockets connected.")

    async def settled(self, within: float = 10.0, quiet: float = 0.03) -> None:
        """Wait until no call and no delivery has been under way for `quiet` seconds.

        A test that can tell whether the app is idle assigns `slack.activity.app_is_idle`.
        Raises TimeoutError.
        """
        if not await self.activity.quiet(quiet, within):
            raise TimeoutError(f"The app and Slack did not come to rest in {within} s.")

    # ---- for the parts --------------------------------------------------------------------------------

    def response_url(self, url: ResponseUrl) -> str:
        return f"{self.url}/response/{url.path}"

    def note_refusal(self, name: str, refusal: SlackError) -> None:
        """An answer of the app that Slack could not take."""
        details = {"messages": list(refusal.messages)}
        self.traffic.add("call", name, refusal.error, 0.0, details=details)

    def cut(self, client: tuple[str, int] | None) -> None:
        """Cut the TCP connection on which that request came."""
        if client is not None:
            self._http_server.cut((client[0], client[1]))

    async def post_signed(
        self, body: str, *, url: str | None = None, content_type: str, **signing: Any
    ) -> Answer | Failure:
        """POST anything to the app. `signing`: `secret` to forge, `timestamp` to age."""
        secret = signing.pop("secret", self.signing_secret)
        headers = sign(secret, body, **signing) | {"Content-Type": content_type}
        target = url or self.request_url or self.manifest.request_url
        if target is None:
            raise ValueError("There is no request URL.")
        return await self.http.post(target, body, headers)

    async def verifies_request_url(self) -> bool:
        """What Slack does when a request URL is entered: it wants its challenge back."""
        challenge = secrets.token_urlsafe(24)
        body = json.dumps({"type": "url_verification", "token": "", "challenge": challenge})
        answer = await self.post_signed(body, content_type="application/json")
        if isinstance(answer, Failure):
            return False
        given = answer.body.get("challenge") if isinstance(answer.body, dict) else answer.body
        return bool(given == challenge)

    def _announce(self, workspace: Workspace, happening: events.Happening) -> None:
        if self.running:
            self.deliveries.announce(workspace, happening)
