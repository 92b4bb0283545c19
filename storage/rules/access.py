"""Who may see and do what: the one table of it, and what a person may see of the plan.

What a person may not see does not exist for them. A restricted item hides what stands below it and whatever
reads its figures, too. Administering opens nothing: an admin sets Hoshin up and names roles, and sees no more
of the plan than any member.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from storage.rules.errors import NotAllowed, NotFound
from storage.rules.graph import Graph, Node, TeamLine
from storage.rules.hierarchy import Ref, format_reference
from storage.rules.listing import any_of
from storage.rules.terms import Kind, Role


class Action(StrEnum):
    """What someone may want to do; the value is read in "… may not {value}"."""

    SEE = "see this"
    ADD = "add this"
    EDIT = "change this"
    ARCHIVE = "remove this"
    RESTRICT = "decide who sees this"
    LINK = "set marks in the X-matrix"
    UPDATE = "record figures of this"
    TAKE_STEP = "tick off this step"
    PLAN = "change the plan's frame or make next year's"
    LINT = "go through what is wrong with the plan"
    IMPORT = "load a plan file"
    EXPORT = "take the plan out as a file"
    MANAGE_TEAM = "change this team"
    NAME_ROLES = "name people to roles"
    SET_UP = "set Hoshin up"
    COUNCIL = "decide on ideas"


_EVERY_MEMBER = frozenset({Role.MEMBER})
_LEADS = frozenset({Role.STRATEGY_LEAD})
_PLANNERS = frozenset({Role.STRATEGY_LEAD, Role.FACILITATOR})
_CIRCLE = frozenset({Role.OWNER, Role.SUPPORTER, Role.READER, Role.TEAM_LEAD, Role.STRATEGY_LEAD})

ALLOWED: Mapping[Action, frozenset[Role]] = {
    Action.SEE: _CIRCLE | {Role.MEMBER, Role.VIEWER, Role.TEAM_MEMBER},
    Action.ADD: _PLANNERS | {Role.TEAM_LEAD},
    Action.EDIT: _PLANNERS | {Role.OWNER, Role.TEAM_LEAD},
    Action.ARCHIVE: _PLANNERS | {Role.OWNER, Role.TEAM_LEAD},
    Action.RESTRICT: _LEADS | {Role.OWNER, Role.TEAM_LEAD},
    Action.LINK: _PLANNERS | {Role.OWNER, Role.TEAM_LEAD},
    Action.UPDATE: _PLANNERS | {Role.OWNER, Role.SUPPORTER, Role.TEAM_LEAD},
    Action.TAKE_STEP: _PLANNERS | {Role.OWNER, Role.SUPPORTER, Role.TEAM_LEAD},
    Action.PLAN: _LEADS,
    Action.LINT: _EVERY_MEMBER,
    Action.IMPORT: _LEADS,
    Action.EXPORT: _EVERY_MEMBER | {Role.VIEWER},
    Action.MANAGE_TEAM: _LEADS | {Role.TEAM_LEAD, Role.ADMIN},
    Action.NAME_ROLES: _LEADS | {Role.ADMIN, Role.SLACK_ADMIN},
    Action.SET_UP: _LEADS | {Role.ADMIN, Role.SLACK_ADMIN},
    Action.COUNCIL: _LEADS | {Role.LEAN_COUNCIL},
}
"""Who may what: any of these roles is enough. `Role.OWNER` and the others that an item gives count for that
item; `Role.TEAM_LEAD` for the items of the teams led and of those below. Adding is open wider for the lower
kinds, see `ADDED_BY_MEMBERS`. A viewer only sees, a guest only has part in what is theirs."""

ADDED_BY_MEMBERS = frozenset({Kind.OBJECTIVE, Kind.KEY_RESULT, Kind.INITIATIVE, Kind.KPI})
"""Kinds that any member may add, as direction may come from below (seed 003)."""

SEES_RESTRICTED = _CIRCLE
"""Who sees an item that is restricted."""

OPEN_TO_GUESTS = frozenset({Role.OWNER, Role.SUPPORTER, Role.READER, Role.TEAM_MEMBER})
"""What makes an item a guest's: a part in it, or that it is of a team that they belong to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Someone who looks or acts: what Slack and the record say of them.

    `team_ids` are the teams that they belong to, `led_team_ids` those that they lead and all below these.
    Someone from another workspace (Slack Connect) is a stranger and sees nothing.
    """

    member_id: int
    granted: frozenset[Role] = frozenset()
    is_guest: bool = False
    is_stranger: bool = False
    is_slack_admin: bool = False
    team_ids: frozenset[int] = frozenset()
    led_team_ids: frozenset[int] = frozenset()

    @property
    def roles(self) -> frozenset[Role]:
        """Those that hold everywhere, whatever the item."""
        if self.is_stranger:
            return frozenset()
        if self.is_guest:
            return frozenset({Role.GUEST})
        found = set(self.granted)
        if Role.VIEWER not in found:
            found.add(Role.MEMBER)
        if self.is_slack_admin:
            found.add(Role.SLACK_ADMIN)
        return frozenset(found)


def viewer_of(
    member_id: int,
    teams: Mapping[int, TeamLine],
    *,
    granted: Iterable[Role] = (),
    is_guest: bool = False,
    is_slack_admin: bool = False,
) -> Viewer:
    """A viewer with the teams that are theirs by the record."""
    led = {team.id for team in teams.values() if team.lead_id == member_id}
    lower: dict[int | None, list[int]] = {}
    for team in teams.values() if led else ():
        lower.setdefault(team.parent_id, []).append(team.id)
    below = set(led)
    pending = list(led)
    while pending:
        further = [team_id for team_id in lower.get(pending.pop(), ()) if team_id not in below]
        below.update(further)
        pending += further
    return Viewer(
        member_id=member_id,
        granted=frozenset(granted),
        is_guest=is_guest,
        is_slack_admin=is_slack_admin,
        team_ids=frozenset(team.id for team in teams.values() if member_id in team.member_ids) | led,
        led_team_ids=frozenset(below),
    )


def roles_on(viewer: Viewer, graph: Graph, node: Node) -> frozenset[Role]:
    """Everything that a viewer is to an item."""
    if viewer.is_stranger:
        return frozenset()
    found = set(viewer.roles)
    if node.owner_id == viewer.member_id:
        found.add(Role.OWNER)
    if viewer.member_id in graph.supporters.get(node.ref, ()):
        found.add(Role.SUPPORTER)
    if viewer.member_id in graph.readers.get(node.ref, ()):
        found.add(Role.READER)
    if node.team_id in viewer.team_ids:
        found.add(Role.TEAM_MEMBER)
    if node.team_id in viewer.led_team_ids and not viewer.is_guest:
        found.add(Role.TEAM_LEAD)
    return frozenset(found)


def may(viewer: Viewer, action: Action, graph: Graph | None = None, node: Node | None = None) -> bool:
    """Whether someone may do that, to that item where there is one. They must see it, too (`see`)."""
    roles = viewer.roles if graph is None or node is None else roles_on(viewer, graph, node)
    if Role.VIEWER in roles and action not in {Action.SEE, Action.EXPORT}:
        return False
    return bool(roles & ALLOWED[action])


def may_add(viewer: Viewer, kind: Kind, *, team_id: int | None = None) -> bool:
    """Whether someone may add an item of that kind to that team (or to none)."""
    roles = viewer.roles
    if Role.VIEWER in roles or not roles:
        return False
    if roles & ALLOWED[Action.ADD]:
        return True
    if team_id is not None and team_id in viewer.led_team_ids and Role.GUEST not in roles:
        return kind not in {Kind.DRIVER, Kind.BREAKTHROUGH}
    return Role.MEMBER in roles and kind in ADDED_BY_MEMBERS


def may_move_step(viewer: Viewer, graph: Graph, node: Node, owner_id: int | None) -> bool:
    """Whether someone may give a step another date: whoever may change its initiative, and the step's own
    owner, who knows first. The date that was agreed first stays beside it in any case."""
    if Role.VIEWER in viewer.roles:
        return False
    return owner_id == viewer.member_id or may(viewer, Action.EDIT, graph, node)


def check(viewer: Viewer, action: Action, graph: Graph | None = None, node: Node | None = None) -> None:
    """Raises NotAllowed, naming who may, unless `may` says yes."""
    if not may(viewer, action, graph, node):
        raise NotAllowed(refusal(action, node))


def refusal(action: Action, node: Node | None = None) -> str:
    """The sentence for someone who may not: whom to ask."""
    about = f" ({node.reference})" if node is not None else ""
    if Role.MEMBER in ALLOWED[action]:
        return f"You may not {action}{about}. Any member of this workspace may."
    who = [str(role) for role in Role if role in ALLOWED[action]]
    asked = f"the {any_of(who)}" if len(who) == 1 else f"one of: {any_of(who)}"
    return f"You may not {action}{about}. Ask {asked}. `/hoshin roles` shows who that is."


def see(graph: Graph, viewer: Viewer) -> Graph:
    """What a viewer may see of the plan: the same graph for most, a smaller one for others."""
    hidden = hidden_from(graph, viewer)
    return graph if not hidden else without(graph, hidden)


def see_together(graph: Graph, viewers: Collection[Viewer]) -> Graph:
    """What every one of several readers may see: a channel, a summary, a digest, something shared."""
    hidden: set[Ref] = set()
    for viewer in viewers:
        hidden |= hidden_from(graph, viewer)
    return graph if not hidden else without(graph, hidden)


def get_visible(graph: Graph, ref: Ref) -> Node:
    """An item of a graph that `see` returned.

    Raises:
        NotFound: there is none, or none that this person may see: the two are never told apart.
    """
    node = graph.find(ref)
    if node is None:
        raise NotFound(f"There is no {format_reference(*ref)} here. Check the reference.")
    return node


def without(graph: Graph, hidden: Collection[Ref]) -> Graph:
    """The same plan as if those items had never been: nothing points to them any more."""
    nodes = {ref: _unhooked(node, hidden) for ref, node in graph.nodes.items() if ref not in hidden}
    return replace(
        graph,
        nodes=nodes,
        supporters={ref: ids for ref, ids in graph.supporters.items() if ref in nodes},
        readers={ref: ids for ref, ids in graph.readers.items() if ref in nodes},
        marks=tuple(mark for mark in graph.marks if mark.left in nodes and mark.right in nodes),
        steps={ref: steps for ref, steps in graph.steps.items() if ref in nodes},
        aliases={ref: names for ref, names in graph.aliases.items() if ref in nodes},
    )


def hidden_from(graph: Graph, viewer: Viewer) -> frozenset[Ref]:
    """The items that a viewer does not see; most see all."""
    if viewer.is_stranger:
        return frozenset(graph.nodes)
    if viewer.is_guest:
        return frozenset(ref for ref, node in graph.nodes.items() if not _is_theirs(graph, viewer, node))
    return frozenset(ref for ref in graph.guards if not _is_open(graph, viewer, graph.nodes[ref]))


def _unhooked(node: Node, hidden: Collection[Ref]) -> Node:
    """The item, with nothing hidden above it and no hidden figures."""
    if node.parent not in hidden and node.measure not in hidden:
        return node
    return node._replace(
        parent=None if node.parent in hidden else node.parent,
        measure=None if node.measure in hidden else node.measure,
    )


def _is_theirs(graph: Graph, viewer: Viewer, node: Node) -> bool:
    """For a guest: it is theirs, and it is not one of a team's restricted items."""
    roles = roles_on(viewer, graph, node)
    if roles & (OPEN_TO_GUESTS - {Role.TEAM_MEMBER}):
        return True
    return Role.TEAM_MEMBER in roles and node.ref not in graph.guards


def _is_open(graph: Graph, viewer: Viewer, node: Node) -> bool:
    """Restricted by itself or by what it hangs on, an item is seen by its own circle."""
    if roles_on(viewer, graph, node) & SEES_RESTRICTED:
        return True
    return all(roles_on(viewer, graph, guard) & SEES_RESTRICTED for guard in graph.guards[node.ref])
