"""The one wrapper round every handler: who asks, what it may do, one ack, and what follows.

Bolt sees one catch-all listener for each family of payloads, because it builds some thirty arguments for
every listener that it tries; the handler is found in our own table
(docs/decisions/0002-one-routing-table.md).
"""

from __future__ import annotations  # those of a closure would be built anew for every ask

import asyncio
import re
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.exc import OperationalError

from bot import commands, ids, payloads, replies
from bot.answers import Answer, FollowUp, Respond, UpdateView, View
from bot.asks import Ask, Person
from bot.audiences import Audiences
from bot.clock import Clock
from bot.conversations import find_present, look_at, open_group
from bot.downloads import download, peek
from bot.followups import FollowUps, fault_of
from bot.installations import SLACK_FAULTS, Installation, Installations
from bot.members import Directory
from bot.metrics import Metrics
from bot.payloads import Delivery
from bot.routing import Family, Route, Routes
from bot.tasks import Supervisor, log_failure
from storage.database import Database, UnitOfWork
from storage.rules.errors import DomainError, Duplicate

log = structlog.get_logger()

P = ParamSpec("P")
T = TypeVar("T")

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
"""Before what met a busy database is tried again; the pauses double."""
PATIENCE_S = 2.0
"""After this a "still working" is acked, and the answer comes afterwards; Slack gives up at 3 s."""


@dataclass(slots=True)
class Claim:
    """The delivery's claim, taken in the first transaction that writes."""

    key: str
    taken: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """Takes every delivery of Slack from Bolt to its handler and back."""

    routes: Routes
    database: Database
    clock: Clock
    installations: Installations
    directory: Directory
    audiences: Audiences
    follow_ups: FollowUps
    supervisor: Supervisor
    metrics: Metrics
    close_sight: Callable[[UnitOfWork], list[str]]
    """At the end of a unit of work: takes what it has restricted out of what others may still get. Returns
    the Slack ids of those whose Home tab shows less now."""
    after_write: Callable[[], None]
    """Called when a unit of work may have put something into the outbox."""

    def attach(self, app: AsyncApp) -> None:
        """Registers the catch-alls. No functools.wraps here: Bolt injects by the inner names."""
        anything = re.compile(".*")
        app.command(anything)(self._on_command)
        app.action(anything)(self._on_action)
        app.view(anything)(self._on_submission)
        app.shortcut(anything)(self._on_shortcut)
        app.options(anything)(self._on_options)
        app.event(anything)(self._on_event)
        app.error(_answer_fault)

    async def _on_command(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        parsed = commands.parse(body["command"], body.get("text") or "")
        if isinstance(parsed, commands.NotUnderstood):
            await ack(response_type="ephemeral", text=not_understood(parsed))
            self.metrics.refused(Family.COMMAND, "NotUnderstood")
            log.info("not_understood", person=body.get("user_id"))
            return
        await self._take(
            ack, context, body, lambda payload: payloads.read_command(payload, parsed.route, parsed.text)
        )

    async def _on_action(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        await self._take(ack, context, body, read_press)

    async def _on_submission(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        await self._take(ack, context, body, payloads.read_submission)

    async def _on_shortcut(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        await self._take(ack, context, body, payloads.read_shortcut)

    async def _on_options(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        await self._take(ack, context, body, payloads.read_options)

    async def _on_event(self, ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        await self._take(ack, context, body, payloads.read_event)

    async def _take(
        self,
        ack: AsyncAck,
        context: AsyncBoltContext,
        body: Mapping[str, Any],
        read: Callable[[Mapping[str, Any]], Delivery],
    ) -> None:
        try:
            delivery = read(body)
        except (DomainError, LookupError, TypeError, ValueError) as error:
            # A shape that Slack does not document, or a button of another version: acked, and nothing done.
            log_failure("payload_not_understood", error)
            await ack()
        else:
            await self._handle(ack, _team_of(context), delivery)

    async def _handle(self, ack: AsyncAck, team_id: str | None, delivery: Delivery) -> None:
        """Acks exactly once, whatever happens."""
        started = time.perf_counter()
        installation = self.installations.find_by_team(team_id)
        route = self.routes.find(delivery.family, delivery.name)
        if installation is None or route is None:
            # A button of an older version, or an event that nobody waits for.
            await ack()
            self._note(delivery, None, "unrouted", started)
            return
        client = installation.client
        answering = self._answer(route, delivery, installation, client)
        if route.is_instant:
            rest = await _ack(ack, delivery, await answering)
        else:
            rest = await self._ack_in_time(ack, delivery, installation, answering)
        if rest:
            self.supervisor.start(
                self.follow_ups.carry_out(client, installation.workspace_id, delivery, rest),
                what=delivery.name,
            )
        self._note(delivery, installation, "acked", started)

    async def _ack_in_time(
        self,
        ack: AsyncAck,
        delivery: Delivery,
        installation: Installation,
        answering: Coroutine[Any, Any, Answer],
    ) -> tuple[FollowUp, ...]:
        """Acks with the answer, or after a while with "still working", and tells the answer afterwards."""
        task = asyncio.ensure_future(answering)
        await asyncio.wait({task}, timeout=PATIENCE_S)
        if task.done():
            return await _ack(ack, delivery, task.result())
        await _ack_still_working(ack, delivery)
        self.supervisor.start(self._answer_late(task, delivery, installation), what=delivery.name)
        return ()

    async def _answer(
        self, route: Route, delivery: Delivery, installation: Installation, client: AsyncWebClient
    ) -> Answer:
        """The handler's answer, or a sentence for whatever it raised."""
        claim = Claim(delivery.key)
        about = {
            "route": delivery.name,
            "workspace": installation.workspace_id,
            "person": delivery.user_id,
        }
        try:
            person = await self._person(route, delivery, installation, client)
            return await route.handler(self._ask(delivery, installation, person, claim, client))
        except DomainError as error:
            self.metrics.refused(delivery.family, type(error).__name__)
            return replies.for_error(delivery, error)
        except OperationalError as error:
            log_failure("database_unavailable", error, **about)
            if not route.is_repeated or claim.taken:
                return replies.for_sentence(delivery, replies.BUSY)
            again = self._repeat(route, delivery, installation, client)
            self.supervisor.start(again, what=delivery.name)
            return replies.for_sentence(delivery, replies.TAKEN_SOON)
        except SLACK_FAULTS as error:
            log.warning("slack_not_asked", fault=fault_of(error), **about)
            return replies.for_sentence(delivery, replies.AWAY_AFTER if claim.taken else replies.AWAY)
        except Exception as error:  # noqa: BLE001 - nothing escapes: a lost ack stalls Slack for 3 s
            answer, reference = replies.for_bug(delivery, saved=claim.taken)
            log_failure("handler_failed", error, reference=reference, **about)
            self.metrics.refused(delivery.family, "bug")
            return answer

    async def _repeat(
        self, route: Route, delivery: Delivery, installation: Installation, client: AsyncWebClient
    ) -> None:
        """Tries until the database takes it, at growing pauses; what is said then is said late."""
        pause_s = FIRST_PAUSE_S
        while True:
            await asyncio.sleep(pause_s)
            try:
                person = await self._person(route, delivery, installation, client)
                claim = Claim(delivery.key)
                answer = await route.handler(self._ask(delivery, installation, person, claim, client))
            except OperationalError:
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
            except DomainError as error:
                answer = replies.for_error(delivery, error)
                break
            else:
                break
        await self.follow_ups.carry_out(client, installation.workspace_id, delivery, answer.then)

    async def _answer_late(
        self,
        answering: asyncio.Future[Answer],
        delivery: Delivery,
        installation: Installation,
    ) -> None:
        follow_ups = _as_follow_ups(delivery, await answering)
        await self.follow_ups.carry_out(installation.client, installation.workspace_id, delivery, follow_ups)

    async def _person(
        self, route: Route, delivery: Delivery, installation: Installation, client: AsyncWebClient
    ) -> Person:
        if route.needs_member:
            return await self.directory.person(installation, delivery.user_id, client)
        return Person(0, delivery.user_id, "", "UTC", "en-US")

    def _ask(
        self,
        delivery: Delivery,
        installation: Installation,
        person: Person,
        claim: Claim,
        client: AsyncWebClient,
    ) -> Ask:
        now = self.clock.now()
        workspace_id = installation.workspace_id

        async def run(work: Callable[Concatenate[UnitOfWork, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
            return await self._write(installation, client, claim, now, lambda uow: work(uow, *args, **kwargs))

        async def read(work: Callable[Concatenate[UnitOfWork, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
            return await self.database.read(workspace_id, now, work, *args, **kwargs)

        return Ask(
            workspace_id=workspace_id,
            person=person,
            now=now,
            run=run,
            read=read,
            meet=partial(self.directory.person, installation, client=client),
            learn_readers=partial(self.audiences.learn_once, installation),
            fetch=partial(download, client),
            peek=partial(peek, client),
            takes_files="files:read" in installation.scopes,
            look_at=partial(look_at, client),
            find_present=partial(find_present, client),
            open_group=partial(open_group, client),
            bot_user_id=installation.bot_user_id,
            text=delivery.text,
            value=delivery.value,
            action_id=delivery.action_id,
            channel_id=delivery.channel_id,
            message=delivery.message,
            view=delivery.view,
            form=delivery.form,
            trigger_id=delivery.trigger_id,
            happened_at=delivery.happened_at,
            payload=delivery.payload,
        )

    async def _write(
        self,
        installation: Installation,
        client: AsyncWebClient,
        claim: Claim,
        now: datetime,
        work: Callable[[UnitOfWork], T],
    ) -> T:
        blind: list[str] = []

        def whole(uow: UnitOfWork) -> T:
            result = _claimed(uow, claim, lambda: work(uow))
            blind.extend(self.close_sight(uow))
            return result

        result = await self.database.run(installation.workspace_id, now, whole)
        claim.taken = True
        self.after_write()
        if blind:
            drawing = self.follow_ups.refresh_homes(client, installation.workspace_id, blind)
            self.supervisor.start(drawing, what="home tabs")
        return result

    def _note(
        self, delivery: Delivery, installation: Installation | None, outcome: str, started: float
    ) -> None:
        seconds = time.perf_counter() - started
        self.metrics.answered(delivery.family, delivery.name if installation else "unrouted", seconds)
        log.info(
            outcome,
            family=str(delivery.family),
            route=delivery.name,
            workspace=installation.workspace_id if installation else None,
            person=delivery.user_id,
            ms=round(seconds * 1000, 1),
        )


async def _answer_fault(error: Exception, body: Mapping[str, Any]) -> BoltResponse:
    """For what no handler was found for, because the database did not say whose app it is.

    Slack delivers an event that is refused with 503 again, and offers to send a form again; only a command
    would be told a code.
    """
    log_failure("installation_not_looked_up", error)
    if "command" in body:
        return BoltResponse(status=200, body={"response_type": "ephemeral", "text": replies.BUSY})
    return BoltResponse(status=503, body="busy\n")


def not_understood(parsed: commands.NotUnderstood) -> str:
    """What an unknown verb answers: the nearest one, with its example; else where all of them stand."""
    nearest = parsed.nearest
    typed = re.sub(r"[&<>`*_~\n]", " ", parsed.typed)[:60].strip()
    if nearest is None:
        return f"There is no `{typed}`. `/{parsed.noun} help` lists what there is, with an example each."
    return (
        f"There is no `{typed}`. Did you mean `{nearest.usage}` – {nearest.summary}? Example: "
        f"`{nearest.example}`"
    )


def read_press(payload: Mapping[str, Any]) -> Delivery:
    """A press or a choice; a press of "Open the form" is the ask whose form it opens."""
    delivery = payloads.read_action(payload)
    return again(delivery) if delivery.name == ids.AGAIN else delivery


def again(delivery: Delivery) -> Delivery:
    """The ask whose form could not be opened, with the fresh trigger of the button's press."""
    wanted = ids.unpack(delivery.value)
    return Delivery(
        family=Family(wanted["family"]),
        name=wanted["name"],
        key=delivery.key,
        user_id=delivery.user_id,
        text=wanted["text"],
        value=wanted["value"],
        channel_id=delivery.channel_id,
        trigger_id=delivery.trigger_id,
        response_url=delivery.response_url,
        payload=delivery.payload,
    )


def _claimed(uow: UnitOfWork, claim: Claim, work: Callable[[], T]) -> T:
    """The claim and the work stand or fall together: a refused submission can be sent again."""
    if not claim.taken and not uow.events.claim(claim.key, uow.now):
        raise Duplicate
    return work()


def _team_of(context: AsyncBoltContext) -> str | None:
    """The workspace that Bolt authorized: in a shared channel the payload may name the asker's own."""
    authorized = context.authorize_result
    return authorized.team_id if authorized is not None else context.team_id


async def _ack(ack: AsyncAck, delivery: Delivery, answer: Answer) -> tuple[FollowUp, ...]:
    """Sends the ack and returns the follow-ups that are left: a command's first word travels in it."""
    if answer.ack is not None:
        await ack(dict(answer.ack))
        return answer.then
    first = answer.then[0] if answer.then else None
    if delivery.speaks_in_ack and isinstance(first, Respond):
        await ack(first.ack())
        return answer.then[1:]
    await ack()
    return answer.then


async def _ack_still_working(ack: AsyncAck, delivery: Delivery) -> None:
    if delivery.speaks_in_ack:
        await ack(response_type="ephemeral", text=replies.STILL_WORKING)
    elif delivery.family is Family.VIEW:
        await ack(response_action="update", view=replies.working_view())
    elif delivery.family is Family.OPTIONS:
        await ack(options=[])
    else:
        await ack()


def _as_follow_ups(delivery: Delivery, answer: Answer) -> tuple[FollowUp, ...]:
    """The answer of a handler that took too long to be acked, told by what can still be called."""
    if delivery.family is not Family.VIEW:
        return answer.then
    return (UpdateView(_late_view(delivery, answer)), *answer.then)


def _late_view(delivery: Delivery, answer: Answer) -> View:
    refused = replies.sentences_of(delivery, answer)
    if refused is not None:
        return replies.restored_view(delivery, refused)
    ack = answer.ack or {}
    if ack.get("response_action") == "update":
        view: View = ack["view"]
        return view
    return replies.notice("Saved. You can close this.")
