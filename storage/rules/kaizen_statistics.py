"""How the idea system itself does: participation, time to the first response, implementation, value (§8)."""

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from storage.rules.kaizen import IMPLEMENTED, IdeaState


class Benefit(StrEnum):
    """What an idea brings; the value is the word people read."""

    MONEY = "money"
    HOURS = "hours"
    QUALITY = "quality"
    SAFETY = "safety"


@dataclass(frozen=True, slots=True)
class IdeaFacts:
    """What the statistics know of one idea. `author_id` is None where it is anonymous or the author has no
    account; `value` is the confirmed benefit by its kind."""

    author_id: int | None
    state: IdeaState
    submitted_at: datetime
    answered_at: datetime | None
    value: tuple[tuple[Benefit, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class Statistics:
    """Shares lie between 0 and 1; None where there is nothing to divide by."""

    ideas: int
    people: int
    authors: int
    ideas_a_person: float | None
    participation: float | None
    leaders_participation: float | None
    response_median: timedelta | None
    response_p90: timedelta | None
    waiting: int
    implemented: int
    implementation_rate: float | None
    value: tuple[tuple[Benefit, Decimal], ...]


def compute(ideas: Sequence[IdeaFacts], people: Collection[int], leaders: Collection[int]) -> Statistics:
    """The figures of one span of time.

    Args:
        ideas: those submitted in it.
        people: member ids of everyone who could have taken part.
        leaders: of those who lead a team; they are among `people`.
    """
    authors = {idea.author_id for idea in ideas if idea.author_id in people}
    answered = sorted(idea.answered_at - idea.submitted_at for idea in ideas if idea.answered_at is not None)
    implemented = sum(idea.state in IMPLEMENTED for idea in ideas)
    return Statistics(
        ideas=len(ideas),
        people=len(people),
        authors=len(authors),
        ideas_a_person=_share(len(ideas), len(people)),
        participation=_share(len(authors), len(people)),
        leaders_participation=_share(len(authors & set(leaders)), len(leaders)),
        response_median=percentile(answered, 50),
        response_p90=percentile(answered, 90),
        waiting=sum(idea.answered_at is None for idea in ideas),
        implemented=implemented,
        implementation_rate=_share(implemented, len(ideas)),
        value=_sum_value(ideas),
    )


def percentile(ordered: Sequence[timedelta], percent: int) -> timedelta | None:
    """By nearest rank: the least value that `percent` of all are not above. None of nothing."""
    if not ordered:
        return None
    return ordered[max(math.ceil(len(ordered) * percent / 100) - 1, 0)]


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _sum_value(ideas: Iterable[IdeaFacts]) -> tuple[tuple[Benefit, Decimal], ...]:
    sums: dict[Benefit, Decimal] = {}
    for idea in ideas:
        for kind, amount in idea.value:
            sums[kind] = sums.get(kind, Decimal(0)) + amount
    return tuple((kind, sums[kind]) for kind in Benefit if kind in sums)
