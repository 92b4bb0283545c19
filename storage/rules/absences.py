"""How people say until when they are away: plain forms, read against their own calendar."""

import re
from datetime import date, timedelta

from storage.rules.cadence import DateRange
from storage.rules.date_words import day_words
from storage.rules.errors import Invalid

LONGEST_ABSENCE = timedelta(days=2 * 366)

_DAY = timedelta(days=1)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_SHORTEST = 3
_LAST_MONTH = 12
_YEARS_TO_LEAP = 9
_UNITS = {"day": 1, "week": 7, "fortnight": 14}
_NUMBERS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_EXAMPLES = "Try `/hoshin away until Friday`, `until 24 December`, `until 2026-12-24` or `for 2 weeks`."

_DURATION = re.compile(r"for\s+(\w+)\s+(day|week|fortnight)s?")
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\.?\s+([a-z]{3,})\.?(?:,?\s+(\d{4}))?")
_MONTH_DAY = re.compile(r"([a-z]{3,})\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(\d{4}))?")
_DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.(?:\s?(\d{4}))?")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}))?")


def read_absence(text: str, today: date) -> DateRange:
    """Reads `until Friday`, `for 2 weeks`, `from 3 August until 14 August`; the last day is included.

    Args:
        text: as typed, in any case.
        today: the person's own date, from which the absence starts where nothing else is said.

    Raises:
        Invalid: it cannot be read, or it ends in the past, before it starts, or years from now (field
            "until").
    """
    words = " ".join(text.lower().split())
    starts_on = today
    if words.startswith("from "):
        first, separator, rest = words.removeprefix("from ").partition(" until ")
        if not separator:
            first, separator, rest = words.removeprefix("from ").partition(" to ")
        if not separator:
            raise _unreadable(text)
        starts_on, words = read_day(first, today), rest
    try:
        ends_on = _last_day(words, starts_on)
    except OverflowError:
        raise _unreadable(text) from None
    if ends_on < today:
        raise Invalid(
            f"{day_words(ends_on)} is over, so nothing would be left out. Name a day that is still to come.",
            field="until",
        )
    if ends_on < starts_on:
        raise Invalid(
            f"An absence cannot end on {day_words(ends_on)} when it starts on {day_words(starts_on)}. Name a "
            "later day.",
            field="until",
        )
    if ends_on - today > LONGEST_ABSENCE:
        raise Invalid(
            f"{day_words(ends_on)} is more than two years away. For someone who leaves, have their items "
            "handed over instead.",
            field="until",
        )
    return DateRange(starts_on, ends_on)


def read_day(text: str, today: date) -> date:
    """Reads a day: `today`, `Friday` (the next one, today included), `24 December`, `24.12.`, `2026-12-24`.

    A day without a year is the next of that name.

    Raises:
        Invalid: it cannot be read, or could be read in two ways (field "until").
    """
    words = " ".join(text.lower().replace(",", " ").split())
    if words in {"today", "tonight"}:
        return today
    if words == "tomorrow":
        return today + _DAY
    named = words.removeprefix("next ").removeprefix("this ")
    weekday = _match(named, _WEEKDAYS)
    if weekday is not None:
        ahead = (weekday - today.weekday()) % 7
        # "Next Friday" is the one of next week.
        later = _to_next_week(today, ahead) if words.startswith("next ") else timedelta()
        return today + timedelta(days=ahead) + later
    try:
        return date.fromisoformat(words)
    except ValueError:
        pass
    return _read_numbered(words, text, today)


def _read_numbered(words: str, text: str, today: date) -> date:
    if found := _DAY_MONTH.fullmatch(words):
        return _in_year(text, found[1], _match(found[2], _MONTHS), found[3], today)
    if found := _MONTH_DAY.fullmatch(words):
        return _in_year(text, found[2], _match(found[1], _MONTHS), found[3], today)
    if found := _DOTTED.fullmatch(words):
        return _in_year(text, found[1], int(found[2]) - 1, found[3], today)
    if found := _SLASHED.fullmatch(words):
        first, second = int(found[1]), int(found[2])
        if first != second and first <= _LAST_MONTH and second <= _LAST_MONTH:
            raise Invalid(
                f"“{text.strip()}” can be read in two ways. Write the month as a word, such as 3 August.",
                field="until",
            )
        day, month = (second, first) if second > _LAST_MONTH else (first, second)
        return _in_year(text, str(day), month - 1, found[3], today)
    raise _unreadable(text)


def _last_day(words: str, starts_on: date) -> date:
    if found := _DURATION.fullmatch(words):
        count = _NUMBERS.get(found[1]) or (int(found[1]) if found[1].isdigit() else 0)
        if not 0 < count <= LONGEST_ABSENCE.days:
            raise _unreadable(words)
        return starts_on + timedelta(days=count * _UNITS[found[2]]) - _DAY
    if words.startswith("back "):
        return read_day(words.removeprefix("back ").removeprefix("on "), starts_on) - _DAY
    return read_day(words.removeprefix("until ").removeprefix("till "), starts_on)


def _to_next_week(today: date, ahead: int) -> timedelta:
    is_this_week = today.weekday() + ahead < len(_WEEKDAYS)
    return timedelta(days=7) if is_this_week else timedelta()


def _match(word: str, names: tuple[str, ...]) -> int | None:
    """The place of a name that the word is, or begins (`Fri`, `Sept`)."""
    if len(word) < _SHORTEST:
        return None
    return next((place for place, name in enumerate(names) if name.startswith(word)), None)


def _in_year(text: str, day: str, month: int | None, year: str | None, today: date) -> date:
    if month is None:
        raise _unreadable(text)
    try:
        if year:
            return date(int(year), month + 1, int(day))
        found = _first_from(today, month + 1, int(day))
        if found is not None:
            return found
    except ValueError:
        pass
    raise _unreadable(text)


def _first_from(today: date, month: int, day: int) -> date | None:
    """The next day of that name; of 29 February the next one that there is."""
    for year in range(today.year, today.year + _YEARS_TO_LEAP):
        try:
            on = date(year, month, day)
        except ValueError:
            continue
        if on >= today:
            return on
    return None


def _unreadable(text: str) -> Invalid:
    shown = " ".join(text.split())
    said = f"“{shown[:60]}” is not a day that can be read." if shown else "Until when?"
    return Invalid(f"{said} {_EXAMPLES}", field="until")
