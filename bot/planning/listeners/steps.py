"""Steps of initiatives, and KPIs' plans by month."""

from typing import Any

from bot import ids
from bot.answers import Answer, RefreshHome, nothing, update_view
from bot.asks import Ask
from bot.planning.blocks.steps import (
    CHANGE,
    DOWN,
    FORMS,
    OPEN,
    REMOVE,
    UP,
    months_view,
    step_form,
    steps_view,
)
from bot.planning.listeners.meeting import meet, show
from bot.planning.reading import read_day
from bot.planning.service import steps
from bot.routing import Routes
from storage.rules.errors import Invalid, Overtaken
from storage.rules.hierarchy import Ref, parse_reference

routes = Routes()


@routes.action(ids.PLAN_STEPS)
async def open_steps(ask: Ask) -> Answer:
    plan = await ask.read(steps.open_steps, ask.person.member_id, parse_reference(ask.value))
    return show(ask, steps_view(plan), FORMS)


@routes.view(ids.PLAN_STEPS)
async def add_step(ask: Ask) -> Answer:
    """Adds the step and shows the plan again, with room for the next one."""
    values = await _values(ask)
    values.setdefault("owner_id", None)
    plan = await ask.run(steps.add_step, ask.person.member_id, _ref(ask), values)
    return update_view(steps_view(plan), RefreshHome())


@routes.action(ids.STEP_TICK)
async def tick(ask: Ask) -> Answer:
    """ "Done"."""
    step_id = ids.number_of(ask.action_id)
    plan = await ask.run(steps.tick_step, ask.person.member_id, step_id, done=True)
    return nothing(*show(ask, steps_view(plan), FORMS).then, RefreshHome())


@routes.action(ids.STEP_MORE)
async def more(ask: Ask) -> Answer:
    """The ⋯ menu of a step."""
    step_id = ids.number_of(ask.action_id)
    member_id = ask.person.member_id
    if ask.value == CHANGE:
        plan, row = await ask.read(steps.open_step, member_id, step_id)
        return show(ask, step_form(plan, row), FORMS)
    if ask.value == OPEN:
        plan = await ask.run(steps.tick_step, member_id, step_id, done=False)
        return nothing(*show(ask, steps_view(plan), FORMS).then, RefreshHome())
    if ask.value == REMOVE:
        plan, removed = await ask.run(steps.remove_step, member_id, step_id)
        return show(ask, steps_view(plan, removed), FORMS)
    places = {UP: -1, DOWN: 1}.get(ask.value)
    if places is not None:
        return show(ask, steps_view(await ask.run(steps.move_step, member_id, step_id, places)), FORMS)
    raise Invalid("This button comes from an older message. Open the steps again.")


@routes.view(ids.STEP_EDIT)
async def change_step(ask: Ask) -> Answer:
    """Saves a step and goes back to all of them."""
    known = ask.metadata
    step_id, since = known.get("step"), known.get("version")
    if not isinstance(step_id, int) or not isinstance(since, int):
        raise Invalid(ids.OLD_FORM)
    member_id, values = ask.person.member_id, await _values(ask)
    try:
        plan = await ask.run(steps.change_step, member_id, step_id, values, since)
    except Overtaken as overtaken:
        now, row = await ask.read(steps.redraw_step, member_id, step_id, values)
        return update_view(step_form(now, row, overtaken.sentence))
    return update_view(steps_view(plan), RefreshHome())


@routes.action(ids.STEP_RESTORE)
async def restore_step(ask: Ask) -> Answer:
    """ "Undo"."""
    plan = await ask.run(steps.restore_step, ask.person.member_id, ids.number_of(ask.value))
    return show(ask, steps_view(plan), FORMS)


@routes.action(ids.PLAN_MONTHS)
async def open_months(ask: Ask) -> Answer:
    plan = await ask.read(steps.open_months, ask.person.member_id, parse_reference(ask.value))
    return show(ask, months_view(plan, ask.person.locale), FORMS)


@routes.view(ids.PLAN_MONTHS)
async def save_months(ask: Ask) -> Answer:
    """Saves; where someone else planned the same month anew, the form comes back with what was typed."""
    person, ref, typed = ask.person, _ref(ask), ask.form.text("months")
    since = ask.metadata.get("version")
    if not isinstance(since, int):
        raise Invalid(ids.OLD_FORM)
    try:
        plan = await ask.run(
            steps.save_months, person.member_id, ref, typed, locale=person.locale, since=since
        )
    except Overtaken as overtaken:
        now = await ask.read(steps.open_months, person.member_id, ref)
        return update_view(months_view(now, person.locale, typed=typed, notice=overtaken.sentence))
    return update_view(months_view(plan, person.locale, is_saved=True))


async def _values(ask: Ask) -> dict[str, Any]:
    """What the fields of a step hold; an owner who is not in Slack stays where the menu is empty."""
    members = await meet(ask, ("owner",))
    owner, due_on = ask.form.text("owner"), ask.form.text("due_on")
    values: dict[str, Any] = {
        "title": " ".join(ask.form.text("title").split()),
        "due_on": read_day("due_on", due_on) if due_on else None,
    }
    return values | ({"owner_id": members[owner]} if owner else {})


def _ref(ask: Ask) -> Ref:
    reference = ask.metadata.get("ref")
    if not isinstance(reference, str):
        raise Invalid(ids.OLD_FORM)
    return parse_reference(reference)
