from datetime import date

import pytest

from storage.rules.graph import Graph, Node, PlanLine
from storage.rules.naming import find_named
from storage.rules.terms import ItemState, Kind, PlanState

KINDS = (Kind.KEY_RESULT, Kind.KPI)
PLAN = PlanLine(1, "2026", "", "", date(2026, 1, 1), date(2026, 12, 31), "UTC", PlanState.ACTIVE)


def node(kind: Kind, number: int, title: str, state: ItemState = ItemState.ACTIVE) -> Node:
    return Node(kind=kind, number=number, id=number, title=title, state=state)


NODES = (
    node(Kind.KEY_RESULT, 1, "First-contact resolution"),
    node(Kind.KEY_RESULT, 2, "First-contact time"),
    node(Kind.KEY_RESULT, 3, "Top 10 accounts won"),
    node(Kind.KEY_RESULT, 4, "Resolution"),
    node(Kind.KEY_RESULT, 5, "Gone", ItemState.ARCHIVED),
    node(Kind.KPI, 1, "Net promoter score"),
    node(Kind.OBJECTIVE, 1, "Answer right the first time"),
)
GRAPH = Graph(plan=PLAN, nodes={one.ref: one for one in NODES}, aliases={(Kind.KPI, 1): ("NPS",)})


@pytest.mark.parametrize(
    ("text", "found", "rest"),
    [
        ("KR-1 78 8 done", ["KR-1"], "78 8 done"),
        ("kr‑1, 78", ["KR-1"], "78"),
        ("KR-9 78", [], "78"),
        ("KR-5 78", [], "78"),
        ("O-1 78", [], "78"),
        ("first-contact reso 78 c8", ["KR-1"], "78 c8"),
        ("first-contact 78", ["KR-1", "KR-2"], "78"),
        ("time first 9", ["KR-2"], "9"),
        ("resolution 78", ["KR-4"], "78"),
        ("top 10 accounts 5", ["KR-3"], "5"),
        ("nps 61", ["KPI-1"], "61"),
        ("Promoter 61 up", ["KPI-1"], "61 up"),
        ("“first-contact time” 5 time is up", ["KR-2"], "5 time is up"),
        ('"first" 5', ["KR-1", "KR-2"], "5"),
        ("answer 5", [], "answer 5"),
        ("gone 5", [], "gone 5"),
        ("78 8 done", [], "78 8 done"),
        ("", [], ""),
    ],
)
def test_the_first_words_name_an_item_and_the_rest_is_left(text: str, found: list[str], rest: str) -> None:
    named = find_named(GRAPH, text, KINDS)
    assert ([one.reference for one in named.nodes], named.rest) == (found, rest)
