"""Socket Mode: two connections, so that Slack's regular refresh of one leaves the other, and a watchdog."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import structlog
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.installations import Slack
from bot.tasks import log_failure

log = structlog.get_logger()

CONNECTIONS = 2
LOOK_EVERY_S = 2.0
DRAIN_S = 3.0
SILENT_S = 20.0
"""A connection without any sign of life for so long is replaced; the SDK pings every 5 s."""

# The SDK's own messages may quote payloads and tickets; what matters of them is logged here.
_quiet = logging.getLogger("hoshin.sockets.sdk")
_quiet.setLevel(logging.CRITICAL + 1)


class Sockets:
    """Keeps the connections up from `start` to `stop`.

    The SDK's own reconnecting is off: at a refresh it closes the old connection first, and an ack under way
    on it would be lost. Here the new one is opened beside it, and the old one closed when it is at rest.

    Args:
        look_every_s, silent_s: how often the watchdog looks, and how long a connection may be silent.
    """

    def __init__(
        self,
        app: AsyncApp,
        slack: Slack,
        app_token: str,
        *,
        look_every_s: float = LOOK_EVERY_S,
        silent_s: float = SILENT_S,
    ) -> None:
        self._app = app
        self._slack = slack
        self._app_token = app_token
        self._look_every_s = look_every_s
        self._silent_s = silent_s
        self._connections: list[_Connection] = []
        self._retiring: set[asyncio.Task[None]] = set()
        self._watching: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begins to connect; `connected` tells how many are up."""
        self._connections = [self._connect() for _ in range(CONNECTIONS)]
        self._watching = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Takes no more deliveries, after those under way are acked."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        await asyncio.gather(*self._retiring, *(connection.retire() for connection in self._connections))

    @property
    def connected(self) -> int:
        """How many connections are up."""
        return sum(connection.is_up for connection in self._connections)

    def _connect(self) -> "_Connection":
        client = self._slack.client(self._app_token)
        return _Connection(self._app, client, self._app_token, self._on_disconnect)

    def _on_disconnect(self, connection: "_Connection") -> None:
        self._replace(connection, "asked by Slack")

    def _replace(self, old: "_Connection", why: str) -> None:
        if old not in self._connections:
            return
        log.info("socket_replaced", why=why)
        new = self._connect()
        self._connections[self._connections.index(old)] = new
        task = asyncio.create_task(self._retire(old, new))
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)

    async def _retire(self, old: "_Connection", new: "_Connection") -> None:
        await new.wait_until_up(self._silent_s)
        await old.retire()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._look_every_s)
            for connection in list(self._connections):
                if connection.is_lost or connection.silent_s > self._silent_s:
                    self._replace(connection, "no sign of life")


class _Client(SocketModeClient):
    """The SDK's client, which tells of Slack's `disconnect` instead of following it."""

    def __init__(self, app_token: str, web_client: AsyncWebClient, on_disconnect: Callable[[], None]) -> None:
        super().__init__(
            app_token=app_token, web_client=web_client, logger=_quiet, auto_reconnect_enabled=False
        )
        self._on_disconnect = on_disconnect

    async def run_message_listeners(self, message: dict[str, Any], raw_message: str) -> None:
        if message.get("type") == "disconnect":
            self._on_disconnect()
        else:
            await super().run_message_listeners(message, raw_message)


class _Connection:
    """One connection: what is under way on it, and its last sign of life."""

    def __init__(
        self,
        app: AsyncApp,
        web_client: AsyncWebClient,
        app_token: str,
        on_disconnect: Callable[["_Connection"], None],
    ) -> None:
        self._app = app
        self._client: SocketModeClient = _Client(app_token, web_client, partial(on_disconnect, self))
        self._client.socket_mode_request_listeners.append(self._on_request)
        self._under_way: set[asyncio.Task[None] | None] = set()
        self._was_up = False
        self._began_at = time.monotonic()
        self._connecting = asyncio.create_task(self._connect())

    @property
    def is_up(self) -> bool:
        session = self._client.current_session
        up = session is not None and not session.closed
        self._was_up = self._was_up or up
        return up

    @property
    def is_lost(self) -> bool:
        """It was up and is not any more."""
        return not self.is_up and self._was_up

    @property
    def silent_s(self) -> float:
        """Seconds since the last sign of life; the SDK pings every five."""
        if self.is_up and self._client.last_ping_pong_time is not None:
            return time.time() - self._client.last_ping_pong_time
        return 0.0 if self.is_up else time.monotonic() - self._began_at

    async def wait_until_up(self, timeout_s: float) -> None:
        """Returns when it is up, or after the timeout."""
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.shield(self._connecting), timeout_s)

    async def _connect(self) -> None:
        await self._client.connect()

    async def retire(self) -> None:
        """Closes it when what came over it is acked."""
        under_way = {task for task in self._under_way if task is not None}
        if under_way:
            await asyncio.wait(under_way, timeout=DRAIN_S)
        self._connecting.cancel()
        with contextlib.suppress(Exception):
            await self._client.close()
        await asyncio.gather(self._connecting, return_exceptions=True)

    async def _on_request(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        # The SDK starts a task for every envelope, so a slow one holds up no other.
        task = asyncio.current_task()
        self._under_way.add(task)
        try:
            response = await run_async_bolt_app(self._app, request)
            await send_async_response(client, request, response, time.time())
        except Exception as error:  # noqa: BLE001 - the line broke at the ack: Slack redelivers events
            log_failure("socket_ack_failed", error)
        finally:
            self._under_way.discard(task)
