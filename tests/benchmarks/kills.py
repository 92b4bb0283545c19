"""kill -9 at random moments of the fan-out: nothing twice, nothing missing without a row that says so."""

import asyncio
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from storage.database import Database
from storage.tables.outbox import OutboxState
from tests.benchmarks.fanout import COUNT, SMALL_COUNT, pump
from tests.benchmarks.outboxes import (
    IN_FLIGHT,
    KINDS,
    MORTAL,
    all_databases,
    count_states,
    keys_by_state,
    outbox,
)
from tests.benchmarks.stub import Stub, running_stub
from tests.benchmarks.table import Line
from tests.databases import Databases

KILLS, SMALL_KILLS = 50, 5
BLIND_KILLS, SMALL_BLIND_KILLS = 10, 2
"""Kills where the token may not read the history."""
LONGEST_LIFE_S, SMALL_LONGEST_LIFE_S = 0.3, 0.1
"""From a process's first message to its end, so that there is something left to send at each."""
PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What the stub counted against what the rows say, when all is over."""

    twice: int
    lost: int
    """Messages that never arrived and whose row does not say that this is possible."""
    most_in_doubt: int
    unsettled: int
    unconfirmed: int


def measure(*, small: bool) -> Iterator[Line]:
    """Kills the pump again and again, lets the last one finish, and compares."""
    with running_stub() as stub, all_databases() as databases:
        for kind in KINDS:
            for may_look in (True, False):
                kills = (
                    (SMALL_KILLS if small else KILLS)
                    if may_look
                    else (SMALL_BLIND_KILLS if small else BLIND_KILLS)
                )
                after = _killed(stub, databases[kind], kills, may_look=may_look, small=small)
                yield _line(
                    f"kill -9 × {kills}, {kind}, {'with' if may_look else 'without'} im:history",
                    after,
                    may_look,
                )


def _killed(stub: Stub, databases: Databases, kills: int, *, may_look: bool, small: bool) -> Aftermath:
    count = SMALL_COUNT if small else COUNT
    longest_life_s = SMALL_LONGEST_LIFE_S if small else LONGEST_LIFE_S
    stub.reset(delay=0.05, may_look=may_look)
    most = 0
    with outbox(databases, count) as (url, database):
        for number in range(kills):
            settles_first = number % 2 == 1
            _live_and_die(stub, url, database, longest_life_s, settles_first=settles_first)
            states = count_states(database)
            if not states.get(OutboxState.PENDING):
                raise AssertionError("all was sent before the last kill: this proves nothing")
            # Killed before it had settled what the one before it left, a process leaves that to the next.
            inherited = 0 if settles_first else states.get(OutboxState.UNKNOWN, 0)
            in_doubt = states.get(OutboxState.SENDING, 0) + states.get(OutboxState.UNKNOWN, 0)
            most = max(most, in_doubt - inherited)
        asyncio.run(pump(stub.api_url, database, MORTAL))
        return _compare(stub, database, most)


def _live_and_die(
    stub: Stub, url: str, database: Database, longest_life_s: float, *, settles_first: bool
) -> None:
    """A process that sends for a random while, counted from its first message or from its last old doubt."""
    before = stub.arrived()
    worker = [sys.executable, "-m", "tests.benchmarks.worker", url, stub.api_url]
    process = subprocess.Popen(worker)  # noqa: S603 - our own module
    try:
        _wait(process, lambda: stub.arrived() > before)
        if settles_first:
            _wait(process, lambda: not count_states(database).get(OutboxState.UNKNOWN))
        time.sleep(random.uniform(0, longest_life_s))  # noqa: S311 - no secret
    finally:
        process.kill()
        process.wait()


def _wait(process: "subprocess.Popen[bytes]", happened: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + PATIENCE_S
    while not happened():
        if process.poll() is not None or time.monotonic() > give_up_at:
            raise AssertionError("the pump died by itself, or does nothing")
        time.sleep(0.005)


def _compare(stub: Stub, database: Database, most_in_doubt: int) -> Aftermath:
    arrived, keys = stub.counts(), keys_by_state(database)
    unconfirmed = keys.pop(OutboxState.UNCONFIRMED, set())
    sent = keys.pop(OutboxState.SENT, set())
    return Aftermath(
        twice=sum(count > 1 for count in arrived.values()),
        lost=len(sent - set(arrived)),
        most_in_doubt=most_in_doubt,
        unsettled=sum(map(len, keys.values())),
        unconfirmed=len(unconfirmed),
    )


def _line(name: str, after: Aftermath, may_look: bool) -> Line:
    is_met = after.twice == after.lost == after.unsettled == 0 and after.most_in_doubt <= IN_FLIGHT
    return Line(
        name,
        f"{after.twice} twice, {after.lost} lost, {after.most_in_doubt} in doubt, {after.unsettled} open",
        f"{after.unconfirmed} unconfirmed",
        goal=f"0, 0, ≤ {IN_FLIGHT}, 0",
        met=is_met and (after.unconfirmed == 0 or not may_look),
    )
