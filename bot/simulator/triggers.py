"""trigger_ids: three seconds, one use."""

from __future__ import annotations

import itertools
import secrets
import time
from dataclasses import dataclass

from .errors import SlackError

LIFETIME = 3.0
"""Seconds of real time: also where the workspace's clock jumps."""
REMEMBERED = 5_000


@dataclass(slots=True)
class Trigger:
    id: str
    team_id: str
    user_id: str
    view_id: str | None
    """The modal in which the person pressed something; views.push needs one."""
    expires_at: float
    exchanged: bool = False


class Triggers:
    def __init__(self) -> None:
        self._known: dict[str, Trigger] = {}
        self._numbers = itertools.count(1)

    def issue(self, team_id: str, user_id: str, view_id: str | None = None) -> str:
        token = f"{next(self._numbers)}.{team_id[1:]}.{secrets.token_hex(16)}"
        expires_at = time.monotonic() + LIFETIME
        self._known[token] = Trigger(token, team_id, user_id, view_id, expires_at)
        if len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]
        return token

    def exchange(self, trigger_id: str) -> Trigger:
        """Use it up. Raises SlackError: invalid_, expired_ or exchanged_trigger_id."""
        trigger = self._known.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.exchanged:
            raise SlackError("exchanged_trigger_id")
        if time.monotonic() > trigger.expires_at:
            raise SlackError("expired_trigger_id")
        trigger.exchanged = True
        return trigger

    def expire(self, trigger_id: str) -> None:
        """As if its three seconds had passed."""
        self._known[trigger_id].expires_at = 0.0
