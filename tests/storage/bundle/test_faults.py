"""Everything that can be wrong in a plan file is told with its line."""

from pathlib import Path
from time import process_time

import pytest

from storage.bundle import PlanFileError, read_plan_file
from storage.repositories.plans import Record
from tests.storage.bundle.files import FIRST_LINE, HEAD, faults_of, plan_file, warnings_of

KPI = "kpis:\n  - {ref: KPI-1, title: x, frequency: weekly"
QUARTERLY = "kpis:\n  - {ref: KPI-1, title: x, frequency: quarterly"
LATER = "replaced_by: 2"
OBJECTIVE = "objectives:\n  - ref: O-1\n    title: x\n    quarter: Q1\n    key_results:\n"

ROWS = [
    # (what is added, the line of the fault below line 5, words of the sentence)
    ("peple: []", 1, "“peple” is not a section of a plan file. Did you mean people?"),
    ("zzz: []", 1, "Sections are plan, checkin, calendar, thresholds, plans, days_off, people"),
    ("kpis: {}", 1, "“kpis” holds a list"),
    ("thresholds:\n  grade_green: 2", 2, "Type a figure from 0.1 to 1"),
    ("thresholds:\n  grade_geen: 0.8", 2, "Did you mean grade_green?"),
    ("marks: [{from: A-1, to: O-1, strength: strong}]", 1, "cannot be marked: a mark joins"),
    ("marks: [{from: A-1, to: B-1, strength: huge}]", 1, "Write strong, medium or weak"),
    ("plans: [{title: Old, starts: 2025-01-01, state: active}]", 1, "The active version stands under"),
    ("drivers: [{ref: D-1, title: x, plan: Olt}]", 1, "There is no plan “Olt”"),
    ("drivers: [{ref: D-1, title: x, continues: B-1}]", 1, "carried over from another driver"),
    ("drivers: [{ref: D-1, title: x, supporters: [zoe@example.com]}]", 1, "zoe@example.com"),
    ("drivers: [{ref: D-1, title: x, restricted: maybe}]", 1, "neither yes nor no"),
    (
        "initiatives: [{ref: I-1, title: x, steps: [{title: a}, {title: a}]}]",
        1,
        "Another step has this title",
    ),
    ("initiatives: [{ref: I-1, title: x, steps: [{titel: a}]}]", 1, "Did you mean title?"),
    (f"{QUARTERLY}, planned: {{2026-W01: 2}}}}", 2, "is a week. Write a month"),
    ("readings: [{of: A-1, period: 2026-01, value: 1}]", 1, "Only KPIs and key results have readings"),
    ("readings: [{of: KPI-7, period: 2026-01, value: 1}]", 1, "There is no KPI-7"),
    (f"{QUARTERLY}}}\nreadings: [{{of: KPI-1, period: 2026-01, value: 1, no: 1}}]", 3, "Add recorded"),
    (
        f"{QUARTERLY}, readings: {{2026-01: 1}}}}\nreadings: [{{of: KPI-1, period: 2026-03, value: 1}}]",
        3,
        "says this period's figure already",
    ),
    (
        f"{QUARTERLY}}}\nreadings: [{{of: KPI-1, period: 2026-01, value: 1, recorded: 2026-02-01, {LATER}}}]",
        3,
        "no other reading of this period with no: 2",
    ),
    ("changes: [{at: 2026-02-01 8:00, action: added, kind: KPI}]", 1, "is not an instant"),
    ('drivers: [{ref: D-1, title: "\\0"}]', 1, "a character that cannot be kept"),
    ("kpis:\n  - just text", 2, "A row of “kpis” has keys"),
    ("checkin: weekly", 1, "“checkin” has keys below it"),
    ("checkin: {opens: Wed, closes: Mon, closes_hour: 17}", 1, "before it opens on Wednesday"),
    ("checkin: {opens: Mo, closes: Wed, closes_hour: 17}", 1, "“Mo” is not a weekday"),
    ("checkin: {opens: Mon, closes: Wed, closes_hour: 24}", 1, "not a whole number from 0 to 23"),
    ("calendar:\n  holidays: XX", 2, "no country that holidays are known for"),
    ("calendar:\n  holidays: DE-ZZ", 2, "“ZZ” is no region of DE"),
    ("calendar:\n  work_days: []", 2, "A list of weekdays is expected"),
    ("calendar:\n  review_hour: 24", 2, "not a whole number from 0 to 23"),
    ("calendar:\n  spread_minutes: 241", 2, "not a whole number from 0 to 240"),
    ("calendar:\n  monthly_review: the 5th", 2, "is no day of a month"),
    ("calendar:\n  annual_review: day 31", 2, "between the 1st and the 28th"),
    ("calendar:\n  quarterly_review: working day 25", 2, "first 20 working days"),
    ("calendar:\n  holiday: DE", 2, "Did you mean holidays?"),
    ("days_off: [{day: 2026-02-30}]", 1, "not a day of the calendar"),
    ("days_off:\n  - {day: 2026-12-24}\n  - {day: 2026-12-24}", 3, "the row on line 7 has it"),
    (f"days_off: [{{day: 2026-12-24, title: {'x' * 121}}}]", 1, "at most 120 fit"),
    ("kpis:\n  - ref: KPI-1\n    frequency: weekly", 2, "KPI-1: “title” is missing"),
    ("kpis:\n  - ref: KPI-1\n    title: x\n    frequency: weekly\n    ownr: x", 5, "Did you mean owner?"),
    ("kpis:\n  - ref: KPI-1\n    title: [a, b]\n    frequency: weekly", 3, "not a list"),
    ("kpis:\n  - ref: KPI-1\n    title: ''\n    frequency: weekly", 3, "The text is empty"),
    ("kpis:\n  - ref: KPI-1\n    title:\n    frequency: weekly", 3, "Nothing stands here"),
    (f"kpis:\n  - ref: KPI-1\n    title: {'x' * 501}\n    frequency: weekly", 3, "at most 500 fit"),
    ("kpis:\n  - {ref: KPI-1, title: x, frequency: dayly}", 2, "Write weekly, monthly, quarterly or annual"),
    (f"{KPI}, direction: up}}", 2, "Write increase, decrease or"),
    (f"{KPI}, perspective: staff}}", 2, "learning and growth"),
    (f"{KPI}, baseline: '70,5'}}", 2, "Write 70.5."),
    (f"{KPI}, baseline: 70 %}}", 2, "Write 70; what it counts"),
    (f"{KPI}, baseline: ten}}", 2, "“ten” is not a number"),
    (f"{KPI}, baseline: 1e9}}", 2, "1e9"),
    (f"{KPI}, baseline: .nan}}", 2, "not a number"),
    (f"{KPI}, target: 1234567890123}}", 2, "out of range"),
    (f"{KPI}, target: 0.1234567}}", 2, "out of range"),
    (f"{KPI}, band_low: 9, band_high: 3}}", 2, "Swap them"),
    (f"{KPI}, direction: maintain}}", 2, "needs band_low and"),
    ("kpis:\n  - {ref: A-1, title: x, frequency: weekly}", 2, "Write a reference such as KPI-1 here"),
    ("kpis:\n  - {ref: first, title: x, frequency: weekly}", 2, "“first” is not a reference"),
    (
        f"{KPI}}}\n  - {{ref: kpi-1, title: y, frequency: weekly}}",
        3,
        "the row on line 7 has it",
    ),
    (
        f"{KPI}, owner: bne@example.com}}",
        2,
        "mean ben@example.com?",
    ),
    (f"{KPI}, owner: no}}", 2, "“no” is not an email address"),
    (f"{KPI}, team: Sales}}", 2, "There is no team “Sales”"),
    (f"{KPI}, readings: [1]}}", 2, "A mapping is expected"),
    (
        "kpis:\n  - ref: KPI-1\n    title: x\n    frequency: weekly\n    readings:\n      2026-01: 1",
        6,
        "Name the week",
    ),
    (
        "kpis:\n  - ref: KPI-1\n    title: x\n    frequency: monthly\n    readings:\n      2026-13: 1",
        6,
        "calendar",
    ),
    (
        "kpis:\n  - ref: KPI-1\n    title: x\n    frequency: monthly\n    readings:\n      June: 1",
        6,
        "not a period",
    ),
    (
        "kpis:\n  - ref: KPI-1\n    title: x\n    frequency: monthly\n    readings:\n      2026-01: no",
        6,
        "“no” is not",
    ),
    (
        "kpis:\n  - ref: KPI-1\n    title: x\n    frequency: monthly\n    readings:\n      2026-01:",
        6,
        "Nothing",
    ),
    (
        f"{QUARTERLY}, readings: {{2026-01: 1, 2026-03: 2}}}}",
        2,
        "same quarter as “2026-01”",
    ),
    ("people:\n  - {email: cy, name: Cy}", 1, "“people” is said twice"),
    ("teams:\n  - {name: A, parent: B}", 2, "There is no team “B”"),
    ("teams:\n  - {name: Service, parent: Sevice}", 2, "Did you mean Service?"),
    ("teams:\n  - {name: A, parent: A}", 2, "circle: A under A"),
    (
        "teams:\n  - {name: A, parent: B}\n  - {name: B, parent: C}\n  - {name: C, parent: A}",
        2,
        "A under B under C",
    ),
    ("teams:\n  - {name: A}\n  - {name: A}", 3, "This name is taken: the row on line 7"),
    ("teams:\n  - {name: A, lead: zoe@example.com}", 2, "Nobody here has the address “zoe@example.com”"),
    (
        "teams:\n  - name: A\n    members:\n      - ana@example.com\n      - zoe@example.com",
        5,
        "zoe@example.com",
    ),
    ("teams:\n  - name: A\n    members: ana@example.com", 3, "A list is expected"),
    ("teams:\n  - name: A\n    channel: #ops", 3, "leave the # out"),
    ("drivers:\n  - {ref: D-1, title: x, parent: B-1}", 2, "“parent” is not a key here"),
    ("breakthroughs:\n  - {ref: B-1, title: x, starts: 2026-01-01}", 2, "“due” is missing"),
    ("breakthroughs:\n  - {ref: B-1, title: x, starts: 1.1.2026, due: 2028-12-31}", 2, "year-month-day"),
    (
        "breakthroughs:\n  - {ref: B-1, title: x, starts: 2026-02-30, due: 2028-12-31}",
        2,
        "not a day of the calendar",
    ),
    ("breakthroughs:\n  - {ref: B-1, title: x, starts: 2029-01-01, due: 2028-12-31}", 2, "before it starts"),
    ("annual_objectives:\n  - {ref: A-1, title: x, parent: B-1}", 2, "There is no B-1 in this file"),
    (
        "annual_objectives:\n  - {ref: A-1, title: x, parent: D-1}",
        2,
        "Choose a breakthrough, an annual objective or",
    ),
    ("annual_objectives:\n  - {ref: A-1, title: x, parent: A-1}", 2, "circle: A-1 under A-1"),
    ("annual_objectives:\n  - {ref: A-1, title: x, kpi: KR-1}", 2, "KR-1 is not a KPI"),
    ("annual_objectives:\n  - {ref: A-1, title: x, kpi: KPI-1}", 2, "There is no KPI-1"),
    (
        "annual_objectives:\n  - {ref: A-1, title: x, state: done}",
        2,
        "Write draft, in catchball, active, closed or archived",
    ),
    ("objectives:\n  - {ref: O-1, title: x}", 2, "either a quarter, such as Q1, or both starts and due"),
    ("objectives:\n  - {ref: O-1, title: x, starts: 2026-01-01}", 2, "both starts and due"),
    ("objectives:\n  - {ref: O-1, title: x, quarter: Q5}", 2, "Write Q1, Q2, Q3 or Q4"),
    (
        "objectives:\n  - {ref: O-1, title: x, quarter: Q1, parent: B-1}",
        2,
        "Choose an annual objective instead",
    ),
    (
        "objectives:\n  - {ref: O-1, title: x, quarter: Q1, parent: D-1}",
        2,
        "An objective cannot stand under a driver. Choose an annual objective instead",
    ),
    (
        "key_results:\n  - {ref: KR-1, title: x, baseline: 1, target: 2, parent: B-1}",
        2,
        "A key result cannot stand under a breakthrough. Choose an objective instead",
    ),
    (
        "objectives:\n  - {ref: O-1, title: x, starts: 2026-04-01, due: 2026-03-31}",
        2,
        "O-1, due: It is due on 2026-03-31, before it starts on 2026-04-01. Correct one of them.",
    ),
    (
        "initiatives:\n  - {ref: I-1, title: x, starts: 2026-04-01, due: 2026-03-31}",
        2,
        "I-1, due: It is due on 2026-03-31, before it starts on 2026-04-01. Correct one of them.",
    ),
    (
        "objectives:\n  - ref: O-1\n    title: x\n    quarter: Q1\n    key_results: {}",
        5,
        "“key_results” holds a list",
    ),
    (
        f"{OBJECTIVE}      - {{ref: KR-1, title: y, baseline: 1, target: 2, parent: O-1}}",
        6,
        "Remove the line",
    ),
    (
        f"{OBJECTIVE}      - ref: KR-1\n        title: y\n        baseline: 1\n        target: two",
        9,
        "“two” is not a number",
    ),
    (
        "key_results:\n  - {ref: KR-1, title: x, baseline: 1, target: 2}",
        2,
        "A key result stands under an objective",
    ),
    (
        "key_results:\n  - {ref: KR-1, title: x, baseline: 1, target: 2, parent: A-1}",
        2,
        "Choose an objective instead",
    ),
    (
        "key_results:\n  - {ref: KR-1, title: x, baseline: 1, target: 2, parent: O-1, weight: -1}",
        2,
        "is negative",
    ),
    ("initiatives:\n  - {ref: I-1, title: x, progress: 120}", 2, "not a progress in percent"),
    (
        "initiatives:\n  - {ref: I-1, title: x, parent: KPI-1}",
        2,
        "Choose an annual objective or an objective",
    ),
]


@pytest.mark.parametrize(("rest", "line", "words"), ROWS)
def test_a_fault_is_told_with_its_line(rest: str, line: int, words: str) -> None:
    found = faults_of(plan_file(rest))

    told = [sentence for at, sentence in found if at == FIRST_LINE - 1 + line]
    assert any(words in sentence for sentence in told), found


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("hoshin: 1", "hoshin: 2", 1, "written in format “2”"),
        ("hoshin: 1", "# none", 2, "Begin the file with “hoshin: 1”"),
        ("starts: 2026-01-01", "starts: 2026-01-02", 2, "not the first of a month"),
        ("starts: 2026-01-01", "starts: 2026-01-01, ends: 2025-12-31", 2, "before it starts"),
        ("title: Plan, ", "", 2, "plan: “title” is missing"),
        ("America/Chicago", "America/Chicgo", 4, "“America/Chicgo” is not a time zone"),
        ("America/Chicago", "America", 4, "“America” is not a time zone"),
        ("ana@example.com", "ana.example.com", 4, "“ana.example.com” is not an email address"),
        ("ana@example.com", "BEN@example.com", 5, "This name is taken: the row on line 4 has it"),
        ("name: Ben Carter", "nme: Ben Carter", 5, "Did you mean name?"),
        ("name: Ben Carter", "name: Ben, team: Ops", 5, "There is no team “Ops”"),
        ("name: Ben Carter", "name: Ben, start_hour: 9.5", 5, "not a whole number from 0 to 23"),
        ("name: Ben Carter", "name: Ben, work_days: [Mon, Fry]", 5, "“Fry” is not a weekday"),
        ("name: Ben Carter", "name: Ben, work_days: Mon", 5, "A list of weekdays"),
        (
            "name: Ben Carter",
            "name: Ben, away: [{from: 2026-03-02, until: 2026-03-01}]",
            5,
            "before it starts",
        ),
        (
            "name: Ben Carter",
            "name: Ben, away: [{from: 2026-03-02, untl: 2026-03-03}]",
            5,
            "Did you mean until?",
        ),
    ],
)
def test_a_fault_of_the_plan_or_its_people_is_told_with_its_line(
    old: str, new: str, line: int, words: str
) -> None:
    found = faults_of(HEAD.replace(old, new))

    assert [sentence for at, sentence in found if at == line and words in sentence], found


def test_a_file_without_a_fault_has_none() -> None:
    assert faults_of(HEAD) == []


def test_all_faults_are_told_at_once_and_in_the_order_of_the_file() -> None:
    text = plan_file("""\
        kpis:
          - ref: KPI-1
            title: Scrap
            frequency: monthly
            baseline: ten
            owner: zoe@example.com
            colour: red
            readings:
              2026-01: 1
              2026-01-15: 2
              2026-02: x
        annual_objectives:
          - ref: A-1
            title: Less scrap
            kpi: KPI-1
            parent: B-7
    """)

    assert [line for line, _ in faults_of(text)] == [10, 11, 12, 15, 16, 21]


def test_a_row_that_was_not_understood_is_not_called_unknown_as_well() -> None:
    text = plan_file("""\
        kpis:
          - {ref: KPI-1, title: x, frequency: never}
        annual_objectives:
          - {ref: A-1, title: x, kpi: KPI-1}
    """)

    assert [line for line, _ in faults_of(text)] == [7]


def test_who_is_a_member_of_two_teams_must_have_a_home() -> None:
    text = plan_file("""\
        teams:
          - {name: A, members: [ana@example.com]}
          - {name: B, members: [ana@example.com]}
    """)

    [(line, sentence)] = faults_of(text)

    assert line == 4
    assert sentence.startswith("ana@example.com, team: They are a member of A and of B. Say with “team:” in")


def test_a_key_result_that_measures_a_kpi_has_no_figures_of_its_own() -> None:
    text = plan_file("""\
        objectives:
          - {ref: O-1, title: x, quarter: Q1}
        key_results:
          - ref: KR-1
            title: x
            parent: O-1
            kpi: KPI-1
            unit: days
            baseline: 1
            target: 2
            readings: {2026-W02: 1}
        kpis:
          - {ref: KPI-1, title: x, unit: hours, frequency: weekly}
    """)

    assert faults_of(text) == [
        (
            13,
            "KR-1, unit: It counts in “days”, but KPI-1, which it measures, in “hours”. Use the same unit.",
        ),
        (16, "KR-1, readings: It reads the figures of KPI-1. Move the readings there."),
    ]


def test_items_without_any_plan_are_refused() -> None:
    text = "hoshin: 1\ndrivers:\n  - {ref: D-1, title: x}\n"

    [(line, sentence)] = faults_of(text)

    assert (line, sentence[:35]) == (3, "D-1, ref: There is no plan for it y")


@pytest.mark.parametrize(
    ("rest", "words"),
    [
        (
            f"{KPI}, baseline: 5, target: 5}}",
            "equals the baseline",
        ),
        (
            f"{KPI}, direction: increase, baseline: 5, target: 3}}",
            "goes down",
        ),
        (
            "breakthroughs:\n  - {ref: B-1, title: x, starts: 2026-01-01, due: 2026-12-31}",
            "spans 3 to 5 years",
        ),
    ],
)
def test_what_is_doubtful_is_a_warning_and_no_refusal(rest: str, words: str) -> None:
    [(line, sentence)] = warnings_of(plan_file(rest))

    assert line == FIRST_LINE + 1
    assert words in sentence


def test_a_target_that_equals_its_baseline_is_told_with_what_to_do() -> None:
    text = plan_file(f"{KPI}, baseline: 5, target: 5.0}}")

    sentence = (
        "KPI-1, target: It equals the baseline, so progress stays 0. Set a target to move to, or maintain it."
    )
    assert warnings_of(text) == [(7, sentence)]


@pytest.mark.parametrize("ending", ["yaml", "json", "xlsx"])
def test_a_file_of_twenty_megabytes_is_refused_before_it_is_read(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"plan.{ending}"
    with path.open("wb") as file:
        file.truncate(20_000_000)

    with pytest.raises(PlanFileError) as caught:
        read_plan_file(path, record=Record())

    assert [fault.sentence for fault in caught.value.faults] == ["The file is larger than 16 MB. Split it."]


def test_a_measure_may_be_maintained_where_it_stands() -> None:
    text = plan_file(f"{KPI}, direction: maintain, baseline: 5, target: 5}}")

    assert warnings_of(text) == []


def test_a_word_that_yaml_takes_for_a_truth_value_is_a_word() -> None:
    bundle = read_plan_file(plan_file("teams:\n  - {name: NO}\n  - {name: on}\n"))

    assert [team.name for team in bundle.teams] == ["NO", "on"]


def test_the_error_says_every_fault_with_file_and_line() -> None:
    with pytest.raises(PlanFileError) as caught:
        read_plan_file("hoshin: 1\npeple: []\nkpi: []\n", "our plan.yaml")

    assert str(caught.value) == (
        "The plan file has 2 faults, so nothing was imported.\n"
        "our plan.yaml:2: “peple” is not a section of a plan file. Did you mean people?\n"
        "our plan.yaml:3: “kpi” is not a section of a plan file. Did you mean kpis?"
    )


def test_a_large_file_of_nothing_but_faults_is_refused_in_seconds() -> None:
    readings = "".join(
        f"      {year}-{month:02}-01x: x\n" for year in range(1000, 1500) for month in range(1, 13)
    )
    people = "".join(
        f"  - {{email: p{number}@example.com, name: P, team: T{number}}}\n" for number in range(2000)
    )
    head = "hoshin: 1\nkpis:\n  - ref: KPI-1\n    title: x\n    frequency: monthly\n    readings:\n"
    started = process_time()

    with pytest.raises(PlanFileError) as caught:
        read_plan_file(f"{head}{readings}people:\n{people}", "plan.yaml", Record())

    assert len(caught.value.faults) > 8000
    assert process_time() - started < 10
