"""Each kind of block and element, drawn; and that an app's JSON cannot leave its place."""

from typing import Any

import pytest

from .looks import EVERY_BLOCK, NEWER_BLOCKS, button, form_view, option, plain, text
from .readers import Page, draw

HOSTILE = """"><script>alert(1)</script><img src=x onerror=alert(1)>'"""


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "block_id": "b", "elements": list(elements)}


def field(kind: str, **element: Any) -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": "b",
        "label": plain("Label"),
        "element": {"type": kind, "action_id": "a", **element},
    }


@pytest.mark.parametrize("block", EVERY_BLOCK, ids=lambda block: block["type"])
def test_every_kind_of_block_is_drawn(block: dict[str, Any]) -> None:
    page = Page(draw(block))

    assert page.elements
    assert page.open == []
    assert "does not draw" not in page.text


@pytest.mark.parametrize("block", NEWER_BLOCKS, ids=lambda block: block["type"])
def test_the_newer_blocks_are_drawn(block: dict[str, Any]) -> None:
    page = Page(draw(block))

    assert page.text.strip()
    assert page.open == []
    assert "does not draw" not in page.text


def test_an_unknown_block_says_so_and_nothing_breaks() -> None:
    assert "does not draw the block “hologram”" in draw({"type": "hologram"})


@pytest.mark.parametrize("block", form_view()["blocks"], ids=lambda block: block["element"]["type"])
def test_every_input_element_has_a_label_and_a_name(block: dict[str, Any]) -> None:
    page = Page(draw(block))

    (label,) = page.all("label")[:1]
    label_id = label["id"]
    controls = [each for _, each in page.elements if each.get("aria-labelledby") == label_id]
    names = [each for _, each in page.elements if each.get("name") or each.get("data-name")]
    assert len(controls) == 1
    assert all(
        (each.get("name") or each.get("data-name")) == f'["{block["block_id"]}", "{block["block_id"]}"]'
        for each in names
    )
    assert names


def test_a_button_carries_its_action_its_value_and_its_question() -> None:
    confirm = {
        "title": plain("Sure?"),
        "text": text("It is final."),
        "confirm": plain("Yes"),
        "deny": plain("No"),
    }

    (drawn,) = Page(draw(actions(button("Go", "go", style="danger", confirm=confirm)))).all("button")

    assert drawn["data-act"] == '["b", "go"]'
    assert drawn["data-value"] == "go"
    assert drawn["class"] == "button danger"
    assert '"Sure?"' in (drawn["data-confirm"] or "")


def test_a_link_button_follows_the_web_alone() -> None:
    (good,) = Page(draw(actions(button("Go", "go", url="https://example.com")))).all("a")
    (bad,) = Page(draw(actions(button("Go", "go", url="javascript:alert(1)")))).all("a")

    assert good["href"] == "https://example.com"
    assert bad["href"] == "#"


def test_initial_values_stand_in_the_fields() -> None:
    typed = Page(draw(field("plain_text_input", initial_value="78"))).all("input")[0]
    day = Page(draw(field("datepicker", initial_date="2026-03-23"))).all("input")[0]
    chosen = Page(
        draw(field("static_select", options=[option("Seven", "7")], initial_option=option("Seven", "7")))
    )
    moment = Page(draw(field("datetimepicker", initial_date_time=1774288800))).all("input")[0]

    assert typed["value"] == "78"
    assert day["value"] == "2026-03-23"
    assert {"type": "hidden", "name": '["b", "a"]', "value": "7"} in chosen.all("input")
    assert moment["value"] == "2026-03-23T19:00"


def test_what_was_typed_wins_over_the_initial_value() -> None:
    state = {"b": {"a": {"type": "plain_text_input", "value": None}}}

    (drawn,) = Page(draw(field("plain_text_input", initial_value="78"), state=state)).all("input")

    assert drawn["value"] == ""


def test_checked_boxes_are_checked() -> None:
    options = [option("one", "1"), option("two", "2")]
    state = {"b": {"a": {"type": "checkboxes", "selected_options": [options[1]]}}}

    one, two = Page(draw(field("checkboxes", options=options), state=state)).all("input")

    assert "checked" not in one
    assert "checked" in two


def test_an_error_stands_beside_its_field_and_is_tied_to_it() -> None:
    page = Page(draw(field("number_input"), errors={"b": "78 what?"}))

    (control,) = page.all("input")
    (error,) = [each for each in page.all("p") if each.get("role") == "alert"]
    assert control["aria-invalid"] == "true"
    assert control["aria-describedby"] == error["id"]
    assert "78 what?" in page.text


@pytest.mark.parametrize(
    ("config", "dispatch"),
    [
        ({}, ""),
        ({"dispatch_action": True}, "enter"),
        ({"dispatch_action": True, "config": ["on_character_entered"]}, "character"),
    ],
)
def test_a_field_tells_the_app_when_its_block_says_so(config: dict[str, Any], dispatch: str) -> None:
    block = field("plain_text_input") | {"dispatch_action": config.get("dispatch_action", False)}
    if "config" in config:
        block["element"]["dispatch_action_config"] = {"trigger_actions_on": config["config"]}

    (drawn,) = Page(draw(block)).all("input")

    assert drawn["data-dispatch"] == dispatch


def test_a_picture_of_the_workspace_is_served_by_the_page() -> None:
    by_id = Page(draw({"type": "image", "slack_file": {"id": "F7"}, "alt_text": "Scorecard"}))
    url = "https://files.slack.com/files-pri/T1-F8/a.png"
    by_url = Page(draw({"type": "image", "slack_file": {"url": url}, "alt_text": "Scorecard"}))

    assert by_id.all("img")[0]["src"] == "/as/ana/files/F7"
    assert by_url.all("img")[0]["src"] == "/as/ana/files/F8"


def test_a_picture_of_another_host_is_named_and_not_loaded() -> None:
    page = Page(
        draw({"type": "image", "image_url": "https://example.com/a.png", "alt_text": "4 of 8 on plan"})
    )

    assert "img" not in page.tags
    assert "4 of 8 on plan" in page.text


def _everything_replaced(node: Any) -> Any:
    """The blocks with hostile text for every string but those that Slack reads itself."""
    own = {"type", "style", "align", "level", "icon", "initial_date", "initial_time"}
    if isinstance(node, dict):
        return {
            key: value if key in own and isinstance(value, str) else _everything_replaced(value)
            for key, value in node.items()
        }
    if isinstance(node, list):
        return [_everything_replaced(each) for each in node]
    return f"{node}{HOSTILE}" if isinstance(node, str) else node


@pytest.mark.parametrize("block", [*EVERY_BLOCK, *form_view()["blocks"]], ids=lambda block: block["type"])
def test_hostile_json_stays_text(block: dict[str, Any]) -> None:
    page = Page(draw(_everything_replaced(block), errors={f"{block.get('block_id')}{HOSTILE}": HOSTILE}))

    assert "script" not in page.tags
    assert all((each["src"] or "").startswith("/as/ana/") for each in page.all("img"))
    assert not {name for name in page.attributes if name.startswith("on")}
    assert all(link.startswith(("https://", "http://", "#", "/as/ana/")) for link in page.links)
    assert page.open == []
