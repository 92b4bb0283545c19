"""`/okr update` beside the same transaction in SQLAlchemy Core behind bare Bolt; the API's readings."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from statistics import median
from typing import Any

from slack_bolt.async_app import AsyncAck
from sqlalchemy import func, insert, select, update
from sqlmodel import SQLModel, col
from starlette.applications import Starlette
from starlette.routing import Route

from bot.clock import SystemClock
from bot.web.api import api_routes
from bot.web.slack import slack_routes
from storage import intake
from storage.database import Database
from storage.rules.terms import Direction, ItemState, Kind, Role, Source
from storage.tables import (
    AnnualObjective,
    AuditEntry,
    KeyResult,
    Member,
    Objective,
    ProcessedEvent,
    Reading,
    Report,
    Workspace,
)
from tests import factories
from tests.benchmarks.endpoint import bare_bolt, bare_routes, command_fields, post, post_form, product
from tests.benchmarks.outboxes import KINDS, all_databases
from tests.benchmarks.table import Line, ratio_line, spread
from tests.databases import Databases
from tests.statements import sent_statements

GOAL = 0.75
READINGS_GOAL = 1000
SIZES, SMALL_SIZES = (20, 2000), (20, 200)
"""Key results in the plan."""
UPDATES, SMALL_UPDATES = 100, 20
REPEATS, SMALL_REPEATS = 15, 4
BATCH = 500
BATCHES, SMALL_BATCHES = 20, 4

Send = Callable[[str], Awaitable[None]]


def measure(*, small: bool) -> Iterator[Line]:
    """In one process and one event loop, product and floor in turn."""
    with all_databases() as databases:
        for kind in KINDS:
            for size in SMALL_SIZES if small else SIZES:
                yield asyncio.run(_updates(databases[kind], kind, size, small=small))
            yield asyncio.run(_readings(databases[kind], kind, small=small))


async def _updates(databases: Databases, kind: str, size: int, *, small: bool) -> Line:
    updates, repeats = (SMALL_UPDATES, SMALL_REPEATS) if small else (UPDATES, REPEATS)
    url = databases.migrated()
    database = Database(url)
    try:
        _plan(database, size)
        app = product(database, SystemClock())
        ours = _sender(slack_routes(app.bolt, lambda: True))
        floor = _sender(_bare_routes(database))
        queries = await _count(ours)
        rates: dict[str, list[float]] = {"product": [], "floor": []}
        for _ in range(repeats):
            for name, send in (("floor", floor), ("product", ours)):
                rates[name].append(await _rate(send, updates))
        await app.slack.close()
    finally:
        database.close()
        databases.discard(url)
    name = f"/okr update, {kind}, {size:,} key results, {queries} queries"
    return ratio_line(name, rates["product"], rates["floor"], unit="/s", form=".0f", at_least=GOAL)


async def _readings(databases: Databases, kind: str, *, small: bool) -> Line:
    url = databases.migrated()
    database = Database(url)
    try:
        _plan(database, 1)
        with database.unit_of_work(1, datetime.now(UTC)) as uow:
            key = intake.make_key(uow, uow.roles.get_viewer(1), name="benchmark")
        web = Starlette(routes=api_routes(database, SystemClock()))
        readings = ",".join(f'{{"value":"{number}.5"}}' for number in range(BATCH))
        body = f'{{"readings":[{readings}]}}'.encode()
        rates = []
        for _ in range(SMALL_BATCHES if small else BATCHES):
            started = time.perf_counter()
            status, _ = await post(
                web, "/api/v1/kpis/KPI-1/readings", body, {"Authorization": f"Bearer {key}"}
            )
            if status != 201:
                raise AssertionError(f"the readings were answered {status}")
            rates.append(BATCH / (time.perf_counter() - started))
        with database.session(read=True) as session:
            taken = select(func.count(col(Reading.id))).where(col(Reading.kpi_id).is_not(None))
            stored = session.execute(taken).scalar_one()
        if stored != len(rates) * BATCH:
            raise AssertionError(f"{stored} readings of {len(rates) * BATCH} are there")
    finally:
        database.close()
        databases.discard(url)
    return Line(
        f"readings by the API, {kind}, {BATCH} at once",
        f"{median(rates):,.0f} /s",
        spread(rates, ",.0f"),
        goal=f"≥ {READINGS_GOAL:,}",
        met=median(rates) >= READINGS_GOAL,
    )


def _plan(database: Database, size: int) -> None:
    """One person who owns key results of objectives of four each, all under one annual objective."""
    now = datetime.now(UTC)
    year = now.year
    dates: dict[str, Any] = {"starts_on": date(year, 1, 1), "ends_on": date(year, 12, 31)}
    workspace_id = factories.workspace(database, now, team_id="T1")
    with database.unit_of_work(workspace_id, now) as uow:
        plan = factories.plan(uow, **dates)
        owner = factories.member(uow, slack_user_id="U1", name="Ana Ruiz")
        uow.roles.grant(owner.id, Role.ADMIN, by_id=None, at=now)
        factories.kpi(uow)
        annual = factories.annual_objective(uow, **dates)
        for number in range(1, size // 4 + 2):
            uow.session.add(
                Objective(
                    workspace_id=workspace_id,
                    plan_id=plan.id,
                    number=number,
                    title=f"Objective {number}",
                    owner_id=owner.id,
                    annual_objective_id=annual.id,
                    **dates,
                )
            )
        uow.session.flush()
        for number in range(1, size + 1):
            uow.session.add(
                KeyResult(
                    workspace_id=workspace_id,
                    plan_id=plan.id,
                    number=number,
                    title=f"Measure {number}",
                    owner_id=owner.id,
                    objective_id=(number - 1) // 4 + 1,
                    unit="%",
                    direction=Direction.INCREASE,
                    baseline=Decimal(70),
                    target=Decimal(80),
                    due_on=dates["ends_on"],
                )
            )
        uow.session.flush()
        uow.session.execute(
            insert(Reading),
            [
                {
                    "workspace_id": workspace_id,
                    "key_result_id": number,
                    "period_on": date(year, 1, 5),
                    "value": Decimal(74),
                    "source": Source.UPDATE,
                    "recorded_at": now,
                }
                for number in range(1, size + 1)
            ],
        )


def _bare_routes(database: Database) -> list[Route]:
    """Bare Bolt, whose one listener does the same in Core: claim, access, reading, report, trail, roll-up."""

    app = bare_bolt()

    async def listener(ack: AsyncAck, body: dict[str, Any]) -> None:
        text = await database.in_thread(lambda: _core_update(database, body["text"], body["trigger_id"]))
        await ack(response_type="ephemeral", text=text)

    app.command("/okr")(listener)
    return bare_routes(app)


def _core_update(database: Database, text: str, trigger: str) -> str:
    _, reference, value, confidence, note = text.split(maxsplit=4)
    number, now = int(reference.partition("-")[2]), datetime.now(UTC)
    member, measure, objective = _t(Member), _t(KeyResult), _t(Objective)
    with database.engine.begin() as connection:
        connection.execute(
            insert(_t(ProcessedEvent)).values(workspace_id=1, key=f"core:{trigger}", processed_at=now)
        )
        who = connection.execute(
            select(member.c.id, member.c.is_guest).where(
                member.c.workspace_id == 1, member.c.slack_user_id == "U1", member.c.is_deactivated.is_(False)
            )
        ).one()
        item = connection.execute(
            select(measure, objective.c.annual_objective_id, objective.c.owner_id.label("upper_owner_id"))
            .join(objective, objective.c.id == measure.c.objective_id)
            .where(
                measure.c.workspace_id == 1, measure.c.number == number, measure.c.state == ItemState.ACTIVE
            )
        ).one()
        if who.id not in {item.owner_id, item.upper_owner_id}:
            raise PermissionError(reference)
        before = _latest(connection, [item.id])
        reading_id = connection.execute(
            insert(_t(Reading))
            .values(
                workspace_id=1,
                key_result_id=item.id,
                period_on=now.date(),
                value=Decimal(value),
                source=Source.UPDATE,
                member_id=who.id,
                recorded_at=now,
            )
            .returning(_t(Reading).c.id)
        ).scalar_one()
        connection.execute(
            insert(_t(Report)).values(
                workspace_id=1,
                kind=Kind.KEY_RESULT,
                item_id=item.id,
                member_id=who.id,
                source=Source.UPDATE,
                reported_at=now,
                value=Decimal(value),
                value_before=before.get(item.id),
                confidence=int(confidence[1:]),
                note=note,
                link="",
                reading_id=reading_id,
            )
        )
        connection.execute(
            insert(_t(AuditEntry)).values(
                workspace_id=1,
                at=now,
                member_id=who.id,
                action="figure.recorded",
                kind="key result",
                item_id=item.id,
                reference=reference,
                before={"value": str(before.get(item.id))},
                after={"value": value},
                reason="",
            )
        )
        siblings = connection.execute(
            select(measure.c.id, measure.c.baseline, measure.c.target, measure.c.weight).where(
                measure.c.workspace_id == 1, measure.c.objective_id == item.objective_id
            )
        ).all()
        figures = _latest(connection, [row.id for row in siblings])
        shares = [
            (figures[row.id] - row.baseline) / (row.target - row.baseline) * row.weight
            for row in siblings
            if row.id in figures
        ]
        above = connection.execute(
            select(_t(AnnualObjective).c.number, _t(AnnualObjective).c.title).where(
                _t(AnnualObjective).c.workspace_id == 1, _t(AnnualObjective).c.id == item.annual_objective_id
            )
        ).one()
        connection.execute(
            update(_t(Workspace))
            .where(_t(Workspace).c.id == 1)
            .values(plan_revision=_t(Workspace).c.plan_revision + 1)
        )
    share = sum(shares) / len(shares)
    way = f"{before.get(item.id)} → {value}, {share:.0%} of the way"
    return f"{reference} {way}, for A-{above.number} {above.title}"


def _latest(connection: Any, ids: list[int]) -> dict[int, Decimal]:
    """Each key result's newest figure."""
    reading = _t(Reading)
    newest = (
        select(reading.c.key_result_id, func.max(reading.c.id).label("id"))
        .where(
            reading.c.workspace_id == 1,
            reading.c.key_result_id.in_(ids),
            reading.c.superseded_by_id.is_(None),
        )
        .group_by(reading.c.key_result_id)
        .subquery()
    )
    rows = connection.execute(
        select(reading.c.key_result_id, reading.c.value).join(newest, newest.c.id == reading.c.id)
    )
    return {row.key_result_id: row.value for row in rows}


def _t(table: type[SQLModel]) -> Any:
    return SQLModel.metadata.tables[str(table.__tablename__)]


def _sender(routes: list[Route]) -> Send:
    web = Starlette(routes=routes)
    triggers = iter(range(10**9))

    async def send(text: str) -> None:
        trigger = f"{next(triggers)}.{time.time_ns()}"
        answer = await post_form(web, command_fields("/okr", text, trigger=trigger))
        if "→".encode() not in answer and b"\\u2192" not in answer:
            raise AssertionError(f"the update was answered {answer[:200]!r}")

    return send


async def _rate(send: Send, updates: int) -> float:
    """Updates a second of this process's CPU time, the database's threads included."""
    started = time.process_time()
    for number in range(updates):
        await send(f"update KR-{number % 16 + 1} {70 + number % 9}.5 c8 routing done")
    return updates / (time.process_time() - started)


async def _count(send: Send) -> int:
    """Statements of one update, once the plan is in memory."""
    await send("update KR-1 71.5 c8 routing done")
    with sent_statements() as sent:
        await send("update KR-1 72.5 c8 routing done")
    return len(sent)
