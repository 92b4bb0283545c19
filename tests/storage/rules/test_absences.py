from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.rules.absences import read_absence, read_day
from storage.rules.cadence import DateRange
from storage.rules.errors import Invalid

MONDAY = date(2026, 2, 9)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("until Friday", MONDAY, date(2026, 2, 13)),
        ("Friday", MONDAY, date(2026, 2, 13)),
        ("until fri", MONDAY, date(2026, 2, 13)),
        ("until next Friday", MONDAY, date(2026, 2, 20)),
        ("until Monday", MONDAY, MONDAY),
        ("till today", MONDAY, MONDAY),
        ("tomorrow", MONDAY, date(2026, 2, 10)),
        ("until 24 December", MONDAY, date(2026, 12, 24)),
        ("until December 24th", MONDAY, date(2026, 12, 24)),
        ("until 24. Dec 2026", MONDAY, date(2026, 12, 24)),
        ("until 24.12.", MONDAY, date(2026, 12, 24)),
        ("until 24.12.2026", MONDAY, date(2026, 12, 24)),
        ("until 24/12", MONDAY, date(2026, 12, 24)),
        ("until 12/24/2026", MONDAY, date(2026, 12, 24)),
        ("until 2026-12-24", MONDAY, date(2026, 12, 24)),
        ("until 3 January", MONDAY, date(2027, 1, 3)),
        ("for 3 days", MONDAY, date(2026, 2, 11)),
        ("for a week", MONDAY, date(2026, 2, 15)),
        ("for two weeks", MONDAY, date(2026, 2, 22)),
        ("back on Monday 16 February", None, None),
        ("back 16 February", MONDAY, date(2026, 2, 15)),
        ("back on Thursday", MONDAY, date(2026, 2, 11)),
        ("from 3 August until 14 August", date(2026, 8, 3), date(2026, 8, 14)),
        ("from 2026-08-03 to 2026-08-14", date(2026, 8, 3), date(2026, 8, 14)),
        ("from tomorrow until for 2 days", date(2026, 2, 10), date(2026, 2, 11)),
    ],
)
def test_plain_forms_are_understood(text: str, first: date | None, last: date | None) -> None:
    if first is None or last is None:
        with pytest.raises(Invalid):
            read_absence(text, MONDAY)
    else:
        assert read_absence(text.upper(), MONDAY) == DateRange(first, last)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Until when\\? Try"),
        ("until", "“until” is not a day"),
        ("soon", "“soon” is not a day that can be read"),
        ("until 31 February", "is not a day that can be read"),
        ("until 2026-02-30", "is not a day that can be read"),
        ("for 0 days", "is not a day that can be read"),
        ("for many days", "is not a day that can be read"),
        ("from 3 August", "is not a day that can be read"),
        ("until 3/4", "can be read in two ways. Write the month as a word"),
        ("until 2026-02-08", "8 February 2026 is over, so nothing would be left out"),
        ("back today", "8 February 2026 is over"),
        ("from 14 August until 2026-08-03", "cannot end on 3 August 2026 when it starts on 14 August 2026"),
        ("until 29 February", "29 February 2028 is more than two years away"),
        ("back 0001-01-01", "is not a day that can be read"),
        ("until 9999-12-31", "more than two years away"),
        ("until 2030-01-01", "more than two years away"),
        ("for 9999999999 days", "is not a day that can be read"),
    ],
)
def test_what_cannot_be_meant_is_answered_with_what_can(text: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence) as refused:
        read_absence(text, MONDAY)
    assert refused.value.field == "until"


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.dates(date(2020, 1, 1), date(2035, 12, 31)))
def test_a_day_without_a_year_is_the_next_of_that_name(today: date, on: date) -> None:
    read = read_day(f"{on.day} {on:%B}", today)
    assert (read.day, read.month) == (on.day, on.month)
    assert read >= today


@given(st.text())
def test_any_other_text_is_refused_with_a_sentence(text: str) -> None:
    try:
        read_absence(text, MONDAY)
    except Invalid as error:
        assert error.sentence.endswith(".")  # noqa: PT017 - both outcomes are right
