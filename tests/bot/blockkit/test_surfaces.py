from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.views import View

from bot.blockkit import kit, limits
from bot.blockkit.surfaces import fit_message, fit_view, home_view, message, modal, pages


def texts(blocks: list[dict[str, Any]]) -> int:
    return sum(
        len(block["text"]["text"]) if "text" in block else len(block["elements"][0]["text"])
        for block in blocks
    )


@given(st.lists(st.integers(min_value=1, max_value=3000), max_size=80))
def test_a_message_always_fits(lengths: list[int]) -> None:
    blocks = [kit.section("x" * length) for length in lengths]
    fitted = list(message("Summary", blocks).blocks)
    assert len(fitted) <= limits.MESSAGE_BLOCKS
    assert texts(fitted) <= limits.MESSAGE_CHARACTERS
    left_out = len(blocks) - (len(fitted) - 1)
    if len(fitted) == len(blocks) and fitted == blocks:
        return
    assert fitted[-1] == kit.context(f"and {left_out} more")


def test_what_fits_is_left_alone() -> None:
    blocks = [kit.header("Week 7"), kit.section("All on track.")]
    assert message("Week 7", blocks).blocks == tuple(blocks)


def test_head_and_foot_stay_when_rows_do_not_fit() -> None:
    rows = [[kit.section(f"KR-{number}"), kit.divider()] for number in range(40)]
    fitted = fit_message([kit.header("Week 7")], rows, [kit.context("Why this?")])
    assert fitted[0] == kit.header("Week 7")
    assert fitted[-1] == kit.context("Why this?")
    assert fitted[-2] == kit.context("and 17 more")
    assert len(fitted) == 1 + 2 * 23 + 2


def test_a_row_is_shown_whole_or_not_at_all() -> None:
    rows = [[kit.section("x" * 3000), kit.section("y" * 3000)] for _ in range(3)]
    assert fit_message([], rows) == [*rows[0], *rows[1], kit.context("and 1 more")]


def test_a_view_takes_more_than_a_message() -> None:
    rows = [[kit.section("x")] for _ in range(100)]
    assert len(fit_view([], rows)) == 100
    assert fit_view([], [*rows, [kit.section("x")]])[-1] == kit.context("and 2 more")


def test_a_view_keeps_below_slack_s_bytes() -> None:
    fitted = fit_view([], [[kit.section("ß" * 3000)] for _ in range(90)])
    assert fitted[-1]["type"] == "context"
    assert len(fitted) < 20


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_title_and_button_make_a_form_that_slack_takes(title: str, button: str) -> None:
    blocks = [kit.text_input("value", "KR-3 now")]
    view = modal(
        title, blocks, callback_id="checkin.form", submit=button or "Send", close=title, metadata="{}"
    )
    View(**view).validate_json()


def test_a_form_with_inputs_and_no_button_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="submit button"):
        modal("Check in", [kit.text_input("value", "KR-3 now")], callback_id="checkin.form")


def test_a_form_is_never_cut() -> None:
    with pytest.raises(ValueError, match="pages"):
        modal("Check in", [kit.divider()] * 101, callback_id="checkin.form")


def test_a_home_tab_counts_what_it_leaves_out() -> None:
    view = home_view([kit.section(str(number)) for number in range(120)])
    assert len(view["blocks"]) == 100
    assert view["blocks"][-1] == kit.context("and 21 more")
    View(**view).validate_json()


def test_pages_hold_at_most_their_size() -> None:
    assert pages([1, 2, 3, 4, 5], 2) == [[1, 2], [3, 4], [5]]
    assert pages([], 2) == [[]]
