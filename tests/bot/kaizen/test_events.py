"""Kaizen events: formed from an idea or an initiative, and their result in the strategy."""

from decimal import Decimal

import pytest

from bot.kaizen import events, results
from bot.kaizen.cards import figures_message
from bot.kaizen.events import Place
from bot.kaizen.figures import read_figures_for
from bot.strategy import service as strategy
from bot.strategy.arguments import parse_view
from bot.strategy.facts import Item
from bot.strategy.facts import Place as StrategyPlace
from storage.editing.people import set_supporters
from storage.rules.errors import Invalid, InvalidFields, NotAllowed, NotFound
from storage.rules.kaizen import IdeaState, Move
from storage.rules.terms import Kind, ReaderKind, Role
from tests import factories
from tests.bot.kaizen.workshop import CHANNEL, Workshop

TYPED = {
    "title": "Ribbons at hand",
    "problem": "The printer stops every shift",
    "before": "Ten minutes",
    "after": "None",
}


@pytest.fixture
def plant(workshop: Workshop) -> Workshop:
    """An idea about a key result; a plan whose initiatives Ana may change."""
    with workshop.unit_of_work() as uow:
        breakthrough = factories.breakthrough(uow)
        goal = factories.annual_objective(uow, breakthrough_id=breakthrough.id)
        objective = factories.objective(uow, annual_objective_id=goal.id)
        factories.key_result(uow, objective_id=objective.id, owner_id=workshop.ana.id)
        factories.initiative(uow, annual_objective_id=goal.id, owner_id=workshop.ana.id)
        uow.roles.grant(workshop.ana.id, Role.STRATEGY_LEAD, by_id=None, at=uow.now)
    workshop.submit(serves="KR-1")
    return workshop


def form(plant: Workshop, place: Place, *ideas: str, **typed: str) -> events.Formed:
    with plant.unit_of_work() as uow:
        chosen = list(ideas) if ideas else None
        return events.form(
            uow, plant.ana.id, place, {**TYPED, **typed}, team=[plant.ben.id, plant.chen.id], ideas=chosen
        )


def test_an_idea_becomes_an_event_under_its_goal_with_its_team(plant: Workshop) -> None:
    with plant.unit_of_work() as uow:
        sheet = events.begin(uow, plant.ana.id, Place(idea_id=plant.idea().id))
    assert sheet.typed["problem"] == "The label printer stops every shift"
    assert sheet.goal == ("O-1", "O-1 Answer right the first time")
    formed = form(plant, Place(idea_id=plant.idea().id), goal="O-1", due_on="2026-03-06")
    assert (formed.reference, formed.ideas) == ("I-2", 1)
    with plant.unit_of_work() as uow:
        node = uow.picture().graph.nodes[Kind.INITIATIVE, 2]
        assert (node.parent, node.owner_id, str(node.due_on)) == (
            (Kind.OBJECTIVE, 1),
            plant.ana.id,
            "2026-03-06",
        )
        assert set(uow.picture().graph.supporters[node.ref]) == {plant.ben.id, plant.chen.id}
    assert "A Kaizen event works on it." in plant.told(plant.ben)[-1]


def test_an_initiative_becomes_an_event_and_its_card_says_so(plant: Workshop) -> None:
    plant.submit(problem="Gloves are gone", idea="A dispenser", serves="I-1")
    form(plant, Place(reference="I-1"), "K-1")
    with plant.unit_of_work() as uow:
        item = strategy.show(uow, plant.ana.id, parse_view("I-1"))
        assert isinstance(item, Item)
        assert item.improvements is not None
        assert item.improvements.event is not None
        assert item.improvements.event.before == "Ten minutes"
        assert [idea.number for idea in item.improvements.ideas] == [1, 2]
        assert item.improvements.contribution.ideas == 2
    # A second time it changes what was written, and the ideas.
    assert form(plant, Place(reference="I-1"), "K-2", problem="Something else").ideas == 1
    assert plant.idea(1).event_id is None


def test_the_result_closes_the_ideas_that_are_done_and_is_in_the_strategy(plant: Workshop) -> None:
    plant.submit(problem="Gloves are gone", idea="A dispenser")
    formed = form(plant, Place(reference="I-1"), "K-1", "K-2")
    with plant.unit_of_work() as uow:
        viewer = uow.roles.get_viewer(plant.ana.id)
        set_supporters(uow, viewer, (Kind.INITIATIVE, 1), [plant.ben.id, plant.chen.id])
        uow.audiences.put(CHANNEL, {plant.ben.slack_user_id or "": ReaderKind.MEMBER}, uow.now)
        sheet = events.begin_result(uow, plant.ana.id, formed.reference)
        assert [words for _, words in sheet.ideas] == [
            "K-1 The label printer stops every shift",
            "K-2 Gloves are gone",
        ]
    typed = {"result": "A hook at each printer", "after": "One minute"}
    with plant.unit_of_work() as uow:
        events.record_result(uow, plant.ana.id, "I-1", typed, closes=[plant.idea(1).id, 4711], is_over=True)
    assert (plant.idea(1).state, plant.idea(1).result) == (IdeaState.DONE, "A hook at each printer")
    assert plant.idea(2).state is IdeaState.SUBMITTED
    assert (
        "It is done, by the Kaizen event that worked on it: A hook at each printer"
        in plant.told(plant.ben)[-1]
    )
    (thanks,) = [text for text in plant.posted() if "Thank you" in text]
    assert all(f"<@{one.slack_user_id}>" in thanks for one in (plant.ana, plant.ben, plant.chen))
    with plant.unit_of_work() as uow:
        assert uow.picture().graph.nodes[Kind.INITIATIVE, 1].progress == Decimal(1)


def test_only_those_who_may_change_the_initiative_form_and_close_an_event(plant: Workshop) -> None:
    with plant.unit_of_work() as uow, pytest.raises(NotAllowed):
        events.form(uow, plant.chen.id, Place(reference="I-1"), TYPED, team=[], ideas=None)
    with plant.unit_of_work() as uow, pytest.raises(NotFound) as refused:
        events.begin_result(uow, plant.ana.id, "I-1")
    assert refused.value.sentence.startswith("I-1 is no Kaizen event yet.")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"problem": " "}, "problem"),
        ({"title": ""}, "title"),
        ({"before": "x" * 1_001}, "before"),
        ({"goal": "KR-1"}, "goal"),
        ({"due_on": "soon"}, "due_on"),
        ({"starts_on": "2026-05-01", "due_on": "2026-04-01"}, "due_on"),
    ],
)
def test_what_does_not_make_an_event(typed: dict[str, str], field: str, plant: Workshop) -> None:
    with pytest.raises((Invalid, InvalidFields)) as refused:
        form(plant, Place(), **typed)
    error = refused.value
    assert field in (error.sentences if isinstance(error, InvalidFields) else {error.field})


def test_the_statistics_say_what_ideas_brought_the_plan(plant: Workshop) -> None:
    plant.move(plant.ana, Move.TRIAGE, Move.JUST_DO)
    with plant.unit_of_work() as uow:
        idea_id = plant.idea().id
        results.write_benefits(uow, plant.ben.id, idea_id, {"actual_hours": "30"}, "en-GB")
        results.confirm(uow, plant.ana.id, idea_id)
        said = str(figures_message(read_figures_for(uow, plant.ana.id)).blocks)
    assert "A-1 NPS from 60 to 75: 1 idea, 1 done, confirmed 30 hours" in said


def test_the_line_of_sight_of_an_idea_goes_through_its_event(plant: Workshop) -> None:
    plant.submit(problem="Gloves are gone", idea="A dispenser")
    form(plant, Place(reference="I-1"), "K-2")
    with plant.unit_of_work() as uow:
        place = strategy.line_of_sight(uow, plant.ben.id, parse_view("K-2"))
        assert isinstance(place, StrategyPlace)
        assert place.root is not None
        assert place.root.reference == "I-1"
        place = strategy.line_of_sight(uow, plant.ben.id, parse_view("K-1"))
        assert isinstance(place, StrategyPlace)
        assert place.root is not None
        assert place.root.reference == "KR-1"
