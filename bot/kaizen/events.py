"""Kaizen events: an initiative with a team and a few days, for the ideas that it works on."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from bot.blockkit.mrkdwn import literal
from bot.kaizen import moving, people
from bot.kaizen.post import redraw_card, tell_step
from bot.kaizen.reading import read_number, show
from storage import editing
from storage.database import UnitOfWork
from storage.editing.people import set_supporters
from storage.rules import access
from storage.rules.access import Action, Viewer
from storage.rules.errors import Invalid, InvalidFields, NotFound
from storage.rules.graph import Graph, Node
from storage.rules.hierarchy import LEGAL_PARENTS, Ref, parse_reference
from storage.rules.kaizen import ENDS, MAX_TEXT, Ask, Move, read_text
from storage.rules.terms import Kind
from storage.tables.kaizen import Idea, KaizenEvent

TITLE, GOAL, PROBLEM, BEFORE, AFTER = "title", "goal", "problem", "before", "after"
DUE, STARTS, TEAM, IDEAS, RESULT, OVER = "due_on", "starts_on", "supporters", "ideas", "result", "over"
EVENT = "Kaizen event"
LONGEST_LINE = 1000
MOST_OFFERED = 100
MOST_CLOSED = 10
"""As many as a form's boxes take."""


@dataclass(frozen=True, slots=True)
class Place:
    """What an event is formed from: an initiative that there is, an idea, or both or nothing."""

    reference: str = ""
    idea_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSheet:
    """The form of an event: what its inputs hold. `initiative` is the title of the one that becomes it.

    `goal` and `ideas` are (value, words) of what is chosen.
    """

    place: Place
    initiative: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    goal: tuple[str, str] | None = None
    team: tuple[str, ...] = ()
    ideas: tuple[tuple[str, str], ...] = ()
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Formed:
    """An event that was saved: the initiative's reference and title, and how many ideas it works on."""

    reference: str
    title: str
    ideas: int


@dataclass(frozen=True, slots=True)
class ResultSheet:
    """The form of an event's result: (idea id, words) of the ideas that can be closed with it."""

    reference: str
    title: str
    result: str
    after: str
    ideas: tuple[tuple[int, str], ...]


def begin(uow: UnitOfWork, member_id: int, place: Place) -> EventSheet:
    """The form, filled from the initiative or the idea.

    Raises:
        NotFound: there is no such initiative or idea for them.
        NotAllowed: they may not change that initiative, or only look on.
    """
    viewer = people.get_actor(uow, member_id)
    if place.reference:
        _, node = _own_initiative(uow, viewer, place.reference)
        row = uow.kaizen_events.find(node.id)
        typed = {PROBLEM: row.problem, BEFORE: row.before, AFTER: row.after} if row else {}
        ideas = uow.ideas.list_of(uow.kaizen_events.list_idea_ids(node.id))
        chosen = tuple((line.reference, f"{line.reference} {line.title}") for line in ideas)
        return EventSheet(place=place, initiative=node.title, typed=typed, ideas=chosen)
    if not place.idea_id:
        return EventSheet(place=place)
    idea = show(uow, member_id, place.idea_id).idea
    return EventSheet(
        place=place,
        typed={TITLE: idea.title, PROBLEM: idea.problem, BEFORE: "", AFTER: idea.expected[:LONGEST_LINE]},
        goal=_goal_of(uow, viewer, place.idea_id),
        ideas=((idea.reference, f"{idea.reference} {idea.title}"),),
    )


def form(
    uow: UnitOfWork,
    member_id: int,
    place: Place,
    typed: Mapping[str, str],
    *,
    team: Collection[int],
    ideas: Sequence[str] | None,
) -> Formed:
    """Makes an initiative a Kaizen event, or adds one; a second time it changes what was written.

    Args:
        typed: the inputs by their names; days as 2026-02-09, the goal as a reference.
        team: member ids of those who help.
        ideas: references of the ideas that it works on, all of them; None leaves them as they are.

    Raises:
        NotAllowed, NotFound: they may not change or add that; there is no such goal or idea for them.
        Invalid, InvalidFields: an input that says nothing, too much, or does not hold together.
    """
    viewer = people.get_actor(uow, member_id)
    texts = _read_texts(typed)
    if place.reference:
        _, node = _own_initiative(uow, viewer, place.reference)
    else:
        node = _add_initiative(uow, viewer, typed, team)
    row = uow.kaizen_events.find(node.id)
    is_new = row is None
    if row is None:
        row = uow.kaizen_events.add(
            KaizenEvent(workspace_id=uow.workspace_id, initiative_id=node.id, problem="")
        )
    row.problem, row.before, row.after = texts[PROBLEM], texts[BEFORE], texts[AFTER]
    uow.session.flush()
    _note(uow, viewer, node, "formed as a Kaizen event" if is_new else "changed as a Kaizen event")
    if ideas is None and place.idea_id:
        ideas = [show(uow, member_id, place.idea_id).idea.reference]
    if ideas is not None:
        _set_ideas(uow, member_id, node, ideas)
    return Formed(node.reference, node.title, len(uow.kaizen_events.list_idea_ids(node.id)))


def begin_result(uow: UnitOfWork, member_id: int, reference: str) -> ResultSheet:
    """The form of an event's result.

    Raises:
        NotFound, NotAllowed: as `record_result`.
    """
    _, node, row = _own_event(uow, people.get_actor(uow, member_id), reference)
    lines = uow.ideas.list_of(uow.kaizen_events.list_idea_ids(node.id))
    ideas = [(line.id, f"{line.reference} {line.title}") for line in lines if line.state not in ENDS]
    return ResultSheet(node.reference, node.title, row.result, row.after, tuple(ideas[:MOST_CLOSED]))


def record_result(
    uow: UnitOfWork,
    member_id: int,
    reference: str,
    typed: Mapping[str, str],
    *,
    closes: Collection[int],
    is_over: bool,
) -> Formed:
    """Writes down what an event has brought, and closes the ideas that are done with it.

    Args:
        typed: `result` in a few sentences, `after` as it is now.
        closes: ids of ideas that it works on; each author reads the result.
        is_over: the initiative is done, too.

    Raises:
        NotFound: there is no such event. NotAllowed: they may not change its initiative.
        Invalid, InvalidFields: there is no result, or it is too long.
    """
    viewer = people.get_actor(uow, member_id)
    _, node, row = _own_event(uow, viewer, reference)
    result = read_text(typed.get(RESULT, ""), name=RESULT, what="the result")
    row.result, row.after = result, _read_line(typed, AFTER)
    row.result_at, row.result_by_id = uow.now, member_id
    uow.session.flush()
    _note(uow, viewer, node, "result recorded", {"result": result})
    if is_over:
        editing.change_item(uow, viewer, node.ref, {"progress": Decimal(1)})
    mine = set(uow.kaizen_events.list_idea_ids(node.id))
    closed = [idea_id for idea_id in dict.fromkeys(closes) if idea_id in mine]
    for idea_id in closed:
        if uow.ideas.get(idea_id).state not in ENDS:
            moving.move(uow, member_id, idea_id, Move.CLOSE, {Ask.RESULT: result})
    return Formed(node.reference, node.title, len(closed))


def find_goals(uow: UnitOfWork, member_id: int, typed: str) -> list[tuple[str, str]]:
    """(value, words) of where an event may stand in the plan."""
    graph = people.find_plan(uow, uow.roles.get_viewer(member_id))
    if graph is None:
        return []
    nodes = [node for kind in LEGAL_PARENTS[Kind.INITIATIVE] for node in graph.of_kind(kind)]
    return _fitting([(node.reference, f"{node.reference} {node.title}") for node in nodes], typed)


def find_ideas(uow: UnitOfWork, member_id: int, typed: str) -> list[tuple[str, str]]:
    """(value, words) of the open ideas that an event may work on; a guest's are those of their own."""
    is_guest = uow.roles.get_viewer(member_id).is_guest
    lines = uow.ideas.list_lines(mine=member_id, sealed=True) if is_guest else uow.ideas.list_lines()
    known = [(line.reference, f"{line.reference} {line.title}") for line in lines if line.state not in ENDS]
    return _fitting(known, typed)


def _own_initiative(uow: UnitOfWork, viewer: Viewer, reference: str) -> tuple[Graph, Node]:
    ref = parse_reference(reference)
    if ref[0] is not Kind.INITIATIVE:
        raise Invalid("A Kaizen event is an initiative. Choose one, such as I-3.")
    graph, node = editing.get_item(uow, viewer, ref)
    access.check(viewer, Action.EDIT, graph, node)
    return graph, node


def _own_event(uow: UnitOfWork, viewer: Viewer, reference: str) -> tuple[Graph, Node, KaizenEvent]:
    graph, node = _own_initiative(uow, viewer, reference)
    row = uow.kaizen_events.find(node.id)
    if row is None:
        raise NotFound(f"{node.reference} is no Kaizen event yet. Make it one first, on its card.")
    return graph, node, row


def _add_initiative(uow: UnitOfWork, viewer: Viewer, typed: Mapping[str, str], team: Collection[int]) -> Node:
    goal = typed.get(GOAL, "").strip()
    parent: Ref | None = parse_reference(goal, field=GOAL) if goal else None
    values: dict[str, Any] = {
        "title": read_text(typed.get(TITLE, ""), name=TITLE, what="the title", limit=200),
        "owner_id": viewer.member_id,
    }
    if parent is not None:
        _, above = editing.get_item(uow, viewer, parent)
        values |= {"parent": parent, "team_id": above.team_id}
    values |= {name: day for name in (STARTS, DUE) if (day := _read_day(typed, name)) is not None}
    try:
        node = editing.add_item(uow, viewer, Kind.INITIATIVE, values)
    except Invalid as error:
        if error.field == "parent":
            raise Invalid(error.sentence, field=GOAL) from error
        raise
    if team:
        set_supporters(uow, viewer, node.ref, team)
    return node


def _set_ideas(uow: UnitOfWork, member_id: int, node: Node, references: Sequence[str]) -> None:
    """The ideas that it works on; authors and threads of those that are new in it hear of it."""
    wanted = []
    for reference in dict.fromkeys(references):
        detail = show(uow, member_id, uow.ideas.get_id(read_number(reference, IDEAS)))
        wanted.append(detail.idea.id)
    before = set(uow.kaizen_events.list_idea_ids(node.id))
    uow.kaizen_events.set_ideas(node.id, wanted)
    for idea_id in wanted:
        if idea_id not in before:
            _tell(uow, member_id, node, uow.ideas.lock(idea_id))


def _tell(uow: UnitOfWork, member_id: int, node: Node, idea: Idea) -> None:
    row = moving.log_step(uow, idea, member_id, EVENT, "")
    readers = people.find_channel_readers(uow)
    seen = people.find_plan(uow, *readers) if readers else None
    named = seen is not None and seen.find(node.ref) is not None
    which = f" {literal(f'{node.reference} {node.title}')}" if named else ""
    redraw_card(uow, idea)
    tell_step(uow, idea, row, f"A Kaizen event{which} works on it.")


def _goal_of(uow: UnitOfWork, viewer: Viewer, idea_id: int) -> tuple[str, str] | None:
    """Where an event for an idea would stand: under what its goal stands, if that may hold an initiative."""
    idea = uow.ideas.get(idea_id)
    graph = people.find_plan(uow, viewer)
    if graph is None or idea.serves_kind is None:
        return None
    node = next((one for one in graph.of_kind(idea.serves_kind) if one.id == idea.serves_id), None)
    above = [*graph.above(node.ref), *graph.measured_by.get(node.ref, ())] if node is not None else []
    legal = (one for one in above if one.kind in LEGAL_PARENTS[Kind.INITIATIVE])
    found = next(legal, None)
    return (found.reference, f"{found.reference} {found.title}") if found is not None else None


def _note(
    uow: UnitOfWork, viewer: Viewer, node: Node, action: str, after: Mapping[str, Any] | None = None
) -> None:
    uow.audit.record(
        at=uow.now,
        member_id=viewer.member_id,
        action=action,
        kind=Kind.INITIATIVE,
        item_id=node.id,
        reference=node.reference,
        after=dict(after or {}),
    )


def _read_texts(typed: Mapping[str, str]) -> dict[str, str]:
    faults: dict[str, str] = {}
    texts: dict[str, str] = {}
    try:
        texts[PROBLEM] = read_text(typed.get(PROBLEM, ""), name=PROBLEM, what="the problem", limit=MAX_TEXT)
    except Invalid as error:
        faults[PROBLEM] = error.sentence
    for name in (BEFORE, AFTER):
        try:
            texts[name] = _read_line(typed, name)
        except Invalid as error:
            faults[name] = error.sentence
    if faults:
        raise InvalidFields(faults)
    return texts


def _read_line(typed: Mapping[str, str], name: str) -> str:
    text = typed.get(name, "").strip()
    if len(text) > LONGEST_LINE:
        raise Invalid(
            f"That is {len(text):,} characters; {LONGEST_LINE:,} fit. Keep its core here.", field=name
        )
    return text


def _read_day(typed: Mapping[str, str], name: str) -> date | None:
    text = typed.get(name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Invalid("This is no day. Choose one from the calendar.", field=name) from error


def _fitting(known: Sequence[tuple[str, str]], typed: str) -> list[tuple[str, str]]:
    wanted = typed.casefold().split()
    fits = [(value, words) for value, words in known if all(one in words.casefold() for one in wanted)]
    return fits[:MOST_OFFERED]
