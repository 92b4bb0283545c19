"""Kaizen: the search for similar ideas, an idea from the command to the card, and a storm of reactions."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from statistics import median
from tempfile import TemporaryDirectory

from bot.clock import SystemClock
from storage.database import Database
from tests import factories
from tests.benchmarks.outboxes import KINDS, all_databases
from tests.benchmarks.storm import ride_out
from tests.benchmarks.submissions import Floor, Product, submissions
from tests.benchmarks.table import Line, spread
from tests.databases import Databases
from tests.storage.similar.library import fill
from tests.storage.similar.pairs import KINDS as PAIR_KINDS
from tests.storage.similar.pairs import read_pairs

FEW, MANY, SMALL_MANY = 500, 50_000, 5_000
GROWTH_GOAL = 3.0
RECALL_GOALS = {"typo": 0.95, "reordered": 0.95, "paraphrase": 0.8}
GUIDE_MS = 20
IN_FLIGHT = 8
ROUNDS, SMALL_ROUNDS = 6, 2
EACH, SMALL_EACH = 25, 5
FLOOR_GOAL = 2.0
REACTIONS, SMALL_REACTIONS = 2_000, 200
STORM_S = 10.0


@dataclass(frozen=True, slots=True)
class Searched:
    """Milliseconds of each search, sorted, and by kind which pairs were found among the five shown."""

    times: list[float]
    found: dict[str, list[bool]]

    @property
    def p99(self) -> float:
        return self.times[len(self.times) * 99 // 100]


def measure(*, small: bool) -> Iterator[Line]:
    """Each kind of database in turn, a small record and a large one; then the storm."""
    many = SMALL_MANY if small else MANY
    with all_databases() as databases:
        for kind in KINDS:
            few = _search_among(databases[kind], FEW)
            yield from _in_large_record(databases[kind], kind, few, many, small=small)
    with TemporaryDirectory() as folder:
        yield asyncio.run(ride_out(folder, SMALL_REACTIONS if small else REACTIONS, STORM_S))


def _in_large_record(
    databases: Databases, kind: str, few: Searched, many: int, *, small: bool
) -> Iterator[Line]:
    url = databases.migrated()
    with closing(Database(url)) as database:
        workspace_id, places = _filled(database, many)
        searched = _search(database, workspace_id, places)
        ratio = searched.p99 / few.p99
        yield Line(
            f"similar ideas, {kind}, p99 of {many:,} ({FEW} as floor)",
            f"{searched.p99:.1f} ms",
            f"p50 {median(searched.times):.1f}",
            f"{few.p99:.1f}",
            f"{ratio:.2f}",
            f"≤ {GROWTH_GOAL:.0f} (guide {GUIDE_MS} ms)",
            ratio <= GROWTH_GOAL,
        )
        for pair_kind in PAIR_KINDS:
            share = sum(searched.found[pair_kind]) / len(searched.found[pair_kind])
            goal = RECALL_GOALS[pair_kind]
            yield Line(
                f"recall@5 among {many:,}, {kind}, {pair_kind}",
                f"{share:.3f}",
                goal=f"≥ {goal}",
                met=share >= goal,
            )
        yield asyncio.run(_submit(database, workspace_id, kind, many, small=small))
    databases.discard(url)


def _search_among(databases: Databases, count: int) -> Searched:
    url = databases.migrated()
    with closing(Database(url)) as database:
        searched = _search(database, *_filled(database, count))
    databases.discard(url)
    return searched


def _filled(database: Database, count: int) -> tuple[int, dict[int, int]]:
    now = SystemClock().now()
    workspace_id = factories.workspace(database, now, team_id="T1", ideas_channel_id="CIDEAS")
    with database.unit_of_work(workspace_id, now) as uow:
        places = fill(uow, count)
    if database.engine.dialect.name == "postgresql":
        # As autovacuum does in a record that has grown; without it the planner knows of an empty table.
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    return workspace_id, places


def _search(database: Database, workspace_id: int, places: dict[int, int]) -> Searched:
    """Every pair twice, the first time to warm up; each in a transaction of its own, as a form opens."""
    times: list[float] = []
    found: dict[str, list[bool]] = {kind: [] for kind in PAIR_KINDS}
    for is_warm in (False, True):
        for pair in read_pairs():
            started = time.perf_counter()
            with database.unit_of_work(workspace_id, SystemClock().now(), read=True) as uow:
                lines = uow.similar_ideas.find(pair.typed)
            if is_warm:
                times.append((time.perf_counter() - started) * 1000)
                found[pair.kind].append(pair.idea in {places.get(line.id) for line in lines})
    return Searched(sorted(times), found)


async def _submit(database: Database, workspace_id: int, kind: str, many: int, *, small: bool) -> Line:
    """Product and floor in turn, several times over, each with eight people at once."""
    each, rounds = (SMALL_EACH, SMALL_ROUNDS) if small else (EACH, ROUNDS)
    async with submissions(database, workspace_id, IN_FLIGHT) as (product, floor):
        times: dict[type, list[float]] = {Product: [], Floor: []}
        ratios = []
        for number in range(rounds + 1):
            p99 = {}
            for side in (product, floor):
                found = await _at_once(side.run, each)
                p99[type(side)] = found[len(found) * 99 // 100]
                if number:  # the first round warms up
                    times[type(side)] += found
            if number:
                ratios.append(p99[Product] / p99[Floor])
    product_p99, floor_p99 = (sorted(one)[len(one) * 99 // 100] for one in (times[Product], times[Floor]))
    ratio = product_p99 / floor_p99
    return Line(
        f"an idea told, {kind}, {many:,} stored, {IN_FLIGHT} in flight, p99",
        f"{product_p99:.0f} ms",
        f"p50 {median(times[Product]):.0f}",
        f"{floor_p99:.0f}",
        f"{ratio:.2f} ({spread(ratios, '.2f')})",
        f"≤ {FLOOR_GOAL:.0f}",
        ratio <= FLOOR_GOAL,
    )


async def _at_once(run: Callable[[int], object], each: int) -> list[float]:
    """Milliseconds of each idea, sorted: `IN_FLIGHT` people tell so many one after the other."""
    times: list[float] = []

    async def tell(person: int) -> None:
        for _ in range(each):
            started = time.perf_counter()
            await run(person)  # type: ignore[misc] # a coroutine function
            times.append((time.perf_counter() - started) * 1000)

    await asyncio.gather(*(tell(person) for person in range(IN_FLIGHT)))
    return sorted(times)
