from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block as SlackBlock
from slack_sdk.models.views import View

from bot import ids
from bot.asks import Person
from bot.blockkit import kit
from bot.home import blocks
from bot.home.service import Item, Standing
from storage.repositories.standing import LastAnswer
from storage.rules.graph import PlanLine
from storage.rules.scoring import Assessment, Trend
from storage.rules.terms import Kind, PlanState, Status

ANA = Person(1, "U1", "Ana Ruiz", "Europe/Madrid", "en-GB")
MONDAY = datetime(2026, 2, 16, 8, tzinfo=UTC)
PLAN = PlanLine(
    1,
    "Northwind 2026",
    "The service people recommend",
    "",
    date(2026, 1, 1),
    date(2026, 12, 31),
    "Europe/Berlin",
    PlanState.ACTIVE,
)
ITEM = Item(
    kind=Kind.KEY_RESULT,
    reference="KR-3",
    title="First-contact resolution",
    assessment=Assessment(Status.AT_RISK, "40 % of the way, 62 % expected by now."),
    due_on=date(2026, 3, 31),
    team="Customer Service",
    serves=("O-2 Answer right the first time",),
    unit="%",
    baseline=Decimal(70),
    current=Decimal(74),
    target=Decimal(80),
    progress=Decimal("0.4"),
    expected=Decimal("0.62"),
    trend=Trend.IMPROVING,
    last_answer=LastAnswer(5, 7, "routing done", datetime(2026, 2, 9, 8, tzinfo=UTC)),
)
STANDING = Standing(plan=PLAN, items=(ITEM,), next_checkin_at=MONDAY)
WAITS = [kit.section("2 figures are due."), kit.actions(kit.button("Check in", "checkin.open:1"))]


def words(shown: Any) -> str:
    """All texts, a line each."""
    if isinstance(shown, dict):
        own = [shown["text"]] if isinstance(shown.get("text"), str) else []
        return "\n".join([*own, *filter(None, map(words, shown.values()))])
    return "\n".join(filter(None, map(words, shown))) if isinstance(shown, list | tuple) else ""


def buttons(view: Any) -> list[str]:
    return [
        element["action_id"]
        for block in view["blocks"]
        for element in block.get("elements", ())
        if block["type"] == "actions"
    ]


def test_what_waits_comes_before_the_numbers() -> None:
    view = blocks.home(STANDING, ANA, WAITS)
    assert view["blocks"][:3] == [*WAITS, kit.header("Your items")]
    assert "▲ at risk" in words(view)
    assert "70 % → *74 %* → 80 %, improving  ·  ▓▓▓▓░░░░░░ 40 %" in words(view)
    assert "Customer Service · by 31 Mar · for O-2 Answer right the first time" in words(view)
    assert "Northwind 2026" in words(view)


def test_someone_new_reads_what_this_is_and_finds_one_button() -> None:
    view = blocks.home(replace(STANDING, items=(), is_newcomer=True), ANA, [])
    assert words(view).startswith("Welcome to Hoshin\nHoshin keeps your organisation's plan in Slack")
    assert "*Hoshin Kanri* sets direction, *OKRs* drive focus" in words(view)
    assert buttons(view) == [ids.HOME_HELP]


def test_someone_new_who_is_asked_is_led_to_the_question() -> None:
    view = blocks.home(replace(STANDING, asked_until=MONDAY, is_newcomer=True), ANA, WAITS)
    assert (
        "*This week* it wants your figures, until <!date^1771228800^{date_short_pretty} at {time}|"
        "Mon 16 Feb 2026, 09:00 CET>. They stand right below."
    ) in words(view)
    assert buttons(view) == ["checkin.open:1"]


def test_a_workspace_without_a_plan_says_how_to_put_one_in() -> None:
    for newcomer in (True, False):
        shown = words(blocks.home(Standing(plan=None, is_newcomer=newcomer), ANA, []))
        assert "`hoshin import plan.yaml`" in shown
        assert "`/hoshin setup`" in shown


def test_someone_without_items_is_told_what_belongs_there() -> None:
    standing = Standing(plan=PLAN)
    assert "No item of the plan is yours yet" in words(blocks.home(standing, ANA, []))


def test_a_guest_sees_no_plan() -> None:
    assert "Northwind 2026" not in words(blocks.home(STANDING, replace(ANA, is_guest=True), []))


def test_a_stale_item_says_why_and_others_let_their_figures_speak() -> None:
    stale = replace(ITEM, assessment=Assessment(Status.STALE, "A figure is overdue."))
    shown = words(blocks.home(replace(STANDING, items=(stale, ITEM)), ANA, []))
    assert "◌ stale\nA figure is overdue." in shown
    assert "of the way" not in shown


def test_a_goal_says_what_is_wrong_below_it() -> None:
    wrong = Assessment(Status.OFF_TRACK, "O-2 is off track.")
    goal = replace(ITEM, kind=Kind.ANNUAL_OBJECTIVE, assessment=wrong, current=None)
    assert "O-2 is off track." in words(blocks.home(replace(STANDING, items=(goal,)), ANA, []))


def test_five_items_are_shown_and_the_others_are_one_press_away() -> None:
    items = tuple(replace(ITEM, reference=f"KR-{number}") for number in range(23))
    standing = replace(STANDING, items=items)
    view = blocks.home(standing, ANA, [])
    assert words(view).count("First-contact resolution") == 5
    assert buttons(view) == [ids.HOME_ITEMS, ids.HOME_HELP]
    assert "All 23 →" in words(view)
    everything = blocks.all_items(standing, ANA)
    assert everything["title"]["text"] == "Your 23 items"
    assert words(everything).count("First-contact resolution") == 23
    View(**everything).validate_json()


def test_the_states_are_counted_worst_first() -> None:
    done = replace(ITEM, assessment=Assessment(Status.DONE, "The target is reached."))
    standing = replace(STANDING, items=(ITEM, ITEM, done))
    assert "▲ 2 at risk  ·  ✓ 1 done" in words(blocks.home(standing, ANA, []))


def test_the_command_answers_with_the_same_facts() -> None:
    message = blocks.standing_message(STANDING, ANA, WAITS)
    assert message.text == (
        "You answer for 1 item: ▲ 1 at risk. Your next check-in comes Mon 16 Feb 2026, 09:00 CET."
    )
    assert message.blocks[:2] == tuple(WAITS)
    assert "*KR-3* First-contact resolution  ·  ▲ at risk" in words(message.blocks)
    assert "/hoshin help key result" in words(message.blocks)


def test_further_sections_stand_below_the_items() -> None:
    further = [kit.section("Catchball: 1 ball is yours.")]
    shown = words(blocks.home(STANDING, ANA, WAITS, further))
    assert shown.index("First-contact") < shown.index("Catchball") < shown.index("Northwind 2026")


@given(st.text(), st.text(), st.integers(min_value=0, max_value=40))
def test_any_words_make_a_home_and_a_message_that_slack_takes(title: str, note: str, count: int) -> None:
    answer = LastAnswer(5, 7, note * 30, MONDAY)
    items = tuple(replace(ITEM, title=title * 9, team=note, last_answer=answer) for _ in range(count))
    standing = Standing(plan=PLAN._replace(vision=note * 50), items=items)
    View(**blocks.home(standing, ANA, WAITS)).validate_json()
    for block in blocks.standing_message(standing, ANA, []).blocks:
        parsed = SlackBlock.parse(block)
        assert parsed is not None
        parsed.validate_json()
