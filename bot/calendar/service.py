"""Reading the calendar: the plan's dates and a person's own, from today on."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from bot.next_asked import find_next_asked
from storage.database import UnitOfWork
from storage.rules.cadence import DateRange, Window, local_date, week_of, weekly_window
from storage.rules.calendar import CalendarRules, Event, Occasion, list_events
from storage.rules.date_words import day_words
from storage.rules.errors import NotFound
from storage.rules.icalendar import Entry, write_calendar
from storage.rules.terms import PromptState
from storage.working import calendar_rules_of, read_calendar_rules, read_patterns

DAYS_SHOWN = 100
"""How far the list in Slack looks: past the next quarterly review."""

DAYS_IN_FILE = 400
"""How far the file looks: past the next fiscal year's start."""

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """What lies before a person. `events` are the plan's without the weekly check-in, soonest first.

    `checkin_at` is when they are asked next (UTC), None where nothing is asked of them; `waits_until` is
    when the check-in closes that waits for them.
    `later` has the next date of each kind that is not in `events`.
    """

    today: date
    zone: str
    plan: str
    events: tuple[Event, ...] = ()
    later: tuple[Event, ...] = ()
    checkin_at: datetime | None = None
    waits_until: datetime | None = None
    absences: tuple[DateRange, ...] = ()


def read_agenda(uow: UnitOfWork, member_id: int) -> Agenda | None:
    """The next hundred days; None where there is no plan yet."""
    plan = uow.strategies.find_plan()
    if plan is None:
        return None
    rules = calendar_rules_of(uow, plan)
    member = uow.members.get_line(member_id)
    pattern = read_patterns(uow, [member], local_date(uow.now, member.zone))[member_id]
    today = local_date(uow.now, rules.zone)
    events, later = _events_from(rules, today)
    return Agenda(
        today=today,
        zone=member.zone,
        plan=plan.title,
        events=events,
        later=later,
        checkin_at=find_next_asked(uow, member_id),
        waits_until=_waits_until(uow, member_id),
        absences=pattern.absences,
    )


@lru_cache(maxsize=256)
def _events_from(rules: CalendarRules, today: date) -> tuple[tuple[Event, ...], tuple[Event, ...]]:
    """What is shown of a day: what comes soon, and of every other kind the next one, as the annual review.

    Kept, since everyone of a workspace is shown the same until midnight.
    """
    last_on = today + timedelta(days=DAYS_SHOWN)
    events = [
        event
        for event in list_events(
            rules, today - timedelta(days=DAYS_SHOWN), today + timedelta(days=DAYS_IN_FILE)
        )
        if event.ends_on >= today and event.occasion is not Occasion.CHECKIN
    ]
    near = tuple(event for event in events if event.starts_on <= last_on)
    shown = {event.occasion for event in near}
    later = {event.occasion: event for event in reversed(events) if event.occasion not in shown}
    return near, tuple(sorted(later.values(), key=lambda event: event.starts_on))


def _waits_until(uow: UnitOfWork, member_id: int) -> datetime | None:
    """When the check-in closes that the person has not answered yet; None where none is open."""
    latest = uow.checkins.find_latest_prompt(member_id)
    is_open = latest is not None and latest.state is PromptState.ASKED and uow.now < latest.closes_at
    return latest.closes_at if latest is not None and is_open else None


def write_file(uow: UnitOfWork, member_id: int) -> str:
    """The plan's calendar and the person's own check-ins as a calendar file.

    Raises:
        NotFound: there is no plan yet.
    """
    rules = read_calendar_rules(uow)
    if rules is None:
        raise NotFound("There is no plan yet, so there is no calendar. Import one, then ask again.")
    today = local_date(uow.now, rules.zone)
    host = f"{uow.workspace.slack_team_id or uow.workspace_id}.hoshin"
    events = [
        event
        for event in list_events(rules, today, today + timedelta(days=DAYS_IN_FILE))
        if event.occasion is not Occasion.CHECKIN
    ]
    entries = [_entry(event, host) for event in events]
    entries += _own_checkins(uow, member_id, host)
    return write_calendar(entries, name=f"Hoshin: {uow.plans.get_active().title}", stamp=uow.now)


def title_of(event: Event) -> str:
    """What it is and about which period: `Monthly review, January 2026`."""
    words = str(event.occasion)
    return f"{words[0].upper()}{words[1:]}, {period_of(event)}"


def period_of(event: Event) -> str:
    """The period that it is about, as people name it."""
    on = event.period_on
    if event.occasion is Occasion.CHECKIN:
        return f"week of {day_words(on)}"
    if event.occasion is Occasion.MONTHLY_REVIEW:
        return f"{on:%B %Y}"
    if event.occasion in {Occasion.ANNUAL_REVIEW, Occasion.PLANNING}:
        return f"the year from {on:%B %Y}"
    return f"the quarter from {on:%B %Y}"


def _entry(event: Event, host: str) -> Entry:
    before = f"The work before it is asked for from {event.prework_on}." if event.prework_on else ""
    return Entry(
        uid=f"{event.key}@{host}",
        starts=event.starts_at or event.starts_on,
        ends=event.ends_at or event.ends_on,
        summary=title_of(event),
        description=before,
    )


def _own_checkins(uow: UnitOfWork, member_id: int, host: str) -> list[Entry]:
    """When the person is asked, in their own time; nothing for someone who is not asked."""
    if find_next_asked(uow, member_id) is None:
        return []
    member, rhythm = uow.members.get(member_id), uow.settings.rhythm()
    pattern = read_patterns(uow, [member], local_date(uow.now, member.zone))[member_id]
    first_on = week_of(uow.now, pattern.zone)
    weeks = [first_on + number * _WEEK for number in range(DAYS_IN_FILE // 7)]
    windows = [weekly_window(week_on, pattern, rhythm) for week_on in weeks]
    return [
        Entry(
            uid=f"checkin-{window.week_on}-{member_id}@{host}",
            starts=window.opens_at,
            ends=window.closes_at,
            summary="Weekly check-in",
            description="Answer in Slack with /checkin until it ends.",
        )
        for window in windows
        if isinstance(window, Window) and window.closes_at > uow.now
    ]
