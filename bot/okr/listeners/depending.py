"""Dependencies in Slack: asked in a form, confirmed or declined by the other owner."""

from bot import ids
from bot.answers import Answer, say, update_view
from bot.asks import Ask
from bot.okr import depending
from bot.okr import depending_forms as forms
from bot.okr.blocks import said_view
from bot.routing import Routes

routes = Routes()


@routes.view(ids.OKR_NEEDS_FORM)
async def submit(ask: Ask) -> Answer:
    """The other owner is asked; the trace takes the form's place."""
    reference = str(ask.metadata.get("reference", ""))
    needed = await ask.run(
        depending.ask, ask.person.member_id, reference, ask.form.text(forms.NEEDS), ask.form.text(forms.NOTE)
    )
    return update_view(said_view("Kept", forms.needed_line(needed)))


@routes.action(ids.OKR_NEEDS_YES)
async def confirm(ask: Ask) -> Answer:
    """ "Yes, count on it"."""
    return await _answer(ask, yes=True)


@routes.action(ids.OKR_NEEDS_NO)
async def decline(ask: Ask) -> Answer:
    """ "No, not as asked"."""
    return await _answer(ask, yes=False)


async def _answer(ask: Ask, *, yes: bool) -> Answer:
    needed = await ask.run(depending.answer, ask.person.member_id, ids.number_of(ask.value), yes=yes)
    return say(forms.told_message(needed))
