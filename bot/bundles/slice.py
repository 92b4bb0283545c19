"""Plan files as the composition root sees them."""

from bot.bundles.listeners import routes
from bot.slices import Slice

slice = Slice(name="bundles", routes=routes)  # noqa: A001 - every slice is called so
