"""Forms of items: opened from the record, saved into it, removed and brought back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.asks import Form
from bot.planning.fields import ALIASES, PEOPLE_FIELDS, Entry, Field, fields_of, kinds_below
from bot.planning.reading import Known, read_form
from bot.planning.service.defaults import blank_item, today_in
from bot.planning.service.keys import AddKey, FormKey
from bot.planning.service.showing import in_slack, initial, label_of, words_of
from storage import editing
from storage.database import UnitOfWork
from storage.editing import kpis, people
from storage.editing.plans import list_plans
from storage.editing.versions import changed_since, merge_list
from storage.rules import access, changes
from storage.rules.access import Action, Viewer
from storage.rules.errors import Invalid, InvalidFields
from storage.rules.finding import Several, find, read_reference
from storage.rules.graph import Graph, Node, PlanLine
from storage.rules.hierarchy import LEGAL_PARENTS, Ref, check_parent
from storage.rules.likeness import find_alike, is_same_name
from storage.rules.terms import Direction, ItemState, Kind, PlanState

_SHOWN_PLAN_STATES = (PlanState.ACTIVE, PlanState.DRAFT)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemForm:
    """A form as it is drawn. `values` are what stands in its inputs, `labels` the words of chosen options.

    `unseen` names people of a field whom Slack's own menu cannot show, since they are not in Slack yet.
    """

    key: FormKey
    fields: tuple[Field, ...]
    values: Mapping[str, str | tuple[str, ...]]
    labels: Mapping[str, str] = field(default_factory=dict)
    unseen: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    plan_title: str = ""
    may_remove: bool = False
    is_archived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chooser:
    """What can be added: kinds below something, or all that the person may add, by plan."""

    parent: Node | None
    kinds: tuple[Kind, ...]
    plan: PlanLine
    other_plans: tuple[PlanLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """An item after it was saved. `told` are the fields as people read them: (name, before, after)."""

    node: Node
    is_new: bool
    told: tuple[tuple[str, str, str], ...] = ()
    under: str = ""
    addable: tuple[Kind, ...] = ()
    suggested: int = 0
    plan: PlanLine | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it was sent, the member ids (by Slack's) of everyone whom it names, the sender's locale."""

    form: Form
    members: Mapping[str, int]
    locale: str


@dataclass(frozen=True, slots=True)
class Alike:
    """KPIs that seem to measure what someone is about to define once more."""

    nodes: tuple[Node, ...]


def choose(uow: UnitOfWork, member_id: int, key: AddKey) -> Chooser:
    """The kinds that someone may add there.

    Raises:
        NotFound: there is no such item or plan for them.
        Invalid: nothing stands below that item.
        NotAllowed: they may add nothing.
    """
    viewer = uow.roles.get_viewer(member_id)
    parent = None
    plan_id = key.plan_id
    if key.parent is not None:
        graph, parent = editing.get_item(uow, viewer, key.parent)
        plan_id = graph.plan.id
        below = kinds_below(parent.kind)
        if not below:
            raise Invalid(f"Nothing stands below a {parent.kind}. `/hoshin add` adds beside it.")
    else:
        graph = editing.look(uow, viewer, plan_id)
        below = [*LEGAL_PARENTS, Kind.DRIVER, Kind.KPI]
    kinds = [kind for kind in _in_order(below) if _may_add(viewer, kind)]
    if not kinds:
        access.check(viewer, Action.ADD)
    others = tuple(
        one
        for one in list_plans(uow, viewer)
        if one.id != graph.plan.id and one.state in _SHOWN_PLAN_STATES and parent is None
    )
    return Chooser(parent=parent, kinds=tuple(kinds), plan=graph.plan, other_plans=others)


def open_new(uow: UnitOfWork, member_id: int, key: AddKey, kind: Kind) -> ItemForm:
    """The form of a new item of a kind, with the defaults of where it is added.

    Raises:
        NotFound, NotAllowed: as `choose`. Invalid: it cannot stand under that parent.
    """
    viewer = uow.roles.get_viewer(member_id)
    parent = None
    if key.parent is not None:
        graph, parent = editing.get_item(uow, viewer, key.parent)
        check_parent(kind, parent.kind)
    else:
        graph = editing.look(uow, viewer, key.plan_id)
    if not _may_add(viewer, kind):
        access.check(viewer, Action.ADD)
    if kind is Kind.KEY_RESULT and not graph.of_kind(Kind.OBJECTIVE):
        raise Invalid("A key result belongs to an objective, and there is none yet. Add an objective first.")
    node = blank_item(uow, viewer, graph, kind, parent)._replace(title=" ".join(key.title.split()))
    form_key = FormKey(kind=kind, plan_id=graph.plan.id)
    return _form(uow, viewer, graph, node, form_key)


def find_item(uow: UnitOfWork, member_id: int, text: str) -> Ref | Several:
    """What a reference or words mean: one item, or the several that the words fit.

    Raises:
        NotFound: nothing that this person sees fits.
    """
    ref = read_reference(text)
    if ref is not None:
        # A reference is understood in every plan, the draft of next year's, too.
        return ref
    found = find(editing.look(uow, uow.roles.get_viewer(member_id)), text)
    return found if isinstance(found, Several) else found.ref


def open_edit(uow: UnitOfWork, member_id: int, ref: Ref) -> ItemForm:
    """The form of an item, as the record has it.

    Raises:
        NotFound: there is no such item for them. NotAllowed: they may not change it.
    """
    viewer = uow.roles.get_viewer(member_id)
    graph, node = editing.get_item(uow, viewer, ref)
    access.check(viewer, Action.EDIT, graph, node)
    key = FormKey(
        kind=node.kind,
        reference=node.reference,
        plan_id=graph.plan.id,
        version=editing.version_of(uow, node),
    )
    return _form(uow, viewer, graph, node, key)


def redraw(
    uow: UnitOfWork, member_id: int, key: FormKey, typed: Form, *, is_newest: bool = False
) -> ItemForm:
    """The same form with what was typed, after something of it changed: more fields, a reason, a version.

    Args:
        is_newest: the person has seen what others changed meanwhile, and goes on from there.
    """
    viewer = uow.roles.get_viewer(member_id)
    if key.ref is not None:
        graph, node = editing.get_item(uow, viewer, key.ref)
        if is_newest:
            key = key.but(version=editing.version_of(uow, node))
    else:
        graph = editing.look(uow, viewer, key.plan_id)
        node = blank_item(uow, viewer, graph, key.kind, None)
    form = _form(uow, viewer, graph, node, key)
    values = dict(form.values)
    labels = dict(form.labels)
    for name, value in typed.values.items():
        values[name] = tuple(value) if isinstance(value, list) else (value or "")
    for one in form.fields:
        chosen = values.get(one.name)
        if one.entry in {Entry.PARENT, Entry.KPI, Entry.TEAM} and isinstance(chosen, str) and chosen:
            labels[one.name] = label_of(graph, one, chosen)
    return ItemForm(
        key=key,
        fields=form.fields,
        values=values,
        labels=labels,
        unseen=form.unseen,
        title=form.title,
        plan_title=form.plan_title,
        may_remove=form.may_remove,
        is_archived=form.is_archived,
    )


def save(uow: UnitOfWork, member_id: int, key: FormKey, sent: Sent) -> Saved | Alike:
    """Saves a form, whole or not at all.

    Returns:
        `Alike` and nothing saved, where a KPI is about to be defined once more.

    Raises:
        NotFound, NotAllowed, Closed: the item is gone, or not theirs to change.
        Invalid, InvalidFields: by input, what does not hold; the field "reason" where a reason is wanted.
        Overtaken: someone else changed the same meanwhile.
    """
    viewer = uow.roles.get_viewer(member_id)
    if key.ref is None:
        return _save_new(uow, viewer, key, sent)
    graph, node = editing.get_item(uow, viewer, key.ref)
    typed = read_form(sent.form, Known(node.kind, node, graph, sent.locale, sent.members))
    _check_days(uow, graph, node, typed.values)
    if _is_renamed(node, typed.values):
        _check_unlike(graph, node.kind, node._replace(**typed.values))
    newer = changed_since(uow, str(node.kind), node.id, key.version)
    changed = editing.change_item(uow, viewer, key.ref, typed.values, reason=typed.reason, since=key.version)
    before, after = dict(changed.before), dict(changed.after)
    for name in PEOPLE_FIELDS:
        if name in typed.people:
            people_now = (graph.supporters if name == "supporters" else graph.readers).get(key.ref, ())
            wanted = merge_list(newer, name, people_now, typed.people[name])
            one = _set_people(uow, viewer, key.ref, name, tuple(wanted))
            before |= one.before
            after |= one.after
    if typed.aliases is not None:
        names = graph.aliases.get(key.ref, ())
        named = tuple(merge_list(newer, ALIASES, names, typed.aliases))
        _set_aliases(uow, viewer, key.ref, names, named)
        if set(names) != set(named):
            before[ALIASES], after[ALIASES] = names, named
    told = tuple(
        (
            changes.word(name),
            words_of(graph, name, before[name], node.unit, sent.locale),
            words_of(graph, name, value, changed.node.unit, sent.locale),
        )
        for name, value in after.items()
    )
    return _saved(uow, viewer, graph, changed.node, told=told, is_new=False)


def use_alias(uow: UnitOfWork, member_id: int, ref: Ref, name: str) -> Saved:
    """Instead of a second KPI: another name of the one that there is.

    Raises:
        NotFound, NotAllowed, Invalid: as `kpis.add_alias`.
    """
    viewer = uow.roles.get_viewer(member_id)
    kpis.add_alias(uow, viewer, ref, name)
    graph, node = editing.get_item(uow, viewer, ref)
    told = (("other name", "", " ".join(name.split())),)
    return _saved(uow, viewer, graph, node, told=told, is_new=False)


def remove(uow: UnitOfWork, member_id: int, ref: Ref) -> Node:
    """Takes an item out of the plan; `restore` is one press away.

    Raises:
        NotFound, NotAllowed, Invalid: as `editing.archive_item`.
    """
    return editing.archive_item(uow, uow.roles.get_viewer(member_id), ref).node


def restore(uow: UnitOfWork, member_id: int, ref: Ref) -> Saved:
    """Brings a removed item back."""
    viewer = uow.roles.get_viewer(member_id)
    editing.restore_item(uow, viewer, ref)
    graph, node = editing.get_item(uow, viewer, ref)
    return _saved(uow, viewer, graph, node, is_new=False)


def _save_new(uow: UnitOfWork, viewer: Viewer, key: FormKey, sent: Sent) -> Saved | Alike:
    graph = editing.look(uow, viewer, key.plan_id)
    typed = read_form(sent.form, Known(key.kind, None, graph, sent.locale, sent.members))
    values = _completed(graph, key.kind, dict(typed.values))
    blank = blank_item(uow, viewer, graph, key.kind, None)._replace(**values)
    _check_days(uow, graph, None, values)
    _check_unlike(graph, key.kind, blank)
    if key.kind is Kind.KPI and not key.differs:
        alike = find_alike(graph, values.get("title") or "", values.get("unit") or "")
        if alike:
            return Alike(alike)
    node = editing.add_item(uow, viewer, key.kind, values, plan_id=graph.plan.id)
    for name in PEOPLE_FIELDS:
        if typed.people.get(name):
            _set_people(uow, viewer, node.ref, name, typed.people[name])
    _set_aliases(uow, viewer, node.ref, (), typed.aliases or ())
    return _saved(uow, viewer, graph, node, is_new=True)


def _set_aliases(
    uow: UnitOfWork, viewer: Viewer, ref: Ref, before: tuple[str, ...], wanted: tuple[str, ...]
) -> None:
    try:
        for name in before:
            if name not in wanted:
                kpis.remove_alias(uow, viewer, ref, name)
        for name in wanted:
            if name not in before:
                kpis.add_alias(uow, viewer, ref, name)
    except Invalid as refused:
        raise Invalid(refused.sentence, field=ALIASES) from refused


def _set_people(
    uow: UnitOfWork, viewer: Viewer, ref: Ref, name: str, member_ids: tuple[int, ...]
) -> editing.Changed:
    setter = people.set_supporters if name == "supporters" else people.set_readers
    return setter(uow, viewer, ref, member_ids)


def _saved(
    uow: UnitOfWork,
    viewer: Viewer,
    graph: Graph,
    node: Node,
    *,
    is_new: bool,
    told: tuple[tuple[str, str, str], ...] = (),
) -> Saved:
    parent = graph.nodes.get(node.parent) if node.parent is not None else None
    return Saved(
        node=node,
        is_new=is_new,
        told=told,
        under=f"{parent.reference} {parent.title}" if parent else "",
        addable=tuple(kind for kind in kinds_below(node.kind) if _may_add(viewer, kind)),
        suggested=uow.marks.count_suggested((node.kind, node.id)),
        plan=graph.plan,
    )


def _completed(graph: Graph, kind: Kind, values: dict[str, Any]) -> dict[str, Any]:
    """What follows from what was typed: the way that a figure goes, and what its KPI says already."""
    if kind not in {Kind.KEY_RESULT, Kind.KPI}:
        return values
    measure = graph.find(values["measure"]) if values.get("measure") else None
    if measure is not None:
        values["unit"] = values.get("unit") or measure.unit
        values.setdefault("direction", measure.direction)
    low, high = values.get("baseline"), values.get("target")
    if low is not None and high is not None and high < low:
        values.setdefault("direction", Direction.DECREASE)
    if kind is Kind.KEY_RESULT:
        missing = {
            name: sentence
            for name, sentence in (
                ("baseline", "From which value does it start? Type a figure such as 70."),
                ("target", "Which value is it to reach? Type a figure such as 80."),
            )
            if values.get(name) is None
        }
        if missing:
            raise InvalidFields(missing)
    return values


def _check_days(uow: UnitOfWork, graph: Graph, node: Node | None, values: Mapping[str, Any]) -> None:
    """A day that someone plans for now lies ahead; one that stands there already may have passed."""
    due_on = values.get("due_on")
    if node is None or node.due_on != due_on:
        changes.check_ahead(due_on, today_in(uow, graph))


def _is_renamed(node: Node, values: Mapping[str, Any]) -> bool:
    return not is_same_name(values.get("title", node.title), node.title)


def _check_unlike(graph: Graph, kind: Kind, node: Node) -> None:
    """Two items of one kind in one place and by one name are one item, entered twice."""
    for other in graph.of_kind(kind):
        same_place = kind is Kind.KPI or other.parent == node.parent
        if other.number != node.number and same_place and is_same_name(other.title, node.title):
            raise Invalid(
                f"{other.reference} is called that already. Change that one with `/hoshin edit "
                f"{other.reference}`, or give this one another name.",
                field="title",
            )


def _form(uow: UnitOfWork, viewer: Viewer, graph: Graph, node: Node, key: FormKey) -> ItemForm:
    locale = uow.members.get(viewer.member_id).locale
    fields = tuple(fields_of(key.kind, is_whole=key.is_whole))
    values: dict[str, str | tuple[str, ...]] = {}
    labels: dict[str, str] = {}
    unseen: dict[str, str] = {}
    for one in fields:
        if one.name in PEOPLE_FIELDS:
            of = graph.supporters if one.name == "supporters" else graph.readers
            shown, hidden = in_slack(graph, of.get(node.ref, ()))
            values[one.name] = tuple(shown)
        elif one.entry is Entry.PERSON:
            shown, hidden = in_slack(graph, () if node.owner_id is None else (node.owner_id,))
            values[one.name] = shown[0] if shown else ""
        elif one.name == ALIASES:
            hidden = []
            values[one.name] = "\n".join(graph.aliases.get(node.ref, ()))
        else:
            hidden = []
            values[one.name] = initial(node, one, locale)
        if hidden:
            unseen[one.name] = ", ".join(hidden)
        chosen = values[one.name]
        if one.entry in {Entry.PARENT, Entry.KPI, Entry.TEAM} and isinstance(chosen, str) and chosen:
            labels[one.name] = label_of(graph, one, chosen)
    return ItemForm(
        key=key,
        fields=fields,
        values=values,
        labels=labels,
        unseen=unseen,
        title=node.title,
        plan_title="" if graph.plan.state is PlanState.ACTIVE else graph.plan.title,
        may_remove=key.ref is not None and access.may(viewer, Action.ARCHIVE, graph, node),
        is_archived=node.state is ItemState.ARCHIVED,
    )


def _may_add(viewer: Viewer, kind: Kind) -> bool:
    """Whether someone may add a kind at all: to a team that they lead, where to no other."""
    if access.may_add(viewer, kind):
        return True
    return any(access.may_add(viewer, kind, team_id=team_id) for team_id in viewer.led_team_ids)


def _in_order(kinds: list[Kind]) -> list[Kind]:
    order = [
        Kind.DRIVER,
        Kind.BREAKTHROUGH,
        Kind.ANNUAL_OBJECTIVE,
        Kind.INITIATIVE,
        Kind.KPI,
        Kind.OBJECTIVE,
        Kind.KEY_RESULT,
    ]
    return [kind for kind in order if kind in kinds]
