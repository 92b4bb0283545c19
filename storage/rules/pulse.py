"""The pulse question: anonymity as arithmetic (rules §6).

Answers are counts by score, without who, when or in which order, so there is nothing to link. A count is
shown once, when its window has closed and is sealed: no answer is added any more, also if it opens again; and
only if enough people answered. Each person answers in one team, and counts are never added up across teams or
compared with a part of themselves: so no two views differ by a smaller group.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

FEWEST_ANSWERS = 5
"""Below this nothing is shown: among fewer, a score can be guessed to be somebody's."""


PULSE_SCORES = range(1, 6)
"""From 1 (badly) to 5 (well)."""


@dataclass(frozen=True, slots=True)
class Mood:
    """What may be shown: how many answered, and their mean to one decimal."""

    answers: int
    mean: Decimal


def read_mood(counts: Mapping[int, int], *, is_closed: bool) -> Mood | None:
    """The mood of a window, or None where it may not be shown (yet).

    Args:
        counts: how many gave each score.
        is_closed: the window takes no answer any more.
    """
    answers = sum(counts.values())
    if not is_closed or answers < FEWEST_ANSWERS:
        return None
    total = sum(score * count for score, count in counts.items())
    return Mood(answers, (Decimal(total) / answers).quantize(Decimal("0.1")))
