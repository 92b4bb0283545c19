"""Readings of a plan file: new figures are added, corrected ones supersede, nothing is overwritten."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from storage.bundle.changes import Action
from storage.bundle.document import Entry, MeasureRow
from storage.bundle.ledger import Ledger
from storage.database import UnitOfWork
from storage.repositories.plans import RecordedReading
from storage.rules.terms import Kind, Source
from storage.tables.columns import plain

Slot = tuple[Kind, int, date]
"""A measure (kind and id of its row) and the first day of a period."""


@dataclass(slots=True)
class _Kept:
    """What the record holds for one period: the figure that counts, and the last that a file brought."""

    current: RecordedReading | None = None
    imported: RecordedReading | None = None


def load_readings(
    uow: UnitOfWork,
    measures: Sequence[tuple[Entry[MeasureRow], int]],
    fiscal_start_month: int,
    ledger: Ledger,
) -> None:
    """Writes the readings of these (row, id) measures.

    A figure that the record has already changes nothing. Neither does one that a file brought before and a
    person corrected since: the same file loaded again does not undo the correction, a changed figure does.
    """
    kept = _kept(uow, measures)
    added: list[dict[str, Any]] = []
    corrections: list[tuple[int, dict[str, Any]]] = []
    for entry, measure_id in measures:
        for period, figure in entry.row.readings.items():
            starts_on = period.start(entry.row.frequency, fiscal_start_month)
            before = kept[entry.row.kind, measure_id, starts_on]
            if any(one is not None and one.value == figure for one in (before.current, before.imported)):
                ledger.count("reading", Action.UNCHANGED)
                continue
            reading = _values(uow, entry.row.kind, measure_id, starts_on, figure)
            if before.current is None:
                ledger.count("reading", Action.ADDED)
                added.append(reading)
            else:
                ledger.count("reading", Action.CHANGED)
                corrections.append((before.current.id, reading))
    uow.plans.add_readings(added)
    uow.plans.correct_readings(corrections)


def _kept(uow: UnitOfWork, measures: Iterable[tuple[Entry[MeasureRow], int]]) -> defaultdict[Slot, _Kept]:
    ids: dict[Kind, list[int]] = {Kind.KPI: [], Kind.KEY_RESULT: []}
    for entry, measure_id in measures:
        if entry.row.readings:
            ids[entry.row.kind].append(measure_id)
    kept: defaultdict[Slot, _Kept] = defaultdict(_Kept)
    for reading in uow.plans.list_readings(ids[Kind.KPI], ids[Kind.KEY_RESULT]):
        kind = Kind.KPI if reading.kpi_id is not None else Kind.KEY_RESULT
        slot = kept[kind, reading.kpi_id or reading.key_result_id or 0, reading.period_on]
        if reading.superseded_by_id is None:
            slot.current = reading
        if reading.source is Source.IMPORT:
            slot.imported = reading
    return kept


def _values(uow: UnitOfWork, kind: Kind, measure_id: int, period_on: date, figure: Decimal) -> dict[str, Any]:
    return {
        "kpi_id": measure_id if kind is Kind.KPI else None,
        "key_result_id": measure_id if kind is Kind.KEY_RESULT else None,
        "period_on": period_on,
        "value": plain(figure),
        "source": Source.IMPORT,
        "recorded_at": uow.now,
    }
