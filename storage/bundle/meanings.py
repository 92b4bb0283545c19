"""What each key of a plan file means, in a line, and the words it takes: for help and for workbooks."""

from datetime import date
from decimal import Decimal

from storage.bundle.content import Row
from storage.rules.terms import (
    Commitment,
    Direction,
    Frequency,
    ItemState,
    Leading,
    Perspective,
    PlanState,
    RollUp,
    Source,
    Strength,
)
from storage.rules.thresholds import THRESHOLDS

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_YES_NO = ("yes", "no")
_CHOICES: dict[str, tuple[str, ...]] = {
    "direction": tuple(Direction),
    "frequency": tuple(Frequency),
    "perspective": tuple(Perspective),
    "commitment": tuple(Commitment),
    "indicator": tuple(Leading),
    "state": tuple(ItemState),
    "opens": _WEEKDAYS,
    "closes": _WEEKDAYS,
    "quarter": ("Q1", "Q2", "Q3", "Q4"),
    "roll_up": tuple(RollUp),
    "strength": tuple(Strength),
    "restricted": _YES_NO,
    "suggested": _YES_NO,
    "archived": _YES_NO,
}
_MEANINGS = {
    "hoshin": "The version of this format; leave it.",
    "title": "What it is called, in one line.",
    "starts": "The day it starts, year-month-day.",
    "ends": "The last day of the fiscal year; empty means a year after its start.",
    "due": "The day it is due or ends, year-month-day.",
    "vision": "Where the organisation wants to be.",
    "values": "What it holds to on the way.",
    "zone": "The time zone by its IANA name, such as Europe/Berlin.",
    "state": "Where it is in its life; empty means active.",
    "opens": "The weekday on which the weekly check-in opens.",
    "closes": "The weekday on which it closes.",
    "closes_hour": "The full hour at which it closes, 0 to 23.",
    "reminder_percent": "The share of the window after which those missing are reminded.",
    "holidays": "The country whose public holidays are days off, with a region: DE, DE-BY.",
    "spread_minutes": "Questions of one hour are spread over so many minutes, 0 to 240.",
    "monthly_review": "The day of the next month on which it is held: working day 5, or day 10.",
    "quarterly_review": "As the monthly review, in the first month after the quarter.",
    "annual_review": "As the monthly review, in the first month after the year.",
    "review_hour": "The full hour at which reviews begin, 0 to 23.",
    "day": "A day on which everyone is off, year-month-day.",
    "email": "The address of their Slack account.",
    "name": "What they are, or the team is, called.",
    "team": "The team it belongs to, by name.",
    "work_days": "The days they work, such as Mon, Tue, Wed.",
    "start_hour": "The full hour at which their day starts, 0 to 23.",
    "from": "The first day away; of a mark, its one end.",
    "roles": "What they are named to, such as strategy lead or facilitator.",
    "supporters": "Who helps: addresses, with commas between them.",
    "restricted": "Yes hides it from all who have no part in it.",
    "readers": "Who may see it although it is restricted: addresses.",
    "plan": "The version it belongs to, by title; empty means the plan of the tab Plan.",
    "continues": "What it was carried over from, in an earlier plan.",
    "not_deployed": "Why nothing is deployed from it, where that was decided.",
    "roll_up": "How several readings of one period become one figure; empty means the last.",
    "aliases": "Other names of the same measure, one a line.",
    "month": "The month, such as 2026-01.",
    "original_due": "The day it was first due; empty means the same as due.",
    "done": "When it was done.",
    "done_by": "Who ticked it off: an address.",
    "archived": "Yes takes the step out of the action plan.",
    "to": "The other end of the mark, such as B-1.",
    "strength": "How strongly the two hang together.",
    "suggested": "Yes while nobody has agreed to the mark yet.",
    "at": "When it was changed.",
    "action": "What was done.",
    "kind": "What kind of thing was changed.",
    "before": "The fields before.",
    "after": "The fields after.",
    "reason": "Why.",
    "until": "The last day away.",
    "parent": "What it stands under, by reference; a team by its name.",
    "lead": "Who leads the team: an address.",
    "channel": "The name or id of its Slack channel.",
    "members": "Addresses of those who belong to it besides its own people, with commas between them.",
    "ref": "The reference by which everyone will know it.",
    "owner": "The one person who answers for it: an address.",
    "kpi": "The KPI that it is measured by, such as KPI-1.",
    "perspective": "Its place in the balanced scorecard.",
    "commitment": "Committed: 1.0 is expected. Aspirational: 0.7 is success.",
    "quarter": "The quarter of the fiscal year; or give starts and due.",
    "unit": "What it counts in, such as %, days or EUR.",
    "direction": "Which way it is meant to move; empty: as from baseline to target.",
    "baseline": "The figure at the start.",
    "target": "The figure to reach.",
    "band_low": "The lower end of the band to stay in.",
    "band_high": "The upper end of the band to stay in.",
    "weight": "How much it counts among its siblings; 1 when empty, 0 leaves it out.",
    "frequency": "How often a figure is due.",
    "source": "Where the figures come from.",
    "indicator": "Whether it moves before the result (leading) or after it (lagging).",
    "progress": "How far it is, in percent.",
    "of": "The KPI or key result that the figure belongs to.",
    "period": "The week (2026-W06), the month (2026-01) or any day in it.",
    "value": "The figure.",
    "recorded": "When it was noted, for history; leave it empty for a new figure.",
    "by": "Who noted it: an address.",
    "no": "Tells readings of one period apart, for history.",
    "replaced_by": "The number of the reading that corrected this one, for history.",
}

_THRESHOLDS = {one.name: one.meaning for one in THRESHOLDS}

EXAMPLES: dict[str, Row] = {
    "Plan": {"title": "Norden Pumps 2026", "starts": date(2026, 1, 1), "zone": "Europe/Berlin"},
    "Check-in": {"opens": "Monday", "closes": "Wednesday", "closes_hour": 17, "reminder_percent": 80},
    "Calendar": {
        "work_days": ("Mon", "Tue", "Wed", "Thu", "Fri"),
        "holidays": "DE-BY",
        "spread_minutes": 15,
        "monthly_review": "working day 5",
        "quarterly_review": "working day 8",
        "annual_review": "working day 10",
        "review_hour": 10,
    },
    "Days off": {"day": date(2026, 12, 24), "title": "Company day"},
    "People": {"email": "ana.ruiz@example.com", "name": "Ana Ruiz", "team": "Customer Service"},
    "Absences": {"email": "ana.ruiz@example.com", "from": date(2026, 2, 16), "until": date(2026, 2, 18)},
    "Teams": {
        "name": "Customer Service",
        "parent": "Norden Pumps",
        "lead": "ana.ruiz@example.com",
        "channel": "customer-service",
    },
    "Drivers": {
        "ref": "D-1",
        "title": "Market leadership in customer satisfaction",
        "owner": "ana.ruiz@example.com",
    },
    "Breakthroughs": {
        "ref": "B-1",
        "title": "Be the pump maker that customers recommend most",
        "owner": "ana.ruiz@example.com",
        "parent": "D-1",
        "starts": date(2026, 1, 1),
        "due": date(2030, 12, 31),
    },
    "Annual objectives": {
        "ref": "A-1",
        "title": "Improve NPS from 60 to 75",
        "owner": "ana.ruiz@example.com",
        "parent": "B-1",
        "kpi": "KPI-1",
        "perspective": "customer",
    },
    "Objectives": {
        "ref": "O-1",
        "title": "Answer right the first time",
        "owner": "ana.ruiz@example.com",
        "parent": "A-1",
        "team": "Customer Service",
        "quarter": "Q1",
    },
    "Key results": {
        "ref": "KR-1",
        "title": "First-contact resolution",
        "owner": "ana.ruiz@example.com",
        "parent": "O-1",
        "unit": "%",
        "baseline": Decimal(70),
        "target": Decimal(80),
    },
    "KPIs": {
        "ref": "KPI-1",
        "title": "Net promoter score",
        "owner": "ana.ruiz@example.com",
        "unit": "points",
        "baseline": Decimal(60),
        "target": Decimal(75),
        "frequency": "monthly",
        "source": "Customer survey",
        "perspective": "customer",
        "indicator": "lagging",
    },
    "Initiatives": {
        "ref": "I-1",
        "title": "Kaizen event that redesigns call routing",
        "owner": "ana.ruiz@example.com",
        "parent": "A-1",
        "starts": date(2026, 1, 12),
        "due": date(2026, 3, 13),
        "progress": Decimal(40),
    },
    "Monthly plan": {"ref": "KPI-1", "month": "2026-01", "value": Decimal(61)},
    "Steps": {
        "ref": "I-1",
        "title": "Map the ten most frequent calls",
        "owner": "ana.ruiz@example.com",
        "due": date(2026, 1, 30),
    },
    "Marks": {"from": "A-1", "to": "B-1", "strength": "strong"},
    "Readings": {"of": "KPI-1", "period": "2026-01", "value": Decimal(62)},
}
"""One row for each tab of a template."""


def meaning(key: str, section: str) -> str:
    """A key in one line, as someone who fills in a form needs it."""
    if key == "source" and section == "readings":
        return "Where it was noted (check-in, import), for history."
    return _MEANINGS.get(key) or _THRESHOLDS[key]


def choices(key: str, section: str) -> tuple[str, ...]:
    """The words that a key takes; empty where it takes anything."""
    if key == "state" and section == "plan":
        return tuple(PlanState)
    if key == "source" and section == "readings":
        return tuple(Source)
    return _CHOICES.get(key, ())
