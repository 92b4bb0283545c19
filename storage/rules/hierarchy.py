"""The levels of the plan: which item may stand under which, and how items are named (rules §2)."""

import re

from storage.rules.errors import Invalid
from storage.rules.listing import any_of
from storage.rules.terms import Kind

Ref = tuple[Kind, int]
"""A reference, read: `KR-3` is (Kind.KEY_RESULT, 3)."""

PREFIXES = {
    Kind.BREAKTHROUGH: "B",
    Kind.ANNUAL_OBJECTIVE: "A",
    Kind.OBJECTIVE: "O",
    Kind.KEY_RESULT: "KR",
    Kind.INITIATIVE: "I",
    Kind.KPI: "KPI",
    Kind.CATCHBALL: "C",
    Kind.IDEA: "K",
    Kind.COUNTERMEASURE: "CM",
    Kind.REVIEW: "R",
    Kind.DRIVER: "D",
}
"""The letters of a reference: `KR-3` is the key result with number 3."""

LEGAL_PARENTS: dict[Kind, tuple[Kind, ...]] = {
    Kind.BREAKTHROUGH: (Kind.DRIVER,),
    Kind.ANNUAL_OBJECTIVE: (Kind.BREAKTHROUGH, Kind.ANNUAL_OBJECTIVE, Kind.INITIATIVE),
    Kind.OBJECTIVE: (Kind.ANNUAL_OBJECTIVE,),
    Kind.KEY_RESULT: (Kind.OBJECTIVE,),
    Kind.INITIATIVE: (Kind.ANNUAL_OBJECTIVE, Kind.OBJECTIVE),
}
"""A department's annual objective may stand under the upper one's or under its initiative. What is
not listed stands beside the hierarchy: a driver directly under the plan, a KPI linked by marks."""

_KINDS = {prefix: kind for kind, prefix in PREFIXES.items()}
_REFERENCE = re.compile(r"([A-Z]+)-([0-9]{1,9})")
# What phones and word processors make of a hyphen.
_HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_LONGEST_QUOTE = 40


def check_parent(child: Kind, parent: Kind) -> None:
    """Accept a legal parent and nothing else.

    Raises:
        Invalid: the child cannot stand there; the sentence names the legal parents (field "parent").
    """
    legal = LEGAL_PARENTS.get(child, ())
    if parent in legal:
        return
    if legal:
        remedy = f"Choose {any_of([_with_article(kind) for kind in legal])} instead."
    else:
        remedy = "It has no parent; leave that empty."
    fault = f"{_with_article(child)} cannot stand under {_with_article(parent)}."
    raise Invalid(f"{fault[0].upper()}{fault[1:]} {remedy}", field="parent")


def parse_reference(text: str, *, field: str = "reference") -> tuple[Kind, int]:
    """Read `kr-3`, in any case, as `(Kind.KEY_RESULT, 3)`.

    Raises:
        Invalid: the text is no reference; the sentence shows what one looks like.
    """
    typed = text.strip()
    match = _REFERENCE.fullmatch(typed.translate(_HYPHENS).upper())
    if match is None or int(match[2]) == 0:
        shown = typed if len(typed) <= _LONGEST_QUOTE else typed[:_LONGEST_QUOTE] + "…"
        raise Invalid(
            f"“{shown}” is not a reference. Type letters, a hyphen and a number, such as KR-3.",
            field=field,
        )
    prefix, number = match[1], int(match[2])
    if prefix not in _KINDS:
        known = ", ".join(f"{letters} ({kind})" for letters, kind in _KINDS.items())
        raise Invalid(
            f"“{typed}” is not a reference, because {prefix} names no kind of item. The kinds are {known}.",
            field=field,
        )
    return _KINDS[prefix], number


def format_reference(kind: Kind, number: int) -> str:
    """The reference as people read it: `KR-3`."""
    return f"{PREFIXES[kind]}-{number}"


def _with_article(kind: Kind) -> str:
    return f"an {kind}" if kind[0] in "aeio" else f"a {kind}"
