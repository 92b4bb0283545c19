"""What the rows of a plan file say of each other: names that exist, legal parents, times and figures."""

from datetime import time

from storage.bundle.checks.findings import Findings
from storage.bundle.checks.history import check_changes, check_readings
from storage.bundle.checks.items import check_items
from storage.bundle.checks.measures import check_measures
from storage.bundle.checks.names import Names
from storage.bundle.checks.parts import check_parts
from storage.bundle.checks.people import check_people, check_teams
from storage.bundle.document import Document
from storage.bundle.faults import Fault
from storage.bundle.values import quoted
from storage.repositories.plans import Record
from storage.rules import thresholds
from storage.rules.cadence import WeeklyRhythm
from storage.rules.errors import Invalid, InvalidFields
from storage.rules.terms import PlanState


def check(document: Document, record: Record | None) -> list[Fault]:
    """Everything that is wrong between the rows of a file, warnings included.

    `record` is what the workspace holds already, which the file may refer to. Without it (None) names that
    the file does not define are let pass, to be judged when it is loaded.
    """
    findings = Findings(document.source)
    names = Names(document, record)
    _check_settings(document, names, findings)
    _check_thresholds(document, findings)
    findings.refuse_repeated(document.days_off, "day", lambda entry: str(entry.row.day))
    check_people(document, names, findings)
    check_teams(document, names, findings)
    check_items(document, names, findings)
    check_measures(document, names, findings)
    check_parts(document, names, findings)
    check_readings(document, names, findings)
    check_changes(document, names, findings)
    return findings.faults


def _check_thresholds(document: Document, findings: Findings) -> None:
    entry = document.thresholds
    if entry is None:
        return
    try:
        thresholds.changed({**thresholds.settled(None), **entry.row.said})
    except InvalidFields as error:
        for name, sentence in error.sentences.items():
            findings.refuse(entry, name, sentence)


def _check_settings(document: Document, names: Names, findings: Findings) -> None:
    checkin = document.checkin
    for plan in document.every_plan:
        if plan.row.ends_on < plan.row.starts:
            findings.refuse(
                plan, "ends", f"The plan ends on {plan.row.ends}, before it starts on {plan.row.starts}."
            )
        if plan.row.continues is not None and (missing := names.missing_plan(plan.row.continues)):
            findings.refuse(plan, "continues", missing)
    if document.plan is not None and (earlier := names.earlier_owner(document.plan.row)):
        findings.refuse(
            document.plan,
            "title",
            f"The plan of {earlier} has the title {quoted(document.plan.row.title)} already. Choose another.",
        )
    findings.refuse_repeated(document.every_plan, "title", lambda entry: entry.row.title)
    for other in document.plans:
        if other.row.state is PlanState.ACTIVE:
            findings.refuse(other, "state", "The active version stands under “plan:”. Say draft or archived.")
    if checkin is not None:
        try:
            WeeklyRhythm(
                opens_weekday=checkin.row.opens,
                closes_weekday=checkin.row.closes,
                closes_time=time(checkin.row.closes_hour),
            )
        except Invalid as error:
            findings.refuse(checkin, "closes", error.sentence)
