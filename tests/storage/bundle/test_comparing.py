"""Two plan files side by side: what they say, not how they say it."""

from storage.bundle import compare, example, read_plan_file
from storage.bundle.document import Document
from tests.storage.bundle.files import HEAD, SERVICE, plan_file


def document(text: str) -> Document:
    return read_plan_file(text, "plan.yaml").document


def difference(first: str, second: str) -> list[str]:
    found = compare(document(first), document(second))
    return [
        *(f"- {name}" for name in found.only_first),
        *(f"+ {name}" for name in found.only_second),
        *map(str, found.differing),
    ]


def test_a_plan_says_the_same_as_itself() -> None:
    assert compare(document(example()), document(example())).is_same


def test_order_nesting_and_what_the_rules_fill_in_make_no_difference() -> None:
    nested = plan_file("""\
        objectives:
          - ref: O-1
            title: x
            quarter: Q1
            key_results: [{ref: KR-1, title: y, kpi: KPI-1, baseline: 5, target: 3, readings: {}}]
        kpis: [{ref: KPI-1, title: z, unit: days, frequency: monthly, readings: {2026-01: 5}}]
    """)
    flat = """\
hoshin: 1
kpis:
  - {ref: KPI-1, title: z, unit: days, frequency: monthly, direction: increase, state: active, roll_up: last}
key_results:
  - {ref: KR-1, title: y, parent: O-1, unit: days, baseline: 5.0, target: 3, weight: 1, due: 2026-03-31,
     direction: decrease, kpi: kpi-1}
objectives: [{ref: O-1, title: x, starts: 2026-01-01, due: 2026-03-31, commitment: aspirational}]
people:
  - {email: ben@example.com, name: Ben Carter, zone: UTC}
  - {email: ANA@example.com, name: Ana Ruiz, zone: America/Chicago, start_hour: 9}
plan: {starts: 2026-01-01, ends: 2026-12-31, title: Plan}
checkin: {opens: Mon, closes: Wed, closes_hour: 17}
readings:
  - {of: KPI-1, period: 2026-01-01, value: 4, recorded: 2026-02-01, no: 1, replaced_by: 2}
  - {of: KPI-1, period: 2026-01, value: 5, recorded: 2026-02-02, no: 2}
"""

    assert difference(nested, flat) == []


def test_what_differs_is_told_row_by_row() -> None:
    other = (
        SERVICE.replace("target: 80", "target: 85")
        .replace("2026-W03: 72", "2026-W03: 73, 2026-W04: 74")
        .replace("owner: ben@example.com, progress: 40", "progress: 55")
        .replace("  - {ref: D-1, title: Loyal customers}", "  - {ref: D-2, title: Loyal customers}")
        .replace("parent: D-1", "parent: D-2")
        .replace("name: Ben Carter", "name: Ben Carver")
    )

    assert difference(SERVICE, other) == [
        "- driver D-1",
        "+ driver D-2",
        "+ reading KR-1 2026-01-19",
        "person ben@example.com: name Ben Carter → Ben Carver",
        "breakthrough B-1: parent D-1 → D-2",
        "initiative I-1: owner ben@example.com → —, progress 40 → 55",
        "key result KR-1: target 80 → 85",
        "reading KR-1 2026-01-12: value 72 → 73",
    ]


def test_a_home_team_may_be_said_at_either_end() -> None:
    by_team = HEAD + "teams: [{name: All, members: [ana@example.com]}]\n"
    by_person = HEAD.replace("America/Chicago", "America/Chicago, team: All") + "teams: [{name: All}]\n"

    assert difference(by_team, by_person) == []
