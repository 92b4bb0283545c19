"""Dates and times as Slack writes them, always in the zone of the person who reads."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo

_TOKEN = re.compile(r"\{(\w+)\}")
_TEENS = frozenset({11, 12, 13})


def instant_of(ts: str) -> datetime:
    """The instant that a message's `ts` ("1700000000.000100") stands for, in UTC.

    Raises ValueError when `ts` is no number, OverflowError or OSError when it lies off the calendar.
    """
    return datetime.fromtimestamp(float(ts), UTC)


def clock_time(moment: datetime) -> str:
    """The time of day, "09:05": the simulated Slack shows 24 hours to everyone."""
    return f"{moment:%H:%M}"


def short_day(moment: datetime) -> str:
    """A weekday and a day, "Mon 23 Mar"."""
    return f"{moment:%a} {moment.day} {moment:%b}"


def long_day(moment: datetime) -> str:
    """A weekday and a date in full, "Monday 23 March 2026"."""
    return f"{moment:%A} {moment.day} {moment:%B %Y}"


def day_heading(moment: datetime, now: datetime) -> str:
    """What stands on the divider between two days: "Today", "Yesterday" or the date."""
    word = _relative_word(moment, now)
    if word:
        return word.capitalize()
    day = f"{moment:%A}, {moment:%B} {_ordinal(moment.day)}"
    return day if moment.year == now.year else f"{day}, {moment.year}"


def gap(earlier: datetime, later: datetime) -> str:
    """How long ago `earlier` was, in words: "just now", "5 minutes ago", "3 days ago"."""
    seconds = int((later - earlier).total_seconds())
    span = _span(abs(seconds))
    if span is None:
        return "just now"
    return f"{span} ago" if seconds > 0 else f"in {span}"


def fill(template: str, epoch: int, zone: tzinfo, now: datetime) -> str:
    """`template` with Slack's date tokens ("{date_short_pretty} at {time}") put into `zone`.

    An unknown token stays as it stands, which is how Slack shows it. Raises OverflowError, OSError
    or ValueError when `epoch` lies outside the calendar.
    """
    moment = datetime.fromtimestamp(epoch, zone)
    local_now = now.astimezone(zone)

    def value(match: re.Match[str]) -> str:
        write = _TOKENS.get(match[1])
        return write(moment, local_now) if write else match[0]

    filled = _TOKEN.sub(value, template)
    # Slack capitalises the first letter, so that "today" may begin a sentence.
    return filled[:1].upper() + filled[1:]


def _ordinal(number: int) -> str:
    ending = "th" if number in _TEENS else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _relative_word(moment: datetime, now: datetime) -> str | None:
    days = (moment.date() - now.date()).days
    return {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days)


def _span(seconds: int) -> str | None:
    for name, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= size:
            count = seconds // size
            return f"{count} {name}{'' if count == 1 else 's'}"
    return None


def _date(moment: datetime, _now: datetime) -> str:
    return f"{moment:%B} {_ordinal(moment.day)}, {moment.year}"


def _date_short(moment: datetime, _now: datetime) -> str:
    return f"{moment:%b} {moment.day}, {moment.year}"


def _date_long(moment: datetime, _now: datetime) -> str:
    return f"{moment:%A}, {moment:%B} {_ordinal(moment.day)}, {moment.year}"


_Writer = Callable[[datetime, datetime], str]


def _pretty(plain: _Writer) -> _Writer:
    return lambda moment, now: _relative_word(moment, now) or plain(moment, now)


# The tokens of https://docs.slack.dev/messaging/formatting-message-text/#date-formatting and of the
# rich text date element, which knows a few more.
_TOKENS: dict[str, _Writer] = {
    "date_num": lambda moment, _: f"{moment:%Y-%m-%d}",
    "date_slash": lambda moment, _: f"{moment:%d/%m/%Y}",
    "date": _date,
    "date_short": _date_short,
    "date_long": _date_long,
    "date_long_full": lambda moment, _: f"{moment:%B} {moment.day}, {moment.year}",
    "date_pretty": _pretty(_date),
    "date_short_pretty": _pretty(_date_short),
    "date_long_pretty": _pretty(_date_long),
    "day_divider_pretty": day_heading,
    "time": lambda moment, _: clock_time(moment),
    "time_secs": lambda moment, _: f"{moment:%H:%M:%S}",
    "ago": gap,
}
