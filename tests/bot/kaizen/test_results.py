"""Benefits, checks after 30, 60 and 90 days, offers to other teams, the month, reminders."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from bot.kaizen import lists, reading, results, setting
from bot.kaizen.cards import figures_message
from bot.kaizen.figures import read_figures
from bot.kaizen.forms import offer_form
from bot.kaizen.reminding import drop_drafts, find_checks, find_due, find_queue, post_month, post_waiting
from bot.kaizen.views import idea_view
from storage.rules.errors import Closed, Invalid, InvalidFields, NotAllowed
from storage.rules.kaizen import IdeaState, Move, OfferState
from storage.rules.kaizen_statistics import Benefit
from storage.rules.terms import Role
from tests import factories
from tests.bot.kaizen.test_moving import WHOLE_WAY
from tests.bot.kaizen.workshop import Workshop

IDEA = 1


@pytest.fixture
def standard(workshop: Workshop) -> Workshop:
    """K-1 of Ben is the standard."""
    workshop.submit()
    workshop.move(workshop.ana, *WHOLE_WAY)
    return workshop


def test_a_benefit_counts_once_someone_else_has_confirmed_it(standard: Workshop) -> None:
    with pytest.raises(InvalidFields), standard.unit_of_work() as uow:
        results.write_benefits(uow, standard.ben.id, IDEA, {"actual_money": "many"}, "en-GB")
    with standard.unit_of_work() as uow:
        results.write_benefits(
            uow, standard.ben.id, IDEA, {"planned_money": "1000", "actual_money": "1200,5"}, "de-DE"
        )
        assert read_figures(uow).statistics.value == ()
    with pytest.raises(NotAllowed, match="not by its author"), standard.unit_of_work() as uow:
        results.confirm(uow, standard.ben.id, IDEA)
    with standard.unit_of_work() as uow:
        detail = results.confirm(uow, standard.ana.id, IDEA)
        ((kind, value),) = read_figures(uow).statistics.value
    assert detail.benefits[0].confirmed_by == "Ana Ruiz"
    assert (kind, value) == (Benefit.MONEY, Decimal("1200.5"))
    with pytest.raises(Invalid, match="no figure to confirm"), standard.unit_of_work() as uow:
        results.confirm(uow, standard.ana.id, IDEA)


def test_after_thirty_days_the_responsible_person_is_asked_once_a_day(standard: Workshop) -> None:
    standard.remind()
    assert not any("has its result lasted" in text for text in standard.told(standard.ben))
    standard.clock.jump_to(datetime(2026, 3, 11, 8, 30, tzinfo=UTC))
    standard.remind()
    assert not any("has its result lasted" in text for text in standard.told(standard.ben)), (
        "before their day"
    )
    standard.clock.jump_to(datetime(2026, 3, 11, 10, 0, tzinfo=UTC))
    standard.remind()
    standard.remind()
    assert sum("has its result lasted" in text for text in standard.told(standard.ben)) == 1
    with standard.unit_of_work() as uow:
        (check_id, _, _) = lists.read_desk(uow, standard.ben.id).checks[0]
        detail = results.say_lasted(uow, standard.ben.id, check_id)
        assert [check.has_lasted for check in detail.follow_ups] == [True, None, None]
        assert lists.read_desk(uow, standard.ben.id).checks == ()


def test_a_result_that_has_slipped_is_planned_anew(standard: Workshop) -> None:
    standard.clock.jump_to(datetime(2026, 3, 11, 10, 0, tzinfo=UTC))
    with standard.unit_of_work() as uow:
        (check_id, _, _) = lists.read_desk(uow, standard.ben.id).checks[0]
    with pytest.raises(Invalid, match="What happened is empty"), standard.unit_of_work() as uow:
        results.say_slipped(uow, standard.ben.id, check_id, " ")
    with standard.unit_of_work() as uow:
        detail = results.say_slipped(uow, standard.ben.id, check_id, "The hooks were painted over")
    assert detail.idea.state is IdeaState.PLAN
    assert [check.has_lasted for check in detail.follow_ups] == [False]


def test_the_figures_of_what_it_serves_stand_beside_a_result_and_claim_nothing(workshop: Workshop) -> None:
    with workshop.unit_of_work() as uow:
        key_result = factories.key_result(uow, owner_id=workshop.ana.id)
        factories.reading(uow, key_result, 70, period_on=date(2026, 1, 26))
        factories.reading(uow, key_result, 71, period_on=date(2026, 2, 2))
    workshop.submit(serves="KR-1")
    workshop.move(workshop.ana, Move.TRIAGE)
    with workshop.unit_of_work() as uow:
        assert reading.show(uow, workshop.ben.id, IDEA).readings == ()
    workshop.move(workshop.ana, Move.JUST_DO)
    workshop.clock.advance(timedelta(days=30))
    with workshop.unit_of_work() as uow:
        factories.reading(uow, key_result, 78, period_on=date(2026, 3, 2))
    with workshop.unit_of_work() as uow:
        detail = reading.show(uow, workshop.ben.id, IDEA)
    before, after = detail.readings
    assert before.startswith("KR-1 before: 71 ")
    assert after.startswith("after: 78 ")
    assert "what moved them, they do not say" in str(idea_view(detail))


def test_the_statistics_tell_of_leads_and_name_nobody_unless_an_admin_wants_it(workshop: Workshop) -> None:
    with workshop.unit_of_work() as uow:
        factories.team(uow, name="Dispatch", lead_id=workshop.chen.id)
        factories.team(uow, name="Stores", lead_id=workshop.ana.id)
    workshop.submit()
    workshop.submit(workshop.chen, problem="Gloves are gone", idea="A dispenser")
    with workshop.unit_of_work() as uow:
        figures = str(figures_message(read_figures(uow)).blocks)
        assert "Leads who took part: 50 %" in figures
        assert "Most ideas" not in figures
        uow.ideas.settings().shows_leaderboard = True
    with workshop.unit_of_work() as uow:
        figures = str(figures_message(read_figures(uow)).blocks)
    assert "Most ideas: Ben Okoye 1, Chen Li 1" in figures


def test_who_just_did_a_small_idea_is_asked_whether_it_lasts_and_may_say_that_it_has_slipped(
    workshop: Workshop,
) -> None:
    workshop.submit()
    workshop.move(workshop.ana, Move.TRIAGE, Move.JUST_DO)
    workshop.clock.jump_to(datetime(2026, 3, 11, 10, 0, tzinfo=UTC))
    with workshop.unit_of_work() as uow:
        (note,) = find_checks(uow, None)[workshop.ben.id]
        check_id = int(note.key.removeprefix("check:"))
        detail = results.say_slipped(uow, workshop.ben.id, check_id, "The hooks were painted over")
    assert (detail.idea.state, detail.idea.responsible) == (IdeaState.PLAN, "Ben Okoye")
    assert Move.START_DO in detail.moves


def test_the_check_of_someone_who_has_left_goes_to_the_coach_and_then_to_the_council(
    standard: Workshop,
) -> None:
    with standard.unit_of_work() as uow:
        uow.ideas.get(IDEA).coach_id = standard.chen.id
        uow.members.get(standard.ben.id).is_deactivated = True
    standard.clock.jump_to(datetime(2026, 3, 11, 10, 0, tzinfo=UTC))
    with standard.unit_of_work() as uow:
        assert set(find_checks(uow, None)) == {standard.chen.id}
        assert lists.read_desk(uow, standard.chen.id).checks
        uow.members.get(standard.chen.id).is_deactivated = True
    with standard.unit_of_work() as uow:
        ((member_id, (note,)),) = find_checks(uow, None).items()
        assert (member_id, note.key[:6]) == (standard.ana.id, "check:")
        results.say_lasted(uow, standard.ana.id, int(note.key.removeprefix("check:")))
        assert find_checks(uow, None) == {}


def test_a_result_is_offered_to_any_of_many_teams_that_have_a_lead(standard: Workshop) -> None:
    with standard.unit_of_work() as uow:
        led = [factories.team(uow, name=f"Line {number}", lead_id=standard.chen.id) for number in range(12)]
        lost = factories.team(uow, name="Nobody's")
        detail, teams = results.find_teams(uow, standard.ben.id, IDEA)
        assert {team_id for team_id, _ in teams} == {team.id for team in led}
        assert all(str(team.id) in str(offer_form(detail, teams)) for team in led)
        with pytest.raises(Invalid, match="Nobody's has no lead who could answer"):
            results.offer(uow, standard.ben.id, IDEA, [lost.id])


def test_a_result_is_offered_to_a_team_once_and_its_lead_answers(standard: Workshop) -> None:
    with standard.unit_of_work() as uow:
        team = factories.team(uow, name="Dispatch", lead_id=standard.chen.id)
        for _ in range(2):
            results.offer(uow, standard.ben.id, IDEA, [team.id])
    assert sum("may help Dispatch, too" in text for text in standard.told(standard.chen)) == 1
    with standard.unit_of_work() as uow:
        (offer,) = reading.show(uow, standard.chen.id, IDEA).offers
        assert offer.is_mine
    with pytest.raises(NotAllowed, match="for the lead of that team"), standard.unit_of_work() as uow:
        results.answer_offer(uow, standard.ben.id, offer.id, takes=True)
    with standard.unit_of_work() as uow:
        assert results.answer_offer(uow, standard.chen.id, offer.id, takes=True) == ("K-1", OfferState.TAKEN)
        results.answer_offer(uow, standard.chen.id, offer.id, takes=False)
        assert reading.show(uow, standard.chen.id, IDEA).offers[0].state is OfferState.TAKEN


def test_there_is_nothing_to_offer_before_there_is_a_result(workshop: Workshop) -> None:
    workshop.submit()
    with pytest.raises(Closed, match="no result to offer yet"), workshop.unit_of_work() as uow:
        results.offer(uow, workshop.ben.id, IDEA, [1])


def test_last_months_figures_are_posted_once(workshop: Workshop) -> None:
    workshop.submit()
    workshop.move(workshop.ana, Move.TRIAGE)
    workshop.tick()
    assert not any("Kaizen in" in text for text in workshop.posted())
    workshop.clock.jump_to(datetime(2026, 3, 1, 9, 0, tzinfo=UTC))  # a Sunday
    workshop.tick()
    assert not any("Kaizen in" in text for text in workshop.posted())
    workshop.clock.advance(timedelta(days=1))
    workshop.tick()
    workshop.tick()
    (figures,) = [text for text in workshop.posted() if "Kaizen in February 2026" in text]
    assert "First answer: half within 0 h, nine of ten within 0 h; 0 still wait" in figures


def test_the_council_is_reminded_of_what_is_overdue_and_of_what_was_on_hold(
    workshop: Workshop,
) -> None:
    workshop.submit()
    workshop.submit(workshop.chen, problem="Gloves are gone", idea="A dispenser")
    workshop.move(workshop.ana, Move.HOLD, number=2)
    workshop.clock.jump_to(datetime(2026, 3, 2, 10, 0, tzinfo=UTC))
    for _ in range(2):
        workshop.remind()
    (message,) = [text for text in workshop.told(workshop.ana) if "2 things wait for you." in text]
    assert "K-1" in message
    assert "Its first answer is overdue" in message
    assert "On hold until today" in message
    assert "30, 60 and 90 days" not in message
    assert not any("waits for you" in text for text in workshop.told(workshop.chen))


def test_the_strategy_lead_is_not_reminded_where_a_lean_council_is_named(workshop: Workshop) -> None:
    with workshop.unit_of_work() as uow:
        uow.roles.grant(workshop.chen.id, Role.STRATEGY_LEAD, by_id=None, at=uow.now)
    workshop.submit()
    workshop.clock.jump_to(datetime(2026, 3, 2, 10, 0, tzinfo=UTC))
    with workshop.unit_of_work() as uow:
        assert list(find_queue(uow, None)) == [workshop.ana.id]
        uow.roles.revoke(workshop.ana.id, Role.LEAN_COUNCIL)
        assert list(find_queue(uow, None)) == [workshop.chen.id]


def test_a_check_of_a_result_waits_with_its_buttons_for_whoever_is_responsible(standard: Workshop) -> None:
    standard.clock.jump_to(datetime(2026, 3, 11, 10, 0, tzinfo=UTC))
    with standard.unit_of_work() as uow:
        found = find_checks(uow, None)
        assert find_checks(uow, [standard.chen.id]) == {}
    (note,) = found[standard.ben.id]
    assert "has its result lasted?" in note.text
    assert [button["text"]["text"] for button in note.buttons] == ["It has", "It has slipped"]


def test_the_clock_looks_first_whether_there_is_something_to_do(workshop: Workshop) -> None:
    with workshop.unit_of_work() as uow:
        assert find_due(uow) == ()
    workshop.start(workshop.ben, "a few words")
    workshop.submit(workshop.chen)
    workshop.tick()
    with workshop.unit_of_work() as uow:
        assert find_due(uow) == ()
    workshop.clock.advance(timedelta(days=1, minutes=1))
    with workshop.unit_of_work() as uow:
        assert find_due(uow) == (drop_drafts,)
        uow.workspace.ideas_channel_id = "COTHER"
        uow.session.flush()
        assert find_due(uow) == (post_waiting, drop_drafts)
    workshop.tick()
    workshop.move(workshop.ana, Move.DECLINE)
    workshop.clock.jump_to(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
    with workshop.unit_of_work() as uow:
        assert find_due(uow) == (post_month,)


def test_settings_are_for_admins_and_days_are_a_number(workshop: Workshop) -> None:
    with pytest.raises(NotAllowed, match="set Hoshin up"), workshop.unit_of_work() as uow:
        setting.save(uow, workshop.ben.id, channel_id="C1", days="3", options=[])
    with workshop.unit_of_work() as uow:
        uow.roles.grant(workshop.ben.id, Role.ADMIN, by_id=None, at=uow.now)
    with pytest.raises(Invalid, match="is no number of days"), workshop.unit_of_work() as uow:
        setting.save(uow, workshop.ben.id, channel_id="C1", days="three", options=[])
    with workshop.unit_of_work() as uow:
        setting.save(uow, workshop.ben.id, channel_id="C1", days="5", options=["leaderboard"])
        found = setting.read(uow, workshop.ben.id)
    assert (found.channel_id, found.response_days, found.shows_leaderboard) == ("C1", 5, True)
