"""JSON as far as a plan file uses it: the same texts as YAML, and each fault at its line."""

import pytest

from storage.bundle.json_file import read_json
from storage.bundle.source import MAX_BYTES, Position


def faults(data: str | bytes) -> list[str]:
    raw = data.encode() if isinstance(data, str) else data
    return [str(fault) for fault in read_json(raw, "plan.json").faults]


def test_every_value_is_the_text_that_was_written() -> None:
    source = read_json(b'{"a": 1.50, "b": "no", "c": null, "d": true, "e": [1e3, {"f": -0}]}', "plan.json")

    assert source.faults == ()
    assert source.content == {"a": "1.50", "b": "no", "c": None, "d": "true", "e": ["1e3", {"f": "-0"}]}


def test_every_key_and_row_has_its_place() -> None:
    source = read_json(b'{"hoshin": 1,\n "kpis": [\n  {"ref": "KPI-1", "title": "x"},\n  {}]}', "plan.json")

    assert source.positions["kpis", 0, "title"] == Position(3, 20)
    assert source.positions["kpis", 1] == Position(4, 3)


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        ("", 1, "empty"),
        ("  \n", 1, "empty"),
        ('{"a": 1,\n"b": 2,\n"a": 3}', 3, "“a” is said twice; the first is on line 1"),
        ('{"a": 1,\n"b":}', 2, "not JSON (expecting value)"),
        ('{"a": 1\n"b": 2}', 2, "not JSON"),
        ("{'a': 1}", 1, "not JSON"),
        ('{"a": 1}\n{"b": 2}', 2, "not JSON (extra data)"),
        ("[" * 50 + "]" * 50, 1, "nested deeper than 10 levels"),
        ("[" * 100_000, 1, "nested deeper than 10 levels"),
        (b'{"a":\n"\xe4"}', 2, "not UTF-8"),
        ("PK\x03\x04", 1, "U+0003"),
        (b" " * (MAX_BYTES + 1), 1, "larger than 16 MB"),
    ],
)
def test_what_is_not_json_is_refused_at_its_line(data: str | bytes, line: int, words: str) -> None:
    found = faults(data)

    assert [fault for fault in found if fault.startswith(f"plan.json:{line}: ") and words in fault], found
