"""Someone who left is forgotten, and the plan is whole."""

from datetime import date
from decimal import Decimal

import pytest

from storage.database import Database, UnitOfWork
from storage.erasing import erase_member
from storage.repositories.erasures import FORMER
from storage.rules.errors import NotFound
from storage.rules.kaizen import IdeaState
from storage.rules.terms import Kind, ReaderKind, Role
from storage.tables import IdeaStep, Member
from storage.tables.outbox import OutboxState
from tests import factories
from tests.clock import FrozenClock
from tests.conftest import UnitsOfWork

SECRETS = (
    "F0SHELF",
    "Ana Ruiz",
    "ana@example.com",
    "U0ANA",
    "My son is ill",
    "Nobody answers me",
    "On parental leave",
)


def _someone_with_everything(uow: UnitOfWork) -> Member:
    team = factories.team(uow, channel_id="C0CS")
    ana = factories.member(
        uow, home=team, name="Ana Ruiz", email="ana@example.com", slack_user_id="U0ANA", zone="Europe/Madrid"
    )
    team.lead_id = ana.id
    key_result = factories.key_result(uow, owner_id=ana.id)
    factories.reading(uow, key_result, 74, member_id=ana.id)
    prompt = factories.prompt(uow, ana, factories.window(uow, team), reason="On parental leave")
    question = factories.question(uow, prompt, key_result, note_before="My son is ill")
    factories.answer(uow, question, note="My son is ill")
    factories.report(
        uow, (Kind.KEY_RESULT, key_result.id), member_id=ana.id, note="My son is ill", value=Decimal(74)
    )
    factories.blocker(uow, prompt, text="Nobody answers me")
    factories.absence(uow, ana, date(2026, 2, 16), date(2026, 2, 18))
    factories.message(uow, "prompt:1", member_id=ana.id, payload={"text": "Good morning Ana Ruiz"})
    factories.message(
        uow, f"detail:{prompt.id}", channel_id="C0CS", payload={"text": "Ana Ruiz: My son is ill"}
    )
    idea = factories.idea(uow, author_id=ana.id, submitted_by_id=ana.id, before_file_id="F0SHELF")
    card = factories.message(uow, f"idea:{idea.id}", channel_id="C0CS", payload={"text": "K-1 by Ana Ruiz"})
    card.state = OutboxState.SENT
    uow.idea_votes.say(factories.idea(uow).id, "U0ANA", "+1", Decimal(1), is_on=True)
    uow.idea_drafts.keep(ana.id, "Nobody answers me", None, uow.now)
    step = IdeaStep(
        workspace_id=uow.workspace_id,
        idea_id=idea.id,
        at=uow.now,
        member_id=ana.id,
        move="decline",
        to_state=IdeaState.DECLINED,
        said="My son is ill",
    )
    uow.ideas.add_step(step)
    factories.audience(uow, "C0CS", U0ANA=ReaderKind.MEMBER, U0BEN=ReaderKind.MEMBER)
    uow.roles.grant(ana.id, Role.STRATEGY_LEAD, by_id=None, at=uow.now)
    return ana


def test_nothing_of_the_person_is_left_in_any_table(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        _someone_with_everything(uow)
    with unit_of_work() as uow:
        report = erase_member(uow, "Ana@Example.com")
    assert "These items have no owner now: KR-1." in report
    with unit_of_work() as uow:
        connection = uow.session.connection()
        rows = [
            str(row) for table in Member.metadata.sorted_tables for row in connection.execute(table.select())
        ]
    for secret in SECRETS:
        assert not [row for row in rows if secret in row]


def test_the_plan_its_figures_and_its_trail_stay(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        ana = _someone_with_everything(uow)
    with unit_of_work() as uow:
        before = uow.picture()
        erase_member(uow, "ana@example.com")
    with unit_of_work() as uow:
        after = uow.picture()
    ref = (Kind.KEY_RESULT, 1)
    assert after.graph.nodes == before.graph.nodes
    assert after.measured.figures == before.measured.figures
    assert after.graph.people[ana.id].name == FORMER
    assert after.graph.nodes[ref].owner_id == ana.id


def test_a_message_that_waits_for_them_is_not_sent(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        _someone_with_everything(uow)
    with unit_of_work() as uow:
        erase_member(uow, "ana@example.com")
        row = uow.outbox.find("prompt:1")
    assert row is not None
    assert row.state == "expired"


def test_an_unknown_address_is_told(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow, pytest.raises(NotFound, match=r"Nobody here has the address x@y\.example"):
        erase_member(uow, "x@y.example")


def test_someone_of_another_workspace_is_not_touched(
    unit_of_work: UnitsOfWork, database: Database, clock: FrozenClock
) -> None:
    with unit_of_work() as uow:
        _someone_with_everything(uow)
    elsewhere = factories.workspace(database, clock.now(), team_id="T0002")
    with database.unit_of_work(elsewhere, clock.now()) as uow, pytest.raises(NotFound):
        erase_member(uow, "ana@example.com")
