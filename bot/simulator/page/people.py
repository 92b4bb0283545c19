"""The company's people as the page shows them: names, initials, local time."""

from dataclasses import dataclass
from urllib.parse import quote
from zoneinfo import ZoneInfo

from bot.simulator.people import User
from bot.simulator.workspace import Workspace

from . import dates
from .reader import Reader

HUES = 10
"""How many colours the style sheet has for avatars."""


@dataclass(frozen=True, slots=True)
class Card:
    """A person or an app. `waiting` counts what is unread and addressed to them."""

    id: str
    handle: str
    name: str
    title: str
    initials: str
    hue: int
    path: str
    zone_name: str
    local_time: str
    is_bot: bool
    is_guest: bool
    is_deactivated: bool
    waiting: int = 0


def path_of(user: User) -> str:
    return f"/as/{quote(user.name, safe='')}"


def reader_of(workspace: Workspace, user: User) -> Reader:
    """The user as a reader; private channels of others keep their names to themselves."""
    return Reader(
        id=user.id,
        path=path_of(user),
        zone=ZoneInfo(user.tz),
        now=workspace.now(),
        people={each.id: each.real_name or each.name for each in workspace.users.values()},
        channels={
            each.id: each.name
            for each in workspace.channels.values()
            if each.name and not each.is_direct
            if each.kind == "public" or user.id in each.members
        },
    )


def card_of(workspace: Workspace, user: User, *, counts_waiting: bool = False) -> Card:
    zone = ZoneInfo(user.tz)
    name = user.real_name or user.name
    return Card(
        id=user.id,
        handle=user.name,
        name=name,
        title=user.title,
        initials=_initials(name),
        hue=sum(map(ord, user.id)) % HUES,
        path=path_of(user),
        zone_name=_place(user.tz),
        local_time=dates.clock_time(workspace.now().astimezone(zone)),
        is_bot=user.is_bot,
        is_guest=user.is_guest,
        is_deactivated=user.deleted,
        waiting=_waiting(workspace, user) if counts_waiting else 0,
    )


def cards_of_people(workspace: Workspace) -> list[Card]:
    """Everybody whom one may act as, those who left at the end."""
    people = [each for each in workspace.users.values() if not each.is_bot]
    own = [each for each in people if each.team_id == workspace.team_id]
    own.sort(key=lambda each: (each.deleted, each.is_guest, each.real_name.casefold()))
    return [card_of(workspace, each, counts_waiting=True) for each in own]


def mentions_for(workspace: Workspace, user: User, channel_id: str) -> int:
    """How many unread messages of a conversation call for this person."""
    channel = workspace.channels[channel_id]
    read = channel.last_read.get(user.id, "")
    return sum(
        1
        for each in channel.visible_to(user.id)
        if each.ts > read and each.user != user.id and not each.deleted
        if channel.is_direct or user.id in each.mentions or each.broadcasts
    )


def _waiting(workspace: Workspace, user: User) -> int:
    conversations = workspace.conversations_of(user.id)
    return sum(mentions_for(workspace, user, each.id) for each in conversations)


def _initials(name: str) -> str:
    words = [word for word in name.split() if word[0].isalnum()] or ["?"]
    return "".join(word[0] for word in (words if len(words) == 1 else [words[0], words[-1]])).upper()


def _place(zone: str) -> str:
    """The city of a zone, "New York" for "America/New_York"."""
    return zone.rpartition("/")[2].replace("_", " ")
