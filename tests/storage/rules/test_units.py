import pytest

from storage.rules.units import Unit, decimal_mark


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("en-US", "."),
        ("de-DE", ","),
        ("de_DE", ","),
        ("de", ","),
        ("de-CH", "."),
        ("fr-CH", ","),
        ("en-ZA", ","),
        ("es-ES", ","),
        ("es-LA", "."),
        ("ja-JP", "."),
        ("", "."),
        ("xx-YY", "."),
    ],
)
def test_a_locale_has_its_decimal_mark(locale: str, expected: str) -> None:
    assert expected == decimal_mark(locale)


@pytest.mark.parametrize(
    ("unit", "text", "expected"),
    [
        ("days", " days", ""),
        ("days", "k days", "k"),
        ("day", "days", ""),
        ("EUR", "M€", "m"),
        ("€", "kEUR", "k"),
        ("t", "kt", "kt"),
        ("", "late", "late"),
        ("s", "s", ""),
        ("Std.", "Std.", ""),
        ("Std.", "Std", ""),
        ("EUR", "Mio. EUR", "mio"),
    ],
)
def test_a_units_name_is_taken_off_the_end(unit: str, text: str, expected: str) -> None:
    assert expected == Unit(unit).without_name(text)


@pytest.mark.parametrize("name", ["EUR", "€", "usd", "R$", "CHF"])
def test_currencies_are_money_by_sign_and_by_code(name: str) -> None:
    assert Unit(name).is_money


@pytest.mark.parametrize("name", ["%", "", "days", "M€", "count"])
def test_other_units_are_no_money(name: str) -> None:
    assert not Unit(name).is_money
