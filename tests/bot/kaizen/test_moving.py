"""Steps, coaches, duplicates: what the author reads, and what is refused with which sentence."""

from decimal import Decimal

import pytest

from bot.audiences import keep_readers
from bot.kaizen import lists, moving, reading, voting
from bot.kaizen.cards import list_message
from bot.kaizen.views import idea_view
from storage.rules.errors import Closed, Invalid, InvalidFields, NotAllowed, NotFound
from storage.rules.kaizen import Ask, IdeaState, Move
from storage.rules.terms import ReaderKind, Role
from storage.tables.outbox import OutboxState
from tests import factories
from tests.bot.kaizen.workshop import CHANNEL, Workshop

WHOLE_WAY = (Move.TRIAGE, Move.START_PLAN, Move.START_DO, Move.START_CHECK, Move.OBTAINED, Move.STANDARDISE)


@pytest.fixture
def told(workshop: Workshop) -> Workshop:
    """Ben has told K-1."""
    workshop.submit()
    return workshop


def test_the_whole_way_is_told_to_the_author_and_thanked_in_public(workshop_on_both: Workshop) -> None:
    workshop = workshop_on_both
    workshop.submit()
    workshop.move(workshop.ana, *WHOLE_WAY)
    idea = workshop.idea()
    assert (idea.state, idea.result, idea.answered_at) == (
        IdeaState.STANDARDISED,
        "A sentence.",
        workshop.clock.now(),
    )
    told = workshop.told(workshop.ben)
    assert len(told) == len(WHOLE_WAY)
    assert "Ana Ruiz takes it up" in told[0]
    assert "Ben Okoye is responsible" in told[1]
    thanks = [text for text in workshop.posted() if "Thank you" in text]
    assert len(thanks) == 3
    assert f"<@{workshop.ben.slack_user_id}>" in thanks[0]


def test_the_history_names_the_button_that_was_pressed_and_where_it_led(told: Workshop) -> None:
    told.move(told.ana, Move.TRIAGE)
    with told.unit_of_work() as uow:
        shown = str(idea_view(reading.show(uow, told.ben.id, told.idea().id)))
    assert "Ana Ruiz: Take it up → triaged" in shown
    assert "Ben Okoye: submitted" in shown


def test_a_decline_always_has_a_reason_that_reaches_the_author(told: Workshop) -> None:
    with pytest.raises(InvalidFields) as refused:
        told.move(told.ana, Move.DECLINE, texts={Ask.REASON: " "})
    assert set(refused.value.sentences) == {"reason"}
    assert told.idea().state is IdeaState.SUBMITTED
    told.move(told.ana, Move.DECLINE, texts={Ask.REASON: "The printer is replaced in March"})
    assert "The printer is replaced in March" in told.told(told.ben)[0]


def test_a_jump_over_states_is_refused(told: Workshop) -> None:
    with pytest.raises(Closed, match="This idea is submitted"):
        told.move(told.ana, Move.STANDARDISE)


def test_what_is_for_the_council_is_not_for_others(told: Workshop) -> None:
    with pytest.raises(NotAllowed, match="for the coach or the lean council"):
        told.move(told.chen, Move.TRIAGE)
    with pytest.raises(NotAllowed, match="lean council"), told.unit_of_work() as uow:
        moving.coach(uow, told.chen.id, 1)
    with pytest.raises(NotAllowed, match="decide on ideas"), told.unit_of_work() as uow:
        lists.read_queue(uow, told.chen.id)


def test_while_nobody_is_named_the_leads_of_teams_stand_in(told: Workshop) -> None:
    with told.unit_of_work() as uow:
        uow.roles.revoke(told.ana.id, Role.LEAN_COUNCIL)
        team = uow.teams.find_by_name("Assembly")
        assert team is not None
        team.lead_id = told.chen.id
    told.move(told.chen, Move.TRIAGE)
    assert told.idea().state is IdeaState.TRIAGED


def test_of_two_coaches_at_once_the_second_learns_who_was_first(told: Workshop) -> None:
    with told.unit_of_work() as uow:
        uow.roles.grant(told.chen.id, Role.LEAN_COUNCIL, by_id=None, at=uow.now)
        moving.coach(uow, told.ana.id, 1)
        moving.coach(uow, told.ana.id, 1)
    with pytest.raises(Closed, match="K-1 has a coach already: Ana Ruiz"), told.unit_of_work() as uow:
        moving.coach(uow, told.chen.id, 1)
    with pytest.raises(InvalidFields), told.unit_of_work() as uow:
        moving.hand_over(uow, told.chen.id, 1, coach=told.chen.slack_user_id or "", responsible="", reason="")
    with told.unit_of_work() as uow:
        detail = moving.hand_over(
            uow, told.chen.id, 1, coach=told.chen.slack_user_id or "", responsible="", reason="Ana is away"
        )
    assert detail.idea.coach == "Chen Li"
    assert detail.history[-1].said == "Ana is away"


def test_someone_who_left_is_not_made_responsible_and_not_written_to(told: Workshop) -> None:
    told.move(told.ana, Move.TRIAGE)
    with told.unit_of_work() as uow:
        uow.members.get(told.ben.id).is_deactivated = True
    with pytest.raises(Invalid, match="or they have left"):
        told.move(told.ana, Move.START_PLAN)
    before = len(told.told(told.ben))
    detail = told.move(told.ana, Move.DECLINE)
    assert detail.warning == moving.AUTHOR_LEFT
    assert len(told.told(told.ben)) == before
    assert told.idea().state is IdeaState.DECLINED


def test_a_duplicate_makes_its_author_and_supporters_supporters_of_the_original(told: Workshop) -> None:
    told.submit(told.chen)
    with told.unit_of_work() as uow:
        voting.toggle(uow, told.ana.id, uow.ideas.get_id(2))
    with pytest.raises(Invalid, match="same as itself"):
        told.move(told.ana, Move.MERGE, number=2, texts={Ask.ORIGINAL: "K-2"})
    with pytest.raises(NotFound, match="There is no K-9 here"):
        told.move(told.ana, Move.MERGE, number=2, texts={Ask.ORIGINAL: "k9"})
    told.move(told.ana, Move.MERGE, number=2, texts={Ask.ORIGINAL: "k-1"})
    assert told.idea(2).state is IdeaState.DUPLICATE
    assert told.idea(1).votes == 2
    assert "K-1 The label printer stops every shift" in told.told(told.chen)[0]


def test_an_anonymous_author_of_a_duplicate_is_named_among_no_supporters(told: Workshop) -> None:
    with told.unit_of_work() as uow:
        uow.ideas.settings().allows_anonymous = True
    told.submit(told.chen, anonymous="anonymous")
    told.move(told.ana, Move.MERGE, number=2, texts={Ask.ORIGINAL: "K-1"})
    assert "its author stays unnamed" in told.told(told.chen)[0]
    told.move(told.ana, Move.TRIAGE, Move.START_PLAN)
    (thanks,) = [text for text in told.posted() if "Thank you" in text]
    assert f"<@{told.chen.slack_user_id}>" not in thanks
    assert told.idea(1).votes == 0


def test_who_supports_an_idea_hears_why_it_is_declined(told: Workshop) -> None:
    told.submit(told.chen)
    told.move(told.ana, Move.MERGE, number=2, texts={Ask.ORIGINAL: "K-1"})
    told.move(told.ana, Move.DECLINE, texts={Ask.REASON: "The printer is replaced in March"})
    _, heard = told.told(told.chen)
    assert "K-1 The label printer stops every shift*, which you support" in heard
    assert "The printer is replaced in March" in heard


def test_for_an_author_without_an_account_whoever_wrote_it_down_gets_the_answer(told: Workshop) -> None:
    told.submit(told.ben, author_name="Rosa from the night shift")
    told.move(told.ana, Move.DECLINE, number=2, texts={Ask.REASON: "The printer is replaced in March"})
    (answer,) = told.told(told.ben)
    assert "the idea of Rosa from the night shift" in answer
    assert "The printer is replaced in March" in answer
    assert "Please tell them." in answer


def test_many_who_took_part_are_thanked_and_the_rest_counted(told: Workshop) -> None:
    with told.unit_of_work() as uow:
        for number in range(60):
            voter = factories.member(uow, name=f"V {number}", slack_user_id=f"UVOTER{number}")
            uow.idea_votes.say(1, voter.slack_user_id or "", "button", Decimal(1), is_on=True)
    told.move(told.ana, Move.TRIAGE, Move.START_PLAN)
    (thanks,) = [text for text in told.posted() if "Thank you" in text]
    assert "and 11 others who supported it" in thanks
    assert "<@UVOTER48>" in thanks
    assert "<@UVOTER49>" not in thanks


def test_on_hold_has_a_day_to_come_and_goes_on_where_it_stood(told: Workshop) -> None:
    told.move(told.ana, Move.TRIAGE)
    for day in ("2026-02-09", "2025-01-01"):
        with pytest.raises(InvalidFields, match="still to come"):
            told.move(told.ana, Move.HOLD, texts={Ask.UNTIL: day})
    with pytest.raises(Invalid, match="This is no day"):
        told.move(told.ana, Move.HOLD, texts={Ask.UNTIL: "soon"})
    told.move(told.ana, Move.HOLD, Move.RESUME)
    assert told.idea().state is IdeaState.TRIAGED


def test_a_small_idea_of_ones_own_is_just_done(told: Workshop) -> None:
    told.move(told.ana, Move.TRIAGE)
    detail = told.move(told.ben, Move.JUST_DO, texts={Ask.RESULT: "Two hooks on the wall"})
    assert (detail.idea.state, detail.idea.result) == (IdeaState.DONE, "Two hooks on the wall")


def test_votes_on_ones_own_idea_and_on_what_is_over_are_refused(told: Workshop) -> None:
    with pytest.raises(NotAllowed, match="votes are for the others"), told.unit_of_work() as uow:
        voting.toggle(uow, told.ben.id, 1)
    with told.unit_of_work() as uow:
        assert voting.toggle(uow, told.chen.id, 1) == ("K-1", True)
        assert voting.toggle(uow, told.chen.id, 1) == ("K-1", False)
    told.move(told.ana, Move.DECLINE)
    with pytest.raises(Closed, match="This idea is declined"), told.unit_of_work() as uow:
        voting.toggle(uow, told.chen.id, 1)


def test_only_members_votes_count_by_button_and_by_emoji_once(told: Workshop) -> None:
    voters = {
        "UMEMBER": ReaderKind.MEMBER,
        "UGUEST": ReaderKind.GUEST,
        "USTRANGER": ReaderKind.STRANGER,
    }
    with told.unit_of_work() as uow:
        card = uow.outbox.find("idea:1")
        assert card is not None
        card.state, card.sent_channel_id, card.sent_ts = OutboxState.SENT, CHANNEL, "1.5"
        uow.audiences.put(CHANNEL, voters, uow.now)
        guest = factories.member(uow, name="Gil", slack_user_id="UGIL", is_guest=True)
        voting.toggle(uow, told.chen.id, 1)
    with told.unit_of_work() as uow, pytest.raises(NotAllowed, match="Votes are for the members"):
        voting.toggle(uow, guest.id, 1)
    for number, voter in enumerate(
        (*voters, "UBOT", "UGIL", told.ben.slack_user_id, told.chen.slack_user_id)
    ):
        with told.unit_of_work() as uow:
            voting.react(uow, voter or "", (CHANNEL, "1.5"), "+1", f"{number + 2}.0", is_on=True)
    told.tick()
    with told.unit_of_work() as uow:
        assert voting.supporters(uow, uow.ideas.get(1)) == [told.chen.slack_user_id, "UMEMBER"]
    assert told.idea().votes == 2


def test_a_vote_counts_once_it_is_known_who_reads_the_channel_also_after_a_restart(told: Workshop) -> None:
    with told.unit_of_work() as uow:
        card = uow.outbox.find("idea:1")
        assert card is not None
        card.state, card.sent_channel_id, card.sent_ts = OutboxState.SENT, CHANNEL, "1.5"
        voting.react(uow, "UNEW", (CHANNEL, "1.5"), "+1", "2.0", is_on=True)
    told.tick()
    assert told.idea().votes == 0
    # Slack tells only now, to whichever process asks it next; nothing else reminds it of the vote.
    for _ in range(2):
        with told.unit_of_work() as uow:
            keep_readers(uow, channel_id=CHANNEL, people={"UNEW": ReaderKind.MEMBER})
            behind = uow.ideas.list_behind(10)
        told.tick()
    assert told.idea().votes == 1
    assert behind == []


def test_five_whys_that_end_in_a_name_are_kept_with_a_warning(told: Workshop) -> None:
    with told.unit_of_work() as uow:
        detail = moving.write_whys(uow, told.ben.id, 1, ["It tears", "It is old", "Chen ordered it", "", ""])
    assert detail.whys == ("It tears", "It is old", "Chen ordered it")
    assert "ends with a person (Chen)" in detail.warning
    with pytest.raises(NotAllowed, match="This is for the idea's author"), told.unit_of_work() as uow:
        moving.write_whys(uow, told.chen.id, 1, ["a", "b", "c"])


def test_the_queue_explains_its_order(told: Workshop) -> None:
    told.submit(told.chen, problem="Gloves are gone", idea="A dispenser")
    with told.unit_of_work() as uow:
        moving.estimate(uow, told.chen.id, uow.ideas.get_id(2), {"effort": 1, "impact": 5, "confidence": 5})
        queue = lists.read_queue(uow, told.ana.id)
    assert [entry.reference for entry in queue.entries] == ["K-2", "K-1"]
    assert queue.entries[0].reasons == ("ICE 125 (impact 5 × confidence 5 × ease 5)",)
    assert "*Quick win* (much for little effort: do it now): K-2" in str(list_message(queue).blocks)


@pytest.mark.parametrize("text", ["KR-1", "K-0", "the first", "K-99999999999"])
def test_what_is_no_reference_of_an_idea_is_refused(text: str, told: Workshop) -> None:
    with pytest.raises((Invalid, NotFound)), told.unit_of_work() as uow:
        reading.show_number(uow, told.ben.id, text)
