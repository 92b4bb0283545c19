"""What makes two ideas similar: words without their endings, their meanings, and slips of the finger.

The search keeps to what any database does: an idea is stored as its terms, and a search reads the rarest
terms first, so that its cost does not grow with the number of ideas. Here is the part without a database:
which terms a text has, which words a mistyped one may have meant, and how near two texts are.

A term is a stem ("print") or a meaning in a language, written `=7en`: the same words in another language are
another idea's words, and reading them would cost as much again.
"""

import math
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from storage.rules.similar_words import MEANINGS, STOP_WORDS

LANGUAGES = ("en", "de", "es")
LONGEST_TERM = 16
MOST_TERMS = 80
"""Terms kept of one text: the first ones, since a text says what it is about at its beginning."""

SHOWN = 5
NEAR_ENOUGH = 0.2
"""Of a perfect likeness: what is less alike is not worth interrupting someone for."""

BUDGET = 5000
"""Rows that one search may read of the term table."""

CANDIDATES = 60
"""Ideas that are looked at closely."""

_WORD = re.compile(r"[^\W_]+")
_SHORTEST_STEM = 4
_SHORTEST_SLIP = 4
_SHORTEST_COMPOUND = 8
_SHORTEST_PART = 5
_MEANING_WEIGHT = 0.95
_BREADTH = 0.5
_LENGTH = 0.15
_SLIP_WEIGHT = 0.85
_ENDINGS = tuple(
    sorted(
        [
            "ungen",
            "ung",
            "heiten",
            "heit",
            "keiten",
            "keit",
            "lich",
            "isch",
            "schaften",
            "schaft",
            "aciones",
            "acion",
            "iones",
            "ion",
            "mente",
            "miento",
            "mientos",
            "idad",
            "idades",
            "ador",
            "adora",
            "adores",
            "ando",
            "iendo",
            "ado",
            "ada",
            "ados",
            "adas",
            "ido",
            "ida",
            "idos",
            "idas",
            "ables",
            "able",
            "ible",
            "amos",
            "emos",
            "ings",
            "ing",
            "ers",
            "er",
            "ed",
            "ly",
            "ness",
            "ment",
            "ments",
            "ation",
            "ations",
            "es",
            "en",
            "em",
            "e",
            "s",
            "n",
            "t",
            "te",
            "ten",
            "st",
            "ern",
            "eln",
            "el",
            "os",
            "as",
            "o",
            "a",
            "ar",
            "ir",
            "an",
            "ian",
            "aba",
            "aban",
        ],
        key=len,
        reverse=True,
    )
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One word that is looked for: the terms that stand for it, and how well each does (1 = as typed).

    An idea has the word as well as the best of the terms that it has.
    """

    terms: tuple[tuple[str, float], ...]


def terms_of(text: str) -> list[str]:
    """The terms of a text, in the order of the text, each once."""
    found: dict[str, None] = {}
    languages = _languages_of(text)
    for word in _words(text):
        stem = stem_of(word)
        found.setdefault(stem)
        for meaning in meanings_of(stem, languages):
            found.setdefault(meaning)
    return list(found)[:MOST_TERMS]


def language_of(text: str) -> str | None:
    """The language of a text by its little words ("en", "de", "es"); None where they do not tell."""
    words = _WORD.findall(plain(text))
    votes = sorted(
        ((sum(word in stops for word in words), code) for code, stops in _STOPS_OF.items()), reverse=True
    )
    return votes[0][1] if votes[0][0] > votes[1][0] else None


def is_meaning(term: str) -> bool:
    """Whether a term stands for a meaning and not for a word."""
    return term.startswith("=")


def spellings(stem: str) -> list[str]:
    """The keys by which a stem is found although one letter is wrong, missing, doubled or swapped: the stem
    itself and what is left of it without one letter. Empty for stems that are too short to tell."""
    if is_meaning(stem) or len(stem) < _SHORTEST_SLIP or any(character.isdigit() for character in stem):
        return []
    return list(dict.fromkeys([stem, *(stem[:at] + stem[at + 1 :] for at in range(len(stem)))]))


def is_slip(typed: str, meant: str) -> bool:
    """Whether two words differ by one letter: wrong, missing, too many, or two of them swapped."""
    if typed == meant:
        return False
    if len(typed) == len(meant):
        differing = [at for at in range(len(typed)) if typed[at] != meant[at]]
        if len(differing) == 1:
            return True
        swapped = len(differing) == 2 and differing[1] == differing[0] + 1  # noqa: PLR2004 - two letters changed places
        return (
            swapped
            and typed[differing[0]] == meant[differing[1]]
            and typed[differing[1]] == meant[differing[0]]
        )
    longer, shorter = sorted((typed, meant), key=len, reverse=True)
    return len(longer) == len(shorter) + 1 and any(
        longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer))
    )


def words_wanted(text: str, meant: Mapping[str, Iterable[str]]) -> list[Wanted]:
    """What to look for, word by word.

    Args:
        meant: for words that are not in the record, by their stem, the stems that may have been meant.
    """
    wanted: dict[str, Wanted] = {}
    languages = _languages_of(text)
    for word in _words(text):
        stem = stem_of(word)
        if stem in wanted:
            continue
        terms: dict[str, float] = {stem: 1.0}
        for other in meant.get(stem, ()):
            terms.setdefault(other, _SLIP_WEIGHT)
        for one in list(terms):
            for meaning in meanings_of(one, languages):
                terms.setdefault(meaning, _MEANING_WEIGHT * terms[one])
        wanted[stem] = Wanted(tuple(terms.items()))
    return list(wanted.values())[:MOST_TERMS]


def choose_terms(counts: Mapping[str, int], budget: int = BUDGET) -> list[str]:
    """The terms to read the ideas of: the rarest first, as many as the budget of rows allows, at least one.

    Args:
        counts: in how many ideas each term stands; only those that stand in any.
    """
    chosen: list[str] = []
    left = budget
    for term, count in sorted(counts.items(), key=lambda pair: (pair[1], pair[0])):
        if chosen and count > left:
            break
        chosen.append(term)
        left -= count
    return chosen


def rarity(count: int, ideas: int) -> float:
    """How much a match of a term says that stands in so many of the ideas: rare terms say more."""
    return math.log(1 + ideas / max(count, 1))


def candidate_weights(
    wanted: Sequence[Wanted], rarities: Mapping[str, float], chosen: Collection[str]
) -> dict[str, float]:
    """How much each of the chosen terms counts where ideas are picked by the sum over their terms.

    An idea that has a word has its meanings too, so that the word only adds by how much rarer it is.
    """
    weights: dict[str, float] = dict.fromkeys(chosen, 0.0)
    for word in wanted:
        own = [(term, weight * rarities[term]) for term, weight in word.terms if term in weights]
        meant = max((weight for term, weight in own if is_meaning(term)), default=0.0)
        for term, weight in own:
            weights[term] += weight if is_meaning(term) else max(weight - meant, 0.0)
    return weights


def likeness(wanted: Sequence[Wanted], rarities: Mapping[str, float], terms: Collection[str]) -> float:
    """How near an idea is to what was typed, 0 to 1.

    Args:
        rarities: of the terms that are looked for; those that no idea has are missing.
        terms: those of the idea.
    """
    whole = shared = 0.0
    matched = 0
    for word in wanted:
        best = max((weight * rarities[term] for term, weight in word.terms if term in rarities), default=0.0)
        own = max(
            (weight * rarities[term] for term, weight in word.terms if term in terms and term in rarities),
            default=0.0,
        )
        whole += best
        shared += own
        matched += own > 0
    if not whole:
        return 0.0
    # A long text has something in common with everything; one that shares many words means the same.
    evenly = (1 + _LENGTH * 2 * len(wanted)) / (1 + _LENGTH * max(len(terms), 2 * len(wanted)))
    return shared / whole * math.pow(matched / len(wanted), _BREADTH) * evenly


@lru_cache(maxsize=20_000)
def stem_of(word: str) -> str:
    """A plain word without its ending, in whatever language of the three: two endings at most."""
    stem = word
    for _ in range(2):
        for ending in _ENDINGS:
            if stem.endswith(ending) and len(stem) - len(ending) >= _SHORTEST_STEM:
                stem = stem[: -len(ending)]
                break
    return stem[:LONGEST_TERM]


@lru_cache(maxsize=50_000)
def meanings_of(stem: str, languages: tuple[str, ...] = LANGUAGES) -> tuple[str, ...]:
    """The meanings of a stem in these languages; those of its parts where it is a compound."""
    known = _meanings_by_stem().get(stem)
    if known is None and len(stem) >= _SHORTEST_COMPOUND:
        ends = [stem[:length] for length in range(_SHORTEST_PART, len(stem) - 2)]
        starts = [stem[-length:] for length in range(_SHORTEST_PART, len(stem) - 2)]
        known = tuple(
            dict.fromkeys(meaning for part in ends + starts for meaning in _meanings_by_stem().get(part, ()))
        )
    return tuple(f"={meaning}{language}" for meaning in known or () for language in languages)


def _languages_of(text: str) -> tuple[str, ...]:
    """The text's language, or all where its little words do not tell."""
    language = language_of(text)
    return LANGUAGES if language is None else (language,)


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(plain(text)) if len(word) > 1 and word not in _STOPS]


def plain(text: str) -> str:
    """Lower case, without accents: `Öffnungszeit` → `offnungszeit`, `Straße` → `strasse`."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


@cache
def _meanings_by_stem() -> dict[str, tuple[int, ...]]:
    found: dict[str, dict[int, None]] = {}
    for number, line in enumerate(MEANINGS.strip().split("\n"), 1):
        for word in _WORD.findall(plain(line)):
            found.setdefault(stem_of(word), {}).setdefault(number)
    return {stem: tuple(meanings) for stem, meanings in found.items()}


_STOPS_OF = {language: frozenset(_WORD.findall(plain(words))) for language, words in STOP_WORDS.items()}
_STOPS = frozenset().union(*_STOPS_OF.values())
