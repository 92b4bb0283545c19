"""The plan's forms as the composition root sees them."""

from bot.planning.listeners import items
from bot.routing import Routes
from bot.slices import Slice

routes = Routes()
routes.include([items.routes])

slice = Slice(name="planning", routes=routes)  # noqa: A001 - every slice is called so
