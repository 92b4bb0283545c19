"""Somebody who reads, and what a browser would make of the HTML that they get."""

from datetime import UTC, datetime
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.simulator.page.fields import Block, FormState, Surface
from bot.simulator.page.html_templates import environment
from bot.simulator.page.reader import Reader

ANA = Reader(
    id="U1",
    path="/as/ana",
    zone=ZoneInfo("Europe/Madrid"),
    now=datetime(2026, 3, 23, 8, 0, tzinfo=UTC),
    people={"U1": "Ana Ruiz", "U2": "Ben Okafor"},
    channels={"C1": "support"},
)

_TEMPLATES = environment()
_EMPTY = {"br", "hr", "img", "input"}


def draw(*blocks: Block, state: FormState | None = None, errors: dict[str, str] | None = None) -> Markup:
    """The blocks as the page draws them for Ana."""
    surface = Surface("s", blocks, ANA, state or {}, errors or {})
    module = _TEMPLATES.get_template("blocks.html").module
    drawn: Markup = vars(module)["draw"](surface)
    return drawn


class Page(HTMLParser):
    """The elements and the text of some HTML, as a browser reads them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(str(html))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in _EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    @property
    def tags(self) -> set[str]:
        return {tag for tag, _ in self.elements}

    @property
    def attributes(self) -> set[str]:
        return {name for _, attributes in self.elements for name in attributes}

    @property
    def links(self) -> list[str]:
        return [each["href"] or "" for _, each in self.elements if "href" in each]

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]
