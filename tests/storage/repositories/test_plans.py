"""The plan and its items by reference."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy.exc import OperationalError

from storage.database import Database
from storage.rules.errors import NotFound
from storage.rules.terms import Kind, PlanState
from tests import factories
from tests.clock import FrozenClock
from tests.conftest import UnitsOfWork


def test_the_active_plan_is_found_among_others(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        factories.plan(uow, title="Last year", state=PlanState.ARCHIVED)
        active = factories.plan(uow, title="This year")

        assert uow.plans.get_active() == active


def test_without_a_plan_the_sentence_says_what_to_do(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow, pytest.raises(NotFound, match="start with the worked example"):
        uow.plans.get_active()


def test_an_item_is_found_by_its_reference(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        key_result = factories.key_result(uow)

        assert uow.plans.get_item(Kind.KEY_RESULT, key_result.number) == key_result
        assert uow.plans.find_item(Kind.KPI, key_result.number) is None


def test_an_unknown_reference_is_named(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow, pytest.raises(NotFound, match="There is no KR-9 here"):
        uow.plans.get_item(Kind.KEY_RESULT, 9)


def test_what_is_no_part_of_the_plan_is_not_found_in_it(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        assert uow.plans.find_item(Kind.IDEA, 1) is None


def test_changes_of_a_plan_that_have_added_rows_wait_for_each_other_and_none_is_ended(
    postgres_url: Callable[[], str], clock: FrozenClock
) -> None:
    """Whoever adds a row shares the workspace's key: were the plan's lock to exclude that, two such changes
    would each wait for the other."""
    database = Database(postgres_url())
    workspace = factories.workspace(database, clock.now())
    both_have_added = threading.Barrier(2, timeout=10)
    ended: list[BaseException] = []

    def change(title: str) -> None:
        try:
            with database.unit_of_work(workspace, clock.now()) as uow:
                factories.member(uow, slack_user_id=f"U{title}", email=f"{title}@example.com")
                both_have_added.wait()
                uow.plans.lock()
                factories.team(uow, name=title)
        except OperationalError as error:
            ended.append(error)

    changes = [threading.Thread(target=change, args=(title,)) for title in ("One", "Other")]
    for thread in changes:
        thread.start()
    for thread in changes:
        thread.join(20)
    with database.unit_of_work(workspace, clock.now(), read=True) as uow:
        teams = len(uow.teams.list_all())
    database.close()

    assert (ended, teams) == ([], 2)
