"""views.*: modals and App Homes."""

from __future__ import annotations

from typing import Any

from bot.simulator.drawing import new_view, redraw
from bot.simulator.errors import SlackError
from bot.simulator.rates import TIERS
from bot.simulator.triggers import Trigger
from bot.simulator.views import MODAL_STACK_DEPTH, View

from .call import Call, Method


def open_view(call: Call) -> dict[str, Any]:
    """From inside a modal it lands on top of the stack, as views.push does."""
    trigger = _trigger(call)
    stack = call.workspace.modals.get(trigger.user_id, [])
    if trigger.view_id is None and stack:
        call.workspace.close_modal(stack[0], whole_stack=True)
    elif len(stack) >= MODAL_STACK_DEPTH:
        raise SlackError("push_limit_reached")
    return _show(call, trigger)


def push(call: Call) -> dict[str, Any]:
    """Needs a trigger of an interaction within the modal."""
    trigger = _trigger(call)
    stack = call.workspace.modals.get(trigger.user_id, [])
    if trigger.view_id not in {each.id for each in stack}:
        raise SlackError("not_found")
    if len(stack) >= MODAL_STACK_DEPTH:
        raise SlackError("push_limit_reached")
    return _show(call, trigger)


def update(call: Call) -> dict[str, Any]:
    view = _find(call)
    if "hash" in call.arguments and call.text("hash") != view.hash:
        raise SlackError("hash_conflict")
    redraw(call.slack, call.installation, view, call.json("view"))
    call.workspace.view_changed(view)
    return {"view": view.as_slack()}


def publish(call: Call) -> dict[str, Any]:
    if not call.slack.manifest.home_tab:
        raise SlackError("not_enabled")
    user = call.workspace.users.get(call.text("user_id"))
    if user is None or user.deleted or user.is_bot:
        # The words that slackapi/bolt-python#954 met.
        raise SlackError("invalid_arguments", ["invalid `user_id`"])
    published = call.workspace.homes.get(user.id)
    if "hash" in call.arguments and (published is None or call.text("hash") != published.hash):
        raise SlackError("hash_conflict")
    view = new_view(call.slack, call.installation, user.id, call.json("view"), "home")
    call.workspace.publish_home(view)
    return {"view": view.as_slack()}


def _trigger(call: Call) -> Trigger:
    trigger = call.slack.triggers.exchange(call.text("trigger_id"))
    if trigger.team_id != call.workspace.team_id:
        raise SlackError("invalid_trigger_id")
    return trigger


def _show(call: Call, trigger: Trigger) -> dict[str, Any]:
    view = new_view(call.slack, call.installation, trigger.user_id, call.json("view"), "modal")
    call.workspace.show_modal(view)
    return {"view": view.as_slack()}


def _find(call: Call) -> View:
    view_id, external_id = call.text("view_id"), call.text("external_id")
    for view in call.workspace.views.values():
        if view.id == view_id or (external_id and view.external_id == external_id):
            return view
    raise SlackError("not_found")


METHODS = (
    Method("views.open", open_view, ("trigger_id", "view"), (), (), TIERS[4]),
    Method("views.push", push, ("trigger_id", "view"), (), (), TIERS[4]),
    Method("views.update", update, ("view",), ("view_id", "external_id", "hash"), (), TIERS[4]),
    Method("views.publish", publish, ("user_id", "view"), ("hash",), (), TIERS[4]),
)
