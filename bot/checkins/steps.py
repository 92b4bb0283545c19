"""Steps of initiatives, asked when they fall due: is it done, or when will it be?"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from itertools import chain

from bot.checkins.kinds import due_words
from bot.slices import Answered, AskField, AskKind, Subject, Turn
from storage.database import UnitOfWork
from storage.editing.steps import change_step, tick_step
from storage.rules.absences import read_day
from storage.rules.cadence import local_date
from storage.rules.errors import Closed, Invalid, InvalidFields, NotAllowed, NotFound
from storage.rules.hierarchy import format_reference
from storage.rules.terms import Kind

DONE, LATER, OPEN = "done", "needs another date", "still on its way"
STATE, NEW_DATE, NOTE = "state", "new_date", "note"
RULE = "A step of an initiative is asked about in the week in which it falls due, and then until it is done."

FIELDS = (
    AskField(STATE, "How is it?", options=(DONE, OPEN, LATER), quick=(DONE, OPEN)),
    AskField(NOTE, "Note", multiline=True, placeholder="What is left, or what helped"),
    AskField(
        NEW_DATE,
        "New date",
        placeholder="31 March",
        hint="The date that was first agreed stays beside it.",
        when=(STATE, (LATER,)),
    ),
)


def find(uow: UnitOfWork, turns: Sequence[Turn]) -> Mapping[int, Sequence[Subject]]:
    """The open steps that fall due up to the end of each person's window."""
    owners = {owner for turn in turns for owner in turn.owners}
    teams = {team for turn in turns for team in turn.teams}
    until = max(turn.until_on for turn in turns)
    by_owner: dict[int, list[Subject]] = defaultdict(list)
    by_team: dict[int | None, list[Subject]] = defaultdict(list)
    for line in uow.due_parts.list_steps(owners, until, orphans_of=teams):
        subject = Subject(
            row_id=line.id,
            reference=format_reference(Kind.INITIATIVE, line.initiative_number),
            title=line.title,
            fields=FIELDS,
            rule=RULE,
            kind=Kind.INITIATIVE,
            item_id=line.initiative_id,
            owner_id=line.owner_id,
            due_on=line.due_on,
            facts=(f"A step of {line.initiative_title}, {due_words(line.due_on)}.",),
        )
        if line.owner_id is not None:
            by_owner[line.owner_id].append(subject)
        else:
            by_team[line.team_id].append(subject)
    return {
        turn.member_id: [
            subject
            for subject in chain(
                *(by_owner[owner] for owner in turn.owners), *(by_team[team] for team in turn.teams)
            )
            if subject.due_on is not None and subject.due_on <= turn.until_on
        ]
        for turn in (turns if by_owner or by_team else ())
    }


def store(uow: UnitOfWork, answered: Answered) -> None:
    """Ticks the step off, or gives it another date.

    Raises:
        Invalid: the new date cannot be read (field "new_date").
    """
    state = answered.said.get(STATE)
    viewer = uow.roles.get_viewer(answered.member_id)
    try:
        if state in {DONE, OPEN}:
            tick_step(uow, viewer, answered.row_id, done=state == DONE)
        elif state == LATER and answered.said.get(NEW_DATE):
            today = local_date(uow.now, uow.members.get(answered.member_id).zone)
            on = _read_date(answered.said[NEW_DATE], today)
            change_step(uow, viewer, answered.row_id, {"due_on": on})
    except InvalidFields as error:
        raise Invalid(error.sentence, field=NEW_DATE) from error
    except (Closed, NotAllowed, NotFound):
        # It changed hands or was removed since it was asked: the answer stays with the check-in.
        return


def _read_date(text: str, today: date) -> date:
    try:
        return read_day(text, today)
    except Invalid:
        raise Invalid(
            f"“{text}” is not a day that can be read. Type one such as 31 March or 2026-03-31.",
            field=NEW_DATE,
        ) from None


def find_owners(uow: UnitOfWork, step_ids: Collection[int]) -> Mapping[int, int]:
    """Whose these steps are; the initiative's owner where a step has none of its own."""
    return uow.due_parts.list_step_owners(step_ids)


KIND = AskKind("step", find, store, owners=find_owners)
