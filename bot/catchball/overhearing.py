"""Messages that people write among themselves: those in balls' threads are kept, all others passed over."""

from bot.answers import Answer, nothing
from bot.asks import Ask
from bot.blockkit.mrkdwn import typed
from bot.catchball import discussion
from bot.catchball.discussion import Message
from bot.payloads import OVERHEARD
from bot.routing import Routes
from storage.rules.errors import NotAllowed

routes = Routes()

_SAID = frozenset({None, "", "thread_broadcast", "file_share"})
"""The subtypes of what someone said; the others tell of something else."""


@routes.event(OVERHEARD, needs_member=False)
async def overhear(ask: Ask) -> Answer:
    """Keeps, rewrites or drops; who wrote is asked of Slack only where it is kept."""
    event, channel_id = ask.payload, ask.channel_id or ""
    match event.get("subtype"):
        case "message_deleted":
            ts = str(event.get("deleted_ts") or "")
            if await ask.read(discussion.has, channel_id, ts):
                await ask.run(discussion.follow_deletion, channel_id, ts)
        case "message_changed":
            message = event.get("message") or {}
            ts = str(message.get("ts") or "")
            if await ask.read(discussion.has, channel_id, ts):
                text = typed(str(message.get("text") or ""))
                await ask.run(discussion.follow_edit, channel_id, ts, text)
        case subtype if subtype in _SAID:
            await _hear(ask, channel_id)
    return nothing()


async def _hear(ask: Ask, channel_id: str) -> None:
    """What was said in a thread to people; what is said to the app is a move."""
    event = ask.payload
    ts, thread_ts, text = event.get("ts"), event.get("thread_ts"), typed(ask.text).strip()
    is_person = ask.person.slack_user_id and not event.get("bot_id")
    if not (ts and thread_ts and thread_ts != ts and text and is_person):
        return
    if f"<@{ask.bot_user_id}" in ask.text:
        return
    if await ask.read(discussion.find_ball, channel_id, thread_ts) is None:
        return
    try:
        person = await ask.meet(ask.person.slack_user_id)
    except NotAllowed:
        return  # An app, or someone of another workspace, whose words are not ours to keep.
    await ask.run(discussion.keep, person.member_id, Message(channel_id, ts, thread_ts, text))
