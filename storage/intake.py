"""What machines may read and write of KPIs, with a key that an admin made.

A key names its workspace, so that no query is asked beyond it: `hsk_<workspace>_<secret>`. Only its hash is
kept. A request is carried out whole or not at all.
"""

import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from storage.database import UnitOfWork
from storage.recording import NewReading, check_periods, record_readings
from storage.repositories.kpis import KpiFrame
from storage.repositories.readings import ReadingLine
from storage.rules import access
from storage.rules.access import Action, Viewer
from storage.rules.errors import Closed, Invalid, NotAllowed, NotFound
from storage.rules.hierarchy import format_reference, parse_reference
from storage.rules.period_names import format_period, parse_period
from storage.rules.periods import period_start
from storage.rules.terms import ItemState, Kind, Source
from storage.tables.api import ApiKey

MOST_READINGS = 1000
"""Readings in one request."""

_KEY = re.compile(r"hsk_([0-9]{1,9})_([A-Za-z0-9_-]{20,100})")
_SECRET_BYTES = 32
_HINT = 12
_LIMIT = Decimal(10) ** 12
_DECIMALS = 6
_USE_NOTED_AFTER_S = 3600


class Unauthorized(Exception):
    """The key is none, unknown or revoked; the three are not told apart to a stranger."""


class Conflict(Exception):
    """The idempotency key was used for another request."""


@dataclass(frozen=True, slots=True)
class Given:
    """One reading of a request, as it came: `period` None means the running one."""

    value: Decimal
    period: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """A request's status and answer; `is_replay` where it was carried out before."""

    status: int
    answer: Mapping[str, Any]
    is_replay: bool = False


def workspace_of(key: str) -> int:
    """The workspace that a key names.

    Raises:
        Unauthorized: it is no key.
    """
    match = _KEY.fullmatch(key)
    if match is None:
        raise Unauthorized
    return int(match[1])


def make_key(uow: UnitOfWork, viewer: Viewer, *, name: str, kpis: str = "", can_write: bool = True) -> str:
    """Makes a key and returns it: this is the only time that it can be seen.

    Args:
        kpis: references that it is for ("KPI-1, KPI-3"); empty for all that are not restricted.

    Raises:
        NotAllowed: they may not.
        Invalid: it has no name, or names a KPI that they do not see (field "kpis").
    """
    access.check(viewer, Action.SET_UP)
    if not name.strip():
        raise Invalid("Give the key a name, such as the system that will use it.", field="name")
    graph = access.see(uow.picture().graph, viewer)
    numbers = []
    for word in kpis.replace(",", " ").split():
        kind, number = parse_reference(word, field="kpis")
        if kind is not Kind.KPI or graph.find((kind, number)) is None:
            raise Invalid(f"There is no KPI {word} here. Write references such as KPI-1.", field="kpis")
        numbers.append(number)
    key = f"hsk_{uow.workspace_id}_{secrets.token_urlsafe(_SECRET_BYTES)}"
    row = uow.api_keys.add(
        ApiKey(
            workspace_id=uow.workspace_id,
            name=name.strip()[:100],
            hint=f"{key[:_HINT]}…",
            hash=_digest(key),
            kpi_numbers=sorted(set(numbers)) or None,
            can_write=can_write,
            created_by_id=viewer.member_id,
            created_at=uow.now,
        )
    )
    _trail(uow, row, "key.made", viewer.member_id)
    return key


def revoke_key(uow: UnitOfWork, viewer: Viewer, key_id: int) -> ApiKey:
    """Revokes a key at once; twice is the same as once.

    Raises:
        NotAllowed, NotFound: they may not, or there is none.
    """
    access.check(viewer, Action.SET_UP)
    row = uow.api_keys.get(key_id)
    if row.revoked_at is None:
        row.revoked_at = uow.now
        _trail(uow, row, "key.revoked", viewer.member_id)
        uow.session.flush()
    return row


def list_kpis(uow: UnitOfWork, key: str) -> list[dict[str, Any]]:
    """The KPIs that the key is for.

    Raises:
        Unauthorized: the key is not valid.
    """
    row = _key(uow, key)
    frames = [frame for frame in uow.kpis.list_frames() if _is_open(uow, row, frame)]
    return [_described(frame) for frame in frames]


def get_kpi(uow: UnitOfWork, key: str, reference: str) -> dict[str, Any]:
    """One KPI.

    Raises:
        Unauthorized: the key is not valid.
        NotFound: there is none, or none that the key is for.
    """
    return _described(_frame(uow, _key(uow, key), reference))


def list_readings(
    uow: UnitOfWork, key: str, reference: str, *, limit: int, before: int | None
) -> dict[str, Any]:
    """A KPI's readings that no correction has superseded, newest first; `before` continues a page.

    Raises:
        Unauthorized, NotFound: as `get_kpi`.
    """
    frame = _frame(uow, _key(uow, key), reference)
    lines = uow.readings.list_lines(frame.id, limit=limit + 1, before=before)
    shown = lines[:limit]
    return {
        "readings": [_reading(frame, line) for line in shown],
        "next": shown[-1].id if len(lines) > limit else None,
    }


def take_readings(
    uow: UnitOfWork,
    key: str,
    reference: str,
    given: Sequence[Given],
    *,
    idempotency_key: str = "",
    fingerprint: str = "",
) -> Answered:
    """Records readings of a KPI: all of them, or none.

    Raises:
        Unauthorized, NotFound: as `get_kpi`.
        NotAllowed: the key only reads.
        Closed: the KPI is closed, or a period is locked.
        Invalid: a value or period cannot be taken; the field names which, as `readings.3.value`.
        Conflict: the idempotency key was used for another request.
    """
    row = _key(uow, key)
    frame = _frame(uow, row, reference)
    if not row.can_write:
        raise NotAllowed("This key only reads. Ask an admin for one that may write.")
    claim = None
    if idempotency_key:
        claim = uow.api_keys.claim_request(row.id, idempotency_key, fingerprint, uow.now)
        if claim is None:
            return _replayed(uow, row, idempotency_key, fingerprint)
    if frame.state is not ItemState.ACTIVE:
        yet = " yet" if frame.state in {ItemState.DRAFT, ItemState.IN_CATCHBALL} else ""
        raise Closed(f"{frame.reference} is {frame.state}, so it takes no readings{yet}.")
    new = [_new(uow, frame, one, place) for place, one in enumerate(given)]
    check_periods(uow, [one.period_on for one in new], plan_starts_on=frame.plan_starts_on)
    ids = record_readings(uow, new)
    answer = {
        "kpi": frame.reference,
        "recorded": len(ids),
        "readings": [
            {"id": reading_id, "period": _named(frame, one.period_on), "value": _written(one.value)}
            for reading_id, one in zip(ids, new, strict=True)
        ],
    }
    _trail(uow, row, "readings.taken", None, frame=frame, count=len(ids))
    _note_use(uow, row)
    if claim is not None:
        uow.api_keys.keep_answer(claim, 201, answer)
    return Answered(201, answer)


def _replayed(uow: UnitOfWork, row: ApiKey, idempotency_key: str, fingerprint: str) -> Answered:
    found = uow.api_keys.find_request(row.id, idempotency_key)
    if found is None or found[0] != fingerprint:
        raise Conflict
    return Answered(found[1], found[2], is_replay=True)


def _key(uow: UnitOfWork, key: str) -> ApiKey:
    row = uow.api_keys.find_by_hash(_digest(key))
    if row is None or row.revoked_at is not None:
        raise Unauthorized
    return row


def _frame(uow: UnitOfWork, row: ApiKey, reference: str) -> KpiFrame:
    missing = NotFound(f"There is no KPI “{reference[:40]}” here, or none that this key is for.")
    try:
        kind, number = parse_reference(reference)
    except Invalid:
        raise missing from None
    frame = uow.kpis.find_frame(number) if kind is Kind.KPI else None
    if frame is None or not _is_open(uow, row, frame):
        raise missing
    return frame


def _is_open(uow: UnitOfWork, row: ApiKey, frame: KpiFrame) -> bool:
    """A key for all KPIs leaves the restricted ones out; one that names them has those that whoever made it
    sees today: what was restricted since, or is theirs no more, is closed to the key as it is to them."""
    if row.kpi_numbers is None or frame.number not in row.kpi_numbers:
        return row.kpi_numbers is None and not frame.is_restricted
    return not frame.is_restricted or _is_seen_by_maker(uow, row, frame)


def _is_seen_by_maker(uow: UnitOfWork, row: ApiKey, frame: KpiFrame) -> bool:
    try:
        viewer = uow.roles.get_viewer(row.created_by_id or 0)
    except NotFound:
        return False
    return (Kind.KPI, frame.number) in uow.seen_by([viewer])


def _new(uow: UnitOfWork, frame: KpiFrame, given: Given, place: int) -> NewReading:
    value, field = given.value, f"readings.{place}.value"
    if not value.is_finite() or abs(value) >= _LIMIT:
        raise Invalid("A value has at most 12 digits before the decimal point.", field=field)
    exponent = value.normalize().as_tuple().exponent
    if isinstance(exponent, int) and exponent < -_DECIMALS:
        raise Invalid("A value has at most 6 decimals.", field=field)
    return NewReading(
        kpi_id=frame.id,
        period_on=_period_on(uow, frame, given.period, f"readings.{place}.period"),
        value=value,
        source=Source.API,
    )


def _period_on(uow: UnitOfWork, frame: KpiFrame, period: str | None, field: str) -> date:
    month = frame.plan_starts_on.month
    if period is None:
        today = uow.now.astimezone(ZoneInfo(frame.zone)).date()
        return period_start(frame.frequency, today, fiscal_start_month=month)
    return parse_period(period, frame.frequency, fiscal_start_month=month, field=field)


def _note_use(uow: UnitOfWork, row: ApiKey) -> None:
    """When it was last used, to the hour: not one more write for every request."""
    if row.used_at is None or (uow.now - row.used_at).total_seconds() > _USE_NOTED_AFTER_S:
        row.used_at = uow.now


def _described(frame: KpiFrame) -> dict[str, Any]:
    return {
        "ref": frame.reference,
        "title": frame.title,
        "unit": frame.unit,
        "direction": frame.direction.value,
        "baseline": _written(frame.baseline),
        "target": _written(frame.target),
        "band_low": _written(frame.band_low),
        "band_high": _written(frame.band_high),
        "frequency": frame.frequency.value,
        "roll_up": frame.roll_up.value,
        "state": frame.state.value,
    }


def _reading(frame: KpiFrame, line: ReadingLine) -> dict[str, Any]:
    return {
        "id": line.id,
        "period": _named(frame, line.period_on),
        "value": _written(line.value),
        "source": line.source.value,
        "recorded_at": _instant(line.recorded_at),
    }


def _named(frame: KpiFrame, period_on: date) -> str:
    return format_period(period_on, frame.frequency, fiscal_start_month=frame.plan_starts_on.month)


def _written(value: Decimal | None) -> str | None:
    """Figures travel as text, so that none is rounded on its way."""
    return None if value is None else format(value, "f")


def _instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _trail(
    uow: UnitOfWork,
    row: ApiKey,
    action: str,
    member_id: int | None,
    *,
    frame: KpiFrame | None = None,
    count: int = 0,
) -> None:
    uow.audit.record(
        at=uow.now,
        member_id=member_id,
        action=action,
        kind="API key" if frame is None else Kind.KPI.value,
        item_id=row.id if frame is None else frame.id,
        reference="" if frame is None else format_reference(Kind.KPI, frame.number),
        after={"key": row.name} | ({"readings": count} if frame is not None else {}),
    )
