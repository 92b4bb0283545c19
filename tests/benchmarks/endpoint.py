"""Slack's endpoint, for the whole app and for bare Bolt, and requests to either without a network between."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from pydantic import SecretStr
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.app import App, make_app
from bot.clock import Clock
from bot.installations import Installation
from bot.settings import Settings
from bot.simulator.signing import sign
from storage.database import Database

BOT_TOKEN = "xoxb-benchmark"
NOWHERE = "http://127.0.0.1:9/api/"
_SECRET = "benchmark"


def product(database: Database, clock: Clock, *, api_url: str = NOWHERE, workspace_id: int = 1) -> App:
    """The whole app, with the one workspace in it that the requests come from."""
    settings = Settings(slack_signing_secret=SecretStr(_SECRET), slack_api_url=api_url)
    app = make_app(settings, database, clock)
    client = app.slack.client(BOT_TOKEN)
    app.installations.put(Installation(workspace_id, "T1", "", client, "UBOT", "B1", frozenset()))
    return app


def bare_bolt() -> AsyncApp:
    """Bolt as its tutorial has it, but with `process_before_response`; its listeners are the caller's."""

    async def authorize(
        enterprise_id: str | None, team_id: str | None, user_id: str | None
    ) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            user_id=user_id,
            bot_id="B1",
            bot_user_id="UBOT",
            bot_token=BOT_TOKEN,
        )

    return AsyncApp(signing_secret=_SECRET, authorize=authorize, process_before_response=True)


def bare_routes(app: AsyncApp) -> list[Route]:
    """The endpoint as Bolt's adapter for Starlette is meant to be used."""
    handler = AsyncSlackRequestHandler(app)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    return [Route("/slack/events", events, methods=["POST"])]


def command_fields(command: str, text: str, *, user: str = "U1", trigger: str = "1.2.3") -> dict[str, str]:
    """What Slack sends for a slash command."""
    return {
        "token": "x",
        "team_id": "T1",
        "team_domain": "northwind",
        "channel_id": "C1",
        "channel_name": "service",
        "user_id": user,
        "user_name": "ana",
        "command": command,
        "text": text,
        "api_app_id": "A1",
        "is_enterprise_install": "false",
        "response_url": "http://127.0.0.1:9/response",
        "trigger_id": trigger,
    }


async def post_form(web: Starlette, form: Mapping[str, str] | bytes) -> bytes:
    """Sends a form, or what it is written as, as Slack does, and returns the answer.

    Signed anew each time: a signature is good for five minutes, and its check is part of the cost.

    Raises:
        AssertionError: it was not answered by 200.
    """
    body = form if isinstance(form, bytes) else urlencode(form).encode()
    headers = {**sign(_SECRET, body), "Content-Type": "application/x-www-form-urlencoded"}
    status, answer = await post(web, "/slack/events", body, headers)
    if status != 200:
        raise AssertionError(f"the request was answered {status}: {answer[:200]!r}")
    return answer


async def post_payload(web: Starlette, payload: Mapping[str, Any]) -> bytes:
    """As `post_form`, for a press or a submitted form."""
    return await post_form(web, {"payload": json.dumps(payload)})


async def post(web: Starlette, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
    """The status and the body of the answer."""
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 1),
    }
    statuses: list[int] = []
    answer = bytearray()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def take(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])
        else:
            answer.extend(message.get("body", b""))

    await web(scope, receive, take)
    return statuses[0], bytes(answer)
