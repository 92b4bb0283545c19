import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.rules.errors import Invalid
from storage.rules.pulse import FEWEST_ANSWERS, Mood, read_mood
from storage.rules.questions import OwnQuestion, read_questions, write_questions


def test_questions_choices_and_follow_ups_are_read_and_written_back() -> None:
    text = "How full is your week? [light / fine / too full]\n> too full: What would help?\nAnything else?"
    questions = read_questions(text)
    assert questions == (
        OwnQuestion("How full is your week?", ("light", "fine", "too full")),
        OwnQuestion("What would help?", (), 0, ("too full",)),
        OwnQuestion("Anything else?"),
    )
    assert write_questions(questions) == text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("> too full: What would help?", "“too full” is no choice of a question above"),
        ("How? [a / b]\n> c: Why?", "“c” is no choice of a question above"),
        ("> what", "follows no answer"),
        ("How? [a]", "needs 2 to 10 choices"),
        ("[a / b]", "has no question before its choices"),
        ("x" * 201, "201 characters, and 200 fit"),
        (f"How? [a / {'b' * 76}]", "more than 75 characters"),
        ("\n".join(["Why?"] * 11), "These are 11 questions, and 10 are the most"),
    ],
)
def test_a_line_that_cannot_be_asked_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence.replace("?", r"\?")) as refused:
        read_questions(text)
    assert refused.value.field == "questions"


COUNTS = st.dictionaries(st.integers(1, 5), st.integers(0, 9))


@given(COUNTS, st.booleans())
def test_a_mood_is_shown_only_when_closed_and_of_enough_people(
    counts: dict[int, int], is_closed: bool
) -> None:
    mood = read_mood(counts, is_closed=is_closed)
    if not is_closed or sum(counts.values()) < FEWEST_ANSWERS:
        assert mood is None
    else:
        assert isinstance(mood, Mood)
        assert 1 <= mood.mean <= 5


@given(st.lists(st.integers(1, 5), max_size=12))
def test_no_two_views_of_a_window_differ_by_fewer_than_five_people(scores: list[int]) -> None:
    """While answers come in, what can be seen changes at most once: from nothing to all."""
    seen = set()
    counts: dict[int, int] = {}
    for score in scores:
        counts[score] = counts.get(score, 0) + 1
        seen.add(read_mood(counts, is_closed=False))
    seen.add(read_mood(counts, is_closed=True))
    assert len(seen - {None}) <= 1
