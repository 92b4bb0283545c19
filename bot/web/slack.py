"""Slack's endpoint for the HTTP mode: commands, interactions and events, all at one address."""

from collections.abc import Callable

from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

MAX_BODY = 1_000_000
"""Bytes; Slack's largest payload is a form of 250 kB with its state."""

TOO_LARGE = BoltResponse(status=413, body="too large\n")
STARTING = BoltResponse(status=503, body="starting\n")
UNREADABLE = BoltResponse(status=400, body="not UTF-8\n")


def slack_routes(app: AsyncApp, is_connected: Callable[[], bool]) -> list[Route]:
    """`POST /slack/events`; Bolt refuses a forged or stale signature with 401 before anything reads it.

    `is_connected`: whether we know whose app we are. Before that an event would be acked and lost; refused
    with 503, Slack delivers it again.
    """
    return [Route("/slack/events", _Endpoint(app, is_connected), methods=["POST"])]


class _Endpoint:
    """From ASGI to Bolt and back.

    Bolt's own adapter goes by Starlette's requests and responses, which costs as much as our whole answer to
    a command from memory, and reads bodies of any size.
    """

    def __init__(self, app: AsyncApp, is_connected: Callable[[], bool]) -> None:
        self._app = app
        self._is_connected = is_connected

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = await self._answer(scope, receive)
        body = answer.body.encode()
        headers = [
            (name.encode("latin-1"), values[0].encode("latin-1")) for name, values in answer.headers.items()
        ]
        headers.append((b"content-length", b"%d" % len(body)))
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Scope, receive: Receive) -> BoltResponse:
        if not self._is_connected():
            return STARTING
        body = await _read(receive)
        if body is None:
            return TOO_LARGE
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return UNREADABLE
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        # Slack's deliveries have no query.
        return await self._app.async_dispatch(AsyncBoltRequest(body=text, headers=headers))


async def _read(receive: Receive) -> bytes | None:
    """The whole body, or None if it is larger than any of Slack's.

    Where the sender hangs up, it is what came so far: its signature is then wrong.
    """
    body = b""
    while True:
        part = await receive()
        more: bytes = part.get("body", b"")
        body += more
        if len(body) > MAX_BODY:
            return None
        if not part.get("more_body", False):
            return body
