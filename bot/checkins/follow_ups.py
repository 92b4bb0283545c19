"""Follow-ups: what is asked only because of an answer, on the last page of the form.

Low confidence asks what would raise it; a figure that misses its plan asks for cause, next step, owner and
date (rules §3, §6); a kind's own fields may follow an answer too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from bot.checkins.facts import Extra, Item, Prompt
from bot.checkins.fields import confidence_field, extra_field, figure_field, value_field
from bot.slices import AskField
from storage.rules.errors import Invalid
from storage.rules.figures import format_figure, parse_confidence, parse_figure
from storage.rules.scoring import is_missed

RAISE = AskField(
    "raise",
    "What would raise your confidence?",
    multiline=True,
    placeholder="A second trainer for two weeks",
)
MISS = (
    AskField("cause", "Why did it miss the plan?", multiline=True, placeholder="What happened, not who"),
    AskField("next_step", "What is the next step?", placeholder="Train the evening shift"),
    AskField("who", "Who does it?", placeholder="Ana Ruiz"),
    AskField("by", "By when?", placeholder="31 March"),
)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Inputs that follow one answer: `name` of each is the form's, `why` says what they follow."""

    why: str
    fields: tuple[tuple[str, AskField], ...]


def find_follow_ups(prompt: Prompt, typed: Mapping[str, str]) -> list[FollowUp]:
    """What is to be asked because of what was typed; texts that cannot be read ask for nothing."""
    found: list[FollowUp] = []
    for item in prompt.items:
        found += _of_item(item, typed, prompt.locale)
    for extra in prompt.extras:
        fields = [field for field in extra.fields if _follows(extra, field, typed)]
        if fields:
            named = tuple((extra_field(extra, field), field) for field in fields)
            found.append(FollowUp(extra.name, named))
    return found


def item_fields(item: Item) -> list[tuple[str, AskField]]:
    """All that may be asked about a figure beside value, confidence and note."""
    return [(figure_field(item, field.name), field) for field in (RAISE, *MISS)]


def _of_item(item: Item, typed: Mapping[str, str], locale: str) -> list[FollowUp]:
    found = []
    value, confidence = _value(item, typed, locale), _confidence(item, typed)
    if value is not None and item.plan is not None and _misses(item, value, item.plan):
        gap = (
            f"{item.reference}: {format_figure(value, item.unit, locale)} against a plan of "
            f"{format_figure(item.plan, item.unit, locale)}"
        )
        found.append(FollowUp(gap, tuple((figure_field(item, field.name), field) for field in MISS)))
    if confidence is not None and item.is_low(confidence):
        why = f"{item.reference}: a confidence of {confidence}"
        found.append(FollowUp(why, ((figure_field(item, RAISE.name), RAISE),)))
    return found


def _follows(extra: Extra, field: AskField, typed: Mapping[str, str]) -> bool:
    if field.when is None:
        return False
    name, answers = field.when
    of = next((other for other in extra.fields if other.name == name), None)
    return of is not None and typed.get(extra_field(extra, of), "") in answers


def _misses(item: Item, value: Decimal, planned: Decimal) -> bool:
    return is_missed(
        value, planned, direction=item.direction, band_low=item.band_low, band_high=item.band_high
    )


def _value(item: Item, typed: Mapping[str, str], locale: str) -> Decimal | None:
    text = typed.get(value_field(item), "")
    try:
        return parse_figure(text, unit=item.unit, locale=locale) if text and item.asks_value else None
    except Invalid:
        return None


def _confidence(item: Item, typed: Mapping[str, str]) -> int | None:
    try:
        return parse_confidence(typed.get(confidence_field(item), ""))
    except Invalid:
        return None
