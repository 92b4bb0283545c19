"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta

MONDAY = datetime(2026, 2, 9, 8, 0, tzinfo=UTC)
"""Where every test's clock starts: Monday, 08:00 in UTC."""


class FrozenClock:
    """Tells the instant that it was set to."""

    def __init__(self, instant: datetime = MONDAY) -> None:
        self._instant = instant

    def now(self) -> datetime:
        return self._instant

    def jump_to(self, instant: datetime) -> None:
        self._instant = instant

    def advance(self, by: timedelta) -> None:
        self._instant += by
