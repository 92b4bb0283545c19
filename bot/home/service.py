"""Where one person stands: what they answer for, how it is going, when they are next asked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from storage.database import UnitOfWork
from storage.repositories.kpis import KpiLine
from storage.repositories.okrs import KeyResultLine
from storage.repositories.standing import InitiativeLine, LastAnswer, PlanFacts
from storage.rules import scoring
from storage.rules.hierarchy import format_reference
from storage.rules.periods import PeriodFigure, is_stale
from storage.rules.scoring import Assessment, Trend
from storage.rules.terms import Direction, Frequency, Kind, Status

MATTERS_FIRST = (
    Status.OFF_TRACK,
    Status.STALE,
    Status.AT_RISK,
    Status.NOT_STARTED,
    Status.ON_TRACK,
    Status.DONE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something that a person answers for, and how it stands.

    `serves` are the items above it, nearest first, as they are read; empty for guests.
    """

    kind: Kind
    reference: str
    title: str
    assessment: Assessment
    due_on: date | None
    team: str
    serves: tuple[str, ...] = ()
    unit: str = ""
    direction: Direction = Direction.INCREASE
    baseline: Decimal | None = None
    current: Decimal | None = None
    target: Decimal | None = None
    band_low: Decimal | None = None
    band_high: Decimal | None = None
    progress: Decimal | None = None
    expected: Decimal | None = None
    trend: Trend | None = None
    last_answer: LastAnswer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a person stands. `items` come in the order in which they matter: what needs care first."""

    plan: PlanFacts | None
    items: tuple[Item, ...] = ()
    asked_until: datetime | None = None
    """When the check-in closes that waits for an answer."""
    next_checkin_at: datetime | None = None
    is_newcomer: bool = False
    """Has never answered a check-in."""


def stand(uow: UnitOfWork, member_id: int) -> Standing:
    """Everything the Home tab says about a person; the same number of queries however many items.

    A guest sees what is theirs and nothing of the plan above it.
    """
    plan = uow.standings.find_plan()
    newcomer = not uow.standings.has_answered(member_id)
    if plan is None:
        return Standing(plan=None, is_newcomer=newcomer)
    is_guest = uow.members.get(member_id).is_guest
    items = sorted(
        _Desk.of(uow, member_id, plan, shows_above=not is_guest).items(),
        key=lambda item: MATTERS_FIRST.index(item.assessment.status),
    )
    return Standing(
        plan=plan,
        items=tuple(items),
        asked_until=uow.standings.find_asked_until(member_id),
        next_checkin_at=uow.standings.find_next_due_at(member_id),
        is_newcomer=newcomer,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """What lies before a person: their items as they were read, and all that belongs to them."""

    plan: PlanFacts
    today: date
    key_results: Sequence[KeyResultLine]
    kpis: Sequence[KpiLine]
    initiatives: Sequence[InitiativeLine]
    kpi_figures: dict[int, list[PeriodFigure]]
    own_figures: dict[int, list[PeriodFigure]]
    frequencies: dict[int, Frequency]
    answers: dict[tuple[Kind, int], LastAnswer]
    teams: dict[int, str]
    shows_above: bool
    above: dict[int, tuple[int, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, uow: UnitOfWork, member_id: int, plan: PlanFacts, *, shows_above: bool) -> "_Desk":
        key_results = uow.okrs.list_key_results(owner_ids=[member_id])
        kpis = uow.kpis.list_lines(owner_ids=[member_id])
        initiatives = uow.standings.list_initiatives(member_id)
        measured = {line.kpi_id for line in key_results if line.kpi_id is not None}
        lines: list[KeyResultLine | KpiLine | InitiativeLine] = [*key_results, *kpis, *initiatives]
        return cls(
            plan=plan,
            # The plan's own calendar, so that nothing is stale for one reader and not for another.
            today=uow.now.astimezone(ZoneInfo(plan.zone)).date(),
            key_results=key_results,
            kpis=kpis,
            initiatives=initiatives,
            kpi_figures=uow.kpis.latest_of_kpis(measured | {line.id for line in kpis}),
            own_figures=uow.kpis.latest_of_key_results(
                [line.id for line in key_results if line.kpi_id is None]
            ),
            frequencies={line.id: line.frequency for line in uow.kpis.list_lines(ids=measured)},
            answers=uow.standings.last_answers(member_id),
            teams=uow.standings.team_names({line.team_id for line in lines if line.team_id is not None}),
            shows_above=shows_above,
            above=uow.standings.annual_objectives_above({line.objective_id for line in key_results}),
        )

    def items(self) -> Iterator[Item]:
        yield from map(self._key_result, self.key_results)
        yield from map(self._kpi, self.kpis)
        yield from map(self._initiative, self.initiatives)

    def _key_result(self, line: KeyResultLine) -> Item:
        if line.kpi_id is None:
            figures, frequency, since_on = self.own_figures[line.id], Frequency.WEEKLY, line.starts_on
        else:
            figures = self.kpi_figures[line.kpi_id]
            frequency, since_on = self.frequencies.get(line.kpi_id, Frequency.MONTHLY), self.plan.starts_on
        return self._measured(
            Kind.KEY_RESULT,
            line,
            figures,
            due_on=line.due_on,
            stale=self._is_stale(figures, frequency, since_on),
            serves=self._above(line),
        )

    def _kpi(self, line: KpiLine) -> Item:
        figures = self.kpi_figures[line.id]
        stale = self._is_stale(figures, line.frequency, line.starts_on)
        return self._measured(Kind.KPI, line, figures, due_on=line.ends_on, stale=stale)

    def _initiative(self, line: InitiativeLine) -> Item:
        expected = None
        if line.starts_on is not None and line.due_on is not None:
            expected = scoring.expected_progress(line.starts_on, line.due_on, self.today)
        above = _title(Kind.ANNUAL_OBJECTIVE, line.annual_number, line.annual_title)
        return Item(
            kind=Kind.INITIATIVE,
            reference=format_reference(Kind.INITIATIVE, line.number),
            title=line.title,
            assessment=scoring.assess_key_result(
                direction=Direction.INCREASE,
                progress=line.progress,
                expected=expected if expected is not None else scoring.NONE,
                confidence=None,
                stale=False,
            ),
            due_on=line.due_on,
            team=self.teams.get(line.team_id or 0, ""),
            serves=(above,) if above and self.shows_above else (),
            progress=line.progress,
            expected=expected,
        )

    def _measured(
        self,
        kind: Kind,
        line: KeyResultLine | KpiLine,
        figures: Sequence[PeriodFigure],
        *,
        due_on: date,
        stale: bool,
        serves: tuple[str, ...] = (),
    ) -> Item:
        """A key result or KPI: its newest figure against its target and against the calendar."""
        current, previous = (*[figure.value for figure in figures], None, None)[:2]
        expected = scoring.expected_progress(line.starts_on, due_on, self.today)
        answer = self.answers.get((kind, line.id))
        progress = None
        if current is not None:
            progress = scoring.progress(
                current,
                direction=line.direction,
                baseline=line.baseline,
                target=line.target,
                band_low=line.band_low,
                band_high=line.band_high,
            )
        return Item(
            kind=kind,
            reference=line.reference,
            title=line.title,
            assessment=scoring.assess_key_result(
                direction=line.direction,
                progress=progress,
                expected=expected,
                confidence=answer.confidence if answer else None,
                stale=stale,
                ended=self.today > due_on,
            ),
            due_on=due_on,
            team=self.teams.get(line.team_id or 0, ""),
            serves=serves,
            unit=line.unit,
            direction=line.direction,
            baseline=line.baseline,
            current=current,
            target=line.target,
            band_low=line.band_low,
            band_high=line.band_high,
            progress=progress,
            expected=expected,
            trend=scoring.trend(
                previous,
                current,
                direction=line.direction,
                target=line.target,
                band_low=line.band_low,
                band_high=line.band_high,
            ),
            last_answer=answer,
        )

    def _is_stale(self, figures: Sequence[PeriodFigure], frequency: Frequency, since_on: date) -> bool:
        return is_stale(
            frequency,
            last_period_on=figures[0].period_on if figures else None,
            since_on=since_on,
            today=self.today,
            fiscal_start_month=self.plan.starts_on.month,
        )

    def _above(self, line: KeyResultLine) -> tuple[str, ...]:
        if not self.shows_above:
            return ()
        objective = _title(Kind.OBJECTIVE, line.objective_number, line.objective_title)
        annual = _title(Kind.ANNUAL_OBJECTIVE, *self.above.get(line.objective_id, (None, None)))
        return tuple(filter(None, (objective, annual)))


def _title(kind: Kind, number: int | None, title: str | None) -> str:
    return f"{format_reference(kind, number)} {title}" if number is not None else ""
