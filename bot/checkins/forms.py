"""The check-in's forms: its pages, the thanks in their place, and "Why this?"."""

from collections.abc import Mapping

from bot import ids
from bot.answers import Block, Message, View
from bot.blockkit.kit import (
    actions,
    button,
    context,
    divider,
    header,
    option,
    section,
    select_input,
    text_input,
)
from bot.blockkit.mrkdwn import bold, clamp_plain, date_token
from bot.blockkit.surfaces import fit_view, modal, pages
from bot.checkins.facts import Item, Prompt, Waiting
from bot.checkins.fields import (
    BLOCKER_KIND,
    BLOCKER_TEXT,
    MAX_NOTE,
    PAGE_SIZE,
    confidence_field,
    note_field,
    value_field,
)
from bot.checkins.lines import (
    asides,
    change_line,
    counted,
    day_words,
    headline,
    joined,
    numbers,
    period_words,
    plain_name,
)
from storage.rules.cadence import WeeklyRhythm
from storage.rules.figures import MISSING, format_figure
from storage.rules.terms import BlockerKind, Direction

BLOCKER_WORDS = {
    BlockerKind.RESOURCE: "people, money or time are missing",
    BlockerKind.DEPENDENCY: "waiting for someone else",
    BlockerKind.CLARITY: "unclear what is wanted",
    BlockerKind.PRIORITY_CONFLICT: "something else comes first",
    BlockerKind.EXTERNAL: "outside the company",
}
"""Each kind's one-line meaning."""

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def checkin_form(prompt: Prompt, page: int, typed: Mapping[str, str]) -> View:
    """One page of the form.

    Args:
        page: counted from 0.
        typed: what the inputs hold, by their names: what was typed before, or what is to be corrected.
    """
    sheets = pages(prompt.items, PAGE_SIZE)
    is_last = page == len(sheets) - 1
    blocks: list[Block] = [context(_introduction(prompt, page, len(sheets)))]
    for item in sheets[page]:
        blocks += _item_blocks(item, prompt.locale, typed)
    if is_last:
        blocks += _blocker_blocks(typed)
    if page > 0:
        blocks.append(actions(button("Back", ids.CHECKIN_BACK, value=str(page - 1))))
    return modal(
        "Correct your check-in" if prompt.is_answered else "Weekly check-in",
        blocks,
        callback_id=ids.CHECKIN_FORM,
        submit="Check in" if is_last else "Next",
        metadata=ids.pack(prompt=prompt.id, page=page),
    )


def thanks_view(prompt: Prompt) -> View:
    """The trace of what was saved, in the form's place."""
    answered = [item for item in prompt.items if item.given is not None]
    rows: list[list[Block]] = [[section(change_line(item, prompt.locale))] for item in answered]
    rows += [[section(f"Blocker, {obstacle.kind}, recorded.")] for obstacle in prompt.obstacles]
    head: list[Block] = [section("Thank you, it is saved:")]
    if prompt.is_late:
        head.append(context("It came after the check-in had closed, so it is marked as late."))
    foot: list[Block] = []
    if prompt.is_open:
        until = date_token(prompt.window_closes_at, prompt.zone)
        foot.append(context(f"You can correct it until {until}: type `/checkin`, or press Correct."))
    return modal("Checked in", fit_view(head, rows, foot), callback_id=ids.CHECKIN_DONE, close="Close")


def why_view(prompt: Prompt, rhythm: WeeklyRhythm) -> View:
    """Why the person is asked, until when, and how to have less of it."""
    opens, closes = _WEEKDAYS[rhythm.opens_weekday], _WEEKDAYS[rhythm.closes_weekday]
    references = ", ".join(item.reference for item in prompt.items)
    blocks: list[Block] = [
        section(
            f"{bold('Why you')}\nYou own what is asked about, or answer for someone who cannot: "
            f"{references}. Once a week the plan asks owners for figure, confidence and blockers, so that "
            "a problem shows while there is time to act."
        ),
        section(
            f"{bold('When')}\nThe check-in opens {opens} at the start of your working day and closes "
            f"{closes} {rhythm.closes_time:%H:%M}, in your own time zone. This one closes "
            f"{date_token(prompt.closes_at, prompt.zone)}. An answer after that is taken too, and marked as "
            "late."
        ),
        section(
            f"{bold('Less of it')}\nWhoever answered is not reminded. “Later today” moves the question, and "
            "skipping leaves out this week. To be asked about fewer items, have their owner changed in the "
            "plan; to be asked at another hour or on other days, have your own start hour and work days "
            "changed there."
        ),
    ]
    if not prompt.is_answered and not prompt.would_be_late:
        blocks.append(actions(button("Skip this week", ids.CHECKIN_SKIP, value=str(prompt.id))))
    return modal("Why this?", blocks, callback_id=ids.CHECKIN_REASON, close="Close")


def nothing_due_message(waiting: Waiting, zone: str) -> Message:
    """What `/checkin` says where there is nothing to answer."""
    if waiting.next_at is not None:
        return Message(f"Nothing is due. Your next check-in comes {date_token(waiting.next_at, zone)}.")
    return Message(
        "Nothing is asked of you: a check-in is for owners of key results and KPIs. Once the plan names you "
        "as one and gives you a team, the question comes here by itself."
    )


def _introduction(prompt: Prompt, page: int, page_count: int) -> str:
    said = []
    if page_count > 1:
        said.append(f"Page {page + 1} of {page_count}, {counted(len(prompt.items), 'item')} in all.")
    if prompt.would_be_late and not prompt.is_answered:
        said.append("This check-in has closed; your answer is taken and marked as late.")
    said.append("Confidence: how sure you are to reach the target, from 0 (no chance) to 10 (certain).")
    return " ".join(said)


def _item_blocks(item: Item, locale: str, typed: Mapping[str, str]) -> list[Block]:
    label = plain_name(item)
    blocks = [section(joined((headline(item), numbers(item, locale), asides(item))))]
    if item.asks_value:
        field = value_field(item)
        blocks.append(
            text_input(
                field,
                f"{label}: value{_period(item)}",
                initial=typed.get(field, ""),
                placeholder=_placeholder(item, locale),
                hint=_hint(item, locale),
                optional=True,
            )
        )
    field = confidence_field(item)
    before = item.confidence_before
    blocks.append(
        text_input(
            field,
            f"{label}: confidence, 0 to 10",
            initial=typed.get(field, ""),
            placeholder="0 to 10" if before is None else f"{before} last time",
            optional=True,
        )
    )
    field = note_field(item)
    blocks += [
        text_input(
            field,
            f"{label}: note",
            initial=typed.get(field, ""),
            placeholder=_last_note(item),
            multiline=True,
            max_length=MAX_NOTE,
            optional=True,
        ),
        divider(),
    ]
    return blocks


def _blocker_blocks(typed: Mapping[str, str]) -> list[Block]:
    kinds = [option(kind.value, kind.value, description=words) for kind, words in BLOCKER_WORDS.items()]
    return [
        header("Does anything stand in the way?"),
        select_input(
            BLOCKER_KIND,
            "Kind of blocker",
            kinds,
            chosen=typed.get(BLOCKER_KIND) or None,
            placeholder="No blocker",
            optional=True,
        ),
        text_input(
            BLOCKER_TEXT,
            "What blocks you, and who could help",
            initial=typed.get(BLOCKER_TEXT, ""),
            placeholder="The knowledge base is read-only for agents until IT grants access",
            multiline=True,
            max_length=MAX_NOTE,
            optional=True,
        ),
    ]


def _period(item: Item) -> str:
    return f" for {period_words(item.frequency, item.period_on)}" if item.figure_due else " now"


def _hint(item: Item, locale: str) -> str:
    last = format_figure(item.value_before, item.unit, locale)
    target = format_figure(item.target, item.unit, locale)
    way = f"From {format_figure(item.baseline, item.unit, locale)} to {target}"
    if item.direction is Direction.MAINTAIN:
        low, high = (format_figure(end, item.unit, locale) for end in (item.band_low, item.band_high))
        way = f"To stay at {target}" if low == high == MISSING else f"To stay between {low} and {high}"
    due = day_words(item.due_on)
    return f"{way} by {due}. Last figure: {last if item.value_before is not None else 'none yet'}."


def _placeholder(item: Item, locale: str) -> str:
    example = item.value_before if item.value_before is not None else item.target
    return "" if example is None else format_figure(example, item.unit, locale)


def _last_note(item: Item) -> str:
    if not item.note_before:
        return "What moved it, or what did not"
    return clamp_plain(f"Last time: {' '.join(item.note_before.split())}", 150)
