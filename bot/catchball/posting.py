"""A ball's card and its thread, through the outbox: the card is edited for as long as the ball lives."""

from bot.catchball.drawing import card_message, closed_message, newcomer_message, told_message
from bot.catchball.facts import Face, Told
from storage.catchballs import Counter, Moved
from storage.database import UnitOfWork
from storage.repositories.outbox import ANSWER, Envelope
from storage.rules.catchball import Ball, BallState
from storage.rules.errors import Invalid
from storage.rules.hierarchy import Ref, format_reference
from storage.tables.catchball import Catchball

KEY = "catchball:"
"""What the keys of all messages about balls begin with."""


def tell(uow: UnitOfWork, moved: Moved, counter: Counter | None = None) -> Told:
    """Draws the card anew and puts the move into its thread, in the move's own transaction."""
    face = face_of(uow, moved.row, moved)
    told = Told(
        face=face,
        move=moved.move.move,
        by_id=moved.move.member_id,
        said=moved.move.said,
        changes=moved.changes,
        person_id=moved.move.person_id,
        giver_id=_giver_id(moved),
        reasons=counter.reasons if counter is not None else {},
        answers=counter.answers if counter is not None else {},
        is_rubber_stamp=moved.move.is_rubber_stamp,
        has_ended_round=moved.ball.state is BallState.AGREED,
    )
    key, is_closed = f"{KEY}{moved.row.id}", _is_closed_to_some(uow, moved.row, moved.ball)
    card = (closed_message(face) if is_closed else card_message(face)).payload()
    posted = uow.outbox.find_posted(key)
    if posted is None:
        envelope = Envelope(
            key=key, payload=card, due_at=uow.now, priority=ANSWER, channel_id=moved.row.channel_id
        )
        uow.outbox.put(envelope)
        posted = uow.outbox.find_posted(key)
    else:
        uow.outbox.edit(posted, card, uow.now, ANSWER)
    if is_closed:
        _tell_each(uow, told, f"{key}:{moved.move.id}")
    elif posted is not None:
        reply = Envelope(
            key=f"{key}:{moved.move.id}",
            payload=told_message(told).payload(),
            due_at=uow.now,
            priority=ANSWER,
            thread_of_id=posted.id,
        )
        uow.outbox.put(reply)
    return told


def tell_newcomer(uow: UnitOfWork, row: Catchball, told: Told, member_id: int) -> None:
    """Tells whoever has come into a ball and does not read where its card stands: Slack tells nobody of a
    mention in a conversation that they are not in."""
    payload = newcomer_message(told).payload()
    key = f"{KEY}{row.id}:came:{member_id}:{uow.now.timestamp():.0f}"
    uow.outbox.put(Envelope(key, payload, uow.now, ANSWER, member_id=member_id))


def _tell_each(uow: UnitOfWork, told: Told, key: str) -> None:
    """The move, to those who take part alone."""
    for member_id in sorted(told.face.ball.people_ids - {told.by_id}):
        uow.outbox.put(
            Envelope(
                key=f"{key}:{member_id}",
                payload=told_message(told).payload(),
                due_at=uow.now,
                priority=ANSWER,
                member_id=member_id,
            )
        )


def _is_closed_to_some(uow: UnitOfWork, row: Catchball, ball: Ball) -> bool:
    """Whether not everyone may see any more what a ball is about whose card stands before everyone."""
    if row.is_private:
        return False
    graph = uow.picture().graph
    item = graph.find_row(row.item_kind, row.item_id)
    about = {ball.terms.parent, item.ref if item is not None else None}
    return not graph.guards.keys().isdisjoint(about)


def redraw(uow: UnitOfWork, row: Catchball) -> None:
    """The card as the record has it now, for a ball that is deployed by a throw."""
    posted = uow.outbox.find_posted(f"{KEY}{row.id}")
    if posted is not None:
        face = face_of(uow, row)
        card = closed_message(face) if _is_closed_to_some(uow, row, face.ball) else card_message(face)
        uow.outbox.edit(posted, card.payload(), uow.now, ANSWER)


def close(uow: UnitOfWork, closed: frozenset[Ref]) -> None:
    """Takes what is restricted now out of the cards that stand before everyone, and takes back what waits to
    be said in their threads. Whoever takes part is told directly from the next move on."""
    graph = uow.picture().graph
    rows = {(ref[0], graph.nodes[ref].id) for ref in closed}
    parents = {format_reference(*ref) for ref in closed}
    for line in uow.ball_lists.list_lines(states=frozenset(BallState)):
        if line.is_private or not ((line.item_kind, line.item_id) in rows or line.parent in parents):
            continue
        row = uow.catchballs.find(line.number)
        posted = uow.outbox.find_posted(f"{KEY}{line.id}")
        if row is not None and posted is not None:
            redraw(uow, row)
            uow.outbox.withdraw_replies(posted.id)


def face_of(uow: UnitOfWork, row: Catchball, moved: Moved | None = None) -> Face:
    """A ball as its card shows it."""
    ball = moved.ball if moved is not None else uow.catchballs.read(row)
    graph = uow.picture().graph
    named = set(ball.people_ids)
    if moved is not None:
        named |= {one or 0 for one in (moved.move.person_id, moved.move.member_id, _giver_id(moved))}
    people = {one: graph.people[one] for one in named if one in graph.people}
    item = graph.find_row(row.item_kind, row.item_id)
    return Face(
        ball=ball,
        names={one: person.name for one, person in people.items()},
        slack_ids={one: person.slack_user_id for one, person in people.items() if person.slack_user_id},
        zone=uow.settings.zone(),
        item=item.reference if item is not None else "",
    )


def _giver_id(moved: Moved) -> int | None:
    left = moved.before.party_ids - moved.ball.party_ids - {moved.move.member_id}
    return next(iter(left), None)


def find_in_thread(uow: UnitOfWork, channel_id: str, thread_ts: str) -> int | None:
    """The row of the ball whose thread it is; None where it is no ball's."""
    key = uow.outbox.find_key_by_message(channel_id, thread_ts) or ""
    rest = key.removeprefix(KEY) if key.startswith(KEY) else ""
    return int(rest) if rest.isdigit() else None


def number_in_thread(uow: UnitOfWork, channel_id: str, thread_ts: str | None) -> int:
    """The number of the ball whose thread it is.

    Raises:
        Invalid: it is no ball's thread.
    """
    ball_id = find_in_thread(uow, channel_id, thread_ts) if thread_ts is not None else None
    number = uow.catchballs.find_number(ball_id) if ball_id is not None else None
    if number is None:
        raise Invalid(
            "This is no ball's thread. Say it in the thread of the ball's card, or name the ball: `@Hoshin "
            "agree C-1`."
        )
    return number
