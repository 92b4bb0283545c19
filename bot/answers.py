"""What Hoshin does about an ask: at once (the ack), and right after it (the follow-ups)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Block = dict[str, Any]
View = dict[str, Any]

MOST_OFFERED = 100


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted: `text` is what notifications and screen readers say, `blocks` what is drawn."""

    text: str
    blocks: tuple[Block, ...] = ()

    def payload(self) -> dict[str, Any]:
        """As Slack's methods and the outbox take it."""
        return {"text": self.text, "blocks": list(self.blocks)} if self.blocks else {"text": self.text}


@dataclass(frozen=True, slots=True)
class OpenView:
    """Opens a form with the ask's trigger; where that fails, `otherwise` says how to get to it.

    With `push` it goes on top of the form that the ask came from.
    """

    view: View
    push: bool = False


@dataclass(frozen=True, slots=True)
class UpdateView:
    """Redraws the open form that the ask came from (its hash guards against a newer one)."""

    view: View


@dataclass(frozen=True, slots=True)
class Respond:
    """A message for the asker alone, where they are.

    `as_ack` is the ready JSON of an ack with that message, for one that never changes.
    """

    message: Message
    as_ack: str | None = None

    def ack(self) -> dict[str, Any] | str:
        """The ack of a slash command that says it, as Bolt takes it."""
        return self.as_ack or {"response_type": "ephemeral", **self.message.payload()}


@dataclass(frozen=True, slots=True)
class RefreshHome:
    """Draws the asker's Home tab anew."""


@dataclass(frozen=True, slots=True)
class SendFile:
    """Puts a file into the asker's direct messages with the app, with a line of its own above it."""

    name: str
    content: bytes
    title: str
    comment: str


@dataclass(frozen=True, slots=True)
class Reply:
    """A message for everyone in the thread in which the app was mentioned."""

    message: Message


FollowUp = OpenView | UpdateView | Respond | RefreshHome | SendFile | Reply


@dataclass(frozen=True, slots=True)
class Answer:
    """One ack and what follows it. Made by the functions below."""

    ack: Mapping[str, Any] | None = None
    then: tuple[FollowUp, ...] = ()


def nothing(*then: FollowUp) -> Answer:
    """Acks without a word, then does what follows."""
    return Answer(None, then)


def say(message: Message, *then: FollowUp) -> Answer:
    """A message for the asker alone, where they are."""
    return Answer(None, (Respond(message), *then))


def always(message: Message) -> Answer:
    """As `say`, for a message that is the same for everyone: made once, so that each ask costs nothing."""
    return Answer(None, (Respond(message, json.dumps(Respond(message).ack())),))


def open_view(view: View) -> Answer:
    """Opens a form."""
    return Answer(None, (OpenView(view),))


def update_view(view: View, *then: FollowUp) -> Answer:
    """Answers a submission by the form's next page (or the same one, redrawn)."""
    return Answer({"response_action": "update", "view": view}, then)


def offer(options: Sequence[Block]) -> Answer:
    """Answers a menu that asks what to offer; Slack takes 100 at most."""
    return Answer({"options": list(options)[:MOST_OFFERED]})


def field_errors(sentences: Mapping[str, str]) -> Answer:
    """Answers a submission by sentences beside the inputs, by block_id."""
    return Answer({"response_action": "errors", "errors": dict(sentences)})
