"""OKRs as the composition root sees them."""

from bot.okr.listeners import routes
from bot.slices import Slice

slice = Slice(name="okr", routes=routes)  # noqa: A001 - every slice is called so
