"""Digests by the clock: who gets which, when, and that nothing is told twice, left out or shown to others."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import select

from bot.app import SLICES
from bot.checkins.ladder import COUNTED
from bot.digests.sending import send_digests
from bot.simulating import Planned, simulate, take
from bot.tick import tick
from storage import editing
from storage.database import Database, UnitOfWork
from storage.editing.setup import set_rhythm
from storage.following import follow, plan_digest
from storage.repositories.outbox import DIGEST, SUMMARY
from storage.rules.access import Viewer
from storage.rules.digest import ORGANISATION, PERSON, TEAM
from storage.rules.terms import DigestRhythm, Kind, ReaderKind, Role
from storage.tables import KeyResult, Member, Outbox
from tests import factories
from tests.bot.checkins.office import buttons, words
from tests.clock import FrozenClock

# The tests' clock begins on Monday, the 9th.
MONDAY_9 = datetime(2026, 2, 9, 9, tzinfo=UTC)
TUESDAY_9 = datetime(2026, 2, 10, 9, tzinfo=UTC)
NEXT_MONDAY_9 = datetime(2026, 2, 16, 9, tzinfo=UTC)
CHANNEL = "C0ALL"


@dataclass(frozen=True)
class Office:
    """Ana follows; Ben owns KR-1 (70 → 80 %) of O-1 in Customer Service."""

    work: Callable[[], AbstractContextManager[UnitOfWork]]
    clock: FrozenClock
    ana: Member
    ben: Member
    team_id: int
    key_result: KeyResult

    def follows(self, kind: str, row_id: int, rhythm: DigestRhythm = DigestRhythm.WEEKLY) -> None:
        with self.work() as uow:
            uow.members.get(self.ana.id).digest = rhythm
            follow(uow, self.ana.id, (kind, row_id), on=True)
        # This week's turn comes at once, and there is nothing to tell yet.
        assert self.sends(MONDAY_9) == []

    def measures(self, value: int, at: datetime, of: KeyResult | None = None, **values: Any) -> None:
        self.clock.jump_to(at)
        with self.work() as uow:
            factories.reading(uow, of or self.key_result, value, period_on=at.date(), **values)

    def sends(self, at: datetime) -> list[Outbox]:
        """The digests that the clock's work puts in at an instant, run twice as after a crash."""
        self.clock.jump_to(at)
        known = {row.id for row in self.all()}
        for _ in range(2):
            with self.work() as uow:
                send_digests(uow, 50)
        return [row for row in self.all() if row.id not in known]

    def all(self) -> list[Outbox]:
        with self.work() as uow:
            return [row for row in uow.session.exec(select(Outbox)) if row.key.startswith("digest:")]


def open_office(work: Callable[[], AbstractContextManager[UnitOfWork]], clock: FrozenClock) -> Office:
    with work() as uow:
        factories.plan(uow)
        team = factories.team(uow, name="Customer Service")
        ana, ben = factories.member(uow, name="Ana Ruiz"), factories.member(uow, home=team, name="Ben Okoye")
        objective = factories.objective(uow, owner_id=ben.id, team_id=team.id)
        key_result = factories.key_result(uow, objective_id=objective.id, owner_id=ben.id)
        factories.reading(uow, key_result, 71, recorded_at=uow.now - timedelta(days=3))
    return Office(work, clock, ana, ben, team.id, key_result)


@pytest.fixture
def office(sqlite_database: Database, clock: FrozenClock) -> Office:
    workspace = factories.workspace(sqlite_database, clock.now())
    return open_office(lambda: sqlite_database.unit_of_work(workspace, clock.now()), clock)


@pytest.mark.parametrize("what", ["item", "team", "person", "organisation"])
def test_a_follower_hears_once_a_week_what_moved(office: Office, what: str) -> None:
    followed = {
        "item": (str(Kind.OBJECTIVE), office.key_result.objective_id),
        "team": (TEAM, office.team_id),
        "person": (PERSON, office.ben.id),
        "organisation": (ORGANISATION, 0),
    }[what]
    office.follows(*followed)
    office.measures(78, TUESDAY_9)
    assert office.sends(TUESDAY_9 + timedelta(days=2)) == []
    [row] = office.sends(NEXT_MONDAY_9)
    assert (row.member_id, row.priority, row.due_at) == (office.ana.id, DIGEST, NEXT_MONDAY_9)
    assert row.expires_at == NEXT_MONDAY_9 + timedelta(days=3)
    assert "*KR-1* First-contact resolution" in words(row)
    assert "71 % → 78 %" in words(row)
    assert "since 9 February 2026" in words(row)
    assert buttons(row) == ["What I follow"]
    assert office.sends(NEXT_MONDAY_9 + timedelta(days=7)) == []


def test_nothing_to_say_is_no_message(office: Office) -> None:
    office.follows(ORGANISATION, 0, DigestRhythm.DAILY)
    for day in range(1, 4):
        assert office.sends(TUESDAY_9 + timedelta(days=day)) == []


def test_a_daily_digest_tells_each_day_once(office: Office) -> None:
    office.follows(TEAM, office.team_id, DigestRhythm.DAILY)
    office.measures(74, TUESDAY_9 + timedelta(hours=2))
    [first] = office.sends(TUESDAY_9 + timedelta(days=1))
    office.measures(76, TUESDAY_9 + timedelta(days=1, hours=4))
    [second] = office.sends(TUESDAY_9 + timedelta(days=2))
    assert "71 % → 74 %" in words(first)
    assert "74 % → 76 %" in words(second)
    assert "each day on which something happened" in words(second)


def test_after_an_outage_one_digest_tells_it_all(office: Office) -> None:
    office.follows(TEAM, office.team_id, DigestRhythm.DAILY)
    office.measures(74, TUESDAY_9)
    office.measures(78, TUESDAY_9 + timedelta(days=1))
    [row] = office.sends(NEXT_MONDAY_9 + timedelta(hours=3))
    assert "71 % → 78 %" in words(row)


def test_it_waits_for_working_hours_quiet_hours_days_off_and_absences(office: Office) -> None:
    office.follows(TEAM, office.team_id)
    office.measures(78, TUESDAY_9)
    with office.work() as uow:
        ana = uow.members.get(office.ana.id)
        ana.quiet_from, ana.quiet_until = 8, 11
        uow.members.add_day_off(date(2026, 2, 16), "Company day")
        factories.absence(uow, ana, date(2026, 2, 17), date(2026, 2, 17))
    assert office.sends(NEXT_MONDAY_9) == []
    assert office.sends(NEXT_MONDAY_9 + timedelta(days=1)) == []
    assert office.sends(NEXT_MONDAY_9 + timedelta(days=2)) == []
    assert len(office.sends(NEXT_MONDAY_9 + timedelta(days=2, hours=2))) == 1


def test_who_wants_none_or_has_left_gets_none(office: Office) -> None:
    office.follows(TEAM, office.team_id)
    office.measures(78, TUESDAY_9)
    with office.work() as uow:
        uow.members.get(office.ana.id).is_deactivated = True
    assert office.sends(NEXT_MONDAY_9) == []
    with office.work() as uow:
        ana = uow.members.get(office.ana.id)
        ana.is_deactivated, ana.digest = False, DigestRhythm.NONE
        plan_digest(uow, ana)
        assert uow.digests.find_turn(ana.id) is None


def test_what_the_reader_may_not_see_is_not_there(office: Office) -> None:
    office.follows(ORGANISATION, 0)
    with office.work() as uow:
        secret = factories.objective(
            uow, number=9, owner_id=office.ben.id, title="Secret", is_restricted=True
        )
        hidden = factories.key_result(uow, objective_id=secret.id, number=9, owner_id=office.ben.id)
        factories.reading(uow, hidden, 70, recorded_at=uow.now - timedelta(days=3))
    office.measures(80, TUESDAY_9, hidden)
    assert office.sends(NEXT_MONDAY_9) == []


def test_the_channel_gets_what_all_its_readers_may_see(office: Office) -> None:
    lead = Viewer(member_id=office.ana.id, granted=frozenset({Role.STRATEGY_LEAD}))
    with office.work() as uow:
        set_rhythm(uow, lead, {"digest_channel_id": CHANNEL})
        restricted = factories.objective(uow, number=9, owner_id=office.ben.id, is_restricted=True)
        hidden = factories.key_result(
            uow, objective_id=restricted.id, number=9, owner_id=office.ben.id, title="Restricted"
        )
        factories.reading(uow, hidden, 70, recorded_at=uow.now - timedelta(days=3))
    office.measures(79, TUESDAY_9, hidden)
    office.measures(74, TUESDAY_9)
    # Nobody knows yet who reads there, and the strategy lead hears so, once.
    with office.work() as uow:
        uow.roles.grant(office.ana.id, Role.STRATEGY_LEAD, by_id=None, at=uow.now)
    assert office.sends(NEXT_MONDAY_9) == []
    with office.work() as uow:
        [waits] = [row for row in uow.session.exec(select(Outbox)) if row.key.startswith("digest-waits:")]
        assert waits.member_id == office.ana.id
        assert "`/invite @Hoshin` there" in words(waits)
    with office.work() as uow:
        factories.audience(uow, CHANNEL, **{office.ben.slack_user_id or "": ReaderKind.MEMBER})
    assert office.sends(NEXT_MONDAY_9 + timedelta(minutes=30)) == []
    with office.work() as uow:
        factories.audience(uow, CHANNEL, U9999=ReaderKind.MEMBER)
    [row] = office.sends(NEXT_MONDAY_9 + timedelta(hours=1))
    assert (row.channel_id, row.member_id) == (CHANNEL, None)
    assert "71 % → 74 %" in words(row)
    assert "Restricted" not in words(row)
    assert "The organisation's week" in words(row)


def test_decisions_steps_and_what_came_at_risk_are_told_by_name(office: Office) -> None:
    office.follows(ORGANISATION, 0)
    ben = Viewer(member_id=office.ben.id)
    office.clock.jump_to(TUESDAY_9)
    with office.work() as uow:
        factories.reading(uow, office.key_result, 79, recorded_at=uow.now - timedelta(days=3))
    with office.work() as uow:
        values = {"target": Decimal(90), "owner_id": office.ana.id}
        editing.change_item(uow, ben, (Kind.KEY_RESULT, 1), values, reason="More calls.")
    office.measures(40, TUESDAY_9)
    [row] = office.sends(NEXT_MONDAY_9)
    assert "*KR-1* First-contact resolution: target 80 % → 90 %" in words(row)
    assert "owner Ben Okoye → Ana Ruiz" in words(row)
    assert "*Came at risk*" in words(row)
    assert "■ off track" in words(row)


def test_a_plan_that_was_loaded_is_one_line_behind_what_else_was_decided(office: Office) -> None:
    office.follows(ORGANISATION, 0)
    office.clock.jump_to(TUESDAY_9)
    ben = Viewer(member_id=office.ben.id)
    with office.work() as uow:
        editing.change_item(uow, ben, (Kind.KEY_RESULT, 1), {"target": Decimal(90)}, reason="More calls.")
        for number in range(1, 7):
            editing.add_item(uow, ben, Kind.KPI, {"title": f"Measure {number}", "owner_id": office.ben.id})
    [row] = office.sends(NEXT_MONDAY_9)
    decided = words(row).partition("*Decided*")[2]
    assert "target 80 % → 90 %" in decided.partition("KPI-1")[0]
    assert "*KPI-1* Measure 1 and 5 other items: added. `/hoshin tree` shows the plan." in decided
    assert "KPI-2" not in decided


def test_digests_come_last_and_do_not_count_as_questions() -> None:
    assert DIGEST > SUMMARY
    assert "digest" not in COUNTED


def test_two_replicas_tell_once(database: Database, clock: FrozenClock) -> None:
    workspace = factories.workspace(database, clock.now())
    office = open_office(lambda: database.unit_of_work(workspace, clock.now()), clock)
    office.follows(TEAM, office.team_id)
    office.measures(78, TUESDAY_9)
    clock.jump_to(NEXT_MONDAY_9)

    def send(_: int) -> None:
        with office.work() as uow:
            send_digests(uow, 50)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(send, range(3)))
    assert len(office.all()) == 1


async def test_simulated_digests_are_those_that_come(sqlite_database: Database, clock: FrozenClock) -> None:
    """The figure moved before the simulation begins; later everything goes stale, which is news, too."""
    workspace = factories.workspace(sqlite_database, clock.now())
    office = open_office(lambda: sqlite_database.unit_of_work(workspace, clock.now()), clock)
    office.follows(TEAM, office.team_id, DigestRhythm.DAILY)
    office.measures(78, clock.now() + timedelta(hours=4))
    with office.work() as uow:
        ben = Viewer(member_id=office.ben.id)
        editing.change_item(uow, ben, (Kind.KEY_RESULT, 1), {"target": Decimal(90)}, reason="More calls.")
    simulated = [
        one for one in await simulate(sqlite_database, clock, SLICES, days=21) if one.kind == "digest"
    ]
    real: list[Planned] = []
    for day in range(21):
        clock.jump_to(datetime.combine(date(2026, 2, 10) + timedelta(days=day), time(9), UTC))
        await tick(sqlite_database, clock.now(), SLICES, pauses=False)
        real += await sqlite_database.run(workspace, clock.now(), take)
    assert [one for one in real if one.kind == "digest"] == simulated
    assert [one.at.day for one in simulated][:1] == [10]
    assert len(simulated) > 1
