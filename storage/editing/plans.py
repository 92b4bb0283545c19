"""Versions of the plan: the first one, its frame, next year's, and which one is active."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from storage.database import UnitOfWork
from storage.editing.activity import date_activity, plan_day
from storage.editing.trail import PLAN, note_other
from storage.editing.versions import changed_since, overtaken, settle
from storage.repositories.plans import ITEM_TABLES, PARENT_COLUMNS
from storage.rules import access
from storage.rules.access import Action, Viewer
from storage.rules.cadence import find_zone
from storage.rules.errors import Closed, Invalid, InvalidFields
from storage.rules.graph import Graph, Node, PlanLine, StepLine
from storage.rules.hierarchy import Ref
from storage.rules.likeness import is_same_name
from storage.rules.terms import Direction, ItemState, Kind, PlanState
from storage.tables.plan import Plan, PlanItem, Reader, Step, Supporter

FRAME = ("title", "vision", "values", "starts_on", "zone")
_LONGEST = {"title": 200, "vision": 3000, "values": 3000}
_FULL = Decimal(1)


class Carried(StrEnum):
    """What next year's plan may begin with; nothing by default, since a year begins with choosing."""

    DRIVERS = "drivers"
    BREAKTHROUGHS = "breakthroughs"
    KPIS = "KPI definitions"
    INITIATIVES = "initiatives"


_KINDS = {
    Carried.DRIVERS: Kind.DRIVER,
    Carried.BREAKTHROUGHS: Kind.BREAKTHROUGH,
    Carried.KPIS: Kind.KPI,
    Carried.INITIATIVES: Kind.INITIATIVE,
}
# A driver comes before the breakthrough that stands under it.
_ORDER = (Kind.DRIVER, Kind.BREAKTHROUGH, Kind.KPI, Kind.INITIATIVE)


@dataclass(frozen=True, slots=True)
class NextPlan:
    """A plan that was made from another one, and how many items of each kind came along."""

    plan: PlanLine
    carried: Mapping[Kind, int] = field(default_factory=dict)


def make_plan(uow: UnitOfWork, viewer: Viewer, values: Mapping[str, Any]) -> PlanLine:
    """Makes the first plan, which is active at once.

    Args:
        values: of `FRAME`; `starts_on` is the first day of the fiscal year, any month.

    Raises:
        NotAllowed: they may not set Hoshin up.
        Invalid: there is an active plan already; InvalidFields: the values do not hold together.
    """
    uow.plans.lock()
    access.check(viewer, Action.SET_UP)
    if uow.plans.find_active() is not None:
        raise Invalid("There is a plan already. Open the form again to change it.", field="title")
    _check(uow, None, values)
    row = uow.plans.add(
        Plan(
            workspace_id=uow.workspace_id,
            state=PlanState.ACTIVE,
            **_columns(values),
        )
    )
    note_other(uow, viewer, "added", kind=PLAN, item_id=row.id, before=None, after=values)
    return _line(uow, row.id)


def version_of(uow: UnitOfWork, plan_id: int) -> int:
    """Counts up with every change of a plan's frame, so that a form can tell that it was overtaken."""
    return uow.audit.version(PLAN, plan_id)


def change_plan(
    uow: UnitOfWork,
    viewer: Viewer,
    plan_id: int,
    values: Mapping[str, Any],
    *,
    since: int | None = None,
) -> PlanLine:
    """Changes a plan's frame. Items keep their own dates.

    Args:
        since: the version (`version_of`) that the person had before them. What others changed since and this
            person left alone stays as the others have it.

    Raises:
        Overtaken: both changed the same field since then.
        NotFound, NotAllowed: there is no such plan, or they may not.
        Closed: it is archived; InvalidFields: the values do not hold together.
    """
    uow.plans.lock()
    access.check(viewer, Action.SET_UP)
    row = uow.plans.get(plan_id)
    if row.state is PlanState.ARCHIVED:
        raise Closed(f"{row.title} is archived and stays as it was.")
    if since is not None:
        values = _settled(uow, row, values, since)
    different = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not different:
        return _line(uow, plan_id)
    _check(uow, row, different)
    before = {name: getattr(row, name) for name in different}
    for column, value in _columns(different).items():
        setattr(row, column, value)
    uow.session.flush()
    note_other(uow, viewer, "changed", kind=PLAN, item_id=plan_id, before=before, after=different)
    return _line(uow, plan_id)


def make_next_plan(
    uow: UnitOfWork, viewer: Viewer, *, carry: Collection[Carried] = (), title: str = ""
) -> NextPlan:
    """Makes next year's plan as a draft of the active one: its frame, and of its items what is named.

    What comes along is what still runs: drivers, breakthroughs that end in the new year or later, KPIs
    without last year's baseline and target, initiatives that are not done, with the steps that are left.

    Raises:
        NotFound: there is no active plan. NotAllowed: they may not.
        Invalid: next year's plan is there already, or its title is taken (field "title").
    """
    uow.plans.lock()
    access.check(viewer, Action.PLAN)
    active = uow.plans.get_active()
    waiting = next((one for one in uow.plans.list_all() if one.state is PlanState.DRAFT), None)
    if waiting is not None:
        raise Invalid(f"{waiting.title} waits as a draft already. Finish that one first.", field="title")
    values = {
        "title": title.strip() or next_title(active.title),
        "vision": active.vision,
        "values": active.values,
        "starts_on": active.ends_on + timedelta(days=1),
        "zone": active.zone,
    }
    _check(uow, None, values)
    plan = uow.plans.add(
        Plan(
            workspace_id=uow.workspace_id,
            state=PlanState.DRAFT,
            continues_id=active.id,
            **_columns(values),
        )
    )
    note_other(
        uow,
        viewer,
        "added",
        kind=PLAN,
        item_id=plan.id,
        before=None,
        after={**values, "continues_id": active.id, "carry": sorted(carry)},
    )
    graph = uow.picture(active.id).graph
    counts = _Carrier(uow, viewer, graph, plan).carry({_KINDS[one] for one in carry})
    return NextPlan(_line(uow, plan.id), counts)


def activate_plan(uow: UnitOfWork, viewer: Viewer, plan_id: int) -> PlanLine:
    """Makes a draft the active plan; the one that was active is archived and stays readable.

    Nobody was asked for a draft's figures, so the silence of its active measures counts from this day.

    Raises:
        NotFound, NotAllowed: there is no such plan, or they may not.
        Closed: it is archived already.
    """
    uow.plans.lock()
    access.check(viewer, Action.PLAN)
    row = uow.plans.get(plan_id)
    if row.state is PlanState.ACTIVE:
        return _line(uow, plan_id)
    if row.state is PlanState.ARCHIVED:
        raise Closed(f"{row.title} is archived. Make next year's plan from the active one instead.")
    former = uow.plans.find_active()
    if former is not None:
        former.state = PlanState.ARCHIVED
        note_other(
            uow,
            viewer,
            "changed",
            kind=PLAN,
            item_id=former.id,
            before={"state": PlanState.ACTIVE},
            after={"state": PlanState.ARCHIVED},
        )
    row.state = PlanState.ACTIVE
    uow.plans.date_active(plan_id, plan_day(row, uow.now))
    uow.session.flush()
    note_other(
        uow,
        viewer,
        "changed",
        kind=PLAN,
        item_id=plan_id,
        before={"state": PlanState.DRAFT},
        after={"state": PlanState.ACTIVE},
    )
    # A name means the KPI that is measured now.
    for from_id, to_id in uow.plans.list_continued(Kind.KPI, plan_id):
        uow.kpis.move_aliases(from_id, to_id)
    return _line(uow, plan_id)


def list_plans(uow: UnitOfWork, viewer: Viewer) -> list[PlanLine]:
    """Every plan, the latest year first; for those who may see the plan at all."""
    if viewer.is_guest or viewer.is_stranger:
        return []
    return [_as_line(row) for row in uow.plans.list_all()]


def next_title(title: str) -> str:
    """The same title a year later: "Norden Pumps 2026" → "Norden Pumps 2027"."""
    years = re.findall(r"(?<!\d)20\d\d(?!\d)", title)
    if not years:
        return f"{title}, next year"
    return re.sub(r"(?<!\d)20\d\d(?!\d)", lambda found: str(int(found[0]) + 1), title)


def last_day(starts_on: date) -> date:
    """The last day of the fiscal year that begins on a day; one from 29 February ends on 28 February."""
    first = (starts_on.month, starts_on.day)
    nominal = starts_on.replace(year=starts_on.year + 1, day=28 if first == (2, 29) else starts_on.day)
    return nominal if first == (2, 29) else nominal - timedelta(days=1)


class _Carrier:
    """Takes items of one plan over into the next."""

    def __init__(self, uow: UnitOfWork, viewer: Viewer, graph: Graph, plan: Plan) -> None:
        self._uow = uow
        self._viewer = viewer
        self._graph = graph
        self._plan = plan
        self._taken: dict[Ref, PlanItem] = {}

    def carry(self, kinds: Collection[Kind]) -> dict[Kind, int]:
        counts = {}
        for kind in _ORDER:
            if kind in kinds:
                nodes = [node for node in self._graph.of_kind(kind) if self._goes_on(node)]
                number = self._uow.plans.next_number(kind)
                for place, node in enumerate(nodes):
                    self._take(node, number + place)
                counts[kind] = len(nodes)
        return counts

    def _goes_on(self, node: Node) -> bool:
        if node.state not in {ItemState.ACTIVE, ItemState.DRAFT}:
            return False
        if node.kind is Kind.BREAKTHROUGH:
            return node.due_on is not None and node.due_on >= self._plan.starts_on
        if node.kind is Kind.INITIATIVE:
            steps = self._graph.steps.get(node.ref, ())
            done = bool(steps) and all(step.done_at is not None for step in steps)
            return not done and (node.progress is None or node.progress < _FULL)
        return True

    def _take(self, node: Node, number: int) -> None:
        row = self._uow.plans.get_item(node.kind, node.number)
        columns = row.model_dump(
            exclude={"id", "plan_id", "number", "continues_id", "workspace_id", "active_on"}
        )
        columns |= self._parent(node)
        if node.kind is Kind.KPI and node.direction is not Direction.MAINTAIN:
            # Last year's way is over: what this year starts from and aims at is for people to say.
            columns |= {"baseline": None, "target": None}
        taken = ITEM_TABLES[node.kind](
            workspace_id=self._uow.workspace_id,
            plan_id=self._plan.id,
            number=number,
            continues_id=node.id,
            **columns,
        )
        date_activity(taken, None, self._plan, self._uow.now)
        self._uow.plans.add(taken)
        self._taken[node.ref] = taken
        self._take_people(node, taken.id)
        for step in self._graph.steps.get(node.ref, ()):
            if step.done_at is None:
                self._take_step(step, taken.id)
        note_other(
            self._uow,
            self._viewer,
            "added",
            kind=str(node.kind),
            item_id=taken.id,
            reference=f"{node.reference.partition('-')[0]}-{number}",
            before=None,
            after={
                "title": node.title,
                "owner_id": node.owner_id,
                "is_restricted": node.is_restricted,
                "continues_id": node.id,
            },
            reason=f"Carried over from {self._graph.plan.title}.",
        )

    def _parent(self, node: Node) -> dict[str, int | None]:
        columns: dict[str, int | None] = dict.fromkeys(PARENT_COLUMNS.get(node.kind, {}).values())
        taken = self._taken.get(node.parent) if node.parent is not None else None
        if taken is not None and node.parent is not None:
            columns[PARENT_COLUMNS[node.kind][node.parent[0]]] = taken.id
        return columns

    def _take_people(self, node: Node, item_id: int) -> None:
        for member_id in self._graph.supporters.get(node.ref, ()):
            self._uow.parts.add_person(Supporter, node.kind, item_id, member_id)
        for member_id in self._graph.readers.get(node.ref, ()):
            self._uow.parts.add_person(Reader, node.kind, item_id, member_id)

    def _take_step(self, step: StepLine, initiative_id: int) -> None:
        self._uow.parts.add(
            Step(
                workspace_id=self._uow.workspace_id,
                initiative_id=initiative_id,
                position=step.position,
                title=step.title,
                owner_id=step.owner_id,
                original_due_on=step.original_due_on,
                due_on=step.due_on,
            )
        )


def _settled(uow: UnitOfWork, row: Plan, values: Mapping[str, Any], since: int) -> Mapping[str, Any]:
    """Raises Overtaken where someone else changed the same since; both versions stand in its sentence."""
    newer = changed_since(uow, PLAN, row.id, since)
    settled, clashes = settle(newer, values, {name: getattr(row, name) for name in values})
    if clashes:
        person = uow.strategies.read_people().get(next(iter(clashes.values())).member_id or 0)
        told = [
            f"{_WORDS.get(name, name)} “{_short(version.before.get(name))}” → "
            f"“{_short(version.after.get(name))}”"
            for name, version in clashes.items()
        ]
        raise overtaken(person.name if person else "", told, clashes)
    return settled


_WORDS = {"title": "name", "starts_on": "first day", "zone": "time zone"}
_SHOWN = 200


def _short(text: str | None) -> str:
    text = text or ""
    return text if len(text) <= _SHOWN else text[:_SHOWN].rstrip() + "…"


def _check(uow: UnitOfWork, row: Plan | None, values: Mapping[str, Any]) -> None:
    sentences = {}
    if row is None or "title" in values:
        title = (values.get("title") or "").strip()
        taken = [one for one in uow.plans.list_all() if is_same_name(one.title, title)]
        if not title:
            sentences["title"] = "The plan needs a name, such as your organisation and the year."
        elif any(one is not row for one in taken):
            sentences["title"] = f"There is a plan {title} already. Give this one another name."
    for name, most in _LONGEST.items():
        if len(values.get(name) or "") > most:
            sentences[name] = f"This has {len(values[name]):,} characters, and {most:,} fit."
    if row is None and values.get("starts_on") is None:
        sentences["starts_on"] = "On which day does your fiscal year start?"
    if "zone" in values:
        try:
            find_zone(values["zone"])
        except Invalid as refused:
            sentences["zone"] = refused.sentence
    if sentences:
        raise InvalidFields(sentences)


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    columns = dict(values)
    if "title" in columns:
        columns["title"] = " ".join(columns["title"].split())
    if columns.get("starts_on") is not None:
        columns["ends_on"] = last_day(columns["starts_on"])
    return columns


def _line(uow: UnitOfWork, plan_id: int) -> PlanLine:
    return uow.strategies.get_plan(plan_id)


def _as_line(row: Plan) -> PlanLine:
    return PlanLine(
        row.id, row.title, row.vision, row.values, row.starts_on, row.ends_on, row.zone, row.state
    )
