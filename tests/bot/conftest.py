"""A browser, for the tests that look at the whole."""

from tests.browser import browser, open_page, screenshots

__all__ = ["browser", "open_page", "screenshots"]
