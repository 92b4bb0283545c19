"""Writing OKRs in Slack: the blank sheet, the draft, its key results."""

from bot import ids
from bot.answers import Answer, RefreshHome, UpdateView, nothing, open_view, update_view
from bot.asks import Ask
from bot.okr import writing
from bot.okr import writing_forms as forms
from bot.okr.writing import DraftPage, KeyResultTyped, MoreTyped, ObjectiveTyped
from bot.routing import Routes

routes = Routes()


@routes.command("okr new")
async def new(ask: Ask) -> Answer:
    """The blank sheet."""
    form = await ask.read(writing.open_new, ask.person.member_id)
    return open_view(forms.new_form(form))


@routes.view(ids.OKR_NEW_FORM)
async def keep(ask: Ask) -> Answer:
    """The draft, with the check's remarks."""
    typed = ObjectiveTyped(
        title=ask.form.text(forms.TITLE),
        parent=ask.form.text(forms.PARENT),
        team_id=int(ask.form.text(forms.TEAM)) if ask.form.text(forms.TEAM) else None,
        starts_on=ask.form.text(forms.QUARTER),
        commitment=ask.form.text(forms.COMMITMENT),
    )
    page = await ask.run(writing.add_objective, ask.person.member_id, typed)
    return update_view(_page(ask, page), RefreshHome())


@routes.action(ids.OKR_DRAFT)
async def open_draft(ask: Ask) -> Answer:
    """ "Go on writing"."""
    page = await ask.read(writing.read_draft, ask.person.member_id, ask.value)
    return open_view(_page(ask, page))


@routes.action(ids.OKR_MORE)
async def open_more(ask: Ask) -> Answer:
    """Impact, value, effort, risk and Lean fit, in the draft's place."""
    page = await ask.read(writing.read_draft, ask.person.member_id, ask.value)
    return nothing(UpdateView(forms.more_form(page)))


@routes.view(ids.OKR_MORE_FORM)
async def keep_more(ask: Ask) -> Answer:
    """The draft again."""
    scores = {name: int(ask.form.text(name)) if ask.form.text(name) else None for name in forms.SCORES}
    words = {name: ask.form.text(name) for name in forms.WORDS}
    typed = MoreTyped(**scores, **words)  # type: ignore[arg-type] # the names are the fields'
    page = await ask.run(writing.say_more, ask.person.member_id, _reference(ask), typed)
    return update_view(_page(ask, page))


@routes.action(ids.OKR_ADD_KEY_RESULT)
async def open_key_result(ask: Ask) -> Answer:
    """A key result, in the draft's place."""
    page, kpis = await ask.read(writing.open_key_result, ask.person.member_id, ask.value)
    return nothing(UpdateView(forms.key_result_form(page, kpis, ask.person.slack_user_id)))


@routes.view(ids.OKR_KEY_RESULT_FORM)
async def keep_key_result(ask: Ask) -> Answer:
    """The draft again, with its new key result."""
    owner = ask.form.text(forms.OWNER)
    typed = KeyResultTyped(
        title=ask.form.text(forms.TITLE),
        kind=ask.form.text(forms.KIND),
        unit=ask.form.text(forms.UNIT),
        start=ask.form.text(forms.START),
        goal=ask.form.text(forms.GOAL),
        due_on=ask.form.text(forms.DUE),
        owner_id=(await ask.meet(owner)).member_id if owner else None,
        kpi=ask.form.text(forms.KPI),
        evidence=ask.form.text(forms.EVIDENCE),
        milestones=ask.form.text(forms.MILESTONES),
    )
    page = await ask.run(
        writing.add_key_result, ask.person.member_id, _reference(ask), typed, ask.person.locale
    )
    return update_view(_page(ask, page), RefreshHome())


@routes.action(ids.OKR_LINK)
async def link_kpi(ask: Ask) -> Answer:
    """ "Link it": the key result reads the KPI that measures the same."""
    key_result, _, kpi = ask.value.partition(" ")
    page = await ask.run(writing.link_kpi, ask.person.member_id, key_result, kpi)
    return nothing(UpdateView(_page(ask, page)))


@routes.action(ids.OKR_ACTIVATE)
async def activate(ask: Ask) -> Answer:
    """ "Make it active"."""
    page = await ask.run(writing.activate, ask.person.member_id, ask.value)
    return nothing(UpdateView(_page(ask, page)), RefreshHome())


def _page(ask: Ask, page: DraftPage) -> dict[str, object]:
    return forms.draft_page(page, ask.person.locale)


def _reference(ask: Ask) -> str:
    return str(ask.metadata.get("reference", ""))
