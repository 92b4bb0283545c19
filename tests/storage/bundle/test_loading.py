"""A plan file into the record, on both databases."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlmodel import select

from storage.bundle import PlanFileError, load, read_plan_file
from storage.database import Database
from storage.repositories.plans import Record
from storage.rules.calendar import NthWorkingDay
from storage.rules.errors import Invalid
from storage.rules.terms import (
    Commitment,
    Direction,
    Frequency,
    ItemState,
    Kind,
    Perspective,
    PlanState,
)
from storage.tables import (
    AnnualObjective,
    AuditEntry,
    Initiative,
    KeyResult,
    Kpi,
    Objective,
    Plan,
    Reading,
    Workspace,
)
from storage.working import read_calendar_rules
from tests import factories
from tests.clock import FrozenClock
from tests.conftest import UnitsOfWork
from tests.storage.bundle.files import HEAD, SERVICE, count, figures, loaded, plan_file

KEY = " " * 8
"""Before the keys of a key result inside its objective."""


def test_a_plan_file_becomes_the_record(unit_of_work: UnitsOfWork) -> None:
    result = loaded(unit_of_work, SERVICE)

    assert str(result) == "19 added, 0 changed, 0 unchanged"
    with unit_of_work() as uow:
        record = uow.plans.record()
        plan, ana, ben = (
            record.active_plan,
            record.members["ana@example.com"],
            record.members["ben@example.com"],
        )
        company, service = record.teams["Company"], record.teams["Service"]
        annual, objective = record.items[Kind.ANNUAL_OBJECTIVE, 1], record.items[Kind.OBJECTIVE, 1]
        key_result, measured = record.items[Kind.KEY_RESULT, 1], record.items[Kind.KEY_RESULT, 2]
        kpi, scrap = record.items[Kind.KPI, 1], record.items[Kind.KPI, 2]
        initiative = record.items[Kind.INITIATIVE, 1]
        assert plan is not None
        assert (plan.title, plan.starts_on, plan.ends_on) == ("Plan", date(2026, 1, 1), date(2026, 12, 31))
        assert (ana.name, ana.zone, ben.zone, ben.work_days) == (
            "Ana Ruiz",
            "America/Chicago",
            "UTC",
            "01234",
        )
        assert (service.parent_id, service.lead_id, service.channel) == (company.id, ana.id, "ask")
        assert isinstance(annual, AnnualObjective)
        assert (annual.breakthrough_id, annual.kpi_id) == (record.items[Kind.BREAKTHROUGH, 1].id, kpi.id)
        assert (annual.starts_on, annual.ends_on, annual.commitment) == (
            plan.starts_on,
            plan.ends_on,
            Commitment.COMMITTED,
        )
        assert isinstance(objective, Objective)
        assert (objective.starts_on, objective.ends_on) == (date(2026, 1, 1), date(2026, 3, 31))
        assert (objective.annual_objective_id, objective.team_id) == (annual.id, service.id)
        assert isinstance(key_result, KeyResult)
        assert (key_result.objective_id, key_result.owner_id) == (objective.id, ben.id)
        assert [key_result.baseline, key_result.target, key_result.weight] == [
            Decimal(70),
            Decimal(80),
            Decimal(1),
        ]
        assert (key_result.due_on, key_result.direction) == (date(2026, 3, 31), Direction.INCREASE)
        assert isinstance(measured, KeyResult)
        assert (measured.kpi_id, measured.unit, measured.weight) == (kpi.id, "points", Decimal(0))
        assert isinstance(kpi, Kpi)
        assert (kpi.frequency, kpi.perspective) == (Frequency.MONTHLY, Perspective.CUSTOMER)
        assert isinstance(scrap, Kpi)
        assert scrap.direction == Direction.DECREASE
        assert isinstance(initiative, Initiative)
        assert (initiative.annual_objective_id, initiative.progress) == (annual.id, Decimal("0.4"))
        assert figures(uow) == [
            (date(2025, 12, 1), Decimal(60), False),
            (date(2026, 1, 1), Decimal("61.5"), False),
            (date(2026, 1, 5), Decimal("70.5"), False),
            (date(2026, 1, 12), Decimal(72), False),
        ]


def test_loading_twice_changes_nothing(unit_of_work: UnitsOfWork, clock: FrozenClock) -> None:
    first = loaded(unit_of_work, SERVICE)
    clock.advance(timedelta(days=1))
    with unit_of_work() as uow:
        before = count(uow, AuditEntry), count(uow, Reading)

    again = loaded(unit_of_work, SERVICE)

    assert str(again) == f"0 added, 0 changed, {first.added} unchanged"
    assert again.changes == ()
    with unit_of_work() as uow:
        assert (count(uow, AuditEntry), count(uow, Reading)) == before


def test_the_same_plan_in_other_spelling_changes_nothing(unit_of_work: UnitsOfWork) -> None:
    loaded(unit_of_work, SERVICE)

    respelled = SERVICE.replace("ref: KR-1", "ref: kr-1").replace("target: 80", "target: 80.00")
    respelled = respelled.replace("ben@example.com", "Ben@Example.com").replace(
        "2025-12: 60", "2025-12-24: 60.0"
    )

    assert loaded(unit_of_work, respelled).changed == 0


def test_a_changed_field_is_updated_in_place_with_an_entry_in_the_trail(unit_of_work: UnitsOfWork) -> None:
    loaded(unit_of_work, SERVICE)
    with unit_of_work() as uow:
        key_result = uow.plans.get_item(Kind.KEY_RESULT, 1)
        ana, ben = uow.members.find_by_email("ana@example.com"), uow.members.find_by_email("ben@example.com")
        assert ana is not None
        assert ben is not None

    changed = SERVICE.replace(
        f"owner: ben@example.com\n{KEY}baseline", f"owner: ana@example.com\n{KEY}baseline"
    )
    result = loaded(unit_of_work, changed.replace("target: 80", "target: 85"), reason="Two agents more")

    assert [str(change) for change in result.changes] == [
        "changed key result KR-1: target 80 → 85, owner ben@example.com → ana@example.com"
    ]
    with unit_of_work() as uow:
        entry = uow.audit.list_for("key result", key_result.id)[-1]
        assert (entry.action, entry.reference) == ("changed", "KR-1")
        assert entry.before == {"target": "80", "owner_id": ben.id}
        assert entry.after == {"target": "85", "owner_id": ana.id}
        assert entry.reason == "Two agents more (Imported from plan.yaml.)"


def test_a_target_changed_in_mid_cycle_wants_a_reason_and_without_one_nothing_is_loaded(
    unit_of_work: UnitsOfWork,
) -> None:
    loaded(unit_of_work, SERVICE)
    changed = SERVICE.replace("target: 80", "target: 85").replace("Ana Ruiz", "Ana Maria Ruiz")

    assert loaded(unit_of_work, changed, dry_run=True).moved == ("KR-1",)
    for reason, sentence in (("  ", "what was agreed of KR-1, in the middle"), ("x" * 901, "and 900 fit")):
        with pytest.raises(Invalid, match=sentence) as refused:
            loaded(unit_of_work, changed, reason=reason)
        assert refused.value.field == "reason"

    with unit_of_work() as uow:
        assert uow.picture().graph.nodes[Kind.KEY_RESULT, 1].target == Decimal(80)
        ana = uow.members.find_by_email("ana@example.com")
        assert ana is not None
        assert ana.name == "Ana Ruiz"


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ("title: First-contact resolution", "title: Solved at once"),
        ("target: 80", "target: 80.0"),
        ("target: 80", "target: 85\n{key}state: closed"),
    ],
)
def test_what_was_not_agreed_or_has_no_cycle_wants_no_reason(
    unit_of_work: UnitsOfWork, said: str, instead: str
) -> None:
    before = SERVICE if "closed" not in instead else SERVICE.replace(said, f"{said}\n{KEY}state: closed")
    loaded(unit_of_work, before)
    assert said in SERVICE
    result = loaded(unit_of_work, SERVICE.replace(said, instead.format(key=KEY)))
    assert result.moved == ()


def test_the_trail_names_no_person(unit_of_work: UnitsOfWork) -> None:
    loaded(unit_of_work, SERVICE)
    loaded(unit_of_work, SERVICE.replace("Ana Ruiz", "Ana Maria Ruiz"))

    with unit_of_work() as uow:
        for entry in uow.session.exec(select(AuditEntry)):
            written = f"{entry.reference} {entry.before} {entry.after}"
            assert "Ana" not in written
            assert "@" not in written


def test_rows_and_keys_that_the_file_leaves_out_stay(unit_of_work: UnitsOfWork) -> None:
    loaded(unit_of_work, SERVICE)

    partial = "hoshin: 1\nkpis:\n  - {ref: KPI-1, title: Net promoter score, frequency: monthly}\n"
    result = loaded(unit_of_work, partial)

    assert str(result) == "0 added, 1 changed, 0 unchanged"
    with unit_of_work() as uow:
        kpi = uow.plans.get_item(Kind.KPI, 1)
        assert isinstance(kpi, Kpi)
        assert (kpi.title, kpi.unit, kpi.target) == ("Net promoter score", "points", Decimal(75))
        assert kpi.owner_id is not None
        assert uow.plans.find_item(Kind.KPI, 2) is not None


def test_an_empty_key_empties_its_field(unit_of_work: UnitsOfWork) -> None:
    loaded(unit_of_work, SERVICE)

    loaded(
        unit_of_work,
        "hoshin: 1\nkpis:\n  - {ref: KPI-1, title: NPS, frequency: monthly, owner: , target: }\n",
        reason="It is only watched",
    )

    with unit_of_work() as uow:
        kpi = uow.plans.get_item(Kind.KPI, 1)
        assert isinstance(kpi, Kpi)
        assert (kpi.owner_id, kpi.target) == (None, None)


def test_a_dry_run_says_what_would_happen_and_changes_nothing(unit_of_work: UnitsOfWork) -> None:
    result = loaded(unit_of_work, SERVICE, dry_run=True)

    assert result.is_dry_run
    assert str(result) == "19 added, 0 changed, 0 unchanged"
    assert "added key result KR-1" in [str(change) for change in result.changes]
    with unit_of_work() as uow:
        assert uow.plans.record() == Record()
        assert (count(uow, Reading), count(uow, AuditEntry)) == (0, 0)


def test_a_bad_file_writes_nothing(unit_of_work: UnitsOfWork) -> None:
    text = plan_file("""\
        kpis:
          - {ref: KPI-1, title: Scrap, frequency: monthly, readings: {2026-01: 1}}
          - {ref: KPI-2, title: Rework, frequency: monthly, owner: zoe@example.com}
    """)
    bundle = read_plan_file(text, "plan.yaml")

    with unit_of_work() as uow, pytest.raises(PlanFileError) as caught:
        load(uow, bundle)

    assert [fault.line for fault in caught.value.faults] == [8]
    with unit_of_work() as uow:
        assert uow.plans.record() == Record()
        assert count(uow, Reading) == 0


def test_a_file_may_refer_to_what_the_record_has(unit_of_work: UnitsOfWork) -> None:
    loaded(unit_of_work, SERVICE)
    text = """\
hoshin: 1
key_results:
  - {ref: KR-9, title: More, parent: O-1, owner: ben@example.com, kpi: KPI-2, baseline: 4, target: 3}
initiatives:
  - {ref: I-2, title: Under an OKR, parent: O-1, team: Service}
"""
    with unit_of_work() as uow:
        record = uow.plans.record()

    bundle = read_plan_file(text, "more.yaml", record)
    with unit_of_work() as uow:
        result = load(uow, bundle)

    assert str(result) == "2 added, 0 changed, 0 unchanged"
    with unit_of_work() as uow:
        initiative = uow.plans.get_item(Kind.INITIATIVE, 2)
        assert isinstance(initiative, Initiative)
        assert initiative.objective_id == uow.plans.get_item(Kind.OBJECTIVE, 1).id


def test_a_circle_through_the_record_is_refused(unit_of_work: UnitsOfWork) -> None:
    loaded(unit_of_work, SERVICE)

    bundle = read_plan_file("hoshin: 1\nteams:\n  - {name: Company, parent: Service}\n", "plan.yaml")
    with unit_of_work() as uow, pytest.raises(PlanFileError) as caught:
        load(uow, bundle)

    assert caught.value.faults[0].sentence == (
        "Company, parent: The teams run in a circle: Company under Service under Company. Remove one parent."
    )


def test_a_departments_objective_stands_under_the_upper_one_or_its_initiative(
    unit_of_work: UnitsOfWork,
) -> None:
    text = SERVICE.replace(
        "annual_objectives:\n",
        "annual_objectives:\n"
        "  - {ref: A-2, title: Under A-1, parent: A-1}\n"
        "  - {ref: A-3, title: Under I-1, parent: I-1}\n",
    )

    loaded(unit_of_work, text)
    loaded(unit_of_work, text.replace("parent: I-1", "parent: A-2"))

    with unit_of_work() as uow:
        items = uow.plans.record().items
        second, third = items[Kind.ANNUAL_OBJECTIVE, 2], items[Kind.ANNUAL_OBJECTIVE, 3]
        assert isinstance(second, AnnualObjective)
        assert isinstance(third, AnnualObjective)
        assert second.upper_id == items[Kind.ANNUAL_OBJECTIVE, 1].id
        assert (third.upper_id, third.initiative_id, third.breakthrough_id) == (second.id, None, None)


def test_the_check_ins_hours_are_the_workspaces(unit_of_work: UnitsOfWork, workspace: int) -> None:
    loaded(unit_of_work, plan_file("checkin: {opens: Tue, closes: Fri, closes_hour: 12}"))

    with unit_of_work() as uow:
        settings = uow.session.get_one(Workspace, workspace)
        assert (settings.checkin_opens_weekday, settings.checkin_closes_weekday) == (1, 4)
        assert (settings.checkin_closes_hour, settings.reminder_percent) == (12, 80)


def test_the_organisations_calendar_is_the_files_and_people_follow_its_work_days(
    unit_of_work: UnitsOfWork,
) -> None:
    text = plan_file(
        """\
        calendar:
          work_days: [Sun, Mon, Tue, Wed, Thu]
          holidays: de-by
          monthly_review: Working day 3
          review_hour: 9
        days_off:
          - {day: 2026-12-24, title: Company day}
        """
    ).replace("Ben Carter", "Ben Carter, work_days: [Mon, Tue, Wed, Thu, Fri]")
    loaded(unit_of_work, HEAD)
    with unit_of_work() as uow:
        uow.members.add_day_off(date(2026, 1, 2), "Bridge day")
    loaded(unit_of_work, text)

    with unit_of_work() as uow:
        settings, rules = uow.settings.get(), read_calendar_rules(uow)
        people = uow.plans.record().members
        assert (settings.country, settings.region, settings.monthly_review) == ("DE", "BY", "working 3")
        assert [people[f"{name}@example.com"].work_days for name in ("ana", "ben")] == ["01236", "01234"]
        assert [row.off_on.month for row in uow.members.list_days_off()] == [1, 12]
        assert rules is not None
        assert rules.monthly == NthWorkingDay(3)
        assert date(2026, 1, 6) not in rules.days

    assert loaded(unit_of_work, text).changes == ()


def test_the_next_years_plan_takes_over(unit_of_work: UnitsOfWork) -> None:
    loaded(unit_of_work, SERVICE)

    loaded(unit_of_work, "hoshin: 1\nplan: {title: Plan 2027, starts: 2027-01-01}\n")

    with unit_of_work() as uow:
        states = {plan.title: plan.state for plan in uow.session.exec(select(Plan))}
        assert states == {"Plan": PlanState.ARCHIVED, "Plan 2027": PlanState.ACTIVE}


def test_a_new_title_for_the_same_year_renames_the_plan(unit_of_work: UnitsOfWork) -> None:
    loaded(unit_of_work, SERVICE)

    result = loaded(unit_of_work, "hoshin: 1\nplan: {title: A better name, starts: 2026-01-01}\n")

    assert [str(change) for change in result.changes] == [
        "changed plan A better name: title Plan → A better name"
    ]


def test_a_plan_cannot_take_the_title_of_another_year(unit_of_work: UnitsOfWork) -> None:
    loaded(unit_of_work, SERVICE)
    loaded(unit_of_work, "hoshin: 1\nplan: {title: Plan 2027, starts: 2027-01-01}\n")

    with pytest.raises(PlanFileError) as caught:
        loaded(unit_of_work, "hoshin: 1\nplan: {title: Plan, starts: 2027-01-01}\n")

    assert [(fault.line, fault.sentence) for fault in caught.value.faults] == [
        (
            2,
            "plan Plan, title: The plan of 2026-01-01 has the title “Plan” already. Choose another.",
        )
    ]
    with unit_of_work() as uow:
        titles = {plan.starts_on.year: plan.title for plan in uow.plans.record().plans}
        assert titles == {2026: "Plan", 2027: "Plan 2027"}


def test_a_kpi_cannot_take_a_name_that_another_keeps(unit_of_work: UnitsOfWork) -> None:
    one = "{ref: KPI-1, title: x, frequency: weekly, aliases: [scrap]}"
    loaded(unit_of_work, plan_file(f"kpis: [{one}]"))

    with pytest.raises(PlanFileError) as caught:
        loaded(
            unit_of_work,
            "hoshin: 1\nkpis:\n  - {ref: KPI-2, title: y, frequency: weekly, aliases: [scrap]}\n",
        )

    assert [(fault.line, fault.sentence) for fault in caught.value.faults] == [
        (3, "KPI-2, aliases: KPI-1 has this name. Take it away there.")
    ]
    with unit_of_work() as uow:
        assert uow.plans.find_item(Kind.KPI, 2) is None


def test_states_are_kept(unit_of_work: UnitsOfWork) -> None:
    loaded(
        unit_of_work,
        plan_file("drivers: [{ref: D-1, title: x, state: draft}, {ref: D-2, title: y, state: }]"),
    )

    with unit_of_work() as uow:
        assert uow.plans.get_item(Kind.DRIVER, 1).state == ItemState.DRAFT
        assert uow.plans.get_item(Kind.DRIVER, 2).state == ItemState.ACTIVE


def test_workspaces_do_not_see_each_others_plans(
    database: Database, workspace: int, clock: FrozenClock
) -> None:
    other = factories.workspace(database, clock.now(), team_id="T0002")
    bundle = read_plan_file(SERVICE, "plan.yaml")
    with database.unit_of_work(workspace, clock.now()) as uow:
        load(uow, bundle)

    with database.unit_of_work(other, clock.now()) as uow:
        assert uow.plans.record() == Record()
        assert uow.plans.find_item(Kind.KEY_RESULT, 1) is None
        assert str(load(uow, bundle)) == "19 added, 0 changed, 0 unchanged"


def test_what_comes_without_figures_is_silent_from_the_day_of_the_import(
    unit_of_work: UnitsOfWork, clock: FrozenClock
) -> None:
    loaded(unit_of_work, SERVICE)
    today = clock.now().date()
    with unit_of_work() as uow:
        began = {ref: node.active_on for ref, node in uow.picture().graph.nodes.items()}
    assert began[Kind.KEY_RESULT, 1] is None
    assert began[Kind.KPI, 1] is None
    assert began[Kind.KEY_RESULT, 2] == began[Kind.KPI, 2] == today
    clock.advance(timedelta(days=3))
    loaded(unit_of_work, SERVICE)
    draft = "kpis: [{ref: KPI-2, title: Scrap, frequency: weekly, state: draft}]"
    loaded(unit_of_work, plan_file(draft))
    with unit_of_work() as uow:
        assert uow.picture().graph.nodes[Kind.KPI, 2].active_on == today
    loaded(unit_of_work, plan_file(draft.replace("draft", "active")))
    with unit_of_work() as uow:
        assert uow.picture().graph.nodes[Kind.KPI, 2].active_on == today + timedelta(days=3)
