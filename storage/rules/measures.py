"""What a figure measures: its kind, its milestones, and which figures are beyond reason (rules §3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from storage.rules.errors import Invalid
from storage.rules.terms import Direction

YES = Decimal(1)
NO = Decimal(0)

_MILLION = 10**6
_WIDTHS_BEYOND = 3
_FAR_ABOVE, _FAR_BELOW = 3, 10
_SLIPS = tuple(Decimal(10) ** power for power in (-1, -2, -3, 1, 2, 3))


class MeasureKind(StrEnum):
    """What people choose from when they define a measure; the unit and the direction follow from it."""

    INCREASE = "increase"
    DECREASE = "decrease"
    MAINTAIN = "maintain in a band"
    PERCENT = "percent"
    CURRENCY = "currency"
    COUNT = "count"
    YES_NO = "yes/no"
    MILESTONES = "milestones"


@dataclass(frozen=True, slots=True)
class Milestone:
    """One step of a key result that is measured by steps; `number` is its place, from 1."""

    number: int
    title: str
    weight: Decimal = Decimal(1)
    is_done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A key result or KPI as far as it takes to understand a figure of it. `current` is the newest one."""

    reference: str
    unit: str = ""
    direction: Direction = Direction.INCREASE
    baseline: Decimal | None = None
    target: Decimal | None = None
    band_low: Decimal | None = None
    band_high: Decimal | None = None
    current: Decimal | None = None
    milestones: Sequence[Milestone] = ()

    @property
    def known(self) -> tuple[Decimal, ...]:
        """The figures that its definition and its newest reading name."""
        named = (self.baseline, self.target, self.band_low, self.band_high, self.current)
        return tuple(figure for figure in named if figure is not None)


def milestone_share(milestones: Iterable[Milestone]) -> Decimal:
    """The weighted share of the milestones reached, in percent, cut to six decimals; 100 only for all.

    Raises:
        Invalid: a weight is negative, or none is above 0 (field "milestones").
    """
    steps = list(milestones)
    if any(step.weight < 0 for step in steps):
        raise Invalid(
            "A weight cannot be negative. Use 0 for a milestone that is only good to know.",
            field="milestones",
        )
    total = sum((Fraction(step.weight) for step in steps), Fraction(0))
    if total == 0:
        raise Invalid(
            "The weights of the milestones sum to zero, so nothing could ever be reached. Give at least one "
            "of them a weight above 0.",
            field="milestones",
        )
    reached = sum((Fraction(step.weight) for step in steps if step.is_done), Fraction(0))
    return Decimal(int(100 * reached / total * _MILLION)) / _MILLION


def with_done(
    milestones: Iterable[Milestone], done: Iterable[int], undone: Iterable[int] = ()
) -> tuple[Milestone, ...]:
    """The milestones after some are reached, or are not after all."""
    now, no_longer = set(done), set(undone)
    return tuple(
        Milestone(
            step.number,
            step.title,
            step.weight,
            (step.is_done or step.number in now) and step.number not in no_longer,
        )
        for step in milestones
    )


def is_within_reach(value: Decimal, measure: Measure) -> bool:
    """Whether a figure lies where one would be looked for: within three widths of the figures known."""
    known = measure.known
    if not known:
        return True
    low, high = min(known), max(known)
    reach = _WIDTHS_BEYOND * ((high - low) or max(abs(high), YES))
    return low - reach <= value <= high + reach


def is_beyond_reason(value: Decimal, measure: Measure) -> bool:
    """Whether to ask before a figure is taken: it would lie among the known ones but for its decimal mark,
    or is more than threefold the largest of them or less than a tenth of the smallest (0 may well be)."""
    if is_within_reach(value, measure):
        return False
    if probable_slip(value, measure) is not None:
        return True
    sizes = [abs(known) for known in measure.known]
    return abs(value) > _FAR_ABOVE * max(sizes) or 0 < abs(value) * _FAR_BELOW < min(sizes)


def probable_slip(value: Decimal, measure: Measure) -> Decimal | None:
    """The figure that was probably meant where a decimal mark slipped: 78 for 780 on the way from 70 to 80.

    None where the figure may well be right.
    """
    known = measure.known
    if len(set(known)) < 2 or is_within_reach(value, measure):  # noqa: PLR2004 - two figures make a range
        return None
    low, high = min(known), max(known)
    margin = (high - low) / 2
    shifted = (value * factor for factor in _SLIPS)
    return next((plain for plain in shifted if low - margin <= plain <= high + margin), None)
