"""Messages and files as the Web API and the events show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .messages import File, Message
    from .workspace import Workspace


def message_as_slack(workspace: Workspace, message: Message) -> dict[str, Any]:
    """The `message` object of chat.postMessage, conversations.history and message events."""
    body: dict[str, Any] = {
        "type": "message",
        "user": message.user,
        "text": message.text,
        "ts": message.ts,
        "team": workspace.team_id,
    }
    if message.bot_id is not None:
        bot = workspace.users.get(message.user)
        body["bot_id"] = message.bot_id
        body["app_id"] = message.app_id
        body["bot_profile"] = {
            "id": message.bot_id,
            "app_id": message.app_id,
            "user_id": message.user,
            "name": bot.name if bot is not None else "",
            "deleted": False,
            "team_id": workspace.team_id,
        }
    optional = {
        "subtype": message.subtype,
        "username": message.username,
        "thread_ts": message.thread_ts,
        "blocks": message.blocks,
        "attachments": message.attachments,
        "metadata": message.metadata,
        "files": [file_as_slack(workspace, each) for each in message.files],
        "reactions": [
            {"name": name, "users": list(users), "count": len(users)}
            for name, users in message.reactions.items()
        ],
    }
    body |= {name: value for name, value in optional.items() if value}
    if message.edited_ts is not None:
        body["edited"] = {"user": message.edited_by, "ts": message.edited_ts}
    return body


def parent_as_slack(workspace: Workspace, message: Message) -> dict[str, Any]:
    """A message with the count of its replies, as conversations.history and .replies give it."""
    body = message_as_slack(workspace, message)
    replies = workspace.channels[message.channel].replies(message.ts)
    if replies and not message.is_reply:
        authors = list(dict.fromkeys(each.user for each in replies))
        body |= {
            "thread_ts": message.ts,
            "reply_count": len(replies),
            "reply_users_count": len(authors),
            "reply_users": authors,
            "latest_reply": replies[-1].ts,
        }
    return body


def file_as_slack(workspace: Workspace, file: File) -> dict[str, Any]:
    """The `file` object of files.info."""
    extension = file.name.rpartition(".")[2] if "." in file.name else ""
    host = f"{workspace.files_url()}/files-pri/{workspace.team_id}-{file.id}"
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "filetype": extension or "binary",
        "pretty_type": extension.upper() or "Binary",
        "user": file.user,
        "user_team": workspace.team_id,
        "editable": False,
        "size": file.size,
        "mode": "hosted",
        "is_external": False,
        "is_public": False,
        "alt_txt": file.alt_text,
        "url_private": f"{host}/{file.name}",
        "url_private_download": f"{host}/download/{file.name}",
        "permalink": f"https://{workspace.domain}.slack.com/files/{file.user}/{file.id}/{file.name}",
        "channels": list(file.shared_in),
    }
