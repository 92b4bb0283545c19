"""Telling an idea, and what is refused with which sentence; nothing typed is lost."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.kaizen import lists, reading, submitting
from bot.kaizen.facts import SOMEONE
from bot.kaizen.submitting import Origin
from storage.rules.errors import DomainError, Invalid, InvalidFields, NotAllowed, NotFound
from storage.rules.kaizen import IdeaSource, IdeaState
from storage.rules.terms import Kind, Role
from tests import factories
from tests.bot.kaizen.workshop import TYPED, Workshop


def test_an_idea_has_a_number_a_card_and_a_date_for_its_answer(workshop_on_both: Workshop) -> None:
    done = workshop_on_both.submit()
    assert (done.idea.reference, done.idea.author, done.has_channel) == ("K-1", "Ben Okoye", True)
    assert done.idea.due_at == datetime(2026, 2, 12, 8, 0, tzinfo=UTC)
    assert workshop_on_both.submit(problem="Gloves are gone", idea="A dispenser").idea.reference == "K-2"
    (card, _) = workshop_on_both.posted()
    assert "K-1 · The label printer stops every shift" in card
    assert "Support" in card


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"problem": " "}, "problem", "The problem is empty."),
        ({"idea": ":tada: 🎉"}, "idea", "There is no word in the idea yet."),
        ({"problem": "x" * 10_000}, "problem", "That is 10,000 characters, and the problem takes 3,000."),
        ({"expected": "x" * 10_000}, "expected", "That is 10,000 characters; 3,000 fit."),
    ],
)
def test_a_text_that_says_nothing_or_too_much(
    typed: dict[str, str], field: str, said: str, workshop: Workshop
) -> None:
    with pytest.raises(InvalidFields) as refused:
        workshop.submit(None, **typed)
    assert refused.value.sentences[field].startswith(said)


@pytest.mark.parametrize("words", ["<!channel> the printer is down", "<b>now</b> & @here"])
def test_pings_and_tags_stay_words_and_are_said_to(words: str, workshop: Workshop) -> None:
    done = workshop.submit(problem=words)
    assert done.notes
    (card,) = workshop.posted()
    assert "<!channel>" not in card
    assert "<b>" not in card
    assert workshop.idea().problem == words


@pytest.mark.parametrize("reference", ["KR-99", "KR-1", "O-1", "B-1"])
def test_a_link_to_what_one_may_not_see_is_as_if_it_were_not_there(
    reference: str, workshop: Workshop
) -> None:
    with workshop.unit_of_work() as uow:
        objective = factories.objective(uow, owner_id=workshop.ana.id, is_restricted=True)
        factories.key_result(uow, objective_id=objective.id, owner_id=workshop.ana.id)
    with pytest.raises(NotFound) as refused:
        workshop.submit(serves=reference)
    assert refused.value.sentence.startswith(f"There is no {reference} to link to.")
    assert refused.value.field == "serves"


def test_a_link_is_kept_by_kind_and_row_and_shown_where_all_readers_may_see_it(workshop: Workshop) -> None:
    with workshop.unit_of_work() as uow:
        key_result = factories.key_result(uow, owner_id=workshop.ana.id)
    workshop.submit(serves="KR-1")
    assert (workshop.idea().serves_kind, workshop.idea().serves_id) == (Kind.KEY_RESULT, key_result.id)
    # Nobody has told yet who reads the channel.
    assert "KR-1" not in workshop.posted()[0]


def test_an_idea_of_someone_without_slack_has_their_name(workshop: Workshop) -> None:
    assert workshop.submit(author_name="Rosa from the night shift").idea.author == "Rosa from the night shift"
    assert workshop.idea().submitted_by_id == workshop.ben.id


def test_where_an_idea_comes_from_stands_on_its_card(workshop: Workshop) -> None:
    workshop.submit(source="customer feedback", author_name="Rosa")
    assert workshop.idea().source is IdeaSource.CUSTOMER
    assert "by Rosa" in workshop.posted()[0]
    assert "from customer feedback" in workshop.posted()[0]


def test_an_idea_of_a_colleague_is_theirs(workshop: Workshop) -> None:
    assert workshop.submit(author=workshop.chen.slack_user_id or "").idea.author == "Chen Li"
    with pytest.raises(Invalid, match="has not met this person yet"):
        workshop.submit(author="UNOBODY")


def test_anonymous_only_where_the_workspace_allows_it_and_then_nowhere(workshop: Workshop) -> None:
    assert workshop.submit(anonymous="anonymous").idea.author == "Ben Okoye"
    with workshop.unit_of_work() as uow:
        uow.ideas.settings().allows_anonymous = True
    assert workshop.submit(anonymous="anonymous").idea.author == SOMEONE
    idea = workshop.idea(2)
    assert (idea.author_id, idea.submitted_by_id, idea.author_name) == (None, None, "")
    assert idea.sealed_for_id == workshop.ben.id
    with workshop.unit_of_work() as uow:
        assert uow.audit.list_for(Kind.IDEA, idea.id) == []
        assert [step.member_id for step in uow.ideas.list_steps(idea.id)] == [None]


def test_what_others_said_is_shown_once_and_then_the_idea_is_taken(workshop: Workshop) -> None:
    workshop.submit()
    with workshop.unit_of_work() as uow:
        sheet = submitting.find_others(uow, workshop.chen.id, TYPED)
        assert sheet is not None
        assert [one.reference for one in sheet.similar] == ["K-1"]
        assert (sheet.typed, sheet.asks_again) == (TYPED, True)
        assert submitting.find_others(uow, workshop.chen.id, TYPED, sheet.was_shown) is None


def test_ones_own_similar_idea_is_opened_and_not_supported(workshop: Workshop) -> None:
    workshop.submit()
    (mine,) = workshop.start(workshop.ben, "the label printer stops").similar
    (theirs,) = workshop.start(workshop.chen, "the label printer stops").similar
    with workshop.unit_of_work() as uow:
        assert (mine.is_mine, theirs.is_mine) == (True, False)
        assert submitting.support_instead(uow, workshop.chen.id, theirs.id) == "K-1"
        assert uow.idea_drafts.find(workshop.chen.id, uow.now) is None
    assert workshop.idea().votes == 1


def test_words_are_kept_for_a_day_and_no_longer(workshop: Workshop) -> None:
    workshop.start(workshop.ben, "the printer")
    workshop.clock.advance(timedelta(hours=23))
    workshop.tick()
    assert workshop.start(workshop.ben, "").typed["problem"] == "the printer"
    workshop.clock.advance(timedelta(hours=2))
    workshop.tick()
    assert workshop.start(workshop.ben, "").typed["problem"] == ""


def test_what_a_field_does_not_take_goes_into_the_thread(workshop: Workshop) -> None:
    words = "the printer stops and " * 500
    sheet = workshop.start(workshop.ben, words)
    assert "The rest is kept" in sheet.note
    workshop.submit(problem=f"At night {sheet.typed['problem']}"[:3000], rest=sheet.rest)
    idea = workshop.idea()
    assert idea.problem.startswith("At night the printer")
    assert idea.more == words.strip()[3000:]


def test_of_a_long_private_message_only_what_the_form_shows_is_taken(workshop: Workshop) -> None:
    origin = Origin("the printer stops and " * 500, is_private=True)
    with workshop.unit_of_work() as uow:
        sheet = submitting.start_from(uow, workshop.ben.id, origin)
        submitting.keep(uow, workshop.ben.id, origin)
    assert "The rest is left out." in sheet.note
    for rest in (sheet.rest, str(len(origin.text.strip()))):
        workshop.submit(problem=sheet.typed["problem"], rest=rest)
        with workshop.unit_of_work() as uow:
            submitting.keep(uow, workshop.ben.id, origin)
    assert (workshop.idea(1).more, workshop.idea(2).more) == ("", "")


def test_words_of_another_text_do_not_follow_an_idea_into_its_thread(workshop: Workshop) -> None:
    sheet = workshop.start(workshop.ben, "the printer stops and " * 500)
    workshop.start(workshop.ben, "something else " * 400)
    workshop.submit(problem=sheet.typed["problem"], rest=sheet.rest)
    assert workshop.idea().more == ""


def test_of_a_private_message_neither_link_nor_author_is_taken(workshop: Workshop) -> None:
    origin = Origin(
        "the printer", link="https://x.slack.com/1", author=workshop.chen.slack_user_id or "", is_private=True
    )
    with workshop.unit_of_work() as uow:
        sheet = submitting.start_from(uow, workshop.ben.id, origin)
        submitting.keep(uow, workshop.ben.id, origin)
    assert sheet.note.startswith("This comes from a private conversation.")
    assert "author" not in sheet.typed
    workshop.submit(problem="the printer")
    assert (workshop.idea().source_link, workshop.idea().author_id) == ("", workshop.ben.id)


def test_who_only_looks_on_tells_no_ideas(workshop: Workshop) -> None:
    with workshop.unit_of_work() as uow:
        uow.roles.grant(workshop.chen.id, Role.VIEWER, by_id=None, at=uow.now)
    with pytest.raises(NotAllowed, match="viewer"):
        workshop.submit(workshop.chen)


def test_without_a_channel_the_idea_is_kept_and_its_card_comes_with_the_channel(workshop: Workshop) -> None:
    with workshop.unit_of_work() as uow:
        uow.workspace.ideas_channel_id = None
    assert not workshop.submit().has_channel
    workshop.tick()
    assert workshop.posted() == []
    with workshop.unit_of_work() as uow:
        uow.workspace.ideas_channel_id = "CIDEAS"
    workshop.tick()
    workshop.tick()
    assert len(workshop.posted()) == 1
    assert workshop.idea().state is IdeaState.SUBMITTED


def test_a_refused_idea_leaves_nothing_behind(workshop: Workshop) -> None:
    with pytest.raises(DomainError):
        workshop.submit(problem="")
    assert workshop.posted() == []
    assert workshop.submit().idea.reference == "K-1"


def test_a_guest_sees_the_ideas_that_they_have_a_part_in_and_no_others(workshop: Workshop) -> None:
    workshop.submit()
    with workshop.unit_of_work() as uow:
        guest = factories.member(uow, is_guest=True)
    assert workshop.start(guest, "The label printer stops").similar == ()
    workshop.submit(guest, problem="Gloves are gone", idea="A dispenser")
    with workshop.unit_of_work() as uow:
        assert [entry.reference for entry in lists.list_ideas(uow, guest.id, "").entries] == ["K-2"]
        board = lists.read_board(uow, guest.id, IdeaState.SUBMITTED)
        assert [entry.reference for entry in board.entries] == ["K-2"]
        assert reading.show_number(uow, guest.id, "K-2").is_mine
        with pytest.raises(NotFound, match="There is no K-1 here"):
            reading.show_number(uow, guest.id, "K-1")
        assert reading.show_number(uow, workshop.ana.id, "K-1").idea.reference == "K-1"
