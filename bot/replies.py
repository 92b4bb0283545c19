"""What people read when something does not work: a sentence, in the place where they are."""

import secrets
from collections.abc import Mapping
from typing import Any

from bot import ids
from bot.answers import Answer, Message, View, field_errors, nothing, offer, say, update_view
from bot.blockkit.mrkdwn import escape
from bot.payloads import Delivery
from bot.routing import Family
from storage.rules.errors import DomainError, Duplicate, InvalidFields

BUSY = "Hoshin is busy for a moment and saved nothing. Wait a few seconds, then try again."
AWAY = "Slack did not answer Hoshin just now, so nothing was saved. Wait a minute, then try again."
AWAY_AFTER = "It was saved, but Slack did not answer Hoshin just now."
FILE_NOT_SENT = "Slack did not take the file just now. Nothing is lost; wait a minute, then ask for it again."
TAKEN_SOON = "Hoshin is busy for a moment. What you pressed is done as soon as it is free again."
STILL_WORKING = "Still working on it. The answer comes here in a moment."
TAKEN = (
    "This form was taken already, as it was first sent. Open it again to see what was saved, or to "
    "correct it."
)
EDITED = (
    "You changed a message that was carried out already, as it first stood. Say it again in a new message."
)
NOT_SHOWN = "That took too long for Slack to open a form. Press the button to open it now."


def for_error(delivery: Delivery, error: DomainError) -> Answer:
    """A refusal of the rules: beside the input in a form, for the person alone elsewhere."""
    if isinstance(error, Duplicate):
        if delivery.message is not None and delivery.payload.get("edited"):
            return say(Message(EDITED))
        return update_view(notice(TAKEN)) if delivery.family is Family.VIEW else nothing()
    if delivery.family is Family.VIEW and _inputs(delivery):
        return field_errors(_beside_inputs(delivery, error))
    # Sentences quote what was typed; a form's are plain text.
    is_plain = delivery.family is Family.VIEW
    return for_sentence(delivery, error.sentence if is_plain else escape(error.sentence))


def for_sentence(delivery: Delivery, sentence: str) -> Answer:
    """One sentence where the person is. Of the events only a mention has somebody waiting for an answer."""
    if delivery.family is Family.VIEW:
        inputs = _inputs(delivery)
        # A form that only asks "shall I?" has no place for an error, and nothing typed in it to be lost.
        return field_errors({inputs[0]: sentence}) if inputs else update_view(notice(sentence))
    if delivery.family is Family.EVENT and delivery.message is None:
        return nothing()
    if delivery.family is Family.OPTIONS:
        # A menu has no place for a sentence; what is wrong shows when its form is sent.
        return offer([])
    return say(Message(sentence))


def for_bug(delivery: Delivery, *, saved: bool) -> tuple[Answer, str]:
    """The answer to an error of ours, and the reference id that the log gets too.

    `saved`: whether the work was done and only its answer failed.
    """
    reference = secrets.token_hex(4)
    came = "It was saved, but the answer could not be shown." if saved else "Nothing was saved; try again."
    sentence = (
        f"Something went wrong on our side. {came} If it happens twice, give your administrator this "
        f"reference: {reference}."
    )
    return for_sentence(delivery, sentence), reference


def notice(sentence: str) -> View:
    """A form that only says something: for a Home tab and for forms, where no message can be shown."""
    return {
        "type": "modal",
        "callback_id": ids.NOTICE,
        "title": {"type": "plain_text", "text": "Hoshin"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": [{"type": "section", "text": {"type": "plain_text", "text": sentence[:3000]}}],
    }


def try_again(delivery: Delivery) -> Message:
    """Offers the form once more, after its trigger expired: the button brings a fresh one."""
    button: dict[str, Any] = {
        "type": "button",
        "style": "primary",
        "text": {"type": "plain_text", "text": "Open the form"},
        "action_id": ids.AGAIN,
        "value": ids.pack(
            family=delivery.family, name=delivery.name, text=delivery.text[:500], value=delivery.value[:500]
        ),
    }
    blocks = (
        {"type": "section", "text": {"type": "plain_text", "text": NOT_SHOWN}},
        {"type": "actions", "elements": [button]},
    )
    return Message(NOT_SHOWN, blocks)


def working_view() -> View:
    """Stands in a form's place while its submission takes longer than Slack waits."""
    return notice(STILL_WORKING)


def restored_view(delivery: Delivery, sentences: Mapping[str, str]) -> View:
    """The submitted form as it was, with what was typed and with the sentences on top."""
    original = delivery.payload["view"]
    said: list[dict[str, Any]] = [
        {"type": "section", "text": {"type": "plain_text", "text": text[:3000]}}
        for text in dict.fromkeys(sentences.values())
    ]
    view: View = {
        key: original[key]
        for key in ("type", "callback_id", "title", "submit", "close", "private_metadata")
        if original.get(key)
    }
    view["blocks"] = (said + [_refilled(block, delivery) for block in original["blocks"]])[:100]
    return view


def sentences_of(delivery: Delivery, answer: Answer) -> Mapping[str, str] | None:
    """The sentences of an answer that refuses a submission; None where it does not refuse."""
    ack = answer.ack or {}
    if delivery.family is Family.VIEW and ack.get("response_action") == "errors":
        errors: Mapping[str, str] = ack["errors"]
        return errors
    return None


def _refilled(block: Mapping[str, Any], delivery: Delivery) -> dict[str, Any]:
    """An input with what was typed or chosen in it, as Slack's state holds it."""
    element = block.get("element") or {}
    held = _state_of(block, delivery)
    pairs = ((now, at_first) for now, at_first in _INITIAL if held.get(now))
    filled = {at_first: held[now] for now, at_first in pairs}
    if block.get("type") != "input" or not filled:
        return dict(block)
    return {**block, "element": {**element, **filled}}


_INITIAL = (
    ("value", "initial_value"),
    ("selected_option", "initial_option"),
    ("selected_options", "initial_options"),
    ("selected_date", "initial_date"),
    ("selected_time", "initial_time"),
    ("selected_date_time", "initial_date_time"),
    ("selected_user", "initial_user"),
    ("selected_users", "initial_users"),
    ("selected_channel", "initial_channel"),
    ("selected_channels", "initial_channels"),
    ("selected_conversation", "initial_conversation"),
    ("selected_conversations", "initial_conversations"),
)
"""Where Slack keeps what is chosen, and where a form is given it."""


def _state_of(block: Mapping[str, Any], delivery: Delivery) -> Mapping[str, Any]:
    values = (delivery.payload["view"].get("state") or {}).get("values") or {}
    held: Mapping[str, Any] = next(iter((values.get(block.get("block_id", "")) or {}).values()), {})
    return held


def _beside_inputs(delivery: Delivery, error: DomainError) -> dict[str, str]:
    """Slack shows errors only beside inputs that the form has: all else stands beside the first."""
    wanted = error.sentences if isinstance(error, InvalidFields) else {error.field or "": error.sentence}
    inputs = _inputs(delivery)
    placed: dict[str, str] = {}
    for name, sentence in wanted.items():
        place = name if name in inputs else inputs[0]
        placed[place] = f"{placed[place]} {sentence}" if place in placed else sentence
    return placed


def _inputs(delivery: Delivery) -> list[str]:
    blocks = delivery.payload["view"]["blocks"]
    return [block["block_id"] for block in blocks if block["type"] == "input"]
