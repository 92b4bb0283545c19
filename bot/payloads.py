"""Slack's payloads, read once: pure functions from JSON to one plain shape. Nothing here asks Slack."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot import ids
from bot.asks import Form, MessageRef, ViewRef
from bot.routing import Family

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One thing that Slack delivered.

    `key` names it so that carrying it out twice can be told apart from a second ask: the event's id, the
    press's trigger, or the form with the state (`hash`) it was submitted in.
    """

    family: Family
    name: str
    key: str
    user_id: str = ""
    text: str = ""
    value: str = ""
    action_id: str = ""
    channel_id: str | None = None
    message: MessageRef | None = None
    view: ViewRef | None = None
    form: Form = field(default_factory=Form)
    trigger_id: str | None = None
    response_url: str | None = None
    in_modal: bool = False
    speaks_in_ack: bool = False
    """True for a slash command: Slack shows the text of its ack, and of no other's."""
    happened_at: datetime | None = None
    """When Slack says that an event happened, to the second."""
    payload: Payload = field(default_factory=dict)


def read_command(payload: Payload, name: str, text: str) -> Delivery:
    """A slash command whose route and arguments the grammar has found."""
    return Delivery(
        family=Family.COMMAND,
        name=name,
        key=f"trigger:{payload['trigger_id']}",
        user_id=payload["user_id"],
        text=text,
        channel_id=payload.get("channel_id"),
        trigger_id=payload["trigger_id"],
        response_url=payload.get("response_url"),
        speaks_in_ack=True,
        payload=payload,
    )


def read_action(payload: Payload) -> Delivery:
    """A press or a choice in a message, a form or a Home tab."""
    action = payload["actions"][0]
    view: Payload | None = payload.get("view")
    return Delivery(
        family=Family.ACTION,
        name=ids.route_of(action["action_id"]),
        key=f"trigger:{payload.get('trigger_id') or action['action_ts']}",
        user_id=payload["user"]["id"],
        value=_chosen(action) or "",
        action_id=action["action_id"],
        channel_id=(payload.get("channel") or {}).get("id"),
        message=_message(payload),
        view=_view(view) if view else None,
        form=_form((view or payload).get("state")),
        trigger_id=payload.get("trigger_id"),
        response_url=payload.get("response_url"),
        in_modal=view is not None and view["type"] == "modal",
        payload=payload,
    )


def read_submission(payload: Payload) -> Delivery:
    """A submitted form."""
    view = payload["view"]
    return Delivery(
        family=Family.VIEW,
        name=view["callback_id"],
        key=f"view:{view['id']}:{view.get('hash', '')}",
        user_id=payload["user"]["id"],
        view=_view(view),
        form=_form(view.get("state")),
        trigger_id=payload.get("trigger_id"),
        in_modal=True,
        payload=payload,
    )


def read_options(payload: Payload) -> Delivery:
    """A menu that asks what to offer for the letters typed so far."""
    view: Payload | None = payload.get("view")
    return Delivery(
        family=Family.OPTIONS,
        name=ids.route_of(payload["action_id"]),
        # Slack gives these no id of their own; nothing is written for them.
        key=f"options:{payload['action_id']}",
        user_id=payload["user"]["id"],
        text=payload.get("value") or "",
        action_id=payload["action_id"],
        channel_id=(payload.get("channel") or {}).get("id"),
        view=_view(view) if view else None,
        form=_form((view or {}).get("state")),
        payload=payload,
    )


def read_shortcut(payload: Payload) -> Delivery:
    """A global shortcut, or one of a message."""
    return Delivery(
        family=Family.SHORTCUT,
        name=payload["callback_id"],
        key=f"trigger:{payload['trigger_id']}",
        user_id=payload["user"]["id"],
        channel_id=(payload.get("channel") or {}).get("id"),
        message=_message(payload),
        trigger_id=payload["trigger_id"],
        response_url=payload.get("response_url"),
        payload=payload,
    )


OVERHEARD = "message among people"
"""The route of messages in channels and groups; Slack calls them `message`, too."""


def read_event(payload: Payload) -> Delivery:
    """An event of the Events API; `payload` of the delivery is the inner event."""
    event = payload["event"]
    user = event.get("user")
    return Delivery(
        family=Family.EVENT,
        name=_event_name(event),
        key=_event_key(payload),
        user_id=user["id"] if isinstance(user, dict) else (user or ""),
        text=event.get("text") or "",
        channel_id=_channel_of(event),
        message=_mentioned_in(event),
        happened_at=_instant(payload.get("event_time")),
        payload=event,
    )


def is_private(channel: Payload | None) -> bool:
    """Whether a payload comes from a conversation that not everyone may join. Slack hides the names of these
    behind words of its own; ids tell it only of direct messages and of older groups."""
    name, channel_id = str((channel or {}).get("name") or ""), str((channel or {}).get("id") or "")
    return name == "privategroup" or is_direct(name) or channel_id.startswith(("D", "G"))


def is_direct(name: str) -> bool:
    """Whether a conversation of that name is one between people, without a channel."""
    return name in {"directmessage", "mpdm"} or name.startswith("mpdm-")


def _instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _event_key(payload: Payload) -> str:
    """The event's id; of a mention the message's, since Slack sends it anew whenever that is edited."""
    event = payload["event"]
    if event["type"] == "app_mention":
        return f"mention:{event['channel']}:{event['ts']}"
    return f"event:{payload['event_id']}"


def _event_name(event: Payload) -> str:
    """Its type; what people write among themselves is apart from what they write to the app."""
    if event["type"] == "message" and event.get("channel_type") not in {None, "im"}:
        return OVERHEARD
    return str(event["type"])


def _mentioned_in(event: Payload) -> MessageRef | None:
    """Where someone spoke to the app among others: the answer belongs there."""
    if event["type"] != "app_mention":
        return None
    return MessageRef(event["channel"], event["ts"], event.get("thread_ts"))


def _channel_of(event: Payload) -> str | None:
    channel = event.get("channel")
    return channel["id"] if isinstance(channel, dict) else channel


def _message(payload: Payload) -> MessageRef | None:
    message = payload.get("message")
    channel = payload.get("channel")
    if not message or not channel:
        return None
    return MessageRef(channel["id"], message["ts"], message.get("thread_ts"))


def _view(view: Payload) -> ViewRef:
    return ViewRef(
        id=view["id"],
        hash=view.get("hash", ""),
        callback_id=view.get("callback_id", ""),
        metadata=view.get("private_metadata", ""),
    )


def _form(state: Payload | None) -> Form:
    values: dict[str, str | list[str] | None] = {}
    for block_id, elements in ((state or {}).get("values") or {}).items():
        for element in elements.values():
            values[block_id] = _typed(element)
    return Form(values)


def _typed(element: Payload) -> str | list[str] | None:
    if "files" in element:
        return [file["id"] for file in element["files"] or []]
    for key in ("selected_options", "selected_users", "selected_channels", "selected_conversations"):
        if key in element:
            return [chosen["value"] if isinstance(chosen, dict) else chosen for chosen in element[key] or []]
    if "files" in element:
        return [file["id"] for file in element["files"] or []]
    return _chosen(element)


def _chosen(element: Payload) -> str | None:
    option = element.get("selected_option")
    if option:
        return str(option["value"])
    for key in (
        "value",
        "selected_date",
        "selected_time",
        "selected_user",
        "selected_channel",
        "selected_conversation",
    ):
        if element.get(key) is not None:
            return str(element[key])
    moment = element.get("selected_date_time")
    return None if moment is None else str(moment)
