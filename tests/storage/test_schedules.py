"""Who has a schedule row, who lacks one, and whose is claimed."""

from storage.rules.terms import ItemState
from storage.tables import Schedule
from tests import factories
from tests.conftest import UnitsOfWork


def test_who_may_have_something_to_answer_lacks_a_row(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        team = factories.team(uow)
        owner, of_kpi, lead, scheduled = (factories.member(uow, home=team) for _ in range(4))
        factories.member(uow, home=team, name="Owns nothing")
        homeless = factories.member(uow)
        unlinked = factories.member(uow, home=team, slack_user_id=None)
        gone = factories.member(uow, home=team, is_deactivated=True)
        closed = factories.member(uow, home=team)
        for member in (owner, homeless, unlinked, gone, scheduled):
            factories.key_result(uow, owner_id=member.id)
        factories.key_result(uow, owner_id=closed.id, state=ItemState.CLOSED)
        factories.kpi(uow, owner_id=of_kpi.id)
        factories.team(uow, lead_id=lead.id)
        factories.schedule(uow, scheduled)
        found = uow.schedules.list_unscheduled(9)
        assert len(uow.schedules.list_unscheduled(2)) == 2
    assert [member.id for member in found] == [owner.id, of_kpi.id, lead.id]


def test_a_person_has_one_row(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        row = factories.schedule(uow, factories.member(uow))
        uow.schedules.put(Schedule(**row.model_dump(exclude={"id"})))
        found = uow.schedules.find(row.member_id)
        assert found is not None
        assert found.id == row.id


def test_a_row_is_outdated_when_the_person_works_otherwise(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        moved, part_time, early, same = (factories.member(uow) for _ in range(4))
        for member in (moved, part_time, early, same):
            factories.schedule(uow, member)
        moved.zone, part_time.work_days, early.start_hour = "Asia/Tokyo", "012", 7
        uow.session.flush()
        found = {member.id for _, member in uow.schedules.list_outdated("", 9)}
    assert found == {moved.id, part_time.id, early.id}
