"""Days are put into words in one place, and instants become Slack's tokens in one place."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OWN_DATES = {"storage/rules/date_words.py", "bot/blockkit/mrkdwn.py"}
"""And the simulated Slack, which draws dates as Slack does."""
DAY = re.compile(r"\.day\} \{")
TOKEN = "<!date^"


@pytest.mark.parametrize("package", ["bot", "storage"])
def test_no_other_module_spells_a_day_or_writes_a_date_token(package: str) -> None:
    spelt = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / package).rglob("*.py"))
        if "simulator" not in path.parts and (DAY.search(text := path.read_text()) or TOKEN in text)
    ]
    assert set(spelt) - OWN_DATES == set()
