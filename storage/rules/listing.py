"""Several words as one part of a sentence."""

from collections.abc import Sequence


def any_of(words: Sequence[str]) -> str:
    """`a`, `a or b`, `a, b or c`; nothing of none."""
    return _listed(words, " or ")


def all_of(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`; nothing of none."""
    return _listed(words, " and ")


def _listed(words: Sequence[str], last: str) -> str:
    return last.join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
