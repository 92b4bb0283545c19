"""What people read about what they follow: the list, the trace of a wish, and the digest itself."""

from collections.abc import Iterator, Sequence
from datetime import date

from bot import ids
from bot.answers import Block, Message
from bot.blockkit.cards import status_words
from bot.blockkit.choices import offered, which_message
from bot.blockkit.kit import actions, button, context, section
from bot.blockkit.mrkdwn import BETWEEN, bold, channel, clamp_plain, code, date_token, literal
from bot.blockkit.surfaces import fit_message
from bot.digests.facts import Following, Outcome, Row, Told
from storage.rules.date_words import day_words
from storage.rules.digest import ORGANISATION, Decided, Finished, Moved, Turned
from storage.rules.figures import format_change, format_figure, percent
from storage.rules.finding import Several
from storage.rules.graph import Node
from storage.rules.terms import DigestRhythm, Kind, Status

SHOWN = 5
"""Lines of each part of a digest."""

_LONGEST_TITLE = 80
_NAMED = 3
_OFTEN = {
    DigestRhythm.DAILY: "on each working day on which something happened",
    DigestRhythm.WEEKLY: "once a week, on your first working day, if something happened",
    DigestRhythm.NONE: "never: you have switched digests off",
}


def list_message(found: Following) -> Message:
    """What someone follows, each with a button to end it."""
    if not found.rows:
        text = (
            "You follow nothing yet. Follow an item, a team, a person or the whole organisation, and a short "
            f"digest tells you what moved there: {code('/hoshin follow A-1')}, "
            f"{code('/hoshin follow Customer Service')}, {code('/hoshin follow @ben')}."
        )
        value = ids.follow_value(ORGANISATION, 0, on=True)
        start = [actions(button("Follow the organisation", ids.FOLLOW, value=value))]
        return Message(text, (section(text), *(start if found.may_follow_all else [])))
    rows: list[list[Block]] = [[_row(number, row)] for number, row in enumerate(found.rows, 1)]
    often = f"The digest comes {_OFTEN[found.rhythm]}."
    when = f" The next one: {date_token(found.next_at, found.zone)}." if found.next_at else ""
    foot = context(f"{often}{when} {code('/hoshin settings')} changes how often.")
    head = f"You follow {len(found.rows)}:"
    return Message(head, tuple(fit_message([section(head)], rows, [foot])))


def several_message(found: Several, *, on: bool) -> Message:
    """Words that fit several items: which one is meant is one press away."""
    choices = [offered(node, ids.follow_value(str(node.kind), node.id, on=on)) for node in found.nodes]
    return which_message(found.words, choices, ids.FOLLOW)


def outcome_message(outcome: Outcome) -> Message:
    """The trace of following, or of ending it; one press takes it back."""
    kind, row_id = outcome.row.followed
    words = bold(literal(_short(outcome.row.words)))
    if outcome.is_on:
        done = "You follow" if outcome.has_changed else "You follow already:"
        text = f"{done} {words}. The digest comes {_OFTEN[outcome.rhythm]}."
    else:
        text = f"You no longer follow {words}." if outcome.has_changed else f"You did not follow {words}."
    back = button(
        "Unfollow" if outcome.is_on else "Follow",
        ids.FOLLOW,
        value=ids.follow_value(kind, row_id, on=not outcome.is_on),
    )
    return Message(text, (section(text), actions(back, button("What I follow", ids.FOLLOW_LIST))))


def digest_message(told: Told) -> Message:
    """One calm message: what moved, the biggest first, what came at risk, what was finished and decided."""
    digest = told.digest
    parts = (
        ("What moved", [_moved_line(one, told) for one in digest.moved]),
        ("Came at risk", [_turned_line(one, told) for one in digest.worse]),
        ("Back on track", [_turned_line(one, told) for one in digest.better]),
        ("Finished", [_finished_line(one, told) for one in digest.finished]),
        ("Agreed in catchball", [f"• {_named(node)}" for node in digest.agreed]),
        ("Decided", _decided_lines(digest.decided, told)),
    )
    rows: list[list[Block]] = [[section(_part(name, lines))] for name, lines in parts if lines]
    title = "The organisation's week" if told.is_shared else "Your digest"
    head = f"{bold(title)}, {_days(told)}"
    counts = ", ".join(f"{name.lower()}: {len(lines)}" for name, lines in parts if lines)
    return Message(f"{title}: {counts}.", tuple(fit_message([section(head)], rows, list(_foot(told)))))


def waiting_message(channel_id: str) -> Message:
    """For the strategy leads, once: the organisation's digest has a channel that Hoshin is not in."""
    text = (
        f"The organisation's digest waits, because Hoshin does not know who reads {channel(channel_id)}. "
        f"Type {code('/invite @Hoshin')} there, or name another channel in {code('/hoshin setup')}."
    )
    return Message(text, (section(text),))


def _foot(told: Told) -> Iterator[Block]:
    if told.is_shared:
        yield context(
            f"Posted once a week, because {code('/hoshin setup')} names this channel for it. What not "
            "everyone here may see is left out."
        )
        return
    named = ", ".join(literal(_short(words)) for words in told.follows[:_NAMED])
    more = f" and {len(told.follows) - _NAMED} more" if len(told.follows) > _NAMED else ""
    often = "each day" if told.rhythm is DigestRhythm.DAILY else "each week"
    yield context(
        f"Why this? You follow {named}{more}, and get a digest {often} on which something happened. "
        f"{code('/hoshin settings')} changes how often."
    )
    yield actions(button("What I follow", ids.FOLLOW_LIST))


def _row(number: int, row: Row) -> Block:
    kind, row_id = row.followed
    value = ids.follow_value(kind, row_id, on=False)
    label = f"Unfollow {_short(row.words)}"[:75]
    return section(
        literal(_short(row.words)),
        accessory=button("Unfollow", ids.numbered(ids.FOLLOW, number), value=value, label=label),
    )


def _part(title: str, lines: Sequence[str]) -> str:
    more = [f"and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return "\n".join([bold(title), *lines[:SHOWN], *more])


def _days(told: Told) -> str:
    return f"since {_day(told.from_on)}"


def _moved_line(one: Moved, told: Told) -> str:
    if one.node.kind is Kind.INITIATIVE:
        before = percent(one.before) if one.before is not None else ""
        way = " → ".join(filter(None, (before, percent(one.after) if one.after is not None else "")))
    elif one.before is None:
        way = format_figure(one.after, one.node.unit, told.locale)
    else:
        way = format_change(one.before, one.after, one.node.unit, told.locale)
    return f"• {_named(one.node)}{BETWEEN}{bold(literal(way))}{BETWEEN}{status_words(one.status)}"


def _turned_line(one: Turned, told: Told) -> str:
    parts = (status_words(one.after), _named(one.node), literal(one.reason), _owner(told, one.node.owner_id))
    return "• " + BETWEEN.join(filter(None, parts))


def _finished_line(one: Finished, told: Told) -> str:
    words = f"{literal(_short(one.step))} ({_named(one.node)})" if one.step else _named(one.node)
    return f"• {Status.DONE.sign} " + BETWEEN.join(filter(None, (words, _owner(told, one.owner_id))))


def _decided_lines(decided: Sequence[Decided], told: Told) -> list[str]:
    """A line each; a whole plan that was loaded is one line, and stands behind what was changed."""
    added = [one for one in decided if one.after == "added" and not one.field]
    if len(added) <= SHOWN:
        return [_decided_line(one, told) for one in decided]
    first, rest = _named(added[0].node), len(added) - 1
    changed = [_decided_line(one, told) for one in decided if one not in added]
    tree = code("/hoshin tree")
    return [
        *changed[: SHOWN - 1],
        f"• {first} and {rest} other items: added. {tree} shows the plan.",
        *changed[SHOWN - 1 :],
    ]


def _decided_line(one: Decided, told: Told) -> str:
    return f"• {_named(one.node)}: {literal(_decision(one, told))}"


def _decision(one: Decided, told: Told) -> str:
    unit, locale = one.node.unit, told.locale
    match one.field:
        case "target":
            return f"target {format_change(one.before, one.after, unit, locale)}"
        case "due_on":
            return f"due {_day(one.before)} → {_day(one.after)}"
        case "owner_id":
            names = (told.name_of(one.before) or "nobody", told.name_of(one.after) or "nobody")
            return f"owner {' → '.join(names)}"
        case "not_deployed_reason":
            reason = clamp_plain(str(one.after), _LONGEST_TITLE)
            return f"not deployed: {reason}" if reason else "to be deployed after all"
        case _:
            return "added" if one.after == "added" else "no longer in the plan"


def _day(on: date | None) -> str:
    return day_words(on) if on is not None else "no day"


def _named(node: Node) -> str:
    return f"{bold(node.reference)} {literal(_short(node.title))}"


def _owner(told: Told, member_id: int | None) -> str:
    return literal(told.name_of(member_id))


def _short(words: str) -> str:
    return clamp_plain(" ".join(words.split()), _LONGEST_TITLE)
