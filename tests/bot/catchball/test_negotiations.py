"""Random moves by random people at random times, with races, restarts and lost transactions.

`HOSHIN_EXAMPLES=500 uv run pytest tests/bot/catchball/test_negotiations.py` looks at more negotiations.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from bot.catchball.drawing import card_message
from bot.catchball.posting import face_of, tell
from storage import catchballs
from storage.catchballs import Counter, Moved
from storage.database import Database, UnitOfWork
from storage.rules.catchball import OPEN, RULES, SETTLED, Ball, BallState, Move
from storage.rules.errors import DomainError, Overtaken
from storage.tables import Outbox
from tests.bot.catchball.test_service import TYPED, throw
from tests.clock import MONDAY, FrozenClock
from tests.storage.test_catchballs import TERMS, Table, another, sit_down

EXAMPLES = int(os.environ.get("HOSHIN_EXAMPLES", "4"))
PEOPLE = ("Ana", "Ben", "Carla", "Dan")
MOVES = tuple(move for move in Move if move not in {Move.THROW, Move.DEPLOY, Move.EXPIRE})


@dataclass(frozen=True)
class Deed:
    """What someone means to do: `target` is a counter's figure, `whom` who is handed the ball or named."""

    who: str
    move: Move
    target: int
    whom: str


@dataclass(frozen=True)
class Happening:
    """So many hours later somebody moves, or a second one too, who had the same version before them."""

    hours: int
    deed: Deed
    rival: Deed | None = None
    is_lost: bool = False
    """The process ends before the transaction is committed."""
    is_restarted: bool = False
    """Another process goes on afterwards."""


DEEDS = st.builds(
    Deed, st.sampled_from(PEOPLE), st.sampled_from(MOVES), st.integers(71, 90), st.sampled_from(PEOPLE)
)
HAPPENINGS = st.builds(
    Happening,
    st.sampled_from([0, 0, 1, 20, 100, 24 * 15]),
    DEEDS,
    st.none() | DEEDS,
    st.sampled_from([False, False, False, True]),
    st.sampled_from([False, False, False, True]),
)


class _LostError(Exception):
    """The process ends here."""


@pytest.fixture
def table(sqlite_database: Database, clock: FrozenClock) -> Iterator[Table]:
    table = sit_down(sqlite_database, clock)
    yield table
    if table.database is not sqlite_database:
        table.database.close()


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(happenings=st.lists(HAPPENINGS, min_size=3, max_size=10))
def test_whatever_happens_a_ball_keeps_its_rules(table: Table, happenings: list[Happening]) -> None:
    table.clock.jump_to(MONDAY)
    typed = replace(TYPED, scope=another().scope)
    number = throw(table, typed, to=("Ben", "Carla")).face.ball.number
    for one in happenings:
        table.clock.advance(timedelta(hours=one.hours))
        _expire(table, number)
        before = _look(table, number)
        if one.is_lost:
            _lose(table, number, one.deed, before[0].version)
            assert _look(table, number) == before
        elif one.rival is not None:
            _race(table, number, one.deed, one.rival, before[0].version)
        else:
            _try(table, number, one.deed, before[0].version)
        if one.is_restarted:
            _restart(table)
        _check(table, number, before)


def _race(table: Table, number: int, one: Deed, other: Deed, version: int) -> None:
    """In both orders; what the second order leaves stays."""
    with suppress(_LostError), table.work() as uow:
        _both(table, uow, number, (other, one), version)
        raise _LostError
    with table.work() as uow:
        _both(table, uow, number, (one, other), version)


def _both(table: Table, uow: UnitOfWork, number: int, deeds: tuple[Deed, Deed], version: int) -> None:
    """Where the first one countered, the second one hears of it whatever they wanted of the old version."""
    first, second = deeds
    taken = _attempt(table, uow, number, first, version)
    answered = _attempt(table, uow, number, second, version)
    if isinstance(taken, Moved) and first.move is Move.COUNTER and second.move in _OF_A_VERSION:
        assert isinstance(answered, Overtaken)


def _try(table: Table, number: int, deed: Deed, version: int) -> None:
    with table.work() as uow:
        _attempt(table, uow, number, deed, version)


def _lose(table: Table, number: int, deed: Deed, version: int) -> None:
    with suppress(_LostError), table.work() as uow:
        _attempt(table, uow, number, deed, version)
        raise _LostError


def _attempt(table: Table, uow: UnitOfWork, number: int, deed: Deed, version: int) -> Moved | DomainError:
    """The move with its card and thread, or why it was refused, which leaves nothing behind."""
    inner = uow.session.begin_nested()
    try:
        moved = _VERBS[deed.move](table, uow, number, deed, version)
        tell(uow, moved)
    except DomainError as refusal:
        inner.rollback()
        return refusal
    inner.commit()
    return moved


def _expire(table: Table, number: int) -> None:
    with table.work() as uow:
        moved = catchballs.expire(uow, number)
        if moved is not None:
            tell(uow, moved)


def _restart(table: Table) -> None:
    url = table.database.engine.url.render_as_string(hide_password=False)
    table.database.close()
    table.database = Database(url)


def _look(table: Table, number: int) -> tuple[Ball, list[Any], list[Any]]:
    """The ball, its versions and its moves, as they are stored."""
    with table.work() as uow:
        row = uow.catchballs.lock(number)
        versions = [(one.number, one.author_id, one.terms) for one in uow.catchballs.list_versions(row.id)]
        moves = [(one.id, one.member_id, one.move, one.said) for one in uow.catchballs.list_moves(row.id)]
        return uow.catchballs.read(row), versions, moves


def _check(table: Table, number: int, before: tuple[Ball, list[Any], list[Any]]) -> None:
    """The rules of a ball, between what was stored before and what is stored now."""
    was, old_versions, old_moves = before
    ball, versions, moves = _look(table, number)
    made = moves[len(old_moves) :]
    assert moves[: len(old_moves)] == old_moves
    assert versions[: len(old_versions)] == old_versions
    assert len(versions) - len(old_versions) == sum(move is Move.COUNTER for _, _, move, _ in made)
    assert ball.version == len(versions)
    assert bool(ball.holder_ids) == (ball.state in OPEN)
    assert ball.holder_ids <= ball.party_ids
    assert ball.agreed_ids <= ball.party_ids - {ball.author_id}
    assert not ball.agreed_ids & ball.holder_ids
    if ball.state in SETTLED:
        assert ball.agreed_ids | {ball.author_id} == ball.party_ids
        assert ball.agreed_version == ball.version
    assert all(said.strip() for _, _, move, said in made if RULES[move].needs_text)
    if made:
        _, by_id, move, _ = made[0]
        assert was.state in RULES[move].sources
        assert not RULES[move].holds or by_id in was.holder_ids
        assert move is not Move.AGREE or by_id != was.author_id
    with table.work() as uow:
        row = uow.catchballs.lock(number)
        assert catchballs.replayed(uow, row.id) == ball
        face = face_of(uow, row)
        card = uow.session.execute(
            select(col(Outbox.payload)).where(
                col(Outbox.workspace_id) == table.workspace, col(Outbox.key) == f"catchball:{row.id}"
            )
        ).scalar_one()
        assert card == card_message(face).payload()
        if ball.state is BallState.AGREED:
            assert uow.picture().graph.find_row(row.item_kind, row.item_id) is not None


Verb = Callable[[Table, UnitOfWork, int, Deed, int], Moved]


def _counter(table: Table, uow: UnitOfWork, number: int, deed: Deed, version: int) -> Moved:
    wanted = Counter(terms=replace(TERMS, target=Decimal(deed.target)), reason="It slipped.")
    return catchballs.counter(uow, table.viewer(uow, deed.who), number, wanted, version=version)


def _agree(table: Table, uow: UnitOfWork, number: int, deed: Deed, version: int) -> Moved:
    return catchballs.agree(uow, table.viewer(uow, deed.who), number, version=version)


def _decline(table: Table, uow: UnitOfWork, number: int, deed: Deed, version: int) -> Moved:
    return catchballs.decline(uow, table.viewer(uow, deed.who), number, "No people.", version=version)


def _saying(verb: Callable[..., Moved]) -> Verb:
    return lambda table, uow, number, deed, _: verb(
        uow, table.viewer(uow, deed.who), number, "Because of the training."
    )


def _naming(verb: Callable[..., Moved]) -> Verb:
    return lambda table, uow, number, deed, _: verb(
        uow, table.viewer(uow, deed.who), number, table.ids[deed.whom]
    )


_OF_A_VERSION = frozenset({Move.COUNTER, Move.AGREE, Move.DECLINE})
_VERBS: dict[Move, Verb] = {
    Move.COUNTER: _counter,
    Move.AGREE: _agree,
    Move.DECLINE: _decline,
    Move.ASK: _saying(catchballs.ask),
    Move.ANSWER: _saying(catchballs.answer),
    Move.WITHDRAW: _saying(catchballs.withdraw),
    Move.REOPEN: _saying(catchballs.reopen),
    Move.NOT_DEPLOY: _saying(catchballs.not_deploy),
    Move.HAND_OVER: _naming(catchballs.hand_over),
    Move.NAME_FACILITATOR: _naming(catchballs.name_facilitator),
}
