"""People's own time as the composition root sees it."""

from bot.people.blocks import draw_own
from bot.people.listeners import routes
from bot.people.service import find_away
from bot.slices import HomeSection, Slice

slice = Slice(  # noqa: A001 - every slice is called so
    name="people",
    routes=routes,
    home=HomeSection(rank=70, read=find_away, draw=draw_own),
)
