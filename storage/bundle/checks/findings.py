"""Where checks put what they find."""

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from storage.bundle.document import Entry
from storage.bundle.faults import Fault
from storage.bundle.rows import FileRow
from storage.bundle.source import Source

E = TypeVar("E", bound=Entry[FileRow])


class Findings:
    """The faults of one file, each at its line."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.faults: list[Fault] = []

    def refuse(self, entry: Entry[FileRow], key: str, sentence: str, *inner: str | int) -> None:
        """Notes a fault at a key of a row; `inner` leads to the place below the key."""
        self._note(entry, (key, *inner), sentence, is_warning=False)

    def warn(self, entry: Entry[FileRow], key: str, sentence: str) -> None:
        """Notes what is doubtful but legal."""
        self._note(entry, (key,), sentence, is_warning=True)

    def refuse_repeated(self, entries: Iterable[E], key: str, name: Callable[[E], Hashable]) -> None:
        """Notes every row whose name another row above it has."""
        first_rows: dict[Hashable, E] = {}
        for entry in entries:
            first = first_rows.setdefault(name(entry), entry)
            if first is not entry:
                place = self._source.fault(first.path, "").place
                self.refuse(entry, key, f"This name is taken: the row {_at(place)} has it. Choose another.")

    def _note(
        self, entry: Entry[FileRow], inner: tuple[str | int, ...], sentence: str, *, is_warning: bool
    ) -> None:
        text = f"{entry.row.label}, {inner[0]}: {sentence}"
        self.faults.append(self._source.fault((*entry.path, *inner), text, is_warning=is_warning))


def _at(place: str) -> str:
    return f"on {place}" if place.startswith("line ") else f"at {place}"
