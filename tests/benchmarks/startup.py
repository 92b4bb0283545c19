"""`hoshin run` against the simulator: how soon it is ready, and how much memory it holds when idle."""

import asyncio
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import aiohttp
import psutil

from bot.simulator import SlackSimulator
from tests.benchmarks.table import Line, spread

REPEATS, SMALL_REPEATS = 7, 2
IDLE_S, SMALL_IDLE_S = 20.0, 3.0
READY_GOAL_S = 2.0
MEMORY_GOAL_MB = 130
PATIENCE_S = 60.0
MANIFEST = Path(__file__).parents[2] / "manifest.yml"

LIBRARIES = "slack_bolt.async_app, sqlmodel, starlette.applications, uvicorn, apscheduler, pydantic_settings"
FLOOR = f"import {LIBRARIES}; import psutil; print(psutil.Process().memory_info().rss)"


def measure(*, small: bool) -> Iterator[Line]:
    yield from asyncio.run(_measure(small=small))


async def _measure(*, small: bool) -> list[Line]:
    repeats, idle_s = (SMALL_REPEATS, SMALL_IDLE_S) if small else (REPEATS, IDLE_S)
    floor_s, floor_mb, ready_s, memory_mb = [], [], [], []
    with TemporaryDirectory(prefix="hoshin-bench-") as folder:
        async with SlackSimulator(MANIFEST) as slack:
            for number in range(repeats):
                seconds, megabytes = await _floor()
                floor_s.append(seconds)
                floor_mb.append(megabytes)
                # The first start makes the database, the others find it.
                async with _bot(slack, folder) as (process, url):
                    ready_s.append(await _seconds_to_ready(process, url))
                    last = number == repeats - 1
                    await asyncio.sleep(idle_s if last else 0)
                    memory_mb.append(_memory_mb(process.pid))
    return [
        Line(
            "start to ready",
            f"{median(ready_s):.2f} s",
            spread(ready_s, ".2f"),
            f"{median(floor_s):.2f} (imports alone)",
            goal=f"≤ {READY_GOAL_S:.0f}",
            met=median(ready_s) <= READY_GOAL_S,
        ),
        Line(
            f"idle memory after {idle_s:.0f} s",
            f"{memory_mb[-1]:.0f} MB",
            f"at the start {spread(memory_mb[:-1], '.0f')}",
            f"{median(floor_mb):.0f} (imports alone)",
            goal=f"≤ {MEMORY_GOAL_MB}",
            met=memory_mb[-1] <= MEMORY_GOAL_MB,
        ),
    ]


async def _floor() -> tuple[float, float]:
    """Seconds and megabytes of a process that does nothing but import the libraries."""
    started = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", FLOOR, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    return time.perf_counter() - started, int(output) / 1e6


@asynccontextmanager
async def _bot(slack: SlackSimulator, folder: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """`hoshin run` as an operator starts it, in Socket Mode, and the address of its HTTP side."""
    port = _free_port()
    environment = {
        **os.environ,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
        "DATABASE_URL": f"sqlite:///{folder}/hoshin.db",
        "PORT": str(port),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from bot.cli import main; main()",
        "run",
        env=environment,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        await process.wait()


async def _seconds_to_ready(process: asyncio.subprocess.Process, url: str) -> float:
    """From the start of the process until /readyz says so: database, schema and the link to Slack."""
    started = float(psutil.Process(process.pid).create_time())
    async with aiohttp.ClientSession() as session:
        while time.time() - started < PATIENCE_S:
            try:
                async with session.get(f"{url}/readyz") as answer:
                    if answer.status == 200:
                        return time.time() - started
            except aiohttp.ClientConnectionError:
                pass  # it does not listen yet
            await asyncio.sleep(0.01)
    raise AssertionError("hoshin run never became ready")


def _memory_mb(pid: int) -> float:
    """Resident memory of the process and its children."""
    process = psutil.Process(pid)
    return sum(int(one.memory_info().rss) for one in (process, *process.children(recursive=True))) / 1e6


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
