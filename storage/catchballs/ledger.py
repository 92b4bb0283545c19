"""A move in the record: its rows, and its entry in the trail, from which the ball can be built again."""

from collections.abc import Mapping
from datetime import date, datetime

from storage.catchballs.facts import Counter, Moved
from storage.catchballs.places import today_of
from storage.database import UnitOfWork
from storage.rules.access import Viewer
from storage.rules.catchball import Act, Ball, Move, advance, is_quick, is_rubber_stamp
from storage.rules.catchball import replay as replay_acts
from storage.rules.catchball_terms import Terms
from storage.rules.terms import Role
from storage.tables.catchball import Catchball

TRAIL = "catchball"
"""The kind of a ball's entries in the trail."""


def write(
    uow: UnitOfWork, row: Catchball, balls: tuple[Ball, Ball], act: Act, wanted: Counter | None = None
) -> Moved:
    """The rows of a move, from a ball to a ball, and its entry in the trail."""
    before, after = balls
    text = act.text.strip()
    if after.version != before.version:
        uow.catchballs.add_version(
            row,
            after,
            at=act.at,
            reason=text,
            reasons=wanted.reasons if wanted else {},
            answers=wanted.answers if wanted else {},
        )
    # Hardly any agreement is so quick that it matters who has asked.
    askers = uow.catchballs.list_askers(row.id, before.version) if is_quick(before, act) else ()
    uow.catchballs.write(row, after)
    move = uow.catchballs.note(
        row.id,
        act.move,
        at=act.at,
        member_id=act.by_id,
        ball=after,
        said=text,
        person_id=act.person_id,
        is_rubber_stamp=is_rubber_stamp(before, act, askers),
    )
    uow.audit.record(
        at=act.at,
        member_id=act.by_id,
        action=act.move.value,
        kind=TRAIL,
        item_id=row.id,
        reference=after.reference,
        before={"state": before.state.value, "version": before.version},
        after=_trailed(act, before, after),
        reason=act.text,
    )
    return Moved(row=row, before=before, ball=after, move=move)


def carry_out(uow: UnitOfWork, row: Catchball, before: Ball, act: Act, names: Mapping[int, str]) -> Moved:
    after = advance(before, act, names, seen=seen_terms(uow, row, before, act.version))
    return write(uow, row, (before, after), act)


def replayed(uow: UnitOfWork, ball_id: int) -> Ball:
    """The ball as its entries in the trail make it, without a look at its rows."""
    entries = uow.audit.list_for(TRAIL, ball_id)
    first = entries[0].after or {}
    draft = Ball(
        number=first["number"],
        proposer_id=entries[0].member_id or 0,
        receiver_ids=tuple(first["receiver_ids"]),
    )
    acts = [
        Act(
            move=Move(entry.action),
            by_id=entry.member_id,
            at=datetime.fromisoformat((entry.after or {})["at"]),
            on=date.fromisoformat((entry.after or {})["on"]),
            terms=Terms.read(after["terms"]) if after.get("terms") else None,
            text=entry.reason,
            person_id=after.get("person_id"),
            from_id=after.get("from_id"),
            until_on=date.fromisoformat(after["until_on"]) if after.get("until_on") else None,
            is_lead=bool(after.get("is_lead")),
            renews=bool(after.get("renews")),
        )
        for entry in entries
        for after in [entry.after or {}]
    ]
    return replay_acts(draft, acts)


def make_act(
    uow: UnitOfWork,
    viewer: Viewer,
    move: Move,
    *,
    version: int | None = None,
    terms: Terms | None = None,
    text: str = "",
    person_id: int | None = None,
    from_id: int | None = None,
    renews: bool = False,
) -> Act:
    return Act(
        move=move,
        by_id=viewer.member_id,
        at=uow.now,
        on=today_of(uow),
        version=version,
        terms=terms,
        text=text,
        person_id=person_id,
        from_id=from_id,
        is_lead=Role.STRATEGY_LEAD in viewer.granted,
        renews=renews,
    )


def _trailed(act: Act, before: Ball, after: Ball) -> dict[str, object]:
    """Everything of an act that `replayed` needs, beside who, when and why."""
    found: dict[str, object] = {
        "state": after.state.value,
        "version": after.version,
        "at": act.at.isoformat(),
        "on": act.on.isoformat(),
    }
    if not before.version:
        found |= {"number": after.number, "receiver_ids": list(before.receiver_ids)}
    if act.terms is not None:
        found["terms"] = act.terms.stored()
    if act.until_on is not None:
        found["until_on"] = act.until_on.isoformat()
    given = {
        "person_id": act.person_id,
        "from_id": act.from_id,
        "is_lead": act.is_lead or None,
        "renews": act.renews or None,
    }
    return found | {name: value for name, value in given.items() if value is not None}


def seen_terms(uow: UnitOfWork, row: Catchball, ball: Ball, version: int | None) -> Terms | None:
    """The terms that someone had before them, where these are others than the ball's."""
    if version is None or version == ball.version:
        return None
    return uow.catchballs.find_terms(row.id, version)
