"""What the app may answer to a view_submission, and what Slack then does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .drawing import new_view, redraw
from .errors import SlackError
from .forms import placed_elements
from .views import MODAL_STACK_DEPTH, View

if TYPE_CHECKING:
    from .installation import Installation
    from .server import SlackSimulator


def apply(slack: SlackSimulator, installation: Installation, view: View, answer: Any) -> None:
    """Raises SlackError where the answer is not one that Slack takes.

    An empty answer closes the view; response_action is one of errors, update, push, clear.
    """
    workspace = installation.workspace
    if answer in (None, "", {}):
        workspace.close_modal(view)
        return
    if not isinstance(answer, dict):
        raise SlackError("invalid_arguments", ["the response must be a JSON object"])
    action = answer.get("response_action")
    if action == "errors":
        _show_errors(view, answer.get("errors"))
    elif action == "clear":
        workspace.close_modal(view, whole_stack=True)
        return
    elif action == "update":
        redraw(slack, installation, view, answer.get("view"))
    elif action == "push":
        _push(slack, installation, view, answer.get("view"))
        return
    else:
        raise SlackError("invalid_arguments", [f"unknown response_action: {action}"])
    workspace.view_changed(view)


def _show_errors(view: View, errors: Any) -> None:
    """Errors are keyed by the block_id of an input block: others are nowhere to be shown."""
    if not isinstance(errors, dict) or not errors:
        raise SlackError("invalid_arguments", ["errors must map block_ids to sentences"])
    inputs = {each.block_id for each in placed_elements(view.blocks) if each.is_input}
    unknown = sorted(set(errors) - inputs)
    if unknown:
        raise SlackError(
            "invalid_arguments", [f"no input block has this block_id: {each}" for each in unknown]
        )
    wrong = sorted(key for key, text in errors.items() if not isinstance(text, str) or not text)
    if wrong:
        raise SlackError("invalid_arguments", [f"not a sentence: {each}" for each in wrong])
    view.errors = dict(errors)


def _push(slack: SlackSimulator, installation: Installation, view: View, payload: Any) -> None:
    stack = installation.workspace.modals.get(view.user_id, [])
    if len(stack) >= MODAL_STACK_DEPTH:
        raise SlackError("push_limit_reached")
    pushed = new_view(slack, installation, view.user_id, payload, "modal")
    installation.workspace.show_modal(pushed)
