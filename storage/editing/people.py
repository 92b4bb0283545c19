"""Who has a part in an item: supporters, readers of what is restricted, and who answers for it."""

from collections.abc import Collection, Mapping, Sequence

from storage.database import UnitOfWork
from storage.editing.items import Changed, get_item
from storage.editing.trail import note
from storage.rules import access
from storage.rules.access import Action, Viewer
from storage.rules.errors import Invalid
from storage.rules.graph import Graph, Node
from storage.rules.hierarchy import Ref
from storage.tables.plan import Reader, Supporter

SUPPORTERS = "supporters"
READERS = "readers"

_TABLES: Mapping[str, type[Supporter] | type[Reader]] = {SUPPORTERS: Supporter, READERS: Reader}
_ACTIONS: Mapping[str, Action] = {SUPPORTERS: Action.EDIT, READERS: Action.RESTRICT}


def set_supporters(uow: UnitOfWork, viewer: Viewer, ref: Ref, member_ids: Collection[int]) -> Changed:
    """Who helps with an item, all of them; the owner is none of them.

    Raises:
        NotFound, NotAllowed: there is no such item for them, or they may not change it.
        Invalid: someone is unknown or deactivated (field "supporters").
    """
    uow.plans.lock()
    graph, node = get_item(uow, viewer, ref)
    wanted = [one for one in dict.fromkeys(member_ids) if one != node.owner_id]
    return _set(uow, viewer, (graph, node), SUPPORTERS, wanted)


def set_readers(uow: UnitOfWork, viewer: Viewer, ref: Ref, member_ids: Collection[int]) -> Changed:
    """Who may see a restricted item without having a part in it, all of them.

    Raises:
        as `set_supporters` (field "readers").
    """
    uow.plans.lock()
    graph, node = get_item(uow, viewer, ref)
    wanted = list(dict.fromkeys(member_ids))
    return _set(uow, viewer, (graph, node), READERS, wanted)


def _set(
    uow: UnitOfWork, viewer: Viewer, at: tuple[Graph, Node], field: str, wanted: Sequence[int]
) -> Changed:
    graph, node = at
    before = _now(graph, node, field)
    if list(wanted) == list(before):
        return Changed(node, {}, {})
    access.check(viewer, _ACTIONS[field], graph, node)
    for member_id in set(wanted) - set(before):
        person = graph.people.get(member_id)
        if person is None:
            raise Invalid("This person is not known here. Choose someone of this workspace.", field=field)
        if person.is_deactivated:
            raise Invalid(f"{person.name} is deactivated in Slack. Choose someone else.", field=field)
    return _write(uow, viewer, at, field, wanted)


def _write(
    uow: UnitOfWork, viewer: Viewer, at: tuple[Graph, Node], field: str, wanted: Sequence[int]
) -> Changed:
    graph, node = at
    before = _now(graph, node, field)
    if set(wanted) == set(before):
        return Changed(node, {}, {})
    whole = uow.picture(graph.plan.id)
    for member_id in before:
        if member_id not in wanted:
            uow.parts.remove_person(_TABLES[field], node.kind, node.id, member_id)
    for member_id in wanted:
        if member_id not in before:
            uow.parts.add_person(_TABLES[field], node.kind, node.id, member_id)
    note(uow, viewer, node, "changed", before={field: list(before)}, after={field: list(wanted)})
    changed = whole.with_supporters if field == SUPPORTERS else whole.with_readers
    uow.carry(whole, changed(node.ref, wanted))
    return Changed(node, {field: tuple(before)}, {field: tuple(wanted)})


def _now(graph: Graph, node: Node, field: str) -> tuple[int, ...]:
    people = graph.supporters if field == SUPPORTERS else graph.readers
    return people.get(node.ref, ())
