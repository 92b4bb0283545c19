"""What a team reads about its week: the summary, the details in its thread, and the word at the close."""

from collections.abc import Sequence

from bot import ids
from bot.answers import Block, Message
from bot.blockkit.cards import status_words
from bot.blockkit.kit import Element, actions, button, context, section
from bot.blockkit.mrkdwn import BETWEEN, bold, clamp_plain, code, date_token, escape, literal, mention, quote
from bot.blockkit.surfaces import fit_message
from bot.checkins.facts import NEEDS_ATTENTION, Item, Obstacle, Prompt, Summary
from bot.checkins.lines import (
    LONGEST_TITLE,
    change,
    change_line,
    counted,
    extra_line,
    joined,
    names,
    note_words,
)
from storage.rules.date_words import day_words, period_words
from storage.rules.scoring import WEAKEST_FIRST

SHOWN = 5
"""Lines of a list in the summary; all of them stand in the thread."""

Owned = tuple[Prompt, Item]


def summary_message(summary: Summary) -> Message:
    """The one message of the week: who answered, what moved, what is at risk, what blocks."""
    rows = [
        [section(part)]
        for part in (
            _list("What moved", [_moved_line(*owned, summary.locale) for owned in _moved(summary)]),
            _list("Needs attention", [_risk_line(*owned) for owned in _at_risk(summary)]),
            _list("Blockers", _blocker_lines(summary)),
            _list("Committed to", _commitment_lines(summary)),
        )
        if part
    ]
    foot = [context(words) for words in (_people(summary), _ending(summary)) if words]
    foot.append(_lead_buttons(summary))
    text = f"{escape(summary.team)}, check-in of the {_week(summary)}: {_count(summary)}."
    return Message(text, tuple(fit_message([section(_title(summary))], rows, foot)))


def detail_message(prompt: Prompt, locale: str) -> Message:
    """One person's answer, item by item, for the thread."""
    marks = [
        words
        for words, holds in (("late", prompt.is_late), ("nothing changed", prompt.is_unchanged))
        if holds
    ]
    who = bold(literal(prompt.name)) + (f" ({', '.join(marks)})" if marks else "")
    answered = [item for item in prompt.items if item.given is not None]
    rows: list[list[Block]] = [[section(_detail(item, locale))] for item in answered]
    rows += [[section(extra_line(extra))] for extra in prompt.extras if extra.said]
    rows += [
        [section(f"{bold(f'Blocker, {obstacle.kind}')}\n{quote(obstacle.text)}")]
        for obstacle in prompt.obstacles
    ]
    text = f"{literal(prompt.name)} checked in: {counted(len(answered), 'item')}."
    return Message(text, tuple(fit_message([section(f"{who} checked in")], rows)))


def closing_message(summary: Summary) -> Message:
    """The last word of the week, in the thread: what the leader should know."""
    points = [*_low_points(summary), *_blocker_lines(summary), *_open_points(summary), *_mood_points(summary)]
    for_whom = mention(summary.lead_slack_id) if summary.lead_slack_id and points else ""
    if not points:
        text = "The check-in is closed. Nothing needs the lead's attention."
        return Message(text, (section(text),))
    head = f"The check-in is closed. What {for_whom or 'the lead'} should know:"
    return Message(head, tuple(fit_message([section(head)], [[section(point)] for point in points])))


def silence_message(summary: Summary) -> Message:
    """For the lead alone: a week without an answer, and without a name."""
    text = (
        f"Nobody in {literal(summary.team)} checked in for the {_week(summary)}, so there is no summary. "
        "Late answers are still taken, and bring one. If the week was a busy one, a word in the team helps; "
        "if the items are no longer the right ones, change them in the plan."
    )
    return Message(text, (section(text),))


def unknown_channel_message(team: str, channel: str) -> Message:
    """For the lead, once: the channel that the plan names is not known."""
    text = (
        f"The check-in summary of {literal(team)} is ready, but Hoshin is in no channel "
        f"{code('#' + channel.removeprefix('#'))}. Type {code('/invite @Hoshin')} there, or correct the "
        "channel in the plan; the summary is posted then."
    )
    return Message(text, (section(text),))


def _title(summary: Summary) -> str:
    state = "Closed" if summary.is_closed else "Check-in"
    head = bold(f"{state} · {literal(summary.team)} · {_week(summary)}")
    whose = (
        "\nThis team has no channel in the plan, so its summary comes to you." if summary.no_channel else ""
    )
    return f"{head}\n{_count(summary)}{whose}"


def _count(summary: Summary) -> str:
    return f"{len(summary.answered)} of {summary.expected} answered"


def _week(summary: Summary) -> str:
    return f"week of {day_words(summary.week_on)}"


def _moved(summary: Summary) -> list[Owned]:
    """What got another figure, the longest way first."""
    moved = [owned for owned in _answered_items(summary) if owned[1].has_moved]
    return sorted(moved, key=lambda owned: owned[1].stride, reverse=True)


def _at_risk(summary: Summary) -> list[Owned]:
    """What stands badly by the answers, the weakest first."""
    items = [owned for owned in _answered_items(summary) if owned[1].standing.status in NEEDS_ATTENTION]
    return sorted(items, key=lambda owned: WEAKEST_FIRST.index(owned[1].standing.status))


def _answered_items(summary: Summary) -> list[Owned]:
    return [(prompt, item) for prompt in summary.answered for item in prompt.items if item.given is not None]


def _list(title: str, lines: Sequence[str]) -> str:
    if not lines:
        return ""
    more = f"{len(lines) - SHOWN} more in the thread" if len(lines) > SHOWN else ""
    return joined((bold(title), *lines[:SHOWN], more))


def _moved_line(prompt: Prompt, item: Item, locale: str) -> str:
    return f"{change_line(item, locale)}{BETWEEN}{literal(prompt.name)}"


def _risk_line(prompt: Prompt, item: Item) -> str:
    standing = item.standing
    said = f"{status_words(standing.status)}{BETWEEN}{bold(item.reference)} {_title_of(item)}"
    return f"• {said}{BETWEEN}{standing.reason}{BETWEEN}{literal(prompt.name)}"


def _blocker_lines(summary: Summary) -> list[str]:
    return [
        f"• {bold(obstacle.kind.value)}: {note_words(obstacle.text)}{BETWEEN}{literal(obstacle.owner)}"
        + _age_words(obstacle, summary)
        for prompt in summary.answered
        for obstacle in prompt.obstacles
    ]


def _lead_buttons(summary: Summary) -> Block:
    """For the lead; anyone else who presses them hears so."""
    value = str(summary.window_id)
    buttons: list[Element] = []
    if not summary.acknowledged_by:
        buttons.append(button("Acknowledge", ids.CHECKIN_ACKNOWLEDGE, value=value))
    buttons.append(button("Ask in the thread", ids.CHECKIN_REMARK, value=value))
    if any(prompt.obstacles for prompt in summary.answered):
        buttons.append(button("Assign a blocker", ids.CHECKIN_ASSIGN, value=value))
    return actions(*buttons)


def _commitment_lines(summary: Summary) -> list[str]:
    return [f"• {literal(name)}: {note_words(text)}" for name, text in summary.commitments]


def _age_words(obstacle: Obstacle, summary: Summary) -> str:
    """The blocker's clock."""
    if obstacle.raised_at is None or summary.now is None:
        return ""
    days = (summary.now - obstacle.raised_at).days
    return f"{BETWEEN}{'since today' if days == 0 else 'for ' + counted(days, 'day')}"


def _people(summary: Summary) -> str:
    """Who is not in yet, gently; names only, nobody is pinged."""
    said = []
    if summary.missing and not summary.is_closed:
        who = [prompt.first_name for prompt in summary.missing]
        said.append(f"Not yet: {names(who) if summary.names_missing else len(who)}.")
    if summary.later:
        said.append(f"Asked later, when their day begins: {names(summary.later)}.")
    if summary.excused:
        said.append(f"Not this week: {names([prompt.first_name for prompt in summary.excused])}.")
    return " ".join(said)


def _ending(summary: Summary) -> str:
    read = f" {literal(summary.acknowledged_by)} has read it." if summary.acknowledged_by else ""
    if summary.is_closed:
        return f"Closed. Late answers are still taken and marked.{read}"
    return f"Open until {date_token(summary.closes_at, summary.zone)}. Details are in the thread.{read}"


def _detail(item: Item, locale: str) -> str:
    given = item.given
    head = f"{bold(item.reference)} {_title_of(item)}"
    said = BETWEEN.join(filter(None, (change(item, locale), status_words(item.standing.status))))
    mark = "confirmed, nothing changed" if given and given.is_unchanged else ""
    return joined(
        (head, BETWEEN.join(filter(None, (said, mark))), quote(given.note) if given and given.note else "")
    )


def _low_points(summary: Summary) -> list[str]:
    """What is off track or hardly believed in; low confidence asks for a next action (rules §3)."""
    points = []
    for prompt, item in _at_risk(summary):
        low = item.confidence is not None and item.is_low(item.confidence)
        ask = "What is the next action, and whose?" if low else ""
        points.append(joined((_risk_line(prompt, item), ask)))
    return points


def _mood_points(summary: Summary) -> list[str]:
    mood = summary.mood
    return [f"• Pulse: {mood.mean} of 5, from {mood.answers} answers without names."] if mood else []


def _open_points(summary: Summary) -> list[str]:
    """Figures that were due and did not come. Nobody is named: whoever it is knows it."""
    due = [
        f"{item.reference} ({period_words(item.frequency, item.period_on)})"
        for prompt in summary.prompts
        for item in prompt.items
        if item.figure_due and item.asks_value and (item.given is None or item.given.value is None)
    ]
    points = [f"• Figures still due: {', '.join(due)}."] if due else []
    open_count = len(summary.missing)
    if open_count:
        points.append(f"• {_count(summary)}; late answers are still taken.")
    return points


def _title_of(item: Item) -> str:
    return literal(clamp_plain(item.title, LONGEST_TITLE))
