"""kill -9 at random moments of the API: no answered reading is lost, no request half there or there twice."""

import asyncio
import random
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import ClientError, ClientSession
from sqlmodel import col, select

from storage import intake
from storage.database import Database
from storage.rules.terms import Frequency, Role
from storage.tables import Reading
from tests import factories
from tests.benchmarks.outboxes import KINDS, all_databases
from tests.benchmarks.table import Line
from tests.databases import Databases

KILLS, SMALL_KILLS = 50, 3
SENDERS = 4
BATCH = 20
LONGEST_LIFE_S, SMALL_LONGEST_LIFE_S = 0.6, 0.2
"""From a process's first answer to its end."""
PATIENCE_S = 60.0


@dataclass(slots=True)
class Sent:
    """What the senders know: the batches that were answered with 201, and those that were not yet.

    Every batch has a value of its own, by which its readings are told apart.
    """

    answered: set[int] = field(default_factory=set)
    in_doubt: list[int] = field(default_factory=list)
    """Sent to a process that died before it answered; a careful client sends them to the next one."""
    number: int = 0

    def next(self) -> int:
        if self.in_doubt:
            return self.in_doubt.pop()
        self.number += 1
        return self.number


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What the record holds against what was answered."""

    lost: int
    """Answered readings that are not there."""
    half: int
    """Batches of which some readings are there and some are not."""
    twice: int
    answered: int


def measure(*, small: bool) -> Iterator[Line]:
    """Sends batches, kills the process again and again, and compares."""
    kills = SMALL_KILLS if small else KILLS
    longest_life_s = SMALL_LONGEST_LIFE_S if small else LONGEST_LIFE_S
    with all_databases() as databases:
        for kind in KINDS:
            after = asyncio.run(_killed(databases[kind], kills, longest_life_s))
            yield Line(
                f"kill -9 × {kills} of the API, {kind}",
                f"{after.lost} lost, {after.half} half there, {after.twice} twice",
                f"{after.answered:,} answered",
                goal="0, 0, 0",
                met=after.lost == after.half == after.twice == 0 and after.answered > 0,
            )


async def _killed(databases: Databases, kills: int, longest_life_s: float) -> Aftermath:
    url = databases.migrated()
    with closing(Database(url)) as database:
        key, sent, port = _fill(database), Sent(), _free_port()
        for _ in range(kills):
            await _live_and_die(url, port, key, sent, longest_life_s)
        after = _compare(database, sent)
    databases.discard(url)
    return after


def _fill(database: Database) -> str:
    now = datetime.now(UTC)
    workspace_id = factories.workspace(database, now)
    with database.unit_of_work(workspace_id, now) as uow:
        admin = factories.member(uow)
        uow.roles.grant(admin.id, Role.ADMIN, by_id=None, at=now)
        factories.kpi(uow, frequency=Frequency.WEEKLY)
        return intake.make_key(uow, uow.roles.get_viewer(admin.id), name="night shift")


async def _live_and_die(url: str, port: int, key: str, sent: Sent, longest_life_s: float) -> None:
    """A process that takes readings for a random while, counted from its first answer."""
    before = len(sent.answered)
    command = [sys.executable, "-m", "tests.benchmarks.api_server", url, str(port)]
    process = subprocess.Popen(command)  # noqa: ASYNC220, S603 - our own module, and started before anything waits
    headers = {"Authorization": f"Bearer {key}"}
    async with ClientSession(f"http://127.0.0.1:{port}", headers=headers) as session:
        senders = [asyncio.create_task(_send(session, sent)) for _ in range(SENDERS)]
        try:
            give_up_at = time.monotonic() + PATIENCE_S
            while len(sent.answered) == before:
                if process.poll() is not None or time.monotonic() > give_up_at:
                    raise AssertionError("the API died by itself, or does nothing")
                await asyncio.sleep(0.005)
            await asyncio.sleep(random.uniform(0, longest_life_s))  # noqa: S311 - no secret
        finally:
            process.kill()
            process.wait()
            for sender in senders:
                sender.cancel()
            await asyncio.gather(*senders, return_exceptions=True)


async def _send(session: ClientSession, sent: Sent) -> None:
    """Batches one after the other, each under a key of its own, so that sending again does no harm."""
    while True:
        number = sent.next()
        try:
            while number not in sent.answered:
                await _offer(session, sent, number)
        finally:
            if number not in sent.answered:
                sent.in_doubt.append(number)


async def _offer(session: ClientSession, sent: Sent, number: int) -> None:
    body: dict[str, Any] = {"readings": [{"value": str(number)}] * BATCH}
    headers = {"Idempotency-Key": f"batch-{number}"}
    try:
        async with session.post("/api/v1/kpis/KPI-1/readings", json=body, headers=headers) as answer:
            if answer.status == 201:
                sent.answered.add(number)
    except (ClientError, OSError):
        await asyncio.sleep(0.01)


def _compare(database: Database, sent: Sent) -> Aftermath:
    with database.session() as session:
        readings = session.exec(select(Reading).where(col(Reading.kpi_id) == 1))
        stored = Counter(int(reading.value) for reading in readings)
    return Aftermath(
        lost=sum(max(BATCH - stored[number], 0) for number in sent.answered),
        half=sum(count % BATCH != 0 for count in stored.values()),
        twice=sum(count > BATCH for count in stored.values()),
        answered=len(sent.answered) * BATCH,
    )


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port
