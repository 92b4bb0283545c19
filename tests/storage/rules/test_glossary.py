import re

import pytest

from storage.rules import glossary
from storage.rules.glossary import TERMS, Term, explain, nearest


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.name)
def test_every_term_is_explained_in_two_sentences(term: Term) -> None:
    assert len(re.findall(r"[.?](?: |$)", term.meaning)) == 2
    assert not re.search(r"[!<>&*_`]", term.meaning)


def test_no_name_means_two_things() -> None:
    names = [glossary._key(name) for term in TERMS for name in (term.name, *term.also)]  # noqa: SLF001 - its rule
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("key result", "key result"),
        ("Key Results", "key result"),
        ("KRs", "key result"),
        ("okrs", "OKR"),
        ("KPI", "KPI"),
        ("x matrix", "X-matrix"),
        ("XMATRIX", "X-matrix"),
        ("5 Whys", "5 whys"),
        ("Checkin", "check-in"),
        ("check-ins", "check-in"),
        ("“stale”", "stale"),
        ("leading / lagging", "leading measure"),
        ("business drivers", "business driver"),
        ("", None),
    ],
)
def test_a_term_is_found_in_any_case_and_number(typed: str, name: str | None) -> None:
    term = explain(typed)
    assert (term.name if term else None) == name


@pytest.mark.parametrize(
    ("typed", "name"),
    [("chekin", "check-in"), ("catchbal", "catchball"), ("confidance", "confidence"), ("zebra", None)],
)
def test_a_misspelled_term_finds_the_nearest(typed: str, name: str | None) -> None:
    assert nearest(typed) == name
