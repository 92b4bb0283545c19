"""Marks: what is set between two items, and what waits for someone to agree."""

from collections.abc import Sequence

from bot import ids
from bot.answers import Block, Message
from bot.blockkit import kit
from bot.blockkit.choices import offered, which_message
from bot.blockkit.mrkdwn import BETWEEN, bold, literal
from bot.blockkit.surfaces import fit_message, message
from bot.planning.service.links import NONE, Unclear
from storage.editing.marks import Marked
from storage.rules.terms import Strength

MEANINGS = {
    Strength.STRONG: "without it the other fails",
    Strength.MEDIUM: "it helps clearly",
    Strength.WEAK: "it helps a little",
}


def asked_message(marked: Marked) -> Message:
    """What is marked now, with a button for each strength."""
    now = _now(marked)
    blocks = [
        kit.section(f"{_ends(marked)}\n{now}"),
        kit.context(BETWEEN.join(f"{one.symbol} {one}: {meaning}" for one, meaning in MEANINGS.items())),
        kit.actions(*_buttons(marked)),
    ]
    return message(f"{marked.left.reference} and {marked.right.reference}: {now}", blocks)


def unclear_message(unclear: Unclear) -> Message:
    """Words that fit several items: a press goes on with the one that is meant."""
    choices = [offered(*one) for one in zip(unclear.several.nodes, unclear.values, strict=True)]
    return which_message(unclear.several.words, choices, ids.LINK_SET)


def set_message(marked: Marked) -> Message:
    """The trace of a mark."""
    left, right = marked.left.reference, marked.right.reference
    if marked.after is None:
        said = "No mark any more" if marked.before else "There was no mark"
    else:
        said = f"{marked.after.symbol} {marked.after}"
    before = marked.before if marked.before != marked.after else None
    was = f" (before: {before})" if before else ""
    unchanged = marked.before == marked.after and marked.was_confirmed == marked.is_confirmed
    begin = "As it was." if unchanged else "Saved."
    blocks: list[Block] = [kit.section(f"{begin} {_ends(marked)}\n{said}{was}")]
    back = before or (None if marked.before else NONE)
    if back is not None and marked.before != marked.after:
        undo = kit.button("Undo", ids.numbered(ids.LINK_SET, 9), value=_value(marked, str(back)))
        blocks.append(kit.actions(undo))
    return message(f"{left} and {right}: {said}", blocks)


def suggested_message(found: Sequence[Marked]) -> Message:
    """What hangs together by where it stands, for a person to agree to."""
    if not found:
        return Message(
            "No suggested mark waits for you. `/hoshin link A-1 B-1 strong` marks how strongly two items "
            "hang together."
        )
    head: list[Block] = [
        kit.section(
            f"{bold('Suggested marks')}\nThese follow from where items stand and what they read. They count "
            "once a person agrees."
        )
    ]
    rows = [
        [
            kit.section(f"{_ends(one)}\n{one.before.symbol if one.before else ''} {one.before}"),
            kit.actions(
                kit.button(
                    "Agree",
                    ids.numbered(ids.LINK_AGREE, number),
                    value=_value(one, str(one.before)),
                    style="primary",
                    label=f"Agree: {one.left.reference} and {one.right.reference}",
                ),
                kit.button("No mark", ids.numbered(ids.LINK_SET, number * 10), value=_value(one, NONE)),
            ),
        ]
        for number, one in enumerate(found)
    ]
    waiting = "1 suggested mark waits" if len(found) == 1 else f"{len(found)} suggested marks wait"
    text = f"{waiting} for someone to agree."
    return Message(text, tuple(fit_message(head, rows)))


def _buttons(marked: Marked) -> list[dict[str, object]]:
    choices = [(f"{one.symbol} {one}", str(one)) for one in Strength]
    if marked.before is not None:
        choices.append(("No mark", NONE))
    return [
        kit.button(words, ids.numbered(ids.LINK_SET, number), value=_value(marked, value))
        for number, (words, value) in enumerate(choices)
    ]


def _value(marked: Marked, strength: str) -> str:
    return f"{marked.left.reference} {marked.right.reference} {strength}"


def _ends(marked: Marked) -> str:
    left, right = (literal(f"{one.reference} {one.title}") for one in (marked.left, marked.right))
    return f"{bold(left)} serves {bold(right)}"


def _now(marked: Marked) -> str:
    if marked.before is None:
        return "Nothing is marked yet. How strongly does the first serve the second?"
    how = "" if marked.was_confirmed else ", suggested and not agreed to"
    return f"Now {marked.before.symbol} {marked.before}{how}. Is it something else?"
