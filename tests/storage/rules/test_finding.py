"""What a person means by a reference or by words."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.rules.errors import Invalid, NotFound
from storage.rules.finding import Several, find, search
from storage.rules.graph import Graph, Node, PlanLine
from storage.rules.terms import ItemState, Kind, PlanState

PLAN = PlanLine(1, "Plan", "", "", date(2026, 1, 1), date(2026, 12, 31), "UTC", PlanState.ACTIVE)


def node(kind: Kind, number: int, title: str, state: ItemState = ItemState.ACTIVE) -> Node:
    return Node(kind, number, number, title, state)


NODES = (
    node(Kind.KEY_RESULT, 1, "First-contact resolution"),
    node(Kind.KEY_RESULT, 10, "Contacts resolved"),
    node(Kind.OBJECTIVE, 1, "First contact"),
    node(Kind.KPI, 3, "Net promoter score"),
    node(Kind.INITIATIVE, 2, "Überstunden abbauen"),
    node(Kind.INITIATIVE, 3, "First try", ItemState.ARCHIVED),
    node(Kind.DRIVER, 1, "🚀"),
)
GRAPH = Graph(
    plan=PLAN,
    nodes={one.ref: one for one in NODES},
    aliases={(Kind.KPI, 3): ("NPS", "Kundenzufriedenheit")},
)


def references(found: Node | Several) -> list[str]:
    return [one.reference for one in ([found] if isinstance(found, Node) else found.nodes)]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("kr-1", ["KR-1"]),
        (" KR–10 ", ["KR-10"]),
        ("i-3", ["I-3"]),
        ("nps", ["KPI-3"]),
        ("kundenz", ["KPI-3"]),
        ("promoter net", ["KPI-3"]),
        ("uberstunden", ["I-2"]),
        ("first contact", ["O-1"]),
        ("FIRST-CONTACT res", ["KR-1"]),
        ("contact", ["KR-10", "O-1", "KR-1"]),
        ("kr", ["KR-1", "KR-10"]),
        ("🚀", ["D-1"]),
    ],
)
def test_references_and_words_find_what_they_mean(typed: str, expected: list[str]) -> None:
    assert references(find(GRAPH, typed)) == expected


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("KR-2", "There is no KR-2 here"),
        ("C-1", "There is no C-1 here"),
        ("first try", "Nothing here is called “first try”"),
        ("x" * 100, "xxx…”"),
        ("%", "Nothing here is called “%”"),
    ],
)
def test_what_is_not_there_is_said_so(typed: str, sentence: str) -> None:
    with pytest.raises(NotFound, match=sentence):
        find(GRAPH, typed)


def test_nothing_typed_asks_which() -> None:
    with pytest.raises(Invalid, match="Which item"):
        find(GRAPH, "  ")


def test_only_the_kinds_that_are_wanted_are_found() -> None:
    assert references(find(GRAPH, "contact", kinds={Kind.OBJECTIVE})) == ["O-1"]
    with pytest.raises(Invalid, match=r"KR-1 is a key result\. Name an objective"):
        find(GRAPH, "KR-1", kinds={Kind.OBJECTIVE})
    with pytest.raises(NotFound):
        find(GRAPH, "O-99", kinds={Kind.OBJECTIVE})


def test_without_words_all_are_listed_by_level_and_number() -> None:
    assert [one.reference for one in search(GRAPH, "")] == ["D-1", "O-1", "KR-1", "KR-10", "I-2", "KPI-3"]


@given(st.text(max_size=30))
def test_any_text_is_understood_or_refused_in_a_sentence(typed: str) -> None:
    with suppress(NotFound, Invalid):
        assert references(find(GRAPH, typed))


@given(st.text(min_size=1, max_size=30).filter(str.strip))
def test_a_title_finds_its_own_item(title: str) -> None:
    graph = Graph(plan=PLAN, nodes={(Kind.KPI, 7): node(Kind.KPI, 7, title)})
    try:
        assert references(find(graph, title)) == ["KPI-7"]
    except NotFound:
        # It reads as another reference.
        assert "-" in title or not title.isascii()
