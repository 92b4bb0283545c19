"""A ball about something that is restricted while its card stands before everyone: no more is told there."""

import pytest

from bot.catchball import service
from bot.catchball.facts import Aim
from bot.catchball.posting import redraw
from storage.database import Database
from storage.tables.plan import Reader
from tests.bot.catchball.test_service import counter, do, throw
from tests.clock import FrozenClock
from tests.storage.test_catchballs import A1, Table, sit_down


@pytest.fixture
def table(sqlite_database: Database, clock: FrozenClock) -> Table:
    """C-1 has its card in a public channel, and then what it is about is restricted to Ana and Ben."""
    table = sit_down(sqlite_database, clock)
    throw(table)
    with table.work() as uow:
        item = uow.plans.get_item(*A1)
        item.is_restricted = True
        uow.parts.add_person(Reader, A1[0], item.id, table.ids["Ben"])
    return table


def messages(table: Table) -> list[tuple[int | None, str]]:
    """(to whom, what) of everything but the first telling: its card is drawn anew."""
    with table.work() as uow:
        rows = [
            uow.outbox.find(f"catchball:1:{number}:{who}") for number in (2,) for who in table.ids.values()
        ]
        card = uow.outbox.find("catchball:1")
        reply = uow.outbox.find("catchball:1:2")
    assert card is not None
    assert reply is None, "nothing goes into the thread"
    return [
        (None, str(card.payload)),
        *((one.member_id, str(one.payload)) for one in rows if one is not None),
    ]


def test_the_next_move_is_told_to_those_who_take_part_alone(table: Table) -> None:
    counter(table, "Ben", 76)
    (_, card), (who, told) = messages(table)
    assert "C-1 goes on among those who take part." in card
    assert "Answer right" not in card
    assert "Customers wait" not in card
    assert (who, "76" in told) == (table.ids["Ana"], True)


def test_an_agreement_is_told_so_too(table: Table) -> None:
    do(table, "Ben", service.agree, Aim(1, 1))
    (_, card), (who, _) = messages(table)
    assert "Answer right" not in card
    assert who == table.ids["Ana"]


def test_what_is_drawn_anew_by_time_shows_nothing_of_it(table: Table) -> None:
    with table.work() as uow:
        redraw(uow, uow.catchballs.lock(1))
        card = uow.outbox.find("catchball:1")
        assert card is not None
        assert "Answer right" not in str(card.payload)
