"""`/hoshin add` and `/hoshin edit`: forms of items."""

from bot import ids
from bot.answers import Answer, RefreshHome, nothing, offer, open_view, say, update_view
from bot.asks import Ask
from bot.blockkit import kit
from bot.planning.blocks.items import (
    FORMS,
    chooser_view,
    item_form,
    removed_view,
    saved_view,
    several_message,
)
from bot.planning.listeners.meeting import meet, show
from bot.planning.service import items, offers
from bot.planning.service.items import Alike, Sent
from bot.planning.service.keys import AddKey, FormKey
from bot.routing import Routes
from storage.rules.errors import Invalid, Overtaken
from storage.rules.finding import Several
from storage.rules.graph import LEVELS
from storage.rules.hierarchy import parse_reference
from storage.rules.terms import Kind

routes = Routes()

PEOPLE = ("owner", "supporters", "readers")

_NAMES = {kind.value.casefold(): kind for kind in LEVELS} | {
    "business driver": Kind.DRIVER,
    "breakthrough objective": Kind.BREAKTHROUGH,
    "annual": Kind.ANNUAL_OBJECTIVE,
    "okr": Kind.OBJECTIVE,
    "kr": Kind.KEY_RESULT,
}
"""What people call the kinds."""


@routes.command("hoshin add")
async def add(ask: Ask) -> Answer:
    """What can be added; with a kind its form, with a title behind it filled in."""
    kind, title = read_kind(ask.text)
    key = AddKey(kind, title=title)
    if kind is None:
        return open_view(chooser_view(await ask.read(items.choose, ask.person.member_id, key)))
    return open_view(item_form(await ask.read(items.open_new, ask.person.member_id, key, kind)))


@routes.action(ids.PLAN_ADD)
async def add_below(ask: Ask) -> Answer:
    """A button that adds: its value says what, below what."""
    key = AddKey.unpack(ask.value)
    kind = key.kind
    if kind is None:
        chooser = await ask.read(items.choose, ask.person.member_id, key)
        if len(chooser.kinds) != 1 or chooser.parent is None:
            return show(ask, chooser_view(chooser), FORMS)
        kind = chooser.kinds[0]
    form = await ask.read(items.open_new, ask.person.member_id, key, kind)
    return show(ask, item_form(form), FORMS)


@routes.command("hoshin edit")
async def edit(ask: Ask) -> Answer:
    """The form of an item, as the record has it."""
    if not ask.text:
        raise Invalid("Which item? Type its reference or words of its title, such as `/hoshin edit KR-3`.")
    found = await ask.read(items.find_item, ask.person.member_id, ask.text)
    if isinstance(found, Several):
        return say(several_message(found))
    form = await ask.read(items.open_edit, ask.person.member_id, found)
    return open_view(item_form(form))


@routes.action(ids.PLAN_EDIT)
async def open_edit(ask: Ask) -> Answer:
    form = await ask.read(items.open_edit, ask.person.member_id, parse_reference(ask.value))
    return show(ask, item_form(form), FORMS)


@routes.action(ids.PLAN_MORE)
async def show_more(ask: Ask) -> Answer:
    """The whole form, with what was typed."""
    key = form_key(ask).but(is_whole=True)
    form = await ask.read(items.redraw, ask.person.member_id, key, ask.form)
    return show(ask, item_form(form), FORMS)


@routes.view(ids.PLAN_ITEM)
async def submit(ask: Ask) -> Answer:
    """Saves; where something came in between, the same form comes back with what was typed."""
    key = form_key(ask)
    person = ask.person
    sent = Sent(ask.form, await meet(ask, PEOPLE), person.locale)
    try:
        saved = await ask.run(items.save, person.member_id, key, sent)
    except Overtaken as overtaken:
        form = await ask.read(items.redraw, person.member_id, key, ask.form, is_newest=True)
        return update_view(item_form(form, [overtaken.sentence]))
    except Invalid as refused:
        if refused.field != "reason" or key.asks_reason:
            raise
        asking = key.but(asks_reason=True)
        form = await ask.read(items.redraw, person.member_id, asking, ask.form)
        return update_view(item_form(form, [refused.sentence]))
    if isinstance(saved, Alike):
        form = await ask.read(items.redraw, person.member_id, key.but(differs=True), ask.form)
        return update_view(item_form(form, alike=saved))
    return update_view(saved_view(saved), RefreshHome())


@routes.action(ids.PLAN_ALIAS)
async def use_alias(ask: Ask) -> Answer:
    """ "Use this one": what was typed becomes another name of the KPI that there is."""
    title = ask.form.text("title")
    saved = await ask.run(items.use_alias, ask.person.member_id, parse_reference(ask.value), title)
    return show(ask, saved_view(saved), FORMS)


@routes.action(ids.PLAN_REMOVE)
async def remove(ask: Ask) -> Answer:
    node = await ask.run(items.remove, ask.person.member_id, parse_reference(ask.value))
    shown = show(ask, removed_view(node), FORMS)
    return nothing(*shown.then, RefreshHome())


@routes.action(ids.PLAN_RESTORE)
async def restore(ask: Ask) -> Answer:
    """ "Undo"."""
    saved = await ask.run(items.restore, ask.person.member_id, parse_reference(ask.value))
    shown = show(ask, saved_view(saved, "Brought back"), FORMS)
    return nothing(*shown.then, RefreshHome())


@routes.options(ids.PLAN_PARENTS)
async def offer_parents(ask: Ask) -> Answer:
    return _offer(await ask.read(offers.offer_parents, ask.person.member_id, form_key(ask), ask.text))


@routes.options(ids.PLAN_KPIS)
async def offer_kpis(ask: Ask) -> Answer:
    return _offer(await ask.read(offers.offer_kpis, ask.person.member_id, form_key(ask), ask.text))


@routes.options(ids.PLAN_TEAMS)
async def offer_teams(ask: Ask) -> Answer:
    return _offer(await ask.read(offers.offer_teams, ask.person.member_id, ask.text))


@routes.options(ids.PLAN_ZONES)
async def offer_zones(ask: Ask) -> Answer:
    return _offer(offers.offer_zones(ask.text))


def read_kind(text: str) -> tuple[Kind | None, str]:
    """The kind that a text begins with, in any case, and what is typed behind it.

    Raises:
        Invalid: it begins with none.
    """
    typed = " ".join(text.split())
    if not typed:
        return None, ""
    # The longest name first: "annual objective" is no annual objective called "objective".
    for name, kind in sorted(_NAMES.items(), key=lambda one: -len(one[0])):
        if typed.casefold() == name or typed.casefold().startswith(f"{name} "):
            return kind, typed[len(name) :].strip()
    known = ", ".join(str(kind) for kind in LEVELS)
    raise Invalid(
        f"“{typed[:40]}” is no kind of item. Type one of these: {known}; `/hoshin add` alone shows them all."
    )


def form_key(ask: Ask) -> FormKey:
    """Raises Invalid for a form of another version."""
    return FormKey.unpack(ask.metadata)


def _offer(found: list[offers.Offered]) -> Answer:
    return offer([kit.option(one.words, one.value) for one in found])
