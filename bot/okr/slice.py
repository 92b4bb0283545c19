"""OKRs as the composition root sees them."""

from bot.okr.asking import KIND
from bot.okr.listeners import depending, discussing, grading, importing, updates, writing
from bot.routing import Routes
from bot.slices import Slice

routes = Routes()
routes.include([updates.routes, writing.routes, grading.routes, depending.routes])
routes.include([importing.routes, discussing.routes])

slice = Slice(name="okr", routes=routes, kinds=(KIND,))  # noqa: A001 - every slice is called so
