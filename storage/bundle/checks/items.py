"""Items of the plan: references, owners, legal parents and times."""

from storage.bundle.checks.findings import Findings
from storage.bundle.checks.names import Names, find_loops
from storage.bundle.document import Document, Entry
from storage.bundle.item_rows import ItemRow, KeyResultRow
from storage.rules.errors import Invalid
from storage.rules.hierarchy import Ref, check_parent, format_reference
from storage.rules.terms import Kind

BREAKTHROUGH_YEARS = range(3, 6)
"""A breakthrough spans 3 to 5 years (rules §2)."""

_DAYS_A_YEAR = 365.25


def check_items(document: Document, names: Names, findings: Findings) -> None:
    """Every item of the file on its own and towards those it names."""
    findings.refuse_repeated(document.items, "ref", lambda entry: entry.row.ref)
    for entry in document.items:
        _check_people_and_teams(entry, names, findings)
        _check_kpi(entry, names, findings)
        _check_item_parent(entry, names, findings)
        _check_period(entry, names, findings)
    planless = next((entry for entry in document.items if entry.row.plan is None), None)
    if planless is not None and not names.has_plan:
        findings.refuse(
            planless,
            "ref",
            "There is no plan for it yet. Begin the file with “plan:”, its title and the day it starts.",
        )
    _check_loops(document, names, findings)


def _check_people_and_teams(entry: Entry[ItemRow], names: Names, findings: Findings) -> None:
    owner, team = entry.row.owner, entry.row.find("team")
    if owner is not None and (missing := names.missing_person(owner)):
        findings.refuse(entry, "owner", missing)
    if team is not None and (missing := names.missing_team(team)):
        findings.refuse(entry, "team", missing)
    for key in ("supporters", "readers"):
        for number, email in enumerate(getattr(entry.row, key)):
            if missing := names.missing_person(email):
                findings.refuse(entry, key, missing, number)
    if entry.row.plan is not None and (missing := names.missing_plan(entry.row.plan)):
        findings.refuse(entry, "plan", missing)
    _check_continued(entry, names, findings)


def _check_continued(entry: Entry[ItemRow], names: Names, findings: Findings) -> None:
    earlier = entry.row.continues
    if earlier is None:
        return
    if earlier[0] is not entry.row.kind or earlier == entry.row.ref:
        findings.refuse(
            entry,
            "continues",
            f"It is carried over from another {entry.row.kind} of an earlier plan. Name one.",
        )
    elif missing := names.missing_item(earlier):
        findings.refuse(entry, "continues", missing)


def _check_kpi(entry: Entry[ItemRow], names: Names, findings: Findings) -> None:
    kpi = entry.row.find("kpi")
    if kpi is None:
        return
    if kpi[0] is not Kind.KPI:
        findings.refuse(entry, "kpi", f"{format_reference(*kpi)} is not a KPI. Name one such as KPI-1.")
    elif missing := names.missing_item(kpi):
        findings.refuse(entry, "kpi", missing)


def _check_item_parent(entry: Entry[ItemRow], names: Names, findings: Findings) -> None:
    parent = entry.row.find("parent")
    if parent is None:
        if isinstance(entry.row, KeyResultRow) and len(entry.path) == len(("key_results", 0)):
            findings.refuse(entry, "parent", "A key result stands under an objective. Name it, such as O-1.")
        return
    try:
        check_parent(entry.row.kind, parent[0])
    except Invalid as error:
        findings.refuse(entry, "parent", error.sentence)
        return
    if missing := names.missing_item(parent):
        findings.refuse(entry, "parent", missing)


def _check_period(entry: Entry[ItemRow], names: Names, findings: Findings) -> None:
    starts, due = names.period_of(entry.row.ref)
    if starts and due and due < starts:
        findings.refuse(
            entry, "due", f"It is due on {due}, before it starts on {starts}. Correct one of them."
        )
        return
    parent: Ref | None = entry.row.find("parent")
    last = names.period_of(parent)[1] if parent else None
    if parent and due and last and due > last:
        findings.warn(entry, "due", f"It is due on {due}, after {format_reference(*parent)} ends on {last}.")
    if entry.row.kind is Kind.BREAKTHROUGH and starts and due:
        years = round((due - starts).days / _DAYS_A_YEAR)
        if years not in BREAKTHROUGH_YEARS:
            findings.warn(entry, "due", f"A breakthrough spans 3 to 5 years, and this one about {years}.")


def _check_loops(document: Document, names: Names, findings: Findings) -> None:
    entries = {entry.row.ref: entry for entry in document.items}
    for loop in find_loops(names.item_parents(), entries):
        way = " under ".join(format_reference(*ref) for ref in [*loop, loop[0]])
        entry = next(entries[ref] for ref in loop if ref in entries)
        findings.refuse(entry, "parent", f"The items run in a circle: {way}. Remove one parent.")
