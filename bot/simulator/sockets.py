"""Socket Mode: a WebSocket for the app, one of which gets each payload.

It stands on aiohttp's server, on a port of its own, because uvicorn brings no WebSocket.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import secrets
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from aiohttp import WSCloseCode, WSMsgType, web

from .deliveries import Answer, Failure, Kind, Retry

if TYPE_CHECKING:
    from .server import SlackSimulator

CLOSING_TIMEOUT = 1.0
"""Seconds that a client has to answer a close."""
MAX_CONNECTIONS = 10
"""Slack holds at most ten connections an app."""


@dataclass(slots=True)
class Link:
    """One connection, with the acknowledgements that are still to come for what went over it."""

    socket: web.WebSocketResponse
    transport: asyncio.Transport | None
    awaited: dict[str, asyncio.Future[Any]] = field(default_factory=dict)


class SocketTransport:
    def __init__(self, slack: SlackSimulator) -> None:
        self._slack = slack
        self._links: list[Link] = []
        self._turns = itertools.count()
        self._tickets: set[str] = set()
        self._runner: web.AppRunner | None = None
        self._port = 0
        self.refused_connections = 0
        """How many connections yet to come are refused with HTTP 503."""

    @property
    def connection_count(self) -> int:
        return len(self._links)

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/link/", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def close(self) -> None:
        for link in tuple(self._links):
            await link.socket.close(code=WSCloseCode.GOING_AWAY)
        if self._runner is not None:
            await self._runner.cleanup()

    def new_url(self) -> str:
        """What apps.connections.open answers: good for one connection."""
        ticket = secrets.token_hex(16)
        self._tickets.add(ticket)
        app_id = self._slack.app_id
        return f"ws://127.0.0.1:{self._port}/link/?ticket={ticket}&app_id={app_id}"

    async def send(self, kind: Kind, payload: dict[str, Any], retry: Retry | None) -> Answer | Failure:
        links = [each for each in self._links if not each.socket.closed]
        if not links:
            return Failure("connection_failed")
        envelope: dict[str, Any] = {
            "envelope_id": str(uuid.uuid4()),
            "type": kind,
            "payload": payload,
            # view_closed takes no payload in its ack, nor does an event.
            "accepts_response_payload": kind != "events_api" and payload.get("type") != "view_closed",
        }
        if kind == "events_api":
            envelope["retry_attempt"] = retry.number if retry is not None else 0
            envelope["retry_reason"] = retry.reason if retry is not None else ""
        return await self._exchange(links[next(self._turns) % len(links)], envelope)

    async def disconnect(self, reason: Literal["warning", "refresh_requested", "link_disabled"]) -> None:
        """Slack's announced disconnect: `warning` comes about ten seconds before the end."""
        for link in tuple(self._links):
            await link.socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {}})
            if reason != "warning":
                await link.socket.close()

    def drop(self) -> None:
        """Cut every connection without a word."""
        for link in self._links:
            if link.transport is not None:
                link.transport.abort()

    async def _exchange(self, link: Link, envelope: dict[str, Any]) -> Answer | Failure:
        acked: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        link.awaited[envelope["envelope_id"]] = acked
        try:
            async with asyncio.timeout(self._slack.ack_timeout):
                await link.socket.send_json(envelope)
                return Answer(await acked)
        except TimeoutError:
            return Failure("http_timeout")
        except ConnectionError:
            return Failure("connection_failed")
        finally:
            link.awaited.pop(envelope["envelope_id"], None)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if self.refused_connections > 0:
            self.refused_connections -= 1
            raise web.HTTPServiceUnavailable
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            raise web.HTTPForbidden
        self._tickets.remove(ticket)
        socket = web.WebSocketResponse(timeout=CLOSING_TIMEOUT)
        await socket.prepare(request)
        if len(self._links) >= MAX_CONNECTIONS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        await socket.send_json(self._hello())
        link = Link(socket, request.transport)
        self._links.append(link)
        self._slack.feed.publish("traffic", self._slack.workspace.team_id)
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    self._take(frame.data)
        finally:
            self._links.remove(link)
            for acked in link.awaited.values():
                # Nothing more will come over this connection.
                if not acked.done():
                    acked.set_exception(ConnectionResetError())
            self._slack.feed.publish("traffic", self._slack.workspace.team_id)
        return socket

    def _take(self, text: str) -> None:
        """An ack, on whichever connection it comes."""
        try:
            ack = json.loads(text)
        except ValueError:
            return
        for link in self._links:
            acked = link.awaited.pop(ack.get("envelope_id", ""), None)
            if acked is not None and not acked.done():
                acked.set_result(ack.get("payload"))

    def _hello(self) -> dict[str, Any]:
        return {
            "type": "hello",
            "num_connections": len(self._links) + 1,
            "debug_info": {"host": "simulator", "approximate_connection_time": 18060},
            "connection_info": {"app_id": self._slack.app_id},
        }
