"""The judge of Block Kit: a row for each limit, and proof that just below it all is well."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from bot.simulator.blocks import check_message, check_options, check_view
from bot.simulator.errors import SlackError
from tests.bot.simulator.conftest import SECTION, actions, button, modal, text_input

Block = dict[str, Any]


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def marked(text: str) -> Block:
    return {"type": "mrkdwn", "text": text}


def section(**fields: Any) -> Block:
    return {"type": "section", "text": marked("x"), **fields}


def option(text: str = "one", value: str = "1", **fields: Any) -> Block:
    return {"text": plain(text), "value": value, **fields}


def options(count: int) -> list[Block]:
    return [option(f"o{each}", str(each)) for each in range(count)]


def select(**fields: Any) -> Block:
    return {"type": "static_select", "action_id": "s", "options": options(2), **fields}


def number(**fields: Any) -> Block:
    return {"type": "number_input", "action_id": "n", "is_decimal_allowed": True, **fields}


def field_of(element: Block, **fields: Any) -> Block:
    return {"type": "input", "block_id": "f", "label": plain("F"), "element": element, **fields}


def table(rows: int, columns: int, **fields: Any) -> Block:
    cell = {"type": "raw_text", "text": "x"}
    return {"type": "table", "rows": [[cell] * columns for _ in range(rows)], **fields}


def header(text: str) -> Block:
    return {"type": "header", "text": plain(text)}


def context(count: int) -> Block:
    return {"type": "context", "elements": [marked("x")] * count}


def image(**fields: Any) -> Block:
    return {"type": "image", "alt_text": "a", "image_url": "https://example.com/a.png", **fields}


def confirm(**fields: Any) -> Block:
    texts = {"title": plain("Sure"), "text": plain("x"), "confirm": plain("Yes"), "deny": plain("No")}
    return {**texts, **fields}


GOOD_IN_MESSAGES = [
    section(text=marked("x" * 3_000)),
    {"type": "section", "fields": [marked("x" * 2_000)] * 6},
    {"type": "section", "fields": [marked("x")] * 10},
    section(block_id="b" * 255),
    section(accessory=button("x" * 75, "b", value="v" * 2_000)),
    section(accessory=button("x", "b", style="primary", confirm=confirm(), url="https://a.example")),
    section(accessory=select(options=options(100))),
    section(accessory=select(placeholder=plain("x" * 150), initial_option=option("o1", "1"))),
    section(accessory={"type": "overflow", "action_id": "o", "options": options(5)}),
    section(accessory={"type": "datepicker", "action_id": "d", "initial_date": "2026-02-28"}),
    section(accessory={"type": "timepicker", "action_id": "t", "initial_time": "23:59"}),
    section(accessory=image()),
    header("x" * 150),
    context(10),
    actions(*(button("x", f"b{each}") for each in range(25))),
    {"type": "divider"},
    image(title=plain("x" * 2_000)),
    image(alt_text="x" * 2_000),
    field_of({"type": "plain_text_input", "action_id": "t"}),
    field_of({"type": "radio_buttons", "action_id": "r", "options": options(10)}),
    field_of({"type": "checkboxes", "action_id": "c", "options": options(10)}),
    field_of({"type": "datetimepicker", "action_id": "d", "initial_date_time": 1_767_603_600}),
    {"type": "markdown", "text": "x" * 12_000},
    table(100, 2),
    table(2, 20, column_settings=[{"align": "right", "is_wrapped": True}]),
    {
        "type": "data_table",
        "caption": "KPIs",
        "page_size": 10,
        "rows": [
            [{"type": "raw_text", "text": "KPI"}],
            [{"type": "raw_number", "value": 4.5, "text": "4.5"}],
        ],
    },
    {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [{"type": "text", "text": "x", "style": {"bold": True}}],
            },
            {
                "type": "rich_text_list",
                "style": "bullet",
                "elements": [{"type": "rich_text_section", "elements": [{"type": "user", "user_id": "U1"}]}],
            },
        ],
    },
    {"type": "card", "title": marked("x" * 150), "body": marked("x" * 200), "actions": [button("b", "b")]},
    {"type": "carousel", "elements": [{"type": "card", "title": marked("x")}] * 10},
    {"type": "container", "title": plain("x"), "child_blocks": [SECTION] * 10},
    {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "f",
                "positive_button": {"text": plain("Good"), "value": "1"},
                "negative_button": {"text": plain("Bad"), "value": "0"},
            },
            {"type": "icon_button", "action_id": "i", "icon": "trash", "text": plain("Remove")},
        ],
    },
    {
        "type": "video",
        "video_url": "https://a.example/v",
        "thumbnail_url": "https://a.example/t",
        "alt_text": "v",
        "title": plain("v"),
    },
]


@pytest.mark.parametrize("block", GOOD_IN_MESSAGES, ids=lambda each: each["type"])
def test_what_slack_takes_in_a_message(block: Block) -> None:
    assert check_message("x", [block]) == ("x", [block])


BAD_IN_MESSAGES = [
    ({"type": "nonsense"}, "unsupported type: nonsense", "/type"),
    ({}, "unsupported type: None", "/type"),
    ({"type": "section"}, "must define at least one of: text, fields", ""),
    (section(text=marked("")), "must be more than 0 characters", "/text/text"),
    (section(text=marked("x" * 3_001)), "must be less than 3001 characters", "/text/text"),
    (section(text="x"), "must provide an object", "/text"),
    (section(text={"type": "html", "text": "x"}), "unsupported type: html", "/text/type"),
    (section(fields=[marked("x")] * 11), "no more than 10 items allowed", "/fields"),
    (section(fields=[]), "no fewer than 1 items allowed", "/fields"),
    (section(fields=[marked("x" * 2_001)]), "must be less than 2001 characters", "/fields/0/text"),
    (section(block_id="b" * 256), "must be less than 256 characters", "/block_id"),
    (section(colour="red"), "invalid additional property: colour", ""),
    (section(text={**marked("x"), "emoji": True}), "invalid additional property: emoji", "/text"),
    (section(accessory=button("x" * 76, "b")), "must be less than 76 characters", "/accessory/text/text"),
    (
        section(accessory=button("x", "b", value="v" * 2_001)),
        "must be less than 2001 characters",
        "/accessory/value",
    ),
    (section(accessory=button("x", "b" * 256)), "must be less than 256 characters", "/accessory/action_id"),
    (section(accessory=button("x", "b", url="javascript:1")), "must be a valid URL", "/accessory/url"),
    (
        section(accessory=button("x", "b", style="green")),
        "must be one of: primary, danger",
        "/accessory/style",
    ),
    (
        section(accessory={**button("x", "b"), "text": marked("x")}),
        "unsupported type: mrkdwn",
        "/accessory/text/type",
    ),
    (
        section(accessory=button("x", "b", confirm=confirm(title=plain("x" * 101)))),
        "must be less than 101 characters",
        "/accessory/confirm/title/text",
    ),
    (
        section(accessory=button("x", "b", confirm=confirm(confirm=plain("x" * 31)))),
        "must be less than 31 characters",
        "/accessory/confirm/confirm/text",
    ),
    (
        section(accessory=button("x", "b", confirm={"title": plain("Sure")})),
        "missing required field: text",
        "/accessory/confirm",
    ),
    (
        section(accessory={"type": "plain_text_input", "action_id": "t"}),
        "unsupported type: plain_text_input",
        "/accessory/type",
    ),
    (section(accessory=select(options=options(101))), "no more than 100 items allowed", "/accessory/options"),
    (section(accessory=select(options=[])), "no fewer than 1 items allowed", "/accessory/options"),
    (
        section(accessory=select(options=[option("x" * 76)])),
        "must be less than 76 characters",
        "/accessory/options/0/text/text",
    ),
    (
        section(accessory=select(options=[option("x", "v" * 151)])),
        "must be less than 151 characters",
        "/accessory/options/0/value",
    ),
    (
        section(accessory=select(options=[option("x", "")])),
        "must be more than 0 characters",
        "/accessory/options/0/value",
    ),
    (
        section(accessory=select(options=[option("a", "1"), option("b", "1")])),
        "option values must be unique",
        "/accessory/options",
    ),
    (
        section(accessory=select(options=[option("x", "1", url="https://a.example")])),
        "invalid additional property: url",
        "/accessory/options/0",
    ),
    (
        section(accessory=select(initial_option=option("other", "9"))),
        "initial option must match one of the options",
        "/accessory",
    ),
    (
        section(accessory=select(option_groups=[{"label": plain("g"), "options": options(1)}])),
        "must define exactly one of: options, option_groups",
        "/accessory",
    ),
    (
        section(accessory=select(placeholder=plain("x" * 151))),
        "must be less than 151 characters",
        "/accessory/placeholder/text",
    ),
    (
        section(accessory={"type": "overflow", "action_id": "o", "options": options(6)}),
        "no more than 5 items allowed",
        "/accessory/options",
    ),
    (
        section(accessory={"type": "datepicker", "action_id": "d", "initial_date": "28.02.2026"}),
        "does not match the expected format",
        "/accessory/initial_date",
    ),
    (
        section(accessory={"type": "timepicker", "action_id": "t", "initial_time": "24:00"}),
        "does not match the expected format",
        "/accessory/initial_time",
    ),
    (
        section(accessory={"type": "checkboxes", "action_id": "c", "options": options(11)}),
        "no more than 10 items allowed",
        "/accessory/options",
    ),
    (header("x" * 151), "must be less than 151 characters", "/text/text"),
    ({"type": "header", "text": marked("x")}, "unsupported type: mrkdwn", "/text/type"),
    (context(11), "no more than 10 items allowed", "/elements"),
    (context(0), "no fewer than 1 items allowed", "/elements"),
    (
        {"type": "context", "elements": [button("x", "b")]},
        "unsupported type: button",
        "/elements/0/type",
    ),
    (
        actions(*(button("x", f"b{each}") for each in range(26))),
        "no more than 25 items allowed",
        "/elements",
    ),
    (actions(), "no fewer than 1 items allowed", "/elements"),
    (actions(button("a", "same"), button("b", "same")), "action_id already exists: same", "/elements"),
    (image(alt_text="x" * 2_001), "must be less than 2001 characters", "/alt_text"),
    (image(image_url="no"), "must be a valid URL", "/image_url"),
    (image(slack_file={"id": "F1"}), "must define exactly one of: image_url, slack_file", ""),
    ({"type": "image", "image_url": "https://a.example"}, "missing required field: alt_text", ""),
    ({"type": "divider", "text": plain("x")}, "invalid additional property: text", ""),
    (field_of(number()), "unsupported type: number_input", "/element/type"),
    ({"type": "input", "element": select()}, "missing required field: label", ""),
    ({"type": "markdown", "text": "x" * 12_001}, "must be less than 12001 characters", "/text"),
    (table(101, 1), "no more than 100 items allowed", "/rows"),
    (table(1, 21), "no more than 20 items allowed", "/rows/0"),
    (
        {"type": "table", "rows": [*table(1, 2)["rows"], *table(1, 3)["rows"]]},
        "all rows must have the same number of cells",
        "/rows",
    ),
    (
        {"type": "table", "rows": [[{"type": "raw_text", "text": "x" * 10_001}]]},
        "must be less than 10001 characters",
        "/rows",
    ),
    (
        {"type": "table", "rows": [[{"type": "raw_text", "text": ""}]]},
        "must be more than 0 characters",
        "/rows/0/0/text",
    ),
    ({"type": "card"}, "must define at least one of: hero_image, title, actions, body", ""),
    ({"type": "alert", "text": plain("x")}, "unsupported type: alert", "/type"),
    (
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text"}]}]},
        "missing required field: text",
        "/elements/0/elements/0",
    ),
]


@pytest.mark.parametrize(
    ("block", "message", "path"), BAD_IN_MESSAGES, ids=[f"{m} {p}" for _, m, p in BAD_IN_MESSAGES]
)
def test_what_slack_refuses_in_a_message(block: Block, message: str, path: str) -> None:
    with pytest.raises(SlackError) as caught:
        check_message("x", [block])
    assert caught.value.error == "invalid_blocks"
    assert f"{message} [json-pointer:/blocks/0{path}]" in caught.value.messages


@pytest.mark.parametrize(
    ("blocks", "message"),
    [
        ([{"type": "divider"}] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
        (
            [section(block_id="same"), section(block_id="same")],
            "block_id already exists: same [json-pointer:/blocks/1/block_id]",
        ),
        ([table(1, 1), table(1, 1)], "only one table allowed [json-pointer:/blocks]"),
        (
            [{"type": "markdown", "text": "x" * 6_001}] * 2,
            "must be less than 12001 characters [json-pointer:/blocks]",
        ),
    ],
)
def test_what_slack_refuses_over_all_blocks(blocks: list[Block], message: str) -> None:
    with pytest.raises(SlackError) as caught:
        check_message("x", blocks)
    assert caught.value.messages == (message,)


def test_fifty_blocks_are_taken() -> None:
    blocks = [{"type": "divider"}] * 50
    assert check_message(None, blocks) == ("", blocks)


def test_all_blocks_of_a_message_together_stay_under_thirteen_thousand_characters() -> None:
    check_message("x", [section(text=marked("x" * 2_600)) for _ in range(5)])
    with pytest.raises(SlackError, match="msg_blocks_too_long"):
        check_message("x", [section(text=marked("x" * 2_700)) for _ in range(5)])


GOOD_IN_MODALS = [
    field_of(number(initial_value="5", min_value="0", max_value="10")),
    field_of(number(is_decimal_allowed=False, initial_value="-3")),
    field_of({"type": "plain_text_input", "action_id": "t", "min_length": 1, "max_length": 3_000}),
    field_of({"type": "email_text_input", "action_id": "e"}),
    field_of({"type": "url_text_input", "action_id": "u"}),
    field_of({"type": "file_input", "action_id": "f", "filetypes": ["yaml"], "max_files": 1}),
    field_of({"type": "rich_text_input", "action_id": "r"}),
    field_of(
        {"type": "external_select", "action_id": "e", "min_query_length": 0},
        dispatch_action=True,
        hint=plain("x" * 2_000),
        optional=True,
    ),
    field_of({"type": "multi_users_select", "action_id": "m", "max_selected_items": 3}),
    field_of(
        {
            "type": "conversations_select",
            "action_id": "c",
            "filter": {"include": ["public"], "exclude_bot_users": True},
            "response_url_enabled": True,
        }
    ),
    {"type": "alert", "text": plain("x"), "level": "warning"},
]


@pytest.mark.parametrize("block", GOOD_IN_MODALS, ids=lambda each: str(each.get("element", each)["type"]))
def test_what_slack_takes_in_a_modal(block: Block) -> None:
    check_view(modal(block), "modal")


BAD_VIEWS = [
    (modal(title=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/title/text]"),
    (modal(title=marked("x")), "unsupported type: mrkdwn [json-pointer:/view/title/type]"),
    (modal(submit=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/submit/text]"),
    (modal(close=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/close/text]"),
    (
        modal(private_metadata="x" * 3_001),
        "must be less than 3001 characters [json-pointer:/view/private_metadata]",
    ),
    (
        modal(callback_id="x" * 256),
        "must be less than 256 characters [json-pointer:/view/callback_id]",
    ),
    (modal(id="V1"), "invalid additional property: id [json-pointer:/view]"),
    (modal(state={"values": {}}), "invalid additional property: state [json-pointer:/view]"),
    (modal(hash="1.x"), "invalid additional property: hash [json-pointer:/view]"),
    (
        modal(*([{"type": "divider"}] * 101)),
        "no more than 100 items allowed [json-pointer:/view/blocks]",
    ),
    (
        {"type": "modal", "title": plain("x"), "blocks": [text_input("A", "a")]},
        "`submit` is required when an `input` block is in `blocks` [json-pointer:/view]",
    ),
    ({"type": "modal", "title": plain("x")}, "missing required field: blocks [json-pointer:/view]"),
    ({"type": "modal", "blocks": [SECTION]}, "missing required field: title [json-pointer:/view]"),
    ({"type": "home", "blocks": [SECTION]}, "must be one of: modal [json-pointer:/view/type]"),
    (
        modal(text_input("A", "same"), text_input("B", "same")),
        "block_id already exists: same [json-pointer:/view/blocks/1/block_id]",
    ),
    (
        modal(field_of(number(initial_value=5))),
        "must provide a string [json-pointer:/view/blocks/0/element/initial_value]",
    ),
    (
        modal(field_of(number(initial_value="5,5"))),
        "does not match the expected format [json-pointer:/view/blocks/0/element/initial_value]",
    ),
    (
        modal(field_of(number(initial_value="11", max_value="10"))),
        "initial_value must be between min_value and max_value [json-pointer:/view/blocks/0/element]",
    ),
    (
        modal(field_of(number(min_value="2", max_value="1"))),
        "min_value cannot be greater than max_value [json-pointer:/view/blocks/0/element]",
    ),
    (
        modal(field_of(number(is_decimal_allowed=False, initial_value="1.5"))),
        "decimal values are not allowed [json-pointer:/view/blocks/0/element]",
    ),
    (
        modal(field_of({"type": "number_input", "action_id": "n"})),
        "missing required field: is_decimal_allowed [json-pointer:/view/blocks/0/element]",
    ),
    (
        modal(text_input("A", "a", initial_value="x" * 3_001)),
        "must be less than 3001 characters [json-pointer:/view/blocks/0/element/initial_value]",
    ),
    (
        modal(text_input("A", "a", initial_value="xxx", max_length=2)),
        "must be less than 3 characters [json-pointer:/view/blocks/0/element/initial_value]",
    ),
    (
        modal(text_input("A", "a", min_length=3, max_length=2)),
        "min_length cannot be greater than max_length [json-pointer:/view/blocks/0/element]",
    ),
    (
        modal(text_input("A", "a", max_length=3_001)),
        "must be between 1 and 3000 [json-pointer:/view/blocks/0/element/max_length]",
    ),
    (
        modal(text_input("A" * 2_001, "a")),
        "must be less than 2001 characters [json-pointer:/view/blocks/0/label/text]",
    ),
    (
        modal(text_input("A", "a", focus_on_load=True), text_input("B", "b", focus_on_load=True)),
        "only one element can have focus_on_load [json-pointer:/view/blocks]",
    ),
    (
        modal(field_of({"type": "file_input", "action_id": "f"}, dispatch_action=True)),
        "unsupported type: file_input [json-pointer:/view/blocks/0/element/type]",
    ),
    (
        modal(field_of({"type": "conversations_select", "action_id": "c", "filter": {}})),
        (
            "must define at least one of: include, exclude_external_shared_channels, exclude_bot_users"
            " [json-pointer:/view/blocks/0/element/filter]"
        ),
    ),
    (
        modal(field_of(button("x", "b"))),
        "unsupported type: button [json-pointer:/view/blocks/0/element/type]",
    ),
    (
        modal({"type": "markdown", "text": "x"}),
        "unsupported type: markdown [json-pointer:/view/blocks/0/type]",
    ),
    (modal(notify_on_close="yes"), "must provide a boolean [json-pointer:/view/notify_on_close]"),
]


@pytest.mark.parametrize(("view", "message"), BAD_VIEWS, ids=[message for _, message in BAD_VIEWS])
def test_what_slack_refuses_in_a_modal(view: Block, message: str) -> None:
    with pytest.raises(SlackError) as caught:
        check_view(view, "modal")
    assert caught.value.error == "invalid_arguments"
    assert message in caught.value.messages


def test_the_app_home_takes_a_hundred_blocks_and_no_title() -> None:
    home: Block = {"type": "home", "blocks": [{"type": "divider"}] * 100}
    check_view(home, "home")
    for wrong in ({"title": plain("x")}, {"submit": plain("x")}, {"blocks": home["blocks"] * 2}):
        with pytest.raises(SlackError):
            check_view({**home, **wrong}, "home")


def test_number_inputs_stand_only_in_modals() -> None:
    with pytest.raises(SlackError, match="unsupported type: number_input"):
        check_view({"type": "home", "blocks": [field_of(number())]}, "home")


@pytest.mark.parametrize(
    "answer", [None, {}, {"options": options(101)}, {"options": [{"text": "x"}]}, {"other": []}]
)
def test_malformed_options_are_refused(answer: Any) -> None:
    with pytest.raises(SlackError):
        check_options(answer)


def test_offered_options_are_taken() -> None:
    check_options({"options": options(100)})
    check_options({"options": []})
    check_options({"option_groups": [{"label": plain("g"), "options": options(2)}]})


def test_the_judge_changes_nothing() -> None:
    view = modal(text_input("A", "a"), section())
    before = deepcopy(view)
    check_view(view, "modal")
    assert view == before
