"""Grading OKRs in Slack."""

from bot import ids
from bot.answers import Answer, RefreshHome, open_view, say, update_view
from bot.asks import Ask
from bot.blockkit.choices import offered, which_message
from bot.blockkit.mrkdwn import typed
from bot.okr import grading
from bot.okr import grading_forms as forms
from bot.okr.grading import GradeTyped
from bot.routing import Routes
from storage.rules.finding import Several

routes = Routes()


@routes.command("okr grade")
async def grade(ask: Ask) -> Answer:
    """What is to be graded, or the form of one objective."""
    text = typed(ask.text).strip()
    if text:
        return await _find(ask, text)
    due = await ask.read(grading.list_due, ask.person.member_id)
    return say(forms.due_message(due))


@routes.action(ids.OKR_GRADE)
async def open_form(ask: Ask) -> Answer:
    """ "Grade" beside an objective."""
    return await _open(ask, ask.value)


@routes.view(ids.OKR_GRADE_FORM)
async def submit(ask: Ask) -> Answer:
    """Grades and closes; the result takes the form's place."""
    reference = str(ask.metadata.get("reference", ""))
    prefix = forms.grade_field("")
    given = GradeTyped(
        grades={
            name.removeprefix(prefix): ask.form.text(name)
            for name in ask.form.values
            if name.startswith(prefix)
        },
        reason=ask.form.text(forms.REASON),
        evidence=ask.form.text(forms.EVIDENCE),
        lesson=ask.form.text(forms.LESSON),
        post_mortem=ask.form.text(forms.POST_MORTEM),
    )
    graded = await ask.run(grading.grade, ask.person.member_id, reference, given)
    return update_view(forms.graded_view(graded), RefreshHome())


async def _find(ask: Ask, text: str) -> Answer:
    form = await ask.read(grading.find_form, ask.person.member_id, text)
    if isinstance(form, Several):
        return say(which_message(form.words, [offered(node) for node in form.nodes], ids.OKR_GRADE))
    return open_view(forms.grade_form(form, ask.person.locale))


async def _open(ask: Ask, reference: str) -> Answer:
    form = await ask.read(grading.open_form, ask.person.member_id, reference)
    return open_view(forms.grade_form(form, ask.person.locale))
