"""What people do about OKRs in Slack: parse, one service call, answer."""

from bot import ids
from bot.answers import Answer, RefreshHome, UpdateView, nothing, open_view, say, update_view
from bot.asks import Ask
from bot.blockkit.choices import offered, which_message
from bot.blockkit.mrkdwn import typed
from bot.okr import keys, updating, viewing
from bot.okr.blocks import (
    CONFIDENCE,
    ITEM,
    NOTE,
    VALUE,
    question_message,
    recorded_message,
    recorded_view,
    undone_message,
    update_form,
    which_update_message,
)
from bot.okr.depending_forms import needs_form
from bot.okr.facts import Question, Recorded, UpdateForm, Which
from bot.okr.key_forms import KPIS, NAME, READ, RIGHT, keys_form, made_view
from bot.okr.listeners.discussing import lead_to_thread
from bot.okr.listeners.links import permalink
from bot.okr.pages import board_message, overview_message, page_message
from bot.okr.updating import Typed
from bot.routing import Routes
from storage.rules.errors import Invalid
from storage.rules.finding import Several

routes = Routes()


@routes.command("okr")
async def overview(ask: Ask) -> Answer:
    """Mine, my team's, what I follow."""
    found = await ask.read(viewing.overview, ask.person.member_id)
    return say(overview_message(found, ask.person.locale))


@routes.command("okr show")
async def show(ask: Ask) -> Answer:
    """One item whole; without one, the list."""
    text = typed(ask.text).strip()
    return await _show(ask, text) if text else await overview(ask)


@routes.action(ids.OKR_SHOW)
async def open_item(ask: Ask) -> Answer:
    """ "Open" in a list."""
    return await _show(ask, ask.value)


@routes.action(ids.OKR_FOLLOW)
async def follow(ask: Ask) -> Answer:
    """The ⋯ menu: opens an item or its thread, follows it or no longer, or asks what it needs."""
    wish, _, reference = ask.value.rpartition(" ")
    if wish == "open":
        return await _show(ask, reference)
    if wish == "discuss":
        return await lead_to_thread(ask, reference)
    if wish == "needs":
        return open_view(needs_form(reference))
    page = await ask.run(viewing.follow, ask.person.member_id, reference)
    return say(page_message(page, ask.person.locale, ask.person.zone))


@routes.command("okr board")
async def board(ask: Ask) -> Answer:
    """Every objective by state."""
    columns = await ask.read(viewing.board, ask.person.member_id)
    return say(board_message(columns, ask.person.locale))


@routes.command("okr update")
async def update(ask: Ask) -> Answer:
    """One line; alone it opens the form."""
    text = typed(ask.text).strip()
    if not text:
        return await open_form(ask)
    return await _say(ask, text)


@routes.action(ids.OKR_SAY)
async def choose_meaning(ask: Ask) -> Answer:
    """One answer to "what did you mean?"."""
    return await _say(ask, ask.value)


@routes.action(ids.OKR_UPDATE)
async def open_form(ask: Ask) -> Answer:
    """ "Update" on a card, and the shortcut."""
    form = await ask.read(updating.open_form, ask.person.member_id, ask.value)
    return open_view(update_form(form, ask.person.locale))


routes.shortcut(ids.OKR_UPDATE)(open_form)


@routes.shortcut(ids.OKR_EVIDENCE)
async def add_evidence(ask: Ask) -> Answer:
    """ "Add as evidence" on a message: the update will lead to it."""
    form = await ask.read(updating.open_form, ask.person.member_id, "", _permalink(ask))
    return open_view(update_form(form, ask.person.locale))


@routes.view(ids.OKR_UPDATE_FORM)
async def submit_form(ask: Ask) -> Answer:
    """Records what the form holds; the card takes its place."""
    about = ask.metadata
    inputs = Typed(
        value=ask.form.text(VALUE),
        confidence=ask.form.text(CONFIDENCE),
        note=ask.form.text(NOTE),
        link=str(about.get("link", "")),
    )
    reference = str(about.get("reference") or ask.form.text(ITEM))
    recorded = await ask.run(
        updating.update_by_form, ask.person.member_id, reference, inputs, ask.person.locale
    )
    return update_view(recorded_view(recorded, ask.person.locale), RefreshHome())


@routes.action(ids.OKR_UNDO)
async def undo(ask: Ask) -> Answer:
    """ "Undo", for five minutes."""
    undone = await ask.run(updating.undo, ask.person.member_id, ids.number_of(ask.value))
    return say(undone_message(undone, ask.person.locale), RefreshHome())


@routes.action(ids.OKR_NOTE)
async def move_into_note(ask: Ask) -> Answer:
    """ "Part of the note": the bare number was no confidence."""
    recorded = await ask.run(
        updating.move_into_note, ask.person.member_id, ids.number_of(ask.value), ask.person.locale
    )
    return say(recorded_message(recorded, ask.person.locale), RefreshHome())


@routes.command("okr keys")
@routes.action(ids.API_KEYS)
async def open_keys(ask: Ask) -> Answer:
    """The API's keys, for admins."""
    ring = await ask.read(keys.list_keys, ask.person.member_id)
    return open_view(keys_form(ring, ask.person.zone))


@routes.view(ids.API_KEY_FORM)
async def make_key(ask: Ask) -> Answer:
    """The key that was made, shown once in the form's place."""
    ring = await ask.run(
        keys.make_key,
        ask.person.member_id,
        name=ask.form.text(NAME),
        kpis=ask.form.text(KPIS),
        can_write=ask.form.text(RIGHT) != READ,
    )
    return update_view(made_view(ring))


@routes.action(ids.API_KEY_REVOKE)
async def revoke_key(ask: Ask) -> Answer:
    """ "Revoke", once it is confirmed."""
    ring = await ask.run(keys.revoke_key, ask.person.member_id, ids.number_of(ask.value))
    return nothing(UpdateView(keys_form(ring, ask.person.zone)))


async def _show(ask: Ask, text: str) -> Answer:
    page = await ask.read(viewing.find, ask.person.member_id, text)
    if isinstance(page, Several):
        return say(which_message(page.words, [offered(node) for node in page.nodes], ids.OKR_SHOW))
    return say(page_message(page, ask.person.locale, ask.person.zone))


async def _say(ask: Ask, text: str) -> Answer:
    result = await ask.run(updating.update_by_line, ask.person.member_id, text, ask.person.locale)
    return _told(result, ask.person.locale)


def _told(result: Recorded | Question | Which | UpdateForm, locale: str) -> Answer:
    """The Home tab is drawn anew when it is opened: a line is not typed there."""
    match result:
        case Question():
            return say(question_message(result))
        case Which():
            return say(which_update_message(result))
        case UpdateForm():
            return open_view(update_form(result, locale))
        case Recorded():
            return say(recorded_message(result, locale))


def _permalink(ask: Ask) -> str:
    """Where the message stands."""
    address = permalink(ask, ask.message.channel_id, ask.message.ts) if ask.message is not None else ""
    if not address:
        raise Invalid(
            "This message has no address that others could open. Copy its link into the note instead."
        )
    return address
