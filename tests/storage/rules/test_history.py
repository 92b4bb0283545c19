"""The plan as it was: every change taken back, whatever it was of."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from storage.rules.graph import Graph, MarkLine, StepLine, TeamLine
from storage.rules.history import Entry, as_of
from storage.rules.terms import ItemState, Kind, Strength
from tests.plans import graph_of, node

A1 = node(Kind.ANNUAL_OBJECTIVE, 1)
B1 = node(Kind.BREAKTHROUGH, 1)
I1 = node(Kind.INITIATIVE, 1, parent=A1.ref)
KR1 = node(Kind.KEY_RESULT, 1, target=Decimal(85), due_on=date(2026, 3, 31))
STEP = StepLine(4, 1, "Ask the night shift", 7, date(2026, 2, 1), date(2026, 3, 1), None)
MARK = MarkLine(A1.ref, B1.ref, Strength.STRONG, True)
TEAM = TeamLine(2, "Service", 1, 7, "C1", frozenset({7, 8}))


def entry(
    kind: str, item_id: int, before: dict[str, Any] | None, after: dict[str, Any], action: str = "changed"
) -> Entry:
    return Entry(datetime(2026, 2, 9, tzinfo=UTC), 7, action, kind, item_id, "", before, after)


NOW = graph_of(
    A1,
    B1,
    I1,
    KR1,
    steps={I1.ref: (STEP,)},
    marks=(MARK,),
    supporters={I1.ref: (7, 8)},
    aliases={},
    teams={2: TEAM},
)


def before(*entries: Entry, **more: Any) -> Graph:
    return as_of(NOW, entries, **more)


def test_fields_of_an_item_are_as_they_were() -> None:
    was = before(entry("key result", 1, {"target": "80", "due_on": "2026-04-30", "parent": "O-3"}, {}))
    found = was.nodes[KR1.ref]
    assert (found.target, found.due_on, found.parent) == (Decimal(80), date(2026, 4, 30), (Kind.OBJECTIVE, 3))
    assert before(entry("key result", 1, {"state": "draft"}, {})).nodes[KR1.ref].state is ItemState.DRAFT


@pytest.mark.parametrize(
    ("then", "now", "active_on"),
    [
        ("draft", "active", None),
        ("active", "archived", date(2026, 2, 5)),
        ("draft", "in catchball", date(2026, 2, 5)),
    ],
)
def test_the_day_on_which_something_became_active_is_that_of_the_last_time(
    then: str, now: str, active_on: date | None
) -> None:
    today = graph_of(KR1._replace(active_on=date(2026, 2, 5)))
    was = as_of(today, [entry("key result", 1, {"state": then}, {"state": now})])
    assert was.nodes[KR1.ref].active_on == active_on


def test_what_was_added_since_was_not_there_nor_what_hung_on_it() -> None:
    was = before(entry("initiative", 1, None, {"title": "x"}, "added"))
    assert set(was.nodes) == {A1.ref, B1.ref, KR1.ref}
    assert (was.steps, was.supporters) == ({}, {})


def test_people_are_as_they_were() -> None:
    was = before(entry("initiative", 1, {"supporters": [9]}, {"supporters": [7, 8]}))
    assert was.supporters == {I1.ref: (9,)}
    assert before(entry("initiative", 1, {"supporters": []}, {"supporters": [7, 8]})).supporters == {}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (entry("initiative", 1, None, {"step": {"id": 4, "title": "x"}}, "step added"), {}),
        (
            entry("initiative", 1, {"step": {"id": 4, "due_on": "2026-02-20"}}, {"step": {"id": 4}}),
            {I1.ref: (STEP._replace(due_on=date(2026, 2, 20)),)},
        ),
        (
            entry(
                "initiative", 1, {"step": {"is_archived": True}}, {"step": {"id": 4, "is_archived": False}}
            ),
            {},
        ),
    ],
)
def test_steps_are_as_they_were(change: Entry, expected: object) -> None:
    assert before(change).steps == expected


def test_a_step_that_was_taken_out_since_is_there_again() -> None:
    gone = StepLine(5, 2, "Train the agents", None, None, None, None)
    change = entry(
        "initiative", 1, {"step": {"is_archived": False}}, {"step": {"id": 5, "is_archived": True}}
    )
    assert before(change, removed={5: (I1.ref, gone)}).steps == {I1.ref: (STEP, gone)}


@pytest.mark.parametrize(
    ("was", "expected"),
    [
        (None, ()),
        (
            {"strength": "weak", "is_confirmed": False},
            (MARK._replace(strength=Strength.WEAK, is_confirmed=False),),
        ),
    ],
)
def test_marks_are_as_they_were(was: dict[str, Any] | None, expected: object) -> None:
    ends = {"left": "A-1", "right": "B-1", "strength": "strong", "is_confirmed": True}
    assert before(entry("mark", 1, was, ends)).marks == expected


def test_a_mark_that_was_taken_away_is_there_again() -> None:
    ends = {"left": "I-1", "right": "A-1", "strength": "medium", "is_confirmed": True}
    found = before(entry("mark", 2, ends, {**ends, "strength": None}, "removed")).marks
    assert MarkLine(I1.ref, A1.ref, Strength.MEDIUM, True) in found


def test_teams_and_the_plan_s_frame_are_as_they_were() -> None:
    assert before(entry("team", 2, {"name": "Care", "member_ids": [7]}, {})).teams == {
        2: TEAM._replace(name="Care", member_ids=frozenset({7}))
    }
    assert before(entry("plan", 1, {"vision": "Be there"}, {})).plan.vision == "Be there"


def test_what_an_entry_tells_of_something_else_is_passed_over() -> None:
    others = (
        entry("key result", 99, {"title": "x"}, {}),
        entry("settings", 1, {"x": 1}, {"x": 2}),
        entry("key result", 1, {"monthly_plan": {}, "of the future": 1}, {}),
        entry("mark", 1, None, {"left": 1}),
    )
    assert before(*others) == NOW
