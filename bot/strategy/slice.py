"""The views of the plan as the composition root sees them."""

from bot.slices import HomeSection, Slice
from bot.strategy.blocks.overview import overview as draw_overview
from bot.strategy.listeners import routes
from bot.strategy.service import overview
from bot.strategy.words import WORDS

RANK = 70
"""Below what waits for the person and their items."""

slice = Slice(  # noqa: A001 - every slice is called so
    name="strategy",
    routes=routes,
    home=HomeSection(RANK, overview, draw_overview),
    words=WORDS,
)
