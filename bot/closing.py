"""When an item's circle becomes smaller: what waits to be sent is looked at once more, the slices draw anew
what stands before everyone, and the Home tabs of those who lose sight are drawn anew.

It is done in the transaction that restricts, so that nothing goes out in between.
"""

from collections.abc import Sequence
from functools import cache

from bot.blockkit.redaction import names, pattern_of, without
from bot.slices import Slice
from storage.database import UnitOfWork
from storage.repositories.outbox import Waiting
from storage.rules import access
from storage.rules.errors import NotFound
from storage.rules.graph import Graph
from storage.rules.hierarchy import Ref

MOST_HOMES = 200
"""So many Home tabs are drawn anew at once; the others when they are opened."""


def close_sight(uow: UnitOfWork, slices: Sequence[Slice]) -> list[str]:
    """Takes what this work has hidden out of what is not sent yet.

    Returns:
        The Slack ids of those who have a Home tab open to them and see less now.
    """
    if not uow.narrowed:
        return []
    try:
        graph = uow.picture().graph
    except NotFound:
        return []
    closed = find_closed(graph, uow.narrowed)
    uow.narrowed.clear()
    if not closed:
        return []
    sight = _Sight(uow, graph, closed)
    own = tuple(one.closing.prefix for one in slices if one.closing is not None)
    for one in slices:
        if one.closing is not None:
            one.closing.close(uow, closed)
    for waiting in uow.outbox.list_waiting():
        if not waiting.key.startswith(own):
            _look_again(uow, sight, waiting)
    blind = [user_id for member_id, user_id in uow.homes.list_opened() if sight.hidden_from(member_id)]
    return blind[:MOST_HOMES]


def find_closed(graph: Graph, narrowed: set[Ref]) -> frozenset[Ref]:
    """Those of these items, and of what hangs on them, that not everyone may see."""
    if not graph.guards:
        return frozenset()
    return frozenset(ref for ref in graph.guards if narrowed & _hangs_on(graph, ref))


def _hangs_on(graph: Graph, ref: Ref) -> set[Ref]:
    node = graph.nodes[ref]
    above = {one.ref for one in graph.above(ref)}
    return {ref, *above, *(one for one in (node.measure,) if one is not None)}


class _Sight:
    """Who does not see which of the closed items; each reader is looked up once."""

    def __init__(self, uow: UnitOfWork, graph: Graph, closed: frozenset[Ref]) -> None:
        self.graph = graph
        self._uow = uow
        self._closed = closed
        self.hidden_from = cache(self._hidden_from)
        self.hidden_in = cache(self._hidden_in)

    def _hidden_from(self, member_id: int) -> frozenset[Ref]:
        viewer = self._uow.roles.get_viewer(member_id, self.graph.teams)
        return self._closed & access.hidden_from(self.graph, viewer)

    def _hidden_in(self, channel_id: str) -> frozenset[Ref]:
        """From one of its readers at least; all of it where these are not known."""
        readers = self._uow.audiences.find_viewers(channel_id)
        if readers is None:
            return self._closed
        return self._closed & frozenset().union(*(access.hidden_from(self.graph, one) for one in readers))


def _look_again(uow: UnitOfWork, sight: _Sight, waiting: Waiting) -> None:
    if waiting.member_id is not None:
        hidden = sight.hidden_from(waiting.member_id)
    else:
        hidden = sight.hidden_in(waiting.channel_id or "")
    if not hidden:
        return
    nodes = [sight.graph.nodes[ref] for ref in sorted(hidden)]
    pattern = pattern_of((node.reference for node in nodes), (node.title for node in nodes))
    if not names(waiting.payload, pattern):
        return
    left = without(waiting.payload, pattern)
    if left is None:
        uow.outbox.drop(waiting.id)
    else:
        uow.outbox.rewrite(waiting.id, left)
