"""The record as a file: whole, with its past, and the same again once it is loaded elsewhere."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import editing
from storage.bundle import (
    Content,
    Loaded,
    example,
    export,
    load,
    read_plan_file,
    write_plan_file,
)
from storage.database import Database, UnitOfWork
from storage.rules.access import viewer_of
from storage.rules.terms import ItemState, Kind, PlanState, Role, Source, Strength
from storage.tables import Mark, Reading, RoleGrant, Step, Supporter
from tests import factories
from tests.clock import FrozenClock
from tests.conftest import UnitsOfWork
from tests.databases import SqliteFiles
from tests.storage.bundle.files import SERVICE

ENDINGS = ("yaml", "json", "xlsx")
NOW = datetime(2026, 2, 9, 8, tzinfo=UTC)
Empty = Callable[[], Database]
ODD_TITLES = (
    "*bold* _slanted_ ~gone~ `code` > <!channel> <@U0001> <https://example.com|here> &amp; :tada:",
    "\u062a\u062d\u0633\u064a\u0646 \u0627\u0644\u062c\u0648\u062f\u0629 \u200f(KPI-1)\u200e 50 %",
    "\u05e9\u05d9\u05e4\u05d5\u05e8: \u202btext\u202c",
    "\U0001f469\U0001f3fd\u200d\U0001f3ed \U0001f1ea\U0001f1fa \u2764\ufe0f e\u0301 \u00e9",
)
"""Slack's markup, Arabic and Hebrew with their marks, emoji of several characters, accents of both kinds."""


@pytest.fixture
def empty(sqlite_databases: SqliteFiles) -> Iterator[Empty]:
    """Makes a database with an empty workspace in it."""
    opened: list[Database] = []

    def make() -> Database:
        database = Database(sqlite_databases.migrated())
        factories.workspace(database, NOW)
        opened.append(database)
        return database

    yield make
    for database in opened:
        database.close()


def taken_out(database: Database) -> Content:
    with database.unit_of_work(1, NOW, read=True) as uow:
        return export(uow)


def brought_in(database: Database, data: bytes | str, name: str, at: datetime = NOW) -> Loaded:
    bundle = read_plan_file(data, name)
    with database.unit_of_work(1, at) as uow:
        return load(uow, bundle)


def assert_travels(database: Database, empty: Empty) -> None:
    """Whatever it is written in, an export loaded elsewhere is exported as the same."""
    content = taken_out(database)
    files = {ending: write_plan_file(content, f"plan.{ending}") for ending in ENDINGS}
    for ending in ENDINGS:
        again = brought_in(database, files[ending], f"plan.{ending}", NOW + timedelta(days=3))
        assert (again.added, again.changed) == (0, 0), (ending, again.changes)
        other = empty()
        brought_in(other, files[ending], f"plan.{ending}", NOW + timedelta(days=9))
        copied = taken_out(other)
        assert write_plan_file(copied, "plan.yaml") == files["yaml"]
        assert write_plan_file(copied, "plan.json") == files["json"]


def live(uow: UnitOfWork, rows: dict[str, Any]) -> None:
    """What a year of use leaves: corrections, edits, ticks, roles, another version of the plan."""
    lead = viewer_of(rows["ana"].id, {}, granted=[Role.STRATEGY_LEAD])
    kpi, key_result = (uow.plans.get_item(kind, 1) for kind in (Kind.KPI, Kind.KEY_RESULT))
    key = uow.workspace_id
    for minute, value in enumerate((70, 71, 72)):
        reading = uow.readings.add(
            Reading(
                workspace_id=uow.workspace_id,
                key_result_id=key_result.id,
                period_on=date(2026, 2, 2),
                value=Decimal(value),
                source=Source.CHECKIN,
                member_id=rows["ben"].id,
                recorded_at=NOW + timedelta(minutes=minute, microseconds=7),
            )
        )
        if minute:
            uow.readings.supersede(reading.id - 1, reading.id)
    # Two figures of one month that do not correct each other, and one on a day of its own.
    for day, value in ((date(2026, 2, 1), 5), (date(2026, 2, 1), 6), (date(2026, 2, 10), 7)):
        uow.readings.add(
            Reading(
                workspace_id=key,
                kpi_id=kpi.id,
                period_on=day,
                value=Decimal(value),
                source=Source.IMPORT,
                recorded_at=NOW,
            )
        )
    editing.change_item(
        uow, lead, (Kind.KEY_RESULT, 1), {"target": Decimal(85), "owner_id": rows["ben"].id}, reason="= more"
    )
    editing.change_item(uow, lead, (Kind.INITIATIVE, 1), {"is_restricted": True})
    initiative = uow.plans.get_item(Kind.INITIATIVE, 1)
    for position, (title, done_at) in enumerate((("Map it", NOW), ("- Try: it", None))):
        step = Step(
            workspace_id=uow.workspace_id,
            initiative_id=initiative.id,
            position=position,
            title=title,
            due_on=date(2026, 3, 1),
            original_due_on=date(2026, 3, 1) if done_at else date(2026, 2, 1),
            done_at=done_at,
            is_archived=done_at is None,
        )
        uow.session.add(step)
    uow.session.add_all(
        [
            Supporter(
                workspace_id=key, kind=Kind.INITIATIVE, item_id=initiative.id, member_id=rows["ana"].id
            ),
            RoleGrant(workspace_id=key, member_id=rows["ana"].id, role=Role.STRATEGY_LEAD, granted_at=NOW),
            Mark(
                workspace_id=key,
                left_kind=Kind.INITIATIVE,
                left_id=initiative.id,
                right_kind=Kind.KPI,
                right_id=kpi.id,
                strength=Strength.WEAK,
                is_confirmed=False,
            ),
        ]
    )
    workspace = uow.settings.get()
    workspace.country, workspace.region, workspace.monthly_review = "DE", "BY", "day 3"
    workspace.spread_minutes, workspace.work_days = 15, "0123"
    uow.members.add_day_off(date(2026, 12, 24), "Company day: all")
    uow.members.add_day_off(date(2026, 12, 31), "")
    workspace.checkin_closes_hour, workspace.thresholds = 12, {"grade_green": "0.8", "grace_weekly": "9"}
    before = uow.plans.get_active()
    after = factories.plan(
        uow,
        title="2027",
        state=PlanState.DRAFT,
        starts_on=date(2027, 1, 1),
        ends_on=date(2027, 12, 31),
        continues_id=before.id,
    )
    annual = uow.plans.get_item(Kind.ANNUAL_OBJECTIVE, 1)
    factories.annual_objective(
        uow, plan_id=after.id, number=9, continues_id=annual.id, state=ItemState.DRAFT, title="# next: year"
    )


@pytest.fixture
def lived(empty: Empty) -> Database:
    """The worked company after a year of use."""
    database = empty()
    brought_in(database, SERVICE, "plan.yaml", NOW - timedelta(days=300))
    with database.unit_of_work(1, NOW) as uow:
        people = uow.plans.record().members
        live(uow, {"ana": people["ana@example.com"], "ben": people["ben@example.com"]})
    return database


def test_the_worked_example_travels(empty: Empty) -> None:
    database = empty()
    brought_in(database, example(), "example.yaml")

    assert_travels(database, empty)


def test_a_record_that_was_lived_in_travels_with_its_past(lived: Database, empty: Empty) -> None:
    assert_travels(lived, empty)


def test_a_file_of_another_workspace_becomes_this_ones_plan_and_touches_nothing_of_the_other(
    lived: Database,
) -> None:
    before = write_plan_file(taken_out(lived), "plan.yaml")
    other = factories.workspace(lived, NOW, team_id="T0002")
    with lived.unit_of_work(other, NOW) as uow:
        found = load(uow, read_plan_file(before, "plan.yaml", uow.plans.record()))
        assert found.added > 0
    with lived.unit_of_work(other, NOW, read=True) as uow:
        assert write_plan_file(export(uow), "plan.yaml") == before
    assert write_plan_file(taken_out(lived), "plan.yaml") == before


def test_the_past_is_there_to_be_read(lived: Database) -> None:
    content = taken_out(lived)

    [first, second, third] = [row for row in content["readings"] if row["period"] == "2026-W06"]
    assert (first["no"], first["replaced_by"], second["replaced_by"]) == (1, 2, 3)
    assert (third["value"], third["by"], third["source"]) == (Decimal(72), "ben@example.com", "check-in")
    assert "replaced_by" not in third
    [change] = [row for row in content["changes"] if row.get("reason") == "= more"]
    assert (change["of"], change["action"], change["by"]) == ("KR-1", "changed", "ana@example.com")
    assert (change["before"]["target"], change["after"]["target"]) == ("80", "85")
    assert change["after"].get("owner_id", "ben@example.com") == "ben@example.com"
    [annual] = [row for row in content["annual_objectives"] if row["ref"] == "A-9"]
    assert (annual["plan"], annual["continues"], annual["state"]) == ("2027", "A-1", "draft")


def test_both_databases_write_the_same_file(
    unit_of_work: UnitsOfWork, empty: Empty, clock: FrozenClock
) -> None:
    other = empty()
    brought_in(other, example(), "example.yaml", clock.now())
    bundle = read_plan_file(example(), "example.yaml")
    with unit_of_work() as uow:
        load(uow, bundle)
    with unit_of_work() as uow:
        content = export(uow)

    assert write_plan_file(content, "plan.yaml") == write_plan_file(taken_out(other), "plan.yaml")


@pytest.mark.parametrize("ending", ENDINGS)
def test_titles_come_back_as_they_were_written(empty: Empty, ending: str) -> None:
    drivers = [{"ref": f"D-{number}", "title": title} for number, title in enumerate(ODD_TITLES, 1)]
    content: Content = {
        "hoshin": 1,
        "plan": {"title": ODD_TITLES[0], "starts": date(2026, 1, 1)},
        "drivers": drivers,
    }
    database = empty()

    brought_in(database, write_plan_file(content, f"plan.{ending}"), f"plan.{ending}")

    with database.unit_of_work(1, NOW, read=True) as uow:
        kept = [uow.plans.get_item(Kind.DRIVER, row + 1).title.encode() for row in range(len(drivers))]
    assert kept == [title.encode() for title in ODD_TITLES]
    read = read_plan_file(write_plan_file(taken_out(database), f"plan.{ending}"), f"plan.{ending}")
    assert [entry.row.title.encode() for entry in read.document.drivers] == kept


def test_a_file_of_another_workspace_becomes_rows_of_this_one(lived: Database) -> None:
    other = factories.workspace(lived, NOW, team_id="T0002")
    before = write_plan_file(taken_out(lived), "plan.yaml")
    bundle = read_plan_file(before, "plan.yaml")

    with lived.unit_of_work(other, NOW) as uow:
        loaded = load(uow, bundle)

    assert loaded.changed == 1  # The hours of its check-in.
    assert write_plan_file(taken_out(lived), "plan.yaml") == before
    with lived.unit_of_work(other, NOW, read=True) as uow:
        record = uow.plans.record()
        assert {row.workspace_id for row in [*record.members.values(), *record.items.values()]} == {other}
        assert all(member.slack_user_id is None for member in record.members.values())
        assert write_plan_file(export(uow), "plan.yaml") == before


def test_what_is_usual_is_left_out(empty: Empty) -> None:
    database = empty()
    text = """\
hoshin: 1
plan: {title: Plan, starts: 2026-04-01}
people: [{email: ana@example.com, name: Ana}]
objectives:
  - ref: O-1
    title: x
    quarter: Q2
    key_results: [{ref: KR-1, title: y, kpi: KPI-1, baseline: 5, target: 3}]
kpis: [{ref: KPI-1, title: z, unit: days, frequency: monthly, baseline: 5, target: 3}]
"""
    brought_in(database, text, "plan.yaml")

    content = taken_out(database)

    del content["changes"]
    assert (
        write_plan_file(content, "plan.yaml").decode()
        == """\
hoshin: 1

plan:
  title: Plan
  starts: 2026-04-01

people:
  - email: ana@example.com
    name: Ana

objectives:
  - ref: O-1
    title: x
    quarter: Q2
    key_results:
      - ref: KR-1
        title: y
        kpi: KPI-1
        baseline: 5
        target: 3

kpis:
  - ref: KPI-1
    title: z
    unit: days
    baseline: 5
    target: 3
    frequency: monthly
"""
    )


def test_an_exported_file_may_be_edited_and_loaded_again(lived: Database) -> None:
    text = write_plan_file(taken_out(lived), "plan.yaml").decode()

    edited = text.replace("title: Answer right the first time", "title: Answer at once", 1)
    edited = edited.replace("\nchanges:", "  - {of: KR-1, period: 2026-W06, value: 75}\n\nchanges:")
    loaded = brought_in(lived, edited, "plan.yaml")

    assert [str(change) for change in loaded.changes] == [
        "changed objective O-1: title Answer right the first time → Answer at once"
    ]
    assert (loaded.added, loaded.changed) == (0, 2)
    content = taken_out(lived)
    assert [row["value"] for row in content["readings"] if row["period"] == "2026-W06"][-1] == Decimal(75)
    assert content["changes"][-1]["reason"] == "Imported from plan.yaml."


def test_the_past_is_not_rewritten(lived: Database) -> None:
    text = write_plan_file(taken_out(lived), "plan.yaml").decode()

    with pytest.raises(Exception, match="KR-1 2026-W06, value: “72” was recorded then, and the past is not"):
        brought_in(
            lived,
            text.replace("value: 72, recorded: 2026-02-09", "value: 99, recorded: 2026-02-09"),
            "plan.yaml",
        )


def test_what_someone_may_not_see_is_not_in_their_file(lived: Database) -> None:
    with lived.unit_of_work(1, NOW, read=True) as uow:
        ben = uow.plans.record().members["ben@example.com"]
        initiative = uow.plans.get_item(Kind.INITIATIVE, 1)
        assert initiative.owner_id == ben.id
        stranger = viewer_of(9999, {})
        seen, whole = export(uow, stranger), export(uow)

    assert "I-1" in write_plan_file(whole, "plan.yaml").decode()
    for ending in ("yaml", "json"):
        text = write_plan_file(seen, f"plan.{ending}").decode()
        assert not re.search(r"\bI-1", text)
        assert "Call routing" not in text
        assert "Map it" not in text
        assert "KR-1" in text
    assert not {"member", "role", "absence"} & {row["kind"] for row in seen["changes"]}


TITLES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).filter(str.strip)
FIGURES = st.decimals(-1000, 1000, places=2)
MONTHS = st.integers(1, 12)
MANY: dict[str, Any] = {"min_size": 1, "max_size": 3}


@st.composite
def plans(draw: st.DrawFn) -> Content:
    """A small plan that keeps the rules."""
    people = [f"p{number}@example.com" for number in range(draw(st.integers(1, 3)))]
    person = st.sampled_from(people)
    teams = draw(st.lists(TITLES.map(str.strip), unique=True, **MANY))
    team = st.sampled_from(teams)
    kpis = [
        {
            "ref": f"KPI-{number}",
            "title": draw(TITLES),
            "owner": draw(person),
            "supporters": draw(st.lists(person, unique=True)),
            "unit": draw(st.sampled_from(["", "%", "- days"])),
            "direction": draw(st.sampled_from(["increase", "decrease"])),
            "baseline": draw(FIGURES),
            "target": draw(FIGURES),
            "frequency": draw(st.sampled_from(["weekly", "monthly", "quarterly", "annual"])),
            "roll_up": draw(st.sampled_from(["last", "sum", "mean"])),
            "planned": {f"2026-{month:02}": draw(FIGURES) for month in draw(st.sets(MONTHS))},
        }
        for number in range(1, draw(st.integers(2, 4)))
    ]
    readings = [
        {"of": kpi["ref"], "period": f"2026-01-{day:02}", "value": draw(FIGURES)}
        for kpi in kpis
        for day in draw(st.sets(st.just(5), max_size=1))
    ]
    objectives = [
        {
            "ref": f"O-{number}",
            "title": draw(TITLES),
            "team": draw(team),
            "perspective": draw(st.sampled_from(["customer", "financial"])),
            "restricted": draw(st.booleans()),
            "quarter": draw(st.sampled_from(["Q1", "Q3"])),
            "key_results": [
                {
                    "ref": f"KR-{number}{inner}",
                    "title": draw(TITLES),
                    "baseline": draw(FIGURES),
                    "target": draw(FIGURES),
                    "weight": draw(st.decimals(0, 5, places=1)),
                    "commitment": draw(st.sampled_from(["committed", "aspirational"])),
                }
                for inner in range(draw(st.integers(0, 2)))
            ],
        }
        for number in range(1, draw(st.integers(1, 3)))
    ]
    return {
        "hoshin": 1,
        "plan": {
            "title": draw(TITLES),
            "starts": date(2026, draw(st.integers(1, 12)), 1),
            "vision": draw(TITLES),
        },
        "people": [{"email": email, "name": draw(TITLES), "team": draw(team)} for email in people],
        "teams": [{"name": name, "lead": draw(person)} for name in teams],
        "kpis": kpis,
        "objectives": objectives,
        "readings": readings,
    }


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(plans())
def test_import_after_export_is_the_identity(sqlite_databases: SqliteFiles, plan: Content) -> None:
    first_url, second_url = sqlite_databases.migrated(), sqlite_databases.migrated()
    with closing(Database(first_url)) as first, closing(Database(second_url)) as second:
        for database in (first, second):
            factories.workspace(database, NOW)
        brought_in(first, write_plan_file(plan, "plan.json"), "plan.json")
        exported = write_plan_file(taken_out(first), "plan.yaml")
        again = brought_in(first, exported, "plan.yaml")
        brought_in(second, exported, "plan.yaml", NOW + timedelta(days=1))

        assert (again.added, again.changed) == (0, 0)
        assert write_plan_file(taken_out(second), "plan.yaml") == exported
    for url in (first_url, second_url):
        sqlite_databases.discard(url)
