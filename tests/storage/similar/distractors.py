"""Ideas that nobody looks for: as many as wanted, of the same trades and in words of the labelled set too.

Real ideas speak of hundreds of things; `words.tsv` has some 130 a language, with 50 troubles and 40 remedies.
A fifth of the things are those of the labelled set ("label printer", "Gabelstapler"), so that a search by one
word finds hundreds.
"""

import random
from pathlib import Path

_LANGUAGES = ("en", "de", "es")
_KNOWN_SHARE = 0.2


def make_distractors(count: int, seed: int = 7) -> list[str]:
    """That many ideas, the same for the same seed."""
    dice = random.Random(seed)  # noqa: S311 - not for secrets
    words = _read_words()
    return [_make_one(dice, words) for _ in range(count)]


def _make_one(dice: random.Random, words: dict[tuple[str, str], list[str]]) -> str:
    language = dice.choice(_LANGUAGES)

    def pick(kind: str) -> str:
        return dice.choice(words[kind, language])

    def thing() -> str:
        return pick("known" if dice.random() < _KNOWN_SHARE else "others")

    def remedy() -> str:
        return pick("remedies").format(t=thing(), d=pick("days"))

    place = pick("places").format(n=dice.randint(1, 40))
    return f"{thing()} {place} {pick('troubles')}, {pick('troubles')}. {remedy()} {remedy()}"


def _read_words() -> dict[tuple[str, str], list[str]]:
    lines = Path(__file__).with_name("words.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines)
    return {(kind, language): words.split("|") for kind, language, words in rows}
