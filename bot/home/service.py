"""Where one person stands: what they answer for, how it is going, when they are next asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from bot.next_asked import find_next_asked
from storage.database import UnitOfWork
from storage.repositories.standing import LastAnswer
from storage.repositories.strategies import Strategy
from storage.rules.errors import NotFound
from storage.rules.graph import Node, PlanLine
from storage.rules.scoring import Assessment, Trend
from storage.rules.terms import Direction, Kind, Status

MATTERS_FIRST = (
    Status.OFF_TRACK,
    Status.STALE,
    Status.AT_RISK,
    Status.NOT_STARTED,
    Status.ON_TRACK,
    Status.DONE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something that a person answers for, and how it stands.

    `serves` are the items above it, nearest first, as they are read; empty for guests.
    """

    kind: Kind
    reference: str
    title: str
    assessment: Assessment
    due_on: date | None
    team: str
    serves: tuple[str, ...] = ()
    unit: str = ""
    direction: Direction = Direction.INCREASE
    baseline: Decimal | None = None
    current: Decimal | None = None
    target: Decimal | None = None
    band_low: Decimal | None = None
    band_high: Decimal | None = None
    progress: Decimal | None = None
    expected: Decimal | None = None
    trend: Trend | None = None
    last_answer: LastAnswer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a person stands. `items` come in the order in which they matter: what needs care first."""

    plan: PlanLine | None
    items: tuple[Item, ...] = ()
    asked_until: datetime | None = None
    """When the check-in closes that waits for an answer."""
    next_checkin_at: datetime | None = None
    is_newcomer: bool = False
    """Has never answered a check-in."""


def stand(uow: UnitOfWork, member_id: int) -> Standing:
    """Everything the Home tab says about a person; the same number of queries however many items.

    A guest sees what is theirs and nothing of the plan above it.
    """
    asked_until, has_answered = uow.standings.find_asked(member_id)
    try:
        whole = uow.picture()
    except NotFound:
        return Standing(plan=None, is_newcomer=not has_answered)
    viewer = uow.roles.get_viewer(member_id, whole.graph.teams)
    seen = whole.seen_by(viewer)
    answers = uow.standings.last_answers(member_id)
    owned = sorted(
        (node for node in seen.graph.owned_by(member_id) if node.is_live and node.kind in _KINDS),
        key=lambda node: (_KINDS.index(node.kind), node.number),
    )
    items = [_item(seen, node, answers, shows_above=not viewer.is_guest) for node in owned]
    return Standing(
        plan=whole.graph.plan,
        items=tuple(sorted(items, key=lambda item: MATTERS_FIRST.index(item.assessment.status))),
        asked_until=asked_until,
        next_checkin_at=find_next_asked(uow, member_id),
        is_newcomer=not has_answered,
    )


def is_opened(uow: UnitOfWork, member_id: int) -> bool:
    """Whether someone has opened their Home tab before."""
    return uow.homes.is_opened(member_id)


def note_opened(uow: UnitOfWork, member_id: int) -> None:
    """Remembers that someone has the Home tab, so that it is kept up to date from now on."""
    uow.homes.note_opened(member_id, uow.now)


_KINDS = (
    Kind.KEY_RESULT,
    Kind.KPI,
    Kind.INITIATIVE,
    Kind.OBJECTIVE,
    Kind.ANNUAL_OBJECTIVE,
    Kind.BREAKTHROUGH,
    Kind.DRIVER,
)
"""Of two that stand alike, what people give figures of comes before what follows from it."""
_ABOVE = frozenset({Kind.OBJECTIVE, Kind.ANNUAL_OBJECTIVE, Kind.BREAKTHROUGH, Kind.DRIVER})


def _item(
    seen: Strategy,
    node: Node,
    answers: Mapping[tuple[Kind, int], LastAnswer],
    *,
    shows_above: bool,
) -> Item:
    standing = seen.standings[node.ref]
    team = seen.graph.teams.get(node.team_id) if node.team_id is not None else None
    above = [one for one in seen.graph.above(node.ref) if one.kind in _ABOVE] if shows_above else []
    return Item(
        kind=node.kind,
        reference=node.reference,
        title=node.title,
        assessment=Assessment(standing.status, standing.reason),
        due_on=seen.graph.plan.ends_on if node.kind is Kind.KPI else node.due_on,
        team=team.name if team is not None else "",
        serves=tuple(f"{one.reference} {one.title}" for one in above[:MOST_ABOVE]),
        unit=node.unit,
        direction=node.direction,
        baseline=node.baseline,
        current=standing.current,
        target=node.target,
        band_low=node.band_low,
        band_high=node.band_high,
        progress=standing.progress,
        expected=standing.expected,
        trend=standing.trend,
        last_answer=answers.get((node.kind, node.id)),
    )


MOST_ABOVE = 2
"""The goals that a card names; the whole line of sight is one press away."""
