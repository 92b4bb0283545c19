"""Readings in a list of their own: whose they are, and that those of the history fit together."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from storage.bundle.checks.findings import Findings
from storage.bundle.checks.names import Names
from storage.bundle.document import Document, Entry
from storage.bundle.rows import ReadingRow
from storage.bundle.values import quoted
from storage.rules.hierarchy import Ref, format_reference
from storage.rules.terms import Frequency, Kind

_MEASURES = frozenset({Kind.KPI, Kind.KEY_RESULT})


def check_readings(document: Document, names: Names, findings: Findings) -> None:
    """Every row of `readings`."""
    new = [entry for entry in document.readings if entry.row.recorded is None]
    past = [entry for entry in document.readings if entry.row.recorded is not None]
    if new:
        _check_new(new, names, findings, _said_under_measures(document, names))
    numbers: dict[tuple[Ref, date], set[int]] = defaultdict(set)
    for entry in past:
        if _measures(entry, names, findings):
            _check_past(entry, names, findings, numbers)
    for entry in past:
        row = entry.row
        if row.replaced_by and row.replaced_by not in numbers[row.of, row.period.first_on] - {row.no or 1}:
            findings.refuse(
                entry,
                "replaced_by",
                f"There is no other reading of this period with no: {row.replaced_by}. Correct the number.",
            )


def check_changes(document: Document, names: Names, findings: Findings) -> None:
    """Who changed something must be known; what it was about may be gone by now."""
    for entry in document.changes:
        if entry.row.by is not None and (missing := names.missing_person(entry.row.by)):
            findings.refuse(entry, "by", missing)


def _measures(entry: Entry[ReadingRow], names: Names, findings: Findings) -> bool:
    """Whether the reading's measure is known to have readings."""
    of = entry.row.of
    if of[0] not in _MEASURES:
        findings.refuse(entry, "of", "Only KPIs and key results have readings. Name one such as KPI-1.")
    elif missing := names.missing_item(of):
        findings.refuse(entry, "of", missing)
    elif entry.row.recorded is None and (kpi := names.measured_kpi(of)):
        findings.refuse(entry, "of", f"It reads the figures of {kpi}. Note the reading there.")
    else:
        return True
    return False


def _check_new(
    entries: Sequence[Entry[ReadingRow]],
    names: Names,
    findings: Findings,
    periods: dict[tuple[Ref, date], str],
) -> None:
    # Most measures have several readings, and what holds for one holds for all of them.
    sound: dict[Ref, Frequency | None] = {}
    for entry in entries:
        of, period = entry.row.of, entry.row.period
        if of not in sound:
            if not _measures(entry, names, findings):
                continue
            sound[of] = names.frequency_of(of)
        frequency = sound[of]
        if frequency is None:
            continue
        try:
            starts_on = period.start(frequency, names.fiscal_start_month)
        except ValueError as error:
            findings.refuse(entry, "period", str(error))
            continue
        first = periods.get((of, starts_on))
        if first:
            findings.refuse(entry, "period", f"{quoted(first)} says this period's figure already. Keep one.")
        periods[of, starts_on] = period.text


def _check_past(
    entry: Entry[ReadingRow],
    names: Names,
    findings: Findings,
    numbers: dict[tuple[Ref, date], set[int]],
) -> None:
    row = entry.row
    if row.by is not None and (missing := names.missing_person(row.by)):
        findings.refuse(entry, "by", missing)
    known = numbers[row.of, row.period.first_on]
    if row.no is not None and row.no in known:
        findings.refuse(entry, "no", f"Another reading of this period has no: {row.no}. Number them anew.")
    known.add(row.no or 1)


def _said_under_measures(document: Document, names: Names) -> dict[tuple[Ref, date], str]:
    """The periods whose figures stand under their KPI or key result."""
    said = {}
    for entry in document.measures:
        for period in entry.row.readings:
            try:
                starts_on = period.start(entry.row.frequency, names.fiscal_start_month)
            except ValueError:
                continue
            said[entry.row.ref, starts_on] = f"{format_reference(*entry.row.ref)} {period.text}"
    return said
