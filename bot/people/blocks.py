"""What people see of their own settings: facts in, blocks out."""

from bot import ids
from bot.answers import Block, Message, View
from bot.asks import Person
from bot.blockkit.kit import (
    Element,
    actions,
    button,
    checkboxes_input,
    context,
    header,
    option,
    section,
    text_input,
)
from bot.blockkit.mrkdwn import bold, literal
from bot.blockkit.surfaces import modal
from bot.people.service import (
    DIGEST,
    EVERY_DAY,
    HOLIDAYS,
    MESSAGES,
    QUIET,
    REMINDERS,
    START,
    TOLD,
    WORK_DAYS,
    ZONE,
    Away,
    Preferences,
)
from storage.rules.date_words import day_words
from storage.rules.terms import DigestRhythm

UNTIL = "until"
DEPUTY = "deputy"
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def away_message(away: Away) -> Message:
    """What was understood, and what follows from it."""
    text = (
        f"You are away {days_words(away)}. Nothing is asked of you meanwhile, and nothing piles up: a "
        f"check-in that falls into these days is left out or comes when you are back.{_deputy_words(away)}"
    )
    return Message(text, (section(text), actions(button("I am back", ids.PEOPLE_BACK))))


def back_message() -> Message:
    text = "Welcome back. A check-in that is still open comes in your next working minute."
    return Message(text, (section(text),))


def saved_message(preferences: Preferences) -> Message:
    """The trace of what was saved."""
    text = f"Saved. {summary(preferences)}"
    return Message(text, (section(text),))


def summary(preferences: Preferences) -> str:
    """The settings in two sentences."""
    days = ", ".join(WEEKDAYS[day] for day in sorted(preferences.work_days))
    source = "set by you" if preferences.zone_is_own else "from Slack"
    quiet = f", left alone from {_hours_said(preferences.quiet)}" if preferences.quiet else ""
    holidays = _place(preferences) or preferences.organisation_country
    off = f" Public holidays of {holidays} are days off." if holidays else ""
    return (
        f"You work {days} from {preferences.start_hour}:00{quiet}, in {preferences.zone} ({source}).{off}"
        f"{_told(preferences)}"
    )


def settings_form(preferences: Preferences) -> View:
    """The form of `/hoshin settings`."""
    slack = f"Leave it empty to follow Slack, which says {preferences.slack_zone}."
    days = [option(name, str(number)) for number, name in enumerate(WEEKDAYS)]
    told = [
        option("Ask me by message", MESSAGES, description="Otherwise questions wait on the Home tab"),
        option("Remind me once", REMINDERS, description="When the window is nearly over"),
        option("A digest of what I follow", DIGEST, description="What moved there, once a week"),
        option("The digest every day", EVERY_DAY, description="Instead of once a week"),
    ]
    ticked = [
        name
        for name, wanted in (
            (MESSAGES, preferences.wants_messages),
            (REMINDERS, preferences.wants_reminders),
            (DIGEST, preferences.digest is not DigestRhythm.NONE),
            (EVERY_DAY, preferences.digest is DigestRhythm.DAILY),
        )
        if wanted
    ]
    default = preferences.organisation_country
    blocks: list[Block] = [
        text_input(
            ZONE,
            "Time zone",
            initial=preferences.zone if preferences.zone_is_own else "",
            placeholder="Europe/Berlin",
            hint=slack,
            optional=True,
        ),
        checkboxes_input(WORK_DAYS, "Work days", days, chosen=[str(day) for day in preferences.work_days]),
        text_input(
            START,
            "Start of the working day",
            initial=f"{preferences.start_hour}:00",
            hint="Questions come then, or later on the day.",
        ),
        text_input(
            QUIET,
            "Quiet hours",
            initial=_hours(preferences.quiet) if preferences.quiet else "",
            placeholder="12:00 to 14:00",
            hint="Nothing is sent in them. Over night is fine: 18:00 to 7:00.",
            optional=True,
        ),
        text_input(
            HOLIDAYS,
            "Public holidays of",
            initial=_place(preferences),
            placeholder="DE-BY",
            hint="A country's two letters, with a region where it has holidays of its own."
            + (f" Empty: {default}, as everyone." if default else ""),
            optional=True,
        ),
        checkboxes_input(TOLD, "Notifications", told, chosen=ticked),
    ]
    return modal("Your settings", blocks, callback_id=ids.PEOPLE_SETTINGS, submit="Save")


def away_form() -> View:
    """The form behind "Going away" on the Home tab."""
    blocks: list[Block] = [
        text_input(
            UNTIL,
            "Away until",
            placeholder="Friday, 24 December, for 2 weeks, from 3 August until 14 August",
            hint="The last day that you are away.",
        ),
        {
            "type": "input",
            "block_id": DEPUTY,
            "label": {"type": "plain_text", "text": "Who answers for you meanwhile"},
            "element": {"type": "users_select", "action_id": DEPUTY},
            "optional": True,
        },
    ]
    return modal("Going away", blocks, callback_id=ids.PEOPLE_AWAY_FORM, submit="Go away")


def draw_own(away: Away | None, person: Person) -> list[Block]:
    """The Home tab's section."""
    del person
    buttons: list[Element] = [button("Your settings", ids.PEOPLE_SETTINGS)]
    if away is None:
        buttons.insert(0, button("Going away", ids.PEOPLE_AWAY_FORM))
        return [header("Your time"), actions(*buttons)]
    buttons.insert(0, button("I am back", ids.PEOPLE_BACK))
    return [
        header("Your time"),
        context(f"{bold('Away')} {days_words(away)}.{_deputy_words(away)}"),
        actions(*buttons),
    ]


def days_words(away: Away) -> str:
    first, last = away.days.starts_on, away.days.ends_on
    if first == last:
        return f"on {day_words(first)}"
    return f"from {day_words(first)} to {day_words(last)}"


def _deputy_words(away: Away) -> str:
    if not away.deputy:
        return ""
    return f" {literal(away.deputy)} is asked in your place where you miss a whole check-in."


def _hours(quiet: tuple[int, int] | None) -> str:
    return f"{quiet[0]}:00 to {quiet[1]}:00" if quiet else ""


def _hours_said(quiet: tuple[int, int]) -> str:
    return _hours(quiet) + (" the next day" if quiet[1] < quiet[0] else "")


def _place(preferences: Preferences) -> str:
    return "-".join(filter(None, (preferences.country, preferences.region)))


def _told(preferences: Preferences) -> str:
    often = {
        DigestRhythm.DAILY: " A digest of what you follow comes daily.",
        DigestRhythm.WEEKLY: " A digest of what you follow comes once a week.",
        DigestRhythm.NONE: " No digest of what you follow is sent.",
    }[preferences.digest]
    if not preferences.wants_messages:
        return f" Questions wait on your Home tab; no message asks them.{often}"
    reminded = "reminded once" if preferences.wants_reminders else "not reminded"
    return f" You are asked by message and {reminded}.{often}"
