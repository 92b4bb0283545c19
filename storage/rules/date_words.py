"""Days and periods as people say them; how machines write them, `period_names` says.

Two kinds of dates meet in what people read. What happens at an hour is Slack's own token, which everyone sees
in their zone (`date_token` in bot/blockkit/mrkdwn.py; `local_time` where Slack draws none). What belongs to a
day, such as a due date, an absence or a period, is put into words here: a token would move it across midnight
for some of its readers.
"""

from datetime import date

from storage.rules.terms import Frequency


def day_words(on: date) -> str:
    """`9 February 2026`."""
    return f"{on.day} {on:%B %Y}"


def short_day(on: date) -> str:
    """`9 Feb 2026`, where there is little room."""
    return f"{on.day} {on:%b %Y}"


def near_day(on: date) -> str:
    """`9 February`, where the year goes without saying."""
    return f"{on.day} {on:%B}"


def short_near_day(on: date) -> str:
    """`9 Feb`, the same where there is little room."""
    return f"{on.day} {on:%b}"


def period_words(frequency: Frequency, period_on: date) -> str:
    """`January 2026`, `the week of 9 February 2026`; `period_on` is the period's first day."""
    match frequency:
        case Frequency.WEEKLY:
            return f"the week of {day_words(period_on)}"
        case Frequency.MONTHLY:
            return f"{period_on:%B %Y}"
        case Frequency.QUARTERLY:
            return f"the quarter from {period_on:%B %Y}"
        case Frequency.ANNUAL:
            return f"the year from {period_on:%B %Y}"
