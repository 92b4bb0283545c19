"""Updating: one line or one form brings figure, confidence and note, and tells what that did to the plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from bot.okr.facts import Choosable, Effect, Option, Question, Recorded, Undone, UpdateForm, Which
from bot.okr.looking import (
    FIGURES_FOR_FORECAST,
    MEASURES,
    Desk,
    look_ahead,
    read_figures,
    sit_down,
)
from storage.database import UnitOfWork
from storage.recording import UNDO_FOR, Saying, Subject, as_milestone, record_report, withdraw_report
from storage.repositories.strategies import Strategy
from storage.rules import access
from storage.rules.access import Action
from storage.rules.errors import Closed, Invalid, NotAllowed, NotFound
from storage.rules.graph import Node
from storage.rules.hierarchy import Ref, format_reference, parse_reference
from storage.rules.measures import Measure, Milestone
from storage.rules.naming import find_named, reads_as_reference
from storage.rules.periods import PeriodFigure, period_start
from storage.rules.standing import Standing
from storage.rules.terms import Frequency, ItemState, Kind, Source
from storage.rules.units import Unit
from storage.rules.updates import Unclear, Update, format_update, parse_update

MOST_IN_MENU = 100
MOST_SURE = 10
_FIGURES_IN_PICTURE = 2


def update_by_line(
    uow: UnitOfWork, member_id: int, text: str, locale: str
) -> Recorded | Question | Which | UpdateForm:
    """Takes `KR-3 78 8 routing done`: the item by reference or words, then value, confidence and note.

    Returns:
        What was recorded; a question where it could mean several things, or the words several items; the
        form where only an item is named.

    Raises:
        NotFound: there is no such item, or none that they may see.
        NotAllowed, Closed, Invalid: it cannot be recorded; the sentence says why.
    """
    desk = sit_down(uow, member_id)
    named = find_named(desk.graph, text, MEASURES)
    if not named.nodes:
        raise _unknown(desk, text)
    # What is closed is meant only where nothing else is.
    found = [node for node in named.nodes if node.is_live] or named.nodes[:1]
    if len(found) > 1:
        choices = [(node, f"{node.reference} {named.rest}".strip()) for node in found]
        return Which(named.words, tuple(choices))
    bench = _Bench(uow, desk, found[0], locale)
    return _update(bench, named.rest) if named.rest else _form_of(bench)


def update_by_form(
    uow: UnitOfWork,
    member_id: int,
    reference: str,
    typed: "Typed",
    locale: str,
) -> Recorded:
    """Takes the form's inputs; what is not clear is refused beside the value, with what to type instead.

    Raises:
        Invalid: with its field; as `update_by_line` otherwise.
    """
    desk = sit_down(uow, member_id)
    node = access.get_visible(desk.graph, parse_reference(reference))
    if node.kind not in MEASURES:
        raise _no_figure(desk, node)
    bench = _Bench(uow, desk, node, locale)
    sure = typed.confidence.strip().removesuffix("/10").strip()
    if sure and not (sure.isascii() and sure.isdigit() and int(sure) <= MOST_SURE):
        raise Invalid(
            f"“{typed.confidence[:20]}” is no confidence. Type a whole number from 0 (no chance) to 10 "
            "(certain).",
            field="confidence",
        )
    line = " ".join(filter(None, (typed.value, sure and f"c{sure}")))
    try:
        update = parse_update(line, bench.measure, locale) if line else Update()
    except Unclear as question:
        choices = " or ".join(f"`{choice.text}`" for choice in question.choices)
        raise Invalid(f"{question.sentence} Type {choices}.", field="value") from None
    if typed.value and not update.has_figure:
        raise Invalid(
            f"“{typed.value[:40]}” is not a figure. Type one such as 78, and words into the note.",
            field="value",
        )
    if update == Update() and not typed.note:
        raise Invalid("Nothing is filled in yet. Give a figure, a confidence or a note.", field="value")
    note = " ".join(filter(None, (update.note, typed.note)))
    return _record(bench, replace(update, note=note), link=typed.link)


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form's inputs hold."""

    value: str = ""
    confidence: str = ""
    note: str = ""
    link: str = ""


def open_form(uow: UnitOfWork, member_id: int, reference: str = "", link: str = "") -> UpdateForm:
    """The form: for one item, or with a menu of all that the person may update, their own first.

    Raises:
        NotFound: there is nothing to update, or no such item.
    """
    desk = sit_down(uow, member_id)
    if reference:
        node = access.get_visible(desk.graph, parse_reference(reference))
        if node.kind not in MEASURES:
            raise _no_figure(desk, node)
        return _form_of(_Bench(uow, desk, node, "en-US"), link)
    items = [
        Choosable(
            reference=node.reference,
            title=node.title,
            kind=node.kind,
            is_own=node.owner_id == desk.viewer.member_id,
        )
        for node in desk.nodes(*MEASURES)
        if node.is_live and access.may(desk.viewer, Action.UPDATE, desk.graph, node)
    ]
    if not items:
        raise NotFound(
            "There is no key result or KPI that you may update. Once the plan names you as an owner, "
            "yours stand here."
        )
    return UpdateForm(tuple(sorted(items, key=lambda item: not item.is_own))[:MOST_IN_MENU], link=link)


def _form_of(bench: "_Bench", link: str = "") -> UpdateForm:
    bench.check_open()
    return UpdateForm((), bench.desk.show(bench.node), bench.milestones, link)


def undo(uow: UnitOfWork, member_id: int, report_id: int) -> Undone:
    """Undoes what the person just recorded.

    Raises:
        NotFound, NotAllowed, Closed: see `recording.withdraw_report`.
    """
    desk = sit_down(uow, member_id)
    report = uow.reports.get(report_id)
    node = _node_of(desk, report.kind, report.item_id)
    withdraw_report(uow, report_id, member_id, node.reference)
    figures = read_figures(uow, desk.source(node), 1)
    return Undone(
        reference=node.reference,
        title=node.title,
        unit=node.unit,
        value=figures[0].value if figures else None,
    )


def move_into_note(uow: UnitOfWork, member_id: int, report_id: int, locale: str) -> Recorded:
    """The bare number that was taken for the confidence becomes the note's first word.

    Raises:
        NotFound, NotAllowed: it is not theirs, or is not there any more.
    """
    desk = sit_down(uow, member_id)
    report = uow.reports.get(report_id)
    if report.member_id != member_id:
        raise NotAllowed("Someone else recorded this.")
    if report.withdrawn_at is not None:
        raise Closed("This was undone or corrected already.")
    node = _node_of(desk, report.kind, report.item_id)
    if report.confidence is not None:
        report.note = f"{report.confidence} {report.note}".strip()
        report.confidence = None
        uow.session.flush()
        # The confidence of before counts again: how it stands is read anew.
        desk = sit_down(uow, member_id)
    bench = _Bench(uow, desk, node, locale)
    said = Update(
        value=report.value,
        note=report.note,
        done=tuple(report.done or ()),
        undone=tuple(report.undone or ()),
    )
    figures = read_figures(uow, bench.source, FIGURES_FOR_FORECAST)
    return _told(bench, report.id, _Said(said, report.link, report.value_before), figures, desk.strategy)


def _update(bench: "_Bench", text: str) -> Recorded | Question:
    bench.check_open()
    try:
        update = parse_update(text, bench.measure, bench.locale)
    except Unclear as question:
        reference = bench.node.reference
        options = [Option(choice.label, f"{reference} {choice.text}") for choice in question.choices]
        return Question(question.sentence, tuple(options))
    return _record(bench, update)


def _record(bench: "_Bench", update: Update, *, link: str = "") -> Recorded:
    bench.check_open()
    bench.check_allowed(update)
    report = record_report(
        bench.uow,
        bench.subject,
        Saying(
            value=update.value,
            confidence=update.confidence,
            note=update.note,
            link=link,
            done=update.done,
            undone=update.undone,
        ),
        source=Source.UPDATE,
        member_id=bench.desk.viewer.member_id,
    )
    if report.value is not None:
        update = replace(update, value=report.value)
    figures = read_figures(bench.uow, bench.source, FIGURES_FOR_FORECAST)
    desk = bench.desk
    seen = bench.after(desk.strategy, figures, update.confidence)
    whole = seen if desk.whole is desk.strategy else bench.after(desk.whole, figures, update.confidence)
    bench.uow.foresee(desk.whole, whole)
    return _told(bench, report.id, _Said(update, link, bench.measure.current), figures, seen)


@dataclass(frozen=True, slots=True)
class _Said:
    """An update with the message that it leads to and the figure before it."""

    update: Update
    link: str
    before: Decimal | None


def _told(
    bench: "_Bench", report_id: int, said: _Said, figures: Sequence[PeriodFigure], seen: Strategy
) -> Recorded:
    """What the update did, by how the plan stands after it (`seen`)."""
    desk, node, source, update = bench.desk, bench.node, bench.source, said.update
    after = seen.standings[node.ref]
    ahead = look_ahead(desk, node, after, figures)
    shown = desk.show(node, after)
    plain = replace(update, value=None) if update.done or update.undone else update
    return Recorded(
        report_id=report_id,
        shown=replace(shown, confidence_before=bench.subject.confidence),
        before=said.before,
        value=update.value,
        confidence=update.confidence,
        confidence_before=bench.subject.confidence,
        note=update.note,
        link=said.link,
        line=f"{node.reference} {format_update(plain, bench.measure, bench.locale)}",
        is_bare=update.is_bare,
        pace=ahead[0],
        forecast=ahead[1],
        effects=_effects(desk, node, seen.standings),
        also=tuple(one for one in desk.graph.measured_by.get(source.ref, ()) if one.ref != node.ref),
        measure=None if source.ref == node.ref else source,
        frequency=bench.frequency,
        period_on=bench.subject.period_on if bench.frequency is not Frequency.WEEKLY else None,
        milestones=bench.read_milestones(),
        undo_until=bench.uow.now + UNDO_FOR,
    )


class _Bench:
    """One item being updated: its measure, its period, and what stands in the way."""

    def __init__(self, uow: UnitOfWork, desk: Desk, node: Node, locale: str) -> None:
        self.uow = uow
        self.desk = desk
        self.node = node
        self.locale = locale
        self.source = desk.source(node)
        self.figures = desk.strategy.measured.figures.get(self.source.ref, ())
        self.milestones = self.read_milestones()

    @property
    def frequency(self) -> Frequency:
        return self.source.frequency if self.source.kind is Kind.KPI else Frequency.WEEKLY

    @property
    def measure(self) -> Measure:
        node = self.node
        return Measure(
            reference=node.reference,
            unit=node.unit,
            direction=node.direction,
            baseline=node.baseline,
            target=node.target,
            band_low=node.band_low,
            band_high=node.band_high,
            current=self.figures[0].value if self.figures else None,
            milestones=self.milestones,
        )

    @property
    def subject(self) -> Subject:
        return Subject(
            kind=self.node.kind,
            item_id=self.node.id,
            reference=self.node.reference,
            kpi_id=self.source.id if self.source.kind is Kind.KPI else None,
            period_on=self._period_on(),
            current=self.figures[0].value if self.figures else None,
            confidence=self.desk.strategy.measured.confidence.get(self.node.ref),
        )

    def read_milestones(self) -> tuple[Milestone, ...]:
        if not Unit(self.node.unit).is_milestones or self.node.kind is not Kind.KEY_RESULT:
            return ()
        return tuple(map(as_milestone, self.uow.okrs.list_milestones(self.node.id)))

    def after(self, strategy: Strategy, figures: Sequence[PeriodFigure], confidence: int | None) -> Strategy:
        """How the plan stands after the report."""
        newest = figures[:_FIGURES_IN_PICTURE]
        return strategy.after_report(self.node.ref, self.source.ref, newest, confidence)

    def check_open(self) -> None:
        """Raises Closed where figures are not taken any more, or not yet."""
        node = self.node
        objective = self.desk.graph.find(node.parent) if node.parent is not None else None
        states = {node.state, objective.state if objective is not None else ItemState.ACTIVE}
        if states & {ItemState.CLOSED, ItemState.ARCHIVED}:
            raise Closed(
                f"{node.reference} is closed, so nothing was recorded. `/okr show {node.reference}` shows "
                "how it "
                "ended."
            )
        if states & {ItemState.DRAFT, ItemState.IN_CATCHBALL}:
            readers = ", ".join(one.reference for one in self.desk.graph.measured_by.get(node.ref, ()))
            if readers:
                raise Closed(
                    f"{node.reference} is not active yet, so it takes no figures. It becomes active with "
                    f"{readers}, for which it was defined."
                )
            raise Closed(
                f"{node.reference} is not active yet, so it takes no figures. Its owner makes it active by "
                f"`/okr show {node.reference}`."
            )

    def check_allowed(self, update: Update) -> None:
        """Raises NotAllowed for whoever may not report on it, or not give the figure of its KPI."""
        access.check(self.desk.viewer, Action.UPDATE, self.desk.graph, self.node)
        if not update.has_figure or self.source.ref == self.node.ref:
            return
        if not access.may(self.desk.viewer, Action.UPDATE, self.desk.graph, self.source):
            owner = self.desk.graph.people.get(self.source.owner_id or 0)
            whose = f", which is {owner.name}'s" if owner is not None else ""
            raise NotAllowed(
                f"{self.node.reference} reads {self.source.reference}{whose}: its figure is given once, "
                "there. "
                f"Your confidence and a note are welcome: `/okr update {self.node.reference} c7 on its way`."
            )

    def _period_on(self) -> date:
        """The last period that ended without a figure, else the running one (as check-ins ask for it)."""
        fiscal_month = self.desk.graph.plan.starts_on.month
        current = period_start(self.frequency, self.desk.today, fiscal_start_month=fiscal_month)
        if self.frequency is Frequency.WEEKLY:
            return current
        day_before = current - timedelta(days=1)
        ended = period_start(self.frequency, day_before, fiscal_start_month=fiscal_month)
        known = {figure.period_on for figure in self.figures}
        expected = ended >= self.desk.graph.plan.starts_on or any(on < ended for on in known)
        return ended if expected and ended not in known and current not in known else current


def _effects(desk: Desk, node: Node, standings: Mapping[Ref, Standing]) -> tuple[Effect, ...]:
    """The objective and the annual objective above, before and after."""
    above = [one for one in desk.graph.above(node.ref) if one.kind in {Kind.OBJECTIVE, Kind.ANNUAL_OBJECTIVE}]
    if node.kind is Kind.KPI:
        above = list(desk.graph.measured_by.get(node.ref, ()))
    return tuple(Effect(one, desk.standing(one.ref), standings[one.ref]) for one in above[:3])


def _node_of(desk: Desk, kind: Kind, item_id: int) -> Node:
    found = desk.graph.find_row(kind, item_id)
    if found is None:
        raise NotFound("There is no such item here any more.")
    return found


def _unknown(desk: Desk, text: str) -> Exception:
    """Why the first words name nothing that has a figure."""
    words = text.split()
    first = words[0].rstrip(",:") if words else ""
    if not reads_as_reference(first):
        shown = " ".join(words[:6])
        return NotFound(
            f"Nothing here goes by “{shown}”. Begin with a reference or with words of the title, such as "
            "`/okr update KR-3 78 8 routing done`. `/okr` lists yours."
        )
    kind, number = parse_reference(first)
    node = desk.graph.find((kind, number))
    if node is None or kind in MEASURES:
        return NotFound(
            f"There is no {format_reference(kind, number)} here. Check the reference; `/okr` lists yours."
        )
    return _no_figure(desk, node)


def _no_figure(desk: Desk, node: Node) -> Invalid:
    below = [
        child.reference for child in desk.graph.children.get(node.ref, ()) if child.kind is Kind.KEY_RESULT
    ]
    instead = f" Update one of its key results: {', '.join(below)}." if below else ""
    return Invalid(f"{node.reference} has no figure of its own; it stands as what is below it.{instead}")
