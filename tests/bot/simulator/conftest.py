"""A simulated workspace with two people, a channel and an app; and a real Bolt on it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from copy import deepcopy
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.simulator import Channel, SlackSimulator

MANIFEST: dict[str, Any] = {
    "display_information": {"name": "Hoshin"},
    "features": {
        "bot_user": {"display_name": "Hoshin"},
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "slash_commands": [
            {"command": "/okr", "description": "My OKRs", "should_escape": True},
            {"command": "/raw", "description": "As typed", "should_escape": False},
        ],
        "shortcuts": [
            {"name": "Check in", "type": "global", "callback_id": "check_in", "description": "Now"},
            {"name": "Idea", "type": "message", "callback_id": "idea", "description": "Keep it"},
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "app_mentions:read",
                "channels:read",
                "chat:write",
                "commands",
                "dnd:read",
                "files:read",
                "files:write",
                "groups:read",
                "im:read",
                "im:write",
                "mpim:write",
                "reactions:read",
                "reactions:write",
                "users:read",
                "users:read.email",
            ],
            "bot_optional": ["channels:history", "im:history"],
        }
    },
    "settings": {
        "socket_mode_enabled": True,
        "event_subscriptions": {
            "bot_events": [
                "app_home_opened",
                "app_mention",
                "app_uninstalled",
                "channel_archive",
                "channel_rename",
                "member_joined_channel",
                "message.im",
                "reaction_added",
                "team_join",
                "tokens_revoked",
                "user_change",
            ]
        },
    },
}

SECTION: dict[str, Any] = {"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}


def modal(*blocks: dict[str, Any], **fields: Any) -> dict[str, Any]:
    title = {"type": "plain_text", "text": "Check in"}
    return {
        "type": "modal",
        "title": title,
        "submit": {"type": "plain_text", "text": "Save"},
        "blocks": list(blocks) or [deepcopy(SECTION)],
        **fields,
    }


def text_input(label: str, block_id: str, **element: Any) -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": block_id,
        "label": {"type": "plain_text", "text": label},
        "element": {"type": "plain_text_input", "action_id": "answer", **element},
    }


def button(text: str, action_id: str, **fields: Any) -> dict[str, Any]:
    label = {"type": "plain_text", "text": text}
    return {"type": "button", "action_id": action_id, "text": label, **fields}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "block_id": "actions", "elements": list(elements)}


@pytest.fixture
def manifest() -> dict[str, Any]:
    return deepcopy(MANIFEST)


@pytest.fixture
async def slack(manifest: dict[str, Any]) -> AsyncIterator[SlackSimulator]:
    """Ana and Ben, both in #okr with the bot; a short patience, for tests that look in vain."""
    simulator = SlackSimulator(manifest, patience=0.2, ack_timeout=0.5, retry_delays=(0.0, 0.05, 0.1))
    simulator.add_person("ana", real_name="Ana Ruiz", tz="Europe/Madrid")
    simulator.add_person("ben", real_name="Ben Ode", tz="America/New_York")
    simulator.add_channel("okr", "ana", "ben", bot=True)
    async with simulator:
        yield simulator


@pytest.fixture
def client(slack: SlackSimulator) -> AsyncWebClient:
    return AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])


@pytest.fixture
def okr(slack: SlackSimulator) -> Channel:
    return slack.channel("okr").channel


Connect = Callable[[AsyncApp], AbstractAsyncContextManager[AsyncSocketModeHandler]]


@pytest.fixture
def app(client: AsyncWebClient, slack: SlackSimulator) -> AsyncApp:
    return AsyncApp(client=client, signing_secret=slack.signing_secret)


@pytest.fixture
def connect(slack: SlackSimulator) -> Connect:
    """`async with connect(app):` the app is on a socket."""

    @asynccontextmanager
    async def connected(app: AsyncApp) -> AsyncIterator[AsyncSocketModeHandler]:
        web_client = AsyncWebClient(slack.app_token, base_url=slack.api_url)
        handler = AsyncSocketModeHandler(app, slack.app_token, web_client=web_client)
        before = slack.sockets.connection_count
        await handler.connect_async()
        await slack.connected(before + 1)
        try:
            yield handler
        finally:
            await handler.close_async()

    return connected
