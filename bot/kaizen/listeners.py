"""What people do about ideas in Slack: parse, one service call, answer."""

from dataclasses import replace

from bot import ids
from bot.answers import (
    Answer,
    Message,
    RefreshHome,
    UpdateView,
    View,
    nothing,
    offer,
    open_view,
    say,
    update_view,
)
from bot.asks import Ask
from bot.blockkit.kit import option
from bot.conversations import check_takes_posts
from bot.kaizen import lists, moving, reading, setting, submitting, voting
from bot.kaizen.cards import figures_message, list_message, mine_message
from bot.kaizen.facts import Sheet
from bot.kaizen.figures import read_figures_for
from bot.kaizen.forms import (
    CHANNEL,
    DAYS,
    OPTIONS,
    estimate_form,
    hand_over_form,
    idea_form,
    settings_form,
    step_form,
    whys_form,
)
from bot.kaizen.guide import HELP
from bot.kaizen.opening import read_named, show_in_place
from bot.kaizen.picturing import as_next_page, dropped, look_at
from bot.kaizen.views import board_view, idea_view, said_view, submitted_view
from bot.payloads import is_private
from bot.routing import Routes
from storage.rules.errors import Invalid
from storage.rules.kaizen import STEPS, IdeaState, Move
from storage.rules.kaizen import Ask as Asked
from storage.rules.kaizen_whys import MOST, field_of

routes = Routes()


@routes.command("kaizen")
async def show_mine(ask: Ask) -> Answer:
    """My ideas, what I carry, and how to tell a new one."""
    desk = await ask.read(lists.read_desk, ask.person.member_id)
    return say(mine_message(desk))


@routes.command("kaizen new")
async def start(ask: Ask) -> Answer:
    """The form, with the words typed behind the command."""
    sheet = await ask.read(submitting.start, ask.person.member_id, ask.text)
    if ask.text.strip():
        await ask.run(submitting.keep, ask.person.member_id, submitting.Origin(ask.text))
    return open_view(_form(ask, sheet))


routes.shortcut(ids.KAIZEN_NEW)(start)
routes.action(ids.KAIZEN_NEW)(start)


@routes.shortcut(ids.KAIZEN_FROM_MESSAGE)
async def start_from_message(ask: Ask) -> Answer:
    """The form, with what the message says; of a private conversation with a word about that."""
    origin = _origin(ask)
    if origin.author and not (ask.payload.get("message") or {}).get("bot_id"):
        await ask.meet(origin.author)
    sheet = await ask.read(submitting.start_from, ask.person.member_id, origin)
    await ask.run(submitting.keep, ask.person.member_id, origin)
    return open_view(_form(ask, sheet))


@routes.action(ids.KAIZEN_MORE)
async def widen(ask: Ask) -> Answer:
    """The rest of the form."""
    shown, _ = _place(ask)
    typed = _typed(ask) | {submitting.REST: _kept(ask, submitting.REST)}
    typed[submitting.PICTURE] = dropped(ask, submitting.PICTURE) or _kept(ask, submitting.PICTURE)
    sheet = await ask.read(submitting.widen, ask.person.member_id, typed, shown)
    return nothing(UpdateView(_form(ask, sheet)))


@routes.options(ids.KAIZEN_SERVES)
async def find_goal(ask: Ask) -> Answer:
    """Initiatives, key results and KPIs by the words typed."""
    found = await ask.read(reading.find_linkable, ask.person.member_id, ask.text)
    return offer([option(words, reference) for reference, words in found])


@routes.view(ids.KAIZEN_FORM)
async def submit(ask: Ask) -> Answer:
    """The trace of the idea, or once the form with those that say about the same."""
    shown, is_whole = _place(ask)
    if ask.form.text(submitting.AUTHOR):
        await ask.meet(ask.form.text(submitting.AUTHOR))
    typed = _typed(ask) | {submitting.REST: _kept(ask, submitting.REST)}
    kept = _kept(ask, submitting.PICTURE)
    typed[submitting.PICTURE] = await look_at(ask, submitting.PICTURE, kept)
    sheet = await ask.read(submitting.find_others, ask.person.member_id, typed, shown, is_whole=is_whole)
    if sheet is not None:
        return update_view(_form(ask, sheet))
    done = await ask.run(submitting.submit, ask.person.member_id, typed)
    return update_view(submitted_view(done))


@routes.action(ids.KAIZEN_SUPPORT, is_repeated=True)
async def support(ask: Ask) -> Answer:
    """A vote; a second press takes it back. In the form of a new idea it stands for that idea."""
    idea_id = ids.number_of(ask.value)
    if ask.view is not None and ask.view.callback_id == ids.KAIZEN_FORM:
        reference = await ask.run(submitting.support_instead, ask.person.member_id, idea_id)
        words = (
            f"You support {reference} now, and hear what becomes of it. Your own words were not submitted."
        )
        return nothing(UpdateView(said_view("Supported", words)), RefreshHome())
    reference, is_on = await ask.run(voting.toggle, ask.person.member_id, idea_id)
    if ask.view is not None and ask.view.callback_id == ids.KAIZEN_IDEA:
        detail = await ask.read(reading.show, ask.person.member_id, idea_id)
        return nothing(UpdateView(idea_view(detail)))
    words = f"You support {reference} now." if is_on else f"Your vote for {reference} is taken back."
    return say(Message(words))


@routes.event("reaction_added", needs_member=False, is_repeated=True)
async def react(ask: Ask) -> Answer:
    """An emoji on a card is a vote."""
    return await _react(ask, is_on=True)


@routes.event("reaction_removed", needs_member=False, is_repeated=True)
async def take_reaction_back(ask: Ask) -> Answer:
    """An emoji less on a card."""
    return await _react(ask, is_on=False)


@routes.command("kaizen list")
async def list_ideas(ask: Ask) -> Answer:
    """Ideas, the newest first."""
    return say(list_message(await ask.read(lists.list_ideas, ask.person.member_id, ask.text)))


@routes.command("kaizen queue")
async def show_queue(ask: Ask) -> Answer:
    """What waits for the lean council, and why in this order."""
    return say(list_message(await ask.read(lists.read_queue, ask.person.member_id)))


@routes.command("kaizen stats")
async def show_figures(ask: Ask) -> Answer:
    """How the idea system itself does."""
    return say(figures_message(await ask.read(read_figures_for, ask.person.member_id)))


@routes.command("kaizen help", is_instant=True)
async def explain(ask: Ask) -> Answer:
    """The commands, and how an idea gets its answer."""
    del ask
    return say(HELP)


@routes.command("kaizen show")
async def show_number(ask: Ask) -> Answer:
    """One idea, by its reference."""
    return open_view(idea_view(await ask.read(reading.show_number, ask.person.member_id, ask.text)))


@routes.action(ids.KAIZEN_SHOW)
async def show(ask: Ask) -> Answer:
    """ "Open"."""
    return open_view(idea_view(await read_named(ask)))


@routes.command("kaizen board")
async def show_board(ask: Ask) -> Answer:
    """All ideas by where they stand."""
    return open_view(board_view(await ask.read(lists.read_board, ask.person.member_id, IdeaState.SUBMITTED)))


@routes.action(ids.KAIZEN_BOARD)
async def turn_board(ask: Ask) -> Answer:
    """Another column of the board."""
    try:
        state = IdeaState(ask.value)
    except ValueError as error:
        raise Invalid("This button comes from an older message. Type `/kaizen board`.") from error
    view = board_view(await ask.read(lists.read_board, ask.person.member_id, state))
    return nothing(UpdateView(view)) if ask.is_in_form else open_view(view)


@routes.action(ids.KAIZEN_BOARD_MOVE)
async def move_on_board(ask: Ask) -> Answer:
    """A step on the board: where it asks for nothing, the column stays open for the next one."""
    idea_id, move = _move(ask.value)
    if STEPS[move].asks:
        return await begin_step(ask)
    await ask.run(moving.move, ask.person.member_id, idea_id, move)
    column = min(STEPS[move].sources)
    return nothing(UpdateView(board_view(await ask.read(lists.read_board, ask.person.member_id, column))))


@routes.action(ids.KAIZEN_MOVE)
async def begin_step(ask: Ask) -> Answer:
    """A step: done at once where it asks for nothing, else its form."""
    idea_id, move = _move(ask.value)
    if STEPS[move].asks:
        detail = await ask.read(reading.show, ask.person.member_id, idea_id)
        reference = detail.idea.reference
        return show_in_place(ask, step_form(idea_id, reference, move, takes_files=ask.takes_files))
    detail = await ask.run(moving.move, ask.person.member_id, idea_id, move)
    return show_in_place(ask, idea_view(detail))


@routes.view(ids.KAIZEN_STEP)
async def finish_step(ask: Ask) -> Answer:
    """What a step asked for; the idea as it is now takes the form's place."""
    place = ask.metadata
    idea_id, move = _move(f"{place.get('idea')}:{place.get('move')}")
    texts = {str(asked): ask.form.text(asked) for asked in Asked}
    if texts[Asked.RESPONSIBLE]:
        await ask.meet(texts[Asked.RESPONSIBLE])
    picture_id = await look_at(ask, moving.AFTER)
    detail = await ask.run(moving.move, ask.person.member_id, idea_id, move, texts, picture_id=picture_id)
    return as_next_page(detail, RefreshHome())


@routes.action(ids.KAIZEN_COACH)
async def coach(ask: Ask) -> Answer:
    """ "I coach it"."""
    detail = await ask.run(moving.coach, ask.person.member_id, ids.number_of(ask.value))
    return show_in_place(ask, idea_view(detail))


@routes.action(ids.KAIZEN_HAND_OVER)
async def begin_hand_over(ask: Ask) -> Answer:
    """Another coach or responsible person."""
    return show_in_place(ask, hand_over_form(await read_named(ask)))


@routes.view(ids.KAIZEN_HANDED)
async def hand_over(ask: Ask) -> Answer:
    """Who carries it from now on, and why."""
    for name in ("coach", "responsible"):
        if ask.form.text(name):
            await ask.meet(ask.form.text(name))
    detail = await ask.run(
        moving.hand_over,
        ask.person.member_id,
        ask.carried_number("idea"),
        coach=ask.form.text("coach"),
        responsible=ask.form.text("responsible"),
        reason=ask.form.text("reason"),
    )
    return as_next_page(detail)


@routes.action(ids.KAIZEN_ESTIMATE)
async def begin_estimate(ask: Ask) -> Answer:
    """Effort, impact, confidence."""
    return show_in_place(ask, estimate_form(await read_named(ask)))


@routes.view(ids.KAIZEN_ESTIMATED)
async def estimate(ask: Ask) -> Answer:
    """The estimate, saved."""
    levels = {name: _level(ask.form.text(name)) for name in ("effort", "impact", "confidence")}
    detail = await ask.run(moving.estimate, ask.person.member_id, ask.carried_number("idea"), levels)
    return as_next_page(detail)


@routes.action(ids.KAIZEN_WHYS)
async def begin_whys(ask: Ask) -> Answer:
    """The 5 Whys."""
    return show_in_place(ask, whys_form(await read_named(ask)))


@routes.view(ids.KAIZEN_WHYS_FORM)
async def write_whys(ask: Ask) -> Answer:
    """The chain, saved; where it ends in a person's name the idea says so."""
    texts = [ask.form.text(field_of(number)) for number in range(1, MOST + 1)]
    detail = await ask.run(moving.write_whys, ask.person.member_id, ask.carried_number("idea"), texts)
    return as_next_page(detail)


@routes.command("kaizen settings")
async def show_settings(ask: Ask) -> Answer:
    """The ideas channel, the days, the options."""
    return open_view(settings_form(await ask.read(setting.read, ask.person.member_id)))


@routes.view(ids.KAIZEN_SETTINGS)
async def save_settings(ask: Ask) -> Answer:
    """The settings, saved; cards that waited for a channel are posted."""
    channel_id = ask.form.text(CHANNEL)
    if channel_id:
        check_takes_posts(await ask.look_at(channel_id))
    await ask.run(
        setting.save,
        ask.person.member_id,
        channel_id=channel_id,
        days=ask.form.text(DAYS),
        options=ask.form.choices(OPTIONS),
    )
    words = "Saved. Ideas that waited for a channel get their cards in a moment."
    return update_view(said_view("Kaizen settings", words))


async def _react(ask: Ask, *, is_on: bool) -> Answer:
    event = ask.payload
    item = event.get("item") or {}
    sign = str(event.get("reaction", "")).partition("::")[0]
    if item.get("type") != "message" or sign not in voting.SIGNS:
        return nothing()
    place = (str(item.get("channel", "")), str(item.get("ts", "")))
    is_one, has_readers = await ask.read(voting.is_card, place)
    if is_one:
        await ask.run(
            voting.react, ask.person.slack_user_id, place, sign, str(event["event_ts"]), is_on=is_on
        )
        if not has_readers:
            # Whose signs count is seen by who reads there. The vote is kept before Slack is asked, however
            # long that takes: once the readers are known, at any time, their votes' cards are drawn anew.
            await ask.learn_readers(place[0])
            await ask.run(voting.redraw_behind, voting.MOST_AT_ONCE)
    return nothing()


def _typed(ask: Ask) -> dict[str, str]:
    texts = ask.form.texts()
    if ask.form.choices(submitting.ANONYMOUS):
        texts[submitting.ANONYMOUS] = submitting.ANONYMOUS
    return texts


def _form(ask: Ask, sheet: Sheet) -> View:
    return idea_form(replace(sheet, takes_files=ask.takes_files))


def _kept(ask: Ask, name: str) -> str:
    """What the form carries beside its inputs."""
    return str(ask.metadata.get(name) or "")


def _place(ask: Ask) -> tuple[tuple[int, ...], bool]:
    """Which similar ideas were shown, and whether the form shows all its fields."""
    place = ask.metadata
    return tuple(one for one in place.get("shown", ()) if isinstance(one, int)), bool(place.get("whole"))


def _move(value: str) -> tuple[int, Move]:
    number, _, name = value.partition(":")
    try:
        return int(number), Move(name)
    except ValueError as error:
        raise Invalid(
            "This button comes from an older message. Type `/kaizen show` and its number."
        ) from error


def _level(text: str) -> int | None:
    return int(text) if text.isdigit() else None


def _origin(ask: Ask) -> submitting.Origin:
    payload = ask.payload
    message = payload.get("message") or {}
    channel = payload.get("channel") or {}
    is_from_private = is_private(channel)
    domain = (payload.get("team") or {}).get("domain", "")
    ts = str(message.get("ts", "")).replace(".", "")
    has_link = domain and not is_from_private
    return submitting.Origin(
        text=str(message.get("text") or ""),
        link=f"https://{domain}.slack.com/archives/{channel.get('id')}/p{ts}" if has_link else "",
        author="" if is_from_private else str(message.get("user") or ""),
        is_private=is_from_private,
    )
