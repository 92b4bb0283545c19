"""What the parts of an update's grammar hand to each other: what some words say, or what they might say."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from storage.rules.figures import exact_figure, format_figure
from storage.rules.measures import Measure
from storage.rules.terms import Direction
from storage.rules.units import Unit

_LONGEST_QUOTE = 40
_FINEST = Decimal("0.000001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What the first `count` words say. `done` and `undone` are numbers of milestones."""

    count: int
    value: Decimal | None = None
    confidence: int | None = None
    done: tuple[int, ...] = ()
    undone: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Meaning:
    """One thing that the words might say, in words for a button."""

    label: str
    taken: Taken


class Doubt(Exception):
    """Words that could mean several things: the question, and what each answer would make of them."""

    def __init__(self, question: str, meanings: Sequence[Meaning]) -> None:
        super().__init__(question)
        self.question = question
        self.meanings = meanings


def shown(value: Decimal, measure: Measure, locale: str) -> str:
    """A figure with its unit and all of its digits, so that two that are told apart look different."""
    if Unit(measure.unit).is_yes_no:
        return format_figure(value, measure.unit, locale)
    return Unit(measure.unit).beside(exact_figure(value, locale).replace("-", "−"), locale)


def way(measure: Measure, locale: str) -> str:
    """ "KR-1 goes from 70 % to 80 %."; empty where there is no way to go."""
    if measure.direction is Direction.MAINTAIN or measure.baseline is None or measure.target is None:
        return ""
    start, goal = (format_figure(end, measure.unit, locale) for end in (measure.baseline, measure.target))
    return f"{measure.reference} goes from {start} to {goal}."


def quoted(typed: str) -> str:
    return f"“{typed if len(typed) <= _LONGEST_QUOTE else typed[:_LONGEST_QUOTE] + '…'}”"


def rounded(value: Decimal) -> Decimal:
    """To the six decimals that the record keeps, without trailing zeros."""
    value = value.quantize(_FINEST).normalize()
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value
