"""Who someone is to an idea, and by which names people are shown."""

from collections.abc import Iterable

from bot.kaizen.facts import SOMEONE
from storage.database import UnitOfWork
from storage.rules import access
from storage.rules.access import Action, Viewer
from storage.rules.errors import NotAllowed
from storage.rules.graph import Graph
from storage.rules.kaizen import Role
from storage.rules.terms import Kind
from storage.rules.terms import Role as PlanRole
from storage.tables.kaizen import Idea
from storage.tables.member import Member


def get_actor(uow: UnitOfWork, member_id: int) -> Viewer:
    """Someone who wants to do something with ideas.

    Raises:
        NotAllowed: they only look on (the role of a viewer).
    """
    check_actor(uow, member_id)
    return uow.roles.get_viewer(member_id)


def check_actor(uow: UnitOfWork, member_id: int) -> None:
    """As `get_actor`, where it does not matter what else they are: one statement instead of four."""
    if PlanRole.VIEWER in uow.roles.list_grants(member_id):
        raise NotAllowed(
            "You were named as a viewer, who sees all and changes nothing. Ask an admin of Hoshin."
        )


def is_council(uow: UnitOfWork, viewer: Viewer) -> bool:
    """Whether someone decides on ideas. While nobody is named to it, the leads of teams stand in."""
    if access.may(viewer, Action.COUNCIL):
        return True
    holders = uow.roles.list_holders()
    if holders.get(PlanRole.LEAN_COUNCIL) or holders.get(PlanRole.STRATEGY_LEAD):
        return False
    return bool(viewer.led_team_ids)


def list_council(uow: UnitOfWork) -> list[int]:
    """Member ids of those to whom ideas go for a decision: the lean council; while nobody is named to it the
    strategy leads, who may decide in any case, and where there are none the leads of teams."""
    holders = uow.roles.list_holders()
    named = holders.get(PlanRole.LEAN_COUNCIL) or holders.get(PlanRole.STRATEGY_LEAD)
    if named:
        return named
    leads = (team.lead_id for team in uow.strategies.read_teams().values())
    return sorted({lead for lead in leads if lead is not None})


def roles_on(uow: UnitOfWork, viewer: Viewer, idea: Idea) -> frozenset[Role]:
    """What someone is to an idea."""
    me = viewer.member_id
    found = set()
    if me in {idea.author_id, idea.sealed_for_id}:
        found.add(Role.AUTHOR)
    if me == idea.coach_id:
        found.add(Role.COACH)
    if me == idea.responsible_id:
        found.add(Role.RESPONSIBLE)
    if is_council(uow, viewer):
        found.add(Role.COUNCIL)
    if idea.event_id is not None and _leads_event(uow, viewer, idea.event_id):
        found.add(Role.EVENT)
    return frozenset(found)


def _leads_event(uow: UnitOfWork, viewer: Viewer, initiative_id: int) -> bool:
    """Whether someone may change the initiative that a Kaizen event is."""
    graph = find_plan(uow, viewer)
    nodes = graph.of_kind(Kind.INITIATIVE) if graph is not None else ()
    node = next((one for one in nodes if one.id == initiative_id), None)
    return node is not None and access.may(viewer, Action.EDIT, graph, node)


def author_words(idea_author: str, *, is_anonymous: bool, name: str) -> str:
    """How an idea's author is called.

    Args:
        idea_author: the name written down for someone without an account.
        name: of the member, if it is one.
    """
    if is_anonymous:
        return SOMEONE
    return name or idea_author or "someone who left"


def names_of(uow: UnitOfWork, member_ids: Iterable[int | None]) -> dict[int, Member]:
    """The members with these ids."""
    wanted = {member_id for member_id in member_ids if member_id is not None}
    return uow.members.list_by_ids(wanted) if wanted else {}


def find_plan(uow: UnitOfWork, *viewers: Viewer) -> Graph | None:
    """What all of these people may see of the plan; None where there is no plan yet, or nobody."""
    if not viewers or uow.strategies.find_plan() is None:
        return None
    return access.see_together(uow.picture().graph, viewers)


def find_channel_readers(uow: UnitOfWork) -> list[Viewer]:
    """Those who read the ideas channel; nobody where that is not known (yet)."""
    channel_id = uow.workspace.ideas_channel_id
    return (uow.audiences.find_viewers(channel_id) or []) if channel_id is not None else []
