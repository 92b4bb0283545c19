"""Where the time comes from. Nothing but this module asks the machine for the present."""

from datetime import UTC, datetime, timedelta
from typing import Protocol

from bot.settings import Settings
from storage.database import Database


class Clock(Protocol):
    """Tells the present instant, aware and in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class OffsetClock:
    """The machine's time, moved: for rehearsals, and for the demo, where it can jump."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self.offset = offset

    @classmethod
    def starting_at(cls, instant: datetime) -> "OffsetClock":
        """A clock that says `instant` now and runs on from there."""
        return cls(instant - datetime.now(UTC))

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def jump_to(self, instant: datetime) -> None:
        """Moves the clock so that it says `instant` now."""
        self.offset = instant - datetime.now(UTC)


def make_clock(settings: Settings, database: Database) -> Clock:
    """The product's clock. In a rehearsal the first process stores how far it is moved, and others with
    the same HOSHIN_CLOCK take that over, so that all of them agree."""
    if settings.hoshin_clock is None:
        return SystemClock()
    key = f"clock:{settings.hoshin_clock.isoformat()}"
    with database.workspaces() as workspaces:
        offset = (settings.hoshin_clock - SystemClock().now()).total_seconds()
        stored = workspaces.keep_setting(key, str(offset))
    return OffsetClock(timedelta(seconds=float(stored)))
