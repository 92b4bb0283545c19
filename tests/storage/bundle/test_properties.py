"""Whatever is done to a plan file, it is read or refused; nothing else comes out."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from storage.bundle import Fault, PlanFileError, example, read_plan_file
from storage.repositories.plans import Record

LINES = example().splitlines(keepends=True)
KEYS = sorted({line.strip().removeprefix("- ").split(":")[0] for line in LINES if ":" in line})
VALUES = st.one_of(
    st.sampled_from(
        ["", "~", "no", "[]", "{}", "[x]", "{a: b}", "'", "0", "-1", "1e400", "KR-1", "O-99", "D-0"]
    ),
    st.sampled_from(
        ["0001-01-01", "9999-12-31", "0000-01", "9999-W53", "2026-W99", "2026-02-30", "Q4", "*x", "&x y"]
    ),
    st.sampled_from(
        ["ana.ruiz@example.com", "Norden Pumps", "Europe/Berlin", "../etc", "weekly", "maintain"]
    ),
    st.text(max_size=20),
)


def read_or_refused(data: bytes) -> None:
    last = data.count(b"\n") + 2
    for fault in faults_of(data):
        assert 1 <= fault.line <= last
        assert fault.sentence


def faults_of(data: bytes) -> Sequence[Fault]:
    try:
        return read_plan_file(data, "plan.yaml", Record()).warnings
    except PlanFileError as error:
        return error.faults


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    read_or_refused(data)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(LINES) - 1), st.sampled_from(KEYS), VALUES), min_size=1, max_size=4)
)
def test_an_edited_file_is_read_or_refused(edits: list[tuple[int, str, str]]) -> None:
    lines = list(LINES)
    for number, key, value in edits:
        kept = lines[number].partition(":")[0] if ":" in lines[number] else f"    {key}"
        lines[number] = f"{kept}: {value}\n"
    read_or_refused("".join(lines).encode(errors="replace"))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(KEYS), VALUES), min_size=1, max_size=8))
def test_any_row_in_any_section_is_read_or_refused(pairs: list[tuple[str, str]]) -> None:
    row = "".join(f"    {key}: {value}\n" for key, value in dict(pairs).items())
    for section in ("people", "teams", "annual_objectives", "objectives", "key_results", "kpis"):
        read_or_refused(f"hoshin: 1\n{section}:\n  - ref: KPI-1\n{row}".encode(errors="replace"))
