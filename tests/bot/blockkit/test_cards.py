from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block as SlackBlock

from bot.blockkit import kit
from bot.blockkit.cards import Card, bar, card, figures, line
from storage.rules.scoring import Trend
from storage.rules.terms import Direction, Kind, Status

FACTS = Card(
    reference="KR-3",
    title="First-contact resolution",
    kind=Kind.KEY_RESULT,
    status=Status.AT_RISK,
    reason="40 % of the way, 62 % expected by now.",
    unit="%",
    baseline=Decimal(70),
    current=Decimal(74),
    target=Decimal(80),
    progress=Decimal("0.4"),
    expected=Decimal("0.62"),
    trend=Trend.IMPROVING,
    confidence=5,
    confidence_before=7,
    owner="Ana Ruiz",
    team="Customer Service",
    period="Q1",
    serves=("O-2 Answer right the first time", "A-1 NPS 60 → 75"),
    note="routing done, training slipped a week",
    noted_at=datetime(2026, 2, 9, 8, tzinfo=UTC),
)


def test_a_card_says_what_how_far_whose_and_for_what() -> None:
    blocks = card(FACTS, locale="en-GB", zone="Europe/Berlin", primary=kit.button("Update", "update:3"))
    assert blocks == [
        kit.section(
            "*KR-3 · First-contact resolution*  ·  ▲ at risk\n"
            "40 % of the way, 62 % expected by now.\n"
            "70 % → *74 %* → 80 %, improving  ·  ▓▓▓▓░░░░░░ 40 %  ·  expected 62 % by now"
            "  ·  confidence 5 ↓ from 7"
        ),
        kit.context(
            "Ana Ruiz · Customer Service · Q1 · for O-2 Answer right the first time → A-1 NPS 60 → 75"
        ),
        kit.context(
            "“routing done, training slipped a week” · "
            "<!date^1770624000^{date_short_pretty}|Mon 9 Feb 2026, 09:00 CET>"
        ),
        kit.actions(kit.button("Update", "update:3")),
    ]


def test_a_line_says_the_same_in_short() -> None:
    assert line(FACTS, "en-GB") == (
        "*KR-3* First-contact resolution  ·  ▲ at risk  ·  70 % → *74 %* → 80 %, improving"
        "  ·  ▓▓▓▓░░░░░░ 40 %"
    )


def test_where_the_confidence_went_is_shown_where_it_moved() -> None:
    facts = FACTS._replace(confidences=(8, 6, 4))
    assert line(facts, "en-GB").endswith("40 %  ·  confidence 8 → 6 → 4 ↓")
    assert figures(facts, "en-GB").endswith("expected 62 % by now  ·  confidence 8 → 6 → 4 ↓")
    of_another = FACTS._replace(confidences=(3, 5), confidence_of="KR-2")
    assert line(of_another, "en-GB").endswith("KR-2 confidence 3 → 5 ↑")
    assert "→ 5" not in line(FACTS._replace(confidences=(5,)), "en-GB")


def test_numbers_follow_the_reader_s_locale() -> None:
    facts = FACTS._replace(current=Decimal("74.5"))
    assert "*74,5 %* → 80 %, improving" in line(facts, "de-DE")


def test_the_trend_is_a_word_as_seen_from_the_goal_also_where_less_is_better() -> None:
    fewer = FACTS._replace(baseline=Decimal(46), current=Decimal("39.5"), target=Decimal(30), unit="days")
    falling = fewer._replace(direction=Direction.DECREASE)
    assert "46 days → *39.5 days* → 30 days, improving" in line(falling, "en-GB")
    assert "30 days, worsening" in line(falling._replace(trend=Trend.WORSENING), "en-GB")
    assert "30 days  ·" in line(falling._replace(trend=Trend.STEADY), "en-GB")


def test_what_is_not_known_is_not_drawn() -> None:
    facts = Card(
        reference="I-1", title="Redesign call routing", kind=Kind.INITIATIVE, status=Status.NOT_STARTED
    )
    assert line(facts, "en-GB") == "*I-1* Redesign call routing  ·  ○ not started"
    assert card(facts, locale="en-GB", zone="UTC") == [
        kit.section("*I-1 · Redesign call routing*  ·  ○ not started")
    ]


def test_a_key_result_without_a_figure_shows_where_it_should_go() -> None:
    facts = FACTS._replace(current=None, progress=None, trend=None)
    assert "70 % → *—* → 80 %" in line(facts, "en-GB")


def test_what_is_to_be_maintained_shows_its_band() -> None:
    facts = FACTS._replace(direction=Direction.MAINTAIN, band_low=Decimal(70), band_high=Decimal(80))
    assert "*74 %*, to stay between 70 % and 80 %, improving" in line(facts, "en-GB")
    assert "to stay below 80 %" in line(facts._replace(band_low=None), "en-GB")
    assert "to stay above 70 %" in line(facts._replace(band_high=None), "en-GB")
    assert "▓" not in line(facts, "en-GB")
    assert "expected" not in figures(facts, "en-GB")


def test_where_nothing_moved_no_arrow_is_drawn() -> None:
    assert "70 % → *74 %* → 80 %" in line(FACTS._replace(trend=Trend.STEADY), "en-GB")


def test_a_bar_is_full_only_at_the_target() -> None:
    assert bar(Decimal("0.99")) == "▓▓▓▓▓▓▓▓▓░"
    assert bar(Decimal("1.4")) == "▓" * 10
    assert bar(Decimal("-0.2")) == "░" * 10


@given(st.text(), st.text(), st.text(), st.text())
def test_any_words_of_people_make_a_card_that_slack_takes(
    title: str, owner: str, note: str, unit: str
) -> None:
    facts = FACTS._replace(title=title, owner=owner, note=note * 40, unit=unit, serves=(title, owner))
    for block in card(facts, locale="en-GB", zone="UTC"):
        parsed = SlackBlock.parse(block)
        assert parsed is not None
        parsed.validate_json()
