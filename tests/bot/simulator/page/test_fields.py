"""From a form's strings to what Slack's client takes."""

import json

import pytest

from bot.simulator.forms import Placed
from bot.simulator.page import fields

from .readers import ANA


def placed(kind: str) -> Placed:
    return Placed({"type": "input", "block_id": "b"}, {"type": kind, "action_id": "a"}, "Label")


@pytest.mark.parametrize("name", ["text", "", "[1", '["only one"]', '{"a": 1}', "7"])
def test_a_name_that_is_no_field_is_passed_over(name: str) -> None:
    assert fields.parse_name(name) is None


def test_a_name_carries_any_ids() -> None:
    name = json.dumps(['b"],[', "a|ö\n"])

    assert fields.parse_name(name) == ('b"],[', "a|ö\n")


def test_line_ends_are_slacks() -> None:
    assert fields.values_of(placed("plain_text_input"), ["one\r\ntwo"], ANA) == ["one\ntwo"]


def test_a_moment_is_taken_in_the_readers_zone() -> None:
    assert fields.values_of(placed("datetimepicker"), ["2026-03-23T19:00"], ANA) == ["1774288800"]


@pytest.mark.parametrize("sent", [[], [""], ["soon"]])
def test_a_moment_that_cannot_be_read_is_none(sent: list[str]) -> None:
    assert fields.values_of(placed("datetimepicker"), sent, ANA) == []
