"""Rows for tests: one function a thing, sensible defaults, everything else by keyword.

What a row needs and was not named is made with it: `key_result(uow)` makes an objective and a plan too.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import func
from sqlmodel import col, select

from storage.database import Database, UnitOfWork
from storage.repositories.outbox import PROMPT, Envelope
from storage.repositories.workspaces import Workspaces
from storage.rules import similar
from storage.rules.terms import BlockerKind, Kind, ReaderKind, Source
from storage.tables import (
    Absence,
    AnnualObjective,
    Blocker,
    Breakthrough,
    CheckinAnswer,
    CheckinPrompt,
    CheckinQuestion,
    CheckinWindow,
    Driver,
    Idea,
    Initiative,
    KeyResult,
    Kpi,
    Member,
    Milestone,
    Objective,
    Outbox,
    Plan,
    Reading,
    Report,
    Schedule,
    Step,
    Team,
    TeamMember,
)
from storage.tables.columns import Row
from storage.tables.plan import PlanItem

R = TypeVar("R", bound=Row)
I = TypeVar("I", bound=PlanItem)  # noqa: E741 - an item of the plan

YEAR_START, YEAR_END = date(2026, 1, 1), date(2026, 12, 31)
QUARTER_START, QUARTER_END = date(2026, 1, 1), date(2026, 3, 31)
WEEK = date(2026, 2, 9)
"""The Monday at which the tests' clock stands."""


def workspace(database: Database, now: datetime, *, team_id: str = "T0001", **values: Any) -> int:
    """The id of a connected workspace."""
    with database.session() as session:
        row = Workspaces(session).connect(
            team_id=team_id, enterprise_id="", name="Northwind Service", bot_user_id="U0BOT", now=now
        )
        for name, value in values.items():
            setattr(row, name, value)
        return row.id


def member(uow: UnitOfWork, *, home: Team | None = None, **values: Any) -> Member:
    """Someone who works Monday to Friday from 9:00 UTC; with `home` a member of that team."""
    number = _count(uow, Member) + 1
    defaults = {"slack_user_id": f"U{number:04}", "email": f"person{number}@example.com"}
    row = _put(uow, Member(**{"name": f"Person {number}", **defaults, **values}))
    if home is not None:
        team_member(uow, home, row)
    return row


def absence(uow: UnitOfWork, of: Member, from_on: date, until_on: date) -> Absence:
    return _put(
        uow, Absence(workspace_id=uow.workspace_id, member_id=of.id, from_on=from_on, until_on=until_on)
    )


def team(uow: UnitOfWork, **values: Any) -> Team:
    number = _count(uow, Team) + 1
    defaults = {"name": f"Team {number}", "channel": f"team-{number}", "channel_id": f"C{number:04}"}
    row = _put(uow, Team(**{**defaults, **values}))
    if row.channel_id is not None:
        audience(uow, row.channel_id)
    return row


def audience(uow: UnitOfWork, channel_id: str, **people: ReaderKind) -> None:
    """Who reads a channel, by Slack's user ids; without names one full member."""
    uow.audiences.put(channel_id, people or {"U9999": ReaderKind.MEMBER}, uow.now)


def team_member(uow: UnitOfWork, of: Team, who: Member, *, is_home: bool = True) -> TeamMember:
    row = TeamMember(workspace_id=uow.workspace_id, team_id=of.id, member_id=who.id, is_home=is_home)
    return _put(uow, row)


def plan(uow: UnitOfWork, **values: Any) -> Plan:
    """The fiscal year 2026."""
    defaults = {"title": f"Plan {_count(uow, Plan) + 1}", "starts_on": YEAR_START, "ends_on": YEAR_END}
    return _put(uow, Plan(**{**defaults, **values}))


def driver(uow: UnitOfWork, **values: Any) -> Driver:
    return _put_item(uow, Driver, {"title": "Customers wait too long"} | values)


def breakthrough(uow: UnitOfWork, **values: Any) -> Breakthrough:
    defaults = {
        "title": "The service people recommend",
        "starts_on": YEAR_START,
        "ends_on": date(2028, 12, 31),
    }
    return _put_item(uow, Breakthrough, defaults | values)


def annual_objective(uow: UnitOfWork, **values: Any) -> AnnualObjective:
    defaults = {"title": "NPS from 60 to 75", "starts_on": YEAR_START, "ends_on": YEAR_END}
    return _put_item(uow, AnnualObjective, defaults | values)


def initiative(uow: UnitOfWork, **values: Any) -> Initiative:
    return _put_item(uow, Initiative, {"title": "Route calls by topic"} | values)


def step(uow: UnitOfWork, of: Initiative, **values: Any) -> Step:
    """The next step of an initiative: its owner's, due in the tests' week."""
    position = len(uow.parts.list_steps(of.id)) + 1
    due_on = values.get("due_on", WEEK)
    defaults = {
        "initiative_id": of.id,
        "position": position,
        "title": "Train the evening shift",
        "owner_id": of.owner_id,
        "original_due_on": due_on,
        "due_on": due_on,
    }
    return _put(uow, Step(**{**defaults, **values}))


def objective(uow: UnitOfWork, **values: Any) -> Objective:
    """An OKR of the first quarter of 2026."""
    defaults = {"title": "Answer right the first time", "starts_on": QUARTER_START, "ends_on": QUARTER_END}
    return _put_item(uow, Objective, defaults | values)


def key_result(uow: UnitOfWork, **values: Any) -> KeyResult:
    """From 70 to 80 % by the end of March."""
    if "objective_id" not in values:
        values["objective_id"] = objective(uow).id
    defaults = {
        "title": "First-contact resolution",
        "unit": "%",
        "baseline": Decimal(70),
        "target": Decimal(80),
        "due_on": QUARTER_END,
    }
    return _put_item(uow, KeyResult, defaults | values)


def kpi(uow: UnitOfWork, **values: Any) -> Kpi:
    """A monthly figure, from 60 to 75 points."""
    defaults = {
        "title": "Net promoter score",
        "unit": "points",
        "baseline": Decimal(60),
        "target": Decimal(75),
    }
    return _put_item(uow, Kpi, defaults | values)


def reading(uow: UnitOfWork, of: Kpi | KeyResult, value: str | int, **values: Any) -> Reading:
    """A figure of the current week's (or month's) period, recorded now."""
    defaults = {
        "kpi_id" if isinstance(of, Kpi) else "key_result_id": of.id,
        "period_on": WEEK,
        "source": Source.CHECKIN,
        "recorded_at": uow.now,
    }
    return _put(uow, Reading(value=Decimal(value), **{**defaults, **values}))


def schedule(uow: UnitOfWork, of: Member, **values: Any) -> Schedule:
    """Due now."""
    defaults = {
        "member_id": of.id,
        "week_on": WEEK,
        "next_due_at": uow.now,
        "zone": of.zone,
        "work_days": of.work_days,
        "start_hour": of.start_hour,
    }
    return _put(uow, Schedule(**{**defaults, **values}))


def window(uow: UnitOfWork, of: Team | None = None, **values: Any) -> CheckinWindow:
    """A team's week that opened now and closes on Wednesday."""
    defaults = {
        "team_id": (of or team(uow)).id,
        "week_on": WEEK,
        "opens_at": uow.now,
        "closes_at": uow.now + timedelta(days=2, hours=9),
    }
    return _put(uow, CheckinWindow(**{**defaults, **values}))


def prompt(
    uow: UnitOfWork, who: Member | None = None, of: CheckinWindow | None = None, **values: Any
) -> CheckinPrompt:
    """Someone asked now, who may answer until the window closes."""
    of = of or window(uow)
    who = who or member(uow)
    defaults = {
        "window_id": of.id,
        "member_id": who.id,
        "local_on": uow.now.astimezone(ZoneInfo(who.zone)).date(),
        "opens_at": uow.now,
        "closes_at": of.closes_at,
        "reminder_at": uow.now + (of.closes_at - uow.now) * 4 / 5,
    }
    return _put(uow, CheckinPrompt(**{**defaults, **values}))


def question(
    uow: UnitOfWork, of: CheckinPrompt, about: Kpi | KeyResult | None = None, **values: Any
) -> CheckinQuestion:
    """What a prompt asks about a figure, as the figure's definition stands."""
    about = about or key_result(uow)
    defaults = {
        "prompt_id": of.id,
        "position": _count(uow, CheckinQuestion) + 1,
        "kind": Kind.KPI if isinstance(about, Kpi) else Kind.KEY_RESULT,
        "item_id": about.id,
        "reference": f"KPI-{about.number}" if isinstance(about, Kpi) else f"KR-{about.number}",
        "title": about.title,
        "starts_on": QUARTER_START,
        "due_on": QUARTER_END,
        "unit": about.unit,
        "direction": about.direction,
        "baseline": about.baseline,
        "target": about.target,
        "kpi_id": about.id if isinstance(about, Kpi) else about.kpi_id,
        "period_on": WEEK,
    }
    return _put(uow, CheckinQuestion(**{**defaults, **values}))


def answer(uow: UnitOfWork, to: CheckinQuestion, **values: Any) -> CheckinAnswer:
    """With the report that stands for it in the item's history."""
    defaults = {"prompt_id": to.prompt_id, "question_id": to.id, "answered_at": uow.now}
    row = _put(uow, CheckinAnswer(**{**defaults, **values}))
    report(
        uow,
        (to.kind, to.item_id),
        member_id=uow.session.get_one(CheckinPrompt, to.prompt_id).member_id,
        source=Source.CHECKIN,
        question_id=to.id,
        reported_at=row.answered_at,
        value=row.value,
        confidence=row.confidence,
        confidence_before=to.confidence_before,
        note=row.note,
        reading_id=row.reading_id,
    )
    return row


def report(uow: UnitOfWork, about: tuple[Kind, int], **values: Any) -> Report:
    """Something said now of an item (its kind and row)."""
    kind, item_id = about
    defaults = {"kind": kind, "item_id": item_id, "source": Source.UPDATE, "reported_at": uow.now}
    return _put(uow, Report(**{**defaults, **values}))


def milestone(uow: UnitOfWork, of: KeyResult, **values: Any) -> Milestone:
    """The next step of a key result, not reached yet."""
    steps = len(uow.okrs.list_milestones(of.id))
    defaults = {"key_result_id": of.id, "number": steps + 1, "title": f"Step {steps + 1}"}
    return _put(uow, Milestone(**{**defaults, **values}))


def blocker(uow: UnitOfWork, of: CheckinPrompt, **values: Any) -> Blocker:
    defaults = {
        "prompt_id": of.id,
        "owner_id": of.member_id,
        "kind": BlockerKind.RESOURCE,
        "text": "Nobody can train the new colleagues before March",
        "raised_at": uow.now,
    }
    return _put(uow, Blocker(**{**defaults, **values}))


def idea(uow: UnitOfWork, **values: Any) -> Idea:
    """An idea of nobody in particular, submitted now and findable by its words."""
    number = _count(uow, Idea) + 1
    defaults = {
        "number": number,
        "problem": "The label printer stops every shift",
        "idea": "Keep a spare ribbon at the machine",
        "submitted_at": uow.now,
        "due_at": uow.now + timedelta(days=3),
    }
    given = {**defaults, **values}
    terms = " ".join(similar.terms_of(f"{given['problem']}\n{given['idea']}"))
    return _put(uow, Idea(**{"title": given["problem"], "terms": terms, **given}))


def message(uow: UnitOfWork, key: str = "prompt:1", **values: Any) -> Outbox:
    """A message that is due now, to a new member where no receiver is named."""
    receivers = ("member_id", "channel_id", "thread_of_id", "edit_of_id")
    if not any(name in values for name in receivers):
        values["member_id"] = member(uow).id
    defaults = {"payload": {"text": "Your check-in for this week."}, "due_at": uow.now, "priority": PROMPT}
    uow.outbox.put(Envelope(key=key, **{**defaults, **values}))
    found = uow.outbox.find(key)
    assert found is not None
    return found


def _put(uow: UnitOfWork, row: R) -> R:
    row.workspace_id = uow.workspace_id
    uow.session.add(row)
    uow.session.flush()
    return row


def _put_item(uow: UnitOfWork, table: type[I], values: dict[str, Any]) -> I:
    """An item of the active plan, which is made where there is none, with the next number of its kind."""
    if "plan_id" not in values:
        values["plan_id"] = _plan_id(uow)
    return _put(uow, table(**({"number": _count(uow, table) + 1} | values)))


def _plan_id(uow: UnitOfWork) -> int:
    found = uow.session.exec(select(Plan.id).where(Plan.workspace_id == uow.workspace_id)).first()
    return plan(uow).id if found is None else found


def _count(uow: UnitOfWork, table: type[Row]) -> int:
    count = select(func.count(col(table.id))).where(table.workspace_id == uow.workspace_id)
    return uow.session.exec(count).one()
