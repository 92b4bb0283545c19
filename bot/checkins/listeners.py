"""What people do about their check-in in Slack: parse, one service call, answer."""

from bot import ids
from bot.answers import Answer, RefreshHome, UpdateView, View, nothing, open_view, say, update_view
from bot.asks import Ask
from bot.checkins import answering
from bot.checkins.answering import Page
from bot.checkins.facts import Waiting
from bot.checkins.forms import checkin_form, nothing_due_message, thanks_view, why_view
from bot.checkins.messages import skipped_message, snoozed_message
from bot.routing import Routes
from storage.rules.errors import Invalid

routes = Routes()


@routes.command("checkin")
async def check_in(ask: Ask) -> Answer:
    """Opens what is due, or what was answered, to correct it."""
    found = await ask.read(answering.find_page, ask.person.member_id)
    if isinstance(found, Waiting):
        return say(nothing_due_message(found, ask.person.zone))
    return open_view(_form(found))


routes.shortcut(ids.CHECKIN_OPEN)(check_in)


@routes.action(ids.CHECKIN_OPEN)
async def open_form(ask: Ask) -> Answer:
    """ "Check in" and "Correct"."""
    page = await ask.read(answering.open_page, ask.person.member_id, ids.number_of(ask.value))
    return open_view(_form(page))


@routes.view(ids.CHECKIN_FORM)
async def submit_page(ask: Ask) -> Answer:
    """The next page of the form, or after the last one the trace of what was saved."""
    prompt_id, page = _place(ask)
    result = await ask.run(answering.submit, ask.person.member_id, prompt_id, page, _typed(ask))
    if isinstance(result, Page):
        return update_view(_form(result))
    return update_view(thanks_view(result), RefreshHome())


@routes.action(ids.CHECKIN_BACK)
async def turn_back(ask: Ask) -> Answer:
    """The page before; what was typed on this one is kept."""
    prompt_id, page = _place(ask)
    result = await ask.run(answering.turn_back, ask.person.member_id, prompt_id, page, _typed(ask))
    return nothing(UpdateView(_form(result)))


@routes.action(ids.CHECKIN_UNCHANGED)
async def confirm_unchanged(ask: Ask) -> Answer:
    """ "Nothing changed": the trace appears in the question's place."""
    await ask.run(answering.confirm_unchanged, ask.person.member_id, ids.number_of(ask.value))
    return nothing(RefreshHome())


@routes.action(ids.CHECKIN_LATER)
async def snooze(ask: Ask) -> Answer:
    """ "Later today" says when that is."""
    prompt = await ask.run(answering.snooze, ask.person.member_id, ids.number_of(ask.value))
    return say(snoozed_message(prompt), RefreshHome())


@routes.action(ids.CHECKIN_WHY)
async def explain(ask: Ask) -> Answer:
    """ "Why this?"."""
    prompt, rhythm = await ask.read(answering.explain, ask.person.member_id, ids.number_of(ask.value))
    return open_view(why_view(prompt, rhythm))


@routes.action(ids.CHECKIN_SKIP)
async def skip(ask: Ask) -> Answer:
    """ "Skip this week", pressed below "Why this?"."""
    prompt = await ask.run(answering.skip, ask.person.member_id, ids.number_of(ask.value))
    return say(skipped_message(prompt), RefreshHome())


def _form(page: Page) -> View:
    return checkin_form(page.prompt, page.number, page.typed)


def _place(ask: Ask) -> tuple[int, int]:
    """Which prompt's form it is, and which page of it."""
    place = ids.unpack(ask.view.metadata if ask.view else "")
    prompt_id, page = place.get("prompt"), place.get("page")
    if not isinstance(prompt_id, int) or not isinstance(page, int):
        raise Invalid("This form comes from an older version. Close it and open it again.")
    return prompt_id, page


def _typed(ask: Ask) -> dict[str, str]:
    return {name: ask.form.text(name) for name in ask.form.values}
