"""What a person reads in their direct messages: the prompt, its reminders, and the trace of their answer."""

from collections.abc import Sequence
from functools import cache
from itertools import chain

from bot import ids
from bot.answers import Block, Message
from bot.blockkit.kit import Element, actions, button, context, option, overflow, section
from bot.blockkit.mrkdwn import BETWEEN, bold, clamp_plain, date_token, literal, local_time
from bot.blockkit.stencils import STAND_IN, WORDS, Stencil, written, written_message
from bot.blockkit.surfaces import fit_message
from bot.checkins.facts import Extra, Item, Late, Prompt, is_said
from bot.checkins.lines import (
    answer_mark,
    change_line,
    counted,
    described,
    extra_line,
    extra_mark,
    handed_words,
    joined,
    note_words,
)
from storage.rules.date_words import near_day

SHOWN = 8
LONGEST_WHY = 500
"""Items drawn in a message; more are counted, and stand in the form."""

_MOST_NAMES = 20

MOST_QUICK = 3
"""Answers in an item's menu, which holds five entries with the form and the reason."""

Choices = tuple[tuple[str, str], ...]
"""The entries of an item's menu: text, and what it does."""

_TO_UPDATE: Choices = (("Update…", ids.ITEM_OPEN), ("Why this one?", ids.ITEM_WHY))
_TO_CONFIRM: Choices = (("No change", ids.ITEM_SAME), *_TO_UPDATE)
_TO_CORRECT: Choices = (("Correct…", ids.ITEM_OPEN), ("Why this one?", ids.ITEM_WHY))


def prompt_message(prompt: Prompt, below: Sequence[Block] = ()) -> Message:
    """The weekly question, with every item's last figure and what can be done about it.

    Args:
        below: what else waits for them.
    """
    text, head = _prompt_words(prompt)
    return _question(text, prompt, section(head), below)


def written_prompt(prompt: Prompt, below: Sequence[Block] = ()) -> str:
    """The payload of `prompt_message` as JSON, for hundreds at once."""
    text, head = _prompt_words(prompt)
    blocks = [
        _HEAD.fill(head),
        *(_written_row(item, prompt.locale) for item in prompt.items[:SHOWN]),
        *map(written, chain(*_rows_below_items(prompt))),
        _row_of_buttons(prompt.can_confirm, prompt.snoozes_left > 0).fill(number=prompt.id),
        *map(written, below),
    ]
    return written_message(text, blocks) or written(prompt_message(prompt, below).payload())


def delegated_message(prompt: Prompt) -> Message:
    """The question to someone who answers for another this once."""
    until = date_token(prompt.closes_at, prompt.zone)
    text = f"{literal(prompt.name)} asks you to answer this check-in for them, this once."
    head = section(f"{text} It is open until {until}.")
    rows = asked_rows(prompt)
    press = actions(button("Check in", _id(ids.CHECKIN_OPEN, prompt), value=str(prompt.id), style="primary"))
    return Message(text, tuple(fit_message([head], rows, [press])))


def again_message(prompt: Prompt) -> Message:
    """The question once more, because they asked for it to come later."""
    head = section(
        "You asked to be asked again: here is your weekly check-in. It is open until "
        f"{date_token(prompt.closes_at, prompt.zone)}."
    )
    return _question(f"Your check-in, as you asked: {_summary_words(prompt)}", prompt, head)


def reminder_message(prompt: Prompt, *, with_items: bool, below: Sequence[Block] = ()) -> Message:
    """The one reminder. It carries the whole question where the first message may not have arrived."""
    head = section(
        f"Your weekly check-in is not answered{_in_full(prompt)} yet. It is open until "
        f"{date_token(prompt.closes_at, prompt.zone)}; {_count(prompt)}, and this is the only reminder."
    )
    text = f"Not answered{_in_full(prompt)} yet: {_summary_words(prompt)}"
    if with_items:
        return _question(text, prompt, head, below)
    return Message(text, (head, _buttons(prompt), *below))


def confirmation_message(prompt: Prompt, below: Sequence[Block] = ()) -> Message:
    """Stands in the question's place once it is answered: what changed, and how to correct it."""
    answered = [item for item in prompt.items if item.given is not None]
    head = section(_thanks(prompt, answered))
    rows = [[section(_answer_lines(item, prompt.locale))] for item in answered]
    rows += [[section(extra_line(extra))] for extra in prompt.extras if extra.said]
    if prompt.obstacles:
        rows.append([section(joined(_obstacle_line(prompt)))])
    left = [item.reference for item in prompt.items if item.given is None]
    left += [extra.reference or extra.title for extra in prompt.extras if not extra.said]
    foot: list[Block] = [context(f"Left open: {', '.join(left)}.")] if left else []
    if prompt.is_open:
        until = date_token(prompt.window_closes_at, prompt.zone)
        foot.append(actions(button("Correct", _id(ids.CHECKIN_OPEN, prompt), value=str(prompt.id))))
        foot.append(context(f"You can correct this until {until}."))
    text = f"Thank you. Checked in: {counted(len(answered), 'item')}."
    return Message(text, tuple(fit_message([head], rows, [*foot, *below])))


def skipped_message(prompt: Prompt, below: Sequence[Block] = ()) -> Message:
    """Stands in the question's place after "Skip this week"."""
    text = "You skip this week's check-in. Nothing was recorded."
    again = button("Check in after all", _id(ids.CHECKIN_OPEN, prompt), value=str(prompt.id))
    return Message(text, (section(text), actions(again), *below))


def handed_over_message(prompt: Prompt, below: Sequence[Block] = ()) -> Message:
    """Stands in the question's place when all that it asked about changed hands."""
    text = f"{handed_words(prompt)} Nothing of this check-in is left for you to answer."
    return Message("Nothing of this check-in is left for you to answer.", (section(text), *below))


def closed_message(prompt: Prompt, below: Sequence[Block] = ()) -> Message:
    """Stands in the question's place when its window has closed without an answer."""
    text = "This check-in has closed without an answer."
    said = (
        f"This check-in closed {date_token(prompt.closes_at, prompt.zone)} without an answer. A late one is "
        "still taken until the next check-in comes, and is marked as late."
    )
    value = str(prompt.id)
    buttons: list[Element] = [button("Answer late", _id(ids.CHECKIN_OPEN, prompt), value=value)]
    if prompt.can_confirm:
        buttons.append(_unchanged(prompt.id))
    buttons.append(button("Why this?", _id(ids.CHECKIN_WHY, prompt), value=value))
    return Message(text, (section(said), actions(*buttons), *below))


def excused_message(prompt: Prompt, below: Sequence[Block] = ()) -> Message:
    """Stands in the question's place when someone went away: nothing is owed, nothing piles up."""
    text = "You are away, so this week's check-in is left out. Nothing is asked for later."
    again = button("Check in after all", _id(ids.CHECKIN_OPEN, prompt), value=str(prompt.id))
    return Message(text, (section(text), actions(again), *below))


def archived_message(below: Sequence[Block] = ()) -> Message:
    """Stands in the question's place when the plan that it asks about was archived meanwhile."""
    text = (
        "The plan that this check-in asked about is archived and stays as it was. What you answered before "
        "counts; nothing more is asked."
    )
    return Message(text, (section(text), *below))


def snoozed_message(prompt: Prompt) -> Message:
    """Says when the question comes again."""
    at = prompt.snoozed_until or prompt.closes_at
    return Message(
        f"You will be asked again {date_token(at, prompt.zone)}. The check-in stays open until "
        f"{date_token(prompt.closes_at, prompt.zone)}, so you can answer at any time before."
    )


def overdue_message(late: Sequence[Late]) -> Message:
    """What is overdue: first what the person can mend, then what they should know of."""
    own, others = [one for one in late if one.is_own], [one for one in late if not one.is_own]
    word = "Overdue or at risk" if any(one.is_risk for one in late) else "Overdue"
    rows: list[list[Block]] = []
    if own:
        rows.append([section(joined((bold(f"{word}, and yours"), *map(_late_line, own[:SHOWN]))))])
    if others:
        rows.append(
            [
                section(
                    joined((bold(f"{word} for some days, for you to know"), *map(_late_line, others[:SHOWN])))
                )
            ]
        )
    foot = context(
        "You get this because something is overdue, or committed and at risk: its owner is told after a day, "
        "their lead after three, the sponsor after fourteen. A figure, a new date, or being on track again "
        "ends it."
    )
    return Message(f"{counted(len(late), 'thing')} {word.lower()}.", tuple(fit_message([], rows, [foot])))


def unreached_message(owners: Sequence[str]) -> Message:
    """Whose figures nobody is asked for."""
    names = [literal(name) for name in owners[:_MOST_NAMES]]
    if len(owners) > len(names):
        names.append(f"{len(owners) - len(names)} more")
    text = f"Nobody is asked for the figures of {', '.join(names)}."
    why = (
        "They are not in Slack under the address that the plan has for them, or are in no team, and no lead "
        "above them can be asked either."
    )
    what = (
        "Name another owner with `/hoshin edit`, a lead with `/hoshin team`, or correct the address in the "
        "plan file and import it again."
    )
    foot = context(
        "You get this once a week while it is so, as whoever installed Hoshin, leads the plan or administers "
        "Slack."
    )
    return Message(text, (section(f"{text} {why}\n{what}"), foot))


def _late_line(one: Late) -> str:
    owner = "" if one.is_own or not one.owner else f"{BETWEEN}{literal(one.owner)}"
    title = literal(clamp_plain(one.title, 150))
    since = f"{one.what} since {near_day(one.since_on)}"
    why = f"\n    {literal(clamp_plain(one.why, LONGEST_WHY))}" if one.why else ""
    return f"• {bold(one.reference)} {title}{BETWEEN}{since}{owner}{why}"


def asked_rows(prompt: Prompt) -> list[list[Block]]:
    """Each item with its figures or facts, what is said to it by now and a menu, figures first; and how many
    more there are."""
    items: list[list[Block]] = [[_item_row(item, prompt.locale)] for item in prompt.items[:SHOWN]]
    return items + _rows_below_items(prompt)


def _rows_below_items(prompt: Prompt) -> list[list[Block]]:
    extras: list[list[Block]] = [[_extra_row(extra)] for extra in prompt.extras[:SHOWN]]
    handed: list[list[Block]] = [[context(handed_words(prompt))]] if prompt.handed else []
    return [*_and_more(len(prompt.items)), *extras, *_and_more(len(prompt.extras)), *handed]


def _item_row(item: Item, locale: str) -> Block:
    return section(_item_words(item, locale), accessory=_menu(item.question_id, _item_choices(item)))


def _written_row(item: Item, locale: str) -> str:
    return _row_of_item(_item_choices(item)).fill(_item_words(item, locale), item.question_id)


def _item_words(item: Item, locale: str) -> str:
    return joined((*described(item, locale), answer_mark(item, locale)))


def _extra_row(extra: Extra) -> Block:
    name = bold(literal(clamp_plain(extra.name, 300)))
    said = extra_mark(extra)
    menu = _menu(extra.question_id, _extra_choices(extra))
    return section(joined((name, *map(literal, extra.facts), said)), accessory=menu)


def _and_more(count: int) -> list[list[Block]]:
    return [[context(f"and {count - SHOWN} more: all {count} → in the form")]] if count > SHOWN else []


def _menu(question_id: int, choices: Choices) -> Element:
    """What can be done about one item without the whole form."""
    return overflow(
        ids.numbered(ids.CHECKIN_ITEM, question_id),
        [option(text, ids.numbered(what, question_id)) for text, what in choices],
    )


def _item_choices(item: Item) -> Choices:
    if is_said(item):
        return _TO_CORRECT
    return _TO_CONFIRM if item.can_confirm else _TO_UPDATE


def _extra_choices(extra: Extra) -> Choices:
    if is_said(extra):
        return _TO_CORRECT
    quick = enumerate(answer for _, answer in extra.quick[:MOST_QUICK])
    return (*((answer[:1].upper() + answer[1:], str(place)) for place, answer in quick), *_TO_UPDATE)


def _question(text: str, prompt: Prompt, head: Block, below: Sequence[Block] = ()) -> Message:
    blocks = fit_message([head], asked_rows(prompt), [_buttons(prompt), *below])
    return Message(text, tuple(blocks))


def _buttons(prompt: Prompt) -> Block:
    return _numbered_buttons(prompt.id, can_confirm=prompt.can_confirm, can_wait=prompt.snoozes_left > 0)


def _numbered_buttons(prompt_id: int, *, can_confirm: bool, can_wait: bool) -> Block:
    value = str(prompt_id)
    buttons = [button("Check in", ids.numbered(ids.CHECKIN_OPEN, prompt_id), value=value, style="primary")]
    if can_confirm:
        buttons.append(_unchanged(prompt_id))
    if can_wait:
        buttons.append(button("Later today", ids.numbered(ids.CHECKIN_LATER, prompt_id), value=value))
    buttons.append(button("Why this?", ids.numbered(ids.CHECKIN_WHY, prompt_id), value=value))
    return actions(*buttons)


def _unchanged(prompt_id: int) -> Element:
    return button(
        "Nothing changed",
        ids.numbered(ids.CHECKIN_UNCHANGED, prompt_id),
        value=str(prompt_id),
        label="Nothing changed: confirm the last figures",
    )


_HEAD = Stencil(section(WORDS))


@cache
def _row_of_item(choices: Choices) -> Stencil:
    return Stencil(section(WORDS, accessory=_menu(STAND_IN, choices)))


@cache
def _row_of_buttons(can_confirm: bool, can_wait: bool) -> Stencil:
    return Stencil(_numbered_buttons(STAND_IN, can_confirm=can_confirm, can_wait=can_wait))


def _prompt_words(prompt: Prompt) -> tuple[str, str]:
    """What a notification says of it, and what stands above its items."""
    count = _count(prompt)
    until = f"open until {date_token(prompt.closes_at, prompt.zone)}"
    head = f"Hello {literal(prompt.first_name)}. Your weekly check-in is here: {count}, {until}."
    return f"Your weekly check-in: {_until_words(prompt, count)}", head


def _thanks(prompt: Prompt, answered: Sequence[Item]) -> str:
    late = " It came after the check-in had closed, so it is marked as late." if prompt.is_late else ""
    if prompt.is_unchanged:
        return f"Thank you, {literal(prompt.first_name)}. Nothing changed, and that is recorded.{late}"
    lead = "Here's what changed:" if answered else "Your blocker is recorded."
    return f"Thank you, {literal(prompt.first_name)}. {lead}{late}"


def _answer_lines(item: Item, locale: str) -> str:
    note = item.given.note if item.given else ""
    return joined((change_line(item, locale), note and f"    {note_words(note)}"))


def _obstacle_line(prompt: Prompt) -> list[str]:
    return [f"Blocker, {obstacle.kind}: {note_words(obstacle.text)}" for obstacle in prompt.obstacles]


def _summary_words(prompt: Prompt) -> str:
    """For notifications, where Slack draws no date tokens."""
    return _until_words(prompt, _count(prompt))


def _until_words(prompt: Prompt, count: str) -> str:
    return f"{count}, open until {local_time(prompt.closes_at, prompt.zone)}."


def _count(prompt: Prompt) -> str:
    """`3 items`, `3 items, 1 of them answered`."""
    asked = prompt.asked
    answered = sum(map(is_said, asked))
    return counted(len(asked), "item") + (f", {answered} of them answered" if answered else "")


def _in_full(prompt: Prompt) -> str:
    return " in full" if len(prompt.left) < len(prompt.asked) else ""


def _id(name: str, prompt: Prompt) -> str:
    return ids.numbered(name, prompt.id)
