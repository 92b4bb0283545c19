"""What keeps other sites out of the page: it speaks to this machine's own browser and to nobody else.

The page acts as anybody in the simulated company without a password. That is harmless as long as
only the person at this machine can reach it: so it answers only to loopback names (a foreign name
that resolves to 127.0.0.1 gets nothing), takes changes only from its own pages, and loads nothing
from elsewhere.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_READING = frozenset({"GET", "HEAD"})
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class OwnPagesOnly:
    """Refuses foreign hosts and foreign pages; sets the headers that bind the browser."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = _refusal(str(scope["method"]), headers)
        if refusal is not None:
            await PlainTextResponse(refusal, status_code=403)(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                answer.setdefault("Content-Security-Policy", _POLICY)
                answer["X-Content-Type-Options"] = "nosniff"
                answer["Referrer-Policy"] = "same-origin"
                answer["Cross-Origin-Opener-Policy"] = "same-origin"
                answer["Cross-Origin-Resource-Policy"] = "same-origin"
            await send(message)

        await self._app(scope, receive, send_guarded)


def _refusal(method: str, headers: Headers) -> str | None:
    host = headers.get("host", "")
    if urlsplit(f"//{host}").hostname not in _LOOPBACK:
        return "This page answers only on this machine, as localhost or 127.0.0.1."
    if method not in _READING and not _is_own_page(host, headers):
        return "This page takes changes only from itself."
    return None


def _is_own_page(host: str, headers: Headers) -> bool:
    """Every browser of today sends one of the two headers with a POST; without either: no."""
    origin = headers.get("origin")
    if origin is not None:
        return urlsplit(origin).netloc == host
    return headers.get("sec-fetch-site") == "same-origin"
