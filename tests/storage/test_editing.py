"""Changing the plan: who may, what holds, what stays in the trail."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from storage import editing
from storage.database import Database
from storage.rules.access import Viewer, viewer_of
from storage.rules.errors import Closed, DomainError, Invalid, InvalidFields, NotAllowed, NotFound
from storage.rules.hierarchy import Ref
from storage.rules.terms import ItemState, Kind, Role
from tests import factories
from tests.conftest import UnitsOfWork

B1, A1, O1, KR1 = (
    (Kind.BREAKTHROUGH, 1),
    (Kind.ANNUAL_OBJECTIVE, 1),
    (Kind.OBJECTIVE, 1),
    (Kind.KEY_RESULT, 1),
)


@dataclass(frozen=True)
class Scene:
    """B-1 → A-1 → O-1 → KR-1; the owner owns the lower two, the other has no part in it."""

    lead: Viewer
    owner: Viewer
    other: Viewer


@pytest.fixture
def scene(unit_of_work: UnitsOfWork) -> Scene:
    with unit_of_work() as uow:
        lead, owner, other = (factories.member(uow).id for _ in range(3))
        breakthrough = factories.breakthrough(uow)
        annual = factories.annual_objective(uow, breakthrough_id=breakthrough.id)
        objective = factories.objective(uow, annual_objective_id=annual.id, owner_id=owner)
        factories.key_result(uow, objective_id=objective.id, owner_id=owner)
    return Scene(
        viewer_of(lead, {}, granted=[Role.STRATEGY_LEAD]), viewer_of(owner, {}), viewer_of(other, {})
    )


def test_a_change_is_stored_and_stands_in_the_trail(unit_of_work: UnitsOfWork, scene: Scene) -> None:
    with unit_of_work() as uow:
        changed = editing.change_item(uow, scene.owner, O1, {"title": "Solve it in one call", "parent": A1})
    assert changed.before == {"title": "Answer right the first time"}
    with unit_of_work() as uow:
        item = uow.plans.get_item(*O1)
        [entry] = uow.audit.list_for("objective", item.id)
    assert item.title == "Solve it in one call"
    assert (entry.action, entry.member_id, entry.reference) == ("changed", scene.owner.member_id, "O-1")
    assert (entry.before, entry.after) == (
        {"title": "Answer right the first time"},
        {"title": "Solve it in one call"},
    )


def test_what_is_as_it_was_leaves_no_trail(unit_of_work: UnitsOfWork, scene: Scene) -> None:
    with unit_of_work() as uow:
        assert not editing.change_item(uow, scene.owner, O1, {"parent": A1}).after
        assert uow.audit.list_for("objective", uow.plans.get_item(*O1).id) == []


def test_a_target_changed_in_mid_cycle_asks_for_a_reason(unit_of_work: UnitsOfWork, scene: Scene) -> None:
    with unit_of_work() as uow, pytest.raises(Invalid) as refused:
        editing.change_item(uow, scene.owner, KR1, {"target": Decimal(85)})
    assert refused.value.field == "reason"
    with unit_of_work() as uow:
        editing.change_item(uow, scene.owner, KR1, {"target": Decimal(85)}, reason="Two agents more")
        [entry] = uow.audit.list_for("key result", uow.plans.get_item(*KR1).id)
    assert (entry.before, entry.after, entry.reason) == (
        {"target": "80"},
        {"target": "85"},
        "Two agents more",
    )


def test_new_items_take_the_next_number_and_the_plans_dates(unit_of_work: UnitsOfWork, scene: Scene) -> None:
    with unit_of_work() as uow:
        added = editing.add_item(
            uow, scene.lead, Kind.ANNUAL_OBJECTIVE, {"title": "Halve scrap", "parent": B1}
        )
    assert (added.reference, added.starts_on, added.due_on) == ("A-2", date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("ref", "values", "sentence"),
    [
        (O1, {"parent": B1}, "Choose an annual objective instead"),
        (A1, {"parent": A1}, "cannot stand under itself"),
        (A1, {"due_on": date(2030, 1, 1)}, "lies within its breakthrough"),
        (A1, {"due_on": date(2025, 1, 1)}, "before it starts"),
        (O1, {"title": "  "}, "needs a title"),
        (O1, {"parent": (Kind.ANNUAL_OBJECTIVE, 9)}, "no such item here"),
        (KR1, {"parent": None}, "belongs to an objective"),
        (KR1, {"weight": Decimal(-1)}, "cannot be negative"),
        (KR1, {"band_low": Decimal(3), "band_high": Decimal(2)}, "Swap the two"),
        (O1, {"owner_id": 99}, "not known here"),
    ],
)
def test_what_does_not_hold_together_is_refused_with_its_sentence(
    unit_of_work: UnitsOfWork, scene: Scene, ref: Ref, values: dict[str, object], sentence: str
) -> None:
    with pytest.raises(DomainError, match=sentence), unit_of_work() as uow:
        editing.change_item(uow, scene.lead, ref, values, reason="A try")
    with unit_of_work() as uow:
        assert uow.audit.list_for(str(ref[0]), uow.plans.get_item(*ref).id) == []


def test_several_faults_are_told_at_once(unit_of_work: UnitsOfWork, scene: Scene) -> None:
    with unit_of_work() as uow, pytest.raises(InvalidFields) as refused:
        editing.change_item(uow, scene.lead, O1, {"title": "", "owner_id": 99})
    assert set(refused.value.sentences) == {"title", "owner"}


def test_a_circle_over_several_levels_is_refused(unit_of_work: UnitsOfWork, scene: Scene) -> None:
    with unit_of_work() as uow:
        lower = editing.add_item(uow, scene.lead, Kind.ANNUAL_OBJECTIVE, {"title": "Lower", "parent": A1})
        initiative = editing.add_item(
            uow, scene.lead, Kind.INITIATIVE, {"title": "Route", "parent": lower.ref}
        )
    with unit_of_work() as uow, pytest.raises(Invalid, match="under what stands below it"):
        editing.change_item(uow, scene.lead, A1, {"parent": initiative.ref})


def test_only_those_who_may_change_an_item_change_it(unit_of_work: UnitsOfWork, scene: Scene) -> None:
    with unit_of_work() as uow, pytest.raises(NotAllowed, match="Ask one of"):
        editing.change_item(uow, scene.other, O1, {"title": "Mine now"})
    with unit_of_work() as uow, pytest.raises(NotAllowed):
        editing.add_item(uow, scene.other, Kind.BREAKTHROUGH, {"title": "Mine"})


def test_a_restricted_item_is_not_there_for_others(unit_of_work: UnitsOfWork, scene: Scene) -> None:
    with unit_of_work() as uow:
        editing.change_item(uow, scene.lead, O1, {"is_restricted": True})
    with unit_of_work() as uow, pytest.raises(NotFound, match="There is no O-1 here"):
        editing.change_item(uow, scene.other, O1, {"title": "Mine now"})


def test_removing_is_archiving_and_can_be_undone(unit_of_work: UnitsOfWork, scene: Scene) -> None:
    with unit_of_work() as uow:
        editing.archive_item(uow, scene.owner, KR1, reason="Measured elsewhere")
    with unit_of_work() as uow:
        assert uow.picture().graph.nodes[KR1].state is ItemState.ARCHIVED
        with pytest.raises(Closed, match="Bring it back first"):
            editing.change_item(uow, scene.owner, KR1, {"title": "New"})
        editing.restore_item(uow, scene.owner, KR1)
    with unit_of_work() as uow:
        assert uow.picture().graph.nodes[KR1].is_live


def test_what_others_stand_under_is_not_removed(unit_of_work: UnitsOfWork, scene: Scene) -> None:
    with (
        unit_of_work() as uow,
        pytest.raises(Invalid, match=r"O-1 still carries KR-1\. Move these elsewhere"),
    ):
        editing.archive_item(uow, scene.lead, O1)


def test_an_item_of_another_workspace_does_not_exist(
    unit_of_work: UnitsOfWork, database: Database, scene: Scene
) -> None:
    with unit_of_work() as uow:
        now = uow.now
    elsewhere = factories.workspace(database, now, team_id="T0002")
    with database.unit_of_work(elsewhere, now) as uow:
        factories.plan(uow)
        with pytest.raises(NotFound):
            editing.change_item(uow, scene.lead, O1, {"title": "Mine now"})
