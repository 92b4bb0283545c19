"""The steps of an initiative, and a KPI's plan by month, as their forms need them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from bot.planning.service.showing import name_of
from storage import editing
from storage.database import UnitOfWork
from storage.editing import kpis, steps
from storage.editing.steps import Stepped
from storage.rules import access, monthly
from storage.rules.access import Action, Viewer
from storage.rules.errors import Invalid
from storage.rules.figures import format_figure, parse_figure
from storage.rules.graph import Graph, Node, StepLine
from storage.rules.hierarchy import Ref
from storage.rules.terms import ItemState, Kind


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step as it is shown. `slack_user_id` is empty where its owner is not in Slack."""

    line: StepLine
    owner: str
    slack_user_id: str
    may_tick: bool


@dataclass(frozen=True, slots=True)
class ActionPlan:
    """An initiative with its steps, in their order."""

    initiative: Node
    rows: tuple[StepRow, ...]
    may_edit: bool
    version: int = 0
    """The initiative's version as these steps are shown."""

    @property
    def done(self) -> int:
        return sum(row.line.done_at is not None for row in self.rows)


@dataclass(frozen=True, slots=True)
class MonthlyPlan:
    """A KPI's plan by month. `is_proposed` says that nothing is planned yet and these are a first guess."""

    kpi: Node
    months: tuple[date, ...]
    values: Mapping[date, Decimal]
    is_proposed: bool
    may_edit: bool
    version: int = 0
    """The KPI's version as these months are shown, by which a form of them is known to be overtaken."""


def open_steps(uow: UnitOfWork, member_id: int, ref: Ref) -> ActionPlan:
    """Raises NotFound where there is no such initiative for them; Invalid for another kind of item."""
    viewer = uow.roles.get_viewer(member_id)
    graph, node = editing.get_item(uow, viewer, ref)
    if node.kind is not Kind.INITIATIVE:
        raise Invalid(f"{node.reference} has no steps: steps belong to an initiative.")
    plan = _plan(viewer, graph, node, graph.steps.get(ref, ()))
    return replace(plan, version=editing.version_of(uow, node))


def add_step(uow: UnitOfWork, member_id: int, ref: Ref, values: Mapping[str, Any]) -> ActionPlan:
    """Adds a step at the end. Raises as `steps.add_step`."""
    viewer = uow.roles.get_viewer(member_id)
    graph, node = editing.get_item(uow, viewer, ref)
    steps.add_step(uow, viewer, ref, values["title"], owner_id=values["owner_id"], due_on=values["due_on"])
    return _plan(viewer, graph, node, steps.list_steps(uow, node))


def change_step(
    uow: UnitOfWork, member_id: int, step_id: int, values: Mapping[str, Any], since: int
) -> ActionPlan:
    """Saves a step's form that was drawn at version `since`. Without an `owner_id` the owner stays where
    Slack's menu cannot show them, else there is none.

    Raises:
        as `steps.change_step`.
    """
    if "owner_id" not in values:
        _, row = open_step(uow, member_id, step_id)
        stays = bool(row.owner) and not row.slack_user_id
        values = {**values, "owner_id": row.line.owner_id if stays else None}

    def change(viewer: Viewer) -> Stepped:
        return steps.change_step(uow, viewer, step_id, values, since=since)

    return _after(uow, member_id, step_id, change)[0]


def redraw_step(
    uow: UnitOfWork, member_id: int, step_id: int, values: Mapping[str, Any]
) -> tuple[ActionPlan, StepRow]:
    """As `open_step`, with what was typed, for someone who now sees what others changed meanwhile."""
    plan, row = open_step(uow, member_id, step_id)
    owner_id = values.get("owner_id", None if row.slack_user_id else row.line.owner_id)
    person = uow.strategies.read_people().get(owner_id or 0)
    line = row.line._replace(title=values["title"], owner_id=owner_id, due_on=values["due_on"])
    slack_user_id = (person.slack_user_id if person else None) or ""
    return plan, replace(row, line=line, owner=person.name if person else "", slack_user_id=slack_user_id)


def open_step(uow: UnitOfWork, member_id: int, step_id: int) -> tuple[ActionPlan, StepRow]:
    """A step and the plan that it is in.

    Raises:
        NotFound: it is not for this person. Invalid: it was removed.
    """
    stepped = steps.get_step(uow, uow.roles.get_viewer(member_id), step_id)
    plan = open_steps(uow, member_id, stepped.initiative.ref)
    row = next((one for one in plan.rows if one.line.id == step_id), None)
    if row is None:
        raise Invalid("This step was removed. Open the steps again to see what is left.")
    return plan, row


def tick_step(uow: UnitOfWork, member_id: int, step_id: int, *, done: bool) -> ActionPlan:
    """Says that a step is done, or not after all."""
    return _after(uow, member_id, step_id, lambda who: steps.tick_step(uow, who, step_id, done=done))[0]


def move_step(uow: UnitOfWork, member_id: int, step_id: int, places: int) -> ActionPlan:
    return _after(uow, member_id, step_id, lambda who: steps.move_step(uow, who, step_id, places))[0]


def remove_step(uow: UnitOfWork, member_id: int, step_id: int) -> tuple[ActionPlan, StepLine]:
    """Takes a step out; returns what is left, and the step for the way back."""
    return _after(uow, member_id, step_id, lambda who: steps.remove_step(uow, who, step_id))


def restore_step(uow: UnitOfWork, member_id: int, step_id: int) -> ActionPlan:
    return _after(uow, member_id, step_id, lambda who: steps.restore_step(uow, who, step_id))[0]


def _after(
    uow: UnitOfWork, member_id: int, step_id: int, change: Callable[[Viewer], Stepped]
) -> tuple[ActionPlan, StepLine]:
    """The steps after a change of one. The plan is looked at before it, since then it lies in memory."""
    viewer = uow.roles.get_viewer(member_id)
    before = steps.get_step(uow, viewer, step_id)
    graph, node = editing.get_item(uow, viewer, before.initiative.ref)
    stepped = change(viewer)
    return _plan(viewer, graph, node, steps.list_steps(uow, node)), stepped.step


def _plan(viewer: Viewer, graph: Graph, node: Node, lines: Sequence[StepLine]) -> ActionPlan:
    rows = []
    for line in lines:
        person = graph.people.get(line.owner_id) if line.owner_id is not None else None
        rows.append(
            StepRow(
                line,
                name_of(graph, line.owner_id),
                (person.slack_user_id if person else None) or "",
                steps.may_tick(viewer, graph, node, line.owner_id),
            )
        )
    may_edit = access.may(viewer, Action.EDIT, graph, node) and node.state is not ItemState.ARCHIVED
    return ActionPlan(node, tuple(rows), may_edit)


def open_months(uow: UnitOfWork, member_id: int, ref: Ref) -> MonthlyPlan:
    """A KPI's plan by month, or a first proposal where there is none.

    Raises:
        NotFound: there is no such KPI for them. Invalid: it is another kind of item.
    """
    viewer = uow.roles.get_viewer(member_id)
    graph, node = editing.get_item(uow, viewer, ref)
    planned = kpis.monthly_plan(uow, viewer, ref)
    months = monthly.months_of(graph.plan)
    may_edit = access.may(viewer, Action.EDIT, graph, node) and node.state is not ItemState.ARCHIVED
    values = planned or monthly.propose(node, months)
    is_proposed = not planned and bool(values)
    return MonthlyPlan(node, months, values, is_proposed, may_edit, editing.version_of(uow, node))


def save_months(
    uow: UnitOfWork, member_id: int, ref: Ref, text: str, *, locale: str, since: int
) -> MonthlyPlan:
    """Saves a plan typed as lines, one a month, into a form that was drawn at version `since`.

    Raises:
        Overtaken: someone else planned the same month anew meanwhile.
        Invalid: a line is no figure, or belongs to no month of the plan (field "months").
    """
    viewer = uow.roles.get_viewer(member_id)
    graph, node = editing.get_item(uow, viewer, ref)
    values = read_months(text, monthly.months_of(graph.plan), node.unit, locale)
    kpis.set_monthly_plan(uow, viewer, ref, values, since=since)
    return open_months(uow, member_id, ref)


def write_months(plan: MonthlyPlan, locale: str) -> str:
    """The lines that `read_months` reads."""
    figures = {month: format_figure(value, "", locale) for month, value in plan.values.items()}
    return "\n".join(f"{month:%b %Y}: {figures.get(month, '')}".strip() for month in plan.months)


def read_months(text: str, months: tuple[date, ...], unit: str, locale: str) -> dict[date, Decimal]:
    """Figures by month: "Jan 2026: 61" a line, or as many bare figures as there are months. A month without a
    figure has no plan.

    Raises:
        Invalid: as `save_months`.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    named = {f"{month:%b %Y}".casefold(): month for month in months}
    named |= {f"{month:%Y-%m}": month for month in months}
    if len(lines) == len(months) and not any(_split(line)[0] for line in lines):
        lines = [f"{month:%Y-%m}: {line}" for month, line in zip(months, lines, strict=True)]
    values = {}
    for line in lines:
        name, figure = _split(line)
        month = named.get(" ".join(name.casefold().split()))
        if month is None:
            raise Invalid(
                f"“{line[:40]}” names no month of the plan. Write a line a month, such as "
                f"“{months[0]:%b %Y}: 61”, or {len(months)} figures one below the other.",
                field="months",
            )
        if figure:
            values[month] = parse_figure(figure, unit=unit, locale=locale, field="months")
    return values


def _split(line: str) -> tuple[str, str]:
    """("Jan 2026", "61"); a bare figure has no name."""
    match = re.fullmatch(r"(?P<name>[^\W\d_]+\.? \d{4}|\d{4}-\d{2})\s*[:;\t ]?\s*(?P<figure>.*)", line)
    return (match["name"].replace(".", ""), match["figure"].strip()) if match else ("", line)
