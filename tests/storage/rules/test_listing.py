"""Several words as one part of a sentence."""

from storage.rules.listing import all_of, any_of


def test_words_are_listed_as_one_writes_them() -> None:
    lists: list[list[str]] = [[], ["a"], ["a", "b"], ["a", "b", "c"]]
    assert [any_of(words) for words in lists] == ["", "a", "a or b", "a, b or c"]
    assert [all_of(words) for words in lists] == ["", "a", "a and b", "a, b and c"]
