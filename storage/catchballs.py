"""Moving balls: thrown, countered, agreed to, in the caller's unit of work.

Each verb locks the ball's row, lets `storage/rules/catchball.py` decide, writes what came of it, and leaves
an entry in the trail from which `replayed` rebuilds the ball. An agreement is written into the plan, with the
ball as its provenance.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from storage.catchballs_in_plan import check_writable, write_agreement
from storage.database import UnitOfWork
from storage.editing import change_item, look
from storage.repositories.catchballs import BallLine
from storage.rules import access
from storage.rules.access import Action, Viewer
from storage.rules.catchball import (
    ANSWER_DAYS,
    RULES,
    SETTLED,
    Act,
    Ball,
    BallState,
    Move,
    advance,
    is_rubber_stamp,
    open_moves,
)
from storage.rules.catchball import replay as replay_acts
from storage.rules.catchball_terms import (
    Candidate,
    Change,
    Terms,
    check_candidate,
    check_receivers,
    check_terms,
    difference,
)
from storage.rules.errors import Invalid, NotFound
from storage.rules.graph import Graph, Node
from storage.rules.hierarchy import Ref
from storage.rules.terms import Kind, Role
from storage.tables.catchball import Catchball, CatchballMove, CatchballVersion

TRAIL = "catchball"
"""The kind of a ball's entries in the trail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Throw:
    """A proposal: `kind` is what it is to be in the plan, `item` the item that it is about where there is "
    "one."""

    kind: Kind
    terms: Terms
    receiver_ids: Sequence[int]
    channel_id: str
    is_private: bool = False
    until_on: date | None = None
    item: Ref | None = None
    is_upwards: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """Other terms: the reason, reasons of single terms, and answers to the four questions, by their names."""

    terms: Terms
    reason: str
    reasons: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What a move did. `written` is the item that an agreement has made or changed."""

    row: Catchball
    before: Ball
    ball: Ball
    move: CatchballMove
    written: Node | None = None

    @property
    def changes(self) -> tuple[Change, ...]:
        return difference(self.before.terms, self.ball.terms) if self.before.version else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A ball whole, for whoever may see it. `parent` is the item above where the reader may see that."""

    row: Catchball
    ball: Ball
    versions: tuple[CatchballVersion, ...]
    moves: tuple[CatchballMove, ...]
    names: Mapping[int, str]
    parent: Node | None = None
    item: Node | None = None


@dataclass(frozen=True, slots=True)
class Branch:
    """An item below an agreed objective, and whether a ball about it is open; `node` None: nothing is "
    "below."""

    above: Node
    node: Node | None
    ball: BallLine | None


def throw(uow: UnitOfWork, viewer: Viewer, wanted: Throw) -> Moved:
    """Throws a ball. An agreed ball about its parent counts as deployed from then on.

    Raises:
        InvalidFields, Invalid: the terms do not hold, or someone cannot receive it; with the field.
        NotFound: there is no such parent or item for them.
        NotAllowed: nobody of those who take part may write that into the plan.
    """
    deployed = _lock_upper(uow, viewer, wanted.terms.parent)
    uow.plans.lock()
    graph, on = _look(uow, viewer), _today(uow)
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
        number=uow.catchballs.next_number(),
        proposer_id=viewer.member_id,
        receiver_ids=tuple(dict.fromkeys(wanted.receiver_ids)),
    )
    check_receivers(viewer.member_id, _candidates(uow, graph, draft.receiver_ids, on), _answer_by(wanted, on))
    ball = advance(draft, act, _names(graph))
    _check_place(uow, graph, wanted, ball)
    check_writable(uow, wanted.kind, wanted.item, ball)
    row = uow.catchballs.add(
        Catchball(
            workspace_id=uow.workspace_id,
            number=ball.number,
            kind=wanted.kind,
            state=ball.state,
            proposer_id=ball.proposer_id,
            is_upwards=wanted.is_upwards,
            item_kind=wanted.item[0] if wanted.item else None,
            item_id=graph.nodes[wanted.item].id if wanted.item else None,
            channel_id=wanted.channel_id,
            is_private=wanted.is_private,
        )
    )
    moved = _write(uow, row, (draft, ball), act)
    for upper in deployed:
        _carry_out(uow, upper, Act(move=Move.DEPLOY, by_id=None, at=uow.now, on=on), {})
    return moved


def counter(
    uow: UnitOfWork, viewer: Viewer, number: int, wanted: Counter, *, version: int | None = None
) -> Moved:
    """A new version.

    Args:
        version: the one that the person had before them.

    Raises:
        Overtaken, Closed, NotAllowed, Invalid: as `catchball.advance`; InvalidFields by term.
    """
    row, graph = _lock(uow, viewer, number)
    act = _act(uow, viewer, Move.COUNTER, version=version, terms=wanted.terms, text=wanted.reason)
    before = uow.catchballs.read(row)
    after = advance(before, act, _names(graph), seen=_seen(uow, row, version))
    check_terms(wanted.terms, row.kind, act.on)
    if wanted.terms.parent is not None and wanted.terms.parent != before.terms.parent:
        _check_parent(uow, graph, wanted.terms.parent, after)
    return _write(uow, row, (before, after), act, wanted)


def agree(uow: UnitOfWork, viewer: Viewer, number: int, *, version: int | None = None) -> Moved:
    """Agrees to the last version; the last one to agree writes it into the plan.

    Raises:
        Overtaken, Closed, NotAllowed: as `catchball.advance`.
        Invalid: the plan does not take it as it stands now; nothing is agreed then.
    """
    row, graph = _lock(uow, viewer, number)
    act = _act(uow, viewer, Move.AGREE, version=version)
    moved = _carry_out(uow, row, act, _names(graph))
    if moved.ball.state is not BallState.AGREED:
        return moved
    written = write_agreement(uow, row, moved.ball)
    row.item_kind, row.item_id = written.kind, written.id
    uow.session.flush()
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
        if node is not None and access.may(viewer, Action.EDIT, graph, node):
            change_item(uow, viewer, node.ref, {"not_deployed_reason": reason.strip()})
    return moved


def hand_over(
    uow: UnitOfWork, viewer: Viewer, number: int, to_id: int, *, from_id: int | None = None
) -> Moved:
    """Gives one's own part to someone else; a strategy lead gives another's."""
    row, graph = _lock(uow, viewer, number)
    ball = uow.catchballs.read(row)
    _check_newcomer(uow, graph, to_id, ball)
    act = _act(uow, viewer, Move.HAND_OVER, person_id=to_id, from_id=from_id)
    return _carry_out(uow, row, act, _names(graph))


def name_facilitator(uow: UnitOfWork, viewer: Viewer, number: int, member_id: int) -> Moved:
    """Names someone of neither side who helps to an end."""
    row, graph = _lock(uow, viewer, number)
    _check_newcomer(uow, graph, member_id, uow.catchballs.read(row))
    act = _act(uow, viewer, Move.NAME_FACILITATOR, person_id=member_id)
    return _carry_out(uow, row, act, _names(graph))


def expire(uow: UnitOfWork, number: int) -> Moved | None:
    """Ends a ball whose day has passed; None where someone moved it meanwhile."""
    row = uow.catchballs.lock(number)
    on = _today(uow)
    ball = uow.catchballs.read(row)
    if not ball.is_open or ball.until_on is None or on <= ball.until_on:
        return None
    return _carry_out(uow, row, Act(move=Move.EXPIRE, by_id=None, at=uow.now, on=on), {})


def show(uow: UnitOfWork, viewer: Viewer, number: int) -> Record:
    """A ball with every version and move.

    Raises:
        NotFound: there is none, or none that they may see.
    """
    row = uow.catchballs.find(number)
    if row is None:
        raise _unknown(number)
    graph, ball = _look(uow, viewer), uow.catchballs.read(row)
    _check_visible(uow, row, ball, viewer)
    item = next(
        (node for node in graph.nodes.values() if (node.kind, node.id) == (row.item_kind, row.item_id)), None
    )
    return Record(
        row=row,
        ball=ball,
        versions=tuple(uow.catchballs.list_versions(row.id)),
        moves=tuple(uow.catchballs.list_moves(row.id)),
        names=_names(graph),
        parent=graph.find(ball.terms.parent) if ball.terms.parent is not None else None,
        item=item,
    )


def check_may(viewer: Viewer, record: Record, move: Move) -> None:
    """Raises as the move itself where someone may not make it now, so that nobody types in vain."""
    rule, ball = RULES[move], record.ball
    if move in open_moves(ball, viewer.member_id, is_lead=Role.STRATEGY_LEAD in viewer.granted):
        return
    if ball.state in rule.sources and viewer.member_id in ball.people_ids and not rule.holds:
        return
    # The refusal is the move's own: with nothing given, it is made before anything is asked for.
    act = Act(
        move=move,
        by_id=viewer.member_id,
        at=record.row.held_since or datetime.min.replace(tzinfo=UTC),
        on=date.min,
        text="?",
    )
    advance(ball, act, record.names)


def visible_lines(uow: UnitOfWork, viewer: Viewer, lines: Sequence[BallLine]) -> list[BallLine]:
    """Those that a viewer may see: a private ball is for its people, one under something hidden as well."""
    whole = uow.picture().graph
    hidden = {node.reference for ref, node in whole.nodes.items() if ref in access.hidden_from(whole, viewer)}
    return [
        line
        for line in lines
        if viewer.member_id in line.people_ids
        or not (line.is_private or viewer.is_guest or viewer.is_stranger or line.parent in hidden)
    ]


def coverage(uow: UnitOfWork, viewer: Viewer) -> list[Branch]:
    """Below each agreed objective: the branches that have no agreed ball, or that there is none at all."""
    graph = _look(uow, viewer)
    lines = uow.catchballs.list_lines()
    by_item = {(one.item_kind, one.item_id): one for one in lines if one.item_id is not None}
    visible = {one.id for one in visible_lines(uow, viewer, lines)}
    found = []
    for node in graph.nodes.values():
        own = by_item.get((node.kind, node.id))
        if own is None or own.state not in SETTLED or own.id not in visible or not node.is_live:
            continue
        below = [one for one in graph.children.get(node.ref, ()) if one.kind is not Kind.KEY_RESULT]
        if not below and own.state is BallState.AGREED and node.kind is not Kind.KEY_RESULT:
            found.append(Branch(node, None, None))
        for child in below:
            ball = by_item.get((child.kind, child.id))
            if ball is None or ball.state not in SETTLED:
                found.append(Branch(node, child, ball if ball is not None and ball.id in visible else None))
    return found


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
        )
        for entry in entries
        for after in [entry.after or {}]
    ]
    return replay_acts(draft, acts)


def _simply(
    uow: UnitOfWork, viewer: Viewer, number: int, move: Move, *, text: str, version: int | None = None
) -> Moved:
    row, graph = _lock(uow, viewer, number)
    return _carry_out(uow, row, _act(uow, viewer, move, version=version, text=text), _names(graph))


def _carry_out(uow: UnitOfWork, row: Catchball, act: Act, names: Mapping[int, str]) -> Moved:
    before = uow.catchballs.read(row)
    after = advance(before, act, names, seen=_seen(uow, row, act.version))
    return _write(uow, row, (before, after), act)


def _write(
    uow: UnitOfWork, row: Catchball, balls: tuple[Ball, Ball], act: Act, wanted: Counter | None = None
) -> Moved:
    """The rows of a move, from a ball to a ball, and its entry in the trail."""
    before, after = balls
    text = act.text.strip()
    if after.version != before.version:
        uow.catchballs.add(
            CatchballVersion(
                workspace_id=uow.workspace_id,
                catchball_id=row.id,
                number=after.version,
                author_id=after.author_id or 0,
                at=act.at,
                terms=after.terms.stored(),
                reason=text,
                reasons=dict(wanted.reasons) or None if wanted else None,
                answers=dict(wanted.answers) or None if wanted else None,
            )
        )
    uow.catchballs.write(row, after)
    move = uow.catchballs.note(
        row.id,
        act.move,
        at=act.at,
        member_id=act.by_id,
        ball=after,
        said=text,
        person_id=act.person_id,
        is_rubber_stamp=is_rubber_stamp(before, act),
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
    uow.session.flush()
    return Moved(row=row, before=before, ball=after, move=move)


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
    given = {"person_id": act.person_id, "from_id": act.from_id, "is_lead": act.is_lead or None}
    return found | {name: value for name, value in given.items() if value is not None}


def _act(
    uow: UnitOfWork,
    viewer: Viewer,
    move: Move,
    *,
    version: int | None = None,
    terms: Terms | None = None,
    text: str = "",
    person_id: int | None = None,
    from_id: int | None = None,
) -> Act:
    return Act(
        move=move,
        by_id=viewer.member_id,
        at=uow.now,
        on=_today(uow),
        version=version,
        terms=terms,
        text=text,
        person_id=person_id,
        from_id=from_id,
        is_lead=Role.STRATEGY_LEAD in viewer.granted,
    )


def _lock(uow: UnitOfWork, viewer: Viewer, number: int) -> tuple[Catchball, Graph]:
    row = uow.catchballs.find(number)
    if row is None:
        raise _unknown(number)
    _check_visible(uow, row, uow.catchballs.read(row), viewer)
    return uow.catchballs.lock(number), _look(uow, viewer)


def _lock_upper(uow: UnitOfWork, viewer: Viewer, parent: Ref | None) -> list[Catchball]:
    """The agreed balls about what a new one stands under. Balls are locked before the plan, always."""
    node = _look(uow, viewer).find(parent) if parent is not None else None
    if node is None:
        return []
    locked = [uow.catchballs.lock(one) for one in uow.catchballs.list_agreed_numbers(node.kind, node.id)]
    return [row for row in locked if row.state is BallState.AGREED]


def _seen(uow: UnitOfWork, row: Catchball, version: int | None) -> Terms | None:
    found = uow.catchballs.find_version(row.id, version) if version is not None else None
    return Terms.read(found.terms) if found is not None else None


def _check_visible(uow: UnitOfWork, row: Catchball, ball: Ball, viewer: Viewer) -> None:
    """What a person may not see is not there."""
    if viewer.member_id in ball.people_ids:
        return
    if row.is_private or viewer.is_guest or viewer.is_stranger:
        raise _unknown(row.number)
    parent = ball.terms.parent
    if parent is not None and parent in access.hidden_from(uow.picture().graph, viewer):
        raise _unknown(row.number)


def _unknown(number: int) -> NotFound:
    return NotFound(f"There is no C-{number} here. Check the reference; `/catchball` lists yours.")


def _check_place(uow: UnitOfWork, graph: Graph, wanted: Throw, ball: Ball) -> None:
    if wanted.item is not None:
        node = access.get_visible(graph, wanted.item)
        if node.kind is not wanted.kind:
            raise Invalid(f"{node.reference} is of another kind than {wanted.kind}.", field="kind")
    if wanted.terms.parent is not None:
        _check_parent(uow, graph, wanted.terms.parent, ball)


def _check_parent(uow: UnitOfWork, graph: Graph, parent: Ref, ball: Ball) -> None:
    """It must be there for everyone who takes part."""
    node = graph.find(parent)
    if node is None:
        raise Invalid("There is no such item here to stand under. Check the reference.", field="parent")
    for member_id in ball.people_ids - {ball.proposer_id}:
        _check_sees(uow, graph, parent, member_id)


def _check_sees(uow: UnitOfWork, graph: Graph, parent: Ref, member_id: int) -> None:
    whole = uow.picture().graph
    if parent in access.hidden_from(whole, uow.roles.get_viewer(member_id, whole.teams)):
        person, node = graph.people[member_id], graph.nodes[parent]
        raise Invalid(
            f"{person.name} may not see {node.reference}, which this stands under. Make them a reader of "
            f"{node.reference} first, or choose another parent.",
            field="parent",
        )


def _check_newcomer(uow: UnitOfWork, graph: Graph, member_id: int, ball: Ball) -> None:
    on = _today(uow)
    for one in _candidates(uow, graph, (member_id,), on):
        check_candidate(one, ball.until_on or on, field="person")
    if ball.terms.parent is not None and graph.find(ball.terms.parent) is not None:
        _check_sees(uow, graph, ball.terms.parent, member_id)


def _candidates(uow: UnitOfWork, graph: Graph, member_ids: Sequence[int], on: date) -> list[Candidate]:
    found = []
    absences = uow.members.absences_from(list(member_ids), on)
    for member_id in member_ids:
        person = graph.people.get(member_id)
        if person is None:
            raise Invalid(
                "This person is not known here. Choose someone of this workspace.", field="receivers"
            )
        away = next((one for one in absences[member_id] if one.from_on <= on), None)
        deputy = graph.people.get(away.deputy_id or 0) if away is not None else None
        found.append(
            Candidate(
                member_id,
                person.name,
                is_guest=person.is_guest,
                is_deactivated=person.is_deactivated,
                away_until=away.until_on if away is not None else None,
                deputy=deputy.name if deputy is not None else "",
            )
        )
    return found


def _answer_by(wanted: Throw, on: date) -> date:
    return wanted.until_on or date.fromordinal(on.toordinal() + ANSWER_DAYS)


def _look(uow: UnitOfWork, viewer: Viewer) -> Graph:
    return look(uow, viewer)


def _names(graph: Graph) -> dict[int, str]:
    return {member_id: person.name for member_id, person in graph.people.items()}


def _today(uow: UnitOfWork) -> date:
    """By the plan's own calendar."""
    return uow.now.astimezone(ZoneInfo(uow.strategies.get_plan().zone)).date()
