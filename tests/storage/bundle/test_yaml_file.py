"""YAML as far as a plan file uses it; what is hostile or merely mistyped is refused with its line."""

from time import perf_counter

import pytest

from storage.bundle.source import MAX_BYTES, Position
from storage.bundle.yaml_file import read_yaml

BOMB = "\n".join(
    ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    + [
        f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    ]
)


def read(text: str) -> object:
    source = read_yaml(text.encode(), "plan.yaml")
    assert source.faults == ()
    return source.content


def faults(data: str | bytes) -> list[str]:
    raw = data.encode() if isinstance(data, str) else data
    return [str(fault) for fault in read_yaml(raw, "plan.yaml").faults]


def test_every_value_stays_the_text_that_was_written() -> None:
    text = "a: no\nb: 010\nc: 1:30\nd: 0.10\ne: 2026-01-01\nf: true\ng: 1e3\nh: .inf\n"

    assert read(text) == {
        "a": "no",
        "b": "010",
        "c": "1:30",
        "d": "0.10",
        "e": "2026-01-01",
        "f": "true",
        "g": "1e3",
        "h": ".inf",
    }


def test_only_a_plain_nothing_is_nothing() -> None:
    assert read("a:\nb: ~\nc: null\nd: ''\ne: 'null'\n") == {
        "a": None,
        "b": None,
        "c": None,
        "d": "",
        "e": "null",
    }


def test_every_key_and_row_has_its_place() -> None:
    source = read_yaml(b"hoshin: 1\nkpis:\n  - ref: KPI-1\n    title: x\n  - ref: KPI-2\n", "plan.yaml")

    assert source.positions["kpis", 0, "title"] == Position(4, 5)
    assert source.positions["kpis", 1] == Position(5, 5)


def test_a_byte_order_mark_is_no_part_of_the_file() -> None:
    assert read_yaml(b"\xef\xbb\xbfhoshin: 1\n", "plan.yaml").content == {"hoshin": "1"}


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        ("", 1, "empty"),
        ("# only a comment\n", 2, "empty"),
        ("a: 1\nb: 2\na: 3\n", 3, "“a” is said twice; the first is on line 1"),
        ("a: 1\nb: &x 2\n", 2, "anchors"),
        ("a: 1\nb: *x\n", 2, "aliases"),
        ("a: 1\n<<: *x\n", 2, "aliases"),
        ("a: 1\nb: !!python/object/apply:os.system [ls]\n", 2, "tags"),
        ("a: 1\nb: !!str 2\n", 2, "tags"),
        ("a: 1\n? [x, y]\n: 2\n", 2, "A key is a word"),
        ("a: 1\n---\nb: 2\n", 2, "second document"),
        ("a: 1\n\tb: 2\n", 2, "tab"),
        ("a:\n\tb: 2\n", 2, "tab"),
        ("a: 1\nunit: %\n", 2, "needs quotes: '%'"),
        ("a: 1\nb: @home\n", 2, "needs quotes: '@'"),
        ("a: 1\nb: x: y\n", 2, "colon"),
        ("a: 1\n b: 2\n", 2, "colon"),
        ("a: 1\nb: 'x\n", 3, "not YAML"),
        ("a: 1\nb: [1, 2\n", 3, "not YAML"),
        ("a: 1\nb: " + "[" * 5000, 2, "nested deeper than 10 levels"),
        ("a: 1\nb: x\x07\n", 2, "U+0007"),
        (b"a: 1\nb: \xe4\n", 2, "not UTF-8"),
        ("a: 1\n".encode("utf-16"), 1, "not UTF-8"),
        (b"#" * (MAX_BYTES + 1), 1, "larger than 16 MB"),
    ],
)
def test_what_a_plan_file_may_not_hold_is_refused_at_its_line(
    data: str | bytes, line: int, words: str
) -> None:
    found = faults(data)

    assert [fault for fault in found if fault.startswith(f"plan.yaml:{line}: ") and words in fault]


def test_a_file_that_would_unfold_into_gigabytes_is_refused_at_once() -> None:
    started = perf_counter()

    found = faults(BOMB)

    assert perf_counter() - started < 1
    assert "aliases" in found[0]
