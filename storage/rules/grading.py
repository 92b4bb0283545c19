"""Grades 0.0-1.0: what the data suggests, what a quarter's grades say (rules §3).

A grade is about the objective and what was learned, never about persons: nothing here knows who.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction

from storage.rules.errors import Invalid
from storage.rules.scoring import FULL, NONE, clamped, roll_up
from storage.rules.terms import Commitment

TENTH = Decimal("0.1")
GRADES = tuple(f"{tenth / 10:.1f}" for tenth in range(11))
"""All grades, as they are offered to choose from."""

SUCCESS = Decimal("0.7")
"""What an aspirational objective is graded when it went well."""

TOO_SAFE_ABOVE = Decimal("0.85")
HEALTHY_FROM = Decimal("0.60")
PARTIAL_FROM = Decimal("0.40")


class Verdict(StrEnum):
    """What the mean grade of a closed quarter says about how goals were set."""

    TOO_SAFE = "too safe"
    HEALTHY = "healthy"
    PARTIAL = "partial"
    OVER_CAPACITY = "over capacity"


_ADVICE = {
    Verdict.TOO_SAFE: "Nearly all was reached, so the goals asked for little. Aim further next quarter.",
    Verdict.HEALTHY: "The goals stretched and were mostly reached. Keep the ambition, take over the lessons.",
    Verdict.PARTIAL: "About half was reached. Look at what stood in the way before setting the next goals.",
    Verdict.OVER_CAPACITY: "More was missed than reached. Take on fewer, and check what they depend on.",
}


@dataclass(frozen=True, slots=True)
class Portfolio:
    """A closed quarter as a whole: the mean grade, how many objectives it is of, and what that says."""

    mean: Decimal
    count: int
    verdict: Verdict

    @property
    def advice(self) -> str:
        return _ADVICE[self.verdict]


def suggest_grade(progress: Decimal | None) -> Decimal:
    """The grade of a key result from how far it came, to one decimal; 0.0 where no figure ever came.

    It never reads 1.0 before the target is reached.
    """
    if progress is None:
        return NONE
    share = clamped(progress)
    tenths = share.quantize(TENTH, ROUND_HALF_UP)
    return tenths if share == FULL else min(tenths, FULL - TENTH)


def suggest_objective_grade(key_results: Iterable[tuple[Decimal, Decimal]]) -> Decimal | None:
    """The weighted mean of (grade, weight), to one decimal; None where nothing carries weight.

    Raises:
        Invalid: a weight is negative.
    """
    mean = roll_up(key_results)
    return None if mean is None else mean.quantize(TENTH, ROUND_HALF_UP)


def parse_grade(text: str, *, field: str = "grade") -> Decimal:
    """Reads a grade such as `0.7`, `0,7`, `.7`, `1` or `70 %`.

    Raises:
        Invalid: it is no number between 0 and 1.
    """
    typed = text.strip().replace(",", ".")
    is_percent = typed.endswith("%")
    number = typed.removesuffix("%").strip()
    whole, _, decimals = number.partition(".")
    is_number = (
        (whole + decimals).isascii() and (whole + decimals).isdigit() and len(number) < len("100.00") + 1
    )
    value = Decimal(number) / (100 if is_percent else 1) if is_number else Decimal(-1)
    if not NONE <= value <= FULL:
        raise Invalid(
            f"“{text.strip()[:40]}” is not a grade. Type one between 0.0 (nothing of it) and 1.0 (all of "
            "it), such as 0.7.",
            field=field,
        )
    return value.quantize(TENTH, ROUND_HALF_UP)


def is_success(grade: Decimal, commitment: Commitment) -> bool:
    """Committed: 1.0 is expected. Aspirational: 0.7 is success."""
    return grade >= (FULL if commitment is Commitment.COMMITTED else SUCCESS)


def wants_post_mortem(grade: Decimal, commitment: Commitment) -> bool:
    """Whether to ask what happened: a committed objective that was missed."""
    return commitment is Commitment.COMMITTED and grade < FULL


def judge_portfolio(grades: Sequence[Decimal]) -> Portfolio | None:
    """What the grades of a closed quarter say together; None without any."""
    if not grades:
        return None
    exact = sum((Fraction(grade) for grade in grades), Fraction(0)) / len(grades)
    shown = Decimal(int(exact * 10**6)) / 10**6
    return Portfolio(shown, len(grades), _verdict(exact))


def _verdict(mean: Fraction) -> Verdict:
    if mean > Fraction(TOO_SAFE_ABOVE):
        return Verdict.TOO_SAFE
    if mean >= Fraction(HEALTHY_FROM):
        return Verdict.HEALTHY
    return Verdict.PARTIAL if mean >= Fraction(PARTIAL_FROM) else Verdict.OVER_CAPACITY
