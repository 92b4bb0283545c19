"""Lateness: 5,000 people in 24 zones, asked on Monday at nine of their own time; from then to Slack's answer.

Ticks come as often as `hoshin run` makes them, at a random moment beside the hour; the pump keeps to its own
limits. Clock, ticks and limits run ten times as fast, and the work does not: what it takes counts ten times.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from statistics import median, quantiles

from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import col, select

from bot.app import SLICES
from bot.delivery import Delivery, DeliveryLimits
from bot.installations import Slack
from bot.runtime import TICK_EVERY_S
from bot.tick import tick
from storage.database import Database
from storage.tables import CheckinPrompt, Outbox
from storage.tables.outbox import OutboxState
from tests.benchmarks.outboxes import all_databases, count_states
from tests.benchmarks.schedules import fill
from tests.benchmarks.stub import Stub, running_stub
from tests.benchmarks.table import Line
from tests.databases import Databases

PEOPLE, SMALL_PEOPLE = 5_000, 480
ZONES = tuple(f"Etc/GMT{-hours:+d}" for hours in range(12, -12, -1))
"""From where it is nine first to where it is nine last; these names have their signs the other way round."""
FASTER = 10
MOST_LATE_S = 60.0
ANSWER_AFTER_S = 0.05
SEED = 20260209


class FastClock:
    """A clock that runs so many times as fast, from where it was put last."""

    def __init__(self, starts_at: datetime) -> None:
        self.jump_to(starts_at)

    def now(self) -> datetime:
        return self._starts_at + FASTER * (datetime.now(UTC) - self._since)

    def jump_to(self, instant: datetime) -> None:
        self._starts_at, self._since = instant, datetime.now(UTC)


def measure(*, small: bool) -> Iterator[Line]:
    """The same day on both databases."""
    people = SMALL_PEOPLE if small else PEOPLE
    with running_stub() as stub, all_databases() as databases:
        for kind in ("postgresql", "sqlite"):
            yield from _measured(kind, stub, databases[kind], people)


def _measured(kind: str, stub: Stub, databases: Databases, people: int) -> Iterator[Line]:
    stub.reset(delay=ANSWER_AFTER_S / FASTER)
    url = databases.migrated()
    with closing(Database(url)) as database:
        fill(database, people, people, ZONES)
        asyncio.run(_play(stub, database))
        if (states := count_states(database)) != {OutboxState.SENT: people}:
            raise AssertionError(f"not each of {people} was told: {states}")
        late = _lateness(database)
    databases.discard(url)
    own = _slacks_own(late)
    rest = [seconds - wait for seconds, wait in own]
    total = [seconds for seconds, _ in own]
    yield Line(
        f"lateness of {people:,} in {len(ZONES)} zones, beside Slack's rate, p99, {kind}",
        f"{_p99(rest):.1f} s",
        f"p50 {median(rest):.1f}, most {max(rest):.1f}",
        goal=f"≤ {MOST_LATE_S:.0f} s",
        met=_p99(rest) <= MOST_LATE_S,
    )
    yield Line(
        f"the same with Slack's rate, p99, {kind}",
        f"{_p99(total):.1f} s",
        f"p50 {median(total):.1f}, most {max(total):.1f}",
        f"{max(wait for _, wait in own):.1f}, the rate alone",
    )


async def _play(stub: Stub, database: Database) -> None:
    """Each zone's hour in turn; what lies between is left out."""
    chance = random.Random(SEED)  # noqa: S311 - the same moments each time
    own = DeliveryLimits()
    limits = replace(
        own,
        posts_per_minute=own.posts_per_minute * FASTER,
        channel_spacing_s=own.channel_spacing_s / FASTER,
        poll_s=own.poll_s / FASTER,
    )
    with database.unit_of_work(1, datetime.now(UTC), read=True) as uow:
        clock = FastClock((uow.schedules.find_next_due_at() or uow.now) - timedelta(minutes=1))
    slack = Slack(stub.api_url)
    client = slack.client("xoxb-stub")

    def client_for(workspace_id: int) -> AsyncWebClient:
        del workspace_id
        return client

    delivery = Delivery(database, client_for, clock, limits)
    stop = asyncio.Event()
    pumping = asyncio.create_task(delivery.run(stop))
    while (due_at := await database.read(1, clock.now(), lambda uow: uow.schedules.find_next_due_at())) and (
        due_at < clock.now() + timedelta(days=2)
    ):
        clock.jump_to(due_at - timedelta(seconds=chance.uniform(0, TICK_EVERY_S)))
        await _hour(database, clock, delivery)
    stop.set()
    await delivery.drain(5)
    await pumping
    await slack.close()


async def _hour(database: Database, clock: FastClock, delivery: Delivery) -> None:
    """Ticks until everyone of a zone is told."""
    asked = 0
    while asked == 0 or count_states(database).keys() != {OutboxState.SENT}:
        asked += await tick(database, clock.now(), SLICES)
        delivery.notify()
        await asyncio.sleep(TICK_EVERY_S / FASTER)


def _lateness(database: Database) -> dict[datetime, list[float]]:
    """Seconds from the opening to the answer of Slack, in the order in which they were told, by opening."""
    found: dict[datetime, list[float]] = defaultdict(list)
    with database.session(read=True) as session:
        rows = session.exec(
            select(CheckinPrompt.opens_at, Outbox.sent_at)
            .join(Outbox, col(Outbox.member_id) == col(CheckinPrompt.member_id))
            .where(Outbox.workspace_id == 1, CheckinPrompt.workspace_id == 1)
            .order_by(col(Outbox.sent_at))
        )
        for opens_at, sent_at in rows:
            if sent_at is not None:
                found[opens_at].append((sent_at - opens_at).total_seconds())
    return found


def _slacks_own(late: dict[datetime, list[float]]) -> list[tuple[float, float]]:
    """Each one's lateness, and how much of it the rate alone asks for: the bucket's, from the opening on."""
    limits = DeliveryLimits()
    a_second = (limits.posts_per_minute - limits.burst) / 60
    return [
        (seconds, max(place - limits.burst, 0) / a_second)
        for one in late.values()
        for place, seconds in enumerate(one, start=1)
    ]


def _p99(values: list[float]) -> float:
    return quantiles(values, n=100)[98]
