"""Fan-out: 10,000 prompts through the outbox, beside a bare loop over slack_sdk that keeps no record."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import SystemClock
from bot.delivery import Delivery, DeliveryLimits
from bot.installations import Slack
from storage.database import Database
from storage.tables.outbox import OutboxState
from tests.benchmarks.outboxes import (
    IN_FLIGHT,
    KINDS,
    PAYLOAD,
    UNLIMITED,
    all_databases,
    count_states,
    outbox,
)
from tests.benchmarks.stub import MINUTE_S, Stub, running_stub
from tests.benchmarks.table import Line, ratio_line
from tests.databases import Databases

COUNT, SMALL_COUNT = 10_000, 1_000
REPEATS, SMALL_REPEATS = 3, 1
GOAL = 0.85
ANSWER_AFTER_S = 0.05

LIMITED, SMALL_LIMITED = 1_000, 400
FASTER = 10
SLACKS_LIMIT = 300
"""Messages a minute and workspace: the least that "several hundred" can mean."""
SLACKS_SPACING_S = 1.0


def measure(*, small: bool) -> Iterator[Line]:
    """Floor and both databases in turn, several times over, in this process."""
    count, repeats = (SMALL_COUNT, SMALL_REPEATS) if small else (COUNT, REPEATS)
    with running_stub() as stub, all_databases() as databases:
        for delay, goal in ((ANSWER_AFTER_S, GOAL), (0.0, 0.0)):
            floors: list[float] = []
            rates: dict[str, list[float]] = {kind: [] for kind in KINDS}
            most = 0
            for _ in range(repeats):
                stub.reset(delay=delay)
                floors.append(count / asyncio.run(_bare_loop(stub, count)))
                for kind in KINDS:
                    stub.reset(delay=delay)
                    with outbox(databases[kind], count) as (_, database):
                        seconds, sending = _pumped(stub, database, UNLIMITED)
                        _check_all_sent(stub, database, count)
                    rates[kind].append(count / seconds)
                    most = max(most, sending, stub.facts()["most"])
            said = f"stub answers after {delay * 1000:.0f} ms" if delay else "stub answers at once"
            for kind in KINDS:
                name = f"fan-out of {count}, {kind}, {said}"
                yield ratio_line(name, rates[kind], floors, unit="/s", form=".0f", at_least=goal)
            yield Line(
                f"most messages `sending`, {said}", str(most), goal=f"≤ {IN_FLIGHT}", met=most <= IN_FLIGHT
            )
        yield _with_limits(stub, databases["sqlite"], small=small)


async def _bare_loop(stub: Stub, count: int) -> float:
    """Seconds for as many messages by so many workers, all on one session."""
    slack = Slack(stub.api_url)
    client = slack.client("xoxb-stub")
    numbers = iter(range(count))

    async def work() -> None:
        for number in numbers:
            await client.chat_postMessage(channel=f"U{number}", **PAYLOAD)

    started = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))
    seconds = time.perf_counter() - started
    await slack.close()
    return seconds


def _pumped(stub: Stub, database: Database, limits: DeliveryLimits) -> tuple[float, int]:
    """Seconds until all is sent, and the most rows that stood as `sending` at once."""
    with _watched(database) as most:
        seconds = asyncio.run(pump(stub.api_url, database, limits))
    return seconds, max(most, default=0)


async def pump(api_url: str, database: Database, limits: DeliveryLimits) -> float:
    """Seconds that the product's own pump takes for all that is due."""
    slack = Slack(api_url)
    client = slack.client("xoxb-stub")

    def client_for(workspace_id: int) -> AsyncWebClient:
        del workspace_id
        return client

    delivery = Delivery(database, client_for, SystemClock(), limits)
    started = time.perf_counter()
    await delivery.deliver_due_now()
    seconds = time.perf_counter() - started
    await delivery.drain(5)
    await slack.close()
    return seconds


@contextmanager
def _watched(database: Database) -> Iterator[list[int]]:
    """Counts the rows that are `sending`, five times a second, from a connection of its own."""
    seen: list[int] = []
    done = threading.Event()

    def look() -> None:
        while not done.wait(0.2):
            seen.append(count_states(database).get(OutboxState.SENDING, 0))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        done.set()
        thread.join()


def _check_all_sent(stub: Stub, database: Database, count: int) -> None:
    states, counts = count_states(database), stub.counts()
    if states != {OutboxState.SENT: count} or len(counts) != count or set(counts.values()) != {1}:
        raise AssertionError(f"not each message once: {states}, {len(counts)} keys")


def _with_limits(stub: Stub, databases: Databases, *, small: bool) -> Line:
    """The product's own limits, ten times as fast, against a Slack that enforces them as much faster."""
    own = DeliveryLimits()
    count = SMALL_LIMITED if small else LIMITED
    limits = replace(
        own, channel_spacing_s=own.channel_spacing_s / FASTER, posts_per_minute=own.posts_per_minute * FASTER
    )
    stub.reset(delay=0.0, a_minute=SLACKS_LIMIT, minute=MINUTE_S / FASTER, spacing=SLACKS_SPACING_S / FASTER)
    with outbox(databases, count) as (_, database):
        seconds, _ = _pumped(stub, database, limits)
        _check_all_sent(stub, database, count)
    refused = stub.facts()["refused"]
    name = f"429s for {count} prompts, limits enforced ({FASTER} × as fast as Slack's)"
    return Line(
        name, str(refused), f"{count / seconds * MINUTE_S / FASTER:.0f}/min", goal="0", met=refused == 0
    )
