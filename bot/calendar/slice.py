"""The calendar as the composition root sees it."""

from bot.calendar.blocks import draw_next
from bot.calendar.listeners import routes
from bot.calendar.service import read_agenda
from bot.slices import HomeSection, Slice

slice = Slice(  # noqa: A001 - every slice is called so
    name="calendar",
    routes=routes,
    home=HomeSection(rank=60, read=read_agenda, draw=draw_next),
)
