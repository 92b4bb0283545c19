"""How far a figure has come, how it stands, and why: progress, status, roll-up, grades (rules §3).

Progress is a share: 0 at the baseline, 1 at the target, below and above as they come. It is computed
exactly and cut (not rounded) to six decimals, so that nothing reads as reached before it is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact
from enum import StrEnum
from typing import Protocol

from storage.rules.errors import Invalid
from storage.rules.figures import percent
from storage.rules.periods import CHECKIN_CLOSES_WEEKDAY, GRACE_DAYS
from storage.rules.terms import Confidence, Direction, Frequency, Status

NONE = Decimal(0)
FULL = Decimal(1)

WEAKEST_FIRST = (
    Status.OFF_TRACK,
    Status.STALE,
    Status.AT_RISK,
    Status.ON_TRACK,
    Status.NOT_STARTED,
    Status.DONE,
)
"""Silence is worse than a reported risk, because nobody knows; it never hides what is off track."""

_RANK = {status: rank for rank, status in enumerate(WEAKEST_FIRST)}

_MILLION = 10**6
_DECIMAL_MILLION = Decimal(_MILLION)
# Exact, as fractions are, and many times as fast: figures have 24 digits at most, so nothing here comes near
# 200, and what did would be an error and not a rounded result.
_EXACT = Context(prec=200, traps=[Inexact])


class Grade(StrEnum):
    """The colour of a grade 0.0-1.0."""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"


MOST_CONFIDENCES = 3
"""Steps of a confidence that are shown together: enough to see where it goes, and read at a glance."""


def confidence_trail(newest_first: Iterable[int]) -> tuple[int, ...]:
    """Where a confidence went, oldest first, each change once: of 4, 6, 6, 8 (the newest is 4) 8, 6, 4."""
    trail: list[int] = []
    for confidence in newest_first:
        if not trail or trail[-1] != confidence:
            trail.append(confidence)
        if len(trail) == MOST_CONFIDENCES:
            break
    return tuple(reversed(trail))


class Trend(StrEnum):
    """Where the last two figures lead, as seen from the goal: a falling scrap rate is improving."""

    IMPROVING = "improving"
    STEADY = "steady"
    WORSENING = "worsening"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where one word ends and the next begins. Sources differ on these, so a plan may change them.

    `behind_at_risk` and `behind_off_track` are how far progress may lie behind what is expected by now,
    `grace_days` the days past its due date before a missing figure counts as silence, by its frequency; a
    week's figure is due when its check-in closes, on `closes_weekday`.
    """

    behind_at_risk: Decimal = Decimal("0.10")
    behind_off_track: Decimal = Decimal("0.30")
    confidence_high: int = 7
    confidence_medium: int = 4
    grade_green: Decimal = Decimal("0.7")
    grade_yellow: Decimal = Decimal("0.4")
    grace_days: tuple[tuple[Frequency, int], ...] = tuple(GRACE_DAYS.items())
    closes_weekday: int = CHECKIN_CLOSES_WEEKDAY

    def grace(self, frequency: Frequency) -> int:
        # Looked for, since a mapping would have to be made, and a handful is found as quickly.
        for known, days in self.grace_days:
            if known is frequency:
                return days
        raise KeyError(frequency)


DEFAULT_THRESHOLDS = Thresholds()


@dataclass(frozen=True, slots=True)
class Assessment:
    """How something stands, and the sentence that says why."""

    status: Status
    reason: str


class Assessed(Protocol):
    """Whatever says how something stands, and why."""

    @property
    def status(self) -> Status: ...

    @property
    def reason(self) -> str: ...


def progress(
    current: Decimal,
    *,
    direction: Direction,
    baseline: Decimal | None,
    target: Decimal | None,
    band_low: Decimal | None = None,
    band_high: Decimal | None = None,
) -> Decimal:
    """How far `current` has come, unclamped: (current - baseline) / (target - baseline).

    The expression is the same for increase and decrease. Without baseline or target, or where both are
    equal, there is no way to go and progress is 0. To maintain is 1 inside the band (both ends
    included; without a band the target alone); outside it falls with the distance to the band and is 0
    at one band's width from it, and at once where the band has no width.
    """
    if direction is Direction.MAINTAIN:
        return _held(current, *_band(target, band_low, band_high))
    if baseline is None or target is None or baseline == target:
        return NONE
    return _cut(_EXACT.subtract(current, baseline), _EXACT.subtract(target, baseline))


def clamped(share: Decimal) -> Decimal:
    """Progress between 0 and 1, for roll-ups and bars only: what is shown as a number stays raw."""
    return min(max(share, NONE), FULL)


def planned_value(
    baseline: Decimal | None, target: Decimal | None, starts_on: date, ends_on: date, on: date
) -> Decimal | None:
    """Where a figure would stand on a day on the straight way to its target; None without both ends."""
    if baseline is None or target is None:
        return None
    share = expected_progress(starts_on, ends_on, on)
    return (baseline + (target - baseline) * share).quantize(Decimal("0.000001")).normalize()


def is_missed(
    value: Decimal,
    planned: Decimal,
    *,
    direction: Direction,
    band_low: Decimal | None = None,
    band_high: Decimal | None = None,
) -> bool:
    """Whether a period's figure is worse than planned; one to be maintained misses outside its band."""
    if direction is Direction.MAINTAIN:
        low = planned if band_low is None else band_low
        high = planned if band_high is None else band_high
        return not low <= value <= high
    return value < planned if direction is Direction.INCREASE else value > planned


def expected_progress(starts_on: date, ends_on: date, today: date) -> Decimal:
    """The share of the time that is over: 0 up to the first day, 1 from the last day on."""
    if today >= ends_on:
        return FULL
    if today <= starts_on:
        return NONE
    return Decimal((today - starts_on).days * _MILLION // (ends_on - starts_on).days) / _MILLION


def roll_up(children: Iterable[tuple[Decimal, Decimal]]) -> Decimal | None:
    """The weighted mean of (progress, weight), each progress clamped first.

    None where nothing carries weight: no children, or all weights 0.

    Raises:
        Invalid: a weight is negative (field "weight").
    """
    reached = total = NONE
    for share, weight in children:
        if weight < NONE:
            raise Invalid("A weight cannot be negative. Use 0 to leave one out.", field="weight")
        total = _EXACT.add(total, weight)
        if share >= FULL:
            reached = _EXACT.add(reached, weight)
        elif share > NONE:
            reached = _EXACT.fma(share, weight, reached)
    return None if total == NONE else _cut(reached, total)


def assess_key_result(
    *,
    direction: Direction,
    progress: Decimal | None,
    expected: Decimal,
    confidence: int | None,
    stale: bool,
    expected_then: Decimal | None = None,
    ended: bool = False,
    thresholds: Thresholds = DEFAULT_THRESHOLDS,
) -> Assessment:
    """How a key result (or KPI) stands: the weakest of what figure, confidence and silence say.

    `progress` None means no figure yet; `expected` is `expected_progress`; `ended`, that its last day is
    over. A target that is reached is done, and confidence no longer counts; what is to be maintained is
    done only when its time has ended inside the band. Stale overrides all but what was off track when it was
    last heard of: a stale figure is judged by `expected_then`, what was expected when it was given, since
    nobody knows how it went on.
    """
    findings = []
    if progress is None:
        findings.append(Assessment(Status.NOT_STARTED, "No figure yet."))
    else:
        judged_by = expected_then if stale and expected_then is not None else expected
        findings.append(
            _by_figure(direction, progress, expected, thresholds, judged_by=judged_by, ended=ended)
        )
        if findings[0].status is not Status.DONE and confidence is not None:
            findings.append(_by_confidence(confidence, thresholds))
    if stale:
        silence = "No figure yet, and one is overdue." if progress is None else "A figure is overdue."
        findings.append(Assessment(Status.STALE, silence))
    # min keeps the first of equals: the figure's own reason before the confidence's.
    said = min(findings, key=lambda finding: _RANK[finding.status])
    if stale and said.status is not Status.STALE:
        return Assessment(said.status, f"{said.reason.removesuffix('.')}, and a figure is overdue.")
    return said


def assess_objective(
    key_results: Mapping[str, Assessed], *, called: tuple[str, str] = ("key result", "key results")
) -> Assessment:
    """How an objective stands: as its weakest live key result, which the reason names.

    `key_results` maps references ("KR-3") to how each stands; leave out those that are closed. `called` is
    what they are, one and several, where the item is of an upper level.
    """
    one, several = called
    if not key_results:
        return Assessment(Status.NOT_STARTED, f"It has no {one} yet.")
    reference, weakest = min(key_results.items(), key=lambda item: _RANK[item[1].status])
    statuses = [assessed.status for assessed in key_results.values()]
    done = statuses.count(Status.DONE)
    if done == len(statuses):
        return Assessment(Status.DONE, f"Every {one} is done.")
    if weakest.status is Status.NOT_STARTED and done:
        return Assessment(Status.ON_TRACK, f"{done} of {len(statuses)} {several} are done.")
    return Assessment(weakest.status, f"{reference} is {weakest.status}: {weakest.reason}")


def confidence_level(confidence: int, thresholds: Thresholds = DEFAULT_THRESHOLDS) -> Confidence:
    """7 and above high, 4 to 6 medium, 3 and below low."""
    if confidence >= thresholds.confidence_high:
        return Confidence.HIGH
    if confidence >= thresholds.confidence_medium:
        return Confidence.MEDIUM
    return Confidence.LOW


def trend(
    previous: Decimal | None,
    current: Decimal | None,
    *,
    direction: Direction,
    target: Decimal | None = None,
    band_low: Decimal | None = None,
    band_high: Decimal | None = None,
) -> Trend | None:
    """Where the last two figures lead, seen from the goal; None where there are not two.

    To maintain, what counts is the distance to the band.
    """
    if previous is None or current is None:
        return None
    gain = current - previous
    if direction is Direction.DECREASE:
        gain = -gain
    elif direction is Direction.MAINTAIN:
        low, high = _band(target, band_low, band_high)
        gain = _distance(previous, low, high) - _distance(current, low, high)
    if gain == 0:
        return Trend.STEADY
    return Trend.IMPROVING if gain > 0 else Trend.WORSENING


def grade_colour(grade: Decimal, thresholds: Thresholds = DEFAULT_THRESHOLDS) -> Grade:
    """0.0-0.3 red, 0.4-0.6 yellow, 0.7-1.0 green; a grade is read to one decimal, 0.65 as 0.7.

    Raises:
        Invalid: the grade lies outside 0 to 1 (field "grade").
    """
    if not NONE <= grade <= FULL:
        raise Invalid("A grade lies between 0.0 and 1.0. Type one such as 0.7.", field="grade")
    tenths = grade.quantize(Decimal("0.1"), ROUND_HALF_UP)
    if tenths >= thresholds.grade_green:
        return Grade.GREEN
    return Grade.YELLOW if tenths >= thresholds.grade_yellow else Grade.RED


def _by_figure(
    direction: Direction,
    progress: Decimal,
    expected: Decimal,
    thresholds: Thresholds,
    *,
    judged_by: Decimal,
    ended: bool,
) -> Assessment:
    maintained = direction is Direction.MAINTAIN
    if progress >= FULL:
        if not maintained:
            return Assessment(Status.DONE, "The target is reached.")
        if ended:
            return Assessment(Status.DONE, "It ended inside its band.")
        return Assessment(Status.ON_TRACK, "It is inside its band.")
    # What is to be maintained is expected in its band all the time.
    behind = (FULL if maintained else judged_by) - progress
    if maintained:
        reason = "It is outside its band."
    else:
        reason = f"{percent(progress)} of the way, {percent(expected)} expected by now."
    if behind > thresholds.behind_off_track:
        return Assessment(Status.OFF_TRACK, reason)
    if behind > thresholds.behind_at_risk or maintained:
        return Assessment(Status.AT_RISK, reason)
    return Assessment(Status.ON_TRACK, reason)


def _by_confidence(confidence: int, thresholds: Thresholds) -> Assessment:
    level = confidence_level(confidence, thresholds)
    status = {
        Confidence.HIGH: Status.ON_TRACK,
        Confidence.MEDIUM: Status.AT_RISK,
        Confidence.LOW: Status.OFF_TRACK,
    }[level]
    return Assessment(status, f"Confidence is {level}, {confidence} of 10.")


def _band(
    target: Decimal | None, low: Decimal | None, high: Decimal | None
) -> tuple[Decimal | None, Decimal | None]:
    """The band, or the target as a band without width; an end that is None is open."""
    return (target, target) if low is None and high is None else (low, high)


def _distance(current: Decimal, low: Decimal | None, high: Decimal | None) -> Decimal:
    if low is not None and current < low:
        return low - current
    if high is not None and current > high:
        return current - high
    return NONE


def _held(current: Decimal, low: Decimal | None, high: Decimal | None) -> Decimal:
    if low is None and high is None:
        return NONE
    distance = _distance(current, low, high)
    if distance == 0:
        return FULL
    width = NONE if low is None or high is None else high - low
    return _cut(_EXACT.subtract(width, distance), width) if width > 0 else NONE


def _cut(part: Decimal, whole: Decimal) -> Decimal:
    """The share that `part` is of `whole`, cut to six decimals, towards zero."""
    return Decimal(int(_EXACT.divide_int(_EXACT.multiply(part, _DECIMAL_MILLION), whole))) / _MILLION
