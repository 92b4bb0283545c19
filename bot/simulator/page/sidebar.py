"""What stands in the sidebar of one person: channels, direct messages and the app."""

from dataclasses import dataclass

from bot.simulator.channels import Channel
from bot.simulator.people import User
from bot.simulator.workspace import Workspace

from .people import Card, card_of, mentions_for
from .reader import Reader


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the sidebar. `card` is set where it leads to one person or to the app."""

    path: str
    name: str
    icon: str
    is_open: bool
    unread: int
    mentions: int
    card: Card | None = None


@dataclass(frozen=True, slots=True)
class Sidebar:
    channels: list[Entry]
    more_channels: list[Entry]
    """Public channels that the person has not joined, and archived ones."""
    people: list[Entry]
    apps: list[Entry]

    @property
    def waiting(self) -> int:
        return sum(each.mentions for each in (*self.channels, *self.people, *self.apps))


def sidebar_of(workspace: Workspace, user: User, reader: Reader, open_id: str | None) -> Sidebar:
    """`open_id` is the conversation that the page shows."""
    channels = [each for each in workspace.channels.values() if not each.is_direct]
    channels.sort(key=lambda each: each.name)
    own = [each for each in channels if user.id in each.members and not each.archived]
    rest = [each for each in channels if each not in own and _may_see(each, user)]

    def entry(channel: Channel) -> Entry:
        return _entry(workspace, user, reader, channel, is_open=channel.id == open_id)

    directs = [each for each in workspace.conversations_of(user.id) if each.is_direct]
    by_other = {_other(each, user): each for each in directs if each.kind == "im"}

    def direct(other: User) -> Entry:
        channel = by_other.get(other.id)
        path = reader.path_of_channel(channel.id if channel else f"@{other.name}")
        unread = channel.unread(user.id) if channel else 0
        return Entry(
            path=path,
            name=other.real_name or other.name,
            icon="message",
            is_open=channel is not None and channel.id == open_id,
            unread=unread,
            mentions=unread,
            card=card_of(workspace, other),
        )

    people = [
        each
        for each in workspace.users.values()
        if each.id != user.id and not each.is_bot
        if not each.deleted or each.id in by_other
    ]
    people.sort(key=lambda each: (each.deleted, each.real_name.casefold()))
    bots = [each for each in workspace.users.values() if each.is_bot and each.bot_id]
    return Sidebar(
        channels=[entry(each) for each in own],
        more_channels=[entry(each) for each in rest],
        people=[
            *(entry(each) for each in directs if each.kind == "mpim"),
            *(direct(each) for each in people),
        ],
        apps=[direct(each) for each in bots],
    )


def _entry(workspace: Workspace, user: User, reader: Reader, channel: Channel, *, is_open: bool) -> Entry:
    icons = {"private": "lock", "mpim": "people"}
    is_member = user.id in channel.members
    return Entry(
        path=reader.path_of_channel(channel.id),
        name=name_of(workspace, channel, user),
        icon="archive" if channel.archived else icons.get(channel.kind, "hash"),
        is_open=is_open,
        unread=channel.unread(user.id) if is_member else 0,
        mentions=mentions_for(workspace, user, channel.id) if is_member else 0,
    )


def name_of(workspace: Workspace, channel: Channel, user: User) -> str:
    """A channel's name, or the names of the others in direct messages."""
    if not channel.is_direct:
        return channel.name
    others = [each for each in channel.members if each != user.id] or [user.id]
    return ", ".join(workspace.users[each].real_name or workspace.users[each].name for each in others)


def _may_see(channel: Channel, user: User) -> bool:
    """Guests see the channels they are in and no others."""
    return user.id in channel.members or (channel.kind == "public" and not user.is_guest)


def _other(channel: Channel, user: User) -> str:
    return next((each for each in channel.members if each != user.id), user.id)
