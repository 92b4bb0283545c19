"""What people write in a ball's thread, kept with it where the workspace lets the app read along.

Nothing else that is written is kept, and edits and deletions are followed.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.catchball.posting import find_in_thread
from storage.database import UnitOfWork
from storage.tables.catchball import CatchballRemark

LONGEST = 4000

_MENTIONED = re.compile(r"@([UW][A-Z0-9]{6,})\b")


@dataclass(frozen=True, slots=True)
class Message:
    """A message in a thread, as plain text."""

    channel_id: str
    ts: str
    thread_ts: str
    text: str


def find_ball(uow: UnitOfWork, channel_id: str, thread_ts: str) -> int | None:
    """The row of the ball whose thread it is."""
    return find_in_thread(uow, channel_id, thread_ts)


def has(uow: UnitOfWork, channel_id: str, ts: str) -> bool:
    """Whether a message is kept."""
    return uow.remarks.has(channel_id, ts)


def keep(uow: UnitOfWork, member_id: int, message: Message) -> None:
    """Keeps what a member wrote in a ball's thread."""
    ball_id = find_in_thread(uow, message.channel_id, message.thread_ts)
    if ball_id is None:
        return
    row = CatchballRemark(
        workspace_id=uow.workspace_id,
        catchball_id=ball_id,
        channel_id=message.channel_id,
        ts=message.ts,
        member_id=member_id,
        at=datetime.fromtimestamp(float(message.ts), UTC),
        text=_with_names(uow, message.text)[:LONGEST],
    )
    uow.remarks.keep(row)


def follow_edit(uow: UnitOfWork, channel_id: str, ts: str, text: str) -> None:
    """A message reads otherwise now; one that says nothing any more is not kept."""
    if text.strip():
        uow.remarks.rewrite(channel_id, ts, _with_names(uow, text)[:LONGEST], uow.now)
    else:
        uow.remarks.drop(channel_id, ts)


def follow_deletion(uow: UnitOfWork, channel_id: str, ts: str) -> None:
    """A message is gone in Slack, and so it is here."""
    uow.remarks.drop(channel_id, ts)


def _with_names(uow: UnitOfWork, text: str) -> str:
    """People by their names: Slack mentions them by their ids."""
    if _MENTIONED.search(text) is None:
        return text
    names = {person.slack_user_id: person.name for person in uow.picture().graph.people.values()}
    return _MENTIONED.sub(lambda found: f"@{names.get(found[1], 'someone')}", text)
