"""A whole bot and a simulated Slack around it, for conversations: only the clock is ours."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic import SecretStr

from bot.delivery import DeliveryLimits
from bot.manifest import make_manifest
from bot.runtime import Bot, running
from bot.settings import Settings
from bot.simulator import Person, SlackSimulator
from storage.database import Database, UnitOfWork
from storage.tables import KeyResult, Team
from tests import factories
from tests.clock import FrozenClock

CHANNEL = "customer-service"
READY_WITHIN_S = 60
DELIVERED_WITHIN_S = 60
LIMITS = DeliveryLimits(channel_spacing_s=0.05, rest_spacing_s=0)
"""The clock stands still between two steps, and what comes of one need not wait for real seconds."""


@dataclass(frozen=True)
class Stage:
    """Customer Service of a plan that was imported before the bot connected: Ana leads, Ben works there."""

    slack: SlackSimulator
    bot: Bot
    clock: FrozenClock
    workspace_id: int
    ana: Person
    ben: Person

    async def at(self, instant: datetime) -> None:
        """The clock jumps there; what falls due is done and delivered."""
        self.clock.jump_to(instant)
        await self.bot.tick()
        await self.settled()

    async def settled(self) -> None:
        """Everything that waits has been sent, and Slack and the bot rest."""
        await self.slack.settled()
        assert await self.bot.app.delivery.deliver_due_now(DELIVERED_WITHIN_S)
        await self.slack.settled()

    @property
    def channel(self) -> str:
        """The team's channel as text."""
        return self.slack.channel(CHANNEL).as_text()

    def posts(self) -> list[str]:
        """The texts of the channel's messages outside threads."""
        return [
            message.text
            for message in self.slack.channel(CHANNEL).messages
            if message.thread_ts in {None, message.ts}
        ]

    def unit_of_work(self) -> Any:
        return self.bot.database.unit_of_work(self.workspace_id, self.clock.now())


@asynccontextmanager
async def stage(
    database: Database,
    clock: FrozenClock,
    *,
    items: int = 1,
    http: bool = False,
    bot_in_channel: bool = True,
    optional_scopes: bool = False,
) -> AsyncIterator[Stage]:
    """Everything is up, and nobody is asked yet. `items` is how many key results Ana owns; Ben owns one."""
    workspace_id = _plan(database, clock, items)
    manifest = make_manifest(http="https://hoshin.example.com" if http else None)
    simulator = SlackSimulator(manifest, now=clock.now, patience=30.0, grant_optional_scopes=optional_scopes)
    async with simulator as slack:
        ana = slack.add_person("ana", real_name="Ana Ruiz", tz="Europe/Madrid")
        ben = slack.add_person("ben", real_name="Ben Okoye", tz="Europe/Madrid")
        slack.add_channel(CHANNEL, "ana", "ben", bot=bot_in_channel)
        settings = _settings(slack, http=http)
        async with running(settings, database, clock, LIMITS) as bot:
            if http:
                slack.request_url = f"http://127.0.0.1:{bot.port}/slack/events"
            await bot.wait_until_ready(READY_WITHIN_S)
            await bot.greet()
            await bot.tick()
            yield Stage(slack, bot, clock, workspace_id, ana, ben)


def _settings(slack: SlackSimulator, *, http: bool) -> Settings:
    return Settings(
        slack_bot_token=SecretStr(slack.bot_token),
        slack_app_token=None if http else SecretStr(slack.app_token),
        slack_signing_secret=SecretStr(slack.signing_secret) if http else None,
        slack_api_url=slack.api_url,
        host="127.0.0.1",
        port=0,
    )


def _plan(database: Database, clock: FrozenClock, items: int) -> int:
    """The rows that an import leaves behind: people by their address, the channel by its name."""
    with database.workspaces() as workspaces:
        workspace_id = workspaces.add_waiting().id
    with database.unit_of_work(workspace_id, clock.now()) as uow:
        team = factories.team(uow, name="Customer Service", channel=CHANNEL, channel_id=None)
        ana = _member(uow, team, "Ana Ruiz", "ana@example.com")
        ben = _member(uow, team, "Ben Okoye", "ben@example.com")
        team.lead_id = ana
        for owner_id in [ana] * items + [ben]:
            _key_result(uow, owner_id)
    return workspace_id


def _member(uow: UnitOfWork, team: Team, name: str, email: str) -> int:
    member = factories.member(
        uow, home=team, name=name, email=email, slack_user_id=None, zone="Europe/Madrid", locale="en-GB"
    )
    return member.id


def _key_result(uow: UnitOfWork, owner_id: int) -> KeyResult:
    key_result = factories.key_result(uow, owner_id=owner_id)
    factories.reading(uow, key_result, 70, period_on=date(2026, 2, 2))
    return key_result
