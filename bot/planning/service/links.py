"""Marks of the X-matrix: read from a command's words, set, agreed to."""

from dataclasses import dataclass

from storage.database import UnitOfWork
from storage.editing import marks
from storage.editing.marks import Marked
from storage.rules.errors import Invalid
from storage.rules.hierarchy import Ref, parse_reference
from storage.rules.terms import Strength

NONE = "none"
USAGE = "Type two references and how strongly they hang together, such as `/hoshin link A-1 B-1 strong`."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a command asks for: a strength, None for no mark, or only to look (`is_question`)."""

    one: Ref
    other: Ref
    strength: Strength | None = None
    is_question: bool = False


def read_link(text: str) -> Wanted:
    """Reads "A-1 B-1 strong".

    Raises:
        Invalid: it is not two references, or no strength.
    """
    words = text.replace(",", " ").split()
    if len(words) not in {2, 3}:
        raise Invalid(USAGE)
    one, other = parse_reference(words[0]), parse_reference(words[1])
    if len(words) == 2:  # noqa: PLR2004 - two references
        return Wanted(one, other, is_question=True)
    return Wanted(one, other, read_strength(words[2]))


def read_strength(word: str) -> Strength | None:
    """Raises Invalid for what is no strength; "none" is no mark."""
    if word.casefold() == NONE:
        return None
    try:
        return Strength(word.casefold())
    except ValueError as error:
        raise Invalid(
            f"“{word[:20]}” is no strength. Type strong, medium, weak, or none to take the mark away."
        ) from error


def look(uow: UnitOfWork, member_id: int, one: Ref, other: Ref) -> Marked:
    """What is marked now. Raises as `marks.get_mark`."""
    return marks.get_mark(uow, uow.roles.get_viewer(member_id), one, other)


def link(uow: UnitOfWork, member_id: int, one: Ref, other: Ref, strength: Strength | None) -> Marked:
    """Raises as `marks.set_mark`."""
    return marks.set_mark(uow, uow.roles.get_viewer(member_id), one, other, strength)


def list_suggested(uow: UnitOfWork, member_id: int) -> list[Marked]:
    """The marks that wait for this person to agree."""
    return marks.list_suggested(uow, uow.roles.get_viewer(member_id))


def agree(uow: UnitOfWork, member_id: int, one: Ref, other: Ref) -> Marked:
    """Raises as `marks.agree`."""
    return marks.agree(uow, uow.roles.get_viewer(member_id), one, other)
