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
    return _dnd(call, user)


def dnd_team_info(call: Call) -> dict[str, Any]:
    ids = [each for each in call.text("users").split(",") if each]
    if len(ids) > MAX_DND_USERS:
        raise SlackError("too_many_users")
    known = (call.workspace.users.get(each) for each in ids)
    return {"users": {each.id: _dnd(call, each) for each in known if each is not None}}


def _shape(call: Call, user: User) -> dict[str, Any]:
    return user.as_slack(
        call.workspace.now(),
        seen_from=call.workspace.team_id,
        with_email="users:read.email" in call.installation.scopes,
        with_locale=call.flag("include_locale"),
    )


def _dnd(call: Call, user: User) -> dict[str, Any]:
    now = call.workspace.now()
    if user.snooze_until is None or user.snooze_until <= now:
        return {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}
    return {
        "dnd_enabled": True,
        "next_dnd_start_ts": int(now.timestamp()),
        "next_dnd_end_ts": int(user.snooze_until.timestamp()),
    }


DND = ("dnd:read",)
METHODS = (
    Method("users.info", info, ("user",), ("include_locale",), ("users:read",), TIERS[4]),
    Method("users.lookupByEmail", lookup_by_email, ("email",), (), ("users:read.email",), TIERS[3]),
    Method("dnd.info", dnd_info, (), ("user",), DND, TIERS[3]),
    Method("dnd.teamInfo", dnd_team_info, ("users",), (), DND, TIERS[2]),
)
