"""How Hoshin works here: the check-in's rhythm, the channels, the method's figures."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from storage.database import UnitOfWork
from storage.editing.trail import SETTINGS, note_other
from storage.following import plan_channel_digest
from storage.rules import access, thresholds
from storage.rules.access import Action, Viewer
from storage.rules.errors import InvalidFields

RHYTHM = (
    "checkin_opens_weekday",
    "checkin_closes_weekday",
    "checkin_closes_hour",
    "review_channel_id",
    "ideas_channel_id",
    "digest_channel_id",
)
_LAST_HOUR = 23
_FIRST_CLOSE = 12
"""The earliest hour at which a check-in closes on the day on which it opens."""

_DAYS = 7


def rhythm(uow: UnitOfWork) -> dict[str, Any]:
    """The check-in's days and hour (weekdays from Monday = 0), and the channels by Slack's id."""
    workspace = uow.settings.get()
    return {name: getattr(workspace, name) for name in RHYTHM}


def set_rhythm(uow: UnitOfWork, viewer: Viewer, values: Mapping[str, Any]) -> dict[str, Any]:
    """Changes some of `RHYTHM`; check-ins that are open already keep to the old days.

    Raises:
        NotAllowed: they may not set Hoshin up.
        InvalidFields: the check-in would close before it opens, or at no hour.
    """
    access.check(viewer, Action.SET_UP)
    now = rhythm(uow)
    _check_rhythm({**now, **values})
    _write(uow, viewer, now, values)
    plan_channel_digest(uow)
    # The day on which it closes decides from when on a week's figure is missing.
    uow.strategies.count_change()
    return rhythm(uow)


def figures(uow: UnitOfWork) -> dict[str, Decimal]:
    """The method's figures as they hold here, by name."""
    return thresholds.settled(uow.settings.get().thresholds)


def set_figures(uow: UnitOfWork, viewer: Viewer, values: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Changes some of the method's figures.

    Raises:
        NotAllowed: they may not set Hoshin up.
        InvalidFields: by the figure's name, what does not hold.
    """
    access.check(viewer, Action.SET_UP)
    before = uow.settings.get().thresholds
    kept = thresholds.changed({**figures(uow), **values})
    _write(uow, viewer, {"thresholds": before}, {"thresholds": kept or None})
    # How every item stands follows from these.
    uow.strategies.count_change()
    return figures(uow)


def _check_rhythm(values: Mapping[str, Any]) -> None:
    sentences = {}
    opens, closes = values["checkin_opens_weekday"], values["checkin_closes_weekday"]
    for name, day in (("checkin_opens_weekday", opens), ("checkin_closes_weekday", closes)):
        if day not in range(_DAYS):
            sentences[name] = "Choose a day of the week."
    if not sentences and closes < opens:
        sentences["checkin_closes_weekday"] = (
            "The check-in would close before it opens. Choose the same day or a later one of the week."
        )
    if not sentences and closes == opens and values["checkin_closes_hour"] < _FIRST_CLOSE:
        sentences["checkin_closes_hour"] = (
            "That leaves no time to answer: people are asked at the start of their working day, most of them "
            f"at 9:00. On the day that it opens, choose {_FIRST_CLOSE}:00 or later."
        )
    if not 1 <= values["checkin_closes_hour"] <= _LAST_HOUR:
        sentences["checkin_closes_hour"] = "Choose an hour from 1 to 23."
    if sentences:
        raise InvalidFields(sentences)


def _write(uow: UnitOfWork, viewer: Viewer, now: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    different = {name: value for name, value in values.items() if now.get(name) != value}
    if not different:
        return
    uow.settings.change(different)
    note_other(
        uow,
        viewer,
        "changed",
        kind=SETTINGS,
        item_id=uow.workspace_id,
        before={name: now.get(name) for name in different},
        after=different,
    )
