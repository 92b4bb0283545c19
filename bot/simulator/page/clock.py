"""The clock that the page's bar shows and moves; whoever serves the page hands one in."""

from datetime import datetime
from typing import Protocol


class PageClock(Protocol):
    """A clock that can be set forward. Every instant is an aware datetime in UTC."""

    def now(self) -> datetime:
        """The simulated instant."""
        ...

    async def jump_to(self, instant: datetime) -> None:
        """Sets the clock to `instant` and returns once everything that fell due has happened."""
        ...

    async def next_prompt_at(self) -> datetime | None:
        """When the app will next ask somebody something; None when nothing is planned."""
        ...
