"""Small words that several drawings share."""

from datetime import timedelta
from decimal import Decimal

from storage.rules.kaizen import IdeaState
from storage.rules.kaizen_statistics import Benefit

_HOURS_A_DAY = 24
_TWO_DAYS = 48


def state_words(state: IdeaState) -> str:
    """The state as sign and word."""
    return f"{state.sign} {state}"


def counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def share_words(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.0f} %"


def span_words(span: timedelta | None) -> str:
    """A span of time as people say it: hours up to two days, then days."""
    if span is None:
        return "–"
    hours = span.total_seconds() / 3600
    return f"{hours:.0f} h" if hours < _TWO_DAYS else f"{hours / _HOURS_A_DAY:.1f} days"


def benefit_words(kind: Benefit, amount: Decimal | None) -> str:
    """A benefit with its figure: "money 1,200", "30 hours"."""
    if amount is None:
        return f"{kind} –"
    figure = f"{amount:,f}"
    return f"{figure} hours" if kind is Benefit.HOURS else f"{kind} {figure}"
