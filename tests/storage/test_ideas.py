"""Ideas as the record keeps them, and the search among them."""

from datetime import timedelta
from decimal import Decimal

import pytest

from storage.database import Database
from storage.rules import similar
from storage.rules.errors import NotFound
from storage.rules.kaizen import IdeaState
from tests import factories
from tests.clock import FrozenClock
from tests.conftest import UnitsOfWork
from tests.storage.similar.library import fill
from tests.storage.similar.pairs import KINDS, read_pairs


@pytest.mark.parametrize("kind", KINDS)
def test_the_search_finds_what_someone_else_said_in_other_words(
    kind: str, sqlite_database: Database, clock: FrozenClock
) -> None:
    """Among few others, so that it is quick; the benchmark looks among 50,000 on both databases."""
    workspace_id = factories.workspace(sqlite_database, clock.now())
    with sqlite_database.unit_of_work(workspace_id, clock.now()) as uow:
        places = fill(uow, 1_000)
        found = [
            pair.idea in {places.get(line.id) for line in uow.similar_ideas.find(pair.typed)}
            for pair in read_pairs()
            if pair.kind == kind
        ]
    assert sum(found) / len(found) >= (0.9 if kind == "paraphrase" else 0.95)


def test_both_databases_find_the_same(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        fill(uow, 100)
        late = factories.idea(uow, problem="The label printer is down", idea="Buy another one")
        uow.similar_ideas.index(late.id, late.terms.split())
        found = uow.similar_ideas.find("the lable printer", limit=3)
        assert found[0].number == late.number
        assert 1 in {line.number for line in found}
        assert found[0].likeness > found[1].likeness >= found[2].likeness
        others = uow.similar_ideas.find("the lable printer", without={late.id}, limit=3)
        assert late.id not in {line.id for line in others}
        assert len(others) == 3


def test_what_no_idea_speaks_of_finds_nothing(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        assert uow.similar_ideas.find("the printer is down") == []
        factories.idea(uow)
        assert uow.similar_ideas.find("zzyzx quux") == []
        assert uow.similar_ideas.find("🎉 !!") == []


def test_indexing_counts_each_term_and_keeps_its_spellings_once(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        for number in range(3):
            uow.similar_ideas.index(number + 1, similar.terms_of("the ribbon tears"))
        stem = similar.stem_of("ribbon")
        counts = uow.similar_ideas._counts([stem, "nothing"])  # noqa: SLF001 - what is stored
    assert counts == {stem: 3, "nothing": 0}


def test_numbers_are_given_once_each(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        assert [uow.ideas.next_number() for _ in range(3)] == [1, 2, 3]
        assert uow.ideas.settings().response_days == 3


def test_an_idea_is_found_by_number_in_its_own_workspace_only(
    database: Database, unit_of_work: UnitsOfWork, clock: FrozenClock
) -> None:
    with unit_of_work() as uow:
        idea = factories.idea(uow)
        assert uow.ideas.get_id(idea.number) == idea.id
        assert uow.ideas.lock(idea.id).title == idea.title
    other = factories.workspace(database, clock.now(), team_id="T0002")
    with database.unit_of_work(other, clock.now()) as uow:
        with pytest.raises(NotFound):
            uow.ideas.lock(idea.id)
        with pytest.raises(NotFound, match="There is no K-1 here"):
            uow.ideas.get_id(idea.number)


def test_a_vote_is_one_a_person_however_often_and_in_whatever_order_it_is_told(
    unit_of_work: UnitsOfWork,
) -> None:
    with unit_of_work() as uow:
        idea = factories.idea(uow)
        say = uow.idea_votes.say
        assert say(idea.id, "UBEN", "button", Decimal(10), is_on=True)
        assert not say(idea.id, "UBEN", "button", Decimal(10), is_on=True)
        assert say(idea.id, "UBEN", "+1", Decimal(11), is_on=True)
        assert say(idea.id, "UANA", "+1", Decimal(11), is_on=True)
        assert uow.idea_votes.list_supporters(idea.id) == ["UBEN", "UANA"]
        # Taken back at 13, and only then Slack delivers what was said at 12.
        assert say(idea.id, "UBEN", "+1", Decimal(13), is_on=False)
        assert not say(idea.id, "UBEN", "+1", Decimal(12), is_on=True)
        assert not say(idea.id, "UBEN", "+1", Decimal(13), is_on=True)
        assert uow.idea_votes.list_supporters(idea.id) == ["UBEN", "UANA"]
        assert uow.idea_votes.take_back(idea.id, "UBEN", Decimal(14))
        assert not uow.idea_votes.take_back(idea.id, "UBEN", Decimal(14))
        assert uow.idea_votes.list_supporters(idea.id) == ["UANA"]
        assert not uow.idea_votes.has_voted(idea.id, "UBEN")


def test_a_draft_is_kept_for_its_author_until_its_time_is_over(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        ana = factories.member(uow)
        uow.idea_drafts.keep(ana.id, "first", None, uow.now)
        uow.idea_drafts.keep(ana.id, "second", {"link": "x"}, uow.now)
        draft = uow.idea_drafts.find(ana.id, uow.now)
        assert draft is not None
        assert (draft.text, draft.origin) == ("second", {"link": "x"})
        assert uow.idea_drafts.find(ana.id, uow.now + timedelta(seconds=1)) is None
        assert uow.idea_drafts.drop_before(uow.now) == 0
        assert uow.idea_drafts.drop_before(uow.now + timedelta(seconds=1)) == 1


def test_lists_name_what_waits_and_what_is_mine(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        ana = factories.member(uow)
        late = factories.idea(uow, author_id=ana.id, due_at=uow.now)
        held = factories.idea(uow, state=IdeaState.ON_HOLD, until_on=uow.now.date(), coach_id=ana.id)
        sealed = factories.idea(uow, is_anonymous=True, sealed_for_id=ana.id)
        assert [line.id for line in uow.ideas.list_unanswered(uow.now)] == [late.id]
        assert [line.id for line in uow.ideas.list_held(uow.now.date())] == [held.id]
        assert [line.id for line in uow.ideas.list_lines(mine=ana.id)] == [held.id, late.id]
        assert sealed.id in {line.id for line in uow.ideas.list_lines(mine=ana.id, sealed=True)}
        assert uow.ideas.count_states() == {IdeaState.SUBMITTED: 2, IdeaState.ON_HOLD: 1}
