"""`/okr import`: a CSV of figures, tried out first, then recorded whole or not at all."""

from bot import ids
from bot.answers import Answer, RefreshHome, Respond, SendFile, field_errors, open_view, update_view
from bot.asks import Ask
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
    files = ask.form.choices(forms.FILE)
    if not files:
        return field_errors({forms.FILE: "No file was dropped here. Choose one, then press Check it."})
    await ask.read(importing.check_may_bring, ask.person.member_id)
    file = await ask.fetch(files[0])
    try:
        taken = await ask.read(
            importing.bring, ask.person.member_id, file.name, file.content, ask.person.locale, dry_run=True
        )
    except ReadingsFileError as error:
        return _refused(file.name, error)
    return update_view(forms.preview(file.name, files[0], taken, ask.person.locale))


@routes.view(ids.OKR_IMPORT_TAKE)
async def take(ask: Ask) -> Answer:
    """ "Record them". The file is read once more, since nothing of it was kept."""
    file = await ask.fetch(ids.unpack(ask.view.metadata if ask.view else "")["file"])
    try:
        taken = await ask.run(
            importing.bring, ask.person.member_id, file.name, file.content, ask.person.locale, dry_run=False
        )
    except ReadingsFileError as error:
        return _refused(file.name, error)
    trace = Respond(forms.taken_message(file.name, taken, ask.person.locale))
    return update_view(forms.taken_view(file.name, taken), trace, RefreshHome())


def _refused(name: str, error: ReadingsFileError) -> Answer:
    view = forms.faults_view(name, error.faults)
    if len(error.faults) <= forms.SHOWN:
        return update_view(view)
    everything = forms.faults_text(error.faults).encode()
    listed = SendFile(f"{name}.faults.txt", everything, title="Faults", comment=f"All faults of {name}.")
    return update_view(view, listed)
