import hashlib
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.rules.similar import (
    Wanted,
    candidate_weights,
    choose_terms,
    is_meaning,
    is_slip,
    language_of,
    likeness,
    rarity,
    spellings,
    stem_of,
    terms_of,
    words_wanted,
)
from tests.storage.similar.pairs import KINDS, PATH, read_pairs

FROZEN = "24656594834e1c8e2aab158b4559e8fb8befadb0b8eaeb5f9b1326a0877eaaac"
WORDS = st.text(string.ascii_lowercase, min_size=5, max_size=12)
TEXTS = st.text(max_size=200)


def test_the_labelled_set_is_as_it_was_frozen() -> None:
    assert hashlib.sha256(PATH.read_bytes()).hexdigest() == FROZEN
    pairs = read_pairs()
    assert len(pairs) == 200
    assert {pair.kind for pair in pairs} == set(KINDS)
    assert {pair.language for pair in pairs} == {"en", "de", "es"}


@given(TEXTS)
def test_any_text_has_terms_that_fit_the_table(text: str) -> None:
    terms = terms_of(text)
    assert len(terms) == len(set(terms)) <= 80
    assert all(0 < len(term) <= 16 for term in terms)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Printers", "printer"), ("wickeln", "wickelt"), ("etiquetas", "etiqueta"), ("Öffnungen", "öffnung")],
)
def test_endings_and_accents_do_not_part_words(one: str, other: str) -> None:
    assert terms_of(one)[0] == terms_of(other)[0]


def test_words_that_mean_the_same_share_a_meaning_in_their_language() -> None:
    one, other = terms_of("the lorry waits"), terms_of("a truck in the queue")
    assert len({term for term in one if is_meaning(term)} & set(other)) == 2
    assert not {term for term in terms_of("der Laster wartet") if is_meaning(term)} & set(other)


def test_a_compound_has_the_meanings_of_its_parts() -> None:
    parts = set(terms_of("das Etikett")) | set(terms_of("das drucken"))
    meanings = {term for term in parts if is_meaning(term)}
    assert meanings <= set(terms_of("der Etikettendrucker"))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The printer is down", "en"),
        ("Der Drucker geht nicht", "de"),
        ("La impresora no va", "es"),
        ("Etikettendrucker", None),
        ("", None),
    ],
)
def test_little_words_tell_the_language(text: str, language: str | None) -> None:
    assert language == language_of(text)


@given(WORDS, st.integers(0, 11), st.sampled_from("abcxyz"))
def test_one_wrong_letter_is_a_slip_that_a_common_key_finds(word: str, at: int, letter: str) -> None:
    at %= len(word)
    swapped = word[:at] + word[at : at + 2][::-1] + word[at + 2 :]
    slips = {
        word[:at] + letter + word[at + 1 :],
        word[:at] + word[at + 1 :],
        word[:at] + letter + word[at:],
        swapped,
    }
    for slip in slips - {word}:
        assert is_slip(slip, word)
        assert is_slip(word, slip)
        assert set(spellings(slip)) & set(spellings(word))


@given(WORDS, WORDS)
def test_words_that_share_no_key_are_no_slip(one: str, other: str) -> None:
    if is_slip(one, other):
        assert set(spellings(one)) & set(spellings(other))
    assert not is_slip(one, one)


@given(st.dictionaries(WORDS, st.integers(1, 50_000), min_size=1), st.integers(1, 5_000))
def test_the_rarest_terms_are_read_and_no_more_than_the_budget(counts: dict[str, int], budget: int) -> None:
    chosen = choose_terms(counts, budget)
    assert chosen
    assert sum(counts[term] for term in chosen) <= max(budget, min(counts.values()))
    assert max(counts[term] for term in chosen) <= min(
        (counts[term] for term in counts if term not in chosen), default=50_000
    )


@given(st.lists(WORDS, min_size=1, max_size=12, unique=True), st.data())
def test_likeness_lies_between_nothing_and_everything(words: list[str], data: st.DataObject) -> None:
    wanted = [Wanted(((word, 1.0),)) for word in words]
    rarities = {word: rarity(data.draw(st.integers(1, 100)), 100) for word in words}
    own = data.draw(st.sets(st.sampled_from(words)))
    found = likeness(wanted, rarities, own)
    assert 0 <= found <= 1.000001
    assert likeness(wanted, rarities, set(words)) == pytest.approx(1)
    assert found <= likeness(wanted, rarities, set(words)) + 1e-9
    assert likeness(wanted, rarities, ()) == 0


def test_a_mistyped_word_counts_as_what_may_have_been_meant() -> None:
    wanted = words_wanted("the lable", {stem_of("lable"): [stem_of("label")]})
    rarities = {term: 1.0 for word in wanted for term, _ in word.terms}
    assert likeness(wanted, rarities, terms_of("the label")) > 0.8


def test_a_word_and_its_own_meaning_count_once_where_ideas_are_picked() -> None:
    wanted = [Wanted((("print", 1.0), ("=1en", 0.95)))]
    weights = candidate_weights(wanted, {"print": 3.0, "=1en": 2.0}, ["print", "=1en"])
    assert weights["=1en"] == pytest.approx(1.9)
    assert weights["print"] + weights["=1en"] == pytest.approx(3.0)
