"""The grammar of the slash commands. One table feeds the parser, the help, the manifest and the tests."""

import difflib
import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing that a command does: `/noun verb arguments`."""

    noun: str
    verb: str
    arguments: str
    example: str
    summary: str
    fits: str = ".*"
    """What its arguments look like (a regular expression), where all else that is typed is free text."""

    @property
    def route(self) -> str:
        """The name that a listener registers: `hoshin help`, or the bare `checkin`."""
        return f"{self.noun} {self.verb}".strip()

    @property
    def usage(self) -> str:
        return " ".join(part for part in (f"/{self.noun}", self.verb, self.arguments) if part)

    @property
    def help_line(self) -> str:
        """How it is typed, what it does and an example, as markup; what is typed as it stands is its own."""
        example = "" if self.example == self.usage else f". Example: `{self.example}`"
        return f"`{self.usage}`  {self.summary}{example}"


@dataclass(frozen=True, slots=True)
class Noun:
    """One slash command, as Slack lists it."""

    name: str
    description: str
    usage_hint: str
    free_text: str = ""
    """The verb that takes whatever is no other verb with its arguments; without it there is none."""


NOUNS = (
    Noun("hoshin", "Where the plan stands and what waits for you", "help [word]"),
    Noun("okr", "Your OKRs: update one in a line, see how it stands", "update KR-3 78 8 note"),
    Noun(
        "kaizen",
        "Tell an idea in thirty seconds, and see what becomes of it",
        "your idea, or: list, show K-1, board, help",
        free_text="new",
    ),
    Noun("catchball", "Agree on objectives: what you hold, what you wait for", "propose @person A-1"),
    Noun("checkin", "Answer what is due, or correct what you answered", "help"),
)

VERBS = (
    Verb("hoshin", "", "", "/hoshin", "where you stand: what waits for you, your items, what comes next"),
    Verb(
        "hoshin",
        "setup",
        "",
        "/hoshin setup",
        "make the plan or change its frame: vision, year, check-in, channels, next year's plan",
    ),
    Verb(
        "hoshin",
        "add",
        "[kind] [title]",
        "/hoshin add annual objective",
        "the form for a driver, breakthrough, annual objective, initiative, KPI or OKR",
    ),
    Verb(
        "hoshin",
        "edit",
        "<ref or words>",
        "/hoshin edit A-1",
        "change an item in its form",
    ),
    Verb(
        "hoshin",
        "link",
        "[ref ref or words, words] [strong|medium|weak|none]",
        "/hoshin link A-1 B-1 strong",
        "a mark in the X-matrix; alone, the suggested ones",
    ),
    Verb(
        "hoshin", "team", "[name]", "/hoshin team Customer Service", "a team's parent, lead, channel, members"
    ),
    Verb("hoshin", "roles", "", "/hoshin roles", "who may what, and naming people to roles"),
    Verb(
        "hoshin",
        "help",
        "[word]",
        "/hoshin help key result",
        "the commands; or any term of the method in two plain sentences",
    ),
    Verb(
        "hoshin",
        "show",
        "<ref or words> [as of day]",
        "/hoshin show A-1",
        "everything about an item: how it stands, who, figures, steps, marks, history",
    ),
    Verb(
        "hoshin",
        "tree",
        "[ref or words] [as of day]",
        "/hoshin tree A-1 as of 2026-03-01",
        "the plan from an item down, with status, progress and owner",
    ),
    Verb(
        "hoshin",
        "why",
        "<ref or words>",
        "/hoshin why KR-3",
        "the line of sight from an item up to the vision",
    ),
    Verb(
        "hoshin",
        "xmatrix",
        "[ref, words or team]",
        "/hoshin xmatrix Operations",
        "the X-matrix: what, how, how much, who, and how it hangs together",
    ),
    Verb(
        "hoshin",
        "bowling",
        "[KPI or words]",
        "/hoshin bowling KPI-1",
        "the bowling chart: plan and actual of each month, and how it went; alone, of every KPI",
    ),
    Verb("hoshin", "scorecard", "", "/hoshin scorecard", "the KPIs in four perspectives, cause to effect"),
    Verb("hoshin", "map", "", "/hoshin map", "what each framework is for, and where your work sits in it"),
    Verb("hoshin", "lint", "", "/hoshin lint", "what is wrong with the plan, rule by rule, with the remedy"),
    Verb(
        "hoshin",
        "calendar",
        "[file]",
        "/hoshin calendar",
        "what comes when, for you and for the plan; `file` brings it for your calendar program",
    ),
    Verb(
        "hoshin",
        "away",
        "[until day] [deputy @person]",
        "/hoshin away until Friday",
        "say that you are away; nothing is asked meanwhile, and alone it opens a form",
    ),
    Verb("hoshin", "back", "", "/hoshin back", "end your absence"),
    Verb("hoshin", "import", "", "/hoshin import", "load a plan file; you see first what would change"),
    Verb(
        "hoshin",
        "export",
        "[yaml|json|xlsx|template]",
        "/hoshin export xlsx",
        "the whole plan as a file, or a workbook to fill in",
    ),
    Verb(
        "hoshin",
        "follow",
        "[ref, words, team, @person or organisation]",
        "/hoshin follow Customer Service",
        "get a digest of what moves there; alone, what you follow",
    ),
    Verb(
        "hoshin",
        "unfollow",
        "<ref, words, team, @person or organisation>",
        "/hoshin unfollow A-1",
        "end following something",
    ),
    Verb(
        "hoshin",
        "settings",
        "",
        "/hoshin settings",
        "your zone, work days, quiet hours, notifications, digest",
    ),
    Verb("okr", "", "", "/okr", "your OKRs, your team's and those that you follow"),
    Verb(
        "okr",
        "update",
        "[reference or words] [value] [confidence] [note]",
        "/okr update KR-3 78 8 routing done",
        "records figure, confidence and note in one line; alone it opens a form",
    ),
    Verb(
        "okr",
        "show",
        "<reference or words>",
        "/okr show O-1",
        "one OKR whole: figures, line of sight, history",
    ),
    Verb("okr", "new", "", "/okr new", "writes an OKR, with a check of the words while you write"),
    Verb(
        "okr",
        "grade",
        "[reference or words]",
        "/okr grade O-1",
        "grades with suggestion, evidence and reason",
    ),
    Verb("okr", "board", "", "/okr board", "every OKR by state, from draft to closed"),
    Verb("okr", "import", "", "/okr import", "figures of KPIs from a CSV; you see first what would change"),
    Verb("okr", "keys", "", "/okr keys", "keys for systems that send or read figures; for admins"),
    Verb("okr", "help", "", "/okr help", "how figures, confidence and notes are typed"),
    Verb("kaizen", "", "", "/kaizen", "your ideas, what waits for you, and how to tell a new one"),
    Verb(
        "kaizen",
        "new",
        "[your idea]",
        "/kaizen the label printer stops every shift",
        "the form for an idea, with your words in it; `/kaizen` and your words do the same",
    ),
    Verb(
        "kaizen",
        "list",
        "[mine|new|doing|done]",
        "/kaizen list doing",
        "ideas, the newest first",
        fits="(mine|new|doing|done)?",
    ),
    Verb(
        "kaizen",
        "show",
        "K-1",
        "/kaizen show K-1",
        "one idea: where it stands, its history, and what you may do with it",
        fits="[kK][-‐‑‒–—−]?[0-9]{1,9}",
    ),
    Verb("kaizen", "board", "", "/kaizen board", "all ideas by where they stand", fits=""),
    Verb(
        "kaizen",
        "queue",
        "",
        "/kaizen queue",
        "for the lean council: what waits, first things first",
        fits="",
    ),
    Verb("kaizen", "stats", "", "/kaizen stats", "how the idea system itself does", fits=""),
    Verb(
        "kaizen",
        "settings",
        "",
        "/kaizen settings",
        "the ideas channel, the days until an answer, anonymous ideas",
        fits="",
    ),
    Verb("kaizen", "help", "", "/kaizen help", "how an idea gets its answer", fits=""),
    Verb("catchball", "", "", "/catchball", "the balls that you hold, wait for, and your team's"),
    Verb(
        "catchball",
        "propose",
        "[@person…] [reference or title]",
        "/catchball propose @ben O-3",
        "the form that throws a proposal; the negotiation then lives in its thread",
    ),
    Verb(
        "catchball", "show", "<reference>", "/catchball show C-1", "a ball with every version and its changes"
    ),
    Verb("catchball", "record", "<reference>", "/catchball record C-1", "the whole record as a file"),
    Verb("catchball", "help", "", "/catchball help", "the moves, and the words for a thread"),
    Verb("checkin", "", "", "/checkin", "answer now what is due, or correct what you answered"),
    Verb("checkin", "team", "[name]", "/checkin team", "for leads: your team's questions, pause, preview"),
    Verb("checkin", "help", "", "/checkin help", "what a check-in asks and when"),
)

ROOT = "hoshin"

_ALIKE = 0.65
"""How alike two words are where one may be a slip of the other: "review" is no "tree"."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A command understood: the route and what follows the verb."""

    route: str
    text: str


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """A command with a verb that does not exist; `nearest` is the usage that may have been meant, if any."""

    noun: str
    typed: str
    nearest: Verb | None


def parse(command: str, text: str) -> Parsed | NotUnderstood:
    """Understands `/noun [verb] [arguments]`, in any case; `/hoshin checkin …` is `/checkin …`.

    Args:
        command: as Slack sends it, with its slash.
        text: all that was typed behind it.
    """
    noun = command.removeprefix("/").lower()
    word, _, rest = text.strip().partition(" ")
    if noun == ROOT and word.lower() in _NOUN_NAMES - {ROOT}:
        return parse(f"/{word}", rest)
    if (noun, word.lower()) == (ROOT, "show") and _CARD.fullmatch(rest.strip()):
        return parse(f"/{_CARDS[rest.strip()[0].upper()]}", text)
    verb = _BY_ROUTE.get(f"{noun} {word.lower()}".strip())
    free = _FREE_TEXT.get(noun)
    if verb is not None and (free is None or re.fullmatch(verb.fits, rest.strip(), re.DOTALL)):
        return Parsed(verb.route, rest.strip() if word else "")
    if free is not None:
        return Parsed(f"{noun} {free}", text.strip())
    return NotUnderstood(noun, f"/{noun} {word}", _nearest(noun, word.lower()))


def list_verbs(noun: str) -> list[Verb]:
    """The verbs of one command, in the order of the help."""
    return [verb for verb in VERBS if verb.noun == noun]


def _nearest(noun: str, word: str) -> Verb | None:
    verbs = {verb.verb: verb for verb in list_verbs(noun) if verb.verb}
    others = {other: _BY_ROUTE[other] for other in _NOUN_NAMES - {ROOT}} if noun == ROOT else {}
    choices = verbs | others
    close = difflib.get_close_matches(word, choices, n=1, cutoff=_ALIKE)
    return choices[close[0]] if close else None


_CARD = re.compile("[kKcC][-‐‑‒–—−][0-9]{1,9}")
_CARDS = {"K": "kaizen", "C": "catchball"}
"""Whose commands show what `/hoshin show` does not: an idea by `K-1`, a ball by `C-1`."""
_NOUN_NAMES = {noun.name for noun in NOUNS}
_FREE_TEXT = {noun.name: noun.free_text for noun in NOUNS if noun.free_text}
_BY_ROUTE = {verb.route: verb for verb in VERBS}
