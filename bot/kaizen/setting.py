"""Setting up Kaizen: the ideas channel, the days until an answer, what is allowed."""

from collections.abc import Sequence

from bot.kaizen.facts import SettingsFacts
from bot.kaizen.submitting import ANONYMOUS
from storage.database import UnitOfWork
from storage.rules import access
from storage.rules.access import Action
from storage.rules.errors import Invalid

LEADERBOARD = "leaderboard"
MOST_DAYS = 30


def read(uow: UnitOfWork, member_id: int) -> SettingsFacts:
    """How the workspace runs its ideas, for someone who may change it.

    Raises:
        NotAllowed: they may not.
    """
    access.check(uow.roles.get_viewer(member_id), Action.SET_UP)
    settings = uow.ideas.find_settings()
    return SettingsFacts(
        uow.workspace.ideas_channel_id or "",
        settings.response_days,
        settings.allows_anonymous,
        settings.shows_leaderboard,
    )


def save(uow: UnitOfWork, member_id: int, *, channel_id: str, days: str, options: Sequence[str]) -> None:
    """Saves how the workspace runs its ideas. Cards that waited for a channel are posted by the clock.

    Raises:
        NotAllowed: they may not set Hoshin up.
        Invalid: the days are no number from 1 to 30.
    """
    access.check(uow.roles.get_viewer(member_id), Action.SET_UP)
    if not (days.isascii() and days.isdigit() and 1 <= int(days[:3]) <= MOST_DAYS):
        raise Invalid(
            f"“{days[:20]}” is no number of days. Type one from 1 to {MOST_DAYS}, such as 3.", field="days"
        )
    settings = uow.ideas.settings()
    settings.response_days = int(days)
    settings.allows_anonymous = ANONYMOUS in options
    settings.shows_leaderboard = LEADERBOARD in options
    uow.workspace.ideas_channel_id = channel_id or None
    uow.session.flush()
