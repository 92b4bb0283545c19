"""Teams: made, named, put under one another, led, filled, and taken away when empty."""

from collections.abc import Mapping, Sequence
from typing import Any

from storage.database import UnitOfWork
from storage.editing.trail import TEAM, note_other
from storage.editing.versions import changed_since, merge_list, overtaken, settle
from storage.rules import access
from storage.rules.access import Action, Viewer
from storage.rules.errors import Invalid, InvalidFields, NotAllowed
from storage.rules.graph import PersonLine, TeamLine
from storage.rules.likeness import is_same_name
from storage.tables.team import Team, TeamMember

FIELDS = ("name", "parent_id", "lead_id", "channel_id", "member_ids")
LONGEST_NAME = 120


def add_team(uow: UnitOfWork, viewer: Viewer, values: Mapping[str, Any]) -> TeamLine:
    """Adds a team.

    Args:
        values: of `FIELDS`; `channel_id` is Slack's id.

    Raises:
        NotAllowed: they may add none there.
        Invalid, InvalidFields: a name that is taken or empty, an unknown parent or person (fields "name",
            "parent", "lead", "members").
    """
    uow.plans.lock()
    parent_id = values.get("parent_id")
    if not may_manage(viewer, parent_id):
        raise NotAllowed(access.refusal(Action.MANAGE_TEAM))
    teams, people = uow.strategies.read_teams(), uow.strategies.read_people()
    _check(teams, people, None, values)
    row = uow.teams.add(Team(workspace_id=uow.workspace_id, **_columns(values)))
    _set_members(uow, row, values.get("member_ids", ()))
    note_other(uow, viewer, "added", kind=TEAM, item_id=row.id, before=None, after=values)
    return uow.strategies.read_teams()[row.id]


def version_of(uow: UnitOfWork, team_id: int) -> int:
    """Counts up with every change of a team, so that a form can tell that it was overtaken."""
    return uow.audit.version(TEAM, team_id)


def change_team(
    uow: UnitOfWork,
    viewer: Viewer,
    team_id: int,
    values: Mapping[str, Any],
    *,
    since: int | None = None,
) -> TeamLine:
    """Changes some of a team's fields.

    Args:
        since: the version (`version_of`) that the person had before them. What others changed since and this
            person left alone stays as the others have it.

    Raises:
        Overtaken: both changed the same field since then.
        NotFound, NotAllowed: there is no such team, or they may not change it.
        Invalid, InvalidFields: as `add_team`; a parent that stands below the team.
    """
    uow.plans.lock()
    row = uow.teams.get(team_id)
    if not may_manage(viewer, team_id):
        raise NotAllowed(access.refusal(Action.MANAGE_TEAM))
    teams, people = uow.strategies.read_teams(), uow.strategies.read_people()
    team = teams[team_id]
    if since is not None:
        values = _settled(uow, team, (teams, people), values, since)
    before = {field: _value(team, field) for field in values}
    different = {field: value for field, value in values.items() if _comparable(value) != before[field]}
    if not different:
        return team
    if "parent_id" in different and not may_manage(viewer, different["parent_id"]):
        raise NotAllowed(access.refusal(Action.MANAGE_TEAM))
    _check(teams, people, team, different)
    for column, value in _columns(different).items():
        setattr(row, column, value)
    uow.session.flush()
    if "member_ids" in different or different.get("lead_id") is not None:
        _set_members(uow, row, different.get("member_ids", team.member_ids))
    note_other(
        uow,
        viewer,
        "changed",
        kind=TEAM,
        item_id=team_id,
        before={field: before[field] for field in different},
        after=different,
    )
    return uow.strategies.read_teams()[team_id]


def remove_team(uow: UnitOfWork, viewer: Viewer, team_id: int) -> TeamLine:
    """Takes away a team that nothing is of: no members, no teams below it, no items, no check-ins.

    Raises:
        NotFound, NotAllowed: as `change_team`.
        Invalid: something is of it still; the sentence says what.
    """
    uow.plans.lock()
    row = uow.teams.get(team_id)
    if not may_manage(viewer, row.parent_id) or not may_manage(viewer, team_id):
        raise NotAllowed(access.refusal(Action.MANAGE_TEAM))
    teams = uow.strategies.read_teams()
    team = teams[team_id]
    held = [f"{len(team.member_ids)} members"] if team.member_ids else []
    held += [one.name for one in teams.values() if one.parent_id == team_id]
    held += [f"{count} × {word}" for word, count in uow.teams.count_uses(team_id).items()]
    if held:
        raise Invalid(
            f"{team.name} is not empty: {', '.join(held)}. Move these to another team first; a team with a "
            "history stays, and can be renamed."
        )
    uow.teams.remove(row)
    note_other(
        uow,
        viewer,
        "removed",
        kind=TEAM,
        item_id=team_id,
        before={"name": team.name, "parent_id": team.parent_id},
        after={},
    )
    return team


def may_manage(viewer: Viewer, team_id: int | None) -> bool:
    """Whether someone may change a team, or add one below it; without an id, one at the top."""
    if access.may(viewer, Action.MANAGE_TEAM):
        return True
    return team_id is not None and team_id in viewer.led_team_ids and not viewer.is_guest


def _settled(
    uow: UnitOfWork,
    team: TeamLine,
    known: tuple[Mapping[int, TeamLine], Mapping[int, PersonLine]],
    values: Mapping[str, Any],
    since: int,
) -> Mapping[str, Any]:
    """The values with what others changed since; who joined and left is taken together.

    Raises:
        Overtaken: both changed the same field; both versions stand in its sentence.
    """
    newer = changed_since(uow, TEAM, team.id, since)
    if "member_ids" in values:
        members = merge_list(newer, "member_ids", sorted(team.member_ids), list(values["member_ids"]))
        values = {**values, "member_ids": members}
        newer.pop("member_ids", None)
    settled, clashes = settle(newer, values, {field: _value(team, field) for field in values})
    if clashes:
        person = known[1].get(next(iter(clashes.values())).member_id or 0)
        told = [
            f"{_WORDS[field]} {_shown(known, field, version.before.get(field))} → "
            f"{_shown(known, field, version.after.get(field))}"
            for field, version in clashes.items()
        ]
        raise overtaken(person.name if person else "", told, clashes)
    return settled


_WORDS = {"name": "name", "parent_id": "the team above", "lead_id": "lead", "channel_id": "channel"}


def _shown(known: tuple[Mapping[int, TeamLine], Mapping[int, PersonLine]], field: str, value: Any) -> str:
    """A value of the trail as people read it."""
    teams, people = known
    if value in (None, ""):
        return "nothing"
    if field == "lead_id":
        return people[value].name if value in people else "someone"
    if field == "parent_id":
        return teams[value].name if value in teams else "a team"
    return "another one" if field == "channel_id" else f"“{value}”"


def _check(
    teams: Mapping[int, TeamLine],
    people: Mapping[int, PersonLine],
    team: TeamLine | None,
    values: Mapping[str, Any],
) -> None:
    sentences = {}
    if team is None or "name" in values:
        fault = _name_fault(teams, team, values.get("name") or "")
        if fault:
            sentences["name"] = fault
    fault = _parent_fault(teams, team, values.get("parent_id"))
    if fault:
        sentences["parent"] = fault
    lead_id = values.get("lead_id")
    if lead_id is not None:
        fault = _person_fault(people, lead_id)
        if fault is None and people[lead_id].is_guest:
            fault = f"{people[lead_id].name} is a guest here and cannot lead a team. Choose a member."
        if fault:
            sentences["lead"] = fault
    for member_id in values.get("member_ids", ()):
        fault = _person_fault(people, member_id)
        if fault and (team is None or member_id not in team.member_ids):
            sentences["members"] = fault
    if sentences:
        raise InvalidFields(sentences)


def _name_fault(teams: Mapping[int, TeamLine], team: TeamLine | None, name: str) -> str | None:
    if not name.strip():
        return "A team needs a name."
    if len(name) > LONGEST_NAME:
        return f"The name has {len(name)} characters; at most {LONGEST_NAME} fit."
    for other in teams.values():
        if (team is None or other.id != team.id) and is_same_name(other.name, name):
            return f"There is a team {other.name} already. Give this one another name."
    return None


def _parent_fault(teams: Mapping[int, TeamLine], team: TeamLine | None, parent_id: int | None) -> str | None:
    if parent_id is None:
        return None
    if parent_id not in teams:
        return "There is no such team any more. Choose one of the list."
    above: int | None = parent_id
    seen: set[int] = set()
    while above is not None and above not in seen:
        if team is not None and above == team.id:
            return f"{team.name} cannot stand under itself or under a team below it. Choose another one."
        seen.add(above)
        above = teams[above].parent_id if above in teams else None
    return None


def _person_fault(people: Mapping[int, PersonLine], member_id: int) -> str | None:
    person = people.get(member_id)
    if person is None:
        return "This person is not known here. Choose someone of this workspace."
    return f"{person.name} is deactivated in Slack. Choose someone else." if person.is_deactivated else None


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    columns = {field: value for field, value in values.items() if field != "member_ids"}
    if "name" in columns:
        columns["name"] = " ".join(columns["name"].split())
    if "channel_id" in columns:
        # What Slack refused of the old channel says nothing of the new one.
        columns |= {"channel": columns["channel_id"], "channel_fault": None}
    return columns


def _set_members(uow: UnitOfWork, team: Team, wanted: Sequence[int] | frozenset[int]) -> None:
    """Whoever leads a team and belongs to none yet belongs to it: a check-in stands in a team's summary."""
    ids = set(wanted)
    if team.lead_id is not None:
        home = uow.teams.find_home(team.lead_id)
        if home is None or home.team_id == team.id:
            ids.add(team.lead_id)
    for membership in uow.teams.list_members(team.id):
        if membership.member_id not in ids:
            _leave(uow, membership)
        ids.discard(membership.member_id)
    for member_id in sorted(ids):
        is_home = uow.teams.find_home(member_id) is None
        uow.teams.add(
            TeamMember(workspace_id=uow.workspace_id, team_id=team.id, member_id=member_id, is_home=is_home)
        )


def _leave(uow: UnitOfWork, membership: TeamMember) -> None:
    if membership.is_home:
        other = uow.teams.find_other(membership.member_id, membership.team_id)
        if other is not None:
            other.is_home = True
    uow.teams.remove_member(membership)


def _value(team: TeamLine, field: str) -> Any:
    return getattr(team, field)


def _comparable(value: Any) -> Any:
    return frozenset(value) if isinstance(value, list | tuple | set) else value
