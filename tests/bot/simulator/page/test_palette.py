"""The colours: every text stands out from its ground, in light and in dark."""

import re
from pathlib import Path

import pytest

import bot.simulator.page

SHEET = (Path(bot.simulator.page.__file__).parent / "static" / "tokens.css").read_text()
COLOUR = re.compile(r"--([\w-]+): (#[0-9a-f]{6});")
READABLE = 4.5
TEXTS = [
    ("ink", "ground"), ("ink", "ground-soft"), ("ink", "ground-raised"), ("ink", "accent-soft"),
    ("ink-soft", "ground"), ("ink-soft", "ground-soft"), ("ink-soft", "ground-raised"),
    ("ink-soft", "ephemeral"), ("ink-soft", "code-soft"), ("link", "ground"), ("link", "ground-hover"),
    ("accent-ink", "accent"), ("accent-ink", "accent-hover"), ("danger", "ground"),
    ("danger", "danger-soft"), ("success", "success-soft"), ("warning", "warning-soft"),
    ("mention", "mention-soft"), ("mention-me", "mention-me-soft"), ("new", "ground"),
    ("code", "code-soft"), ("frame-ink", "frame"), ("frame-ink-soft", "frame"),
    ("frame-open-ink", "frame-open"), ("count-ink", "count"),
]  # fmt: skip


def colours(theme: str) -> dict[str, str]:
    """The light theme, and over it what the dark one changes."""
    light, dark = SHEET.split(':root[data-theme="dark"] {')[:2]
    found = dict(COLOUR.findall(light))
    return found if theme == "light" else found | dict(COLOUR.findall(dark.partition("}")[0]))


def luminance(colour: str) -> float:
    """WCAG 2's relative luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_text_stands_out_from_its_ground(theme: str, text: str, ground: str) -> None:
    palette = colours(theme)

    assert contrast(palette[text], palette[ground]) >= READABLE


@pytest.mark.parametrize("hue", range(10))
def test_initials_stand_out_from_every_avatar(hue: int) -> None:
    ground = re.search(rf"\.hue-{hue} {{ background: (#[0-9a-f]{{6}});", SHEET)

    assert ground is not None
    assert contrast("#ffffff", ground[1]) >= READABLE


def test_the_systems_dark_theme_is_the_chosen_one() -> None:
    chosen = SHEET.split(':root[data-theme="dark"] {')[1].partition("}")[0]
    systems = SHEET.split(':root:not([data-theme="light"]) {')[1].partition("}")[0]

    assert chosen.split() == systems.split()


def test_nothing_is_fetched_from_elsewhere() -> None:
    here = Path(bot.simulator.page.__file__).parent
    files = [*here.glob("static/*.css"), *here.glob("static/*.js"), *here.glob("templates/*.html")]

    assert files
    for file in files:
        assert not re.search(r"url\(|@import|(src|href)=\"https?:|from \"https?:", file.read_text()), (
            file.name
        )
