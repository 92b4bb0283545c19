"""The Web API over HTTP: one endpoint, the table of methods behind it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from .errors import RateLimitedError, SlackError
from .faults import Fault, FaultKind
from .methods import METHODS, Call, Method, missing_scope
from .oauth import METHOD, basic_credentials
from .pictures import may_see
from .replying import post_reply

if TYPE_CHECKING:
    from .installation import Installation
    from .server import SlackSimulator

SECRET = frozenset({"token", "client_secret", "code"})
"""Arguments that the traffic does not show."""

RESPONSE_URL_METHOD = "response_url"
"""The name under which faults and traffic know posts to a response_url."""


Answerer = Callable[[str, dict[str, Any], "str | None", "Installation | None"], tuple[Response, str]]
"""(name, arguments, token, installation) → the response, and its result for the traffic log."""

UPLOAD = "upload"
"""The bytes of a file, as a fault's method: any fault of theirs is a file that does not arrive."""


class WebApi:
    def __init__(self, slack: SlackSimulator) -> None:
        self._slack = slack

    def routes(self) -> list[Route]:
        return [
            Route(f"/api/{METHOD}", self.exchange, methods=["POST"]),
            Route("/api/{method}", self.call, methods=["GET", "POST"]),
            Route("/response/{path:path}", self.respond, methods=["POST"]),
            Route("/upload/v1/{ticket}", self.upload, methods=["POST"]),
            Route("/files-pri/{key}/download/{name:path}", self.download),
            Route("/files-pri/{key}/{name:path}", self.download),
            Route("/signin", self.sign_in),
        ]

    async def call(self, request: Request) -> Response:
        name = request.path_params["method"]
        arguments = await _arguments(request)
        return await self._through_faults(request, name, arguments, self._answer)

    async def exchange(self, request: Request) -> Response:
        """oauth.v2.access: of the app, not of a workspace; its credentials come as HTTP Basic or fields."""
        arguments = await _arguments(request) | basic_credentials(request.headers.get("authorization", ""))
        return await self._through_faults(request, METHOD, arguments, self._exchange)

    async def respond(self, request: Request) -> Response:
        body = {"path": request.path_params["path"], "body": await request.body()}
        return await self._through_faults(request, RESPONSE_URL_METHOD, body, self._reply)

    async def upload(self, request: Request) -> Response:
        content = await request.body()
        if request.headers.get("content-type", "").startswith("multipart/form-data"):
            form = await request.form()
            part = next(iter(form.values()))
            content = part.encode() if isinstance(part, str) else await part.read()
        is_lost = self._slack.faults.take(UPLOAD) is not None
        if is_lost or not self._slack.uploads.receive(request.path_params["ticket"], content):
            return PlainTextResponse("not found", 404)
        return PlainTextResponse(f"OK - {len(content)}")

    async def download(self, request: Request) -> Response:
        """A file's bytes, for a token that may read files; anyone else is sent to sign in, as by Slack."""
        with self._slack.activity:
            installation = self._slack.installation_by_token(_token(request, {}))
            file = self._slack.find_file(request.path_params["key"])
            if installation is None or installation.revoked or "files:read" not in installation.scopes:
                return RedirectResponse("/signin", 302)
            known = file is not None and file.id in installation.workspace.files
            if file is None or not known or not may_see(installation, file):
                return PlainTextResponse("not found", 404)
        return Response(file.content, media_type=file.mimetype)

    async def sign_in(self, request: Request) -> Response:
        del request
        return HTMLResponse("<!DOCTYPE html><title>Sign in | Slack</title>")

    async def _through_faults(
        self, request: Request, name: str, arguments: dict[str, Any], answer: Answerer
    ) -> Response:
        started = time.monotonic()
        with self._slack.activity:
            fault = self._slack.faults.take(name)
            token = _token(request, arguments)
            installation = self._slack.installation_by_token(token)
            if fault is not None and fault.kind is FaultKind.SLOW:
                await asyncio.sleep(fault.delay)
            if fault is None or fault.kind in {FaultKind.SLOW, FaultKind.DROPPED_AFTER}:
                response, result = answer(name, arguments, token, installation)
            else:
                response, result = _faulty(fault)
            if fault is not None and fault.kind in {
                FaultKind.DROPPED_AFTER,
                FaultKind.DROPPED_BEFORE,
            }:
                result = fault.kind.value
                self._slack.cut(request.client)
        self._slack.traffic.add(
            "call",
            name,
            result,
            time.monotonic() - started,
            team_id=installation.workspace.team_id if installation is not None else None,
            details={key: value for key, value in arguments.items() if key not in SECRET},
        )
        return response

    def _answer(
        self,
        name: str,
        arguments: dict[str, Any],
        token: str | None,
        installation: Installation | None,
    ) -> tuple[Response, str]:
        headers = {}
        if installation is not None:
            headers["X-OAuth-Scopes"] = ",".join(sorted(installation.scopes))
        try:
            body = self._run(name, arguments, token, installation)
        except RateLimitedError as limited:
            headers["Retry-After"] = str(limited.retry_after)
            return JSONResponse(limited.body(), 429, headers), limited.error
        except SlackError as refusal:
            return JSONResponse(refusal.body(), headers=headers), refusal.error
        return JSONResponse({"ok": True, **body}, headers=headers), "ok"

    def _run(
        self,
        name: str,
        arguments: dict[str, Any],
        token: str | None,
        installation: Installation | None,
    ) -> dict[str, Any]:
        method = METHODS.get(name)
        if method is None:
            raise SlackError("unknown_method", req_method=name)
        installation = self._authenticated(method, token, installation)
        if not installation.has_any(frozenset(method.scopes)):
            raise missing_scope(method.scopes, installation)
        self._slack.rates.check_method(installation.workspace.team_id, name, method.a_minute)
        method.check_arguments(arguments)
        return method.handler(Call(self._slack, installation, arguments))

    def _authenticated(
        self, method: Method, token: str | None, installation: Installation | None
    ) -> Installation:
        anyone = self._slack.installations[0]
        if method.caller == "anyone":
            return installation or anyone
        if token is None:
            raise SlackError("not_authed")
        if token == self._slack.app_token:
            if method.caller != "app":
                raise SlackError("not_allowed_token_type")
            return anyone
        if installation is None:
            raise SlackError("invalid_auth")
        if installation.revoked:
            raise SlackError("token_revoked")
        if method.caller == "app":
            raise SlackError("not_allowed_token_type")
        return installation

    def _exchange(self, _name: str, arguments: dict[str, Any], *_unused: Any) -> tuple[Response, str]:
        try:
            return JSONResponse({"ok": True, **self._slack.oauth.exchange(arguments)}), "ok"
        except SlackError as refusal:
            return JSONResponse(refusal.body()), refusal.error

    def _reply(self, _name: str, arguments: dict[str, Any], *_unused: Any) -> tuple[Response, str]:
        """Answers `ok` as plain text, as Slack's hooks do, and errors with a status."""
        url = self._slack.response_urls.find(arguments["path"])
        if url is None:
            return PlainTextResponse("expired_url", 404), "expired_url"
        if url.uses_left == 0:
            return JSONResponse({"ok": False, "error": "used_url"}, 404), "used_url"
        try:
            reply = json.loads(arguments["body"])
        except ValueError:
            return PlainTextResponse("invalid_payload", 400), "invalid_payload"
        url.uses_left -= 1
        try:
            post_reply(self._slack.installation_in(url.team_id), url, reply)
        except SlackError as refusal:
            return JSONResponse(refusal.body(), 400), refusal.error
        return PlainTextResponse("ok"), "ok"


def _faulty(fault: Fault) -> tuple[Response, str]:
    if fault.kind is FaultKind.RATE_LIMITED:
        body = {"ok": False, "error": "ratelimited"}
        return JSONResponse(body, 429, {"Retry-After": str(fault.retry_after)}), "ratelimited"
    if fault.kind is FaultKind.SERVER_ERROR:
        return PlainTextResponse("upstream connect error", 503), "server_error"
    if fault.kind is FaultKind.UNREADABLE:
        return Response('{"ok": tr', 200, media_type="application/json"), "unreadable"
    error = fault.error if fault.kind is FaultKind.REFUSED else "internal_error"
    return JSONResponse({"ok": False, "error": error}), error


def _token(request: Request, arguments: dict[str, Any]) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme == "Bearer" and token:
        return token
    given = arguments.get("token")
    return given if isinstance(given, str) else None


async def _arguments(request: Request) -> dict[str, Any]:
    """From the query, a form or a JSON body; slack_sdk uses each of them."""
    arguments: dict[str, Any] = dict(request.query_params)
    content_type = request.headers.get("content-type", "")
    if content_type.startswith("application/json"):
        try:
            body = await request.json()
        except ValueError:
            body = None
        if isinstance(body, dict):
            arguments |= {name: value for name, value in body.items() if value is not None}
    elif request.method == "POST":
        arguments |= dict(await request.form())
    return arguments
