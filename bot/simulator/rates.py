"""Slack's rate limits, where they are enforced: per method and workspace, over a minute.

chat.postMessage: one message a second and channel, several hundred a minute and workspace. The
published tiers are floors ("50+ per minute"); the simulator takes them as ceilings.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict, deque

from .errors import RateLimitedError

MINUTE = 60.0
CHANNEL_INTERVAL = 1.0
TIERS = {1: 1, 2: 20, 3: 50, 4: 100}
"""Calls a minute."""
CONNECTIONS_A_MINUTE = 10
"""apps.connections.open is of tier 1, yet Slack lets an app open its ten sockets one after another."""
UNLIMITED = 0


class Rates:
    def __init__(self, *, enforced: bool) -> None:
        self.enforced = enforced
        self.messages_a_minute = 300
        self._calls: dict[tuple[str, str], deque[float]] = defaultdict(deque)
        self._posted_at: dict[tuple[str, str], float] = {}

    def check_method(self, team_id: str, method: str, a_minute: int) -> None:
        """Count the call. Raises RateLimitedError."""
        if not self.enforced or a_minute == UNLIMITED:
            return
        now = time.monotonic()
        calls = self._calls[team_id, method]
        while calls and calls[0] <= now - MINUTE:
            calls.popleft()
        if len(calls) >= a_minute:
            raise RateLimitedError(math.ceil(calls[0] + MINUTE - now))
        calls.append(now)

    def check_message(self, team_id: str, channel_id: str) -> None:
        """Count a message to that channel. Raises RateLimitedError."""
        if not self.enforced:
            return
        now = time.monotonic()
        before = self._posted_at.get((team_id, channel_id))
        if before is not None and now - before < CHANNEL_INTERVAL:
            raise RateLimitedError(math.ceil(before + CHANNEL_INTERVAL - now))
        self.check_method(team_id, "chat.postMessage", self.messages_a_minute)
        self._posted_at[team_id, channel_id] = now
