"""Manifest, code and help agree: nothing is claimed that does not work."""

from pathlib import Path

import pytest
import yaml

from bot import commands, ids
from bot.app import make_app
from bot.manifest import EVENTS, OPTIONAL_SCOPES, SCOPES, as_yaml, make_manifest, missing_scopes
from bot.payloads import OVERHEARD
from bot.routing import Family
from bot.settings import Settings
from storage.database import Database
from tests.clock import FrozenClock

ROOT = Path(__file__).parents[2]


def test_the_manifest_in_the_repository_is_the_one_that_is_printed() -> None:
    assert (ROOT / "manifest.yml").read_text(encoding="utf-8") == as_yaml(make_manifest())


def test_the_http_variant_has_an_address_wherever_slack_posts_to() -> None:
    manifest = make_manifest(http="https://hoshin.example.com/")
    address = "https://hoshin.example.com/slack/events"
    assert {command["url"] for command in manifest["features"]["slash_commands"]} == {address}
    assert manifest["settings"]["interactivity"]["request_url"] == address
    assert manifest["settings"]["event_subscriptions"]["request_url"] == address
    assert manifest["settings"]["socket_mode_enabled"] is False
    assert manifest["oauth_config"]["redirect_urls"] == ["https://hoshin.example.com/slack/oauth_redirect"]


def test_the_socket_mode_variant_has_no_address() -> None:
    assert "http" not in as_yaml(make_manifest()).replace("https://", "http")
    assert make_manifest()["settings"]["socket_mode_enabled"] is True
    assert "redirect_urls" not in make_manifest()["oauth_config"]


def test_only_hoshin_claims_one_command() -> None:
    manifest = make_manifest(only_root=True)
    assert [one["command"] for one in manifest["features"]["slash_commands"]] == ["/hoshin"]


def test_the_manifest_keeps_to_slacks_lengths() -> None:
    manifest = make_manifest()
    assert len(manifest["display_information"]["name"]) <= 35
    assert len(manifest["display_information"]["description"]) <= 140
    for shortcut in manifest["features"]["shortcuts"]:
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150
    for command in manifest["features"]["slash_commands"]:
        assert len(command["description"]) <= 2000
        assert len(command["usage_hint"]) <= 1000


async def test_every_command_shortcut_and_event_of_the_manifest_has_a_handler(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    app = make_app(Settings(), sqlite_database, clock)
    try:
        routes = app.routes
        assert [verb.route for verb in commands.VERBS if not routes.find(Family.COMMAND, verb.route)] == []
        assert set(routes.names(Family.COMMAND)) == {verb.route for verb in commands.VERBS}
        shortcuts = {one["callback_id"] for one in make_manifest()["features"]["shortcuts"]}
        assert set(routes.names(Family.SHORTCUT)) == shortcuts
        among_people = {"message.channels", "message.groups", "message.mpim"}
        assert among_people < set(EVENTS)
        of_slack = {event.partition(".")[0] for event in set(EVENTS) - among_people}
        assert set(routes.names(Family.EVENT)) == of_slack | {OVERHEARD}
    finally:
        await app.slack.close()


def test_every_noun_of_the_manifest_has_verbs_and_a_help() -> None:
    for noun in commands.NOUNS:
        assert "help" in {verb.verb for verb in commands.list_verbs(noun.name)}


def test_optional_scopes_stand_in_both_lists_and_are_not_missed() -> None:
    scopes = make_manifest()["oauth_config"]["scopes"]
    assert set(scopes["bot_optional"]) == OPTIONAL_SCOPES <= set(scopes["bot"])
    assert missing_scopes(frozenset(SCOPES) - OPTIONAL_SCOPES) == []


@pytest.mark.parametrize("scope", sorted(set(SCOPES) - OPTIONAL_SCOPES))
def test_a_token_without_a_scope_is_told_which_one(scope: str) -> None:
    assert missing_scopes(frozenset(SCOPES) - {scope}) == [scope]


def test_the_manifest_is_plain_yaml() -> None:
    assert yaml.safe_load(as_yaml(make_manifest())) == make_manifest()
    assert ids.CHECKIN_OPEN in as_yaml(make_manifest())
