"""api.test, auth.test, apps.connections.open."""

from __future__ import annotations

from typing import Any

from bot.simulator.errors import SlackError
from bot.simulator.rates import CONNECTIONS_A_MINUTE

from .call import Call, Method


def api_test(call: Call) -> dict[str, Any]:
    if call.arguments.get("error"):
        raise SlackError(call.text("error"))
    arguments = {name: value for name, value in call.arguments.items() if name != "token"}
    return {"args": arguments}


def auth_test(call: Call) -> dict[str, Any]:
    workspace, installation = call.workspace, call.installation
    return {
        "url": f"https://{workspace.domain}.slack.com/",
        "team": workspace.name,
        "user": installation.bot_user.name,
        "team_id": workspace.team_id,
        "user_id": installation.bot_user_id,
        "bot_id": installation.bot_id,
        "is_enterprise_install": False,
    }


def open_connection(call: Call) -> dict[str, Any]:
    if not call.slack.manifest.socket_mode:
        raise SlackError("socket_mode_not_enabled")
    return {"url": call.slack.sockets.new_url()}


METHODS = (
    Method("api.test", api_test, optional=("error", "foo"), caller="anyone"),
    Method("auth.test", auth_test),
    Method("apps.connections.open", open_connection, a_minute=CONNECTIONS_A_MINUTE, caller="app"),
)
