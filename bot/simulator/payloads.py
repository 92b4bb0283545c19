"""The payloads of commands, interactions and events, in Slack's shapes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from .forms import Json
from .installation import Installation
from .messages import Message
from .people import User
from .rendering import message_as_slack
from .views import View
from .workspace import Workspace

# Slack still sends a verification token beside the signature; nobody should read it.
VERIFICATION_TOKEN = "verification-token"  # noqa: S105 - a fixed, meaningless value
DIRECT_MESSAGE_NAMES = {"im": "directmessage", "mpim": "mpdm", "private": "privategroup"}


@dataclass(frozen=True, slots=True)
class Payloads:
    """Builds what one installation receives about one person."""

    installation: Installation
    user: User

    def slash_command(
        self, *, channel_id: str, command: str, text: str, trigger_id: str, response_url: str
    ) -> dict[str, str]:
        """Form fields, all of them strings."""
        return {
            "token": VERIFICATION_TOKEN,
            "team_id": self._workspace.team_id,
            "team_domain": self._workspace.domain,
            "channel_id": channel_id,
            "channel_name": self._channel_name(channel_id),
            "user_id": self.user.id,
            "user_name": self.user.name,
            "command": command,
            "text": text,
            "api_app_id": self.installation.app_id,
            "is_enterprise_install": "false",
            "response_url": response_url,
            "trigger_id": trigger_id,
        }

    def message_actions(
        self,
        *,
        message: Message,
        actions: Sequence[Json],
        trigger_id: str,
        response_url: str,
    ) -> Json:
        """block_actions in a message."""
        container: Json = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel,
            "is_ephemeral": message.ephemeral_to is not None,
        }
        if message.thread_ts is not None:
            container["thread_ts"] = message.thread_ts
        payload = self._interaction("block_actions") | {
            "container": container,
            "trigger_id": trigger_id,
            "channel": self._channel(message.channel),
            "state": {"values": message.form_states.get(self.user.id, {})},
            "response_url": response_url,
            "actions": list(actions),
        }
        if message.ephemeral_to is None:
            # Slack never sends the content of an ephemeral message back.
            payload["message"] = message_as_slack(self._workspace, message)
        return payload

    def view_actions(self, *, view: View, actions: Sequence[Json], trigger_id: str) -> Json:
        """block_actions in a modal or on the App Home."""
        return self._interaction("block_actions") | {
            "container": {"type": "view", "view_id": view.id},
            "trigger_id": trigger_id,
            "view": view.as_slack(),
            "actions": list(actions),
        }

    def view_submission(self, *, view: View, trigger_id: str, response_urls: Sequence[Json]) -> Json:
        return self._interaction("view_submission") | {
            "trigger_id": trigger_id,
            "view": view.as_slack(),
            "response_urls": list(response_urls),
        }

    def view_closed(self, *, view: View, is_cleared: bool) -> Json:
        """Brings no typed values: state.values is empty."""
        shape = view.as_slack() | {"state": {"values": {}}}
        return self._interaction("view_closed") | {"view": shape, "is_cleared": is_cleared}

    def shortcut(self, *, callback_id: str, trigger_id: str) -> Json:
        return self._interaction("shortcut") | {
            "action_ts": _action_ts(),
            "callback_id": callback_id,
            "trigger_id": trigger_id,
        }

    def message_action(
        self, *, callback_id: str, message: Message, trigger_id: str, response_url: str
    ) -> Json:
        return self._interaction("message_action") | {
            "action_ts": _action_ts(),
            "callback_id": callback_id,
            "trigger_id": trigger_id,
            "response_url": response_url,
            "message_ts": message.ts,
            "channel": self._channel(message.channel),
            "message": message_as_slack(self._workspace, message),
        }

    def block_suggestion(self, *, source: Message | View, action_id: str, block_id: str, value: str) -> Json:
        payload = self._interaction("block_suggestion") | {
            "action_id": action_id,
            "block_id": block_id,
            "value": value,
        }
        if isinstance(source, View):
            return payload | {
                "container": {"type": "view", "view_id": source.id},
                "view": source.as_slack(),
            }
        return payload | {
            "container": {
                "type": "message",
                "message_ts": source.ts,
                "channel_id": source.channel,
                "is_ephemeral": source.ephemeral_to is not None,
            },
            "channel": self._channel(source.channel),
            "message": message_as_slack(self._workspace, source),
        }

    @property
    def _workspace(self) -> Workspace:
        return self.installation.workspace

    def _interaction(self, kind: str) -> Json:
        return {
            "type": kind,
            "user": {
                "id": self.user.id,
                "username": self.user.name,
                "name": self.user.name,
                "team_id": self.user.team_id,
            },
            "api_app_id": self.installation.app_id,
            "token": VERIFICATION_TOKEN,
            "team": {"id": self._workspace.team_id, "domain": self._workspace.domain},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _channel(self, channel_id: str) -> Json:
        return {"id": channel_id, "name": self._channel_name(channel_id)}

    def _channel_name(self, channel_id: str) -> str:
        """Slack hides the names of private conversations behind a word for their kind."""
        channel = self._workspace.channels[channel_id]
        return DIRECT_MESSAGE_NAMES.get(channel.kind, channel.name)


def event_callback(installation: Installation, event: Json, event_id: str) -> Json:
    """The outer envelope of an event."""
    team_id = installation.workspace.team_id
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": team_id,
        "context_team_id": team_id,
        "context_enterprise_id": None,
        "api_app_id": installation.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": int(float(event.get("event_ts", installation.workspace.now().timestamp()))),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": team_id,
                "user_id": installation.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": f"4-{event_id}",
    }


def action_of(element: Json, block_id: str, state: Json | None) -> Json:
    """One entry of `actions`. `state` is what was chosen, as in state.values."""
    action: Json = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block_id,
        "action_ts": _action_ts(),
    }
    if element["type"] == "button":
        action["text"] = {"emoji": True, **element["text"]}
    for key in ("value", "style", "placeholder", "confirm"):
        if key in element:
            action[key] = element[key]
    if state is not None:
        action |= state
    return action


def _action_ts() -> str:
    return f"{time.time():.6f}"
