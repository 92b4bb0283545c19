"""Where a ball may lie: who can receive it, and what it may stand under."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from storage.catchballs.facts import Throw
from storage.catchballs.sight import check_free
from storage.database import UnitOfWork
from storage.rules import access
from storage.rules.access import Viewer
from storage.rules.catchball import ANSWER_DAYS, OPEN, Ball
from storage.rules.catchball_levels import Neighbours, check_level, find_neighbours
from storage.rules.catchball_terms import Candidate, check_candidate
from storage.rules.errors import Closed, Invalid
from storage.rules.graph import Graph
from storage.rules.hierarchy import Ref
from storage.rules.terms import Role


def check_place(uow: UnitOfWork, viewer: Viewer, graph: Graph, wanted: Throw, ball: Ball) -> None:
    if wanted.item is not None:
        node = access.get_visible(graph, wanted.item)
        if node.kind is not wanted.kind:
            raise Invalid(f"{node.reference} is of another kind than {wanted.kind}.", field="kind")
        check_free(uow, viewer, node)
        for member_id in ball.people_ids - {ball.proposer_id}:
            _check_sees(uow, graph, node.ref, member_id, why="this is about", field="receivers")
    if wanted.terms.parent is not None:
        check_parent(uow, graph, wanted.terms.parent, ball)


def check_levels(graph: Graph, viewer: Viewer, wanted: Throw) -> Neighbours:
    """Between whom it goes; a strategy lead or facilitator throws to anyone.

    Raises:
        Invalid: a receiver is not of the next level (field "receivers").
    """
    refs = (wanted.item, wanted.terms.parent)
    about = [node for ref in refs if ref is not None and (node := graph.find(ref)) is not None]
    found = find_neighbours(graph, viewer.member_id, about)
    if not viewer.granted & {Role.STRATEGY_LEAD, Role.FACILITATOR}:
        check_level(graph, found, wanted.receiver_ids)
    return found


def is_upwards(found: Neighbours, graph: Graph, wanted: Throw) -> bool:
    """Whether it is thrown to the level above: what comes of it is the proposer's then."""
    parent = graph.find(wanted.terms.parent) if wanted.terms.parent is not None else None
    if parent is not None and parent.owner_id in wanted.receiver_ids:
        return True
    return all(one in found.above - found.below for one in wanted.receiver_ids)


def check_parent(uow: UnitOfWork, graph: Graph, parent: Ref, ball: Ball) -> None:
    """It must be there for everyone who takes part."""
    node = graph.find(parent)
    if node is None:
        raise Invalid("There is no such item here to stand under. Check the reference.", field="parent")
    for member_id in ball.people_ids - {ball.proposer_id}:
        _check_sees(uow, graph, parent, member_id)


def check_first(uow: UnitOfWork, ball: Ball) -> None:
    """Raises Closed where the same person has thrown the same new item to the same people, and it is open
    still: a form that was sent twice, or two that were filled in for one thing."""
    for line in uow.ball_lists.list_lines(states=OPEN, of=[ball.proposer_id]):
        is_alike = line.proposer_id == ball.proposer_id and line.party_ids == ball.party_ids
        if is_alike and line.item_id is None and uow.catchballs.find_terms(line.id, 1) == ball.terms:
            raise Closed(
                f"You have thrown this to them already: it is {line.reference}, and open. `/catchball show "
                f"{line.reference}` shows it; change a term here if you mean something else."
            )


def check_newcomer(uow: UnitOfWork, graph: Graph, member_id: int, ball: Ball) -> None:
    on = today_of(uow)
    for one in list_candidates(uow, graph, (member_id,), on):
        check_candidate(one, ball.until_on or on, field="person")
    if ball.terms.parent is not None and graph.find(ball.terms.parent) is not None:
        _check_sees(uow, graph, ball.terms.parent, member_id)


def list_candidates(uow: UnitOfWork, graph: Graph, member_ids: Sequence[int], on: date) -> list[Candidate]:
    found = []
    absences = uow.members.absences_from(list(member_ids), on)
    for member_id in member_ids:
        person = graph.people.get(member_id)
        if person is None:
            raise Invalid(
                "This person is not known here. Choose someone of this workspace.", field="receivers"
            )
        away = next((one for one in absences[member_id] if one.from_on <= on), None)
        deputy = graph.people.get(away.deputy_id or 0) if away is not None else None
        found.append(
            Candidate(
                member_id,
                person.name,
                is_guest=person.is_guest,
                is_deactivated=person.is_deactivated,
                away_until=away.until_on if away is not None else None,
                deputy=deputy.name if deputy is not None else "",
            )
        )
    return found


def answer_by(wanted: Throw, on: date) -> date:
    return wanted.until_on or date.fromordinal(on.toordinal() + ANSWER_DAYS)


def names_of(graph: Graph) -> dict[int, str]:
    return {member_id: person.name for member_id, person in graph.people.items()}


def today_of(uow: UnitOfWork) -> date:
    """By the plan's own calendar."""
    return uow.now.astimezone(ZoneInfo(uow.strategies.get_plan().zone)).date()


def _check_sees(
    uow: UnitOfWork,
    graph: Graph,
    ref: Ref,
    member_id: int,
    *,
    why: str = "this stands under",
    field: str = "parent",
) -> None:
    whole = uow.picture().graph
    if ref in access.hidden_from(whole, uow.roles.get_viewer(member_id, whole.teams)):
        person, node = graph.people[member_id], graph.nodes[ref]
        raise Invalid(
            f"{person.name} may not see {node.reference}, which {why}. Make them a reader of "
            f"{node.reference} first, or choose others.",
            field=field,
        )
