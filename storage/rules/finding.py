"""What a person means by a reference or by words, among the items that they see.

Always search a graph that `access.see` returned: what someone may not see is not found, and not told apart
from what is not there.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from storage.rules.errors import Invalid, NotFound
from storage.rules.graph import LEVELS, Graph, Node
from storage.rules.hierarchy import Ref, format_reference, parse_reference
from storage.rules.listing import any_of
from storage.rules.terms import ItemState, Kind

_LONGEST_QUOTE = 60
_ANY = frozenset(LEVELS)
_SIGNS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Several:
    """Words that fit more than one item; `nodes` begin with those that fit best."""

    words: str
    nodes: tuple[Node, ...]


def find(graph: Graph, text: str, *, kinds: Collection[Kind] = _ANY) -> Node | Several:
    """The item that a text means: a reference in any case (archived items too), or words of its title.

    Raises:
        NotFound: nothing that this person sees fits; the sentence says what to type instead.
        Invalid: nothing was typed, or the reference is that of another kind of item.
    """
    typed = " ".join(text.split())
    if not typed:
        raise Invalid("Which item? Type a reference such as KR-3, or words of its title.", field="reference")
    ref = read_reference(typed)
    if ref is not None:
        node = graph.find(ref)
        if node is None:
            raise NotFound(f"There is no {format_reference(*ref)} here. Check the reference.")
        if node.kind not in kinds:
            raise Invalid(f"{node.reference} is {_one(node.kind)}. Name {_any_of(kinds)}.")
        return node
    found = search(graph, typed, kinds=kinds)
    if not found:
        shown = typed if len(typed) <= _LONGEST_QUOTE else typed[:_LONGEST_QUOTE] + "…"
        raise NotFound(
            f"Nothing here is called “{shown}”. Type a reference such as KR-3, or other words of the title."
        )
    return found[0] if len(found) == 1 or _is_called(graph, found[0], typed) else Several(typed, found)


def search(graph: Graph, words: str, *, kinds: Collection[Kind] = _ANY) -> tuple[Node, ...]:
    """Every item, archived ones left out, in whose reference and title (or other name) all the words begin a
    word. Those called exactly so come first, then those that begin so, each by level and number.

    Without words, every item of those kinds.
    """
    wanted = _plain(words)
    parts = wanted.split()
    found = [
        (rank, node)
        for node in _in_order(graph, kinds)
        if (rank := min((_rank(name, wanted, parts) for name in _names(graph, node)), default=_NO)) < _NO
    ]
    # Sorting keeps the order of levels and numbers among equals.
    return tuple(node for _, node in sorted(found, key=lambda one: one[0]))


def read_reference(text: str) -> Ref | None:
    """The reference that a text is, in any case; None where it is words."""
    try:
        return parse_reference(text)
    except Invalid:
        return None


def spoken(text: str) -> str:
    """What someone names who speaks to the app: without "show", "please" and the signs round it."""
    words = [word.strip(" .,:;?`*_“”\"'") for word in text.split()]
    return " ".join(word for word in words if word.lower() not in {"show", "card", "please", ""})


def read_spoken(text: str) -> Ref | None:
    """The reference that someone names who speaks to the app, and says nothing else; None for other words."""
    return read_reference(spoken(text))


_EXACT, _BEGINS, _HOLDS, _NO = range(4)


def _one(kind: Kind) -> str:
    return f"{'an' if kind.value[0] in 'aeiou' else 'a'} {kind.value}"


def _any_of(kinds: Collection[Kind]) -> str:
    """ "an objective, a key result or a KPI", the highest first."""
    return any_of([_one(kind) for kind in LEVELS if kind in kinds])


def _rank(name: str, wanted: str, parts: list[str]) -> int:
    # Most names lack the first word already, and that is quickly seen.
    if any(part not in name for part in parts):
        return _NO
    if name == wanted:
        return _EXACT
    if name.startswith(wanted):
        return _BEGINS
    spaced = f" {name}"
    return _HOLDS if all(f" {part}" in spaced for part in parts) else _NO


def _is_called(graph: Graph, node: Node, words: str) -> bool:
    """Whether that is the item's whole name, and no other's."""
    wanted = _plain(words)
    called = [one for one in _in_order(graph, _ANY) if wanted in _names(graph, one)]
    return called == [node]


def _names(graph: Graph, node: Node) -> Iterator[str]:
    yield _plain(node.title)
    for alias in graph.aliases.get(node.ref, ()):
        yield _plain(alias)
    yield _plain(node.reference)


def _in_order(graph: Graph, kinds: Collection[Kind]) -> Iterable[Node]:
    nodes = (
        node for node in graph.nodes.values() if node.kind in kinds and node.state is not ItemState.ARCHIVED
    )
    return sorted(nodes, key=_place)


_RANK = {kind: rank for rank, kind in enumerate(LEVELS)}


def _place(node: Node) -> tuple[int, int]:
    return _RANK[node.kind], node.number


@lru_cache(maxsize=50_000)
def _plain(text: str) -> str:
    """In small letters, without accents, hyphens and other signs as blanks. Kept, since whoever types into a
    search asks for the same titles with every letter."""
    folded = text.casefold()
    if not folded.isascii():
        marks = unicodedata.normalize("NFKD", folded)
        folded = "".join(sign for sign in marks if not unicodedata.combining(sign))
    return _SIGNS.sub(" ", folded).strip() or folded.strip()
