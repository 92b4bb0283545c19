"""The app manifest: what Hoshin asks of Slack, in both variants. `manifest.yml` is the Socket Mode one."""

from typing import Any

import yaml

from bot import ids
from bot.commands import NOUNS, ROOT

NAME = "Hoshin"
DESCRIPTION = "Strategy that lives in Slack: one plan, one calendar, one picture of whether it moves."

SCOPES = {
    "app_mentions:read": "answers `@Hoshin agree` and the like in a thread, where Slack has no commands",
    "channels:history": "keeps what is written in a ball's thread, in public channels (optional)",
    "channels:read": "finds the teams' public channels among those that the bot is in, and who reads them",
    "chat:write": "prompts in direct messages, summaries in the teams' channels",
    "commands": "the slash commands and the shortcuts",
    "dnd:read": "a message to someone in do-not-disturb waits until that ends (optional)",
    "files:read": "plan files that people drop into the import form",
    "files:write": "calendars and plan files that people ask for, in their direct messages",
    "groups:history": "the same in private channels (optional)",
    "groups:read": "finds the teams' private channels among those that the bot is in, and who reads them",
    "im:history": "answers what people write to the app; after a crash, tells whether a prompt went out",
    "im:write": "finds the direct messages with a person, to look there for a prompt in doubt",
    "mpim:history": "the same in group conversations (optional)",
    "mpim:write": "opens a group conversation for a ball that is thrown to its people alone",
    "reactions:read": "counts an emoji on an idea's card as a vote",
    "users:read": "people's names, time zones and languages",
    "users:read.email": "finds the people that a plan names by their address",
}
"""Every scope, and what it is used for."""

OPTIONAL_SCOPES = frozenset({"channels:history", "dnd:read", "groups:history", "mpim:history"})
"""Those of them without which everything works: whoever installs the app may leave them out."""

EVENTS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "channel_unarchive",
    "dnd_updated_user",
    "group_unarchive",
    "member_joined_channel",
    "member_left_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "reaction_added",
    "reaction_removed",
    "team_join",
    "tokens_revoked",
    "user_change",
)

SHORTCUTS = (
    {
        "name": "Kaizen idea",
        "type": "global",
        "callback_id": ids.KAIZEN_NEW,
        "description": "Tell an idea: thirty seconds and three fields",
    },
    {
        "name": "Turn into a Kaizen idea",
        "type": "message",
        "callback_id": ids.KAIZEN_FROM_MESSAGE,
        "description": "Start an idea from what this message says",
    },
    {
        "name": "Check in",
        "type": "global",
        "callback_id": ids.CHECKIN_OPEN,
        "description": "Answer what is due, or correct what you answered",
    },
    {
        "name": "Update a figure",
        "type": "global",
        "callback_id": ids.OKR_UPDATE,
        "description": "Record figure, confidence or note of a key result or KPI",
    },
    {
        "name": "Add as evidence",
        "type": "message",
        "callback_id": ids.OKR_EVIDENCE,
        "description": "Link this message to an update of a key result or KPI",
    },
    {
        "name": "Throw as catchball",
        "type": "message",
        "callback_id": ids.CATCHBALL_PROPOSE,
        "description": "Propose an objective from this message",
    },
)


def make_manifest(*, http: str | None = None, only_root: bool = False) -> dict[str, Any]:
    """The manifest as Slack takes it.

    Args:
        http: the public address for the HTTP variant, such as `https://hoshin.example.com`.
        only_root: claim `/hoshin` alone, where other apps own the other commands.
    """
    address = f"{http.rstrip('/')}/slack/events" if http else None
    url = {"url": address} if address else {}
    request_url = {"request_url": address} if address else {}
    redirects = {"redirect_urls": [f"{http.rstrip('/')}/slack/oauth_redirect"]} if http else {}
    # Slack's name for where menus ask what to offer, in forms, too.
    options_url = {"message_menu_options_url": address} if address else {}
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": NAME,
            "description": DESCRIPTION,
            "background_color": "#1f3a4d",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": NAME, "always_online": True},
            "shortcuts": [dict(shortcut) for shortcut in SHORTCUTS],
            "slash_commands": [
                {
                    "command": f"/{noun.name}",
                    "description": noun.description,
                    "usage_hint": noun.usage_hint,
                    "should_escape": True,
                    **url,
                }
                for noun in NOUNS
                if noun.name == ROOT or not only_root
            ],
        },
        # Slack wants the optional ones in both lists.
        "oauth_config": {
            **redirects,
            "scopes": {"bot": sorted(SCOPES), "bot_optional": sorted(OPTIONAL_SCOPES)},
        },
        "settings": {
            "event_subscriptions": {**request_url, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **request_url, **options_url},
            "org_deploy_enabled": False,
            "socket_mode_enabled": http is None,
            "token_rotation_enabled": False,
        },
    }


def as_yaml(manifest: dict[str, Any]) -> str:
    """The manifest as it is pasted into Slack."""
    return yaml.safe_dump(manifest, sort_keys=False, allow_unicode=True, width=110)


def missing_scopes(granted: frozenset[str]) -> list[str]:
    """The scopes that a token lacks, each of which something needs; optional ones are not missed."""
    return sorted(set(SCOPES) - OPTIONAL_SCOPES - granted)
