"""Grading: at a quarter's end a suggestion from the data, an own grade, evidence, and what was learned."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from bot.okr.facts import Shown
from bot.okr.looking import Desk, sit_down
from bot.okr.states import move_all
from storage.database import UnitOfWork
from storage.rules import access
from storage.rules.access import Action
from storage.rules.date_words import near_day
from storage.rules.errors import Closed, Invalid, InvalidFields
from storage.rules.finding import Several, find, read_reference
from storage.rules.grading import (
    Portfolio,
    judge_portfolio,
    parse_grade,
    suggest_grade,
    suggest_objective_grade,
    wants_post_mortem,
)
from storage.rules.graph import Node
from storage.rules.hierarchy import parse_reference
from storage.rules.scoring import grade_colour
from storage.rules.terms import Commitment, ItemState, Kind, Role
from storage.tables.okr import Grade

_LINK = re.compile(r"https?://[^\s/]+\.\S+")
OPENS_BEFORE = timedelta(days=14)
"""A quarter can be graded from two weeks before its last day."""


@dataclass(frozen=True, slots=True)
class Gradable:
    """One key result to grade, and what its figures suggest."""

    shown: Shown
    suggested: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeForm:
    """An objective to grade; `weights` are the key results' by reference."""

    shown: Shown
    key_results: tuple[Gradable, ...]
    commitment: Commitment


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeTyped:
    """What the form holds: grades by the key result's reference, and the words."""

    grades: Mapping[str, str]
    reason: str = ""
    evidence: str = ""
    lesson: str = ""
    post_mortem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """An objective that was graded and closed. `portfolio` is the quarter's verdict, for leaders only."""

    shown: Shown
    grade: Decimal
    colour: str
    suggested: Decimal
    grades: tuple[tuple[Shown, Decimal, Decimal], ...]
    lesson: str
    portfolio: Portfolio | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """The objectives that a person may grade now, and for leaders the verdict of what was graded."""

    objectives: tuple[Shown, ...]
    portfolio: Portfolio | None


def list_due(uow: UnitOfWork, member_id: int) -> Due:
    """What is to be graded by the person.

    Raises:
        NotFound: there is no plan.
    """
    desk = sit_down(uow, member_id)
    found = [
        node
        for node in desk.nodes(Kind.OBJECTIVE)
        if node.is_live and _is_time(desk, node) and access.may(desk.viewer, Action.EDIT, desk.graph, node)
    ]
    return Due(tuple(map(desk.show, found)), _verdict(uow, desk))


def find_form(uow: UnitOfWork, member_id: int, text: str) -> GradeForm | Several:
    """The form of an objective that a reference or words name; the several that the words fit, where that is
    not one.

    Raises:
        NotFound, Invalid: no objective is meant. Otherwise as `open_form`.
    """
    if read_reference(text) is not None:
        return open_form(uow, member_id, text)
    found = find(sit_down(uow, member_id).graph, text, kinds={Kind.OBJECTIVE})
    if isinstance(found, Several):
        live = tuple(node for node in found.nodes if node.is_live)
        if len(live) != 1:
            return Several(found.words, live or found.nodes)
        found = live[0]
    return open_form(uow, member_id, found.reference)


def open_form(uow: UnitOfWork, member_id: int, reference: str) -> GradeForm:
    """The form, with what the data suggests.

    Raises:
        NotFound, NotAllowed: there is none, or they may not.
        Closed: it is graded already, or too early.
    """
    desk, node = _gradable(uow, member_id, reference)
    return GradeForm(
        shown=desk.show(node),
        key_results=_gradables(uow, desk, node),
        commitment=node.commitment or Commitment.ASPIRATIONAL,
    )


def grade(
    uow: UnitOfWork, member_id: int, reference: str, typed: GradeTyped, *, may_correct: bool = False
) -> Graded:
    """Grades the objective and closes it with its key results.

    Args:
        may_correct: where they graded it before, what they say now takes the place of that.

    Raises:
        InvalidFields: a grade that cannot be read, no evidence, no reason for a grade of one's own, or no
            post-mortem for a committed objective that was missed.
        NotFound, NotAllowed, Closed: as `open_form`.
    """
    desk, node = _gradable(uow, member_id, reference, may_correct=may_correct)
    parts = _gradables(uow, desk, node)
    given = _given(parts, typed)
    weights = {part.shown.reference: part.shown.node.weight for part in parts}
    overall = suggest_objective_grade((given[name], weights[name]) for name in given) or Decimal(0)
    suggested = suggest_objective_grade(
        (part.suggested, weights[part.shown.reference]) for part in parts
    ) or Decimal(0)
    _check(parts, given, typed, overall, node.commitment or Commitment.ASPIRATIONAL)
    for part in parts:
        own = given[part.shown.reference]
        _keep(uow, desk, part.shown.node, typed, own=own, suggested=part.suggested)
    _keep(uow, desk, node, typed, own=overall, suggested=suggested)
    move_all(uow, desk, (node, *(part.shown.node for part in parts)), ItemState.CLOSED)
    return Graded(
        shown=desk.show(node._replace(state=ItemState.CLOSED)),
        grade=overall,
        colour=str(grade_colour(overall, desk.whole.thresholds)),
        suggested=suggested,
        grades=tuple((part.shown, given[part.shown.reference], part.suggested) for part in parts),
        lesson=typed.lesson,
        portfolio=_verdict(uow, desk),
    )


def _given(parts: tuple[Gradable, ...], typed: GradeTyped) -> dict[str, Decimal]:
    """The grades by reference; an empty input takes the suggestion."""
    faults, given = {}, {}
    for part in parts:
        name = part.shown.reference
        text = typed.grades.get(name, "")
        try:
            given[name] = parse_grade(text, field=f"grade:{name}") if text else part.suggested
        except Invalid as error:
            faults[f"grade:{name}"] = error.sentence
    if faults:
        raise InvalidFields(faults)
    return given


def _check(
    parts: tuple[Gradable, ...],
    given: Mapping[str, Decimal],
    typed: GradeTyped,
    overall: Decimal,
    commitment: Commitment,
) -> None:
    faults = {}
    if not _LINK.search(typed.evidence):
        faults["evidence"] = (
            "A grade needs evidence that others can look at. Paste a link (https://…) to a report, a "
            "dashboard or a message."
        )
    own = [part for part in parts if given[part.shown.reference] != part.suggested]
    if own and not typed.reason.strip():
        named = ", ".join(
            f"{part.shown.reference} {part.suggested} → {given[part.shown.reference]}" for part in own
        )
        faults["reason"] = (
            f"The figures suggest another grade ({named}). Say why, so that others can follow it."
        )
    if wants_post_mortem(overall, commitment) and not typed.post_mortem.strip():
        faults["post_mortem"] = (
            "This was committed and not fully reached. Say in a few sentences what happened, so that it can "
            "be "
            "learned from."
        )
    if faults:
        raise InvalidFields(faults)


def _gradable(
    uow: UnitOfWork, member_id: int, reference: str, *, may_correct: bool = False
) -> tuple[Desk, Node]:
    desk = sit_down(uow, member_id)
    node = access.get_visible(desk.graph, parse_reference(reference))
    if node.kind is not Kind.OBJECTIVE:
        raise Invalid(
            f"{node.reference} is graded with its objective. Type `/okr grade` and an objective, such as O-1."
        )
    access.check(desk.viewer, Action.EDIT, desk.graph, node)
    if node.state is ItemState.CLOSED:
        before = uow.okrs.find_grade(node.kind, node.id)
        if may_correct and before is not None and before.member_id == member_id:
            return desk, node
        raise Closed(
            f"{node.reference} is graded and closed already. `/okr show {node.reference}` shows how."
        )
    if not node.is_live:
        raise Closed(f"{node.reference} is not active yet, so there is nothing to grade.")
    if not _is_time(desk, node) and node.due_on is not None:
        raise Closed(
            f"{node.reference} runs until {near_day(node.due_on)}, and is graded from two weeks "
            "before "
            "that on."
        )
    return desk, node


def _is_time(desk: Desk, node: Node) -> bool:
    return node.due_on is not None and desk.today >= node.due_on - OPENS_BEFORE


def _gradables(uow: UnitOfWork, desk: Desk, node: Node) -> tuple[Gradable, ...]:
    """The key results to grade; of an objective that was graded, those that were graded with it."""
    found = []
    for child in desk.graph.children.get(node.ref, ()):
        if child.kind is not Kind.KEY_RESULT:
            continue
        before = uow.okrs.find_grade(child.kind, child.id) if node.state is ItemState.CLOSED else None
        if before is not None and before.suggested is not None:
            found.append(Gradable(desk.show(child), before.suggested))
        elif child.is_live:
            found.append(Gradable(desk.show(child), suggest_grade(desk.standing(child.ref).progress)))
    return tuple(found)


def _keep(
    uow: UnitOfWork, desk: Desk, node: Node, typed: GradeTyped, *, own: Decimal, suggested: Decimal
) -> None:
    row = uow.okrs.find_grade(node.kind, node.id)
    before = None if row is None else {"grade": format(row.grade, "f")}
    if row is None:
        row = uow.okrs.add(
            Grade(
                workspace_id=uow.workspace_id,
                kind=node.kind,
                item_id=node.id,
                grade=own,
                suggested=suggested,
                graded_at=uow.now,
            )
        )
    row.grade, row.reason, row.evidence = own, typed.reason, typed.evidence
    if node.kind is Kind.OBJECTIVE:
        row.lesson, row.post_mortem = typed.lesson, typed.post_mortem
    row.member_id, row.graded_at = desk.viewer.member_id, uow.now
    uow.session.flush()
    uow.audit.record(
        at=uow.now,
        member_id=desk.viewer.member_id,
        action="graded",
        kind=str(node.kind),
        item_id=node.id,
        reference=node.reference,
        before=before,
        after={"grade": format(own, "f"), "suggested": format(suggested, "f")},
    )


def _verdict(uow: UnitOfWork, desk: Desk) -> Portfolio | None:
    """The mean of the newest graded quarter, for whoever leads: the strategy lead all, a team's lead "
    "theirs."""
    leads_all = Role.STRATEGY_LEAD in desk.viewer.roles
    if not leads_all and not desk.viewer.led_team_ids:
        return None
    grades = uow.okrs.list_objective_grades()
    rows = [
        (node, grades[node.id])
        for node in desk.nodes(Kind.OBJECTIVE)
        if node.id in grades and (leads_all or node.team_id in desk.viewer.led_team_ids)
    ]
    newest = max((node.due_on for node, _ in rows if node.due_on is not None), default=None)
    return judge_portfolio([grade for node, grade in rows if node.due_on == newest])
