"""Days and periods as people say them."""

from datetime import date

import pytest

from storage.rules.date_words import day_words, period_words, short_day
from storage.rules.terms import Frequency


def test_a_day_is_said_in_full_or_in_short() -> None:
    on = date(2026, 2, 9)
    assert (day_words(on), short_day(on)) == ("9 February 2026", "9 Feb 2026")


@pytest.mark.parametrize(
    ("frequency", "words"),
    [
        (Frequency.WEEKLY, "the week of 5 January 2026"),
        (Frequency.MONTHLY, "January 2026"),
        (Frequency.QUARTERLY, "the quarter from January 2026"),
        (Frequency.ANNUAL, "the year from January 2026"),
    ],
)
def test_a_period_is_named_as_people_name_it(frequency: Frequency, words: str) -> None:
    assert period_words(frequency, date(2026, 1, 5)) == words
