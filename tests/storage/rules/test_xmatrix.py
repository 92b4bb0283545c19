"""The X-matrix as one structure: arms, corners, people, and what is framed by what."""

from typing import Any

from hypothesis import given

from storage.rules.graph import Graph, MarkLine, Node, PersonLine, TeamLine
from storage.rules.hierarchy import Ref
from storage.rules.marks import CORNERS
from storage.rules.terms import Kind, Strength
from storage.rules.xmatrix import Corner, Part, Tie, XMatrix, company_matrix, matrix_under, team_matrix
from tests.plans import graph_of, graphs, node

SERVICE = TeamLine(2, "Service", 1, None, None, frozenset())
CARE = TeamLine(3, "Care", 2, None, None, frozenset())
TEAMS = {1: TeamLine(1, "Company", None, None, None, frozenset()), 2: SERVICE, 3: CARE}
PEOPLE = {number: PersonLine(number, f"Person {number}", None, False, False) for number in (1, 2)}
B1, A1, A2, A3, I1, I2, KPI1, KPI2 = (
    (Kind.BREAKTHROUGH, 1),
    (Kind.ANNUAL_OBJECTIVE, 1),
    (Kind.ANNUAL_OBJECTIVE, 2),
    (Kind.ANNUAL_OBJECTIVE, 3),
    (Kind.INITIATIVE, 1),
    (Kind.INITIATIVE, 2),
    (Kind.KPI, 1),
    (Kind.KPI, 2),
)


def item(ref: Ref, **values: Any) -> Node:
    return node(ref[0], ref[1], **values)


GRAPH = graph_of(
    item(B1),
    item(A1, parent=B1, measure=KPI1),
    item(A2, parent=I1, team_id=2),
    item(A3, parent=A2, team_id=3),
    item(I1, parent=A1, owner_id=1),
    item(I2, parent=A2, owner_id=2),
    item(KPI1, owner_id=2),
    item(KPI2, team_id=2, owner_id=2),
    supporters={I1: (2,)},
    marks=(
        MarkLine(I1, KPI1, Strength.MEDIUM, False),
        MarkLine(A1, B1, Strength.WEAK, True),
        MarkLine(KPI1, B1, Strength.STRONG, True),
    ),
    teams=TEAMS,
    people=PEOPLE,
)


def refs(nodes: tuple[Node, ...]) -> list[Ref]:
    return [one.ref for one in nodes]


def ties(found: XMatrix, corner: Corner) -> dict[tuple[Ref, Ref], Tie]:
    return dict(next(grid for grid in found.grids if grid.corner is corner).ties)


def test_the_company_s_matrix_leaves_the_departments_out() -> None:
    found = company_matrix(GRAPH)
    assert (refs(found.south), refs(found.west), refs(found.north), refs(found.east)) == (
        [B1],
        [A1],
        [I1],
        [KPI1],
    )


def test_a_mark_counts_before_the_place_and_a_suggestion_is_told_from_it() -> None:
    found = company_matrix(GRAPH)
    assert ties(found, Corner.WEST_SOUTH) == {(A1, B1): Tie(Strength.WEAK)}
    assert ties(found, Corner.NORTH_WEST) == {(I1, A1): Tie(Strength.STRONG, by_place=True)}
    assert ties(found, Corner.NORTH_EAST) == {(I1, KPI1): Tie(Strength.MEDIUM, is_confirmed=False)}
    assert found.suggestions == ((I1, KPI1, Strength.MEDIUM),)
    assert [grid.coverage for grid in found.grids] == [1.0, 1.0, 0.0, 1.0]


def test_people_are_accountable_or_supporting() -> None:
    found = company_matrix(GRAPH)
    assert [(row.person.id, dict(row.parts)) for row in found.people] == [
        (2, {I1: Part.SUPPORTING, KPI1: Part.ACCOUNTABLE}),
        (1, {I1: Part.ACCOUNTABLE}),
    ]


def test_a_department_s_matrix_is_framed_by_what_it_stands_under() -> None:
    by_item = matrix_under(GRAPH, GRAPH.nodes[A1])
    assert (refs(by_item.south), refs(by_item.west), refs(by_item.north)) == ([A1], [A2], [I2])
    by_team = team_matrix(GRAPH, SERVICE)
    assert (refs(by_team.south), refs(by_team.west), refs(by_team.north)) == ([I1], [A2], [I2])
    assert refs(by_team.east) == [KPI1, KPI2]
    by_lower_team = team_matrix(GRAPH, CARE)
    assert (refs(by_lower_team.south), refs(by_lower_team.west)) == ([A2], [A3])


def test_in_a_department_s_matrix_a_kpi_hangs_together_with_the_upper_objective_that_it_measures() -> None:
    found = matrix_under(GRAPH, GRAPH.nodes[A1])
    assert ties(found, Corner.EAST_SOUTH) == {(KPI1, A1): Tie(Strength.STRONG, by_place=True)}


def test_what_has_no_matrix_of_its_own_is_shown_in_the_nearest() -> None:
    assert matrix_under(GRAPH, GRAPH.nodes[I2]).frame == GRAPH.nodes[A2]
    assert matrix_under(GRAPH, GRAPH.nodes[KPI1]).frame is None


@given(graphs())
def test_every_tie_joins_a_row_and_a_column_and_every_mark_is_legal(graph: Graph) -> None:
    matrices = [company_matrix(graph), *(matrix_under(graph, one) for one in graph.nodes.values())]
    for found in matrices:
        for grid in found.grids:
            rows, columns = {one.ref for one in grid.rows}, {one.ref for one in grid.columns}
            for (left, right), tie in grid.ties.items():
                assert left in rows
                assert right in columns
                assert tie.by_place or (left[0], right[0]) in CORNERS
            assert 0 <= grid.coverage <= 1
