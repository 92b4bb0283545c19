"""rich_text: what Slack's own composer writes.

docs.slack.dev/reference/block-kit/blocks/rich-text-block.
"""

from __future__ import annotations

from .composition import TYPE
from .schema import Anything, Boolean, ByType, Choice, Integer, Items, Object, Rule, String, Url

STYLE = Object(
    {},
    {
        name: Boolean()
        for name in (
            "bold",
            "italic",
            "strike",
            "code",
            "underline",
            "highlight",
            "client_highlight",
            "unlink",
        )
    },
)
_STYLED: dict[str, Rule] = {"style": STYLE}
ID = String(max=40, min=1)
PART = ByType(
    {
        "text": Object({"type": TYPE, "text": String(min=1)}, _STYLED),
        "link": Object({"type": TYPE, "url": Url()}, {"text": String(), "unsafe": Boolean(), **_STYLED}),
        "emoji": Object(
            {"type": TYPE, "name": String(min=1)},
            {"unicode": String(), "url": Url(), "skin_tone": Integer(1, 6), **_STYLED},
        ),
        "user": Object({"type": TYPE, "user_id": ID}, _STYLED),
        "channel": Object({"type": TYPE, "channel_id": ID}, _STYLED),
        "usergroup": Object({"type": TYPE, "usergroup_id": ID}, _STYLED),
        "team": Object({"type": TYPE, "team_id": ID}, _STYLED),
        "broadcast": Object({"type": TYPE, "range": Choice(("here", "channel", "everyone"))}, _STYLED),
        "color": Object({"type": TYPE, "value": String(min=1)}, _STYLED),
        "date": Object(
            {"type": TYPE, "timestamp": Integer(0, 99_999_999_999), "format": String(min=1)},
            {"url": Url(), "fallback": String(), **_STYLED},
        ),
    }
)
SECTION = Object({"type": TYPE, "elements": Items(PART, min=0)})
_BORDER: dict[str, Rule] = {"border": Integer(0, 1)}
LIST = Object(
    {
        "type": TYPE,
        "style": Choice(("bullet", "ordered")),
        "elements": Items(ByType({"rich_text_section": SECTION})),
    },
    {"indent": Integer(0, 8), "offset": Integer(0, 100_000), **_BORDER},
)
RICH_TEXT = Object(
    {
        "type": TYPE,
        "elements": Items(
            ByType(
                {
                    "rich_text_section": SECTION,
                    "rich_text_list": LIST,
                    "rich_text_quote": Object({"type": TYPE, "elements": Items(PART, min=0)}, _BORDER),
                    "rich_text_preformatted": Object(
                        {"type": TYPE, "elements": Items(PART, min=0)},
                        {**_BORDER, "language": Anything()},
                    ),
                }
            ),
            min=0,
        ),
    },
    {"block_id": String(max=255, min=1)},
)
