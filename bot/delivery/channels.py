"""A channel that takes no messages: what its team's lead is told, and sending again once it is mended."""

from datetime import datetime
from typing import Any

from bot.answers import Message
from storage.database import UnitOfWork
from storage.repositories.outbox import REMINDER, Envelope, OutboxRows
from storage.repositories.refusals import Refusals

SENTENCES = {
    "not_in_channel": (
        "I cannot post in <#{channel}>, because I am not a member. Type `/invite @Hoshin` there; "
        "what waits is posted then."
    ),
    "channel_not_found": (
        "I cannot find your team's channel <#{channel}>. If it is private, type `/invite @Hoshin` there and "
        "what waits is posted; if it is gone, give the team another channel in the plan."
    ),
    "is_archived": (
        "I cannot post in <#{channel}>, because it is archived. Unarchive it, or give the team another "
        "channel in the plan."
    ),
    "restricted_action": (
        "I cannot post in <#{channel}>, because only some people may post there. Ask an admin of the "
        "workspace to let Hoshin post, or give the team another channel in the plan."
    ),
}
"""By Slack's name for the refusal."""


def find_channel_fault(fault: str | None) -> str | None:
    """The refusal's name if the channel is to blame for it, else None."""
    if fault is not None and fault.startswith("restricted_action"):
        return "restricted_action"  # Slack has four of them, for threads and read-only channels
    return fault if fault in SENTENCES else None


def report(refusals: Refusals, channel_id: str, fault: str, now: datetime) -> None:
    """Remembers the fault at the channel's teams and tells their leads, once until it is mended."""
    outbox = OutboxRows(refusals.session, refusals.workspace_id)
    for team_id, lead_id in refusals.note(channel_id, fault):
        outbox.put(
            Envelope(
                key=f"channel-fault:{team_id}:{fault}:{now.timestamp():.0f}",
                payload=_notice(channel_id, fault),
                due_at=now,
                priority=REMINDER,
                member_id=lead_id,
            )
        )


def retry_channel(uow: UnitOfWork, channel_id: str) -> int:
    """Sends again what the channel refused: for when the bot was invited or the channel unarchived.

    Returns how many messages that is; the pump finds them by itself.
    """
    faults = [*SENTENCES, "restricted_action_read_only_channel", "restricted_action_thread_locked"]
    faults += ["restricted_action_thread_only_channel", "restricted_action_non_threadable_channel"]
    return Refusals(uow.session, uow.workspace_id).retry(channel_id, faults, uow.now)


def _notice(channel_id: str, fault: str) -> dict[str, Any]:
    return Message(SENTENCES[fault].format(channel=channel_id)).payload()
