"""A plan as one structure."""

from dataclasses import replace

from hypothesis import given

from storage.rules.graph import Graph
from tests.plans import graphs


@given(graph=graphs())
def test_what_is_carried_on_for_a_new_item_is_what_would_be_made_anew(graph: Graph) -> None:
    for new in graph.nodes.values():
        rest = {ref: one for ref, one in graph.nodes.items() if ref != new.ref}
        earlier, carried = replace(graph, nodes=rest), replace(graph)
        carried.carry_on(earlier, new)
        assert carried.children == graph.children
        assert carried.parts == graph.parts
        assert earlier.children == replace(earlier).children
        assert earlier.parts == replace(earlier).parts
