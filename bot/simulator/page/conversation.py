"""A conversation as it is read: days, messages, reactions, threads."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from markupsafe import Markup

from bot.simulator.channels import Channel
from bot.simulator.messages import File, Message
from bot.simulator.people import User
from bot.simulator.workspace import Workspace

from . import dates, emoji, mrkdwn
from .fields import Surface
from .people import Card, card_of
from .reader import Reader

_TOGETHER = timedelta(minutes=5)
"""Messages of one author that follow within this time share one avatar, as in Slack."""
_FACES = 4
_SHOWN = 200
"""The newest messages of a conversation that are drawn; a year of prompts would be slow to draw."""
_PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


@dataclass(frozen=True, slots=True)
class Reaction:
    name: str
    sign: str
    count: int
    is_mine: bool
    who: str


@dataclass(frozen=True, slots=True)
class Replies:
    """What stands below a message that began a thread."""

    count: int
    faces: list[Card]
    last: str
    path: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A secondary attachment: a coloured line beside text or blocks."""

    color: str
    text: Markup
    surface: Surface


@dataclass(frozen=True, slots=True)
class Line:
    """One message. `surface` has no blocks where the text is all there is."""

    message: Message
    key: str
    author: Card
    author_name: str
    time: str
    full_time: str
    text: Markup
    is_jumbo: bool
    surface: Surface
    attachments: list[Attachment]
    pictures: list[File]
    files: list[File]
    reactions: list[Reaction]
    replies: Replies | None
    follows: bool
    is_first_new: bool
    calls_me: bool
    edited: str
    thread_path: str


@dataclass(frozen=True, slots=True)
class Day:
    on: date
    heading: str
    lines: list[Line] = field(default_factory=list)


class Conversation:
    """Draws the messages of one channel for one reader."""

    def __init__(self, workspace: Workspace, channel: Channel, user: User, reader: Reader) -> None:
        self._workspace = workspace
        self._channel = channel
        self._user = user
        self._reader = reader

    def days(self, *, first_new: str) -> list[Day]:
        """The newest messages day by day, with a mark before the one whose ts is `first_new`."""
        messages = self._channel.top_level(self._user.id)[-_SHOWN:]
        return self._by_day(messages, first_new=first_new, prefix="m")

    def first_new(self) -> str:
        """The ts of the first message of others that came after the person last read here.

        Empty where there is none, and where they never read here: then nothing is news.
        """
        read = self._channel.last_read.get(self._user.id, "")
        new = (each.ts for each in self._channel.top_level() if each.ts > read and each.user != self._user.id)
        return next(new, "") if read else ""

    @property
    def earlier(self) -> int:
        """How many older messages are not drawn."""
        return max(0, len(self._channel.top_level(self._user.id)) - _SHOWN)

    def thread(self, ts: str) -> list[Line]:
        """The parent and its replies; empty where the parent is not there (any more)."""
        messages = self._channel.thread(ts, self._user.id)
        return [line for day in self._by_day(messages, first_new="", prefix="t") for line in day.lines]

    def _by_day(self, messages: Sequence[Message], *, first_new: str, prefix: str) -> list[Day]:
        days: list[Day] = []
        before: Message | None = None
        for message in messages:
            moment = self._reader.local(message.ts)
            if not days or days[-1].on != moment.date():
                heading = dates.day_heading(moment, self._reader.local_now)
                days.append(Day(moment.date(), heading))
                before = None
            is_first_new = message.ts == first_new
            follows = self._follows(before, message) and not is_first_new
            days[-1].lines.append(
                self._line(message, prefix=prefix, follows=follows, is_first_new=is_first_new)
            )
            before = message
        return days

    def _follows(self, before: Message | None, message: Message) -> bool:
        if before is None or before.user != message.user or before.username != message.username:
            return False
        if before.ephemeral_to != message.ephemeral_to or message.is_reply != before.is_reply:
            return False
        return dates.instant_of(message.ts) - dates.instant_of(before.ts) < _TOGETHER

    def _line(self, message: Message, *, prefix: str, follows: bool, is_first_new: bool) -> Line:
        moment = self._reader.local(message.ts)
        author = card_of(self._workspace, self._workspace.users[message.user])
        key = f"{prefix}-{message.ts.replace('.', '-')}"
        return Line(
            message=message,
            key=key,
            author=author,
            author_name=message.username or author.name,
            time=dates.clock_time(moment),
            full_time=f"{dates.long_day(moment)} at {moment:%H:%M:%S}",
            text=mrkdwn.render(message.text, self._reader),
            is_jumbo=not message.blocks and mrkdwn.is_only_emoji(message.text),
            surface=self._surface(message, key),
            attachments=self._attachments(message, key),
            pictures=[each for each in message.files if each.mimetype in _PICTURES],
            files=[each for each in message.files if each.mimetype not in _PICTURES],
            reactions=self._reactions(message),
            replies=None if message.is_reply or prefix == "t" else self._replies(message),
            follows=follows,
            is_first_new=is_first_new,
            calls_me=self._user.id in message.mentions or bool(message.broadcasts),
            edited=self._edited(message),
            thread_path=self._thread_path(message),
        )

    def _surface(self, message: Message, key: str) -> Surface:
        state = message.form_states.get(self._user.id, {})
        return Surface(key, message.blocks, self._reader, state)

    def _attachments(self, message: Message, key: str) -> list[Attachment]:
        return [
            Attachment(
                color=str(each.get("color", "")),
                text=mrkdwn.render(str(each.get("text", "")), self._reader),
                surface=Surface(f"{key}-a{number}", each.get("blocks", []), self._reader),
            )
            for number, each in enumerate(message.attachments)
        ]

    def _reactions(self, message: Message) -> list[Reaction]:
        return [
            Reaction(
                name=name,
                sign=emoji.find(name.partition("::")[0]) or f":{name}:",
                count=len(users),
                is_mine=self._user.id in users,
                who=", ".join(self._reader.people.get(each, each) for each in users),
            )
            for name, users in message.reactions.items()
        ]

    def _replies(self, message: Message) -> Replies | None:
        replies = self._channel.replies(message.ts)
        if not replies:
            return None
        authors = list(dict.fromkeys(each.user for each in replies))[:_FACES]
        return Replies(
            count=len(replies),
            faces=[card_of(self._workspace, self._workspace.users[each]) for each in authors],
            last=dates.gap(dates.instant_of(replies[-1].ts), self._reader.now),
            path=self._thread_path(message),
        )

    def _thread_path(self, message: Message) -> str:
        path = self._reader.path_of_channel(message.channel)
        return f"{path}?thread={message.thread_ts or message.ts}"

    def _edited(self, message: Message) -> str:
        # Slack shows no mark on messages made of blocks, which apps update in place.
        if message.edited_ts is None or message.blocks:
            return ""
        return dates.clock_time(self._reader.local(message.edited_ts))
