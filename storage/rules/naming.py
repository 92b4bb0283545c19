"""Which item someone means: by its reference, or by words of its title."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from storage.rules.errors import Invalid
from storage.rules.graph import Graph, Node
from storage.rules.hierarchy import Ref, parse_reference
from storage.rules.terms import ItemState, Kind

_LONGEST_NAME = 12
_QUOTED = re.compile(r"[\"“„«](?P<name>[^\"”“»]+)[\"”“»]\s*(?P<rest>.*)", re.DOTALL)
_ENDS = ".,;:!?“”\"'()"


@dataclass(frozen=True, slots=True)
class Named:
    """The items that the first words may mean, and the words behind them. None found: `nodes` is empty."""

    nodes: tuple[Node, ...]
    rest: str
    words: str = ""
    """What was typed for the item."""


def find_named(graph: Graph, text: str, kinds: Collection[Kind]) -> Named:
    """The items of some kinds that the text begins with: a reference, a name in quotation marks, or as many
    words as fit.

    Every word must begin a word of the title (or of another name of it); the longest run of words that fits
    something counts, and an exact title counts before all others.
    """
    words = text.split()
    if not words:
        return Named((), "")
    first = words[0].rstrip(",:")
    if reads_as_reference(first):
        node = graph.find(parse_reference(first))
        is_one = node is not None and node.kind in kinds and node.state is not ItemState.ARCHIVED
        rest = text.strip()[len(words[0]) :].strip()
        return Named((node,) if node is not None and is_one else (), rest, first)
    nodes = [node for kind in kinds for node in graph.of_kind(kind)]
    also = graph.aliases
    names = {node.ref: [_words(name) for name in (node.title, *also.get(node.ref, ()))] for node in nodes}
    quoted = _QUOTED.fullmatch(text.strip())
    if quoted is not None:
        return Named(_matching(_words(quoted["name"]), nodes, names), quoted["rest"].strip(), quoted["name"])
    for count in range(min(len(words), _LONGEST_NAME), 0, -1):
        found = _matching(_words(" ".join(words[:count])), nodes, names)
        if found:
            return Named(found, " ".join(words[count:]), " ".join(words[:count]))
    return Named((), text.strip())


def reads_as_reference(word: str) -> bool:
    """Whether a word is a reference such as `kr-3`, in any case."""
    try:
        parse_reference(word)
    except Invalid:
        return False
    return True


def _matching(
    wanted: Sequence[str], nodes: Sequence[Node], names: Mapping[Ref, Sequence[Sequence[str]]]
) -> tuple[Node, ...]:
    if not wanted:
        return ()
    exact = tuple(node for node in nodes if any(list(wanted) == list(name) for name in names[node.ref]))
    return exact or tuple(node for node in nodes if any(_fits(wanted, name) for name in names[node.ref]))


def _fits(wanted: Sequence[str], name: Sequence[str]) -> bool:
    return all(any(word.startswith(one) for word in name) for one in wanted)


def _words(text: str) -> list[str]:
    return [word for word in (part.casefold().strip(_ENDS) for part in text.split()) if word]
