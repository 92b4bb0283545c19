"""`hoshin demo`: a local Slack in the browser, the worked example loaded, the bot connected to it.

Nothing leaves this computer and nothing stays: the database is a file that is removed at the end.
"""

import asyncio
import contextlib
import logging
import signal
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from pydantic import SecretStr

from bot import logs
from bot.clock import OffsetClock
from bot.delivery import DeliveryLimits
from bot.manifest import make_manifest
from bot.runtime import Bot
from bot.settings import LogFormat, Settings
from bot.simulator import Channel, SlackSimulator, User
from bot.simulator.page import page_routes
from bot.tick import next_due_at
from storage import schema
from storage.bundle import Bundle, example, load, read_plan_file
from storage.database import Database
from storage.rules.errors import Invalid

STARTS_AT = datetime(2026, 2, 9, 9, 0, tzinfo=ZoneInfo("Europe/Berlin"))
"""A Monday, when the check-in opens in Berlin and Chicago still sleeps."""

LOADED_AT = datetime(2026, 2, 6, 17, 0, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)
"""The Friday before, when the plan was loaded: what moves from Monday on is news against it."""

COMPANY = "Norden Pumps"
FIRST_PERSON = "jonas"
READY_WITHIN_S = 20.0
SENT_WITHIN_S = 10.0
LIMITS = DeliveryLimits(edits_per_minute=1000, rest_spacing_s=0)
"""The clock moves by days in a moment, and what comes of a day need not wait for real minutes."""

WELCOME = (
    "This is *Norden Pumps*, a made-up company, in a Slack that runs on this computer alone. You begin as "
    "*Jonas Weber*, who leads Operations; the switch at the top makes you anyone else. It is Monday, 09:00 "
    "in Berlin: under *Apps*, *Hoshin* asks Jonas how his week stands. Answer it, then look at its *Home* "
    "tab and at *#operations*. “Next prompt” moves the clock on to where Chicago wakes up."
)

LOCALES = {"Europe/Berlin": "de-DE", "America/Chicago": "en-US", "Asia/Singapore": "en-GB"}
GUEST = ("lea", "Lea Fontaine", "Industrial designer (guest)", "product")
LEFT = ("oskar", "Oskar Brandt", "Left in December")

SMALL_TALK = (
    ("product", 13, 40, "sara", "Sketches for the new volute casing are in the shared folder, thanks Lea."),
    ("product", 13, 52, "lea", "Two more variants follow on Monday, with the quieter inlet."),
    (
        "product",
        14,
        5,
        "diego",
        "Nice. I still owe the root cause for the seal failures, the lab has the parts.",
    ),
    (
        "operations",
        14,
        10,
        "jonas",
        "The night shift ran the casing line without a stop. Well done, all of you.",
    ),
    ("operations", 14, 31, "priya", "Changeover was 39 minutes today, the new clamps help."),
    ("leadership", 15, 2, "ingrid", "Customer visit in Lyon is fixed for the 18th. Who comes along?"),
    ("leadership", 15, 9, "sara", "I do, they have two of the returned pumps."),
    ("customer-service", 16, 20, "ana", "Call routing goes live for the second team next week."),
    ("customer-service", 16, 34, "ben", "I moved the old pump manuals out of the knowledge base search."),
    ("customer-service", 16, 41, "mei", "Fewer hand-overs already this week, the topic list works."),
)
"""(channel, hour and minute of the Friday before in Berlin, who, what)."""


@dataclass(slots=True)
class Demo:
    """The demo while it runs; also the clock that the page shows and moves."""

    slack: SlackSimulator
    clock: OffsetClock
    database: Database
    bot: Bot | None = None
    _moving: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def address(self) -> str:
        return f"{self.slack.url}/"

    def now(self) -> datetime:
        return self.clock.now()

    async def jump_to(self, instant: datetime) -> None:
        """Moves the clock forward, stopping wherever something falls due, so that prompts, reminders and
        closings happen at their own instants. Returns when all that came of it is sent."""
        async with self._moving:
            # What people did just now belongs to now.
            await self.play()
            due_at = await self._next_due_at()
            while due_at is not None and self.now() < due_at <= instant:
                self.clock.jump_to(due_at)
                await self.play()
                due_at = await self._next_due_at()
            self.clock.jump_to(max(instant, self.now()))
            await self.play()

    async def next_prompt_at(self) -> datetime | None:
        """When the next person is asked."""
        workspace_id = self._workspace_id()
        if workspace_id is None:
            return None
        now = self.now()
        return await self.database.read(workspace_id, now, lambda uow: uow.standings.find_next_prompt_at(now))

    async def play(self) -> None:
        """Lets everything happen that is due now, and waits until it is told."""
        if self.bot is None:
            return
        await self.bot.tick()
        await self.bot.app.delivery.deliver_due_now(SENT_WITHIN_S)
        with contextlib.suppress(TimeoutError):
            await self.slack.settled(SENT_WITHIN_S)

    async def _next_due_at(self) -> datetime | None:
        now, workspace_id = self.now(), self._workspace_id()
        slices = self.bot.app.slices if self.bot is not None else ()
        instants = [await next_due_at(self.database, now, slices)]
        if workspace_id is not None:
            waiting = await self.database.read(workspace_id, now, lambda uow: uow.outbox.find_next_due(now))
            instants.append(waiting)
        return min((at for at in instants if at is not None), default=None)

    def _workspace_id(self) -> int | None:
        installed = self.bot.app.installations.list_all() if self.bot is not None else ()
        return installed[0].workspace_id if installed else None


def run_demo(port: int) -> None:
    """Serves the demo until Ctrl-C.

    Raises:
        Invalid: the port is taken.
    """
    logs.configure(LogFormat.TEXT)
    # One address and nothing else, unless something goes wrong.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    asyncio.run(_serve(port))


@contextlib.asynccontextmanager
async def playing(port: int = 0) -> AsyncIterator[Demo]:
    """The demo from its start, when the first prompts have arrived, to its end.

    Raises:
        Invalid: the port is taken.
    """
    plan = read_plan_file(example(), name="example.yaml")
    clock = OffsetClock.starting_at(STARTS_AT)
    slack = SlackSimulator(
        make_manifest(), now=clock.now, workspace_name=COMPANY, grant_optional_scopes=True, port=port
    )
    _furnish(slack, plan, clock)
    with tempfile.TemporaryDirectory(prefix="hoshin-demo-") as folder:
        database = Database(f"sqlite:///{folder}/demo.db")
        try:
            await database.in_thread(lambda: _fill(database, plan, LOADED_AT))
            demo = Demo(slack, clock, database)
            slack.mount(*page_routes(slack, clock=demo, welcome=WELCOME, start_as=FIRST_PERSON))
            async with _serving(slack, port), _connected(demo):
                yield demo
        finally:
            database.close()


async def _serve(port: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with playing(port) as demo:
        print(f"Hoshin's demo is at {demo.address} – Ctrl-C ends it.", flush=True)  # noqa: T201 - its one line
        await stop.wait()


@contextlib.asynccontextmanager
async def _serving(slack: SlackSimulator, port: int) -> AsyncIterator[None]:
    try:
        await slack.start()
    except OSError as error:
        raise Invalid(
            f"Port {port} is taken. Choose another: `hoshin demo --port 0` takes a free one."
        ) from error
    try:
        yield
    finally:
        await slack.stop()


@contextlib.asynccontextmanager
async def _connected(demo: Demo) -> AsyncIterator[None]:
    """The bot over Socket Mode, with the first prompts sent."""
    bot = Bot(_settings(demo), demo.database, demo.clock, LIMITS)
    try:
        await bot.start()
        demo.slack.activity.app_is_idle = lambda: bot.app.supervisor.is_idle
        await bot.wait_until_ready(READY_WITHIN_S)
        demo.bot = bot
        await demo.play()
        yield
    finally:
        await bot.stop()


def _settings(demo: Demo) -> Settings:
    """Every setting is given, since what is not given would be read from the environment."""
    return Settings(
        slack_bot_token=SecretStr(demo.slack.bot_token),
        slack_app_token=SecretStr(demo.slack.app_token),
        slack_signing_secret=None,
        slack_api_url=demo.slack.api_url,
        database_url=demo.database.engine.url.render_as_string(),
        host="127.0.0.1",
        port=0,
        hoshin_ops_port=None,
        hoshin_log_format=LogFormat.TEXT,
        hoshin_clock=None,
    )


def _fill(database: Database, plan: Bundle, now: datetime) -> None:
    """The schema and the worked example; the first connection takes the waiting workspace over."""
    schema.upgrade(database.engine)
    with database.workspaces() as workspaces:
        workspace_id = workspaces.add_waiting().id
    with database.unit_of_work(workspace_id, now) as uow:
        load(uow, plan)


def _furnish(slack: SlackSimulator, plan: Bundle, clock: OffsetClock) -> None:
    """The people and channels of the plan, someone who left, a guest, and last Friday's small talk."""
    people = _add_people(slack, plan)
    channels = _add_channels(slack, plan, people)
    friday = STARTS_AT - timedelta(days=3)
    for name, hour, minute, handle, text in SMALL_TALK:
        clock.jump_to(friday.replace(hour=hour, minute=minute).astimezone(UTC))
        slack.workspace.post(channels[name].id, people[handle].id, text)
    clock.jump_to(STARTS_AT.astimezone(UTC))
    for channel in channels.values():
        for member in channel.members:
            slack.workspace.mark_read(channel.id, member)


def _add_people(slack: SlackSimulator, plan: Bundle) -> dict[str, User]:
    """By handle: a person's first name."""
    leads = {team.lead: f"Leads {team.name}" for team in plan.teams}
    for row in plan.people:
        zone = row.zone or "UTC"
        slack.workspace.add_user(
            _handle(row.name),
            real_name=row.name,
            email=row.email,
            tz=zone,
            locale=LOCALES.get(zone, "en-US"),
            title=leads.get(row.email, row.team or ""),
        )
    handle, name, title, _ = GUEST
    slack.workspace.add_user(handle, real_name=name, title=title, tz="Europe/Paris", is_restricted=True)
    handle, name, title = LEFT
    slack.workspace.add_user(handle, real_name=name, title=title, tz="Europe/Berlin", deleted=True)
    return {user.name: user for user in slack.workspace.users.values()}


def _add_channels(slack: SlackSimulator, plan: Bundle, people: dict[str, User]) -> dict[str, Channel]:
    by_email = {user.email: user.id for user in people.values() if user.email}
    bot_id = slack.installation_of(slack.workspace).bot_user_id
    channels = {}
    for team in plan.teams:
        if team.channel is None:
            continue
        own = [row.email for row in plan.people if row.team == team.name]
        named = [*([team.lead] if team.lead else []), *own, *team.members]
        guests = [people[GUEST[0]].id] if team.channel == GUEST[3] else []
        channels[team.channel] = slack.workspace.add_channel(
            team.channel, members=[*map(by_email.__getitem__, named), *guests, bot_id]
        )
    return channels


def _handle(name: str) -> str:
    return name.partition(" ")[0].lower()
