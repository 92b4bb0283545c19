"""The Slack client of one person: what happens when somebody types, presses or submits.

The web page and the tests' driver both stand on it. Every method that tells the app something
waits for its acknowledgement and answers an `Outcome`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import events, forms, submissions
from .blocks import check_options
from .composing import escape_command, escape_message
from .deliveries import Answer, Failure, Kind
from .errors import SlackError
from .forms import Json, Placed
from .messages import File, Message
from .payloads import Payloads, action_of
from .rendering import file_as_slack
from .replying import post_reply
from .views import View

if TYPE_CHECKING:
    from .channels import Channel
    from .installation import Installation
    from .manifest import Command, Shortcut
    from .people import User
    from .server import SlackSimulator
    from .workspace import Workspace

NO_RESPONSE = "failed because the app did not respond"
TROUBLE = "We had some trouble connecting. Try again?"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an act. `notice`: what Slack's client says instead of success.

    `problems` (block_id → sentence): the client itself stopped the form; the app heard nothing.
    """

    notice: str = ""
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return not self.notice and not self.problems


DONE = Outcome()


class Client:
    def __init__(self, slack: SlackSimulator, workspace: Workspace, user_id: str) -> None:
        self.slack = slack
        self.workspace = workspace
        self.user_id = user_id
        self._offered: dict[tuple[str, str, str], list[Json]] = {}

    @property
    def user(self) -> User:
        return self.workspace.users[self.user_id]

    @property
    def installation(self) -> Installation:
        return self.slack.installation_of(self.workspace)

    # ---- what the person finds ----------------------------------------------------------------

    @property
    def dm(self) -> Channel:
        """The direct messages with the bot (the "Messages" tab of the app)."""
        return self.workspace.open_im(self.user_id, self.installation.bot_user_id)

    @property
    def modal(self) -> View | None:
        return self.workspace.modal(self.user_id)

    @property
    def home(self) -> View | None:
        return self.workspace.homes.get(self.user_id)

    @property
    def commands(self) -> tuple[Command, ...]:
        """The slash commands that the app offers this person."""
        return self.slack.manifest.commands if self._may_call_the_app else ()

    @property
    def shortcuts(self) -> tuple[Shortcut, ...]:
        return self.slack.manifest.shortcuts if self._may_call_the_app else ()

    # ---- writing --------------------------------------------------------------------------------

    async def send(self, channel_id: str, text: str, thread_ts: str | None = None) -> Outcome:
        """Send what stands in the composer: a slash command or a message."""
        if text.startswith("/"):
            command, _, rest = text.partition(" ")
            return await self.run_command(channel_id, command, rest.strip(), thread_ts)
        return self.post(channel_id, text, thread_ts)

    def post(self, channel_id: str, text: str, thread_ts: str | None = None) -> Outcome:
        """`@name`, `#channel`, `@here` become mentions, everything else is escaped."""
        refusal = self._refusal(channel_id)
        if refusal is not None:
            return Outcome(refusal)
        escaped = escape_message(self.workspace, text)
        message = self.workspace.post(channel_id, self.user_id, escaped, thread_ts=thread_ts)
        self.workspace.mark_read(channel_id, self.user_id)
        bot = self.installation.bot_user
        if bot.id in message.mentions and bot.id not in self.workspace.channels[channel_id].members:
            self._slackbot_says(channel_id, f"You mentioned @{bot.name}, but they're not in this channel.")
        return DONE

    async def run_command(
        self, channel_id: str, name: str, text: str, thread_ts: str | None = None
    ) -> Outcome:
        command = next((each for each in self.commands if each.name == name), None)
        if command is None:
            return Outcome(f"{name} is not a valid command.")
        if thread_ts is not None:
            # Slack refuses the slash commands of apps in threads.
            return Outcome(f"{name} is not supported in threads. Sorry!")
        refusal = self._refusal(channel_id)
        if refusal is not None:
            return Outcome(refusal)
        url = self.slack.response_urls.issue(self.workspace.team_id, self.user_id, channel_id)
        payload = self._payloads.slash_command(
            channel_id=channel_id,
            command=name,
            text=escape_command(self.workspace, text) if command.should_escape else text,
            trigger_id=self._trigger(),
            response_url=self.slack.response_url(url),
        )
        answer = await self._deliver("slash_commands", payload)
        if isinstance(answer, Failure):
            notice = f"{name} {NO_RESPONSE}"
            self._slackbot_says(channel_id, notice)
            return Outcome(notice)
        return self._take_reply(channel_id, name, answer)

    async def shortcut(self, callback_id: str) -> Outcome:
        """A global shortcut, from the search bar or the composer's menu."""
        declared = self._shortcut(callback_id, "global")
        payload = self._payloads.shortcut(callback_id=callback_id, trigger_id=self._trigger())
        return self._acknowledged(declared.name, await self._deliver("interactive", payload))

    async def message_shortcut(self, callback_id: str, message: Message) -> Outcome:
        declared = self._shortcut(callback_id, "message")
        # Slack answers a message shortcut into the parent conversation only.
        url = self.slack.response_urls.issue(
            self.workspace.team_id, self.user_id, message.channel, message.ts
        )
        payload = self._payloads.message_action(
            callback_id=callback_id,
            message=message,
            trigger_id=self._trigger(),
            response_url=self.slack.response_url(url),
        )
        return self._acknowledged(declared.name, await self._deliver("interactive", payload))

    def react(self, message: Message, emoji: str) -> None:
        self.workspace.react(message, self.user_id, emoji.strip(":"))

    def unreact(self, message: Message, emoji: str) -> None:
        self.workspace.unreact(message, self.user_id, emoji.strip(":"))

    # ---- looking ----------------------------------------------------------------------------------

    def open_home(self) -> None:
        """Open the app's Home tab; the app hears app_home_opened."""
        view = self.home.as_slack() if self.home is not None else None
        self._opened_tab("home", view)

    def open_messages(self) -> None:
        self._opened_tab("messages", None)
        self.workspace.mark_read(self.dm.id, self.user_id)

    def read(self, channel_id: str) -> None:
        self.workspace.mark_read(channel_id, self.user_id)

    # ---- pressing and filling -----------------------------------------------------------------------

    def element(self, source: Message | View, block_id: str, action_id: str) -> Placed:
        """Raises LookupError where there is no such element."""
        placed = forms.find_element(source.blocks, block_id, action_id)
        if placed is None:
            raise LookupError(f"{block_id}/{action_id}")
        return placed

    async def act(
        self, source: Message | View, block_id: str, action_id: str, values: Sequence[str] = ()
    ) -> Outcome:
        """Press a button, choose from a menu or type into a field.

        `values` are plain strings: option values, ids, a date, the text typed. Choosing tells
        the app at once where the element is no input or has dispatch_action; else the value
        waits in the form's state for the submission.
        Raises LookupError for an element or option that is not there.
        """
        placed = self.element(source, block_id, action_id)
        state = self._choose(source, placed, values)
        if placed.type in forms.STATE_KEYS:
            assert state is not None  # noqa: S101 - narrows for the type checker
            self._keep(source, placed, state)
        if not placed.dispatches:
            return DONE
        action = action_of(placed.element, block_id, state)
        answer = await self._deliver("interactive", self._actions_payload(source, action))
        # Slack only draws a warning sign beside an element whose app did not answer.
        return Outcome(TROUBLE) if isinstance(answer, Failure) else DONE

    async def suggestions(
        self, source: Message | View, block_id: str, action_id: str, query: str
    ) -> list[Json]:
        """The options that the app offers in an external select for what was typed.

        Raises SlackError where the app's answer is malformed.
        """
        payload = self._payloads.block_suggestion(
            source=source, action_id=action_id, block_id=block_id, value=query
        )
        answer = await self._deliver("interactive", payload)
        if isinstance(answer, Failure):
            return []
        check_options(answer.body)
        options = forms.offered_options(answer.body)
        key = (self._source_id(source), block_id, action_id)
        self._offered.setdefault(key, []).extend(options)
        return options

    # ---- modals ---------------------------------------------------------------------------------------

    async def submit(self, view: View, *, force: bool = False) -> Outcome:
        """Press the modal's submit button.

        Slack's client checks the form first; `force` goes past that, as a tampered client would.
        """
        if not force:
            view.errors = forms.problems(view.blocks, view.state)
            if view.errors:
                self.workspace.view_changed(view)
                return Outcome(problems=view.errors)
        view.errors, view.notice = {}, None
        payload = self._payloads.view_submission(
            view=view, trigger_id=self._trigger(view.id), response_urls=self._response_urls(view)
        )
        answer = await self._deliver("interactive", payload)
        if isinstance(answer, Failure):
            view.notice = TROUBLE
            self.workspace.view_changed(view)
            return Outcome(TROUBLE)
        try:
            submissions.apply(self.slack, self.installation, view, answer.body)
        except SlackError as refusal:
            self.slack.note_refusal("view_submission response", refusal)
            view.notice = TROUBLE
            self.workspace.view_changed(view)
            return Outcome(TROUBLE)
        return DONE

    async def close(self, view: View, *, whole_stack: bool = False) -> Outcome:
        """Press Cancel, or the cross that closes the whole stack.

        The app hears of each closed view that asked for it (notify_on_close).
        """
        cleared = whole_stack or view.clear_on_close
        for closed in self.workspace.close_modal(view, whole_stack=cleared):
            if closed.notify_on_close:
                payload = self._payloads.view_closed(view=closed, is_cleared=cleared)
                await self._deliver("interactive", payload)
        return DONE

    # ---- inside -----------------------------------------------------------------------------------------

    @property
    def _may_call_the_app(self) -> bool:
        """People of another workspace see the app's messages but cannot call it."""
        at_home = self.user.team_id == self.workspace.team_id
        installed = not self.installation.revoked and "commands" in self.installation.scopes
        return at_home and installed

    @property
    def _payloads(self) -> Payloads:
        return Payloads(self.installation, self.user)

    def _trigger(self, view_id: str | None = None) -> str:
        return self.slack.triggers.issue(self.workspace.team_id, self.user_id, view_id)

    async def _deliver(self, kind: Kind, payload: Mapping[str, Any]) -> Answer | Failure:
        if self.user.deleted:
            raise PermissionError(f"@{self.user.name} is deactivated and cannot act.")
        return await self.slack.deliveries.interaction(self.installation, kind, dict(payload))

    def _refusal(self, channel_id: str) -> str | None:
        """Why the person cannot write there."""
        channel = self.workspace.channels[channel_id]
        if self.user.deleted:
            raise PermissionError(f"@{self.user.name} is deactivated and cannot act.")
        if channel.archived:
            return "This channel is archived."
        if self.user_id not in channel.members:
            return "You are not a member of this channel."
        if channel.kind == "im" and self.installation.bot_user_id in channel.members:
            manifest = self.slack.manifest
            if manifest.messages_tab_read_only or not manifest.messages_tab:
                return "Sending messages to this app has been turned off."
        return None

    def _actions_payload(self, source: Message | View, action: Json) -> Json:
        if isinstance(source, View):
            inside = source.id if source.type == "modal" else None
            return self._payloads.view_actions(
                view=source, actions=[action], trigger_id=self._trigger(inside)
            )
        url = self.slack.response_urls.issue(
            self.workspace.team_id, self.user_id, source.channel, source.ts, source.thread_ts
        )
        return self._payloads.message_actions(
            message=source,
            actions=[action],
            trigger_id=self._trigger(),
            response_url=self.slack.response_url(url),
        )

    def _response_urls(self, view: View) -> list[Json]:
        """For each chosen conversation of an element with response_url_enabled."""
        urls = []
        for placed in forms.placed_elements(view.blocks):
            chosen = view.state.get(placed.block_id, {}).get(placed.action_id, {})
            channel_id = chosen.get("selected_conversation") or chosen.get("selected_channel")
            if placed.element.get("response_url_enabled") and channel_id:
                url = self.slack.response_urls.issue(self.workspace.team_id, self.user_id, channel_id)
                urls.append(
                    {
                        "block_id": placed.block_id,
                        "action_id": placed.action_id,
                        "channel_id": channel_id,
                        "response_url": self.slack.response_url(url),
                    }
                )
        return urls

    def _choose(self, source: Message | View, placed: Placed, values: Sequence[str]) -> Json | None:
        if placed.type in {"button", "workflow_button", "icon_button"}:
            return None
        if placed.type == "file_input":
            return self._attached(placed, values)
        known = self._offered.get((self._source_id(source), placed.block_id, placed.action_id), ())
        chosen = forms.chosen_from(placed.element, values, known)
        if placed.type == "overflow":
            return {"selected_option": chosen}
        return forms.state_of(placed.element, chosen)

    def _attached(self, placed: Placed, file_ids: Sequence[str]) -> Json:
        """Files of this person, by their ids, as they stand in a form's state.

        Slack's own client takes no other kinds and no more of them than the app asked for.
        """
        files = [self.workspace.files[each] for each in file_ids if each]
        endings = placed.element.get("filetypes")
        for file in files:
            if endings and file.name.rpartition(".")[2].lower() not in endings:
                raise LookupError(f"{file.name} is not of {endings}")
        if len(files) > placed.element.get("max_files", 10):
            raise LookupError("too many files")
        for file in files:
            file.is_handed_over = True
        return forms.state_of(placed.element, [file_as_slack(self.workspace, each) for each in files])

    def upload(self, name: str, content: bytes, mimetype: str = "application/octet-stream") -> File:
        """Puts a file into the workspace, as dropping one into a form or a composer does."""
        file = File(
            id=self.workspace.ids.new("F"),
            name=name,
            title=name,
            user=self.user_id,
            created=int(self.workspace.now().timestamp()),
            content=content,
            mimetype=mimetype,
            complete=True,
        )
        self.workspace.files[file.id] = file
        return file

    def _keep(self, source: Message | View, placed: Placed, state: Json) -> None:
        if isinstance(source, View):
            form = source.state
            source.errors.pop(placed.block_id, None)
        else:
            form = source.form_states.setdefault(self.user_id, forms.initial_state(source.blocks))
        form.setdefault(placed.block_id, {})[placed.action_id] = state
        self.slack.feed.publish("form", self.workspace.team_id, user_id=self.user_id)

    def _source_id(self, source: Message | View) -> str:
        return source.id if isinstance(source, View) else source.ts

    def _shortcut(self, callback_id: str, kind: str) -> Shortcut:
        for shortcut in self.shortcuts:
            if shortcut.callback_id == callback_id and shortcut.kind == kind:
                return shortcut
        raise LookupError(f"The manifest declares no {kind} shortcut {callback_id!r}.")

    def _acknowledged(self, name: str, answer: Answer | Failure) -> Outcome:
        return Outcome(f"{name} {NO_RESPONSE}") if isinstance(answer, Failure) else DONE

    def _take_reply(self, channel_id: str, name: str, answer: Answer) -> Outcome:
        """A command's acknowledgement may carry a message, ephemeral unless it says otherwise."""
        if answer.body in (None, ""):
            return DONE
        reply = {"text": answer.body} if isinstance(answer.body, str) else answer.body
        url = self.slack.response_urls.issue(self.workspace.team_id, self.user_id, channel_id)
        try:
            post_reply(self.installation, url, reply)
        except SlackError as refusal:
            self.slack.note_refusal(f"{name} response", refusal)
            notice = f'{name} failed with the error "{refusal.error}"'
            self._slackbot_says(channel_id, notice)
            return Outcome(notice)
        return DONE

    def _slackbot_says(self, channel_id: str, text: str) -> None:
        self.workspace.post(channel_id, self.workspace.slackbot.id, text, ephemeral_to=self.user_id)

    def _opened_tab(self, tab: str, view: Json | None) -> None:
        happening = events.app_home_opened(self.workspace, self.user_id, self.dm.id, view, tab)
        self.slack.deliveries.announce(self.workspace, happening)
