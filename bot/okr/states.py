"""An OKR's life: an objective and its key results go from state to state together."""

from collections.abc import Iterable

from bot.okr.looking import Desk
from storage.database import UnitOfWork
from storage.editing import trail
from storage.editing.activity import date_activity
from storage.editing.drafts import settle_drafts
from storage.rules.graph import Node
from storage.rules.terms import ItemState, Kind


def move_all(uow: UnitOfWork, desk: Desk, nodes: Iterable[Node], state: ItemState) -> None:
    """Puts an objective and key results of it into a state, with an entry in the trail of each.

    Whoever may change the objective may do this, also where others own its key results. KPIs that were
    defined for them become active with them.
    """
    moved = [node for node in nodes if node.state is not state]
    for node in moved:
        is_objective = node.kind is Kind.OBJECTIVE
        row = uow.okrs.get_objective(node.id) if is_objective else uow.okrs.get_key_result(node.id)
        row.state = state
        date_activity(row, node.state, desk.graph.plan, uow.now)
        trail.note(uow, desk.viewer, node, "changed", before={"state": node.state}, after={"state": state})
    uow.session.flush()
    settle_drafts(uow, desk.viewer, desk.graph.plan.id, [node.measure for node in moved])
