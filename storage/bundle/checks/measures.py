"""Figures: baselines, targets, bands and readings of KPIs and key results (rules §3)."""

from datetime import date

from storage.bundle.checks.findings import Findings
from storage.bundle.checks.names import Names
from storage.bundle.document import Document, Entry
from storage.bundle.item_rows import KeyResultRow, MeasureRow
from storage.bundle.values import quoted
from storage.rules.hierarchy import Ref, format_reference
from storage.rules.terms import Direction, Frequency

_PERIODS = {
    Frequency.WEEKLY: "week",
    Frequency.MONTHLY: "month",
    Frequency.QUARTERLY: "quarter",
    Frequency.ANNUAL: "year",
}


def check_measures(document: Document, names: Names, findings: Findings) -> None:
    """Every KPI and key result of the file."""
    for entry in document.measures:
        _check_figures(entry, findings)
        _check_readings(entry, names, findings)
        if isinstance(entry.row, KeyResultRow):
            _check_measured(entry, entry.row, names, findings)


def _check_figures(entry: Entry[MeasureRow], findings: Findings) -> None:
    row = entry.row
    if row.band_low is not None and row.band_high is not None and row.band_low > row.band_high:
        findings.refuse(
            entry, "band_low", f"The band begins at {row.band_low}, above its end {row.band_high}. Swap them."
        )
    if row.direction is Direction.MAINTAIN:
        if row.band_low is None and row.band_high is None and row.target is None:
            findings.refuse(
                entry, "direction", "What is to be maintained needs band_low and band_high, or a target."
            )
    elif row.baseline is not None and row.target is not None:
        _check_way(entry, row.target - row.baseline >= 0, row.target == row.baseline, findings)


def _check_way(entry: Entry[MeasureRow], rises: bool, stands: bool, findings: Findings) -> None:
    """Baseline and target name a way, and the direction the same one."""
    direction = entry.row.direction
    if stands:
        findings.warn(
            entry,
            "target",
            "It equals the baseline, so progress stays 0. Set a target to move to, or maintain it.",
        )
    elif direction is not None and rises is not (direction is Direction.INCREASE):
        way = "up" if rises else "down"
        findings.warn(entry, "direction", f"It says {direction}, but from baseline to target it goes {way}.")


def _check_readings(entry: Entry[MeasureRow], names: Names, findings: Findings) -> None:
    periods: dict[date, str] = {}
    for period in entry.row.readings:
        try:
            starts_on = period.start(entry.row.frequency, names.fiscal_start_month)
        except ValueError as error:
            findings.refuse(entry, "readings", str(error), period.text)
            continue
        first = periods.setdefault(starts_on, period.text)
        if first != period.text:
            findings.refuse(
                entry,
                "readings",
                f"{quoted(period.text)} is in the same {_PERIODS[entry.row.frequency]} as {quoted(first)}, "
                "and there is one figure for each. Keep one.",
                period.text,
            )


def _check_measured(entry: Entry[MeasureRow], row: KeyResultRow, names: Names, findings: Findings) -> None:
    """A key result that measures a KPI counts as that one does and has no readings of its own."""
    said = "kpi" in row.model_fields_set
    reads_kpi = row.kpi is not None if said else names.kpi_of(row.ref) is not None
    if reads_kpi and row.readings:
        kpi = format_reference(*row.kpi) if row.kpi else "a KPI"
        findings.refuse(entry, "readings", f"It reads the figures of {kpi}. Move the readings there.")
    if row.kpi is not None:
        _check_unit(entry, row, row.kpi, names, findings)


def _check_unit(
    entry: Entry[MeasureRow], row: KeyResultRow, kpi: Ref, names: Names, findings: Findings
) -> None:
    unit = names.unit_of(kpi)
    if row.unit and unit is not None and row.unit != unit:
        findings.refuse(
            entry,
            "unit",
            f"It counts in {quoted(row.unit)}, but {format_reference(*kpi)}, which it measures, in "
            f"{quoted(unit)}. Use the same unit.",
        )
