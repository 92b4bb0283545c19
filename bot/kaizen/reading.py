"""Reading one idea, as facts to be drawn; and what is found for its form."""

from collections.abc import Iterable, Sequence
from datetime import UTC

from bot.kaizen import people
from bot.kaizen.facts import (
    BenefitFacts,
    Detail,
    FollowUpFacts,
    Happened,
    IdeaFacts,
    OfferFacts,
    Similar,
)
from storage.database import UnitOfWork
from storage.repositories.kaizen import IdeaLine, no_such_idea
from storage.repositories.kaizen_search import SimilarLine
from storage.rules import access
from storage.rules.access import Viewer
from storage.rules.cadence import WorkPattern, local_date
from storage.rules.date_words import day_words
from storage.rules.errors import Invalid, NotFound
from storage.rules.hierarchy import format_reference, parse_reference
from storage.rules.kaizen import (
    ENDS,
    IMPLEMENTED,
    VOTABLE,
    Life,
    OfferState,
    open_moves,
)
from storage.rules.kaizen import Role as IdeaRole
from storage.rules.kaizen_priority import Estimate, quadrant, rank
from storage.rules.terms import Kind, Status
from storage.tables.kaizen import Idea
from storage.working import known_zone, read_organisation

LINKABLE = (Kind.KEY_RESULT, Kind.INITIATIVE, Kind.KPI)


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
    estimate = estimate_of(uow, idea, viewer)
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


def _may_see_pictures(uow: UnitOfWork, member_id: int, idea: Idea) -> bool:
    """Slack shows a file to whoever uploaded it and where it was shared: in the channel that has the card."""
    if not idea.before_file_id and not idea.after_file_id:
        return False
    if member_id in {idea.author_id, idea.submitted_by_id}:
        return True
    return any(reader.member_id == member_id for reader in people.find_channel_readers(uow))


def estimate_of(uow: UnitOfWork, idea: Idea | IdeaLine, viewer: Viewer) -> Estimate:
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
