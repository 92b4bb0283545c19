"""`/hoshin lint`: what is wrong, rule by rule, each with the remedy and the form that mends it."""

from collections.abc import Sequence
from itertools import groupby

from bot import ids
from bot.answers import Block, Message
from bot.asks import Person
from bot.blockkit import kit
from bot.blockkit.mrkdwn import bold, escape, literal
from bot.blockkit.surfaces import fit_message, message
from bot.strategy.facts import Linted
from storage.rules.lint import Finding
from storage.rules.lint_rules import Severity

SHOWN_OF_A_RULE = 5
SIGNS = {Severity.ERROR: "■", Severity.WARNING: "▲"}
CLEAN = "Nothing is wrong with what you see of the plan. `/hoshin tree` shows it."


def linted(found: Linted, person: Person) -> Message:
    """Grouped by rule, errors first; five findings of each are named."""
    del person
    if not found.findings:
        return message(CLEAN, [kit.header("Nothing is wrong"), kit.section(CLEAN)])
    ordered = sorted(found.findings, key=lambda one: one.rule.severity is not Severity.ERROR)
    rows = [_group(found, list(group)) for _, group in groupby(ordered, key=lambda one: one.rule.number)]
    text = counted(found.findings)
    return Message(
        text, tuple(fit_message([kit.header("What is wrong with the plan"), kit.context(text)], rows))
    )


def counted(findings: Sequence[Finding]) -> str:
    """ "2 errors, 5 warnings"."""
    errors = sum(one.rule.severity is Severity.ERROR for one in findings)
    warnings = len(findings) - errors
    return f"{errors} error{'' if errors == 1 else 's'}, {warnings} warning{'' if warnings == 1 else 's'}"


def _group(found: Linted, group: list[Finding]) -> list[Block]:
    rule = group[0].rule
    lines = [f"{SIGNS[rule.severity]} {bold(f'{rule.code} · {escape(rule.title)}')}  {rule.severity}"]
    lines += [f"• {literal(one.sentence)}" for one in group[:SHOWN_OF_A_RULE]]
    if len(group) > SHOWN_OF_A_RULE:
        lines.append(f"and {len(group) - SHOWN_OF_A_RULE} more")
    blocks: list[Block] = [kit.section("\n".join(lines)), kit.context(f"→ {escape(rule.remedy)}")]
    buttons = [
        kit.button(
            f"Edit {found.scene.graph.nodes[one.ref].reference}",
            f"{ids.PLAN_EDIT}:{rule.number}.{position}",
            value=found.scene.graph.nodes[one.ref].reference,
        )
        for position, one in enumerate(group[:SHOWN_OF_A_RULE])
        if one.ref is not None and one.ref in found.may_edit
    ]
    return [*blocks, kit.actions(*buttons)] if buttons else blocks
