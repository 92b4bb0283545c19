"""conversations.* and users.conversations."""

from __future__ import annotations

from typing import Any

from bot.simulator.channels import Channel
from bot.simulator.errors import SlackError
from bot.simulator.messages import Message
from bot.simulator.rates import TIERS
from bot.simulator.rendering import parent_as_slack

from .call import READ_SCOPES, Call, Method
from .paging import MAX_LIMIT, page_of

MAX_MPIM_USERS = 8
HISTORY_A_MINUTE = 1
"""For apps that are sold outside the Marketplace."""
HISTORY_LIMIT = 15
KINDS = {
    "public_channel": "public",
    "private_channel": "private",
    "im": "im",
    "mpim": "mpim",
}


def open_conversation(call: Call) -> dict[str, Any]:
    if call.text("channel"):
        channel = call.channel()
        if not channel.is_direct:
            raise SlackError("method_not_supported_for_channel_type")
        return _opened(call, channel, already=True)
    users = [each.strip() for each in call.text("users").split(",") if each.strip()]
    if not users:
        raise SlackError("users_list_not_supplied")
    if len(users) > MAX_MPIM_USERS:
        raise SlackError("too_many_users")
    for user_id in users:
        _check_writable(call, user_id)
    if len(users) == 1:
        call.need_scope("im:write")
        before = call.workspace.im_between(users[0], call.bot)
        channel = before or call.workspace.open_im(users[0], call.bot)
        return _opened(call, channel, already=before is not None)
    call.need_scope("mpim:write")
    return _opened(call, call.workspace.open_mpim([*users, call.bot]), already=False)


def info(call: Call) -> dict[str, Any]:
    channel = call.readable_channel("read")
    shape = channel.as_slack(call.bot)
    if call.flag("include_num_members"):
        shape["num_members"] = len(channel.members)
    if call.flag("include_locale"):
        shape["locale"] = "en-US"
    return {"channel": shape}


def members(call: Call) -> dict[str, Any]:
    channel = call.readable_channel("read")
    found, metadata = page_of(call, channel.members)
    return {"members": found, "response_metadata": metadata}


def history(call: Call) -> dict[str, Any]:
    channel = _historic_channel(call)
    newest_first = channel.top_level()[::-1]
    return _messages(call, [each for each in newest_first if each.ephemeral_to is None])


def replies(call: Call) -> dict[str, Any]:
    channel = _historic_channel(call)
    thread = [each for each in channel.thread(call.text("ts")) if each.ephemeral_to is None]
    if not thread:
        raise SlackError("thread_not_found")
    return _messages(call, thread)


def of_user(call: Call) -> dict[str, Any]:
    """users.conversations: of the bot itself where no user is named."""
    wanted = []
    for word in call.text("types", "public_channel").split(","):
        kind = KINDS.get(word.strip())
        if kind is None:
            raise SlackError("invalid_types")
        call.need_scope(f"{READ_SCOPES[kind]}:read")
        wanted.append(kind)
    user_id = call.text("user") or call.bot
    if user_id not in call.workspace.users:
        raise SlackError("user_not_found")
    found = [
        each.as_slack(call.bot)
        for each in call.workspace.conversations_of(user_id)
        if each.kind in wanted
        and (each.kind == "public" or call.bot in each.members)
        and not (each.archived and call.flag("exclude_archived"))
    ]
    page, metadata = page_of(call, found)
    return {"channels": page, "response_metadata": metadata}


def _check_writable(call: Call, user_id: str) -> None:
    user = call.workspace.users.get(user_id)
    if user is None:
        raise SlackError("user_not_found")
    if user.deleted:
        raise SlackError("user_disabled")
    if user.is_bot:
        raise SlackError("cannot_dm_bot")


def _opened(call: Call, channel: Channel, *, already: bool) -> dict[str, Any]:
    shape = channel.as_slack(call.bot) if call.flag("return_im") else {"id": channel.id}
    return {"channel": shape, **({"no_op": True, "already_open": True} if already else {})}


def _historic_channel(call: Call) -> Channel:
    channel = call.readable_channel("history")
    if call.bot not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _messages(call: Call, messages: list[Message]) -> dict[str, Any]:
    oldest, latest = call.text("oldest", "0"), call.text("latest", "9" * 10)
    inclusive = call.flag("inclusive")
    within = [
        each
        for each in messages
        if float(oldest) < float(each.ts) < float(latest) or (inclusive and each.ts in {oldest, latest})
    ]
    most = HISTORY_LIMIT if call.slack.rates.enforced else MAX_LIMIT
    page, metadata = page_of(call, within, most=most)
    shapes = [parent_as_slack(call.workspace, each) for each in page]
    if not call.flag("include_all_metadata"):
        for shape in shapes:
            shape.pop("metadata", None)
    more = bool(metadata["next_cursor"])
    return {"messages": shapes, "has_more": more, "response_metadata": metadata}


PAGING = ("cursor", "limit")
WINDOW = (*PAGING, "oldest", "latest", "inclusive", "include_all_metadata")
READ = tuple(f"{each}:read" for each in READ_SCOPES.values())
HISTORY = tuple(f"{each}:history" for each in READ_SCOPES.values())
METHODS = (
    Method(
        "conversations.open",
        open_conversation,
        (),
        ("users", "channel", "return_im", "prevent_creation"),
        ("im:write", "mpim:write"),
        TIERS[3],
    ),
    Method(
        "conversations.info",
        info,
        ("channel",),
        ("include_locale", "include_num_members"),
        READ,
        TIERS[3],
    ),
    Method("conversations.members", members, ("channel",), PAGING, READ, TIERS[4]),
    Method("conversations.history", history, ("channel",), WINDOW, HISTORY, HISTORY_A_MINUTE),
    Method("conversations.replies", replies, ("channel", "ts"), WINDOW, HISTORY, HISTORY_A_MINUTE),
    Method(
        "users.conversations",
        of_user,
        (),
        ("user", "types", "exclude_archived", *PAGING),
        READ,
        TIERS[3],
    ),
)
