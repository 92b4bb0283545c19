"""Balls under way: many negotiations at once, beside the same statements in Core behind bare Bolt."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import NamedTuple

from storage.database import Database
from storage.rules.catchball import Move
from tests.benchmarks.balls import RACE, STEPS, Floor, Product, Step, check, fill, record
from tests.benchmarks.outboxes import KINDS, all_databases, analyze
from tests.benchmarks.stub import Stub, running_stub
from tests.benchmarks.table import Line, spread
from tests.databases import Databases

BALLS, SMALL_BALLS = 500, 40
IN_FLIGHT, SMALL_IN_FLIGHT = 64, 16
GOAL = 0.5


class Turn(NamedTuple):
    """One kind of move, made with every ball: seconds of the product's and of the floor's."""

    step: Step
    product_s: float
    floor_s: float


def measure(*, small: bool) -> Iterator[Line]:
    """On both databases, product and floor in turn, a move of every ball at a time."""
    with all_databases() as databases, running_stub() as stub:
        stub.reset(delay=0)
        for kind in KINDS:
            yield from asyncio.run(_negotiate(kind, databases[kind], stub, small=small))


async def _negotiate(kind: str, databases: Databases, stub: Stub, *, small: bool) -> list[Line]:
    balls, in_flight = (SMALL_BALLS, SMALL_IN_FLIGHT) if small else (BALLS, IN_FLIGHT)
    urls = [databases.migrated() for _ in range(3)]
    with closing(Database(urls[0])) as first, closing(Database(urls[1])) as second:
        for database in (first, second):
            fill(database, balls)
            analyze(database.engine)
        recorder = Product(first, stub.api_url)
        script = await record(recorder, (RACE, *STEPS), balls)
        await recorder.close()
        product = Product(second, stub.api_url)
        with closing(Database(urls[2])) as third:
            fill(third, balls)
            analyze(third.engine)
            floor = Floor(third, stub.api_url, script)
            winners = await _race(product, balls, in_flight)
            product.asked = product.late = 0
            await _all_at_once(floor, RACE, balls, in_flight)
            turns = [
                Turn(
                    step,
                    product_s=await _all_at_once(product, step, balls, in_flight),
                    floor_s=await _all_at_once(floor, step, balls, in_flight),
                )
                for step in STEPS
            ]
            await product.close()
            await floor.close()
        for ball in range(1, balls + 1):
            check(second, ball, winners[ball])
    for url in urls:
        databases.discard(url)
    late = Line(f"of these told after “still working”, {kind}", str(product.late))
    return [*_lines(kind, turns, balls, in_flight, product.asked - balls * len(STEPS)), late]


async def _race(product: Product, balls: int, in_flight: int) -> dict[int, str]:
    """Both receivers of every ball counter the same version at once: by ball, whose counter was taken.

    Raises:
        AssertionError: both were, or none.
    """
    taken: dict[int, list[str]] = {ball: [] for ball in range(1, balls + 1)}
    numbers = iter(taken)

    async def counter(step: Step, ball: int) -> None:
        if await product.make(step, ball):
            taken[ball].append(step.by)

    async def work() -> None:
        for ball in numbers:
            both = (RACE, replace(RACE, by="second", target=RACE.target + 1))
            await asyncio.gather(*(counter(step, ball) for step in both))

    await asyncio.gather(*(work() for _ in range(in_flight // 2)))
    await product.rest()
    if any(len(who) != 1 for who in taken.values()):
        raise AssertionError(f"of two counters at once one is taken: {taken}")
    return {ball: who for ball, [who] in taken.items()}


async def _all_at_once(side: Product | Floor, step: Step, balls: int, in_flight: int) -> float:
    """Seconds until that move was made with every ball, what follows on it included."""
    left = list(range(1, balls + 1))
    started = time.perf_counter()
    while left:
        numbers = iter(left)

        async def work() -> None:
            for ball in numbers:  # noqa: B023 - awaited below
                await side.make(step, ball)

        await asyncio.gather(*(work() for _ in range(in_flight)))
        await side.rest()
        left = side.unmade(step, balls) if step.move is Move.AGREE else []
    return time.perf_counter() - started


def _lines(kind: str, turns: list[Turn], balls: int, in_flight: int, busy: int) -> list[Line]:
    product_s, floor_s = sum(one.product_s for one in turns), sum(one.floor_s for one in turns)
    ratio = floor_s / product_s
    rates = [balls / one.product_s for one in turns]
    ratios = [one.floor_s / one.product_s for one in turns]
    whole = Line(
        f"moves with {balls} balls, {kind}, {in_flight} in flight",
        f"{balls * len(turns) / product_s:.0f} /s",
        spread(rates, ".0f"),
        f"{balls * len(turns) / floor_s:.0f}",
        f"{ratio:.2f} ({spread(ratios, '.2f')})",
        f"≥ {GOAL}",
        ratio >= GOAL,
    )
    single = [
        Line(
            f"of these: {one.step.name}",
            f"{balls / one.product_s:.0f} /s",
            floor=f"{balls / one.floor_s:.0f}",
            ratio=f"{one.floor_s / one.product_s:.2f}",
        )
        for one in turns
    ]
    again = Line(f"of these asked again after “busy”, {kind}", str(busy))
    return [whole, *single, again]
