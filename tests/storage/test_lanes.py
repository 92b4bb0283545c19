from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from storage.database import Database
from storage.repositories.deliveries import Deliveries, Parcel, Ready, Settlement
from storage.repositories.lanes import LaneLost, Lanes, list_waiting
from storage.tables.outbox import Outbox, OutboxState
from tests import factories
from tests.clock import FrozenClock
from tests.conftest import UnitsOfWork

LEASE = timedelta(seconds=10)


def take(database: Database, workspace: int, replica: str, clock: FrozenClock) -> bool:
    with database.session() as session:
        lanes = Lanes(session, workspace)
        return lanes.take(replica, real_now=clock.now(), until=clock.now() + LEASE) is not None


def waiting(database: Database, clock: FrozenClock) -> list[int]:
    with database.session(read=True) as session:
        return [lane.workspace_id for lane in list_waiting(session, clock.now())]


def states(unit_of_work: UnitsOfWork, *keys: str) -> list[OutboxState]:
    with unit_of_work() as uow:
        rows = [uow.outbox.find(key) for key in keys]
    return [row.state for row in rows if row is not None]


def test_a_lane_is_held_by_one_replica_until_its_lease_runs_out(
    database: Database, workspace: int, clock: FrozenClock
) -> None:
    assert take(database, workspace, "one", clock)
    assert not take(database, workspace, "two", clock)
    clock.advance(LEASE - timedelta(milliseconds=1))
    assert not take(database, workspace, "two", clock)
    clock.advance(timedelta(milliseconds=1))
    assert take(database, workspace, "two", clock)


def test_a_holder_may_take_its_lane_again(database: Database, workspace: int, clock: FrozenClock) -> None:
    assert take(database, workspace, "one", clock)
    assert take(database, workspace, "one", clock)


def test_a_released_lane_is_free_at_once(database: Database, workspace: int, clock: FrozenClock) -> None:
    take(database, workspace, "one", clock)
    with database.session() as session:
        Lanes(session, workspace).release("one", tokens=1, real_now=clock.now())
    assert take(database, workspace, "two", clock)


def test_releasing_a_lane_that_another_one_holds_changes_nothing(
    database: Database, workspace: int, clock: FrozenClock
) -> None:
    take(database, workspace, "one", clock)
    with database.session() as session:
        Lanes(session, workspace).release("two", tokens=1, real_now=clock.now())
    assert not take(database, workspace, "two", clock)


def test_who_lost_the_lane_is_told_when_keeping_it(
    database: Database, workspace: int, clock: FrozenClock
) -> None:
    take(database, workspace, "one", clock)
    clock.advance(LEASE)
    take(database, workspace, "two", clock)
    with pytest.raises(LaneLost), database.session() as session:
        Lanes(session, workspace).keep(
            "one", until=clock.now() + LEASE, tokens=1, real_now=clock.now(), blocked_until=None
        )


def test_the_next_holder_learns_what_the_last_one_knew_of_the_rate_limit(
    database: Database, workspace: int, clock: FrozenClock
) -> None:
    take(database, workspace, "one", clock)
    blocked_until = clock.now() + timedelta(minutes=1)
    with database.session() as session:
        Lanes(session, workspace).keep(
            "one", until=clock.now(), tokens=2.5, real_now=clock.now(), blocked_until=blocked_until
        )
    with database.session() as session:
        state = Lanes(session, workspace).take("two", real_now=clock.now(), until=clock.now() + LEASE)

    assert state is not None
    assert (state.leased_by, state.tokens) == ("one", 2.5)
    assert (state.refilled_at, state.blocked_until) == (clock.now(), blocked_until)


def test_the_lanes_of_two_workspaces_are_two(database: Database, workspace: int, clock: FrozenClock) -> None:
    other = factories.workspace(database, clock.now(), team_id="T0002")
    assert take(database, workspace, "one", clock)
    assert take(database, other, "two", clock)


def test_only_workspaces_with_something_to_do_are_waiting(
    database: Database, workspace: int, clock: FrozenClock, unit_of_work: UnitsOfWork
) -> None:
    factories.workspace(database, clock.now(), team_id="T0002")
    assert waiting(database, clock) == []
    with unit_of_work() as uow:
        factories.message(uow, due_at=clock.now() + timedelta(hours=1))
    assert waiting(database, clock) == []
    clock.advance(timedelta(hours=1))
    assert waiting(database, clock) == [workspace]


@pytest.mark.parametrize("state", OutboxState)
def test_what_is_final_waits_for_nobody(
    database: Database, clock: FrozenClock, unit_of_work: UnitsOfWork, state: OutboxState
) -> None:
    with unit_of_work() as uow:
        factories.message(uow).state = state
        workspace = uow.workspace_id
    open_states = {OutboxState.PENDING, OutboxState.SENDING, OutboxState.UNKNOWN}
    assert waiting(database, clock) == ([workspace] if state in open_states else [])


def test_only_the_lanes_holder_can_claim(
    database: Database, workspace: int, clock: FrozenClock, unit_of_work: UnitsOfWork
) -> None:
    take(database, workspace, "one", clock)
    with unit_of_work() as uow:
        factories.message(uow, "prompt:1")
        deliveries = Deliveries(uow.session, uow.workspace_id)
        ready = deliveries.list_ready(uow.now, 10)
        assert deliveries.claim(ready, "two", uow.now) == []
        assert len(deliveries.claim(ready, "one", uow.now)) == 1


def test_results_are_stored_and_the_next_claimed_together(
    database: Database, workspace: int, clock: FrozenClock, unit_of_work: UnitsOfWork
) -> None:
    take(database, workspace, "one", clock)
    with unit_of_work() as uow:
        for number in range(4):
            factories.message(uow, f"prompt:{number}", channel_id=f"C{number}")
    sent, failed, *waiting = list_ready(database, workspace, clock)
    claim = together(database, workspace, clock, [], [sent, failed])
    results = [
        Settlement(sent.id, 1, OutboxState.SENT, None, clock.now(), "D1", "1.000001"),
        Settlement(failed.id, 1, OutboxState.FAILED, "channel_not_found"),
    ]
    next_claim = together(database, workspace, clock, results, waiting)

    assert [parcel.key for parcel in claim] == ["prompt:0", "prompt:1"]
    assert [parcel.key for parcel in next_claim] == ["prompt:2", "prompt:3"]
    with unit_of_work() as uow:
        rows = [uow.session.get_one(Outbox, ready.id) for ready in (sent, failed)]
    assert [(row.state, row.fault, row.sent_at, row.sent_channel_id, row.sent_ts) for row in rows] == [
        (OutboxState.SENT, None, clock.now(), "D1", "1.000001"),
        (OutboxState.FAILED, "channel_not_found", None, None, None),
    ]
    assert states(unit_of_work, "prompt:2", "prompt:3") == [OutboxState.SENDING] * 2


def test_of_two_results_of_one_attempt_the_first_counts(
    database: Database, workspace: int, clock: FrozenClock, unit_of_work: UnitsOfWork
) -> None:
    take(database, workspace, "one", clock)
    with unit_of_work() as uow:
        factories.message(uow, "prompt:1")
    (ready,) = list_ready(database, workspace, clock)
    together(database, workspace, clock, [], [ready])
    results = [
        Settlement(ready.id, 1, OutboxState.SENT, None, clock.now(), "D1", "1.000001"),
        Settlement(ready.id, 1, OutboxState.PENDING),
    ]
    together(database, workspace, clock, results, [])
    assert states(unit_of_work, "prompt:1") == [OutboxState.SENT]


def test_who_lost_the_lane_stores_results_and_claims_nothing(
    database: Database, workspace: int, clock: FrozenClock, unit_of_work: UnitsOfWork
) -> None:
    take(database, workspace, "one", clock)
    with unit_of_work() as uow:
        factories.message(uow, "prompt:1", channel_id="C1")
        factories.message(uow, "prompt:2", channel_id="C2")
    first, second = list_ready(database, workspace, clock)
    together(database, workspace, clock, [], [first])
    clock.advance(LEASE)
    take(database, workspace, "two", clock)
    result = Settlement(first.id, 1, OutboxState.SENT, None, clock.now(), "D1", "1.000001")
    assert together(database, workspace, clock, [result], [second]) == []
    assert states(unit_of_work, "prompt:1", "prompt:2") == [OutboxState.SENT, OutboxState.PENDING]


def list_ready(database: Database, workspace: int, clock: FrozenClock) -> list[Ready]:
    with database.session(read=True) as session:
        return Deliveries(session, workspace).list_ready(clock.now(), 10)


def together(
    database: Database,
    workspace: int,
    clock: FrozenClock,
    results: Sequence[Settlement],
    chosen: Sequence[Ready],
) -> list[Parcel]:
    """Stores and claims as replica "one", the way a turn does that does nothing else."""
    with database.session(one_statement=True) as session:
        return Deliveries(session, workspace).settle_and_claim(results, chosen, "one", clock.now())


def test_a_message_is_claimed_once(
    database: Database, workspace: int, clock: FrozenClock, unit_of_work: UnitsOfWork
) -> None:
    take(database, workspace, "one", clock)
    with unit_of_work() as uow:
        factories.message(uow, "prompt:1")
    with unit_of_work() as uow:
        deliveries = Deliveries(uow.session, uow.workspace_id)
        ready = deliveries.list_ready(uow.now, 10)
        first, second = (deliveries.claim(ready, "one", uow.now) for _ in range(2))

    assert [(parcel.key, parcel.attempt) for parcel in first] == [("prompt:1", 1)]
    assert second == []
    assert states(unit_of_work, "prompt:1") == [OutboxState.SENDING]


def test_a_message_that_an_edit_is_just_changing_is_left_for_the_next_turn(
    postgres_url: Callable[[], str], clock: FrozenClock
) -> None:
    postgresql = Database(postgres_url())
    workspace = factories.workspace(postgresql, clock.now())
    take(postgresql, workspace, "one", clock)
    with postgresql.unit_of_work(workspace, clock.now()) as uow:
        row = factories.message(uow, "summary:1")
    with postgresql.unit_of_work(workspace, clock.now()) as editing:
        editing.outbox.edit(row, {"text": "2 of 3 answered"}, editing.now, 60)
        with postgresql.unit_of_work(workspace, clock.now()) as pumping:
            deliveries = Deliveries(pumping.session, workspace)
            assert deliveries.claim(deliveries.list_ready(clock.now(), 10), "one", clock.now()) == []
    with postgresql.unit_of_work(workspace, clock.now()) as uow:
        deliveries = Deliveries(uow.session, workspace)
        (parcel,) = deliveries.claim(deliveries.list_ready(clock.now(), 10), "one", clock.now())

    assert parcel.payload == {"text": "2 of 3 answered"}
    postgresql.close()


def test_the_first_message_of_each_destination_is_ready(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        ana, ben = factories.member(uow), factories.member(uow)
        factories.message(uow, "late", member_id=ana.id, priority=40)
        factories.message(uow, "soon", member_id=ana.id, priority=10)
        factories.message(uow, "ben", member_id=ben.id, priority=30)
        factories.message(uow, "channel", channel_id="C1", priority=20)
        ready = Deliveries(uow.session, uow.workspace_id).list_ready(uow.now, 10)
        keys = [uow.session.get_one(Outbox, each.id).key for each in ready]

    assert keys == ["soon", "channel", "ben"]
    assert [each.channel for each in ready] == [ana.slack_user_id, "C1", ben.slack_user_id]


def test_an_old_attempts_result_does_not_touch_a_newer_attempt(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        row = factories.message(uow, "prompt:1")
        row.state, row.attempts = OutboxState.SENDING, 2
        row_id = row.id
    with unit_of_work() as uow:
        Deliveries(uow.session, uow.workspace_id).settle([Settlement(row_id, 1, OutboxState.PENDING)])
    assert states(unit_of_work, "prompt:1") == [OutboxState.SENDING]

    with unit_of_work() as uow:
        Deliveries(uow.session, uow.workspace_id).settle([Settlement(row_id, 2, OutboxState.FAILED, "x")])
    assert states(unit_of_work, "prompt:1") == [OutboxState.FAILED]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (OutboxState.UNKNOWN, OutboxState.SENT),
        (OutboxState.UNCONFIRMED, OutboxState.SENT),
        (OutboxState.PENDING, OutboxState.PENDING),
        (OutboxState.EXPIRED, OutboxState.EXPIRED),
    ],
)
def test_a_late_answer_settles_a_doubt_and_nothing_that_has_moved_on(
    unit_of_work: UnitsOfWork, before: OutboxState, after: OutboxState
) -> None:
    with unit_of_work() as uow:
        row = factories.message(uow, "prompt:1")
        row.state, row.attempts = before, 1
        row_id = row.id
    with unit_of_work() as uow:
        Deliveries(uow.session, uow.workspace_id).settle([Settlement(row_id, 1, OutboxState.SENT)])
    assert states(unit_of_work, "prompt:1") == [after]


def test_stranded_messages_are_in_doubt_and_stranded_edits_go_again(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        sent = factories.message(uow, "summary:1")
        sent.state = OutboxState.SENT
        factories.message(uow, "prompt:1").state = OutboxState.SENDING
        factories.message(uow, "summary:1:edit:1", edit_of_id=sent.id).state = OutboxState.SENDING
    with unit_of_work() as uow:
        Deliveries(uow.session, uow.workspace_id).strand()
    assert states(unit_of_work, "summary:1", "prompt:1", "summary:1:edit:1") == [
        OutboxState.SENT,
        OutboxState.UNKNOWN,
        OutboxState.PENDING,
    ]


def test_a_workspaces_deliveries_leave_the_other_workspaces_rows_alone(
    database: Database, workspace: int, clock: FrozenClock, unit_of_work: UnitsOfWork
) -> None:
    other = factories.workspace(database, clock.now(), team_id="T0002")
    take(database, other, "one", clock)
    with unit_of_work() as uow:
        row = factories.message(uow, "prompt:1", expires_at=clock.now())
        ready = Deliveries(uow.session, workspace).list_ready(clock.now(), 10)
        row_id = row.id
    with database.session() as session:
        deliveries = Deliveries(session, other)
        assert deliveries.list_ready(clock.now(), 10) == []
        assert deliveries.claim(ready, "one", clock.now()) == []
        deliveries.expire(clock.now())
        deliveries.settle([Settlement(row_id, 0, OutboxState.SENT)])
    assert states(unit_of_work, "prompt:1") == [OutboxState.PENDING]
