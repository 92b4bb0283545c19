"""What a figure counts in, and how a locale writes numbers.

A unit is free text in the plan ("%", "days", "EUR", "ppm", "count"); a few have several names.
"""

from dataclasses import dataclass

_PERCENT = frozenset({"%", "percent", "per cent", "pct"})
_COUNT = frozenset({"", "#", "count", "number"})
_YES_NO = frozenset({"yes/no", "yes or no", "y/n"})
_MILESTONES = frozenset({"milestones", "milestone"})
_MONEY = (
    frozenset({"€", "eur", "euro", "euros"}),
    frozenset({"$", "usd", "us$", "dollar", "dollars"}),
    frozenset({"£", "gbp"}),
    frozenset({"¥", "jpy", "円"}),
    frozenset({"₹", "inr"}),
    frozenset({"r$", "brl"}),
    frozenset({"chf", "fr", "sfr"}),
)
_MONEY_SIGNS = frozenset("€$£¥₹") | {"R$", "US$"}

_COMMA_LANGUAGES = (
    "az be bg bs ca cs da de el es et eu fi fr gl hr hu hy id is it ka kk lt lv mk nb nl nn no pl pt "
    "ro ru sk sl sq sr sv tr uk vi"
)
# Slack calls Latin American Spanish es-LA.
_POINT_LOCALES = frozenset({"de-ch", "de-li", "it-ch", "es-419", "es-la", "es-mx", "es-us", "es-pr"})
_COMMA_LOCALES = frozenset({"en-za"})
_SIGN_FIRST_LANGUAGES = frozenset({"en", "ja", "ko", "nl", "pt", "zh"})


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit by the name that the plan gives it."""

    name: str

    @property
    def is_percent(self) -> bool:
        """Milestones too are shown as the share of them that is reached."""
        return self.name.strip().lower() in _PERCENT | _MILESTONES

    @property
    def is_yes_no(self) -> bool:
        """1 stands for yes, 0 for no."""
        return self.name.strip().lower() in _YES_NO

    @property
    def is_milestones(self) -> bool:
        """The figure is the weighted share, in percent, of the milestones that are reached."""
        return self.name.strip().lower() in _MILESTONES

    @property
    def is_count(self) -> bool:
        """A bare number of things, shown without a name."""
        return self.name.strip().lower() in _COUNT

    @property
    def begins_with_a_digit(self) -> bool:
        """As "1000 EUR" does: its name must be taken away before a number is looked for."""
        return self.name.strip()[:1].isdigit()

    @property
    def is_money(self) -> bool:
        return len(self.names) > 1 and self.names in _MONEY

    @property
    def names(self) -> frozenset[str]:
        """Every name it may be typed by, in lower case and never empty."""
        name = self.name.strip().lower().removesuffix(".")
        if self.is_milestones:
            return _PERCENT
        for family in (_PERCENT, _COUNT, *_MONEY):
            if name in family:
                return family - {""}
        return frozenset({name, f"{name}s", name.removesuffix("s") or name})

    def without_name(self, text: str) -> str:
        """`text` in lower case with the unit's name taken off its end.

        A multiplier may be glued to money ("M€", "kEUR") but not to anything else: "mm" is not a
        million metres.
        """
        typed = text.strip().lower().removesuffix(".")
        for name in sorted(self.names, key=len, reverse=True):
            before = typed.removesuffix(name)
            if before != typed and (self.is_money or not before or before.endswith(" ")):
                return before.strip().removesuffix(".")
        return typed

    def beside(self, number: str, locale: str) -> str:
        """A number with the unit as `locale` places it; `number` may carry a sign."""
        name = self.name.strip()
        if self.is_count:
            return number
        if self.is_percent:
            return f"{number} %"
        if name.upper() in _MONEY_SIGNS and _language(locale) in _SIGN_FIRST_LANGUAGES:
            sign, digits = ("−", number[1:]) if number.startswith("−") else ("", number)
            return f"{sign}{name}{digits}"
        return f"{number} {name}"


def decimal_mark(locale: str) -> str:
    """ "," or "." by the habit of a locale such as "de-DE"; a point where it is unknown."""
    tag = locale.replace("_", "-").lower()
    if tag in _POINT_LOCALES:
        return "."
    return "," if tag in _COMMA_LOCALES or _language(tag) in _COMMA_LANGUAGES.split() else "."


def _language(locale: str) -> str:
    return locale.replace("_", "-").partition("-")[0].lower()
