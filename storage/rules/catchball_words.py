"""A counter in words: `72 by Q4 because the training slipped`, as people write it into a thread."""

import re
from dataclasses import replace
from datetime import date, timedelta

from storage.rules.absences import read_day
from storage.rules.catchball_terms import Terms, shown
from storage.rules.errors import Invalid
from storage.rules.figures import parse_figure
from storage.rules.working_days import add_months

EXAMPLE = "`counter 72 by 30 September because the training slipped`"

_BECAUSE = re.compile(r"\b(?:because|since|as)\b[:,]?(?:\s+|$)|[;–—]\s+", re.IGNORECASE)
_DUE = re.compile(r"\b(?:by|until|due)\s+(?:the\s+)?(?:end\s+of\s+)?(.+)$", re.IGNORECASE)
_FROM_TO = re.compile(r"^from\s+(.+?)\s+to\s+(.+)$", re.IGNORECASE)
_MEASURE = re.compile(r"(.*?)\s+from\s+(.+?)\s+to\s+(.+)", re.IGNORECASE)
_QUARTER = re.compile(r"q\s?([1-4])(?:\s+(\d{4}))?", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = re.compile(r"([a-z]{3,9})(?:\s+(\d{4}))?", re.IGNORECASE)
_QUARTER_MONTHS = 3
_YEAR_MONTHS = 12


def read_counter(
    text: str, terms: Terms, today: date, *, locale: str, fiscal_start_month: int = 1
) -> tuple[Terms, str]:
    """The terms that a counter in words asks for, and its reason; what it does not name stays as it is.

    Args:
        text: what follows the word "counter".
        fiscal_start_month: from which quarters are counted.

    Raises:
        Invalid: it cannot be read; the sentence says what is understood.
    """
    parts = _BECAUSE.split(text.strip(), maxsplit=1)
    asked, reason = parts[0].strip(" ,."), parts[1].strip().lstrip("… .") if len(parts) > 1 else ""
    if not asked:
        raise Invalid(
            f"What should change? Write a figure, a date or both, and why: {EXAMPLE}.", field="title"
        )
    due = _DUE.search(asked)
    if due is not None:
        terms = replace(terms, due_on=read_due(due[1], today, fiscal_start_month=fiscal_start_month))
        asked = asked[: due.start()].strip(" ,.")
    if asked:
        terms = _with_figures(asked, terms, locale)
    return terms, reason


def read_due(text: str, today: date, *, fiscal_start_month: int = 1) -> date:
    """`Q4` is the last day of the fiscal quarter, `June` of the month; else a day as people write it.

    Raises:
        Invalid: no day (field "due_on").
    """
    words = text.strip(" ,.\"'“”")
    quarter = _QUARTER.fullmatch(words)
    if quarter is not None:
        return _quarter_end(int(quarter[1]), quarter[2], today, fiscal_start_month)
    month = _MONTH.fullmatch(words)
    if month is not None and month[1][:3].lower() in _MONTHS:
        return _month_end(_MONTHS.index(month[1][:3].lower()) + 1, month[2], today)
    try:
        return read_day(words.lower(), today)
    except (Invalid, OverflowError):
        raise Invalid(
            f"“{words[:40]}” is no day that can be read. Write it as `Q4`, `June`, `30 June` or "
            "`2026-06-30`.",
            field="due_on",
        ) from None


def read_measure(text: str, locale: str) -> Terms:
    """Terms with the measure that a line names: `First-contact resolution from 70 to 80 %`.

    A line without figures is a measure without them, which the check of the terms then asks for.

    Raises:
        Invalid: a figure cannot be read (field "measure").
    """
    found = _MEASURE.fullmatch(" ".join(text.split()))
    if found is None:
        return Terms(measure=text.strip())
    unit = next((unit for part in (found[3], found[2]) if (unit := _unit(part))), "")
    try:
        return Terms(
            measure=found[1].strip(" ,:"),
            unit=unit,
            baseline=parse_figure(found[2], unit=unit, locale=locale),
            target=parse_figure(found[3], unit=unit, locale=locale),
        )
    except Invalid as refusal:
        raise Invalid(
            f"{refusal.sentence} Write it as `First-contact resolution from 70 to 80 %`.", field="measure"
        ) from None


def write_measure(terms: Terms) -> str:
    """The line that `read_measure` reads."""
    if terms.baseline is None or terms.target is None:
        return terms.measure
    return f"{terms.measure} from {format(terms.baseline, 'f')} to {shown(terms, 'target')}"


def _unit(part: str) -> str:
    """What is no figure in `80 %`."""
    return re.sub(r"[-+]?[0-9][0-9.,'\s]*", "", part).strip()


def _with_figures(asked: str, terms: Terms, locale: str) -> Terms:
    both = _FROM_TO.match(asked)
    words = asked.removeprefix("to ").removeprefix("target ").strip()
    try:
        if both is not None:
            return replace(
                terms,
                baseline=parse_figure(both[1], unit=terms.unit, locale=locale),
                target=parse_figure(both[2], unit=terms.unit, locale=locale),
            )
        return replace(terms, target=parse_figure(words, unit=terms.unit, locale=locale))
    except Invalid as refusal:
        raise Invalid(
            f"{refusal.sentence} By words a counter changes the figure and the date, such as {EXAMPLE}; for "
            "the other terms press Counter on the card.",
            field="target",
        ) from None


def _quarter_end(quarter: int, year: str | None, today: date, fiscal_start_month: int) -> date:
    starts_on = date(int(year) if year else today.year, fiscal_start_month, 1)
    if year is None and starts_on > today:
        starts_on = add_months(starts_on, -_YEAR_MONTHS)
    end = add_months(starts_on, quarter * _QUARTER_MONTHS) - timedelta(days=1)
    if end < today and year is None:
        end = add_months(starts_on, quarter * _QUARTER_MONTHS + _YEAR_MONTHS) - timedelta(days=1)
    return end


def _month_end(month: int, year: str | None, today: date) -> date:
    first = date(int(year) if year else today.year, month, 1)
    if year is None and add_months(first, 1) <= today:
        first = date(today.year + 1, month, 1)
    return add_months(first, 1) - timedelta(days=1)
