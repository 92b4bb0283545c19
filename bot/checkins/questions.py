"""Who is asked about what: the items of a person's check-in, and how they stand when it is asked.

Asked weekly (rules §6) are the person's active key results, and their KPIs that no key result of theirs
covers: weekly ones always, others once a period has ended without a figure. A KPI's figure is asked for
once, of its owner (rules §3). What belongs to nobody, or to someone who is not in Slack, is asked of the
team's lead; what belongs to someone who is away, of their deputy; and none of it of whoever may not see it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from bot.checkins.seeing import Sight
from storage.database import UnitOfWork
from storage.repositories.kpis import KpiLine
from storage.repositories.okrs import KeyResultLine
from storage.repositories.reports import LastSaid
from storage.repositories.rounds import PromptLine, QuestionLine
from storage.rules import scoring
from storage.rules.periods import PeriodFigure, next_period, period_start, silent_since, stale_from
from storage.rules.scoring import Thresholds
from storage.rules.terms import Frequency, Kind
from storage.tables.team import Team

Line = TypeVar("Line", KeyResultLine, KpiLine)
Said = Mapping[tuple[Kind, int], LastSaid]
"""What was last said, by kind and id of the item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """An item that someone is asked about on a day, and the readings that it is measured by."""

    line: KeyResultLine | KpiLine
    on: date
    measure: KpiLine | None
    """The KPI whose figure it is; None for a key result with figures of its own, or whose KPI is closed."""
    figures: Sequence[PeriodFigure]
    asks_value: bool = True

    @property
    def kind(self) -> Kind:
        return Kind.KPI if isinstance(self.line, KpiLine) else Kind.KEY_RESULT

    @property
    def kpi_id(self) -> int | None:
        """The KPI that holds the readings."""
        return self.line.id if isinstance(self.line, KpiLine) else self.line.kpi_id

    @property
    def source(self) -> tuple[Kind, int]:
        """What holds the readings."""
        return (self.kind, self.line.id) if self.kpi_id is None else (Kind.KPI, self.kpi_id)

    @property
    def frequency(self) -> Frequency:
        return self.measure.frequency if self.measure else Frequency.WEEKLY

    @property
    def fiscal_start_month(self) -> int:
        return self.measure.starts_on.month if self.measure else 1

    @property
    def overdue_period(self) -> date | None:
        """The last period that ended, where it has no figure.

        A week's figure is due with its own check-in, and one that was missed ended with its window; a
        period before the fiscal year is asked for only where there were figures before.
        """
        if self.frequency is Frequency.WEEKLY or self.measure is None:
            return None
        ended = self.period_of(self.period_of(self.on) - timedelta(days=1))
        known = {figure.period_on for figure in self.figures}
        expected = ended >= self.period_of(self.measure.starts_on) or any(day < ended for day in known)
        return ended if expected and ended not in known else None

    @property
    def period_on(self) -> date:
        """The period that an answer is a figure of."""
        return self.overdue_period or self.period_of(self.on)

    @property
    def due_on(self) -> date:
        return self.line.ends_on if isinstance(self.line, KpiLine) else self.line.due_on

    @property
    def since_on(self) -> date:
        """The day from which on silence counts while there is no figure."""
        counted = self.measure or self.line
        return silent_since(counted.starts_on, counted.active_on)

    def stale_from(self, thresholds: Thresholds) -> date:
        """The first day on which its next figure is missing past its grace."""
        return stale_from(
            self.frequency,
            last_period_on=self.figures[0].period_on if self.figures else None,
            since_on=self.since_on,
            grace_days=thresholds.grace(self.frequency),
            closes_weekday=thresholds.closes_weekday,
            fiscal_start_month=self.fiscal_start_month,
        )

    def period_of(self, on: date) -> date:
        """The period of its figures that a day lies in."""
        return period_start(self.frequency, on, fiscal_start_month=self.fiscal_start_month)


@dataclass(frozen=True, slots=True)
class StandIns:
    """Who answers for whom.

    `by_owner`: owners who cannot answer themselves, each with who does (None: nobody of their team can).
    `by_team`: who answers for what belongs to nobody, by the item's team: the lead (rules §6).
    """

    by_owner: Mapping[int, int | None]
    by_team: Mapping[int, int | None]
    _owners: Mapping[int, list[int]] = field(init=False, compare=False, repr=False)
    _teams: Mapping[int, list[int]] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        # The way back: it is asked for each person of a round, and there may be thousands of teams.
        object.__setattr__(self, "_owners", _turned(self.by_owner))
        object.__setattr__(self, "_teams", _turned(self.by_team))

    def answerer_of(self, owner_id: int | None, team_id: int | None = None) -> int | None:
        own = None if owner_id is None else self.by_owner.get(owner_id, owner_id)
        return self.by_team.get(team_id or 0) if own is None else own

    def owners_of(self, member_id: int) -> list[int]:
        """The person and everyone they answer for."""
        return [member_id, *self._owners.get(member_id, ())]

    def teams_of(self, member_id: int) -> list[int]:
        """The teams whose items without an owner the person answers for."""
        return list(self._teams.get(member_id, ()))

    def with_deputies(self, deputies: Mapping[int, int]) -> "StandIns":
        """As it is while some are away and have named someone for that time."""
        able = {owner: deputy for owner, deputy in deputies.items() if deputy not in self.by_owner}
        return StandIns({**self.by_owner, **able}, self.by_team) if able else self

    def as_of(self, member_id: int) -> "StandIns":
        """As it looks to one of them: what is theirs stays theirs, to be excused from."""
        if member_id not in self.by_owner:
            return self
        others = {owner: leader for owner, leader in self.by_owner.items() if owner != member_id}
        return StandIns(others, self.by_team)


def _turned(answers: Mapping[int, int | None]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for what, who in answers.items():
        if who is not None:
            found.setdefault(who, []).append(what)
    return found


def find_topics(
    uow: UnitOfWork, asked_on: Mapping[int, date], everyone: StandIns | None = None
) -> dict[int, list[Topic]]:
    """What people are asked about.

    Args:
        asked_on: by member id, the day they are asked on in their own calendar.
        everyone: who answers for whom, where that was found already.

    Returns:
        By member id, in the order of asking; people with nothing to answer have an empty list.
    """
    everyone = everyone or find_stand_ins(uow)
    by_week = {
        week_on: everyone.with_deputies(_deputies(uow, week_on))
        for week_on in {_monday(on) for on in asked_on.values()}
    }
    stand_ins = {member_id: by_week[_monday(on)].as_of(member_id) for member_id, on in asked_on.items()}
    plan = _Plan.read(
        uow,
        {owner for member_id, theirs in stand_ins.items() for owner in theirs.owners_of(member_id)},
        {team for member_id, theirs in stand_ins.items() for team in theirs.teams_of(member_id)},
    )
    sight = Sight(uow)
    return {
        member_id: [
            topic
            for topic in _asked(
                member_id,
                plan.key_results_of(member_id, stand_ins[member_id], on),
                plan.kpis_of(member_id, stand_ins[member_id], on),
                stand_ins[member_id],
            )
            if topic.line.owner_id == member_id or sight.shows(member_id, topic.kind, topic.line.id)
        ]
        for member_id, on in asked_on.items()
    }


def list_stale(uow: UnitOfWork, today: date) -> list[tuple[Topic, date]]:
    """Every figure that is missing past its grace, with the day since which it is: KPIs, and key results that
    have figures of their own."""
    key_results = [line for line in uow.okrs.list_key_results(on=today) if line.kpi_id is None]
    kpis = [line for line in uow.kpis.list_lines() if line.starts_on <= today <= line.ends_on]
    own = uow.readings.latest_of_key_results([line.id for line in key_results])
    of_kpis = uow.readings.latest_of_kpis([line.id for line in kpis])
    topics = [Topic(line=line, on=today, measure=None, figures=own[line.id]) for line in key_results]
    topics += [Topic(line=line, on=today, measure=line, figures=of_kpis[line.id]) for line in kpis]
    thresholds = uow.settings.thresholds()
    dated = [(topic, topic.stale_from(thresholds)) for topic in topics]
    return [(topic, since_on) for topic, since_on in dated if since_on <= today]


def find_stand_ins(uow: UnitOfWork) -> StandIns:
    """Who answers for those who are named in the plan and not in Slack, and for what belongs to nobody.

    That is the lead of their team, for a lead the parent team's (rules §6); one who is not in Slack either
    hands on to the next team up.
    """
    return uow.kept("stand-ins", lambda: _read_stand_ins(uow))


def _read_stand_ins(uow: UnitOfWork) -> StandIns:
    unreachable = dict(uow.members.list_unreachable())
    teams = {team.id: team for team in uow.teams.list_all()}
    return StandIns(
        {
            member_id: find_leader(member_id, teams.get(team_id or 0), teams, unreachable)
            for member_id, team_id in unreachable.items()
        },
        {team.id: find_leader(0, team, teams, unreachable) for team in teams.values()},
    )


def _deputies(uow: UnitOfWork, week_on: date) -> dict[int, int]:
    """Who is away all through a week's check-in and named someone for that time, with that one."""
    rhythm = uow.settings.rhythm()
    first = week_on + timedelta(days=rhythm.opens_weekday)
    last = week_on + timedelta(days=rhythm.closes_weekday)
    return uow.members.list_deputies(first, last)


def _monday(on: date) -> date:
    return on - timedelta(days=on.weekday())


def read_said(uow: UnitOfWork, topics: Iterable[Topic]) -> Said:
    """What was last said about these items."""
    by_kind: dict[Kind, set[int]] = defaultdict(set)
    for topic in topics:
        by_kind[topic.kind].add(topic.line.id)
    return {
        (kind, item_id): last
        for kind, item_ids in by_kind.items()
        for item_id, last in uow.reports.last_said(kind, item_ids).items()
    }


def read_plans(uow: UnitOfWork, topics: Iterable[Topic]) -> dict[int, Mapping[date, Decimal]]:
    """What the KPIs that are asked for a period are planned to be, month by month; by KPI."""
    asked = {topic.kpi_id for topic in topics if topic.asks_value and topic.overdue_period is not None}
    return {kpi_id: uow.kpis.monthly_plan(kpi_id) for kpi_id in asked if kpi_id is not None}


def make_questions(
    prompt: PromptLine,
    topics: Iterable[Topic],
    said: Said,
    plans: Mapping[int, Mapping[date, Decimal]],
) -> list[QuestionLine]:
    """The topics as they stand now, to be kept with the prompt."""
    return [
        _question(
            prompt,
            position,
            topic,
            said.get((topic.kind, topic.line.id)),
            plans.get(topic.kpi_id or 0, {}),
        )
        for position, topic in enumerate(topics, start=1)
    ]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What some owners have in the plan, with the newest figures."""

    key_results: Sequence[KeyResultLine]
    kpis: Sequence[KpiLine]
    measures: Mapping[int, KpiLine]
    kpi_figures: Mapping[int, Sequence[PeriodFigure]]
    own_figures: Mapping[int, Sequence[PeriodFigure]]
    by_answerer: dict[tuple[str, int], dict[int | None, list[Any]]]

    @classmethod
    def read(cls, uow: UnitOfWork, owners: Collection[int], teams: Collection[int]) -> "_Plan":
        """What belongs to the owners, and what belongs to nobody in the teams."""
        key_results = uow.okrs.list_key_results(owner_ids=owners, orphans_of=teams)
        kpis = uow.kpis.list_lines(owner_ids=owners, orphans_of=teams)
        measured = {line.kpi_id for line in key_results if line.kpi_id is not None}
        return cls(
            key_results=key_results,
            kpis=kpis,
            measures={line.id: line for line in uow.kpis.list_lines(ids=measured)},
            kpi_figures=uow.readings.latest_of_kpis(measured | {line.id for line in kpis}),
            own_figures=uow.readings.latest_of_key_results(
                [line.id for line in key_results if line.kpi_id is None]
            ),
            by_answerer={},
        )

    def key_results_of(self, member_id: int, stand_ins: StandIns, on: date) -> list[Topic]:
        mine = self._lines_of(self.key_results, "key results", member_id, stand_ins)
        return [self._key_result(line, on) for line in mine if line.starts_on <= on <= line.ends_on]

    def kpis_of(self, member_id: int, stand_ins: StandIns, on: date) -> list[Topic]:
        return [
            Topic(line=line, on=on, measure=line, figures=self.kpi_figures[line.id])
            for line in self._lines_of(self.kpis, "KPIs", member_id, stand_ins)
            if line.starts_on <= on <= line.ends_on
        ]

    def _lines_of(
        self, lines: Sequence[Line], what: str, member_id: int, stand_ins: StandIns
    ) -> Sequence[Line]:
        """The lines that someone answers for, their own before those of others."""
        key = (what, id(stand_ins))
        if key not in self.by_answerer:
            found: dict[int | None, list[Any]] = defaultdict(list)
            for line in lines:
                found[stand_ins.answerer_of(line.owner_id, line.team_id)].append(line)
            self.by_answerer[key] = found
        mine: list[Line] = self.by_answerer[key].get(member_id, [])
        return sorted(mine, key=lambda line: line.owner_id != member_id) if len(mine) > 1 else mine

    def _key_result(self, line: KeyResultLine, on: date) -> Topic:
        if line.kpi_id is None:
            return Topic(line=line, on=on, measure=None, figures=self.own_figures[line.id])
        figures = self.kpi_figures[line.kpi_id]
        return Topic(line=line, on=on, measure=self.measures.get(line.kpi_id), figures=figures)


def _asked(
    member_id: int, key_results: Sequence[Topic], kpis: Sequence[Topic], stand_ins: StandIns
) -> list[Topic]:
    """Every figure once: with the first key result that measures it, else as the KPI itself."""
    covered: set[int] = set()
    topics = []
    for topic in key_results:
        asks_value = topic.kpi_id is None or (
            topic.measure is not None
            and topic.kpi_id not in covered
            and stand_ins.answerer_of(topic.measure.owner_id, topic.measure.team_id) in {member_id, None}
        )
        if asks_value and topic.kpi_id is not None:
            covered.add(topic.kpi_id)
        topics.append(topic if asks_value else replace(topic, asks_value=False))
    topics += [
        topic
        for topic in kpis
        if topic.line.id not in covered
        and (topic.frequency is Frequency.WEEKLY or topic.overdue_period is not None)
    ]
    return topics


def _against_plan(topic: Topic, plan: Mapping[date, Decimal]) -> dict[str, str] | None:
    """What the period that is asked for was planned to be: the last month's value where it has several, else
    the straight way from baseline to target (rules §4)."""
    measure = topic.measure
    if measure is None or topic.overdue_period is None or not topic.asks_value:
        return None
    last_on = next_period(topic.frequency, topic.overdue_period) - timedelta(days=1)
    planned = plan.get(last_on.replace(day=1))
    if planned is None:
        planned = scoring.planned_value(
            measure.baseline, measure.target, measure.starts_on, measure.ends_on, last_on
        )
    return None if planned is None else {"plan": format(planned, "f")}


def _question(
    prompt: PromptLine,
    position: int,
    topic: Topic,
    said: LastSaid | None,
    plan: Mapping[date, Decimal],
) -> QuestionLine:
    line, figures = topic.line, topic.figures
    overdue = topic.overdue_period
    return QuestionLine(
        id=0,
        prompt_id=prompt.id,
        position=position,
        kind=topic.kind,
        item_id=line.id,
        reference=line.reference,
        title=line.title,
        starts_on=line.starts_on,
        due_on=topic.due_on,
        direction=line.direction,
        period_on=overdue or topic.period_of(topic.on),
        form=None if overdue is None else _against_plan(topic, plan),
        owner_id=line.owner_id if line.owner_id != prompt.member_id else None,
        unit=line.unit,
        baseline=line.baseline,
        target=line.target,
        band_low=line.band_low,
        band_high=line.band_high,
        kpi_id=topic.kpi_id,
        frequency=topic.frequency,
        asks_value=topic.asks_value,
        figure_due=overdue is not None,
        value_before=figures[0].value if figures else None,
        confidence_before=said.confidence if said else None,
        note_before=said.note if said else "",
        since_on=topic.since_on,
    )


def find_leader(
    member_id: int, team: Team | None, teams: Mapping[int, Team], unreachable: Collection[int]
) -> int | None:
    """The lead of a person's team, for a lead the next one up, who can be reached (rules §6)."""
    return next((who for who in list_leaders(member_id, team, teams) if who not in unreachable), None)


def list_leaders(member_id: int, team: Team | None, teams: Mapping[int, Team]) -> Iterator[int]:
    """The leads of a person's team and of those above it, from there up, but for the person."""
    seen: set[int] = set()
    while team is not None and team.id not in seen:
        seen.add(team.id)
        if team.lead_id is not None and team.lead_id != member_id:
            yield team.lead_id
        team = teams.get(team.parent_id or 0)
