"""An idea from the command to its card: through the whole app, and as bare statements behind bare Bolt.

The floor runs the very statements that the product sent for one idea, text and values as SQLAlchemy's Core
had compiled them, with the keys of each new idea in their place.
"""

import asyncio
import itertools
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from pydantic import SecretStr
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import Connection, event
from starlette.applications import Starlette

from bot import ids
from bot.app import App, make_app
from bot.clock import SystemClock
from bot.installations import Installation, Slack
from bot.kaizen.facts import Sheet
from bot.kaizen.forms import idea_form
from bot.settings import Settings
from bot.simulator.signing import sign
from bot.web.slack import slack_routes
from storage.database import Database
from tests import factories
from tests.benchmarks.commands import post
from tests.benchmarks.stub import running_stub

SECRET = "benchmark"
FIRST_MEMBER = 900_001
"""An id that is no other value of a statement, so that it can be put in its place."""
WORDS = "the label printer at the packing line jams when the ribbon is new"
THOUGHT = "Keep the ribbons in a dry box beside the machine"

Statement = tuple[bool, str, Any]
"""Whether it was sent in a transaction that only reads; the text; the values."""


@dataclass(slots=True)
class Template:
    """What the product sent for one idea: the statements of the command and of the form."""

    command: list[Statement]
    form: list[Statement]
    keys: tuple[str, str]
    idea_id: int
    number: int


@dataclass(frozen=True, slots=True)
class Product:
    """The whole app."""

    web: Starlette
    numbers: Iterator[int]

    async def run(self, person: int) -> None:
        """One idea of that person: the command, then the form."""
        await tell(self.web, person, next(self.numbers))


@dataclass(frozen=True, slots=True)
class Floor:
    """Bare Bolt with two catch-alls."""

    web: Starlette
    numbers: Iterator[int]

    async def run(self, person: int) -> None:
        """As the product's."""
        await tell(self.web, person, next(self.numbers))


@asynccontextmanager
async def submissions(
    database: Database, workspace_id: int, people: int
) -> AsyncIterator[tuple[Product, Floor]]:
    """Both sides over one database and one stub of Slack."""
    _add_people(database, workspace_id, people)
    numbers = itertools.count(1)
    with running_stub() as stub:
        app = _app(database, workspace_id, stub.api_url)
        product = Product(Starlette(routes=slack_routes(app.bolt, lambda: True)), numbers)
        template = await _record(database, workspace_id, product)
        slack = Slack(stub.api_url)
        bolt = _bare(database, template, slack.client("xoxb-benchmark"))
        yield product, Floor(Starlette(routes=slack_routes(bolt, lambda: True)), numbers)
        await app.supervisor.drain(2)
        await app.slack.close()
        await slack.close()


async def tell(web: Starlette, person: int, number: int) -> None:
    """The command, and the form that is sent right after it."""
    await _post(web, _command(person, number))
    await _post(web, {"payload": json.dumps(_submission(person, number))})


def _add_people(database: Database, workspace_id: int, people: int) -> None:
    with database.unit_of_work(workspace_id, SystemClock().now()) as uow:
        for person in range(people):
            factories.member(uow, id=FIRST_MEMBER + person, slack_user_id=f"UBENCH{person}", email=None)


def _app(database: Database, workspace_id: int, api_url: str) -> App:
    settings = Settings(slack_signing_secret=SecretStr(SECRET), slack_api_url=api_url)
    app = make_app(settings, database, SystemClock())
    client = app.slack.client("xoxb-benchmark")
    app.installations.put(Installation(workspace_id, "T1", "", client, "UBOT", "B1", frozenset()))
    return app


async def _record(database: Database, workspace_id: int, product: Product) -> Template:
    """Tells one idea and writes down what went to the database. One before it fills the caches."""
    await product.run(0)
    number = next(product.numbers)
    with _written_down(database) as command:
        await _post(product.web, _command(0, number))
    with _written_down(database) as form:
        await _post(product.web, {"payload": json.dumps(_submission(0, number))})
    with database.unit_of_work(workspace_id, SystemClock().now(), read=True) as uow:
        last = uow.ideas.find_settings().last_number
        idea_id = uow.ideas.get_id(last)
    keys = (f"trigger:{_trigger(number)}", f"view:V{number}:h{number}")
    return Template(list(command), list(form), keys, idea_id, last)


@contextmanager
def _written_down(database: Database) -> Iterator[list[Statement]]:
    statements: list[Statement] = []

    def listener(*arguments: Any) -> None:
        connection, _, statement, parameters, *_ = arguments
        if not statement.startswith("BEGIN"):
            is_read = bool(connection.get_execution_options().get("hoshin_read", False))
            statements.append((is_read, statement, parameters))

    event.listen(database.engine, "before_cursor_execute", listener)
    try:
        yield statements
    finally:
        event.remove(database.engine, "before_cursor_execute", listener)


@dataclass(slots=True)
class _Places:
    """What stands in the place of the template's keys."""

    key: tuple[str, str]
    person: int
    idea_id: tuple[int, int]
    number: tuple[int, int]

    def fill(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self.fill(one) for name, one in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(self.fill(one) for one in value)
        if isinstance(value, str):
            text = self.key[1] if value == self.key[0] else value
            return re.sub(rf"\bidea:{self.idea_id[0]}\b", f"idea:{self.idea_id[1]}", text)
        placed = {FIRST_MEMBER: FIRST_MEMBER + self.person}
        placed |= {old: new for old, new in (self.number, self.idea_id) if new}
        return placed.get(value, value) if isinstance(value, int) else value


def _replay(database: Database, statements: list[Statement], places: _Places) -> None:
    """Reads in a transaction that reads, the rest in one that writes, as the product does."""
    for is_read, group in itertools.groupby(statements, key=lambda one: one[0]):
        engine = database.engine.execution_options(hoshin_read=is_read)
        with engine.begin() as connection:
            for _, text, values in group:
                _send(connection, text, values, places)


def _send(connection: Connection, text: str, values: Any, places: _Places) -> None:
    result = connection.exec_driver_sql(text, places.fill(values))
    if not result.returns_rows:
        return
    rows = result.fetchall()
    if text.startswith("UPDATE kaizen_setting"):
        places.number = (places.number[0], rows[0][0])
    elif text.startswith("INSERT INTO idea "):
        places.idea_id = (places.idea_id[0], rows[0][0])


def _bare(database: Database, template: Template, client: AsyncWebClient) -> AsyncApp:
    async def authorize(
        enterprise_id: str | None, team_id: str | None, user_id: str | None
    ) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            user_id=user_id,
            bot_id="B1",
            bot_user_id="UBOT",
            bot_token="xoxb-benchmark",
        )

    app = AsyncApp(signing_secret=SECRET, authorize=authorize, process_before_response=True)
    tasks: set[asyncio.Task[Any]] = set()
    view = idea_form(Sheet(typed={"problem": WORDS}))

    def places(key: int, body: dict[str, Any], new: str, user: str) -> _Places:
        del body
        person = int(user.removeprefix("UBENCH"))
        return _Places((template.keys[key], new), person, (template.idea_id, 0), (template.number, 0))

    @app.command(re.compile(".*"))
    async def on_command(ack: AsyncAck, body: dict[str, Any]) -> None:
        there = places(0, body, f"trigger:{body['trigger_id']}", body["user_id"])
        await database.in_thread(lambda: _replay(database, template.command, there))
        await ack()
        task = asyncio.create_task(client.views_open(trigger_id=body["trigger_id"], view=view))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    @app.view(re.compile(".*"))
    async def on_form(ack: AsyncAck, body: dict[str, Any]) -> None:
        own = body["view"]
        there = places(1, body, f"view:{own['id']}:{own['hash']}", body["user"]["id"])
        await database.in_thread(lambda: _replay(database, template.form, there))
        await ack({"response_action": "update", "view": view})

    return app


async def _post(web: Starlette, fields: dict[str, str]) -> None:
    body = urlencode(fields).encode()
    headers = {**sign(SECRET, body), "Content-Type": "application/x-www-form-urlencoded"}
    status = await post(web, body, headers)
    if status != 200:
        raise AssertionError(f"answered {status}")


def _trigger(number: int) -> str:
    return f"{number}.2.3"


def _command(person: int, number: int) -> dict[str, str]:
    return {
        "token": "x",
        "team_id": "T1",
        "channel_id": "C1",
        "user_id": f"UBENCH{person}",
        "command": "/kaizen",
        "text": WORDS,
        "api_app_id": "A1",
        "response_url": "http://127.0.0.1:9/response",
        "trigger_id": _trigger(number),
    }


def _submission(person: int, number: int) -> dict[str, Any]:
    view = idea_form(Sheet(typed={"problem": WORDS, "idea": THOUGHT}, was_shown=(-1,)))
    values = {
        "problem": {"problem": {"type": "plain_text_input", "value": WORDS}},
        "idea": {"idea": {"type": "plain_text_input", "value": THOUGHT}},
        "expected": {"expected": {"type": "plain_text_input", "value": None}},
        "waste": {"waste": {"type": "static_select", "selected_option": None}},
        "serves": {ids.KAIZEN_SERVES: {"type": "external_select", "selected_option": None}},
    }
    return {
        "type": "view_submission",
        "team": {"id": "T1", "domain": "northwind"},
        "user": {"id": f"UBENCH{person}", "team_id": "T1"},
        "api_app_id": "A1",
        "token": "x",
        "trigger_id": _trigger(number),
        "view": {**view, "id": f"V{number}", "hash": f"h{number}", "state": {"values": values}},
    }
