"""The plan's forms as the composition root sees them."""

from bot.planning.blocks.setup import first_steps_blocks
from bot.planning.listeners import circle, items, links, setup, steps
from bot.planning.service.setup import first_steps
from bot.routing import Routes
from bot.slices import HomeSection, Slice

routes = Routes()
routes.include([items.routes, steps.routes, links.routes, circle.routes, setup.routes])

slice = Slice(  # noqa: A001 - every slice is called so
    name="planning",
    routes=routes,
    home=HomeSection(rank=5, read=first_steps, draw=first_steps_blocks),
)
