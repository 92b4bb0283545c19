"""`@Hoshin C-2`: a reference in a mention answers with the ball, to the one who asks."""

from bot.answers import Answer, say
from bot.asks import Ask
from bot.catchball import service
from bot.catchball.drawing import record_message
from bot.slices import Word
from storage.rules.finding import read_spoken
from storage.rules.hierarchy import format_reference
from storage.rules.terms import Kind


async def show_ball(ask: Ask) -> Answer:
    """The ball whole, for the asker alone: what is negotiated stands in its own thread for the others."""
    ref = read_spoken(ask.text)
    text = format_reference(*ref) if ref is not None else ask.text
    return say(record_message(await ask.read(service.show, ask.person.member_id, text)))


def is_ball(text: str) -> bool:
    """Whether someone named a ball and said nothing else."""
    ref = read_spoken(text)
    return ref is not None and ref[0] is Kind.CATCHBALL


SHOWN = (Word("C-2", show_ball, "C-2", "shows you a ball with all its versions", fits=is_ball),)
