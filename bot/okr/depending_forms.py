"""What people see of dependencies: the form, the question to the other owner, their word."""

from bot import ids
from bot.answers import Message, View
from bot.blockkit.kit import actions, button, context, section, text_input
from bot.blockkit.mrkdwn import literal
from bot.blockkit.surfaces import modal
from bot.okr.drawing import named
from bot.okr.facts import MAX_NEEDS_NOTE, Needed

NEEDS = "needs"
NOTE = "note"


def needs_form(reference: str) -> View:
    """Which other key result is needed, and what of it."""
    blocks = [
        text_input(
            NEEDS, "Key result that it needs", placeholder="KR-7", hint="Its owner is asked to confirm."
        ),
        text_input(
            NOTE,
            "What is needed, and by when",
            placeholder="The new routing, two weeks before our pilot",
            max_length=MAX_NEEDS_NOTE,
            optional=True,
        ),
    ]
    return modal(
        f"What {reference} needs",
        blocks,
        callback_id=ids.OKR_NEEDS_FORM,
        submit="Ask for it",
        metadata=ids.pack(reference=reference),
    )


def question_to_owner(needed: Needed, asker: str) -> Message:
    """Asks the other owner whether they can be counted on."""
    note = f"\n“{literal(needed.note)}”" if needed.note else ""
    text = f"{literal(asker)} counts on {needed.needs.reference} for {needed.asking.reference}. Can they?"
    buttons = actions(
        button(
            "Yes, count on it",
            ids.numbered(ids.OKR_NEEDS_YES, needed.id),
            value=str(needed.id),
            style="primary",
        ),
        button("No, not as asked", ids.numbered(ids.OKR_NEEDS_NO, needed.id), value=str(needed.id)),
    )
    why = context(
        f"You are asked because you own {needed.needs.reference}. Both key results show the answer."
    )
    body = section(f"{text}\n{named(needed.asking)}\nneeds {named(needed.needs)}{note}")
    return Message(text, (body, buttons, why))


def told_message(needed: Needed) -> Message:
    """The word, for whoever asked or answered."""
    return Message(needed_line(needed))


def needed_line(needed: Needed) -> str:
    """`KR-1 needs KR-7 The new routing · ✓ confirmed`."""
    waits = f"○ waits for {literal(needed.owner)}" if needed.owner else "○ waits for an owner"
    state = "✓ confirmed" if needed.is_confirmed else "■ declined" if needed.is_declined else waits
    note = f" · “{literal(needed.note)}”" if needed.note else ""
    return f"{named(needed.asking)} needs {named(needed.needs)} · {state}{note}"
