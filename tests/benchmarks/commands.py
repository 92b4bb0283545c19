"""A signed `/hoshin help` through the whole app, beside bare Bolt with one catch-all listener."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing
from statistics import median
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from slack_bolt.async_app import AsyncAck, AsyncApp
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot.answers import Answer, nothing
from bot.app import App
from bot.asks import Ask
from bot.clock import SystemClock
from bot.routing import Family
from bot.web.slack import slack_routes
from storage.database import Database
from tests.benchmarks.endpoint import bare_bolt, bare_routes, command_fields, post_form, product
from tests.benchmarks.table import Line, middle

REQUESTS, SMALL_REQUESTS = 100, 50
REPEATS, SMALL_REPEATS = 180, 20
"""Many short turns: what else the machine does then weighs on both halves of a pair alike."""
WARM_UP = 300
GOAL = 1.4
IDLE_ACK_GOAL_MS = 1.0
IDLE_REQUESTS, SMALL_IDLE_REQUESTS = 200, 50
IDLE_PAUSE_S = 0.01
FEW, MANY = 10, 150
"""Listeners of bare Bolt."""
PADDED = 300
"""Routes of the product; it has more than `MANY` by itself."""

Send = Callable[[], Awaitable[None]]


def measure(*, small: bool) -> Iterator[Line]:
    """All in one process and one event loop, the variants in turn."""
    with TemporaryDirectory() as folder, closing(Database(f"sqlite:///{folder}/unused.db")) as database:
        yield from asyncio.run(_measure(database, small=small))


async def _measure(database: Database, *, small: bool) -> list[Line]:
    requests, repeats = (SMALL_REQUESTS, SMALL_REPEATS) if small else (REQUESTS, REPEATS)
    app, padded = product(database, SystemClock()), product(database, SystemClock())
    shipped = _count_routes(app)
    _pad(padded, PADDED - shipped)
    variants: dict[str, Send] = {
        "floor": sender(bare_routes(_bare(1))),
        "product": sender(slack_routes(app.bolt, lambda: True)),
        "padded": sender(slack_routes(padded.bolt, lambda: True)),
        "few": sender(bare_routes(_bare(FEW))),
        "many": sender(bare_routes(_bare(MANY))),
    }
    costs: dict[str, list[float]] = {name: [] for name in variants}
    for send in variants.values():
        await _cpu_us(send, WARM_UP)
    for _ in range(repeats):
        for name, send in variants.items():
            costs[name].append(await _cpu_us(send, requests))
    acks = await _idle_acks_ms(variants["product"], SMALL_IDLE_REQUESTS if small else IDLE_REQUESTS)
    for one in (app, padded):
        await one.slack.close()
    ratios = [mine / floor for mine, floor in zip(costs["product"], costs["floor"], strict=True)]
    return [
        Line(
            "signed /hoshin help, CPU",
            f"{median(costs['product']):.0f} µs",
            middle(costs["product"], ".0f"),
            f"{median(costs['floor']):.0f}",
            f"{median(ratios):.2f} ({middle(ratios, '.2f')})",
            f"≤ {GOAL}",
            median(ratios) <= GOAL,
        ),
        Line(
            "the same, idle, ack p50",
            f"{median(acks):.2f} ms",
            f"p95 {sorted(acks)[len(acks) * 95 // 100]:.2f}",
            goal=f"≤ {IDLE_ACK_GOAL_MS:.0f}",
            met=median(acks) <= IDLE_ACK_GOAL_MS,
        ),
        _growth(f"the same, {shipped} → {PADDED} routes, CPU", costs["padded"], costs["product"]),
        _growth(f"bare Bolt, {FEW} → {MANY} listeners, CPU", costs["many"], costs["few"]),
    ]


def _growth(name: str, many: list[float], few: list[float]) -> Line:
    ratios = [more / less for more, less in zip(many, few, strict=True)]
    return Line(
        name,
        f"{median(many):.0f} µs",
        middle(many, ".0f"),
        f"{median(few):.0f}",
        f"{median(ratios):.2f} ({middle(ratios, '.2f')})",
    )


def _count_routes(app: App) -> int:
    return sum(len(app.routes.names(family)) for family in Family)


def _pad(app: App, count: int) -> None:
    """More routes, as later slices will bring."""

    async def handler(ask: Ask) -> Answer:
        del ask
        return nothing()

    for number in range(count):
        app.routes.command(f"hoshin padding{number}")(handler)


def _bare(listeners: int) -> AsyncApp:
    """The last listener is the one."""
    app = bare_bolt()

    async def listener(ack: AsyncAck) -> None:
        await ack("These are the commands.")

    for number in range(listeners - 1):
        app.command(f"/other{number}")(listener)
    app.command(re.compile(".*"))(listener)
    return app


def sender(routes: Sequence[BaseRoute], text: str = "help", user: str = "U1") -> Send:
    """Sends one command through Slack's endpoint of the web application, without a network between."""
    web = Starlette(routes=list(routes))
    body = urlencode(command_fields("/hoshin", text, user=user)).encode()

    async def send() -> None:
        await post_form(web, body)

    return send


async def _cpu_us(send: Send, requests: int) -> float:
    """CPU time of this process for one request, in microseconds."""
    started = time.process_time()
    for _ in range(requests):
        await send()
    return (time.process_time() - started) / requests * 1e6


async def _idle_acks_ms(send: Send, requests: int) -> list[float]:
    """From the request to its answer, one request at a time, with nothing else to do."""
    acks = []
    for _ in range(requests):
        await asyncio.sleep(IDLE_PAUSE_S)
        started = time.perf_counter()
        await send()
        acks.append((time.perf_counter() - started) * 1000)
    return acks
