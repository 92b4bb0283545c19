"""What hangs on items: steps, marks of the X-matrix, other names of KPIs."""

from storage.bundle.checks.findings import Findings
from storage.bundle.checks.names import Names
from storage.bundle.document import Document, Entry
from storage.bundle.item_rows import InitiativeRow
from storage.bundle.rows import MarkRow
from storage.rules.errors import Invalid
from storage.rules.hierarchy import Ref, format_reference
from storage.rules.marks import order_ends


def check_parts(document: Document, names: Names, findings: Findings) -> None:
    """Steps of initiatives, marks, and names of KPIs."""
    for initiative in document.initiatives:
        _check_steps(initiative, names, findings)
    ends: dict[tuple[Ref, Ref], MarkRow] = {}
    for mark in document.marks:
        _check_mark(mark, names, findings, ends)
    _check_aliases(document, findings)


def _check_steps(entry: Entry[InitiativeRow], names: Names, findings: Findings) -> None:
    titles: set[str] = set()
    for number, step in enumerate(entry.row.steps):
        for key in ("owner", "done_by"):
            email = getattr(step, key)
            if email is not None and (missing := names.missing_person(email)):
                findings.refuse(entry, "steps", missing, number, key)
        if step.title in titles:
            findings.refuse(entry, "steps", "Another step has this title. Tell them apart.", number, "title")
        titles.add(step.title)


def _check_mark(
    entry: Entry[MarkRow], names: Names, findings: Findings, marked: dict[tuple[Ref, Ref], MarkRow]
) -> None:
    row = entry.row
    for key, ref in (("from", row.from_), ("to", row.to)):
        if missing := names.missing_item(ref):
            findings.refuse(entry, key, missing)
    if row.by is not None and (missing := names.missing_person(row.by)):
        findings.refuse(entry, "by", missing)
    try:
        ends = order_ends(row.from_, row.to)
    except Invalid as error:
        findings.refuse(entry, "to", error.sentence)
        return
    if marked.setdefault(ends, row) is not row:
        named = " – ".join(format_reference(*end) for end in ends)
        findings.refuse(entry, "to", f"{named} is marked twice. Keep one of them.")


def _check_aliases(document: Document, findings: Findings) -> None:
    """A name points to one KPI only."""
    first: dict[str, str] = {}
    for entry in document.kpis:
        for number, name in enumerate(entry.row.aliases):
            owner = first.setdefault(name, entry.row.label)
            if owner != entry.row.label:
                findings.refuse(entry, "aliases", f"{owner} has this name already. Keep one.", number)
