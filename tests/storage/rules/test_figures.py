from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.rules.errors import Invalid
from storage.rules.figures import format_change, format_figure, parse_confidence, parse_figure, percent

LOCALES = ("en-US", "en-GB", "de-DE", "fr-FR", "ja-JP", "pt-BR", "de-CH", "es-LA")
UNITS = ("", "%", "points", "days", "EUR", "€", "ppm", "count", "m", "k€", "m2", "1000 EUR", "R$")
NNBSP = "\N{NARROW NO-BREAK SPACE}"
NBSP = "\N{NO-BREAK SPACE}"


def refusal(text: str, unit: str = "", locale: str = "en-US") -> str:
    with pytest.raises(Invalid) as caught:
        parse_figure(text, unit=unit, locale=locale)
    return caught.value.sentence


@pytest.mark.parametrize(
    ("text", "unit", "locale", "expected"),
    [
        ("78", "%", "en-US", "78"),
        ("  78\n", "%", "en-US", "78"),
        (f"{NBSP}78{NNBSP}", "%", "en-US", "78"),
        ("\u200e78\u200b", "%", "en-US", "78"),
        ("+78", "%", "en-US", "78"),
        ("-78", "%", "en-US", "-78"),
        ("−78", "%", "en-US", "-78"),
        ("–78", "%", "en-US", "-78"),
        ("-0", "%", "en-US", "0"),
        ("1,5", "%", "en-US", "1.5"),
        ("1.5", "%", "de-DE", "1.5"),
        ("74,5", "%", "de-DE", "74.5"),
        ("74.25", "%", "de-DE", "74.25"),
        (",5", "%", "de-DE", "0.5"),
        ("0,125", "%", "en-US", "0.125"),
        ("1234,567", "", "en-US", "1234.567"),
        ("1.234", "", "en-US", "1.234"),
        ("1,234", "", "de-DE", "1.234"),
        ("1,234", "", "es-ES", "1.234"),
        ("1.234", "", "es-LA", "1.234"),
        ("1.234", "", "de-CH", "1.234"),
        ("1,234,567", "", "de-DE", "1234567"),
        ("1.234.567", "", "en-US", "1234567"),
        ("1.234.567,89", "", "en-US", "1234567.89"),
        ("12,345.5", "", "de-DE", "12345.5"),
        ("1 234", "", "en-US", "1234"),
        (f"1{NNBSP}234{NNBSP}567,5", "", "fr-FR", "1234567.5"),
        ("1'234", "", "de-CH", "1234"),
        ("1’234.5", "", "de-CH", "1234.5"),
        ("78 %", "%", "en-US", "78"),
        ("78%", "percent", "en-US", "78"),
        ("78％", "%", "ja-JP", "78"),
        ("78 percent", "%", "en-US", "78"),
        ("７８．５", "%", "ja-JP", "78.5"),
        ("٧٨", "%", "ar-EG", "78"),
        ("78.", "%", "en-US", "78"),
        ("1.2k", "EUR", "en-US", "1200"),
        ("1,25k", "EUR", "de-DE", "1250"),
        ("3m", "€", "en-US", "3000000"),
        ("€3m", "EUR", "en-US", "3000000"),
        ("3 M€", "EUR", "fr-FR", "3000000"),
        ("3 Mio. EUR", "€", "de-DE", "3000000"),
        ("1.5bn", "$", "en-US", "1500000000"),
        ("1.234567k", "", "en-US", "1234.567"),
        ("2k points", "points", "en-US", "2000"),
        ("2m months", "months", "en-US", "2000000"),
        ("2 Tsd. Stück", "Stück", "de-DE", "2000"),
        ("2 Mrd.", "€", "de-DE", "2000000000"),
        ("-$5", "$", "en-US", "-5"),
        ("€ -5", "€", "en-US", "-5"),
        ("5 days", "days", "en-US", "5"),
        ("1 day", "days", "en-US", "1"),
        ("5 Days", "days", "en-US", "5"),
        ("3m", "m", "en-US", "3"),
        ("3 M€", "M€", "fr-FR", "3"),
        ("5 m2", "m2", "en-US", "5"),
        ("5 1000 EUR", "1000 EUR", "en-US", "5"),
        ("5 100 km", "100 km", "en-US", "5"),
        ("5 count", "count", "en-US", "5"),
        ("999999999999.999999", "", "en-US", "999999999999.999999"),
        ("0." + "1" + "0" * 50, "", "en-US", "0.1"),
        ("0" * 50 + "7", "", "en-US", "7"),
    ],
)
def test_a_figure_is_understood_as_people_type_it(text: str, unit: str, locale: str, expected: str) -> None:
    assert Decimal(expected) == parse_figure(text, unit=unit, locale=locale)


def test_words_after_a_number_are_refused_with_an_example_in_the_persons_locale() -> None:
    expected = "“78 late” is not a number. Type a figure such as 78 or 74,5."
    assert expected == refusal("78 late", "%", "de-DE")


def test_another_unit_is_refused_with_the_right_one_named() -> None:
    assert "This figure counts in days." in refusal("78 hours", "days")


def test_another_currency_is_refused() -> None:
    assert "This figure counts in EUR." in refusal("$5", "EUR")


def test_a_glued_letter_is_no_multiplier_of_a_unit_that_is_no_money() -> None:
    assert "is not a number" in refusal("5 mm", "m")


@pytest.mark.parametrize(
    ("text", "locale", "question"),
    [
        ("1,234", "en-US", "Did you mean 1234 or 1.234?"),
        ("1.234", "de-DE", "Did you mean 1234 or 1,234?"),
        ("-12,345 %", "en-GB", "Did you mean -12345 % or -12.345 %?"),
        ("1.234k", "pt-BR", "Did you mean 1234k or 1,234k?"),
    ],
)
def test_a_mark_that_groups_or_divides_is_asked_about(text: str, locale: str, question: str) -> None:
    assert question in refusal(text, "%", locale)


def test_each_reading_that_is_offered_can_be_typed() -> None:
    assert Decimal(1234) == parse_figure("1234", unit="", locale="de-DE")
    assert Decimal("1.234") == parse_figure("1,234", unit="", locale="de-DE")


def test_an_m_beside_a_unit_that_starts_with_m_is_asked_about() -> None:
    assert "could be short for months" in refusal("3m", "months")


@pytest.mark.parametrize("text", ["", "   ", NBSP, "\u200b", "\n", "."])
def test_an_empty_text_is_a_missing_figure(text: str) -> None:
    assert refusal(text) == "A figure is missing. Type a figure such as 78 or 74.5."


@pytest.mark.parametrize("text", ["70-74", "70 74", "70 → 74", "70%-74%", "12:30", "1/2", "1\t234", "7\n8"])
def test_several_numbers_are_refused(text: str) -> None:
    assert "holds several numbers" in refusal(text, "%")


@pytest.mark.parametrize("text", ["1e9", "1E9", "2.5e-3", "1e+9"])
def test_an_exponent_is_refused(text: str) -> None:
    assert "exponent" in refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "NaN",
        "inf",
        "-Infinity",
        "∞",
        "abc",
        "-",
        "%",
        "...",
        "5²",
        "½",
        "0x10",
        "--5",
        "-€-5",
        "(5)",
        "1.2.3",
        "1,23,4",
        "1,234.5,6",
        "1''234",
        "<!channel>",
        "5 <@U123>",
        "approx. 5",
        "5 %%",
        "#5 late",
    ],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    assert "is not a number" in refusal(text, "%")


@pytest.mark.parametrize(
    ("unit", "counted"), [("days", "counts in days"), ("", "is a plain count"), ("EUR", "counts in EUR")]
)
def test_a_percent_sign_is_refused_where_the_figure_counts_otherwise(unit: str, counted: str) -> None:
    assert f"“78 %” is a percentage, but this figure {counted}." in refusal("78 %", unit)


@pytest.mark.parametrize(
    "text", ["1000000000000", "-1000000000000", "1000bn", "9" * 10_000, "1'000'000'000'000"]
)
def test_a_figure_out_of_range_is_refused(text: str) -> None:
    assert "out of range" in refusal(text)


@pytest.mark.parametrize("text", ["0.1234567", "1.0000000001k"])
def test_more_than_six_decimals_are_refused(text: str) -> None:
    assert "Round it to at most 6 decimals." in refusal(text)


def test_a_long_text_is_quoted_in_short() -> None:
    sentence = refusal("late " * 2_000)
    assert len(sentence) < 120
    assert "…”" in sentence


def test_a_refusal_names_the_input() -> None:
    with pytest.raises(Invalid) as caught:
        parse_figure("late", unit="", locale="en-US", field="kr-3")
    assert caught.value.field == "kr-3"


@given(st.text(max_size=40), st.sampled_from(UNITS), st.sampled_from(LOCALES))
def test_any_text_is_a_figure_in_range_or_refused_in_a_sentence(text: str, unit: str, locale: str) -> None:
    try:
        value = parse_figure(text, unit=unit, locale=locale)
    except Invalid as refused:
        sentence, value = refused.sentence, Decimal(0)
    else:
        sentence = "Understood."
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert abs(value) < 10**12
    assert value == round(value, 6)


@given(st.text(alphabet="0123456789.,'+-− %€kmbne", max_size=14), st.sampled_from(LOCALES))
def test_a_text_of_digits_and_marks_is_never_read_as_more_digits_than_it_has(text: str, locale: str) -> None:
    try:
        value = parse_figure(text, unit="%", locale=locale)
    except Invalid:
        return
    typed = "".join(filter(str.isdigit, text)).strip("0")
    read = "".join(filter(str.isdigit, format(value, "f"))).strip("0")
    assert typed == read


@given(
    st.decimals(min_value=-(10**12) + 1, max_value=10**12 - 1, places=2),
    st.sampled_from(UNITS),
    st.sampled_from(LOCALES),
)
def test_what_is_shown_can_be_typed_back(value: Decimal, unit: str, locale: str) -> None:
    assert value == parse_figure(format_figure(value, unit, locale), unit=unit, locale=locale)


@pytest.mark.parametrize(
    ("value", "unit", "locale", "expected"),
    [
        ("74", "%", "en-US", "74 %"),
        ("74.00", "percent", "en-US", "74 %"),
        ("74.5", "%", "de-DE", "74,5 %"),
        ("-3", "points", "en-US", "−3 points"),
        ("12", "count", "en-US", "12"),
        ("12.5", "", "fr-FR", "12,5"),
        ("1234", "ppm", "en-US", "1234 ppm"),
        ("9999", "ppm", "en-US", "9999 ppm"),
        ("10000", "ppm", "en-US", f"10{NBSP}000 ppm"),
        ("12345", "ppm", "en-US", f"12{NBSP}345 ppm"),
        ("1200000", "€", "en-GB", f"€1{NBSP}200{NBSP}000"),
        ("-1.5", "€", "en-GB", "−€1.5"),
        ("1.5", "€", "de-DE", "1,5 €"),
        ("1.5", "EUR", "en-US", "1.5 EUR"),
        ("78.125", "", "en-US", "78.13"),
        ("0.00123", "", "en-US", "0.0012"),
        ("-0.0000001", "", "en-US", "0"),
        ("0", "%", "en-US", "0 %"),
        ("1E+3", "", "en-US", "1000"),
    ],
)
def test_a_figure_is_shown_with_its_unit(value: str, unit: str, locale: str, expected: str) -> None:
    assert expected == format_figure(Decimal(value), unit, locale)


def test_a_missing_figure_is_a_dash() -> None:
    assert format_figure(None, "%", "en-US") == "—"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("70", "74", "70 % → 74 %"),
        (None, "74", "— → 74 %"),
        ("74", None, "74 % → —"),
        ("74", "74", "74 % → 74 %"),
        ("78.121", "78.124", "78.121 % → 78.124 %"),
        ("78.121", "79.5", "78.12 % → 79.5 %"),
        ("0.125", "0.13", "0.125 % → 0.13 %"),
    ],
)
def test_a_change_shows_both_figures_apart(before: str | None, after: str | None, expected: str) -> None:
    figures = [None if value is None else Decimal(value) for value in (before, after)]
    assert expected == format_change(figures[0], figures[1], "%", "en-US")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", None), ("  ", None), ("0", 0), ("8", 8), ("10", 10), ("8/10", 8), (" 8 / 10 ", 8), ("８", 8)],
)
def test_a_confidence_is_a_whole_number_to_ten_or_empty(text: str, expected: int | None) -> None:
    assert expected == parse_confidence(text)


@pytest.mark.parametrize("text", ["11", "-1", "7.5", "7,5", "high", "8/9", "80 %", "8 9", "100", "8/"])
def test_any_other_confidence_is_refused_with_the_scale(text: str) -> None:
    with pytest.raises(Invalid, match=r"is not a confidence\. Type a whole number from 0") as caught:
        parse_confidence(text)
    assert caught.value.field == "confidence"


@pytest.mark.parametrize(
    ("text", "expected"), [("yes", 1), ("Done", 1), ("NO", 0), ("not yet", 0), ("ja", 1)]
)
def test_a_yes_or_no_is_understood_in_words(text: str, expected: int) -> None:
    assert Decimal(expected) == parse_figure(text, unit="yes/no", locale="en-US")


@pytest.mark.parametrize("text", ["perhaps", "78", ""])
def test_neither_yes_nor_no_is_refused(text: str) -> None:
    assert refusal(text, "yes/no").endswith("Type yes or no.")


def test_a_yes_or_no_is_shown_in_words() -> None:
    assert format_change(Decimal(0), Decimal(1), "yes/no", "de-DE") == "no → yes"


def test_milestones_are_shown_as_the_share_that_is_reached() -> None:
    assert format_change(Decimal(40), Decimal("66.666666"), "milestones", "en-US") == "40 % → 66.67 %"


def test_a_share_is_cut_and_not_rounded() -> None:
    shares = (Decimal("0.999"), Decimal("-0.25"), 0.29, 1.5)
    assert [percent(share) for share in shares] == ["99 %", "−25 %", "29 %", "150 %"]
