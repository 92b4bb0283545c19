import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.rules.errors import Invalid
from storage.rules.hierarchy import (
    LEGAL_PARENTS,
    PREFIXES,
    check_parent,
    format_reference,
    parse_reference,
)
from storage.rules.terms import Kind


@given(st.sampled_from(list(Kind)), st.integers(1, 999_999_999), st.booleans())
def test_a_reference_is_read_back_in_any_case(kind: Kind, number: int, lower: bool) -> None:
    reference = format_reference(kind, number)
    assert (kind, number) == parse_reference(reference.lower() if lower else reference)


def test_every_kind_has_a_prefix_of_its_own() -> None:
    assert set(Kind) == set(PREFIXES)
    assert len(PREFIXES) == len(set(PREFIXES.values()))


@pytest.mark.parametrize("text", [" kr-3 ", "Kr-3", "KR-03", "KR‑3", "KR–3"])
def test_a_reference_is_read_as_people_type_it(text: str) -> None:
    assert parse_reference(text) == (Kind.KEY_RESULT, 3)


@pytest.mark.parametrize(
    "text", ["", "kr3", "KR", "KR-", "-3", "KR-0", "KR-1-2", "KR-٣", "3", "KR-3 now", "KR-" + "1" * 10]
)
def test_what_is_no_reference_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(Invalid, match=r"is not a reference\. .* such as KR-3\."):
        parse_reference(text)


def test_unknown_letters_are_refused_with_the_known_ones() -> None:
    with pytest.raises(Invalid, match=r"X names no kind of item.*KR \(key result\)"):
        parse_reference("x-3")


def test_a_long_text_is_quoted_in_short() -> None:
    with pytest.raises(Invalid) as caught:
        parse_reference("why " * 1_000)
    assert len(caught.value.sentence) < 150


@pytest.mark.parametrize(
    ("child", "parent"),
    [
        (Kind.BREAKTHROUGH, Kind.DRIVER),
        (Kind.ANNUAL_OBJECTIVE, Kind.BREAKTHROUGH),
        (Kind.ANNUAL_OBJECTIVE, Kind.ANNUAL_OBJECTIVE),
        (Kind.ANNUAL_OBJECTIVE, Kind.INITIATIVE),
        (Kind.OBJECTIVE, Kind.ANNUAL_OBJECTIVE),
        (Kind.KEY_RESULT, Kind.OBJECTIVE),
        (Kind.INITIATIVE, Kind.ANNUAL_OBJECTIVE),
        (Kind.INITIATIVE, Kind.OBJECTIVE),
    ],
)
def test_a_legal_parent_is_accepted(child: Kind, parent: Kind) -> None:
    check_parent(child, parent)


@given(st.sampled_from(list(Kind)), st.sampled_from(list(Kind)))
def test_any_other_parent_is_refused_with_the_legal_ones_named(child: Kind, parent: Kind) -> None:
    legal = LEGAL_PARENTS.get(child, ())
    if parent in legal:
        return
    with pytest.raises(Invalid) as caught:
        check_parent(child, parent)
    assert caught.value.field == "parent"
    assert all(kind in caught.value.sentence for kind in legal)


def test_an_illegal_parent_is_refused_in_plain_words() -> None:
    with pytest.raises(Invalid) as caught:
        check_parent(Kind.INITIATIVE, Kind.KPI)
    expected = "An initiative cannot stand under a KPI. Choose an annual objective or an objective instead."
    assert expected == caught.value.sentence


def test_what_stands_beside_the_hierarchy_has_no_parent() -> None:
    with pytest.raises(Invalid, match=r"A KPI cannot stand under a driver\. It has no parent"):
        check_parent(Kind.KPI, Kind.DRIVER)
