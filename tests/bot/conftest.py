"""A browser, for tests that look at the whole; and what slices know of each other, as in the app."""

from bot.checkins.coming import find_next_asked
from bot.next_asked import register_next_asked
from tests.browser import browser, open_page, screenshots

__all__ = ["browser", "open_page", "screenshots"]

# Also where a test runs one slice alone.
register_next_asked(find_next_asked)
