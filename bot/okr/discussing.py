"""Talking about an item: one thread in its team's channel, opened by the first who wants to.

The post is kept under the item's and the channel's name, so it is made once; later presses lead there. Only
what all who read the channel may see is posted.
"""

from bot.answers import Message
from bot.okr.facts import DISCUSSED, Discussion
from bot.okr.looking import Desk, sit_down
from bot.okr.threads import thread_message
from storage.database import UnitOfWork
from storage.repositories.outbox import ANSWER, Envelope
from storage.rules import access
from storage.rules.errors import Invalid, NotAllowed
from storage.rules.graph import Node, TeamLine
from storage.rules.hierarchy import parse_reference
from storage.tables.outbox import OutboxState


def find_place(uow: UnitOfWork, member_id: int, reference: str) -> str:
    """The channel in which an item is talked about.

    Raises:
        NotFound: there is none, or none that they may see.
        Invalid: it is of another kind, or its team has no channel.
    """
    return _place(*_find(uow, member_id, reference))[1]


def discuss(uow: UnitOfWork, member_id: int, reference: str) -> Discussion:
    """Opens the item's thread unless it is open, and says where it is.

    Raises:
        NotFound, Invalid: as `find_place`, or it is not known who reads the channel.
        NotAllowed: not all who read there may see it.
    """
    desk, node = _find(uow, member_id, reference)
    team, channel_id = _place(desk, node)
    key = f"discuss:{channel_id}:{node.reference}"
    posted = uow.outbox.find(key)
    if posted is not None and posted.state is OutboxState.SENT:
        return Discussion(node, posted.sent_channel_id or channel_id, posted.sent_ts or "")
    message = _draw(uow, desk, node, team, channel_id)
    if posted is None:
        uow.outbox.put(Envelope(key, message.payload(), uow.now, ANSWER, channel_id=channel_id))
    elif posted.state is OutboxState.FAILED:
        uow.outbox.edit(posted, message.payload(), uow.now, ANSWER)
    return Discussion(node, channel_id)


def _find(uow: UnitOfWork, member_id: int, reference: str) -> tuple[Desk, Node]:
    desk = sit_down(uow, member_id)
    node = access.get_visible(desk.graph, parse_reference(reference))
    if node.kind not in DISCUSSED:
        raise Invalid(f"{node.reference} has no thread. Objectives and key results have one.")
    return desk, node


def _place(desk: Desk, node: Node) -> tuple[TeamLine, str]:
    """The team and its channel."""
    team = _team(desk, node)
    if team is None:
        raise Invalid(f"{node.reference} belongs to no team, so there is no channel to talk about it in.")
    if team.channel_id is None:
        raise Invalid(
            f"{team.name} has no channel to talk about {node.reference} in. Its lead gives it one by "
            f"`/hoshin team {team.name}`."
        )
    return team, team.channel_id


def _team(desk: Desk, node: Node) -> TeamLine | None:
    """The item's own team, else its objective's, else one that its owner belongs to."""
    teams = desk.graph.teams
    objective = desk.graph.find(node.parent) if node.parent is not None else None
    team_id = node.team_id or (objective.team_id if objective is not None else None)
    if team_id is not None:
        return teams.get(team_id)
    owner_id = node.owner_id or (objective.owner_id if objective is not None else None)
    return next((teams[one] for one in sorted(teams) if owner_id in teams[one].member_ids), None)


def _draw(uow: UnitOfWork, desk: Desk, node: Node, team: TeamLine, channel_id: str) -> Message:
    """The item's card as every reader of the channel may see it."""
    readers = uow.audiences.find_viewers(channel_id)
    if readers is None:
        raise Invalid(
            f"I do not know who reads the channel of {team.name}. Type `/invite @Hoshin` there, then try "
            "again."
        )
    whole = desk.whole
    seen = whole.without(frozenset().union(*(access.hidden_from(whole.graph, one) for one in readers)))
    if node.ref not in seen.graph.nodes:
        raise NotAllowed(
            f"{node.reference} was not posted: not everyone in the channel of {team.name} may see it. Talk "
            "about it with those who may."
        )
    shown = Desk(desk.viewer, seen, whole).show(seen.graph.nodes[node.ref])
    opener = desk.graph.people.get(desk.viewer.member_id)
    return thread_message(shown, opener.name if opener is not None else "", desk.graph.plan.zone)
