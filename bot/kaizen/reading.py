"""Reading: one idea, lists, the board, the queue and the figures, as facts to be drawn."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.kaizen import people
from bot.kaizen.facts import (
    BenefitFacts,
    Board,
    Desk,
    Detail,
    Entry,
    Figures,
    FollowUpFacts,
    Happened,
    IdeaFacts,
    Listing,
    OfferFacts,
    SettingsFacts,
    Similar,
)
from storage.database import UnitOfWork
from storage.improvements import read_contributions
from storage.repositories.kaizen import IdeaLine, no_such_idea
from storage.repositories.kaizen_search import SimilarLine
from storage.rules import access, kaizen_statistics
from storage.rules.access import Action, Viewer
from storage.rules.cadence import WorkPattern, local_date
from storage.rules.date_words import day_words
from storage.rules.errors import Invalid, NotFound
from storage.rules.hierarchy import format_reference, parse_reference
from storage.rules.kaizen import (
    DOING,
    ENDS,
    IMPLEMENTED,
    NEW,
    VOTABLE,
    IdeaState,
    Life,
    Move,
    OfferState,
    open_moves,
    ways_on,
)
from storage.rules.kaizen import Role as IdeaRole
from storage.rules.kaizen_clock import DRAFT_KEPT, working_days_waited
from storage.rules.kaizen_contributions import Contribution
from storage.rules.kaizen_priority import Estimate, Quadrant, quadrant, rank
from storage.rules.terms import Kind, Status
from storage.tables.kaizen import Idea
from storage.working import known_zone, read_organisation

SHOWN = 20
LINKABLE = (Kind.KEY_RESULT, Kind.INITIATIVE, Kind.KPI)
FILTERS = {
    "mine": None,
    "new": NEW,
    "doing": DOING | {IdeaState.ON_HOLD},
    "done": ENDS,
}
QUARTER = timedelta(days=90)
LEADERS = 5
CONTRIBUTORS = 8
"""How many initiatives and annual objectives the statistics name."""


def read_idea(uow: UnitOfWork, idea: Idea) -> IdeaFacts:
    """An idea as everyone may read it."""
    members = people.names_of(uow, (idea.author_id, idea.coach_id, idea.responsible_id))
    names = {member_id: member.name for member_id, member in members.items()}
    is_linked = idea.serves_kind is not None or idea.event_id is not None
    readers = people.find_channel_readers(uow) if is_linked else []
    original = uow.ideas.get(idea.original_id).number if idea.original_id is not None else None
    return IdeaFacts(
        id=idea.id,
        number=idea.number,
        title=idea.title,
        problem=idea.problem,
        idea=idea.idea,
        expected=idea.expected,
        state=idea.state,
        author=people.author_words(
            idea.author_name, is_anonymous=idea.is_anonymous, name=names.get(idea.author_id or 0, "")
        ),
        votes=idea.votes,
        submitted_at=idea.submitted_at,
        due_at=idea.due_at,
        waste=idea.waste,
        source=idea.source,
        source_link=idea.source_link,
        coach=names.get(idea.coach_id or 0, ""),
        responsible=names.get(idea.responsible_id or 0, ""),
        serves=serves_words(uow, idea, *readers),
        event=event_words(uow, idea, *readers),
        answered_at=idea.answered_at,
        until_on=idea.until_on,
        original=format_reference(Kind.IDEA, original) if original is not None else "",
        result=idea.result,
        before_file_id=idea.before_file_id,
        after_file_id=idea.after_file_id,
        zone=uow.workspace.zone,
    )


def serves_words(uow: UnitOfWork, idea: Idea | IdeaLine, *viewers: Viewer) -> str:
    """What an idea is linked to, in words; empty where it is nothing or nothing that all viewers may see."""
    if idea.serves_kind is None or idea.serves_id is None:
        return ""
    return _item_words(uow, idea.serves_kind, idea.serves_id, *viewers)


def event_words(uow: UnitOfWork, idea: Idea, *viewers: Viewer) -> str:
    """The Kaizen event that works on an idea, in words; empty as `serves_words`."""
    return "" if idea.event_id is None else _item_words(uow, Kind.INITIATIVE, idea.event_id, *viewers)


def list_event_team(uow: UnitOfWork, idea: Idea) -> tuple[int, ...]:
    """Who leads the Kaizen event that works on an idea and its team; nobody where not everyone who reads the
    ideas channel may see the event."""
    readers = people.find_channel_readers(uow) if idea.event_id is not None else []
    graph = people.find_plan(uow, *readers)
    nodes = graph.of_kind(Kind.INITIATIVE) if graph is not None else ()
    node = next((one for one in nodes if one.id == idea.event_id), None)
    if graph is None or node is None:
        return ()
    leads = (node.owner_id,) if node.owner_id is not None else ()
    return (*leads, *graph.supporters.get(node.ref, ()))


def _item_words(uow: UnitOfWork, kind: Kind, item_id: int, *viewers: Viewer) -> str:
    graph = people.find_plan(uow, *viewers)
    nodes = graph.of_kind(kind) if graph is not None else ()
    return next((f"{node.reference} {node.title}" for node in nodes if node.id == item_id), "")


def life_of(idea: Idea) -> Life:
    """Where an idea stands, for the rules."""
    return Life(
        idea.state, idea.held_from, idea.until_on, idea.answered_at is not None, idea.event_id is not None
    )


def show(uow: UnitOfWork, member_id: int, idea_id: int, warning: str = "") -> Detail:
    """One idea as a person sees it.

    Raises:
        NotFound: there is none, or a guest has no part in it.
    """
    viewer = uow.roles.get_viewer(member_id)
    idea = uow.ideas.get(idea_id)
    roles = people.roles_on(uow, viewer, idea)
    me = uow.members.get(member_id)
    supporting = bool(me.slack_user_id) and uow.idea_votes.has_voted(idea.id, me.slack_user_id or "")
    if viewer.is_guest and not roles and not supporting:
        raise NotFound(no_such_idea(idea.number))
    leads = bool(roles & {IdeaRole.COACH, IdeaRole.COUNCIL})
    carries = leads or bool(roles & {IdeaRole.RESPONSIBLE, IdeaRole.EVENT})
    is_mine = IdeaRole.AUTHOR in roles
    estimate = _estimate(uow, idea, viewer)
    return Detail(
        idea=read_idea(uow, idea),
        moves=tuple(open_moves(life_of(idea), roles)),
        is_mine=is_mine,
        is_supporting=supporting,
        may_vote=not is_mine and idea.state in VOTABLE,
        may_coach=idea.coach_id is None and IdeaRole.COUNCIL in roles and idea.state not in ENDS,
        may_hand_over=IdeaRole.COUNCIL in roles and idea.state not in ENDS,
        may_work=carries or is_mine,
        may_confirm=leads and not is_mine,
        may_see_pictures=_may_see_pictures(uow, member_id, idea),
        may_form_event=idea.event_id is None
        and idea.state not in ENDS
        and access.may_add(viewer, Kind.INITIATIVE)
        and uow.strategies.find_plan() is not None,
        serves=serves_words(uow, idea, viewer),
        event=event_words(uow, idea, viewer),
        reasons=rank(estimate).reasons if leads else (),
        quadrant=quadrant(idea.effort, idea.impact),
        effort=idea.effort,
        impact=idea.impact,
        confidence=idea.confidence,
        history=_history(uow, idea),
        whys=tuple(idea.whys or ()),
        benefits=_benefits(uow, idea.id),
        follow_ups=_follow_ups(uow, idea, carries or is_mine),
        offers=_offers(uow, viewer, idea.id),
        readings=_readings(uow, viewer, idea),
        warning=warning,
    )


def show_number(uow: UnitOfWork, member_id: int, text: str) -> Detail:
    """As `show`, of a reference such as K-1, k1 or 1.

    Raises:
        Invalid, NotFound: it is no reference of an idea, or there is no such idea.
    """
    return show(uow, member_id, uow.ideas.get_id(read_number(text)))


def read_number(text: str, field: str | None = None) -> int:
    """The number in a reference of an idea: K-7, k7 or 7.

    Raises:
        Invalid: it is none.
    """
    typed = text.strip()
    digits = typed.lstrip("kK").lstrip("-‐‑‒–—− ")
    if digits.isascii() and digits.isdigit() and int(digits[:9]) > 0:
        return int(digits[:9])
    kind, number = parse_reference(typed, field=field or "reference")
    if kind is not Kind.IDEA:
        raise Invalid(
            f"{format_reference(kind, number)} is a {kind}, not an idea. Ideas are K-1, K-2, …", field=field
        )
    return number


def list_ideas(uow: UnitOfWork, member_id: int, word: str) -> Listing:
    """A list of ideas, the newest first; a guest's holds those that they have a part in."""
    chosen = word.lower()
    if chosen == "mine" or uow.roles.get_viewer(member_id).is_guest:
        lines = uow.ideas.list_lines(mine=member_id, sealed=True)
        title = "Your ideas, and those that you carry"
    else:
        lines = uow.ideas.list_lines(states=FILTERS.get(chosen))
        title = {"new": "New ideas", "doing": "Ideas under way", "done": "Ideas that have ended"}.get(
            chosen, "Ideas, the newest first"
        )
    return Listing(title, tuple(entries_of(uow, lines[:SHOWN])), len(lines))


def read_board(uow: UnitOfWork, member_id: int, state: IdeaState) -> Board:
    """All ideas by state, and those of one state; a guest's board holds those that they have a part in."""
    viewer = uow.roles.get_viewer(member_id)
    if viewer.is_guest:
        own = uow.ideas.list_lines(mine=member_id, sealed=True)
        shown = [line for line in own if line.state is state][:SHOWN]
        return Board(Counter(line.state for line in own), state, _with_moves(uow, viewer, shown))
    lines = uow.ideas.list_lines(states=[state], limit=SHOWN)
    return Board(uow.ideas.count_states(), state, _with_moves(uow, viewer, lines))


def _with_moves(uow: UnitOfWork, viewer: Viewer, lines: Sequence[IdeaLine]) -> tuple[Entry, ...]:
    """Ideas with what someone may do to carry them on, by what a line of a list tells of their part."""
    council = people.is_council(uow, viewer)
    moves: dict[int, tuple[Move, ...]] = {}
    for line in lines:
        parts = {
            IdeaRole.AUTHOR: line.author_id == viewer.member_id,
            IdeaRole.COACH: line.coach_id == viewer.member_id,
            IdeaRole.RESPONSIBLE: line.responsible_id == viewer.member_id,
            IdeaRole.COUNCIL: council,
        }
        roles = frozenset(role for role, holds in parts.items() if holds)
        moves[line.id] = tuple(ways_on(Life(line.state), roles))
    return tuple(replace(entry, moves=moves[entry.id]) for entry in entries_of(uow, lines))


def read_queue(uow: UnitOfWork, member_id: int) -> Listing:
    """What waits for the lean council, first things first, each with the reasons for its place.

    Raises:
        NotAllowed: they are not of the council.
    """
    viewer = uow.roles.get_viewer(member_id)
    if not people.is_council(uow, viewer):
        access.check(viewer, Action.COUNCIL)
    today = local_date(uow.now, uow.workspace.zone)
    lines = [
        *uow.ideas.list_unanswered(),
        *uow.ideas.list_held(today),
        *uow.ideas.list_lines(states=[IdeaState.TRIAGED]),
    ]
    ranked = sorted(
        ((rank(_estimate(uow, line, viewer)), line) for line in lines),
        key=lambda pair: (pair[0].key, pair[1].id),
    )
    reasons = {line.id: found.reasons for found, line in ranked}
    entries = entries_of(uow, [line for _, line in ranked[:SHOWN]], reasons)
    title = "What waits for the lean council, first things first"
    return Listing(title, tuple(entries), len(lines), _matrix([line for _, line in ranked]))


def _matrix(lines: Iterable[IdeaLine]) -> tuple[tuple[Quadrant, tuple[str, ...]], ...]:
    """The fields of the effort × impact matrix that have ideas, in the order of the queue."""
    found: dict[Quadrant, list[str]] = {}
    for line in lines:
        field = quadrant(line.effort, line.impact)
        if field is not None:
            found.setdefault(field, []).append(line.reference)
    return tuple((field, tuple(found[field])) for field in Quadrant if field in found)


def find_linkable(uow: UnitOfWork, member_id: int, typed: str) -> list[tuple[str, str]]:
    """(value, words) of the initiatives, key results and KPIs that a person may see and that fit."""
    graph = people.find_plan(uow, uow.roles.get_viewer(member_id))
    if graph is None:
        return []
    wanted = typed.casefold().split()
    found = []
    for kind in LINKABLE:
        for node in graph.of_kind(kind):
            words = f"{node.reference} {node.title}"
            if all(word in words.casefold() for word in wanted):
                found.append((node.reference, words))
    return found[:100]


def read_desk(uow: UnitOfWork, member_id: int) -> Desk:
    """What of Kaizen concerns one person."""
    viewer = uow.roles.get_viewer(member_id)
    council = people.is_council(uow, viewer)
    own = uow.ideas.list_lines(mine=member_id, sealed=True)
    today = local_date(uow.now, uow.workspace.zone)
    carried = [
        line for line in own if line.state in DOING and member_id in {line.coach_id, line.responsible_id}
    ]
    mine = [line for line in own if line not in carried and line.state not in ENDS]
    unanswered = uow.ideas.list_unanswered() if council else []
    draft = uow.idea_drafts.find(member_id, uow.now - DRAFT_KEPT)
    return Desk(
        mine=tuple(entries_of(uow, mine[:5])),
        waits=tuple(entries_of(uow, carried[:5])),
        checks=tuple(
            (due.id, format_reference(Kind.IDEA, due.number), due.title)
            for due in uow.idea_results.list_due_follow_ups(today, member_id)
        ),
        queue=len(unanswered),
        overdue=sum(line.due_at <= uow.now for line in unanswered),
        draft=draft.text if draft else "",
        is_council=council,
    )


def read_figures(
    uow: UnitOfWork,
    between: tuple[datetime, datetime] | None = None,
    span: str = "the last 90 days",
    *,
    readers: Sequence[Viewer] = (),
) -> Figures:
    """The statistics of a span of time; without one of the last 90 days.

    Args:
        readers: whoever will read them; only what they may all see of the plan is named.
    """
    since, until = between or (uow.now - QUARTER, uow.now + timedelta(seconds=1))
    facts = uow.ideas.list_facts(since, until)
    teams = uow.strategies.read_teams()
    everyone = uow.strategies.read_people()
    people_ids = {
        person.id for person in everyone.values() if not person.is_deactivated and person.slack_user_id
    }
    leaders = {team.lead_id for team in teams.values() if team.lead_id in people_ids}
    counts: dict[int, int] = {}
    for fact in facts:
        if fact.author_id is not None:
            counts[fact.author_id] = counts.get(fact.author_id, 0) + 1
    best = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:LEADERS]
    shows = uow.ideas.find_settings().shows_leaderboard
    return Figures(
        span,
        kaizen_statistics.compute(facts, people_ids, {lead for lead in leaders if lead is not None}),
        tuple((everyone[who].name, count) for who, count in best if who in everyone) if shows else (),
        _contributions(uow, readers),
    )


def read_figures_for(uow: UnitOfWork, member_id: int) -> Figures:
    """The statistics of the last 90 days, with what one person may see of the plan."""
    return read_figures(uow, readers=[uow.roles.get_viewer(member_id)])


def _contributions(uow: UnitOfWork, readers: Sequence[Viewer]) -> tuple[tuple[str, Contribution], ...]:
    graph = people.find_plan(uow, *readers)
    if graph is None:
        return ()
    found = read_contributions(uow, graph)
    return tuple(
        (f"{node.reference} {node.title}", found[node.ref])
        for node in sorted((graph.nodes[ref] for ref in found), key=lambda node: -found[node.ref].ideas)[
            :CONTRIBUTORS
        ]
    )


def read_settings(uow: UnitOfWork, member_id: int) -> SettingsFacts:
    """How the workspace runs its ideas, for someone who may change it.

    Raises:
        NotAllowed: they may not.
    """
    access.check(uow.roles.get_viewer(member_id), Action.SET_UP)
    settings = uow.ideas.find_settings()
    return SettingsFacts(
        uow.workspace.ideas_channel_id or "",
        settings.response_days,
        settings.allows_anonymous,
        settings.shows_leaderboard,
    )


def find_similar(uow: UnitOfWork, member_id: int, text: str) -> Sequence[SimilarLine]:
    """Ideas that say alike; none for a guest, who sees only what is theirs."""
    return () if uow.roles.get_viewer(member_id).is_guest else uow.similar_ideas.find(text)


def similar_facts(found: Iterable[SimilarLine], member_id: int) -> tuple[Similar, ...]:
    """What the search found, for one reader."""
    return tuple(
        Similar(
            line.id,
            format_reference(Kind.IDEA, line.number),
            line.title,
            line.state,
            line.votes,
            line.author_id == member_id or line.state not in VOTABLE,
        )
        for line in found
    )


def pattern_of(uow: UnitOfWork) -> WorkPattern:
    """The working days by which the first response is counted: the workspace's own."""
    organisation = read_organisation(uow)
    return WorkPattern(
        known_zone(uow.workspace.zone),
        organisation.work_days,
        days_off=organisation.days_off_of("", ""),
    )


def entries_of(
    uow: UnitOfWork, lines: Sequence[IdeaLine], reasons: dict[int, tuple[str, ...]] | None = None
) -> list[Entry]:
    """Ideas as lines of a list; `reasons` by id say why they stand where they do."""
    if not lines:
        return []
    members = people.names_of(uow, (line.author_id for line in lines))
    pattern = pattern_of(uow)
    return [
        Entry(
            line.id,
            line.reference,
            line.title,
            line.state,
            people.author_words(
                line.author_name,
                is_anonymous=line.is_anonymous,
                name=members[line.author_id].name if line.author_id in members else "",
            ),
            line.votes,
            line.due_at if line.answered_at is None else None,
            line.until_on,
            line.answered_at is None and line.due_at <= uow.now,
            working_days_waited(line.submitted_at, uow.now, pattern),
            (reasons or {}).get(line.id, ()),
        )
        for line in lines
    ]


def _may_see_pictures(uow: UnitOfWork, member_id: int, idea: Idea) -> bool:
    """Slack shows a file to whoever uploaded it and where it was shared: in the channel that has the card."""
    if not idea.before_file_id and not idea.after_file_id:
        return False
    if member_id in {idea.author_id, idea.submitted_by_id}:
        return True
    return any(reader.member_id == member_id for reader in people.find_channel_readers(uow))


def _estimate(uow: UnitOfWork, idea: Idea | IdeaLine, viewer: Viewer) -> Estimate:
    """What the rules need to rank an idea; an item that the viewer may not see counts without its name."""
    serves, served = "", None
    if idea.serves_kind is not None and idea.serves_id is not None and uow.strategies.find_plan() is not None:
        strategy = uow.picture()
        visible = access.see(strategy.graph, viewer)
        for node in strategy.graph.of_kind(idea.serves_kind):
            if node.id == idea.serves_id:
                serves = node.reference if visible.find(node.ref) is not None else "a part of the plan"
                standing = strategy.standings.get(node.ref)
                served = standing.status if standing else Status.NOT_STARTED
    return Estimate(
        effort=idea.effort,
        impact=idea.impact,
        confidence=idea.confidence,
        serves=serves,
        served=served,
        votes=idea.votes,
        is_overdue=idea.answered_at is None and idea.due_at <= uow.now,
    )


def _history(uow: UnitOfWork, idea: Idea) -> tuple[Happened, ...]:
    steps = uow.ideas.list_steps(idea.id)
    members = people.names_of(uow, (step.member_id for step in steps))
    return tuple(
        Happened(
            step.at,
            members[step.member_id].name if step.member_id in members else "",
            step.move,
            step.to_state,
            step.said,
        )
        for step in steps
    )


def _benefits(uow: UnitOfWork, idea_id: int) -> tuple[BenefitFacts, ...]:
    rows = uow.idea_results.list_benefits(idea_id)
    members = people.names_of(uow, (row.confirmed_by_id for row in rows))
    return tuple(
        BenefitFacts(
            row.kind,
            row.planned,
            row.actual,
            members[row.confirmed_by_id].name if row.confirmed_by_id in members else "",
        )
        for row in rows
    )


def _follow_ups(uow: UnitOfWork, idea: Idea, may_answer: bool) -> tuple[FollowUpFacts, ...]:
    today = local_date(uow.now, uow.workspace.zone)
    return tuple(
        FollowUpFacts(
            row.id,
            row.due_on,
            row.has_lasted,
            row.note,
            may_answer and row.has_lasted is None and row.due_on <= today,
        )
        for row in uow.idea_results.list_follow_ups(idea.id)
    )


def _offers(uow: UnitOfWork, viewer: Viewer, idea_id: int) -> tuple[OfferFacts, ...]:
    return tuple(
        OfferFacts(
            offer.id,
            team,
            offer.state,
            offer.note,
            offer.team_id in viewer.led_team_ids and offer.state is OfferState.OFFERED,
        )
        for offer, team in uow.idea_results.list_offers(idea_id)
    )


def _readings(uow: UnitOfWork, viewer: Viewer, idea: Idea) -> tuple[str, ...]:
    """For an implemented idea that serves a KPI or key result: its figures before and after, as they are."""
    if idea.state not in IMPLEMENTED or idea.ended_at is None or idea.serves_kind is None:
        return ()
    graph = people.find_plan(uow, viewer)
    if graph is None:
        return ()
    node = next((one for one in graph.of_kind(idea.serves_kind) if one.id == idea.serves_id), None)
    figures = uow.picture().measured.figures.get(node.ref, ()) if node is not None else ()
    ended_on = idea.ended_at.astimezone(UTC).date()
    before = next((figure for figure in figures if figure.period_on <= ended_on), None)
    after = next((figure for figure in figures if figure.period_on > ended_on), None)
    if node is None or before is None:
        return ()
    words = [f"{node.reference} before: {before.value:f} {node.unit} ({day_words(before.period_on)})"]
    if after is not None:
        words.append(f"after: {after.value:f} {node.unit} ({day_words(after.period_on)})")
    return tuple(words)
