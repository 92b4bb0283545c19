"""A channel or a person that takes no messages: what the lead is told, and sending again once it works."""

from datetime import datetime
from typing import Any

from bot.answers import Message
from bot.blockkit.mrkdwn import literal
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

CARD = "idea:"
"""How the keys of ideas' cards begin."""
WHY = {
    "not_in_channel": "Hoshin is not in it (`/invite @Hoshin` there)",
    "channel_not_found": "Hoshin is not in it (`/invite @Hoshin` there), or it is gone",
    "is_archived": "it is archived",
    "restricted_action": "only some people may post there",
}
"""The same as the end of a sentence."""
IDEAS_NOTICE = (
    "The ideas channel <#{channel}> takes no cards, because {why}. Ideas are saved all the same; their cards "
    "are posted once it works again, or once `/kaizen settings` names another channel."
)
CARD_NOTICE = (
    "K-{number} is saved, and its answer comes as promised. Its card could not be posted in <#{channel}>, "
    "because {why}; it is posted once that works again."
)

DIGEST = "digest:"
"""How the keys of digests begin; those for a channel go on with its id."""
DIGEST_NOTICE = (
    "The organisation's digest could not be posted in <#{channel}>, because {why}. It is posted once "
    "that works again; `/hoshin setup` names another channel."
)

PERSON = "person-fault:"
"""How the keys begin of what is told of people who cannot be written to."""
PERSON_FAULTS = frozenset({"channel_not_found", "user_not_found", "user_disabled", "restricted_action"})
"""Slack's names for it where one person is to blame; a Messages tab that is switched off is everyone's."""
PERSON_NOTICE = (
    "I cannot write to {name}: Slack takes no direct messages for them ({fault}). What they are asked does "
    "not arrive. If they have left, give what is theirs to someone else (`/hoshin edit`); if not, an admin "
    "of the workspace can look at their account."
)


def find_channel_fault(fault: str | None) -> str | None:
    """The refusal's name if the channel is to blame for it, else None."""
    if fault is not None and fault.startswith("restricted_action"):
        return "restricted_action"  # Slack has four of them, for threads and read-only channels
    return fault if fault in SENTENCES else None


def report(refusals: Refusals, channel_id: str, fault: str, now: datetime, *, key: str = "") -> None:
    """Remembers the fault at the channel's teams and tells their leads, once until it is mended; of the ideas
    channel it tells those who decide on ideas, and whoever submitted the idea whose card (`key`) it was; of a
    refused digest it tells the strategy leads."""
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

    if key.startswith(f"{DIGEST}{channel_id}:"):
        _report_digest(refusals, outbox, channel_id, fault, now)
    council = refusals.note_ideas(channel_id, fault)
    if council is None:
        return
    told = {member_id: IDEAS_NOTICE.format(channel=channel_id, why=WHY[fault]) for member_id in council}
    number = key.removeprefix(CARD)
    teller = refusals.find_teller(int(number)) if key.startswith(CARD) and number.isdigit() else None
    if teller is not None:
        told[teller[1]] = CARD_NOTICE.format(number=teller[0], channel=channel_id, why=WHY[fault])
    for member_id, sentence in told.items():
        outbox.put(
            Envelope(
                key=f"ideas-fault:{member_id}:{fault}:{now.timestamp():.0f}",
                payload=Message(sentence).payload(),
                due_at=now,
                priority=REMINDER,
                member_id=member_id,
            )
        )


def report_person(refusals: Refusals, member_id: int, fault: str, now: datetime) -> None:
    """Tells the lead of someone who cannot be written to, else those who answer for the plan, once a month
    while it is so."""
    outbox = OutboxRows(refusals.session, refusals.workspace_id)
    name, leads = refusals.find_leads_of(member_id)
    sentence = PERSON_NOTICE.format(name=literal(name), fault=fault)
    for lead_id in leads:
        key = f"{PERSON}{member_id}:{now:%Y-%m}:{lead_id}"
        outbox.put(Envelope(key, Message(sentence).payload(), now, REMINDER, member_id=lead_id))


def retry_channel(uow: UnitOfWork, channel_id: str) -> int:
    """Sends again what the channel refused: for when the bot was invited or the channel unarchived.

    Returns how many messages that is; the pump finds them by itself.
    """
    return retry(Refusals(uow.session, uow.workspace_id), channel_id, uow.now)


def retry(refusals: Refusals, channel_id: str, now: datetime) -> int:
    """The same, within a turn of the pump."""
    faults = [*SENTENCES, "restricted_action_read_only_channel", "restricted_action_thread_locked"]
    faults += ["restricted_action_thread_only_channel", "restricted_action_non_threadable_channel"]
    # What an archived channel answers to an edit.
    faults.append("is_inactive")
    OutboxRows(refusals.session, refusals.workspace_id).forget(_digest_fault(channel_id))
    return refusals.retry(channel_id, faults, now)


def _report_digest(
    refusals: Refusals, outbox: OutboxRows, channel_id: str, fault: str, now: datetime
) -> None:
    sentence = DIGEST_NOTICE.format(channel=channel_id, why=WHY[fault])
    for member_id in refusals.list_leads():
        key = f"{_digest_fault(channel_id)}{fault}:{member_id}"
        outbox.put(Envelope(key, Message(sentence).payload(), now, REMINDER, member_id=member_id))


def _digest_fault(channel_id: str) -> str:
    """How the keys begin of what is told of it; forgotten once the channel is mended, and then told anew."""
    return f"digest-fault:{channel_id}:"


def _notice(channel_id: str, fault: str) -> dict[str, Any]:
    return Message(SENTENCES[fault].format(channel=channel_id)).payload()
