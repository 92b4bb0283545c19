"""What went over the wire: a bounded log for the page's panel and for tests."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

REMEMBERED = 2_000

Direction = Literal["call", "delivery"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call of the app (`chat.postMessage`) or one delivery to it (`slash_commands /okr`).

    `result` is `ok`, Slack's error name, or `no_ack`; `duration` is in seconds. `details` holds
    arguments or payload without tokens.
    """

    number: int
    at: datetime
    direction: Direction
    name: str
    result: str
    duration: float
    team_id: str | None = None
    details: dict[str, Any] = field(default_factory=dict, repr=False)


class Traffic:
    def __init__(self, on_change: Callable[[], None]) -> None:
        self._exchanges: deque[Exchange] = deque(maxlen=REMEMBERED)
        self._on_change = on_change
        self.counts: Counter[tuple[str, str]] = Counter()
        """How often each (name, result) happened, also of those forgotten."""
        self.total = 0

    def add(
        self,
        direction: Direction,
        name: str,
        result: str,
        duration: float,
        *,
        team_id: str | None = None,
        details: dict[str, Any] | None = None,
    ) -> None:
        self.total += 1
        self.counts[name, result] += 1
        self._exchanges.append(
            Exchange(
                number=self.total,
                at=datetime.now(UTC),
                direction=direction,
                name=name,
                result=result,
                duration=duration,
                team_id=team_id,
                details=details or {},
            )
        )
        self._on_change()

    def __iter__(self) -> Iterator[Exchange]:
        return iter(tuple(self._exchanges))

    def calls(self, method: str | None = None, *, result: str | None = None) -> list[Exchange]:
        """The app's calls, oldest first."""
        return self._select("call", method, result)

    def deliveries(self, name: str | None = None, *, result: str | None = None) -> list[Exchange]:
        """What was sent to the app, oldest first."""
        return self._select("delivery", name, result)

    def count(self, name: str, *, result: str | None = None) -> int:
        return sum(
            count
            for (known, outcome), count in self.counts.items()
            if known == name and result in {None, outcome}
        )

    def clear(self) -> None:
        self._exchanges.clear()
        self.counts.clear()

    def _select(self, direction: Direction, name: str | None, result: str | None) -> list[Exchange]:
        return [
            each
            for each in self._exchanges
            if each.direction == direction and name in {None, each.name} and result in {None, each.result}
        ]
