"""A lane's surveys and turns run beside each other: in every order a channel gets its messages in order."""

from sqlmodel import col, select

from bot.delivery import DeliveryLimits
from bot.delivery.calls import Outcome, Verdict
from bot.delivery.lane import Answered, Lane, Turn
from storage.database import Database
from storage.repositories.deliveries import Parcel
from storage.repositories.outbox import ANSWER, Envelope
from storage.tables import Outbox
from tests import factories
from tests.bot.delivery.conftest import AT_ONCE
from tests.clock import FrozenClock


def take_turn(database: Database, lane: Lane, turn: Turn) -> list[str]:
    """The keys of what it claims, which are then under way."""
    lane.gather(turn)
    return store_and_claim(database, lane, turn)


def store_and_claim(database: Database, lane: Lane, turn: Turn) -> list[str]:
    with database.session() as session:
        parcels = lane.turn(session, turn)
    lane.committed()
    lane.in_flight |= {parcel.ready.id: parcel for parcel in parcels}
    return [parcel.key for parcel in parcels]


def survey(database: Database, lane: Lane, turn: Turn) -> None:
    setbacks = lane.begin_survey()
    with database.session(read=True) as session:
        lane.use(lane.survey(session, turn.now, setbacks))


def came_back(parcel: Parcel, turn: Turn) -> Answered:
    return Answered(parcel, Outcome(Verdict.UNAVAILABLE, fault="internal_error"), turn.real_now, 0.1)


def test_a_survey_that_reads_before_a_setback_is_stored_lets_no_message_overtake(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    workspace_id = factories.workspace(sqlite_database, clock.now())
    with sqlite_database.unit_of_work(workspace_id, clock.now()) as uow:
        for key in ("note:1", "note:2"):
            uow.outbox.put(Envelope(key, {"text": key}, clock.now(), ANSWER, channel_id="C1"))
    lane = Lane(workspace_id, DeliveryLimits(**AT_ONCE))
    turn = Turn(clock.now(), clock.now(), "replica", in_flight=32)
    with sqlite_database.session() as session:
        assert lane.take(session, turn)
    survey(sqlite_database, lane, turn)
    assert take_turn(sqlite_database, lane, turn) == ["note:1"]

    setbacks = lane.begin_survey()
    (under_way,) = lane.in_flight.values()
    lane.answered.append(came_back(under_way, turn))
    lane.gather(turn)
    with sqlite_database.session(read=True) as session:
        found = lane.survey(session, turn.now, setbacks)
        waiting = session.exec(select(Outbox.key).where(col(Outbox.id) == found.ready[0].id)).one()
    assert waiting == "note:2"
    assert not store_and_claim(sqlite_database, lane, turn)
    lane.use(found)

    assert not take_turn(sqlite_database, lane, turn)
    survey(sqlite_database, lane, turn)
    assert take_turn(sqlite_database, lane, turn) == ["note:1"]
