"""What `hoshin lint` does: the whole plan gone through, for the operator or a program to read."""

import json
from dataclasses import dataclass

from bot.clock import Clock
from storage.database import Database
from storage.rules.errors import NotFound
from storage.rules.hierarchy import format_reference
from storage.rules.lint import Facts, Finding, lint
from storage.rules.lint_rules import Severity
from storage.rules.thresholds import read_limits


@dataclass(frozen=True, slots=True)
class Gone:
    """The findings of one plan."""

    findings: tuple[Finding, ...]

    @property
    def has_errors(self) -> bool:
        return any(one.rule.severity is Severity.ERROR for one in self.findings)

    def as_text(self) -> str:
        """A line a finding, each rule's remedy once, and the counts."""
        lines: list[str] = []
        rule = None
        for one in self.findings:
            if one.rule != rule:
                rule = one.rule
                lines.append(f"{rule.code} {rule.severity}: {rule.title}. {rule.remedy}")
            lines.append(f"  {one.sentence}")
        errors = sum(one.rule.severity is Severity.ERROR for one in self.findings)
        return "\n".join([*lines, f"{errors} errors, {len(self.findings) - errors} warnings."])

    def as_json(self) -> str:
        """A list of {rule, severity, title, sentence, remedy, reference}."""
        rows = [
            {
                "rule": one.rule.code,
                "severity": str(one.rule.severity),
                "title": one.rule.title,
                "sentence": one.sentence,
                "remedy": one.rule.remedy,
                "reference": format_reference(*one.ref) if one.ref is not None else None,
            }
            for one in self.findings
        ]
        return json.dumps(rows, indent=2, ensure_ascii=False)


def go_through(database: Database, clock: Clock, workspace: str | None = None) -> Gone:
    """Goes through the active plan, every item of it.

    Raises:
        NotFound: there is no workspace or no plan.
        Invalid: the database holds several workspaces, and none is named.
    """
    with database.workspaces(read=True) as workspaces:
        chosen = workspaces.choose(workspace)
    if chosen is None:
        raise NotFound("There is no plan yet. `hoshin import` loads one.")
    with database.unit_of_work(chosen.id, clock.now(), read=True) as uow:
        picture = uow.picture()
        limits = read_limits(uow.settings.get().thresholds)
    return Gone(lint(Facts(picture.graph, picture.standings, limits)))
