"""Balls as the record keeps them: thrown, countered, agreed to, and what that does to the plan."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import catchballs
from storage.catchballs import Counter, Throw
from storage.database import Database, UnitOfWork
from storage.erasing import erase_member
from storage.rules.access import Viewer
from storage.rules.catchball import BallState, Move
from storage.rules.catchball_terms import Terms
from storage.rules.errors import Closed, DomainError, Invalid, NotAllowed, NotFound, Overtaken
from storage.rules.hierarchy import Ref
from storage.rules.terms import Direction, Kind, Role, Strength
from tests import factories
from tests.clock import FrozenClock

A1 = (Kind.ANNUAL_OBJECTIVE, 1)
TERMS = Terms(
    title="Answer right the first time",
    measure="First-contact resolution",
    unit="%",
    baseline=Decimal(70),
    target=Decimal(80),
    due_on=date(2026, 6, 30),
    parent=A1,
    why="Customers wait too long.",
)


@dataclass
class Table:
    """Ana owns A-1 and is strategy lead; Ben and Carla receive; Dan stands beside; Gia is a guest."""

    database: Database
    workspace: int
    clock: FrozenClock
    ids: dict[str, int]

    def work(self) -> AbstractContextManager[UnitOfWork]:
        return self.database.unit_of_work(self.workspace, self.clock.now())

    def viewer(self, uow: UnitOfWork, name: str) -> Viewer:
        return uow.roles.get_viewer(self.ids[name])

    def throw(self, to: tuple[str, ...] = ("Ben",), by: str = "Ana", **values: Any) -> catchballs.Moved:
        given: dict[str, Any] = {"kind": Kind.OBJECTIVE, "terms": TERMS, "channel_id": "C1"} | values
        with self.work() as uow:
            wanted = Throw(receiver_ids=[self.ids[one] for one in to], **given)
            return catchballs.throw(uow, self.viewer(uow, by), wanted)

    def do(
        self, by: str, verb: Callable[..., catchballs.Moved], *given: object, **more: object
    ) -> catchballs.Moved:
        with self.work() as uow:
            return verb(uow, self.viewer(uow, by), *given, **more)

    def counter(self, by: str, target: int, number: int = 1, version: int | None = None) -> catchballs.Moved:
        terms = replace(TERMS, target=Decimal(target))
        wanted = Counter(terms=terms, reason="The training slipped.")
        return self.do(by, catchballs.counter, number, wanted, version=version)


NUMBERS = count(1)


def another() -> Terms:
    """Terms that nobody has thrown yet."""
    return replace(TERMS, scope=f"Shift {next(NUMBERS)}")


def sit_down(database: Database, clock: FrozenClock, team_id: str = "T0001") -> Table:
    workspace = factories.workspace(database, clock.now(), team_id=team_id)
    with database.unit_of_work(workspace, clock.now()) as uow:
        people = ("Ana", "Ben", "Carla", "Dan")
        ids = {name: factories.member(uow, name=name).id for name in people}
        ids["Gia"] = factories.member(uow, name="Gia", is_guest=True).id
        uow.roles.grant(ids["Ana"], Role.STRATEGY_LEAD, by_id=None, at=uow.now)
        factories.annual_objective(uow, owner_id=ids["Ana"])
    return Table(database, workspace, clock, ids)


@pytest.fixture
def table(sqlite_database: Database, clock: FrozenClock) -> Table:
    return sit_down(sqlite_database, clock)


def test_an_agreement_is_written_into_the_plan_with_where_it_comes_from(table: Table) -> None:
    table.throw()
    table.counter("Ben", 76, version=1)
    agreed = table.do("Ana", catchballs.agree, 1, version=2)
    assert agreed.ball.state is BallState.AGREED
    assert agreed.written is not None
    with table.work() as uow:
        graph = uow.picture().graph
        objective = graph.nodes[agreed.written.ref]
        [key_result] = graph.children[objective.ref]
        assert (objective.title, objective.parent, objective.owner_id) == (TERMS.title, A1, table.ids["Ben"])
        assert (key_result.title, key_result.baseline, key_result.target, key_result.direction) == (
            TERMS.measure, Decimal(70), Decimal(76), Direction.INCREASE,
        )  # fmt: skip
        last = uow.audit.list_for(str(Kind.OBJECTIVE), objective.id)[-1]
        assert (last.action, last.after) == ("agreed", {"catchball": "C-1", "version": 2})
        found = catchballs.show(uow, table.viewer(uow, "Dan"), 1)
        assert found.item == objective
        assert [one.terms["target"] for one in found.versions] == ["80", "76"]


@pytest.mark.parametrize(
    ("kind", "parent"),
    [(Kind.ANNUAL_OBJECTIVE, A1), (Kind.INITIATIVE, A1), (Kind.KEY_RESULT, (Kind.OBJECTIVE, 1))],
)
def test_every_kind_that_can_be_thrown_can_be_agreed(table: Table, kind: Kind, parent: Ref) -> None:
    with table.work() as uow:
        annual = uow.plans.get_item(*A1)
        factories.objective(uow, annual_objective_id=annual.id)
    table.throw(kind=kind, terms=replace(TERMS, parent=parent))
    agreed = table.do("Ben", catchballs.agree, 1)
    assert agreed.written is not None
    assert (agreed.written.kind, agreed.written.parent) == (kind, parent)
    if kind is Kind.ANNUAL_OBJECTIVE:
        with table.work() as uow:
            kpi = uow.picture().graph.nodes[agreed.written.measure or A1]
            assert (kpi.title, kpi.target) == (TERMS.measure, Decimal(80))


def test_an_initiative_is_marked_with_the_kpi_that_it_moves(table: Table) -> None:
    agreed = _agreed_initiative(table)
    initiative = agreed.written
    assert initiative is not None
    with table.work() as uow:
        graph = uow.picture().graph
        [mark] = [one for one in graph.marks_of[initiative.ref] if one.right[0] is Kind.KPI]
        kpi = graph.nodes[mark.right]
        assert (mark.strength, mark.is_confirmed) == (Strength.STRONG, True)
        assert (kpi.title, kpi.baseline, kpi.target) == (TERMS.measure, Decimal(70), Decimal(80))
        present = catchballs.present_terms(uow, table.viewer(uow, "Ana"), graph, initiative)
        assert (present.measure, present.target, present.unit) == (TERMS.measure, Decimal(80), "%")


def test_what_is_agreed_of_an_initiative_later_changes_the_figures_of_the_kpi_that_it_moves(
    table: Table,
) -> None:
    initiative = _agreed_initiative(table).written
    assert initiative is not None
    further = replace(TERMS, target=Decimal(85))
    table.throw(kind=Kind.INITIATIVE, item=initiative.ref, terms=further)
    table.do("Ben", catchballs.agree, 2, version=1)
    with table.work() as uow:
        graph = uow.picture().graph
        [mark] = [one for one in graph.marks_of[initiative.ref] if one.right[0] is Kind.KPI]
        assert graph.nodes[mark.right].target == Decimal(85)
        assert len(graph.of_kind(Kind.KPI)) == 1


def _agreed_initiative(table: Table) -> catchballs.Moved:
    table.throw(kind=Kind.INITIATIVE)
    return table.do("Ben", catchballs.agree, 1, version=1)


def test_an_agreement_about_an_item_changes_it(table: Table) -> None:
    with table.work() as uow:
        annual = uow.plans.get_item(*A1)
        factories.objective(uow, annual_objective_id=annual.id, owner_id=table.ids["Ben"])
    table.throw(item=(Kind.OBJECTIVE, 1))
    agreed = table.do("Ben", catchballs.agree, 1)
    assert agreed.written is not None
    assert (agreed.written.reference, agreed.written.due_on) == ("O-1", TERMS.due_on)


def test_bottom_up_the_proposer_owns_what_was_agreed(table: Table) -> None:
    table.throw(("Ana",), by="Ben")
    agreed = table.do("Ana", catchballs.agree, 1)
    assert agreed.written is not None
    assert agreed.written.owner_id == table.ids["Ben"]


def test_the_next_throw_deploys_what_was_agreed(table: Table) -> None:
    table.throw(kind=Kind.ANNUAL_OBJECTIVE)
    agreed = table.do("Ben", catchballs.agree, 1)
    assert agreed.written is not None
    with table.work() as uow:
        [branch] = catchballs.coverage(uow, table.viewer(uow, "Dan"))
        assert (branch.above.ref, branch.node) == (agreed.written.ref, None)
    table.throw(("Carla",), by="Ben", terms=replace(TERMS, parent=agreed.written.ref))
    with table.work() as uow:
        assert catchballs.show(uow, table.viewer(uow, "Ana"), 1).ball.state is BallState.DEPLOYED
        assert catchballs.coverage(uow, table.viewer(uow, "Dan")) == []


def test_that_nothing_is_deployed_stands_at_the_annual_objective(table: Table) -> None:
    table.throw(kind=Kind.ANNUAL_OBJECTIVE)
    table.do("Ben", catchballs.agree, 1)
    moved = table.do("Ben", catchballs.not_deploy, 1, "One person does it.")
    with table.work() as uow:
        found = catchballs.show(uow, table.viewer(uow, "Ben"), 1)
        assert found.item is not None
        assert (moved.ball.state, found.item.not_deployed_reason) == (
            BallState.DEPLOYED,
            "One person does it.",
        )


def test_the_plan_as_it_was_knows_what_an_agreement_changed(table: Table) -> None:
    table.throw()
    table.clock.advance(timedelta(days=1))
    agreed = table.do("Ben", catchballs.agree, 1)
    assert agreed.written is not None
    with table.work() as uow:
        assert agreed.written.ref not in uow.picture_of_day(date(2026, 2, 9)).graph.nodes
        assert agreed.written.ref in uow.picture_of_day(date(2026, 2, 10)).graph.nodes


def test_a_branch_without_an_agreed_ball_is_named(table: Table) -> None:
    table.throw(kind=Kind.ANNUAL_OBJECTIVE)
    agreed = table.do("Ben", catchballs.agree, 1)
    assert agreed.written is not None
    with table.work() as uow:
        factories.objective(uow, annual_objective_id=agreed.written.id)
        [branch] = catchballs.coverage(uow, table.viewer(uow, "Dan"))
        assert branch.node is not None
        assert (branch.node.reference, branch.ball) == ("O-1", None)


def test_a_quick_agreement_is_marked(table: Table) -> None:
    table.throw(("Ben", "Carla"))
    assert table.do("Ben", catchballs.agree, 1).move.is_rubber_stamp
    table.clock.advance(timedelta(minutes=5))
    assert not table.do("Carla", catchballs.agree, 1).move.is_rubber_stamp


def test_whoever_asked_has_thought_it_over_and_the_others_have_not(table: Table) -> None:
    table.throw(("Ben", "Carla"))
    table.do("Ben", catchballs.ask, 1, "Who pays?")
    table.do("Ana", catchballs.answer, 1, "We do.")
    assert not table.do("Ben", catchballs.agree, 1).move.is_rubber_stamp
    assert table.do("Carla", catchballs.agree, 1).move.is_rubber_stamp


def test_a_ball_under_something_hidden_is_hidden_too(table: Table) -> None:
    table.throw()
    with table.work() as uow:
        uow.plans.get_item(*A1).is_restricted = True
    with table.work() as uow, pytest.raises(NotFound):
        catchballs.show(uow, table.viewer(uow, "Dan"), 1)


def test_whoever_may_not_see_the_parent_cannot_receive_what_stands_under_it(table: Table) -> None:
    with table.work() as uow:
        uow.plans.get_item(*A1).is_restricted = True
    with pytest.raises(Invalid, match="Ben may not see A-1"):
        table.throw()


def test_a_guest_is_neither_receiver_nor_reader(table: Table) -> None:
    with pytest.raises(Invalid, match="Gia is a guest"):
        table.throw(("Gia",))
    table.throw()
    with table.work() as uow, pytest.raises(NotFound):
        catchballs.show(uow, table.viewer(uow, "Gia"), 1)


def test_someone_away_is_named_with_their_deputy(table: Table) -> None:
    with table.work() as uow:
        away = factories.absence(uow, uow.members.get(table.ids["Ben"]), date(2026, 2, 1), date(2026, 3, 1))
        away.deputy_id = table.ids["Carla"]
    with pytest.raises(Invalid, match=r"Ben is away until 1 March\. Throw it to Carla"):
        table.throw()
    assert table.throw(until_on=date(2026, 3, 9)).ball.until_on == date(2026, 3, 9)


def test_what_nobody_may_write_is_not_thrown(table: Table) -> None:
    with pytest.raises(NotAllowed, match="Nobody of those who take part may add"):
        table.throw(("Carla",), by="Ben", kind=Kind.ANNUAL_OBJECTIVE)


def test_a_ball_about_a_parent_that_is_not_there_is_refused(table: Table) -> None:
    with pytest.raises(Invalid, match="no such item here"):
        table.throw(terms=replace(TERMS, parent=(Kind.ANNUAL_OBJECTIVE, 99)))


def test_a_ball_expires_after_its_day_and_comes_back_with_a_reason(table: Table) -> None:
    table.throw()
    with table.work() as uow:
        assert catchballs.expire(uow, 1) is None
    table.clock.advance(timedelta(days=15))
    with table.work() as uow:
        assert uow.ball_lists.list_overdue(table.clock.now().date(), 10) == [1]
        expired = catchballs.expire(uow, 1)
        assert expired is not None
        assert expired.ball.state is BallState.EXPIRED
    opened = table.do("Ben", catchballs.reopen, 1, "I was ill.")
    assert (opened.ball.state, opened.ball.holder_ids) == (BallState.THROWN, frozenset({table.ids["Ben"]}))


def test_of_two_who_counter_at_once_the_second_hears_of_the_first(
    database: Database, clock: FrozenClock
) -> None:
    table = sit_down(database, clock)
    table.throw(("Ben", "Carla"))
    start, told = threading.Barrier(2), list[str]()

    def countering(name: str, target: int) -> None:
        start.wait(10)
        try:
            table.counter(name, target, version=1)
        except Overtaken as refusal:
            told.append(refusal.sentence)

    both = [threading.Thread(target=countering, args=one) for one in (("Ben", 76), ("Carla", 77))]
    for one in both:
        one.start()
    for one in both:
        one.join(30)
    assert len(told) == 1
    assert "countered meanwhile: to 80 % → 7" in told[0]
    with table.work() as uow:
        found = catchballs.show(uow, table.viewer(uow, "Dan"), 1)
        assert [one.number for one in found.versions] == [1, 2]
        assert catchballs.replayed(uow, found.row.id) == found.ball


def test_a_part_goes_to_nobody_with_whom_an_agreement_could_not_be_written(table: Table) -> None:
    with table.work() as uow:
        objective = factories.objective(uow, owner_id=table.ids["Ben"])
        factories.key_result(uow, objective_id=objective.id)
    with table.work() as uow:
        terms = replace(TERMS, measure="", baseline=None, target=None, unit="")
        item = (Kind.OBJECTIVE, 1)
        wanted = Throw(
            kind=item[0], terms=terms, receiver_ids=[table.ids["Carla"]], channel_id="C1", item=item
        )
        catchballs.throw(uow, table.viewer(uow, "Ben"), wanted)
    with pytest.raises(NotAllowed, match=r"may change O-1, so an agreement .* Hand over to someone who may"):
        table.do("Ben", catchballs.hand_over, 1, table.ids["Dan"])
    assert table.do("Ben", catchballs.hand_over, 1, table.ids["Ana"]).ball.proposer_id == table.ids["Ana"]


def test_of_two_throws_of_the_same_at_once_one_is_a_ball(database: Database, clock: FrozenClock) -> None:
    table = sit_down(database, clock)
    start, told = threading.Barrier(2), list[str]()

    def throwing() -> None:
        start.wait(10)
        try:
            table.throw()
        except Closed as refusal:
            told.append(refusal.sentence)

    both = [threading.Thread(target=throwing) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(30)
    assert [one.startswith("You have thrown this to them already: it is C-1, and open.") for one in told] == [
        True
    ]
    with table.work() as uow:
        assert [one.number for one in uow.ball_lists.list_lines()] == [1]


def test_the_same_is_thrown_again_to_others_or_once_it_is_over(table: Table) -> None:
    table.throw()
    table.throw(("Carla",))
    table.throw(terms=another())
    table.do("Ben", catchballs.decline, 1, "No people.")
    assert table.throw().ball.number == 4


def test_a_move_that_is_taken_back_within_the_work_is_not_remembered(table: Table) -> None:
    table.throw(("Ben", "Carla"))
    with table.work() as uow:
        before = uow.catchballs.read(uow.catchballs.lock(1))
        inner = uow.session.begin_nested()
        wanted = Counter(terms=replace(TERMS, target=Decimal(76)), reason="The training slipped")
        moved = catchballs.counter(uow, table.viewer(uow, "Ben"), 1, wanted, version=1)
        assert uow.catchballs.read(uow.catchballs.lock(1)) == moved.ball
        inner.rollback()
        assert uow.catchballs.read(uow.catchballs.lock(1)) == before
        assert catchballs.show(uow, table.viewer(uow, "Ana"), 1).ball == before
        again = catchballs.ask(uow, table.viewer(uow, "Carla"), 1, "Who pays?")
    with table.work() as uow:
        found = catchballs.show(uow, table.viewer(uow, "Ana"), 1)
        assert found.ball == again.ball == catchballs.replayed(uow, found.row.id)
        assert [one.move for one in found.moves] == [Move.THROW, Move.ASK]


def test_two_moves_in_one_piece_of_work_follow_on_each_other(table: Table) -> None:
    table.throw(("Ben", "Carla"))
    with table.work() as uow:
        wanted = Counter(terms=replace(TERMS, target=Decimal(76)), reason="The training slipped")
        catchballs.counter(uow, table.viewer(uow, "Ben"), 1, wanted, version=1)
        with pytest.raises(Overtaken):
            catchballs.counter(uow, table.viewer(uow, "Carla"), 1, wanted, version=1)
        last = catchballs.agree(uow, table.viewer(uow, "Ana"), 1, version=2)
    with table.work() as uow:
        row = uow.catchballs.lock(1)
        assert uow.catchballs.read(row) == last.ball == catchballs.replayed(uow, row.id)


def test_what_someone_wrote_goes_with_them_and_the_contract_stays(table: Table) -> None:
    table.throw()
    table.counter("Ben", 76)
    with table.work() as uow:
        erase_member(uow, "person2@example.com")
    with table.work() as uow:
        found = catchballs.show(uow, table.viewer(uow, "Ana"), 1)
        assert [one.reason for one in found.versions][1:] == [""]
        assert found.ball.terms.target == Decimal(76)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["Ana", "Ben", "Carla", "Dan"]), st.sampled_from(list(Move)), st.integers(60, 90)
    ),
    min_size=3,
    max_size=15,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_the_trail_rebuilds_whatever_people_did(table: Table, steps: list[tuple[str, Move, int]]) -> None:
    number = table.throw(("Ben", "Carla"), terms=another()).ball.number
    verbs: dict[Move, Callable[[str, int], object]] = {
        Move.COUNTER: lambda who, target: table.counter(who, target, number),
        Move.AGREE: lambda who, _: table.do(who, catchballs.agree, number),
        Move.ASK: lambda who, _: table.do(who, catchballs.ask, number, "Who pays?"),
        Move.ANSWER: lambda who, _: table.do(who, catchballs.answer, number, "We do."),
        Move.DECLINE: lambda who, _: table.do(who, catchballs.decline, number, "No people."),
        Move.WITHDRAW: lambda who, _: table.do(who, catchballs.withdraw, number),
        Move.REOPEN: lambda who, _: table.do(who, catchballs.reopen, number, "Again."),
        Move.NOT_DEPLOY: lambda who, _: table.do(who, catchballs.not_deploy, number, "Alone."),
        Move.HAND_OVER: lambda who, _: table.do(who, catchballs.hand_over, number, table.ids["Dan"]),
        Move.NAME_FACILITATOR: lambda who, _: table.do(
            who, catchballs.name_facilitator, number, table.ids["Dan"]
        ),
    }
    for who, move, target in steps:
        if move not in verbs:
            continue
        try:
            verbs[move](who, target)
        except DomainError:
            continue
    with table.work() as uow:
        row = uow.catchballs.lock(number)
        assert catchballs.replayed(uow, row.id) == uow.catchballs.read(row)
