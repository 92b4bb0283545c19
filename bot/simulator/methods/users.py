"""users.info, users.lookupByEmail, dnd.*."""

from __future__ import annotations

from typing import Any

from bot.simulator.errors import SlackError
from bot.simulator.people import User
from bot.simulator.rates import TIERS

from .call import Call, Method

MAX_DND_USERS = 50


def info(call: Call) -> dict[str, Any]:
    user = call.workspace.users.get(call.text("user"))
    if user is None:
        raise SlackError("user_not_found")
    return {"user": _shape(call, user)}


def lookup_by_email(call: Call) -> dict[str, Any]:
    """Deactivated people are not found: the documentation says so in as many words."""
    wanted = call.text("email").casefold()
    for user in call.workspace.users.values():
        if user.email is not None and user.email.casefold() == wanted and not user.deleted:
            return {"user": _shape(call, user)}
    raise SlackError("users_not_found")


def dnd_info(call: Call) -> dict[str, Any]:
    user = call.workspace.users.get(call.text("user") or call.bot)
    if user is None:
        raise SlackError("user_not_found")
    return user.dnd_status(call.workspace.now())


def dnd_team_info(call: Call) -> dict[str, Any]:
    ids = [each for each in call.text("users").split(",") if each]
    if not ids:
        raise SlackError("no_users_provided")
    if len(ids) > MAX_DND_USERS:
        raise SlackError("too_many_users")
    if any(each not in call.workspace.users for each in ids):
        raise SlackError("user_not_visible")
    now = call.workspace.now()
    return {"users": {each: call.workspace.users[each].dnd_status(now) for each in ids}}


def _shape(call: Call, user: User) -> dict[str, Any]:
    return user.as_slack(
        call.workspace.now(),
        seen_from=call.workspace.team_id,
        with_email="users:read.email" in call.installation.scopes,
        with_locale=call.flag("include_locale"),
    )


DND = ("dnd:read",)
METHODS = (
    Method("users.info", info, ("user",), ("include_locale",), ("users:read",), TIERS[4]),
    Method("users.lookupByEmail", lookup_by_email, ("email",), (), ("users:read.email",), TIERS[3]),
    Method("dnd.info", dnd_info, (), ("user",), DND, TIERS[3]),
    Method("dnd.teamInfo", dnd_team_info, (), ("users",), DND, TIERS[2]),
)
