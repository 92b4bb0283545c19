"""Work that goes on after an ack: started, watched, and waited for at the end."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

log = structlog.get_logger()


class Supervisor:
    """A group of background tasks. An error in one is logged and harms no other."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None], *, what: str) -> None:
        """Runs `work` in the background; `what` names it in the log."""
        task = asyncio.create_task(self._watch(work, what))
        # The loop keeps only weak references to tasks.
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self, timeout_s: float) -> None:
        """Waits for all that was started, then cancels what is left."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(set(self._tasks), timeout=timeout_s)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    @property
    def is_idle(self) -> bool:
        return not self._tasks

    @staticmethod
    async def _watch(work: Coroutine[Any, Any, None], what: str) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001 - the last line of defence: nothing escapes
            log_failure("background_work_failed", error, what=what)


def log_failure(happening: str, error: BaseException, **fields: Any) -> None:
    """Logs an error of ours with where it came from, and nothing of what people wrote."""
    log.error(happening, **fields, **trace_of(error))


def trace_of(error: BaseException) -> dict[str, Any]:
    """An error as log fields: its type and where it came from, never its text, which may quote people."""
    frames = []
    traceback = error.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        frames.append(f"{code.co_filename.rpartition('/')[2]}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    cause = error.__cause__ or error.__context__
    fields: dict[str, Any] = {"error": type(error).__name__, "trace": " < ".join(reversed(frames))}
    if cause is not None:
        fields["cause"] = type(cause).__name__
    return fields
