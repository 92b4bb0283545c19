"""`/hoshin setup`, versions of the plan, and the first steps."""

from dataclasses import replace
from typing import Any

from bot import ids
from bot.answers import Answer, Message, RefreshHome, View, nothing, open_view, say, update_view
from bot.asks import Ask
from bot.conversations import check_takes_posts
from bot.planning.blocks.calendar import (
    DAYS,
    REVIEW_DAYS,
    calendar_saved_view,
    days_form,
    reviews_form,
)
from bot.planning.blocks.setup import (
    ALL_FIGURES,
    FIGURES,
    FORMS,
    FRAME,
    RHYTHM,
    activated_view,
    figures_form,
    figures_saved_view,
    frame_form,
    frame_saved_view,
    next_form,
    next_saved_view,
    overview_view,
    rhythm_form,
    rhythm_saved_view,
)
from bot.planning.listeners.meeting import meet, show
from bot.planning.reading import read_day, read_number
from bot.planning.service import setup
from bot.planning.service.setup import Frame
from bot.routing import Routes
from storage.editing.calendar import DAYS_OFF, HOLIDAYS, REVIEW_HOUR, REVIEWS, SPREAD, WORK_DAYS
from storage.rules.errors import Invalid, Overtaken

routes = Routes()

CHANNELS = ("review_channel_id", "ideas_channel_id", "digest_channel_id")


@routes.command("hoshin setup")
async def set_up(ask: Ask) -> Answer:
    """Makes the plan, or shows everything of the set-up to change it."""
    return open_view(await _overview(ask))


@routes.action(ids.PLAN_SETUP)
async def open_page(ask: Ask) -> Answer:
    """A page of the set-up, named by the button's value."""
    return show(ask, await _page(ask), FORMS)


@routes.view(ids.SETUP_FRAME)
async def save_frame(ask: Ask) -> Answer:
    known = ask.metadata
    plan_id, since = known.get("plan"), known.get("version")
    if (plan_id is not None and not isinstance(plan_id, int)) or not isinstance(since, int):
        raise Invalid(ids.OLD_FORM)
    members = await meet(ask, ("lead",))
    form = ask.form
    values = {
        "title": form.text("title"),
        "vision": form.text("vision"),
        "values": form.text("values"),
        "starts_on": read_day("starts_on", form.text("starts_on")),
        "zone": form.text("zone"),
    }
    lead = members.get(form.text("lead"))
    member_id = ask.person.member_id
    try:
        plan = await ask.run(
            setup.save_frame,
            member_id,
            plan_id,
            values,
            lead_id=lead,
            since=since,
            sure_of=str(known.get("sure_of", "")),
        )
    except setup.YearIsOver as over:
        again = await ask.read(setup.redraw_frame, member_id, plan_id, values)
        asked = replace(again, lead_slack_id=form.text("lead"), version=since)
        return update_view(frame_form(asked, over.sentence, sure_of=form.text("starts_on")))
    except Overtaken as overtaken:
        if plan_id is None:
            raise
        again = await ask.read(setup.redraw_frame, member_id, plan_id, values)
        return update_view(frame_form(again, overtaken.sentence))
    return update_view(frame_saved_view(plan, is_new=plan_id is None), RefreshHome())


@routes.view(ids.SETUP_RHYTHM)
async def save_rhythm(ask: Ask) -> Answer:
    form = ask.form
    numbers = ("checkin_opens_weekday", "checkin_closes_weekday", "checkin_closes_hour")
    values = {name: read_number(name, form.text(name)) for name in numbers}
    chosen = {name: form.text(name) or None for name in CHANNELS}
    before = await ask.read(setup.open_rhythm, ask.person.member_id)
    for name, channel_id in chosen.items():
        if channel_id is not None and channel_id != before[name]:
            await _check_channel(ask, name, channel_id)
    saved = await ask.run(setup.save_rhythm, ask.person.member_id, values | chosen)
    return update_view(rhythm_saved_view(saved))


@routes.view(ids.SETUP_DAYS)
async def save_days(ask: Ask) -> Answer:
    form = ask.form
    said: dict[str, Any] = {name: form.text(name) for name in (HOLIDAYS, SPREAD)}
    said[WORK_DAYS] = [read_number(WORK_DAYS, day) for day in form.choices(WORK_DAYS)]
    if DAYS_OFF in form.values:
        said[DAYS_OFF] = form.text(DAYS_OFF)
    saved = await ask.run(setup.save_calendar, ask.person.member_id, said)
    return update_view(calendar_saved_view(saved, DAYS))


@routes.view(ids.SETUP_REVIEWS)
async def save_reviews(ask: Ask) -> Answer:
    form = ask.form
    said: dict[str, Any] = {name: form.text(name) for name in REVIEWS}
    said[REVIEW_HOUR] = read_number(REVIEW_HOUR, form.text(REVIEW_HOUR))
    saved = await ask.run(setup.save_calendar, ask.person.member_id, said)
    return update_view(calendar_saved_view(saved, REVIEW_DAYS))


@routes.view(ids.SETUP_FIGURES)
async def save_figures(ask: Ask) -> Answer:
    person = ask.person
    saved = await ask.run(setup.save_figures, person.member_id, ask.form.texts(), person.locale)
    return update_view(figures_saved_view(saved, person.locale), RefreshHome())


@routes.action(ids.PLAN_EXAMPLE)
async def start_example(ask: Ask) -> Answer:
    """ "Start with the worked example"."""
    plan = await ask.run(setup.start_example, ask.person.member_id)
    return say(
        Message(
            f"{plan.title} is loaded, and you are its strategy lead. Look around on the Home tab; "
            "`/hoshin edit A-1` opens a form, `/hoshin setup` makes it yours."
        ),
        RefreshHome(),
    )


@routes.action(ids.PLAN_NEXT)
async def open_next(ask: Ask) -> Answer:
    """ "Make next year's plan"."""
    plan, title = await ask.read(setup.open_next, ask.person.member_id)
    return show(ask, next_form(plan, title), FORMS)


@routes.view(ids.PLAN_NEXT)
async def make_next(ask: Ask) -> Answer:
    carry = ask.form.choices("carry")
    made = await ask.run(setup.make_next, ask.person.member_id, ask.form.text("title"), carry)
    return update_view(next_saved_view(made))


@routes.action(ids.PLAN_ACTIVATE)
async def activate(ask: Ask) -> Answer:
    """ "Make it the active plan", confirmed."""
    plan = await ask.run(setup.activate, ask.person.member_id, ids.number_of(ask.value))
    return nothing(*show(ask, activated_view(plan), FORMS).then, RefreshHome())


async def _check_channel(ask: Ask, field: str, channel_id: str) -> None:
    """Raises Invalid, with that field, where nothing could be posted in a channel that is newly chosen."""
    try:
        check_takes_posts(await ask.look_at(channel_id))
    except Invalid as error:
        raise Invalid(error.sentence, field=field) from error


async def _page(ask: Ask) -> View:
    member_id = ask.person.member_id
    page, _, number = ask.value.partition(" ")
    if page == FRAME:
        return frame_form(await ask.read(setup.open_frame, member_id, ids.number_of(number)))
    if page == RHYTHM:
        return rhythm_form(await ask.read(setup.open_rhythm, member_id))
    if page in {DAYS, REVIEW_DAYS}:
        calendar = await ask.read(setup.open_calendar, member_id)
        return days_form(calendar) if page == DAYS else reviews_form(calendar)
    if ask.value in {FIGURES, ALL_FIGURES}:
        figures = await ask.read(setup.open_figures, member_id)
        return figures_form(
            figures, ask.person.locale, ask.form.texts() if ask.value == ALL_FIGURES else None
        )
    return await _overview(ask)


async def _overview(ask: Ask) -> View:
    found = await ask.read(setup.open_setup, ask.person.member_id)
    return frame_form(found) if isinstance(found, Frame) else overview_view(found)
