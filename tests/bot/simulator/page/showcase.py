"""A small company and a small app that together show everything the page can draw."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.simulator import SlackSimulator
from bot.simulator.page import page_routes

from .compass import listen, prompt

MONDAY = datetime(2026, 3, 23, 8, 0, tzinfo=UTC)

MANIFEST: dict[str, Any] = {
    "display_information": {"name": "Compass"},
    "features": {
        "bot_user": {"display_name": "Compass"},
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "slash_commands": [
            {
                "command": "/compass",
                "description": "Where the plan stands",
                "usage_hint": "[show KR-1 | form | help]",
            },
            {
                "command": "/compare",
                "description": "Two figures beside each other",
                "usage_hint": "KR-1 KR-2",
            },
        ],
        "shortcuts": [
            {"name": "Check in", "type": "global", "callback_id": "check_in", "description": "Your figures"},
            {
                "name": "Turn into an idea",
                "type": "message",
                "callback_id": "idea",
                "description": "Keeps the message as an idea",
            },
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "chat:write",
                "commands",
                "users:read",
                "im:history",
                "channels:history",
                "reactions:write",
                "files:write",
                "app_mentions:read",
                "channels:read",
                "im:write",
            ]
        }
    },
    "settings": {
        "socket_mode_enabled": True,
        "interactivity": {"is_enabled": True},
        "event_subscriptions": {"bot_events": ["app_home_opened", "message.im", "app_mention"]},
    },
}


@dataclass(slots=True)
class HandClock:
    """A clock moved by hand; `prompts` are instants at which the app posts."""

    instant: datetime = MONDAY
    prompts: list[datetime] = field(default_factory=list)
    on_prompt: Any = None
    pause: float = 0.0

    def now(self) -> datetime:
        return self.instant

    async def jump_to(self, instant: datetime) -> None:
        await asyncio.sleep(self.pause)
        due = [each for each in self.prompts if self.instant < each <= instant]
        self.instant = instant
        for each in due:
            self.prompts.remove(each)
            await self.on_prompt()

    async def next_prompt_at(self) -> datetime | None:
        return min(self.prompts, default=None)


@dataclass(slots=True)
class Showcase:
    slack: SlackSimulator
    app: AsyncApp
    clock: HandClock
    heard: list[dict[str, Any]]
    """Every action, submission, shortcut and closing that the app heard, oldest first."""

    @property
    def client(self) -> AsyncWebClient:
        return self.app.client

    def heard_values(self) -> dict[str, Any]:
        """The values of the last submission."""
        payload = next(each for each in reversed(self.heard) if each["type"] == "view_submission")
        values: dict[str, Any] = payload["view"]["state"]["values"]
        return values


@asynccontextmanager
async def showcase(*, welcome: str = "") -> AsyncIterator[Showcase]:
    """The company, the app connected over Socket Mode, and the page on `slack.url`."""
    clock = HandClock(prompts=[MONDAY + timedelta(days=7, hours=-1)])
    slack = SlackSimulator(MANIFEST, now=clock.now, workspace_name="Northwind Care", ack_timeout=1.0)
    slack.mount(*page_routes(slack, clock=clock, welcome=welcome, start_as="ana"))
    _settle_company(slack)
    async with slack:
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url)
        app = AsyncApp(client=client, signing_secret=slack.signing_secret)
        shown = Showcase(slack, app, clock, [])
        listen(app, slack, shown.heard)
        clock.on_prompt = lambda: prompt(slack, client, "ana")
        handler = AsyncSocketModeHandler(
            app, slack.app_token, web_client=AsyncWebClient(slack.app_token, base_url=slack.api_url)
        )
        await handler.connect_async()
        await slack.connected()
        try:
            yield shown
        finally:
            await handler.close_async()


def _settle_company(slack: SlackSimulator) -> None:
    slack.add_person("ana", real_name="Ana Ruiz", tz="Europe/Madrid", title="Head of Customer Service")
    slack.add_person("ben", real_name="Ben Okafor", tz="America/New_York", title="Operations")
    slack.add_person("chiara", real_name="Chiara Bianchi", tz="Europe/Rome", title="Product")
    slack.add_person("dev", real_name="Dev Patel", tz="Asia/Kolkata", title="Engineering")
    slack.add_person("gus", real_name="Gus Lind", tz="Europe/Stockholm", is_restricted=True)
    slack.add_person("olga", real_name="Olga Weber", tz="Europe/Berlin", deleted=True)
    team = slack.add_channel("customer-service", "ana", "ben", "chiara", bot=True)
    team.topic = "First answers that are right · figures every Monday"
    slack.add_channel("all-hands", "ana", "ben", "chiara", "dev", bot=True)
    slack.add_channel("leadership", "ana", private=True)
    slack.add_channel("factory", "ben", "dev")
