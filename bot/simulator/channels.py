"""Conversations: channels, direct messages and group messages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from .messages import Message

ChannelKind = Literal["public", "private", "im", "mpim"]


@dataclass(slots=True)
class Channel:
    """A conversation with its messages, oldest first. `name` is empty for an im."""

    id: str
    team_id: str
    kind: ChannelKind
    name: str
    creator: str
    created: int
    members: list[str] = field(default_factory=list)
    archived: bool = False
    is_general: bool = False
    topic: str = ""
    purpose: str = ""
    messages: dict[str, Message] = field(default_factory=dict)
    """By ts; ts grows, so this is also the order of posting."""
    last_read: dict[str, str] = field(default_factory=dict)
    """By user id, the ts up to which the person has read."""
    last_micros: int = 0
    """The ts of the newest message ever posted here, in microseconds."""

    @property
    def is_direct(self) -> bool:
        return self.kind in {"im", "mpim"}

    def visible_to(self, user_id: str) -> Iterator[Message]:
        """All messages that this person can see, replies and own ephemeral ones included."""
        return (each for each in self.messages.values() if each.is_visible_to(user_id))

    def top_level(self, user_id: str | None = None) -> list[Message]:
        """The conversation without replies, unless they were also sent to the channel.

        `user_id` None: what everyone sees.
        """
        return [
            each
            for each in self.messages.values()
            if (each.ephemeral_to is None or each.ephemeral_to == user_id)
            and (not each.is_reply or each.reply_broadcast)
        ]

    def thread(self, ts: str, user_id: str | None = None) -> list[Message]:
        """The parent and its replies, oldest first; empty where the parent does not exist."""
        return [
            each
            for each in self.messages.values()
            if ts in {each.ts, each.thread_ts} and (each.ephemeral_to is None or each.ephemeral_to == user_id)
        ]

    def replies(self, ts: str) -> list[Message]:
        """The replies that everyone sees, without the parent."""
        return [each for each in self.thread(ts) if each.ts != ts]

    def unread(self, user_id: str) -> int:
        """Messages of others that the person has not read yet."""
        read = self.last_read.get(user_id, "")
        return sum(
            1
            for each in self.messages.values()
            if each.ts > read and each.user != user_id and each.is_visible_to(user_id) and not each.deleted
        )

    def as_slack(self, bot_user_id: str | None = None) -> dict[str, Any]:
        """The `channel` object of conversations.info."""
        if self.kind == "im":
            other = next((each for each in self.members if each != bot_user_id), self.creator)
            return {
                "id": self.id,
                "created": self.created,
                "is_archived": self.archived,
                "is_im": True,
                "is_org_shared": False,
                "context_team_id": self.team_id,
                "updated": self.created * 1000,
                "user": other,
                "is_user_deleted": False,
                "is_open": True,
                "priority": 0,
            }
        return {
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": self.kind == "public",
            "is_group": self.kind == "private",
            "is_im": False,
            "is_mpim": self.kind == "mpim",
            "is_private": self.kind != "public",
            "created": self.created,
            "creator": self.creator,
            "is_archived": self.archived,
            "is_general": self.is_general,
            "unlinked": 0,
            "is_shared": False,
            "is_org_shared": False,
            "is_ext_shared": False,
            "is_pending_ext_shared": False,
            "pending_shared": [],
            "parent_conversation": None,
            "context_team_id": self.team_id,
            "updated": self.created * 1000,
            "shared_team_ids": [self.team_id],
            "is_member": bot_user_id in self.members,
            "topic": {"value": self.topic, "creator": "", "last_set": 0},
            "purpose": {"value": self.purpose, "creator": "", "last_set": 0},
            "previous_names": [],
        }
