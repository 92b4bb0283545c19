import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from storage.database import Database
from storage.turns import QueuedSession, StandsStill, Turns


def test_those_who_wait_are_called_in_the_order_in_which_they_came() -> None:
    turns = Turns(patience_s=5)
    order: list[int] = []

    def write(number: int) -> None:
        with _turn(turns):
            order.append(number)

    with _turn(turns):
        threads = [_waits(turns, partial(write, number)) for number in range(8)]
    _join(threads)

    assert order == list(range(8))


def test_only_one_has_a_turn() -> None:
    turns = Turns(patience_s=5)
    inside = 0
    most = 0

    def write() -> None:
        nonlocal inside, most
        for _ in range(50):
            with _turn(turns):
                inside += 1
                most = max(most, inside)
                time.sleep(0)
                inside -= 1

    _join([_started(write) for _ in range(8)])

    assert most == 1


def test_whoever_waits_is_patient_while_the_queue_moves() -> None:
    turns = Turns(patience_s=0.2)
    order: list[int] = []

    def write(number: int) -> None:
        with _turn(turns):
            time.sleep(0.1)
            order.append(number)

    with _turn(turns):
        threads = [_waits(turns, partial(write, number)) for number in range(5)]
    _join(threads)  # the last one has waited twice as long as its patience

    assert order == list(range(5))


def test_whoever_waits_gives_up_when_nobody_is_called() -> None:
    turns = Turns(patience_s=0.05)
    with _turn(turns), pytest.raises(StandsStill), _turn(turns):
        pass
    with _turn(turns):
        pass  # whoever gave up is not called any more


def test_a_session_has_its_turn_from_its_first_use_until_it_is_over(sqlite_database: Database) -> None:
    turns = Turns(patience_s=0.05)
    with QueuedSession(sqlite_database.engine, turns) as session:
        with _turn(turns):
            pass  # nothing was asked yet
        session.execute(text("SELECT 1"))
        with pytest.raises(StandsStill):
            turns.wait()
        session.commit()
        with _turn(turns):
            pass
        session.execute(text("SELECT 1"))
    with pytest.raises(OperationalError), QueuedSession(sqlite_database.engine, turns) as session:
        session.execute(text("SELECT nothing_there"))
    with _turn(turns):
        pass


@contextmanager
def _turn(turns: Turns) -> Iterator[None]:
    turns.wait()
    try:
        yield
    finally:
        turns.end()


def _waits(turns: Turns, work: Callable[[], None]) -> threading.Thread:
    """A thread that has queued up by the time this returns."""
    before = turns.waiting
    thread = _started(work)
    until = time.monotonic() + 5
    while turns.waiting == before and time.monotonic() < until:
        time.sleep(0.001)
    return thread


def _started(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def _join(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.join(10)
