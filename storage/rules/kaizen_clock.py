"""The clocks of an idea: until when its author has an answer, how long it waits, when it is checked again."""

from datetime import date, datetime, timedelta

from storage.rules.cadence import WorkPattern, find_zone, local_date, local_instant

FIRST_RESPONSE_DAYS = 3
"""Working days until the author has an answer (rules §8)."""

FOLLOW_UP_DAYS = (30, 60, 90)
"""Days after an idea's end on which someone looks whether its result has lasted (rules §8)."""

DRAFT_KEPT = timedelta(days=1)
"""How long the words of a command are kept for a form that was not sent."""

_DAY = timedelta(days=1)
_FURTHEST_DAYS = 370


def first_response_due(
    submitted_at: datetime, pattern: WorkPattern, days: int = FIRST_RESPONSE_DAYS
) -> datetime:
    """The instant by which an idea is answered: the same time of day, so many working days later.

    What comes on a day off counts as come at the start of the next working day.
    """
    on = local_date(submitted_at, pattern.zone)
    if pattern.works(on):
        wall = submitted_at.astimezone(find_zone(pattern.zone)).time().replace(second=0, microsecond=0)
    else:
        on, wall = _next_working_day(on, pattern), pattern.start
    for _ in range(days):
        on = _next_working_day(on, pattern)
    return local_instant(pattern.zone, on, wall)


def working_days_waited(submitted_at: datetime, now: datetime, pattern: WorkPattern) -> int:
    """How many working days have begun since the day on which an idea came."""
    on, today = local_date(submitted_at, pattern.zone), local_date(now, pattern.zone)
    days = min((today - on).days, _FURTHEST_DAYS)
    return sum(pattern.works(on + _DAY * step) for step in range(1, days + 1))


def follow_ups(ended_on: date) -> list[date]:
    """The days on which the result is checked again."""
    return [ended_on + timedelta(days=days) for days in FOLLOW_UP_DAYS]


def _next_working_day(on: date, pattern: WorkPattern) -> date:
    for step in range(1, _FURTHEST_DAYS):
        if pattern.works(on + _DAY * step):
            return on + _DAY * step
    return on + _DAY  # someone away for a year: the clock runs on all the same
