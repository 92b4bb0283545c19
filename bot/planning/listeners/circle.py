"""`/hoshin team` and `/hoshin roles`."""

from bot import ids
from bot.answers import Answer, RefreshHome, nothing, open_view, say, update_view
from bot.asks import Ask
from bot.blockkit.choices import which_message
from bot.planning.blocks.circle import FORMS, roles_view, team_form, team_saved_view, teams_view
from bot.planning.listeners.meeting import meet, show
from bot.planning.reading import read_number
from bot.planning.service import circle
from bot.routing import Routes
from storage.rules.errors import Invalid, Overtaken
from storage.rules.terms import Role

routes = Routes()


@routes.command("hoshin team")
async def team(ask: Ask) -> Answer:
    """All teams; with a name the form of one."""
    if not ask.text:
        return open_view(teams_view(await ask.read(circle.list_teams, ask.person.member_id)))
    found = await ask.read(circle.find_team, ask.person.member_id, ask.text)
    if isinstance(found, list):
        choices = [(team.name, str(team.id)) for team in found]
        return say(which_message(ask.text, choices, ids.TEAM_OPEN, what="teams"))
    return open_view(team_form(found))


@routes.action(ids.TEAM_OPEN)
async def open_team(ask: Ask) -> Answer:
    team_id = ids.number_of(ask.value) if ask.value else None
    form = await ask.read(circle.open_team, ask.person.member_id, team_id)
    return show(ask, team_form(form), FORMS)


@routes.view(ids.TEAM_FORM)
async def save_team(ask: Ask) -> Answer:
    known = ask.metadata
    team_id, since = known.get("team"), known.get("version")
    if (team_id is not None and not isinstance(team_id, int)) or not isinstance(since, int):
        raise Invalid(ids.OLD_FORM)
    members = await meet(ask, ("lead", "members"))
    form = ask.form
    parent, lead = form.text("parent"), form.text("lead")
    values = {
        "name": form.text("name"),
        "parent_id": read_number("parent", parent) if parent else None,
        "lead_id": members[lead] if lead else None,
        "channel_id": form.text("channel") or None,
        "member_ids": [members[one] for one in form.choices("members")],
    }
    member_id = ask.person.member_id
    try:
        saved = await ask.run(circle.save_team, member_id, team_id, values, since)
    except Overtaken as overtaken:
        if team_id is None:
            raise
        again = await ask.read(circle.redraw_team, member_id, team_id, values)
        return update_view(team_form(again, overtaken.sentence))
    return update_view(team_saved_view(saved), RefreshHome())


@routes.action(ids.TEAM_REMOVE)
async def remove_team(ask: Ask) -> Answer:
    removed = await ask.run(circle.remove_team, ask.person.member_id, ids.number_of(ask.value))
    found = await ask.read(circle.list_teams, ask.person.member_id)
    return show(ask, teams_view(found, f"Removed: {removed.name}"), FORMS)


@routes.action(ids.TEAM_FOLLOW)
async def follow_team(ask: Ask) -> Answer:
    """ "Follow" and "Unfollow" beside a team."""
    _, team_id, on = ids.read_follow(ask.value)
    team = await ask.run(circle.follow_team, ask.person.member_id, team_id, on=on)
    found = await ask.read(circle.list_teams, ask.person.member_id)
    said = f"You follow {team.name}: a digest tells you what moves there." if on else ""
    return show(ask, teams_view(found, said or f"You no longer follow {team.name}."), FORMS)


@routes.command("hoshin roles")
async def roles(ask: Ask) -> Answer:
    """Who may what, and naming people to roles."""
    return open_view(roles_view(await ask.read(circle.list_roles, ask.person.member_id)))


@routes.view(ids.ROLE_FORM)
async def name_to_role(ask: Ask) -> Answer:
    members = await meet(ask, ("person",))
    chosen = ask.form.text("person")
    if chosen not in members:
        raise Invalid("Whom? Choose a person.", field="person")
    role = _role(ask.form.text("role"))
    found = await ask.run(circle.name_to_role, ask.person.member_id, members[chosen], role)
    return update_view(roles_view(found, "Saved."), RefreshHome())


@routes.action(ids.ROLE_REVOKE)
async def take_role(ask: Ask) -> Answer:
    word, _, number = ask.value.partition(":")
    found = await ask.run(circle.take_role, ask.person.member_id, ids.number_of(number), _role(word))
    return nothing(*show(ask, roles_view(found, "Saved."), FORMS).then, RefreshHome())


def _role(word: str) -> Role:
    try:
        return Role(word)
    except ValueError as error:
        raise Invalid("This is no role. Choose one of the list.", field="role") from error
