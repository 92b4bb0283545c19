"""Whether two names mean the same measure, so that one definition is kept and not two (rules §3)."""

import difflib
import re
import unicodedata
from collections.abc import Iterable

from storage.rules.graph import Graph, Node
from storage.rules.terms import Kind
from storage.rules.units import Unit

NEAR = 0.86
"""From this share of equal letters on, two names are taken for spellings of one."""

_GUESSED = 0.6
"""From this share of equal letters on, a name is asked about."""

_FILLERS = frozenset(
    {"a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "our", "per", "the", "to", "with"}
)
_WORD = re.compile(r"[^\W_]+")
_SHORT = 6
"""Names of so few letters as a rule are abbreviations, which differ by a letter and mean something else."""


def are_alike(one: str, other: str) -> bool:
    """Whether two names are near-equal: the same words in any order, a spelling, or an abbreviation."""
    first, second = _words(one), _words(other)
    if not first or not second:
        return False
    if sorted(first) == sorted(second):
        return True
    if _is_short_for(first, other) or _is_short_for(second, one):
        return True
    joined, together = " ".join(first), " ".join(second)
    if min(len(joined), len(together)) <= _SHORT or _digits(joined) != _digits(together):
        return False
    return difflib.SequenceMatcher(None, joined, together).ratio() >= NEAR


def have_same_unit(one: str, other: str) -> bool:
    """Whether two units are one, by any of its names."""
    return bool(Unit(one).names & Unit(other).names) or one.strip().lower() == other.strip().lower()


def find_alike(graph: Graph, title: str, unit: str, *, but: Iterable[Node] = ()) -> tuple[Node, ...]:
    """The KPIs that measure the same by another name, as a viewer sees them: near-equal and in one unit."""
    left_out = set(but)
    return tuple(
        node
        for node in graph.of_kind(Kind.KPI)
        if node not in left_out
        and have_same_unit(node.unit, unit)
        and any(are_alike(title, name) for name in (node.title, *graph.aliases.get(node.ref, ())))
    )


def find_closest(typed: str, names: Iterable[str]) -> str | None:
    """The name that a misspelt one most likely means; None where none comes near."""
    known = {name.casefold(): name for name in names}
    close = difflib.get_close_matches(typed.strip().casefold(), known, n=1, cutoff=_GUESSED)
    return known[close[0]] if close else None


def is_same_name(one: str, other: str) -> bool:
    """The same letters, whatever their case and the blanks between them."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name.casefold())
    words = _WORD.findall("".join(one for one in plain if not unicodedata.combining(one)))
    telling = [word for word in words if word not in _FILLERS] or words
    return [word.removesuffix("s") if len(word) > 3 and not word.endswith("ss") else word for word in telling]  # noqa: PLR2004 - shorter ones are no plurals


def _is_short_for(words: list[str], name: str) -> bool:
    """NPS for net promoter score."""
    short = "".join(_WORD.findall(name))
    initials = "".join(word[0] for word in words)
    return len(words) > 1 and len(initials) > 2 and short.isupper() and short.casefold() == initials  # noqa: PLR2004 - two letters are no name


def _digits(name: str) -> list[str]:
    """ "Cost of line 1" and "Cost of line 2" are two measures."""
    return re.findall(r"[0-9]+", name)
