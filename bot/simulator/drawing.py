"""From the app's `view` payload to a view on somebody's screen."""

from __future__ import annotations

import json
import secrets
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Literal

from .blocks import check_view
from .errors import SlackError
from .forms import initial_state, name_parts
from .pictures import check_pictures
from .views import View

if TYPE_CHECKING:
    from .installation import Installation
    from .server import SlackSimulator

MAX_VIEW_BYTES = 250_000
DEFAULTS: dict[str, Any] = {
    "title": None,
    "submit": None,
    "close": None,
    "callback_id": "",
    "private_metadata": "",
    "external_id": "",
    "clear_on_close": False,
    "notify_on_close": False,
}
"""The fields of a view beside its blocks, with what they are where the app says nothing."""


def new_view(
    slack: SlackSimulator,
    installation: Installation,
    user_id: str,
    payload: Any,
    kind: Literal["modal", "home"],
) -> View:
    """Raises SlackError: view_too_large, invalid_arguments, duplicate_external_id."""
    shape = _checked(installation, payload, kind)
    workspace = installation.workspace
    _check_external_id(installation, shape, None)
    view = View(
        id=workspace.ids.new("V"),
        team_id=workspace.team_id,
        user_id=user_id,
        type=kind,
        app_id=installation.app_id,
        bot_id=installation.bot_id,
        blocks=[],
        hash="",
    )
    view.root_view_id = view.id
    _fill(slack, view, shape)
    return view


def redraw(slack: SlackSimulator, installation: Installation, view: View, payload: Any) -> None:
    """Replace the content; what was typed stays where block_id and action_id stay.

    Raises SlackError like `new_view`.
    """
    shape = _checked(installation, payload, view.type)
    _check_external_id(installation, shape, view)
    _fill(slack, view, shape)


def _checked(installation: Installation, payload: Any, kind: str) -> dict[str, Any]:
    if not isinstance(payload, dict):
        raise SlackError("invalid_arguments", ["must provide an object [json-pointer:/view]"])
    if len(json.dumps(payload, ensure_ascii=False).encode()) > MAX_VIEW_BYTES:
        raise SlackError("view_too_large")
    check_view(payload, kind)
    check_pictures(installation, payload["blocks"], "invalid_arguments")
    return deepcopy(payload)


def _check_external_id(installation: Installation, shape: dict[str, Any], view: View | None) -> None:
    external_id = shape.get("external_id")
    for other in installation.workspace.views.values():
        if external_id and other.external_id == external_id and other is not view:
            raise SlackError("duplicate_external_id")


def _fill(slack: SlackSimulator, view: View, shape: dict[str, Any]) -> None:
    name_parts(shape["blocks"], f"{view.id[-4:]}-")
    view.state = initial_state(shape["blocks"], view.state)
    view.blocks = shape["blocks"]
    for name, default in DEFAULTS.items():
        setattr(view, name, shape.get(name, default))
    view.errors, view.notice = {}, None
    view.hash = f"{int(slack.now().timestamp())}.{secrets.token_hex(4)}"
