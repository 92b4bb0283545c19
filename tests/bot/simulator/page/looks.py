"""What the app of the showcase shows: prompts, forms, every kind of block."""

from typing import Any


def text(words: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": words}


def plain(words: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": words}


def option(words: str, value: str, description: str = "") -> dict[str, Any]:
    shape: dict[str, Any] = {"text": plain(words), "value": value}
    return shape | ({"description": plain(description)} if description else {})


def button(words: str, action_id: str, **more: Any) -> dict[str, Any]:
    return {"type": "button", "text": plain(words), "action_id": action_id, "value": action_id, **more}


PROMPT_BLOCKS: list[dict[str, Any]] = [
    {"type": "header", "text": plain("Monday check-in · 3 figures")},
    {
        "type": "section",
        "text": text(
            "*KR-3 · First-contact resolution*   ▲ at risk\n"
            "70 % → *74 %* → 80 %   ▓▓▓▓░░░░░░ 40 %   expected 62 % by now"
        ),
        "accessory": {
            "type": "overflow",
            "action_id": "more",
            "options": [option("Open the card", "open"), option("Not mine any more", "not-mine")],
        },
    },
    {
        "type": "section",
        "text": text("*KR-4 · Median wait*   ● on track\n9 min → *6 min* → 5 min   ▓▓▓▓▓▓▓░░░ 75 %"),
    },
    {
        "type": "context",
        "elements": [
            text("Answers land in <#{team}> · due <!date^1774288800^{date_short_pretty} at {time}|today>")
        ],
    },
    {
        "type": "actions",
        "block_id": "answers",
        "elements": [
            button("Check in", "check_in_now", style="primary"),
            button(
                "Nothing changed",
                "nothing_changed",
                confirm={
                    "title": plain("Nothing changed?"),
                    "text": text("All three figures stay as they were a week ago."),
                    "confirm": plain("Yes, record that"),
                    "deny": plain("Back"),
                },
            ),
            button("Later today", "later"),
            button("Why this?", "why"),
        ],
    },
]


def check_in_view(*, deep: bool = False) -> dict[str, Any]:
    blocks: list[dict[str, Any]] = [
        {
            "type": "section",
            "text": text("*KR-3 · First-contact resolution*   ▲ at risk\nLast week *74 %*, target 80 %."),
        },
        {
            "type": "input",
            "block_id": "value",
            "label": plain("Where does it stand now?"),
            "hint": plain("In percent, from 70 to 80."),
            "element": {
                "type": "number_input",
                "action_id": "value",
                "is_decimal_allowed": True,
                "min_value": "0",
                "max_value": "100",
                "initial_value": "74",
            },
        },
        {
            "type": "input",
            "block_id": "confidence",
            "label": plain("How confident are you?"),
            "element": {
                "type": "static_select",
                "action_id": "confidence",
                "placeholder": plain("0 to 10"),
                "options": [option(str(each), str(each)) for each in range(11)],
            },
        },
        {
            "type": "input",
            "block_id": "note",
            "optional": True,
            "label": plain("What moved it?"),
            "element": {
                "type": "plain_text_input",
                "action_id": "note",
                "multiline": True,
                "max_length": 300,
                "placeholder": plain("Routing done, training slipped a week"),
            },
        },
        {
            "type": "actions",
            "block_id": "extra",
            "elements": [button("Deeper", "deeper"), button("Redraw", "redraw")],
        },
    ]
    return {
        "type": "modal",
        "callback_id": "check_in_view",
        "title": plain("Deeper" if deep else "Check in"),
        "submit": plain("Record"),
        "close": plain("Cancel"),
        "notify_on_close": True,
        "blocks": blocks,
    }


def form_view() -> dict[str, Any]:
    """Every input element once."""

    def field(block_id: str, label: str, kind: str, **more: Any) -> dict[str, Any]:
        element = {"type": kind, "action_id": block_id, **more}
        return {
            "type": "input",
            "block_id": block_id,
            "label": plain(label),
            "optional": True,
            "element": element,
        }

    return {
        "type": "modal",
        "callback_id": "form_view",
        "title": plain("Every field"),
        "submit": plain("Send"),
        "blocks": [
            field("line", "A line", "plain_text_input", min_length=3),
            field("email", "Address", "email_text_input"),
            field("url", "Link", "url_text_input"),
            field("pet", "Dog", "external_select", min_query_length=1, placeholder=plain("Search the dogs")),
            field("pets", "Dogs", "multi_external_select", min_query_length=1),
            field("who", "Owner", "users_select"),
            field("people", "Team", "multi_users_select", max_selected_items=2),
            field("where", "Conversation", "conversations_select"),
            field("channel", "Channel", "channels_select"),
            field("size", "Sizes", "multi_static_select", options=[option(each, each) for each in "SML"]),
            field("day", "Day", "datepicker", initial_date="2026-03-23"),
            field("time", "Time", "timepicker"),
            field("moment", "Moment", "datetimepicker"),
            field(
                "state",
                "State",
                "radio_buttons",
                options=[
                    option("on track", "on"),
                    option("at risk", "risk", "behind the line"),
                    option("off track", "off"),
                ],
            ),
            field("parts", "Parts", "checkboxes", options=[option("scope", "scope"), option("date", "date")]),
            field("proof", "Evidence", "file_input", filetypes=["png", "pdf"]),
        ],
    }


EVERY_BLOCK: list[dict[str, Any]] = [
    {"type": "header", "text": plain("Every kind of block :compass:")},
    {
        "type": "section",
        "text": text("*bold* _italic_ ~struck~ `code` :tada: <https://example.com|a link>\n> quoted"),
    },
    {
        "type": "section",
        "fields": [
            text("*Owner*\nAna Ruiz"),
            text("*Due*\n30 June"),
            text("*State*\n▲ at risk"),
            text("*Quarter*\nQ1"),
        ],
    },
    {"type": "divider"},
    {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "text", "text": "Rich "},
                    {"type": "text", "text": "text", "style": {"bold": True}},
                ],
            },
            {
                "type": "rich_text_list",
                "style": "bullet",
                "elements": [
                    {"type": "rich_text_section", "elements": [{"type": "text", "text": "first"}]},
                    {"type": "rich_text_section", "elements": [{"type": "text", "text": "second"}]},
                ],
            },
            {
                "type": "rich_text_list",
                "style": "ordered",
                "indent": 1,
                "elements": [
                    {"type": "rich_text_section", "elements": [{"type": "text", "text": "below the second"}]}
                ],
            },
            {"type": "rich_text_quote", "elements": [{"type": "text", "text": "said somebody"}]},
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x = 1"}]},
        ],
    },
    {
        "type": "table",
        "column_settings": [{}, {"align": "right"}, {"align": "right"}],
        "rows": [
            [{"type": "raw_text", "text": each} for each in ("Measure", "Before", "After")],
            [{"type": "raw_text", "text": each} for each in ("First-contact resolution", "74 %", "78 %")],
            [{"type": "raw_text", "text": each} for each in ("Median wait", "6 min", "5.5 min")],
        ],
    },
    {
        "type": "image",
        "image_url": "https://example.com/a.png",
        "alt_text": "4 of 8 KPIs on plan",
        "title": plain("Scorecard"),
    },
    {
        "type": "actions",
        "block_id": "mixed",
        "elements": [
            button("Approve", "approve", style="primary"),
            button("Refuse", "refuse", style="danger"),
            {
                "type": "static_select",
                "action_id": "pick",
                "placeholder": plain("Pick one"),
                "options": [option("Alpha", "a"), option("Beta", "b")],
            },
            {"type": "datepicker", "action_id": "on", "initial_date": "2026-03-23"},
            {"type": "users_select", "action_id": "user", "placeholder": plain("Somebody")},
        ],
    },
    {
        "type": "section",
        "text": text("Choose"),
        "accessory": {
            "type": "checkboxes",
            "action_id": "boxes",
            "options": [option("one", "1"), option("two", "2")],
        },
    },
    {
        "type": "context",
        "elements": [text("Fine print with <@U0000000099> and <!date^1774288800^{date} {time}|a date>")],
    },
]


NEWER_BLOCKS: list[dict[str, Any]] = [
    {"type": "markdown", "text": "# Week 13\n- one\n- two"},
    {"type": "alert", "text": text("*Late* by two days"), "level": "warning"},
    {"type": "card", "title": text("KR-3"), "body": text("74 %"), "actions": [button("Open", "open")]},
    {"type": "carousel", "elements": [{"type": "card", "title": text("KR-3"), "subtitle": text("at risk")}]},
    {
        "type": "container",
        "title": plain("More"),
        "is_collapsible": True,
        "child_blocks": [{"type": "header", "text": plain("Inside")}],
    },
    {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "f",
                "positive_button": {"text": plain("Good"), "value": "+"},
                "negative_button": {"text": plain("Bad"), "value": "-"},
            },
            {
                "type": "icon_button",
                "action_id": "i",
                "icon": "trash",
                "text": plain("Drop"),
                "value": "x",
            },
        ],
    },
    {
        "type": "video",
        "title": plain("How it works"),
        "alt_text": "A tour",
        "video_url": "https://example.com/v",
        "thumbnail_url": "https://example.com/t.png",
    },
]


def home_blocks() -> list[dict[str, Any]]:
    return [
        {"type": "header", "text": plain("What waits for you")},
        {
            "type": "section",
            "text": text(
                "*KR-3 · First-contact resolution*   ▲ at risk\n70 % → *74 %* → 80 %   ▓▓▓▓░░░░░░ 40 %"
            ),
            "accessory": button("Update", "home_button", style="primary"),
        },
        {
            "type": "section",
            "text": text("*KR-4 · Median wait*   ● on track\n9 min → *6 min* → 5 min   ▓▓▓▓▓▓▓░░░ 75 %"),
            "accessory": button("Update", "home_button_2"),
        },
        {"type": "divider"},
        {"type": "header", "text": plain("This quarter")},
        {"type": "section", "fields": [text("*On track*\n● 6 of 10"), text("*Next review*\n30 March")]},
        {"type": "context", "elements": [text("Drawn <!date^1774252800^{date_short_pretty} at {time}|now>")]},
    ]
