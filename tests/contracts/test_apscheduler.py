"""What APScheduler does by default, and why bot/scheduling.py gives it so little to do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

from bot.scheduling import SystemJobs

MADRID = ZoneInfo("Europe/Madrid")


@asynccontextmanager
async def scheduler(**defaults: object) -> AsyncIterator[AsyncIOScheduler]:
    running = AsyncIOScheduler(timezone="UTC", job_defaults=defaults)
    running.start(paused=True)
    try:
        yield running
    finally:
        running.shutdown(wait=False)


async def runs_of_a_late_job(**defaults: object) -> int:
    """How often a job runs that was due for the last 10 s, every 2 s."""
    runs = 0

    async def job() -> None:
        nonlocal runs
        runs += 1

    async with scheduler(**defaults) as running:
        late = datetime.now(UTC) - timedelta(seconds=10)
        running.add_job(job, "interval", seconds=60, next_run_time=late)
        running.resume()
        await asyncio.sleep(0.1)
    return runs


async def test_a_job_that_is_more_than_a_second_late_is_dropped_by_default() -> None:
    assert await runs_of_a_late_job() == 0


async def test_without_a_grace_time_a_late_job_runs_once() -> None:
    assert await runs_of_a_late_job(coalesce=True, max_instances=1, misfire_grace_time=None) == 1


async def test_our_jobs_run_late_rather_than_not_at_all() -> None:
    ran = asyncio.Event()

    async def job() -> None:
        ran.set()

    jobs = SystemJobs()
    jobs.add("tick", 0.05, job)
    jobs.start()
    try:
        await asyncio.wait_for(ran.wait(), 5)
    finally:
        jobs.stop()


def test_a_cron_trigger_fires_twice_in_the_hour_that_comes_twice() -> None:
    trigger = CronTrigger(hour=2, minute=30, timezone=MADRID)
    night = datetime(2026, 10, 25, 0, 0, tzinfo=MADRID)

    first = trigger.get_next_fire_time(None, night)
    second = trigger.get_next_fire_time(first, first + timedelta(minutes=1))

    local_times = [instant.astimezone(MADRID).strftime("%d %H:%M") for instant in (first, second)]
    assert local_times == ["25 02:30", "25 02:30"]


def test_a_cron_trigger_skips_the_day_whose_hour_does_not_exist() -> None:
    cairo = ZoneInfo("Africa/Cairo")  # clocks go from 00:00 to 01:00 on 24 April 2026
    trigger = CronTrigger(hour=0, minute=0, timezone=cairo)

    fired = trigger.get_next_fire_time(None, datetime(2026, 4, 23, 12, 0, tzinfo=cairo))

    assert fired.astimezone(cairo).date().isoformat() == "2026-04-25"
