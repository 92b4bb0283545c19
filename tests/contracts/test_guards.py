"""The guards under which every test runs."""

import os
import sys
import warnings
from datetime import timedelta

import pytest

from tests.clock import MONDAY, FrozenClock


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "slack.com"])
def test_a_test_may_not_talk_to_another_host(host: str) -> None:
    # What a socket announces before it connects; no real one, lest a missing guard let it.
    with pytest.raises(PermissionError, match="a test may not talk to"):
        sys.audit("socket.connect", None, (host, 443))


@pytest.mark.parametrize(
    "address", [("127.0.0.1", 3000), ("::1", 3000, 0, 0), ("localhost", 3000), "/a/socket"]
)
def test_a_test_may_talk_to_its_own_machine(address: object) -> None:
    sys.audit("socket.connect", None, address)


def test_a_warning_is_an_error() -> None:
    with pytest.raises(DeprecationWarning):
        warnings.warn("it will go away", DeprecationWarning, stacklevel=1)


def test_the_environment_carries_no_setting_of_the_person_who_runs_the_tests() -> None:
    assert [
        name for name in os.environ if name.startswith(("SLACK_", "HOSHIN_")) or name == "DATABASE_URL"
    ] == []


def test_the_clock_stands_still_until_it_is_moved(clock: FrozenClock) -> None:
    assert clock.now() == MONDAY
    assert MONDAY.strftime("%A %H:%M %Z") == "Monday 08:00 UTC"
    clock.advance(timedelta(days=1))
    assert clock.now() == MONDAY + timedelta(days=1)
    clock.jump_to(MONDAY)
    assert clock.now() == MONDAY
