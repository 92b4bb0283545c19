"""Whether anything is under way between Slack and the app."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from types import TracebackType

POLL = 0.002
"""Seconds."""
TURNS = 12
"""Of the event loop: enough for an app to go from an acknowledgement to its next call."""


class Activity:
    """`with activity: …` around every call and delivery.

    `app_is_idle`, where a test can tell, says whether the app itself has nothing to do; then
    there is no need to wait for silence.
    """

    def __init__(self) -> None:
        self._under_way = 0
        self._ended = 0
        self._rested = 0
        self.app_is_idle: Callable[[], bool] | None = None

    def begin(self) -> None:
        self._under_way += 1

    def end(self) -> None:
        self._under_way -= 1
        self._ended += 1

    def __enter__(self) -> None:
        self.begin()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.end()

    @property
    def at_rest(self) -> bool:
        """Nothing has happened since it was quiet the last time."""
        return self._under_way == 0 and self._ended == self._rested

    async def quiet(self, for_seconds: float, within: float) -> bool:
        """Wait until nothing has been under way for that long; False where it does not come to that.

        Silence is measured in turns of the event loop too: where the machine is busy, time alone
        passes without the app having had its turn.
        """
        started = time.monotonic()
        silent_since, turns, seen = started, 0, self._ended
        while True:
            now = time.monotonic()
            if self._under_way > 0 or self._ended != seen:
                silent_since, turns, seen = now, 0, self._ended
            elif self._is_idle(now - silent_since >= for_seconds and turns >= TURNS):
                self._rested = self._ended
                return True
            if now - started > within:
                return False
            await asyncio.sleep(POLL)
            turns += 1

    def _is_idle(self, silent: bool) -> bool:
        return silent if self.app_is_idle is None else self.app_is_idle()
