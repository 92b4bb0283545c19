"""What people do with balls, one unit of work each: the move, the card and the thread stand or fall "
"together."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from bot.asks import ChannelFacts
from bot.catchball.facts import Aim, CounterForm, Opening, Overview, Told, Typed
from bot.catchball.posting import number_in_thread, redraw, tell, tell_newcomer
from bot.catchball.seasons import season_note
from storage import catchballs
from storage.catchballs import Counter, Moved, Record, Throw
from storage.database import UnitOfWork
from storage.editing import look
from storage.rules import access
from storage.rules.access import Viewer
from storage.rules.cadence import local_date
from storage.rules.catchball import OPEN, BallState, Move
from storage.rules.catchball_terms import KINDS, Terms, shown, told
from storage.rules.catchball_words import read_counter, read_measure, write_measure
from storage.rules.errors import Invalid, InvalidFields
from storage.rules.graph import Graph
from storage.rules.hierarchy import Ref, parse_reference
from storage.rules.terms import Kind, Role

_BELOW: Mapping[Kind, Kind] = {
    Kind.BREAKTHROUGH: Kind.ANNUAL_OBJECTIVE,
    Kind.ANNUAL_OBJECTIVE: Kind.OBJECTIVE,
    Kind.INITIATIVE: Kind.ANNUAL_OBJECTIVE,
    Kind.OBJECTIVE: Kind.KEY_RESULT,
}
"""What usually stands under what."""

_IN_ONE_LINE = frozenset({"measure", "unit", "baseline", "target"})
T = TypeVar("T")

_OVER = re.compile(r"^over\b\s*", re.IGNORECASE)
_LEADING_REFERENCE = re.compile(r"^\s*[Cc]\s?[-‐‑–]\s?([0-9]{1,9})\b[\s:,]*")


@dataclass(frozen=True, slots=True)
class Spoken:
    """What someone said to the app in a conversation, and when: `text` is what follows the word."""

    channel_id: str
    thread_ts: str | None
    text: str
    at: datetime


def open_throw(uow: UnitOfWork, member_id: int, opening: Opening) -> Opening:
    """The form's beginning, once what it names is known to be there for the person: with the terms of the
    item as they stand, or under it where its kind is not negotiated itself.

    Raises:
        NotFound: there is no plan, or no such item for them.
        Closed: it is over, or negotiated already.
    """
    viewer = _viewer(uow, member_id)
    graph = look(uow, viewer)
    opening = replace(opening, season=season_note(uow))
    if not opening.item:
        if opening.parent:
            access.get_visible(graph, parse_reference(opening.parent, field="parent"))
        return opening
    node = access.get_visible(graph, parse_reference(opening.item))
    if node.kind not in KINDS:
        return replace(opening, item="", parent=node.reference)
    catchballs.check_free(uow, viewer, node)
    terms = catchballs.present_terms(uow, viewer, graph, node)
    owner = graph.people.get(node.owner_id or 0)
    is_others = owner is not None and owner.id != member_id and owner.slack_user_id is not None
    return replace(
        opening,
        item=node.reference,
        title=opening.title or terms.title,
        measure=write_measure(terms),
        due_on=terms.due_on,
        why=opening.why or terms.why,
        scope=terms.scope,
        resources=terms.resources,
        commitment=terms.commitment,
        parent=shown(terms, "parent"),
        to=opening.to or ((owner.slack_user_id or "",) if owner is not None and is_others else ()),
    )


def reopen_throw(uow: UnitOfWork, member_id: int, opening: Opening) -> Opening:
    """The form once more, unfolded; a parent that was typed wrongly is told of when the form is sent."""
    if opening.item:
        return open_throw(uow, member_id, opening)
    return replace(opening, season=season_note(uow))


def open_below(uow: UnitOfWork, member_id: int, opening: Opening) -> Opening:
    """The same form for something new below the item."""
    return open_throw(uow, member_id, replace(opening, item="", parent=opening.item))


def propose(
    uow: UnitOfWork,
    member_id: int,
    typed: Typed,
    receiver_ids: Sequence[int],
    channel: ChannelFacts,
    *,
    locale: str,
) -> Told:
    """Throws a ball, posts its card and opens its thread.

    Raises:
        Invalid, InvalidFields, NotFound, NotAllowed: as `catchballs.throw`; by the form's inputs.
    """
    check_channel(channel)
    viewer = _viewer(uow, member_id)
    graph = look(uow, viewer)
    terms = _terms(typed, locale)
    item = access.get_visible(graph, parse_reference(typed.item)) if typed.item else None
    if item is not None:
        _check_open(graph, item.ref, channel)
        terms = _with_unseen(terms, catchballs.present_terms(uow, viewer, graph, item), typed)
    if terms.parent is not None:
        _check_open(graph, terms.parent, channel)
    parent = graph.find(terms.parent) if terms.parent is not None else None
    usual = _BELOW.get(parent.kind, Kind.OBJECTIVE) if parent is not None else Kind.OBJECTIVE
    wanted = Throw(
        kind=item.kind if item is not None else Kind(typed.kind) if typed.kind else usual,
        terms=terms,
        receiver_ids=receiver_ids,
        channel_id=channel.id,
        is_private=channel.is_private,
        until_on=typed.until_on,
        item=item.ref if item is not None else None,
    )
    thrown = _by_inputs(lambda: tell(uow, catchballs.throw(uow, viewer, wanted)))
    # Last: who may not catch it at all is told that first.
    _check_heard(uow, graph, channel, receiver_ids)
    if parent is not None:
        _redraw_about(uow, parent.kind, parent.id)
    return thrown


def check_channel(channel: ChannelFacts) -> None:
    """Raises Invalid (field "channel") where a card could not stand."""
    if channel.is_direct:
        sentence = (
            "A direct message with Hoshin has nobody else in it. Choose a channel or a group conversation."
        )
        raise Invalid(sentence, field="channel")
    if channel.is_archived:
        raise Invalid("This channel is archived. Choose another one.", field="channel")
    if not channel.is_member:
        sentence = (
            "Hoshin is not in this channel yet. Type `/invite @Hoshin` there, then send this form again."
        )
        raise Invalid(sentence, field="channel")


def _check_heard(uow: UnitOfWork, graph: Graph, channel: ChannelFacts, receiver_ids: Sequence[int]) -> None:
    """Raises Invalid (field "channel") where a receiver does not see the card, or may not: Slack tells nobody
    of a mention in a channel that they are not in."""
    receivers = [graph.people[one] for one in receiver_ids if one in graph.people]
    present = channel.present
    if present is None:
        readers = uow.audiences.find_viewers(channel.id)
        if readers is None:
            raise Invalid(
                "Slack does not tell who reads this conversation, so whoever is to catch the ball may not "
                "see it there. Choose another one, or tick the group conversation below.",
                field="channel",
            )
        ids = {reader.member_id for reader in readers}
        present = frozenset(one.slack_user_id or "" for one in receivers if one.id in ids)
    absent = [one.name for one in receivers if one.slack_user_id not in present]
    if absent:
        raise Invalid(
            f"{absent[0]} is not in this channel and would not hear of the ball. Choose one that all of you "
            f"read, invite them there first, or throw it in a group conversation.",
            field="channel",
        )


def open_counter(uow: UnitOfWork, member_id: int, number: int, *, folded: bool = True) -> CounterForm:
    """The last version, to be changed.

    Raises:
        NotFound: there is no such ball for them.
        Closed, NotAllowed: they may not counter now, so that nobody types in vain.
    """
    viewer = _viewer(uow, member_id)
    record = catchballs.show(uow, viewer, number)
    catchballs.check_may(viewer, record, Move.COUNTER)
    return CounterForm(
        number=number,
        version=record.ball.version,
        terms=record.ball.terms,
        folded=folded,
        meanwhile=catchballs.tell_changed(uow, look(uow, viewer), record.row, record.ball),
    )


def tell_since(uow: UnitOfWork, member_id: int, aim: Aim, now: Terms) -> str:
    """What has changed since the version that someone had before them; empty where nothing has."""
    before = catchballs.terms_at(uow, _viewer(uow, member_id), aim.number, aim.version)
    changed = told(before, now)
    return (
        f"Countered meanwhile: {changed}. What you typed stays in the form; have a look at it."
        if changed
        else ""
    )


def counter(
    uow: UnitOfWork, member_id: int, aim: Aim, typed: Typed, reasons: Counter, *, locale: str
) -> Told:
    """A counter from the form. What the folded form did not show stays as it was in the version that they
    had before them.

    Args:
        reasons: the reason, those of single terms and the answers.
    """
    now, viewer = _terms(typed, locale), _viewer(uow, member_id)
    terms = replace(
        catchballs.terms_at(uow, viewer, aim.number, aim.version, locks=True),
        title=now.title,
        measure=now.measure,
        unit=now.unit,
        baseline=now.baseline,
        target=now.target,
        due_on=now.due_on,
        why=now.why,
    )
    if not typed.is_folded:
        terms = replace(
            terms,
            scope=now.scope,
            resources=now.resources,
            commitment=now.commitment,
            parent=now.parent,
        )
    wanted = replace(reasons, terms=terms)
    moved = _by_inputs(lambda: catchballs.counter(uow, viewer, aim.number, wanted, version=aim.version))
    return tell(uow, moved, wanted)


def agree(uow: UnitOfWork, member_id: int, aim: Aim) -> Told:
    return tell(uow, catchballs.agree(uow, _viewer(uow, member_id), aim.number, version=aim.version))


def say(uow: UnitOfWork, member_id: int, move: Move, aim: Aim, text: str) -> Told:
    """Everything that is said in a sentence."""
    return tell(uow, _say(uow, _viewer(uow, member_id), move, aim, text))


def name_person(
    uow: UnitOfWork,
    member_id: int,
    move: Move,
    number: int,
    person_id: int,
    *,
    from_id: int | None = None,
    is_present: bool = False,
) -> Told:
    """Hands over to someone, or names the facilitator.

    Args:
        from_id: whose part a strategy lead hands over; without it one's own.
        is_present: they read the ball's conversation, and need not be told directly.
    """
    viewer = _viewer(uow, member_id)
    if move is Move.HAND_OVER:
        moved = catchballs.hand_over(uow, viewer, number, person_id, from_id=from_id)
    else:
        moved = catchballs.name_facilitator(uow, viewer, number, person_id)
    done = tell(uow, moved)
    if not is_present:
        tell_newcomer(uow, moved.row, done, person_id)
    return done


def find_place(uow: UnitOfWork, member_id: int, number: int) -> str:
    """The id of the conversation that a ball is negotiated in.

    Raises:
        NotFound: there is no such ball for them.
    """
    return catchballs.show(uow, _viewer(uow, member_id), number).row.channel_id


def find_addressed(uow: UnitOfWork, spoken: Spoken) -> int:
    """The number of the ball that someone speaks of.

    Raises:
        Invalid: it is no ball's thread, and none is named.
    """
    return _addressed(uow, replace(spoken, text=_OVER.sub("", spoken.text)))[0]


def list_parts(uow: UnitOfWork, member_id: int, number: int) -> tuple[tuple[int, str], ...]:
    """(member id, name) of those whose part someone may hand over beside their own: all parts for a strategy
    lead, none for others.

    Raises:
        NotFound: there is no such ball for them.
    """
    viewer = _viewer(uow, member_id)
    record = catchballs.show(uow, viewer, number)
    if Role.STRATEGY_LEAD not in viewer.granted:
        return ()
    parties = (record.ball.proposer_id, *record.ball.receiver_ids)
    return tuple((one, record.names.get(one, "someone")) for one in parties)


def by_words(uow: UnitOfWork, member_id: int, move: Move, spoken: Spoken, *, locale: str) -> Told:
    """A move said in a thread: about the version that stood when it was said.

    Raises:
        Invalid: it is no ball's thread, or the words cannot be read; else as the move itself.
    """
    number, text = _addressed(uow, spoken)
    viewer = _viewer(uow, member_id)
    record = catchballs.show(uow, viewer, number)
    version = uow.catchballs.version_at(record.row.id, spoken.at)
    if move is Move.AGREE:
        if text:
            raise Invalid(
                f"An agreement is to version {record.ball.version} as it stands. Say `@Hoshin agree` alone, "
                "`@Hoshin ask …`, or `@Hoshin counter …` with what should change."
            )
        return tell(uow, catchballs.agree(uow, viewer, number, version=version))
    if move is not Move.COUNTER:
        return tell(uow, _say(uow, viewer, move, Aim(number, version), text))
    plan = uow.strategies.get_plan()
    terms, reason = read_counter(
        text,
        record.ball.terms,
        local_date(uow.now, plan.zone),
        locale=locale,
        fiscal_start_month=plan.starts_on.month,
    )
    wanted = Counter(terms=terms, reason=reason)
    return tell(uow, catchballs.counter(uow, viewer, number, wanted, version=version), wanted)


def person_by_words(
    uow: UnitOfWork,
    member_id: int,
    move: Move,
    spoken: Spoken,
    person_id: int,
    *,
    from_slack_id: str = "",
    is_present: bool = False,
) -> Told:
    """As `name_person`, said in a thread.

    Args:
        from_slack_id: whose part is handed over, who may have left; empty for one's own.
    """
    number, _ = _addressed(uow, replace(spoken, text=_OVER.sub("", spoken.text)))
    giver = uow.members.find_by_slack_id(from_slack_id) if from_slack_id else None
    if from_slack_id and giver is None:
        raise Invalid("Whose part? Mention someone who takes part, then the one who takes their place.")
    from_id = giver.id if giver is not None else None
    return name_person(uow, member_id, move, number, person_id, from_id=from_id, is_present=is_present)


def history(uow: UnitOfWork, member_id: int, spoken: Spoken) -> Record:
    number, _ = _addressed(uow, spoken)
    return catchballs.show(uow, _viewer(uow, member_id), number)


def show(uow: UnitOfWork, member_id: int, text: str) -> Record:
    """A ball whole, by its reference or number.

    Raises:
        Invalid: the text is no ball's reference.
        NotFound: there is no such ball for them.
    """
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004 - what a row id can have
    if number is None:
        kind, number = parse_reference(text)
        if kind is not Kind.CATCHBALL:
            raise Invalid(
                f"{text.upper()} is a {kind}. A ball's reference looks like C-1; `/catchball` lists yours."
            )
    return catchballs.show(uow, _viewer(uow, member_id), number)


def read_own(uow: UnitOfWork, member_id: int) -> Overview:
    """What someone holds and waits for.

    Raises:
        NotFound: there is no plan.
    """
    people = uow.picture().graph.people
    lines = uow.ball_lists.list_open_of(member_id)
    theirs = [one for one in lines if member_id in one.people_ids]
    return Overview(
        held=tuple(one for one in theirs if member_id in one.holder_ids),
        waited=tuple(one for one in theirs if member_id not in one.holder_ids),
        team=(),
        open_branches=(),
        names={one: people[one].name for line in theirs for one in line.people_ids if one in people},
        now=uow.now,
    )


def overview(uow: UnitOfWork, member_id: int) -> Overview:
    """What someone holds, waits for, and what lies with their teams."""
    viewer = _viewer(uow, member_id)
    graph = uow.picture().graph
    lines = catchballs.visible_lines(uow, viewer, uow.ball_lists.list_lines(states=OPEN))
    held = tuple(one for one in lines if member_id in one.holder_ids)
    waited = tuple(one for one in lines if member_id in one.people_ids and member_id not in one.holder_ids)
    mine = viewer.team_ids | viewer.led_team_ids
    mates = {one for team_id in mine for one in graph.teams[team_id].member_ids if team_id in graph.teams}
    team = tuple(one for one in lines if member_id not in one.people_ids and one.party_ids & mates)
    return Overview(
        held=held,
        waited=waited,
        team=team,
        open_branches=tuple(catchballs.coverage(uow, viewer)),
        names={one: person.name for one, person in graph.people.items()},
        now=uow.now,
    )


def _say(uow: UnitOfWork, viewer: Viewer, move: Move, aim: Aim, text: str) -> Moved:
    match move:
        case Move.ASK:
            return catchballs.ask(uow, viewer, aim.number, text)
        case Move.ANSWER:
            return catchballs.answer(uow, viewer, aim.number, text)
        case Move.DECLINE:
            return catchballs.decline(uow, viewer, aim.number, text, version=aim.version)
        case Move.WITHDRAW:
            return catchballs.withdraw(uow, viewer, aim.number, text)
        case Move.REOPEN:
            return catchballs.reopen(uow, viewer, aim.number, text)
        case Move.NOT_DEPLOY:
            return catchballs.not_deploy(uow, viewer, aim.number, text)
    raise ValueError(f"{move} is not said in a sentence")


def _addressed(uow: UnitOfWork, spoken: Spoken) -> tuple[int, str]:
    """(which ball, what is said of it): the one that the text names, else that of the thread."""
    named = _LEADING_REFERENCE.match(spoken.text)
    if named is not None:
        return int(named[1]), spoken.text[named.end() :].strip()
    return number_in_thread(uow, spoken.channel_id, spoken.thread_ts), spoken.text.strip()


def _terms(typed: Typed, locale: str) -> Terms:
    measured = read_measure(typed.measure, locale) if typed.measure else Terms()
    parent: Ref | None = parse_reference(typed.parent, field="parent") if typed.parent else None
    return replace(
        measured,
        title=typed.title,
        due_on=typed.due_on,
        why=typed.why,
        scope=typed.scope,
        resources=typed.resources,
        commitment=typed.commitment,
        parent=parent,
    )


def _with_unseen(terms: Terms, present: Terms, typed: Typed) -> Terms:
    """What a folded form did not show stays as it is; a measure that is typed as it stands keeps its unit."""
    if typed.measure == write_measure(present):
        terms = replace(
            terms,
            measure=present.measure,
            unit=present.unit,
            baseline=present.baseline,
            target=present.target,
        )
    if not typed.is_folded:
        return terms
    return replace(
        terms,
        scope=present.scope,
        resources=present.resources,
        commitment=present.commitment,
        parent=present.parent,
    )


def _check_open(graph: Graph, parent: Ref, channel: ChannelFacts) -> None:
    """What is restricted is not negotiated before everyone."""
    node = access.get_visible(graph, parent)
    if node.ref in graph.guards and not channel.is_private:
        raise Invalid(
            f"Not everyone may see {node.reference}, and everyone may join this channel. Choose a private "
            "one.",
            field="channel",
        )


def _redraw_about(uow: UnitOfWork, kind: Kind, item_id: int) -> None:
    for line in uow.ball_lists.list_lines(states={BallState.DEPLOYED}):
        if (line.item_kind, line.item_id) == (kind, item_id):
            redraw(uow, uow.catchballs.lock(line.number))


def _by_inputs(work: Callable[[], T]) -> T:
    """The work, with what is wrong told beside the form's inputs: one line holds measure, from, to and "
    "unit."""
    try:
        return work()
    except InvalidFields as refusal:
        sentences: dict[str, str] = {}
        for field, sentence in refusal.sentences.items():
            place = "measure" if field in _IN_ONE_LINE else field
            sentences[place] = f"{sentences[place]} {sentence}" if place in sentences else sentence
        raise InvalidFields(sentences) from None


def _viewer(uow: UnitOfWork, member_id: int) -> Viewer:
    return uow.roles.get_viewer(member_id)
