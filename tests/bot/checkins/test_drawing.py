"""What the check-in shows always fits into Slack, whatever people called their items and wrote."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answers import Block, Message
from bot.asks import Person
from bot.blockkit.kit import section
from bot.checkins.facts import Desk, Extra, Figure, Given, Item, Obstacle, Prompt, Summary, Waiting
from bot.checkins.fields import filled_in
from bot.checkins.forms import checkin_form, nothing_due_message, thanks_view, why_view
from bot.checkins.home import draw_desk
from bot.checkins.lines import names
from bot.checkins.messages import (
    again_message,
    confirmation_message,
    prompt_message,
    reminder_message,
    skipped_message,
    snoozed_message,
    written_prompt,
)
from bot.checkins.summaries import (
    closing_message,
    detail_message,
    silence_message,
    summary_message,
    unknown_channel_message,
)
from bot.simulator.blocks import check_message, check_view
from bot.slices import AskField
from storage.rules.cadence import WeeklyRhythm
from storage.rules.terms import BlockerKind, Direction, Frequency, Kind, PromptState
from tests.bot.checkins.office import payload_words

MONDAY_9 = datetime(2026, 2, 9, 9, 0, tzinfo=UTC)
WEDNESDAY_17 = datetime(2026, 2, 11, 17, 0, tzinfo=UTC)
WORDS = st.sampled_from(
    [
        "Scrap",
        "x" * 3000,
        "<!channel> *all*",
        "&" * 400,
        "日本" * 200,
        "a\nb",
        "👩‍👩‍👧" * 90,
        "`code` https://x.test/a|b",
    ]
)
FIGURES = st.sampled_from(
    [None, Decimal(0), Decimal("-0.000001"), Decimal("999999999999.123456"), Decimal(74)]
)


def item(number: int = 1, **values: object) -> Item:
    """KR-1 from 70 to 80 %, last at 74."""
    usual = Item(
        question_id=number,
        kind=Kind.KEY_RESULT,
        item_id=number,
        reference=f"KR-{number}",
        title="First-contact resolution",
        owner="",
        kpi="",
        starts_on=date(2026, 1, 1),
        due_on=date(2026, 3, 31),
        unit="%",
        direction=Direction.INCREASE,
        baseline=Decimal(70),
        target=Decimal(80),
        band_low=None,
        band_high=None,
        frequency=Frequency.WEEKLY,
        period_on=date(2026, 2, 9),
        asks_value=True,
        figure_due=False,
        value_before=Decimal(74),
        confidence_before=7,
        note_before="",
        today=date(2026, 2, 9),
        figures=(Figure(date(2026, 2, 2), Decimal(74)), Figure(date(2026, 1, 26), Decimal(72))),
    )
    return usual._replace(**values)  # type: ignore[arg-type]  # any of its fields


def prompt(items: tuple[Item, ...] = (item(),), **values: object) -> Prompt:
    usual = Prompt(
        id=1,
        window_id=1,
        member_id=1,
        name="Ana Ruiz",
        zone="Europe/Madrid",
        locale="en-GB",
        week_on=date(2026, 2, 9),
        state=PromptState.ASKED,
        opens_at=MONDAY_9,
        closes_at=WEDNESDAY_17,
        window_closes_at=WEDNESDAY_17,
        is_window_closed=False,
        is_late=False,
        is_unchanged=False,
        reason="",
        snoozed_until=None,
        snoozes_left=3,
        now=MONDAY_9,
        items=items,
    )
    return usual._replace(**values)  # type: ignore[arg-type]  # any of its fields


def summary(*prompts: Prompt, **values: object) -> Summary:
    usual = Summary(
        window_id=1,
        team="Customer Service",
        week_on=date(2026, 2, 9),
        closes_at=WEDNESDAY_17,
        is_closed=False,
        zone="UTC",
        locale="en-US",
        prompts=prompts,
        lead_slack_id="U0001",
    )
    return replace(usual, **values)  # type: ignore[arg-type]  # any of its fields


@st.composite
def items(draw: st.DrawFn, number: int) -> Item:
    answer = Given(
        draw(FIGURES), draw(st.sampled_from([None, 0, 10])), draw(WORDS), draw(st.booleans()), True
    )
    return item(
        number,
        title=draw(WORDS),
        owner=draw(WORDS),
        direction=draw(st.sampled_from(Direction)),
        frequency=draw(st.sampled_from(Frequency)),
        baseline=draw(FIGURES),
        target=draw(FIGURES),
        band_low=draw(FIGURES),
        value_before=draw(FIGURES),
        figures=draw(st.sampled_from([(), (Figure(date(2026, 1, 5), Decimal(74)),)])),
        note_before=draw(WORDS),
        asks_value=draw(st.booleans()),
        figure_due=draw(st.booleans()),
        given=draw(st.sampled_from([None, answer])),
    )


@st.composite
def prompts(draw: st.DrawFn) -> Prompt:
    count = draw(st.sampled_from([1, 5, 6, 40]))
    return prompt(
        tuple(draw(items(number)) for number in range(1, count + 1)),
        name=draw(WORDS),
        state=draw(st.sampled_from(PromptState)),
        is_late=draw(st.booleans()),
        is_unchanged=draw(st.booleans()),
        obstacles=draw(st.sampled_from([(), (Obstacle(BlockerKind.CLARITY, "x" * 3000, "Ana"),)])),
        snoozes_left=draw(st.integers(0, 3)),
    )


def check(message: Message) -> None:
    payload = message.payload()
    check_message(payload["text"], payload.get("blocks"))
    assert "<!channel>" not in payload_words(payload)


@given(prompts())
@settings(max_examples=25, deadline=None)
def test_every_message_fits_into_slack(prompt: Prompt) -> None:
    for draw in (prompt_message, again_message, confirmation_message, skipped_message, snoozed_message):
        check(draw(prompt))
    check(reminder_message(prompt, with_items=True))
    check(detail_message(prompt, "en-US"))
    for is_closed in (False, True):
        week = summary(*[prompt._replace(id=number) for number in range(12)], is_closed=is_closed)
        for draw_week in (summary_message, closing_message, silence_message):
            check(draw_week(week))


BELOW = [{**section("An idea waits for your answer."), "block_id": "note:0"}]
EXTRA = Extra(
    question_id=77,
    asks="step",
    row_id=1,
    kind=Kind.INITIATIVE,
    item_id=1,
    reference="I-1",
    title="Train the “new” team",
    owner="",
    due_on=date(2026, 2, 9),
    facts=("A step of I-1.",),
    fields=(AskField("state", "How is it?", options=("done", "open"), quick=("done", "open")),),
    rule="Asked when it falls due.",
)


@given(prompts(), st.sampled_from([(), (EXTRA,), (EXTRA,) * 12]), st.sampled_from([[], BELOW, BELOW * 45]))
@settings(max_examples=25, deadline=None)
def test_a_question_written_out_for_many_says_what_one_drawn_for_one_says(
    prompt: Prompt, extras: tuple[Extra, ...], below: list[Block]
) -> None:
    both = prompt._replace(extras=extras)
    assert json.loads(written_prompt(both, below)) == prompt_message(both, below).payload()


@given(prompts())
@settings(max_examples=25, deadline=None)
def test_every_form_fits_into_slack(prompt: Prompt) -> None:
    for page in range((len(prompt.items) + 4) // 5):
        view = checkin_form(prompt, page, filled_in(prompt))
        check_view(view, "modal")
        assert "<!channel>" not in payload_words(
            [block for block in view["blocks"] if block["type"] == "section"]
        )
    check_view(thanks_view(prompt), "modal")
    check_view(why_view(prompt, WeeklyRhythm()), "modal")
    person = Person(1, "U0001", prompt.name, "Europe/Madrid", "en-GB")
    blocks = draw_desk(Desk(prompt, prompt, None), person)
    check_view({"type": "home", "blocks": blocks[:100]}, "home")


def test_an_empty_desk_says_what_belongs_there() -> None:
    person = Person(1, "U0001", "Ana Ruiz", "Europe/Madrid", "en-GB")
    said = payload_words(draw_desk(Desk(None, None, None), person))
    assert "Here stands what you are asked each week" in said


def test_a_late_prompt_on_the_home_tab_says_that_it_is_still_taken() -> None:
    person = Person(1, "U0001", "Ana Ruiz", "Europe/Madrid", "en-GB")
    late = prompt(now=WEDNESDAY_17 + timedelta(hours=1), state=PromptState.MISSED)
    assert "a late answer is still taken and marked" in payload_words(
        draw_desk(Desk(late, None, None), person)
    )


def test_figures_are_written_as_the_reader_writes_them() -> None:
    german = prompt((item(value_before=Decimal("74.5")),), locale="de-DE")
    assert "74,5 %" in payload_words(prompt_message(german).payload())
    answered = german._replace(
        items=(item(given=Given(Decimal("76.25"), None, "", False, True)),),
        state=PromptState.ANSWERED,
    )
    assert filled_in(answered)["value:1"] == "76,25"


def test_a_figure_to_be_maintained_names_its_band_in_the_hint() -> None:
    kept = item(direction=Direction.MAINTAIN, band_low=Decimal(90), band_high=Decimal(95))
    view = checkin_form(prompt((kept,)), 0, {})
    assert "To stay between 90 % and 95 % by 31 March 2026." in payload_words(view)


def test_what_is_typed_next_is_read_by_the_names_of_its_inputs() -> None:
    view = checkin_form(prompt(), 0, {"value:1": "75", "blocker_kind": "resource"})
    fields = {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}
    assert list(fields) == ["value:1", "confidence:1", "note:1", "blocker_kind", "blocker_text"]
    assert fields["value:1"]["initial_value"] == "75"
    assert fields["blocker_kind"]["initial_option"]["value"] == "resource"


def test_people_are_listed_as_one_writes_it() -> None:
    assert [names(people) for people in (["Ana"], ["Ana", "Ben"], ["Ana", "Ben", "Chen"])] == [
        "Ana",
        "Ana and Ben",
        "Ana, Ben and Chen",
    ]


def test_who_has_nothing_due_reads_when_it_comes() -> None:
    assert "Your next check-in comes <!date^" in nothing_due_message(Waiting(None, MONDAY_9), "UTC").text
    assert "Nothing is yours to answer" in nothing_due_message(Waiting(None, None), "UTC").text


def test_a_channel_that_is_not_known_is_named_with_what_to_type() -> None:
    assert "`/invite @Hoshin`" in unknown_channel_message("Field", "#field").text
