"""What changed in the workspace, in order, for whoever draws it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

ChangeKind = Literal[
    "message_posted",
    "message_changed",
    "message_deleted",
    "channel",
    "user",
    "modal",
    "home",
    "form",
    "read",
    "traffic",
]

BACKLOG = 1_000
"""A page that stopped reading keeps only this many changes; it redraws from the state anyway."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `user_id` set: only this person sees it (ephemeral message, modal, home)."""

    revision: int
    kind: ChangeKind
    team_id: str
    channel_id: str | None = None
    ts: str | None = None
    user_id: str | None = None


class Subscription:
    """An async iterator over the changes since it was opened."""

    def __init__(self) -> None:
        self._waiting: deque[Change] = deque(maxlen=BACKLOG)
        self._news = asyncio.Event()

    def put(self, change: Change) -> None:
        self._waiting.append(change)
        self._news.set()

    async def get(self) -> Change:
        while not self._waiting:
            self._news.clear()
            await self._news.wait()
        return self._waiting.popleft()

    def __aiter__(self) -> AsyncIterator[Change]:
        return self

    async def __anext__(self) -> Change:
        return await self.get()


class Feed:
    """Numbers every change and hands it to the subscribers."""

    def __init__(self) -> None:
        self.revision = 0
        self._subscriptions: list[Subscription] = []

    def publish(
        self,
        kind: ChangeKind,
        team_id: str,
        *,
        channel_id: str | None = None,
        ts: str | None = None,
        user_id: str | None = None,
    ) -> None:
        self.revision += 1
        change = Change(self.revision, kind, team_id, channel_id, ts, user_id)
        for subscription in self._subscriptions:
            subscription.put(change)

    @contextmanager
    def subscribe(self) -> Iterator[Subscription]:
        """`with feed.subscribe() as changes: async for change in changes: …`"""
        subscription = Subscription()
        self._subscriptions.append(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.remove(subscription)

    async def until(self, condition: Callable[[], bool], within: float) -> bool:
        """Wait until the condition holds, looking again after every change.

        False where it does not `within` so many seconds of real time.
        """
        with self.subscribe() as changes:
            try:
                async with asyncio.timeout(within):
                    while not condition():
                        await changes.get()
            except TimeoutError:
                return condition()
        return True
