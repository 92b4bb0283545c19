"""The labelled set: 200 pairs of an idea and what someone else types who means the same.

Written for this project in English, German and Spanish and frozen before the search was tuned: a change of
the file is a change of the promise, so a test holds its hash.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

PATH = Path(__file__).with_name("pairs.tsv")
KINDS = ("typo", "reordered", "paraphrase")


@dataclass(frozen=True, slots=True)
class Pair:
    """`typed` should find the idea with that number; `kind` says how it differs."""

    language: str
    kind: str
    idea: int
    typed: str


def read_ideas() -> list[str]:
    """The ideas, by their number."""
    return [row["idea"] for row in _rows()]


def read_pairs() -> list[Pair]:
    """The pairs, in the order of the file."""
    return [
        Pair(row["language"], kind, number, row[kind])
        for number, row in enumerate(_rows())
        for kind in KINDS
        if row[kind] != "-"
    ]


def _rows() -> list[dict[str, str]]:
    with PATH.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
