"""What a transaction changes of a plan is carried on in memory: the same as if it were read anew."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from storage import editing
from storage.database import UnitOfWork
from storage.editing import marks, people
from storage.repositories.strategies import Strategy
from storage.rules.access import Viewer
from storage.rules.terms import Kind, Strength
from tests import factories
from tests.statements import sent_statements
from tests.storage.editing.conftest import A1, I1, KPI1, KR1, O1, Office

FIGURES = {"unit": "%", "baseline": Decimal(70), "target": Decimal("80.50"), "due_on": date(2026, 6, 30)}


def _add_all(uow: UnitOfWork, who: Viewer) -> None:
    kpi = editing.add_item(uow, who, Kind.KPI, {"title": "Resolution", "owner_id": who.member_id})
    annual = editing.add_item(uow, who, Kind.ANNUAL_OBJECTIVE, {"title": "Calls", "measure": kpi.ref})
    objective = editing.add_item(
        uow, who, Kind.OBJECTIVE, {"title": "Right the first time", "parent": annual.ref}
    )
    editing.add_item(
        uow, who, Kind.KEY_RESULT, {"title": "Solved", "parent": objective.ref, "measure": kpi.ref} | FIGURES
    )
    editing.add_item(uow, who, Kind.INITIATIVE, {"title": "Route calls", "parent": annual.ref})


def _change(uow: UnitOfWork, who: Viewer) -> None:
    editing.change_item(uow, who, KR1, {"title": "Solved", "target": Decimal(90)}, reason="Agreed.")
    editing.change_item(uow, who, O1, {"parent": None}, reason="Agreed.")
    editing.change_item(uow, who, O1, {"parent": A1}, reason="Agreed.")
    team = factories.team(uow)
    editing.change_item(uow, who, O1, {"team_id": team.id}, reason="Agreed.")
    editing.archive_item(uow, who, KR1, reason="Agreed.")


def _take_part(uow: UnitOfWork, who: Viewer) -> None:
    first, second, third = (factories.member(uow).id for _ in range(3))
    people.set_supporters(uow, who, O1, [first, second])
    people.set_supporters(uow, who, O1, [third, second])
    editing.change_item(uow, who, O1, {"is_restricted": True})
    people.set_readers(uow, who, O1, [second, first])
    people.set_supporters(uow, who, O1, [])


def _mark(uow: UnitOfWork, who: Viewer) -> None:
    marks.set_mark(uow, who, I1, KPI1, Strength.WEAK)
    marks.set_mark(uow, who, I1, KPI1, Strength.STRONG)
    marks.set_mark(uow, who, I1, KPI1, None)
    marks.set_mark(uow, who, I1, KPI1, Strength.MEDIUM)


@pytest.mark.parametrize("work", [_add_all, _change, _take_part, _mark])
def test_a_plan_that_is_carried_on_is_the_one_that_would_be_read(
    office: Office, work: Callable[[UnitOfWork, Viewer], None]
) -> None:
    with office.work() as uow:
        uow.picture()
        work(uow, office.lead)
        _same(uow.picture(), uow)
    with office.work() as uow:
        _same(uow.picture(), uow)


def test_a_plan_is_not_read_again_for_what_an_edit_has_changed(office: Office) -> None:
    with office.work() as uow:
        uow.picture()
    with sent_statements() as sent:
        with office.work() as uow:
            _add_all(uow, office.lead)
            uow.picture()
        with office.work() as uow:
            assert uow.picture().graph.nodes[Kind.KEY_RESULT, 2].title == "Solved"
    assert [statement for statement in sent if "FROM supporter" in statement] == []


def test_what_others_have_changed_since_voids_what_is_carried(office: Office) -> None:
    with office.work() as uow:
        uow.picture()
        editing.change_item(uow, office.lead, KR1, {"title": "Solved"}, reason="Agreed.")
        uow.plans.get_item(*O1).title = "Another one"
        _same(uow.picture(), uow)
        assert uow.picture().graph.nodes[O1].title == "Another one"
    with office.work() as uow:
        assert uow.picture().graph.nodes[O1].title == "Another one"
        uow.picture()
        editing.change_item(uow, office.lead, KR1, {"title": "Taken back"}, reason="Agreed.")
        uow.session.rollback()
        assert uow.picture().graph.nodes[KR1].title == "Solved"


def _same(picture: Strategy, uow: UnitOfWork) -> None:
    anew = uow.strategies.read(uow.strategies.get_plan(), uow.now)
    assert picture.graph == anew.graph
    assert list(picture.graph.nodes) == list(anew.graph.nodes)
    assert (picture.standings, picture.measured) == (anew.standings, anew.measured)
