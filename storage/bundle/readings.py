"""Readings of a plan file: new figures are added, corrected ones supersede, nothing is overwritten.

What a file tells of the past comes first, as it was recorded then; then the figures that it says now.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from storage.bundle.changes import Action
from storage.bundle.document import Document, Entry
from storage.bundle.faults import Fault, PlanFileError
from storage.bundle.item_rows import MeasureRow
from storage.bundle.ledger import Ledger
from storage.bundle.rows import ReadingRow
from storage.bundle.values import quoted
from storage.database import UnitOfWork
from storage.repositories.bundles import PastReading
from storage.rules.hierarchy import Ref
from storage.rules.terms import Frequency, Kind, Source
from storage.tables.columns import plain
from storage.tables.kpi import Kpi

Slot = tuple[Ref, date]
"""A measure and the first day of a period."""


@dataclass(slots=True)
class _Kept:
    """What the record holds for one period: the figure that counts, the last that a file brought, and all
    of them in the order of their making."""

    current: PastReading | None = None
    imported: PastReading | None = None
    every: list[PastReading] = field(default_factory=list)

    def says(self, figure: Decimal) -> bool:
        """Whether that figure counts already, or was brought by a file before."""
        return any(one is not None and one.value == figure for one in (self.current, self.imported))


class ReadingLoader:
    """Writes the readings of one file. `items` and `members` give the ids of those it names."""

    def __init__(
        self,
        uow: UnitOfWork,
        document: Document,
        items: Mapping[Ref, Any],
        members: Mapping[str, Any],
        ledger: Ledger,
    ) -> None:
        self._uow = uow
        self._document = document
        self._items = items
        self._members = members
        self._ledger = ledger

    def load(self, fiscal_start_month: int) -> None:
        """Brings the record's readings to what the file says.

        A figure that the record has already changes nothing. Neither does one that a file brought before
        and a person corrected since: the same file loaded again does not undo the correction, a changed
        figure does.

        Raises:
            PlanFileError: the file tells a past other than the record's.
        """
        new = [*self._under_measures(fiscal_start_month), *self._new_rows(fiscal_start_month)]
        past = [entry for entry in self._document.readings if entry.row.recorded is not None]
        if not new and not past:
            return
        measures = {ref for (ref, _), _ in new} | {entry.row.of for entry in past}
        kept = self._kept(measures)
        if past:
            self._add_past(past, kept)
            kept = self._kept(measures)
            self._link(past, kept)
            kept = self._kept(measures) if any(entry.row.replaced_by for entry in past) else kept
        self._add_new(new, kept)

    def _under_measures(self, month: int) -> Iterator[tuple[Slot, Decimal]]:
        for entry in self._document.measures:
            yield from _of_measure(entry, month)

    def _new_rows(self, month: int) -> Iterator[tuple[Slot, Decimal]]:
        frequencies: dict[Ref, Frequency] = {}
        for entry in self._document.readings:
            row = entry.row
            if row.recorded is None:
                if row.of not in frequencies:
                    item = self._items[row.of]
                    frequencies[row.of] = item.frequency if isinstance(item, Kpi) else Frequency.WEEKLY
                yield (row.of, row.period.start(frequencies[row.of], month)), row.value

    def _kept(self, measures: Iterable[Ref]) -> defaultdict[Slot, _Kept]:
        refs = {(ref[0], self._items[ref].id): ref for ref in measures}
        kept: defaultdict[Slot, _Kept] = defaultdict(_Kept)
        for reading in self._uow.bundles.list_readings(
            [number for kind, number in refs if kind is Kind.KPI],
            [number for kind, number in refs if kind is Kind.KEY_RESULT],
        ):
            ref = refs[
                (Kind.KPI, reading.kpi_id)
                if reading.kpi_id is not None
                else (Kind.KEY_RESULT, reading.key_result_id or 0)
            ]
            slot = kept[ref, reading.period_on]
            slot.every.append(reading)
            if reading.superseded_by_id is None:
                slot.current = reading
            if reading.source is Source.IMPORT:
                slot.imported = reading
        return kept

    def _add_new(self, new: Sequence[tuple[Slot, Decimal]], kept: defaultdict[Slot, _Kept]) -> None:
        added: list[dict[str, Any]] = []
        corrections: list[tuple[int, dict[str, Any]]] = []
        for slot, figure in new:
            before = kept.get(slot)
            if before is not None and before.says(figure):
                continue
            reading = self._values(slot, figure, Source.IMPORT, None, self._uow.now)
            if before is None or before.current is None:
                added.append(reading)
            else:
                corrections.append((before.current.id, reading))
        self._ledger.count("reading", Action.ADDED, len(added))
        self._ledger.count("reading", Action.CHANGED, len(corrections))
        self._ledger.count("reading", Action.UNCHANGED, len(new) - len(added) - len(corrections))
        self._uow.bundles.add_readings(added)
        self._uow.readings.correct(corrections)

    def _add_past(self, past: Sequence[Entry[ReadingRow]], kept: defaultdict[Slot, _Kept]) -> None:
        """Adds those that the record does not have yet, as they were recorded."""
        known = {
            (slot, one.recorded_at): Counter(
                other.value for other in kept[slot].every if other.recorded_at == one.recorded_at
            )
            for slot in list(kept)
            for one in kept[slot].every
        }
        self._refuse_rewriting(past, known)
        added = []
        for entry in past:
            row = entry.row
            slot = row.of, row.period.first_on
            there = known.get((slot, row.recorded or self._uow.now), Counter())
            if there[row.value] > 0:
                there[row.value] -= 1
                self._ledger.count("reading", Action.UNCHANGED)
                continue
            self._ledger.count("reading", Action.ADDED)
            member_id = self._members[row.by].id if row.by else None
            added.append(self._values(slot, row.value, row.source or Source.IMPORT, member_id, row.recorded))
        self._uow.bundles.add_readings(added)

    def _refuse_rewriting(
        self, past: Sequence[Entry[ReadingRow]], known: Mapping[tuple[Slot, datetime], Counter[Decimal]]
    ) -> None:
        """What was recorded at an instant is not changed afterwards: it is corrected by a new reading."""
        said: defaultdict[tuple[Slot, datetime | None], list[Entry[ReadingRow]]] = defaultdict(list)
        for entry in past:
            said[(entry.row.of, entry.row.period.first_on), entry.row.recorded].append(entry)
        faults: list[Fault] = []
        for key, there in known.items():
            entries = said.get(key, [])
            values = Counter(entry.row.value for entry in entries)
            missing, other = there - values, values - there
            if missing and other:
                entry = next(entry for entry in entries if other[entry.row.value])
                before = quoted(next(iter(missing)))
                sentence = (
                    f"{entry.row.label}, value: {before} was recorded then, and the past is not rewritten. "
                    "To correct it, add a row without recorded."
                )
                faults.append(self._document.source.fault((*entry.path, "value"), sentence))
        if faults:
            raise PlanFileError(faults)

    def _link(self, past: Sequence[Entry[ReadingRow]], kept: defaultdict[Slot, _Kept]) -> None:
        """Marks what was corrected, where the record does not have it so yet."""
        ids: dict[tuple[Slot, int], PastReading] = {}
        unused: dict[Slot, list[PastReading]] = {}
        for entry in past:
            row = entry.row
            slot = row.of, row.period.first_on
            left = unused.setdefault(slot, list(kept[slot].every))
            one = next(
                one for one in left if one.recorded_at == row.recorded and one.value == plain(row.value)
            )
            left.remove(one)
            ids[slot, row.no or 1] = one
        self._uow.bundles.link_corrections(
            [
                (ids[slot, row.no or 1].id, ids[slot, row.replaced_by].id)
                for row in (entry.row for entry in past)
                if row.replaced_by
                for slot in [(row.of, row.period.first_on)]
                if ids[slot, row.no or 1].superseded_by_id is None
            ]
        )

    def _values(
        self, slot: Slot, figure: Decimal, source: Source, member_id: int | None, at: datetime | None
    ) -> dict[str, Any]:
        ref, period_on = slot
        measure_id = self._items[ref].id
        return {
            "kpi_id": measure_id if ref[0] is Kind.KPI else None,
            "key_result_id": measure_id if ref[0] is Kind.KEY_RESULT else None,
            "period_on": period_on,
            "value": _plain(figure),
            "source": source,
            "member_id": member_id,
            "recorded_at": at,
        }


_plain = lru_cache(maxsize=8192)(plain)
"""Equal figures are equally plain, and among thousands of readings many are equal."""


def _of_measure(entry: Entry[MeasureRow], month: int) -> Iterator[tuple[Slot, Decimal]]:
    for period, figure in entry.row.readings.items():
        yield (entry.row.ref, period.start(entry.row.frequency, month)), figure
