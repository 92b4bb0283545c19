"""A plan kept in memory is never older than the record."""

from collections.abc import Callable

import pytest
from sqlalchemy import insert, update
from sqlmodel import col

from storage import editing
from storage.database import Database, UnitOfWork
from storage.rules.access import Viewer
from storage.rules.errors import NotFound
from storage.rules.terms import Kind, Role, Source
from storage.tables import KeyResult, Reading, Supporter
from tests import factories
from tests.clock import FrozenClock
from tests.conftest import UnitsOfWork
from tests.factories import WEEK

KR = (Kind.KEY_RESULT, 1)


def _renamed(uow: UnitOfWork) -> None:
    uow.plans.get_item(*KR).title = "Calls solved at once"


def _renamed_by_a_statement(uow: UnitOfWork) -> None:
    uow.session.execute(
        update(KeyResult).where(col(KeyResult.workspace_id) == uow.workspace_id).values(title="Solved")
    )


def _measured(uow: UnitOfWork) -> None:
    factories.reading(uow, _key_result(uow), 78)


def _measured_in_bulk(uow: UnitOfWork) -> None:
    row = {
        "workspace_id": uow.workspace_id,
        "key_result_id": _key_result(uow).id,
        "period_on": WEEK,
        "value": 78,
        "source": Source.IMPORT,
        "recorded_at": uow.now,
    }
    uow.session.execute(insert(Reading), [row])


def _supported(uow: UnitOfWork) -> None:
    row = Supporter(
        workspace_id=uow.workspace_id,
        kind=Kind.KEY_RESULT,
        item_id=_key_result(uow).id,
        member_id=factories.member(uow).id,
    )
    uow.plans.add(row)


@pytest.mark.parametrize(
    "change", [_renamed, _renamed_by_a_statement, _measured, _measured_in_bulk, _supported]
)
def test_the_next_look_shows_a_change(
    unit_of_work: UnitsOfWork, change: Callable[[UnitOfWork], None]
) -> None:
    with unit_of_work() as uow:
        factories.key_result(uow)
    with unit_of_work() as uow:
        before = uow.picture()
    with unit_of_work() as uow:
        change(uow)
    with unit_of_work() as uow:
        assert uow.picture() != before


def test_a_look_without_a_change_reads_nothing_but_a_number(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        factories.key_result(uow)
    with unit_of_work() as uow:
        first = uow.picture()
    with unit_of_work() as uow:
        assert uow.picture() is first


def test_a_look_after_new_figures_shares_all_that_they_have_not_touched(
    unit_of_work: UnitsOfWork, clock: FrozenClock
) -> None:
    with unit_of_work() as uow:
        factories.key_result(uow)
    with unit_of_work() as uow:
        first = uow.picture()
    with unit_of_work() as uow:
        _measured(uow)
    with unit_of_work() as uow:
        again = uow.picture()
        anew = uow.strategies.read(uow.strategies.get_plan(), clock.now())
    assert again == anew
    assert again.standings != first.standings
    assert again.graph is first.graph


def test_a_change_is_seen_in_its_own_transaction_and_not_after_it_was_rolled_back(
    database: Database, workspace: int, clock: FrozenClock, unit_of_work: UnitsOfWork
) -> None:
    with unit_of_work() as uow:
        factories.key_result(uow)
    with database.unit_of_work(workspace, clock.now()) as uow:
        _renamed(uow)
        assert uow.picture().graph.nodes[KR].title == "Calls solved at once"
        uow.session.rollback()
    with unit_of_work() as uow:
        assert uow.picture().graph.nodes[KR].title == "First-contact resolution"


def test_a_new_day_is_a_new_picture(unit_of_work: UnitsOfWork, clock: FrozenClock) -> None:
    with unit_of_work() as uow:
        factories.key_result(uow)
    with unit_of_work() as uow:
        first = uow.picture()
    clock.jump_to(clock.now().replace(day=20))
    with unit_of_work() as uow:
        assert uow.picture().today.day == 20
        assert first.today.day == 9


def test_a_look_that_changes_nothing_does_not_count(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        factories.key_result(uow)
    with unit_of_work() as uow:
        before = uow.strategies.revision()
        factories.message(uow, "prompt:1", member_id=None, channel_id="C0001")
    with unit_of_work() as uow:
        assert uow.strategies.revision() == before


def test_whoever_began_to_read_before_a_change_takes_the_newer_picture_and_keeps_it(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    workspace = factories.workspace(sqlite_database, clock.now())
    with sqlite_database.unit_of_work(workspace, clock.now()) as uow:
        factories.key_result(uow, title="First")
    with sqlite_database.unit_of_work(workspace, clock.now(), read=True) as early:
        assert early.strategies.revision() > 0  # what it reads from now on is from before the change
        with sqlite_database.unit_of_work(workspace, clock.now()) as uow:
            _renamed(uow)
        with sqlite_database.unit_of_work(workspace, clock.now(), read=True) as uow:
            newer = uow.picture()
        assert early.picture() is newer
    with sqlite_database.unit_of_work(workspace, clock.now(), read=True) as uow:
        assert uow.picture() is newer


def test_without_a_plan_the_sentence_says_what_to_do(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow, pytest.raises(NotFound, match="There is no plan yet"):
        uow.picture()


def test_items_added_one_under_the_other_are_known_to_each_other(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        factories.plan(uow)
        lead = Viewer(member_id=factories.member(uow).id, granted=frozenset({Role.STRATEGY_LEAD}))
    with unit_of_work() as uow:
        objective = editing.add_item(uow, lead, Kind.OBJECTIVE, {"title": "Answer right the first time"})
        added = editing.add_item(
            uow,
            lead,
            Kind.KEY_RESULT,
            {"title": "First-contact resolution", "parent": objective.ref, "baseline": 70, "target": 80},
        )
    with unit_of_work() as uow:
        assert uow.picture().graph.nodes[added.ref].parent == objective.ref


def _key_result(uow: UnitOfWork) -> KeyResult:
    row = uow.plans.get_item(*KR)
    assert isinstance(row, KeyResult)
    return row


def test_what_was_rolled_back_is_not_counted(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        factories.key_result(uow)
    with unit_of_work() as uow:
        before = uow.strategies.revision()
        _renamed(uow)
        uow.session.flush()
        uow.session.rollback()
    with unit_of_work() as uow:
        assert uow.strategies.revision() == before
