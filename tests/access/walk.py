"""A walk through every route of the product, as a person of any role.

An insider walks first: commands, then every button, menu and form that the answers bring, and again what
these bring. What the walk found is then asked by others, as someone could who forges requests. Every unit of
work is rolled back, so that each step finds the record as it was.
"""

import json
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState
from sqlmodel import select

from bot import commands, ids
from bot.answers import Answer, OpenView, RefreshHome, Respond, UpdateView
from bot.app import HOME_SECTIONS
from bot.asks import Ask, ChannelFacts, Form, MessageRef, Person, ViewRef
from bot.home.listeners import draw_home
from bot.routing import Family, Routes
from storage.database import Database, UnitOfWork
from storage.rules.errors import DomainError
from storage.tables import Outbox

VARIANTS = 2
"""With how many different values one route is asked."""
SHAPES = (LookupError, TypeError, ValueError, AttributeError)
"""What a handler raises where a forged request has not the shape of Slack's: the wrapper answers it."""


@dataclass(frozen=True)
class Step:
    """One request: a command's text, a press, a submission."""

    family: Family
    name: str
    text: str = ""
    value: str = ""
    action_id: str = ""
    view: ViewRef | None = None
    form: tuple[tuple[str, str | tuple[str, ...]], ...] = ()

    @property
    def typed(self) -> str:
        """What the person brought themselves, and may therefore be told again."""
        parts = (self.text, self.value, self.action_id, self.view.metadata if self.view else "")
        return " ".join((*parts, *(str(text) for _, text in self.form)))


@dataclass
class Walker:
    """One person's walk; `told` is everything that came back, `touched` what `watch` saw change."""

    routes: Routes
    database: Database
    workspace_id: int
    person: Person
    now: datetime
    channel_id: str
    watch: Callable[[UnitOfWork], str] = lambda _: ""
    meets: Mapping[str, Person] = field(default_factory=dict)
    """Whom forms may name, by Slack id; without them only the person themselves."""
    told: dict[Step, str] = field(default_factory=dict)
    touched: dict[Step, str] = field(default_factory=dict)
    seen: str | None = None
    """What `watch` saw in the beginning; since all is rolled back, it is the same before each step."""
    waiting: set[int] = field(default_factory=set)
    """The messages that lay in the outbox then."""

    async def take(self, step: Step) -> list[Step]:
        """Asks, notes what came back, and returns the steps that it offers."""
        route = self.routes.find(step.family, step.name)
        if route is None:
            return []
        said: list[str] = []
        try:
            answer = await route.handler(self._ask(step, said))
        except DomainError as error:
            said.append(error.sentence)
            answer = Answer()
        except SHAPES:
            answer = Answer()
        shown = list(self._shown(answer))
        self.told[step] = json.dumps([said, *shown], ensure_ascii=False, default=str)
        return [found for part in shown for found in _offers(part)]

    def _shown(self, answer: Answer) -> Iterator[Any]:
        yield dict(answer.ack or {})
        for follow_up in answer.then:
            match follow_up:
                case OpenView(view=view) | UpdateView(view=view):
                    yield view
                case Respond(message=message):
                    yield message.payload()
                case RefreshHome():
                    with self.database.unit_of_work(self.workspace_id, self.now, read=True) as uow:
                        yield draw_home(uow, HOME_SECTIONS, self.person.slack_user_id) or {}
                case other:
                    yield {"other": str(other)}

    def _ask(self, step: Step, said: list[str]) -> Ask:
        async def run(work: Any, *args: Any, **kwargs: Any) -> Any:
            with self.database.unit_of_work(self.workspace_id, self.now) as uow:
                if self.seen is None:
                    self.seen, self.waiting = self.watch(uow), _messages(uow)
                written = _written(uow)
                result = work(uow, *args, **kwargs)
                uow.session.flush()
                if written:
                    new = _sent(uow, self.waiting, self.person)
                    said.extend(json.dumps(one, ensure_ascii=False) for one in new)
                    if self.watch(uow) != self.seen:
                        self.touched[step] = self.watch(uow)
                uow.session.rollback()
            return result

        async def read(work: Any, *args: Any, **kwargs: Any) -> Any:
            with self.database.unit_of_work(self.workspace_id, self.now, read=True) as uow:
                return work(uow, *args, **kwargs)

        async def meet(slack_user_id: str) -> Person:
            return self.meets.get(slack_user_id, self.person)

        async def look_at(channel_id: str) -> ChannelFacts:
            return ChannelFacts(channel_id, is_private=False, is_member=True)

        async def find_present(channel_id: str, slack_user_ids: Collection[str]) -> frozenset[str]:
            del channel_id
            return frozenset(slack_user_ids)

        return Ask(
            workspace_id=self.workspace_id,
            person=self.person,
            now=self.now,
            run=run,
            read=read,
            meet=meet,
            look_at=look_at,
            find_present=find_present,
            text=step.text,
            value=step.value,
            action_id=step.action_id,
            channel_id=self.channel_id,
            message=MessageRef(self.channel_id, "1.0"),
            view=step.view,
            form=Form({name: list(one) if isinstance(one, tuple) else one for name, one in step.form}),
            trigger_id="1.1",
            payload=_payload(step, self.channel_id, self.person),
        )


async def explore(walker: Walker, seeds: list[Step]) -> list[Step]:
    """Everything that can be reached from the seeds, each route with a few of the values that it is given."""
    seen = dict.fromkeys(seeds)
    counts = Counter((step.family, step.name) for step in seeds)
    pending = deque(seeds)
    while pending:
        for step in await walker.take(pending.popleft()):
            route = (step.family, step.name)
            if step in seen or counts[route] >= VARIANTS:
                continue
            counts[route] += 1
            seen[step] = None
            pending.append(step)
    return list(seen)


def seeds(texts: Mapping[str, list[str]], default: list[str]) -> list[Step]:
    """Every command of the grammar, bare and with what it may be asked about."""
    return [
        Step(Family.COMMAND, verb.route, text=text)
        for verb in commands.VERBS
        for text in ["", *texts.get(verb.route, default)]
    ]


def _offers(part: Any, view: ViewRef | None = None) -> Iterator[Step]:
    """The buttons, menus and forms in what was shown."""
    if isinstance(part, list):
        for one in part:
            yield from _offers(one, view)
    elif isinstance(part, dict):
        if part.get("type") in {"modal", "home"}:
            view = ViewRef("V1", "h", part.get("callback_id", ""), part.get("private_metadata", ""))
            yield Step(Family.VIEW, view.callback_id, view=view, form=tuple(_filled(part)))
        if "action_id" in part:
            yield from _presses(part, view)
        for one in part.values():
            yield from _offers(one, view)


def _presses(element: Mapping[str, Any], view: ViewRef | None) -> Iterator[Step]:
    name = ids.route_of(element["action_id"])
    if element.get("type") == "external_select":
        yield Step(Family.OPTIONS, name, text="", action_id=element["action_id"], view=view)
    values = [element.get("value", "")] if "options" not in element else []
    values += [option["value"] for option in element.get("options", ())[:5]]
    for value in values:
        yield Step(Family.ACTION, name, value=value, action_id=element["action_id"], view=view)


def _filled(view: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for block in view.get("blocks", ()):
        element = block.get("element") or {}
        if block.get("type") != "input":
            continue
        initial = element.get("initial_value") or (element.get("initial_option") or {}).get("value")
        yield block["block_id"], initial or "A word"


def _written(uow: UnitOfWork) -> list[str]:
    """Fills up as the unit of work writes."""
    found: list[str] = []

    def on_statement(statement: ORMExecuteState) -> None:
        if not statement.is_select:
            found.append("statement")

    event.listen(uow.session, "after_flush", lambda *_: found.append("flush"))
    event.listen(uow.session, "do_orm_execute", on_statement)
    return found


def _messages(uow: UnitOfWork) -> set[int]:
    return set(uow.session.exec(select(Outbox.id).where(Outbox.workspace_id == uow.workspace_id)))


def _sent(uow: UnitOfWork, known: set[int], person: Person) -> Iterator[Any]:
    """What others than insiders would read of what was put into the outbox."""
    for row in uow.session.exec(select(Outbox).where(Outbox.workspace_id == uow.workspace_id)):
        if row.id not in known and row.member_id in {None, person.member_id}:
            yield row.payload


def _payload(step: Step, channel_id: str, person: Person) -> dict[str, Any]:
    return {
        "type": step.name,
        "tab": "home",
        "text": step.text,
        "channel": {"id": channel_id},
        "channel_id": channel_id,
        "user": {"id": person.slack_user_id},
        "message": {"ts": "1.0", "text": step.text, "user": person.slack_user_id},
        "view": {"blocks": []},
    }


def forged(routes: Routes, steps: list[Step]) -> list[Step]:
    """Requests to the routes that the walk never came to, as someone would forge them."""
    walked = {(step.family, step.name) for step in steps}
    return [
        Step(family, name, text=word, value=word, action_id=f"{name}:{word.rpartition('-')[2]}", view=view)
        for family in (Family.COMMAND, Family.ACTION, Family.VIEW, Family.OPTIONS, Family.EVENT)
        for name in routes.names(family)
        if (family, name) not in walked
        for word in ("KR-77", "77", "1")
        for view in (None, ViewRef("V1", "h", name, json.dumps({"ref": word, "item": word, "id": 1})))
    ]
