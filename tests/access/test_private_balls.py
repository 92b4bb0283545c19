"""A private ball leaves no trace for anyone outside it: whatever they ask, press, send or are told is, letter
by letter, what it would be if the ball had never been.

Two worlds are alike but for that: in one some negotiate in private, in the other they do not. Where they
agree, the plan changes; in the other world somebody makes the same change by a form.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlmodel import select

from bot import help as help_routes
from bot import ids
from bot.app import SLICES
from bot.asks import ChannelFacts, Person, ViewRef
from bot.catchball import discussion, service
from bot.catchball.facts import Aim, Typed
from bot.members import person_of
from bot.mentions import mention_routes
from bot.routing import Family, Routes
from bot.tick import next_due_at, tick
from storage.catchballs import Counter
from storage.database import Database, UnitOfWork
from storage.editing import add_item, change_item
from storage.editing.people import set_readers
from storage.following import follow
from storage.rules.catchball import Move
from storage.rules.digest import ORGANISATION
from storage.rules.terms import DigestRhythm, ItemState, Kind, ReaderKind, Role
from storage.tables import Outbox
from storage.tables.outbox import OutboxState
from tests import factories
from tests.access.walk import Step, Walker, explore, seeds
from tests.clock import FrozenClock
from tests.databases import SqliteFiles

CHANNEL, HIDDEN = "C0CS", "G0GRAZ"
START = datetime(2026, 2, 9, 8, tzinfo=UTC)
BEFORE_SEASON, WEEKS = datetime(2026, 3, 4, 8, tzinfo=UTC), 3
"""So that balls are reminded of, lie for too long and expire, and a season opens meanwhile."""
A1, O1, KR1 = (Kind.ANNUAL_OBJECTIVE, 1), (Kind.OBJECTIVE, 1), (Kind.KEY_RESULT, 1)
SECRETS = ("Graz", "graz", "Quiet word", "Whispered")
NEW = Typed(
    title="Close Graz",
    measure="Graz head count from 40 to 0 people",
    due_on=date(2026, 6, 30),
    why="Graz loses money",
    parent="A-1",
)
PUBLIC = Typed(title="Answer sooner", measure="", due_on=date(2026, 6, 30), why="They wait", parent="A-1")
OUTSIDERS = ("Lea", "Tina", "Max", "Fay")
"""A strategy lead, the lead of the insiders' team, a member and a facilitator."""
THOROUGH = ("Lea", "Max")
"""Who walks everywhere; the others try what may tell of a ball."""
VERSION = re.compile(r'\\"v\\":[0-9]+')
"""The number of an item's last change, in a form's metadata: the trail counts everything that happens."""


@dataclass
class World:
    """Olga and Ben negotiate unseen in some worlds; Mia and Max before everyone in all."""

    database: Database
    clock: FrozenClock
    workspace_id: int
    people: dict[str, Person]

    @contextmanager
    def work(self) -> Iterator[UnitOfWork]:
        with self.database.unit_of_work(self.workspace_id, self.clock.now()) as uow:
            yield uow

    def do(self, who: str, verb: Callable[..., object], *given: object) -> None:
        with self.work() as uow:
            verb(uow, self.people[who].member_id, *given)

    def throw(self, by: str, to: str, typed: Typed, *, in_private: bool = True) -> int:
        """The number of the ball."""
        with self.work() as uow:
            everyone = frozenset(one.slack_user_id for one in self.people.values())
            where = ChannelFacts(
                HIDDEN if in_private else CHANNEL, is_private=in_private, is_member=True, present=everyone
            )
            receivers = [self.people[to].member_id]
            thrown = service.propose(uow, self.people[by].member_id, typed, receivers, where, locale="en-GB")
            return thrown.face.ball.number


@pytest.fixture
def make_world(sqlite_databases: SqliteFiles) -> Iterator[Callable[..., World]]:
    made: list[tuple[str, Database]] = []

    def make(start: datetime = START) -> World:
        url = sqlite_databases.migrated()
        database = Database(url)
        made.append((url, database))
        return _begin(database, FrozenClock(start))

    yield make
    for url, database in made:
        database.close()
        sqlite_databases.discard(url)


@pytest.fixture
def routes() -> Routes:
    routes = Routes()
    words = [word for one in SLICES for word in one.words]
    routes.include([*(one.routes for one in SLICES), help_routes.routes, mention_routes(words)])
    return routes


def _begin(database: Database, clock: FrozenClock) -> World:
    workspace_id = factories.workspace(database, clock.now())
    with database.unit_of_work(workspace_id, clock.now()) as uow:
        members = {
            name: factories.member(uow, name=name, digest=DigestRhythm.DAILY)
            for name in ("Olga", "Ben", "Mia", *OUTSIDERS)
        }
        uow.roles.grant(members["Lea"].id, Role.STRATEGY_LEAD, by_id=None, at=uow.now)
        uow.roles.grant(members["Fay"].id, Role.FACILITATOR, by_id=None, at=uow.now)
        readers = {one.slack_user_id or "": ReaderKind.MEMBER for one in members.values()}
        team = factories.team(uow, name="Service", channel_id=CHANNEL, lead_id=members["Tina"].id)
        factories.audience(uow, CHANNEL, **readers)
        for name in ("Olga", "Ben", "Mia", "Max"):
            factories.team_member(uow, team, members[name])
        breakthrough = factories.breakthrough(uow)
        annual = factories.annual_objective(uow, owner_id=members["Olga"].id, breakthrough_id=breakthrough.id)
        given = {"annual_objective_id": annual.id, "owner_id": members["Ben"].id, "team_id": team.id}
        for state in (ItemState.ACTIVE, ItemState.DRAFT):
            objective = factories.objective(uow, state=state, **given)
            factories.key_result(
                uow, state=state, objective_id=objective.id, owner_id=members["Ben"].id, team_id=team.id
            )
        uow.settings.change({"digest_channel_id": CHANNEL})
        for name in OUTSIDERS:
            follow(uow, members[name].id, (ORGANISATION, 0), on=True)
        people = {name: person_of(member) for name, member in members.items()}
    world = World(database, clock, workspace_id, people)
    above = replace(PUBLIC, title="NPS from 60 to 75", parent="", item="A-1")
    world.throw("Lea", "Olga", above, in_private=False)
    world.do("Olga", service.agree, Aim(1, 1))
    world.throw("Mia", "Tina", PUBLIC, in_private=False)
    world.do("Tina", service.say, Move.ASK, Aim(2, 1), "Who pays?")
    return world


def _negotiate(world: World) -> list[int]:
    """In private, as long as it goes: balls about an item, a draft and something new, in every state."""
    about = replace(NEW, item="O-1", title="Quiet word")
    balls = [
        world.throw("Olga", "Ben", about),
        world.throw("Olga", "Ben", replace(about, item="O-2")),
        world.throw("Olga", "Ben", NEW),
        world.throw("Ben", "Olga", replace(NEW, parent="", item="A-1", title="Quiet word")),
        world.throw("Olga", "Ben", replace(NEW, scope="Graz")),
        world.throw("Olga", "Ben", replace(NEW, scope="Graz again")),
    ]
    typed = replace(NEW, measure="Graz head count from 40 to 5 people", parent="", is_folded=True)
    with world.work() as uow:
        reasons = Counter(reason="Whispered", reasons={"target": "Whispered"})
        aim = Aim(balls[2], 1)
        service.counter(uow, world.people["Ben"].member_id, aim, typed, reasons, locale="en-GB")
    world.do("Ben", service.say, Move.ASK, Aim(balls[0], 1), "Whispered?")
    world.do("Olga", service.say, Move.ANSWER, Aim(balls[0], 1), "Whispered")
    world.do("Ben", service.say, Move.DECLINE, Aim(balls[4], 1), "Whispered")
    world.do("Olga", service.say, Move.WITHDRAW, Aim(balls[5], 1), "Whispered")
    world.do("Olga", service.name_person, Move.NAME_FACILITATOR, balls[1], world.people["Mia"].member_id)
    with world.work() as uow:
        card = uow.outbox.find(f"catchball:{uow.catchballs.lock(balls[0]).id}")
        assert card is not None
        card.state, card.sent_ts, card.sent_channel_id = OutboxState.SENT, "5.5", HIDDEN
    with world.work() as uow:
        message = discussion.Message(HIDDEN, "5.6", "5.5", "Whispered")
        discussion.keep(uow, world.people["Ben"].member_id, message)
    return balls


def _agree(world: World) -> list[int]:
    """In private about an objective that everyone sees, and about something new."""
    balls = [world.throw("Olga", "Ben", _about_o1()), world.throw("Olga", "Ben", NEW)]
    world.clock.advance(timedelta(minutes=5))
    for number in balls:
        world.do("Ben", service.agree, Aim(number, 1))
    return balls


def _about_o1() -> Typed:
    measure = "First-contact resolution from 70 to 78 %"
    return replace(NEW, item="O-1", title="Answer right, sooner", measure=measure, parent="A-1")


def _edit(world: World) -> None:
    """What `_agree` makes of the plan, by Ben's own hand."""
    world.clock.advance(timedelta(minutes=5))
    with world.work() as uow:
        ben = uow.roles.get_viewer(world.people["Ben"].member_id)
        due_on = date(2026, 6, 30)
        values = {"title": "Answer right, sooner", "due_on": due_on, "parent": A1}
        change_item(uow, ben, O1, values, reason="Agreed.")
        figures = {"target": Decimal(78), "due_on": due_on}
        change_item(uow, ben, KR1, figures, reason="Agreed.")
        graph = uow.picture().graph
        team_id = graph.nodes[O1].team_id
        new = {
            "title": NEW.title,
            "parent": A1,
            "owner_id": ben.member_id,
            "due_on": due_on,
            "is_restricted": True,
            "starts_on": world.clock.now().date(),
            "team_id": team_id,
        }
        item = add_item(uow, ben, Kind.OBJECTIVE, new)
        set_readers(uow, ben, item.ref, [world.people["Olga"].member_id])
        measured = {
            "title": "Graz head count",
            "parent": item.ref,
            "owner_id": ben.member_id,
            "due_on": due_on,
            "unit": "people",
            "baseline": Decimal(40),
            "target": Decimal(0),
            "direction": "decrease",
        }
        add_item(uow, ben, Kind.KEY_RESULT, measured)


def _walker(routes: Routes, world: World, who: str) -> Walker:
    meets = {one.slack_user_id: one for one in world.people.values()}
    return Walker(
        routes, world.database, world.workspace_id, world.people[who], world.clock.now(), CHANNEL, meets=meets
    )


def _tried(world: World, numbers: list[int]) -> list[Step]:
    """What an outsider may try to find a ball by: throwing what it may be about, and its number."""
    ben, olga = (world.people[name].slack_user_id for name in ("Ben", "Olga"))
    steps = []
    for item, to in (("O-1", ben), ("O-2", ben), ("A-1", olga), ("KR-1", ben)):
        steps += [
            Step(Family.COMMAND, "catchball propose", text=f"<@{to}> {item}"),
            Step(Family.COMMAND, "catchball propose", text=f"<@{to}> under {item}"),
            Step(Family.ACTION, ids.CATCHBALL_ABOUT, value=item),
        ]
        for about in ({"item": item}, {"item": "", "parent": item}):
            view = ids.pack(**{"parent": "", "channel": CHANNEL, "private": False} | about)
            form = (
                ("receivers", (to,)), ("title", "Mine"), ("measure", "Calls from 1 to 2 %"),
                ("due_on", "2026-06-30"), ("why", "We want it"), ("channel", CHANNEL),
            )  # fmt: skip
            ref = ViewRef("V1", "h", ids.CATCHBALL_TERMS, view)
            steps.append(Step(Family.VIEW, ids.CATCHBALL_TERMS, view=ref, form=form))
    for number in (*numbers, 3, 999_999):
        at = f"{number}:1"
        said = ("agree", "history", "ask who?", "counter 5 because I say so", "decline no", "withdraw",
                "reopen now", "facilitator <@U0004>", "hand over to <@U0004>", "answer yes")  # fmt: skip
        steps += [Step(Family.EVENT, "app_mention", text=f"C-{number}")]
        for one in said:
            verb, _, rest = one.partition(" ")
            steps.append(Step(Family.EVENT, "app_mention", text=f"{verb} C-{number} {rest}"))
        steps += [
            Step(Family.COMMAND, "catchball show", text=f"C-{number}"),
            Step(Family.COMMAND, "catchball record", text=f"C-{number}"),
            Step(Family.COMMAND, "hoshin show", text=f"C-{number}"),
            Step(Family.ACTION, ids.CATCHBALL_SHOW, value=str(number)),
            Step(Family.ACTION, ids.CATCHBALL_AGREE, value=at),
            Step(Family.ACTION, ids.CATCHBALL_COUNTER, value=at),
            *(Step(Family.ACTION, ids.CATCHBALL_SAY, value=f"{move}:{at}") for move in Move),
        ]
    return steps


async def _compare(
    routes: Routes, one: World, other: World, numbers: list[int], insiders: tuple[str, ...]
) -> int:
    """Walks both worlds as every outsider; how many steps that are. `one` is the world with the balls.

    A workbook is another file each time that it is made; the same plan as text is compared.
    """
    tried = dict.fromkeys(_tried(one, numbers))
    steps: dict[Step, None] = dict(tried)
    texts = {"catchball show": [f"C-{numbers[0]}", "C-1"], "okr update": ["KR-1 75 8 fine"]}
    begin = [Step(Family.EVENT, "app_home_opened"), *seeds(texts, ["O-1", "A-1", "Graz", "KR-1"])]
    for who in insiders:
        walker = _walker(routes, one, who)
        steps |= dict.fromkeys(await explore(walker, begin))
        assert any("Graz" in told for told in walker.told.values())
    for who in OUTSIDERS:
        seeing, unseeing = _walker(routes, one, who), _walker(routes, other, who)
        for step in steps if who in THOROUGH else tried:
            await seeing.take(step)
            await unseeing.take(step)
        differing = {
            step: (told, unseeing.told[step])
            for step, told in seeing.told.items()
            if VERSION.sub("", told) != VERSION.sub("", unseeing.told[step]) and ".xlsx" not in told
        }
        assert differing == {}, (who, differing)
    return len(steps)


async def test_negotiating_in_private_changes_no_answer_that_others_get(
    make_world: Callable[[], World], routes: Routes
) -> None:
    one, other = make_world(), make_world()
    numbers = _negotiate(one)
    assert await _compare(routes, one, other, numbers, ("Olga",)) > 300


async def test_an_agreement_in_private_looks_like_a_change_that_someone_made(
    make_world: Callable[[], World], routes: Routes
) -> None:
    one, other = make_world(), make_world()
    numbers = _agree(one)
    _edit(other)
    assert await _compare(routes, one, other, numbers, ("Ben",)) > 300


async def test_negotiating_in_private_changes_nothing_that_others_are_told_unasked(
    make_world: Callable[[datetime], World],
) -> None:
    told = []
    for negotiates in (True, False):
        world = make_world(BEFORE_SEASON)
        if negotiates:
            _negotiate(world)
        end = world.clock.now() + timedelta(weeks=WEEKS)
        while world.clock.now() < end:
            await tick(world.database, world.clock.now(), SLICES, pauses=False)
            due = await next_due_at(world.database, world.clock.now(), SLICES, looks=True)
            world.clock.jump_to(max(due or end, world.clock.now() + timedelta(minutes=1)))
        with world.work() as uow:
            rows = uow.session.exec(select(Outbox).where(Outbox.workspace_id == world.workspace_id)).all()
            outsiders = {world.people[name].member_id: name for name in OUTSIDERS}
            told.append(
                sorted(
                    (
                        str(row.due_at),
                        outsiders.get(row.member_id or 0, row.channel_id or ""),
                        str(row.payload),
                    )
                    for row in rows
                    if row.member_id in outsiders or row.channel_id == CHANNEL
                )
            )
    assert told[0] == told[1]
    assert len(told[0]) > 10
    assert any("season" in str(row) for row in told[0])
    assert not any(secret in str(told[0]) for secret in SECRETS)
