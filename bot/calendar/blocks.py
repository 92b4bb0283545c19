"""What the calendar shows: facts in, blocks out."""

from bot import ids
from bot.answers import Block, Message
from bot.asks import Person
from bot.blockkit.kit import actions, button, context, header, section
from bot.blockkit.mrkdwn import BETWEEN, bold, date_token, literal
from bot.blockkit.surfaces import fit_message
from bot.calendar.service import Agenda, title_of
from storage.rules.calendar import Event
from storage.rules.date_words import short_day

SHOWN = 12
NEXT = 3
NO_PLAN = (
    "There is no plan yet, and so no calendar. Once one is imported, here stands what comes when: check-ins, "
    "reviews, grading, catchball and planning, all computed from the start of its fiscal year."
)


def agenda_message(agenda: Agenda | None) -> Message:
    """`/hoshin calendar`."""
    if agenda is None:
        return Message(NO_PLAN, (section(NO_PLAN),))
    head: list[Block] = [
        section(f"{bold('For you')}\n{own_line(agenda)}"),
        section(bold(f"For the plan, {literal(agenda.plan)}")),
    ]
    rows: list[list[Block]] = [
        [section(event_line(event, agenda))] for event in (*agenda.events[:SHOWN], *agenda.later)
    ]
    foot: list[Block] = [
        actions(button("Calendar file (.ics)", ids.CALENDAR_FILE)),
        context("Dates follow from the plan's fiscal year and zone; times are shown in your own."),
    ]
    return Message("What comes when, for you and for the plan.", tuple(fit_message(head, rows, foot)))


def draw_next(agenda: Agenda | None, person: Person) -> list[Block]:
    """The Home tab's section: the next dates of the plan. Guests see only what is theirs."""
    if agenda is None or person.is_guest or not agenda.events:
        return []
    lines = [event_line(event, agenda) for event in agenda.events[:NEXT]]
    return [header("Next dates"), section("\n".join(lines))]


def own_line(agenda: Agenda) -> str:
    """When the person is asked next, and when they are away."""
    open_now = (
        f"A check-in waits for you until {date_token(agenda.waits_until, agenda.zone)}: `/checkin` opens it. "
        if agenda.waits_until is not None
        else ""
    )
    asked = (
        f"Your next check-in comes {date_token(agenda.checkin_at, agenda.zone)}."
        if agenda.checkin_at is not None
        else "Nothing is yours to answer in the coming weeks: check-ins are for owners of key results, KPIs "
        "and steps, when these are due."
    )
    away = ", ".join(
        f"{short_day(absence.starts_on)} to {short_day(absence.ends_on)}" for absence in agenda.absences
    )
    return f"{open_now}{asked}" + (f" You are away {away}." if away else "")


def event_line(event: Event, agenda: Agenda) -> str:
    """One date: when, what, and when the work before it begins."""
    if event.starts_at is not None:
        when = date_token(event.starts_at, agenda.zone)
    elif event.starts_on <= agenda.today:
        when = f"until {short_day(event.ends_on)}"
    else:
        when = f"{short_day(event.starts_on)} to {short_day(event.ends_on)}"
    before = f"{BETWEEN}its questions come from {short_day(event.prework_on)} on" if event.prework_on else ""
    return f"• {bold(when)}{BETWEEN}{title_of(event)}{before}"
