"""Pictures of ideas in Slack: dropped into a form, looked at by their bytes, shown by their file's id.

The bytes stay in Slack, which shows a picture to whoever uploaded it and to all who read where it is posted.
"""

from bot import ids
from bot.answers import Answer, FollowUp, Message, UpdateView, say, update_view
from bot.asks import Ask
from bot.blockkit.kit import without_pictures
from bot.kaizen import moving
from bot.kaizen.facts import Detail
from bot.kaizen.forms import pictures_form
from bot.kaizen.moving import AFTER, BEFORE
from bot.kaizen.opening import read_named, show_in_place
from bot.kaizen.views import idea_view
from bot.routing import Routes
from storage.rules.images import check_image

routes = Routes()


@routes.action(ids.KAIZEN_PICTURES)
async def begin(ask: Ask) -> Answer:
    """ "Pictures"."""
    if not ask.takes_files:
        return say(
            Message(
                "Hoshin may not read files here yet: it lacks Slack's scope files:read. Ask your "
                "administrator to update the app from its manifest and to reinstall it."
            )
        )
    return show_in_place(ask, pictures_form(await read_named(ask)))


@routes.view(ids.KAIZEN_PICTURES_FORM)
async def put(ask: Ask) -> Answer:
    """The pictures, on the idea and its card."""
    before, after = await look_at(ask, BEFORE), await look_at(ask, AFTER)
    detail = await ask.run(
        moving.put_pictures, ask.person.member_id, ask.carried_number("idea"), before=before, after=after
    )
    return as_next_page(detail)


async def look_at(ask: Ask, field: str, kept: str = "") -> str:
    """Slack's id of the picture in a field, else of the one that was chosen before; empty without any.

    Raises:
        Invalid: it is no picture, too large, or gone; a sentence for that field.
    """
    file_id = dropped(ask, field) or kept
    if file_id:
        file = await ask.peek(file_id, field)
        check_image(file.name, file.size, file.head, field=field)
    return file_id


def dropped(ask: Ask, field: str) -> str:
    """Slack's id of the file that lies in a field, whatever it is."""
    return next(iter(ask.form.choices(field)), "")


def as_next_page(detail: Detail, *then: FollowUp) -> Answer:
    """The idea in the place of a form that was sent.

    Its pictures follow: were one of them deleted, Slack would take no page that names it, and a page in the
    answer itself cannot be sent again.
    """
    view = idea_view(detail)
    plain = {**view, "blocks": without_pictures(view["blocks"])}
    if len(plain["blocks"]) == len(view["blocks"]):
        return update_view(view, *then)
    return update_view(plain, UpdateView(view), *then)
