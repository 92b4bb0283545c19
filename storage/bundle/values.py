"""What the texts of a plan file may mean, one type a meaning. What does not fit is told in a sentence.

Every validator gets the text as it stands in the file (or None, a list, a mapping) and raises `ValueError`
with the sentence for whoever edits the file.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, NamedTuple, TypeVar

from pydantic import PlainValidator

from storage.public_holidays import check_country
from storage.rules.cadence import find_zone
from storage.rules.calendar import MOST_SPREAD_MINUTES, keep_review_day, parse_review_day
from storage.rules.days_off import LONGEST_TITLE
from storage.rules.errors import Invalid
from storage.rules.figures import MAX_DECIMALS, MAX_INTEGER_DIGITS
from storage.rules.hierarchy import Ref, parse_reference
from storage.rules.listing import any_of
from storage.rules.periods import period_start
from storage.rules.terms import (
    GIVEN_ROLES,
    Commitment,
    Direction,
    Frequency,
    ItemState,
    Leading,
    Perspective,
    PlanState,
    Role,
    RollUp,
    Source,
    Strength,
)

W = TypeVar("W", bound=StrEnum)

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_SHORT_NUMBER = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,4})?")
"""Within all limits, as most figures are."""
_COMMA_NUMBER = re.compile(r"[+-]?[0-9]+,[0-9]+")
_UNIT_BEHIND = re.compile(r"([+-]?[0-9]+(?:\.[0-9]+)?) ?([^0-9., ].*)")
_EMAIL = re.compile(r"[^\s@<>\"',;]+@[^\s@<>\"',;]+\.[^\s@<>\"',;]+")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")
# An escape of JSON or YAML can name what no database takes: a zero, and halves of characters.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_LONGEST_EMAIL = 320
_LONGEST_QUOTE = 60
_LAST_HOUR = 23
_MANY_WORDS = 500
_KEPT_NAMES = 8192


class Period(NamedTuple):
    """The key of a reading: a day, a month (`2026-01`) or a week (`2026-W06`), and its first day."""

    text: str
    first_on: date
    is_month: bool

    def start(self, frequency: Frequency, fiscal_start_month: int) -> date:
        """The first day of the measure's period that this names.

        Raises:
            ValueError: a month was named for a weekly measure.
        """
        if self.is_month and frequency is Frequency.WEEKLY:
            raise ValueError(
                f"“{self.text}” is a month, but this measure is weekly. Name the week, such as "
                "2026-W06, or a day in it."
            )
        return period_start(frequency, self.first_on, fiscal_start_month=fiscal_start_month)


def quoted(value: object) -> str:
    """A value as it is repeated to the reader, never longer than a line."""
    text = " ".join(str(value).split()).encode("utf-8", "replace").decode()
    return f"“{text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + '…'}”"


def nearest(word: str, known: Mapping[str, str]) -> str:
    """` Did you mean …?` with what stands beside the closest known word, or nothing.

    Among very many words nothing is searched: each comparison takes its time, and there may be many faults.
    """
    if len(known) > _MANY_WORDS:
        return ""
    close = get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    return f" Did you mean {known[close[0]]}?" if close else ""


def read_text(value: object) -> str:
    if value is None:
        raise ValueError("Nothing stands here. Write a value, or remove the line.")
    if isinstance(value, str):
        if _UNSTORABLE.search(value):
            raise ValueError("The text holds a character that cannot be kept. Write it again.")
        return value.strip()
    found = "list" if isinstance(value, list) else "mapping"
    raise ValueError(f"One value is expected here, not a {found}.")


def text_of(longest: int) -> Callable[[object], str]:
    """A text that is not empty, of at most that many characters."""

    def read(value: object) -> str:
        text = read_text(value)
        if not text:
            raise ValueError("The text is empty. Write one.")
        if len(text) > longest:
            raise ValueError(f"The text has {len(text)} characters; at most {longest} fit. Shorten it.")
        return text

    return read


def empty_or_text_of(longest: int) -> Callable[[object], str]:
    """As `text_of`, but it may be empty."""
    read = text_of(longest)
    return lambda value: "" if value is None or value == "" else read(value)


def read_figure(value: object) -> Decimal:
    if isinstance(value, str) and _SHORT_NUMBER.fullmatch(value):
        return Decimal(value)
    text = read_text(value)
    if not _NUMBER.fullmatch(text):
        raise ValueError(_no_number_sentence(text))
    whole, _, decimals = text.lstrip("+-").partition(".")
    if len(whole.lstrip("0")) > MAX_INTEGER_DIGITS or len(decimals.rstrip("0")) > MAX_DECIMALS:
        raise ValueError(
            f"{quoted(text)} is out of range. A figure has at most {MAX_INTEGER_DIGITS} digits before "
            f"the decimal point and {MAX_DECIMALS} behind it."
        )
    return Decimal(text)


def _no_number_sentence(text: str) -> str:
    if _COMMA_NUMBER.fullmatch(text):
        return f"{quoted(text)} has a decimal comma. Write {text.replace(',', '.')}."
    behind = _UNIT_BEHIND.fullmatch(text)
    if behind is not None:
        return f"{quoted(text)} is more than a number. Write {behind[1]}; what it counts stands in “unit”."
    return f"{quoted(text)} is not a number. Write one such as 78 or 74.5."


def read_weight(value: object) -> Decimal:
    weight = read_figure(value)
    if weight < 0:
        raise ValueError(f"A weight of {weight} is negative. Use 0 to leave one out of the roll-up.")
    return weight


def whole_between(low: int, high: int) -> Callable[[object], int]:
    """A whole number in a range."""

    def read(value: object) -> int:
        text = read_text(value)
        if not re.fullmatch("[0-9]{1,3}", text) or not low <= int(text) <= high:
            raise ValueError(f"{quoted(text)} is not a whole number from {low} to {high}.")
        return int(text)

    return read


def read_share(value: object) -> Decimal:
    percent = read_figure(value)
    if not 0 <= percent <= 100:  # noqa: PLR2004 - a percentage
        raise ValueError(f"{percent} is not a progress in percent. Write a number from 0 to 100.")
    return percent / 100


def read_date(value: object) -> date:
    text = read_text(value)
    if not _DAY.fullmatch(text):
        raise ValueError(f"{quoted(text)} is not a date. Write year-month-day, such as 2026-03-31.")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{quoted(text)} is not a day of the calendar. Correct it.") from None


def read_flag(value: object) -> bool:
    text = read_text(value).lower()
    if text in {"yes", "true"}:
        return True
    if text in {"no", "false"}:
        return False
    raise ValueError(f"{quoted(text)} is neither yes nor no. Write one of them.")


def read_month(value: object) -> date:
    period = read_period(value)
    if "W" in period.text:
        raise ValueError(f"{quoted(period.text)} is a week. Write a month, such as 2026-01.")
    return period.first_on.replace(day=1)


def read_instant(value: object) -> datetime:
    text = read_text(value)
    if _DAY.fullmatch(text):
        return datetime.combine(read_date(text), time(), UTC)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise ValueError(
            f"{quoted(text)} is not an instant. Write day, time and zone, such as 2026-02-09T08:00:00Z."
        )
    return instant.astimezone(UTC)


def read_period(value: object) -> Period:
    return _period(value if isinstance(value, str) else read_text(value))


# Thousands of readings name the same few periods and measures.
@lru_cache(maxsize=_KEPT_NAMES)
def _period(written: str) -> Period:
    text = read_text(written)
    month, week = _MONTH.fullmatch(text), _WEEK.fullmatch(text)
    try:
        if month is not None:
            return Period(text, date(int(month[1]), int(month[2]), 1), is_month=True)
        if week is not None:
            return Period(text, date.fromisocalendar(int(week[1]), int(week[2]), 1), is_month=False)
        if _DAY.fullmatch(text):
            return Period(text, date.fromisoformat(text), is_month=False)
    except ValueError:
        raise ValueError(f"{quoted(text)} is not in the calendar. Correct it.") from None
    raise ValueError(
        f"{quoted(text)} is not a period. Write a month such as 2026-01, a week such as 2026-W06 or a "
        "day such as 2026-02-02."
    )


def word_of(words: type[W]) -> Callable[[object], W]:
    """One of the method's words."""
    return word_among(tuple(words))


def word_among(words: Sequence[W]) -> Callable[[object], W]:
    """One of some words."""
    known = {str(word): word for word in words}

    def read(value: object) -> W:
        text = read_text(value)
        word = " ".join(text.lower().replace("&", " and ").replace("_", " ").split())
        if word not in known:
            raise ValueError(f"{quoted(text)} is not known here. Write {any_of(list(known))}.")
        return known[word]

    return read


def read_fields(value: object) -> dict[str, object]:
    """The fields of an entry of the trail: a mapping, or its JSON where one cell holds all of it."""
    if isinstance(value, dict):
        return value
    with suppress(ValueError, RecursionError):
        fields = json.loads(read_text(value))
        if isinstance(fields, dict):
            return fields
    raise ValueError(f'{quoted(value)} is not a mapping of fields, such as {{"target": "80"}}.')


def read_weekday(value: object) -> int:
    """Monday is 0; three letters are enough."""
    text = read_text(value)
    for number, name in enumerate(WEEKDAYS):
        if text.lower() in {name, name[:3]}:
            return number
    raise ValueError(f"{quoted(text)} is not a weekday. Write one such as Monday or Mon.")


def read_work_days(value: object) -> str:
    """The digits of the weekdays, as the record keeps them."""
    if not isinstance(value, list) or not value:
        raise ValueError("A list of weekdays is expected, such as [Mon, Tue, Wed, Thu, Fri].")
    return "".join(sorted({str(read_weekday(day)) for day in value}))


def read_holidays(value: object) -> str:
    """A country with or without a region, such as `DE-BY`; it may be empty."""
    if value is None or value == "":
        return ""
    country, _, region = read_text(value).partition("-")
    try:
        return "-".join(filter(None, check_country(country, region)))
    except Invalid as error:
        raise ValueError(error.sentence) from None


def read_review_day(value: object) -> str:
    """A day of a month, as the record keeps it."""
    try:
        return keep_review_day(parse_review_day(read_text(value)))
    except Invalid as error:
        raise ValueError(error.sentence) from None


def read_email(value: object) -> str:
    text = read_text(value)
    if not _EMAIL.fullmatch(text) or len(text) > _LONGEST_EMAIL:
        raise ValueError(f"{quoted(text)} is not an email address. Write one such as ana@example.com.")
    return text.lower()


def read_zone(value: object) -> str:
    text = read_text(value)
    try:
        find_zone(text)
    except Invalid as error:
        raise ValueError(error.sentence) from None
    return text


def read_ref(value: object) -> Ref:
    try:
        return _reference(value if isinstance(value, str) else read_text(value))
    except Invalid as error:
        raise ValueError(error.sentence) from None


@lru_cache(maxsize=_KEPT_NAMES)
def _reference(written: str) -> Ref:
    return parse_reference(read_text(written))


def read_quarter(value: object) -> int:
    text = read_text(value)
    if not re.fullmatch("[Qq]?[1-4]", text):
        raise ValueError(f"{quoted(text)} is not a quarter. Write Q1, Q2, Q3 or Q4 of the fiscal year.")
    return int(text[-1])


def read_channel(value: object) -> str | None:
    if value is None:
        raise ValueError(
            "No channel stands here. A name after # reads as a comment: leave the # out, as in "
            '“channel: operations”, or write "" for none.'
        )
    text = text_of(100)(value) if value != "" else ""
    return text.lstrip("#") or None


def period_name(frequency: Frequency, period_on: date) -> str:
    """What a period is called in a file: its week, its first month, or a day where it begins with neither."""
    if frequency is Frequency.WEEKLY and period_on.weekday() == 0:
        week = period_on.isocalendar()
        return f"{week.year:04}-W{week.week:02}"
    if frequency is not Frequency.WEEKLY and period_on.day == 1:
        return f"{period_on:%Y-%m}"
    return period_on.isoformat()


def quarter_days(starts_on: date, quarter: int) -> tuple[date, date]:
    """The first and last day of a quarter of the fiscal year that starts on `starts_on`."""
    first, following = (_months_after(starts_on, months) for months in ((quarter - 1) * 3, quarter * 3))
    return first, following - timedelta(days=1)


def year_end(starts_on: date) -> date:
    """The last day of the fiscal year that starts on `starts_on`, the first of a month."""
    return _months_after(starts_on, 12) - timedelta(days=1)


def _months_after(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return first.replace(year=first.year + years, month=month + 1)


Title = Annotated[str, PlainValidator(text_of(500))]
PlanTitle = Annotated[str, PlainValidator(text_of(200))]
PersonName = Annotated[str, PlainValidator(text_of(200))]
TeamName = Annotated[str, PlainValidator(text_of(120))]
Prose = Annotated[str, PlainValidator(empty_or_text_of(3000))]
UnitName = Annotated[str, PlainValidator(empty_or_text_of(40))]
SourceName = Annotated[str, PlainValidator(empty_or_text_of(200))]
Figure = Annotated[Decimal, PlainValidator(read_figure)]
Weight = Annotated[Decimal, PlainValidator(read_weight)]
Share = Annotated[Decimal, PlainValidator(read_share)]
Day = Annotated[date, PlainValidator(read_date)]
PeriodName = Annotated[Period, PlainValidator(read_period)]
Email = Annotated[str, PlainValidator(read_email)]
Zone = Annotated[str, PlainValidator(read_zone)]
Weekday = Annotated[int, PlainValidator(read_weekday)]
WorkDays = Annotated[str, PlainValidator(read_work_days)]
Hour = Annotated[int, PlainValidator(whole_between(0, _LAST_HOUR))]
Percent = Annotated[int, PlainValidator(whole_between(1, 100))]
Minutes = Annotated[int, PlainValidator(whole_between(0, MOST_SPREAD_MINUTES))]
Holidays = Annotated[str, PlainValidator(read_holidays)]
ReviewDayText = Annotated[str, PlainValidator(read_review_day)]
DayOffTitle = Annotated[str, PlainValidator(empty_or_text_of(LONGEST_TITLE))]
Reference = Annotated[Ref, PlainValidator(read_ref)]
Quarter = Annotated[int, PlainValidator(read_quarter)]
Channel = Annotated[str | None, PlainValidator(read_channel)]
DirectionWord = Annotated[Direction, PlainValidator(word_of(Direction))]
FrequencyWord = Annotated[Frequency, PlainValidator(word_of(Frequency))]
PerspectiveWord = Annotated[Perspective, PlainValidator(word_of(Perspective))]
IndicatorWord = Annotated[Leading, PlainValidator(word_of(Leading))]
CommitmentWord = Annotated[Commitment, PlainValidator(word_of(Commitment))]
StateWord = Annotated[ItemState, PlainValidator(word_of(ItemState))]
PlanStateWord = Annotated[PlanState, PlainValidator(word_of(PlanState))]
ReadingSourceWord = Annotated[Source, PlainValidator(word_of(Source))]
Instant = Annotated[datetime, PlainValidator(read_instant)]
Ordinal = Annotated[int, PlainValidator(whole_between(1, 999))]
Flag = Annotated[bool, PlainValidator(read_flag)]
Month = Annotated[date, PlainValidator(read_month)]
Reason = Annotated[str, PlainValidator(empty_or_text_of(1000))]
RollUpWord = Annotated[RollUp, PlainValidator(word_of(RollUp))]
StrengthWord = Annotated[Strength, PlainValidator(word_of(Strength))]
RoleWord = Annotated[Role, PlainValidator(word_among(GIVEN_ROLES))]
ActionName = Annotated[str, PlainValidator(text_of(60))]
Fields = Annotated[dict[str, object], PlainValidator(read_fields)]
