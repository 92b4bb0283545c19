"""Writing an OKR: an objective and its key results as drafts, with the check's remarks, until they are "
"active."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from bot.okr.facts import Shown
from bot.okr.looking import Desk, sit_down
from bot.okr.states import move_all
from storage.database import UnitOfWork
from storage.editing import add_item, change_item
from storage.repositories.okrs import Wording
from storage.rules import access
from storage.rules.access import Action
from storage.rules.errors import Closed, Invalid, InvalidFields, NotFound
from storage.rules.figures import parse_figure
from storage.rules.graph import Node
from storage.rules.hierarchy import parse_reference
from storage.rules.likeness import find_alike
from storage.rules.measures import MeasureKind, Milestone, milestone_share
from storage.rules.periods import next_period, period_start
from storage.rules.terms import Commitment, Direction, Frequency, ItemState, Kind
from storage.rules.units import Unit
from storage.rules.writing import KeyResultDraft, ObjectiveDraft, Remark, check_writing
from storage.tables.okr import Milestone as MilestoneRow

QUARTERS_AHEAD = 5
MOST_MILESTONES = 20
DRAFTED = frozenset({ItemState.DRAFT, ItemState.IN_CATCHBALL})


@dataclass(frozen=True, slots=True)
class Quarter:
    """A fiscal quarter: its first and last day, and the name people use."""

    starts_on: date
    ends_on: date
    name: str


@dataclass(frozen=True, slots=True)
class NewForm:
    """What the form of a new objective offers; `lesson` is what was learned last, beside the blank sheet."""

    parents: Sequence[Node]
    teams: Sequence[tuple[int, str]]
    quarters: Sequence[Quarter]
    lesson: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveTyped:
    """The inputs of an objective, as texts."""

    title: str
    parent: str = ""
    team_id: int | None = None
    starts_on: str = ""
    commitment: str = Commitment.ASPIRATIONAL.value


@dataclass(frozen=True, slots=True, kw_only=True)
class MoreTyped:
    """What else may be said of an objective: 1 (little) to 5 (much), and how it fits Lean."""

    impact: int | None = None
    value: int | None = None
    effort: int | None = None
    risk: int | None = None
    waste: str = ""
    customer_value: str = ""
    improvement: str = ""


NEW_KPI = "new"
"""Typed for the KPI where one is to be defined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyResultTyped:
    """The inputs of a key result, as texts; `milestones` has one a line, its weight behind a `|`. `kpi` is a
    reference, or `NEW_KPI`."""

    title: str
    kind: str = MeasureKind.INCREASE.value
    unit: str = ""
    start: str = ""
    goal: str = ""
    due_on: str = ""
    owner_id: int | None = None
    kpi: str = ""
    evidence: str = ""
    milestones: str = ""


@dataclass(frozen=True, slots=True)
class Alike:
    """A key result without a KPI, and the KPI that measures the same."""

    key_result: Node
    kpi: Node


@dataclass(frozen=True, slots=True)
class DraftPage:
    """An objective while it is being written."""

    shown: Shown
    key_results: tuple[Shown, ...]
    remarks: tuple[Remark, ...]
    alike: tuple[Alike, ...]
    wording: Wording

    @property
    def is_draft(self) -> bool:
        return self.shown.node.state in DRAFTED


def open_new(uow: UnitOfWork, member_id: int) -> NewForm:
    """The blank sheet.

    Raises:
        NotFound: there is no plan.
        NotAllowed: they may not write OKRs.
    """
    desk = sit_down(uow, member_id)
    if not access.may_add(desk.viewer, Kind.OBJECTIVE):
        access.check(desk.viewer, Action.ADD)
    own = desk.viewer.team_ids
    teams = sorted(desk.graph.teams.values(), key=lambda team: (team.id not in own, team.name))
    return NewForm(
        parents=[node for node in desk.nodes(Kind.ANNUAL_OBJECTIVE) if node.is_live],
        teams=[(team.id, team.name) for team in teams],
        quarters=_quarters(desk),
        lesson=uow.okrs.find_last_lesson(own) or "",
    )


def add_objective(uow: UnitOfWork, member_id: int, typed: ObjectiveTyped) -> DraftPage:
    """Keeps the objective as a draft, so that nothing is lost; its writer owns it until they say else.

    Raises:
        Invalid, InvalidFields: with the input that is at fault.
    """
    desk = sit_down(uow, member_id)
    quarter = next((one for one in _quarters(desk) if one.starts_on.isoformat() == typed.starts_on), None)
    if quarter is None:
        raise Invalid("Choose the quarter that it is for.", field="quarter")
    node = add_item(
        uow,
        desk.viewer,
        Kind.OBJECTIVE,
        {
            "title": typed.title,
            "parent": parse_reference(typed.parent, field="parent") if typed.parent else None,
            "team_id": typed.team_id,
            "owner_id": member_id,
            "commitment": Commitment(typed.commitment),
            "starts_on": quarter.starts_on,
            "due_on": quarter.ends_on,
            "state": ItemState.DRAFT,
        },
    )
    return read_draft(uow, member_id, node.reference)


def say_more(uow: UnitOfWork, member_id: int, reference: str, typed: MoreTyped) -> DraftPage:
    """Impact, value, effort, risk and how it fits Lean.

    Raises:
        NotFound, NotAllowed: there is none, or they may not change it.
    """
    desk, node = _own(uow, member_id, reference)
    row = uow.okrs.get_objective(node.id)
    before = {name: getattr(row, name) for name in MoreTyped.__dataclass_fields__}
    after = {name: getattr(typed, name) for name in MoreTyped.__dataclass_fields__}
    changed = {name for name in after if before[name] != after[name]}
    for name in changed:
        setattr(row, name, after[name])
    if changed:
        uow.audit.record(
            at=uow.now,
            member_id=desk.viewer.member_id,
            action="changed",
            kind=str(node.kind),
            item_id=node.id,
            reference=node.reference,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )
    uow.session.flush()
    return read_draft(uow, member_id, reference)


def open_key_result(uow: UnitOfWork, member_id: int, reference: str) -> tuple[DraftPage, list[Node]]:
    """The objective, and the KPIs that a key result of it may measure.

    Raises:
        NotFound, NotAllowed: there is none, or they may not change it.
    """
    desk, _ = _own(uow, member_id, reference)
    kpis = [node for node in desk.nodes(Kind.KPI) if node.is_live]
    return read_draft(uow, member_id, reference), kpis


def add_key_result(
    uow: UnitOfWork, member_id: int, reference: str, typed: KeyResultTyped, locale: str
) -> DraftPage:
    """Adds a key result to a draft, or to an active objective.

    Raises:
        InvalidFields: every input that cannot be read, each with its sentence.
        Closed: the objective is closed.
    """
    desk, objective = _own(uow, member_id, reference)
    if objective.state in {ItemState.CLOSED, ItemState.ARCHIVED}:
        raise Closed(f"{objective.reference} is closed, so it takes no more key results.")
    kpi = _kpi(desk, typed.kpi) if typed.kpi != NEW_KPI else None
    steps = _milestones(typed) if typed.kind == MeasureKind.MILESTONES else ()
    values = {**_measured(typed, kpi, locale), "title": typed.title, "owner_id": typed.owner_id or member_id}
    state = ItemState.ACTIVE if objective.is_live else ItemState.DRAFT
    if typed.kpi == NEW_KPI:
        kpi = _define_kpi(uow, desk, objective, MeasureKind(typed.kind), {**values, "state": state})
    node = add_item(
        uow,
        desk.viewer,
        Kind.KEY_RESULT,
        {
            **values,
            "parent": objective.ref,
            "measure": kpi.ref if kpi is not None else None,
            "due_on": _day(typed.due_on) or objective.due_on,
            "state": state,
        },
    )
    uow.okrs.get_key_result(node.id).evidence_plan = typed.evidence
    for step in steps:
        uow.okrs.add(
            MilestoneRow(
                workspace_id=uow.workspace_id,
                key_result_id=node.id,
                number=step.number,
                title=step.title,
                weight=step.weight,
            )
        )
    uow.session.flush()
    return read_draft(uow, member_id, reference)


def link_kpi(uow: UnitOfWork, member_id: int, key_result: str, kpi: str) -> DraftPage:
    """The key result reads a KPI that measures the same, instead of figures of its own.

    Raises:
        NotFound, NotAllowed: there is none, or they may not change it.
    """
    desk = sit_down(uow, member_id)
    node = access.get_visible(desk.graph, parse_reference(key_result))
    measure = access.get_visible(desk.graph, parse_reference(kpi))
    reason = "Both measure the same; one number, two views."
    change_item(uow, desk.viewer, node.ref, {"measure": measure.ref}, reason=reason)
    if node.parent is None:
        raise NotFound(f"{node.reference} stands under no objective.")
    return read_draft(uow, member_id, desk.graph.nodes[node.parent].reference)


def activate(uow: UnitOfWork, member_id: int, reference: str) -> DraftPage:
    """The draft counts from now on: it is asked about, rolled up and seen on the board as active.

    Raises:
        Invalid: it has no key result.
        NotAllowed: they may not.
    """
    desk, node = _own(uow, member_id, reference)
    key_results = [child for child in desk.graph.children.get(node.ref, ()) if child.kind is Kind.KEY_RESULT]
    if not key_results:
        raise Invalid(
            f"{node.reference} has no key result yet, so nobody could see whether it is reached. Add one "
            "first."
        )
    move_all(uow, desk, (one for one in (node, *key_results) if one.state in DRAFTED), ItemState.ACTIVE)
    return read_draft(uow, member_id, reference)


def read_draft(uow: UnitOfWork, member_id: int, reference: str) -> DraftPage:
    """An objective with the check's remarks.

    Raises:
        NotFound: there is none, or none that they may see.
    """
    desk = sit_down(uow, member_id)
    node = access.get_visible(desk.graph, parse_reference(reference))
    if node.kind is not Kind.OBJECTIVE:
        raise Invalid(f"{node.reference} is no objective. Type one such as O-1.")
    children = [child for child in desk.graph.children.get(node.ref, ()) if child.kind is Kind.KEY_RESULT]
    wording = uow.okrs.read_wording(node.id)
    alike = tuple(
        Alike(child, found[0])
        for child in children
        if child.measure is None and (found := find_alike(desk.graph, child.title, child.unit))
    )
    return DraftPage(
        shown=desk.show(node),
        key_results=tuple(desk.show(child) for child in children),
        remarks=tuple(check_writing(_as_draft(desk, node, children, wording))),
        alike=alike,
        wording=wording,
    )


def _as_draft(desk: Desk, node: Node, children: Sequence[Node], wording: Wording) -> ObjectiveDraft:
    return ObjectiveDraft(
        title=node.title,
        has_parent=node.parent is not None,
        has_owner=node.owner_id is not None,
        commitment=node.commitment or Commitment.ASPIRATIONAL,
        starts_on=node.starts_on,
        ends_on=node.due_on,
        waste=wording.waste,
        customer_value=wording.customer_value,
        improvement=wording.improvement,
        key_results=[_as_key_result_draft(desk, child, wording) for child in children],
    )


def _as_key_result_draft(desk: Desk, node: Node, wording: Wording) -> KeyResultDraft:
    kpi = desk.graph.find(node.measure) if node.measure is not None else None
    return KeyResultDraft(
        title=node.title,
        unit=node.unit,
        direction=node.direction,
        baseline=node.baseline,
        target=node.target,
        band_low=node.band_low,
        band_high=node.band_high,
        due_on=node.due_on,
        has_owner=node.owner_id is not None,
        leading=kpi.leading if kpi is not None else None,
        has_kpi=kpi is not None,
        evidence=wording.evidence.get(node.id, ""),
        weight=node.weight,
        confidence=desk.strategy.measured.confidence.get(node.ref),
    )


def _measured(typed: KeyResultTyped, kpi: Node | None, locale: str) -> dict[str, Any]:
    """Unit, direction and figures; every fault beside its input."""
    kind = MeasureKind(typed.kind)
    unit = _unit(kind, typed.unit, kpi)
    if kind in {MeasureKind.YES_NO, MeasureKind.MILESTONES}:
        goal = Decimal(1 if kind is MeasureKind.YES_NO else 100)
        return {"unit": unit, "direction": Direction.INCREASE, "baseline": Decimal(0), "target": goal}
    faults: dict[str, str] = {}
    start, goal_figure = (
        _figure(text, unit, locale, field, faults)
        for text, field in ((typed.start, "start"), (typed.goal, "goal"))
    )
    if faults or start is None or goal_figure is None:
        raise InvalidFields(faults)
    if kind is MeasureKind.MAINTAIN:
        if start > goal_figure:
            raise InvalidFields({"goal": "The highest figure lies below the lowest. Swap the two."})
        return {
            "unit": unit,
            "direction": Direction.MAINTAIN,
            "baseline": start,
            "target": goal_figure,
            "band_low": start,
            "band_high": goal_figure,
        }
    if start == goal_figure:
        raise InvalidFields(
            {
                "goal": "Baseline and target are the same, so there is no way to go. Give another target, "
                f"or choose “{MeasureKind.MAINTAIN}”."
            }
        )
    falls = goal_figure < start
    if (kind is MeasureKind.DECREASE) is not falls and kind in {MeasureKind.DECREASE, MeasureKind.INCREASE}:
        raise InvalidFields(
            {
                "goal": f"To {kind}, the target lies {'below' if kind is MeasureKind.DECREASE else 'above'} "
                "the start."
            }
        )
    direction = Direction.DECREASE if falls else Direction.INCREASE
    return {"unit": unit, "direction": direction, "baseline": start, "target": goal_figure}


def _unit(kind: MeasureKind, typed: str, kpi: Node | None) -> str:
    usual = {
        MeasureKind.PERCENT: "%",
        MeasureKind.YES_NO: "yes/no",
        MeasureKind.MILESTONES: "milestones",
        MeasureKind.COUNT: "",
    }
    if kind in usual:
        return usual[kind]
    unit = typed.strip() or (kpi.unit if kpi is not None else "")
    if kind is MeasureKind.CURRENCY and not Unit(unit).is_money:
        raise InvalidFields({"unit": "Name the currency, such as EUR or $."})
    if len(unit) > 40:  # noqa: PLR2004 - the column's length
        raise InvalidFields({"unit": "A unit has at most 40 characters, such as % or days."})
    return unit


def _figure(text: str, unit: str, locale: str, field: str, faults: dict[str, str]) -> Decimal | None:
    if not text:
        which = "where it stands today; an estimate will do" if field == "start" else "where it is to be"
        faults[field] = f"Say {which}."
        return None
    try:
        return parse_figure(text, unit=unit, locale=locale)
    except Invalid as error:
        faults[field] = error.sentence
        return None


def _milestones(typed: KeyResultTyped) -> tuple[Milestone, ...]:
    """One a line; `Pilot live | 3` weighs three."""
    lines = [line for line in (one.strip() for one in typed.milestones.splitlines()) if line]
    if not 0 < len(lines) <= MOST_MILESTONES:
        raise InvalidFields({"milestones": f"Name 1 to {MOST_MILESTONES} milestones, one a line."})
    try:
        found = tuple(_milestone(number, line) for number, line in enumerate(lines, start=1))
        milestone_share(found)
    except Invalid as error:
        raise InvalidFields({"milestones": error.sentence}) from None
    return found


def _milestone(number: int, line: str) -> Milestone:
    title, _, weight = line.rpartition("|") if "|" in line else (line, "", "1")
    return Milestone(number, title.strip()[:200], parse_figure(weight, unit="", locale="en-US"))


def _define_kpi(
    uow: UnitOfWork, desk: Desk, objective: Node, kind: MeasureKind, values: Mapping[str, Any]
) -> Node | None:
    """The KPI that the key result is to read; None where there is one of a near-equal name and the same unit,
    which the draft then offers instead.

    Raises:
        InvalidFields: what is counted so is no figure that goes on from period to period.
    """
    if kind in {MeasureKind.YES_NO, MeasureKind.MILESTONES}:
        raise InvalidFields({"kpi": f"A KPI cannot count in {kind}. Leave the KPI out."})
    if find_alike(desk.graph, values["title"], values["unit"]):
        return None
    fields = {**values, "team_id": objective.team_id, "frequency": Frequency.WEEKLY}
    return add_item(uow, desk.viewer, Kind.KPI, fields)


def _kpi(desk: Desk, reference: str) -> Node | None:
    return access.get_visible(desk.graph, parse_reference(reference, field="kpi")) if reference else None


def _own(uow: UnitOfWork, member_id: int, reference: str) -> tuple[Desk, Node]:
    """An objective that the person may change."""
    desk = sit_down(uow, member_id)
    node = access.get_visible(desk.graph, parse_reference(reference))
    access.check(desk.viewer, Action.EDIT, desk.graph, node)
    return desk, node


def _quarters(desk: Desk) -> list[Quarter]:
    """The running fiscal quarter and those after it, within the plan's year and a little beyond."""
    month = desk.graph.plan.starts_on.month
    start = period_start(Frequency.QUARTERLY, desk.today, fiscal_start_month=month)
    found = []
    for _ in range(QUARTERS_AHEAD):
        following = next_period(Frequency.QUARTERLY, start)
        number = (start.month - month) % 12 // 3 + 1
        last = following - timedelta(days=1)
        found.append(Quarter(start, last, f"Q{number} · {start:%B} to {last:%B %Y}"))
        start = following
    return found


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
