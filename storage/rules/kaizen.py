"""The life of a Kaizen idea: who may move it where, what each step asks, and what its author is told (§8).

Idea systems die of silence, so no step is silent: each says what the author reads, and there is no way from
"submitted" to an end that does not pass one of them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from storage.rules.errors import Closed, Invalid, InvalidFields, NotAllowed
from storage.rules.listing import any_of


class IdeaState(StrEnum):
    """Where an idea is in its life; the value is the word people read."""

    SUBMITTED = "submitted"
    TRIAGED = "triaged"
    PLAN = "plan"
    DO = "do"
    CHECK = "check"
    ACT = "act"
    STANDARDISED = "standardised"
    DONE = "done"
    DECLINED = "declined"
    ON_HOLD = "on hold"
    DUPLICATE = "duplicate"

    @property
    def sign(self) -> str:
        """One character beside the word, the same signs as everywhere."""
        return _SIGNS.get(self, "●")


_SIGNS = {
    IdeaState.SUBMITTED: "○",
    IdeaState.STANDARDISED: "✓",
    IdeaState.DONE: "✓",
    IdeaState.DECLINED: "×",
    IdeaState.ON_HOLD: "◌",
    IdeaState.DUPLICATE: "×",
}

NEW = frozenset({IdeaState.SUBMITTED})
DOING = frozenset({IdeaState.TRIAGED, IdeaState.PLAN, IdeaState.DO, IdeaState.CHECK, IdeaState.ACT})
IMPLEMENTED = frozenset({IdeaState.STANDARDISED, IdeaState.DONE})
ENDS = IMPLEMENTED | {IdeaState.DECLINED, IdeaState.DUPLICATE}
"""Where an idea rests for good, unless someone opens it again."""
VOTABLE = frozenset(IdeaState) - ENDS


class Waste(StrEnum):
    """The eight wastes, TIMWOODS; the value is the word people read."""

    TRANSPORTATION = "transportation"
    INVENTORY = "inventory"
    MOTION = "motion"
    WAITING = "waiting"
    OVERPRODUCTION = "overproduction"
    OVER_PROCESSING = "over-processing"
    DEFECTS = "defects"
    SKILLS = "skills"

    @property
    def meaning(self) -> str:
        return _WASTES[self]


_WASTES = {
    Waste.TRANSPORTATION: "things are carried about more than they need to be",
    Waste.INVENTORY: "more lies about than is needed now",
    Waste.MOTION: "people walk, reach, search or click too much",
    Waste.WAITING: "people or things stand still until something comes",
    Waste.OVERPRODUCTION: "more or earlier than anyone asked for",
    Waste.OVER_PROCESSING: "more work in it than the customer wants",
    Waste.DEFECTS: "errors, rework and scrap",
    Waste.SKILLS: "what people know and can is not used",
}


class IdeaSource(StrEnum):
    """Where an idea comes from; the value is the word people read."""

    EMPLOYEE = "employee"
    CUSTOMER = "customer feedback"
    REVIEW = "review"
    AUDIT = "audit"


class OfferState(StrEnum):
    """What became of a result that was offered to another team (yokoten)."""

    OFFERED = "offered"
    TAKEN = "taken over"
    REFUSED = "does not fit here"


class Role(StrEnum):
    """What someone is to an idea; the value is the word people read."""

    AUTHOR = "author"
    COACH = "coach"
    RESPONSIBLE = "responsible"
    COUNCIL = "lean council"
    EVENT = "leader of its Kaizen event"


class Move(StrEnum):
    """A step in an idea's life."""

    TRIAGE = "triage"
    START_PLAN = "plan"
    START_DO = "do"
    START_CHECK = "check"
    OBTAINED = "obtained"
    NOT_OBTAINED = "not obtained"
    STANDARDISE = "standardise"
    JUST_DO = "just do it"
    CLOSE = "close with its event"
    DECLINE = "decline"
    HOLD = "put on hold"
    RESUME = "resume"
    MERGE = "merge"
    REOPEN = "reopen"
    RECONSIDER = "reconsider"


class Ask(StrEnum):
    """What a step wants to be given; the value is the name of its input."""

    RESPONSIBLE = "responsible"
    REASON = "reason"
    UNTIL = "until"
    ORIGINAL = "original"
    LESSON = "lesson"
    CHANGE = "change"
    ELSEWHERE = "elsewhere"
    RESULT = "result"


MISSING = {
    Ask.RESPONSIBLE: "Nobody is named. Choose who is responsible for trying this; it may be the author.",
    Ask.REASON: "There is no reason. Write one sentence for the author, who always gets it.",
    Ask.UNTIL: "There is no date. Choose the day on which the idea is looked at again.",
    Ask.ORIGINAL: "There is no other idea. Type the reference of the one that says the same, such as K-7.",
    Ask.LESSON: "The expected result did not come. Write one sentence on what was learned.",
    Ask.CHANGE: "Say in one sentence what is done differently for good, and where that is written down.",
    Ask.RESULT: "Say in one line what came of it.",
}
"""The sentence beside an input that a step must have."""

OPTIONAL = frozenset({Ask.ELSEWHERE})


@dataclass(frozen=True, slots=True)
class Step:
    """One move: from where to where (None: back to where it was held), by whom, and what it asks.

    `tells` is what the author reads; `{who}` is who moved it, `{said}` what was given.
    """

    move: Move
    sources: frozenset[IdeaState]
    target: IdeaState | None
    actors: frozenset[Role]
    verb: str
    tells: str
    asks: tuple[Ask, ...] = ()
    milestone: bool = False
    """Whether everyone who took part is thanked in public."""
    needs_event: bool = False
    """Only for an idea that a Kaizen event works on."""


_TEAM = frozenset({Role.RESPONSIBLE, Role.COACH, Role.COUNCIL})
_LEADING = frozenset({Role.COACH, Role.COUNCIL})
_COUNCIL = frozenset({Role.COUNCIL})
_S = IdeaState

STEPS: dict[Move, Step] = {
    step.move: step
    for step in (
        Step(Move.TRIAGE, frozenset({_S.SUBMITTED}), _S.TRIAGED, _LEADING, "Take it up",
             "{who} takes it up. What comes next: someone plans how to try it."),
        Step(Move.START_PLAN, frozenset({_S.TRIAGED}), _S.PLAN, _LEADING, "Plan it",
             "It is being planned; {said} is responsible.", (Ask.RESPONSIBLE,), milestone=True),
        Step(Move.START_DO, frozenset({_S.PLAN}), _S.DO, _TEAM, "Try it", "It is being tried."),
        Step(Move.START_CHECK, frozenset({_S.DO}), _S.CHECK, _TEAM, "Check it",
             "It was tried. Next it is checked whether the expected result came."),
        Step(Move.OBTAINED, frozenset({_S.CHECK}), _S.ACT, _TEAM, "It worked",
             "The expected result came. Next it is made the standard.", milestone=True),
        Step(Move.NOT_OBTAINED, frozenset({_S.CHECK}), _S.PLAN, _TEAM, "It did not work",
             "The expected result did not come yet, so it is planned anew. Learned: {said}", (Ask.LESSON,)),
        Step(Move.STANDARDISE, frozenset({_S.ACT}), _S.STANDARDISED, _TEAM, "Make it the standard",
             "It is the standard now: {said}", (Ask.CHANGE, Ask.ELSEWHERE), milestone=True),
        Step(Move.JUST_DO, frozenset({_S.TRIAGED}), _S.DONE, _TEAM | {Role.AUTHOR}, "Just do it",
             "It is done: {said}", (Ask.RESULT,), milestone=True),
        Step(Move.CLOSE, NEW | DOING | {_S.ON_HOLD}, _S.DONE, _LEADING | {Role.EVENT}, "Done with its event",
             "It is done, by the Kaizen event that worked on it: {said}", (Ask.RESULT,), milestone=True,
             needs_event=True),
        Step(Move.DECLINE, NEW | DOING | {_S.ON_HOLD}, _S.DECLINED, _LEADING, "Decline",
             "It is not taken further. The reason: {said}", (Ask.REASON,)),
        Step(Move.HOLD, frozenset({_S.SUBMITTED, _S.TRIAGED, _S.PLAN, _S.DO}), _S.ON_HOLD, _LEADING,
             "Put on hold", "It waits: {said}", (Ask.UNTIL, Ask.REASON)),
        Step(Move.RESUME, frozenset({_S.ON_HOLD}), None, _LEADING, "Go on", "It goes on where it stood."),
        Step(Move.MERGE, frozenset({_S.SUBMITTED, _S.TRIAGED, _S.ON_HOLD}), _S.DUPLICATE, _LEADING,
             "Same as another", "It says the same as {said}. You now stand among that idea's supporters and "
             "hear what becomes of it.", (Ask.ORIGINAL,)),
        Step(Move.REOPEN, frozenset({_S.STANDARDISED, _S.DONE}), _S.PLAN, _TEAM | {Role.AUTHOR},
             "It has slipped", "The result has slipped, so it is planned anew. What happened: {said}",
             (Ask.LESSON,)),
        Step(Move.RECONSIDER, frozenset({_S.DECLINED, _S.DUPLICATE}), _S.TRIAGED, _COUNCIL, "Look again",
             "The lean council looks at it again: {said}", (Ask.REASON,)),
    )
}  # fmt: skip
"""All moves there are: what is not here cannot happen."""


@dataclass(frozen=True, slots=True)
class Life:
    """Where an idea stands. `held_from` and `until_on` are set while it is on hold.

    `is_answered`: whether its author has had a first response; `in_event`: a Kaizen event works on it.
    """

    state: IdeaState = IdeaState.SUBMITTED
    held_from: IdeaState | None = None
    until_on: date | None = None
    is_answered: bool = False
    in_event: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """What a step was given, by the name of what it asks: texts as typed, `until` as a date."""

    texts: Mapping[Ask, str] = field(default_factory=dict)
    until_on: date | None = None

    def has(self, ask: Ask) -> bool:
        if ask is Ask.UNTIL:
            return self.until_on is not None
        return bool(self.texts.get(ask, "").strip())


def open_moves(life: Life, roles: frozenset[Role]) -> list[Move]:
    """What someone with these roles may do to the idea now, in the order of its life."""
    return [step.move for step in STEPS.values() if _starts_from(life, step) and step.actors & roles]


def ways_on(life: Life, roles: frozenset[Role]) -> list[Move]:
    """Of these moves those that carry the idea on, for the board: not what puts it aside or ends it early."""
    return [move for move in open_moves(life, roles) if move not in _ASIDE]


_ASIDE = frozenset({Move.DECLINE, Move.HOLD, Move.MERGE, Move.CLOSE})


def advance(life: Life, move: Move, roles: frozenset[Role], given: Given, today: date) -> Life:
    """Carries out a move.

    Args:
        roles: what the one who moves is to this idea.
        today: by the calendar of the one who moves.

    Raises:
        Closed: the idea is not where this move starts; the sentence says where it is and what it may do.
        NotAllowed: it is for others to do; the sentence names them.
        InvalidFields: something that the step asks is missing, or its date is not to come.
    """
    step = STEPS[move]
    if not _starts_from(life, step):
        raise Closed(_not_from_here(life, step))
    if not step.actors & roles:
        raise NotAllowed(
            f"“{step.verb}” is for {_one_of(step.actors)} of this idea. Say in its thread what you would do."
        )
    faults = _faults(step, given, today)
    if faults:
        raise InvalidFields(faults)
    target = step.target or life.held_from or IdeaState.SUBMITTED
    is_held = target is IdeaState.ON_HOLD
    return replace(
        life,
        state=target,
        held_from=life.state if is_held else None,
        until_on=given.until_on if is_held else None,
        is_answered=True,
    )


def told(step: Step, who: str, said: str, *, is_anonymous: bool = False) -> str:
    """What the author reads of a step that somebody took."""
    sentence = _MERGED_UNNAMED if is_anonymous and step.move is Move.MERGE else step.tells
    return sentence.replace("{who}", who).replace("{said}", said)


_MERGED_UNNAMED = (
    "It says the same as {said}. Follow that one; its author stays unnamed, so they are not among its "
    "supporters."
)


def check_original(idea: int, original: int, original_state: IdeaState) -> None:
    """Whether an idea may be called the same as another (their numbers).

    Raises:
        Invalid: it is itself, or the other one is called a duplicate too (field "original").
    """
    if idea == original:
        raise Invalid(
            "An idea cannot be the same as itself. Type the reference of the other one.", field=Ask.ORIGINAL
        )
    if original_state is IdeaState.DUPLICATE:
        raise Invalid(
            f"K-{original} is itself the same as another. Name that one, so that all support goes there.",
            field=Ask.ORIGINAL,
        )


def check_coach(idea: int, coach_name: str | None) -> None:
    """Whether the place of the coach is free; of two who press at once the second one comes too late.

    Raises:
        Closed: someone coaches the idea already.
    """
    if coach_name is not None:
        raise Closed(
            f"K-{idea} has a coach already: {coach_name}. If it should be you, ask {coach_name} or the lean "
            "council, who can hand it over."
        )


def check_vote(author_id: int | None, voter_id: int, state: IdeaState) -> None:
    """Whether someone may support an idea.

    Raises:
        NotAllowed: it is their own.
        Closed: its life is over.
    """
    if author_id == voter_id:
        raise NotAllowed("Your own idea has your support already; votes are for the others.")
    if state not in VOTABLE:
        raise Closed(
            f"This idea is {state}, so its votes are counted. Say in its thread what you think of it."
        )


def life_table() -> str:
    """All moves as a Markdown table, for the guide."""
    head = ["press", "from", "to", "who", "is asked for", "the author reads"]
    rows = [head, ["---"] * len(head), *map(_table_row, STEPS.values())]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _table_row(step: Step) -> list[str]:
    return [
        step.verb,
        ", ".join(state for state in IdeaState if state in step.sources),
        step.target or "where it was",
        ", ".join(role for role in Role if role in step.actors),
        ", ".join(f"{ask} (may stay empty)" if ask in OPTIONAL else ask for ask in step.asks) or "–",
        step.tells.replace("{who}", "(name)").replace("{said}", "(what was given)"),
    ]


MAX_TEXT = 3000
MAX_LINE = 300
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_PING = re.compile(r"(?:^|\W)@(?:channel|here|everyone)\b|<!(?:channel|here|everyone)", re.IGNORECASE)


def read_text(text: str, *, name: str, what: str, limit: int = MAX_TEXT) -> str:
    """A text of an idea, stripped.

    Args:
        name: of its input.
        what: what is asked for, as it stands in a sentence ("the problem").

    Raises:
        Invalid: it is empty, too long, or has no word in it.
    """
    text = text.strip()
    if not text:
        raise Invalid(f"{what[0].upper()}{what[1:]} is empty. One plain sentence is enough.", field=name)
    if not any(character.isalnum() for character in _without_emoji_names(text)):
        raise Invalid(
            f"There is no word in {what} yet. Say it in one plain sentence, so that others can find it.",
            field=name,
        )
    if len(text) > limit:
        raise Invalid(
            f"That is {len(text):,} characters, and {what} takes {limit:,}. Keep its core here; the rest has "
            "room in the idea's thread.",
            field=name,
        )
    return text


def notes_on(*texts: str) -> list[str]:
    """What to know about texts that are taken as they are."""
    whole = "\n".join(texts)
    notes = []
    if _PING.search(whole):
        notes.append("“@channel” and its like stay words here and ping nobody.")
    if _TAG.search(whole):
        notes.append("Tags such as <b> are kept and shown as you typed them.")
    return notes


def title_of(problem: str, idea: str, limit: int = 120) -> str:
    """What a card is headed: the first line of the problem, or of the idea where there is none."""
    line = " ".join((problem.strip() or idea.strip()).split("\n")[0].split())
    return line if len(line) <= limit else line[: limit - 1].rsplit(" ", 1)[0].rstrip(",;:-–") + "…"


def _without_emoji_names(text: str) -> str:
    return re.sub(r":[a-z0-9_+'-]+(?:::skin-tone-[2-6])?:", "", text)


def _faults(step: Step, given: Given, today: date) -> dict[str, str]:
    faults = {str(ask): MISSING[ask] for ask in step.asks if ask not in OPTIONAL and not given.has(ask)}
    if Ask.UNTIL in step.asks and given.until_on is not None and given.until_on <= today:
        faults[Ask.UNTIL] = "An idea waits until a day that is still to come. Choose one after today."
    return faults


def _starts_from(life: Life, step: Step) -> bool:
    return life.state in step.sources and (life.in_event or not step.needs_event)


def _not_from_here(life: Life, step: Step) -> str:
    ways = [other.verb for other in STEPS.values() if _starts_from(life, other)]
    starts = _one_of(step.sources) + (" in a Kaizen event" if step.needs_event else "")
    return (
        f"This idea is {life.state}, and “{step.verb}” starts from {starts}. "
        f"From here it can go by: {', '.join(f'“{way}”' for way in ways)}."
    )


def _one_of(words: frozenset[IdeaState] | frozenset[Role]) -> str:
    order: list[StrEnum] = [*IdeaState, *Role]
    named = [str(word) if isinstance(word, IdeaState) else f"the {word}" for word in order if word in words]
    return any_of(named)
