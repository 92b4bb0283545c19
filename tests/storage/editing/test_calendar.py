"""The organisation's own calendar: who may set it, what does not hold, and what follows from it."""

from datetime import date, timedelta
from typing import Any

import pytest

from storage.editing.calendar import read_calendar, set_calendar
from storage.repositories.chores import SCHEDULES
from storage.rules.errors import InvalidFields, NotAllowed
from storage.tables.checkin import Schedule
from storage.working import read_patterns, rules_fingerprint
from tests.storage.editing.conftest import Office

CHRISTMAS = date(2026, 12, 24)


@pytest.mark.parametrize(
    ("name", "said", "sentence"),
    [
        ("holidays", "Atlantis", "no country that holidays are known for"),
        ("holidays", "DE-XX", "“XX” is no region of DE"),
        ("holidays", "-BY", "A region belongs to a country"),
        ("days_off", "Christmas", "begins with no day"),
        ("days_off", "2026-02-30", "not a day of the calendar"),
        ("days_off", "2025-12-24", "2025-12-24 is over"),
        ("days_off", "2026-12-24\n2026-12-24", "stands there twice"),
        ("days_off", "2026-12-31 to 2026-12-24", "ends before it starts"),
        ("days_off", "2026-12-24 to 2027-12-24", "longer than 62 days"),
        ("days_off", f"2026-12-24 {'x' * 121}", "at most 120 fit"),
        ("work_days", [], "No work days are chosen"),
        ("work_days", [7], "numbered from 0 for Monday"),
        ("review_hour", 24, "no hour of the day"),
        ("spread_minutes", "241", "no number of minutes"),
        ("spread_minutes", "-5", "no number of minutes"),
        ("monthly_review", "soon", "is no day of a month"),
        ("quarterly_review", "day 0", "between the 1st and the 28th"),
        ("annual_review", "working day 21", "first 20 working days"),
    ],
)
def test_what_does_not_exist_is_refused_beside_its_field(
    office: Office, name: str, said: Any, sentence: str
) -> None:
    with office.work() as uow, pytest.raises(InvalidFields) as refused:
        set_calendar(uow, office.lead, {"annual_review": "day 3", name: said})
    assert list(refused.value.sentences) == [name]
    assert sentence in refused.value.sentences[name]
    with office.work() as uow:
        assert read_calendar(uow).reviews["annual_review"] == "working day 10"


def test_only_who_may_set_hoshin_up_changes_it(office: Office) -> None:
    with office.work() as uow, pytest.raises(NotAllowed):
        set_calendar(uow, office.owner, {"holidays": "DE"})


def test_people_follow_the_organisations_days_until_they_set_their_own(office: Office) -> None:
    with office.work() as uow:
        own = uow.members.get(office.owner.member_id)
        own.work_days, own.times_are_own = "01234", True
    with office.work() as uow:
        set_calendar(uow, office.lead, {"work_days": [6, 0, 1, 2], "holidays": "de-by"})
    with office.work() as uow:
        members = [uow.members.get(one.member_id) for one in (office.lead, office.owner)]
        patterns = read_patterns(uow, members, CHRISTMAS)
        assert [member.work_days for member in members] == ["0126", "01234"]
        assert all(date(2027, 1, 6) in patterns[member.id].days_off for member in members)


def test_a_changed_setting_has_every_schedule_computed_anew(office: Office) -> None:
    with office.work() as uow:
        before = rules_fingerprint(uow)
        uow.schedules.put(
            Schedule(
                workspace_id=uow.workspace_id,
                member_id=office.owner.member_id,
                week_on=date(2026, 2, 9),
                next_due_at=uow.now,
                zone="UTC",
                work_days="01234",
                start_hour=9,
                rules=before,
            )
        )
        uow.chores.put_off(SCHEDULES, uow.now + timedelta(days=1))
    for said in ({"spread_minutes": "30"}, {"days_off": f"{CHRISTMAS}"}, {"monthly_review": "day 3"}):
        with office.work() as uow:
            uow.chores.put_off(SCHEDULES, uow.now + timedelta(days=1))
            set_calendar(uow, office.lead, said)
            assert uow.chores.is_due(SCHEDULES, uow.now)
            assert rules_fingerprint(uow) != before
            before = rules_fingerprint(uow)


def test_days_off_that_are_over_stay_and_the_others_become_what_is_said(office: Office) -> None:
    with office.work() as uow:
        uow.members.add_day_off(date(2025, 12, 24), "Last year")
        set_calendar(uow, office.lead, {"days_off": "2026-12-24 to 2026-12-26 Break\n2026-12-31"})
        set_calendar(uow, office.lead, {"days_off": "2026-12-24 to 2026-12-25 Holiday"})
        assert read_calendar(uow).days_off == {CHRISTMAS: "Holiday", date(2026, 12, 25): "Holiday"}
        assert [row.off_on.year for row in uow.members.list_days_off()] == [2025, 2026, 2026]
        changes = uow.audit.list_for("settings", uow.workspace_id)
    assert changes[-1].after == {"days_off": ["2026-12-24 to 2026-12-25 Holiday"]}
    with office.work() as uow:
        set_calendar(uow, office.lead, {"days_off": "2026-12-24 to 2026-12-25 Holiday"})
        assert len(uow.audit.list_for("settings", uow.workspace_id)) == len(changes)
