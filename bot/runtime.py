"""Start and stop, in order: app → web → Slack → jobs; and back, letting work under way end."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from starlette.routing import BaseRoute

from bot.app import App, make_app
from bot.clock import Clock, SystemClock
from bot.databases import database_faults
from bot.delivery import USUAL_LIMITS, DeliveryLimits
from bot.installations import Installation
from bot.scheduling import SystemJobs
from bot.settings import Settings
from bot.sockets import Sockets
from bot.tasks import log_failure
from bot.tenants import Tenants
from bot.tick import tick
from bot.web.api import api_routes
from bot.web.oauth import Flow
from bot.web.ops import ops_routes
from bot.web.server import WebServer
from bot.web.slack import slack_routes
from storage.database import Database
from storage.rules.errors import DomainError, Invalid

log = structlog.get_logger()

TICK_EVERY_S = 10.0
GREET_EVERY_S = 60.0
REFRESH_EVERY_S = 10.0
"""How soon a workspace that another process installed gets what is due."""
DO_NOT_DISTURB_EVERY_S = 60.0
KEEP_HOUSE_EVERY_S = 3600.0
KEEP_CLAIMS = timedelta(days=3)
"""Slack redelivers within minutes; an older claim only takes room."""
DRAIN_S = 10.0

Job = Callable[[], Coroutine[Any, Any, None]]


class Bot:
    """A running bot. Use `running`, which starts and stops it."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock,
        limits: DeliveryLimits = USUAL_LIMITS,
    ) -> None:
        self.settings = settings
        self.database = database
        self.clock = clock
        self.app: App = make_app(settings, database, clock, limits)
        self.connected = asyncio.Event()
        """Set once Slack has said who we are."""
        self.looked_up = asyncio.Event()
        """Set once Slack was asked for the people and channels of the plan."""
        self.ended_by: DomainError | None = None
        """Why going on makes no sense, such as a token that Slack refuses."""
        self.ended = asyncio.Event()
        self._jobs = SystemJobs()
        self._servers = self._make_servers()
        self._sockets: Sockets | None = None
        self._stop_delivery = asyncio.Event()
        self._connecting: asyncio.Task[None] | None = None
        self._delivering: asyncio.Task[None] | None = None
        self._ticking = asyncio.Lock()

    @property
    def port(self) -> int:
        """Where the HTTP side is, also where PORT was 0."""
        return self._servers[0].port

    async def start(self) -> None:
        """Returns when the HTTP side answers. Slack is connected to in the background: its being down
        must not keep us down."""
        for server in self._servers:
            await server.start()
        self._connecting = asyncio.create_task(_guarded(self._connect)())
        self._delivering = asyncio.create_task(self.app.delivery.run(self._stop_delivery))
        self._jobs.add("tick", TICK_EVERY_S, _guarded(self.tick))
        self._jobs.add("greet", GREET_EVERY_S, _guarded(self.greet))
        self._jobs.add("do not disturb", DO_NOT_DISTURB_EVERY_S, _guarded(self.heed_do_not_disturb))
        self._jobs.add("keep house", KEEP_HOUSE_EVERY_S, _guarded(self.keep_house))
        if self.app.tenants is not None:
            self._jobs.add("installations", REFRESH_EVERY_S, _guarded(self.app.tenants.refresh))
        self._jobs.start()

    async def stop(self) -> None:
        """No new work, then the end of what is under way: acks, follow-ups, messages in flight."""
        self._jobs.stop()
        await _end(self._connecting)
        if self._sockets is not None:
            await self._sockets.stop()
        for server in self._servers:
            await server.stop()
        await self.app.supervisor.drain(DRAIN_S)
        self._stop_delivery.set()
        await self.app.delivery.drain(DRAIN_S)
        await _end(self._delivering)
        await self.app.slack.close()

    async def tick(self) -> None:
        """One look at what is due now; one at a time."""
        async with self._ticking:
            started = time.perf_counter()
            await tick(self.database, self.clock.now(), self.app.slices)
            self.app.metrics.ticked(time.perf_counter() - started)
        self.app.delivery.notify()

    async def greet(self) -> None:
        """Looks up whom a newly imported plan names, and asks them what is due."""
        await self._for_each(self.app.connecting.look_up)

    async def heed_do_not_disturb(self) -> None:
        """Learns who of those who are asked soon is not to be disturbed then."""
        await self._for_each(self.app.do_not_disturb.refresh)

    async def keep_house(self) -> None:
        """Forgets old claims, asks anew for those whom Slack did not know, and who reads the channels."""
        self.app.connecting.ask_anew()
        await self._for_each(self._forget)
        await self._for_each(self.app.audiences.refresh)
        await self._for_each(self.app.audiences.learn_missing)
        await self.database.renew_statistics()

    async def _for_each(self, job: Callable[[Installation], Coroutine[Any, Any, object]]) -> None:
        """A workspace's fault ends its own part only."""
        for installation in self.app.installations.list_all():
            await _guarded(partial(job, installation))()

    async def _forget(self, installation: Installation) -> None:
        now = self.clock.now()
        workspace_id = installation.workspace_id
        await self.database.run(workspace_id, now, lambda uow: uow.events.forget_before(now - KEEP_CLAIMS))
        await self.database.run(
            workspace_id, now, lambda uow: uow.api_keys.forget_requests_before(now - KEEP_CLAIMS)
        )

    async def readiness(self) -> dict[str, str]:
        """What is wrong, by part; empty when all is well."""
        faults = await self.database.in_thread(lambda: database_faults(self.database))
        if self.app.tenants is not None:
            if not self.connected.is_set():
                faults["slack"] = "The installed workspaces have not been read yet."
        elif not self.app.installations.list_all():
            faults["slack"] = "Slack has not accepted the bot token yet."
        elif self._sockets is not None and self._sockets.connected == 0:
            faults["slack"] = "No Socket Mode connection is up."
        return faults

    async def wait_until_ready(self, timeout_s: float) -> None:
        """Returns when /readyz would say ready and the plan's people were looked up.

        Raises:
            TimeoutError: it does not within that time.
        """
        async with asyncio.timeout(timeout_s):
            await self.looked_up.wait()
            while await self.readiness():  # noqa: ASYNC110 - readiness is asked for, it tells nobody
                await asyncio.sleep(0.02)

    async def _connect(self) -> None:
        if self.app.tenants is not None:
            await self._connect_all(self.app.tenants)
        else:
            await self._connect_one()

    async def _connect_all(self, tenants: Tenants) -> None:
        """Every installed workspace; none yet is fine, since they come by /slack/install."""
        while True:
            try:
                await tenants.reseal()
                await tenants.refresh()
                break
            except Exception as error:  # noqa: BLE001 - mostly a locked or absent database, which passes
                log_failure("installations_not_read", error)
                await asyncio.sleep(self.app.connecting.retry_s)
        self.connected.set()
        await self.greet()
        self.looked_up.set()
        await self.tick()

    async def _connect_one(self) -> None:
        token, app_token = self.settings.slack_bot_token, self.settings.slack_app_token
        try:
            if app_token is not None:
                await self.app.connecting.check_app_token(app_token.get_secret_value())
            installation = await self.app.connecting.connect(token.get_secret_value() if token else "")
        except DomainError as error:
            self._end(error)
            return
        except Exception as error:  # noqa: BLE001 - a bot that will never connect must not look alive
            log_failure("start_failed", error)
            self._end(Invalid("The start failed on our side; the log says where. Start again."))
            return
        if app_token is not None:
            self._sockets = Sockets(self.app.bolt, self.app.slack, app_token.get_secret_value())
            await self._sockets.start()
        self.connected.set()
        await _guarded(partial(self.app.connecting.look_up, installation))()
        self.looked_up.set()
        await self.tick()

    def _end(self, error: DomainError) -> None:
        self.ended_by = error
        self.ended.set()

    def _make_servers(self) -> list[WebServer]:
        """One address for all, or two where HOSHIN_OPS_PORT moves the operator's routes."""
        settings = self.settings
        ops: list[BaseRoute] = list(ops_routes(self.readiness, self.app.metrics))
        public: list[BaseRoute] = list(api_routes(self.database, self.clock))
        if not settings.uses_socket_mode:
            public += slack_routes(self.app.bolt, self.connected.is_set)
        if self.app.tenants is not None:
            flow = Flow(
                settings=settings,
                database=self.database,
                connecting=self.app.connecting,
                cipher=self.app.tenants.cipher,
                supervisor=self.app.supervisor,
                real_clock=SystemClock(),
            )
            public += flow.routes()
        if settings.ops_port == settings.port:
            return [WebServer([*public, *ops], settings.host, settings.port)]
        return [
            WebServer(public, settings.host, settings.port),
            WebServer(ops, settings.host, settings.ops_port),
        ]


@contextlib.asynccontextmanager
async def running(
    settings: Settings, database: Database, clock: Clock, limits: DeliveryLimits = USUAL_LIMITS
) -> AsyncIterator[Bot]:
    """A bot from its start to the end of its drain. The database stays the caller's to close."""
    bot = Bot(settings, database, clock, limits)
    try:
        await bot.start()
        yield bot
    finally:
        await bot.stop()


def _guarded(job: Callable[[], Coroutine[Any, Any, object]]) -> Job:
    """A job whose errors end in the log: the next run comes anyway."""

    async def run() -> None:
        try:
            await job()
        except Exception as error:  # noqa: BLE001 - a job must not end the bot
            log_failure("job_failed", error)

    return run


async def _end(task: asyncio.Task[None] | None) -> None:
    if task is not None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
