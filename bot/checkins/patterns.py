"""When people are asked, by when they work (rules §6)."""

from datetime import date, datetime, timedelta

from storage.rules.cadence import (
    Opening,
    WeeklyRhythm,
    Window,
    WorkPattern,
    instant_after_working_share,
    local_instant,
    week_of,
    weekly_window,
)

WEEK = timedelta(days=7)
SNOOZE = timedelta(hours=3)
LAST_CALL = timedelta(hours=1)
"""What is put off comes at least this long before the window closes."""


def nominal_opening(week_on: date, pattern: WorkPattern, rhythm: WeeklyRhythm) -> datetime:
    """When the person is asked in that week or, where they are not asked, would have been."""
    window = weekly_window(week_on, pattern, rhythm)
    if isinstance(window, Window):
        return window.opens_at
    return local_instant(pattern.zone, week_on + timedelta(days=rhythm.opens_weekday), pattern.start)


def nominal_close(week_on: date, pattern: WorkPattern, rhythm: WeeklyRhythm) -> datetime:
    """When the check-in of that week closes in the person's zone."""
    return local_instant(pattern.zone, week_on + timedelta(days=rhythm.closes_weekday), rhythm.closes_time)


def first_opening(now: datetime, pattern: WorkPattern, rhythm: WeeklyRhythm) -> Opening:
    """When someone new is asked first: still this week if its reminder has not gone out, else next week."""
    week_on = week_of(now, pattern.zone)
    window = weekly_window(week_on, pattern, rhythm)
    if not isinstance(window, Window) or now >= window.reminder_at:
        week_on += WEEK
    return Opening(week_on, nominal_opening(week_on, pattern, rhythm))


def next_working_instant(pattern: WorkPattern, after: datetime, before: datetime) -> datetime:
    """`after` if the person works then, else when they begin to; `before` where that would be later."""
    if after >= before:
        return before
    return instant_after_working_share(pattern, after, before, 0.0)


def snooze_instant(pattern: WorkPattern, now: datetime, closes_at: datetime) -> datetime | None:
    """When "later today" comes: three hours on, in working time, and in time to answer.

    None where the window closes too soon for that.
    """
    last = closes_at - LAST_CALL
    if now >= last:
        return None
    return min(next_working_instant(pattern, now + SNOOZE, closes_at), last)


def reminder_instant(
    pattern: WorkPattern, window: Window, asked_at: datetime, rhythm: WeeklyRhythm
) -> datetime:
    """When the person is reminded if they are missing: after the same share of what was left when asked."""
    if asked_at - window.opens_at <= timedelta(hours=1):
        return window.reminder_at
    return instant_after_working_share(
        pattern, asked_at, window.closes_at, rhythm.reminder_share, work_hours=rhythm.work_hours
    )
