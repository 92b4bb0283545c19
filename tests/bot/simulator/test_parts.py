"""The small parts by themselves: manifest, forms, mentions, texts, feed, state."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.simulator import Manifest, SlackSimulator
from bot.simulator.composing import escape, escape_message
from bot.simulator.forms import problems
from bot.simulator.manifest import InvalidManifestError
from bot.simulator.mentions import mentions_in
from bot.simulator.plain_text import shown
from tests.bot.simulator.conftest import MANIFEST, SECTION, actions, button, text_input


def test_a_manifest_is_read_from_yaml_as_from_a_mapping(tmp_path: Path) -> None:
    path = tmp_path / "manifest.yml"
    path.write_text(yaml.safe_dump(MANIFEST), encoding="utf-8")
    assert Manifest.read(path) == Manifest.read(str(path)) == Manifest.read(MANIFEST)


def test_a_manifest_says_what_is_offered() -> None:
    manifest = Manifest.read(MANIFEST)
    assert [each.name for each in manifest.commands] == ["/okr", "/raw"]
    okr = manifest.command("/okr")
    assert okr is not None
    assert okr.should_escape
    assert manifest.command("/poll") is None
    assert manifest.optional_scopes == {"channels:history", "im:history"}
    assert manifest.socket_mode


def test_slack_takes_five_shortcuts_of_a_kind(manifest: dict[str, Any]) -> None:
    shortcut = manifest["features"]["shortcuts"][0]
    manifest["features"]["shortcuts"] = [{**shortcut, "callback_id": f"s{n}"} for n in range(6)]
    with pytest.raises(InvalidManifestError, match="6 global shortcuts"):
        Manifest.read(manifest)


def test_commands_need_their_scope(manifest: dict[str, Any]) -> None:
    manifest["oauth_config"]["scopes"]["bot"].remove("commands")
    with pytest.raises(InvalidManifestError, match="scope `commands`"):
        Manifest.read(manifest)


def test_what_is_no_manifest_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "manifest.yml"
    path.write_text("- a list", encoding="utf-8")
    with pytest.raises(InvalidManifestError):
        Manifest.read(path)


def form(kind: str, **element: Any) -> list[dict[str, Any]]:
    block = text_input("X", "x")
    block["element"] = {"type": kind, "action_id": "a", **element}
    return [block]


@pytest.mark.parametrize(
    ("blocks", "value", "sentence"),
    [
        (form("plain_text_input"), None, "Please complete this required field."),
        (form("plain_text_input"), "x" * 3_000, None),
        (form("plain_text_input"), "x" * 3_001, "Please enter no more than 3000 characters."),
        (form("plain_text_input", min_length=2), "x", "Please enter at least 2 characters."),
        (form("plain_text_input", max_length=2), "xxx", "Please enter no more than 2 characters."),
        (form("number_input", is_decimal_allowed=True), "3.5", None),
        (form("number_input", is_decimal_allowed=True), "-.5", None),
        (form("number_input", is_decimal_allowed=True), "3,5", "Please enter a valid number."),
        (form("number_input", is_decimal_allowed=True), "78 %", "Please enter a valid number."),
        (form("number_input", is_decimal_allowed=True), "1e3", "Please enter a valid number."),
        (form("number_input", is_decimal_allowed=True), "NaN", "Please enter a valid number."),
        (form("number_input", is_decimal_allowed=False), "3.5", "Please enter a whole number."),
        (form("number_input", min_value="0"), "-1", "Please enter a number of at least 0."),
        (form("number_input", max_value="10"), "11", "Please enter a number of at most 10."),
        (form("email_text_input"), "ana@", "Please enter a valid email address."),
        (form("email_text_input"), "ana@example.com", None),
        (form("url_text_input"), "example", "Please enter a valid URL."),
        (form("url_text_input"), "https://example.com", None),
    ],
)
def test_what_the_client_checks_before_it_sends(
    blocks: list[dict[str, Any]], value: str | None, sentence: str | None
) -> None:
    kind = blocks[0]["element"]["type"]
    state = {"x": {"a": {"type": kind, "value": value}}}
    assert problems(blocks, state) == ({"x": sentence} if sentence is not None else {})


def test_an_optional_field_may_stay_empty_and_a_choice_has_its_limit() -> None:
    optional = form("plain_text_input")
    optional[0]["optional"] = True
    assert problems(optional, {}) == {}
    users = form("multi_users_select", max_selected_items=1)
    state = {"x": {"a": {"type": "multi_users_select", "selected_users": ["U1", "U2"]}}}
    assert problems(users, state) == {"x": "Please choose at most 1 items."}


@given(st.text())
def test_escaped_text_pings_nobody(text: str) -> None:
    found = mentions_in(escape(text), [{"type": "mrkdwn", "text": escape(text)}])
    assert not found.users | found.broadcasts | found.groups


@pytest.mark.parametrize(
    ("text", "users", "broadcasts"),
    [
        ("<@U1> and <@W2|ben>", {"U1", "W2"}, set()),
        ("<!channel> <!here|here> <!everyone>", set(), {"channel", "here", "everyone"}),
        ("@channel @here &lt;!channel&gt;", set(), set()),
        ("<!date^1^{date}|today>", set(), set()),
    ],
)
def test_only_slacks_own_marks_ping(text: str, users: set[str], broadcasts: set[str]) -> None:
    found = mentions_in(text)
    assert found.users == users
    assert found.broadcasts == broadcasts


def test_mentions_are_found_wherever_a_block_is_formatted() -> None:
    plain = {"type": "plain_text", "text": "<!channel>"}
    blocks: list[dict[str, Any]] = [
        {"type": "section", "text": plain, "fields": [{"type": "mrkdwn", "text": "<@U1>"}]},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "<!here>"}]},
        {"type": "markdown", "text": "<@U2>"},
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "user", "user_id": "U3"},
                        {"type": "broadcast", "range": "everyone"},
                        {"type": "usergroup", "usergroup_id": "S1"},
                    ],
                }
            ],
        },
    ]
    found = mentions_in("", blocks)
    assert found.users == {"U1", "U2", "U3"}
    assert found.broadcasts == {"here", "everyone"}
    assert found.groups == {"S1"}


def test_what_a_person_types_becomes_what_slack_stores(slack: SlackSimulator) -> None:
    ana, okr = slack.person("ana"), slack.channel("okr")
    typed = "@ana, see #okr & tell @here: 1 < 2, @nobody, ana@example.com, https://a.example/@ana?b&c"
    assert escape_message(slack.workspace, typed) == (
        f"<@{ana.id}>, see <#{okr.id}|okr> &amp; tell <!here>: 1 &lt; 2, @nobody, ana@example.com,"
        " <https://a.example/@ana?b&amp;c>"
    )


def test_what_slack_stores_reads_as_people_see_it(slack: SlackSimulator) -> None:
    ana, okr = slack.person("ana"), slack.channel("okr")
    stored = (
        f"*Bold* _and_ ~gone~ <@{ana.id}> <#{okr.id}> <!here> <https://a.example|a link> "
        "<https://b.example> &lt;x&gt; &amp; 2 * 3 * 4 <!date^1767603600^{date}|5 January>"
    )
    assert shown(slack.workspace, stored) == (
        "Bold and gone @ana #okr @here a link https://b.example <x> & 2 * 3 * 4 5 January"
    )


async def test_a_channel_reads_like_a_page(slack: SlackSimulator) -> None:
    workspace, okr = slack.workspace, slack.channel("okr")
    ana, ben = slack.person("ana"), slack.person("ben")
    parent = workspace.post(okr.id, ana.id, "two\nlines")
    workspace.post(okr.id, ben.id, "reply", thread_ts=parent.ts)
    workspace.post(okr.id, ben.id, "psst", ephemeral_to=ana.id)
    overflow = {
        "type": "overflow",
        "action_id": "o",
        "options": [{"text": {"type": "plain_text", "text": "Why this?"}, "value": "w"}],
    }
    blocks = [SECTION, {"type": "divider"}, actions(button("Go", "go"), overflow)]
    workspace.post(okr.id, ben.id, "x", blocks=blocks)
    workspace.react(parent, ben.id, "tada")
    workspace.archive(okr.id)
    assert okr.as_text() == (
        "#okr (@ana, @ben, @hoshin, archived)\n"
        "ana: two\n"
        "    lines\n"
        "    :tada: 1\n"
        "    ben: reply\n"
        "ben (only @ana sees this): psst\n"
        "ben: hello\n"
        "    ---\n"
        "    [Go]  [… Why this?]"
    )
    assert "psst" not in okr.as_text(ben.id)


def test_unread_counts_what_others_wrote_since_the_last_look(slack: SlackSimulator) -> None:
    workspace, okr = slack.workspace, slack.channel("okr").channel
    ana, ben = slack.person("ana").id, slack.person("ben").id
    workspace.post(okr.id, ben, "one")
    workspace.post(okr.id, ana, "my own")
    workspace.post(okr.id, ben, "two")
    assert (okr.unread(ana), okr.unread(ben)) == (2, 1)
    workspace.mark_read(okr.id, ana)
    assert okr.unread(ana) == 0
    workspace.post(okr.id, ben, "three")
    assert okr.unread(ana) == 1


async def test_the_feed_tells_every_change_in_order(slack: SlackSimulator) -> None:
    workspace, okr = slack.workspace, slack.channel("okr").channel
    ana = slack.person("ana").id
    with slack.feed.subscribe() as changes:
        before = slack.feed.revision
        message = workspace.post(okr.id, ana, "one")
        workspace.edit(message, by=ana, text="two")
        workspace.post(okr.id, ana, "psst", ephemeral_to=ana)
        workspace.delete(message)
        seen = [await changes.get() for _ in range(4)]
    assert [each.kind for each in seen] == [
        "message_posted",
        "message_changed",
        "message_posted",
        "message_deleted",
    ]
    assert [each.revision for each in seen] == [before + 1, before + 2, before + 3, before + 4]
    assert [each.user_id for each in seen] == [None, None, ana, None]


async def test_waiting_on_the_feed_ends_with_the_change_or_the_time(slack: SlackSimulator) -> None:
    okr = slack.channel("okr").channel
    assert not await slack.feed.until(lambda: bool(okr.messages), within=0.01)
    slack.workspace.post(okr.id, slack.person("ana").id, "x")
    assert await slack.feed.until(lambda: bool(okr.messages), within=0.01)


def test_people_are_found_by_any_of_their_names(slack: SlackSimulator) -> None:
    ana = slack.person("ana")
    for name in ("@ana", "Ana Ruiz", "ANA@EXAMPLE.COM", ana.id):
        assert slack.person(name).id == ana.id
    with pytest.raises(LookupError, match="Nobody here is called 'Zoe'"):
        slack.person("Zoe")
    with pytest.raises(LookupError, match="no channel 'x'"):
        slack.channel("x")


async def test_a_read_only_messages_tab_takes_nothing_typed(manifest: dict[str, Any]) -> None:
    manifest["features"]["app_home"]["messages_tab_read_only_enabled"] = True
    async with SlackSimulator(manifest) as slack:
        outcome = await slack.add_person("ana").types("hello")
    assert outcome.notice == "Sending messages to this app has been turned off."


async def test_the_rest_comes_sooner_when_the_app_says_it_is_idle(slack: SlackSimulator) -> None:
    idle = False
    slack.activity.app_is_idle = lambda: idle
    with pytest.raises(TimeoutError):
        await slack.settled(within=0.05)
    idle = True
    await slack.settled(within=0.05)


def test_before_the_start_there_is_no_address() -> None:
    with pytest.raises(RuntimeError, match="not started"):
        _ = SlackSimulator(MANIFEST).api_url
