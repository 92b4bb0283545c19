"""What a person does on the page, handed to their Slack client."""

from collections.abc import Sequence
from typing import Any

from starlette.datastructures import FormData, UploadFile

from bot.simulator import forms
from bot.simulator.channels import Channel
from bot.simulator.client import Client, Outcome
from bot.simulator.messages import File, Message
from bot.simulator.views import View

from . import fields
from .people import reader_of

_GONE = Outcome("This is not there any more. What you see is now up to date.")


def source_of(client: Client, posted: FormData | dict[str, str]) -> Message | View | None:
    """The message, modal or home that the form stands in; None where it is gone."""
    view_id = str(posted.get("view") or "")
    if view_id:
        view = client.workspace.views.get(view_id)
        return view if view and view.user_id == client.user_id else None
    message = client.workspace.find_message(str(posted.get("channel")), str(posted.get("ts")))
    visible = message and message.is_visible_to(client.user_id)
    return message if message and visible and may_read(client, message.channel) else None


def may_read(client: Client, channel_id: str) -> bool:
    channel = client.workspace.channels[channel_id]
    is_public = channel.kind == "public" and not client.user.is_guest
    return is_public or client.user_id in channel.members


async def use(client: Client, posted: FormData) -> Outcome:
    """A button pressed, something chosen, a field that tells the app at once."""
    found = _placed(client, posted)
    if found is None:
        return _GONE
    source, placed = found
    try:
        return await client.act(source, placed.block_id, placed.action_id, _sent(client, placed, posted))
    except LookupError:
        return _GONE


async def keep(client: Client, posted: FormData) -> Outcome:
    """What was typed into a field so far, which the app hears of with the submission."""
    found = _placed(client, posted)
    if found is None:
        return _GONE
    source, placed = found
    files = [each for each in posted.getlist("value") if isinstance(each, UploadFile)]
    if files:
        values: Sequence[str] = [(await _stored(client, each)).id for each in files if each.size]
    else:
        values = _sent(client, placed, posted)
    if not placed.dispatches:
        try:
            return await client.act(source, placed.block_id, placed.action_id, values)
        except LookupError:
            return Outcome("This field does not take such a file." if files else _GONE.notice)
    # A field that tells the app at Enter has not been entered yet: act would tell it.
    _hold(client, source, placed, forms.chosen_from(placed.element, values, ()))
    return Outcome()


async def choices(client: Client, asked: dict[str, str]) -> list[dict[str, str]]:
    """What a select offers for the letters typed: the app's options, people or channels.

    Raises SlackError where the app's answer is malformed, LookupError where the field is gone.
    """
    source = source_of(client, asked)
    ids = fields.parse_name(asked.get("field", ""))
    if source is None or ids is None:
        raise LookupError(asked.get("field"))
    placed = client.element(source, *ids)
    query = asked.get("query", "")
    if "external" in placed.type:
        options = await client.suggestions(source, *ids, query)
        return [_as_choice(fields.choice_of(each)) for each in options]
    return [each for each in _of_workspace(client, placed) if query.casefold() in each["label"].casefold()]


async def submit(client: Client, view_id: str) -> Outcome:
    view = client.workspace.views.get(view_id)
    if view is None or view.user_id != client.user_id:
        return _GONE
    return await client.submit(view)


async def close(client: Client, view_id: str, *, whole_stack: bool) -> Outcome:
    view = client.workspace.views.get(view_id)
    if view is None or view.user_id != client.user_id:
        return _GONE
    return await client.close(view, whole_stack=whole_stack)


def react(client: Client, posted: FormData) -> Outcome:
    """Adds the reaction, or takes the person's own away."""
    message = source_of(client, posted)
    name = str(posted.get("name", "")).strip(":")
    if not isinstance(message, Message) or not name:
        return _GONE
    if client.user_id in message.reactions.get(name, []):
        client.unreact(message, name)
    else:
        client.react(message, name)
    return Outcome()


def join(client: Client, channel: Channel) -> Outcome:
    if channel.kind != "public" or channel.archived or client.user.is_guest:
        return Outcome(f"#{channel.name} cannot be joined.")
    client.workspace.join(channel.id, client.user_id)
    return Outcome()


def _placed(client: Client, posted: FormData) -> tuple[Message | View, forms.Placed] | None:
    source = source_of(client, posted)
    ids = fields.parse_name(str(posted.get("field", "")))
    if source is None or ids is None:
        return None
    placed = forms.find_element(source.blocks, *ids)
    return (source, placed) if placed is not None else None


def _sent(client: Client, placed: forms.Placed, posted: FormData) -> list[str]:
    values = [each for each in posted.getlist("value") if isinstance(each, str)]
    return fields.values_of(placed, values, reader_of(client.workspace, client.user))


def _hold(client: Client, source: Message | View, placed: forms.Placed, chosen: Any) -> None:
    if isinstance(source, View):
        state = source.state
        source.errors.pop(placed.block_id, None)
    else:
        initial = forms.initial_state(source.blocks)
        state = source.form_states.setdefault(client.user_id, initial)
    state.setdefault(placed.block_id, {})[placed.action_id] = forms.state_of(placed.element, chosen)


async def _stored(client: Client, upload: UploadFile) -> File:
    kind = upload.content_type or "application/octet-stream"
    return client.upload(upload.filename or "file", await upload.read(), kind)


def _of_workspace(client: Client, placed: forms.Placed) -> list[dict[str, str]]:
    workspace = client.workspace
    people = [
        fields.Choice(each.id, each.real_name or each.name, f"@{each.name}")
        for each in workspace.users.values()
        if not each.deleted and each is not workspace.slackbot
    ]
    reader = reader_of(workspace, client.user)
    channels = [fields.Choice(key, f"#{name}") for key, name in reader.channels.items()]
    if "users" in placed.type:
        offered = people
    elif "channels" in placed.type:
        offered = channels
    else:
        wanted: Any = placed.element.get("filter", {}).get("include", ["public", "private", "im"])
        offered = channels + (_directs(client) if "im" in wanted else [])
    return [_as_choice(each) for each in sorted(offered, key=lambda each: each.label.casefold())]


def _directs(client: Client) -> list[fields.Choice]:
    """Direct messages as choices of a conversations select, named after the other person."""
    names = client.workspace.users
    return [
        fields.Choice(each.id, names[other].real_name or names[other].name, "Direct messages")
        for each in client.workspace.conversations_of(client.user_id)
        if each.kind == "im"
        for other in each.members
        if other != client.user_id
    ]


def _as_choice(choice: fields.Choice) -> dict[str, str]:
    return {"value": choice.value, "label": choice.label, "note": choice.description}
