"""Which of several items is meant: buttons for a few, a menu for many, and Slack takes either."""

import pytest

from bot.blockkit.choices import MOST_BUTTONS, which_message
from bot.simulator.blocks import check_message


def choices(count: int, ending: str) -> list[tuple[str, str]]:
    return [(f"KR-{number} Calls <answered>", f"KR-{number}{ending}") for number in range(1, count + 1)]


@pytest.mark.parametrize(
    ("count", "ending", "element", "offers", "said"),
    [
        (2, "", "button", 2, "fits 2 items. Which one?"),
        (MOST_BUTTONS, "", "button", MOST_BUTTONS, "Which one?"),
        (MOST_BUTTONS + 1, "", "static_select", MOST_BUTTONS + 1, "Which one?"),
        (140, "", "static_select", 100, "fits 140 items. Which one? The first 100 are here; more words find"),
        (140, " " + "x" * 500, "button", 25, "The first 25 are here; more words find fewer."),
    ],
)
def test_a_few_are_buttons_and_many_a_menu(
    count: int, ending: str, element: str, offers: int, said: str
) -> None:
    told = which_message("calls & <more>", choices(count, ending), "okr.show")
    check_message(told.text, list(told.blocks))
    assert "“calls &amp; &lt;more&gt;”" in told.text
    assert said in told.text
    [row] = [block for block in told.blocks if block["type"] == "actions"]
    assert {one["type"] for one in row["elements"]} == {element}
    offered = row["elements"] if element == "button" else row["elements"][0]["options"]
    assert len(offered) == offers
    assert offered[0]["value"] == f"KR-1{ending}"
