from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.rules.errors import Invalid
from storage.rules.measures import Measure, Milestone
from storage.rules.terms import Direction
from storage.rules.updates import MAX_NOTE, Unclear, Update, format_update, parse_update
from tests.fuzz import updates as fuzz

NBSP = "\N{NO-BREAK SPACE}"
PERCENT = Measure(reference="KR-1", unit="%", baseline=Decimal(70), target=Decimal(80), current=Decimal(74))
DAYS = Measure(
    reference="KR-2",
    unit="days",
    direction=Direction.DECREASE,
    baseline=Decimal(9),
    target=Decimal(4),
    current=Decimal(7),
)
EUROS = Measure(
    reference="KR-3", unit="EUR", baseline=Decimal(0), target=Decimal(5_000_000), current=Decimal(1_200_000)
)
ANSWER = Measure(reference="KR-4", unit="yes/no", baseline=Decimal(0), target=Decimal(1))
STEPS = Measure(
    reference="KR-5",
    unit="milestones",
    baseline=Decimal(0),
    target=Decimal(100),
    milestones=(
        Milestone(1, "Pilot live", is_done=True),
        Milestone(2, "Roll-out in two teams"),
        Milestone(3, "Roll-out everywhere"),
    ),
)
BAND = Measure(
    reference="KPI-1",
    unit="%",
    direction=Direction.MAINTAIN,
    band_low=Decimal(95),
    band_high=Decimal(99),
    current=Decimal(97),
)


def understood(text: str, measure: Measure = PERCENT, locale: str = "en-US") -> Update:
    return parse_update(text, measure, locale)


def refusal(text: str, measure: Measure = PERCENT, locale: str = "en-US") -> str:
    with pytest.raises(Invalid) as caught:
        parse_update(text, measure, locale)
    assert not isinstance(caught.value, Unclear)
    return caught.value.sentence


def question(
    text: str, measure: Measure = PERCENT, locale: str = "en-US"
) -> tuple[str, list[tuple[str, str]]]:
    """The question, and its choices as (label, text)."""
    with pytest.raises(Unclear) as caught:
        parse_update(text, measure, locale)
    return caught.value.sentence, [(choice.label, choice.text) for choice in caught.value.choices]


@pytest.mark.parametrize(
    ("text", "value", "confidence", "note"),
    [
        ("78", "78", None, ""),
        ("78 c8", "78", 8, ""),
        ("78 conf 8", "78", 8, ""),
        ("78 confidence: 8 routing done", "78", 8, "routing done"),
        ("c8 78 routing done", "78", 8, "routing done"),
        ("conf 8 78 %", "78", 8, ""),
        ("78 % routing done c8", "78", 8, "routing done"),
        ("78 routing done, conf 8", "78", 8, "routing done"),
        ("78 routing done 8/10", "78", 8, "routing done"),
        ("78% 8/10 routing", "78", 8, "routing"),
        ("78, routing done", "78", None, "routing done"),
        ("78 - 2 weeks late", "78", None, "2 weeks late"),
        ("78 note: 2 weeks late", "78", None, "2 weeks late"),
        ("78 c8 note: c9 is a corridor", "78", 8, "c9 is a corridor"),
        ("78 conf call tomorrow", "78", None, "conf call tomorrow"),
        ("78 100 people trained", "78", None, "100 people trained"),
        ("+5", "79", None, ""),
        ("+5 c9 good week", "79", 9, "good week"),
        ("=12", "12", None, ""),
        ("=-5", "-5", None, ""),
        ("c5 waiting for the vendor", None, 5, "waiting for the vendor"),
        ("waiting for the vendor", None, None, "waiting for the vendor"),
        ("waiting for 2 people", None, None, "waiting for 2 people"),
        ("Q1 training planned", None, None, "Q1 training planned"),
        ("note: 78 would be nice", None, None, "78 would be nice"),
    ],
)
def test_value_confidence_and_note_are_found_in_any_order(
    text: str, value: str | None, confidence: int | None, note: str
) -> None:
    expected = Update(value=Decimal(value) if value else None, confidence=confidence, note=note)
    assert expected == understood(text)


@pytest.mark.parametrize(
    ("text", "measure", "locale", "value"),
    [
        ("77,5", PERCENT, "de-DE", "77.5"),
        ("77.5", PERCENT, "de-DE", "77.5"),
        ("1.2k", EUROS, "en-US", "1200"),
        ("€3m", EUROS, "en-US", "3000000"),
        ("3 Mio. EUR", EUROS, "de-DE", "3000000"),
        ("1 234 567 EUR", EUROS, "en-US", "1234567"),
        (f"1{NBSP}234", EUROS, "en-US", "1234"),
        ("5 days", DAYS, "en-US", "5"),
        ("6,5 days", DAYS, "fr-FR", "6.5"),
        ("yes", ANSWER, "en-US", "1"),
        ("done", ANSWER, "en-US", "1"),
        ("not yet", ANSWER, "en-US", "0"),
        ("nein", ANSWER, "de-DE", "0"),
        ("96 %", BAND, "en-US", "96"),
    ],
)
def test_a_figure_is_understood_by_unit_and_locale(
    text: str, measure: Measure, locale: str, value: str
) -> None:
    assert Decimal(value) == understood(text, measure, locale).value


def test_a_bare_number_behind_the_figure_is_the_confidence_and_says_that_it_was_bare() -> None:
    update = understood("78 2 weeks late")
    assert Update(value=Decimal(78), confidence=2, note="weeks late", is_bare=True) == update


def test_a_marked_confidence_is_not_bare() -> None:
    assert not understood("78 c2 weeks late").is_bare


def test_a_percentage_of_something_else_is_asked_about() -> None:
    sentence, choices = question("40 % 8 routing done", DAYS)
    assert "is a percentage, but KR-2 counts in days. What did you mean?" in sentence
    assert choices == [
        ("The figure: 40 days", "=40 c8 note: routing done"),
        ("Share of the way: 7 days", "7 c8 note: routing done"),
    ]


def test_more_percent_than_now_is_asked_about() -> None:
    _, choices = question("+5%", EUROS)
    assert choices == [
        ("The figure: 1200005 EUR", "1200005"),
        ("More than now: 1260000 EUR", "1260000"),
    ]


def test_a_comma_that_groups_or_divides_is_asked_about() -> None:
    sentence, choices = question("1,234 c8", EUROS)
    assert sentence == "“1,234” can be read in two ways. Which one did you mean?"
    assert choices == [("1234 EUR", "1234 c8"), ("1.234 EUR", "1.234 c8")]


def test_a_space_that_groups_or_ends_a_figure_is_asked_about() -> None:
    _, choices = question(
        "1 200 phones sold", Measure(reference="KR-1", baseline=Decimal(0), target=Decimal(900))
    )
    assert choices == [("1200", "1200 note: phones sold"), ("1", "1 note: 200 phones sold")]


@pytest.mark.parametrize(("text", "meant"), [("780", "78"), ("7.8", "78"), ("0.78", "78"), ("7800", "78")])
def test_a_slipped_decimal_mark_is_asked_about(text: str, meant: str) -> None:
    sentence, choices = question(text)
    assert "is far out of range. KR-1 goes from 70 % to 80 %." in sentence
    assert f"Did you mean {meant} %?" in sentence
    assert [(f"{meant} %", meant), (f"As typed: {text} %", f"={text}")] == choices


@pytest.mark.parametrize("text", ["9999", "300", "1.5", "0.5"])
def test_a_value_beyond_reason_is_asked_about(text: str) -> None:
    sentence, choices = question(text)
    assert sentence.endswith("Is it right all the same?")
    assert choices == [(f"As typed: {text} %", f"={text}")]


@pytest.mark.parametrize("text", ["=780", "=1.5", "45", "105", "88", "8.9", "0"])
def test_an_unlikely_figure_is_taken_where_nothing_says_that_it_is_a_slip(text: str) -> None:
    assert understood(text).value == Decimal(text.lstrip("="))


def test_a_minus_is_asked_about_where_no_figure_is_below_zero() -> None:
    sentence, choices = question("-5")
    assert sentence == "Is -5 % the figure itself, or is KR-1 lower by that much?".replace("-5", "−5")
    assert choices == [("Lower: 69 %", "69"), ("The figure: −5 %", "=-5")]


def test_a_minus_is_a_negative_figure_where_such_are_known() -> None:
    assert Decimal(-3) == understood("-3", replace(EUROS, baseline=Decimal(-100))).value


def test_plus_without_a_figure_has_nothing_to_add_to() -> None:
    assert refusal("+5", replace(PERCENT, current=None)).startswith("KR-1 has no figure yet")


def test_plus_and_two_readings_are_asked_about_as_sums() -> None:
    _, choices = question("+1,234", EUROS)
    assert choices == [("1201234 EUR", "1201234"), ("1200001.234 EUR", "1200001.234")]


def test_of_ten_is_the_figure_or_the_confidence() -> None:
    _, choices = question(
        "8/10 going well", Measure(reference="KR-1", baseline=Decimal(0), target=Decimal(10))
    )
    assert choices == [
        ("The figure: 8", "8 note: going well"),
        ("Confidence 8 of 10", "c8 note: going well"),
    ]


def test_a_figure_behind_the_note_is_asked_about() -> None:
    sentence, choices = question("routing done 78")
    assert sentence == "Is 78 % the new figure of KR-1, or is all of it the note?"
    assert choices == [
        ("78 %, with the note", "78 note: routing done 78"),
        ("All of it is the note", "note: routing done 78"),
    ]


def test_done_asks_whether_the_target_is_meant() -> None:
    sentence, choices = question("done c9")
    assert sentence == "KR-1 is done when it reaches 80 %. Is that its figure now?"
    assert choices == [("Target reached: 80 %", "80 c9")]


def test_done_says_nothing_about_a_band() -> None:
    assert refusal("done", BAND).startswith("KPI-1 is measured by a figure.")


def test_done_at_the_beginning_of_a_note_is_a_word() -> None:
    assert Update(note="done with the training") == understood("done with the training")


@pytest.mark.parametrize("text", ["", "   ", "-", "note:", "note: "])
def test_an_empty_line_is_refused_with_an_example(text: str) -> None:
    assert "Type the figure, your confidence and a note, such as `/okr update KR-1 78 8" in refusal(text)


@pytest.mark.parametrize("text", ["c11", "78 c11", "78 conf 100", "confidence 42 78"])
def test_a_confidence_above_ten_is_refused_with_the_scale(text: str) -> None:
    assert "is not a confidence, which goes from 0 (no chance) to 10 (certain)." in refusal(text)


@pytest.mark.parametrize("text", ["78x", "1e9", "7/8", "5²", "12:30", "1.2.3"])
def test_what_looks_like_a_figure_and_is_none_is_refused_with_the_way(text: str) -> None:
    assert refusal(text).endswith("KR-1 goes from 70 % to 80 %.")


def test_another_currency_is_refused() -> None:
    assert "This figure counts in EUR." in refusal("$5", EUROS)


def test_a_number_is_no_answer() -> None:
    assert "KR-4 is either reached or not. Type `yes` or `no`." in refusal("78", ANSWER)


def test_a_note_that_is_too_long_is_refused_and_one_that_fits_is_whole() -> None:
    assert "3,001 characters, and 3,000 fit" in refusal("78 note: " + "x" * (MAX_NOTE + 1))
    assert len(understood("78 note: " + "x" * MAX_NOTE).note) == MAX_NOTE


@pytest.mark.parametrize(
    ("text", "done", "undone", "confidence", "note"),
    [
        ("done 2", (2,), (), None, ""),
        ("2 done", (2,), (), None, ""),
        ("done 2,3", (2, 3), (), None, ""),
        ("done 2, 3 c8", (2, 3), (), 8, ""),
        ("done 2 8 two teams trained", (2,), (), 8, "two teams trained"),
        ("done everywhere", (3,), (), None, ""),
        ("done two teams it went well", (2,), (), None, "it went well"),
        ("undone 1", (), (1,), None, ""),
        ("not done pilot", (), (1,), None, ""),
        ("done 3 undone 1", (3,), (1,), None, ""),
        ("waiting for 2 people", (), (), None, "waiting for 2 people"),
        ("c4 waiting", (), (), 4, "waiting"),
    ],
)
def test_milestones_are_named_by_number_or_title(
    text: str, done: tuple[int, ...], undone: tuple[int, ...], confidence: int | None, note: str
) -> None:
    expected = Update(done=done, undone=undone, confidence=confidence, note=note)
    assert expected == replace(understood(text, STEPS), is_bare=False)


def test_done_alone_asks_which_milestone() -> None:
    sentence, choices = question("done c9", STEPS)
    assert sentence == "Which milestone of KR-5 is it?"
    assert choices == [("2 Roll-out in two teams", "done 2 c9"), ("3 Roll-out everywhere", "done 3 c9")]


def test_done_alone_is_the_only_milestone_left() -> None:
    left = replace(STEPS, milestones=STEPS.milestones[:2])
    assert Update(done=(2,)) == understood("done", left)


def test_several_milestones_with_the_same_words_are_offered() -> None:
    _, choices = question("done roll-out", STEPS)
    assert choices == [("2 Roll-out in two teams", "done 2"), ("3 Roll-out everywhere", "done 3")]


@pytest.mark.parametrize("text", ["done 9", "done everything", "undone 7"])
def test_a_milestone_that_does_not_exist_is_refused_with_those_that_do(text: str) -> None:
    assert refusal(text, STEPS).endswith(
        "Its milestones are 1 Pilot live ✓, 2 Roll-out in two teams, 3 Roll-out everywhere."
    )


def test_a_figure_for_milestones_asks_for_the_milestone() -> None:
    assert "Say which one is reached, such as `done 2`." in refusal("40 %", STEPS)


def test_twenty_thousand_random_lines_are_understood_as_they_are_read_back_or_refused() -> None:
    fared = fuzz.run(20_000, seed=20260209)
    assert fared.total() == 20_000
    assert min(fared["understood"], fared["asked"], fared["refused"]) > 1_000


@given(st.text(max_size=60), st.sampled_from(fuzz.MEASURES), st.sampled_from(fuzz.LOCALES))
def test_any_text_is_understood_as_it_is_read_back_or_refused(
    text: str, measure: Measure, locale: str
) -> None:
    assert fuzz.check(text, measure, locale) in {"understood", "asked", "refused"}


@given(
    st.decimals(-(10**9), 10**9, places=3),
    st.none() | st.integers(0, 10),
    st.lists(st.sampled_from(["routing", "done", "78", "c8", "note:", "-", "2", "%", "=5"]), max_size=5),
    st.sampled_from(fuzz.MEASURES[:13]),
    st.sampled_from(fuzz.LOCALES),
)
def test_every_update_has_a_line_that_means_it(
    value: Decimal, confidence: int | None, note: list[str], measure: Measure, locale: str
) -> None:
    update = Update(value=value, confidence=confidence, note=" ".join(note))
    assert update == parse_update(format_update(update, measure, locale), measure, locale)
