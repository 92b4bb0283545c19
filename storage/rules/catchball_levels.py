"""Between whom a ball goes: from one level to the next, down or up, by items and by teams (rules §5)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from storage.rules.errors import Invalid
from storage.rules.graph import Graph, Node, TeamLine

MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Who stands on the levels next to someone's, by member id: above, below, or both."""

    above: frozenset[int]
    below: frozenset[int]

    @property
    def everyone(self) -> frozenset[int]:
        return self.above | self.below


def find_neighbours(graph: Graph, member_id: int, nodes: Iterable[Node]) -> Neighbours:
    """The levels next to someone's.

    Above are the owners of what the ball is about or stands under, the leads of these items' teams and of the
    person's own teams, and for a lead those of the next teams up. Below are the people of the teams that they
    lead, the leads of the teams below their own (everyone in one without a lead), and whoever supports those
    items or owns what stands under them.

    Args:
        nodes: what the ball is about, and what it stands under.
    """
    about = list(nodes)
    own = [team for team in graph.teams.values() if member_id in team.member_ids or team.lead_id == member_id]
    theirs = [team for node in about if (team := graph.teams.get(node.team_id or 0)) is not None]
    above = {node.owner_id for node in about}
    above |= {team.lead_id for team in (*theirs, *own, *_next_up(graph.teams, own, member_id))}
    below: set[int | None] = {one for team in own if team.lead_id == member_id for one in team.member_ids}
    wide = {team.id for team in own}
    wide |= {team.id for team in theirs if _answers_for(graph, member_id, about)}
    for team in graph.teams.values():
        if team.parent_id in wide:
            below |= {team.lead_id} if team.lead_id is not None else set(team.member_ids)
    for node in about:
        below |= set(graph.supporters.get(node.ref, ()))
        below |= {child.owner_id for child in graph.children.get(node.ref, ())}
    return Neighbours(_others(above, member_id), _others(below, member_id))


def check_level(graph: Graph, found: Neighbours, receiver_ids: Collection[int]) -> None:
    """Whether the receivers stand on the next level. Where there are no teams, nobody can tell.

    Raises:
        Invalid: someone does not; the sentence names who could be asked (field "receivers").
    """
    strange = [one for one in receiver_ids if one not in found.everyone]
    if not strange or not graph.teams:
        return
    name = graph.people[strange[0]].name
    known = sorted(
        person.name
        for one in found.everyone
        if (person := graph.people.get(one)) is not None and not (person.is_deactivated or person.is_guest)
    )
    asked = ", ".join(known[:MOST_NAMED])
    who = f"You can ask {asked}" if asked else "Name an item that it stands under, whose owner can be asked"
    raise Invalid(
        f"{name} stands neither one level above nor one below. {who}; a strategy lead or facilitator may "
        "throw it to anyone.",
        field="receivers",
    )


def _next_up(teams: Mapping[int, TeamLine], own: Iterable[TeamLine], member_id: int) -> Iterator[TeamLine]:
    """The first team with a lead above each that they lead, or that has no lead."""
    for team in (one for one in own if one.lead_id in {None, member_id}):
        seen = {team.id}
        upper = teams.get(team.parent_id or 0)
        while upper is not None and upper.lead_id is None and upper.id not in seen:
            seen.add(upper.id)
            upper = teams.get(upper.parent_id or 0)
        if upper is not None:
            yield upper


def _answers_for(graph: Graph, member_id: int, nodes: Iterable[Node]) -> bool:
    led = {team.id for team in graph.teams.values() if team.lead_id == member_id}
    return any(node.owner_id == member_id or node.team_id in led for node in nodes)


def _others(member_ids: Iterable[int | None], member_id: int) -> frozenset[int]:
    return frozenset(one for one in member_ids if one is not None and one != member_id)
