"""Everything that one page shows, gathered for the templates."""

from dataclasses import dataclass
from typing import Any

from bot.simulator.channels import Channel
from bot.simulator.client import Client
from bot.simulator.people import User
from bot.simulator.views import View

from . import dates, emoji
from .conversation import Conversation
from .fields import Surface
from .people import card_of, cards_of_people, reader_of
from .reader import Reader
from .sidebar import name_of, sidebar_of


@dataclass(frozen=True, slots=True)
class ClockFace:
    """What the clock's bar shows, in the acting person's zone."""

    day: str
    short_day: str
    time: str


@dataclass(frozen=True, slots=True)
class Modal:
    """One view of the stack. An empty `submit` means that the view has no such button."""

    view: View
    surface: Surface
    title: str
    submit: str
    close: str


class Screen:
    """Gathers the pages of one person."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._workspace = client.workspace
        self._user = client.user
        self._reader = reader_of(client.workspace, client.user)

    def channel(self, channel: Channel, *, first_new: str | None, thread: str) -> dict[str, Any]:
        """A conversation, and beside it the thread of the message with the ts `thread`.

        `first_new` is the ts before which "New" stands; None for a person who only now enters.
        """
        conversation = Conversation(self._workspace, channel, self._user, self._reader)
        first_new = conversation.first_new() if first_new is None else first_new
        other = self._other(channel)
        members = [] if channel.kind == "im" else [self._workspace.users[each] for each in channel.members]
        return self._frame(channel.id) | {
            "place": "channel",
            "title": name_of(self._workspace, channel, self._user),
            "channel": channel,
            "other": card_of(self._workspace, other) if other else None,
            "members": [card_of(self._workspace, each) for each in members],
            "first_new": first_new,
            "days": conversation.days(first_new=first_new),
            "earlier": conversation.earlier,
            "thread": thread,
            "thread_lines": conversation.thread(thread) if thread else [],
            "refusal": self._refusal(channel),
            "may_join": channel.kind == "public" and not channel.archived and not self._user.is_guest,
        }

    def home(self) -> dict[str, Any]:
        """The app's Home tab as the app drew it for this person."""
        view = self._client.home
        surface = Surface("home", view.blocks, self._reader, view.state) if view else None
        return self._frame(None) | {
            "place": "home",
            "title": self._client.installation.bot_user.real_name,
            "home": view,
            "home_surface": surface,
        }

    def words(self) -> dict[str, Any]:
        """What the composer completes: commands, people, channels and emoji."""
        slackbot = self._workspace.slackbot
        people = [
            each for each in self._workspace.users.values() if each is not slackbot and not each.deleted
        ]
        people.sort(key=lambda each: (each.is_bot, each.name))
        return {
            "commands": [
                {"word": each.name, "hint": each.usage_hint, "note": each.description}
                for each in self._client.commands
            ],
            "people": [
                *({"word": f"@{each.name}", "note": each.real_name} for each in people),
                {"word": "@here", "note": "Everybody here who is active"},
                {"word": "@channel", "note": "Everybody in this channel"},
            ],
            "channels": [{"word": f"#{name}", "note": ""} for name in self._reader.channels.values()],
            "emoji": [{"word": f":{each}:", "note": emoji.find(each)} for each in emoji.names()],
        }

    @property
    def reader(self) -> Reader:
        return self._reader

    def _frame(self, open_id: str | None) -> dict[str, Any]:
        """What surrounds every page: clock, sidebar, modals."""
        installation = self._client.installation
        app_dm = self._client.dm.id
        return {
            "workspace": self._workspace,
            "reader": self._reader,
            "me": card_of(self._workspace, self._user),
            "people": cards_of_people(self._workspace),
            "sidebar": sidebar_of(self._workspace, self._user, self._reader, open_id or app_dm),
            "app": card_of(self._workspace, installation.bot_user),
            "app_dm": app_dm,
            "home_tab": self._client.slack.manifest.home_tab,
            "clock": self._clock_face(),
            "modals": self._modals(),
            "global_shortcuts": [each for each in self._client.shortcuts if each.kind == "global"],
            "message_shortcuts": [each for each in self._client.shortcuts if each.kind == "message"],
            "quick_emoji": [(each, emoji.find(each)) for each in emoji.FREQUENT],
        }

    def _modals(self) -> list[Modal]:
        return [
            Modal(
                view=view,
                surface=Surface(f"v-{view.id}", view.blocks, self._reader, view.state, view.errors),
                title=_label(view.title, ""),
                submit=_label(view.submit, ""),
                close=_label(view.close, "Cancel" if view.submit else "Close"),
            )
            for view in self._workspace.modals.get(self._user.id, [])
        ]

    def _clock_face(self) -> ClockFace:
        now = self._reader.local_now
        return ClockFace(dates.long_day(now), dates.short_day(now), dates.clock_time(now))

    def _other(self, channel: Channel) -> User | None:
        """The other side of direct messages between two; oneself in notes to oneself."""
        if channel.kind != "im":
            return None
        others = [each for each in channel.members if each != self._user.id] or channel.members
        return self._workspace.users[others[0]]

    def _refusal(self, channel: Channel) -> str:
        """Why there is no composer below this conversation; empty where there is one."""
        if self._user.deleted:
            return f"{self._user.real_name} is deactivated and cannot act any more."
        if channel.archived:
            return "This channel is archived. It can be read, not written to."
        if self._user.id not in channel.members:
            return f"You are looking at #{channel.name} without being a member."
        other = self._other(channel)
        if other and other.is_bot and self._client.slack.manifest.messages_tab_read_only:
            return f"Sending messages to {other.real_name} is turned off."
        return ""


def _label(text: Any, otherwise: str) -> str:
    return str(text.get("text", otherwise)) if text else otherwise
