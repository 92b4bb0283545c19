"""What goes out without being asked for: questions, reminders, summaries, the ladder, digests. Nothing of
what is restricted is in it for anyone outside its circle."""

import json
from contextlib import AbstractContextManager
from datetime import date, timedelta

from sqlmodel import col, select

from bot.app import SLICES
from bot.checkins import answering
from bot.tick import next_due_at, tick
from storage.database import Database, UnitOfWork
from storage.following import follow
from storage.rules.digest import ORGANISATION, PERSON, TEAM
from storage.rules.terms import DigestRhythm, Kind, PromptState, ReaderKind
from storage.tables import CheckinPrompt, Outbox, Step
from storage.tables.outbox import OutboxState
from tests import factories
from tests.access.conftest import CHANNEL, REFERENCES, SECRETS, Company
from tests.clock import FrozenClock

WHISPER = "Said about Graz"
RESTRICTED = (*SECRETS, *REFERENCES, "KR-78", WHISPER)
WEEKS = 4


def _let_it_be_told(uow: UnitOfWork, company: Company) -> None:
    """Whatever may carry something outwards is in use: deputies, stand-ins, followers, channels, ideas."""
    owner = company.insiders[1].member_id
    team = uow.teams.find_by_name("Customer Service")
    assert team is not None
    readers = [uow.members.get(one.member_id).slack_user_id for one in company.outsiders.values()]
    factories.audience(uow, CHANNEL, **dict.fromkeys(filter(None, readers), ReaderKind.MEMBER))
    factories.team_member(uow, team, uow.members.get(owner))
    unlinked = factories.member(uow, home=team, name="Uma Unlinked", slack_user_id=None)
    objective = uow.plans.get_item(Kind.OBJECTIVE, 77)
    factories.key_result(uow, number=78, title=SECRETS[2], owner_id=unlinked.id, objective_id=objective.id)
    uow.settings.change(
        dict.fromkeys(("review_channel_id", "ideas_channel_id", "digest_channel_id"), CHANNEL)
    )
    deputy = company.outsiders["team member"].member_id
    away = factories.absence(uow, uow.members.get(owner), date(2026, 2, 23), date(2026, 3, 1))
    away.deputy_id = deputy
    for person in company.outsiders.values():
        member = uow.members.get(person.member_id)
        member.digest = DigestRhythm.DAILY
        for what in ((ORGANISATION, 0), (TEAM, team.id), (PERSON, owner)):
            follow(uow, member.id, what, on=True)
    initiative = uow.plans.get_item(Kind.INITIATIVE, 77)
    for position, who in enumerate((owner, unlinked.id), start=1):
        uow.parts.add(
            Step(
                workspace_id=uow.workspace_id,
                initiative_id=initiative.id,
                position=position,
                title=SECRETS[4],
                owner_id=who,
                due_on=date(2026, 2, 17),
            )
        )


def _answer(uow: UnitOfWork, member_ids: set[int]) -> None:
    """Insiders answer what they are asked, with a note."""
    rows = select(CheckinPrompt).where(
        CheckinPrompt.workspace_id == uow.workspace_id,
        CheckinPrompt.state == PromptState.ASKED,
        col(CheckinPrompt.member_id).in_(member_ids),
    )
    for prompt in uow.session.exec(rows).all():
        questions = uow.checkins.list_questions([prompt.id])
        fields = {f"value:{one.id}": "71" for one in questions} | {
            f"note:{one.id}": WHISPER for one in questions
        }
        answering.submit(uow, prompt.member_id, prompt.id, 0, fields)


def _deliver(uow: UnitOfWork) -> None:
    rows = select(Outbox).where(Outbox.workspace_id == uow.workspace_id, Outbox.state == OutboxState.PENDING)
    for row in uow.session.exec(rows).all():
        row.state = OutboxState.SENT


async def test_nothing_restricted_is_told_to_anyone_outside_its_circle(
    sqlite_database: Database, clock: FrozenClock, company: Company
) -> None:
    def work() -> AbstractContextManager[UnitOfWork]:
        return sqlite_database.unit_of_work(company.workspace_id, clock.now())

    with work() as uow:
        _let_it_be_told(uow, company)
    insiders = {person.member_id for person in company.insiders}
    end = clock.now() + timedelta(weeks=WEEKS)
    while clock.now() < end:
        await tick(sqlite_database, clock.now(), SLICES, pauses=False)
        with work() as uow:
            _answer(uow, insiders)
            _deliver(uow)
        due = await next_due_at(sqlite_database, clock.now(), SLICES, looks=True)
        clock.jump_to(max(due or end, clock.now() + timedelta(minutes=1)))
    with work() as uow:
        rows = uow.session.exec(select(Outbox).where(Outbox.workspace_id == company.workspace_id)).all()
    receivers = {row.id: row.member_id for row in rows}
    told: dict[bool, set[str]] = {True: set(), False: set()}
    for row in rows:
        text = json.dumps(row.payload, ensure_ascii=False)
        # An edit is read by whoever has the message that it edits.
        is_inside = receivers[row.edit_of_id or row.id] in insiders
        told[is_inside].add(row.key.partition(":")[0])
        assert is_inside or not any(one in text for one in RESTRICTED), (row.key, text)
    assert told[False] >= {"prompt", "reminder", "ladder", "summary", "detail", "closing", "digest"}
    assert told[True] >= {"prompt", "ladder"}
