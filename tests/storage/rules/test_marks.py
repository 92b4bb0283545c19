"""Which marks of the X-matrix are obvious."""

from dataclasses import replace

from hypothesis import given

from storage.rules.graph import Graph
from storage.rules.marks import may_suggest, suggest
from storage.rules.terms import Kind
from tests.plans import graph_of, graphs, node

A1, O1 = (Kind.ANNUAL_OBJECTIVE, 1), (Kind.OBJECTIVE, 1)
KPI1 = (Kind.KPI, 1)


@given(graph=graphs())
def test_a_quick_look_at_a_new_item_misses_no_mark(graph: Graph) -> None:
    pointed_at = {one.parent for one in graph.nodes.values()} | {one.measure for one in graph.nodes.values()}
    for new in graph.nodes.values():
        if new.ref not in pointed_at and not may_suggest(graph, new):
            rest = {ref: one for ref, one in graph.nodes.items() if ref != new.ref}
            assert suggest(graph) == suggest(replace(graph, nodes=rest))


def test_a_figure_that_an_initiative_beside_it_may_move_is_worth_a_whole_look() -> None:
    beside = node(Kind.INITIATIVE, 1, parent=O1)
    new = node(Kind.KEY_RESULT, 1, parent=O1, measure=KPI1)
    plan = (node(*A1), node(*O1, parent=A1), node(*KPI1), beside)
    assert may_suggest(graph_of(*plan, new), new)
    assert (beside.ref, KPI1) in suggest(graph_of(*plan, new))
    assert (beside.ref, KPI1) not in suggest(graph_of(*plan))
