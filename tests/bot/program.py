"""The `hoshin` program as an operator runs it: a process of its own, with an environment of its own."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bot.simulator import SlackSimulator

PATIENCE_S = 30
KEPT = ("PATH", "HOME", "LANG", "VIRTUAL_ENV", "XDG_RUNTIME_DIR")


@dataclass(frozen=True, slots=True)
class Finished:
    """What a call printed and how it ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Running:
    """A call that runs."""

    process: asyncio.subprocess.Process
    address: str

    async def get(self, path: str) -> tuple[int, str]:
        """Status and body of a GET; (0, "") while nothing answers."""
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.get(self.address + path) as response,
            ):
                return response.status, await response.text()
        except aiohttp.ClientConnectionError:
            return 0, ""

    async def ready(self) -> None:
        """Waits until /readyz says so."""
        async with asyncio.timeout(PATIENCE_S):
            while (await self.get("/readyz"))[0] != 200:  # noqa: ASYNC110 - another process tells by HTTP only
                await asyncio.sleep(0.05)

    async def stop(self) -> Finished:
        """SIGTERM, and what it came to."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        return await _finish(self.process)


def environment(**settings: str) -> dict[str, str]:
    """An operator's environment: the settings, and what any process needs."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {**kept, "PYTHONDONTWRITEBYTECODE": "1", **settings}


def slack_environment(slack: SlackSimulator, database_url: str, **settings: str) -> dict[str, str]:
    """The settings of a bot of that simulated Slack."""
    tokens = {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_API_URL": slack.api_url}
    if slack.manifest.socket_mode:
        tokens["SLACK_APP_TOKEN"] = slack.app_token
    else:
        tokens["SLACK_SIGNING_SECRET"] = slack.signing_secret
    return environment(**tokens, DATABASE_URL=database_url, **settings)


async def call(*arguments: str, env: Mapping[str, str], cwd: Path | None = None) -> Finished:
    """Runs `hoshin …` to its end."""
    return await _finish(await _start(*arguments, env=env, cwd=cwd))


@asynccontextmanager
async def running(*arguments: str, env: Mapping[str, str], port: int) -> AsyncIterator[Running]:
    """`hoshin …` until the end of the block."""
    started = Running(await _start(*arguments, env=env), f"http://127.0.0.1:{port}")
    try:
        yield started
    finally:
        if started.process.returncode is None:
            started.process.kill()
            await started.process.wait()


async def _start(
    *arguments: str, env: Mapping[str, str], cwd: Path | None = None
) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.cli",
        *arguments,
        env={**env, "PYTHONPATH": str(Path(__file__).parents[2])},
        cwd=cwd,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def _finish(process: asyncio.subprocess.Process) -> Finished:
    async with asyncio.timeout(PATIENCE_S):
        out, err = await process.communicate()
    return Finished(process.returncode or 0, out.decode(), err.decode())
