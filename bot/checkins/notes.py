"""What waits for people beside their check-in: one register of kinds, filled by the composition root.

A kind says what waits for whom; here it becomes a part of a message. Messages carry such a part as it went
out: when the question above it gives way to what was answered, it stays.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from bot import ids
from bot.answers import Block, Message
from bot.blockkit.kit import actions, context, section
from bot.blockkit.mrkdwn import bold
from bot.blockkit.surfaces import fit_message
from bot.slices import Note, NoteKind
from storage.database import UnitOfWork

SHOWN = 5
"""Notes drawn in a message; the others come the next day."""


class Found(NamedTuple):
    """A note of a kind."""

    kind: NoteKind
    note: Note


_KINDS: dict[str, NoteKind] = {}


def register_notes(kinds: Sequence[NoteKind]) -> None:
    """Makes kinds known, once; the same again changes nothing.

    Raises:
        ValueError: two different kinds of one name.
    """
    for kind in kinds:
        if _KINDS.get(kind.name, kind) != kind:
            raise ValueError(f"two kinds of note are called {kind.name!r}")
        _KINDS[kind.name] = kind


def find_notes(uow: UnitOfWork, member_ids: Collection[int] | None = None) -> dict[int, list[Found]]:
    """What waits for people now, kind by kind; those for whom nothing waits are left out.

    Args:
        member_ids: whom to look for; None for everyone.
    """
    found: dict[int, list[Found]] = {}
    if member_ids is not None and not member_ids:
        return found
    for kind in _KINDS.values():
        for member_id, notes in kind.find(uow, member_ids).items():
            if notes and (member_ids is None or member_id in member_ids):
                found.setdefault(member_id, []).extend(Found(kind, note) for note in notes)
    return found


def mark_told(uow: UnitOfWork, member_id: int, found: Sequence[Found]) -> None:
    """Says to each kind what of its own someone was told: as much as a message shows."""
    told = found[:SHOWN]
    for kind in dict.fromkeys(one.kind for one in told):
        kind.told(uow, member_id, [one.note for one in told if one.kind == kind])


def note_blocks(found: Sequence[Found], *, heading: str = "Also waits for you") -> list[Block]:
    """The part of a message; nothing where nothing waits."""
    if not found:
        return []
    blocks: list[Block] = [section(bold(heading))] if heading else []
    for one in found[:SHOWN]:
        buttons = one.note.buttons
        if len(buttons) == 1:
            blocks.append(section(one.note.text, accessory=buttons[0]))
        else:
            blocks.append(section(one.note.text))
            blocks += [actions(*buttons)] if buttons else []
    if len(found) > SHOWN:
        blocks.append(context(f"and {len(found) - SHOWN} more"))
    reasons = " ".join(dict.fromkeys(one.kind.why for one in found))
    blocks.append(context(f"Why this? {reasons}"))
    return [block | {"block_id": f"{ids.NOTE}:{place}"} for place, block in enumerate(blocks)]


def notes_message(found: Sequence[Found]) -> Message:
    """A message of its own, for a day without a check-in."""
    count = len(found)
    text = f"{count} {'thing waits' if count == 1 else 'things wait'} for you."
    return Message(text, tuple(fit_message([section(text)], [], note_blocks(found, heading=""))))


def carried(payload: Mapping[str, Any]) -> list[Block]:
    """The part of a message that was put in the outbox, to be kept in what takes its place."""
    blocks: list[Block] = list(payload.get("blocks", ()))
    return [one for one in blocks if str(one.get("block_id", "")).startswith(f"{ids.NOTE}:")]
