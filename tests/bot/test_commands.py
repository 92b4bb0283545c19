"""The grammar: one table for parser, help and manifest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import NOUNS, VERBS, NotUnderstood, Parsed, Verb, parse
from bot.listening import not_understood


@pytest.mark.parametrize(
    ("command", "text", "expected"),
    [
        ("/hoshin", "", Parsed("hoshin", "")),
        ("/hoshin", "  ", Parsed("hoshin", "")),
        ("/hoshin", "help", Parsed("hoshin help", "")),
        ("/hoshin", "HELP Key Result", Parsed("hoshin help", "Key Result")),
        ("/checkin", "", Parsed("checkin", "")),
        ("/hoshin", "checkin", Parsed("checkin", "")),
        ("/hoshin", "CheckIn help", Parsed("checkin help", "")),
        ("/hoshin", "show k-7", Parsed("kaizen show", "k-7")),
        ("/hoshin", "show C-2", Parsed("catchball show", "C-2")),
        ("/hoshin", "show k-means", Parsed("hoshin show", "k-means")),
        ("/hoshin", "show KPI-7", Parsed("hoshin show", "KPI-7")),
    ],
)
def test_a_command_is_understood_in_any_case(command: str, text: str, expected: Parsed) -> None:
    assert parse(command, text) == expected


@pytest.mark.parametrize(
    ("command", "text", "nearest"),
    [
        ("/hoshin", "hlp", "/hoshin help [word]"),
        ("/hoshin", "chekin", "/checkin"),
        ("/hoshin", "matrix", "/hoshin xmatrix [ref, words or team]"),
        ("/checkin", "hlep", "/checkin help"),
        ("/hoshin", "checkin hlep", "/checkin help"),
    ],
)
def test_an_unknown_verb_is_answered_with_the_nearest(command: str, text: str, nearest: str) -> None:
    parsed = parse(command, text)
    assert isinstance(parsed, NotUnderstood)
    assert parsed.nearest is not None
    assert parsed.nearest.usage == nearest


@pytest.mark.parametrize(
    ("command", "text", "help_"),
    [
        ("/hoshin", "zzz", "/hoshin help"),
        ("/hoshin", "review", "/hoshin help"),
        ("/hoshin", "quux KPI-1", "/hoshin help"),
        ("/hoshin", "checkin now", "/checkin help"),
    ],
)
def test_a_verb_that_resembles_none_is_answered_with_where_all_of_them_stand(
    command: str, text: str, help_: str
) -> None:
    parsed = parse(command, text)
    assert isinstance(parsed, NotUnderstood)
    assert parsed.nearest is None
    assert f"`{help_}` lists what there is" in not_understood(parsed)


@given(st.text())
def test_no_text_breaks_the_parser(text: str) -> None:
    for noun in NOUNS:
        parsed = parse(f"/{noun.name}", text)
        routes = {verb.route for verb in VERBS}
        assert isinstance(parsed, NotUnderstood) or parsed.route in routes


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.route)
def test_every_example_of_the_help_is_understood_as_its_own_verb(verb: Verb) -> None:
    command, _, text = verb.example.partition(" ")
    parsed = parse(command, text)
    assert isinstance(parsed, Parsed)
    assert parsed.route == verb.route
