from datetime import date, timedelta
from decimal import Decimal

import pytest

from bot.okr import updating
from bot.okr.facts import UpdateForm, Which
from bot.okr.updating import Typed
from storage.rules.errors import Closed, Invalid, NotAllowed, NotFound
from storage.rules.terms import ItemState, Kind, Status
from storage.tables import Member, Supporter
from tests import factories
from tests.bot.checkins.office import list_readings
from tests.bot.okr.office import Office
from tests.statements import sent_statements


def test_one_line_records_figure_confidence_and_note(office: Office) -> None:
    recorded = office.says(office.ana, "KR-1 78 8 routing done, training next week")
    assert (recorded.before, recorded.value, recorded.confidence, recorded.note) == (
        Decimal(74),
        Decimal(78),
        8,
        "routing done, training next week",
    )
    assert recorded.is_bare
    assert recorded.line == "KR-1 78 c8 note: routing done, training next week"
    with office.unit_of_work() as uow:
        values = [reading.value for reading in list_readings(uow, key_result_id=office.resolution.id)]
    assert values == [74, 78]


def test_the_card_tells_pace_and_what_it_did_above(office: Office) -> None:
    recorded = office.says(office.ana, "kr-1 78")
    assert recorded.pace is not None
    assert recorded.pace.words == "4 weeks ahead of the line"
    assert [effect.node.reference for effect in recorded.effects] == ["O-1", "A-1"]
    objective = recorded.effects[0]
    assert (objective.before.progress, objective.after.progress) == (Decimal("0.2"), Decimal("0.4"))
    assert objective.has_moved


def test_the_next_look_at_the_plan_sees_the_new_figure(office: Office) -> None:
    office.says(office.ana, "KR-1 80")
    with office.unit_of_work() as uow:
        standing = uow.picture().standings[Kind.KEY_RESULT, 1]
    assert (standing.current, standing.status) == (Decimal(80), Status.DONE)


def test_an_item_may_be_named_by_words(office: Office) -> None:
    assert office.says(office.ana, "first-contact 78").shown.reference == "KR-1"


def test_several_items_with_the_same_words_are_offered(office: Office) -> None:
    with office.unit_of_work() as uow:
        factories.key_result(uow, title="First-contact time", owner_id=office.ana.id)
        which = updating.update_by_line(uow, office.ana.id, "first-contact 78 c8 good week", "en-US")
        assert isinstance(which, Which)
        assert which.words == "first-contact"
        assert [line for _, line in which.choices] == ["KR-1 78 c8 good week", "KR-3 78 c8 good week"]
        assert uow.reports.list_for(Kind.KEY_RESULT, office.resolution.id) == []


def test_an_item_that_is_named_alone_opens_its_form(office: Office) -> None:
    with office.unit_of_work() as uow:
        for text in ("KR-1", "kr-1", "first-contact resolution"):
            form = updating.update_by_line(uow, office.ana.id, text, "en-US")
            assert isinstance(form, UpdateForm)
            assert form.chosen is not None
            assert form.chosen.reference == "KR-1"


def test_of_words_that_fit_an_open_and_a_closed_item_the_open_one_is_meant(office: Office) -> None:
    with office.unit_of_work() as uow:
        factories.key_result(uow, title="First-contact time", state=ItemState.CLOSED)
    assert office.says(office.ana, "first-contact 78").shown.reference == "KR-1"


def test_what_could_mean_two_things_is_asked_and_nothing_is_saved(office: Office) -> None:
    question = office.is_asked(office.ana, "KR-1 780 c8 wow")
    assert "Did you mean 78 %?" in question.sentence
    assert [option.text for option in question.options] == [
        "KR-1 78 c8 note: wow",
        "KR-1 =780 c8 note: wow",
    ]
    with office.unit_of_work() as uow:
        assert len(list_readings(uow, key_result_id=office.resolution.id)) == 1
    assert office.says(office.ana, question.options[1].text).value == 780


def test_a_bare_number_can_be_moved_into_the_note(office: Office) -> None:
    recorded = office.says(office.ana, "KR-1 78 2 weeks late")
    with office.unit_of_work() as uow:
        moved = updating.move_into_note(uow, office.ana.id, recorded.report_id, "en-US")
    assert (moved.value, moved.confidence, moved.note, moved.is_bare) == (
        Decimal(78),
        None,
        "2 weeks late",
        False,
    )
    with office.unit_of_work() as uow:
        said = uow.reports.last_said(Kind.KEY_RESULT, [office.resolution.id])[office.resolution.id]
        again = updating.move_into_note(uow, office.ana.id, recorded.report_id, "en-US")
    assert (said.confidence, said.note) == (None, "2 weeks late")
    assert again.note == "2 weeks late"
    with office.unit_of_work() as uow, pytest.raises(NotAllowed):
        updating.move_into_note(uow, office.ben.id, recorded.report_id, "en-US")


def test_an_update_can_be_undone(office: Office) -> None:
    recorded = office.says(office.ana, "KR-1 78 c8")
    with office.unit_of_work() as uow:
        undone = updating.undo(uow, office.ana.id, recorded.report_id)
    assert (undone.reference, undone.value) == ("KR-1", Decimal(74))
    with office.unit_of_work() as uow:
        standing = uow.picture().standings[Kind.KEY_RESULT, 1]
    assert (standing.current, standing.confidence) == (Decimal(74), None)


def test_words_alone_bring_no_figure(office: Office) -> None:
    recorded = office.says(office.ana, "KR-1 c4 waiting for the vendor")
    assert (recorded.value, recorded.confidence) == (None, 4)
    assert recorded.shown.standing.confidence == 4
    with office.unit_of_work() as uow:
        assert len(list_readings(uow, key_result_id=office.resolution.id)) == 1


def test_a_shared_kpi_moves_everything_that_reads_it_and_says_so(office: Office) -> None:
    recorded = office.says(office.chen, "KPI-1 66")
    assert [effect.node.reference for effect in recorded.effects] == ["KR-2"]
    assert recorded.effects[0].after.progress == Decimal("0.4")
    assert [node.reference for node in recorded.also] == ["KR-2"]
    with office.unit_of_work() as uow:
        assert uow.picture().standings[Kind.KEY_RESULT, 2].current == 66


def test_the_figure_of_a_shared_kpi_is_given_by_its_owner_only(office: Office) -> None:
    with pytest.raises(NotAllowed, match="KR-2 reads KPI-1, which is Chen Wei's"):
        office.says(office.ben, "KR-2 66")
    assert office.says(office.ben, "KR-2 c6 on its way").confidence == 6


def test_a_monthly_figure_is_for_the_month_that_ended_without_one(office: Office) -> None:
    with office.unit_of_work() as uow:
        factories.kpi(uow, owner_id=office.chen.id, title="Scrap")
    first, second = office.says(office.chen, "KPI-2 61"), office.says(office.chen, "KPI-1 61")
    assert (first.period_on, second.period_on) == (date(2026, 1, 1), date(2026, 2, 1))


def test_milestones_are_named_and_shown(office: Office) -> None:
    with office.unit_of_work() as uow:
        rollout = factories.key_result(
            uow,
            title="Routing",
            objective_id=office.objective.id,
            owner_id=office.ana.id,
            unit="milestones",
            baseline=Decimal(0),
            target=Decimal(100),
        )
        factories.milestone(uow, rollout, title="Pilot live")
        factories.milestone(uow, rollout, title="Everywhere", weight=Decimal(3))
    recorded = office.says(office.ana, "KR-3 done pilot 8 went well")
    assert (recorded.value, recorded.confidence, recorded.note) == (Decimal(25), 8, "went well")
    assert [step.is_done for step in recorded.milestones] == [True, False]
    assert recorded.line == "KR-3 done 1 c8 note: went well"
    with pytest.raises(Invalid, match="KR-3 has no milestone 9"):
        office.says(office.ana, "KR-3 done 9")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("KR-9 78", "There is no KR-9 here."),
        ("nonsense 78", "Nothing here goes by “nonsense 78”."),
        (
            "O-1 78",
            "O-1 has no figure of its own; it stands as what is below it. Update one of its key ",
        ),
        ("Q-1 78", "Nothing here goes by “Q-1 78”."),
    ],
)
def test_what_is_not_there_or_has_no_figure_is_refused(office: Office, text: str, sentence: str) -> None:
    with pytest.raises((NotFound, Invalid)) as caught:
        office.says(office.ana, text)
    assert caught.value.sentence.startswith(sentence)


def test_an_item_of_another_workspace_or_hidden_does_not_exist(office: Office) -> None:
    with office.unit_of_work() as uow:
        factories.key_result(uow, title="Secret", is_restricted=True, owner_id=office.ana.id)
    for text in ("KR-3 78", "Secret 78"):
        with pytest.raises(NotFound):
            office.says(office.ben, text)
    other = factories.workspace(office.database, office.clock.now(), team_id="T0002")
    with office.database.unit_of_work(other, office.clock.now()) as uow:
        factories.plan(uow)
        stranger = factories.member(uow)
        with pytest.raises(NotFound):
            updating.update_by_line(uow, stranger.id, "KR-1 78", "en-US")


@pytest.mark.parametrize(
    ("state", "sentence"),
    [(ItemState.CLOSED, "KR-1 is closed"), (ItemState.DRAFT, "KR-1 is not active yet")],
)
def test_a_closed_or_drafted_okr_takes_no_figures(office: Office, state: ItemState, sentence: str) -> None:
    with office.unit_of_work() as uow:
        uow.okrs.add(uow.session.merge(office.objective)).state = state
    with pytest.raises(Closed, match=sentence):
        office.says(office.ana, "KR-1 78")


def test_a_guest_and_a_viewer_may_not_record(office: Office) -> None:
    with office.unit_of_work() as uow:
        stranger = factories.member(uow)
        uow.session.merge(Member(**{**stranger.model_dump(), "is_guest": True}))
    with pytest.raises(NotFound):
        office.says(stranger, "KR-1 78")
    with pytest.raises(NotAllowed, match="You may not record figures of this"):
        office.says(office.chen, "KR-1 78")


def test_the_form_lists_own_items_first(office: Office) -> None:
    with office.unit_of_work() as uow:
        helped = factories.key_result(uow, owner_id=office.ben.id, objective_id=office.objective.id)
        uow.session.add(
            Supporter(
                workspace_id=uow.workspace_id,
                kind=Kind.KEY_RESULT,
                item_id=helped.id,
                member_id=office.chen.id,
            )
        )
        form = updating.open_form(uow, office.chen.id)
        nothing = factories.member(uow)
        with pytest.raises(NotFound, match="There is no key result or KPI that you may update"):
            updating.open_form(uow, nothing.id)
    assert [(item.reference, item.is_own) for item in form.items] == [("KPI-1", True), ("KR-3", False)]


def test_the_form_records_with_the_message_as_evidence(office: Office) -> None:
    with office.unit_of_work() as uow:
        recorded = updating.update_by_form(
            uow,
            office.ana.id,
            "KR-1",
            Typed("78 %", "8", "routing done\nand more", "https://example.slack.com/archives/C1/p1"),
            "en-US",
        )
    assert (recorded.value, recorded.confidence, recorded.is_bare) == (Decimal(78), 8, False)
    assert recorded.note == "routing done\nand more"
    with office.unit_of_work() as uow:
        (line,) = uow.reports.list_for(Kind.KEY_RESULT, office.resolution.id)
    assert line.link == "https://example.slack.com/archives/C1/p1"


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        (Typed("780"), "value", "Did you mean 78 %? Type `78` or `=780`."),
        (Typed("abc 1"), "value", "“abc 1” is not a figure."),
        (Typed("", "11"), "confidence", "“11” is no confidence."),
        (Typed("78", "sure"), "confidence", "“sure” is no confidence."),
        (Typed(), "value", "Nothing is filled in yet."),
    ],
)
def test_what_the_form_does_not_understand_is_refused_beside_its_input(
    office: Office, typed: Typed, field: str, sentence: str
) -> None:
    with office.unit_of_work() as uow, pytest.raises(Invalid) as caught:
        updating.update_by_form(uow, office.ana.id, "KR-1", typed, "en-US")
    assert caught.value.field == field
    assert sentence in caught.value.sentence


def test_an_update_takes_as_many_queries_however_large_the_plan_is(office: Office) -> None:
    def count() -> int:
        with sent_statements() as sent:
            office.says(office.ana, "KR-1 +0.5")
        return len(sent)

    office.clock.jump_to(office.clock.now() + timedelta(minutes=1))
    count()
    before = count()
    with office.unit_of_work() as uow:
        for _ in range(20):
            factories.key_result(uow, objective_id=office.objective.id, owner_id=office.ana.id)
    count()
    assert count() == before


@pytest.mark.parametrize(
    ("who", "text"),
    [
        ("ana", "KR-1 78 c8"),
        ("ana", "KR-1 c3 late"),
        ("ana", "KR-1 76"),
        ("chen", "KPI-1 66"),
        ("chen", "KPI-1 66 c2"),
        ("ana", "KR-1 note: words only"),
    ],
)
def test_the_plan_in_memory_after_an_update_is_the_plan_that_would_be_read(
    office: Office, who: str, text: str
) -> None:
    with office.unit_of_work() as uow:
        uow.picture()
    office.says(getattr(office, who), text)
    with sent_statements() as sent, office.unit_of_work() as uow:
        kept = uow.picture()
    with office.unit_of_work() as uow:
        read = uow.strategies.read(uow.strategies.get_plan(), uow.now)
    assert kept == read
    assert len([one for one in sent if one.startswith("SELECT")]) == 1
