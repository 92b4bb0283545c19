"""A plan file, read and checked: all of it, or every reason why not."""

from dataclasses import dataclass
from pathlib import Path, PurePath

from storage.bundle.checks import check
from storage.bundle.collector import collecting_later
from storage.bundle.document import Document
from storage.bundle.faults import Fault, PlanFileError, refusals
from storage.bundle.json_file import read_json
from storage.bundle.rows import PersonRow, TeamRow
from storage.bundle.shape import read_document
from storage.bundle.source import MAX_BYTES, Source
from storage.bundle.workbook import read_workbook
from storage.bundle.yaml_file import read_yaml
from storage.repositories.plans import Record


@dataclass(frozen=True, slots=True)
class Bundle:
    """A plan file without a fault. `warnings` are what is doubtful in it.

    `checked_against` is the version of the record that it was checked against; None where it was none.
    """

    name: str
    document: Document
    warnings: tuple[Fault, ...]
    checked_against: tuple[int, ...] | None = None

    @property
    def people(self) -> tuple[PersonRow, ...]:
        return tuple(entry.row for entry in self.document.people)

    @property
    def teams(self) -> tuple[TeamRow, ...]:
        return tuple(entry.row for entry in self.document.teams)


def read_plan_file(
    source: Path | str | bytes, name: str | None = None, record: Record | None = None
) -> Bundle:
    """Reads and checks a plan file, outside of any transaction.

    Args:
        source: the file's path, or its content as text or bytes.
        name: what to call it in faults; its ending says how it is written. A path's own name where it is
            left out, else `plan.yaml`.
        record: `uow.plans.record()`, so that names are checked against it too. Without it, names that the
            file does not define are judged when it is loaded.

    Raises:
        PlanFileError: with every fault and its line or cell.
    """
    with collecting_later():
        read = read_source(source, name)
        if read.content is None and read.faults:
            raise PlanFileError(read.faults)
        document, faults = read_document(read)
        faults += check(document, record)
    # Where the file's own writing is at fault, what follows from it in the same place would only repeat it.
    told = {(fault.sheet, fault.line) for fault in read.faults}
    faults = [*read.faults, *(fault for fault in faults if (fault.sheet, fault.line) not in told)]
    if refusals(faults):
        raise PlanFileError(refusals(faults))
    return Bundle(read.file, document, tuple(sorted(faults)), record.version if record else None)


def read_source(source: Path | str | bytes, name: str | None = None) -> Source:
    """A plan file's content by the ending of its name, with what is wrong in the writing itself.

    Raises:
        PlanFileError: the file cannot be opened, or its ending names nothing that can be read.
    """
    if isinstance(source, Path):
        name = name or source.name
    name = name or "plan.yaml"
    read = _READERS.get(PurePath(name).suffix.lower())
    if read is None:
        raise PlanFileError([Fault(name, 0, 1, 1, _ending_sentence(name))])
    data = _read_bytes(source, name) if isinstance(source, Path) else source
    return read(data.encode() if isinstance(data, str) else data, name)


_READERS = {".yaml": read_yaml, ".yml": read_yaml, ".json": read_json, ".xlsx": read_workbook}
_SPREADSHEETS = frozenset({".csv", ".tsv", ".xls", ".xlsm", ".xlsb", ".ods", ".numbers"})


def _ending_sentence(name: str) -> str:
    if PurePath(name).suffix.lower() in _SPREADSHEETS:
        return "Of spreadsheets only XLSX is read. Save it as an Excel workbook (.xlsx), without macros."
    return "A plan file ends in .yaml, .json or .xlsx. The format stands in docs/guide/plan-file.md."


def _read_bytes(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as file:
            # One byte more than is allowed, so that a file of any size costs no more than that.
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise PlanFileError([Fault(name, 0, 1, 1, f"The file cannot be read: {reason}.")]) from error
