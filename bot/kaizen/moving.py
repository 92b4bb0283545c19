"""Moving an idea through its life; its author, its thread and its card learn of every step."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from bot.blockkit.mrkdwn import literal
from bot.kaizen import people, voting
from bot.kaizen.facts import Detail
from bot.kaizen.post import redraw_card, tell_step, tell_supporters, thank
from bot.kaizen.reading import life_of, list_event_team, read_number, show
from bot.kaizen.submitting import WHO_UPLOADED
from storage.database import UnitOfWork
from storage.rules.cadence import local_date
from storage.rules.date_words import day_words
from storage.rules.errors import Invalid, InvalidFields, NotAllowed
from storage.rules.kaizen import (
    ENDS,
    IMPLEMENTED,
    STEPS,
    Ask,
    Given,
    IdeaState,
    Move,
    Role,
    Step,
    advance,
    check_coach,
    check_original,
    told,
)
from storage.rules.kaizen_clock import follow_ups
from storage.rules.kaizen_whys import read_whys
from storage.rules.terms import Kind
from storage.tables.kaizen import Idea, IdeaStep
from storage.tables.member import Member

BEFORE, AFTER = "before", "after"
"""The inputs for pictures."""
AUTHOR_LEFT = "Its author has left, so nobody is written to. The answer stands on its card and in its thread."
COACHING, HANDING_OVER = "coach", "hand over"
PICTURED = frozenset({Move.STANDARDISE, Move.JUST_DO, Move.CLOSE})
"""The steps that come with a result, of which there may be a picture."""


def move(
    uow: UnitOfWork,
    member_id: int,
    idea_id: int,
    name: Move,
    texts: Mapping[str, str] | None = None,
    *,
    picture_id: str = "",
) -> Detail:
    """Carries out one step.

    Args:
        texts: what was given, by the names of what the step asks; `responsible` is Slack's id, `until` a
            day as 2026-02-09, `original` a reference.
        picture_id: Slack's id of a picture of how it is now, for the steps in `PICTURED`.

    Raises:
        Closed: the idea is not where this step starts.
        NotAllowed: it is for others to do.
        Invalid, InvalidFields: something that the step asks is missing or wrong.
        NotFound: there is no such idea, or no such original.
    """
    viewer = people.get_actor(uow, member_id)
    idea = uow.ideas.lock(idea_id)
    step = STEPS[name]
    given = _given(texts or {})
    today = local_date(uow.now, uow.members.get(member_id).zone)
    before = idea.state
    after = advance(life_of(idea), name, people.roles_on(uow, viewer, idea), given, today)
    said = _take_over(uow, idea, step, given)
    if picture_id and name in PICTURED:
        _put_picture(idea, member_id, after=picture_id)
    idea.state, idea.held_from, idea.until_on = after.state, after.held_from, after.until_on
    idea.answered_at = idea.answered_at or uow.now
    idea.ended_at = uow.now if after.state in ENDS else None
    if idea.responsible_id is None and (after.state in IMPLEMENTED or before in IMPLEMENTED):
        idea.responsible_id = _carrier_id(idea, member_id)
    if after.state in IMPLEMENTED:
        uow.idea_results.plan_follow_ups(idea.id, follow_ups(today))
    elif before in IMPLEMENTED:
        uow.idea_results.drop_follow_ups(idea.id)
    uow.session.flush()
    row = log_step(uow, idea, member_id, str(name), said, before=before)
    words = _words(uow, step, member_id, idea, said)
    redraw_card(uow, idea)
    is_heard = tell_step(uow, idea, row, words)
    if step.milestone:
        thank(uow, idea, row, words, _everyone_who_took_part(uow, idea))
    elif after.state in ENDS:
        # Nobody is thanked here, so those who support it would not hear of it.
        tell_supporters(uow, idea, row, words, voting.supporters(uow, idea))
    return show(uow, member_id, idea.id, "" if is_heard else AUTHOR_LEFT)


def coach(uow: UnitOfWork, member_id: int, idea_id: int) -> Detail:
    """Becomes the coach of an idea.

    Raises:
        Closed: someone coaches it already; of two who press at once the second learns who was first.
        NotAllowed: they are not of the lean council.
    """
    viewer = people.get_actor(uow, member_id)
    idea = uow.ideas.lock(idea_id)
    if Role.COUNCIL not in people.roles_on(uow, viewer, idea):
        raise NotAllowed(
            "Coaching is for the lean council. Ask one of them, or say in the thread how you can help."
        )
    if idea.coach_id == member_id:
        return show(uow, member_id, idea.id)  # pressed twice
    name = uow.members.get(idea.coach_id).name if idea.coach_id is not None else None
    check_coach(idea.number, name)
    idea.coach_id = member_id
    uow.session.flush()
    row = log_step(uow, idea, member_id, COACHING, "")
    redraw_card(uow, idea)
    tell_step(uow, idea, row, f"{literal(uow.members.get(member_id).name)} coaches it.")
    return show(uow, member_id, idea.id)


def hand_over(
    uow: UnitOfWork, member_id: int, idea_id: int, *, coach: str, responsible: str, reason: str
) -> Detail:
    """Gives an idea another coach or responsible person; the reason is recorded.

    Args:
        coach, responsible: Slack's ids; empty leaves the one there is.

    Raises:
        NotAllowed: they are not of the lean council.
        InvalidFields, Invalid: no reason, nobody, or someone who is not known.
    """
    viewer = people.get_actor(uow, member_id)
    idea = uow.ideas.lock(idea_id)
    if Role.COUNCIL not in people.roles_on(uow, viewer, idea):
        raise NotAllowed("Handing over is for the lean council. Ask one of them.")
    if not reason.strip():
        raise InvalidFields(
            {"reason": "There is no reason. One sentence for those whom it concerns is enough."}
        )
    new_coach = _find_member(uow, coach, "coach") if coach else None
    new_responsible = _find_member(uow, responsible, "responsible") if responsible else None
    if new_coach is None and new_responsible is None:
        raise Invalid("Nobody is chosen. Choose a coach or who is responsible.", field="coach")
    idea.coach_id = new_coach.id if new_coach else idea.coach_id
    idea.responsible_id = new_responsible.id if new_responsible else idea.responsible_id
    uow.session.flush()
    row = log_step(uow, idea, member_id, HANDING_OVER, reason.strip())
    redraw_card(uow, idea)
    parts = [f"{literal(new_coach.name)} coaches it"] if new_coach else []
    parts += [f"{literal(new_responsible.name)} is responsible"] if new_responsible else []
    tell_step(uow, idea, row, f"{' and '.join(parts)}. The reason: {literal(reason)}")
    return show(uow, member_id, idea.id)


def estimate(uow: UnitOfWork, member_id: int, idea_id: int, levels: Mapping[str, int | None]) -> Detail:
    """Writes down effort, impact and confidence, from 1 to 5.

    Raises:
        NotAllowed: they have no part in the idea.
    """
    idea = _lock_own(uow, member_id, idea_id)
    for name in ("effort", "impact", "confidence"):
        setattr(idea, name, levels.get(name))
    uow.session.flush()
    return show(uow, member_id, idea.id)


def write_whys(uow: UnitOfWork, member_id: int, idea_id: int, texts: list[str]) -> Detail:
    """Writes down the 5 Whys; the detail's warning says where they end in a person's name.

    Raises:
        Invalid, InvalidFields: too few, or one in between is empty.
        NotAllowed: they have no part in the idea.
    """
    idea = _lock_own(uow, member_id, idea_id)
    names = [person.name for person in uow.strategies.read_people().values()]
    found = read_whys(texts, names)
    idea.whys = list(found.chain) or None
    uow.session.flush()
    return show(uow, member_id, idea.id, found.warning)


def put_pictures(uow: UnitOfWork, member_id: int, idea_id: int, *, before: str, after: str) -> Detail:
    """Puts pictures on an idea, in the place of those that there are; an empty id leaves the one there is.

    Args:
        before, after: Slack's ids of files that are known to be pictures.

    Raises:
        NotAllowed: they have no part in the idea.
        Invalid: its author stays anonymous; or there is no picture.
    """
    idea = _lock_own(uow, member_id, idea_id)
    if not before and not after:
        raise Invalid("No picture is chosen. Choose one, or close the form.", field=BEFORE)
    _put_picture(idea, member_id, before=before, after=after)
    uow.session.flush()
    redraw_card(uow, idea)
    return show(uow, member_id, idea.id)


def check_part(uow: UnitOfWork, member_id: int, idea: Idea) -> frozenset[Role]:
    """What someone is to an idea.

    Raises:
        NotAllowed: nothing.
    """
    roles = people.roles_on(uow, people.get_actor(uow, member_id), idea)
    if not roles:
        raise NotAllowed(
            "This is for the idea's author, coach, responsible or the lean council. Say it in its thread."
        )
    return roles


def log_step(
    uow: UnitOfWork, idea: Idea, member_id: int, name: str, said: str, *, before: IdeaState | None = None
) -> IdeaStep:
    """A line in an idea's history, and in the trail unless its author did it and stays anonymous."""
    row = IdeaStep(
        workspace_id=uow.workspace_id,
        idea_id=idea.id,
        at=uow.now,
        member_id=None if _is_hidden(idea, member_id) else member_id,
        move=name,
        from_state=before or idea.state,
        to_state=idea.state,
        said=said[:3000],
    )
    uow.ideas.add_step(row)
    if row.member_id is not None:
        uow.audit.record(
            at=uow.now,
            member_id=member_id,
            action=name,
            kind=Kind.IDEA,
            item_id=idea.id,
            reference=f"K-{idea.number}",
            before={"state": before or idea.state},
            after={"state": idea.state},
        )
    return row


def _lock_own(uow: UnitOfWork, member_id: int, idea_id: int) -> Idea:
    idea = uow.ideas.lock(idea_id)
    check_part(uow, member_id, idea)
    return idea


def _put_picture(idea: Idea, member_id: int, *, before: str = "", after: str = "") -> None:
    if _is_hidden(idea, member_id):
        raise Invalid(WHO_UPLOADED, field=BEFORE if before else AFTER)
    idea.before_file_id = before or idea.before_file_id
    idea.after_file_id = after or idea.after_file_id


def _given(texts: Mapping[str, str]) -> Given:
    until = texts.get(Ask.UNTIL, "")
    try:
        until_on = date.fromisoformat(until) if until else None
    except ValueError as error:
        raise Invalid("This is no day. Choose one from the calendar.", field=Ask.UNTIL) from error
    return Given({ask: texts.get(ask, "") for ask in Ask if ask is not Ask.UNTIL}, until_on)


def _take_over(uow: UnitOfWork, idea: Idea, step: Step, given: Given) -> str:
    """Writes what the step was given to where it belongs; returns it in words."""
    texts = {ask: given.texts.get(ask, "").strip() for ask in Ask}
    if Ask.RESPONSIBLE in step.asks:
        responsible = _find_member(uow, texts[Ask.RESPONSIBLE], Ask.RESPONSIBLE)
        idea.responsible_id = responsible.id
        return responsible.name
    if Ask.ORIGINAL in step.asks:
        return _merge(uow, idea, read_number(texts[Ask.ORIGINAL], Ask.ORIGINAL))
    if step.move is Move.STANDARDISE:
        idea.result, idea.elsewhere = texts[Ask.CHANGE], texts[Ask.ELSEWHERE]
        return idea.result
    if step.move in {Move.JUST_DO, Move.CLOSE}:
        idea.result = texts[Ask.RESULT]
        return idea.result
    if step.move is Move.HOLD and given.until_on is not None:
        return f"until {day_words(given.until_on)}. {texts[Ask.REASON]}"
    return next((texts[ask] for ask in step.asks if texts[ask]), "")


def _merge(uow: UnitOfWork, idea: Idea, number: int) -> str:
    """Makes the author and the supporters of an idea supporters of the one that says the same.

    An anonymous author is not: supporters are thanked by name.
    """
    original = uow.ideas.lock(uow.ideas.get_id(number))
    check_original(idea.number, original.number, original.state)
    voters = voting.supporters(uow, idea)
    if idea.author_id is not None:
        author = uow.members.get(idea.author_id)
        voters += [author.slack_user_id] if author.slack_user_id else []
    for voter in voters:
        uow.idea_votes.say(original.id, voter, voting.BUTTON, Decimal(str(uow.now.timestamp())), is_on=True)
    original.votes = voting.count(uow, original)
    idea.original_id = original.id
    uow.session.flush()
    redraw_card(uow, original)
    return f"K-{original.number} {original.title}"


def _find_member(uow: UnitOfWork, slack_id: str, field: str) -> Member:
    found = uow.members.find_by_slack_id(slack_id)
    if found is None or found.is_deactivated:
        raise Invalid(
            "Hoshin does not know this person, or they have left. Choose someone else, or let them type "
            "`/kaizen` once.",
            field=field,
        )
    return found


def _words(uow: UnitOfWork, step: Step, member_id: int, idea: Idea, said: str) -> str:
    """What the author reads, as markup."""
    who = "Its author" if _is_hidden(idea, member_id) else uow.members.get(member_id).name
    return told(step, literal(who), literal(said), is_anonymous=idea.is_anonymous)


def _carrier_id(idea: Idea, member_id: int) -> int | None:
    """Who carries a small idea that went without a responsible person: its author, else who has moved it."""
    return idea.author_id if idea.author_id is not None or _is_hidden(idea, member_id) else member_id


def _is_hidden(idea: Idea, member_id: int) -> bool:
    return idea.is_anonymous and member_id == idea.sealed_for_id


def _everyone_who_took_part(uow: UnitOfWork, idea: Idea) -> list[str]:
    """Slack's ids, and the names of those without an account. An anonymous author is not named."""
    own = (idea.author_id, idea.responsible_id, idea.coach_id, *list_event_team(uow, idea))
    members = people.names_of(uow, own)
    named = [
        members[member_id].slack_user_id or members[member_id].name
        for member_id in own
        if member_id in members and not members[member_id].is_deactivated
    ]
    if idea.author_name:
        named.insert(0, idea.author_name)
    return list(dict.fromkeys([*named, *voting.supporters(uow, idea)]))
