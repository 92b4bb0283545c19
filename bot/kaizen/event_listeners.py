"""What people do about Kaizen events in Slack."""

from bot import ids
from bot.answers import Answer, RefreshHome, UpdateView, View, nothing, offer, open_view, update_view
from bot.asks import Ask
from bot.blockkit.kit import option
from bot.kaizen import events
from bot.kaizen.event_forms import event_form, formed_view, formed_words, result_form, result_words
from bot.kaizen.events import EventSheet, Place
from bot.routing import Routes
from storage.rules.errors import Invalid

routes = Routes()
OURS = frozenset({ids.KAIZEN_IDEA, ids.KAIZEN_EVENT_FORM, ids.PLAN_SAVED})
"""The forms in whose place the next one stands."""


@routes.action(ids.KAIZEN_EVENT)
async def begin(ask: Ask) -> Answer:
    """ "Make it a Kaizen event", on an idea or an initiative."""
    place = Place(idea_id=int(ask.value)) if ask.value.isdigit() else Place(reference=ask.value)
    return _show(ask, event_form(await ask.read(events.begin, ask.person.member_id, place)))


@routes.action(ids.KAIZEN_EVENT_MORE)
async def widen(ask: Ask) -> Answer:
    """The rest of the form, with what was typed."""
    place = _place(ask)
    sheet = await ask.read(events.begin, ask.person.member_id, place)
    typed = ask.form.texts()
    goals = await ask.read(events.find_goals, ask.person.member_id, typed.get(events.GOAL, ""))
    chosen = next((pair for pair in goals if pair[0] == typed.get(events.GOAL)), None)
    whole = EventSheet(place=place, typed=typed, goal=chosen, ideas=sheet.ideas, is_whole=True)
    return nothing(UpdateView(event_form(whole)))


@routes.options(ids.KAIZEN_EVENT_GOALS)
async def offer_goals(ask: Ask) -> Answer:
    found = await ask.read(events.find_goals, ask.person.member_id, ask.text)
    return offer([option(words, value) for value, words in found])


@routes.options(ids.KAIZEN_EVENT_IDEAS)
async def offer_ideas(ask: Ask) -> Answer:
    found = await ask.read(events.find_ideas, ask.person.member_id, ask.text)
    return offer([option(words, value) for value, words in found])


@routes.view(ids.KAIZEN_EVENT_FORM)
async def save(ask: Ask) -> Answer:
    """The event, saved."""
    place = _place(ask)
    team = [(await ask.meet(one)).member_id for one in ask.form.choices(events.TEAM)]
    shows_ideas = events.IDEAS in ask.form.values
    formed = await ask.run(
        events.form,
        ask.person.member_id,
        place,
        ask.form.texts(),
        team=team,
        ideas=ask.form.choices(events.IDEAS) if shows_ideas else None,
    )
    return update_view(formed_view(formed, formed_words(formed)), RefreshHome())


@routes.action(ids.KAIZEN_RESULT)
async def begin_result(ask: Ask) -> Answer:
    """ "Its result"."""
    return _show(ask, result_form(await ask.read(events.begin_result, ask.person.member_id, ask.value)))


@routes.view(ids.KAIZEN_RESULT_FORM)
async def record_result(ask: Ask) -> Answer:
    """The result, recorded; the ideas that are done with it are closed."""
    formed = await ask.run(
        events.record_result,
        ask.person.member_id,
        str(ask.metadata.get("ref") or ""),
        ask.form.texts(),
        closes=[int(one) for one in ask.form.choices(events.IDEAS) if one.isdigit()],
        is_over=bool(ask.form.choices(events.OVER)),
    )
    return update_view(formed_view(formed, result_words(formed)), RefreshHome())


def _show(ask: Ask, view: View) -> Answer:
    is_ours = ask.view is not None and ask.view.callback_id in OURS
    return nothing(UpdateView(view)) if is_ours else open_view(view)


def _place(ask: Ask) -> Place:
    place = ask.metadata
    reference, idea_id = place.get("ref", ""), place.get("idea", 0)
    if not isinstance(reference, str) or not isinstance(idea_id, int):
        raise Invalid(ids.OLD_FORM)
    return Place(reference, idea_id)
