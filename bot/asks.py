"""What someone wants of Hoshin: Slack's payloads, parsed once into one plain shape."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from bot import ids
from storage.database import UnitOfWork
from storage.rules.errors import Invalid, NotAllowed

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts: a member of the workspace, as plain values."""

    member_id: int
    slack_user_id: str
    name: str
    zone: str
    locale: str
    is_guest: bool = False


@dataclass(frozen=True, slots=True)
class MessageRef:
    """The message that a button or a shortcut belongs to."""

    channel_id: str
    ts: str
    thread_ts: str | None = None


@dataclass(frozen=True, slots=True)
class ViewRef:
    """The form or Home tab that an action or a submission belongs to."""

    id: str
    hash: str
    callback_id: str
    metadata: str
    """`private_metadata` as it was set; `bot/ids.py` reads it."""


@dataclass(frozen=True, slots=True)
class Form:
    """The values typed so far, by the block_id of their input.

    Texts and single choices are strings, several choices lists of strings, an empty input is None.
    """

    values: Mapping[str, str | list[str] | None] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The typed text or chosen value, stripped; empty where nothing was given."""
        value = self.values.get(name)
        return value.strip() if isinstance(value, str) else ""

    def choices(self, name: str) -> list[str]:
        value = self.values.get(name)
        return value if isinstance(value, list) else []

    def texts(self) -> dict[str, str]:
        """Every input's text; empty where it has none."""
        return {name: self.text(name) for name in self.values}


class Runner(Protocol):
    """Runs one unit of work in the asker's workspace, at the ask's instant."""

    async def __call__(
        self, work: Callable[Concatenate[UnitOfWork, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T: ...


class Meeting(Protocol):
    """The member behind a Slack user, met in Slack where the record does not know them yet.

    Raises:
        NotAllowed: the account is deactivated, a bot, or of another workspace.
    """

    async def __call__(self, slack_user_id: str) -> Person: ...


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """A file that someone put into a form."""

    name: str
    content: bytes


class Fetching(Protocol):
    """Brings a file that was put into a form, by its Slack id.

    Raises:
        Invalid: it is too large, gone, or Slack does not hand it over (field "file").
    """

    async def __call__(self, file_id: str) -> DroppedFile: ...


@dataclass(frozen=True, slots=True)
class FileHead:
    """How a file begins that someone put into a form; `size` is the whole file's, in bytes."""

    name: str
    size: int
    head: bytes


class Peeking(Protocol):
    """Looks at how a file begins that was put into a form, by its Slack id.

    Raises:
        Invalid: it is gone, kept elsewhere, or Slack does not hand it over (with the field given).
    """

    async def __call__(self, file_id: str, field: str) -> FileHead: ...


async def _peeks_at_nothing(file_id: str, field: str) -> FileHead:
    raise NotAllowed(f"No file can be brought here, {file_id} neither ({field}).")


async def _fetches_nothing(file_id: str) -> DroppedFile:
    raise NotAllowed(f"No file can be brought here, {file_id} neither.")


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """A conversation as Slack describes it. `is_direct`: between the app and one person; `is_group`: among
    several, whom nobody can join.

    `present` are those in it (Slack ids), of those who were asked after; None where nobody was, or where
    Slack does not tell.
    """

    id: str
    is_private: bool
    is_member: bool
    is_archived: bool = False
    is_direct: bool = False
    is_group: bool = False
    present: frozenset[str] | None = None


class Looking(Protocol):
    """What Slack says of a conversation.

    Raises:
        Invalid: the app is not in it or Slack does not tell (field "channel").
    """

    async def __call__(self, channel_id: str) -> ChannelFacts: ...


async def _sees_nothing(channel_id: str) -> ChannelFacts:
    raise NotAllowed(f"Nothing can be looked up here, {channel_id} neither.")


class Finding(Protocol):
    """Who of some people (Slack ids) is in a conversation; None where Slack does not tell."""

    async def __call__(self, channel_id: str, slack_user_ids: Collection[str]) -> frozenset[str] | None: ...


async def _finds_nobody(channel_id: str, slack_user_ids: Collection[str]) -> frozenset[str] | None:
    del channel_id, slack_user_ids
    return None


class Gathering(Protocol):
    """Opens the group conversation of some people (Slack ids) and the app.

    Raises:
        Invalid: they are too many, or the workspace does not let the app do this (field "channel").
    """

    async def __call__(self, slack_user_ids: Sequence[str]) -> ChannelFacts: ...


async def _gathers_nobody(slack_user_ids: Sequence[str]) -> ChannelFacts:
    raise NotAllowed(f"Nobody can be gathered here, {len(slack_user_ids)} people neither.")


async def _meets_nobody(slack_user_id: str) -> Person:
    raise NotAllowed(f"Nobody can be looked up here, {slack_user_id} neither.")


class Learning(Protocol):
    """Asks Slack who reads a conversation, unless that is known, so that what all may see can be told."""

    async def __call__(self, channel_id: str) -> None: ...


async def _learns_nothing(channel_id: str) -> None:
    del channel_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One command, press, submission, shortcut or event of one person.

    `run` writes: it carries the delivery's claim in the same transaction, so that the same delivery coming
    again raises Duplicate, which the wrapper answers. A second press is a second ask: what it does twice must
    do no harm. `read` only looks.
    """

    workspace_id: int
    person: Person
    now: datetime
    run: Runner
    read: Runner
    meet: Meeting = _meets_nobody
    """Finds whom a form names, before the unit of work that makes them an owner or a member."""
    learn_readers: Learning = _learns_nothing
    """Before something is told to everyone in a conversation."""
    fetch: Fetching = _fetches_nothing
    peek: Peeking = _peeks_at_nothing
    takes_files: bool = True
    """Whether a form may have a field for files: Slack opens none for an app that may not read them."""
    look_at: Looking = _sees_nothing
    """Asks Slack about the conversation that a form names, before anything is posted there."""
    find_present: Finding = _finds_nobody
    """Asks Slack who of some people would read what is posted in a conversation."""
    open_group: Gathering = _gathers_nobody
    bot_user_id: str = ""
    text: str = ""
    """A command's arguments after its verb, a message's text, or the letters typed into a menu."""
    value: str = ""
    """The pressed button's value, or the chosen option's."""
    action_id: str = ""
    channel_id: str | None = None
    message: MessageRef | None = None
    view: ViewRef | None = None
    form: Form = field(default_factory=Form)
    trigger_id: str | None = None
    happened_at: datetime | None = None
    """When an event happened; Slack may deliver it much later, or again."""
    payload: Mapping[str, Any] = field(default_factory=dict)
    """Slack's own payload, for the rare listener that needs more; never logged."""

    @property
    def is_in_form(self) -> bool:
        """Whether a form is open, in whose place the next one stands; the Home tab is none."""
        return self.view is not None and self.view.callback_id != ids.HOME

    @property
    def metadata(self) -> dict[str, Any]:
        """What the form carries beside its inputs; raises Invalid as `ids.unpack`."""
        return ids.unpack(self.view.metadata if self.view else "")

    def carried_number(self, name: str) -> int:
        """A number in the form's metadata, such as a row's id.

        Raises:
            Invalid: there is none, for a form of another version of Hoshin.
        """
        number = self.metadata.get(name)
        if not isinstance(number, int):
            raise Invalid(ids.OLD_FORM)
        return number
