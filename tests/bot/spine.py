"""The spine with a test's own routes: real Bolt, real transports, the simulated Slack."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from slack_bolt.async_app import AsyncApp

from bot.answers import View
from bot.audiences import Audiences
from bot.clock import Clock
from bot.connecting import Connecting
from bot.do_not_disturb import DoNotDisturb
from bot.followups import FollowUps
from bot.installations import Installation, Installations, Slack
from bot.lifecycle import Lifecycle
from bot.listening import Listening
from bot.manifest import make_manifest
from bot.members import Directory
from bot.metrics import Metrics
from bot.routing import Routes
from bot.simulator import SlackSimulator
from bot.sockets import SILENT_S, Sockets
from bot.tasks import Supervisor
from bot.web.server import WebServer
from bot.web.slack import slack_routes
from storage.database import Database


@dataclass(frozen=True, slots=True)
class Spine:
    """What a test may look at."""

    slack: SlackSimulator
    directory: Directory
    connecting: Connecting
    installation: Installation
    metrics: Metrics
    channels_back: list[str]


@asynccontextmanager
async def spine(
    database: Database,
    clock: Clock,
    routes: Routes,
    *,
    http: bool = False,
    silent_s: float = SILENT_S,
    grant_optional_scopes: bool = False,
) -> AsyncIterator[Spine]:
    """A bot of these routes, connected to a Slack of its own over Socket Mode or signed HTTP.

    `silent_s`: how long the watchdog bears a silent connection.
    """
    manifest = make_manifest(http="https://hoshin.example.com" if http else None)
    async with SlackSimulator(
        manifest, now=clock.now, patience=30.0, grant_optional_scopes=grant_optional_scopes
    ) as slack:
        way = Slack(slack.api_url)
        installations = Installations(way)
        supervisor = Supervisor()
        directory = Directory(database, clock)
        audiences = Audiences(database, clock)
        connecting = Connecting(way, database, clock, installations, directory, audiences)
        channels_back: list[str] = []

        async def home(workspace_id: int, user_id: str) -> View | None:
            text = {"type": "plain_text", "text": f"Home of {user_id} in {workspace_id}"}
            return {"type": "home", "blocks": [{"type": "section", "text": text}]}

        async def back(installation: Installation, channel_id: str) -> None:
            del installation
            channels_back.append(channel_id)

        everything = Routes()
        lifecycle = Lifecycle(
            database, installations, directory, audiences, DoNotDisturb(database, clock, spacing_s=0), back
        )
        everything.include([routes, lifecycle.routes()])
        bolt = AsyncApp(
            client=way.client(None),
            process_before_response=True,
            signing_secret=slack.signing_secret,
            authorize=installations.make_authorize(),
        )
        metrics = Metrics()
        Listening(
            routes=everything,
            database=database,
            clock=clock,
            installations=installations,
            directory=directory,
            audiences=audiences,
            follow_ups=FollowUps(way, home),
            supervisor=supervisor,
            metrics=metrics,
            close_sight=lambda _: [],
            after_write=lambda: None,
        ).attach(bolt)
        slack.activity.app_is_idle = lambda: supervisor.is_idle
        try:
            installation = await connecting.connect(slack.bot_token)
            async with _transport(slack, bolt, way, http=http, silent_s=silent_s):
                yield Spine(slack, directory, connecting, installation, metrics, channels_back)
        finally:
            await supervisor.drain(2)
            await way.close()


@asynccontextmanager
async def _transport(
    slack: SlackSimulator, bolt: AsyncApp, way: Slack, *, http: bool, silent_s: float
) -> AsyncIterator[None]:
    if http:
        server = WebServer(list(slack_routes(bolt, lambda: True)), "127.0.0.1", 0)
        await server.start()
        slack.request_url = f"http://127.0.0.1:{server.port}/slack/events"
        try:
            yield
        finally:
            await server.stop()
    else:
        sockets = Sockets(bolt, way, slack.app_token, look_every_s=0.05, silent_s=silent_s)
        await sockets.start()
        try:
            await slack.connected(2)
            yield
        finally:
            await sockets.stop()
