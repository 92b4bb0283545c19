"""The HTTP API of figures: KPIs and their readings, with bearer keys that an admin made in Slack.

Every request is one unit of work; what comes is checked before anything is written, and a request is carried
out whole or not at all. Figures travel as text, so that none is rounded on its way.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from typing import Annotated, Any

import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.exc import OperationalError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.clock import Clock
from bot.web.openapi import DOCUMENT
from storage import intake
from storage.database import Database
from storage.intake import MOST_READINGS, Conflict, Given, Unauthorized
from storage.rules.errors import Closed, DomainError, Invalid, NotAllowed, NotFound

log = structlog.get_logger()

MAX_BODY = 1_000_000
MAX_LIMIT = 500
USUAL_LIMIT = 100
_MAX_ID = 2**31 - 1
_MAX_IDEMPOTENCY_KEY = 200

_STATUS = {Invalid: 422, NotFound: 404, NotAllowed: 403, Closed: 409}

Handler = Callable[[Request], Awaitable[Response]]


class ReadingIn(BaseModel):
    """One reading as it comes: `period` names it, or is a day in it; without one it is the running period."""

    model_config = ConfigDict(extra="forbid")

    value: Annotated[Decimal, Field(allow_inf_nan=False)]
    period: Annotated[str, Field(max_length=40)] | None = None


class ReadingsIn(BaseModel):
    """Several readings of one KPI."""

    model_config = ConfigDict(extra="forbid")

    readings: Annotated[list[ReadingIn], Field(min_length=1, max_length=MOST_READINGS)]


class _Refused(Exception):
    """A request that is no request of ours: what the status and the sentence are."""

    def __init__(self, status: int, sentence: str, field: str | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.field = field


def api_routes(database: Database, clock: Clock) -> list[Route]:
    """`/api/v1/…`."""

    async def openapi(request: Request) -> Response:
        del request
        return JSONResponse(DOCUMENT)

    async def kpis(request: Request) -> Response:
        key = _bearer(request)
        found = await database.read(intake.workspace_of(key), clock.now(), intake.list_kpis, key)
        return JSONResponse({"kpis": found})

    async def kpi(request: Request) -> Response:
        key, reference = _bearer(request), request.path_params["ref"]
        workspace_id = intake.workspace_of(key)
        return JSONResponse(await database.read(workspace_id, clock.now(), intake.get_kpi, key, reference))

    async def readings(request: Request) -> Response:
        key, reference = _bearer(request), request.path_params["ref"]
        found = await database.read(
            intake.workspace_of(key),
            clock.now(),
            intake.list_readings,
            key,
            reference,
            limit=_number(request, "limit", MAX_LIMIT) or USUAL_LIMIT,
            before=_number(request, "before", _MAX_ID),
        )
        return JSONResponse(found)

    async def take(request: Request) -> Response:
        key, reference = _bearer(request), request.path_params["ref"]
        workspace_id = intake.workspace_of(key)
        idempotency_key = _idempotency_key(request)
        body = await _body(request)
        answered = await database.run(
            workspace_id,
            clock.now(),
            intake.take_readings,
            key,
            reference,
            _given(body),
            idempotency_key=idempotency_key,
            fingerprint=_fingerprint(reference, body),
        )
        headers = {"Idempotent-Replayed": "true"} if answered.is_replay else {}
        return JSONResponse(answered.answer, status_code=answered.status, headers=headers)

    async def readings_or_take(request: Request) -> Response:
        # One route for both, so that the refusal of any other method names them all.
        return await (take if request.method == "POST" else readings)(request)

    return [
        Route("/api/v1/openapi.json", _guarded(openapi)),
        Route("/api/v1/kpis", _guarded(kpis)),
        Route("/api/v1/kpis/{ref}", _guarded(kpi)),
        Route("/api/v1/kpis/{ref}/readings", _guarded(readings_or_take), methods=["GET", "POST"]),
    ]


def _guarded(handler: Handler) -> Handler:
    """The handler, with every refusal as a sentence in JSON."""

    async def handle(request: Request) -> Response:
        try:
            return await handler(request)
        except _Refused as refused:
            return _error(refused.status, refused.sentence, refused.field)
        except Unauthorized:
            sentence = "A valid key is needed: Authorization: Bearer hsk_… An admin makes one in Slack."
            return _error(401, sentence, headers={"WWW-Authenticate": "Bearer"})
        except Conflict:
            return _error(409, "This idempotency key was used for another request. Use a new one.")
        except DomainError as error:
            status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 422)
            return _error(status, error.sentence, error.field)
        except OperationalError:
            log.warning("database_busy", route="api")
            sentence = "Hoshin is busy for a moment and saved nothing. Send it again."
            return _error(503, sentence, headers={"Retry-After": "1"})

    return handle


def _bearer(request: Request) -> str:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthorized
    return key.strip()


def _idempotency_key(request: Request) -> str:
    key: str | None = request.headers.get("idempotency-key")
    if key is None:
        return ""
    if not 0 < len(key) <= _MAX_IDEMPOTENCY_KEY or not key.isascii() or not key.isprintable():
        raise _Refused(422, "An Idempotency-Key has 1 to 200 printable characters.", "Idempotency-Key")
    return key


def _number(request: Request, name: str, most: int) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    is_number = text.isascii() and text.isdigit() and len(text) < len(str(_MAX_ID)) + 1
    if not is_number or not 1 <= int(text) <= most:
        raise _Refused(422, f"{name} is a whole number from 1 to {most}.", name)
    return int(text)


async def _body(request: Request) -> bytes:
    length = request.headers.get("content-length", "0")
    taken = bytearray()
    if length.isdigit() and int(length) <= MAX_BODY:
        try:
            async for chunk in request.stream():
                taken += chunk
                if len(taken) > MAX_BODY:
                    break
        except ClientDisconnect:
            raise _Refused(400, "The request broke off.") from None
        if len(taken) <= MAX_BODY:
            return bytes(taken)
    raise _Refused(413, f"A request has at most {MAX_BODY:,} bytes. Send fewer readings at once.")


def _given(body: bytes) -> list[Given]:
    """The readings of a body: one, or a list under `readings`."""
    try:
        parsed = json.loads(body, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise _Refused(400, "The body is not JSON.") from None
    is_batch = isinstance(parsed, dict) and "readings" in parsed
    try:
        found = ReadingsIn.model_validate(parsed).readings if is_batch else [ReadingIn.model_validate(parsed)]
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(map(str, first["loc"]))
        raise _Refused(422, f"{field or 'The body'}: {first['msg']}.", field or None) from None
    return [Given(one.value, one.period) for one in found]


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _fingerprint(reference: str, body: bytes) -> str:
    return hashlib.sha256(reference.upper().encode() + b"\0" + body).hexdigest()


def _error(
    status: int, sentence: str, field: str | None = None, *, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    error: dict[str, Any] = {"sentence": sentence}
    if field is not None:
        error["field"] = field
    return JSONResponse({"error": error}, status_code=status, headers=dict(headers or {}))
