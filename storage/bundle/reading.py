"""A plan file, read and checked: all of it, or every reason why not."""

from dataclasses import dataclass
from pathlib import Path

from storage.bundle.checks import check
from storage.bundle.document import Document, PersonRow, TeamRow
from storage.bundle.faults import Fault, PlanFileError, refusals
from storage.bundle.shape import read_document
from storage.bundle.yaml_file import MAX_BYTES, read_yaml
from storage.repositories.plans import Record


@dataclass(frozen=True, slots=True)
class Bundle:
    """A plan file without a fault. `warnings` are what is doubtful in it."""

    name: str
    document: Document
    warnings: tuple[Fault, ...]

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
        name: what to call it in faults; a path's own name where it is left out.
        record: `uow.plans.record()`, so that names are checked against it too. Without it, names that the
            file does not define are judged when it is loaded.

    Raises:
        PlanFileError: with every fault and its line.
    """
    if isinstance(source, Path):
        name = name or source.name
        data = _read_bytes(source, name)
    else:
        data = source.encode() if isinstance(source, str) else source
    yaml_source = read_yaml(data, name or "plan.yaml")
    if yaml_source.content is None and yaml_source.faults:
        raise PlanFileError(yaml_source.faults)
    document, faults = read_document(yaml_source)
    faults += check(document, record)
    # Where YAML itself is at fault, what follows from it on the same line would only repeat it.
    told = {fault.line for fault in yaml_source.faults}
    faults = [*yaml_source.faults, *(fault for fault in faults if fault.line not in told)]
    if refusals(faults):
        raise PlanFileError(refusals(faults))
    return Bundle(yaml_source.file, document, tuple(sorted(faults)))


def _read_bytes(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as file:
            # One byte more than is allowed, so that a file of any size costs no more than that.
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise PlanFileError([Fault(name, 1, 1, f"The file cannot be read: {reason}.")]) from error
