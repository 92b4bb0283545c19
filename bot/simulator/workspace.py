"""The state of one workspace (a Slack "team") and everything that can happen to it.

Plain synchronous methods; each change goes to the feed (for whoever draws the workspace) and to
`announce` (for whoever tells the app about it). Nothing here checks what an app may do: that is
the Web API's business (`methods/`).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from datetime import datetime, time
from typing import Any

from . import events
from .channels import Channel, ChannelKind
from .feed import ChangeKind, Feed
from .forms import name_parts
from .messages import File, Message
from .people import User
from .pictures import share_pictures
from .views import View

Announce = Callable[["Workspace", events.Happening], None]


class Ids:
    """Ids in Slack's form, counted up, so that a run repeats itself."""

    def __init__(self) -> None:
        self._counter = itertools.count(1)

    def new(self, prefix: str) -> str:
        return f"{prefix}{next(self._counter):010d}"


class Workspace:
    def __init__(
        self,
        *,
        name: str,
        now: Callable[[], datetime],
        feed: Feed | None = None,
        ids: Ids | None = None,
    ) -> None:
        self.ids = ids or Ids()
        self.team_id = self.ids.new("T")
        self.name = name
        self.domain = name.lower().replace(" ", "-")
        self.now = now
        self.feed = feed or Feed()
        self.announce: Announce = lambda _workspace, _happening: None
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self._ims: dict[frozenset[str], Channel] = {}
        """By the two who talk: a workspace may have thousands."""
        self.files: dict[str, File] = {}
        self.files_url: Callable[[], str] = lambda: "https://files.slack.com"
        """Where the bytes of files are served."""
        self.views: dict[str, View] = {}
        """Every view that is open, by id: modals of all stacks and App Homes."""
        self.modals: dict[str, list[View]] = {}
        """Each person's stack of modals, the topmost last."""
        self.homes: dict[str, View] = {}
        """What the app published, by user id."""
        self.slackbot = self.add_user("slackbot", real_name="Slackbot", is_bot=True)

    # ---- people -----------------------------------------------------------------------------

    def add_user(self, name: str, *, real_name: str | None = None, **traits: Any) -> User:
        """`traits`: any further field of `User` (email, tz, is_restricted, deleted, …); an `id` for someone
        who has the same one in several workspaces of an organisation."""
        traits.setdefault("team_id", self.team_id)
        traits.setdefault("updated", self._seconds())
        traits.setdefault("id", self.ids.new("U"))
        user = User(
            name=name,
            real_name=real_name if real_name is not None else name.replace(".", " ").title(),
            **traits,
        )
        self.users[user.id] = user
        self.feed.publish("user", self.team_id, user_id=None)
        self.announce(self, events.team_join(self, user))
        return user

    def add_stranger(self, stranger: User) -> None:
        """Somebody of another workspace, met in a shared channel (Slack Connect)."""
        self.users[stranger.id] = stranger
        self.feed.publish("user", self.team_id)

    def change_user(self, user_id: str, **traits: Any) -> User:
        """Set fields of `User`; `deleted=True` deactivates the account."""
        user = self.users[user_id]
        for field, value in traits.items():
            setattr(user, field, value)
        user.updated = self._seconds()
        if user.deleted:
            self.modals.pop(user_id, None)
        self.feed.publish("user", self.team_id)
        self.announce(self, events.user_change(self, user))
        return user

    def set_do_not_disturb(
        self,
        user_id: str,
        *,
        snooze_until: datetime | None = None,
        hours: tuple[time, time] | None = None,
    ) -> User:
        """Pauses someone's notifications until an instant, and sets their daily hours; without either they
        are to be disturbed again."""
        user = self.users[user_id]
        user.snooze_until, user.dnd_hours = snooze_until, hours
        self.feed.publish("user", self.team_id)
        self.announce(self, events.dnd_updated_user(self, user))
        return user

    def find_user(self, who: str) -> User | None:
        """By id, handle, address or full name."""
        by_id = self.users.get(who)
        if by_id is not None:
            return by_id
        wanted = who.removeprefix("@").casefold()
        for user in self.users.values():
            known = (user.name, user.real_name, user.email)
            if wanted in {each.casefold() for each in known if each}:
                return user
        return None

    # ---- conversations ----------------------------------------------------------------------

    def add_channel(
        self,
        name: str,
        *,
        members: Iterable[str] = (),
        kind: ChannelKind = "public",
        creator: str = "",
        is_general: bool = False,
    ) -> Channel:
        """`members` are user ids."""
        ids = list(dict.fromkeys(members))
        channel = Channel(
            id=self.ids.new({"im": "D", "mpim": "G"}.get(kind, "C")),
            team_id=self.team_id,
            kind=kind,
            name=name,
            creator=creator or (ids[0] if ids else ""),
            created=self._seconds(),
            members=ids,
            is_general=is_general,
        )
        self.channels[channel.id] = channel
        if kind == "im":
            self._ims[frozenset(ids)] = channel
        self._channel_changed(channel)
        return channel

    def find_channel(self, which: str) -> Channel | None:
        """By id or name, with or without `#`."""
        by_id = self.channels.get(which)
        if by_id is not None:
            return by_id
        name = which.removeprefix("#")
        return next((each for each in self.channels.values() if name and each.name == name), None)

    def im_between(self, one: str, other: str) -> Channel | None:
        return self._ims.get(frozenset((one, other)))

    def open_im(self, one: str, other: str) -> Channel:
        """The direct messages of two users, opened where they have none yet."""
        return self.im_between(one, other) or self.add_channel("", members=(one, other), kind="im")

    def open_mpim(self, members: Iterable[str]) -> Channel:
        wanted = set(members)
        for channel in self.channels.values():
            if channel.kind == "mpim" and set(channel.members) == wanted:
                return channel
        names = "--".join(sorted(self.users[each].name for each in wanted))
        return self.add_channel(f"mpdm-{names}-1", members=sorted(wanted), kind="mpim")

    def join(self, channel_id: str, user_id: str, *, inviter: str | None = None) -> None:
        channel = self.channels[channel_id]
        if user_id in channel.members:
            return
        channel.members.append(user_id)
        self._channel_changed(channel)
        self.announce(self, events.member_joined_channel(self, channel, user_id, inviter))

    def leave(self, channel_id: str, user_id: str) -> None:
        channel = self.channels[channel_id]
        if user_id not in channel.members:
            return
        channel.members.remove(user_id)
        self._channel_changed(channel)
        self.announce(self, events.member_left_channel(self, channel, user_id))

    def rename_channel(self, channel_id: str, name: str) -> None:
        channel = self.channels[channel_id]
        channel.name = name
        self._channel_changed(channel)
        self.announce(self, events.channel_rename(self, channel))

    def archive(self, channel_id: str, *, by: str = "") -> None:
        channel = self.channels[channel_id]
        channel.archived = True
        self._channel_changed(channel)
        self.announce(self, events.channel_archive(self, channel, by))

    def unarchive(self, channel_id: str, *, by: str = "") -> None:
        channel = self.channels[channel_id]
        channel.archived = False
        self._channel_changed(channel)
        self.announce(self, events.channel_unarchive(self, channel, by))

    def conversations_of(self, user_id: str) -> list[Channel]:
        return [each for each in self.channels.values() if user_id in each.members]

    def mark_read(self, channel_id: str, user_id: str) -> None:
        channel = self.channels[channel_id]
        latest = max((each.ts for each in channel.visible_to(user_id)), default="")
        if latest > channel.last_read.get(user_id, ""):
            channel.last_read[user_id] = latest
            self.feed.publish("read", self.team_id, channel_id=channel_id, user_id=user_id)

    # ---- messages ---------------------------------------------------------------------------

    def post(self, channel_id: str, user_id: str, text: str = "", **fields: Any) -> Message:
        """`fields`: any further field of `Message` (blocks, thread_ts, ephemeral_to, …)."""
        channel = self.channels[channel_id]
        message = Message(ts=self.new_ts(channel), channel=channel_id, user=user_id, text=text, **fields)
        name_parts(message.blocks, f"{message.ts[-6:]}-")
        channel.messages[message.ts] = message
        for file in message.files:
            file.shared_in[channel_id] = message.ts
        share_pictures(self, message)
        self._message_changed("message_posted", message)
        if message.ephemeral_to is None:
            for happening in events.message_posted(self, channel, message):
                self.announce(self, happening)
        return message

    def edit(self, message: Message, *, by: str, **fields: Any) -> Message:
        for name, value in fields.items():
            setattr(message, name, value)
        share_pictures(self, message)
        name_parts(message.blocks, f"{message.ts[-6:]}-")
        if not message.blocks and message.ephemeral_to is None:
            # Slack marks only plain texts as edited.
            message.edited_ts = f"{self._seconds()}.000000"
            message.edited_by = by
        message.form_states.clear()
        self._message_changed("message_changed", message)
        if message.ephemeral_to is None:
            channel = self.channels[message.channel]
            for happening in events.message_changed(self, channel, message):
                self.announce(self, happening)
        return message

    def delete(self, message: Message) -> None:
        """A parent with replies stays as a tombstone."""
        channel = self.channels[message.channel]
        if channel.replies(message.ts):
            message.text, message.blocks, message.files = "This message was deleted.", [], []
            message.deleted = True
            message.subtype = "tombstone"
        else:
            del channel.messages[message.ts]
            message.deleted = True
        self._message_changed("message_deleted", message)
        if message.ephemeral_to is None:
            self.announce(self, events.message_deleted(self, channel, message))

    def find_message(self, channel_id: str, ts: str) -> Message | None:
        channel = self.channels.get(channel_id)
        return channel.messages.get(ts) if channel is not None else None

    def react(self, message: Message, user_id: str, emoji: str) -> bool:
        """False where the person has reacted so already."""
        people = message.reactions.setdefault(emoji, [])
        if user_id in people:
            return False
        people.append(user_id)
        self._message_changed("message_changed", message)
        self.announce(self, events.reaction(self, "reaction_added", message, user_id, emoji))
        return True

    def unreact(self, message: Message, user_id: str, emoji: str) -> bool:
        """False where there was no such reaction."""
        people = message.reactions.get(emoji, [])
        if user_id not in people:
            return False
        people.remove(user_id)
        if not people:
            del message.reactions[emoji]
        self._message_changed("message_changed", message)
        self.announce(self, events.reaction(self, "reaction_removed", message, user_id, emoji))
        return True

    def new_ts(self, channel: Channel) -> str:
        """The clock's instant, moved on a microsecond where it would not be new in the channel."""
        micros = max(round(self.now().timestamp() * 1_000_000), channel.last_micros + 1)
        channel.last_micros = micros
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"

    # ---- views ------------------------------------------------------------------------------

    def modal(self, user_id: str) -> View | None:
        """The modal that the person sees, the topmost of the stack."""
        stack = self.modals.get(user_id)
        return stack[-1] if stack else None

    def show_modal(self, view: View) -> None:
        """On top of the person's stack."""
        stack = self.modals.setdefault(view.user_id, [])
        view.root_view_id = stack[0].id if stack else view.id
        view.previous_view_id = stack[-1].id if stack else None
        stack.append(view)
        self.views[view.id] = view
        self.view_changed(view)

    def close_modal(self, view: View, *, whole_stack: bool = False) -> list[View]:
        """Close the view, or all of them; answers those that were closed, topmost first."""
        stack = self.modals.get(view.user_id, [])
        if view not in stack:
            return []
        start = 0 if whole_stack else stack.index(view)
        closed = stack[start:][::-1]
        del stack[start:]
        for each in closed:
            self.views.pop(each.id, None)
        self.view_changed(view)
        return closed

    def publish_home(self, view: View) -> None:
        former = self.homes.get(view.user_id)
        if former is not None and former.id != view.id:
            self.views.pop(former.id, None)
        self.homes[view.user_id] = view
        self.views[view.id] = view
        self.view_changed(view)

    def view_changed(self, view: View) -> None:
        self.feed.publish(view.type, self.team_id, user_id=view.user_id)

    # ---- inside -----------------------------------------------------------------------------

    def _seconds(self) -> int:
        return int(self.now().timestamp())

    def _channel_changed(self, channel: Channel) -> None:
        self.feed.publish("channel", self.team_id, channel_id=channel.id)

    def _message_changed(self, kind: ChangeKind, message: Message) -> None:
        self.feed.publish(
            kind,
            self.team_id,
            channel_id=message.channel,
            ts=message.ts,
            user_id=message.ephemeral_to,
        )
