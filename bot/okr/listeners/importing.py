"""`/okr import`: a CSV of figures, tried out first, then recorded whole or not at all."""

from bot import ids
from bot.answers import Answer, RefreshHome, Respond, open_view, update_view
from bot.asks import Ask
from bot.dropped import find_dropped, find_previewed, refused
from bot.okr import import_forms as forms
from bot.okr import importing
from bot.routing import Routes
from storage.readings_file import ReadingsFileError

routes = Routes()


@routes.command("okr import")
async def open_import(ask: Ask) -> Answer:
    """The form for a file."""
    await ask.read(importing.check_may_bring, ask.person.member_id)
    return open_view(forms.import_form())


@routes.view(ids.OKR_IMPORT)
async def try_out(ask: Ask) -> Answer:
    """A file was dropped: what would change, or what is wrong."""
    await ask.read(importing.check_may_bring, ask.person.member_id)
    file_id = find_dropped(ask)
    file = await ask.fetch(file_id)
    try:
        taken = await ask.read(
            importing.bring, ask.person.member_id, file.name, file.content, ask.person.locale, dry_run=True
        )
    except ReadingsFileError as error:
        return refused(file.name, error.faults, "recorded")
    return update_view(forms.preview(file.name, file_id, taken, ask.person.locale))


@routes.view(ids.OKR_IMPORT_TAKE)
async def take(ask: Ask) -> Answer:
    """ "Record them". The file is read once more, since nothing of it was kept."""
    file = await ask.fetch(find_previewed(ask))
    try:
        taken = await ask.run(
            importing.bring, ask.person.member_id, file.name, file.content, ask.person.locale, dry_run=False
        )
    except ReadingsFileError as error:
        return refused(file.name, error.faults, "recorded")
    trace = Respond(forms.taken_message(file.name, taken, ask.person.locale))
    return update_view(forms.taken_view(file.name, taken), trace, RefreshHome())
