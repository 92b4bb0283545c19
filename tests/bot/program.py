"""The `hoshin` program as an operator runs it: a process of its own, with an environment of its own.

Importing the program takes longer than most calls do, so `call` and `running` fork it (tests/forking.py);
`call_afresh` starts Python anew.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp

from bot.simulator import SlackSimulator
from tests.bot import forked

PATIENCE_S = 120
"""Much, for a machine with other work: a run that passes never waits for it."""
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

    process: ForkServerProcess
    address: str
    output: Path

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
        await self._until_ok("/readyz")

    async def answers(self) -> None:
        """Waits until /healthz says that it runs."""
        await self._until_ok("/healthz")

    async def _until_ok(self, path: str) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while (await self.get(path))[0] != 200:  # noqa: ASYNC110 - another process tells by HTTP only
                await asyncio.sleep(0.05)

    async def stop(self) -> Finished:
        """SIGTERM, and what it came to."""
        self.process.terminate()
        return await _finish(self.process, self.output)


def environment(**settings: str) -> dict[str, str]:
    """An operator's environment: the settings, and what any process needs."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {**kept, **settings}


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
    with TemporaryDirectory() as folder:
        output = Path(folder)
        process = await asyncio.to_thread(forked.start, arguments, env, cwd, output)
        return await _finish(process, output)


async def call_afresh(*arguments: str, env: Mapping[str, str], cwd: Path | None = None) -> Finished:
    """As `call`, in a Python that has imported nothing yet."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.cli",
        *arguments,
        env={**env, "PYTHONPATH": str(Path(__file__).parents[2])},
        cwd=cwd,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(PATIENCE_S):
        out, err = await process.communicate()
    return Finished(process.returncode or 0, out.decode(), err.decode())


@asynccontextmanager
async def running(*arguments: str, env: Mapping[str, str], port: int) -> AsyncIterator[Running]:
    """`hoshin …` until the end of the block."""
    with TemporaryDirectory() as folder:
        output = Path(folder)
        process = await asyncio.to_thread(forked.start, arguments, env, None, output)
        try:
            yield Running(process, f"http://127.0.0.1:{port}", output)
        finally:
            process.kill()
            await asyncio.to_thread(process.join)


async def _finish(process: ForkServerProcess, output: Path) -> Finished:
    await asyncio.to_thread(process.join, PATIENCE_S)
    if process.exitcode is None:
        process.kill()
        raise TimeoutError(f"hoshin runs on, and has printed: {(output / forked.ERR).read_text()}")
    return Finished(process.exitcode, (output / forked.OUT).read_text(), (output / forked.ERR).read_text())
