"""An objective that is thrown shows that it is being negotiated, and what came of it (rules §3, §5).

A draft is in catchball while a ball about it is open, active once that is agreed, and a draft again where it
comes to nothing. An active objective stays active meanwhile: its figures are asked for as before, and that it
is being negotiated is read from its balls.
"""

from storage.database import UnitOfWork
from storage.rules.catchball import SETTLED, Act, Ball
from storage.rules.hierarchy import format_reference
from storage.rules.terms import ItemState, Kind
from storage.tables.catchball import Catchball
from storage.tables.okr import KeyResult, Objective

DRAFTED = frozenset({ItemState.DRAFT, ItemState.IN_CATCHBALL})


def follow_ball(uow: UnitOfWork, row: Catchball, ball: Ball, act: Act) -> None:
    """Moves the draft that a ball is about, with its key results, to where the ball has come to.

    Args:
        ball: as it is after `act`.
    """
    if row.item_kind is not Kind.OBJECTIVE or row.item_id is None:
        return
    objective = uow.okrs.get_objective(row.item_id)
    state = _state_of(row, ball)
    if state is None or objective.state not in DRAFTED:
        return
    items: list[tuple[Kind, Objective | KeyResult]] = [(Kind.OBJECTIVE, objective)]
    items += [(Kind.KEY_RESULT, part) for part in uow.okrs.list_parts(objective.id)]
    for kind, item in items:
        if item.state in DRAFTED and item.state is not state:
            _move(uow, kind, item, state, ball=ball, act=act)
    uow.session.flush()


def _state_of(row: Catchball, ball: Ball) -> ItemState | None:
    """What its draft is now; None where the ball says nothing of it: a private one shows in nothing else."""
    if ball.is_open:
        return None if row.is_private else ItemState.IN_CATCHBALL
    return ItemState.ACTIVE if ball.state in SETTLED else ItemState.DRAFT


def _move(
    uow: UnitOfWork, kind: Kind, item: Objective | KeyResult, state: ItemState, *, ball: Ball, act: Act
) -> None:
    uow.audit.record(
        at=act.at,
        member_id=act.by_id,
        action="changed",
        kind=str(kind),
        item_id=item.id,
        reference=format_reference(kind, item.number),
        before={"state": item.state.value},
        after={"state": state.value},
        reason=f"{ball.reference} is {ball.state}.",
    )
    item.state = state
