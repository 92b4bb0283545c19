"""Modals and App Homes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from .messages import FormState

MODAL_STACK_DEPTH = 3


@dataclass(slots=True)
class View:
    """A view that a person has open, with what they typed into it so far.

    `errors` are those shown beside its fields (block_id → sentence), `notice` the line that
    Slack shows above the buttons when the app did not answer.
    """

    id: str
    team_id: str
    user_id: str
    type: Literal["modal", "home"]
    app_id: str
    bot_id: str
    blocks: list[dict[str, Any]]
    hash: str
    callback_id: str = ""
    private_metadata: str = ""
    external_id: str = ""
    title: dict[str, Any] | None = None
    submit: dict[str, Any] | None = None
    close: dict[str, Any] | None = None
    clear_on_close: bool = False
    notify_on_close: bool = False
    root_view_id: str = ""
    previous_view_id: str | None = None
    state: FormState = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    notice: str | None = None

    def as_slack(self) -> dict[str, Any]:
        """The `view` object of payloads and of the views.* answers."""
        return {
            "id": self.id,
            "team_id": self.team_id,
            "type": self.type,
            "blocks": self.blocks,
            "private_metadata": self.private_metadata,
            "callback_id": self.callback_id,
            "state": {"values": self.state},
            "hash": self.hash,
            "title": self.title or {"type": "plain_text", "text": "View Title", "emoji": True},
            "clear_on_close": self.clear_on_close,
            "notify_on_close": self.notify_on_close,
            "close": self.close,
            "submit": self.submit,
            "previous_view_id": self.previous_view_id,
            "root_view_id": self.root_view_id,
            "app_id": self.app_id,
            "external_id": self.external_id,
            "app_installed_team_id": self.team_id,
            "bot_id": self.bot_id,
        }
