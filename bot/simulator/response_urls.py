"""response_urls: five uses in thirty minutes."""

from __future__ import annotations

import itertools
import secrets
import time
from dataclasses import dataclass

LIFETIME = 30 * 60.0
"""Seconds of real time."""
USES = 5
REMEMBERED = 5_000


@dataclass(slots=True)
class ResponseUrl:
    """Where its answers go. `message_ts` is the message that the person acted on, if any."""

    path: str
    team_id: str
    user_id: str
    channel_id: str
    message_ts: str | None
    thread_ts: str | None
    expires_at: float
    uses_left: int = USES


class ResponseUrls:
    def __init__(self) -> None:
        self._known: dict[str, ResponseUrl] = {}
        self._numbers = itertools.count(1)

    def issue(
        self,
        team_id: str,
        user_id: str,
        channel_id: str,
        message_ts: str | None = None,
        thread_ts: str | None = None,
    ) -> ResponseUrl:
        path = f"{team_id}/{next(self._numbers)}/{secrets.token_urlsafe(18)}"
        expires_at = time.monotonic() + LIFETIME
        url = ResponseUrl(path, team_id, user_id, channel_id, message_ts, thread_ts, expires_at)
        self._known[path] = url
        if len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]
        return url

    def find(self, path: str) -> ResponseUrl | None:
        """None: never issued, or its thirty minutes are over."""
        url = self._known.get(path)
        return url if url is not None and time.monotonic() <= url.expires_at else None

    def expire(self, path: str) -> None:
        """As if its thirty minutes had passed."""
        self._known[path].expires_at = 0.0
