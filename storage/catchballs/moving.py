"""Moving balls: thrown, countered, agreed to, in the caller's unit of work.

Each verb locks the ball's row, lets `storage/rules/catchball.py` decide, writes what came of it, and leaves
an entry in the trail from which `replayed` rebuilds the ball. An agreement is written into the plan, with the
ball as its provenance.
"""

from dataclasses import replace

from storage.catchballs.facts import Counter, Moved, Throw
from storage.catchballs.in_plan import check_writable, keep_in_state, write_agreement
from storage.catchballs.ledger import carry_out, make_act, seen_terms, write
from storage.catchballs.meanwhile import check_unchanged, tell_changed
from storage.catchballs.places import (
    answer_by,
    check_first,
    check_levels,
    check_newcomer,
    check_parent,
    check_place,
    is_upwards,
    list_candidates,
    names_of,
    today_of,
)
from storage.catchballs.seeing import lock
from storage.database import UnitOfWork
from storage.editing import change_item, look
from storage.rules import access
from storage.rules.access import Action, Viewer
from storage.rules.catchball import Act, Ball, BallState, Move, advance
from storage.rules.catchball_terms import check_receivers, check_terms, difference
from storage.rules.terms import Kind
from storage.tables.catchball import Catchball


def throw(uow: UnitOfWork, viewer: Viewer, wanted: Throw) -> Moved:
    """Throws a ball. An agreed ball about its parent counts as deployed from then on.

    Raises:
        InvalidFields, Invalid: the terms do not hold, or someone cannot receive it; with the field.
        NotFound: there is no such parent or item for them.
        NotAllowed: nobody of those who take part may write that into the plan.
        Closed: it is negotiated already, or was thrown just so.
    """
    deployed = lock_upper(uow, viewer, wanted)
    uow.plans.lock()
    graph, on = look(uow, viewer), today_of(uow)
    check_terms(wanted.terms, wanted.kind, on)
    act = Act(
        move=Move.THROW,
        by_id=viewer.member_id,
        at=uow.now,
        on=on,
        terms=wanted.terms,
        until_on=wanted.until_on,
    )
    draft = Ball(
        number=uow.catchballs.next_number(is_private=wanted.is_private),
        proposer_id=viewer.member_id,
        receiver_ids=tuple(dict.fromkeys(wanted.receiver_ids)),
    )
    check_receivers(
        viewer.member_id, list_candidates(uow, graph, draft.receiver_ids, on), answer_by(wanted, on)
    )
    ball = advance(draft, act, names_of(graph))
    check_place(uow, viewer, graph, wanted, ball)
    found = check_levels(graph, viewer, wanted)
    check_writable(uow, wanted.kind, wanted.item, ball)
    if wanted.item is None:
        check_first(uow, ball)
    row = uow.catchballs.add(
        Catchball(
            workspace_id=uow.workspace_id,
            number=ball.number,
            kind=wanted.kind,
            state=ball.state,
            proposer_id=ball.proposer_id,
            is_upwards=is_upwards(found, graph, wanted),
            item_kind=wanted.item[0] if wanted.item else None,
            item_id=graph.nodes[wanted.item].id if wanted.item else None,
            channel_id=wanted.channel_id,
            is_private=wanted.is_private,
        )
    )
    moved = write(uow, row, (draft, ball), act)
    keep_in_state(uow, row, ball)
    for upper in deployed:
        carry_out(
            uow, upper, uow.catchballs.read(upper), Act(move=Move.DEPLOY, by_id=None, at=uow.now, on=on), {}
        )
    return moved


def counter(
    uow: UnitOfWork, viewer: Viewer, number: int, wanted: Counter, *, version: int | None = None
) -> Moved:
    """A new version; the same terms again only where the plan has changed since they were written.

    Args:
        version: the one that the person had before them.

    Raises:
        Overtaken, Closed, NotAllowed, Invalid: as `catchball.advance`; InvalidFields by term.
    """
    row, before, graph = lock(uow, viewer, number)
    renews = not difference(before.terms, wanted.terms) and bool(tell_changed(uow, graph, row, before))
    act = make_act(
        uow, viewer, Move.COUNTER, version=version, terms=wanted.terms, text=wanted.reason, renews=renews
    )
    after = advance(before, act, names_of(graph), seen=seen_terms(uow, row, before, version))
    check_terms(wanted.terms, row.kind, act.on)
    if wanted.terms.parent is not None and wanted.terms.parent != before.terms.parent:
        check_parent(uow, graph, wanted.terms.parent, after)
    return write(uow, row, (before, after), act, wanted)


def agree(uow: UnitOfWork, viewer: Viewer, number: int, *, version: int | None = None) -> Moved:
    """Agrees to the last version; the last one to agree writes it into the plan.

    Raises:
        Overtaken, Closed, NotAllowed: as `catchball.advance`; Overtaken also where others have changed the
            item in the plan meanwhile.
        Invalid: the plan does not take it as it stands now; nothing is agreed then.
    """
    row, ball, graph = lock(uow, viewer, number)
    act = make_act(uow, viewer, Move.AGREE, version=version)
    after = advance(ball, act, names_of(graph), seen=seen_terms(uow, row, ball, version))
    check_unchanged(uow, graph, row, ball)
    moved = write(uow, row, (ball, after), act)
    if moved.ball.state is not BallState.AGREED:
        return moved
    written = write_agreement(uow, row, moved.ball)
    uow.catchballs.name_item(row, written.kind, written.id)
    return replace(moved, written=written)


def ask(uow: UnitOfWork, viewer: Viewer, number: int, text: str) -> Moved:
    """A question to the other side. The ball stays where it is."""
    return _simply(uow, viewer, number, Move.ASK, text=text)


def answer(uow: UnitOfWork, viewer: Viewer, number: int, text: str) -> Moved:
    """The answer to the oldest question of the other side."""
    return _simply(uow, viewer, number, Move.ANSWER, text=text)


def decline(
    uow: UnitOfWork, viewer: Viewer, number: int, reason: str, *, version: int | None = None
) -> Moved:
    """Not feasible, and why."""
    return _simply(uow, viewer, number, Move.DECLINE, text=reason, version=version)


def withdraw(uow: UnitOfWork, viewer: Viewer, number: int, reason: str = "") -> Moved:
    """Takes the ball back."""
    return _simply(uow, viewer, number, Move.WITHDRAW, text=reason)


def reopen(uow: UnitOfWork, viewer: Viewer, number: int, reason: str) -> Moved:
    """Opens what was over. What an agreement wrote into the plan stays until another one changes it."""
    return _simply(uow, viewer, number, Move.REOPEN, text=reason)


def not_deploy(uow: UnitOfWork, viewer: Viewer, number: int, reason: str) -> Moved:
    """Records why nothing is thrown to the next level; an annual objective carries the reason, too."""
    moved = _simply(uow, viewer, number, Move.NOT_DEPLOY, text=reason)
    if moved.row.item_kind is Kind.ANNUAL_OBJECTIVE:
        graph = uow.picture().graph
        node = next(
            (one for one in graph.of_kind(Kind.ANNUAL_OBJECTIVE) if one.id == moved.row.item_id), None
        )
        # What was said among a few is not written where others read it.
        is_open = node is not None and node.ref not in graph.guards
        if moved.row.is_private and is_open:
            return moved
        if node is not None and access.may(viewer, Action.EDIT, graph, node):
            change_item(uow, viewer, node.ref, {"not_deployed_reason": reason.strip()})
    return moved


def hand_over(
    uow: UnitOfWork, viewer: Viewer, number: int, to_id: int, *, from_id: int | None = None
) -> Moved:
    """Gives one's own part to someone else; a strategy lead gives another's.

    Raises:
        NotAllowed: nobody of those who take part then may write an agreement into the plan.
    """
    row, ball, graph = lock(uow, viewer, number)
    check_newcomer(uow, graph, to_id, ball)
    act = make_act(uow, viewer, Move.HAND_OVER, person_id=to_id, from_id=from_id)
    after = advance(ball, act, names_of(graph))
    item = graph.find_row(row.item_kind, row.item_id)
    way_on = "Hand over to someone who may"
    check_writable(uow, row.kind, item.ref if item is not None else None, after, way_on=way_on)
    return write(uow, row, (ball, after), act)


def name_facilitator(uow: UnitOfWork, viewer: Viewer, number: int, member_id: int) -> Moved:
    """Names someone of neither side who helps to an end."""
    row, ball, graph = lock(uow, viewer, number)
    check_newcomer(uow, graph, member_id, ball)
    act = make_act(uow, viewer, Move.NAME_FACILITATOR, person_id=member_id)
    return carry_out(uow, row, ball, act, names_of(graph))


def expire(uow: UnitOfWork, number: int) -> Moved | None:
    """Ends a ball whose day has passed; None where someone moved it meanwhile."""
    row = uow.catchballs.lock(number)
    on = today_of(uow)
    ball = uow.catchballs.read(row)
    if not ball.is_open or ball.until_on is None or on <= ball.until_on:
        return None
    moved = carry_out(uow, row, ball, Act(move=Move.EXPIRE, by_id=None, at=uow.now, on=on), {})
    keep_in_state(uow, row, moved.ball)
    return moved


def _simply(
    uow: UnitOfWork, viewer: Viewer, number: int, move: Move, *, text: str, version: int | None = None
) -> Moved:
    row, ball, graph = lock(uow, viewer, number)
    act = make_act(uow, viewer, move, version=version, text=text)
    moved = carry_out(uow, row, ball, act, names_of(graph))
    keep_in_state(uow, row, moved.ball)
    return moved


def lock_upper(uow: UnitOfWork, viewer: Viewer, wanted: Throw) -> list[Catchball]:
    """The agreed balls about what a new one stands under, which the throw deploys. Balls are locked before
    the plan, always.

    A private throw deploys nothing before the eyes of those who do not see it.
    """
    parent = wanted.terms.parent
    node = look(uow, viewer).find(parent) if parent is not None else None
    if node is None:
        return []
    locked = [uow.catchballs.lock(one) for one in uow.ball_items.list_agreed_numbers(node.kind, node.id)]
    theirs = {viewer.member_id, *wanted.receiver_ids}
    return [
        row
        for row in locked
        if row.state is BallState.AGREED
        and (not wanted.is_private or (row.is_private and uow.catchballs.read(row).people_ids <= theirs))
    ]
