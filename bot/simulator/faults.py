"""What goes wrong on demand."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    RATE_LIMITED = "rate_limited"
    """HTTP 429 with Retry-After; the call has no effect."""
    SERVER_ERROR = "server_error"
    """HTTP 503 without JSON; the call has no effect."""
    INTERNAL_ERROR = "internal_error"
    """HTTP 200 with `internal_error`; the call has no effect."""
    UNREADABLE = "unreadable"
    """HTTP 200 with half of the JSON; the call has no effect."""
    REFUSED = "refused"
    """HTTP 200 with the error named in `error`."""
    SLOW = "slow"
    """The call works, after `delay` seconds."""
    DROPPED_BEFORE = "dropped_before"
    """The connection is cut and the call has no effect."""
    DROPPED_AFTER = "dropped_after"
    """The call has its effect, then the connection is cut: the caller cannot know."""
    DUPLICATE = "duplicate"
    """For events: the same event_id is delivered once more."""


@dataclass(slots=True)
class Fault:
    """`method`: a Web API method or, for DUPLICATE, an event's type; `*` is any of them."""

    method: str
    kind: FaultKind
    times: int
    after: int = 0
    """How many matching calls go well before."""
    delay: float = 0.0
    retry_after: int = 1
    error: str = "fatal_error"


class Faults:
    """`slack.faults.add("chat.postMessage", "rate_limited", times=2, retry_after=3)`."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(
        self,
        method: str,
        kind: FaultKind | str,
        *,
        times: int = 1,
        after: int = 0,
        delay: float = 0.0,
        retry_after: int = 1,
        error: str = "fatal_error",
    ) -> None:
        self._waiting.append(Fault(method, FaultKind(kind), times, after, delay, retry_after, error))

    def clear(self) -> None:
        self._waiting.clear()

    def take(self, method: str) -> Fault | None:
        """The fault that this call meets, used up once."""
        for fault in self._waiting:
            if fault.method not in {method, "*"} or fault.kind is FaultKind.DUPLICATE:
                continue
            return self._use(fault)
        return None

    def take_duplicate(self, event_type: str) -> bool:
        """Whether this event is to be delivered twice."""
        for fault in self._waiting:
            if fault.kind is FaultKind.DUPLICATE and fault.method in {event_type, "*"}:
                return self._use(fault) is not None
        return False

    def _use(self, fault: Fault) -> Fault | None:
        if fault.after > 0:
            fault.after -= 1
            return None
        fault.times -= 1
        if fault.times <= 0:
            self._waiting.remove(fault)
        return fault
