"""What a person types as a figure, and how a figure is shown.

Reading is generous where the meaning is certain and asks where it is not: a figure that was understood
wrongly does more harm than one more question. What is shown can be typed back.
"""

import re
import unicodedata
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from storage.rules.errors import Invalid
from storage.rules.units import Unit, decimal_mark

MISSING = "—"
"""What stands where there is no figure."""

MAX_INTEGER_DIGITS = 12
MAX_DECIMALS = 6
SHOWN_DECIMALS = 2

_MINUS = "−"
# Grouped by spaces in every locale: a comma or a point would be a decimal mark to another reader of
# the same message. They are no-break spaces, so that no line ends inside a figure.
_GROUP_MARK = "\N{NO-BREAK SPACE}"
_GROUPED_FROM = 10_000

_YES = frozenset({"yes", "y", "done", "true", "1", "ja", "oui", "sí", "si", "sim"})
_NO = frozenset({"no", "n", "not done", "not yet", "false", "0", "nein", "non", "não"})

_POWERS = {"k": 3, "tsd": 3, "m": 6, "mn": 6, "mio": 6, "bn": 9, "mrd": 9}
_MOST_CONFIDENT = 10
_LONGEST_QUOTE = 40

_SAME_SIGNS = str.maketrans(
    dict.fromkeys("−‐‑‒–﹣－", "-") | {"＋": "+", "％": "%", "’": "'", "．": ".", "，": ","}
)
# Zero-width and direction marks that come along when a figure is pasted.
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_TYPED = re.compile(
    r"(?P<sign>[+-]?)(?P<before>[^0-9+-]*?)(?P<inner_sign>[+-]?)"
    r"(?P<number>(?:[0-9]|[.,][0-9])(?:[0-9.,' ]*[0-9])?)(?P<after>.*)"
)
_GROUPED = (
    re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?P<decimals>\.[0-9]+)?"),
    re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+(?P<decimals>,[0-9]+)?"),
    re.compile(r"[0-9]{1,3}(?:(?P<space> )[0-9]{3})+(?P<decimals>[.,][0-9]+)?"),
    re.compile(r"[0-9]{1,3}(?:'[0-9]{3})+(?P<decimals>[.,][0-9]+)?"),
)
_UNGROUPED = re.compile(r"[0-9]*(?P<decimals>[.,][0-9]+)?")
_GROUPED_ONCE = re.compile(r"[1-9][0-9]{0,2}([.,])[0-9]{3}")
_A_NUMBER = re.compile(r"(?<![A-Za-z0-9])[0-9][0-9.,']*")
_EXPONENT = re.compile(r"[0-9] ?[eE][+-]?[0-9]")
_CONFIDENCE = re.compile(r"([0-9]{1,2})(?: ?/ ?10)?")


class TwoWays(Invalid):
    """A figure that can be read in two ways; `readings` are both, as they can be typed without doubt."""

    def __init__(self, sentence: str, readings: tuple[str, str], *, field: str) -> None:
        super().__init__(sentence, field=field)
        self.readings = readings


class _ReadingError(Exception):
    """Why a text is no figure, as sentences; without a remedy of its own it gets an example."""

    def __init__(
        self, fault: str, remedy: str | None = None, readings: tuple[str, str] | None = None
    ) -> None:
        super().__init__(fault)
        self.fault = fault
        self.remedy = remedy
        self.readings = readings


def parse_figure(text: str, *, unit: str, locale: str, field: str = "value") -> Decimal:
    """Read what a person typed as a figure in `unit`, by the habits of `locale` ("de-DE").

    Understood are a sign, a decimal comma or point, grouping marks, the unit's own name or currency sign
    on either side, and k, m or bn for thousand, million and billion (`€1.2m`, `3 M€`). In the unit "yes/no"
    it is `yes` (1) or `no` (0).

    Raises:
        TwoWays: one mark with three digits behind it, which may group or divide.
        Invalid: no figure, several, one in another unit, 10^12 or beyond, more than 6 decimals. The sentence
            says which, and what to type.
    """
    mark = decimal_mark(locale)
    try:
        if Unit(unit).is_yes_no:
            return _yes_or_no(normalised(text))
        return _read(normalised(text), Unit(unit), mark)
    except _ReadingError as refusal:
        remedy = refusal.remedy or f"Type a figure such as 78 or 74{mark}5."
        if refusal.readings is not None:
            raise TwoWays(f"{refusal.fault} {remedy}", refusal.readings, field=field) from None
        raise Invalid(f"{refusal.fault} {remedy}", field=field) from None


def parse_confidence(text: str, *, field: str = "confidence") -> int | None:
    """Read a confidence from 0 to 10, typed as `8` or `8/10`; None where nothing was typed.

    Raises:
        Invalid: anything else.
    """
    typed = normalised(text)
    if not typed:
        return None
    match = _CONFIDENCE.fullmatch(typed)
    if match is None or int(match[1]) > _MOST_CONFIDENT:
        raise Invalid(
            f"{_quoted(typed)} is not a confidence. Type a whole number from 0 (no chance) to 10 "
            "(certain), such as 7, or leave it empty.",
            field=field,
        )
    return int(match[1])


def format_figure(value: Decimal | None, unit: str, locale: str) -> str:
    """A figure with its unit as `locale` writes it: `74 %`, `74,5 days`, `€12 500`; `—` for None.

    In the unit "yes/no" it is a word. At most two decimals, more only for a figure so small that two would
    not show it. With an empty unit it is the bare number, fit to be typed back.
    """
    return _formatted(value, unit, locale, _decimals_shown(value))


def percent(share: Decimal | float) -> str:
    """A share as people read it, cut and not rounded: 99.9 % of the way is not there yet."""
    # 0.29 has a little less than 29 hundredths as a float.
    exact = share if isinstance(share, Decimal) else Decimal(str(share))
    return f"{int(exact * 100)} %".replace("-", "−")


def format_change(before: Decimal | None, after: Decimal | None, unit: str, locale: str) -> str:
    """Two figures as `70 % → 74 %`, with as many decimals as it takes to tell them apart."""
    decimals = max(_decimals_shown(before), _decimals_shown(after))
    if before is not None and after is not None and before != after:
        while decimals < MAX_DECIMALS and _rounded(before, decimals) == _rounded(after, decimals):
            decimals += 1
    return " → ".join(_formatted(value, unit, locale, decimals) for value in (before, after))


def _yes_or_no(typed: str) -> Decimal:
    word = typed.casefold()
    if word in _YES:
        return Decimal(1)
    if word in _NO:
        return Decimal(0)
    fault = f"{_quoted(typed)} is neither yes nor no." if typed else "An answer is missing."
    raise _ReadingError(fault, "Type yes or no.")


def _read(typed: str, unit: Unit, mark: str) -> Decimal:
    if not typed:
        raise _ReadingError("A figure is missing.")
    match = _TYPED.fullmatch(unit.without_name(typed) if unit.begins_with_a_digit else typed)
    if match is None or (match["sign"] and match["inner_sign"]):
        raise _not_a_number(typed, unit)
    power = _power(typed, unit, match["before"], match["after"])
    whole, decimals = _whole_and_decimals(typed, unit, mark, match["number"])
    return _exact(typed, match["sign"] + match["inner_sign"], whole, decimals, power)


def _power(typed: str, unit: Unit, before: str, after: str) -> int:
    """The power of ten that k, m or bn stand for, once the unit's own name is taken away."""
    if unit.without_name(before):
        raise _not_a_number(typed, unit)
    short = unit.without_name(after)
    if not short:
        return 0
    if short not in _POWERS:
        raise _not_a_number(typed, unit)
    named = short != after.strip().lower() or before.strip()
    if not named and not unit.is_money and unit.name.lower().startswith(short[0]):
        raise _ReadingError(
            f"{_quoted(typed)} can be read in two ways, because “{short}” could be short for {unit.name}.",
            "Write the figure out, without a letter.",
        )
    return _POWERS[short]


def _whole_and_decimals(typed: str, unit: Unit, mark: str, number: str) -> tuple[str, str]:
    """The digits before and after the decimal mark.

    One mark with three digits behind it groups or divides: the locale's decimal mark divides, the other
    one is asked about.
    """
    once = _GROUPED_ONCE.fullmatch(number)
    if once is not None and once[1] != mark:
        plain = typed.replace(number, number.replace(once[1], ""))
        divided = typed.replace(number, number.replace(once[1], mark))
        raise _ReadingError(
            f"{_quoted(typed)} can be read in two ways.",
            f"Did you mean {plain} or {divided}? Type the one that you mean.",
            (plain, divided),
        )
    patterns = (_UNGROUPED,) if once else (_UNGROUPED, *_GROUPED)
    match = next(filter(None, (pattern.fullmatch(number) for pattern in patterns)), None)
    if match is None:
        raise _not_a_number(typed, unit)
    decimals = match["decimals"] or ""
    whole = number.removesuffix(decimals)
    return re.sub(r"[^0-9]", "", whole), decimals[1:]


def _exact(typed: str, sign: str, whole: str, decimals: str, power: int) -> Decimal:
    """The figure from its digits, without rounding anywhere.

    Raises:
        _ReadingError: it is out of range.
    """
    decimals = decimals.rstrip("0").ljust(power, "0")
    whole, decimals = (whole + decimals[:power]).lstrip("0"), decimals[power:]
    if len(whole) > MAX_INTEGER_DIGITS:
        raise _ReadingError(
            f"{_quoted(typed)} is out of range.",
            f"A figure has at most {MAX_INTEGER_DIGITS} digits before the decimal mark; larger ones "
            "are counted in thousands or millions.",
        )
    if len(decimals) > MAX_DECIMALS:
        raise _ReadingError(
            f"{_quoted(typed)} is finer than the record keeps.",
            f"Round it to at most {MAX_DECIMALS} decimals.",
        )
    value = Decimal(f"{whole or 0}.{decimals}" if decimals else whole or 0)
    return -value if sign == "-" and value else value


def _not_a_number(typed: str, unit: Unit) -> _ReadingError:
    """Says what is wrong with a text that is no figure, as precisely as it can be told."""
    if _EXPONENT.search(typed):
        return _ReadingError(f"{_quoted(typed)} is written with an exponent, which is easily misread.")
    if len(_A_NUMBER.findall(typed)) > 1:
        return _ReadingError(f"{_quoted(typed)} holds several numbers, and one is expected.")
    if "%" in typed and not unit.is_percent:
        counted = "is a plain count" if unit.is_count else f"counts in {unit.name}"
        return _ReadingError(f"{_quoted(typed)} is a percentage, but this figure {counted}.")
    if unit.is_percent or unit.is_count or not _A_NUMBER.search(typed):
        return _ReadingError(f"{_quoted(typed)} is not a number.")
    return _ReadingError(f"{_quoted(typed)} is not a number. This figure counts in {unit.name}.")


def normalised(text: str) -> str:
    """Digits of every script as 0-9, every kind of space as a single one, every minus as "-"."""
    if text.isascii():
        return re.sub(" +", " ", text.strip()).removesuffix(".")
    characters = []
    for character in _INVISIBLE.sub("", text).strip().translate(_SAME_SIGNS):
        digit = unicodedata.decimal(character, None)
        if digit is not None:
            characters.append(str(digit))
        elif unicodedata.category(character) == "Zs":
            characters.append(" ")
        else:
            characters.append(character)
    # A phone turns two spaces into a full stop.
    return re.sub(" +", " ", "".join(characters)).removesuffix(".")


def words_of_figure(words: Sequence[str], unit: str) -> int:
    """How many of the first words could be parts of one figure in `unit` at most; a quick look only."""
    names = Unit(unit).names
    for count, word in enumerate(words):
        plain = normalised(word).lower().rstrip(".,;:")
        is_part = (
            not any(map(str.isalpha, plain))
            or any(map(str.isdigit, plain))
            or plain in _POWERS
            or any(name.endswith(plain) or plain.endswith(name) for name in names)
            or plain in unit.lower().split()
        )
        if not is_part:
            return count
    return len(words)


def exact_figure(value: Decimal, locale: str) -> str:
    """All digits of a figure without its unit, fit to be typed back: what is shown is rounded."""
    return format(value, "f").replace(".", decimal_mark(locale))


def _quoted(typed: str) -> str:
    shown = " ".join(typed.split())
    return f"“{shown if len(shown) <= _LONGEST_QUOTE else shown[:_LONGEST_QUOTE] + '…'}”"


def _decimals_shown(value: Decimal | None) -> int:
    if not value:
        return SHOWN_DECIMALS
    # A figure below 0.1 keeps its first two digits that are not 0.
    return min(max(SHOWN_DECIMALS, 1 - value.adjusted()), MAX_DECIMALS)


def _rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


@lru_cache(maxsize=4096)
def _formatted(value: Decimal | None, unit: str, locale: str, decimals: int) -> str:
    if value is None:
        return MISSING
    if Unit(unit).is_yes_no:
        return "yes" if value >= 1 else "no"
    rounded = _rounded(value, decimals)
    whole, _, rest = format(abs(rounded), "f").partition(".")
    if int(whole) >= _GROUPED_FROM:
        whole = f"{int(whole):,}".replace(",", _GROUP_MARK)
    rest = rest.rstrip("0")
    number = f"{whole}{decimal_mark(locale)}{rest}" if rest else whole
    return Unit(unit).beside(f"{_MINUS}{number}" if rounded < 0 else number, locale)
