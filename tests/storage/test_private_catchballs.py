"""Balls among a few: nothing tells the others that there is one, not even a refusal, a number or what is
missing in a list; and two who negotiate about one item without knowing of each other."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from storage import catchballs
from storage.catchballs import Counter, Throw
from storage.database import Database, UnitOfWork
from storage.editing import change_item
from storage.rules.access import Viewer, see
from storage.rules.catchball import BallState
from storage.rules.catchball_terms import Terms
from storage.rules.errors import Closed, Invalid, NotFound, Overtaken
from storage.rules.terms import ItemState, Kind, Role
from tests import factories
from tests.clock import FrozenClock
from tests.storage.test_catchballs import A1, TERMS, Table, another, sit_down

O1, KR1 = (Kind.OBJECTIVE, 1), (Kind.KEY_RESULT, 1)


@pytest.fixture
def table(sqlite_database: Database, clock: FrozenClock) -> Table:
    """Ben's O-1 with one key result under A-1; Carla is a facilitator, who may change it, too."""
    table = sit_down(sqlite_database, clock)
    with table.work() as uow:
        uow.roles.grant(table.ids["Carla"], Role.FACILITATOR, by_id=None, at=uow.now)
        annual = uow.plans.get_item(*A1)
        objective = factories.objective(uow, annual_objective_id=annual.id, owner_id=table.ids["Ben"])
        factories.key_result(uow, objective_id=objective.id, owner_id=table.ids["Ben"], unit="%")
    return table


def throw(table: Table, by: str, to: str, *, target: int, is_private: bool) -> int:
    """O-1 by someone to someone; the ball's number."""
    with table.work() as uow:
        viewer = table.viewer(uow, by)
        graph = uow.picture().graph
        now = catchballs.present_terms(uow, viewer, graph, graph.nodes[O1])
        wanted = Throw(
            kind=O1[0],
            terms=replace(now, target=Decimal(target), why="It is time."),
            receiver_ids=[table.ids[to]],
            channel_id="G1" if is_private else "C1",
            is_private=is_private,
            item=O1,
        )
        return catchballs.throw(uow, viewer, wanted).ball.number


def test_a_private_ball_is_there_for_its_people_alone(table: Table) -> None:
    number = table.throw(is_private=True).ball.number
    with table.work() as uow:
        for outsider in ("Dan", "Carla", "Gia"):
            viewer = table.viewer(uow, outsider)
            with pytest.raises(NotFound, match=f"There is no C-{number} here"):
                catchballs.show(uow, viewer, number)
            with pytest.raises(NotFound, match=f"There is no C-{number} here"):
                catchballs.agree(uow, viewer, number)
            assert catchballs.visible_lines(uow, viewer, uow.ball_lists.list_lines()) == []
        lines = catchballs.visible_lines(uow, table.viewer(uow, "Ben"), uow.ball_lists.list_lines())
        assert [one.number for one in lines] == [number]


def test_what_a_private_ball_makes_is_for_its_people(table: Table) -> None:
    number = table.throw(is_private=True, kind=Kind.ANNUAL_OBJECTIVE, terms=replace(TERMS, parent=None))
    agreed = table.do("Ben", catchballs.agree, number.ball.number)
    assert agreed.written is not None
    with table.work() as uow:
        graph = uow.picture().graph
        made = graph.nodes[agreed.written.ref]
        assert made.measure is not None
        for who in ("Ana", "Ben"):
            assert {made.ref, made.measure} <= set(see(graph, _plain(uow, table, who)).nodes)
        assert not {made.ref, made.measure} & set(see(graph, table.viewer(uow, "Dan")).nodes)


def _plain(uow: UnitOfWork, table: Table, who: str) -> Viewer:
    return replace(table.viewer(uow, who), granted=frozenset())


def test_public_numbers_have_no_gap_where_a_private_ball_is_and_a_private_number_tells_of_no_other(
    table: Table,
) -> None:
    numbers = [
        table.throw(is_private=is_private, terms=another()).ball.number
        for is_private in (False, True, True, False)
    ]
    assert [numbers[0], numbers[3]] == [1, 2]
    assert all(100_000 <= one <= 999_999 for one in numbers[1:3])
    assert abs(numbers[1] - numbers[2]) != 1


def test_what_is_negotiated_unseen_can_be_thrown_by_others(table: Table) -> None:
    throw(table, "Ana", "Ben", target=76, is_private=True)
    with pytest.raises(Closed, match="negotiated already, in C-"):
        throw(table, "Ben", "Dan", target=78, is_private=False)
    assert throw(table, "Carla", "Ben", target=90, is_private=False) == 1


def test_of_two_agreements_about_one_item_the_second_hears_what_changed_and_not_where(table: Table) -> None:
    hidden = throw(table, "Ana", "Ben", target=76, is_private=True)
    throw(table, "Carla", "Dan", target=90, is_private=False)
    table.clock.advance(timedelta(minutes=5))
    table.do("Ben", catchballs.agree, hidden)
    with pytest.raises(Overtaken) as refusal:
        table.do("Dan", catchballs.agree, 1)
    told = refusal.value.sentence
    assert told.startswith("O-1 was changed in the plan since version 1 came: target 80 → 76. Press Counter")
    assert not [one for one in (str(hidden), "private", "Ana", "Ben", "agreed") if one in told]


def test_a_form_that_changes_an_item_is_told_alike(table: Table) -> None:
    throw(table, "Carla", "Dan", target=90, is_private=False)
    with table.work() as uow:
        change_item(uow, table.viewer(uow, "Ben"), KR1, {"target": Decimal(76)}, reason="Agreed.")
    with pytest.raises(Overtaken, match="since version 1 came: target 80 → 76"):
        table.do("Dan", catchballs.agree, 1)
    # Not agreed, and whoever holds the ball can say that its terms are to stand.
    same = Counter(terms=_terms(table, 1), reason="We stand by 90.")
    countered = table.do("Dan", catchballs.counter, 1, same, version=1)
    assert (countered.ball.version, countered.changes) == (2, ())
    with table.work() as uow:
        assert catchballs.replayed(uow, countered.row.id) == countered.ball
    with pytest.raises(Invalid, match="changes nothing"):
        table.do("Carla", catchballs.counter, 1, same, version=2)
    agreed = table.do("Carla", catchballs.agree, 1, version=2)
    assert agreed.ball.state is BallState.AGREED
    with table.work() as uow:
        assert uow.picture().graph.nodes[KR1].target == Decimal(90)


def test_what_both_agreed_alike_is_no_clash(table: Table) -> None:
    hidden = throw(table, "Ana", "Ben", target=76, is_private=True)
    throw(table, "Carla", "Dan", target=76, is_private=False)
    table.do("Ben", catchballs.agree, hidden)
    assert table.do("Dan", catchballs.agree, 1).ball.state is BallState.AGREED


def _terms(table: Table, number: int) -> Terms:
    with table.work() as uow:
        return uow.catchballs.read(uow.catchballs.lock(number)).terms


def test_the_items_trail_tells_a_private_agreement_as_a_change_that_someone_made(table: Table) -> None:
    hidden = throw(table, "Ana", "Ben", target=76, is_private=True)
    table.do("Ben", catchballs.agree, hidden)
    with table.work() as uow:
        graph = uow.picture().graph
        entries = [
            (entry.action, entry.reason, str(entry.before), str(entry.after))
            for ref in (O1, KR1)
            for entry in uow.audit.list_for(str(ref[0]), graph.nodes[ref].id)
        ]
        # `due_on` of the key result follows the objective's.
        assert {(action, reason) for action, reason, *_ in entries} == {("changed", "Agreed.")}
        assert not any(word in str(entries) for word in (str(hidden), "C-", "catchball", "private"))
        assert graph.nodes[KR1].target == Decimal(76)
        # What was said beside the plan's own terms stays among its people.
        node = graph.nodes[O1]
        known = catchballs.present_terms(uow, table.viewer(uow, "Ana"), graph, node)
        unknown = catchballs.present_terms(uow, table.viewer(uow, "Carla"), graph, node)
        assert (known.why, unknown.why) == ("It is time.", "")


def test_a_private_throw_deploys_nothing_that_others_see(table: Table) -> None:
    with table.work() as uow:
        viewer = table.viewer(uow, "Ana")
        above = replace(TERMS, title="Grow", parent=None, measure="", baseline=None, target=None)
        wanted = Throw(kind=A1[0], terms=above, receiver_ids=[table.ids["Ben"]], channel_id="C1", item=A1)
        catchballs.throw(uow, viewer, wanted)
    table.do("Ben", catchballs.agree, 1)
    table.throw(is_private=True)

    def state() -> BallState:
        with table.work() as uow:
            return uow.catchballs.lock(1).state

    assert state() is BallState.AGREED
    table.throw(terms=another())
    assert state() is BallState.DEPLOYED


def test_a_private_ball_that_comes_to_nothing_leaves_a_draft_in_anothers_ball(table: Table) -> None:
    with table.work() as uow:
        uow.plans.get_item(*O1).state = ItemState.DRAFT
    hidden = throw(table, "Ana", "Ben", target=76, is_private=True)
    throw(table, "Carla", "Dan", target=90, is_private=False)

    def state() -> ItemState:
        with table.work() as uow:
            return uow.picture().graph.nodes[O1].state

    assert state() is ItemState.IN_CATCHBALL
    table.do("Ben", catchballs.decline, hidden, "No people.")
    assert state() is ItemState.IN_CATCHBALL
    table.do("Dan", catchballs.decline, 1, "No people.")
    assert state() is ItemState.DRAFT


def test_why_nothing_is_deployed_stays_among_those_who_said_it(table: Table) -> None:
    with table.work() as uow:
        wanted = Throw(
            kind=A1[0],
            terms=replace(TERMS, parent=None, measure="", baseline=None, target=None),
            receiver_ids=[table.ids["Ben"]],
            channel_id="G1",
            is_private=True,
            item=A1,
        )
        number = catchballs.throw(uow, table.viewer(uow, "Ana"), wanted).ball.number
    table.do("Ben", catchballs.agree, number)
    table.do("Ana", catchballs.not_deploy, number, "Graz will be closed.")
    with table.work() as uow:
        assert uow.picture().graph.nodes[A1].not_deployed_reason == ""


def test_a_new_measure_agreed_in_private_for_an_open_objective_does_not_hide_it(table: Table) -> None:
    with table.work() as uow:
        wanted = Throw(
            kind=A1[0],
            terms=replace(TERMS, parent=None),
            receiver_ids=[table.ids["Ben"]],
            channel_id="G1",
            is_private=True,
            item=A1,
        )
        number = catchballs.throw(uow, table.viewer(uow, "Ana"), wanted).ball.number
    table.do("Ben", catchballs.agree, number)
    with table.work() as uow:
        seen = see(uow.picture().graph, table.viewer(uow, "Dan"))
        assert seen.nodes[A1].measure is not None


def test_lists_of_what_is_missing_say_no_more_than_a_reader_may_know(table: Table) -> None:
    """A branch that was agreed unseen is missing for whoever does not see that."""
    with table.work() as uow:
        above = replace(TERMS, title="Grow", parent=None, measure="", baseline=None, target=None)
        wanted = Throw(kind=A1[0], terms=above, receiver_ids=[table.ids["Ben"]], channel_id="C1", item=A1)
        catchballs.throw(uow, table.viewer(uow, "Ana"), wanted)
    table.do("Ben", catchballs.agree, 1)
    table.do("Ben", catchballs.agree, throw(table, "Ana", "Ben", target=76, is_private=True))
    with table.work() as uow:
        missing = {who: catchballs.coverage(uow, table.viewer(uow, who)) for who in ("Ana", "Dan")}
        below = {who: [one.node.reference for one in found if one.node] for who, found in missing.items()}
        assert below == {"Ana": [], "Dan": ["O-1"]}
        assert [one.ball for one in missing["Dan"]] == [None]
        agreed = {who: uow.ball_items.list_agreed(O1[0], table.ids[who]) for who in ("Ben", "Dan")}
        assert (len(agreed["Ben"]), len(agreed["Dan"])) == (1, 0)
