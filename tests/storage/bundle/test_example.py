"""The worked example is complete, believable, and stands where the demo's Monday needs it."""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from storage.bundle import Bundle, example, load, read_plan_file
from storage.repositories.plans import Record
from storage.rules.cadence import WeeklyRhythm, Window, WorkPattern, weekly_window
from storage.rules.periods import is_stale
from storage.rules.scoring import assess_key_result, expected_progress, progress
from storage.rules.terms import Direction, Frequency, Perspective, Status
from tests.conftest import UnitsOfWork

MONDAY = date(2026, 2, 9)
QUARTER = date(2026, 1, 1), date(2026, 3, 31)


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return read_plan_file(example(), "example.yaml", Record())


def test_the_example_has_no_fault_and_no_warning(bundle: Bundle) -> None:
    assert bundle.warnings == ()


def test_the_example_has_the_size_of_a_company(bundle: Bundle) -> None:
    document = bundle.document

    assert len(bundle.people) == 8
    assert len({person.zone for person in bundle.people}) == 3
    assert {team.channel for team in bundle.teams} == {
        "leadership",
        "customer-service",
        "operations",
        "product",
    }
    assert len(document.drivers) == 1
    assert len(document.breakthroughs) == 2
    assert len(document.annual_objectives) == 3
    assert len(document.objectives) == 4
    assert len(document.key_results) == 10
    assert len(document.kpis) == 8
    assert len(document.initiatives) == 5


def test_the_golden_lines_of_the_method_are_in_it(bundle: Bundle) -> None:
    titles = {entry.row.label: entry.row.title for entry in bundle.document.items}

    assert titles["D-1"] == "Market leadership in customer satisfaction"
    assert titles["A-1"] == "Improve NPS from 60 to 75"
    assert titles["KR-3"] == "First-contact resolution"
    assert (
        titles["I-1"] == "Kaizen event that redesigns call routing and agents' access to the knowledge base"
    )
    [fcr] = [entry.row for entry in bundle.document.key_results if entry.row.label == "KR-3"]
    assert (fcr.baseline, fcr.target, fcr.unit) == (Decimal(70), Decimal(80), "%")
    perspectives = {entry.row.title: entry.row.perspective for entry in bundle.document.kpis}
    assert perspectives["Net promoter score"] == Perspective.CUSTOMER
    assert perspectives["Operational efficiency"] == Perspective.INTERNAL_PROCESSES
    assert set(perspectives.values()) == set(Perspective)


def test_every_kpi_has_a_year_of_readings(bundle: Bundle) -> None:
    for entry in bundle.document.kpis:
        periods = sorted(period.start(entry.row.frequency, 1) for period in entry.row.readings)
        assert len(periods) == {Frequency.MONTHLY: 12, Frequency.WEEKLY: 53}[entry.row.frequency]
        assert periods[0] in {date(2025, 2, 1), date(2025, 2, 3)}
        assert periods[-1] in {date(2026, 1, 1), date(2026, 2, 2)}


def test_everyone_is_asked_for_something_of_their_own_on_monday(bundle: Bundle) -> None:
    owners = Counter(entry.row.owner for entry in bundle.document.key_results)

    for person in bundle.people:
        assert owners[person.email] >= 1
        pattern = WorkPattern(person.zone or "", frozenset(map(int, person.work_days or "01234")))
        window = weekly_window(MONDAY, pattern, WeeklyRhythm())
        assert isinstance(window, Window)
        assert window.opens_at.date() == MONDAY


def test_the_figures_tell_a_story(bundle: Bundle) -> None:
    kpis = {entry.row.ref: entry.row for entry in bundle.document.kpis}
    statuses = {}
    for entry in bundle.document.key_results:
        row = entry.row
        readings = kpis[row.kpi].readings if row.kpi else row.readings
        latest = max(readings, key=lambda period: period.first_on)
        direction = Direction.INCREASE if row.target > row.baseline else Direction.DECREASE
        share = progress(readings[latest], direction=direction, baseline=row.baseline, target=row.target)
        statuses[row.label] = assess_key_result(
            direction=direction,
            progress=share,
            expected=expected_progress(*QUARTER, MONDAY),
            confidence=None,
            stale=is_stale(
                Frequency.WEEKLY, last_period_on=latest.first_on, since_on=QUARTER[0], today=MONDAY
            ),
        ).status

    assert Counter(statuses.values()) == {
        Status.ON_TRACK: 6,
        Status.AT_RISK: 2,
        Status.OFF_TRACK: 1,
        Status.STALE: 1,
    }
    assert (statuses["KR-3"], statuses["KR-6"]) == (Status.ON_TRACK, Status.OFF_TRACK)


def test_the_example_loads_into_the_record_once(unit_of_work: UnitsOfWork, bundle: Bundle) -> None:
    with unit_of_work() as uow:
        first = load(uow, bundle)
    with unit_of_work() as uow:
        again = load(uow, bundle)

    assert first.added > 300
    assert (again.added, again.changed, again.unchanged) == (0, 0, first.added + first.unchanged)


def test_the_example_names_nobody_real(bundle: Bundle) -> None:
    assert {person.email.partition("@")[2] for person in bundle.people} == {"example.com"}
