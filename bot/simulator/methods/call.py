"""One call of a Web API method: who calls, and with what."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from bot.simulator.errors import SlackError

if TYPE_CHECKING:
    from bot.simulator.channels import Channel
    from bot.simulator.installation import Installation
    from bot.simulator.server import SlackSimulator
    from bot.simulator.workspace import Workspace

READ_SCOPES = {"public": "channels", "private": "groups", "im": "im", "mpim": "mpim"}


@dataclass(frozen=True, slots=True)
class Call:
    slack: SlackSimulator
    installation: Installation
    arguments: dict[str, Any]

    @property
    def workspace(self) -> Workspace:
        return self.installation.workspace

    @property
    def bot(self) -> str:
        """The bot's user id."""
        return self.installation.bot_user_id

    def text(self, name: str, default: str = "") -> str:
        value = self.arguments.get(name, default)
        if not isinstance(value, str):
            raise SlackError("invalid_arguments", [f"must provide a string [json-pointer:/{name}]"])
        return value

    def flag(self, name: str) -> bool:
        """True, 1, "1" and "true", as forms and JSON write it."""
        return self.arguments.get(name) in (True, 1, "1", "true", "True")

    def number(self, name: str, default: int) -> int:
        try:
            return int(self.arguments.get(name, default))
        except (TypeError, ValueError):
            raise SlackError(
                "invalid_arguments", [f"must provide an integer [json-pointer:/{name}]"]
            ) from None

    def json(self, name: str) -> Any:
        """An object or list, which a form carries as a JSON string. None where it is missing."""
        value = self.arguments.get(name)
        if not isinstance(value, str):
            return value
        if value == "":
            return None
        try:
            return json.loads(value)
        except ValueError:
            error = "invalid_blocks_format" if name == "blocks" else "invalid_arguments"
            raise SlackError(error) from None

    def need_scope(self, *any_of: str) -> None:
        """Raises missing_scope with `needed` and `provided`."""
        if not self.installation.has_any(frozenset(any_of)):
            raise missing_scope(any_of, self.installation)

    def channel(self, name: str = "channel") -> Channel:
        """The conversation with that id, if the bot may see it. Raises channel_not_found."""
        channel = self.workspace.channels.get(self.text(name))
        if channel is None or (channel.kind != "public" and self.bot not in channel.members):
            raise SlackError("channel_not_found")
        return channel

    def readable_channel(self, family: Literal["read", "history"]) -> Channel:
        """Also needs the scope for that kind of conversation, such as groups:history."""
        channel = self.channel()
        self.need_scope(f"{READ_SCOPES[channel.kind]}:{family}")
        return channel


def missing_scope(any_of: tuple[str, ...], installation: Installation) -> SlackError:
    return SlackError(
        "missing_scope",
        needed=",".join(sorted(any_of)),
        provided=",".join(sorted(installation.scopes)),
    )


@dataclass(frozen=True, slots=True)
class Method:
    """One row of the table of methods.

    `scopes`: any one of them suffices. `a_minute`: the rate of its tier, 0 for none.
    """

    name: str
    handler: Callable[[Call], dict[str, Any]]
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    a_minute: int = 0
    caller: Literal["bot", "app", "anyone"] = "bot"
    """Whose token the method takes."""
    allowed: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        # Bolt adds team_id to every call that a listener makes with its client.
        always = ("token", "team_id")
        object.__setattr__(self, "allowed", frozenset((*self.required, *self.optional, *always)))

    def check_arguments(self, arguments: dict[str, Any]) -> None:
        """Slack ignores unknown arguments; the simulator refuses them, because they are typos."""
        faults = [
            f"missing required field: {each}" for each in self.required if arguments.get(each) in (None, "")
        ]
        faults += [f"unknown argument: {each}" for each in sorted(set(arguments) - self.allowed)]
        if faults:
            raise SlackError("invalid_arguments", faults)
