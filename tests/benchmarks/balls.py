"""Many balls in one record, the moves that people make with them, and a floor of the same statements.

The floor sends each move's statements with its very values, transaction by transaction as the product sent
them to a database like it, by SQLAlchemy Core behind bare Bolt; it checks, draws and explains nothing.
"""

import asyncio
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import Connection, Engine, Insert, event, select
from sqlalchemy.exc import OperationalError
from sqlmodel import col
from starlette.applications import Starlette

from bot import ids, replies
from bot.asks import ChannelFacts
from bot.blockkit.kit import section
from bot.blockkit.surfaces import modal
from bot.catchball import service
from bot.catchball.facts import Typed
from bot.installations import Slack
from bot.web.slack import slack_routes
from storage import catchballs
from storage.database import Database
from storage.rules.catchball import BallState, Move
from storage.rules.terms import Role
from storage.tables import Objective
from storage.tables.catchball import Catchball, CatchballMove
from tests import factories
from tests.benchmarks.endpoint import BOT_TOKEN, bare_bolt, bare_routes, post_payload, product
from tests.clock import MONDAY as NOW
from tests.clock import FrozenClock

PROPOSERS, RECEIVERS = 20, 100
TRIES = 5
DUE = "2026-06-30"
CHANNEL = ChannelFacts(
    "C1",
    is_private=False,
    is_member=True,
    present=frozenset(f"U{number}" for number in range(1, PROPOSERS + RECEIVERS + 1)),
)
DONE = b'"callback_id": "' + ids.CATCHBALL_DONE.encode() + b'"'
WORKING = replies.working_view()["blocks"][0]["text"]["text"].encode()
ANSWER = modal("Done", [section("Done.")], callback_id="done", close="Close")
HOME = {"type": "home", "blocks": [section("Your items")] * 20}

Statement = tuple[Any, Any]
Transaction = tuple[bool, list[Statement]]
"""Whether it only reads, and what it sends, with the values."""


@dataclass(frozen=True, slots=True)
class Step:
    """One move of a negotiation: by which of its people, from which version, and to what figure."""

    name: str
    by: str
    move: Move
    version: int
    target: int = 0


RACE = Step("counter", "first", Move.COUNTER, 1, 71)
STEPS = (
    Step("counter by the proposer", "proposer", Move.COUNTER, 2, 79),
    Step("question", "first", Move.ASK, 3),
    Step("answer", "proposer", Move.ANSWER, 3),
    Step("counter by a receiver", "first", Move.COUNTER, 3, 74),
    Step("agreement of one", "proposer", Move.AGREE, 4),
    Step("agreement of the last one, with the plan", "second", Move.AGREE, 4),
)
"""What follows on the race for the first counter; the whole is one negotiation."""


def fill(database: Database, balls: int) -> None:
    """One annual objective, strategy leads who throw, others who receive, and the balls, each to two."""
    workspace_id = factories.workspace(database, NOW, team_id="T1")
    with database.unit_of_work(workspace_id, NOW) as uow:
        for number in range(1, PROPOSERS + RECEIVERS + 1):
            member = factories.member(uow, slack_user_id=f"U{number}", name=f"Person {number}")
            # So that theirs is drawn after their moves.
            uow.homes.note_opened(member.id, NOW)
            if number <= PROPOSERS:
                uow.roles.grant(number, Role.STRATEGY_LEAD, by_id=None, at=NOW)
        factories.annual_objective(uow, owner_id=1)
    for number in range(1, balls + 1):
        people = people_of(number)
        typed = Typed(
            title=f"Objective {number}",
            measure=_measure(80),
            due_on=date.fromisoformat(DUE),
            why="Customers wait",
            parent="A-1",
        )
        with database.unit_of_work(workspace_id, NOW) as uow:
            receivers = [people["first"], people["second"]]
            service.propose(uow, people["proposer"], typed, receivers, CHANNEL, locale="en-GB")


def people_of(ball: int) -> Mapping[str, int]:
    """Who takes part in a ball."""
    first = ball % RECEIVERS
    return {
        "proposer": ball % PROPOSERS + 1,
        "first": PROPOSERS + 1 + first,
        "second": PROPOSERS + 1 + (first + 1) % RECEIVERS,
    }


def check(database: Database, ball: int, winner: str) -> None:
    """Every accepted move is there once, in its order, and the ball is what its trail makes of it.

    Raises:
        AssertionError: an update was lost, or is there twice.
    """
    people = people_of(ball)
    with database.unit_of_work(1, NOW, read=True) as uow:
        row = uow.catchballs.find(ball)
        assert row is not None
        moves = [(one.move, one.member_id, one.version) for one in uow.catchballs.list_moves(row.id)]
        targets = [str(one.terms["target"]) for one in uow.catchballs.list_versions(row.id)]
        stored, replayed = uow.catchballs.read(row), catchballs.replayed(uow, row.id)
    expected = [
        (Move.THROW, people["proposer"], 1),
        (Move.COUNTER, people[winner], 2),
        *(
            (step.move, people[step.by], step.version + (step.move is Move.COUNTER))
            for step in STEPS
        ),
    ]  # fmt: skip
    problem = f"C-{ball} is {stored.state}, moves {moves}, targets {targets}"
    assert moves == expected, problem
    assert targets == ["80", "71" if winner == "first" else "72", "79", "74"], problem
    assert stored == replayed, problem
    assert stored.state is BallState.AGREED, problem


class Product:
    """The whole app."""

    def __init__(self, database: Database, api_url: str) -> None:
        self.database = database
        self.app = product(database, FrozenClock(NOW), api_url=api_url)
        self._respond_url = f"{api_url}views.respond"
        self._web = Starlette(routes=slack_routes(self.app.bolt, lambda: True))
        self.late = 0
        """How many answers came after "still working"."""
        self.asked = 0
        """How often something was asked, again because of a busy database too."""

    async def make(self, step: Step, ball: int) -> bool:
        """Makes a move; whether it was accepted, where the answer tells."""
        person = people_of(ball)[step.by]
        for _ in range(TRIES):
            self.asked += 1
            if step.move is Move.AGREE:
                await post_payload(self._web, _press(step, ball, person, self.asked, self._respond_url))
                return True
            answer = await post_payload(self._web, _submission(step, ball, person, self.asked))
            if DONE in answer.replace(b'":"', b'": "'):
                return True
            if WORKING in answer:
                return await self._until_told(step, ball)
            if b"countered meanwhile" in answer:
                return False
        raise AssertionError(f"{step.name} of C-{ball} was answered {answer[:600]!r}")

    async def _until_told(self, step: Step, ball: int) -> bool:
        """Whether a move was accepted whose answer comes later: Slack was told that it is being worked on."""
        self.late += 1
        version = step.version + (step.move is Move.COUNTER)
        while True:
            await asyncio.sleep(0.1)
            by = await self.database.in_thread(lambda: self._made_by(step.move, ball, version))
            if by:
                return people_of(ball)[step.by] in by

    def _made_by(self, move: Move, ball: int, version: int) -> list[int | None]:
        with self.database.session(read=True) as session:
            return list(
                session.execute(
                    select(col(CatchballMove.member_id))
                    .join(Catchball, col(Catchball.id) == col(CatchballMove.catchball_id))
                    .where(
                        col(Catchball.number) == ball,
                        col(CatchballMove.move) == move,
                        col(CatchballMove.version) == version,
                    )
                ).scalars()
            )

    async def rest(self) -> None:
        """Waits for what follows on the answers."""
        while not self.app.supervisor.is_idle:
            await self.app.supervisor.drain(60)

    def unmade(self, step: Step, balls: int) -> list[int]:
        """Which balls a move is not there for: a press that met a busy database is answered so, and the
        person presses again."""
        with self.database.session(read=True) as session:
            rows = session.execute(
                select(col(Catchball.number), col(CatchballMove.member_id))
                .join(CatchballMove, col(CatchballMove.catchball_id) == col(Catchball.id))
                .where(col(CatchballMove.move) == step.move)
            )
            made = {(number, member_id) for number, member_id in rows}
        return [ball for ball in range(1, balls + 1) if (ball, people_of(ball)[step.by]) not in made]

    async def close(self) -> None:
        await self.app.slack.close()


class Floor:
    """Bare Bolt, whose listeners send what was recorded for that move of that ball."""

    def __init__(self, database: Database, api_url: str, script: Mapping[str, Sequence[Transaction]]) -> None:
        self._database, self._script = database, script
        self._slack = Slack(api_url)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._respond_url = f"{api_url}views.respond"
        self._web = Starlette(routes=bare_routes(self._bolt(self._slack.client(BOT_TOKEN))))

    def unmade(self, step: Step, balls: int) -> list[int]:
        """Its own tries are inside."""
        del step, balls
        return []

    async def make(self, step: Step, ball: int) -> bool:
        person = people_of(ball)[step.by]
        if step.move is Move.AGREE:
            await post_payload(self._web, _press(step, ball, person, 0, self._respond_url))
        else:
            await post_payload(self._web, _submission(step, ball, person, 0))
        return True

    async def rest(self) -> None:
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def close(self) -> None:
        await self._slack.close()

    def _bolt(self, client: AsyncWebClient) -> AsyncApp:
        app = bare_bolt()

        @app.view(re.compile(".*"))
        async def on_form(ack: AsyncAck, body: dict[str, Any]) -> None:
            await self._send(body["view"]["private_metadata_of_floor"])
            await ack({"response_action": "update", "view": ANSWER})
            self._follow(client.views_publish(user_id=body["user"]["id"], view=HOME))

        @app.action(re.compile(".*"))
        async def on_press(ack: AsyncAck, body: dict[str, Any]) -> None:
            await self._send(body["actions"][0]["block_id"])
            await ack()
            self._follow(self._slack.respond(body["response_url"], {"text": "Done."}))
            self._follow(client.views_publish(user_id=body["user"]["id"], view=HOME))

        return app

    async def _send(self, key: str) -> None:
        for is_read, statements in self._script[key]:
            for _ in range(TRIES):
                try:
                    await self._database.in_thread(lambda: self._carry_out(is_read, statements))  # noqa: B023 - awaited here
                    break
                except OperationalError:  # SQLite's lock was not free in time
                    continue

    def _carry_out(self, is_read: bool, statements: Sequence[Statement]) -> None:
        with self._database.session(read=is_read) as session:
            connection = session.connection()
            for statement, values in statements:
                result = connection.execute(statement, values)
                if result.returns_rows:
                    result.fetchall()

    def _follow(self, call: Any) -> None:
        task = asyncio.ensure_future(call)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def record(product: Product, steps: Sequence[Step], balls: int) -> dict[str, list[Transaction]]:
    """Makes every move, one after the other, and notes by move and ball what was sent for it."""
    found: dict[str, list[Transaction]] = {}
    with _noted() as noted:
        for step in steps:
            for ball in range(1, balls + 1):
                noted.clear()
                await product.make(step, ball)
                await product.rest()
                found[key_of(step, ball)] = list(noted)
    _keep_ids(product.database, found.values())
    return found


def _keep_ids(database: Database, script: Iterable[Sequence[Transaction]]) -> None:
    """Objectives get the ids that they were given: whatever is added below them names these, and with many
    under way at once the databases would hand them out in another order."""
    with database.session(read=True) as session:
        ids_by_number = dict(session.execute(select(col(Objective.number), col(Objective.id))).all())
    for transactions in script:
        for _, statements in transactions:
            for statement, values in statements:
                if isinstance(statement, Insert) and statement.table.name == Objective.__tablename__:
                    values["id"] = ids_by_number[values["number"]]


def key_of(step: Step, ball: int) -> str:
    return f"{step.name}:{ball}"


@contextmanager
def _noted() -> Iterator[list[Transaction]]:
    noted: list[Transaction] = []
    under_way: dict[int, Transaction] = {}

    def begin(connection: Connection) -> None:
        is_read = bool(connection.get_execution_options().get("hoshin_read", False))
        transaction: Transaction = (is_read, [])
        under_way[id(connection.connection.dbapi_connection)] = transaction
        noted.append(transaction)

    def note(connection: Connection, *arguments: Any) -> None:
        context = arguments[3]
        if context is None or context.compiled is None:
            return
        compiled = context.compiled
        parameters = context.compiled_parameters
        values = parameters if context.executemany else _as_given(compiled, parameters[0])
        transaction = under_way[id(connection.connection.dbapi_connection)]
        transaction[1].append((compiled.statement, values))

    event.listen(Engine, "begin", begin)
    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield noted
    finally:
        event.remove(Engine, "begin", begin)
        event.remove(Engine, "before_cursor_execute", note)


def _as_given(compiled: Any, values: dict[str, Any]) -> dict[str, Any]:
    """The values of a statement that is made once, whose lists were taken apart for the database."""
    lists = {
        bind.key: [values[f"{name}_{at}"] for at in range(1, len(values) + 1) if f"{name}_{at}" in values]
        for bind, name in compiled.bind_names.items()
        if bind.expanding and not bind.unique
    }
    return {**values, **lists}


def _person(person: int) -> dict[str, Any]:
    return {
        "team": {"id": "T1", "domain": "northwind"},
        "user": {"id": f"U{person}", "team_id": "T1"},
        "api_app_id": "A1",
        "token": "x",
    }


def _submission(step: Step, ball: int, person: int, tried: int) -> dict[str, Any]:
    about: dict[str, Any] = {"number": ball, "version": step.version}
    if step.move is Move.COUNTER:
        callback, fields = ids.CATCHBALL_COUNTER_FORM, _counter_fields(step, ball)
    else:
        callback, fields = ids.CATCHBALL_SAY_FORM, {"reason": _text("Who pays for the training?")}
        about["move"] = step.move.value
    key = f"{step.name}-{step.by}-{ball}-{tried}"
    return _person(person) | {
        "type": "view_submission",
        "trigger_id": f"{key}.2.3",
        "view": {
            "id": f"V{key}",
            "hash": "h1",
            "type": "modal",
            "callback_id": callback,
            "private_metadata": ids.pack(**about),
            "private_metadata_of_floor": key_of(step, ball),
            "blocks": [],
            "state": {"values": {name: {name: value} for name, value in fields.items()}},
        },
    }


def _counter_fields(step: Step, ball: int) -> dict[str, Any]:
    return {
        "title": _text(f"Objective {ball}"),
        "measure": _text(_measure(step.target)),
        "due_on": {"type": "datepicker", "selected_date": DUE},
        "why": _text("Customers wait"),
        "reason": _text("The training slipped by two weeks"),
    }


def _press(step: Step, ball: int, person: int, tried: int, respond_url: str) -> dict[str, Any]:
    key = f"{step.name}-{step.by}-{ball}-{tried}"
    action = {
        "type": "button",
        "action_id": ids.CATCHBALL_AGREE,
        "block_id": key_of(step, ball),
        "value": f"{ball}:{step.version}",
        "action_ts": "1.2",
    }
    return _person(person) | {
        "type": "block_actions",
        "trigger_id": f"{key}.2.3",
        "response_url": respond_url,
        "channel": {"id": "C1", "name": "service"},
        "container": {"type": "message", "message_ts": "1.1", "channel_id": "C1"},
        "message": {"ts": "1.1", "text": "C-1"},
        "actions": [action],
    }


def _measure(target: int) -> str:
    return f"First-contact resolution from 70 to {target} %"


def _text(value: str) -> dict[str, Any]:
    return {"type": "plain_text_input", "value": value}
