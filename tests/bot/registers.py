"""The registers of kinds, which the composition root fills for the whole process."""

from collections.abc import Sequence

import pytest

from bot.checkins import notes
from bot.slices import NoteKind


def remind_only_of(kinds: Sequence[NoteKind], monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but these reminds anyone during a test: which others are registered by then depends on what was
    imported before."""
    monkeypatch.setattr(notes, "_KINDS", {})
    notes.register_notes(kinds)
