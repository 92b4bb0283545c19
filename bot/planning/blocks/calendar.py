"""The set-up's pages about the organisation's calendar: working days, and the reviews."""

from bot import ids
from bot.answers import Block, View
from bot.blockkit import kit
from bot.blockkit.mrkdwn import bold, code, literal
from bot.blockkit.surfaces import modal
from storage.editing.calendar import (
    DAYS_OFF,
    HOLIDAYS,
    REVIEW_HOUR,
    REVIEWS,
    SPREAD,
    WORK_DAYS,
    OrganisationCalendar,
)
from storage.rules.calendar import MOST_SPREAD_MINUTES
from storage.rules.days_off import write_days_off

DAYS, REVIEW_DAYS = "days", "reviews"
"""The pages, as the buttons that open them name them."""

MOST_TYPED = 3000
"""Characters that an input takes: more days off than that are kept in a plan file."""

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LABELS = dict(zip(REVIEWS, ("Monthly review", "Quarterly review", "Annual review"), strict=True))
_AFTER = dict(
    zip(REVIEWS, ("the next month", "the month after the quarter", "the month after the year"), strict=True)
)
_SHOWN = 5


def days_form(calendar: OrganisationCalendar) -> View:
    """Work days, public holidays, days off, and how questions are spread."""
    days = [kit.option(name, str(number)) for number, name in enumerate(WEEKDAYS)]
    blocks: list[Block] = [
        kit.checkboxes_input(
            WORK_DAYS,
            "Work days",
            days,
            chosen=[str(day) for day in calendar.work_days],
            hint="They hold for the calendar, and for everyone who has not set their own.",
        ),
        kit.text_input(
            HOLIDAYS,
            "Public holidays of",
            initial=calendar.holidays,
            placeholder="DE-BY",
            hint="A country's two letters, with a region that has its own. Nobody is asked on them.",
            optional=True,
        ),
    ]
    lines = write_days_off(calendar.days_off)
    if len(lines) <= MOST_TYPED:
        blocks.append(
            kit.text_input(
                DAYS_OFF,
                "Days on which everyone is off",
                initial=lines,
                placeholder="2026-12-24 Company day\n2026-12-28 to 2026-12-31 Winter break",
                hint="One a line, with or without a name. A line that you remove is a working day again.",
                multiline=True,
                optional=True,
            )
        )
    else:
        blocks.append(
            kit.context(
                f"{len(calendar.days_off)} days off are set, more than fit here. They stay; "
                f"{code('/hoshin export')} shows them."
            )
        )
    blocks.append(
        kit.text_input(
            SPREAD,
            "Spread questions over minutes",
            initial=str(calendar.spread_minutes),
            hint=f"0 to {MOST_SPREAD_MINUTES}. With 30, those who start at 9:00 are asked from 9:00 to 9:30.",
            optional=True,
        )
    )
    return modal("Working days", blocks, callback_id=ids.SETUP_DAYS, submit="Save")


def reviews_form(calendar: OrganisationCalendar) -> View:
    """The days and the hour of the reviews."""
    hours = [kit.option(f"{hour:02}:00", str(hour)) for hour in range(24)]
    blocks: list[Block] = [
        kit.context(
            "A review is held in the month after what it is about. What it needs is asked for some working "
            "days before."
        ),
        *(
            kit.text_input(
                name,
                label,
                initial=calendar.reviews[name],
                placeholder="working day 5",
                hint=f"A working day of {_AFTER[name]}, or a fixed day such as day 10.",
            )
            for name, label in _LABELS.items()
        ),
        kit.select_input(
            REVIEW_HOUR,
            "They begin at",
            hours,
            chosen=str(calendar.review_hour),
            hint="In the plan's time zone.",
        ),
    ]
    return modal("Reviews", blocks, callback_id=ids.SETUP_REVIEWS, submit="Save")


def calendar_saved_view(calendar: OrganisationCalendar, page: str) -> View:
    """The trace of either page."""
    words = days_words(calendar) if page == DAYS else reviews_words(calendar)
    blocks: list[Block] = [
        kit.section(f"Saved. {words}"),
        kit.context("What is asked next follows from it; check-ins that are open already stay as they are."),
        kit.actions(kit.button("All of the set-up", ids.PLAN_SETUP)),
    ]
    return modal("Saved", blocks, callback_id=ids.PLAN_SAVED, close="Done")


def calendar_rows(calendar: OrganisationCalendar) -> list[list[Block]]:
    """What the set-up's overview says of it, each page with its button."""
    return [
        [
            kit.section(
                f"{bold(title)}\n{words}",
                accessory=kit.button(
                    "Change", ids.numbered(ids.PLAN_SETUP, 0), value=page, label=f"Change {title.lower()}"
                ),
            )
        ]
        for page, title, words in (
            (DAYS, "Working days", days_words(calendar)),
            (REVIEW_DAYS, "Reviews", reviews_words(calendar)),
        )
    ]


def days_words(calendar: OrganisationCalendar) -> str:
    days = ", ".join(WEEKDAYS[day] for day in sorted(calendar.work_days))
    holidays = f"public holidays of {calendar.holidays}" if calendar.holidays else "no public holidays"
    lines = [literal(line) for line in write_days_off(calendar.days_off).splitlines()]
    more = f" and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
    off = f"\nEveryone is off: {', '.join(lines[:_SHOWN])}{more}." if lines else ""
    spread = (
        f"\nQuestions are spread over {calendar.spread_minutes} minutes." if calendar.spread_minutes else ""
    )
    return f"{days}; {holidays}.{off}{spread}"


def reviews_words(calendar: OrganisationCalendar) -> str:
    days = ", ".join(
        f"{label.split()[0].lower()} on {calendar.reviews[name]}" for name, label in _LABELS.items()
    )
    return f"Held {days}, at {calendar.review_hour:02}:00 in the plan's time zone."
