"""Windows, prompts and answers: claimed once."""

from datetime import date, timedelta

import pytest

from storage.rules.cadence import WeeklyRhythm
from storage.rules.errors import NotFound
from storage.rules.terms import Kind, PromptState
from tests import factories
from tests.conftest import UnitsOfWork

WEEK = date(2026, 2, 9)
HOUR = timedelta(hours=1)


def test_prompts_are_claimed_by_what_is_due(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        window = factories.window(uow)
        soon, now = uow.now + HOUR, uow.now
        snoozed = factories.prompt(uow, of=window, snoozed_until=now, reminder_at=now)
        due = factories.prompt(uow, of=window, reminder_at=now)
        over = factories.prompt(uow, of=window, closes_at=now, reminder_at=now)
        factories.prompt(uow, of=window, reminder_at=soon)
        factories.prompt(uow, of=window, reminder_at=now, reminded_at=now)
        factories.prompt(uow, of=window, reminder_at=now, closes_at=soon, state=PromptState.ANSWERED)
        assert [row.id for row in uow.checkins.claim_snoozed(now, 9)] == [snoozed.id]
        assert [row.id for row in uow.checkins.claim_reminders(now, 9)] == [due.id]
        assert [row.id for row in uow.checkins.claim_missed(now, 9)] == [over.id]
        assert min(filter(None, uow.checkins.find_due_instants())) == now


def test_a_claim_of_another_transaction_is_passed_over(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        if uow.session.get_bind().dialect.name == "sqlite":
            # There a writer has the database to itself, so there is nothing to pass over.
            return
        factories.prompt(uow, reminder_at=uow.now)
    with unit_of_work() as first, unit_of_work() as second:
        assert len(first.checkins.claim_reminders(first.now, 9)) == 1
        assert second.checkins.claim_reminders(second.now, 9) == []


def test_what_was_last_said_is_each_on_its_own(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        key_result, silent = factories.key_result(uow), factories.key_result(uow)
        said = [(7, "first"), (5, ""), (None, "third"), (None, "")]
        for week, (confidence, note) in enumerate(said):
            window = factories.window(uow, week_on=WEEK + timedelta(weeks=week))
            prompt = factories.prompt(uow, of=window)
            question = factories.question(uow, prompt, key_result)
            at = uow.now + timedelta(weeks=week)
            factories.answer(uow, question, confidence=confidence, note=note, answered_at=at)
        found = uow.reports.last_said(Kind.KEY_RESULT, [key_result.id, silent.id])
        assert uow.reports.last_said(Kind.KPI, [key_result.id]) == {}
    assert {item: (last.confidence, last.note) for item, last in found.items()} == {
        key_result.id: (5, "third")
    }


def test_a_cleared_blocker_is_not_listed(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        prompt = factories.prompt(uow)
        kept = factories.blocker(uow, prompt)
        factories.blocker(uow, prompt, cleared_at=uow.now)
        assert [row.id for row in uow.checkins.list_blockers([prompt.id])] == [kept.id]


def test_who_is_not_in_slack_is_listed_with_their_team(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        team = factories.team(uow)
        factories.member(uow, home=team)
        unlinked = factories.member(uow, home=team, slack_user_id=None)
        gone = factories.member(uow, home=team, is_deactivated=True)
        found = uow.members.list_unreachable()
    assert sorted(found) == [(unlinked.id, team.id), (gone.id, team.id)]


def test_the_rhythm_is_the_workspaces(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        uow.workspace.checkin_closes_weekday = 3
        rhythm = uow.settings.rhythm()
    assert rhythm == WeeklyRhythm(closes_weekday=3)


def test_rows_of_another_workspace_do_not_exist(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        prompt = factories.prompt(uow)
    with unit_of_work() as uow:
        uow.workspace_id += 1
        assert uow.checkins.find_latest_prompt(prompt.member_id) is None
        assert uow.checkins.list_prompts(prompt.window_id) == []
        with pytest.raises(NotFound):
            uow.checkins.get_prompt(prompt.id)
        with pytest.raises(NotFound):
            uow.checkins.lock_window(prompt.window_id)
