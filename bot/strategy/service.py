"""Looking at the plan: each verb reads what one person sees of it, now or as of a past day. Only deciding on
a suggested mark writes."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.strategy.arguments import View
from bot.strategy.facts import (
    MEASURES,
    Alleys,
    Choice,
    Figure,
    Item,
    Linted,
    Matrix,
    Overview,
    Panes,
    Place,
    Scene,
    Work,
)
from storage.database import UnitOfWork
from storage.editing.marks import Marked, agree, may_mark, set_mark
from storage.improvements import read_improvements
from storage.repositories.reports import REMEMBERED
from storage.repositories.strategies import refs_of
from storage.rules import access, finding, xmatrix
from storage.rules.access import Action
from storage.rules.bowling import Bowling, Frame, read_bowling
from storage.rules.errors import Invalid, NotFound
from storage.rules.finding import Several
from storage.rules.graph import Graph, MarkLine, Node, TeamLine
from storage.rules.hierarchy import Ref, format_reference
from storage.rules.history import Entry
from storage.rules.lint import Facts, lint
from storage.rules.monthly import months_of
from storage.rules.periods import next_period
from storage.rules.phases import Evidence, read_deployment, read_phases, with_evidence
from storage.rules.scorecard import read_scorecard
from storage.rules.scoring import confidence_trail
from storage.rules.standing import Standing
from storage.rules.terms import Frequency, Kind
from storage.rules.thresholds import near_plan, read_limits

READINGS = 8
CHANGES = 8
"""How many of the newest a card shows."""


def look(uow: UnitOfWork, member_id: int, on: date | None = None, plan_id: int | None = None) -> Scene:
    """What a member sees of a plan: the active one without an id, or the one that a past day lies in.

    Raises:
        NotFound: there is no plan.
        Invalid: the day lies ahead.
    """
    now = uow.picture(plan_id)
    viewer = uow.roles.get_viewer(member_id, now.graph.teams)
    if on is None or on == now.today:
        seen = now.seen_by(viewer)
        return Scene(viewer=viewer, graph=seen.graph, standings=seen.standings, today=seen.today)
    then = uow.picture_of_day(on)
    # What is restricted by now stays so for the past: it was written down for fewer eyes.
    closed = access.hidden_from(now.graph, viewer) & set(then.graph.nodes)
    seen = then.without(access.hidden_from(then.graph, viewer) | closed)
    return Scene(viewer=viewer, graph=seen.graph, standings=seen.standings, today=on, as_of=on)


def show(uow: UnitOfWork, member_id: int, view: View) -> Item | Choice:
    """Everything that is known of an item.

    Raises:
        NotFound, Invalid: no item is meant; the day lies ahead.
    """
    scene, node = _find(uow, member_id, view)
    if isinstance(node, Several):
        return Choice(scene, node)
    before = _end_of(scene) if scene.as_of is not None else None
    reports = uow.reports.list_for(node.kind, node.id, limit=REMEMBERED, before=before)
    noted = next((one for one in reports if one.note.strip()), None)
    sure = next((one for one in reports if one.confidence is not None), None)
    history = _history(uow, scene, node, before)
    return Item(
        scene=scene,
        node=node,
        figures=list_figures(uow, scene, node, before),
        monthly_plan=uow.kpis.monthly_plan(node.id) if node.kind is Kind.KPI else {},
        history=history,
        note=noted.note if noted is not None else "",
        noted_at=noted.reported_at if noted is not None else None,
        confidence_before=sure.confidence_before if sure is not None else None,
        confidences=confidence_trail(one.confidence for one in reports if one.confidence is not None),
        improvements=None
        if scene.as_of is not None
        else read_improvements(uow, scene.graph, node, is_guest=scene.viewer.is_guest),
        may_edit=scene.as_of is None and access.may(scene.viewer, Action.EDIT, scene.graph, node),
        may_update=scene.as_of is None
        and node.is_live
        and node.kind in MEASURES
        and access.may(scene.viewer, Action.UPDATE, scene.graph, node),
        is_followed=(node.kind, node.id) in uow.digests.list_followed(member_id),
    )


def _history(uow: UnitOfWork, scene: Scene, node: Node, before: datetime | None) -> list[Entry]:
    """Who changed what of an item, the newest first, with what the reader agreed to in private."""
    entries = uow.audit.list_of_item(node.kind, node.id, refs_of(scene.graph), most=CHANGES, before=before)
    agreed = [
        Entry(one.at, one.member_id, "agreed", str(node.kind), node.id, node.reference, None, {}, one.reason)
        for one in uow.ball_items.list_private_agreements(node.kind, node.id, scene.viewer.member_id)
        if before is None or one.at < before
    ]
    return sorted([*agreed, *entries], key=lambda entry: entry.at, reverse=True)[:CHANGES]


def place(uow: UnitOfWork, member_id: int, view: View) -> Place | Choice:
    """An item and what stands below it, or above it; without words the whole plan."""
    if not view.words:
        return Place(look(uow, member_id, view.on), None)
    scene, node = _find(uow, member_id, view)
    return Choice(scene, node) if isinstance(node, Several) else Place(scene, node)


def line_of_sight(uow: UnitOfWork, member_id: int, view: View) -> Place | Choice:
    """An item to look upwards from, or what a Kaizen idea serves.

    Raises:
        NotFound, Invalid: as `show`; there is no such idea.
    """
    ref = finding.read_reference(view.words)
    if ref is None or ref[0] is not Kind.IDEA:
        return place(uow, member_id, view)
    idea = uow.ideas.get(uow.ideas.get_id(ref[1]))
    scene = look(uow, member_id, view.on)
    if scene.viewer.is_guest and member_id not in {idea.author_id, idea.sealed_for_id}:
        raise NotFound(f"There is no {format_reference(*ref)} here. Check the reference.")
    # What it serves comes before the event that works on it.
    served = scene.graph.find_row(idea.serves_kind, idea.serves_id)
    served = served or scene.graph.find_row(Kind.INITIATIVE, idea.event_id)
    return Place(scene, served, (format_reference(*ref), idea.title))


def matrix(uow: UnitOfWork, member_id: int, view: View) -> Matrix | Choice:
    """The X-matrix of the company, of an item, or of a team that is called by its name."""
    if not view.words:
        scene = look(uow, member_id, view.on)
        return _matrix(scene, xmatrix.company_matrix(scene.graph))
    scene = look(uow, member_id, view.on)
    team = _team(scene, view.words)
    if team is not None:
        return _matrix(scene, xmatrix.team_matrix(scene.graph, team))
    scene, node = _find(uow, member_id, view)
    if isinstance(node, Several):
        return Choice(scene, node)
    return _matrix(scene, xmatrix.matrix_under(scene.graph, node))


def bowling(uow: UnitOfWork, member_id: int, view: View) -> Alleys | Choice:
    """The bowling chart of a KPI, or of what something is measured by; without words those of every KPI.

    Raises:
        NotFound, Invalid: no item is meant, it has no KPI, or a past day was asked for.
    """
    if view.on is not None:
        raise Invalid("The bowling chart shows the year as it is known now. Leave the day out.")
    if not view.words:
        scene = look(uow, member_id)
        kpis = [node for node in scene.graph.of_kind(Kind.KPI) if node.is_live]
        return Alleys(scene, _charts(uow, scene, kpis), is_one=False)
    scene, node = _find(uow, member_id, view)
    if isinstance(node, Several):
        return Choice(scene, node)
    kpi = scene.graph.find(node.measure) if node.measure is not None else node
    if kpi is None or kpi.kind is not Kind.KPI:
        raise Invalid(
            f"{node.reference} is measured by no KPI, and only KPIs are planned by month. `/hoshin bowling` "
            "shows them all."
        )
    return Alleys(scene, _charts(uow, scene, [kpi]), is_one=True)


def _charts(uow: UnitOfWork, scene: Scene, kpis: Sequence[Node]) -> list[Bowling]:
    ids = [kpi.id for kpi in kpis]
    months = months_of(scene.graph.plan)
    frame = Frame(months=months, today=scene.today, near_plan=near_plan(uow.settings.get().thresholds))
    plans = uow.kpis.monthly_plans(ids)
    figures = uow.readings.periods_between(ids, months[0], next_period(Frequency.MONTHLY, months[-1]))
    return [read_bowling(frame, kpi, plans.get(kpi.id, {}), figures.get(kpi.id, ())) for kpi in kpis]


def scorecard(uow: UnitOfWork, member_id: int, view: View) -> Panes:
    """The four perspectives."""
    scene = look(uow, member_id, view.on)
    return Panes(scene, read_scorecard(scene.graph, scene.standings))


def find_work(uow: UnitOfWork, member_id: int) -> Work:
    """Where the reader's own work sits in the frameworks."""
    scene = look(uow, member_id)
    own = [
        node
        for node in scene.graph.nodes.values()
        if node.is_live
        and (node.owner_id == member_id or member_id in scene.graph.supporters.get(node.ref, ()))
    ]
    return Work(scene, own)


def go_through(uow: UnitOfWork, member_id: int) -> Linted:
    """What is wrong with what the reader sees of the plan.

    Raises:
        NotAllowed: they may not.
    """
    scene = look(uow, member_id)
    access.check(scene.viewer, Action.LINT)
    limits = read_limits(uow.settings.get().thresholds)
    findings = lint(Facts(scene.graph, scene.standings, limits))
    named = {one.ref for one in findings if one.ref is not None}
    editable = frozenset(
        ref for ref in named if access.may(scene.viewer, Action.EDIT, scene.graph, scene.graph.nodes[ref])
    )
    return Linted(scene, findings, editable)


def overview(uow: UnitOfWork, member_id: int) -> Overview | None:
    """Where the plan stands; None without a plan, and for guests, who see only what is theirs."""
    try:
        now = uow.picture()
    except NotFound:
        return None
    viewer = uow.roles.get_viewer(member_id, now.graph.teams)
    if viewer.is_guest:
        return None
    seen = now.seen_by(viewer)
    scene = Scene(viewer=viewer, graph=seen.graph, standings=seen.standings, today=seen.today)
    waiting = sum(
        may_mark(scene.viewer, scene.graph, scene.graph.nodes[mark.left], scene.graph.nodes[mark.right])
        for mark in seen.derived(_suggested)
    )
    agreed_ids = uow.ball_items.list_agreed(Kind.ANNUAL_OBJECTIVE, member_id)
    found = (scene.graph.find_row(Kind.ANNUAL_OBJECTIVE, row_id) for row_id in agreed_ids)
    agreed = frozenset(one.ref for one in found if one is not None)
    deployment = seen.derived(read_deployment)
    phases = with_evidence(seen.derived(read_phases), deployment, Evidence(agreed=agreed))
    return Overview(scene, phases, waiting)


def _suggested(graph: Graph, standings: Mapping[Ref, Standing]) -> tuple[MarkLine, ...]:
    del standings
    return tuple(mark for mark in graph.marks if not mark.is_confirmed)


def decide(uow: UnitOfWork, member_id: int, one: Ref, other: Ref, *, agrees: bool) -> Marked:
    """Agrees to a suggested mark, or takes it away.

    Raises:
        NotFound, NotAllowed, Invalid: as `editing.marks`.
    """
    viewer = uow.roles.get_viewer(member_id)
    return agree(uow, viewer, one, other) if agrees else set_mark(uow, viewer, one, other, None)


def _find(uow: UnitOfWork, member_id: int, view: View) -> tuple[Scene, Node | Several]:
    """An item of the plan that is looked at; a reference also finds one of another plan."""
    ref = finding.read_reference(view.words)
    plan_id = uow.plans.find_plan_id(*ref) if ref is not None and view.on is None else None
    scene = look(uow, member_id, view.on, plan_id)
    return scene, finding.find(scene.graph, view.words)


def _team(scene: Scene, words: str) -> TeamLine | None:
    if scene.viewer.is_guest:
        return None
    wanted = words.casefold()
    return next((team for team in scene.graph.teams.values() if team.name.casefold() == wanted), None)


def _matrix(scene: Scene, found: xmatrix.XMatrix) -> Matrix:
    nodes = scene.graph.nodes
    decidable = [
        (left, right)
        for left, right, _ in found.suggestions
        if scene.as_of is None and may_mark(scene.viewer, scene.graph, nodes[left], nodes[right])
    ]
    return Matrix(scene, found, decidable)


def list_figures(
    uow: UnitOfWork, scene: Scene, node: Node, before: datetime | None = None
) -> tuple[Figure, ...]:
    """The newest figures of an item, or of the KPI that it is measured by where the scene shows that one."""
    source = scene.graph.find(node.measure) if node.measure is not None else node
    if source is None or source.kind not in MEASURES:
        return ()
    name = "kpi_id" if source.kind is Kind.KPI else "key_result_id"
    rows = uow.readings.list_recorded(**{name: source.id}, most=READINGS, before=before)
    return tuple(
        Figure(row.period_on, row.value, row.source, scene.name_of(row.member_id), row.recorded_at)
        for row in rows
    )


def _end_of(scene: Scene) -> datetime:
    """The instant at which the day is over that the scene is of."""
    zone = ZoneInfo(scene.graph.plan.zone)
    return datetime.combine(scene.today + timedelta(days=1), time(), zone).astimezone(UTC)
