"""What the rows of a plan file say of each other: names that exist, legal parents, times and figures."""

from datetime import time

from storage.bundle.checks.findings import Findings
from storage.bundle.checks.items import check_items
from storage.bundle.checks.measures import check_measures
from storage.bundle.checks.names import Names
from storage.bundle.checks.people import check_people, check_teams
from storage.bundle.document import Document
from storage.bundle.faults import Fault
from storage.repositories.plans import Record
from storage.rules.cadence import WeeklyRhythm
from storage.rules.errors import Invalid


def check(document: Document, record: Record | None) -> list[Fault]:
    """Everything that is wrong between the rows of a file, warnings included.

    `record` is what the workspace holds already, which the file may refer to. Without it (None) names that
    the file does not define are let pass, to be judged when it is loaded.
    """
    findings = Findings(document.source)
    names = Names(document, record)
    _check_settings(document, findings)
    check_people(document, names, findings)
    check_teams(document, names, findings)
    check_items(document, names, findings)
    check_measures(document, names, findings)
    return findings.faults


def _check_settings(document: Document, findings: Findings) -> None:
    plan, checkin = document.plan, document.checkin
    if plan is not None and plan.row.ends_on < plan.row.starts:
        findings.refuse(
            plan, "ends", f"The plan ends on {plan.row.ends}, before it starts on {plan.row.starts}."
        )
    if checkin is not None:
        try:
            WeeklyRhythm(
                opens_weekday=checkin.row.opens,
                closes_weekday=checkin.row.closes,
                closes_time=time(checkin.row.closes_hour),
            )
        except Invalid as error:
            findings.refuse(checkin, "closes", error.sentence)
