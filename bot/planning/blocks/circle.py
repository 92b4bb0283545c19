"""Teams and roles: lists, forms, and what was saved."""

from bot import ids
from bot.answers import Block, View
from bot.blockkit import kit
from bot.blockkit.kit import Element
from bot.blockkit.mrkdwn import bold, channel, code, literal
from bot.blockkit.surfaces import fit_view, modal
from bot.planning.service.circle import RoleList, TeamForm, TeamList, TeamRow
from storage.rules.digest import TEAM
from storage.rules.graph import TeamLine
from storage.rules.terms import Role

FORMS = frozenset({ids.TEAM_OPEN, ids.TEAM_FORM, ids.ROLE_FORM})
MOST_MEMBERS = 100
ROLE_MEANINGS = {
    Role.STRATEGY_LEAD: "answers for the plan: changes everything of it, makes next year's, names people",
    Role.ADMIN: "sets Hoshin up, looks after teams and roles; sees no more of the plan than any member",
    Role.FACILITATOR: "helps with the plan: adds and changes items of all teams",
    Role.LEAN_COUNCIL: "decides on Kaizen ideas",
    Role.VIEWER: "sees the plan and changes nothing",
}
_INDENT = "\u2003"


def teams_view(found: TeamList, said: str = "") -> View:
    """Every team below the one above it."""
    head: list[Block] = [kit.section(literal(said))] if said else []
    if not found.rows:
        head.append(
            kit.section(
                "There is no team yet. A team has a lead, members and a channel; its week is summed up there."
            )
        )
    rows = [[_team_row(row)] for row in found.rows]
    foot: list[Block] = []
    if found.may_add:
        foot.append(kit.actions(kit.button("Add a team", ids.TEAM_OPEN, value="", style="primary")))
    return modal("Teams", fit_view(head, rows, foot), callback_id=ids.TEAM_OPEN, close="Close")


def team_form(form: TeamForm, notice: str = "") -> View:
    """Name, parent, lead, channel, members; `notice` stands above them: what came in between."""
    team = form.team
    parent = kit.option(form.parent.name, str(form.parent.id)) if form.parent else None
    lead = (form.lead.slack_user_id or "") if form.lead else ""
    lead_hint = "Answers for the team; figures that are late come to them."
    if form.lead and not lead:
        lead_hint = f"Now {form.lead.name}, who is not in Slack yet and stays where this is empty."
    unseen = ", ".join(one.name for one in form.unseen)
    blocks: list[Block] = [
        *([kit.section(literal(notice))] if notice else []),
        kit.text_input("name", "Name", initial=team.name if team else "", placeholder="Customer Service"),
        kit.input_block(
            "parent",
            "Belongs to",
            kit.external_select(ids.PLAN_TEAMS, chosen=parent),
            hint="Company → department → team.",
            optional=True,
        ),
        kit.input_block("lead", "Lead", kit.users_select("lead", chosen=lead), hint=lead_hint, optional=True),
        kit.input_block(
            "channel",
            "Channel",
            kit.channel_select("channel", chosen=(team.channel_id or "") if team else ""),
            hint="Its weekly summary stands there. Invite Hoshin to it.",
            optional=True,
        ),
        kit.input_block(
            "members",
            "Members",
            kit.many_users_select(
                "members",
                chosen=[one.slack_user_id for one in form.members if one.slack_user_id],
                most=MOST_MEMBERS,
            ),
            hint=f"Besides {unseen}, who are not in Slack yet and stay." if unseen else "",
            optional=True,
        ),
    ]
    if team is not None:
        blocks.append(kit.actions(_follow(team, is_followed=form.is_followed)))
    if team is not None and form.may_remove:
        ask = kit.confirm(
            f"Remove {team.name}?",
            "A team that nothing is of can go. One with a history stays and can be renamed.",
            "Remove it",
            no="Keep it",
            danger=True,
        )
        blocks.append(
            kit.actions(
                kit.button("Remove", ids.TEAM_REMOVE, value=str(team.id), style="danger", confirm=ask)
            )
        )
    return modal(
        "Change a team" if team else "Add a team",
        blocks,
        callback_id=ids.TEAM_FORM,
        submit="Save" if team else "Add",
        metadata=ids.pack(team=team.id if team else None, version=form.version),
    )


def team_saved_view(form: TeamForm) -> View:
    """The trace of a team that was saved."""
    team = form.team
    if team is None:
        raise ValueError("a team that was saved is there")
    lines = [
        f"Belongs to: {literal(form.parent.name)}" if form.parent else "",
        f"Lead: {literal(form.lead.name)}" if form.lead else "",
        f"Channel: {channel(team.channel_id)}" if team.channel_id else "",
        f"Members: {literal(', '.join(one.name for one in form.members))}" if form.members else "",
    ]
    blocks = [
        kit.section("\n".join(filter(None, (f"Saved: {bold(literal(team.name))}", *lines)))),
        kit.actions(
            kit.button("Change it", ids.numbered(ids.TEAM_OPEN, 1), value=str(team.id)),
            kit.button("Add a team", ids.numbered(ids.TEAM_OPEN, 2), value=""),
        ),
        kit.context(f"{code(f'/hoshin team {team.name}')} opens it again."),
    ]
    return modal("Saved", blocks, callback_id=ids.TEAM_OPEN, close="Done")


def roles_view(found: RoleList, said: str = "") -> View:
    """Who holds which role, and for those who may the form that names someone."""
    head: list[Block] = [kit.section(literal(said))] if said else []
    rows: list[list[Block]] = []
    for role, holders in found.holders.items():
        row: list[Block] = [
            kit.section(f"{bold(_capital(role))}: {ROLE_MEANINGS[role]}"),
        ]
        if not holders:
            row.append(kit.context("Nobody yet"))
        for holder in holders:
            name = literal(holder.name)
            if role in found.nameable or holder.member_id == found.own_id:
                button = kit.button(
                    "Take away" if holder.member_id != found.own_id else "Step down",
                    ids.numbered(ids.ROLE_REVOKE, holder.member_id),
                    value=f"{role.value}:{holder.member_id}",
                    label=f"{holder.name}, no longer {role}",
                    confirm=kit.confirm(
                        f"{_capital(role)}",
                        f"{holder.name} is no longer {role}.",
                        "Take it away",
                        no="Cancel",
                    ),
                )
                row.append(kit.section(name, accessory=button))
            else:
                row.append(kit.section(name))
        rows.append(row)
    if not found.nameable:
        foot: list[Block] = [
            kit.context(
                "Owner, supporter, team lead and member follow from the plan. The strategy lead names the "
                "others; whoever administers Slack names the strategy lead."
            )
        ]
        return modal("Roles", fit_view(head, rows, foot), callback_id=ids.ROLE_FORM, close="Close")
    options = [kit.option(_capital(role), role.value) for role in found.nameable]
    turn = sum(map(len, found.holders.values()))
    person = kit.users_select(f"person:{turn}")
    foot = [
        kit.divider(),
        kit.input_block("person", "Name someone", person),
        kit.select_input("role", "To be", options, chosen=options[0]["value"]),
    ]
    return modal(
        "Roles", fit_view(head, rows, foot), callback_id=ids.ROLE_FORM, submit="Name them", close="Close"
    )


def _team_row(row: TeamRow) -> Block:
    team = row.team
    return kit.section(
        f"{_INDENT * row.depth}{bold(literal(team.name))}\n{_INDENT * row.depth}{_about(team, row.lead)}",
        accessory=(
            kit.button(
                "Change",
                ids.numbered(ids.TEAM_OPEN, team.id),
                value=str(team.id),
                label=f"Change {team.name}",
            )
            if row.may_change
            else _follow(team, is_followed=row.is_followed)
        ),
    )


def _follow(team: TeamLine, *, is_followed: bool) -> Element:
    return kit.button(
        "Unfollow" if is_followed else "Follow",
        ids.numbered(ids.TEAM_FOLLOW, team.id),
        value=ids.follow_value(TEAM, team.id, on=not is_followed),
        label=f"{'Unfollow' if is_followed else 'Follow'} {team.name}"[:75],
    )


def _about(team: TeamLine, lead: str) -> str:
    members = len(team.member_ids)
    parts = (
        f"led by {literal(lead)}" if lead else "no lead yet",
        f"{members} {'member' if members == 1 else 'members'}",
        channel(team.channel_id) if team.channel_id else "no channel",
    )
    return " · ".join(parts)


def _capital(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}"
