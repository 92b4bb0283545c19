"""Two workspaces in one record, in which accounts, conversations, messages and references have the same ids:
what is done in one never touches the other."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select as select_columns
from sqlmodel import SQLModel

from bot.app import HOME_SECTIONS
from bot.catchball import discussion, service
from bot.catchball.facts import Aim
from bot.catchball.posting import find_in_thread
from bot.home.listeners import draw_home, draw_opened
from bot.members import find_person
from storage import catchballs, intake
from storage.database import Database
from storage.rules.catchball import BallState, Move
from storage.rules.errors import NotFound
from storage.rules.terms import Role
from storage.tables.outbox import OutboxState
from tests import factories
from tests.bot.catchball.test_service import counter, do, throw
from tests.clock import FrozenClock
from tests.storage.test_catchballs import Table, sit_down


@pytest.fixture
def tables(sqlite_database: Database, clock: FrozenClock) -> tuple[Table, Table]:
    """Both have a C-1 from Ana to Ben whose card is the same message of the same channel."""
    both = (sit_down(sqlite_database, clock), sit_down(sqlite_database, clock, "T0002"))
    for table in both:
        throw(table)
        with table.work() as uow:
            card = uow.outbox.find(f"catchball:{uow.catchballs.lock(1).id}")
            assert card is not None
            card.state, card.sent_channel_id, card.sent_ts = OutboxState.SENT, "C1", "1.0"
    return both


def rows_of(table: Table) -> dict[str, list[Any]]:
    """Everything of a workspace, as it is stored."""
    with table.work() as uow:
        return {
            each.name: [
                tuple(row)
                for row in uow.session.execute(
                    select_columns(each).where(each.c.workspace_id == table.workspace).order_by(each.c.id)
                )
            ]
            for each in SQLModel.metadata.sorted_tables
            if "workspace_id" in each.c and "id" in each.c
        }


def state(table: Table) -> BallState:
    with table.work() as uow:
        return uow.catchballs.lock(1).state


def _counter(table: Table) -> None:
    counter(table, "Ben", 76)


def _agree(table: Table) -> None:
    do(table, "Ben", service.agree, Aim(1, 1))


def _decline(table: Table) -> None:
    do(table, "Ben", service.say, Move.DECLINE, Aim(1, 1), "No people.")


def _write_into_thread(table: Table) -> None:
    message = discussion.Message("C1", "1.1", "1.0", "Said in both")
    do(table, "Ben", discussion.keep, message)


def _open_home(table: Table) -> None:
    with table.work() as uow:
        uow.homes.note_opened(table.ids["Ana"], uow.now)


@pytest.mark.parametrize("deed", [_counter, _agree, _decline, _write_into_thread, _open_home])
def test_what_is_done_in_one_leaves_every_row_of_the_other(
    tables: tuple[Table, Table], deed: Callable[[Table], None]
) -> None:
    one, other = tables
    before = rows_of(other)
    deed(one)
    assert rows_of(other) == before
    deed(other)
    assert state(one) is state(other)


def test_the_same_account_is_someone_else_in_each(tables: tuple[Table, Table]) -> None:
    people = []
    for table in tables:
        with table.work() as uow:
            person = find_person(uow, "U0002")
            assert person is not None
            people.append(person.member_id)
            line = uow.ball_lists.list_open_of(person.member_id)
            assert [one.reference for one in line] == ["C-1"]
    assert people[0] != people[1]
    one = tables[0]
    # Whom the other workspace knows by that row has no part in this one.
    with one.work() as uow, pytest.raises(NotFound):
        catchballs.show(uow, uow.roles.get_viewer(people[1]), 1)
    _open_home(one)
    drawn = []
    for table in tables:
        with table.work() as uow:
            assert draw_home(uow, HOME_SECTIONS, "U0001") is not None
            drawn.append(draw_opened(uow, HOME_SECTIONS, "U0001") is not None)
    assert drawn == [True, False]


def test_the_same_message_is_the_thread_of_ones_own_ball(tables: tuple[Table, Table]) -> None:
    found = []
    for table in tables:
        with table.work() as uow:
            row = uow.catchballs.lock(1)
            assert find_in_thread(uow, "C1", "1.0") == row.id
            found.append(row.id)
    assert found[0] != found[1]


def test_a_ball_that_only_the_other_has_is_not_there(tables: tuple[Table, Table]) -> None:
    one, other = tables
    number = other.throw(("Carla",), is_private=True).ball.number
    for who in one.ids:
        with one.work() as uow, pytest.raises(NotFound, match=f"There is no C-{number} here"):
            catchballs.show(uow, one.viewer(uow, who), number)
    assert state(other) is BallState.THROWN


def test_a_key_opens_its_own_workspaces_figures_alone(tables: tuple[Table, Table]) -> None:
    keys = []
    for number, table in enumerate(tables):
        with table.work() as uow:
            uow.roles.grant(table.ids["Ana"], Role.ADMIN, by_id=None, at=uow.now)
            factories.kpi(uow, number=1, title=f"Figure {number}")
            keys.append(intake.make_key(uow, table.viewer(uow, "Ana"), name="nightly"))
    assert [intake.workspace_of(key) for key in keys] == [table.workspace for table in tables]
    one, other = tables
    named = str(one.workspace).join(keys[1].split(str(other.workspace), 1))
    assert intake.workspace_of(named) == one.workspace
    for strange in (keys[1], named):
        before = rows_of(other)
        with one.work() as uow:
            with pytest.raises(intake.Unauthorized):
                intake.list_kpis(uow, strange)
            with pytest.raises(intake.Unauthorized):
                intake.take_readings(uow, strange, "KPI-1", [intake.Given(Decimal(61))], fingerprint="one")
        assert rows_of(other) == before
    with one.work() as uow:
        assert [each["title"] for each in intake.list_kpis(uow, keys[0])] == ["Figure 0"]
