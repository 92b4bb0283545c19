"""Catchball has its season before each quarter: the leads hear when it opens and has closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot import ids
from bot.answers import Message
from bot.blockkit.kit import actions, button, context, section
from bot.blockkit.mrkdwn import bold
from bot.blockkit.surfaces import fit_message
from bot.catchball.drawing import SHOWN, ball_row, branch_line, day
from bot.catchball.facts import Overview
from storage import catchballs
from storage.database import UnitOfWork
from storage.repositories.chores import SEASON
from storage.repositories.outbox import REMINDER, Envelope
from storage.rules.cadence import first_working_instant, local_date, local_instant
from storage.rules.calendar import CalendarRules, Event, catchball_season, quarter_of
from storage.rules.catchball import OPEN
from storage.rules.terms import Role
from storage.rules.working_days import add_months
from storage.working import read_calendar_rules, read_patterns

LOOK_AT = time(5)
LATE = timedelta(days=2)
"""After an outage it is still said so much later."""
_DAY = timedelta(days=1)
_QUARTER_MONTHS = 3


@dataclass(frozen=True, slots=True)
class Turn:
    """A season that opens (or has closed), as its calendar has it."""

    season: Event
    opens: bool

    @property
    def key(self) -> str:
        return f"catchball-{'opens' if self.opens else 'closed'}:{self.season.period_on}"


def announce(uow: UnitOfWork, limit: int) -> int:
    """Tells the strategy lead and the teams' leads, once each, in their working hours. Looked at once a day,
    early in the plan's morning."""
    del limit  # one message a lead, a few times a year
    if not uow.chores.is_due(SEASON, uow.now):
        return 0
    rules = read_calendar_rules(uow)
    if rules is None:
        uow.chores.put_off(SEASON, uow.now + _DAY)
        return 0
    today = local_date(uow.now, rules.zone)
    for turn in find_turns(rules, today):
        _tell_leads(uow, turn)
    uow.chores.put_off(SEASON, local_instant(rules.zone, today + _DAY, LOOK_AT))
    return 0


def next_look(uow: UnitOfWork) -> datetime | None:
    return uow.chores.find_due_at(SEASON)


def find_turns(rules: CalendarRules, today: date) -> list[Turn]:
    """What begins or has ended on a day, or on one of the two days before it."""
    this_on = quarter_of(rules, today)
    coming = catchball_season(rules, add_months(this_on, _QUARTER_MONTHS))
    over = catchball_season(rules, this_on)
    found = [Turn(coming, opens=True)] if coming.starts_on <= today <= coming.starts_on + LATE else []
    if over.ends_on < today <= over.ends_on + _DAY + LATE:
        found.append(Turn(over, opens=False))
    return found


def season_note(uow: UnitOfWork) -> str:
    """What a throw outside the season is told; empty within it, and where there is no plan."""
    rules = read_calendar_rules(uow)
    if rules is None:
        return ""
    today = local_date(uow.now, rules.zone)
    coming = catchball_season(rules, add_months(quarter_of(rules, today), _QUARTER_MONTHS))
    if coming.starts_on <= today <= coming.ends_on:
        return ""
    return (
        f"The next catchball season opens on {day(coming.starts_on)}. A ball can be thrown at any time; "
        "outside the season it may wait longer."
    )


def season_message(turn: Turn, overview: Overview) -> Message:
    """What opens or has closed, and what is open by now."""
    season, count = turn.season, len(overview.team)
    balls = (
        "No ball is in the air." if not count else f"{count} {'ball is' if count == 1 else 'balls are'} open."
    )
    if turn.opens:
        text = (
            f"The catchball season of the quarter from {day(season.period_on)} on is open until "
            f"{day(season.ends_on)}. Throw what is to be achieved, so that it is agreed by then."
        )
    else:
        text = f"The catchball season of the quarter that began on {day(season.period_on)} is over. {balls}"
    rows = [[ball_row(line, overview)] for line in overview.team[: SHOWN * 2]]
    if count > SHOWN * 2:
        rows.append([context(f"and {count - SHOWN * 2} more")])
    if overview.open_branches:
        lines = "\n".join(branch_line(one) for one in overview.open_branches[:SHOWN])
        more = len(overview.open_branches) - SHOWN
        rest = f"\nand {more} more" if more > 0 else ""
        rows.append([section(f"{bold('Agreed above, not yet below')}\n{lines}{rest}")])
    foot = [
        actions(button("Throw a ball", ids.CATCHBALL_PROPOSE, style="primary" if turn.opens else None)),
        context("Leads get this when a season opens and when it has closed. `/catchball` lists yours."),
    ]
    return Message(text, tuple(fit_message([section(text)], rows, foot)))


def _tell_leads(uow: UnitOfWork, turn: Turn) -> None:
    leads = _list_leads(uow)
    members = [
        member
        for member in uow.members.list_by_ids(leads).values()
        if member.slack_user_id is not None and not member.is_deactivated and member.wants_messages
    ]
    patterns = read_patterns(uow, members, local_date(uow.now, "UTC") - _DAY)
    for member in sorted(members, key=lambda one: one.id):
        at = first_working_instant(patterns[member.id], uow.now, days=14)
        if at is None:
            continue
        envelope = Envelope(
            key=f"{turn.key}:{member.id}",
            payload=season_message(turn, _open_balls(uow, member.id)).payload(),
            due_at=at,
            priority=REMINDER,
            member_id=member.id,
            expires_at=at + 3 * _DAY,
        )
        uow.outbox.put(envelope)


def _list_leads(uow: UnitOfWork) -> Sequence[int]:
    leads = {team.lead_id for team in uow.teams.list_all() if team.lead_id is not None}
    return sorted(leads | set(uow.roles.list_holders().get(Role.STRATEGY_LEAD, [])))


def _open_balls(uow: UnitOfWork, member_id: int) -> Overview:
    """All that are open, as far as someone may see them."""
    viewer = uow.roles.get_viewer(member_id)
    lines = catchballs.visible_lines(uow, viewer, uow.ball_lists.list_lines(states=OPEN))
    return Overview(
        held=(),
        waited=(),
        team=tuple(lines),
        open_branches=tuple(catchballs.coverage(uow, viewer)),
        names={one: person.name for one, person in uow.picture().graph.people.items()},
        now=uow.now,
    )
