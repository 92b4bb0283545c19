"""`help` after any command: its verbs with one example each, or a term of the method in two sentences."""

import re
from collections.abc import Sequence

from bot import ids
from bot.answers import Answer, Block, Message, always, nothing, open_view, say
from bot.asks import Ask
from bot.blockkit import limits
from bot.commands import NOUNS, ROOT, list_verbs
from bot.routing import Routes
from storage.database import UnitOfWork
from storage.rules import glossary

routes = Routes()

_REFERENCE = re.compile(r"\b(?:KPI|KR|[BAOICKD])-[0-9]{1,9}\b", re.IGNORECASE)


@routes.command("hoshin help", is_instant=True)
async def hoshin_help(ask: Ask) -> Answer:
    """The commands; with a word, what it means. The same for everyone, so it costs no database."""
    return say(explain(ask.text)) if ask.text else OVERVIEW


@routes.command("checkin help", is_instant=True)
async def checkin_help(ask: Ask) -> Answer:
    del ask
    return CHECKIN_HELP


@routes.command("okr help", is_instant=True)
async def okr_help(ask: Ask) -> Answer:
    del ask
    return OKR_HELP


@routes.command("catchball help", is_instant=True)
async def catchball_help(ask: Ask) -> Answer:
    del ask
    return say(CATCHBALL_HELP)


@routes.event("message")
async def written_to(ask: Ask) -> Answer:
    """Someone wrote to the app as to a person: silence would be rude, a guess would be worse."""
    if ask.payload.get("subtype") or ask.payload.get("bot_id"):
        return nothing()
    await ask.run(_note_written)
    named = _REFERENCE.search(str(ask.payload.get("text", "")))
    return say(written_about(named[0].upper()) if named else WRITTEN_TO)


def written_about(reference: str) -> Message:
    """To someone who wrote of an item."""
    return Message(f"`/hoshin show {reference}` shows {reference}. {WRITTEN_TO.text}")


def _note_written(uow: UnitOfWork) -> None:
    """Nothing to write: the claim that comes with it keeps a redelivery from being answered twice."""
    del uow


@routes.action(ids.HOME_HELP)
async def home_help(ask: Ask) -> Answer:
    """The Home tab has no place for a message: the same text as a form."""
    del ask
    return open_view(
        {
            "type": "modal",
            "callback_id": ids.NOTICE,
            "title": {"type": "plain_text", "text": "What Hoshin does"},
            "close": {"type": "plain_text", "text": "Close"},
            "blocks": list(overview().blocks),
        }
    )


def overview() -> Message:
    """All commands, each with its example."""
    return _OVERVIEW


def explain(word: str) -> Message:
    """A term of the method in two plain sentences, or the nearest term that is known."""
    term = glossary.explain(word)
    if term is not None:
        return Message(f"{term.name}: {term.meaning}", (_section(f"*{term.name}*\n{term.meaning}"),))
    nearest = glossary.nearest(word)
    hint = f" Did you mean “{nearest}”? Try `/hoshin help {nearest}`." if nearest else ""
    return Message(f"There is no such term in the glossary.{hint} `/hoshin help` lists the commands.")


def _make_overview() -> Message:
    chapters = [
        [f"*/{noun.name}*  {noun.description}", *(f"• {verb.help_line}" for verb in list_verbs(noun.name))]
        for noun in NOUNS
    ]
    shared = [
        f"`/{ROOT} {noun.name}` does the same as `/{noun.name}`." for noun in NOUNS if noun.name != ROOT
    ]
    return Message(
        "Hoshin keeps your organisation's strategy in Slack. Commands: "
        + ", ".join(f"/{noun.name}" for noun in NOUNS),
        (
            _section(
                "Hoshin keeps your organisation's plan in Slack and asks each person once a week how their "
                "part of it is going."
            ),
            *(_section(text) for lines in chapters for text in _packed(lines)),
            {"type": "context", "elements": [{"type": "mrkdwn", "text": " ".join(shared)}]},
        ),
    )


def _packed(lines: Sequence[str]) -> list[str]:
    """Lines in as few texts as Slack's limit of one allows."""
    texts = [""]
    for line in lines:
        if len(texts[-1]) + len(line) + 1 > limits.TEXT:
            texts.append("")
        texts[-1] += f"\n{line}" if texts[-1] else line
    return texts


def _section(text: str) -> dict[str, object]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


_OVERVIEW = _make_overview()
"""Made once: help is asked often and never changes."""

OVERVIEW = always(_OVERVIEW)


def _verbs(noun: str) -> tuple[Block, ...]:
    return tuple(_section(text) for text in _packed([verb.help_line for verb in list_verbs(noun)]))


CHECKIN_HELP = always(
    Message(
        "A check-in asks for your figures once a week. /checkin opens what is due.",
        (
            _section(
                "It asks for each of your key results and KPIs the new value, "
                "how confident you are (0–10), and a note if you want to leave one; and for what else is "
                "due, such as steps and grades.\nYou are asked once a week at your own start of work, mostly "
                "on Monday, and the question says until when. What you answered can be corrected while the "
                "window is open."
            ),
            *_verbs("checkin"),
        ),
    )
)

_OKR_HELP = Message(
    "One line updates a figure: /okr update KR-3 78 8 routing done.",
    (
        _section(
            "*/okr update KR-3 78 8 routing done* records the figure 78, the confidence 8 of 10 and a note. "
            "Each part may be left out, and the order does not matter where it is clear: `c8` or `conf 8` "
            "says that a number is the confidence, and all behind `note:` is the note."
        ),
        _section(
            "*Figures* as you write them: `78`, `78 %`, `1.2k`, `€3m`, `74,5`. `+5` adds to the last "
            "figure, `=-5` is exactly that. `yes` or `no` where that is the question; `done 2` or `done "
            "pilot` for a milestone. Instead of the reference a few words of the title will do: `/okr "
            "update resolution 78`."
        ),
        _section(
            "What could mean two things is asked and not guessed. What was recorded can be undone for five "
            "minutes. `/okr update` alone opens a form."
        ),
        *_verbs("okr"),
    ),
)

OKR_HELP = always(_OKR_HELP)

CATCHBALL_HELP = Message(
    "Catchball: an objective is thrown, countered and agreed to. /catchball propose throws one.",
    (
        _section(
            "*/catchball propose @ben O-3* throws a proposal: what is to be achieved, measured how, by when "
            "and why. Whoever catches it agrees, counters with a reason, asks, or says that it is not "
            "feasible, by the buttons on its card. The last version that everyone else has agreed to goes "
            "into the plan."
        ),
        _section(
            "In its thread, by words: `@Hoshin counter 72 by Q4 because the training slipped`, `@Hoshin "
            "agree`, `@Hoshin ask who pays?`, `@Hoshin answer we do`, `@Hoshin history`, `@Hoshin "
            "facilitator @dan`."
        ),
        *_verbs("catchball"),
    ),
)

WRITTEN_TO = Message(
    "I do not read messages here. `/checkin` answers what is due, `/hoshin` shows where you stand, and "
    "`/hoshin help` lists the rest."
)
