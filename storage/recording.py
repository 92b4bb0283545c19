"""Recording what was measured and said: the one way in for check-ins, updates, the API and files.

A reading is never overwritten: a correction is a new one that supersedes. Everything here writes into the
caller's unit of work.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from storage.database import UnitOfWork
from storage.rules.date_words import day_words
from storage.rules.errors import Closed, Invalid, NotAllowed
from storage.rules.measures import Milestone, milestone_share, with_done
from storage.rules.terms import Kind, Source
from storage.tables.columns import plain
from storage.tables.okr import Milestone as MilestoneRow
from storage.tables.okr import Report

UNDO_FOR = timedelta(minutes=5)
"""How long what was reported can be undone by a press."""

_AHEAD = timedelta(hours=14)
"""A day begins this long before it begins in UTC, where it begins first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReading:
    """A figure of one period of one KPI or of one key result that measures no KPI.

    `period_on` is the first day of the period (rules/periods.py).
    """

    kpi_id: int | None = None
    key_result_id: int | None = None
    period_on: date
    value: Decimal
    source: Source
    member_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is reported on. `kpi_id` is the KPI that holds the readings, None where the item holds its own.

    `period_on` is the period that a figure is for, `current` the newest figure before it.
    """

    kind: Kind
    item_id: int
    reference: str
    kpi_id: int | None
    period_on: date
    current: Decimal | None = None
    confidence: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """What is reported: None and empty where nothing was said of it. `done` and `undone` are milestones."""

    value: Decimal | None = None
    confidence: int | None = None
    note: str = ""
    link: str = ""
    done: tuple[int, ...] = ()
    undone: tuple[int, ...] = ()


def record_readings(uow: UnitOfWork, readings: Sequence[NewReading]) -> list[int]:
    """Writes readings and returns their ids, in the same order; one statement however many there are.

    Raises:
        Invalid: a period has not begun yet (field "period").
    """
    if not readings:
        return []
    check_periods(uow, (reading.period_on for reading in readings))
    rows = [
        {
            "kpi_id": reading.kpi_id,
            "key_result_id": reading.key_result_id,
            "period_on": reading.period_on,
            "value": plain(reading.value),
            "source": reading.source,
            "member_id": reading.member_id,
            "recorded_at": uow.now,
        }
        for reading in readings
    ]
    return uow.readings.add_many(rows)


def check_periods(uow: UnitOfWork, periods: Iterable[date], *, plan_starts_on: date | None = None) -> None:
    """Raises as `record_readings` where a figure cannot be recorded for one of these periods.

    Args:
        plan_starts_on: the first day of the active plan; periods that a closed plan covers are locked then.

    Raises:
        Closed: a period belongs to a year whose plan is closed.
    """
    begun = (uow.now + _AHEAD).date()
    wanted = list(periods)
    future = max(wanted)
    if future > begun:
        raise Invalid(
            f"The period from {day_words(future)} has not begun yet. Give a figure for a period up to today.",
            field="period",
        )
    first = min(wanted)
    # Only what lies before this year's plan is looked up: nearly always there is nothing to ask for.
    if plan_starts_on is not None and first < plan_starts_on:
        closed = uow.plans.find_closed_on(first)
        if closed is not None:
            raise Closed(
                f"The period from {day_words(first)} belongs to {closed.title}, which is closed, so its "
                "figures are locked. Give a figure for a period of the active plan."
            )


def record_report(
    uow: UnitOfWork,
    subject: Subject,
    saying: Saying,
    *,
    source: Source,
    member_id: int | None,
    question_id: int | None = None,
    is_measured: bool = True,
) -> Report:
    """Writes what someone said, its figure as a reading, and the trail of it.

    Args:
        question_id: the check-in's question that it answers; an earlier answer to it is corrected by this.
        is_measured: False where an old figure is only confirmed, which brings no reading.

    Raises:
        Invalid: as `record_readings`, or the milestones' weights sum to zero.
    """
    saying = _with_milestones(uow, subject, saying, member_id)
    earlier = uow.reports.find_for_question(question_id) if question_id is not None else None
    reading_id = earlier.reading_id if earlier is not None else None
    is_new = earlier is None or reading_id is None or earlier.value != saying.value
    if saying.value is not None and is_measured and is_new:
        [new_id] = record_readings(uow, [_reading(subject, saying.value, source, member_id)])
        if reading_id is not None:
            uow.readings.supersede(reading_id, new_id)
        reading_id = new_id
    if earlier is not None:
        earlier.withdrawn_at = uow.now
    before = earlier.value if earlier is not None and earlier.value is not None else subject.current
    report = uow.reports.add(
        Report(
            workspace_id=uow.workspace_id,
            kind=subject.kind,
            item_id=subject.item_id,
            member_id=member_id,
            source=source,
            reported_at=uow.now,
            value=None if saying.value is None else plain(saying.value),
            value_before=earlier.value_before if earlier is not None else subject.current,
            confidence=saying.confidence,
            confidence_before=subject.confidence,
            note=saying.note,
            link=saying.link,
            reading_id=reading_id if saying.value is not None else None,
            question_id=question_id,
            done=list(saying.done) or None,
            undone=list(saying.undone) or None,
        )
    )
    if saying.value is not None and saying.value != before:
        action = "checkin.answered" if source is Source.CHECKIN else "figure.recorded"
        _trail(uow, report, subject.reference, action, (before, saying.value))
    return report


def withdraw_report(uow: UnitOfWork, report_id: int, member_id: int, reference: str) -> Report:
    """Undoes what someone just reported: its reading no longer counts, its milestones are as before.

    Raises:
        NotFound: there is no such report.
        NotAllowed: someone else reported it.
        Closed: it is undone or corrected already, or too long ago.
    """
    report = uow.reports.get(report_id)
    if report.member_id != member_id:
        raise NotAllowed("Someone else recorded this. Record the right figure; both stay in the history.")
    if report.withdrawn_at is not None:
        raise Closed("This was undone or corrected already.")
    if uow.now - report.reported_at > UNDO_FOR:
        raise Closed(
            "This can be undone for five minutes, and they are over. Record the right figure; both stay in "
            "the history."
        )
    report.withdrawn_at = uow.now
    if report.reading_id is not None:
        # A reading that is superseded by itself counts nowhere, and nothing else takes its place.
        uow.readings.supersede(report.reading_id, report.reading_id)
    if report.done or report.undone:
        _move(uow, report.item_id, done=report.undone or (), undone=report.done or (), member_id=member_id)
    _trail(uow, report, reference, "figure.undone", (report.value, report.value_before))
    uow.session.flush()
    return report


def _reading(subject: Subject, value: Decimal, source: Source, member_id: int | None) -> NewReading:
    return NewReading(
        kpi_id=subject.kpi_id,
        key_result_id=subject.item_id if subject.kpi_id is None else None,
        period_on=subject.period_on,
        value=value,
        source=source,
        member_id=member_id,
    )


def _with_milestones(uow: UnitOfWork, subject: Subject, saying: Saying, member_id: int | None) -> Saying:
    """The figure that the milestones come to, once they are moved."""
    if not saying.done and not saying.undone:
        return saying
    steps = _move(uow, subject.item_id, done=saying.done, undone=saying.undone, member_id=member_id)
    return Saying(
        value=milestone_share(steps),
        confidence=saying.confidence,
        note=saying.note,
        link=saying.link,
        done=saying.done,
        undone=saying.undone,
    )


def _move(
    uow: UnitOfWork,
    key_result_id: int,
    *,
    done: Iterable[int],
    undone: Iterable[int],
    member_id: int | None,
) -> tuple[Milestone, ...]:
    rows = uow.okrs.list_milestones(key_result_id)
    after = with_done(map(as_milestone, rows), done, undone)
    for row, step in zip(rows, after, strict=True):
        if step.is_done and row.done_at is None:
            row.done_at, row.done_by_id = uow.now, member_id
        elif not step.is_done:
            row.done_at, row.done_by_id = None, None
    return after


def as_milestone(row: MilestoneRow) -> Milestone:
    """A row as the rules know it."""
    return Milestone(row.number, row.title, row.weight, row.done_at is not None)


def _trail(
    uow: UnitOfWork,
    report: Report,
    reference: str,
    action: str,
    change: tuple[Decimal | None, Decimal | None],
) -> None:
    uow.audit.record(
        at=uow.now,
        member_id=report.member_id,
        action=action,
        kind=report.kind.value,
        item_id=report.item_id,
        reference=reference,
        before={"value": _written(change[0])},
        after={"value": _written(change[1])},
    )


def _written(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")
