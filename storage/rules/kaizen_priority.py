"""Which idea first: effort × impact, ICE, fit to the strategy; the order explains itself (rules §8)."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from storage.rules.terms import Status

LOW, HIGH = 1, 5
MIDDLE = 3
"""What stands for an estimate that nobody has made yet."""

_HIGH_FROM = 3


class Quadrant(StrEnum):
    """The four fields of the effort × impact matrix; the value is the word people read."""

    QUICK_WIN = "quick win"
    BIG_BET = "big bet"
    FILL_IN = "fill-in"
    RETHINK = "rethink"

    @property
    def meaning(self) -> str:
        return _MEANINGS[self]


_MEANINGS = {
    Quadrant.QUICK_WIN: "much for little effort: do it now",
    Quadrant.BIG_BET: "much for much effort: plan it as a Kaizen event",
    Quadrant.FILL_IN: "little for little effort: whoever has a free hour",
    Quadrant.RETHINK: "little for much effort: look for a simpler way first",
}


@dataclass(frozen=True, slots=True)
class Estimate:
    """Effort, impact and confidence from 1 (least) to 5 (most); None where nobody has said yet.

    `serves` names what the idea is linked to ("KR-3"), `served` how that stands.
    """

    effort: int | None = None
    impact: int | None = None
    confidence: int | None = None
    serves: str = ""
    served: Status | None = None
    votes: int = 0
    is_overdue: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Rank:
    """Sorts first what comes first; `reasons` say why, in the order in which they count."""

    key: tuple[int, Fraction]
    reasons: tuple[str, ...] = ()


_FIT = {
    Status.OFF_TRACK: Fraction(2),
    Status.STALE: Fraction(2),
    Status.AT_RISK: Fraction(3, 2),
}
_LINKED = Fraction(5, 4)
MOST_VOTES = 20
"""Support counts, but a popular idea does not push a useful one out."""


def quadrant(effort: int | None, impact: int | None) -> Quadrant | None:
    """The field of the matrix; None while effort or impact is not estimated."""
    if effort is None or impact is None:
        return None
    if impact >= _HIGH_FROM:
        return Quadrant.BIG_BET if effort >= _HIGH_FROM else Quadrant.QUICK_WIN
    return Quadrant.RETHINK if effort >= _HIGH_FROM else Quadrant.FILL_IN


def ice(estimate: Estimate) -> int:
    """Impact × confidence × ease, 1 to 125; ease is the other end of effort."""
    ease = LOW + HIGH - _or_middle(estimate.effort)
    return _or_middle(estimate.impact) * _or_middle(estimate.confidence) * ease


def fit(estimate: Estimate) -> Fraction:
    """What the score is multiplied by: linked to something red counts double."""
    if not estimate.serves:
        return Fraction(1)
    return _FIT.get(estimate.served, _LINKED) if estimate.served is not None else _LINKED


def rank(estimate: Estimate) -> Rank:
    """Where an idea stands in the queue: those whose first response is overdue first, then by score."""
    factor = fit(estimate)
    votes = min(estimate.votes, MOST_VOTES)
    score = ice(estimate) * factor + votes
    return Rank((0 if estimate.is_overdue else 1, -score), tuple(_reasons(estimate, factor, votes, score)))


def _reasons(estimate: Estimate, factor: Fraction, votes: int, score: Fraction) -> list[str]:
    ease = LOW + HIGH - _or_middle(estimate.effort)
    impact, confidence = _or_middle(estimate.impact), _or_middle(estimate.confidence)
    reasons = ["its first response is overdue"] if estimate.is_overdue else []
    guessed = None in {estimate.effort, estimate.impact}
    reasons.append(
        f"ICE {ice(estimate)} (impact {impact} × confidence {confidence} × ease {ease}"
        f"{', not estimated yet: the middle is taken' if guessed else ''})"
    )
    if factor != 1:
        stands = f", which is {estimate.served}" if estimate.served in _FIT else ""
        reasons.append(f"× {float(factor):g} for serving {estimate.serves}{stands}")
    if votes:
        reasons.append(f"+ {votes} for votes")
    if len(reasons) > 1 + estimate.is_overdue:
        reasons.append(f"= {float(score):g}")
    return reasons


def _or_middle(value: int | None) -> int:
    return MIDDLE if value is None else value
