"""Ids and metadata."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import ids
from storage.rules.errors import Invalid


@given(st.integers(min_value=0, max_value=10**12))
def test_a_numbered_id_gives_back_its_route_and_its_number(number: int) -> None:
    action_id = ids.numbered(ids.CHECKIN_OPEN, number)
    assert (ids.route_of(action_id), ids.number_of(action_id)) == (ids.CHECKIN_OPEN, number)


@pytest.mark.parametrize("value", ["", "x", "checkin.open:", "checkin.open:-1", "٣"])
def test_a_button_without_a_number_is_refused_with_a_sentence(value: str) -> None:
    with pytest.raises(Invalid, match="older message"):
        ids.number_of(value)


def test_no_two_names_are_the_same() -> None:
    names = [value for name, value in vars(ids).items() if name.isupper() and isinstance(value, str)]
    assert len(names) == len(set(names))


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.integers() | st.text(max_size=50)))
def test_metadata_comes_back_as_it_was_packed(values: dict[str, int | str]) -> None:
    try:
        packed = ids.pack(**values)
    except ValueError:
        assert len(str(values)) > 500
        return
    assert ids.unpack(packed) == values


@pytest.mark.parametrize("text", ["", "not json", "[1]", "null"])
def test_metadata_of_another_version_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(Invalid, match="older version"):
        ids.unpack(text)


def test_metadata_that_grows_is_a_bug_of_ours() -> None:
    with pytest.raises(ValueError, match="nothing that grows"):
        ids.pack(note="x" * 3000)
