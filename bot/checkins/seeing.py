"""What is asked of someone on behalf of another is only what they may see themselves: whoever stands in for
an owner is no part of a restricted item's circle by that."""

from functools import cache

from storage.database import UnitOfWork
from storage.rules import access
from storage.rules.terms import Kind


class Sight:
    """Which items people may see; each person is looked up once, and only where it is asked."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._hidden = cache(self._find_hidden)

    def shows(self, member_id: int, kind: Kind, item_id: int) -> bool:
        return (kind, item_id) not in self._hidden(member_id)

    def _find_hidden(self, member_id: int) -> frozenset[tuple[Kind, int]]:
        plan = self._uow.strategies.find_plan()
        if plan is None:
            return frozenset()
        graph = self._uow.picture(plan.id).graph
        viewer = self._uow.roles.get_viewer(member_id, graph.teams)
        return frozenset((ref[0], graph.nodes[ref].id) for ref in access.hidden_from(graph, viewer))
