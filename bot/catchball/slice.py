"""Catchball as the composition root sees it."""

from bot.catchball.clock import NOTES, expire_due, find_due, may_be_due, next_due
from bot.catchball.home import draw_held, read_held
from bot.catchball.listeners import routes
from bot.catchball.mentions import SHOWN
from bot.catchball.overhearing import routes as overheard
from bot.catchball.posting import KEY, close
from bot.catchball.seasons import announce, next_look
from bot.catchball.words import WORDS
from bot.routing import Routes
from bot.slices import Closing, HomeSection, Slice

_routes = Routes()
_routes.include([routes, overheard])

slice = Slice(  # noqa: A001 - every slice is called so
    name="catchball",
    routes=_routes,
    due=(expire_due, announce),
    find_due=find_due,
    may_be_due=may_be_due,
    next_due=next_due,
    next_look=next_look,
    home=HomeSection(rank=20, read=read_held, draw=draw_held),
    notes=(NOTES,),
    words=(*WORDS, *SHOWN),
    closing=Closing(KEY, close),
)
