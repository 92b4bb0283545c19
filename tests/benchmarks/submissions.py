"""An idea from the command to its card: through the whole app, and as the same statements behind bare Bolt.

The floor sends the statements of the product in the same transactions, by the repositories and Core, with a
ready form and a ready card; it checks, draws and explains nothing.
"""

import asyncio
import itertools
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import insert
from sqlalchemy.exc import OperationalError
from sqlmodel import col
from starlette.applications import Starlette

from bot import ids
from bot.clock import SystemClock
from bot.installations import Slack
from bot.kaizen.facts import Sheet
from bot.kaizen.forms import idea_form
from bot.web.slack import slack_routes
from storage.database import Database, UnitOfWork
from storage.repositories.outbox import SUMMARY, Envelope
from storage.rules.kaizen import IdeaState
from storage.rules.similar import terms_of
from storage.tables import Idea, IdeaStep
from tests import factories
from tests.benchmarks.endpoint import BOT_TOKEN, bare_bolt, command_fields, post_form, post_payload, product
from tests.benchmarks.outboxes import PAYLOAD
from tests.benchmarks.stub import running_stub

FIRST_MEMBER = 900_001
TRIES = 5
WORDS = "the label printer at the packing line jams when the ribbon is new"
THOUGHT = "Keep the ribbons in a dry box beside the machine"
TERMS = terms_of(f"{WORDS}\n{THOUGHT}")


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
        app = product(database, SystemClock(), api_url=stub.api_url, workspace_id=workspace_id)
        ours = Product(Starlette(routes=slack_routes(app.bolt, lambda: True)), numbers)
        slack = Slack(stub.api_url)
        bolt = _bare(database, workspace_id, slack.client(BOT_TOKEN))
        yield ours, Floor(Starlette(routes=slack_routes(bolt, lambda: True)), numbers)
        await app.supervisor.drain(2)
        await app.slack.close()
        await slack.close()


async def tell(web: Starlette, person: int, number: int) -> None:
    """The command, and the form that is sent right after it."""
    await post_form(web, command_fields("/kaizen", WORDS, user=f"UBENCH{person}", trigger=_trigger(number)))
    await post_payload(web, _submission(person, number))


def _add_people(database: Database, workspace_id: int, people: int) -> None:
    with database.unit_of_work(workspace_id, SystemClock().now()) as uow:
        for person in range(people):
            factories.member(uow, id=FIRST_MEMBER + person, slack_user_id=f"UBENCH{person}", email=None)


def _tell_words(uow: UnitOfWork) -> None:
    """What the form's opening reads."""
    uow.ideas.find_settings()
    uow.similar_ideas.find(WORDS)
    uow.settings.get()


def _keep_words(uow: UnitOfWork, member_id: int, key: str) -> None:
    """What the command writes."""
    uow.events.claim(key, uow.now)
    uow.idea_drafts.keep(member_id, WORDS, None, uow.now)


def _take_idea(uow: UnitOfWork, member_id: int, key: str) -> None:
    """What the form writes, in the product's order; the card is a ready one."""
    uow.events.claim(key, uow.now)
    uow.roles.list_grants(member_id)
    uow.ideas.settings()
    uow.idea_drafts.find(member_id, uow.now)
    uow.members.list_days_off()
    uow.settings.get()
    number = uow.ideas.next_number()
    values = {
        "workspace_id": uow.workspace_id,
        "number": number,
        "title": WORDS,
        "problem": WORDS,
        "idea": THOUGHT,
        "terms": " ".join(TERMS),
        "author_id": member_id,
        "submitted_by_id": member_id,
        "submitted_at": uow.now,
        "due_at": uow.now,
    }
    idea_id = uow.session.execute(insert(Idea).returning(col(Idea.id)), values).scalar_one()
    uow.similar_ideas.index(idea_id, TERMS)
    uow.idea_drafts.drop(member_id)
    step = {"workspace_id": uow.workspace_id, "idea_id": idea_id, "at": uow.now, "member_id": member_id}
    uow.session.execute(insert(IdeaStep), {**step, "move": "submitted", "to_state": IdeaState.SUBMITTED})
    entry = {"at": uow.now, "member_id": member_id, "action": "submitted", "kind": "idea", "item_id": idea_id}
    uow.audit.record_all([entry])
    uow.members.list_by_ids([member_id])
    uow.outbox.put(Envelope(f"idea:{idea_id}", PAYLOAD, uow.now, SUMMARY, channel_id="CIDEAS"))


def _bare(database: Database, workspace_id: int, client: AsyncWebClient) -> AsyncApp:
    app = bare_bolt()
    tasks: set[asyncio.Task[Any]] = set()
    view = idea_form(Sheet(typed={"problem": WORDS}))

    @app.command(re.compile(".*"))
    async def on_command(ack: AsyncAck, body: dict[str, Any]) -> None:
        member_id = _member_id(body["user_id"])
        now = datetime.now(UTC)
        await database.read(workspace_id, now, _tell_words)
        key = f"trigger:{body['trigger_id']}"
        await _written(lambda: database.run(workspace_id, now, _keep_words, member_id, key))
        await ack()
        task = asyncio.create_task(client.views_open(trigger_id=body["trigger_id"], view=view))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    @app.view(re.compile(".*"))
    async def on_form(ack: AsyncAck, body: dict[str, Any]) -> None:
        key = f"view:{body['view']['id']}:{body['view']['hash']}"
        member_id = _member_id(body["user"]["id"])
        now = datetime.now(UTC)
        await _written(lambda: database.run(workspace_id, now, _take_idea, member_id, key))
        await ack({"response_action": "update", "view": view})

    return app


async def _written(write: Callable[[], Awaitable[None]]) -> None:
    """Tries again where SQLite's lock was not free in time, which the product answers with a sentence."""
    for _ in range(TRIES - 1):
        try:
            return await write()
        except OperationalError:
            continue
    return await write()


def _member_id(slack_id: str) -> int:
    return FIRST_MEMBER + int(slack_id.removeprefix("UBENCH"))


def _trigger(number: int) -> str:
    return f"{number}.2.3"


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
