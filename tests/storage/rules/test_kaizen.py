from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from storage.rules.errors import Closed, DomainError, Invalid, InvalidFields, NotAllowed
from storage.rules.kaizen import (
    ENDS,
    MISSING,
    OPTIONAL,
    STEPS,
    Ask,
    Given,
    IdeaState,
    Life,
    Move,
    Role,
    advance,
    check_coach,
    check_original,
    check_vote,
    life_table,
    notes_on,
    open_moves,
    read_text,
    title_of,
)

GUIDE = Path(__file__).parents[3] / "docs" / "guide" / "kaizen.md"
TODAY = date(2026, 2, 9)
EVERYONE = frozenset(Role)
WHOLE = Given(dict.fromkeys(Ask, "Said in a sentence."), TODAY + timedelta(days=14))
MOVES = st.sampled_from(list(Move))
ROLES = st.frozensets(st.sampled_from(list(Role)))
GIVEN = st.builds(
    Given,
    st.dictionaries(st.sampled_from(list(Ask)), st.sampled_from(["", "  ", "A sentence."])),
    st.none() | st.dates(TODAY - timedelta(days=3), TODAY + timedelta(days=400)),
)


class LifeOfAnIdea(RuleBasedStateMachine):
    """Anyone tries anything at any time, with whatever they have typed."""

    def __init__(self) -> None:
        super().__init__()
        self.life = Life(in_event=True)
        self.told: list[str] = []
        self.held: IdeaState | None = None

    @rule(move=MOVES, roles=ROLES, typed=GIVEN)
    def someone_tries_something(self, move: Move, roles: frozenset[Role], typed: Given) -> None:
        before = self.life
        try:
            self.life = advance(before, move, roles, typed, TODAY)
        except DomainError:
            return
        self._moved(before, move, roles, typed)

    @precondition(lambda self: bool(open_moves(self.life, EVERYONE)))
    @rule(choice=st.data())
    def someone_does_what_is_open(self, choice: st.DataObject) -> None:
        move = choice.draw(st.sampled_from(open_moves(self.life, EVERYONE)))
        before = self.life
        self.life = advance(before, move, EVERYONE, WHOLE, TODAY)
        self._moved(before, move, EVERYONE, WHOLE)

    def _moved(self, before: Life, move: Move, roles: frozenset[Role], typed: Given) -> None:
        step = STEPS[move]
        assert before.state in step.sources
        assert step.actors & roles
        assert all(typed.has(ask) for ask in step.asks if ask not in OPTIONAL)
        if move is Move.RESUME:
            assert self.life.state is self.held
        self.held = before.state if move is Move.HOLD else None
        self.told.append(step.tells)

    @invariant()
    def whatever_has_ended_has_an_answer_to_its_author(self) -> None:
        if self.life.state is not IdeaState.SUBMITTED:
            assert self.life.is_answered
            assert self.told
            assert all(self.told)
        if self.life.state in ENDS:
            assert "{said}" in self.told[-1], "an end without its reason or result"

    @invariant()
    def only_what_is_held_has_a_date_and_it_is_to_come(self) -> None:
        is_held = self.life.state is IdeaState.ON_HOLD
        assert is_held == (self.life.until_on is not None) == (self.life.held_from is not None)
        assert self.life.until_on is None or self.life.until_on > TODAY

    @invariant()
    def someone_can_always_go_on(self) -> None:
        assert open_moves(self.life, EVERYONE)
        assert open_moves(self.life, frozenset({Role.COUNCIL})), "an idea that not even the council can move"


TestLifeOfAnIdea = LifeOfAnIdea.TestCase
TestLifeOfAnIdea.settings = settings(max_examples=60, stateful_step_count=40)


def _walk(life: Life, seen: set[IdeaState]) -> None:
    seen.add(life.state)
    for move in open_moves(life, EVERYONE):
        following = advance(life, move, EVERYONE, WHOLE, TODAY)
        if following.state not in seen:
            _walk(following, seen)


def test_only_an_idea_in_an_event_is_done_with_it() -> None:
    assert Move.CLOSE not in open_moves(Life(), EVERYONE)
    with pytest.raises(Closed) as refused:
        advance(Life(), Move.CLOSE, EVERYONE, WHOLE, TODAY)
    assert "in a Kaizen event" in refused.value.sentence
    assert advance(Life(in_event=True), Move.CLOSE, EVERYONE, WHOLE, TODAY).state is IdeaState.DONE


def test_every_state_can_be_reached() -> None:
    seen: set[IdeaState] = set()
    _walk(Life(), seen)
    assert set(IdeaState) == seen


def test_the_whole_way_goes_through_plan_do_check_act() -> None:
    life = Life()
    states = []
    for move in (
        Move.TRIAGE, Move.START_PLAN, Move.START_DO, Move.START_CHECK, Move.OBTAINED, Move.STANDARDISE,
    ):  # fmt: skip
        life = advance(life, move, EVERYONE, WHOLE, TODAY)
        states.append(str(life.state))
    assert states == ["triaged", "plan", "do", "check", "act", "standardised"]


def test_the_author_finishes_a_small_idea_of_their_own_in_one_step() -> None:
    triaged = advance(Life(), Move.TRIAGE, frozenset({Role.COUNCIL}), Given(), TODAY)
    assert Move.JUST_DO in open_moves(triaged, frozenset({Role.AUTHOR}))
    done = advance(
        triaged, Move.JUST_DO, frozenset({Role.AUTHOR}), Given({Ask.RESULT: "Two hooks on the wall"}), TODAY
    )
    assert done.state is IdeaState.DONE


def test_a_jump_over_states_is_refused_with_the_ways_that_are_open() -> None:
    with pytest.raises(Closed) as refused:
        advance(Life(), Move.STANDARDISE, EVERYONE, WHOLE, TODAY)
    assert refused.value.sentence == (
        "This idea is submitted, and “Make it the standard” starts from act. From here it can go by: "
        "“Take it up”, “Decline”, “Put on hold”, “Same as another”."
    )


@pytest.mark.parametrize(
    ("move", "start", "ask"),
    [
        (step.move, min(step.sources), ask)
        for step in STEPS.values()
        for ask in step.asks
        if ask not in OPTIONAL
    ],
)
def test_a_step_without_what_it_asks_is_refused_beside_the_input(
    move: Move, start: IdeaState, ask: Ask
) -> None:
    given = Given(
        {one: "A sentence." for one in Ask if one is not ask}, None if ask is Ask.UNTIL else WHOLE.until_on
    )
    with pytest.raises(InvalidFields) as refused:
        advance(Life(start, held_from=IdeaState.PLAN, in_event=True), move, EVERYONE, given, TODAY)
    assert refused.value.sentences == {ask: MISSING[ask]}


def test_an_idea_waits_until_a_day_that_is_to_come() -> None:
    with pytest.raises(InvalidFields, match="still to come"):
        advance(Life(), Move.HOLD, EVERYONE, Given(WHOLE.texts, TODAY), TODAY)


def test_whose_step_it_is_stands_in_the_refusal() -> None:
    with pytest.raises(NotAllowed, match="is for the coach or the lean council of this idea"):
        advance(Life(), Move.DECLINE, frozenset({Role.AUTHOR}), WHOLE, TODAY)


def test_of_two_coaches_at_once_the_second_learns_who_was_first() -> None:
    check_coach(7, None)
    with pytest.raises(Closed, match="K-7 has a coach already: Ben Okoye"):
        check_coach(7, "Ben Okoye")


def test_nothing_is_the_same_as_itself_or_as_a_duplicate() -> None:
    check_original(7, 3, IdeaState.DECLINED)
    with pytest.raises(Invalid, match="same as itself"):
        check_original(7, 7, IdeaState.SUBMITTED)
    with pytest.raises(Invalid, match="K-3 is itself the same"):
        check_original(7, 3, IdeaState.DUPLICATE)


def test_a_vote_is_for_the_ideas_of_others_that_still_live() -> None:
    check_vote(1, 2, IdeaState.DO)
    check_vote(None, 2, IdeaState.SUBMITTED)
    with pytest.raises(NotAllowed, match="votes are for the others"):
        check_vote(2, 2, IdeaState.DO)
    with pytest.raises(Closed, match="This idea is declined"):
        check_vote(1, 2, IdeaState.DECLINED)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "The problem is empty."),
        (" \n ", "The problem is empty."),
        ("🎉🎉 👍🏽", "There is no word in the problem yet."),
        (":tada: :+1::skin-tone-3:", "There is no word in the problem yet."),
        ("x" * 10_000, "That is 10,000 characters, and the problem takes 3,000."),
    ],
)
def test_a_text_that_says_nothing_or_too_much_is_refused(text: str, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_text(text, name="problem", what="the problem")
    assert refused.value.sentence.startswith(said)
    assert refused.value.field == "problem"


def test_what_looks_like_a_ping_or_a_tag_is_kept_and_said() -> None:
    assert read_text(" <b>@channel</b> ", name="problem", what="the problem") == "<b>@channel</b>"
    assert len(notes_on("please tell @channel", "<b>now</b>")) == 2
    assert notes_on("ask ana@channel.example about 3 < 4 and a > b") == []


@given(st.text(max_size=400), st.text(max_size=400))
def test_a_title_is_one_short_line(problem: str, idea: str) -> None:
    title = title_of(problem, idea)
    assert "\n" not in title
    assert len(title) <= 120


def test_a_title_ends_between_words() -> None:
    assert title_of("The label printer stops\nevery shift", "") == "The label printer stops"
    assert title_of("", "Keep a spare ribbon") == "Keep a spare ribbon"
    assert title_of("one two three four", "", limit=12) == "one two…"


def test_the_guide_prints_the_table_of_all_steps() -> None:
    assert life_table() in GUIDE.read_text(encoding="utf-8")
