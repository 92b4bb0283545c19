"""The figures on which sources differ, by name: what they are as shipped, and what a workspace may make them.

Marked † in the method's rules. A workspace keeps only those that it has changed; reading them is generous, so
that a value that an earlier version took does not stop the plan from being shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from storage.rules.bowling import NEAR_PLAN
from storage.rules.errors import InvalidFields
from storage.rules.lint_rules import DEFAULT_LIMITS, Limits
from storage.rules.periods import GRACE_DAYS
from storage.rules.scoring import DEFAULT_THRESHOLDS, Thresholds
from storage.rules.terms import Frequency

_HUNDRED = 100
_MOST_COUNTED = 50


@dataclass(frozen=True, slots=True)
class Threshold:
    """One figure, as people set it: shares in percent, days whole, within `low` and `high`."""

    name: str
    label: str
    meaning: str
    default: Decimal
    low: Decimal
    high: Decimal
    unit: str = ""
    decimals: int = 0


def _share(name: str, label: str, meaning: str, default: Decimal) -> Threshold:
    return Threshold(name, label, meaning, default * _HUNDRED, Decimal(0), Decimal(_HUNDRED), "%")


def _grace(frequency: Frequency, most: int) -> Threshold:
    return Threshold(
        f"grace_{frequency.value}",
        f"Grace for {frequency.value} figures",
        "Days past the due date before a missing figure is shown as stale.",
        Decimal(GRACE_DAYS[frequency]),
        Decimal(0),
        Decimal(most),
        "days",
    )


def _count(name: str, label: str, default: int) -> Threshold:
    meaning = "Beyond this `/hoshin lint` warns; nothing is refused."
    if name.startswith("least"):
        meaning = "Below this `/hoshin lint` warns; nothing is refused."
    return Threshold(name, label, meaning, Decimal(default), Decimal(1), Decimal(_MOST_COUNTED))


THRESHOLDS: tuple[Threshold, ...] = (
    _share(
        "behind_at_risk",
        "At risk when behind by",
        "How far progress may lie behind what is expected by now before an item is at risk.",
        DEFAULT_THRESHOLDS.behind_at_risk,
    ),
    _share(
        "behind_off_track",
        "Off track when behind by",
        "How far it may lie behind before it is off track.",
        DEFAULT_THRESHOLDS.behind_off_track,
    ),
    Threshold(
        "confidence_high",
        "High confidence from",
        "From this confidence on (0 to 10), an owner counts as sure.",
        Decimal(DEFAULT_THRESHOLDS.confidence_high),
        Decimal(1),
        Decimal(10),
    ),
    Threshold(
        "confidence_medium",
        "Medium confidence from",
        "Below this, confidence is low and asks for help.",
        Decimal(DEFAULT_THRESHOLDS.confidence_medium),
        Decimal(1),
        Decimal(10),
    ),
    _grace(Frequency.WEEKLY, 28),
    _grace(Frequency.MONTHLY, 90),
    _grace(Frequency.QUARTERLY, 120),
    _grace(Frequency.ANNUAL, 365),
    Threshold(
        "grade_green",
        "Green grade from",
        "From this grade on (0.0 to 1.0), a result is green.",
        DEFAULT_THRESHOLDS.grade_green,
        Decimal("0.1"),
        Decimal(1),
        decimals=1,
    ),
    Threshold(
        "grade_yellow",
        "Yellow grade from",
        "From this grade on a result is yellow, below it red.",
        DEFAULT_THRESHOLDS.grade_yellow,
        Decimal("0.1"),
        Decimal(1),
        decimals=1,
    ),
    _share(
        "near_plan",
        "Nearly met from",
        "From this share of a month's plan on, a miss is a near one in the bowling chart.",
        NEAR_PLAN,
    ),
    _count("most_breakthroughs", "Breakthroughs at most", DEFAULT_LIMITS.breakthroughs),
    _count("most_annual_objectives", "Annual objectives at most", DEFAULT_LIMITS.annual_objectives),
    _count("most_initiatives", "Initiatives at most", DEFAULT_LIMITS.initiatives),
    _count("least_key_results", "Key results at least", DEFAULT_LIMITS.least_key_results),
    _count("most_key_results", "Key results at most", DEFAULT_LIMITS.most_key_results),
    _count("most_objectives_a_person", "Objectives a person at most", DEFAULT_LIMITS.objectives_a_person),
    _share(
        "most_covered",
        "A corner marked at most",
        "From this share of marked cells on, a corner of the X-matrix no longer tells what matters.",
        Decimal(str(DEFAULT_LIMITS.coverage)),
    ),
)

_BY_NAME = {one.name: one for one in THRESHOLDS}
_ORDERED = (
    ("behind_at_risk", "behind_off_track"),
    ("confidence_medium", "confidence_high"),
    ("grade_yellow", "grade_green"),
    ("least_key_results", "most_key_results"),
)
"""The first of each pair lies below the second."""


def near_plan(stored: Mapping[str, Any] | None) -> Decimal:
    """From which share of its plan on a month is nearly met."""
    return settled(stored)["near_plan"] / _HUNDRED


def settled(stored: Mapping[str, Any] | None) -> dict[str, Decimal]:
    """Every figure by name: the workspace's own where it has set one that holds, else as shipped."""
    found = {one.name: one.default for one in THRESHOLDS}
    for name, value in (stored or {}).items():
        threshold, figure = _BY_NAME.get(name), _figure(value)
        if threshold is not None and figure is not None and threshold.low <= figure <= threshold.high:
            found[name] = figure
    for lower, upper in _ORDERED:
        if found[lower] >= found[upper]:
            found |= {name: _BY_NAME[name].default for name in (lower, upper)}
    return found


def read(
    stored: Mapping[str, Any] | None, *, closes_weekday: int = DEFAULT_THRESHOLDS.closes_weekday
) -> Thresholds:
    """A workspace's figures as the rules take them, and the day on which its check-in closes."""
    if not stored and closes_weekday == DEFAULT_THRESHOLDS.closes_weekday:
        return DEFAULT_THRESHOLDS
    figures = settled(stored)
    return Thresholds(
        behind_at_risk=figures["behind_at_risk"] / _HUNDRED,
        behind_off_track=figures["behind_off_track"] / _HUNDRED,
        confidence_high=int(figures["confidence_high"]),
        confidence_medium=int(figures["confidence_medium"]),
        grade_green=figures["grade_green"],
        grade_yellow=figures["grade_yellow"],
        grace_days=tuple((one, int(figures[f"grace_{one.value}"])) for one in Frequency),
        closes_weekday=closes_weekday,
    )


def read_limits(stored: Mapping[str, Any] | None) -> Limits:
    """The vital few as a workspace counts them."""
    figures = settled(stored)
    return Limits(
        breakthroughs=int(figures["most_breakthroughs"]),
        annual_objectives=int(figures["most_annual_objectives"]),
        initiatives=int(figures["most_initiatives"]),
        least_key_results=int(figures["least_key_results"]),
        most_key_results=int(figures["most_key_results"]),
        objectives_a_person=int(figures["most_objectives_a_person"]),
        coverage=float(figures["most_covered"] / _HUNDRED),
    )


def changed(values: Mapping[str, Decimal]) -> dict[str, str]:
    """Those that differ from what is shipped, as they are kept.

    Raises:
        InvalidFields: by name, what is out of bounds or does not go together.
    """
    sentences = dict(filter(None, (_fault(_BY_NAME[name], value) for name, value in values.items())))
    for lower, upper in _ORDERED:
        known = lower in values and upper in values and not {lower, upper} & set(sentences)
        if known and values[lower] >= values[upper]:
            sentences[upper] = f"It must lie above “{_BY_NAME[lower].label}”, which is {values[lower]}."
    if sentences:
        raise InvalidFields(sentences)
    return {name: format(value, "f") for name, value in values.items() if value != _BY_NAME[name].default}


def _fault(threshold: Threshold, value: Decimal) -> tuple[str, str] | None:
    beside = f" {threshold.unit}" if threshold.unit else ""
    if not threshold.low <= value <= threshold.high:
        return threshold.name, f"Type a figure from {threshold.low} to {threshold.high}{beside}."
    if value != round(value, threshold.decimals):
        whole = "a whole number" if not threshold.decimals else f"at most {threshold.decimals} decimal"
        return threshold.name, f"{value} is finer than this is counted: type {whole}."
    return None


def _figure(value: Any) -> Decimal | None:
    try:
        figure = Decimal(str(value))
    except InvalidOperation:
        return None
    return figure if figure.is_finite() else None
