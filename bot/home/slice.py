"""The Home tab as the composition root sees it."""

from collections.abc import Sequence

from bot.home.listeners import draw_home, draw_opened, home_routes
from bot.slices import HomeSection, Slice

__all__ = ["draw_home", "draw_opened", "make_slice"]


def make_slice(sections: Sequence[HomeSection]) -> Slice:
    """The slice, with what the other slices show on the Home tab."""
    return Slice(name="home", routes=home_routes(sections))
