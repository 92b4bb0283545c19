"""One process of the program: its bot run until a signal, or one tick and done."""

import asyncio
import signal
from datetime import datetime, timedelta

import structlog

from bot import heap
from bot.app import App, make_app
from bot.clock import Clock, OffsetClock, make_clock
from bot.installations import Installation
from bot.runtime import running
from bot.settings import Settings
from bot.tick import tick
from storage.database import Database
from storage.rules.errors import Invalid

log = structlog.get_logger()

CONNECT_PATIENCE_S = 30.0
TICK_PATIENCE_S = 120.0
"""How long `hoshin tick` waits for its messages; a running bot may be the one that sends them."""


async def run_until_stopped(settings: Settings, database: Database) -> None:
    """The bot until SIGTERM or SIGINT, then its drain.

    Raises:
        DomainError: going on made no sense, such as a token that Slack refuses.
    """
    clock = await database.in_thread(lambda: make_clock(settings, database))
    async with running(settings, database, clock) as bot:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, bot.ended.set)
        loop.call_later(heap.SETTLE_AFTER_S, heap.settle)
        log.info("started", port=bot.port, socket_mode=settings.uses_socket_mode)
        await bot.ended.wait()
        log.info("stopping")
    if bot.ended_by is not None:
        raise bot.ended_by


async def tick_once(
    settings: Settings, database: Database, at: datetime | None, workspace: str | None
) -> str:
    """What `hoshin tick` does: everything due up to `at`, sent before it returns. Returns what was done.

    Raises:
        Invalid: a future instant outside a rehearsal, or messages that stayed unsent.
    """
    clock = await database.in_thread(lambda: make_clock(settings, database))
    _refuse_future(settings, clock, at)
    if at is not None:
        clock = OffsetClock.starting_at(at)
    app = make_app(settings, database, clock)
    try:
        for installation in await _connect(app, settings, workspace):
            await app.connecting.look_up(installation)
        people = await _tick(database, at or clock.now(), app)
        if not await app.delivery.deliver_due_now(TICK_PATIENCE_S):
            raise Invalid(
                f"Some messages are not final after {TICK_PATIENCE_S:.0f} s. They stay in the outbox; a "
                "running bot or the next tick sends them."
            )
    finally:
        await app.delivery.drain(1)
        await app.slack.close()
    return f"{people} due; all messages are final."


async def _connect(app: App, settings: Settings, workspace: str | None) -> list[Installation]:
    """All that are installed, or the one of the token."""
    if app.tenants is not None:
        if workspace is not None:
            raise Invalid("--workspace: a tick is for every installed workspace. Leave it out.")
        await app.tenants.refresh()
        return app.installations.list_all()
    token = settings.slack_bot_token
    try:
        async with asyncio.timeout(CONNECT_PATIENCE_S):
            installation = await app.connecting.connect(token.get_secret_value() if token else "")
    except TimeoutError:
        raise Invalid(
            f"Slack could not be reached within {CONNECT_PATIENCE_S:.0f} s, so nothing was done. Try again "
            "later."
        ) from None
    _check_workspace(installation, workspace)
    return [installation]


async def _tick(database: Database, at: datetime, app: App) -> int:
    try:
        return await tick(database, at, app.slices)
    except ExceptionGroup as failures:
        raise Invalid(
            f"{len(failures.exceptions)} part(s) of what fell due could not be done; the log says where. The "
            "rest was done. Run it again."
        ) from failures


def _refuse_future(settings: Settings, clock: Clock, at: datetime | None) -> None:
    is_rehearsal = settings.hoshin_clock is not None or not settings.is_slack_itself
    if at is not None and at > clock.now() + timedelta(seconds=1) and not is_rehearsal:
        raise Invalid(
            "--at: that instant is in the future. On Slack itself only what fell due can be sent; set "
            "HOSHIN_CLOCK and another SLACK_API_URL to rehearse."
        )


def _check_workspace(installation: Installation, wanted: str | None) -> None:
    if wanted is not None and wanted != installation.team_id:
        raise Invalid(f"--workspace: SLACK_BOT_TOKEN belongs to {installation.team_id}, not to {wanted}.")
