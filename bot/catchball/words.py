"""What can be said in a ball's thread by mentioning the app."""

import re
from datetime import UTC, datetime

from bot.answers import Answer, RefreshHome, nothing, say
from bot.asks import Ask
from bot.blockkit.mrkdwn import typed
from bot.catchball import service
from bot.catchball.drawing import history_message
from bot.catchball.listeners import check_present
from bot.catchball.service import Spoken
from bot.slices import Word
from storage.rules.catchball import Move
from storage.rules.errors import Invalid

_PERSON = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")


async def counter(ask: Ask) -> Answer:
    return await _move(ask, Move.COUNTER)


async def agree(ask: Ask) -> Answer:
    return await _move(ask, Move.AGREE)


async def put_question(ask: Ask) -> Answer:
    return await _move(ask, Move.ASK)


async def answer(ask: Ask) -> Answer:
    return await _move(ask, Move.ANSWER)


async def decline(ask: Ask) -> Answer:
    return await _move(ask, Move.DECLINE)


async def withdraw(ask: Ask) -> Answer:
    return await _move(ask, Move.WITHDRAW)


async def reopen(ask: Ask) -> Answer:
    return await _move(ask, Move.REOPEN)


async def facilitator(ask: Ask) -> Answer:
    return await _name_person(ask, Move.NAME_FACILITATOR)


async def hand_over(ask: Ask) -> Answer:
    return await _name_person(ask, Move.HAND_OVER)


async def history(ask: Ask) -> Answer:
    record = await ask.read(service.history, ask.person.member_id, _spoken(ask))
    return say(history_message(record))


_EXAMPLES = {Move.NAME_FACILITATOR: "facilitator @dan", Move.HAND_OVER: "hand over to @dan"}

WORDS = (
    Word("counter", counter, "counter 72 by Q4 because …", "returns the ball with other terms"),
    Word("agree", agree, "agree", "agrees to the last version", ("agreed", "yes", "ok", "okay")),
    Word("ask", put_question, "ask who pays?", "asks the other side", ("question",)),
    Word("answer", answer, "answer we do", "answers the oldest question"),
    Word("decline", decline, "decline no people until May", "says that it is not feasible", ("infeasible",)),
    Word("history", history, "history", "shows every version"),
    Word("withdraw", withdraw, "withdraw", "takes the ball back"),
    Word("reopen", reopen, "reopen the customer came back", "opens what was over"),
    Word("facilitator", facilitator, "facilitator @dan", "names who helps to an end"),
    Word("hand", hand_over, "hand over to @dan", "gives your part to someone else", ("handover",)),
)


async def _move(ask: Ask, move: Move) -> Answer:
    """The thread tells what was done; a word of its own for the person would say it twice."""
    await ask.run(service.by_words, ask.person.member_id, move, _spoken(ask), locale=ask.person.locale)
    return nothing(RefreshHome())


async def _name_person(ask: Ask, move: Move) -> Answer:
    found = [one for one in _PERSON.findall(ask.text) if one != ask.bot_user_id]
    if not found:
        raise Invalid(f"Who? Mention the person, such as `@Hoshin {_EXAMPLES[move]}`.")
    # Of two the first one gives their part away: they may have left, so Slack is not asked who they are.
    giver = found[0] if move is Move.HAND_OVER and len(found) > 1 else ""
    person = await ask.meet(found[1] if giver else found[0])
    spoken = _spoken(ask)
    is_present = await check_present(ask, await ask.read(service.find_addressed, spoken), person)
    await ask.run(
        service.person_by_words,
        ask.person.member_id,
        move,
        spoken,
        person.member_id,
        from_slack_id=giver,
        is_present=is_present,
    )
    return nothing(RefreshHome())


def _spoken(ask: Ask) -> Spoken:
    message = ask.message
    if message is None:
        raise Invalid("Say this in the thread of a ball's card.")
    at = datetime.fromtimestamp(float(message.ts), UTC)
    return Spoken(message.channel_id, message.thread_ts, typed(ask.text).strip(), at)
