"""Server-Sent Events: tells an open page that something it shows has changed.

The page then asks for itself again and takes over the differences, so an event carries no content
and a lost one costs nothing.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import datetime

from bot.simulator.feed import Change, Subscription

from .clock import PageClock

CHANGED = "event: changed\ndata: \n\n"
"""Tells the page to ask for itself again."""
_GATHER = 0.04
"""Seconds for which changes are gathered into one event."""
_HEARTBEAT = 10.0
"""Seconds after which a silent stream says that it is alive, and looks at the clock."""


async def events(changes: Subscription, user_id: str, clock: PageClock) -> AsyncIterator[str]:
    """The stream of one page: `changed` for what this person sees, `traffic` for the panel."""
    yield "retry: 1000\n\n"
    shown = _minute(clock.now())
    while True:
        gathered = await _gather(changes)
        kinds = {each.kind for each in gathered if each.user_id in {None, user_id}}
        minute = _minute(clock.now())
        if kinds - {"traffic"} or minute != shown:
            shown = minute
            yield CHANGED
        if "traffic" in kinds:
            yield "event: traffic\ndata: \n\n"
        if not kinds:
            yield ": alive\n\n"


async def _gather(changes: Subscription) -> list[Change]:
    """What changes within a moment after the first change; nothing when all stays quiet."""
    gathered: list[Change] = []
    until = time.monotonic() + _HEARTBEAT
    while (left := until - time.monotonic()) > 0:
        try:
            change = await asyncio.wait_for(changes.get(), left)
        except TimeoutError:
            break
        if not gathered:
            until = time.monotonic() + _GATHER
        gathered.append(change)
    return gathered


def _minute(instant: datetime) -> datetime:
    return instant.replace(second=0, microsecond=0)
