"""Public holidays by country and region, from the `holidays` package; days off of the organisation on top.

The package is loaded when a country is first asked for: it is large, and many never need it.
"""

import importlib
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from storage.rules.errors import Invalid


@dataclass(frozen=True, slots=True)
class DaysOff:
    """`on in days_off`: a public holiday of the country and region, or a day on which everyone is off.

    `country` is the code of ISO 3166 (`DE`), `region` that of a part of it (`BY`); empty: no holidays.
    """

    country: str = ""
    region: str = ""
    everyone: frozenset[date] = field(default_factory=frozenset)

    def __contains__(self, on: object) -> bool:
        if not isinstance(on, date):
            return False
        return on in self.everyone or on in holidays_of(self.country, self.region, on.year)


@lru_cache(maxsize=4096)
def holidays_of(country: str, region: str, year: int) -> frozenset[date]:
    """The public holidays of a year. A country or region that is not known has none."""
    if not country:
        return frozenset()
    try:
        return frozenset(_package().country_holidays(country, subdiv=region or None, years=year))
    except (NotImplementedError, AttributeError):
        return frozenset()


def check_country(country: str, region: str) -> tuple[str, str]:
    """Both codes as they are kept; empty ones stay empty.

    Raises:
        Invalid: no such country or region (fields "country", "region"); the sentence shows what there is.
    """
    country, region = country.strip().upper(), region.strip().upper()
    if not country:
        if region:
            raise Invalid("A region belongs to a country. Choose the country too.", field="country")
        return "", ""
    regions = _package().list_supported_countries().get(country)
    if regions is None or len(country) != len("DE"):
        raise Invalid(
            f"“{country}” is no country that holidays are known for. Type its two letters, such as DE, ES or "
            "US.",
            field="country",
        )
    known = {name.upper(): name for name in regions}
    if region and region not in known:
        some = ", ".join(sorted(known.values())[:20])
        expected = f"Known there: {some}." if known else "None are known there; leave it empty."
        raise Invalid(f"“{region}” is no region of {country}. {expected}", field="region")
    return country, known.get(region, "")


@lru_cache(maxsize=1)
def _package() -> Any:
    return importlib.import_module("holidays")
