"""Teams and roles, as their forms need them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from storage import following
from storage.database import UnitOfWork
from storage.editing import roles, teams
from storage.rules.access import Viewer
from storage.rules.digest import TEAM
from storage.rules.errors import NotAllowed, NotFound
from storage.rules.graph import PersonLine, TeamLine
from storage.rules.likeness import is_same_name
from storage.rules.terms import GIVEN_ROLES, Role


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team as it is shown: how deep it stands, who leads it, how many belong to it."""

    team: TeamLine
    depth: int
    lead: str
    may_change: bool
    is_followed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamForm:
    """A team's form; `team` is None for a new one. `unseen` are members who are not in Slack yet."""

    team: TeamLine | None
    parent: TeamLine | None
    lead: PersonLine | None
    members: tuple[PersonLine, ...] = ()
    may_remove: bool = False
    is_followed: bool = False
    version: int = 0

    @property
    def unseen(self) -> tuple[PersonLine, ...]:
        return tuple(one for one in self.members if one.slack_user_id is None)


@dataclass(frozen=True, slots=True)
class TeamList:
    rows: tuple[TeamRow, ...]
    may_add: bool


@dataclass(frozen=True, slots=True)
class Holder:
    member_id: int
    name: str


@dataclass(frozen=True, slots=True)
class RoleList:
    """Who holds which role; `nameable` are those that this person may name people to."""

    holders: Mapping[Role, tuple[Holder, ...]]
    nameable: tuple[Role, ...]
    own_id: int


def list_teams(uow: UnitOfWork, member_id: int) -> TeamList:
    """Every team below the one above it."""
    viewer = uow.roles.get_viewer(member_id)
    if viewer.is_guest or viewer.is_stranger:
        raise NotAllowed("Guests see what is theirs and no teams. Ask a member for what you need.")
    found = uow.strategies.read_teams()
    people = uow.strategies.read_people()
    follows = uow.digests.list_followed(member_id)
    rows = [
        TeamRow(
            team,
            depth,
            _name(people, team.lead_id),
            teams.may_manage(viewer, team.id),
            (TEAM, team.id) in follows,
        )
        for depth, team in _in_order(found)
    ]
    return TeamList(tuple(rows), teams.may_manage(viewer, None) or bool(viewer.led_team_ids))


def follow_team(uow: UnitOfWork, member_id: int, team_id: int, *, on: bool) -> TeamLine:
    """Follows a team, or no longer.

    Raises:
        NotFound: there is no such team. NotAllowed: guests see no teams.
    """
    list_teams(uow, member_id)
    team = uow.strategies.read_teams().get(team_id)
    if team is None:
        raise NotFound("There is no such team any more. `/hoshin team` lists those that there are.")
    following.follow(uow, member_id, (TEAM, team_id), on=on)
    return team


def find_team(uow: UnitOfWork, member_id: int, name: str) -> TeamForm | list[TeamLine]:
    """A team's form by its name, or by words that only its name has; where several have them, those teams.

    Raises:
        NotFound: none is called so. NotAllowed: they may not change it.
    """
    found = list(uow.strategies.read_teams().values())
    exact = [team for team in found if is_same_name(team.name, name)]
    fitting = exact or [team for team in found if name.casefold() in team.name.casefold()]
    if not fitting:
        raise NotFound(f"No team is called “{name[:60]}”. `/hoshin team` lists them all and adds one.")
    if len(fitting) > 1:
        return fitting
    return open_team(uow, member_id, fitting[0].id)


def open_team(uow: UnitOfWork, member_id: int, team_id: int | None) -> TeamForm:
    """The form of a team, or of a new one.

    Raises:
        NotFound: there is no such team. NotAllowed: they may not change it.
    """
    viewer = uow.roles.get_viewer(member_id)
    found, people = uow.strategies.read_teams(), uow.strategies.read_people()
    if team_id is None:
        own = next((found[one] for one in sorted(viewer.led_team_ids)), None)
        parent = own if not teams.may_manage(viewer, None) else None
        return TeamForm(team=None, parent=parent, lead=None)
    team = found.get(team_id)
    if team is None:
        raise NotFound("There is no such team any more. `/hoshin team` lists those that there are.")
    if not teams.may_manage(viewer, team_id):
        lead = _name(people, team.lead_id)
        who = f"{lead}, who leads it," if lead else "the strategy lead"
        raise NotAllowed(f"You may not change {team.name}. Ask {who} or the strategy lead.")
    return TeamForm(
        team=team,
        parent=found.get(team.parent_id) if team.parent_id is not None else None,
        lead=people.get(team.lead_id) if team.lead_id is not None else None,
        members=tuple(
            sorted((people[one] for one in team.member_ids if one in people), key=lambda one: one.name)
        ),
        may_remove=not team.member_ids and teams.may_manage(viewer, team.parent_id),
        is_followed=(TEAM, team_id) in uow.digests.list_followed(member_id),
        version=teams.version_of(uow, team_id),
    )


def redraw_team(uow: UnitOfWork, member_id: int, team_id: int, values: Mapping[str, Any]) -> TeamForm:
    """A team's form with what was typed into it, for someone who now sees what others changed meanwhile."""
    now = open_team(uow, member_id, team_id)
    found, people = uow.strategies.read_teams(), uow.strategies.read_people()
    team = found[team_id]
    return replace(
        now,
        team=team._replace(name=values["name"], channel_id=values["channel_id"]),
        parent=found.get(values["parent_id"]),
        lead=people.get(values["lead_id"]),
        members=(*(people[one] for one in values["member_ids"] if one in people), *now.unseen),
    )


def save_team(
    uow: UnitOfWork,
    member_id: int,
    team_id: int | None,
    values: Mapping[str, Any],
    since: int | None = None,
) -> TeamForm:
    """Adds or changes a team, by a form that was drawn at version `since`. Those who are not in Slack yet
    stay what they are.

    Raises:
        as `teams.add_team` and `teams.change_team`.
    """
    viewer = uow.roles.get_viewer(member_id)
    if team_id is None:
        team = teams.add_team(uow, viewer, values)
    else:
        before = open_team(uow, member_id, team_id)
        kept = [one.id for one in before.unseen]
        values = {**values, "member_ids": [*values["member_ids"], *kept]}
        if values["lead_id"] is None and before.lead is not None and before.lead.slack_user_id is None:
            values["lead_id"] = before.lead.id
        team = teams.change_team(uow, viewer, team_id, values, since=since)
    found, people = uow.strategies.read_teams(), uow.strategies.read_people()
    return TeamForm(
        team=team,
        parent=found.get(team.parent_id) if team.parent_id is not None else None,
        lead=people.get(team.lead_id) if team.lead_id is not None else None,
        members=tuple(sorted((people[one] for one in team.member_ids), key=lambda one: one.name)),
    )


def remove_team(uow: UnitOfWork, member_id: int, team_id: int) -> TeamLine:
    """Raises as `teams.remove_team`."""
    return teams.remove_team(uow, uow.roles.get_viewer(member_id), team_id)


def list_roles(uow: UnitOfWork, member_id: int) -> RoleList:
    """Who holds which role. Everyone may know whom to ask."""
    viewer = uow.roles.get_viewer(member_id)
    people = uow.strategies.read_people()
    held = uow.roles.list_holders()
    return RoleList(
        {
            role: tuple(Holder(one, people[one].name) for one in held.get(role, ()) if one in people)
            for role in GIVEN_ROLES
        },
        _nameable(viewer),
        member_id,
    )


def name_to_role(uow: UnitOfWork, member_id: int, who: int, role: Role) -> RoleList:
    """Raises as `roles.grant_role`."""
    roles.grant_role(uow, uow.roles.get_viewer(member_id), who, role)
    return list_roles(uow, member_id)


def take_role(uow: UnitOfWork, member_id: int, who: int, role: Role) -> RoleList:
    """Raises as `roles.revoke_role`."""
    roles.revoke_role(uow, uow.roles.get_viewer(member_id), who, role)
    return list_roles(uow, member_id)


def _nameable(viewer: Viewer) -> tuple[Role, ...]:
    return tuple(role for role in GIVEN_ROLES if roles.may_name(viewer, role))


def _in_order(found: Mapping[int, TeamLine]) -> list[tuple[int, TeamLine]]:
    """(depth, team), each below the one above it, by name."""
    ordered: list[tuple[int, TeamLine]] = []
    tops = [team for team in found.values() if team.parent_id not in found]
    pending = [(0, team) for team in sorted(tops, key=lambda one: one.name, reverse=True)]
    while pending:
        depth, team = pending.pop()
        ordered.append((depth, team))
        below = sorted((one for one in found.values() if one.parent_id == team.id), key=lambda one: one.name)
        pending += [(depth + 1, one) for one in reversed(below)]
    return ordered


def _name(people: Mapping[int, PersonLine], member_id: int | None) -> str:
    person = people.get(member_id) if member_id is not None else None
    return person.name if person else ""
