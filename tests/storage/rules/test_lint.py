"""Every rule of the lint, by a plan that breaks it and by one that keeps it."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from storage.rules.graph import Graph, MarkLine, Node, PersonLine
from storage.rules.lint import Facts, lint
from storage.rules.lint_rules import RULES
from storage.rules.standing import Measured, assess
from storage.rules.terms import Direction, Kind, Perspective, Strength
from tests.plans import TODAY, company, graph_of, measured_graphs, node

GUIDE = Path(__file__).parents[3] / "docs" / "guide" / "lint.md"
D, B, A, OKR, KR, INITIATIVE, KPI = (
    Kind.DRIVER,
    Kind.BREAKTHROUGH,
    Kind.ANNUAL_OBJECTIVE,
    Kind.OBJECTIVE,
    Kind.KEY_RESULT,
    Kind.INITIATIVE,
    Kind.KPI,
)
ANA = PersonLine(1, "Ana Ruiz", "U1", False, False)
LEFT = PersonLine(2, "Oskar Brandt", "U2", False, True)


def own(kind: Kind, number: int = 1, **values: Any) -> Node:
    return node(kind, number, **{"owner_id": 1, **values})


def sound() -> list[Node]:
    """A plan without a finding."""
    perspectives = list(Perspective)
    return [
        own(B),
        own(A, parent=(B, 1)),
        own(OKR, parent=(A, 1)),
        own(KR, 1, parent=(OKR, 1), title="Calls solved at once"),
        own(KR, 2, parent=(OKR, 1), title="Days until a letter is answered"),
        own(INITIATIVE, parent=(A, 1)),
        *(
            own(KPI, number, title=title, perspective=perspectives[number - 1], unit=title)
            for number, title in enumerate(("Profit", "Loyalty", "Scrap", "Skills"), start=1)
        ),
    ]


def findings(*changed: Node, without: tuple[Any, ...] = (), **parts: Any) -> list[tuple[str, str]]:
    nodes = {one.ref: one for one in [*sound(), *changed] if one.ref not in without}
    graph = graph_of(*nodes.values(), people={1: ANA, 2: LEFT}, **parts)
    found = lint(Facts(graph, assess(graph, Measured({}, {}), date(2026, 1, 20))))
    return [(one.rule.code, one.sentence) for one in found]


def mark(left: Any, right: Any, *, is_confirmed: bool = True) -> MarkLine:
    return MarkLine(left, right, Strength.STRONG, is_confirmed)


def test_a_sound_plan_has_no_findings() -> None:
    assert findings() == []


@pytest.mark.parametrize(
    ("code", "sentence", "changed"),
    [
        ("L01", "A-2 annual objective 2 stands under no breakthrough.", [own(A, 2)]),
        ("L02", "B-2 breakthrough 2 has no annual objective.", [own(B, 2)]),
        ("L03", "I-2 initiative 2 serves no objective and moves no KPI.", [own(INITIATIVE, 2)]),
        ("L04", "O-2 objective 2 has no key result.", [own(OKR, 2, parent=(A, 1))]),
        (
            "L05",
            "KPI-5 Wait has no baseline and no target.",
            [own(KPI, 5, title="Wait", baseline=None, target=None)],
        ),
        (
            "L05",
            "KPI-5 Wait is to be maintained, and has neither band nor target.",
            [own(KPI, 5, title="Wait", direction=Direction.MAINTAIN, target=None)],
        ),
        (
            "L06",
            "KPI-5 Wait is where it is to be: its baseline is its target.",
            [own(KPI, 5, title="Wait", target=Decimal(70))],
        ),
        ("L07", "D-1 driver 1 has no owner.", [node(D, 1)]),
        (
            "L07",
            "D-1 driver 1 belongs to Oskar Brandt, who is deactivated in Slack.",
            [own(D, 1, owner_id=2)],
        ),
        (
            "L08",
            "Ana Ruiz owns 6 objectives; at most 5 get the attention they need.",
            [own(A, number, parent=(B, 1)) for number in range(2, 6)],
        ),
        (
            "L10",
            "KPI-5 Loyalties and KPI-2 Loyalty have near-equal names and one unit.",
            [
                own(KPI, 2, title="Loyalty of customers", unit="%"),
                own(KPI, 5, title="Loyalty of customer", unit="%"),
            ],
        ),
        ("L11", "No KPI measures the perspective “financial”.", [own(KPI, 1, unit="Profit", title="Profit")]),
        (
            "L12",
            "A-1 annual objective 1 is measured by lagging KPIs alone (KPI-1).",
            [
                own(A, parent=(B, 1), measure=(KPI, 1)),
                *(own(KR, n, parent=(OKR, 1), measure=(KPI, 1)) for n in (1, 2)),
            ],
        ),
        (
            "L15",
            "KR-1 Scrap counts what KPI-3 Scrap measures.",
            [own(KR, 1, parent=(OKR, 1), title="Scrap", unit="Scrap")],
        ),
        (
            "L17",
            "The plan has 4 breakthrough objectives; the vital few are at most 3.",
            [own(B, n) for n in (2, 3, 4)],
        ),
        (
            "L18",
            "The plan has 6 annual objectives; the vital few are at most 5.",
            [own(A, n, parent=(B, 1), owner_id=None) for n in range(2, 7)],
        ),
        (
            "L19",
            "A-1 annual objective 1 has 8 initiatives; the vital few are at most 7.",
            [own(INITIATIVE, n, parent=(A, 1)) for n in range(2, 9)],
        ),
        (
            "L20",
            "O-1 objective 1 has 6 key results; at most 5 stay in view.",
            [own(KR, n, parent=(OKR, 1), title=f"Number {'abcdefgh'[n]}") for n in range(3, 7)],
        ),
    ],
)
def test_each_rule_finds_what_breaks_it(code: str, sentence: str, changed: list[Node]) -> None:
    found = findings(*changed)
    assert code in [one for one, _ in found]
    if code != "L10":
        assert (code, sentence) in found


def test_one_key_result_is_too_few() -> None:
    found = findings(without=((KR, 2),))
    assert found == [("L20", "O-1 objective 1 has 1 key result; 2 to 5 show whether it is reached.")]


def test_a_mark_that_people_agreed_to_stands_for_a_place() -> None:
    marks = (mark((A, 2), (B, 2)), mark((INITIATIVE, 2), (KPI, 1)))
    lone = [own(A, 2), own(B, 2), own(INITIATIVE, 2)]
    assert findings(*lone, marks=marks) == []
    unsure = tuple(one._replace(is_confirmed=False) for one in marks)
    assert [code for code, _ in findings(*lone, marks=unsure)] == ["L01", "L02", "L03"]


def test_a_corner_that_is_marked_all_over_says_nothing() -> None:
    lower = [own(A, n, parent=(B, 1)) for n in (2, 3)]
    upper = [own(B, 2), own(B, 3)]
    marks = tuple(mark((A, one), (B, other)) for one in (1, 2, 3) for other in (1, 2, 3))
    found = findings(*lower, *upper, marks=marks)
    [said] = [sentence for code, sentence in found if code == "L09"]
    assert said.startswith("100 % of annual objectives × breakthroughs is marked; beyond 60 % the marks")


def test_a_silent_kpi_is_stale_and_one_behind_wants_work() -> None:
    nodes = sound()
    graph = graph_of(*nodes, people={1: ANA})
    late = assess(graph, Measured({}, {}), date(2026, 6, 1))
    codes = {one.rule.code for one in lint(Facts(graph, late))}
    assert "L14" in codes
    behind = {ref: one._replace(status=next(iter([type(one.status).OFF_TRACK]))) for ref, one in late.items()}
    worked_on = graph_of(*nodes, people={1: ANA}, marks=(mark((INITIATIVE, 1), (KPI, 1)),))
    unworked = [one.ref for one in lint(Facts(worked_on, behind)) if one.rule.number == 13]
    assert unworked == [(KPI, 2), (KPI, 3), (KPI, 4)]
    countered = Facts(worked_on, behind, countered={(KPI, 2), (KPI, 3), (KPI, 4)})
    assert [one.ref for one in lint(countered) if one.rule.number == 13] == []


@given(measured_graphs())
def test_any_plan_is_gone_through_in_the_same_way_twice(plan: tuple[Graph, Measured]) -> None:
    graph, measured = plan
    facts = Facts(graph, assess(graph, measured, TODAY))
    found = lint(facts)
    assert found == lint(facts)
    assert [one.rule.number for one in found] == sorted(one.rule.number for one in found)
    assert all(one.ref is None or one.ref in graph.nodes for one in found)
    assert all(one.sentence.endswith(".") for one in found)


def test_a_large_plan_is_gone_through_without_comparing_all_with_all() -> None:
    graph = company(3_000)
    assert lint(Facts(graph, assess(graph, Measured({}, {}), TODAY)))


def test_numbers_stay_and_the_guide_lists_every_rule() -> None:
    assert [rule.number for rule in RULES] == list(range(1, len(RULES) + 1))
    table = "\n".join(f"| {rule.code} | {rule.severity} | {rule.title} | {rule.remedy} |" for rule in RULES)
    assert table in GUIDE.read_text()
