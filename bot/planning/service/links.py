"""Marks of the X-matrix: read from a command's words, set, agreed to."""

from dataclasses import dataclass

from storage import editing
from storage.database import UnitOfWork
from storage.editing import marks
from storage.editing.marks import Marked
from storage.rules import marks as marks_rules
from storage.rules.access import Viewer
from storage.rules.errors import Invalid
from storage.rules.finding import Several, find, read_reference, search
from storage.rules.graph import Graph, Node
from storage.rules.hierarchy import Ref, format_reference
from storage.rules.terms import Strength

NONE = "none"
USAGE = (
    "Type two references and how strongly they hang together, such as `/hoshin link A-1 B-1 strong`. Words "
    "of their titles will do, too, with a comma between the two: `/hoshin link route calls, satisfaction "
    "strong`."
)
_WORDS_OF_STRENGTH = frozenset({NONE, *map(str, Strength)})
_KINDS = frozenset(kind for pair in marks_rules.CORNERS for kind in pair)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a command asks for: a strength, None for no mark, or only to look (`is_question`)."""

    one: str
    other: str
    strength: Strength | None = None
    is_question: bool = False

    def text(self, one: str, other: str) -> str:
        """As it could be typed, with other words for the ends: a button's value is read like a command."""
        strength = "" if self.is_question else f" {self.strength or NONE}"
        return f"{one}, {other}{strength}"


@dataclass(frozen=True, slots=True)
class Unclear:
    """Words for one of the ends that fit several items; `values` go on with each of them."""

    several: Several
    values: tuple[str, ...]


def read_link(text: str) -> Wanted:
    """Reads "A-1 B-1 strong" and "route calls, satisfaction strong".

    Raises:
        Invalid: it is not two items, or no strength.
    """
    words = text.split()
    strength = words.pop().casefold() if words and words[-1].casefold() in _WORDS_OF_STRENGTH else None
    one, other = _ends(words)
    if strength is None:
        return Wanted(one, other, is_question=True)
    return Wanted(one, other, read_strength(strength))


def _ends(words: list[str]) -> tuple[str, str]:
    """The two ends: parted by a comma, else by a reference that stands first or last."""
    typed = " ".join(words).strip(" ,")
    words = typed.split()
    if "," in typed:
        one, other = (part.strip() for part in typed.split(",", 1))
    elif words and read_reference(words[0]) is not None:
        one, other = words[0], " ".join(words[1:])
        if len(words) == _REFERENCES_AND_MORE and read_reference(words[1]) is not None:
            read_strength(words[2])
    elif words and read_reference(words[-1]) is not None:
        one, other = " ".join(words[:-1]), words[-1]
    else:
        one = other = ""
    if not one or not other or len(typed) > _LONGEST:
        raise Invalid(USAGE)
    return one, other


_REFERENCES_AND_MORE = 3
_LONGEST = 300


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


def look(uow: UnitOfWork, member_id: int, wanted: Wanted) -> Marked | Unclear:
    """What is marked now.

    Raises:
        NotFound: nothing that this person sees is called so. Otherwise as `marks.get_mark`.
    """
    viewer = uow.roles.get_viewer(member_id)
    found = _find(uow, viewer, wanted)
    return found if isinstance(found, Unclear) else marks.get_mark(uow, viewer, *found)


def link(uow: UnitOfWork, member_id: int, wanted: Wanted) -> Marked | Unclear:
    """Raises as `look`, and as `marks.set_mark`."""
    viewer = uow.roles.get_viewer(member_id)
    found = _find(uow, viewer, wanted)
    return found if isinstance(found, Unclear) else marks.set_mark(uow, viewer, *found, wanted.strength)


def list_suggested(uow: UnitOfWork, member_id: int) -> list[Marked]:
    """The marks that wait for this person to agree."""
    return marks.list_suggested(uow, uow.roles.get_viewer(member_id))


def agree(uow: UnitOfWork, member_id: int, one: Ref, other: Ref) -> Marked:
    """Raises as `marks.agree`."""
    return marks.agree(uow, uow.roles.get_viewer(member_id), one, other)


def _find(uow: UnitOfWork, viewer: Viewer, wanted: Wanted) -> Unclear | tuple[Ref, Ref]:
    """The two ends; a reference is taken as it is, since it may be of another plan."""
    one, other = read_reference(wanted.one), read_reference(wanted.other)
    if one is None or other is None:
        graph = editing.look(uow, viewer)
        if one is None:
            found = _meant(graph, wanted.one, other)
            if isinstance(found, Several):
                return Unclear(
                    found, tuple(wanted.text(each.reference, wanted.other) for each in found.nodes)
                )
            one = found.ref
        if other is None:
            found = _meant(graph, wanted.other, one)
            if isinstance(found, Several):
                known = format_reference(*one)
                return Unclear(found, tuple(wanted.text(known, each.reference) for each in found.nodes))
            other = found.ref
    return one, other


def _meant(graph: Graph, words: str, beside: Ref | None) -> Node | Several:
    """What words mean, first among the kinds that a mark may join with what stands beside."""
    kinds = _KINDS
    if beside is not None:
        kinds = frozenset(kind for pair in marks_rules.CORNERS if beside[0] in pair for kind in pair)
        kinds -= {beside[0]}
    return find(graph, words, kinds=kinds) if search(graph, words, kinds=kinds) else find(graph, words)
