from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from storage.rules.catchball import (
    MOST_RECEIVERS,
    MOST_ROUNDS,
    OPEN,
    ROUNDS,
    RULES,
    Act,
    Ball,
    BallState,
    Move,
    advance,
    is_rubber_stamp,
    moves_table,
    open_moves,
    parts_of,
    replay,
)
from storage.rules.catchball_terms import Terms
from storage.rules.errors import Closed, DomainError, Invalid, NotAllowed, Overtaken

GUIDE = Path(__file__).parents[3] / "docs" / "guide" / "catchball.md"
NOW = datetime(2026, 2, 9, 8, tzinfo=UTC)
TODAY = NOW.date()
ANA, BEN, CARLA, DAN, EVA = range(1, 6)
NAMES = {ANA: "Ana", BEN: "Ben", CARLA: "Carla", DAN: "Dan", EVA: "Eva"}
TERMS = Terms(
    title="Answer right the first time", target=Decimal(80), due_on=date(2026, 6, 30), why="Customers"
)


def act(move: Move, by_id: int | None, **values: Any) -> Act:
    given: dict[str, Any] = {"at": NOW, "on": TODAY, "text": "A sentence."} | values
    return Act(move=move, by_id=by_id, **given)


def thrown(*receiver_ids: int) -> Ball:
    draft = Ball(number=1, proposer_id=ANA, receiver_ids=receiver_ids or (BEN,))
    return advance(draft, act(Move.THROW, ANA, terms=TERMS))


def countered(ball: Ball, by_id: int, target: int) -> Ball:
    terms = replace(ball.terms, target=Decimal(target))
    return advance(ball, act(Move.COUNTER, by_id, terms=terms, version=ball.version), NAMES)


class Negotiation(RuleBasedStateMachine):
    """Random moves by random people at random times, often with an old card before them."""

    def __init__(self) -> None:
        super().__init__()
        self.draft = Ball(number=1, proposer_id=ANA, receiver_ids=(BEN, CARLA))
        self.ball = self.draft
        self.acts: list[Act] = []
        self.versions: dict[int, Terms] = {}
        self.now = NOW
        self.refused: tuple[int | None, str] = (None, "")

    @rule(
        move=st.sampled_from(list(Move)),
        by_id=st.sampled_from([ANA, BEN, CARLA, DAN, EVA, None]),
        person_id=st.sampled_from([None, ANA, BEN, CARLA, DAN, EVA]),
        behind=st.sampled_from([None, 0, 0, 0, 1]),
        figure=st.integers(70, 90),
        text=st.sampled_from(["", "A sentence."]),
        is_lead=st.booleans(),
        later=st.integers(0, 400),
    )
    def someone_tries_something(  # noqa: PLR0917 - hypothesis gives them by name
        self,
        move: Move,
        by_id: int | None,
        person_id: int | None,
        behind: int | None,
        figure: int,
        text: str,
        is_lead: bool,
        later: int,
    ) -> None:
        self.now += timedelta(hours=later if move is Move.EXPIRE else later % 5)
        tried = Act(
            move=move,
            by_id=by_id,
            at=self.now,
            on=self.now.date(),
            version=None if behind is None else self.ball.version - behind,
            terms=replace(TERMS, target=Decimal(figure)) if move in {Move.THROW, Move.COUNTER} else None,
            text=text,
            person_id=person_id,
            is_lead=is_lead,
        )
        self._do(tried)

    @rule(choice=st.data())
    def someone_does_what_is_open(self, choice: st.DataObject) -> None:
        ways = [(one, move) for one in (ANA, BEN, CARLA, DAN) for move in open_moves(self.ball, one)]
        if not ways:
            return
        by_id, move = choice.draw(st.sampled_from(ways))
        target = (self.ball.terms.target or Decimal(0)) + 1
        terms = replace(TERMS, target=target) if move in {Move.THROW, Move.COUNTER} else None
        self._do(
            Act(
                move=move,
                by_id=by_id,
                at=self.now,
                on=self.now.date(),
                terms=terms,
                text="Why.",
                person_id=EVA,
                version=self.ball.version,
            )
        )

    def _do(self, tried: Act) -> None:
        before = self.ball
        try:
            self.ball = advance(before, tried, NAMES)
        except (Closed, NotAllowed, Overtaken) as refusal:
            self.refused = tried.by_id, refusal.sentence
            return
        except DomainError:
            return
        self.acts.append(tried)
        if RULES[tried.move].holds:
            assert tried.by_id in before.holder_ids
        if tried.move is Move.AGREE:
            assert tried.by_id != before.author_id
            assert tried.version in {None, before.version}
        if self.ball.version != before.version:
            assert tried.move in {Move.THROW, Move.COUNTER}
            assert self.ball.version == before.version + 1
            assert not self.ball.agreed_ids
            self.versions[self.ball.version] = self.ball.terms
        if self.ball.state is BallState.DECLINED or tried.move in {Move.REOPEN, Move.NOT_DEPLOY}:
            assert tried.text.strip()

    @invariant()
    def whoever_comes_too_late_or_out_of_turn_reads_what_to_say_or_press_next(self) -> None:
        by_id, sentence = self.refused
        assert by_id is None or "`" in sentence or "into the thread" in sentence

    @invariant()
    def a_version_never_changes(self) -> None:
        if self.ball.version:
            assert self.ball.terms == self.versions[self.ball.version]

    @invariant()
    def an_open_ball_is_held_by_its_parties_and_a_closed_one_by_nobody(self) -> None:
        ball = self.ball
        assert ball.holder_ids <= ball.party_ids
        assert bool(ball.holder_ids) == (ball.state in OPEN)
        assert not ball.holder_ids & ball.agreed_ids

    @invariant()
    def what_is_agreed_was_agreed_by_everyone_else(self) -> None:
        if self.ball.state is BallState.AGREED:
            assert self.ball.agreed_ids | {self.ball.author_id} >= self.ball.party_ids
            assert self.ball.agreed_version == self.ball.version

    @invariant()
    def someone_can_always_go_on(self) -> None:
        ball = self.ball
        if ball.state is not BallState.DRAFT:
            assert any(open_moves(ball, one) for one in ball.party_ids)

    @invariant()
    def replaying_the_acts_rebuilds_it(self) -> None:
        assert replay(self.draft, self.acts) == self.ball


TestNegotiation = Negotiation.TestCase
TestNegotiation.settings = settings(max_examples=40, stateful_step_count=30)


def test_the_guide_prints_every_move() -> None:
    assert moves_table() in GUIDE.read_text(encoding="utf-8")


def test_what_both_sides_agree_to_is_agreed() -> None:
    ball = countered(thrown(), BEN, 76)
    assert (ball.state, ball.holder_ids) == (BallState.RETURNED, frozenset({ANA}))
    agreed = advance(ball, act(Move.AGREE, ANA, version=2))
    assert (agreed.state, agreed.agreed_version) == (BallState.AGREED, 2)


def test_each_of_several_receivers_agrees_to_the_same_version() -> None:
    ball = advance(thrown(BEN, CARLA), act(Move.AGREE, BEN))
    assert (ball.state, ball.holder_ids) == (BallState.THROWN, frozenset({CARLA}))
    ball = countered(ball, CARLA, 76)
    assert not ball.agreed_ids, "the earlier agreement lapses"
    ball = advance(ball, act(Move.AGREE, ANA))
    assert (ball.state, ball.holder_ids) == (BallState.THROWN, frozenset({BEN}))
    assert advance(ball, act(Move.AGREE, BEN)).state is BallState.AGREED


def test_nobody_agrees_to_their_own_version() -> None:
    reopened = advance(
        advance(thrown(), act(Move.WITHDRAW, ANA)), act(Move.REOPEN, ANA, text="The customer came back.")
    )
    with pytest.raises(NotAllowed, match="your own"):
        advance(reopened, act(Move.AGREE, ANA))


def test_only_whoever_holds_the_ball_counters() -> None:
    with pytest.raises(NotAllowed, match="Ben has the ball of C-1"):
        countered(thrown(), ANA, 76)


def test_the_loser_of_a_race_hears_what_changed_meanwhile() -> None:
    ball = countered(thrown(BEN, CARLA), BEN, 76)
    late = act(Move.COUNTER, CARLA, version=1, terms=replace(TERMS, target=Decimal(70)))
    with pytest.raises(Overtaken, match="Ben countered meanwhile: to 80 → 76"):
        advance(ball, late, NAMES, seen=TERMS)


def test_agreeing_twice_says_for_whom_it_waits() -> None:
    ball = advance(thrown(BEN, CARLA), act(Move.AGREE, BEN))
    with pytest.raises(NotAllowed, match="It waits for Carla"):
        advance(ball, act(Move.AGREE, BEN), NAMES)


def test_a_counter_that_changes_nothing_is_refused() -> None:
    with pytest.raises(Invalid, match="changes nothing"):
        advance(thrown(), act(Move.COUNTER, BEN, terms=TERMS))


@pytest.mark.parametrize("move", [move for move, one in RULES.items() if one.needs_text])
def test_what_wants_a_sentence_is_refused_without_one(move: Move) -> None:
    ball = thrown()
    if move is Move.NOT_DEPLOY:
        ball = advance(ball, act(Move.AGREE, BEN))
    if move is Move.REOPEN:
        ball = advance(ball, act(Move.WITHDRAW, ANA))
    with pytest.raises(Invalid, match="sentence"):
        advance(ball, act(move, BEN, text="  ", terms=replace(TERMS, target=Decimal(1))))


def test_after_five_rounds_a_facilitator_is_named_before_the_next() -> None:
    ball = thrown()
    while ball.version < ROUNDS:
        ball = countered(ball, min(ball.holder_ids), 80 + ball.version)
    holder = min(ball.holder_ids)
    with pytest.raises(Closed, match="Name a facilitator first"):
        countered(ball, holder, 90)
    with pytest.raises(Invalid, match="stands between them"):
        advance(ball, act(Move.NAME_FACILITATOR, ANA, person_id=BEN), NAMES)
    ball = advance(ball, act(Move.NAME_FACILITATOR, ANA, person_id=DAN))
    assert (ball.state, ball.holder_ids) == (BallState.ESCALATED, frozenset({holder}))
    assert countered(ball, holder, 90).state is BallState.ESCALATED


def test_twenty_rounds_are_the_end() -> None:
    ball = advance(thrown(), act(Move.NAME_FACILITATOR, ANA, person_id=DAN))
    while ball.version < MOST_ROUNDS:
        ball = countered(ball, min(ball.holder_ids), 100 + ball.version)
    with pytest.raises(Closed, match="begin with something smaller"):
        countered(ball, min(ball.holder_ids), 1)


def test_thirty_receivers_are_too_many() -> None:
    with pytest.raises(Invalid, match=f"30 people are named, and {MOST_RECEIVERS} can"):
        thrown(*range(10, 40))


@pytest.mark.parametrize("receiver_ids", [(), (ANA,)])
def test_nobody_throws_to_nobody_or_to_themselves(receiver_ids: tuple[int, ...]) -> None:
    draft = Ball(number=1, proposer_id=ANA, receiver_ids=receiver_ids)
    with pytest.raises(Invalid, match="on the other side"):
        advance(draft, act(Move.THROW, ANA, terms=TERMS))


def test_whoever_takes_a_place_agrees_anew() -> None:
    ball = advance(thrown(BEN, CARLA), act(Move.AGREE, BEN))
    ball = advance(ball, act(Move.HAND_OVER, BEN, person_id=DAN))
    assert (ball.receiver_ids, ball.holder_ids) == ((DAN, CARLA), frozenset({CARLA, DAN}))


def test_only_a_lead_hands_over_what_is_anothers() -> None:
    with pytest.raises(NotAllowed, match="Only Ben hands over"):
        advance(thrown(), act(Move.HAND_OVER, ANA, from_id=BEN, person_id=DAN), NAMES)
    ball = advance(thrown(), act(Move.HAND_OVER, EVA, from_id=BEN, person_id=DAN, is_lead=True))
    assert ball.holder_ids == {DAN}


def test_a_question_leaves_the_ball_where_it_is_and_waits_for_the_other_side() -> None:
    ball = advance(thrown(), act(Move.ASK, BEN))
    assert (ball.state, ball.holder_ids, ball.asker_ids) == (BallState.THROWN, frozenset({BEN}), (BEN,))
    assert Move.ANSWER in open_moves(ball, ANA)
    assert Move.ANSWER not in open_moves(ball, BEN)
    assert not advance(ball, act(Move.ANSWER, ANA)).asker_ids
    with pytest.raises(Closed, match="No question waits"):
        advance(ball, act(Move.ANSWER, BEN))


def test_a_ball_expires_only_after_its_day() -> None:
    ball = thrown()
    assert ball.until_on == TODAY + timedelta(days=14)
    with pytest.raises(Closed, match="waits until"):
        advance(ball, act(Move.EXPIRE, None, on=ball.until_on))
    assert advance(ball, act(Move.EXPIRE, None, on=TODAY + timedelta(days=15))).state is BallState.EXPIRED


def test_a_new_version_leaves_a_week_at_least() -> None:
    ball = thrown()
    late = TODAY + timedelta(days=13)
    terms = replace(TERMS, target=Decimal(76))
    assert advance(ball, act(Move.COUNTER, BEN, terms=terms, on=late)).until_on == late + timedelta(days=7)


def test_a_ball_thrown_until_yesterday_is_refused() -> None:
    draft = Ball(number=1, proposer_id=ANA, receiver_ids=(BEN,))
    with pytest.raises(Invalid, match="is over already"):
        advance(draft, act(Move.THROW, ANA, terms=TERMS, until_on=TODAY - timedelta(days=1)))


def test_an_agreement_within_a_minute_without_a_question_is_a_rubber_stamp() -> None:
    ball = thrown()
    quick, slow = NOW + timedelta(seconds=59), NOW + timedelta(seconds=60)
    assert is_rubber_stamp(ball, act(Move.AGREE, BEN, at=quick), ())
    assert not is_rubber_stamp(ball, act(Move.AGREE, BEN, at=slow), ())
    assert not is_rubber_stamp(ball, act(Move.AGREE, BEN, at=quick), {BEN})


def test_what_one_asked_leaves_the_others_agreement_a_rubber_stamp() -> None:
    answered = advance(advance(thrown(), act(Move.ASK, BEN)), act(Move.ANSWER, ANA, text="We do."))
    assert is_rubber_stamp(answered, act(Move.AGREE, CARLA, at=NOW + timedelta(seconds=59)), {BEN})


def test_the_minute_counts_from_when_the_ball_came_to_someone() -> None:
    later = NOW + timedelta(hours=3)
    ball = advance(thrown(), act(Move.HAND_OVER, BEN, at=later, person_id=DAN))
    assert is_rubber_stamp(ball, act(Move.AGREE, DAN, at=later + timedelta(seconds=59)), ())
    assert not is_rubber_stamp(ball, act(Move.AGREE, DAN, at=later + timedelta(seconds=60)), ())


def test_an_agreed_ball_is_deployed_by_the_next_throw_or_with_a_reason_that_nothing_is() -> None:
    agreed = advance(thrown(), act(Move.AGREE, BEN))
    assert advance(agreed, act(Move.DEPLOY, None)).state is BallState.DEPLOYED
    alone = advance(agreed, act(Move.NOT_DEPLOY, BEN, text="One person does it."))
    assert alone.not_deployed_reason == "One person does it."


def test_what_is_over_says_what_is_possible() -> None:
    declined = advance(thrown(), act(Move.DECLINE, BEN))
    with pytest.raises(
        Closed, match=r"is declined, so “agree” comes too late. Say `@Hoshin reopen …` in its"
    ):
        advance(declined, act(Move.AGREE, BEN))
    with pytest.raises(Closed, match=r"comes too early. Say `@Hoshin agree`, `@Hoshin counter …` or"):
        advance(thrown(), act(Move.NOT_DEPLOY, BEN))


def test_an_agreement_that_comes_second_hears_the_words_for_what_it_can_do_now() -> None:
    ball = countered(thrown(BEN, CARLA), BEN, 76)
    late = act(Move.AGREE, CARLA, version=1)
    with pytest.raises(Overtaken, match=r"It waits for Ana. Say `@Hoshin ask …` in its thread"):
        advance(ball, late, NAMES)
    own = act(Move.AGREE, ANA, version=1)
    with pytest.raises(Overtaken, match=r"Say `@Hoshin agree`, `@Hoshin counter …` or `@Hoshin ask …` in"):
        advance(ball, own, NAMES)
    agreed = advance(advance(ball, act(Move.AGREE, ANA)), act(Move.AGREE, CARLA))
    with pytest.raises(Overtaken, match=r"C-1 is agreed now.* Say `@Hoshin reopen …` in its thread"):
        advance(agreed, late, NAMES)


def test_others_have_no_part_in_it() -> None:
    assert not parts_of(thrown(), EVA)
    with pytest.raises(NotAllowed, match="Proposer is Ana, it was thrown to Ben"):
        advance(thrown(), act(Move.AGREE, EVA), NAMES)
