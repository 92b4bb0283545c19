"""People and teams: who is known, who belongs where, and that no team stands above itself."""

from storage.bundle.checks.findings import Findings
from storage.bundle.checks.names import Names, find_loops
from storage.bundle.document import Document


def check_people(document: Document, names: Names, findings: Findings) -> None:
    """Addresses are unique, and everyone belongs to one home team at most."""
    findings.refuse_repeated(document.people, "email", lambda entry: entry.row.email)
    listed: dict[str, list[str]] = {}
    for team in document.teams:
        for email in team.row.members:
            listed.setdefault(email, []).append(team.row.name)
    for person in document.people:
        teams = listed.get(person.row.email, [])
        if person.row.team is not None:
            missing = names.missing_team(person.row.team)
            if missing:
                findings.refuse(person, "team", missing)
        elif len(teams) > 1:
            findings.refuse(
                person,
                "team",
                f"They are a member of {' and of '.join(teams)}. Say with “team:” in which one's summary "
                "their check-in stands.",
            )


def check_teams(document: Document, names: Names, findings: Findings) -> None:
    """Parents, leads and members exist, and no team stands above itself."""
    findings.refuse_repeated(document.teams, "name", lambda entry: entry.row.name)
    for team in document.teams:
        if team.row.parent is not None and (missing := names.missing_team(team.row.parent)):
            findings.refuse(team, "parent", missing)
        if team.row.lead is not None and (missing := names.missing_person(team.row.lead)):
            findings.refuse(team, "lead", missing)
        for number, email in enumerate(team.row.members):
            if missing := names.missing_person(email):
                findings.refuse(team, "members", missing, number)
    _check_loops(document, names, findings)


def _check_loops(document: Document, names: Names, findings: Findings) -> None:
    entries = {entry.row.name: entry for entry in document.teams}
    for loop in find_loops(names.team_parents(), entries):
        way = " under ".join([*loop, loop[0]])
        entry = next(entries[name] for name in loop if name in entries)
        findings.refuse(entry, "parent", f"The teams run in a circle: {way}. Remove one parent.")
