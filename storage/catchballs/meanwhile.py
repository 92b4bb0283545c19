"""What others have changed of the item that a ball is about since its last version came: by a form, a plan
file, or an agreement reached elsewhere, which nobody tells apart who may not.

An agreement would write over it. So it is refused, with what has changed; a counter, which may say the same
again, is made with that before one's eyes.
"""

from collections.abc import Iterable

from storage.catchballs.in_plan import find_measured
from storage.catchballs.ledger import TRAIL
from storage.database import UnitOfWork
from storage.editing.trail import written
from storage.repositories.strategies import refs_of
from storage.rules import changes
from storage.rules.catchball import Ball, Move
from storage.rules.errors import Overtaken
from storage.rules.graph import Graph, Node
from storage.rules.history import Entry
from storage.tables.catchball import Catchball

_FRAME, _FIGURES = ("title", "due_on", "parent"), ("unit", "baseline", "target")
_BEGINS = frozenset({Move.THROW.value, Move.COUNTER.value, Move.REOPEN.value})


def check_unchanged(uow: UnitOfWork, graph: Graph, row: Catchball, ball: Ball) -> None:
    """Raises Overtaken where an agreement would write over what others have changed meanwhile.

    Args:
        graph: what the person sees of the plan.
    """
    changed = tell_changed(uow, graph, row, ball)
    if changed:
        raise Overtaken(
            f"{changed} Press Counter and send what is to stand now: the same terms again, where version "
            f"{ball.version} is to stand all the same.",
            ("title",),
        )


def tell_changed(uow: UnitOfWork, graph: Graph, row: Catchball, ball: Ball) -> str:
    """The sentence that says what of the item reads otherwise in the plan than when the last version came,
    and otherwise than that version; empty where nothing does."""
    node = graph.find_row(row.item_kind, row.item_id)
    if node is None:
        return ""
    entries = uow.audit.list_for(TRAIL, row.id)
    since = max((entry.id for entry in entries if entry.action in _BEGINS), default=0)
    found = _changed(uow.audit.list_newer_entries(node.kind, node.id, since, refs_of(graph)), node, ball)
    measured = find_measured(graph, node, ball.terms.measure) if ball.terms.measure else None
    if measured is not None:
        newer = uow.audit.list_newer_entries(measured.kind, measured.id, since, refs_of(graph))
        found += _changed(newer, measured, ball, _FIGURES)
    if not found:
        return ""
    return f"{node.reference} was changed in the plan since version {ball.version} came: {', '.join(found)}."


def _changed(newer: Iterable[Entry], node: Node, ball: Ball, fields: tuple[str, ...] = _FRAME) -> list[str]:
    """What was changed of an item by these entries, the oldest first; a phrase each."""
    now = written({field: getattr(node, field) for field in fields})
    agreed = written({field: getattr(ball.terms, field) for field in fields})
    before: dict[str, object] = {}
    for entry in newer:
        for field, value in (entry.before or {}).items():
            before.setdefault(field, value)
    return [
        f"{changes.word(field)} {before[field] or 'nothing'} → {now[field] or 'nothing'}"
        for field in fields
        if field in before and now[field] not in {before[field], agreed[field]}
    ]
