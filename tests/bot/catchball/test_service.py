"""What the service refuses before anything is posted, and that the card shows what is stored."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from bot.asks import ChannelFacts
from bot.catchball import service
from bot.catchball.drawing import card_message, list_message, record_message, told_message
from bot.catchball.facts import Aim, Told, Typed
from bot.catchball.posting import face_of
from bot.catchball.record import as_yaml
from bot.catchball.service import Spoken
from storage import catchballs
from storage.catchballs import Counter
from storage.database import Database, UnitOfWork
from storage.erasing import erase_member
from storage.repositories.erasures import REMOVED
from storage.rules.catchball import Move
from storage.rules.errors import Closed, DomainError, Invalid, InvalidFields, NotAllowed, NotFound, Overtaken
from storage.rules.terms import ReaderKind
from storage.tables import Outbox
from storage.tables.plan import Reader
from tests.clock import FrozenClock
from tests.storage.test_catchballs import A1, Table, another, sit_down

PUBLIC = ChannelFacts("C1", is_private=False, is_member=True)
PRIVATE = ChannelFacts("G1", is_private=True, is_member=True)
TYPED = Typed(
    title="Answer right the first time",
    measure="First-contact resolution from 70 to 80 %",
    due_on=date(2026, 6, 30),
    why="Customers wait <!channel>",
    parent="a-1",
)


@pytest.fixture
def table(sqlite_database: Database, clock: FrozenClock) -> Table:
    return sit_down(sqlite_database, clock)


def throw(
    table: Table, typed: Typed = TYPED, to: tuple[str, ...] = ("Ben",), channel: ChannelFacts = PUBLIC
) -> Told:
    """In a conversation that everyone reads, unless it says who does."""
    with table.work() as uow:
        ids = [table.ids[one] for one in to]
        everyone = frozenset(uow.members.get(one).slack_user_id or "" for one in table.ids.values())
        read = replace(channel, present=everyone if channel.present is None else channel.present)
        return service.propose(uow, table.ids["Ana"], typed, ids, read, locale="en-GB")


def do(table: Table, who: str, verb: Callable[..., Any], *given: Any, **more: Any) -> Any:
    with table.work() as uow:
        return verb(uow, table.ids[who], *given, **more)


def counter(table: Table, who: str, target: int, version: int = 1, number: int = 1) -> Told:
    aim = Aim(number, version)
    measure = f"First-contact resolution from 70 to {target} %"
    typed = replace(TYPED, parent="", measure=measure, is_folded=True)
    with table.work() as uow:
        wanted = Counter(reason="It slipped", reasons={"target": "Training"})
        return service.counter(uow, table.ids[who], aim, typed, wanted, locale="en-GB")


@pytest.mark.parametrize(
    ("channel", "sentence"),
    [
        (replace(PUBLIC, is_direct=True), "has nobody else in it"),
        (replace(PUBLIC, is_archived=True), "archived"),
        (replace(PUBLIC, is_member=False), "/invite @Hoshin"),
    ],
)
def test_where_no_card_can_stand_nothing_is_thrown(
    table: Table, channel: ChannelFacts, sentence: str
) -> None:
    with pytest.raises(Invalid, match=sentence):
        throw(table, channel=channel)


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"measure": "Resolution"}, "measure", "From where?"),
        ({"measure": "Resolution from many to 80 %"}, "measure", "Write it as"),
        ({"due_on": date(2026, 2, 1)}, "due_on", "is over already"),
        ({"parent": "somewhere"}, "parent", "is not a reference"),
    ],
)
def test_what_is_wrong_is_told_beside_its_input(
    table: Table, changed: dict[str, Any], field: str, sentence: str
) -> None:
    with pytest.raises(DomainError, match=sentence) as refusal:
        throw(table, replace(TYPED, **changed))
    told = refusal.value
    fields = set(told.sentences) if isinstance(told, InvalidFields) else {told.field}
    assert field in fields


def test_whoever_is_not_in_the_channel_is_not_thrown_a_ball_there(table: Table) -> None:
    with pytest.raises(Invalid, match="Ben is not in this channel and would not hear of the ball") as caught:
        throw(table, channel=replace(PUBLIC, present=frozenset()))
    assert caught.value.field == "channel"
    assert throw(table).face.ball.reference == "C-1"


def test_where_slack_does_not_tell_who_reads_what_is_known_counts_and_else_another_place_is_asked_for(
    table: Table,
) -> None:
    def throw_there() -> Told:
        with table.work() as uow:
            return service.propose(uow, table.ids["Ana"], TYPED, [table.ids["Ben"]], PUBLIC, locale="en-GB")

    with pytest.raises(Invalid, match="may not see it there") as caught:
        throw_there()
    assert caught.value.field == "channel"
    with table.work() as uow:
        ana, ben = (uow.members.get(table.ids[one]).slack_user_id or "" for one in ("Ana", "Ben"))
        uow.audiences.put(PUBLIC.id, {ana: ReaderKind.MEMBER}, uow.now)
    with pytest.raises(Invalid, match="Ben is not in this channel"):
        throw_there()
    with table.work() as uow:
        uow.audiences.put(PUBLIC.id, {ana: ReaderKind.MEMBER, ben: ReaderKind.MEMBER}, uow.now)
    assert throw_there().face.ball.reference == "C-1"


def test_nobody_types_a_counter_that_needs_a_facilitator_first(table: Table) -> None:
    throw(table)
    for version, who in enumerate(("Ben", "Ana", "Ben", "Ana"), start=1):
        counter(table, who, 70 + version, version)
    with pytest.raises(Closed, match="Name a facilitator first"):
        do(table, "Ben", service.open_counter, 1)
    do(table, "Ben", service.name_person, Move.NAME_FACILITATOR, 1, table.ids["Dan"])
    assert do(table, "Ben", service.open_counter, 1).version == 5


def test_a_counter_may_take_terms_out_and_give_a_reason_for_each(table: Table) -> None:
    throw(table, replace(TYPED, scope="Both sites", resources="A trainer"))
    typed = replace(TYPED, scope="", resources="Two trainers")
    reasons = {"scope": "The plant has its own", "resources": "Two shifts"}
    with table.work() as uow:
        wanted = Counter(reason="It is more", reasons=reasons)
        told = service.counter(uow, table.ids["Ben"], Aim(1, 1), typed, wanted, locale="en-GB")
    said = told_message(told).text
    assert "• scope: Both sites → *–* (The plant has its own)" in said
    assert "• resources: A trainer → *Two trainers* (Two shifts)" in said
    with table.work() as uow:
        since = service.tell_since(uow, table.ids["Ana"], Aim(1, 1), told.face.ball.terms)
    assert "scope Both sites → –" in since


def test_a_strategy_lead_hands_over_the_part_of_someone_who_has_left_and_whoever_comes_hears_of_it(
    table: Table,
) -> None:
    throw(table)
    ben, dan = table.ids["Ben"], table.ids["Dan"]
    with table.work() as uow:
        member = uow.members.get(ben)
        member.is_deactivated = True
        slack_id = member.slack_user_id or ""
    assert do(table, "Ana", service.list_parts, 1) == ((table.ids["Ana"], "Ana"), (ben, "Ben"))
    assert do(table, "Carla", service.list_parts, 1) == ()
    said = Spoken("C1", None, "over C-1 from @ben to @dan", table.clock.now())
    with pytest.raises(NotAllowed, match="You may not hand over here"):
        do(table, "Carla", service.person_by_words, Move.HAND_OVER, said, dan, from_slack_id=slack_id)
    told = do(table, "Ana", service.person_by_words, Move.HAND_OVER, said, dan, from_slack_id=slack_id)
    assert told.face.ball.receiver_ids == (dan,)
    assert "Ana hands over the part of Ben to Dan." in told_message(told).text
    with table.work() as uow:
        found = uow.session.exec(
            select(Outbox).where(Outbox.workspace_id == table.workspace, Outbox.member_id == dan)
        )
        assert "gives you the part of whoever holds the ball in *C-1*" in found.one().payload["text"]


def test_who_reads_the_card_is_not_told_of_their_part_a_second_time(table: Table) -> None:
    throw(table)
    dan_id = table.ids["Dan"]
    do(table, "Ana", service.name_person, Move.NAME_FACILITATOR, 1, dan_id, is_present=True)
    with table.work() as uow:
        rows = uow.session.exec(
            select(Outbox).where(Outbox.workspace_id == table.workspace, Outbox.member_id == dan_id)
        )
        assert rows.all() == []


def test_a_parent_that_is_not_there_is_refused(table: Table) -> None:
    with pytest.raises(NotFound, match="There is no A-9 here"):
        throw(table, replace(TYPED, parent="A-9"))


def test_what_is_restricted_is_not_negotiated_before_everyone(table: Table) -> None:
    with table.work() as uow:
        uow.plans.get_item(*A1).is_restricted = True
        uow.parts.add_person(Reader, A1[0], uow.plans.get_item(*A1).id, table.ids["Ben"])
    with pytest.raises(Invalid, match="Choose a private one"):
        throw(table)
    assert throw(table, channel=PRIVATE).face.ball.version == 1


def test_an_old_card_agrees_to_nothing(table: Table) -> None:
    throw(table, to=("Ben", "Carla"))
    counter(table, "Ben", 76)
    with pytest.raises(Overtaken, match="Ben countered meanwhile: to 80 % → 76 %"):
        do(table, "Carla", service.agree, Aim(1, 1))


def test_a_second_press_changes_nothing_more(table: Table) -> None:
    throw(table)
    assert do(table, "Ben", service.agree, Aim(1, 1)).has_ended_round
    with pytest.raises(Closed, match="C-1 is agreed"):
        do(table, "Ben", service.agree, Aim(1, 1))


def test_what_the_folded_form_did_not_show_stays(table: Table) -> None:
    throw(table, replace(TYPED, resources="Two trainers"))
    assert counter(table, "Ben", 76).face.ball.terms.resources == "Two trainers"


def test_whoever_does_not_hold_the_ball_is_told_before_they_type(table: Table) -> None:
    throw(table)
    with pytest.raises(NotAllowed, match="Ben has the ball"):
        do(table, "Ana", service.open_counter, 1)


def test_a_private_ball_is_in_no_list_of_others(table: Table) -> None:
    reference = throw(table, channel=PRIVATE).face.ball.reference
    with pytest.raises(NotFound):
        do(table, "Dan", service.show, reference)
    seen = do(table, "Dan", service.overview)
    assert (seen.held, seen.waited, seen.team) == ((), (), ())
    assert [one.reference for one in do(table, "Ben", service.overview).held] == [reference]


def test_the_record_tells_versions_reasons_and_moves(table: Table) -> None:
    throw(table)
    counter(table, "Ben", 76)
    text = as_yaml(do(table, "Dan", service.show, "c-1"))
    for part in ("ref: C-1", "proposer: Ana", "target: 76", "target: Training", "move: counter"):
        assert part in text


def test_the_trail_says_in_words_who_did_what(table: Table) -> None:
    throw(table)
    do(table, "Ben", service.agree, Aim(1, 1))
    shown = str(record_message(do(table, "Dan", service.show, "c-1")))
    assert "Ben agreed (within a minute, without a question)" in shown


def test_what_people_wrote_pings_nobody(table: Table) -> None:
    throw(table)
    assert "<!channel>" not in str(_cards(table))


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["Ana", "Ben", "Carla"]),
        st.sampled_from([Move.COUNTER, Move.AGREE, Move.ASK, Move.DECLINE, Move.WITHDRAW, Move.REOPEN]),
        st.integers(71, 90),
    ),
    min_size=2,
    max_size=10,
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES)
def test_the_card_always_shows_what_is_stored(table: Table, moves: list[tuple[str, Move, int]]) -> None:
    typed = replace(TYPED, scope=another().scope)
    number = throw(table, typed, to=("Ben", "Carla")).face.ball.number
    for who, move, target in moves:
        try:
            with table.work() as uow:
                version = uow.catchballs.lock(number).version
            if move is Move.COUNTER:
                counter(table, who, target, version, number)
            elif move is Move.AGREE:
                do(table, who, service.agree, Aim(number, version))
            else:
                do(table, who, service.say, move, Aim(number, version), "Because.")
        except DomainError:
            continue
    with table.work() as uow:
        row = uow.catchballs.lock(number)
        assert _card(uow, row.id) == card_message(face_of(uow, row)).payload()


def test_a_card_is_as_true_days_later_and_the_record_says_for_how_long_the_ball_has_lain(
    table: Table,
) -> None:
    throw(table)
    table.clock.advance(timedelta(days=3))
    do(table, "Ben", service.say, Move.ASK, Aim(1, 1), "Who pays?")
    table.clock.advance(timedelta(days=4))
    with table.work() as uow:
        row = uow.catchballs.lock(1)
        shown = str(_card(uow, row.id))
        assert _card(uow, row.id) == card_message(face_of(uow, row)).payload()
    assert "holds the ball since <!date^" in shown
    assert " days)" not in shown
    assert "(7 days)" in str(record_message(do(table, "Ben", service.show, "C-1")).blocks)


def test_the_list_begins_with_the_ball_that_has_lain_longest_and_has_none_that_is_over(table: Table) -> None:
    for title in ("Answer right", "Answer by the second ring", "Answer in person"):
        throw(table, replace(TYPED, title=title))
        table.clock.advance(timedelta(days=1))
    counter(table, "Ben", 76)
    do(table, "Ana", service.say, Move.WITHDRAW, Aim(3, 1), "")
    seen = do(table, "Ben", service.overview)
    assert [one.reference for one in (*seen.held, *seen.waited)] == ["C-2", "C-1"]
    counter(table, "Ana", 78, version=2)
    table.clock.advance(timedelta(days=1))
    seen = do(table, "Ben", service.overview)
    assert [one.reference for one in seen.held] == ["C-2", "C-1"]
    assert "round 1  ·  3 days" in str(list_message(seen).blocks)


def _card(uow: UnitOfWork, ball_id: int) -> Any:
    found = uow.outbox.find(f"catchball:{ball_id}")
    return found.payload if found is not None else None


def _cards(table: Table) -> list[Any]:
    with table.work() as uow:
        rows = uow.session.exec(select(Outbox).where(Outbox.workspace_id == table.workspace))
        return [row.payload for row in rows]


def test_what_someone_said_is_gone_with_them_and_the_trail_still_rebuilds_the_ball(table: Table) -> None:
    throw(table)
    counter(table, "Ben", 76)
    do(table, "Ana", service.agree, Aim(1, 2))
    do(table, "Ben", service.say, Move.NOT_DEPLOY, Aim(1, 2), "My own words.")
    with table.work() as uow:
        email = uow.members.get(table.ids["Ben"]).email or ""
        erase_member(uow, email)
    with table.work() as uow:
        row = uow.catchballs.find(1)
        assert row is not None
        assert catchballs.replayed(uow, row.id) == uow.catchballs.read(row)
        said = [one.reason for one in uow.audit.list_for(catchballs.TRAIL, row.id)]
        assert said == ["", REMOVED, "", REMOVED]
        told = [
            one
            for one in uow.session.exec(select(Outbox).where(Outbox.workspace_id == table.workspace))
            if "It slipped" in str(one.payload) or "My own words" in str(one.payload)
        ]
        assert told == [], "neither in the thread nor on the card"
