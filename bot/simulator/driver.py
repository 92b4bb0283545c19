"""People of a test: what they see and do, in the labels that they read."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import forms, plain_text
from .client import Client, Outcome
from .forms import Placed
from .messages import Message
from .views import View

if TYPE_CHECKING:
    from .channels import Channel
    from .people import User
    from .server import SlackSimulator
    from .workspace import Workspace

Source = Message | View


class NotOnScreen(AssertionError):
    """What the person looked for is not there; the message lists what is."""


@dataclass(frozen=True, slots=True)
class ChannelView:
    """A conversation for a test to look at."""

    workspace: Workspace
    channel: Channel

    @property
    def id(self) -> str:
        return self.channel.id

    @property
    def messages(self) -> list[Message]:
        """All of them, replies and ephemeral ones included, oldest first."""
        return list(self.channel.messages.values())

    def as_text(self, user_id: str | None = None) -> str:
        return plain_text.channel_text(self.workspace, self.channel, user_id)


class Person:
    """Acts through the person's Slack client; every act waits until Slack and the app rest.

    Things are named by what people read: a button's text, a field's label, an option's text, or
    else by block_id or action_id. Where a label stands several times, the newest message wins
    and within it the first; `in_` and `nth` choose otherwise.
    """

    def __init__(self, slack: SlackSimulator, client: Client) -> None:
        self._slack = slack
        self.client = client

    def __repr__(self) -> str:
        return f"<@{self.user.name}>"

    @property
    def user(self) -> User:
        return self.client.user

    @property
    def id(self) -> str:
        return self.client.user_id

    # ---- what the person sees -------------------------------------------------------------------

    @property
    def modal(self) -> str | None:
        """The open modal as text; None where there is none."""
        view = self.client.modal
        return plain_text.view_text(self._workspace, view) if view is not None else None

    @property
    def home(self) -> str:
        """The App Home as text; empty where the app has published none."""
        view = self.client.home
        return plain_text.view_text(self._workspace, view) if view is not None else ""

    @property
    def dm(self) -> str:
        """The direct messages with the bot as text; empty where there are none yet."""
        channel = self._workspace.im_between(self.id, self.client.installation.bot_user_id)
        return plain_text.channel_text(self._workspace, channel, self.id) if channel is not None else ""

    @property
    def screen(self) -> str:
        """Everything: the modal, the App Home and every conversation of theirs."""
        parts = [self.modal] if self.modal is not None else []
        if self.home:
            parts.append(f"App Home\n{self.home}")
        parts += [
            plain_text.channel_text(self._workspace, each, self.id)
            for each in self._workspace.conversations_of(self.id)
        ]
        return "\n\n".join(parts)

    @property
    def messages(self) -> list[Message]:
        """Every message that the person can see, oldest first."""
        seen = [
            message
            for channel in self._workspace.conversations_of(self.id)
            for message in channel.visible_to(self.id)
        ]
        return sorted(seen, key=lambda each: each.ts)

    def sees(self, text: str) -> bool:
        return text in self.screen

    async def will_see(self, text: str, within: float | None = None) -> None:
        """Wait for it. Raises NotOnScreen."""
        if not await self._appears(lambda: self.sees(text), within):
            raise NotOnScreen(f"{self!r} does not see {text!r} but:\n\n{self.screen}")

    # ---- writing ----------------------------------------------------------------------------------

    async def types(
        self, text: str, channel: str | None = None, thread: Message | str | None = None
    ) -> Outcome:
        """A slash command or a message; in the direct messages with the bot unless said else."""
        thread_ts = thread.ts if isinstance(thread, Message) else thread
        return await self._at_rest(await self.client.send(self._channel_id(channel, thread), text, thread_ts))

    async def mentions_bot(
        self, text: str, channel: str | None = None, thread: Message | str | None = None
    ) -> Outcome:
        bot = self.client.installation.bot_user.name
        return await self.types(f"@{bot} {text}", channel, thread)

    async def reacts(self, emoji: str, message: Message) -> None:
        self.client.react(message, emoji)
        await self._slack.settled()

    async def uses_shortcut(self, name: str, message: Message | None = None) -> Outcome:
        """A global shortcut, or with a message one of its message shortcuts; by its name."""
        kind = "global" if message is None else "message"
        for shortcut in self.client.shortcuts:
            if shortcut.kind == kind and name in {shortcut.name, shortcut.callback_id}:
                if message is None:
                    return await self._at_rest(await self.client.shortcut(shortcut.callback_id))
                return await self._at_rest(await self.client.message_shortcut(shortcut.callback_id, message))
        offered = [each.name for each in self.client.shortcuts if each.kind == kind]
        raise NotOnScreen(f"There is no {kind} shortcut {name!r}, only {offered}.")

    # ---- looking ------------------------------------------------------------------------------------

    async def opens_home(self) -> None:
        self.client.open_home()
        await self._slack.settled()

    async def opens_messages(self) -> None:
        self.client.open_messages()
        await self._slack.settled()

    # ---- pressing and filling -----------------------------------------------------------------------

    async def clicks(self, label: str, *, in_: Source | None = None, nth: int = 0) -> Outcome:
        """A button, or an option of an overflow menu."""
        source, placed, values = await self._wait_for(
            f"button {label!r}", lambda: self._buttons(label, in_), nth
        )
        return await self._at_rest(await self.client.act(source, placed.block_id, placed.action_id, values))

    async def picks(self, label: str, *choices: str, in_: Source | None = None, nth: int = 0) -> Outcome:
        """Options by their text, people by name, dates as YYYY-MM-DD; nothing: empties it."""
        source, placed, _ = await self._wait_for(f"field {label!r}", lambda: self._fields(label, in_), nth)
        values = [await self._value(source, placed, each) for each in choices]
        return await self._at_rest(await self.client.act(source, placed.block_id, placed.action_id, values))

    async def fills(self, fields: Mapping[str, str | Sequence[str]], *, in_: Source | None = None) -> None:
        """`{"First-contact resolution": "78"}`: by label, block_id or action_id.

        A field may be named by its label and, where labels repeat, the text above it:
        `"First-contact resolution / Value"` is the first "Value" after that text.
        """
        for label, entered in fields.items():
            choices = [entered] if isinstance(entered, str) else list(entered)
            await self.picks(label, *choices, in_=in_)

    async def drops(self, label: str, name: str, content: bytes, *, in_: Source | None = None) -> Outcome:
        """A file into a form's field for files."""
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        file = self.client.upload(name, content, kind)
        return await self.picks(label, file.id, in_=in_)

    async def submits(self, *, force: bool = False) -> Outcome:
        """Press the modal's button; `force` goes past the checks of Slack's client."""
        return await self._at_rest(await self.client.submit(await self._open_modal(), force=force))

    async def closes(self, *, whole_stack: bool = False) -> Outcome:
        view = await self._open_modal()
        return await self._at_rest(await self.client.close(view, whole_stack=whole_stack))

    # ---- inside -------------------------------------------------------------------------------------

    @property
    def _workspace(self) -> Workspace:
        return self.client.workspace

    def _channel_id(self, channel: str | None, thread: Message | str | None) -> str:
        if channel is not None:
            return self._slack.channel(channel).id
        if isinstance(thread, Message):
            return thread.channel
        return self.client.dm.id

    def _sources(self, in_: Source | None) -> list[Source]:
        """Where to look: a modal covers everything else; then newest messages, then the Home."""
        if in_ is not None:
            return [in_]
        if self.client.modal is not None:
            return [self.client.modal]
        home = [self.client.home] if self.client.home is not None else []
        return [*reversed(self.messages), *home]

    def _buttons(self, label: str, in_: Source | None) -> list[tuple[Source, Placed, list[str]]]:
        found: list[tuple[Source, Placed, list[str]]] = []
        for source in self._sources(in_):
            for placed in forms.placed_elements(source.blocks):
                if placed.type in {"button", "icon_button"}:
                    if label in {placed.label, placed.action_id}:
                        found.append((source, placed, []))
                elif placed.type == "overflow":
                    found += [
                        (source, placed, [option["value"]])
                        for option in placed.element["options"]
                        if option["text"]["text"] == label
                    ]
        return found

    def _fields(self, label: str, in_: Source | None) -> list[tuple[Source, Placed, list[str]]]:
        above, _, last = label.rpartition(" / ")
        found: list[tuple[Source, Placed, list[str]]] = []
        for source in self._sources(in_):
            passed = not above
            for block in source.blocks:
                for placed in forms.placed_elements([block]):
                    names = {placed.label, placed.block_id, placed.action_id}
                    if placed.type in forms.STATE_KEYS and (label in names or (passed and last in names)):
                        found.append((source, placed, []))
                text = "\n".join(plain_text.blocks_lines(self._workspace, [block], {}))
                passed = passed or above in text
        return found

    async def _wait_for(
        self,
        what: str,
        find: Callable[[], list[tuple[Source, Placed, list[str]]]],
        nth: int,
    ) -> tuple[Source, Placed, list[str]]:
        await self._appears(lambda: len(find()) > nth, None)
        found = find()
        if len(found) <= nth:
            raise NotOnScreen(f"{self!r} finds no {what} but:\n\n{self.screen}")
        return found[nth]

    async def _value(self, source: Source, placed: Placed, choice: str) -> str:
        """The plain value behind what a person reads."""
        key = forms.STATE_KEYS[placed.type][0]
        if key in {"selected_user", "selected_users"}:
            return self._slack.person(choice, self._workspace).id
        if "channel" in key or "conversation" in key:
            return self._slack.channel(choice).id
        if key not in {"selected_option", "selected_options"}:
            return choice
        options = forms.offered_options(placed.element)
        if placed.type.endswith("external_select"):
            options = await self.client.suggestions(source, placed.block_id, placed.action_id, choice)
        for option in options:
            if choice in {option["text"]["text"], option["value"]}:
                return str(option["value"])
        texts = [each["text"]["text"] for each in options]
        raise NotOnScreen(f"{placed.label!r} offers {texts}, not {choice!r}.")

    async def _open_modal(self) -> View:
        await self._appears(lambda: self.client.modal is not None, None)
        view = self.client.modal
        if view is None:
            raise NotOnScreen(f"{self!r} has no modal open but sees:\n\n{self.screen}")
        return view

    async def _appears(self, condition: Callable[[], bool], within: float | None) -> bool:
        if condition():
            return True
        patience = self._slack.patience if within is None else within
        return await self._slack.feed.until(condition, patience)

    async def _at_rest(self, outcome: Outcome) -> Outcome:
        if not self._slack.activity.at_rest:
            await self._slack.settled()
        return outcome
