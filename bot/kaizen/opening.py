"""What the buttons of an idea open: the idea that they name, in the place of the form that is open."""

from bot import ids
from bot.answers import Answer, UpdateView, View, nothing, open_view
from bot.asks import Ask
from bot.kaizen import reading
from bot.kaizen.facts import Detail


async def read_named(ask: Ask) -> Detail:
    """The idea whose id a button carries."""
    return await ask.read(reading.show, ask.person.member_id, ids.number_of(ask.value))


def show_in_place(ask: Ask, view: View) -> Answer:
    """In the place of the form that is open, else as a new one."""
    return nothing(UpdateView(view)) if ask.is_in_form else open_view(view)
