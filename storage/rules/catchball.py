"""Catchball: an objective thrown to the next level and back until both sides agree (rules §5).

A ball is what its acts made of it: `advance` is the only way from one state to the next, so replaying the
acts rebuilds it. Only whoever holds the ball moves; asking, answering, withdrawing, handing over and naming a
facilitator are open to those who take part. Nobody agrees to what they said themselves, and only the last
version can be agreed to.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from storage.rules.catchball_terms import Terms, difference, told
from storage.rules.errors import Closed, Invalid, NotAllowed, Overtaken
from storage.rules.listing import all_of, any_of

ROUNDS = 5
"""After so many versions a facilitator is named before there is another one."""
MOST_ROUNDS = 20
MOST_RECEIVERS = 8
ANSWER_DAYS = 14
"""How long a throw waits where nobody said until when."""
MORE_DAYS = 7
"""What a new version leaves at least."""
STAMP = timedelta(minutes=1)
LONGEST_REASON = 1000


class BallState(StrEnum):
    """Where a ball is; the value is the word people read."""

    DRAFT = "draft"
    THROWN = "thrown"
    RETURNED = "returned"
    ESCALATED = "escalated"
    AGREED = "agreed"
    DEPLOYED = "deployed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"

    @property
    def sign(self) -> str:
        """One character beside the word, the same signs as everywhere."""
        return _SIGNS.get(self, "●")


_SIGNS = {
    BallState.DRAFT: "○",
    BallState.ESCALATED: "▲",
    BallState.AGREED: "✓",
    BallState.DEPLOYED: "✓",
    BallState.DECLINED: "×",
    BallState.WITHDRAWN: "×",
    BallState.EXPIRED: "◌",
}

OPEN = frozenset({BallState.THROWN, BallState.RETURNED, BallState.ESCALATED})
SETTLED = frozenset({BallState.AGREED, BallState.DEPLOYED})
ENDED = frozenset(BallState) - OPEN - {BallState.DRAFT}


class Part(StrEnum):
    """What someone is to a ball; the value is the word people read."""

    PROPOSER = "proposer"
    RECEIVER = "receiver"
    FACILITATOR = "facilitator"
    LEAD = "strategy lead"
    CLOCK = "Hoshin itself"


class Move(StrEnum):
    """What can be done with a ball; the value is the word of the trail."""

    THROW = "throw"
    COUNTER = "counter"
    AGREE = "agree"
    ASK = "ask"
    ANSWER = "answer"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    HAND_OVER = "hand over"
    NAME_FACILITATOR = "name facilitator"
    DEPLOY = "deploy"
    NOT_DEPLOY = "not deployed"
    REOPEN = "reopen"
    EXPIRE = "expire"


@dataclass(frozen=True, slots=True)
class Rule:
    """One move: from where to where, by whom, and what it asks. `holds`: only whoever holds the ball."""

    move: Move
    sources: frozenset[BallState]
    target: str
    parts: frozenset[Part]
    holds: bool
    asks: str = ""
    needs_text: str = ""
    """The sentence for whoever gave no text, where the move wants one."""


_BOTH = frozenset({Part.PROPOSER, Part.RECEIVER})
_ALL = _BOTH | {Part.FACILITATOR}

RULES: Mapping[Move, Rule] = {
    rule.move: rule
    for rule in (
        Rule(Move.THROW, frozenset({BallState.DRAFT}), "thrown", frozenset({Part.PROPOSER}), False,
             "the terms, who receives, until when"),
        Rule(Move.COUNTER, OPEN, "returned, or thrown again by the proposer", _BOTH, True,
             "what changes, and one reason",
             "A counter comes with its reason. Say in a sentence why, so that the other side can follow."),
        Rule(Move.AGREE, OPEN, "agreed, once everyone else has agreed to the same version", _BOTH, True),
        Rule(Move.ASK, OPEN, "where it was", _ALL, False, "the question",
             "There is no question yet. Write it in a sentence, such as “who pays for the training?”."),
        Rule(Move.ANSWER, OPEN, "where it was", _ALL, False, "the answer",
             "There is no answer yet. Write it in a sentence."),
        Rule(Move.DECLINE, OPEN, "declined", frozenset({Part.RECEIVER}), True, "a reason",
             "There is no reason. Say in a sentence what makes it not feasible; the proposer reads it."),
        Rule(Move.WITHDRAW, OPEN, "withdrawn", frozenset({Part.PROPOSER, Part.LEAD}), False),
        Rule(Move.HAND_OVER, OPEN, "where it was", _BOTH | {Part.LEAD}, False, "to whom"),
        Rule(Move.NAME_FACILITATOR, OPEN, "escalated", _BOTH | {Part.LEAD}, False, "who"),
        Rule(Move.DEPLOY, frozenset({BallState.AGREED}), "deployed", frozenset({Part.CLOCK}), False,
             "the throw to the next level"),
        Rule(Move.NOT_DEPLOY, frozenset({BallState.AGREED}), "deployed", _BOTH | {Part.LEAD}, False,
             "a reason", "There is no reason. Say in a sentence why nothing is thrown to the next level."),
        Rule(Move.REOPEN, ENDED, "thrown or returned: whoever reopens it holds it", _BOTH | {Part.LEAD},
             False, "a reason",
             "Reopening needs a reason. Say in a sentence what has changed."),
        Rule(Move.EXPIRE, OPEN, "expired", frozenset({Part.CLOCK}), False),
    )
}  # fmt: skip
"""All moves there are: what is not here cannot happen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ball:
    """Where a negotiation stands.

    `version` counts from 1, `author_id` is who stands for the last one, `agreed_ids` who agreed to it.
    `asker_ids` are those whose questions wait for an answer, the oldest first. `thrown_at` is when the last
    version came, until the ball is opened again. `agreed_version` is the one that was agreed last: it stays
    when the ball is opened again.
    """

    number: int
    proposer_id: int
    receiver_ids: tuple[int, ...]
    state: BallState = BallState.DRAFT
    version: int = 0
    terms: Terms = field(default_factory=Terms)
    author_id: int | None = None
    agreed_ids: frozenset[int] = frozenset()
    holder_ids: frozenset[int] = frozenset()
    held_since: datetime | None = None
    thrown_at: datetime | None = None
    until_on: date | None = None
    facilitator_id: int | None = None
    asker_ids: tuple[int, ...] = ()
    agreed_version: int | None = None
    not_deployed_reason: str = ""

    @property
    def reference(self) -> str:
        return f"C-{self.number}"

    @property
    def party_ids(self) -> frozenset[int]:
        """Those who must agree."""
        return frozenset({self.proposer_id, *self.receiver_ids})

    @property
    def people_ids(self) -> frozenset[int]:
        """Everyone who takes part: a ball in a private conversation is for them alone."""
        return self.party_ids | ({self.facilitator_id} if self.facilitator_id is not None else set())

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One move by one person at one instant.

    Args:
        on: the day of `at` in the plan's zone.
        version: the version that the person had before them; None where it does not matter.
        terms: of a throw or a counter.
        person_id: to whom a ball is handed over, or who is named facilitator.
        from_id: whose part is handed over; without it one's own.
        is_lead: a strategy lead, who may step in where somebody left.
        renews: a counter may say the same again, since the plan has changed meanwhile.
    """

    move: Move
    by_id: int | None
    at: datetime
    on: date
    version: int | None = None
    terms: Terms | None = None
    text: str = ""
    person_id: int | None = None
    from_id: int | None = None
    until_on: date | None = None
    is_lead: bool = False
    renews: bool = False


Names = Mapping[int, str]


def parts_of(ball: Ball, member_id: int | None, *, is_lead: bool = False) -> frozenset[Part]:
    """Everything that someone is to a ball; None is Hoshin itself: its clock, and what follows from a "
    "throw."""
    if member_id is None:
        return frozenset({Part.CLOCK})
    found = {
        Part.PROPOSER: member_id == ball.proposer_id,
        Part.RECEIVER: member_id in ball.receiver_ids,
        Part.FACILITATOR: member_id == ball.facilitator_id,
        Part.LEAD: is_lead,
    }
    return frozenset(part for part, holds in found.items() if holds)


def open_moves(ball: Ball, member_id: int, *, is_lead: bool = False) -> list[Move]:
    """What someone may do with a ball now, in the order of the table."""
    parts = parts_of(ball, member_id, is_lead=is_lead)
    return [
        rule.move
        for rule in RULES.values()
        if ball.state in rule.sources
        and parts & rule.parts
        and (not rule.holds or member_id in ball.holder_ids)
        and not (rule.move is Move.AGREE and member_id == ball.author_id)
        and not (rule.move is Move.ANSWER and all(asker == member_id for asker in ball.asker_ids))
    ]


_SAID: Mapping[Move, str] = {
    Move.AGREE: "`@Hoshin agree`",
    Move.COUNTER: "`@Hoshin counter …`",
    Move.DECLINE: "`@Hoshin decline …`",
    Move.ANSWER: "`@Hoshin answer …`",
    Move.ASK: "`@Hoshin ask …`",
    Move.REOPEN: "`@Hoshin reopen …`",
    Move.WITHDRAW: "`@Hoshin withdraw`",
}
"""The words of the moves that lead on, the likeliest first; each stands on the card, too."""
_MOST_SAID = 3


def way_on(ball: Ball, member_id: int | None, *, is_lead: bool = False, but: Move | None = None) -> str:
    """What someone can say or press next, in a sentence.

    Args:
        but: what leads nowhere just now.
    """
    possible = open_moves(ball, member_id, is_lead=is_lead) if member_id is not None else []
    words = [said for move, said in _SAID.items() if move in possible and move is not but][:_MOST_SAID]
    if not words:
        return f"`/catchball show {ball.reference}` shows how it stands."
    return f"Say {any_of(words)} in its thread, or press the button on its card."


def advance(ball: Ball, act: Act, names: Names | None = None, *, seen: Terms | None = None) -> Ball:
    """Carries out a move.

    Args:
        names: what people are called in the sentences.
        seen: the terms of the version that the person had before them, to tell what changed since.

    Raises:
        Overtaken: the ball moved while they were typing.
        Closed: it is not where this move starts.
        NotAllowed: it is for others, or somebody else holds the ball.
        Invalid: something that the move asks is missing.
    """
    rule, known = RULES[act.move], _Names(names or {})
    _check_fresh(ball, act, known, seen)
    if ball.state not in rule.sources:
        raise Closed(_not_from_here(ball, act))
    parts = parts_of(ball, act.by_id, is_lead=act.is_lead)
    if not parts & rule.parts:
        raise NotAllowed(_not_theirs(ball, act, rule, known))
    if rule.holds and act.by_id not in ball.holder_ids:
        raise NotAllowed(_not_holding(ball, act, known))
    if rule.needs_text and not act.text.strip():
        raise Invalid(rule.needs_text, field="reason")
    if len(act.text) > LONGEST_REASON:
        raise Invalid(
            f"That is {len(act.text):,} characters, and {LONGEST_REASON:,} fit. Keep its core here; the rest "
            "has room in the thread.",
            field="reason",
        )
    return _MOVES[act.move](ball, act, known)


def check_rounds(ball: Ball, member_id: int | None, *, is_lead: bool = False) -> None:
    """Raises Closed where there can be no further version, or none without a facilitator; the sentence says
    what is left to that person."""
    if ball.version >= MOST_ROUNDS:
        raise Closed(
            f"{ball.reference} has been thrown {MOST_ROUNDS} times, and there is no further version. "
            f"{way_on(ball, member_id, is_lead=is_lead, but=Move.COUNTER)} Then begin with something smaller."
        )
    if ball.version >= ROUNDS and ball.facilitator_id is None:
        raise Closed(
            f"{ball.reference} has been thrown {ball.version} times. Name a facilitator first: someone of "
            "neither side who helps you to an end, by `@Hoshin facilitator @name` in its thread."
        )


def replay(ball: Ball, acts: Iterable[Act]) -> Ball:
    """The ball as its acts made it, from the draft on."""
    for act in acts:
        ball = advance(ball, act)
    return ball


def agreed_words(number: int, version: int) -> str:
    """Where a change of the plan comes from, as an item's history tells it."""
    return f"Agreed in C-{number}, version {version}."


def is_quick(ball: Ball, act: Act) -> bool:
    """Whether someone agrees within a minute of the ball's coming to them. Who reopened it has said why."""
    if act.move is not Move.AGREE or ball.thrown_at is None:
        return False
    return act.at - (ball.held_since or ball.thrown_at) < STAMP


def is_rubber_stamp(ball: Ball, act: Act, asker_ids: Collection[int]) -> bool:
    """A quick agreement by someone who has not asked: they cannot have thought it over, whatever the others
    asked or were answered.

    Args:
        asker_ids: who has asked about the last version, answered or not.
    """
    return is_quick(ball, act) and act.by_id not in asker_ids


def days_held(ball: Ball, now: datetime) -> int:
    """Whole days for which the ball has lain where it is."""
    return (now - ball.held_since).days if ball.is_open and ball.held_since is not None else 0


def moves_table() -> str:
    """All moves as a Markdown table, for the guide."""
    head = ["move", "from", "to", "who", "asks for"]
    rows = [head, ["---"] * len(head)]
    for rule in RULES.values():
        who = ", ".join(part for part in Part if part in rule.parts)
        rows.append(
            [
                rule.move,
                ", ".join(state for state in BallState if state in rule.sources),
                rule.target,
                f"{who}; only while holding the ball" if rule.holds else who,
                rule.asks or "–",
            ]
        )
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


class _Names:
    def __init__(self, names: Names) -> None:
        self._names = names

    def of(self, member_id: int | None) -> str:
        return self._names.get(member_id or 0, "someone")

    def all(self, member_ids: Iterable[int]) -> str:
        found = sorted(self.of(one) for one in member_ids)
        return all_of(found) or "nobody"


def _throw(ball: Ball, act: Act, _known: _Names) -> Ball:
    if not ball.receiver_ids or ball.proposer_id in ball.receiver_ids:
        raise Invalid(
            "A ball needs someone on the other side. Choose who is to receive it.", field="receivers"
        )
    if len(ball.receiver_ids) > MOST_RECEIVERS:
        raise Invalid(
            f"{len(ball.receiver_ids)} people are named, and {MOST_RECEIVERS} can agree to one ball. Throw "
            "it to those who lead them, and let these throw it on.",
            field="receivers",
        )
    until_on = act.until_on or act.on + timedelta(days=ANSWER_DAYS)
    if until_on < act.on:
        raise Invalid(f"{until_on} is over already. Choose a day from {act.on} on.", field="until")
    return _version(ball, act, until_on)


def _counter(ball: Ball, act: Act, _known: _Names) -> Ball:
    if act.terms is not None and not act.renews and not difference(ball.terms, act.terms):
        raise Invalid(
            f"That changes nothing: version {ball.version} says the same. Change a term, agree to it, or "
            "ask.",
            field="title",
        )
    check_rounds(ball, act.by_id, is_lead=act.is_lead)
    until_on = max(ball.until_on or act.on, act.on + timedelta(days=MORE_DAYS))
    return _version(ball, act, until_on)


def _version(ball: Ball, act: Act, until_on: date) -> Ball:
    if act.terms is None:
        raise Invalid("There are no terms. Say what is to be achieved.", field="title")
    new = replace(
        ball,
        version=ball.version + 1,
        terms=act.terms,
        author_id=act.by_id,
        agreed_ids=frozenset(),
        thrown_at=act.at,
        until_on=until_on,
        not_deployed_reason="",
    )
    return _held(new, _missing(new), act.at)


def _agree(ball: Ball, act: Act, _known: _Names) -> Ball:
    if act.by_id == ball.author_id:
        raise NotAllowed(
            f"Version {ball.version} of {ball.reference} is your own, and the other side agrees to it. "
            f"{_way_on(ball, act)}"
        )
    agreed = replace(ball, agreed_ids=ball.agreed_ids | ({act.by_id} if act.by_id is not None else set()))
    missing = _missing(agreed)
    if missing:
        # The clock of those who still hold it runs on.
        at = ball.held_since if missing <= ball.holder_ids and ball.held_since is not None else act.at
        return _held(agreed, missing, at)
    return replace(
        agreed, state=BallState.AGREED, holder_ids=frozenset(), agreed_version=ball.version, held_since=act.at
    )


def _ask(ball: Ball, act: Act, _known: _Names) -> Ball:
    return replace(ball, asker_ids=(*ball.asker_ids, act.by_id or 0))


def _answer(ball: Ball, act: Act, _known: _Names) -> Ball:
    others = [asker for asker in ball.asker_ids if asker != act.by_id]
    if not others:
        raise Closed(f"No question waits for your answer on {ball.reference}. Write it into the thread.")
    waiting = list(ball.asker_ids)
    waiting.remove(others[0])
    return replace(ball, asker_ids=tuple(waiting))


def _decline(ball: Ball, act: Act, _known: _Names) -> Ball:
    return _ended(ball, BallState.DECLINED, act)


def _withdraw(ball: Ball, act: Act, _known: _Names) -> Ball:
    return _ended(ball, BallState.WITHDRAWN, act)


def _expire(ball: Ball, act: Act, _known: _Names) -> Ball:
    if ball.until_on is None or act.on <= ball.until_on:
        raise Closed(f"{ball.reference} waits until {ball.until_on}.")
    return _ended(ball, BallState.EXPIRED, act)


def _hand_over(ball: Ball, act: Act, known: _Names) -> Ball:
    from_id, to_id = act.from_id if act.from_id is not None else act.by_id, act.person_id
    if from_id is None or from_id not in ball.party_ids:
        raise Invalid(f"{known.of(from_id)} has no part in {ball.reference} to hand over.", field="person")
    if from_id != act.by_id and not act.is_lead:
        raise NotAllowed(
            f"Only {known.of(from_id)} hands over their own part in {ball.reference}, by `@Hoshin hand over "
            "to @name` in its thread. Where they have left, a strategy lead does it."
        )
    if to_id is None:
        raise Invalid("To whom? Choose the person who takes your place.", field="person")
    if to_id in ball.people_ids:
        raise Invalid(
            f"{known.of(to_id)} takes part in {ball.reference} already. Choose someone else.", field="person"
        )

    def swapped(member_id: int | None) -> int | None:
        return to_id if member_id == from_id else member_id

    moved = replace(
        ball,
        proposer_id=swapped(ball.proposer_id) or 0,
        receiver_ids=tuple(swapped(one) or 0 for one in ball.receiver_ids),
        author_id=swapped(ball.author_id),
        holder_ids=frozenset(swapped(one) or 0 for one in ball.holder_ids),
        agreed_ids=ball.agreed_ids - {from_id},
        asker_ids=tuple(swapped(one) or 0 for one in ball.asker_ids),
    )
    if from_id in ball.agreed_ids:
        # The other one has not agreed to anything yet.
        return _held(moved, _missing(moved), act.at)
    return replace(moved, held_since=act.at) if from_id in ball.holder_ids else moved


def _name_facilitator(ball: Ball, act: Act, known: _Names) -> Ball:
    if act.person_id is None:
        raise Invalid("Who? Choose someone of neither side.", field="person")
    if act.person_id in ball.party_ids:
        raise Invalid(
            f"{known.of(act.person_id)} is of one side of {ball.reference}, and a facilitator stands between "
            "them. Choose someone else.",
            field="person",
        )
    if act.person_id == ball.facilitator_id:
        raise Closed(
            f"{known.of(act.person_id)} is the facilitator of {ball.reference} already. {_way_on(ball, act)}"
        )
    return replace(ball, facilitator_id=act.person_id, state=BallState.ESCALATED)


def _deploy(ball: Ball, _act: Act, _known: _Names) -> Ball:
    return replace(ball, state=BallState.DEPLOYED)


def _not_deploy(ball: Ball, act: Act, _known: _Names) -> Ball:
    return replace(ball, state=BallState.DEPLOYED, not_deployed_reason=act.text.strip())


def _reopen(ball: Ball, act: Act, _known: _Names) -> Ball:
    holder = act.by_id if act.by_id in ball.party_ids and act.by_id is not None else ball.proposer_id
    until_on = max(ball.until_on or act.on, act.on + timedelta(days=MORE_DAYS))
    opened = replace(ball, agreed_ids=frozenset(), until_on=until_on, thrown_at=None, not_deployed_reason="")
    return _held(opened, frozenset({holder}), act.at)


_MOVES: Mapping[Move, Callable[[Ball, Act, _Names], Ball]] = {
    Move.THROW: _throw,
    Move.COUNTER: _counter,
    Move.AGREE: _agree,
    Move.ASK: _ask,
    Move.ANSWER: _answer,
    Move.DECLINE: _decline,
    Move.WITHDRAW: _withdraw,
    Move.HAND_OVER: _hand_over,
    Move.NAME_FACILITATOR: _name_facilitator,
    Move.DEPLOY: _deploy,
    Move.NOT_DEPLOY: _not_deploy,
    Move.REOPEN: _reopen,
    Move.EXPIRE: _expire,
}


def _missing(ball: Ball) -> frozenset[int]:
    """Who decides next. A receiver's version goes to the proposer first, then to the other receivers."""
    missing = ball.party_ids - ball.agreed_ids - {ball.author_id}
    return frozenset({ball.proposer_id}) if ball.proposer_id in missing else frozenset(missing)


def _held(ball: Ball, holder_ids: frozenset[int], at: datetime) -> Ball:
    state = BallState.RETURNED if ball.proposer_id in holder_ids else BallState.THROWN
    if ball.facilitator_id is not None:
        state = BallState.ESCALATED
    return replace(ball, state=state, holder_ids=holder_ids, held_since=at)


def _ended(ball: Ball, state: BallState, act: Act) -> Ball:
    return replace(ball, state=state, holder_ids=frozenset(), asker_ids=(), held_since=act.at)


def _check_fresh(ball: Ball, act: Act, known: _Names, seen: Terms | None) -> None:
    if act.version is None or act.version == ball.version:
        return
    changed = told(seen, ball.terms) if seen is not None else ""
    what = f": {changed}" if changed else ""
    now = f"{ball.reference} is {ball.state} now. " if not ball.is_open else ""
    raise Overtaken(
        f"{known.of(ball.author_id)} countered meanwhile{what}. {now}You had version {act.version} before "
        f"you, and the last is version {ball.version}; `/catchball show {ball.reference}` shows it. "
        f"{_waiting(ball, act, known)}{_way_on(ball, act)}",
        ("title",),
    )


def _not_from_here(ball: Ball, act: Act) -> str:
    when = "too early" if RULES[act.move].sources == {BallState.AGREED} and ball.is_open else "too late"
    return f"{ball.reference} is {ball.state}, so “{act.move}” comes {when}. {_way_on(ball, act)}"


def _not_theirs(ball: Ball, act: Act, rule: Rule, known: _Names) -> str:
    who = " or ".join(part for part in Part if part in rule.parts and part is not Part.CLOCK)
    return (
        f"You may not {rule.move} here: that is for the {who} of {ball.reference}. Proposer is "
        f"{known.of(ball.proposer_id)}, it was thrown to {known.all(ball.receiver_ids)}. {_way_on(ball, act)}"
    )


def _not_holding(ball: Ball, act: Act, known: _Names) -> str:
    if act.by_id in ball.agreed_ids:
        return (
            f"You have agreed to version {ball.version} of {ball.reference}. It waits for "
            f"{known.all(ball.holder_ids)}. {_way_on(ball, act)}"
        )
    return (
        f"{known.all(ball.holder_ids)} has the ball of {ball.reference} since version {ball.version}. "
        f"{_way_on(ball, act)}"
    )


def _waiting(ball: Ball, act: Act, known: _Names) -> str:
    is_others = ball.is_open and act.by_id not in ball.holder_ids
    return f"It waits for {known.all(ball.holder_ids)}. " if is_others else ""


def _way_on(ball: Ball, act: Act, *, but: Move | None = None) -> str:
    return way_on(ball, act.by_id, is_lead=act.is_lead, but=but)
