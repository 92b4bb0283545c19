"""The past of a record as rows of a plan file."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from storage.bundle.values import period_name
from storage.database import UnitOfWork
from storage.repositories.bundles import PastReading
from storage.repositories.plans import Record
from storage.rules.hierarchy import format_reference
from storage.rules.terms import Frequency, Kind
from storage.tables.kpi import Kpi


def past_readings(uow: UnitOfWork, record: Record) -> list[dict[str, Any]]:
    """Every reading of these items as a row of a plan file, measure by measure, the oldest first.

    Readings of one period are numbered where there are several, so that one can say which replaced it.
    """
    measures: dict[tuple[Kind, int], tuple[Kind, int, Any]] = {
        (kind, item.id): (kind, number, item)
        for (kind, number), item in record.items.items()
        if kind in {Kind.KPI, Kind.KEY_RESULT}
    }
    emails = {member.id: email for email, member in record.members.items()}
    by_measure: defaultdict[tuple[Kind, int], list[PastReading]] = defaultdict(list)
    for reading in uow.bundles.list_readings():
        key = (
            (Kind.KPI, reading.kpi_id)
            if reading.kpi_id is not None
            else (Kind.KEY_RESULT, reading.key_result_id or 0)
        )
        if key in measures:
            by_measure[key].append(reading)
    rows: list[dict[str, Any]] = []
    for key in sorted(by_measure, key=lambda key: measures[key][:2]):
        kind, number, item = measures[key]
        frequency = item.frequency if isinstance(item, Kpi) else Frequency.WEEKLY
        rows += _described(format_reference(kind, number), frequency, by_measure[key], emails)
    return rows


def _described(
    of: str, frequency: Frequency, readings: Sequence[PastReading], emails: Mapping[int, str]
) -> Iterator[dict[str, Any]]:
    periods: defaultdict[date, list[int]] = defaultdict(list)
    for reading in readings:
        periods[reading.period_on].append(reading.id)
    for reading in sorted(readings, key=lambda one: (one.period_on, one.id)):
        ids = periods[reading.period_on]
        row = {
            "of": of,
            "period": period_name(frequency, reading.period_on),
            "value": reading.value,
            "recorded": reading.recorded_at,
            "source": str(reading.source),
            "by": emails.get(reading.member_id or 0),
            "no": ids.index(reading.id) + 1 if len(ids) > 1 else None,
            "replaced_by": ids.index(reading.superseded_by_id) + 1
            if reading.superseded_by_id in ids
            else None,
        }
        yield {key: value for key, value in row.items() if value is not None}
