"""Handing payloads to the app, over a socket or by signed HTTP, and hearing its answer."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol
from urllib.parse import urlencode

import aiohttp

from . import events, payloads
from .signing import sign

if TYPE_CHECKING:
    from .events import Happening
    from .installation import Installation
    from .server import SlackSimulator
    from .workspace import Workspace

Kind = Literal["slash_commands", "interactive", "events_api"]


@dataclass(frozen=True, slots=True)
class Answer:
    """The app's acknowledgement: HTTP status 200 or a socket ack, with its body."""

    body: Any = None


@dataclass(frozen=True, slots=True)
class Failure:
    """No acknowledgement. `reason` is Slack's word for it (also x-slack-retry-reason)."""

    reason: Literal["http_timeout", "http_error", "connection_failed"]


@dataclass(frozen=True, slots=True)
class Retry:
    number: int
    reason: str


class Transport(Protocol):
    async def send(self, kind: Kind, payload: dict[str, Any], retry: Retry | None) -> Answer | Failure: ...


class HttpTransport:
    """Signed POSTs to the request URL. A timeout is real: the connection is given up."""

    def __init__(self, slack: SlackSimulator) -> None:
        self._slack = slack
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def send(self, kind: Kind, payload: dict[str, Any], retry: Retry | None) -> Answer | Failure:
        url = self._url(kind, payload)
        if url is None:
            return Failure("connection_failed")
        body, content_type = _encode(kind, payload)
        headers = sign(self._slack.signing_secret, body) | {"Content-Type": content_type}
        if retry is not None:
            headers |= {"x-slack-retry-num": str(retry.number), "x-slack-retry-reason": retry.reason}
        return await self.post(url, body, headers)

    async def post(self, url: str, body: str, headers: dict[str, str]) -> Answer | Failure:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        timeout = aiohttp.ClientTimeout(total=self._slack.ack_timeout)
        try:
            async with self._session.post(url, data=body, headers=headers, timeout=timeout) as response:
                text = await response.text()
                if response.status != 200:  # noqa: PLR2004 - HTTP's own number
                    return Failure("http_error")
                return Answer(_decode(text, response.content_type))
        except TimeoutError:
            return Failure("http_timeout")
        except aiohttp.ClientError:
            return Failure("connection_failed")

    def _url(self, kind: Kind, payload: dict[str, Any]) -> str | None:
        manifest = self._slack.manifest
        if payload.get("type") == "block_suggestion" and manifest.options_url is None:
            # Without an "Options Load URL" Slack has nowhere to ask, and the menu stays empty.
            return None
        if self._slack.request_url is not None:
            return self._slack.request_url
        if kind == "slash_commands":
            command = manifest.command(payload["command"])
            if command is not None and command.url is not None:
                return command.url
        if payload.get("type") == "block_suggestion":
            return manifest.options_url
        return manifest.request_url


class Deliveries:
    """Sends, times and records; retries events, and nothing else, as Slack does."""

    def __init__(self, slack: SlackSimulator) -> None:
        self._slack = slack
        self._tasks: set[asyncio.Task[None]] = set()

    async def interaction(
        self, installation: Installation, kind: Kind, payload: dict[str, Any]
    ) -> Answer | Failure:
        """A command, interaction or options request: once, and never again."""
        name = f"{kind} {payload.get('command') or payload.get('type')}"
        return await self._send(installation, name, kind, payload, None)

    def event(self, installation: Installation, happening: Happening) -> None:
        """Deliver in the background, with retries until it is acknowledged."""
        callback = payloads.event_callback(installation, happening.event, f"Ev{secrets.token_hex(6).upper()}")
        times = 2 if self._slack.faults.take_duplicate(happening.event["type"]) else 1
        for _ in range(times):
            self._spawn(installation, callback)

    def announce(self, workspace: Workspace, happening: Happening) -> None:
        """Whatever happened: each installed app hears of it if it may and asked to."""
        for installation in self._slack.installations:
            if installation.workspace is workspace and self._hears(installation, happening):
                self.event(installation, happening)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _hears(self, installation: Installation, happening: Happening) -> bool:
        if not self._slack.running or installation.revoked:
            return False
        if happening.subscription not in self._slack.manifest.events:
            return False
        if not installation.has_any(events.SCOPES[happening.subscription]):
            return False
        if happening.bot_user_id not in {None, installation.bot_user_id}:
            return False
        if happening.channel_id is None:
            return True
        members = installation.workspace.channels[happening.channel_id].members
        return installation.bot_user_id in members

    def _spawn(self, installation: Installation, callback: dict[str, Any]) -> None:
        task = asyncio.get_running_loop().create_task(self._until_acked(installation, callback))
        # Under way from now on, not only once the task has its turn.
        self._slack.activity.begin()
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _until_acked(self, installation: Installation, callback: dict[str, Any]) -> None:
        name = f"events_api {callback['event']['type']}"
        try:
            outcome = await self._send(installation, name, "events_api", callback, None)
        finally:
            self._slack.activity.end()
        for number, delay in enumerate(self._slack.retry_delays, start=1):
            if isinstance(outcome, Answer):
                return
            await asyncio.sleep(delay)
            retry = Retry(number, outcome.reason)
            outcome = await self._send(installation, name, "events_api", callback, retry)

    async def _send(
        self,
        installation: Installation,
        name: str,
        kind: Kind,
        payload: dict[str, Any],
        retry: Retry | None,
    ) -> Answer | Failure:
        started = time.monotonic()
        with self._slack.activity:
            outcome = await self._slack.transport.send(kind, payload, retry)
        self._slack.traffic.add(
            "delivery",
            name,
            "ok" if isinstance(outcome, Answer) else outcome.reason,
            time.monotonic() - started,
            team_id=installation.workspace.team_id,
            details=payload,
        )
        return outcome


def _encode(kind: Kind, payload: dict[str, Any]) -> tuple[str, str]:
    """Body and content type: commands and interactions are forms, events are JSON."""
    form = "application/x-www-form-urlencoded"
    if kind == "slash_commands":
        return urlencode(payload), form
    if kind == "interactive":
        return urlencode({"payload": json.dumps(payload)}), form
    return json.dumps(payload), "application/json"


def _decode(text: str, content_type: str) -> Any:
    """Nothing, JSON, or the plain text of a command's answer."""
    if not text:
        return None
    if content_type != "application/json":
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
