"""The check-in's forms: its pages, the thanks in their place, and "Why this?"."""

from collections.abc import Mapping, Sequence

from bot import ids
from bot.answers import Block, Message, View
from bot.blockkit.kit import (
    actions,
    button,
    context,
    divider,
    header,
    input_block,
    option,
    section,
    select_input,
    text_input,
    users_select,
)
from bot.blockkit.mrkdwn import bold, clamp_plain, date_token, literal
from bot.blockkit.surfaces import fit_view, modal
from bot.checkins.facts import Extra, Item, Prompt, Waiting, is_said
from bot.checkins.fields import (
    BLOCKER_KIND,
    BLOCKER_TEXT,
    MAX_NOTE,
    base_fields,
    confidence_field,
    count_sheets,
    note_field,
    pulse_field,
    sheet,
    value_field,
)
from bot.checkins.follow_ups import FollowUp, find_follow_ups
from bot.checkins.lines import change_line, counted, described, extra_line, handed_words, joined, plain_name
from bot.checkins.single_items import FOLLOW_UPS, Single
from bot.slices import AskField
from storage.rules.cadence import WeeklyRhythm
from storage.rules.date_words import day_words, period_words
from storage.rules.figures import MISSING, format_figure
from storage.rules.pulse import FEWEST_ANSWERS
from storage.rules.terms import BlockerKind, Direction, Kind

REASON, DELEGATE = "reason", "delegate"
"""The names of the inputs behind "Why this?"."""

BLOCKER_WORDS = {
    BlockerKind.RESOURCE: "people, money or time are missing",
    BlockerKind.DEPENDENCY: "waiting for someone else",
    BlockerKind.CLARITY: "unclear what is wanted",
    BlockerKind.PRIORITY_CONFLICT: "something else comes first",
    BlockerKind.EXTERNAL: "outside the company",
}
"""Each kind's one-line meaning."""

PULSE_WORDS = {1: "1, badly", 2: "2", 3: "3, so so", 4: "4", 5: "5, well"}

_LONGEST_TITLE = 15
_CORRECT = "Correct your check-in"
_MORE = "More on your check-in"
_SAVED_ALREADY = "Your answer is saved. Nothing here has to be filled in."
_LATE = "This check-in has closed; your answer is taken and marked as late."
_CONFIDENCE = "Confidence: how sure you are to reach the target, from 0 (no chance) to 10 (certain)."
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def checkin_form(prompt: Prompt, page: int, typed: Mapping[str, str]) -> View:
    """One page of the form.

    Args:
        page: counted from 0.
        typed: what the inputs hold, by their names: what was typed before, or what is to be corrected.
    """
    count = count_sheets(prompt)
    follow_ups = find_follow_ups(prompt, typed)
    # Where the last page brings follow-ups is known only when it is sent: its button says "Next" if it may.
    is_last = page == count - 1
    is_follow_up = page >= count
    blocks: list[Block] = [context(_introduction(prompt, page, count))]
    for one in sheet(prompt, page):
        if isinstance(one, Item):
            blocks += _item_blocks(one, prompt.locale, typed)
        else:
            blocks += _extra_blocks(one, typed)
    if is_follow_up:
        blocks = [*_follow_up_blocks(follow_ups, typed), *_pulse_blocks(prompt), context(_SAVED_ALREADY)]
    if is_last:
        blocks += _blocker_blocks(typed)
    verb = "Save" if is_follow_up else "Correct" if prompt.is_answered else "Check in"
    if page > 0:
        blocks.append(actions(button("Back", ids.CHECKIN_BACK, value=str(page - 1))))
    return modal(
        _MORE if is_follow_up else _CORRECT if prompt.is_answered else "Weekly check-in",
        blocks,
        callback_id=ids.CHECKIN_FORM,
        submit="Next" if page < count - 1 or (is_last and prompt.pulse is not None) else verb,
        metadata=ids.pack(prompt=prompt.id, page=page),
    )


def thanks_view(prompt: Prompt) -> View:
    """The trace of what was saved, in the form's place."""
    answered = [item for item in prompt.items if item.given is not None]
    rows: list[list[Block]] = [[section(change_line(item, prompt.locale))] for item in answered]
    rows += [[section(extra_line(extra))] for extra in prompt.extras if extra.said]
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
    references = ", ".join(dict.fromkeys(one.reference or one.title for one in prompt.asked))
    rules = list(dict.fromkeys(extra.rule for extra in prompt.extras if extra.rule))
    blocks: list[Block] = [
        section(
            f"{bold('Why you')}\nYou own what is asked about, or answer for someone who cannot: "
            f"{references}. Once a week the plan asks owners for figure, confidence and blockers, so that "
            f"a problem shows while there is time to act. {' '.join(rules)}".strip()
        ),
        section(f"{bold('When')}\n{_when(prompt, rhythm)}"),
        section(
            f"{bold('Less of it')}\nWhoever answered is not reminded. “Later today” moves the question, and "
            "skipping leaves out this week. To be asked about fewer items, have their owner changed in the "
            "plan; to be asked at another hour or on other days, set your own in `/hoshin settings`."
        ),
    ]
    if not prompt.is_answered and not prompt.would_be_late:
        value = str(prompt.id)
        skip = button("Skip this week", ids.CHECKIN_SKIP, value=value)
        blocks.append(actions(skip, button("Someone else, this once", ids.CHECKIN_DELEGATE, value=value)))
    return modal("Why this?", blocks, callback_id=ids.CHECKIN_REASON, close="Close")


def item_form(single: Single) -> View:
    """The form of one item, or the page of what its answer asks for."""
    prompt, one = single.prompt, single.one
    if single.page == FOLLOW_UPS:
        blocks = _follow_up_blocks(find_follow_ups(prompt, single.typed), single.typed)
        blocks.append(context(_SAVED_ALREADY))
    elif isinstance(one, Item):
        blocks = [*_item_blocks(one, prompt.locale, single.typed)[:-1], context(_CONFIDENCE)]
    else:
        blocks = _extra_blocks(one, single.typed)[:-1]
    if prompt.would_be_late and not prompt.is_answered:
        blocks.append(context(_LATE))
    verb = "More on" if single.page == FOLLOW_UPS else "Correct" if is_said(one) else "Update"
    return modal(
        f"{verb} {one.reference}".strip() if len(one.reference) < _LONGEST_TITLE else verb,
        blocks,
        callback_id=ids.CHECKIN_ITEM_FORM,
        submit="Save",
        metadata=ids.pack(question=one.question_id, page=single.page),
    )


def item_why_view(prompt: Prompt, one: Item | Extra, rhythm: WeeklyRhythm) -> View:
    """Why this one item is asked about, and how to have less of it."""
    blocks: list[Block] = [
        section(joined((bold(literal(clamp_plain(_full_name(one), 300))), _item_rule(one)))),
        section(f"{bold('When')}\n{_when(prompt, rhythm)}"),
        section(
            f"{bold('Less of it')}\nHave its owner changed in the plan, and you are asked about it no more. "
            "“Why this?” below the whole question offers to skip the week."
        ),
    ]
    return modal("Why this?", blocks, callback_id=ids.CHECKIN_REASON, close="Close")


def skip_form(prompt_id: int) -> View:
    """Asks for the reason of a skip."""
    blocks: list[Block] = [
        text_input(REASON, "Why not this week?", placeholder="Stocktaking until Friday"),
        context("It stays with this week's check-in. Nothing is asked for later."),
    ]
    return modal(
        "Skip this week",
        blocks,
        callback_id=ids.CHECKIN_SKIP_FORM,
        submit="Skip",
        metadata=ids.pack(prompt=prompt_id),
    )


def delegate_form(prompt_id: int) -> View:
    """Asks who answers this once."""
    blocks: list[Block] = [
        input_block(DELEGATE, "Who answers this check-in for you?", users_select(DELEGATE)),
        context("They are asked now, for this week alone. You can still answer yourself."),
    ]
    return modal(
        "Someone else, this once",
        blocks,
        callback_id=ids.CHECKIN_DELEGATE,
        submit="Ask them",
        metadata=ids.pack(prompt=prompt_id),
    )


def nothing_due_message(waiting: Waiting, zone: str) -> Message:
    """What `/checkin` says where there is nothing to answer."""
    if waiting.next_at is not None:
        return Message(f"Nothing is due. Your next check-in comes {date_token(waiting.next_at, zone)}.")
    return Message(
        "Nothing is yours to answer, now or in the coming weeks: a check-in asks owners about their key "
        "results, KPIs and steps. Once the plan names you as one and gives you a team, or something of yours "
        "falls due, the question comes here by itself."
    )


def _introduction(prompt: Prompt, page: int, page_count: int) -> str:
    said = []
    if page_count > 1:
        said.append(f"Page {page + 1} of {page_count}, {counted(len(prompt.asked), 'item')} in all.")
    if prompt.would_be_late and not prompt.is_answered:
        said.append(_LATE)
    if prompt.handed:
        said.append(handed_words(prompt))
    said.append(_CONFIDENCE)
    return " ".join(said)


def _when(prompt: Prompt, rhythm: WeeklyRhythm) -> str:
    opens, closes = _WEEKDAYS[rhythm.opens_weekday], _WEEKDAYS[rhythm.closes_weekday]
    return (
        f"The check-in opens {opens} at the start of your working day and closes {closes} "
        f"{rhythm.closes_time:%H:%M}, in your own time zone. This one closes "
        f"{date_token(prompt.closes_at, prompt.zone)}. An answer after that is taken too, and marked as late."
    )


def _item_rule(one: Item | Extra) -> str:
    """In a sentence or two: which rule brings it, and why to this person."""
    owner = f"{literal(one.owner)} owns it and cannot answer now, so you are asked. " if one.owner else ""
    if isinstance(one, Extra):
        return owner + one.rule
    whose = owner or "You own it. "
    if one.figure_due and one.asks_value:
        return (
            f"{whose}Its figure for {period_words(one.frequency, one.period_on)} is due: the period is over."
        )
    if one.kind is Kind.KEY_RESULT and not one.asks_value:
        return (
            f"{whose}Key results are asked about once a week; the figure of this one comes from "
            f"{one.kpi or 'its KPI'}, so only your confidence is asked for."
        )
    return f"{whose}Key results and weekly KPIs are asked about once a week, while there is time to act."


def _full_name(one: Item | Extra) -> str:
    return one.name if isinstance(one, Extra) else plain_name(one)


def _item_blocks(item: Item, locale: str, typed: Mapping[str, str]) -> list[Block]:
    label = plain_name(item)
    blocks = [section(joined(described(item, locale)))]
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


def _extra_blocks(extra: Extra, typed: Mapping[str, str]) -> list[Block]:
    asides = (
        [literal(extra.owner) + " owns it and cannot answer now, so you are asked."] if extra.owner else []
    )
    lines = [bold(literal(clamp_plain(extra.name, 300))), *map(literal, extra.facts), *asides]
    blocks: list[Block] = [section(joined(lines))]
    blocks += [_field_input(name, field, typed) for name, field in base_fields(extra)]
    return [*blocks, divider()]


def _field_input(name: str, field: AskField, typed: Mapping[str, str]) -> Block:
    if field.options:
        return select_input(
            name,
            field.label,
            [option(clamp_plain(choice, 75), choice) for choice in field.options],
            chosen=typed.get(name) or None,
            hint=field.hint,
            optional=True,
        )
    return text_input(
        name,
        field.label,
        initial=typed.get(name, ""),
        placeholder=field.placeholder,
        hint=field.hint,
        multiline=field.multiline,
        max_length=MAX_NOTE,
        optional=True,
    )


def _follow_up_blocks(follow_ups: Sequence[FollowUp], typed: Mapping[str, str]) -> list[Block]:
    blocks: list[Block] = []
    for one in follow_ups:
        blocks.append(section(bold(literal(clamp_plain(one.why, 300)))))
        blocks += [_field_input(name, field, typed) for name, field in one.fields]
    return blocks


def _pulse_blocks(prompt: Prompt) -> list[Block]:
    pulse = prompt.pulse
    if pulse is None:
        return []
    scores = [option(words, str(score)) for score, words in PULSE_WORDS.items()]
    return [
        header("One anonymous question"),
        select_input(pulse_field(pulse), clamp_plain(pulse.title, 300), scores, optional=True),
        context(
            f"Only counted, never kept with your name, a time or an order. It is shown when the check-in has "
            f"closed and {FEWEST_ANSWERS} or more answered, else not at all, and cannot be corrected."
        ),
    ]


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
