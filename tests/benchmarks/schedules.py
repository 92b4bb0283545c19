"""Schedules: 100,000 people, 20,000 of them due at once; what a tick costs, and who has to wait for it.

The floor inserts the same rows bare: a prompt, its question and its message for each person, 500 at a time,
each in a transaction of its own, in the same database, a moment before. The garbage collector is set as
`hoshin run` sets it.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from decimal import Decimal
from statistics import median
from typing import Any

from sqlalchemy import func, insert
from sqlmodel import col, select

from bot import heap
from bot.app import SLICES
from bot.tick import tick
from storage.database import Database
from storage.repositories.chores import ABSENCES, LADDER, SCHEDULES, UPDATES
from storage.rules.cadence import local_instant
from storage.rules.terms import Direction, Kind, PromptState
from storage.tables import (
    CheckinPrompt,
    CheckinQuestion,
    CheckinWindow,
    KeyResult,
    Member,
    Objective,
    Outbox,
    Plan,
    Schedule,
    Team,
    TeamMember,
    Workspace,
)
from storage.working import rules_fingerprint
from tests.benchmarks.outboxes import PAYLOAD, all_databases, analyze
from tests.benchmarks.table import Line
from tests.databases import Databases

PEOPLE, SMALL_PEOPLE = 100_000, 5_000
DUE, SMALL_DUE = 20_000, 1_000
TEAM_SIZE = 50
BATCH = 500
EMPTY_TICKS = 200
AT_LEAST = 0.5
LONGEST_STALL_S = 0.05
EMPTY_S = 0.002
MONDAY_9 = datetime(2026, 2, 9, 9, 0, tzinfo=UTC)
WEEK = date(2026, 2, 9)


def measure(*, small: bool) -> Iterator[Line]:
    """An empty tick, then the tick that asks everyone who is due, on both databases."""
    people, due = (SMALL_PEOPLE, SMALL_DUE) if small else (PEOPLE, DUE)
    with all_databases() as databases:
        for kind in ("postgresql", "sqlite"):
            yield from _measured(kind, databases[kind], people, due)


def _measured(kind: str, databases: Databases, people: int, due: int) -> Iterator[Line]:
    url = databases.migrated()
    with closing(Database(url)) as database:
        fill(database, people, due)
        # A planner that has only ever seen empty tables reads all of what comes into them.
        _bare_inserts(database, due, weeks_ago=2)
        analyze(database.engine)
        heap.settle()
        empty = asyncio.run(_empty_ticks(database))
        yield Line(
            f"empty tick, {people:,} schedules, {kind}",
            f"{median(empty) * 1000:.2f} ms",
            f"{min(empty) * 1000:.2f}–{max(empty) * 1000:.2f}",
            goal=f"< {EMPTY_S * 1000:.0f} ms",
            met=median(empty) < EMPTY_S,
        )
        floor_s = _bare_inserts(database, due)
        took_s, stall_s, answers = asyncio.run(_busy_tick(database))
        asked = _count(database, CheckinPrompt) - 2 * due
        ratio = floor_s / took_s
        yield Line(
            f"{asked:,} due of {people:,}, {kind}",
            f"{asked / took_s:,.0f} /s",
            f"{took_s:.1f} s",
            f"{due / floor_s:,.0f}",
            f"{ratio:.2f}",
            f"≥ {AT_LEAST:.2f}",
            ratio >= AT_LEAST and asked == due,
        )
        yield Line(
            f"longest stall of the event loop meanwhile, {kind}",
            f"{stall_s * 1000:.0f} ms",
            goal=f"≤ {LONGEST_STALL_S * 1000:.0f} ms",
            met=stall_s <= LONGEST_STALL_S,
        )
        yield Line(
            f"a handler's write meanwhile, {kind}",
            f"{median(answers) * 1000:.0f} ms",
            f"{min(answers) * 1000:.0f}–{max(answers) * 1000:.0f}",
            goal="≤ 1,500 ms",
            met=max(answers) <= 1.5,
        )
    databases.discard(url)


async def _empty_ticks(database: Database) -> list[float]:
    before = MONDAY_9 - timedelta(minutes=5)
    await tick(database, before, SLICES)
    took = []
    for _ in range(EMPTY_TICKS):
        started = time.perf_counter()
        await tick(database, before, SLICES)
        took.append(time.perf_counter() - started)
    return took


async def _busy_tick(database: Database) -> tuple[float, float, list[float]]:
    """How long it took, the longest time that the loop did not come round, and how long writes waited."""
    stop = asyncio.Event()
    stalls, answers = [0.0], [0.0]

    async def watch() -> None:
        while not stop.is_set():
            started = time.perf_counter()
            await asyncio.sleep(0.005)
            stalls.append(time.perf_counter() - started - 0.005)

    async def write() -> None:
        while not stop.is_set():
            started = time.perf_counter()
            await database.run(1, MONDAY_9, lambda uow: uow.chores.put_off("handler", MONDAY_9))
            answers.append(time.perf_counter() - started)
            await asyncio.sleep(0.1)

    beside = [asyncio.create_task(watch()), asyncio.create_task(write())]
    started = time.perf_counter()
    await tick(database, MONDAY_9, SLICES)
    took = time.perf_counter() - started
    stop.set()
    await asyncio.gather(*beside)
    return took, max(stalls), answers[1:] or [0.0]


def _bare_inserts(database: Database, count: int, *, weeks_ago: int = 1) -> float:
    """The same rows of an earlier week, put in as fast as SQLAlchemy Core does it."""
    week = WEEK - timedelta(weeks=weeks_ago)
    started = time.perf_counter()
    with database.session() as session:
        window = CheckinWindow(
            workspace_id=1,
            team_id=1,
            week_on=week,
            opens_at=MONDAY_9,
            closes_at=MONDAY_9,
            closed_at=MONDAY_9,
        )
        session.add(window)
        session.flush()
        window_id = window.id
    for first in range(0, count, BATCH):
        with database.session() as session:
            _insert_batch(session, window_id, week, range(first + 1, min(first + BATCH, count) + 1))
    return time.perf_counter() - started


def _insert_batch(session: Any, window_id: int, week: date, members: range) -> None:
    prompts: list[dict[str, Any]] = [
        {
            "workspace_id": 1,
            "window_id": window_id,
            "member_id": member_id,
            "local_on": week,
            "opens_at": MONDAY_9,
            "closes_at": MONDAY_9,
            "reminder_at": MONDAY_9,
            "state": PromptState.ANSWERED,
        }
        for member_id in members
    ]
    rows = session.execute(insert(CheckinPrompt).returning(col(CheckinPrompt.id)), prompts)
    session.execute(insert(CheckinQuestion), [_question(prompt_id) for prompt_id in rows.scalars()])
    session.execute(
        insert(Outbox),
        [
            {
                "workspace_id": 1,
                "key": f"floor:{week}:{member_id}",
                "member_id": member_id,
                "payload": PAYLOAD,
                "due_at": MONDAY_9,
                "state": "sent",
            }
            for member_id in members
        ],
    )


def _question(prompt_id: int) -> dict[str, Any]:
    return {
        "workspace_id": 1,
        "prompt_id": prompt_id,
        "position": 1,
        "kind": Kind.KEY_RESULT,
        "item_id": 1,
        "reference": "KR-1",
        "title": "First-contact resolution",
        "starts_on": WEEK,
        "due_on": WEEK,
        "direction": Direction.INCREASE,
        "period_on": WEEK,
    }


def fill(database: Database, people: int, due: int, zones: Sequence[str] = ("UTC",)) -> None:
    """People in teams of fifty, each with one key result and a schedule, in all zones in turn; the first of
    them are due on Monday at nine of their own time, the others a week later."""
    now = MONDAY_9 - timedelta(hours=1)
    with database.session() as session:
        session.add(Workspace(id=1, slack_team_id="T1", connected_at=now))
        session.flush()
        teams = [{"workspace_id": 1, "name": f"Team {number}"} for number in range(-(-people // TEAM_SIZE))]
        session.execute(insert(Team), teams)
        session.add(
            Plan(id=1, workspace_id=1, title="Plan", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))
        )
        session.flush()
        session.add(
            Objective(
                id=1,
                workspace_id=1,
                plan_id=1,
                number=1,
                title="Answer right the first time",
                starts_on=date(2026, 1, 1),
                ends_on=date(2026, 3, 31),
            )
        )
        session.flush()
        for first in range(0, people, 10_000):
            _fill_people(session, range(first + 1, min(first + 10_000, people) + 1), due, zones)
    with database.unit_of_work(1, now) as uow:
        rules = rules_fingerprint(uow)
        for name in (SCHEDULES, ABSENCES, UPDATES, LADDER):
            uow.chores.put_off(name, MONDAY_9 + timedelta(days=1))
        uow.session.connection().exec_driver_sql(f"UPDATE schedule SET rules = '{rules}'")  # noqa: S608 - ours
    analyze(database.engine)


def _fill_people(session: Any, members: range, due: int, zones: Sequence[str]) -> None:
    zone_of = {member_id: zones[member_id % len(zones)] for member_id in members}
    opens_at = {zone: local_instant(zone, WEEK, time_of_day(9)) for zone in zones}
    session.execute(
        insert(Member),
        [
            {
                "id": member_id,
                "workspace_id": 1,
                "slack_user_id": f"U{member_id}",
                "name": f"Person {member_id}",
                "zone": zone_of[member_id],
            }
            for member_id in members
        ],
    )
    teams = [(member_id, (member_id - 1) // TEAM_SIZE + 1) for member_id in members]
    session.execute(
        insert(TeamMember),
        [{"workspace_id": 1, "team_id": team_id, "member_id": member_id} for member_id, team_id in teams],
    )
    session.execute(
        insert(KeyResult),
        [
            {
                "workspace_id": 1,
                "plan_id": 1,
                "objective_id": 1,
                "number": member_id,
                "title": "First-contact resolution",
                "owner_id": member_id,
                "unit": "%",
                "baseline": Decimal(70),
                "target": Decimal(80),
                "due_on": date(2026, 3, 31),
            }
            for member_id in members
        ],
    )
    session.execute(
        insert(Schedule),
        [
            {
                "workspace_id": 1,
                "member_id": member_id,
                "week_on": WEEK if member_id <= due else WEEK + timedelta(days=7),
                "next_due_at": opens_at[zone_of[member_id]] + timedelta(days=0 if member_id <= due else 7),
                "zone": zone_of[member_id],
                "work_days": "01234",
                "start_hour": 9,
            }
            for member_id in members
        ],
    )


def _count(database: Database, table: type[CheckinPrompt]) -> int:
    with database.session(read=True) as session:
        return session.exec(select(func.count(col(table.id)))).one()
