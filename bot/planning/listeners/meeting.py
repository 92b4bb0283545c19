"""Those whom a form names, as members of the record; and where the next form goes."""

import asyncio
from collections.abc import Collection, Iterable

from bot.answers import Answer, UpdateView, View, nothing, open_view
from bot.asks import Ask
from storage.rules.errors import InvalidFields, NotAllowed

NOBODY = (
    "Only people of this workspace can have a part in the plan: no apps, no deactivated accounts, nobody of "
    "another workspace. Choose someone else."
)


async def meet(ask: Ask, names: Iterable[str]) -> dict[str, int]:
    """Member ids by Slack's, of everyone chosen in the inputs of these names.

    Raises:
        InvalidFields: beside the input, someone who can have no part in the plan.
    """
    wanted = [(name, one) for name in names for one in _chosen(ask, name)]
    found = await asyncio.gather(*(ask.meet(one) for _, one in wanted), return_exceptions=True)
    members: dict[str, int] = {}
    refused: dict[str, str] = {}
    for (name, slack_user_id), person in zip(wanted, found, strict=True):
        if isinstance(person, NotAllowed):
            refused[name] = NOBODY
        elif isinstance(person, BaseException):
            raise person
        else:
            members[slack_user_id] = person.member_id
    if refused:
        raise InvalidFields(refused)
    return members


def show(ask: Ask, view: View, own: Collection[str]) -> Answer:
    """Shows a form after a press: in the place of one of ours (`own` callback_ids), else on top."""
    is_modal = ask.payload.get("view", {}).get("type") == "modal"
    if is_modal and ask.view is not None and ask.view.callback_id in own:
        return nothing(UpdateView(view))
    return open_view(view)


def _chosen(ask: Ask, name: str) -> list[str]:
    one = ask.form.text(name)
    return [one] if one else ask.form.choices(name)
