"""Simulation = reality: what `hoshin simulate` prints is what three racing bots then do, killed at random.

A random company on PostgreSQL. At every instant at which something is due, three processes tick at once; some
of them are ended by kill -9 in the middle and started anew. All messages to people are compared, one by one.
"""

import asyncio
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta

from bot.app import SLICES
from bot.simulating import Planned, simulate, take
from bot.tick import next_due_at
from storage.database import Database
from tests.benchmarks.outboxes import analyze
from tests.benchmarks.table import Line
from tests.clock import FrozenClock
from tests.company import make_company
from tests.databases import postgres

PEOPLE, SMALL_PEOPLE = 300, 30
DAYS, SMALL_DAYS = 400, 60
BOTS = 3
KILL_EVERY = 40
"""One tick in so many loses a bot in its middle."""
LONGEST_LIFE_S = 0.03
TELL_EVERY = 500
"""Ticks between two lines about how far it is; in full it takes an hour."""
SEED = 20260209


class Bots:
    """Processes that tick when they are told to."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._all = [self._start() for _ in range(BOTS)]
        self.kills = 0

    def tick(self, now: datetime, chance: random.Random) -> None:
        """All tick at once; sometimes one of them dies while it does, and another takes its place."""
        for bot in self._all:
            self._tell(bot, now)
        if chance.randrange(KILL_EVERY) == 0:
            victim = chance.randrange(BOTS)
            time.sleep(chance.uniform(0, LONGEST_LIFE_S))
            self._all[victim].kill()
            self._all[victim].communicate()
            self.kills += 1
            self._all[victim] = self._start()
            self._tell(self._all[victim], now)
        for bot in self._all:
            self._await(bot)

    def stop(self) -> None:
        for bot in self._all:
            bot.kill()
            bot.communicate()

    def _start(self) -> "subprocess.Popen[str]":
        return subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "tests.benchmarks.ticker", self._url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def _tell(self, bot: "subprocess.Popen[str]", now: datetime) -> None:
        assert bot.stdin is not None
        bot.stdin.write(f"{now.isoformat()}\n")
        bot.stdin.flush()

    def _await(self, bot: "subprocess.Popen[str]") -> None:
        assert bot.stdout is not None
        if bot.stdout.readline() != "done\n":
            raise AssertionError("a bot ended by itself")


def measure(*, small: bool) -> Iterator[Line]:
    """Plays the company twice, once in the copy and once for real, and compares."""
    people, days = (SMALL_PEOPLE, SMALL_DAYS) if small else (PEOPLE, DAYS)
    with postgres() as server:
        url = server.migrated()
        with closing(Database(url)) as database:
            yield asyncio.run(_compare(database, url, people, days))
        server.discard(url)


async def _compare(database: Database, url: str, people: int, days: int) -> Line:
    clock = FrozenClock()
    workspace = make_company(database, clock.now(), people=people, seed=SEED)
    analyze(database.engine)
    until = clock.now() + timedelta(days=days)
    simulated = Counter(await simulate(database, clock, SLICES, days=days))
    bots = Bots(url)
    try:
        real = Counter(await _play(database, workspace, bots, clock.now(), until))
    finally:
        bots.stop()
    doubled, missing = (real - simulated).total(), (simulated - real).total()
    return Line(
        f"{people} people, {days} days: {BOTS} bots, {bots.kills} × kill -9",
        f"{simulated.total()} simulated, {real.total()} sent",
        f"{doubled} too many, {missing} missing",
        goal="0, 0",
        met=doubled == missing == 0 and bots.kills > 0,
    )


async def _play(
    database: Database, workspace: int, bots: Bots, now: datetime, until: datetime
) -> list[Planned]:
    chance = random.Random(SEED)  # noqa: S311 - no secret
    told: list[Planned] = []
    ticks = 0
    while now < until:
        if ticks % TELL_EVERY == 0:
            print(f"{(until - now).days} days to play, {len(told):,} messages", file=sys.stderr)  # noqa: T201 - progress
        ticks += 1
        await asyncio.to_thread(bots.tick, now, chance)
        told += await database.run(workspace, now, take)
        due_at = await next_due_at(database, now, SLICES, looks=True)
        if due_at is None:
            break
        # What a killed bot left undone is still due: the others do it at the same instant.
        now = max(now, due_at)
    return told
