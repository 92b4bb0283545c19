"""Catchball's part of the Home tab: the balls that the person holds, the oldest first."""

from bot import ids
from bot.answers import Block
from bot.asks import Person
from bot.blockkit.kit import actions, button, context, header
from bot.blockkit.mrkdwn import BETWEEN
from bot.catchball import service
from bot.catchball.drawing import SHOWN, ball_row
from bot.catchball.facts import Overview
from storage.database import UnitOfWork
from storage.rules.errors import NotFound


def read_held(uow: UnitOfWork, member_id: int) -> Overview | None:
    """None where there is no plan yet."""
    try:
        return service.read_own(uow, member_id)
    except NotFound:
        return None


def draw_held(overview: Overview | None, person: Person) -> list[Block]:
    """Nothing where no ball lies with them or comes back to them."""
    del person
    if overview is None or not (overview.held or overview.waited):
        return []
    blocks: list[Block] = [header("Catchball")]
    blocks += [ball_row(line, overview) for line in overview.held[:SHOWN]]
    more = len(overview.held) - SHOWN
    rest = [f"and {more} more that you hold" if more > 0 else ""]
    rest.append(f"You wait for {len(overview.waited)}: `/catchball` lists them." if overview.waited else "")
    if any(rest):
        blocks.append(context(BETWEEN.join(filter(None, rest))))
    return [*blocks, actions(button("Throw a ball", ids.CATCHBALL_PROPOSE))]
