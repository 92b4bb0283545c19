"""`/hoshin import` and `/hoshin export`."""

from bot import ids
from bot.answers import Answer, RefreshHome, Respond, SendFile, open_view, say, update_view
from bot.asks import Ask
from bot.bundles import blocks, service
from bot.dropped import find_dropped, find_previewed, refused
from bot.routing import Routes
from storage.bundle.faults import PlanFileError

routes = Routes()


@routes.command("hoshin import")
async def open_import(ask: Ask) -> Answer:
    """The form for a file."""
    await ask.read(service.check_may_import, ask.person.member_id)
    return open_view(blocks.import_form())


@routes.view(ids.BUNDLE_IMPORT)
async def try_out(ask: Ask) -> Answer:
    """A file was dropped: what would change, or what is wrong."""
    await ask.read(service.check_may_import, ask.person.member_id)
    file_id = find_dropped(ask)
    file = await ask.fetch(file_id)
    try:
        bundle = await ask.read(service.read_file, ask.person.member_id, file.name, file.content)
        loaded = await ask.run(service.load_file, ask.person.member_id, bundle, dry_run=True)
    except PlanFileError as error:
        return refused(file.name, error.faults, "loaded")
    return update_view(blocks.preview(file.name, file_id, loaded))


@routes.view(ids.BUNDLE_LOAD)
async def load(ask: Ask) -> Answer:
    """ "Load it". The file is read once more, since nothing of it was kept."""
    file = await ask.fetch(find_previewed(ask))
    try:
        bundle = await ask.read(service.read_file, ask.person.member_id, file.name, file.content)
        loaded = await ask.run(
            service.load_file,
            ask.person.member_id,
            bundle,
            dry_run=False,
            reason=ask.form.text(blocks.REASON),
        )
    except PlanFileError as error:
        return refused(file.name, error.faults, "loaded")
    trace = Respond(blocks.loaded_message(file.name, loaded))
    return update_view(blocks.loaded_view(file.name, loaded), trace, RefreshHome())


@routes.command("hoshin export")
async def export(ask: Ask) -> Answer:
    """The plan as a file; without a word the kinds to choose from."""
    return await _send(ask, ask.text) if ask.text else say(blocks.choose_message())


@routes.action(ids.BUNDLE_EXPORT)
async def export_kind(ask: Ask) -> Answer:
    """One of the kinds was pressed."""
    return await _send(ask, ask.value)


async def _send(ask: Ask, wanted: str) -> Answer:
    file = await ask.read(service.write_file, ask.person.member_id, wanted)
    comment = "Everything that you may see of the plan, with its history."
    if wanted.lower() == service.TEMPLATE:
        comment = "Fill it in, then drop it into `/hoshin import`."
    sent = SendFile(file.name, file.content, title=file.title, comment=comment)
    return say(blocks.sent_message(file.name), sent)
