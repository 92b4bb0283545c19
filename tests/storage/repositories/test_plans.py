"""The plan and its items by reference."""

import pytest

from storage.rules.errors import NotFound
from storage.rules.terms import Kind, PlanState
from tests import factories
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
