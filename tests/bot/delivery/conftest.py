"""A workspace in the simulated Slack, its outbox, and pumps that wait for nothing but Slack."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import select

from bot.clock import Clock
from bot.delivery import Delivery, DeliveryLimits
from bot.installations import Slack
from bot.simulator import Message, Person, SlackSimulator
from storage.database import Database
from storage.repositories.outbox import PROMPT, Envelope
from storage.repositories.workspaces import Workspaces
from storage.rules.terms import Role
from storage.tables import Outbox
from storage.tables.outbox import OutboxState
from tests import factories
from tests.clock import FrozenClock
from tests.conftest import UnitsOfWork

MANIFEST = {
    "display_information": {"name": "Hoshin"},
    "features": {"bot_user": {"display_name": "Hoshin"}, "app_home": {"messages_tab_enabled": True}},
    "oauth_config": {
        "scopes": {
            "bot": ["chat:write"],
            "bot_optional": ["im:history", "im:write", "channels:history"],
        }
    },
}

AT_ONCE: dict[str, Any] = {
    "posts_per_minute": 1_000_000,
    "edits_per_minute": 1_000_000,
    "burst": 1000,
    "channel_spacing_s": 0,
    "poll_s": 0.02,
    "first_backoff_s": 0,
    "doubt_rest_s": 0,
    "lookup_spacing_s": 0,
}


class PostOffice:
    """The outbox of one workspace and the Slack that it goes to."""

    def __init__(
        self, slack: SlackSimulator, database: Database, workspace_id: int, unit_of_work: UnitsOfWork
    ) -> None:
        self.slack = slack
        self.workspace_id = workspace_id
        self._gate = Slack(slack.api_url)
        self._database = database
        self._unit_of_work = unit_of_work
        self.ana: Person = slack.add_person("ana")
        self.ana_id = self.add_member(self.ana)

    def add_member(self, person: Person, **values: Any) -> int:
        with self._unit_of_work() as uow:
            return factories.member(uow, slack_user_id=person.id, **values).id

    def link(self, member_id: int, slack_user_id: str | None) -> None:
        with self._unit_of_work() as uow:
            uow.members.get(member_id).slack_user_id = slack_user_id

    def rest(self, member_id: int, from_at: datetime, until_at: datetime) -> None:
        """They are not to be disturbed between two instants."""
        with self._unit_of_work() as uow:
            member = uow.members.get(member_id)
            member.dnd_from_at, member.dnd_until_at = from_at, until_at

    def disconnect(self, now: datetime) -> None:
        with self._database.session() as session:
            Workspaces(session).disconnect("T0001", "", now)

    def count(self, state: OutboxState) -> int:
        with self._database.session() as session:
            return len(session.exec(select(Outbox.id).where(Outbox.state == state)).all())

    def grant(self, member_id: int, role: Role) -> None:
        with self._unit_of_work() as uow:
            uow.roles.grant(member_id, role, by_id=None, at=uow.now)

    def add_team(self, channel_id: str, lead_id: int) -> int:
        with self._unit_of_work() as uow:
            team = factories.team(uow, name="Service", channel_id=channel_id, lead_id=lead_id)
            return team.id

    def let_lead(self, lead_id: int, member_id: int) -> None:
        """One leads the team to which the other belongs."""
        with self._unit_of_work() as uow:
            factories.team_member(uow, factories.team(uow, lead_id=lead_id), uow.members.get(member_id))

    def channel_fault(self, team_id: int) -> str | None:
        with self._unit_of_work() as uow:
            return uow.teams.get(team_id).channel_fault

    async def until(self, key: str, state: OutboxState) -> None:
        """Waits while somebody else pumps."""
        async with asyncio.timeout(60):
            while self.state(key) is not state:  # noqa: ASYNC110 - the database tells nobody
                await asyncio.sleep(0.01)

    async def close(self) -> None:
        await self._gate.close()

    def move_slack_to(self, api_url: str) -> None:
        self._gate.api_url = api_url

    def put(self, key: str, text: str | None = None, **values: Any) -> int:
        """A message that is due now, to Ana where no receiver is named. Returns its row's id."""
        receivers = {"member_id", "channel_id", "thread_of_id", "edit_of_id"}
        if not receivers & set(values):
            values["member_id"] = self.ana_id
        with self._unit_of_work() as uow:
            defaults = {"payload": {"text": text or key}, "due_at": uow.now, "priority": PROMPT}
            row_id = uow.outbox.put(Envelope(key=key, **{**defaults, **values}))
        assert row_id is not None
        return row_id

    def edit(self, key: str, text: str) -> None:
        with self._unit_of_work() as uow:
            uow.outbox.edit(self.row(key), {"text": text}, uow.now, PROMPT)

    def row(self, key: str) -> Outbox:
        with self._unit_of_work() as uow:
            found = uow.outbox.find(key)
        assert found is not None
        return found

    def state(self, key: str) -> OutboxState:
        return self.row(key).state

    def texts(self, channel: str | None = None) -> list[str]:
        """What stands in a channel, or in Ana's direct messages, oldest first."""
        return [message.text for message in self.messages(channel)]

    def messages(self, channel: str | None = None) -> list[Message]:
        return self.slack.channel(channel).messages if channel else self.ana.messages

    def client_for(self, workspace_id: int) -> AsyncWebClient:
        del workspace_id
        return self._gate.client(self.slack.bot_token)

    def calls(self, method: str) -> int:
        return self.slack.traffic.count(method)

    def make_delivery(self, clock: Clock, real_clock: Clock | None = None, **limits: Any) -> Delivery:
        settings = DeliveryLimits(**{**AT_ONCE, **limits})
        return Delivery(self._database, self.client_for, clock, settings, real_clock=real_clock)

    @asynccontextmanager
    async def delivery(
        self, clock: Clock, real_clock: Clock | None = None, **limits: Any
    ) -> AsyncIterator[Delivery]:
        """A pump; what it has under way at the end is given up, as in a process that ends."""
        delivery = self.make_delivery(clock, real_clock, **limits)
        yield delivery
        await delivery.drain(0)


@pytest.fixture
async def office(
    database: Database, workspace: int, unit_of_work: UnitsOfWork, clock: FrozenClock
) -> AsyncIterator[PostOffice]:
    """The workspace in a Slack that granted the optional scopes too."""
    async with SlackSimulator(MANIFEST, now=clock.now, grant_optional_scopes=True) as slack:
        office = PostOffice(slack, database, workspace, unit_of_work)
        yield office
        await office.close()


@pytest.fixture
async def delivery(office: PostOffice, clock: FrozenClock) -> AsyncIterator[Delivery]:
    """A pump that no limit holds back."""
    async with office.delivery(clock) as delivery:
        yield delivery


async def pump(delivery: Delivery) -> None:
    """Turns until nothing moves and no call is under way: what may not go yet stays."""
    quiet = 0
    while quiet < 2:
        moved = await delivery.pump_once()
        quiet = 0 if moved or delivery.in_flight or delivery.is_looking_up else quiet + 1
        await asyncio.sleep(0.002)
