"""The set-up: the plan's frame, how Hoshin works here, versions of the plan, and the first steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from storage import bundle, editing
from storage.database import UnitOfWork
from storage.editing import calendar, plans, roles, setup
from storage.editing.calendar import OrganisationCalendar
from storage.editing.plans import Carried, NextPlan
from storage.rules import access
from storage.rules.access import Action
from storage.rules.date_words import day_words
from storage.rules.errors import Invalid, NotFound
from storage.rules.figures import parse_figure
from storage.rules.graph import PlanLine
from storage.rules.terms import Kind, PlanState, Role
from storage.rules.thresholds import THRESHOLDS

FIRST_FIGURES = 6


class YearIsOver(Invalid):
    """The fiscal year that was given has ended: that is asked about before it is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The form of a plan's frame. `plan` is None for the first one, whose values are then proposals.

    `asks_lead` is whether somebody has to be named who answers for the plan.
    """

    plan: PlanLine | None
    title: str
    vision: str = ""
    values: str = ""
    starts_on: date
    zone: str
    asks_lead: bool = False
    lead_slack_id: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Everything that the set-up has, as it is now."""

    plans: tuple[PlanLine, ...]
    rhythm: Mapping[str, Any]
    calendar: OrganisationCalendar
    changed_figures: int
    strategy_leads: tuple[str, ...]
    may_plan: bool

    @property
    def active(self) -> PlanLine | None:
        return next((one for one in self.plans if one.state is PlanState.ACTIVE), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstSteps:
    """How far a plan has come from nothing; `may_set_up` is whether this person takes the steps."""

    has_frame: bool
    has_goals: bool
    has_team: bool
    may_set_up: bool

    @property
    def are_taken(self) -> bool:
        return self.has_frame and self.has_goals and self.has_team


def first_steps(uow: UnitOfWork, member_id: int) -> FirstSteps:
    """What the Home tab offers where there is no plan, or hardly one."""
    viewer = uow.roles.get_viewer(member_id)
    may_set_up = access.may(viewer, Action.SET_UP)
    try:
        graph = uow.picture().graph
    except NotFound:
        return FirstSteps(has_frame=False, has_goals=False, has_team=False, may_set_up=may_set_up)
    return FirstSteps(
        has_frame=True,
        has_goals=bool(graph.of_kind(Kind.BREAKTHROUGH) and graph.of_kind(Kind.ANNUAL_OBJECTIVE)),
        has_team=bool(graph.teams),
        may_set_up=may_set_up,
    )


def open_setup(uow: UnitOfWork, member_id: int) -> Overview | Frame:
    """Everything as it is now; where there is no plan, the form of its frame.

    Raises:
        NotAllowed: they may not set Hoshin up.
    """
    viewer = uow.roles.get_viewer(member_id)
    access.check(viewer, Action.SET_UP)
    found = plans.list_plans(uow, viewer)
    if not any(one.state is PlanState.ACTIVE for one in found):
        return open_frame(uow, member_id, None)
    people = uow.strategies.read_people()
    holders = uow.roles.list_holders().get(Role.STRATEGY_LEAD, [])
    shipped = {one.name: one.default for one in THRESHOLDS}
    return Overview(
        plans=tuple(found),
        rhythm=setup.rhythm(uow),
        calendar=calendar.read_calendar(uow),
        changed_figures=sum(value != shipped[name] for name, value in setup.figures(uow).items()),
        strategy_leads=tuple(people[one].name for one in holders if one in people),
        may_plan=access.may(viewer, Action.PLAN),
    )


def open_frame(uow: UnitOfWork, member_id: int, plan_id: int | None) -> Frame:
    """The form of a plan's frame. Raises NotFound where there is no such plan, NotAllowed as above."""
    viewer = uow.roles.get_viewer(member_id)
    access.check(viewer, Action.SET_UP)
    asks_lead = not uow.roles.list_holders().get(Role.STRATEGY_LEAD)
    person = uow.members.get(member_id)
    lead = (person.slack_user_id or "") if asks_lead else ""
    if plan_id is None:
        workspace = uow.settings.get()
        today = uow.now.date()
        return Frame(
            plan=None,
            title=f"{workspace.name} {today.year}".strip(),
            starts_on=date(today.year, 1, 1),
            zone=person.zone,
            asks_lead=asks_lead,
            lead_slack_id=lead,
        )
    plan = uow.strategies.get_plan(plan_id)
    return Frame(
        plan=plan,
        title=plan.title,
        vision=plan.vision,
        values=plan.values,
        starts_on=plan.starts_on,
        zone=plan.zone,
        asks_lead=asks_lead,
        lead_slack_id=lead,
        version=plans.version_of(uow, plan_id),
    )


def redraw_frame(uow: UnitOfWork, member_id: int, plan_id: int | None, values: Mapping[str, Any]) -> Frame:
    """The form with what was typed into it, for someone who has to look at it once more."""
    return replace(open_frame(uow, member_id, plan_id), **values)


def save_frame(
    uow: UnitOfWork,
    member_id: int,
    plan_id: int | None,
    values: Mapping[str, Any],
    *,
    lead_id: int | None,
    since: int | None = None,
    sure_of: str = "",
) -> PlanLine:
    """Makes the plan, or changes its frame by a form that was drawn at version `since`, and names who answers
    for it where nobody does.

    Args:
        sure_of: the first day (ISO) that is meant although its year has ended.

    Raises:
        YearIsOver: the year has ended, and nobody said that it is meant.
        Overtaken: someone else changed the same meanwhile.
        NotAllowed, Closed, InvalidFields: as `plans.make_plan`; Invalid (field "lead") where nobody is named.
    """
    viewer = uow.roles.get_viewer(member_id)
    access.check(viewer, Action.SET_UP)
    starts_on = values["starts_on"]
    before = None if plan_id is None else uow.strategies.get_plan(plan_id).starts_on
    if starts_on is not None and starts_on != before and starts_on.isoformat() != sure_of:
        _check_running(uow, starts_on)
    if plan_id is None:
        plan = plans.make_plan(uow, viewer, values)
    else:
        plan = plans.change_plan(uow, viewer, plan_id, values, since=since)
    if lead_id is not None:
        try:
            roles.grant_role(uow, viewer, lead_id, Role.STRATEGY_LEAD)
        except Invalid as refused:
            raise Invalid(refused.sentence, field="lead") from refused
    elif not uow.roles.list_holders().get(Role.STRATEGY_LEAD):
        raise Invalid("Someone has to answer for the plan. Choose a strategy lead.", field="lead")
    return plan


def _check_running(uow: UnitOfWork, starts_on: date) -> None:
    ends_on = plans.last_day(starts_on)
    if ends_on < uow.now.date():
        raise YearIsOver(
            f"The year from {day_words(starts_on)} ended on {day_words(ends_on)}: nobody would be asked "
            "anything. Choose the day on which the running year began, or send the form again to keep this "
            "one."
        )


def open_rhythm(uow: UnitOfWork, member_id: int) -> Mapping[str, Any]:
    """Raises NotAllowed where they may not set Hoshin up."""
    access.check(uow.roles.get_viewer(member_id), Action.SET_UP)
    return setup.rhythm(uow)


def save_rhythm(uow: UnitOfWork, member_id: int, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Raises as `setup.set_rhythm`."""
    return setup.set_rhythm(uow, uow.roles.get_viewer(member_id), values)


def open_calendar(uow: UnitOfWork, member_id: int) -> OrganisationCalendar:
    """Raises NotAllowed where they may not set Hoshin up."""
    access.check(uow.roles.get_viewer(member_id), Action.SET_UP)
    return calendar.read_calendar(uow)


def save_calendar(uow: UnitOfWork, member_id: int, said: Mapping[str, Any]) -> OrganisationCalendar:
    """Raises as `calendar.set_calendar`."""
    return calendar.set_calendar(uow, uow.roles.get_viewer(member_id), said)


def open_figures(uow: UnitOfWork, member_id: int) -> Mapping[str, Decimal]:
    """The method's figures as they hold here. Raises NotAllowed as above."""
    access.check(uow.roles.get_viewer(member_id), Action.SET_UP)
    return setup.figures(uow)


def save_figures(
    uow: UnitOfWork, member_id: int, typed: Mapping[str, str], locale: str
) -> Mapping[str, Decimal]:
    """Saves what was typed; an empty input goes back to the figure as shipped.

    Raises:
        InvalidFields: by the figure's name, what does not hold.
    """
    values = {}
    for one in THRESHOLDS:
        text = typed.get(one.name)
        if text is not None:
            values[one.name] = (
                parse_figure(text, unit=one.unit, locale=locale, field=one.name) if text else one.default
            )
    return setup.set_figures(uow, uow.roles.get_viewer(member_id), values)


def start_example(uow: UnitOfWork, member_id: int) -> PlanLine:
    """Loads the worked example and names whoever asked for it strategy lead, so that they can try everything.

    Raises:
        NotAllowed: they may not set Hoshin up. Invalid: there is a plan already.
    """
    viewer = uow.roles.get_viewer(member_id)
    access.check(viewer, Action.SET_UP)
    if uow.plans.find_active() is not None:
        raise Invalid("There is a plan already, and the example would stand beside it. Nothing was loaded.")
    bundle.load(uow, bundle.read_plan_file(bundle.example(), name="example.yaml", record=uow.plans.record()))
    if not viewer.is_guest:
        roles.grant_role(uow, replace(viewer, granted=frozenset({Role.ADMIN})), member_id, Role.STRATEGY_LEAD)
    return uow.strategies.get_plan()


def open_next(uow: UnitOfWork, member_id: int) -> tuple[PlanLine, str]:
    """The active plan, and the title that next year's would have.

    Raises:
        NotFound: there is none. NotAllowed: they may not make one.
    """
    viewer = uow.roles.get_viewer(member_id)
    access.check(viewer, Action.PLAN)
    plan = editing.look(uow, viewer).plan
    return plan, plans.next_title(plan.title)


def make_next(uow: UnitOfWork, member_id: int, title: str, carry: Sequence[str]) -> NextPlan:
    """Raises as `plans.make_next_plan`; Invalid (field "carry") for a word of another version."""
    try:
        wanted = [Carried(one) for one in carry]
    except ValueError as error:
        raise Invalid("This is none of the choices. Open the form again.", field="carry") from error
    return plans.make_next_plan(uow, uow.roles.get_viewer(member_id), carry=wanted, title=title)


def activate(uow: UnitOfWork, member_id: int, plan_id: int) -> PlanLine:
    """Raises as `plans.activate_plan`."""
    return plans.activate_plan(uow, uow.roles.get_viewer(member_id), plan_id)
