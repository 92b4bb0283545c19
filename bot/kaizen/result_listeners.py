"""What people do about the results of ideas in Slack."""

from bot import ids
from bot.answers import (
    Answer,
    Message,
    RefreshHome,
    UpdateView,
    nothing,
    say,
)
from bot.asks import Ask
from bot.kaizen import results
from bot.kaizen.forms import (
    benefit_form,
    offer_form,
    slipped_form,
)
from bot.kaizen.opening import read_named, show_in_place
from bot.kaizen.picturing import as_next_page
from bot.kaizen.views import idea_view
from bot.routing import Routes
from storage.rules.kaizen import Ask as Asked

routes = Routes()


@routes.action(ids.KAIZEN_BENEFIT)
async def begin_benefits(ask: Ask) -> Answer:
    """Planned and actual benefit."""
    return show_in_place(ask, benefit_form(await read_named(ask)))


@routes.view(ids.KAIZEN_BENEFIT_FORM)
async def write_benefits(ask: Ask) -> Answer:
    """The benefits, saved."""
    detail = await ask.run(
        results.write_benefits,
        ask.person.member_id,
        ask.carried_number("idea"),
        ask.form.texts(),
        ask.person.locale,
    )
    return as_next_page(detail)


@routes.action(ids.KAIZEN_CONFIRM)
async def confirm(ask: Ask) -> Answer:
    """ "Confirm the benefit"."""
    detail = await ask.run(results.confirm, ask.person.member_id, ids.number_of(ask.value))
    return show_in_place(ask, idea_view(detail))


@routes.action(ids.KAIZEN_LASTED)
async def say_lasted(ask: Ask) -> Answer:
    """ "It has" lasted."""
    detail = await ask.run(results.say_lasted, ask.person.member_id, ids.number_of(ask.value))
    if ask.is_in_form:
        return nothing(UpdateView(idea_view(detail)), RefreshHome())
    return say(Message(f"Noted: the result of {detail.idea.reference} has lasted."), RefreshHome())


@routes.action(ids.KAIZEN_SLIPPED)
async def begin_slipped(ask: Ask) -> Answer:
    """ "It has slipped"."""
    return show_in_place(ask, slipped_form(ids.number_of(ask.value)))


@routes.view(ids.KAIZEN_SLIPPED_FORM)
async def say_slipped(ask: Ask) -> Answer:
    """What happened; the idea is planned anew."""
    check_id = ask.carried_number("check")
    detail = await ask.run(results.say_slipped, ask.person.member_id, check_id, ask.form.text(Asked.LESSON))
    return as_next_page(detail, RefreshHome())


@routes.action(ids.KAIZEN_OFFER)
async def begin_offer(ask: Ask) -> Answer:
    """Where else it would help."""
    detail, teams = await ask.read(results.find_teams, ask.person.member_id, ids.number_of(ask.value))
    if not teams:
        return say(
            Message("There is no team to offer it to: all that have a lead know. `/hoshin team` names leads.")
        )
    return show_in_place(ask, offer_form(detail, teams))


@routes.view(ids.KAIZEN_OFFER_FORM)
async def make_offer(ask: Ask) -> Answer:
    """The teams chosen; their leads are told."""
    team_ids = [int(choice) for choice in ask.form.choices("teams") if choice.isdigit()]
    detail = await ask.run(results.offer, ask.person.member_id, ask.carried_number("idea"), team_ids)
    return as_next_page(detail)


@routes.action(ids.KAIZEN_TAKE_OVER)
async def take_over(ask: Ask) -> Answer:
    """A team's lead takes a result over."""
    return await _answer_offer(ask, takes=True)


@routes.action(ids.KAIZEN_NOT_HERE)
async def refuse(ask: Ask) -> Answer:
    """A team's lead says that a result does not fit there."""
    return await _answer_offer(ask, takes=False)


async def _answer_offer(ask: Ask, *, takes: bool) -> Answer:
    reference, state = await ask.run(
        results.answer_offer, ask.person.member_id, ids.number_of(ask.value), takes=takes
    )
    return say(Message(f"{reference}: {state}. The people who tried it read that in its thread."))
