"""Steps of an initiative's action plan: added, dated anew, put in order, ticked off, taken out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from storage.database import UnitOfWork
from storage.editing.items import get_item
from storage.editing.trail import note
from storage.editing.versions import overtaken, settle
from storage.repositories.audit import Version
from storage.repositories.chores import HANDOVERS
from storage.rules import access, changes
from storage.rules.access import Action, Viewer
from storage.rules.errors import Closed, Invalid, InvalidFields, NotAllowed
from storage.rules.graph import Graph, Node, StepLine
from storage.rules.hierarchy import Ref
from storage.rules.terms import ItemState, Kind, Role
from storage.tables.plan import Step

FIELDS = ("title", "owner_id", "due_on")


@dataclass(frozen=True, slots=True)
class Stepped:
    """A step after a change, and the initiative that it belongs to."""

    initiative: Node
    step: StepLine
    is_archived: bool = False


def add_step(
    uow: UnitOfWork,
    viewer: Viewer,
    ref: Ref,
    title: str,
    *,
    owner_id: int | None = None,
    due_on: date | None = None,
) -> Stepped:
    """Adds a step at the end of an initiative's plan.

    Raises:
        NotFound, NotAllowed: there is no such initiative for them, or they may not change it.
        Invalid, InvalidFields: it has no steps, or the values do not hold (fields "title", "owner" and
            "due_on").
    """
    uow.plans.lock()
    graph, node = get_item(uow, viewer, ref)
    if node.kind is not Kind.INITIATIVE:
        raise Invalid(
            f"{node.reference} has no steps: steps belong to an initiative. `/hoshin add initiative` makes "
            "one below it."
        )
    access.check(viewer, Action.EDIT, graph, node)
    _check_open(node)
    values: dict[str, Any] = {"title": title.strip(), "owner_id": owner_id, "due_on": due_on}
    _check(uow, graph, values)
    step = Step(
        workspace_id=uow.workspace_id,
        initiative_id=node.id,
        position=uow.parts.next_position(node.id),
        original_due_on=due_on,
        **values,
    )
    uow.parts.add(step)
    note(uow, viewer, node, "step added", before=None, after=_told(step, values))
    return Stepped(node, _line(step))


def change_step(
    uow: UnitOfWork,
    viewer: Viewer,
    step_id: int,
    values: Mapping[str, Any],
    *,
    since: int | None = None,
) -> Stepped:
    """Changes what a step is, whose, or when it is due. The day that was agreed first stays beside it.

    Who may not change the initiative may still move the date of a step of their own.

    Args:
        values: any of `FIELDS`.
        since: the initiative's version (`version_of`) that the person had before them. What others changed of
            the step since and this person left alone stays as the others have it.

    Raises:
        Overtaken: both changed the same field of the step since then.
        NotFound, NotAllowed, Invalid, InvalidFields: as `add_step`.
    """
    graph, node, step = _open(uow, viewer, step_id)
    only_moves = set(values) == {"due_on"} and values["due_on"] is not None
    if not only_moves or not access.may_move_step(viewer, graph, node, step.owner_id):
        access.check(viewer, Action.EDIT, graph, node)
    if since is not None:
        values = _settled(uow, (graph, node), step, values, since)
    different = {field: value for field, value in values.items() if getattr(step, field) != value}
    if not different:
        return Stepped(node, _line(step))
    _check(uow, graph, different)
    before = {field: getattr(step, field) for field in different}
    columns = dict(different)
    if step.original_due_on is None and different.get("due_on") is not None:
        columns["original_due_on"] = different["due_on"]
    uow.parts.change_step(step, columns)
    if "owner_id" in different:
        uow.chores.poke(uow.now, HANDOVERS)
    note(uow, viewer, node, "step changed", before=_told(step, before), after=_told(step, different))
    return Stepped(node, _line(step))


def move_step(uow: UnitOfWork, viewer: Viewer, step_id: int, places: int) -> Stepped:
    """Moves a step up (negative) or down in its order; beyond the ends it stays at the end."""
    graph, node, step = _open(uow, viewer, step_id)
    access.check(viewer, Action.EDIT, graph, node)
    steps = uow.parts.list_steps(node.id)
    place = steps.index(step)
    wanted = min(max(place + places, 0), len(steps) - 1)
    if wanted == place:
        return Stepped(node, _line(step))
    steps.insert(wanted, steps.pop(place))
    for position, one in enumerate(steps, start=1):
        uow.parts.change_step(one, {"position": position})
    note(
        uow,
        viewer,
        node,
        "step moved",
        before=_told(step, {"position": place + 1}),
        after=_told(step, {"position": wanted + 1}),
    )
    return Stepped(node, _line(step))


def tick_step(uow: UnitOfWork, viewer: Viewer, step_id: int, *, done: bool) -> Stepped:
    """Says that a step is done, or that it is not after all. A second press changes nothing.

    Raises:
        NotFound: it is not there, or not for this person.
        NotAllowed: they have no part in the step or the initiative.
    """
    graph, node, step = _open(uow, viewer, step_id)
    if not may_tick(viewer, graph, node, step.owner_id):
        raise NotAllowed(access.refusal(Action.TAKE_STEP, node))
    if done == (step.done_at is not None):
        return Stepped(node, _line(step))
    before = step.done_at
    uow.parts.change_step(
        step,
        {"done_at": uow.now if done else None, "done_by_id": viewer.member_id if done else None},
    )
    note(
        uow,
        viewer,
        node,
        "step done" if done else "step open again",
        before=_told(step, {"done_at": before}),
        after=_told(step, {"done_at": step.done_at}),
    )
    return Stepped(node, _line(step))


def remove_step(uow: UnitOfWork, viewer: Viewer, step_id: int) -> Stepped:
    """Takes a step out of the plan; the row stays."""
    return _archive(uow, viewer, step_id, is_archived=True)


def restore_step(uow: UnitOfWork, viewer: Viewer, step_id: int) -> Stepped:
    """Brings a step back, at its old place."""
    return _archive(uow, viewer, step_id, is_archived=False)


def get_step(uow: UnitOfWork, viewer: Viewer, step_id: int) -> Stepped:
    """A step and its initiative, as the viewer sees them.

    Raises:
        NotFound: there is none, or none that they may see.
    """
    _, node, step = _open(uow, viewer, step_id)
    return Stepped(node, _line(step), step.is_archived)


def list_steps(uow: UnitOfWork, initiative: Node) -> list[StepLine]:
    """The steps of an initiative that someone was shown, as they are now, in their order."""
    return [_line(step) for step in uow.parts.list_steps(initiative.id)]


def may_tick(viewer: Viewer, graph: Graph, node: Node, owner_id: int | None) -> bool:
    """Whoever has a part in the initiative, and the step's own owner."""
    if Role.VIEWER in viewer.roles:
        return False
    return owner_id == viewer.member_id or access.may(viewer, Action.TAKE_STEP, graph, node)


def _archive(uow: UnitOfWork, viewer: Viewer, step_id: int, *, is_archived: bool) -> Stepped:
    graph, node, step = _open(uow, viewer, step_id)
    access.check(viewer, Action.EDIT, graph, node)
    if step.is_archived != is_archived:
        uow.parts.change_step(step, {"is_archived": is_archived})
        action = "step removed" if is_archived else "step restored"
        before, after = {"is_archived": not is_archived}, {"is_archived": is_archived}
        note(uow, viewer, node, action, before=_told(step, before), after=_told(step, after))
    return Stepped(node, _line(step), step.is_archived)


def _open(uow: UnitOfWork, viewer: Viewer, step_id: int) -> tuple[Graph, Node, Step]:
    uow.plans.lock()
    step = uow.parts.get_step(step_id)
    ref = Kind.INITIATIVE, uow.parts.initiative_number(step.initiative_id)
    graph, node = get_item(uow, viewer, ref)
    _check_open(node)
    return graph, node, step


def _check_open(node: Node) -> None:
    if node.state is ItemState.ARCHIVED:
        raise Closed(f"{node.reference} is removed. Bring it back first, then change its steps.")


def _check(uow: UnitOfWork, graph: Graph, values: Mapping[str, Any]) -> None:
    sentences = {}
    title = values.get("title")
    if title is not None and not title.strip():
        sentences["title"] = "A step needs a few words that say what is to be done."
    elif title is not None and len(title) > changes.LONGEST_TITLE:
        sentences["title"] = (
            f"This has {len(title)} characters; at most {changes.LONGEST_TITLE} fit. Make two steps of it."
        )
    owner_id = values.get("owner_id")
    owner = graph.people.get(owner_id) if owner_id is not None else None
    if owner_id is not None and owner is None:
        sentences["owner"] = "This person is not known here. Choose someone of this workspace."
    elif owner is not None and owner.is_deactivated:
        sentences["owner"] = f"{owner.name} is deactivated in Slack. Choose someone else."
    try:
        changes.check_ahead(values.get("due_on"), uow.now.astimezone(ZoneInfo(graph.plan.zone)).date())
    except Invalid as refused:
        sentences["due_on"] = refused.sentence
    if sentences:
        raise InvalidFields(sentences)


def _settled(
    uow: UnitOfWork, at: tuple[Graph, Node], step: Step, values: Mapping[str, Any], since: int
) -> Mapping[str, Any]:
    graph, node = at
    newer: dict[str, Version] = {}
    for version in uow.audit.list_newer(str(node.kind), node.id, since):
        was, told = version.before.get("step", {}), version.after.get("step", {})
        for field in FIELDS:
            if told.get("id") == step.id and field in was and was[field] != told.get(field):
                before = newer[field].before if field in newer else {field: was[field]}
                newer[field] = Version(version.member_id, before, {field: told.get(field)})
    settled, clashes = settle(newer, values, {field: getattr(step, field) for field in values})
    if clashes:
        person = graph.people.get(next(iter(clashes.values())).member_id or 0)
        told_both = [
            f"{changes.word(field)} {_shown(graph, field, version.before[field])} → "
            f"{_shown(graph, field, version.after[field])}"
            for field, version in clashes.items()
        ]
        raise overtaken(person.name if person else "", told_both, clashes)
    return settled


def _shown(graph: Graph, field: str, value: Any) -> str:
    """A value of the trail as people read it."""
    if value is None:
        return "nothing"
    if field == "owner_id":
        return graph.people[value].name if value in graph.people else "someone"
    return f"“{value}”"


def _told(step: Step, values: Mapping[str, Any]) -> dict[str, Any]:
    """In the initiative's history a step's fields stand apart from the initiative's own."""
    return {"step": {"id": step.id, "title": step.title, **values}}


def _line(step: Step) -> StepLine:
    return StepLine(
        step.id, step.position, step.title, step.owner_id, step.original_due_on, step.due_on, step.done_at
    )
