"""Whose turn it is to write, where one writes at a time: first come, first served.

SQLite lets its writers poll for the lock, so that whoever asks at the right instant gets it, and another one
of the same process waits in vain for as long as a hundred others come and go. Those who wait here are called
one by one. Writers of other processes are SQLite's to keep apart, as ever.
"""

import sqlite3
import time
from collections import deque
from threading import Lock

from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import SessionTransaction
from sqlmodel import Session


class StandsStill(Exception):
    """Nobody was called for as long as whoever waits has patience."""


class Turns:
    """A queue of threads. Whoever is called has it until they are through.

    Args:
        patience_s: how long one waits while nobody is called. While the queue moves, everyone's turn comes.
    """

    def __init__(self, patience_s: float) -> None:
        self._patience_s = patience_s
        self._lock = Lock()
        self._is_taken = False
        self._waiting: deque[Lock] = deque()
        self._called_at = 0.0

    @property
    def waiting(self) -> int:
        """How many wait to be called."""
        return len(self._waiting)

    def wait(self) -> None:
        """Returns when it is one's turn; `end` must follow.

        Raises:
            StandsStill: whoever has it takes too long.
        """
        with self._lock:
            if not self._is_taken:
                self._is_taken, self._called_at = True, time.monotonic()
                return
            call = Lock()
            call.acquire()
            self._waiting.append(call)
            came_at = time.monotonic()
        while not call.acquire(timeout=self._left_s(came_at)):
            with self._lock:
                if self._left_s(came_at) <= 0 and call in self._waiting:
                    self._waiting.remove(call)
                    raise StandsStill

    def end(self) -> None:
        """Calls the next one."""
        with self._lock:
            self._called_at = time.monotonic()
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False

    def _left_s(self, came_at: float) -> float:
        return max(max(self._called_at, came_at) + self._patience_s - time.monotonic(), 0.0)


class QueuedSession(Session):
    """A session whose transactions wait for their turn, and have it from their first use to their end.

    Raises:
        sqlalchemy.exc.OperationalError: whoever has the turn takes too long; as SQLite says it to writers of
            other processes.
    """

    def __init__(self, engine: Engine, turns: Turns) -> None:
        super().__init__(engine, expire_on_commit=False)
        self._turns = turns
        self._has_turn = False

    def wait_for_turn(self) -> None:
        try:
            self._turns.wait()
        except StandsStill as error:
            locked = sqlite3.OperationalError("database is locked")
            raise OperationalError("BEGIN IMMEDIATE", None, locked) from error
        self._has_turn = True

    def end_turn(self) -> None:
        if self._has_turn:
            self._has_turn = False
            self._turns.end()


def _begins(session: QueuedSession, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.wait_for_turn()


def _ends(session: QueuedSession, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.end_turn()


event.listen(QueuedSession, "after_transaction_create", _begins)
event.listen(QueuedSession, "after_transaction_end", _ends)
