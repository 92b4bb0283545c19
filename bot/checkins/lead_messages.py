"""What a team's lead reads and fills in: how the team checks in, and what to do with its summary."""

from collections.abc import Sequence
from datetime import date, datetime

from bot import ids
from bot.answers import Block, Message, View
from bot.blockkit.kit import (
    Element,
    actions,
    button,
    checkboxes_input,
    context,
    input_block,
    option,
    section,
    select_input,
    text_input,
    users_select,
)
from bot.blockkit.mrkdwn import BETWEEN, bold, clamp_plain, date_token, literal, quote
from bot.blockkit.surfaces import fit_message, modal
from bot.checkins.lines import counted, note_words
from storage.rules.date_words import day_words
from storage.rules.questions import TEMPLATES

REMARK, BLOCKER, OWNER = "remark", "blocker", "owner"
"""The names of the inputs of the forms below a summary."""

_MOST_BLOCKERS = 100


def assigned_message(by: str, kind: str, text: str) -> Message:
    """For the new owner of a blocker."""
    said = f"{literal(by)} asks you to take on a blocker ({kind}): {note_words(text)}"
    foot = "It stands under your name in the team's summary. Answer there, in the thread."
    return Message(f"{literal(by)} asks you to take on a blocker.", (section(said), context(foot)))


def asked_message(by: str, text: str) -> Message:
    """A lead's question, below the summary."""
    return Message(f"{literal(by)} asks:", (section(f"{bold(literal(by))} asks:\n{quote(text)}"),))


def paused_words(until: date | None) -> str:
    return day_words(until) if until else ""


def team_form(
    *,
    team_id: int,
    team: str,
    template: str,
    own: str,
    pulse: str,
    names_missing: bool,
    paused_until: date | None,
) -> View:
    """How a team checks in."""
    value = str(team_id)
    buttons: list[Element] = [
        button("Ask now", ids.CHECKIN_ASK_NOW, value=value),
        button("Preview", ids.CHECKIN_PREVIEW, value=value),
    ]
    named = option(
        "Name who has not answered yet", "named", description="Otherwise only their number is said"
    )
    blocks: list[Block] = [
        section(bold(literal(team))),
        actions(*buttons),
        select_input(
            "template",
            "Questions of the method",
            [option(name, name) for name in TEMPLATES],
            chosen=template,
            hint="Weekly: what was and what is committed. Before a review: what changed, what to decide.",
        ),
        text_input(
            "questions",
            "Your own questions, one a line",
            initial=own,
            multiline=True,
            placeholder="How full is your week? [light / fine / too full]",
            hint="Choices in brackets. “> too full: What would help?” below asks more after that answer.",
            optional=True,
        ),
        text_input(
            "pulse",
            "One anonymous question",
            initial=pulse,
            placeholder="How was your week?",
            hint="Answered from 1 to 5; the mean is shown after the close, from five answers on.",
            optional=True,
        ),
        checkboxes_input("missing", "Summary", [named], chosen=["named"] if names_missing else []),
        text_input(
            "paused",
            "No check-in until",
            initial=paused_words(paused_until),
            placeholder="2 January",
            hint="The last day of a pause; empty where the check-in goes on.",
            optional=True,
        ),
    ]
    return modal(
        "Your team's check-in",
        blocks,
        callback_id=ids.CHECKIN_TEAM,
        submit="Save",
        metadata=ids.pack(team=team_id),
    )


def saved_message(team: str, paused_until: date | None) -> Message:
    pause = (
        f" No check-in is opened up to and including {paused_words(paused_until)}." if paused_until else ""
    )
    return Message(f"Saved. {literal(team)} is asked so from its next check-in on.{pause}")


def asked_now_message(count: int) -> Message:
    people = "1 person" if count == 1 else f"{count} people"
    return Message(f"{people} will be reminded in their next working minute, and not again this week.")


def preview_message(
    team: str, week_on: date, rows: Sequence[tuple[str, datetime, Sequence[str]]], zone: str
) -> Message:
    """Who will be asked what: (name, when, references)."""
    head = section(f"{bold(literal(team))}{BETWEEN}week of {day_words(week_on)}")
    if not rows:
        return Message(
            "Nobody will be asked.", (head, section("Nobody has anything to answer in that week."))
        )
    lines = [
        [
            section(
                f"• {date_token(at, zone)}{BETWEEN}{literal(name)}{BETWEEN}{', '.join(references) or 'other'}"
            )
        ]
        for name, at, references in rows
    ]
    return Message(f"{counted(len(rows), 'question')} in that week.", tuple(fit_message([head], lines)))


def remark_form(window_id: int) -> View:
    blocks: list[Block] = [
        text_input(
            REMARK, "Your question", multiline=True, placeholder="What would it take to start on Monday?"
        ),
        context("It is posted in the summary's thread, under your name."),
    ]
    return modal(
        "Ask in the thread",
        blocks,
        callback_id=ids.CHECKIN_REMARK,
        submit="Ask",
        metadata=ids.pack(window=window_id),
    )


def blocker_form(window_id: int, blockers: Sequence[tuple[int, str, str]]) -> View:
    """Args: blockers: (id, whose, text)."""
    options = [
        option(clamp_plain(f"{whose}: {' '.join(text.split())}", 75), str(blocker_id))
        for blocker_id, whose, text in blockers[:_MOST_BLOCKERS]
    ]
    blocks: list[Block] = [
        select_input(BLOCKER, "Blocker", options, chosen=options[0]["value"]),
        input_block(OWNER, "Who takes it on", users_select(OWNER)),
        context("They are told, and it stands under their name in the summary. Its clock runs on."),
    ]
    return modal(
        "Assign a blocker",
        blocks,
        callback_id=ids.CHECKIN_ASSIGN,
        submit="Assign",
        metadata=ids.pack(window=window_id),
    )
