"""Looking at a plan: beside the same statements sent by SQLAlchemy Core, with nothing made of their rows."""

import asyncio
import gc
import re
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from statistics import median
from typing import Any

import psutil
from slack_bolt.async_app import AsyncAck
from sqlalchemy import Engine, event
from starlette.routing import BaseRoute

from bot.app import HOME_SECTIONS
from bot.asks import Person
from bot.home.slice import draw_home
from bot.strategy.arguments import View
from bot.strategy.blocks.tree import tree
from bot.strategy.facts import Place
from bot.strategy.service import place
from bot.web.slack import slack_routes
from storage.database import Database, UnitOfWork
from storage.rules.scoring import roll_up
from tests import factories
from tests.benchmarks.commands import sender
from tests.benchmarks.endpoint import bare_bolt, bare_routes, product
from tests.benchmarks.outboxes import KINDS, all_databases, analyze
from tests.benchmarks.table import Line, spread
from tests.clock import FrozenClock
from tests.databases import Databases
from tests.plans import TODAY, company, store, store_history

NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 8, tzinfo=UTC)

SUBTREE = 500
GOAL_SUBTREE = 0.9
REPEATS, SMALL_REPEATS = 30, 10

FEW, MANY, SMALL_MANY = 500, 10_000, 2_000
PEOPLE, SMALL_PEOPLE = 2_000, 200
YEARS, SMALL_YEARS = 3, 1
IN_FLIGHT = 8
ASKERS = 16
REQUESTS, SMALL_REQUESTS = 400, 100
GOAL_P99 = 2.0
GOAL_GROWTH = 1.5
GOAL_MEMORY_MB = 10.0

CHILDREN = 100_000
GOAL_ROLL_UP_S = 1.0

Statement = tuple[Any, Any]
Ask = Callable[[int], Awaitable[None]]
"""Asks once, as the person of that number."""


def measure(*, small: bool) -> Iterator[Line]:
    """On both databases, product and floor in turn."""
    yield _roll_up()
    with all_databases() as databases:
        for kind in KINDS:
            yield from _subtree(kind, databases[kind], small=small)
            yield from asyncio.run(_in_flight(kind, databases[kind], small=small))


def _roll_up() -> Line:
    children = [(Decimal(number % 1_000_000) / 1_000_000, Decimal(number % 5)) for number in range(CHILDREN)]
    seconds = []
    for _ in range(5):
        started = time.process_time()
        roll_up(children)
        seconds.append(time.process_time() - started)
    return Line(
        f"roll-up of {CHILDREN:,} key results",
        f"{median(seconds):.2f} s",
        spread(seconds, ".2f"),
        goal=f"≤ {GOAL_ROLL_UP_S:.0f}",
        met=median(seconds) <= GOAL_ROLL_UP_S,
    )


@contextmanager
def _filled(databases: Databases, size: int, people: int, years: int) -> Iterator[Database]:
    url = databases.migrated()
    with closing(Database(url)) as database:
        workspace = factories.workspace(database, NOW, team_id="T1")
        plan = company(size, people=people)
        with database.unit_of_work(workspace, NOW) as uow:
            store(uow, plan)
            store_history(uow, plan, years=years, weeks=4)
        analyze(database.engine)
        yield database
    databases.discard(url)


def _subtree(kind: str, databases: Databases, *, small: bool) -> Iterator[Line]:
    """From the root down, with progress and status, as a view reads it; then the same after a change."""
    repeats = SMALL_REPEATS if small else REPEATS
    with _filled(databases, SUBTREE, 50, 1) as database:
        statements = _recorded(database, lambda uow: uow.strategies.read(uow.strategies.get_plan(), NOW))
        warm, cold, floor = [], [], []
        for _ in range(repeats):
            with database.unit_of_work(1, NOW, read=True) as uow:
                floor.append(_seconds(lambda: _send(uow, statements)))
            with database.unit_of_work(1, NOW, read=True) as uow:
                warm.append(_seconds(lambda: _look(uow)))
            with database.unit_of_work(1, NOW, read=True) as uow:
                cold.append(_seconds(lambda: uow.strategies.read(uow.strategies.get_plan(), NOW)))
    for name, seconds, goal in (("", warm, GOAL_SUBTREE), (", read anew after a change", cold, 0.0)):
        ratios = [theirs / mine for mine, theirs in zip(seconds, floor, strict=True)]
        yield Line(
            f"subtree of {SUBTREE}, {kind}{name}",
            f"{median(seconds) * 1000:.1f} ms",
            spread([one * 1000 for one in seconds], ".1f"),
            f"{median(floor) * 1000:.1f}",
            f"{median(ratios):.2f} ({spread(ratios, '.2f')})",
            f"≥ {goal}" if goal else "",
            median(ratios) >= goal if goal else None,
        )


def _look(uow: UnitOfWork) -> None:
    scene = _whole(uow).scene
    lines = [
        scene.standings[node.ref] for root in scene.graph.roots for _, node in scene.graph.subtree(root.ref)
    ]
    if len(lines) < SUBTREE * 0.9:
        raise AssertionError(f"only {len(lines)} items")


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _recorded(database: Database, work: Callable[[UnitOfWork], object]) -> list[Statement]:
    """The statements of a piece of work, as Core has them, with their values."""
    sent: list[Statement] = []

    def note(*arguments: Any) -> None:
        context = arguments[4]
        if context is not None and context.compiled is not None:
            sent.append((context.compiled.statement, context.compiled_parameters[0]))

    with database.unit_of_work(1, NOW, read=True) as uow:
        event.listen(Engine, "before_cursor_execute", note)
        try:
            work(uow)
        finally:
            event.remove(Engine, "before_cursor_execute", note)
    return sent


def _send(uow: UnitOfWork, statements: Sequence[Statement]) -> None:
    connection = uow.session.connection()
    for statement, values in statements:
        connection.execute(statement, values).fetchall()


@dataclass(frozen=True, slots=True)
class _Latencies:
    p50: float
    p99: float


async def _in_flight(kind: str, databases: Databases, *, small: bool) -> list[Line]:
    """Eight at a time: `/hoshin tree`, `/hoshin` and the Home tab, on a small and on a large plan."""
    requests = SMALL_REQUESTS if small else REQUESTS
    found: dict[tuple[str, int, str], _Latencies] = {}
    grown = 0.0
    sizes = (FEW, SMALL_MANY if small else MANY)
    for size in sizes:
        people = PEOPLE if size == MANY else SMALL_PEOPLE
        with _filled(databases, size, people, SMALL_YEARS if small else YEARS) as database:
            for name, (product, floor) in _asks(database).items():
                await _timed(product, ASKERS * 2)
                await _timed(floor, ASKERS * 2)
                gc.collect()
                before = psutil.Process().memory_info().rss
                found[name, size, "product"] = await _timed(product, requests)
                grown = max(grown, (psutil.Process().memory_info().rss - before) / 1e6)
                found[name, size, "floor"] = await _timed(floor, requests)
    few, many = sizes
    lines = []
    for name in ("/hoshin tree", "/hoshin", "Home tab"):
        mine, theirs = found[name, many, "product"], found[name, many, "floor"]
        ratio = mine.p99 / theirs.p99
        growth = mine.p50 / found[name, few, "product"].p50
        lines += [
            Line(
                f"{name}, {many:,} items, {kind}, p99",
                f"{mine.p99:.1f} ms",
                f"p50 {mine.p50:.1f}",
                f"{theirs.p99:.1f}",
                f"{ratio:.2f}",
                f"≤ {GOAL_P99:.0f}",
                ratio <= GOAL_P99,
            ),
            Line(
                f"the same, p50, {few} → {many:,} items",
                f"{mine.p50:.1f} ms",
                floor=f"{found[name, few, 'product'].p50:.1f}",
                ratio=f"{growth:.2f}",
                goal=f"≤ {GOAL_GROWTH}",
                met=growth <= GOAL_GROWTH,
            ),
        ]
    lines.append(
        Line(
            f"memory after {requests} looks, {kind}",
            f"+{grown:.1f} MB",
            goal=f"≤ {GOAL_MEMORY_MB:.0f}",
            met=grown <= GOAL_MEMORY_MB,
        )
    )
    return lines


def _asks(database: Database) -> dict[str, tuple[Ask, Ask]]:
    """By name: the product's way of asking, and the floor's, which sends the same statements."""
    app = product(database, FrozenClock(NOW))
    routes = slack_routes(app.bolt, lambda: True)
    looks = (
        lambda uow: tree(_whole(uow), ANYONE),
        lambda uow: draw_home(uow, HOME_SECTIONS, "U0001"),
    )
    for look in looks:
        # The plan is in memory from the first look on: what is compared is what every further one sends.
        _recorded(database, look)
    tree_of, home_of = (_recorded(database, look) for look in looks)

    async def home(number: int) -> None:
        await database.read(1, NOW, draw_home, HOME_SECTIONS, _user(number))

    async def home_floor(number: int) -> None:
        del number
        await database.read(1, NOW, _send, home_of)

    return {
        "/hoshin tree": (_command(routes, "tree"), _bare_command(database, tree_of)),
        "/hoshin": (_command(routes, ""), _bare_command(database, home_of)),
        "Home tab": (home, home_floor),
    }


ANYONE = Person(1, "U0001", "Person 1", "UTC", "en-US")
ANSWER = "■ A-1 Improve NPS from 60 to 75 · 13 % · Ana Ruiz\n" * 60
"""About as long as the product's answers."""


def _whole(uow: UnitOfWork) -> Place:
    found = place(uow, 1, View(""))
    if not isinstance(found, Place):
        raise TypeError("the whole plan is one place")
    return found


def _user(number: int) -> str:
    """One of several people, all of whom the app has met after the first asks."""
    return f"U{number % ASKERS + 1:04}"


def _command(routes: Sequence[BaseRoute], text: str) -> Ask:
    sends = [sender(routes, text, _user(number)) for number in range(ASKERS)]

    async def ask(number: int) -> None:
        await sends[number % len(sends)]()

    return ask


def _bare_command(database: Database, statements: Sequence[Statement]) -> Ask:
    """Bare Bolt, with one listener that sends the statements and answers a fixed text."""
    app = bare_bolt()

    async def listener(ack: AsyncAck) -> None:
        await database.read(1, NOW, _send, statements)
        await ack(ANSWER)

    app.command(re.compile(".*"))(listener)
    send = sender(bare_routes(app))

    async def ask(number: int) -> None:
        del number
        await send()

    return ask


async def _timed(ask: Ask, requests: int) -> _Latencies:
    """Milliseconds from each request to its answer, with eight of them under way."""
    numbers = iter(range(requests))
    took: list[float] = []

    async def work() -> None:
        for number in numbers:
            started = time.perf_counter()
            await ask(number)
            took.append((time.perf_counter() - started) * 1000)

    await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))
    took.sort()
    return _Latencies(median(took), took[min(len(took) - 1, len(took) * 99 // 100)])
