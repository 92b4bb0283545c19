import pytest

from storage.rules.errors import Invalid, InvalidFields
from storage.rules.kaizen_whys import Whys, find_person_in, read_whys

CHAIN = ["The ribbon tears", "It runs hot", "The fan is dusty", "Nobody cleans it", "It is on no list"]
NAMES = ["Ana Ruiz", "Ben Okoye", "May Long"]


def test_a_chain_is_three_to_five_in_order() -> None:
    assert read_whys(CHAIN) == Whys(tuple(CHAIN))
    assert read_whys([*CHAIN[:3], "", " "]).chain == tuple(CHAIN[:3])
    assert read_whys(["", "", ""]) == Whys(())


def test_a_short_chain_is_asked_to_go_on() -> None:
    with pytest.raises(Invalid) as refused:
        read_whys(CHAIN[:2])
    assert refused.value.field == "why3"
    assert "stops after 2" in refused.value.sentence


def test_a_gap_is_refused_where_it_is() -> None:
    with pytest.raises(InvalidFields) as refused:
        read_whys([CHAIN[0], "", CHAIN[2], "", CHAIN[4]])
    assert set(refused.value.sentences) == {"why2", "why4"}


@pytest.mark.parametrize("last", ["Ben forgot it", "because of ben okoye", "<@U123|ana> was away"])
def test_a_chain_that_ends_with_a_person_is_warned_about(last: str) -> None:
    found = read_whys([*CHAIN[:3], last], NAMES)
    assert "ends with a person" in found.warning
    assert found.chain[-1] == last


@pytest.mark.parametrize("last", ["it may happen again", "the bench is too low", "Analysis takes long"])
def test_words_that_only_look_like_names_are_none(last: str) -> None:
    assert find_person_in(last, NAMES) is None
