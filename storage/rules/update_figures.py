"""The figure in an update: a number, one relative to the last, an exact one, or a yes or no."""

import re
from collections.abc import Sequence
from decimal import Decimal

from storage.rules.errors import Invalid
from storage.rules.figures import TwoWays, normalised, parse_figure, words_of_figure
from storage.rules.measures import Measure, is_beyond_reason, is_within_reach, probable_slip
from storage.rules.terms import Direction
from storage.rules.units import Unit
from storage.rules.update_parts import Doubt, Meaning, Taken, quoted, rounded, shown, way

_LIMIT = Decimal(10) ** 12
_LONGEST_FIGURE = 5
_MOST_CONFIDENT = 10
_LOOKS_NUMERIC = re.compile(r"[^\w]*[0-9]")
_THREE_DIGITS = re.compile(r"[0-9]{3}(?:[.,][0-9]+)?")
_OF_TEN = re.compile(r"([0-9]{1,2})/10[,;:.]?")
_ENDS = ",;:"
_YES_NO_WORDS = frozenset({"yes", "no", "done", "ja", "nein", "oui", "non", "sí", "sim", "não", "1", "0"})


def looks_numeric(word: str) -> bool:
    """Whether someone who typed it meant a number: "78x" does, "Q1" does not."""
    return _LOOKS_NUMERIC.match(normalised(word)) is not None


def take_answer(words: Sequence[str], measure: Measure, locale: str) -> Taken | None:
    """`yes`, `no`, `done` or `not yet` at the beginning of the words.

    Raises:
        Invalid: a number stands there.
    """
    for count in (2, 1):
        text = " ".join(words[:count]).rstrip("." + _ENDS)
        if len(words) < count or (count == 1 and text.casefold() not in _YES_NO_WORDS):
            continue
        value = _figure(text, measure, locale)
        if value is not None:
            return Taken(count=count, value=value)
    if looks_numeric(words[0]):
        raise Invalid(
            f"{quoted(words[0])} is a number, and {measure.reference} is either reached or not. Type `yes` "
            "or `no`.",
            field="value",
        )
    return None


def take_number(words: Sequence[str], measure: Measure, locale: str) -> Taken | None:
    """The number at the beginning of the words; None where they begin with something else.

    `+5` adds to the newest figure, `=-5` is exactly that.

    Raises:
        Doubt: it could mean several things, or is beyond reason.
        Invalid: it begins like a number and is none.
    """
    first = normalised(words[0])
    if first.startswith("="):
        return _exactly(words, measure, locale)
    if not Unit(measure.unit).is_percent:
        _ask_about_percentage(words, measure, locale)
    if _OF_TEN.fullmatch(first):
        raise _of_ten(first, measure, locale)
    count, value = _longest_figure(words, measure, locale)
    if value is None:
        if looks_numeric(words[0]):
            raise _refusal(words[0], measure, locale)
        return None
    if first.startswith("+"):
        return Taken(count=count, value=_moved_by(value, measure))
    if value < 0 and not any(figure < 0 for figure in measure.known):
        raise _minus(count, value, measure, locale)
    if is_beyond_reason(value, measure):
        raise _beyond_reason(count, value, measure, locale)
    return Taken(count=count, value=value)


def find_figure(words: Sequence[str], measure: Measure, locale: str) -> Decimal | None:
    """A number somewhere in a note that may well be the figure."""
    if not measure.known:
        return None
    figures = (_figure(word.rstrip(_ENDS), measure, locale) for word in words if looks_numeric(word))
    return next((one for one in figures if one is not None and is_within_reach(one, measure)), None)


def reached(measure: Measure, locale: str) -> Doubt:
    """`done` for a number: is the target meant?

    Raises:
        Invalid: there is no target to be reached.
    """
    if measure.target is None or measure.direction is Direction.MAINTAIN:
        raise Invalid(f"{measure.reference} is measured by a figure. Type it, such as 78.", field="value")
    goal = shown(measure.target, measure, locale)
    return Doubt(
        f"{measure.reference} is done when it reaches {goal}. Is that its figure now?",
        [Meaning(f"Target reached: {goal}", Taken(count=1, value=measure.target))],
    )


def _exactly(words: Sequence[str], measure: Measure, locale: str) -> Taken:
    rest = words[0].strip().lstrip("=")
    skipped = 0 if rest else 1
    plain = [rest, *words[1:]] if rest else list(words[1:])
    count, value = _longest_figure(plain, measure, locale)
    if value is None:
        raise _refusal(plain[0] if plain else "", measure, locale)
    return Taken(count=count + skipped, value=value)


def _longest_figure(words: Sequence[str], measure: Measure, locale: str) -> tuple[int, Decimal | None]:
    """How many words make a figure, and which; one group of three digits behind a space is doubted."""
    most = words_of_figure(words[: _LONGEST_FIGURE + len(measure.unit.split())], measure.unit)
    for count in range(most, 0, -1):
        value = _figure(" ".join(words[:count]).rstrip(_ENDS), measure, locale)
        if value is None:
            continue
        groups = [word for word in words[1:count] if _THREE_DIGITS.fullmatch(word)]
        return _grouped_or_not(words, count, value, measure, locale) if len(groups) == 1 else (count, value)
    return 0, None


def _grouped_or_not(
    words: Sequence[str], count: int, value: Decimal, measure: Measure, locale: str
) -> tuple[int, Decimal]:
    alone = _figure(words[0], measure, locale)
    if alone is None or not is_within_reach(alone, measure):
        return count, value
    if not is_within_reach(value, measure):
        return 1, alone
    raise Doubt(
        f"{quoted(' '.join(words[:count]))} can be read in two ways. Which one did you mean?",
        [_meaning(value, count, measure, locale), _meaning(alone, 1, measure, locale)],
    )


def _figure(text: str, measure: Measure, locale: str) -> Decimal | None:
    try:
        return parse_figure(text, unit=measure.unit, locale=locale)
    except Invalid:
        return None


def _refusal(word: str, measure: Measure, locale: str) -> Exception:
    """Why a word that looks like a figure is none: a Doubt where it can be read in two ways."""
    text = word.rstrip(_ENDS)
    try:
        parse_figure(text, unit=measure.unit, locale=locale)
    except TwoWays as error:
        readings = [parse_figure(one, unit=measure.unit, locale=locale) for one in error.readings]
        if normalised(text).startswith("+"):
            readings = [_moved_by(value, measure) for value in readings]
        return Doubt(
            f"{quoted(text)} can be read in two ways. Which one did you mean?",
            [_meaning(value, 1, measure, locale) for value in readings],
        )
    except Invalid as error:
        return Invalid(f"{error.sentence} {way(measure, locale)}".strip(), field="value")
    # The word alone is a figure, but not with the words behind it.
    return Invalid(f"{quoted(text)} is not clear. Type the figure first, then the rest.", field="value")


def _moved_by(value: Decimal, measure: Measure) -> Decimal:
    if measure.current is None:
        raise Invalid(
            f"{measure.reference} has no figure yet, so there is nothing to add to. Type the figure itself, "
            "such as 78.",
            field="value",
        )
    moved = measure.current + value
    if abs(moved) >= _LIMIT:
        raise Invalid("The sum is out of range. Type the figure itself.", field="value")
    return moved


def _minus(count: int, value: Decimal, measure: Measure, locale: str) -> Doubt:
    meanings = [_meaning(value, count, measure, locale, "The figure")]
    if measure.current is not None:
        meanings.insert(0, _meaning(_moved_by(value, measure), count, measure, locale, "Lower"))
    return Doubt(
        f"Is {shown(value, measure, locale)} the figure itself, or is {measure.reference} lower by that "
        "much?",
        meanings,
    )


def _beyond_reason(count: int, value: Decimal, measure: Measure, locale: str) -> Doubt:
    slip = probable_slip(value, measure)
    typed = _meaning(value, count, measure, locale, "As typed")
    far = f"{shown(value, measure, locale)} is far out of range. {way(measure, locale)}".strip()
    if slip is None:
        return Doubt(f"{far} Is it right all the same?", [typed])
    meant = _meaning(rounded(slip), count, measure, locale)
    return Doubt(f"{far} Did you mean {meant.label}?", [meant, typed])


def _ask_about_percentage(words: Sequence[str], measure: Measure, locale: str) -> None:
    """`78 %` where something else is counted: the figure itself, or the share of the way?"""
    first = normalised(words[0])
    apart = len(words) > 1 and normalised(words[1]).rstrip(_ENDS) == "%"
    count = 1 if "%" in first else 2 if apart else 0
    value = _figure(first.replace("%", "").rstrip(_ENDS), measure, locale) if count else None
    if value is None:
        return
    counted = "is a plain count" if Unit(measure.unit).is_count else f"counts in {measure.unit.strip()}"
    raise Doubt(
        f"{quoted(' '.join(words[:count]))} is a percentage, but {measure.reference} {counted}. What did you "
        "mean?",
        _percentages(value, count, measure, locale, is_more=first.startswith("+")),
    )


def _percentages(
    value: Decimal, count: int, measure: Measure, locale: str, *, is_more: bool
) -> list[Meaning]:
    now, start, goal = measure.current, measure.baseline, measure.target
    meanings = [_meaning(value, count, measure, locale, "The figure")]
    if is_more and now is not None:
        more = now * (1 + value / 100)
        meanings = [
            _meaning(now + value, count, measure, locale, "The figure"),
            _meaning(rounded(more), count, measure, locale, "More than now"),
        ]
    elif start is not None and goal is not None and measure.direction is not Direction.MAINTAIN:
        share = start + (goal - start) * value / 100
        meanings.append(_meaning(rounded(share), count, measure, locale, "Share of the way"))
    return [one for one in meanings if one.taken.value is not None and abs(one.taken.value) < _LIMIT]


def _of_ten(first: str, measure: Measure, locale: str) -> Doubt:
    number = int(first.partition("/")[0])
    meanings = [_meaning(Decimal(number), 1, measure, locale, "The figure")]
    if number <= _MOST_CONFIDENT:
        meanings.append(Meaning(f"Confidence {number} of 10", Taken(count=1, confidence=number)))
    return Doubt(f"Is {quoted(first)} the figure of {measure.reference}, or how confident you are?", meanings)


def _meaning(value: Decimal, count: int, measure: Measure, locale: str, label: str = "") -> Meaning:
    figure = shown(value, measure, locale)
    return Meaning(f"{label}: {figure}" if label else figure, Taken(count=count, value=value))
