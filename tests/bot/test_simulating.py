"""`hoshin simulate`: what it prints is what the tick then does, and nothing else happens."""

import json
import random
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from bot.app import SLICES
from bot.simulating import Planned, as_calendar, as_json, as_table, find_references, simulate, take
from bot.tick import next_due_at, tick
from storage.database import Database
from storage.repositories.audit import INSTALLED, WORKSPACE
from storage.rules.errors import Invalid
from storage.tables import CheckinPrompt, Outbox, Schedule
from tests import factories
from tests.clock import FrozenClock
from tests.company import make_company


def small_company(database: Database, clock: FrozenClock) -> int:
    workspace = factories.workspace(database, clock.now())
    with database.unit_of_work(workspace, clock.now()) as uow:
        team = factories.team(uow)
        ana = factories.member(uow, home=team, name="Ana Ruiz", email="ana@example.com")
        team.lead_id = ana.id
        key_result = factories.key_result(uow, owner_id=ana.id)
        factories.reading(uow, key_result, 70)
    return workspace


async def test_the_coming_weeks_are_printed_and_nothing_is_sent_or_kept(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    small_company(sqlite_database, clock)

    planned = await simulate(sqlite_database, clock, SLICES, days=9)

    assert planned[:3] == [
        Planned(datetime(2026, 2, 9, 9, 0, tzinfo=UTC), "ana@example.com", "question", ("KR-1",)),
        Planned(datetime(2026, 2, 11, 12, 12, tzinfo=UTC), "ana@example.com", "reminder", ("KR-1",)),
        Planned(datetime(2026, 2, 11, 17, 0, tzinfo=UTC), "ana@example.com", "for the lead", ()),
    ]
    with sqlite_database.session() as session:
        for table in (CheckinPrompt, Outbox, Schedule):
            assert session.exec(select(table).where(table.workspace_id == 1)).all() == []


@pytest.mark.parametrize(
    ("rests_until", "questions", "reminders"),
    [
        (datetime(2026, 2, 10, 9, tzinfo=UTC), [datetime(2026, 2, 10, 9, tzinfo=UTC)], 1),
        # The reminder carries the question that did not arrive.
        (datetime(2026, 2, 11, 15, tzinfo=UTC), [], 1),
        (datetime(2026, 2, 11, 18, tzinfo=UTC), [], 0),
    ],
)
async def test_what_waits_for_the_end_of_a_do_not_disturb_is_printed_at_its_end(
    sqlite_database: Database,
    clock: FrozenClock,
    rests_until: datetime,
    questions: list[datetime],
    reminders: int,
) -> None:
    workspace_id = small_company(sqlite_database, clock)
    with sqlite_database.unit_of_work(workspace_id, clock.now()) as uow:
        ana = uow.members.find_by_email("ana@example.com")
        assert ana is not None
        ana.dnd_from_at, ana.dnd_until_at = clock.now(), rests_until
    planned = await simulate(sqlite_database, clock, SLICES, days=7)
    assert [one.at for one in planned if one.kind == "question"] == questions
    assert len([one for one in planned if one.kind == "reminder"]) == reminders


async def test_from_a_later_day_on_only_what_comes_then_is_printed(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    small_company(sqlite_database, clock)
    planned = await simulate(sqlite_database, clock, SLICES, days=2, from_on=date(2026, 2, 16))
    assert [(one.at.date(), one.kind) for one in planned] == [(date(2026, 2, 16), "question")]


async def test_it_prints_a_table_json_and_a_calendar(sqlite_database: Database, clock: FrozenClock) -> None:
    small_company(sqlite_database, clock)
    planned = await simulate(sqlite_database, clock, SLICES, days=2)
    assert as_table(planned).splitlines() == [
        "at (UTC)          person           kind      items",
        "2026-02-09 09:00  ana@example.com  question  KR-1",
        "1 message; nothing was sent.",
    ]
    assert json.loads(as_json(planned)) == [
        {
            "at": "2026-02-09T09:00:00+00:00",
            "person": "ana@example.com",
            "kind": "question",
            "items": ["KR-1"],
        }
    ]
    assert "SUMMARY:question: ana@example.com" in as_calendar(planned, clock.now())


async def test_it_tells_how_far_it_has_come(sqlite_database: Database, clock: FrozenClock) -> None:
    small_company(sqlite_database, clock)
    shares: list[float] = []
    await simulate(sqlite_database, clock, SLICES, days=9, tell=shares.append)
    assert shares[0] == 0
    assert shares == sorted(shares)
    assert 0.2 < shares[-1] < 1


def test_a_message_is_about_the_items_that_it_names() -> None:
    words = "*KR-3* First call · *KPI-12* Overtime\n*KR-3* again, and B-1; not UTF-8, not X-1"
    assert find_references(words) == ["KR-3", "KPI-12", "B-1"]


@pytest.mark.parametrize(
    ("days", "from_on", "sentence"),
    [
        (0, None, "--days: 0 cannot be simulated"),
        (1001, None, "Give 1 to 1000 days"),
        (9, date(2026, 1, 1), "--from: 2026-01-01 is over"),
    ],
)
async def test_days_that_cannot_be_meant_are_refused(
    sqlite_database: Database, clock: FrozenClock, days: int, from_on: date | None, sentence: str
) -> None:
    small_company(sqlite_database, clock)
    with pytest.raises(Invalid, match=sentence):
        await simulate(sqlite_database, clock, SLICES, days=days, from_on=from_on)


async def test_without_a_plan_there_is_nobody_to_ask(sqlite_database: Database, clock: FrozenClock) -> None:
    with pytest.raises(Invalid, match="There is no plan yet"):
        await simulate(sqlite_database, clock, SLICES)


@pytest.mark.parametrize("team_id", [None, "T0001"])
async def test_a_plan_that_waits_for_slack_is_simulated_as_if_everyone_were_there(
    sqlite_database: Database, clock: FrozenClock, team_id: str | None
) -> None:
    with sqlite_database.workspaces() as workspaces:
        workspace = workspaces.hold_for_import(team_id).id
    with sqlite_database.unit_of_work(workspace, clock.now()) as uow:
        ana = factories.member(uow, home=factories.team(uow), email="ana@example.com", slack_user_id=None)
        factories.reading(uow, factories.key_result(uow, owner_id=ana.id), 70)
    planned = await simulate(sqlite_database, clock, SLICES, days=2)
    assert [one.email for one in planned] == ["ana@example.com"]


async def test_whoever_installed_is_told_in_the_simulation_too(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    workspace = factories.workspace(sqlite_database, clock.now())
    with sqlite_database.unit_of_work(workspace, clock.now()) as uow:
        ben = factories.member(uow, home=factories.team(uow), slack_user_id=None)
        factories.key_result(uow, owner_id=ben.id)
        ines = factories.member(uow, email="ines@example.com")
        uow.audit.record(
            at=uow.now, member_id=ines.id, action=INSTALLED, kind=WORKSPACE, item_id=uow.workspace_id
        )
    planned = await simulate(sqlite_database, clock, SLICES, days=3)
    assert [(one.email, one.kind) for one in planned] == [("ines@example.com", "nobody is asked")]


async def test_what_is_simulated_is_what_ticks_then_do(sqlite_database: Database, clock: FrozenClock) -> None:
    """A random company, ticked at the instants at which something is due and at some more, twice each."""
    chance = random.Random(20260209)  # noqa: S311 - the same instants each time
    workspace = make_company(sqlite_database, clock.now(), people=8, seed=7)
    end = clock.now() + timedelta(days=11)
    simulated = await simulate(sqlite_database, clock, SLICES, days=11)

    real: list[Planned] = []
    while clock.now() < end:
        for _ in range(chance.choice((1, 1, 1, 2))):
            await tick(sqlite_database, clock.now(), SLICES, pauses=False)
        real += await sqlite_database.run(workspace, clock.now(), take)
        due_at = await next_due_at(sqlite_database, clock.now(), SLICES, looks=True)
        if due_at is None:
            break
        extra = clock.now() + timedelta(minutes=chance.randint(300, 3000))
        clock.jump_to(max(clock.now() + timedelta(seconds=1), min(due_at, extra)))

    assert len(simulated) > 20
    assert sorted(real, key=by_person) == sorted(simulated, key=by_person)


def by_person(one: Planned) -> tuple[str, datetime, str]:
    return (one.email, one.at, one.kind)
