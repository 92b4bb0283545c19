"""Kaizen as the composition root sees it."""

from bot.kaizen import event_listeners, listeners, picturing, result_listeners
from bot.kaizen.home import draw_desk
from bot.kaizen.lists import read_desk
from bot.kaizen.mentions import WORDS
from bot.kaizen.reminding import (
    NOTES,
    drop_drafts,
    find_due,
    may_be_due,
    next_due,
    post_month,
    post_waiting,
    unseal,
)
from bot.kaizen.voting import redraw_behind
from bot.routing import Routes
from bot.slices import HomeSection, Slice

routes = Routes()
routes.include([listeners.routes, picturing.routes, result_listeners.routes, event_listeners.routes])

slice = Slice(  # noqa: A001 - every slice is called so
    name="kaizen",
    routes=routes,
    due=(post_waiting, redraw_behind, drop_drafts, unseal, post_month),
    find_due=find_due,
    may_be_due=may_be_due,
    next_due=next_due,
    home=HomeSection(rank=60, read=read_desk, draw=draw_desk),
    notes=NOTES,
    words=WORDS,
)
