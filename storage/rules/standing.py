"""How every item of a plan stands: figures from below, words from the weakest (rules §3).

A key result or KPI stands as its figure, its owner's confidence and its silence say; what is above stands as
the weakest of what is below it, and is as far as the weighted mean of that.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Protocol

from storage.rules import scoring
from storage.rules.graph import Graph, Node, Part
from storage.rules.hierarchy import Ref
from storage.rules.periods import PeriodFigure, is_stale, next_period, silent_since
from storage.rules.scoring import DEFAULT_THRESHOLDS, Assessment, Thresholds, Trend
from storage.rules.terms import Direction, Frequency, Kind, Status


class Standing(NamedTuple):
    """How one item stands. `progress` and `expected` are shares, raw; None where there is nothing to say."""

    status: Status
    reason: str
    progress: Decimal | None = None
    expected: Decimal | None = None
    current: Decimal | None = None
    period_on: date | None = None
    trend: Trend | None = None
    confidence: int | None = None


class Aimed(Protocol):
    """Whatever has a figure that is to go somewhere, or to stay in a band."""

    @property
    def direction(self) -> Direction: ...

    @property
    def baseline(self) -> Decimal | None: ...

    @property
    def target(self) -> Decimal | None: ...

    @property
    def band_low(self) -> Decimal | None: ...

    @property
    def band_high(self) -> Decimal | None: ...


class Figured(Protocol):
    """The figure of a period."""

    @property
    def period_on(self) -> date: ...

    @property
    def value(self) -> Decimal: ...


class Measured(NamedTuple):
    """What was said of the plan's measures: figures newest first, and the owners' last confidence."""

    figures: Mapping[Ref, Sequence[PeriodFigure]]
    confidence: Mapping[Ref, int]

    def differing(self, other: "Measured") -> set[Ref]:
        """The measures of which something else was said, by either."""
        found: set[Ref] = set()
        pairs: tuple[tuple[Mapping[Ref, object], Mapping[Ref, object]], ...] = (
            (self.figures, other.figures),
            (self.confidence, other.confidence),
        )
        for own, others in pairs:
            found |= {ref for ref in own.keys() | others.keys() if own.get(ref) != others.get(ref)}
        return found


NOTHING_BELOW = "Nothing is deployed from it yet."
KEY_RESULTS = ("key result", "key results")
BELOW = ("item below it", "items below it")


def assess(
    graph: Graph, measured: Measured, today: date, thresholds: Thresholds = DEFAULT_THRESHOLDS
) -> dict[Ref, Standing]:
    """How every item stands that is not archived.

    Args:
        today: in the plan's own zone, so that nothing is stale for one reader and not for another.
    """
    return _Assessor(graph, measured, today, thresholds).everything()


def assess_again(
    before: Mapping[Ref, Standing],
    whole: Graph,
    seen: Graph,
    *,
    measured: Measured,
    today: date,
    thresholds: Thresholds = DEFAULT_THRESHOLDS,
) -> dict[Ref, Standing]:
    """How the items stand for someone who sees less than the whole, as if the rest had never been.

    Only what stands above something hidden, or reads its figures, is computed anew.

    Args:
        before: how the items of `whole` stand.
        seen: what `access.without` left of `whole`.
    """
    touched: set[Ref] = set()
    pending = [ref for ref in whole.nodes if ref not in seen.nodes]
    while pending:
        ref = pending.pop()
        readers = [node.ref for node in whole.measured_by.get(ref, ())]
        node = whole.nodes[ref]
        above = [node.parent] if node.parent is not None else []
        fresh = [one for one in (*readers, *above) if one not in touched]
        touched.update(fresh)
        pending += fresh
    known = {ref: standing for ref, standing in before.items() if ref in seen.nodes and ref not in touched}
    return _Assessor(seen, measured, today, thresholds, known).everything()


def reassess(
    graph: Graph,
    measured: Measured,
    today: date,
    standings: Mapping[Ref, Standing],
    *,
    changed: Iterable[Ref],
    thresholds: Thresholds = DEFAULT_THRESHOLDS,
) -> dict[Ref, Standing]:
    """The standings after something was said of some measures: only what hangs on these is looked at again.

    Args:
        measured: with what was said.
        standings: as they were before, on the same day.
    """
    moved: set[Ref] = set()
    pending = [ref for ref in changed if ref in graph.nodes]
    while pending:
        ref = pending.pop()
        if ref not in moved:
            moved.add(ref)
            pending += [node.ref for node in graph.measured_by.get(ref, ())]
            pending += [above.ref for above in graph.above(ref)]
    rest = dict(standings)
    for ref in moved:
        rest.pop(ref, None)
    return _Assessor(graph, measured, today, thresholds, rest).these(moved)


def stand_by_figures(
    measured: Aimed,
    figures: Sequence[Figured],
    *,
    frequency: Frequency,
    starts_on: date,
    due_on: date,
    since_on: date,
    today: date,
    confidence: int | None,
    thresholds: Thresholds = DEFAULT_THRESHOLDS,
    fiscal_start_month: int = 1,
    is_live: bool = True,
) -> Standing:
    """How a key result or KPI stands by its newest figures: the one judgement that every view shows.

    Args:
        figures: newest first; two are enough.
        since_on: the day measuring began, from which on silence counts where there is no figure yet.
        today: in the plan's own zone.
        is_live: False where nobody is asked for its figures, so that silence says nothing.
    """
    last_on = figures[0].period_on if figures else None
    stale = is_live and is_stale(
        frequency,
        last_period_on=last_on,
        since_on=since_on,
        today=today,
        grace_days=thresholds.grace(frequency),
        closes_weekday=thresholds.closes_weekday,
        fiscal_start_month=fiscal_start_month,
    )
    current = figures[0].value if figures else None
    progress = None if current is None else _progress(measured, current)
    expected = scoring.expected_progress(starts_on, due_on, today)
    expected_then = None
    if last_on is not None:
        # What was expected at the end of the newest figure's period.
        ended_on = min(next_period(frequency, last_on), today)
        expected_then = scoring.expected_progress(starts_on, due_on, ended_on)
    said = scoring.assess_key_result(
        direction=measured.direction,
        progress=progress,
        expected=expected,
        confidence=confidence,
        stale=stale,
        expected_then=expected_then,
        ended=today > due_on,
        thresholds=thresholds,
    )
    trend = scoring.trend(
        figures[1].value if len(figures) > 1 else None,
        current,
        direction=measured.direction,
        target=measured.target,
        band_low=measured.band_low,
        band_high=measured.band_high,
    )
    return Standing(said.status, said.reason, progress, expected, current, last_on, trend, confidence)


class _Assessor:
    def __init__(
        self,
        graph: Graph,
        measured: Measured,
        today: date,
        thresholds: Thresholds,
        known: dict[Ref, Standing] | None = None,
    ) -> None:
        """`known` is filled up with what is reckoned."""
        self._graph = graph
        self._measured = measured
        self._today = today
        self._thresholds = thresholds
        self._found: dict[Ref, Standing] = {} if known is None else known

    def everything(self) -> dict[Ref, Standing]:
        for ref in self._graph.nodes:
            self._climb(ref)
        return self._found

    def these(self, refs: Iterable[Ref]) -> dict[Ref, Standing]:
        """What is known, and how these stand."""
        for ref in refs:
            self._climb(ref)
        return self._found

    def _climb(self, ref: Ref) -> None:
        """Children first. A stack and not recursion: departments may nest as deep as they like."""
        pending, begun = [ref], set[Ref]()
        while pending:
            on_top = pending[-1]
            if on_top in self._found:
                pending.pop()
                continue
            node = self._graph.nodes[on_top]
            measure = node.measure
            below = [measure] if measure is not None and measure in self._graph.nodes else []
            below += [part.ref for part in self._parts(node)]
            # What is begun and waits for itself can only come from a broken record: there it does not count.
            missing = [one for one in below if one not in self._found and one not in begun]
            begun.add(on_top)
            if missing:
                pending += missing
                continue
            self._found[on_top] = self._stand(node)
            pending.pop()

    def _parts(self, node: Node) -> Sequence[Part]:
        """What it stands by: what is live below it. An objective that is itself not live stands by all of its
        key results: a draft by its drafts, a closed one by how they ended."""
        if node.kind is not Kind.OBJECTIVE or node.is_live:
            return self._graph.parts.get(node.ref, ())
        below = self._graph.children.get(node.ref, ())
        return [Part(one.ref, one.reference, one.weight) for one in below if one.kind is Kind.KEY_RESULT]

    def _stand(self, node: Node) -> Standing:
        match node.kind:
            case Kind.KPI:
                return self._figure(node, node, self._graph.plan.starts_on, self._graph.plan.ends_on)
            case Kind.KEY_RESULT:
                return self._key_result(node)
            case Kind.INITIATIVE:
                return self._initiative(node)
            case _:
                return self._upper(node)

    def _key_result(self, node: Node) -> Standing:
        objective = self._graph.nodes.get(node.parent) if node.parent else None
        starts_on = (objective.starts_on if objective else None) or self._graph.plan.starts_on
        kpi = self._graph.nodes.get(node.measure) if node.measure else None
        return self._figure(node, kpi or node, starts_on, node.due_on or self._graph.plan.ends_on)

    def _figure(self, node: Node, source: Node, starts_on: date, due_on: date) -> Standing:
        plan, is_kpi = self._graph.plan, source.kind is Kind.KPI
        return stand_by_figures(
            node,
            self._measured.figures.get(source.ref, ()),
            frequency=source.frequency if is_kpi else Frequency.WEEKLY,
            starts_on=starts_on,
            due_on=due_on,
            since_on=silent_since(plan.starts_on if is_kpi else starts_on, source.active_on),
            today=self._today,
            confidence=self._measured.confidence.get(node.ref),
            thresholds=self._thresholds,
            fiscal_start_month=plan.starts_on.month,
            is_live=node.is_live,
        )

    def _initiative(self, node: Node) -> Standing:
        progress = node.progress
        steps = self._graph.steps.get(node.ref, ())
        if progress is None and steps:
            done = sum(step.done_at is not None for step in steps)
            progress = Decimal(done) / len(steps)
        expected = None
        if node.starts_on is not None and node.due_on is not None:
            expected = scoring.expected_progress(node.starts_on, node.due_on, self._today)
        said = scoring.assess_key_result(
            direction=Direction.INCREASE,
            progress=progress,
            expected=expected if expected is not None else scoring.NONE,
            confidence=None,
            stale=False,
            thresholds=self._thresholds,
        )
        return Standing(said.status, said.reason, progress, expected)

    def _upper(self, node: Node) -> Standing:
        """Driver, breakthrough, annual objective, objective: its own measure and what is below it."""
        parts = [part for part in self._parts(node) if part.ref in self._found]
        named = {part.reference: self._found[part.ref] for part in parts}
        shares = [
            (standing.progress or scoring.NONE, part.weight)
            for part, standing in zip(parts, named.values(), strict=True)
        ]
        own = self._found.get(node.measure) if node.measure is not None else None
        if own is not None and node.measure is not None:
            named[self._graph.nodes[node.measure].reference] = own
        if not named and node.kind is not Kind.OBJECTIVE:
            said = Assessment(Status.NOT_STARTED, node.not_deployed_reason or NOTHING_BELOW)
        else:
            called = KEY_RESULTS if node.kind is Kind.OBJECTIVE else BELOW
            said = scoring.assess_objective(named, called=called)
        expected = None
        if node.starts_on is not None and node.due_on is not None:
            expected = scoring.expected_progress(node.starts_on, node.due_on, self._today)
        if own is not None:
            return own._replace(
                status=said.status, reason=said.reason, expected=expected or own.expected, confidence=None
            )
        return Standing(said.status, said.reason, scoring.roll_up(shares), expected)


def _progress(measured: Aimed, current: Decimal) -> Decimal:
    return scoring.progress(
        current,
        direction=measured.direction,
        baseline=measured.baseline,
        target=measured.target,
        band_low=measured.band_low,
        band_high=measured.band_high,
    )
