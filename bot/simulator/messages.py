"""Messages and files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .mentions import Mentions, mentions_in

FormState = dict[str, dict[str, dict[str, Any]]]
"""block_id → action_id → the element's state, as in `view.state.values`."""


@dataclass(slots=True)
class File:
    """An uploaded file. `shared_in` maps a channel's id to the ts of the message that shows it."""

    id: str
    name: str
    title: str
    user: str
    created: int
    content: bytes = b""
    mimetype: str = "application/octet-stream"
    alt_text: str = ""
    snippet_type: str = ""
    complete: bool = False
    """False until files.completeUploadExternal."""
    is_handed_over: bool = False
    """A person put it into a form of the app, which may read it from then on."""
    shared_in: dict[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return len(self.content)


@dataclass(slots=True)
class Message:
    """One message. `user` is its author (the bot's user id for the app's messages)."""

    ts: str
    channel: str
    user: str
    text: str = ""
    blocks: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, Any] | None = None
    thread_ts: str | None = None
    """Set on replies, to their parent's ts."""
    reply_broadcast: bool = False
    bot_id: str | None = None
    app_id: str | None = None
    username: str | None = None
    subtype: str | None = None
    ephemeral_to: str | None = None
    """Only this person sees it; it can be changed through its response_url alone."""
    edited_ts: str | None = None
    edited_by: str | None = None
    deleted: bool = False
    """A deleted parent stays as a tombstone while it has replies."""
    reactions: dict[str, list[str]] = field(default_factory=dict)
    """Emoji name → ids of the people, in the order in which they reacted."""
    files: list[File] = field(default_factory=list)
    form_states: dict[str, FormState] = field(default_factory=dict)
    """What each person chose in the inputs of this message, by user id."""

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def mentions(self) -> frozenset[str]:
        """Ids of the users whom this message notifies."""
        return self._mentioned().users

    @property
    def broadcasts(self) -> frozenset[str]:
        """Of `channel`, `here`, `everyone`: those that this message really pings."""
        return self._mentioned().broadcasts

    def is_visible_to(self, user_id: str) -> bool:
        return self.ephemeral_to is None or self.ephemeral_to == user_id

    def _mentioned(self) -> Mentions:
        return mentions_in(self.text, self.blocks)
