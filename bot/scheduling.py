"""The handful of system jobs. People's schedules are rows, not jobs: a shared job store would run every
job in every replica (docs/decisions/0006-schedules-are-rows.md)."""

from collections.abc import Awaitable, Callable

from apscheduler.schedulers.asyncio import AsyncIOScheduler

Job = Callable[[], Awaitable[None]]


class SystemJobs:
    """Interval jobs on real time; what is due is decided by the product's own clock."""

    def __init__(self) -> None:
        self._scheduler = AsyncIOScheduler(
            timezone="UTC",
            # A late job runs once, late: the default grace of one second would drop it.
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def add(self, name: str, every_s: float, job: Job) -> None:
        self._scheduler.add_job(job, "interval", seconds=every_s, id=name)

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        """Starts no job any more; a running one goes on to its end."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
