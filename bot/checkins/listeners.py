"""What people do about their check-in in Slack: parse, one service call, answer."""

from bot import ids
from bot.answers import Answer, Message, RefreshHome, UpdateView, View, nothing, open_view, say, update_view
from bot.asks import Ask
from bot.blockkit.mrkdwn import literal
from bot.checkins import answering, lead_messages, leading, single_items
from bot.checkins.answering import Page
from bot.checkins.facts import Waiting
from bot.checkins.forms import (
    DELEGATE,
    REASON,
    checkin_form,
    delegate_form,
    item_form,
    item_why_view,
    nothing_due_message,
    skip_form,
    thanks_view,
    why_view,
)
from bot.checkins.leading import TeamSettings
from bot.checkins.messages import skipped_message, snoozed_message
from bot.checkins.single_items import Single
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
    result = await ask.run(answering.submit, ask.person.member_id, prompt_id, page, ask.form.texts())
    if isinstance(result, Page):
        return update_view(_form(result))
    return update_view(thanks_view(result), RefreshHome())


@routes.action(ids.CHECKIN_BACK)
async def turn_back(ask: Ask) -> Answer:
    """The page before; what was typed on this one is kept."""
    prompt_id, page = _place(ask)
    result = await ask.run(answering.turn_back, ask.person.member_id, prompt_id, page, ask.form.texts())
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


@routes.action(ids.CHECKIN_ITEM)
async def act_on_item(ask: Ask) -> Answer:
    """The menu beside one item: an answer without the form, its own form, or why it is asked."""
    what, question_id = ids.route_of(ask.value), ids.number_of(ask.value)
    if what == ids.ITEM_OPEN:
        single = await ask.read(single_items.open_item, ask.person.member_id, question_id)
        return open_view(item_form(single))
    if what == ids.ITEM_WHY:
        found = await ask.read(single_items.explain_item, ask.person.member_id, question_id)
        return open_view(item_why_view(*found))
    if what == ids.ITEM_SAME:
        await ask.run(single_items.confirm_item, ask.person.member_id, question_id)
    else:
        place = ids.number_of(what)
        await ask.run(single_items.choose_answer, ask.person.member_id, question_id, place)
    return nothing(RefreshHome())


@routes.view(ids.CHECKIN_ITEM_FORM)
async def submit_item(ask: Ask) -> Answer:
    """One item's form, sent: what its answer asks for, or its line in the message shows what was saved."""
    question_id, page = ask.carried_number("question"), ask.carried_number("page")
    result = await ask.run(
        single_items.submit_item, ask.person.member_id, question_id, page, ask.form.texts()
    )
    if isinstance(result, Single):
        return update_view(item_form(result))
    return nothing(RefreshHome())


@routes.action(ids.CHECKIN_SKIP)
async def open_skip(ask: Ask) -> Answer:
    """ "Skip this week", pressed below "Why this?", asks why."""
    return open_view(skip_form(ids.number_of(ask.value)))


@routes.view(ids.CHECKIN_SKIP_FORM)
async def skip(ask: Ask) -> Answer:
    """The reason, sent: the week is left out."""
    reason = ask.form.text(REASON)
    prompt = await ask.run(answering.skip, ask.person.member_id, ask.carried_number("prompt"), reason)
    return say(skipped_message(prompt), RefreshHome())


@routes.action(ids.CHECKIN_DELEGATE)
async def open_delegation(ask: Ask) -> Answer:
    """ "Someone else, this once", pressed below "Why this?"."""
    return open_view(delegate_form(ids.number_of(ask.value)))


@routes.view(ids.CHECKIN_DELEGATE)
async def delegate(ask: Ask) -> Answer:
    """The other person is asked."""
    name = await ask.run(
        answering.delegate, ask.person.member_id, ask.carried_number("prompt"), ask.form.text(DELEGATE)
    )
    return say(Message(f"{literal(name)} is asked to answer this check-in for you. You still can, too."))


@routes.command("checkin team")
async def open_team(ask: Ask) -> Answer:
    """For a lead: how the team checks in."""
    return open_view(_team_form(await ask.read(leading.find_team, ask.person.member_id, ask.text)))


@routes.view(ids.CHECKIN_TEAM)
async def save_team(ask: Ask) -> Answer:
    """The lead's form, sent."""
    saved = await ask.run(
        leading.save_team,
        ask.person.member_id,
        ask.carried_number("team"),
        ask.form.texts(),
        names_missing=bool(ask.form.choices(leading.MISSING)),
    )
    return say(lead_messages.saved_message(saved.team, saved.paused_until))


@routes.action(ids.CHECKIN_ASK_NOW)
async def ask_now(ask: Ask) -> Answer:
    """ "Ask now": the reminder comes now instead of later."""
    count = await ask.run(leading.ask_now, ask.person.member_id, ids.number_of(ask.value))
    return say(lead_messages.asked_now_message(count))


@routes.action(ids.CHECKIN_PREVIEW)
async def preview(ask: Ask) -> Answer:
    """ "Preview": what the team will be asked next."""
    found = await ask.read(leading.preview, ask.person.member_id, ids.number_of(ask.value))
    return say(lead_messages.preview_message(found.team, found.week_on, found.rows, ask.person.zone))


@routes.action(ids.CHECKIN_ACKNOWLEDGE)
async def acknowledge(ask: Ask) -> Answer:
    """ "Acknowledge" below a summary."""
    await ask.run(leading.acknowledge, ask.person.member_id, ids.number_of(ask.value))
    return nothing()


@routes.action(ids.CHECKIN_REMARK)
async def open_remark(ask: Ask) -> Answer:
    """ "Ask in the thread" below a summary."""
    return open_view(lead_messages.remark_form(ids.number_of(ask.value)))


@routes.view(ids.CHECKIN_REMARK)
async def submit_remark(ask: Ask) -> Answer:
    """The lead's question goes into the thread."""
    text = ask.form.text(lead_messages.REMARK)
    await ask.run(leading.ask_in_thread, ask.person.member_id, ask.carried_number("window"), text)
    return nothing()


@routes.action(ids.CHECKIN_ASSIGN)
async def open_assignment(ask: Ask) -> Answer:
    """ "Assign a blocker" below a summary."""
    window_id = ids.number_of(ask.value)
    blockers = await ask.run(leading.list_blockers, ask.person.member_id, window_id)
    rows = [(one.id, one.whose, one.text) for one in blockers]
    return open_view(lead_messages.blocker_form(window_id, rows))


@routes.view(ids.CHECKIN_ASSIGN)
async def assign_blocker(ask: Ask) -> Answer:
    """The blocker's new owner is told."""
    await ask.run(
        leading.assign_blocker,
        ask.person.member_id,
        ask.carried_number("window"),
        ids.number_of(ask.form.text(lead_messages.BLOCKER)),
        ask.form.text(lead_messages.OWNER),
    )
    return nothing()


def _team_form(found: TeamSettings) -> View:
    return lead_messages.team_form(
        team_id=found.team_id,
        team=found.team,
        template=found.template,
        own=found.own,
        pulse=found.pulse,
        names_missing=found.names_missing,
        paused_until=found.paused_until,
    )


def _form(page: Page) -> View:
    return checkin_form(page.prompt, page.number, page.typed)


def _place(ask: Ask) -> tuple[int, int]:
    """Which prompt's form it is, and which page of it."""
    place = ask.metadata
    prompt_id, page = place.get("prompt"), place.get("page")
    if not isinstance(prompt_id, int) or not isinstance(page, int):
        raise Invalid(ids.OLD_FORM)
    return prompt_id, page
