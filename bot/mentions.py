"""What someone means who mentions the app among others: the first word says it, and each slice has its "
"own."""

import re
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from bot.answers import Answer, Message, nothing, say
from bot.asks import Ask
from bot.blockkit.mrkdwn import literal
from bot.routing import Routes
from bot.slices import Word

CLOSE = 0.8
_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")
_EMOJI = re.compile(r":[a-z0-9_+'-]+:")
_EDGES = " \t\n\r.,:;!?-–—*_~`'\"“”„‘’«»()[]…\u200b\ufe0f\u200d"
_LONGEST_QUOTE = 40


def mention_routes(words: Sequence[Word]) -> Routes:
    """The one route of mentions, handing each to the slice that knows its word."""
    routes = Routes()

    @routes.event("app_mention")
    async def mentioned(ask: Ask) -> Answer:
        """Answers what it understands, and else says what is possible; other bots get no answer."""
        if ask.payload.get("bot_id") or ask.payload.get("subtype"):
            return nothing()
        text = said_to(ask.text, ask.bot_user_id)
        found = next((word for word in words if word.fits is not None and word.fits(text)), None)
        if found is not None:
            return await found.handler(replace(ask, text=text))
        first, rest = split_word(text)
        found = find_word(first, words)
        if found is not None:
            return await found.handler(replace(ask, text=rest))
        return say(possible("" if first == "help" else first, words))

    return routes


def said_to(text: str, bot_user_id: str) -> str:
    """What was said to the app: what follows its mention, or stands before it where nothing follows."""
    for found in _MENTION.finditer(text):
        if found[1] == bot_user_id or not bot_user_id:
            after = text[found.end() :].strip()
            return after if _cleaned(after) else text[: found.start()].strip()
    return text.strip()


def split_word(text: str) -> tuple[str, str]:
    """(the first word in small letters without quotes and emoji, the rest)."""
    words = text.split()
    while words and not _cleaned(words[0]):
        words.pop(0)
    if not words:
        return "", ""
    rest = text[text.index(words[0]) + len(words[0]) :] if words[0] in text else " ".join(words[1:])
    rest = rest.strip()
    # Quotes round the whole, as phones like to put them.
    closing = {"“": "”", '"': '"', "'": "'", "„": "“", "«": "»", "`": "`"}.get(words[0][0])
    if closing is not None and rest.endswith(closing):
        rest = rest[:-1].rstrip()
    return _cleaned(words[0]).casefold(), rest if _cleaned(rest) else ""


def find_word(typed: str, words: Sequence[Word]) -> Word | None:
    """The word itself, or one so near that only a slip can lie between; “disagree” is no slip of “agree”."""
    if not typed:
        return None
    names = {name: word for word in words for name in (word.name, *word.also)}
    if typed in names:
        return names[typed]
    near = [(SequenceMatcher(None, typed, name).ratio(), name) for name in names if name[0] == typed[0]]
    best = max(near, default=(0.0, ""))
    return names[best[1]] if best[0] >= CLOSE else None


def possible(typed: str, words: Sequence[Word]) -> Message:
    """What can be said to the app."""
    lead = f"“{literal(typed[:_LONGEST_QUOTE])}” is not among what I understand. " if typed else ""
    lines = "\n".join(f"• `@Hoshin {word.example}`  {word.summary}" for word in words)
    text = f"{lead}In a thread you can say:"
    return Message(text, ({"type": "section", "text": {"type": "mrkdwn", "text": f"{text}\n{lines}"}},))


def _cleaned(word: str) -> str:
    """Without emoji, quotes and punctuation round it."""
    bare = _EMOJI.sub("", word).strip(_EDGES)
    return bare if any(sign.isalnum() for sign in bare) else ""
