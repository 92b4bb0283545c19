"""Looking at OKRs: one's own, the team's, what one follows; one item whole; all by state."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from itertools import groupby

from bot.change_words import change_words
from bot.okr.depending import list_of
from bot.okr.facts import Change, Needed, Sent, Shown
from bot.okr.looking import FIGURES_FOR_FORECAST, MEASURES, Desk, look_ahead, read_figures, sit_down
from storage import following
from storage.database import UnitOfWork
from storage.recording import as_milestone
from storage.repositories.reports import ReportLine
from storage.repositories.strategies import refs_of
from storage.rules import access, finding
from storage.rules.access import Action
from storage.rules.finding import Several
from storage.rules.graph import Node
from storage.rules.hierarchy import Ref, parse_reference
from storage.rules.measures import Milestone
from storage.rules.pace import Forecast, Pace
from storage.rules.scoring import WEAKEST_FIRST, grade_colour
from storage.rules.terms import Frequency, ItemState, Kind
from storage.rules.units import Unit

SHOWABLE = (Kind.OBJECTIVE, Kind.KEY_RESULT, Kind.KPI)
HISTORY = 10

Trails = dict[Ref, tuple[int, ...]]
"""Where the confidence in items went, oldest first."""

Told = ReportLine | Sent | Change
"""One line of an item's history."""

FIGURES_GIVEN = frozenset({"figure.recorded", "figure.undone", "checkin.answered", "readings.taken"})
"""Entries of the trail that the reports and readings tell already."""

COLUMNS = (ItemState.DRAFT, ItemState.IN_CATCHBALL, ItemState.ACTIVE, ItemState.CLOSED)
"""The board's columns, in the order of an OKR's life."""


@dataclass(frozen=True, slots=True)
class Group:
    """Objectives with their key results, those that need care first."""

    objectives: tuple[tuple[Shown, tuple[Shown, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What `/okr` shows: a person's own, their teams' and what they follow; each item once."""

    mine: Group
    team: Group
    followed: Group
    may_write: bool = True
    """Whether they may write OKRs."""

    @property
    def is_empty(self) -> bool:
        return not (self.mine.objectives or self.team.objectives or self.followed.objectives)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPage:
    """One item whole: itself, what is below and above it, what was said of it."""

    shown: Shown
    below: tuple[Shown, ...]
    above: tuple[Shown, ...]
    history: tuple[Told, ...]
    milestones: tuple[Milestone, ...]
    may_update: bool
    may_edit: bool
    is_followed: bool
    needed: tuple[Needed, ...] = ()
    pace: Pace | None = None
    forecast: Forecast | None = None
    grade: Decimal | None = None
    colour: str = ""
    lesson: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One state of the board, and its objectives."""

    state: ItemState
    objectives: tuple[Shown, ...]


def overview(uow: UnitOfWork, member_id: int) -> Overview:
    """The active objectives that concern a person.

    Raises:
        NotFound: there is no plan.
    """
    desk = sit_down(uow, member_id)
    live = [node for node in desk.nodes(Kind.OBJECTIVE) if node.is_live]
    mine = [node for node in live if _is_own(desk, node)]
    team = [node for node in live if node.team_id in desk.viewer.team_ids and node not in mine]
    follows = uow.digests.list_followed(member_id)
    followed = [
        node
        for node in live
        if node not in mine
        and node not in team
        and any((one.kind, one.id) in follows for one in (node, *desk.graph.children.get(node.ref, ())))
    ]
    trails = _trails(uow, desk, [*mine, *team, *followed])
    return Overview(
        mine=_group(desk, mine, trails),
        team=_group(desk, team, trails),
        followed=_group(desk, followed, trails),
        may_write=access.may_add(desk.viewer, Kind.OBJECTIVE),
    )


def find(uow: UnitOfWork, member_id: int, text: str) -> ItemPage | Several:
    """One item by reference or words; the several that the words fit, where that is not one.

    Raises:
        NotFound: there is none, or none that they may see.
        Invalid: the reference is that of another kind of item.
    """
    desk = sit_down(uow, member_id)
    found = finding.find(desk.graph, text, kinds=SHOWABLE)
    return found if isinstance(found, Several) else page_of(uow, desk, found)


def show(uow: UnitOfWork, member_id: int, reference: str) -> ItemPage:
    """One item by its reference.

    Raises:
        NotFound, Invalid: as `find`.
    """
    desk = sit_down(uow, member_id)
    return page_of(uow, desk, access.get_visible(desk.graph, parse_reference(reference)))


def page_of(uow: UnitOfWork, desk: Desk, node: Node) -> ItemPage:
    """An item of the desk, whole."""
    said = uow.reports.list_for(node.kind, node.id, limit=HISTORY)
    noted = next((line for line in said if line.note), None)
    shown = desk.show(node)
    if noted is not None:
        shown = replace(shown, note=noted.note, noted_at=noted.reported_at)
    milestones: tuple[Milestone, ...] = ()
    if node.kind is Kind.KEY_RESULT and Unit(node.unit).is_milestones:
        milestones = tuple(map(as_milestone, uow.okrs.list_milestones(node.id)))
    trails = _trails(uow, desk, [node])
    ahead: tuple[Pace | None, Forecast | None] = (None, None)
    if node.kind in MEASURES and node.is_live:
        figures = read_figures(uow, desk.source(node), FIGURES_FOR_FORECAST)
        ahead = look_ahead(desk, node, shown.standing, figures)
    graded = uow.okrs.find_grade(node.kind, node.id) if node.state is ItemState.CLOSED else None
    below = desk.graph.children.get(node.ref, ()) if node.kind is not Kind.KPI else ()
    reading = desk.graph.measured_by.get(node.ref, ())
    return ItemPage(
        shown=replace(_sure(desk, shown, trails), is_negotiated=_is_thrown(uow, node)),
        below=tuple(_sure(desk, desk.show(child), trails) for child in (*below, *reading)),
        above=tuple(desk.show(one) for one in desk.graph.above(node.ref)),
        history=_history(said, [*_sent(uow, desk, node), *_changes(uow, desk, node)]),
        milestones=milestones,
        may_update=node.kind is not Kind.OBJECTIVE
        and node.is_live
        and access.may(desk.viewer, Action.UPDATE, desk.graph, node),
        may_edit=access.may(desk.viewer, Action.EDIT, desk.graph, node),
        needed=list_of(uow, desk, node) if node.kind is Kind.KEY_RESULT else (),
        pace=ahead[0],
        forecast=ahead[1],
        grade=graded.grade if graded is not None else None,
        colour=str(grade_colour(graded.grade, desk.whole.thresholds)) if graded is not None else "",
        lesson=graded.lesson if graded is not None else "",
        is_followed=(node.kind, node.id) in uow.digests.list_followed(desk.viewer.member_id),
    )


def follow(uow: UnitOfWork, member_id: int, reference: str) -> ItemPage:
    """Follows an item, or no longer.

    Raises:
        NotFound: there is none, or none that they may see.
    """
    page = show(uow, member_id, reference)
    node = page.shown.node
    following.follow(uow, member_id, (node.kind, node.id), on=not page.is_followed)
    return replace(page, is_followed=not page.is_followed)


def board(uow: UnitOfWork, member_id: int) -> list[Column]:
    """Every objective that the person may see, by its state."""
    desk = sit_down(uow, member_id)
    by_state: dict[ItemState, list[Shown]] = {state: [] for state in COLUMNS}
    nodes, thrown = desk.nodes(Kind.OBJECTIVE), uow.ball_items.list_open_items(Kind.OBJECTIVE)
    trails, grades = _trails(uow, desk, nodes), uow.okrs.list_objective_grades()
    for node in nodes:
        shown = replace(
            _sure(desk, desk.show(node), trails),
            is_negotiated=node.id in thrown,
            grade=grades.get(node.id) if node.state is ItemState.CLOSED else None,
        )
        by_state[shown.state].append(shown)
    return [Column(state, tuple(_by_need(shown))) for state, shown in by_state.items()]


def _history(said: list[ReportLine], others: list[Sent | Change]) -> tuple[Told, ...]:
    """What was said, what came in without a word and what was changed, the newest first."""
    dated: list[tuple[datetime, Told]] = [(line.reported_at, line) for line in said]
    dated += [(one.at, one) for one in others]
    return tuple(line for _, line in sorted(dated, key=lambda pair: pair[0], reverse=True)[:HISTORY])


def _changes(uow: UnitOfWork, desk: Desk, node: Node) -> list[Change]:
    """Who changed what of the item itself."""
    entries = uow.audit.list_of_item(node.kind, node.id, refs_of(desk.whole.graph), most=3 * HISTORY)
    private = uow.ball_items.list_private_agreements(node.kind, node.id, desk.viewer.member_id)
    names = {person.id: person.name for person in desk.graph.people.values()} if entries or private else {}
    agreed = [
        Change(at=one.at, name=names.get(one.member_id or 0, ""), what="agreed", why=one.reason)
        for one in private
    ]
    return agreed + [
        Change(
            at=entry.at,
            name=names.get(entry.member_id or 0, ""),
            what=change_words(desk.graph, entry),
            why=entry.reason,
        )
        for entry in entries
        if entry.action not in FIGURES_GIVEN
    ]


def _sent(uow: UnitOfWork, desk: Desk, node: Node) -> list[Sent]:
    """Readings that systems sent and files brought, those that came together in one line."""
    if node.kind is Kind.OBJECTIVE:
        return []
    source = desk.source(node)
    name = "kpi_id" if source.kind is Kind.KPI else "key_result_id"
    rows = uow.reports.list_sent(**{name: source.id})
    frequency = source.frequency if source.kind is Kind.KPI else Frequency.WEEKLY
    found = []
    for (at, by, who), readings in groupby(rows, key=lambda row: (row.recorded_at, row.source, row.name)):
        together = list(readings)
        newest = together[0]
        found.append(
            Sent(
                at=at,
                source=by,
                name=who,
                count=len(together),
                period_on=newest.period_on,
                value=newest.value,
                frequency=frequency,
            )
        )
    return found


def _is_thrown(uow: UnitOfWork, node: Node) -> bool:
    return node.kind is Kind.OBJECTIVE and node.id in uow.ball_items.list_open_items(node.kind)


def _is_own(desk: Desk, node: Node) -> bool:
    """Theirs, or with a key result of theirs."""
    parts = (node, *(child for child in desk.graph.children.get(node.ref, ()) if child.is_live))
    return any(part.owner_id == desk.viewer.member_id for part in parts)


def _trails(uow: UnitOfWork, desk: Desk, nodes: Iterable[Node]) -> Trails:
    """Where the confidence in these items and in what is below them went."""
    wanted = [
        one
        for node in nodes
        for one in (node, *desk.graph.children.get(node.ref, ()), *desk.graph.measured_by.get(node.ref, ()))
    ]
    found: Trails = {}
    for kind in (Kind.KEY_RESULT, Kind.KPI):
        refs = {one.id: one.ref for one in wanted if one.kind is kind}
        if refs:
            trails = uow.reports.list_confidences(kind, refs)
            found |= {refs[item_id]: trail for item_id, trail in trails.items()}
    return found


def _sure(desk: Desk, shown: Shown, trails: Trails) -> Shown:
    """An item with where its confidence went; an objective with that of its least sure live key result."""
    node = shown.node
    if node.kind is not Kind.OBJECTIVE:
        return replace(shown, confidences=trails.get(node.ref, ()))
    parts = [one for one in desk.graph.children.get(node.ref, ()) if one.is_live and one.ref in trails]
    least = min(parts, key=lambda one: trails[one.ref][-1], default=None)
    if least is None:
        return shown
    return replace(shown, confidences=trails[least.ref], confidence_of=least.reference)


def _group(desk: Desk, nodes: Iterable[Node], trails: Trails) -> Group:
    found = [
        (
            desk.show(node),
            tuple(
                _sure(desk, desk.show(child), trails)
                for child in desk.graph.children.get(node.ref, ())
                if child.kind is Kind.KEY_RESULT
            ),
        )
        for node in nodes
    ]
    return Group(tuple(sorted(found, key=lambda pair: _need(pair[0]))))


def _by_need(shown: Iterable[Shown]) -> list[Shown]:
    return sorted(shown, key=_need)


def _need(shown: Shown) -> int:
    return WEAKEST_FIRST.index(shown.standing.status)
