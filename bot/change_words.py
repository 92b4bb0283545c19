"""What was changed of an item, as the histories of its cards tell it."""

from collections.abc import Mapping
from typing import Any

from storage.rules.finding import read_reference
from storage.rules.graph import Graph
from storage.rules.hierarchy import format_reference
from storage.rules.history import Entry

_MISSING = "—"
_WORDS = {"is_restricted": "restricted", "due_on": "due date", "starts_on": "start", "parent": "stands under"}


def change_words(seen: Graph, entry: Entry) -> str:
    """`target 80 → 85, owner Ana Ruiz → Ben Okoye`, as plain text.

    Args:
        seen: what the reader sees of the plan; what they do not see is not named.
    """
    if entry.before is None:
        return _dependency(seen, entry) or entry.action
    told = [
        f"{_word(field)} {_told(seen, field, value)} → {_told(seen, field, entry.after.get(field))}"
        for field, value in entry.before.items()
        if not isinstance(value, Mapping)
    ]
    return ", ".join(told) or entry.action


def _dependency(seen: Graph, entry: Entry) -> str:
    """`needs KR-7`; on the other side `KR-3 needs it: confirmed`. Empty for other entries."""
    needs, needed_by = entry.after.get("needs"), entry.after.get("needed by")
    ref = read_reference(str(needs or needed_by or ""))
    other = format_reference(*ref) if ref is not None and ref in seen.nodes else "another key result"
    if needs:
        return f"needs {other}"
    return f"{other} needs it: {entry.action}" if needed_by else ""


def _word(field: str) -> str:
    return _WORDS.get(field, field.removesuffix("_id").removesuffix("_on").replace("_", " "))


def _told(seen: Graph, field: str, value: Any) -> str:
    """A value of the trail as people read it."""
    if value in (None, "", []):
        return _MISSING
    match field:
        case "parent" | "measure":
            ref = read_reference(str(value))
            told = format_reference(*ref) if ref is not None and ref in seen.nodes else _MISSING
        case "owner_id":
            told = _name(seen, value) or "someone"
        case "supporters" | "readers":
            told = ", ".join(filter(None, (_name(seen, one) for one in value))) or _MISSING
        case "team_id":
            team = seen.teams.get(value)
            told = team.name if team else "a team"
        case "is_restricted":
            told = "yes" if value else "no"
        case _:
            told = f"“{value}”" if field == "title" else str(value)
    return told


def _name(seen: Graph, member_id: int) -> str:
    person = seen.people.get(member_id)
    return person.name if person is not None else ""
