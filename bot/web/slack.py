"""Slack's endpoint for the HTTP mode: commands, interactions and events, all at one address."""

from collections.abc import Callable

from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

MAX_BODY = 1_000_000
"""Bytes; Slack's largest payload is a form of 250 kB with its state."""


def slack_routes(app: AsyncApp, is_connected: Callable[[], bool]) -> list[Route]:
    """`POST /slack/events`; Bolt refuses a forged or stale signature with 401 before anything reads it.

    `is_connected`: whether we know whose app we are. Before that an event would be acked and lost; refused
    with 503, Slack delivers it again.
    """
    handler = AsyncSlackRequestHandler(app)

    async def events(request: Request) -> Response:
        if int(request.headers.get("content-length") or 0) > MAX_BODY:
            return PlainTextResponse("too large\n", status_code=413)
        if not is_connected():
            return PlainTextResponse("starting\n", status_code=503)
        return await handler.handle(request)

    return [Route("/slack/events", events, methods=["POST"])]
