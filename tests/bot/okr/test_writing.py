from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.checkins.questions import find_topics, list_stale
from bot.okr import updating, writing
from bot.okr.writing import DraftPage, KeyResultTyped, MoreTyped, ObjectiveTyped
from bot.okr.writing_forms import draft_page, key_result_form, more_form, new_form
from storage import editing
from storage.rules.access import Viewer
from storage.rules.errors import Closed, Invalid, InvalidFields, NotAllowed, NotFound
from storage.rules.terms import Commitment, Direction, ItemState, Kind, Role, Status
from storage.rules.writing import Rule
from storage.tables import Grade
from tests import factories
from tests.bot.okr.office import Office

QUARTER = "2026-01-01"


def draft(office: Office, title: str = "Answer before they ask", **values: Any) -> DraftPage:
    with office.unit_of_work() as uow:
        typed = ObjectiveTyped(**{"title": title, "parent": "A-1", "starts_on": QUARTER, **values})
        return writing.add_objective(uow, office.ana.id, typed)


def add(office: Office, locale: str = "en-US", **values: Any) -> DraftPage:
    """A key result of O-2."""
    typed = {"title": "First-contact time", "unit": "minutes", "start": "9", "goal": "4", "kind": "decrease"}
    with office.unit_of_work() as uow:
        return writing.add_key_result(
            uow, office.ana.id, "O-2", KeyResultTyped(**{**typed, **values}), locale
        )


def faults(office: Office, **values: Any) -> dict[str, str]:
    with pytest.raises(InvalidFields) as caught:
        add(office, **values)
    return dict(caught.value.sentences)


def test_the_blank_sheet_offers_what_the_plan_has_and_the_last_lesson(office: Office) -> None:
    with office.unit_of_work() as uow:
        uow.okrs.add(
            Grade(
                workspace_id=uow.workspace_id,
                kind=Kind.OBJECTIVE,
                item_id=office.objective.id,
                grade=Decimal("0.7"),
                lesson="Ask the agents first",
                graded_at=uow.now,
            )
        )
        form = writing.open_new(uow, office.ben.id)
    assert [node.reference for node in form.parents] == ["A-1"]
    assert (form.teams[0][1], form.lesson) == ("Customer Service", "Ask the agents first")
    assert [quarter.name for quarter in form.quarters][:2] == [
        "Q1 · January to March 2026",
        "Q2 · April to June 2026",
    ]
    assert "Ask the agents first" in str(new_form(form))


def test_an_objective_is_kept_as_a_draft_of_its_writer(office: Office) -> None:
    page = draft(office, commitment="committed")
    node = page.shown.node
    assert (node.reference, node.state, node.owner_id, node.commitment) == (
        "O-2",
        ItemState.DRAFT,
        office.ana.id,
        Commitment.COMMITTED,
    )
    assert (node.starts_on, node.due_on) == (date(2026, 1, 1), date(2026, 3, 31))
    assert page.shown.serves == ("A-1 NPS from 60 to 75",)


def test_the_check_comments_and_does_not_block(office: Office) -> None:
    page = draft(office, "Launch 3 portals")
    rules = {remark.rule for remark in page.remarks}
    assert {Rule.NUMBER_IN_OBJECTIVE, Rule.OUTPUT, Rule.LEAN_FIT} <= rules
    with office.unit_of_work() as uow:
        more = writing.say_more(uow, office.ana.id, "O-2", MoreTyped(impact=5, waste="waiting"))
    assert Rule.LEAN_FIT not in {remark.rule for remark in more.remarks}
    assert (more.wording.impact, more.wording.waste) == (5, "waiting")
    assert "waiting" in str(more_form(more))
    page = add(office, evidence="call report")
    assert [remark.rule for remark in page.remarks if remark.about == "1"] == []
    assert "Make it active" in str(draft_page(page, "en-US"))


@pytest.mark.parametrize(
    ("values", "unit", "direction", "figures"),
    [
        ({"kind": "increase", "unit": "days", "start": "1", "goal": "2"}, "days", Direction.INCREASE, (1, 2)),
        ({"kind": "decrease", "unit": "days"}, "days", Direction.DECREASE, (9, 4)),
        (
            {"kind": "maintain in a band", "unit": "%", "start": "95", "goal": "99"},
            "%",
            Direction.MAINTAIN,
            (95, 99),
        ),
        ({"kind": "percent", "start": "70 %", "goal": "80"}, "%", Direction.INCREASE, (70, 80)),
        ({"kind": "percent", "start": "8", "goal": "5"}, "%", Direction.DECREASE, (8, 5)),
        (
            {"kind": "currency", "unit": "EUR", "start": "0", "goal": "€3m"},
            "EUR",
            Direction.INCREASE,
            (0, 3_000_000),
        ),
        ({"kind": "count", "start": "0", "goal": "40"}, "", Direction.INCREASE, (0, 40)),
        ({"kind": "yes/no", "start": "", "goal": ""}, "yes/no", Direction.INCREASE, (0, 1)),
        (
            {"kind": "milestones", "start": "", "goal": "", "milestones": "Pilot\nRoll-out | 3"},
            "milestones",
            Direction.INCREASE,
            (0, 100),
        ),
    ],
)
def test_every_kind_of_key_result_can_be_written(
    office: Office, values: dict[str, str], unit: str, direction: Direction, figures: tuple[int, int]
) -> None:
    draft(office)
    node = add(office, **values).key_results[0].node
    assert (node.unit, node.direction) == (unit, direction)
    assert (node.baseline, node.target) == (Decimal(figures[0]), Decimal(figures[1]))
    if unit == "milestones":
        with office.unit_of_work() as uow:
            steps = [(step.title, step.weight) for step in uow.okrs.list_milestones(node.id)]
        assert steps == [("Pilot", Decimal(1)), ("Roll-out", Decimal(3))]


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"goal": "9"}, "goal", "Baseline and target are the same"),
        ({"goal": "12"}, "goal", "To decrease, the target lies below the start."),
        ({"kind": "increase"}, "goal", "To increase, the target lies above the start."),
        ({"start": ""}, "start", "Say where it stands today"),
        ({"goal": "soon"}, "goal", "is not a number"),
        ({"kind": "currency"}, "unit", "Name the currency"),
        ({"kind": "maintain in a band", "start": "9", "goal": "4"}, "goal", "Swap the two."),
        ({"kind": "milestones", "milestones": "A | 0\nB | 0"}, "milestones", "sum to zero"),
        ({"kind": "milestones", "milestones": "A | -1\nB"}, "milestones", "cannot be negative"),
        ({"kind": "milestones", "milestones": "A | many"}, "milestones", "is not a number"),
        ({"kind": "milestones"}, "milestones", "Name 1 to 20 milestones"),
        ({"title": " "}, "title", "It needs a title."),
    ],
)
def test_what_does_not_fit_is_told_beside_its_input(
    office: Office, values: dict[str, str], field: str, sentence: str
) -> None:
    draft(office)
    assert sentence in faults(office, **values)[field]


def test_both_figures_are_told_at_once(office: Office) -> None:
    draft(office)
    assert set(faults(office, start="a", goal="b")) == {"start", "goal"}


def test_a_kpi_that_measures_the_same_is_offered_and_linked(office: Office) -> None:
    draft(office)
    page = add(office, title="Net promoter score", unit="points", kind="increase", start="60", goal="70")
    [alike] = page.alike
    assert (alike.key_result.reference, alike.kpi.reference) == ("KR-3", "KPI-1")
    with office.unit_of_work() as uow:
        page = writing.link_kpi(uow, office.ana.id, "KR-3", "KPI-1")
    assert page.alike == ()
    assert page.key_results[0].node.measure == (Kind.KPI, 1)


def test_a_key_result_may_define_the_kpi_that_it_reads(office: Office) -> None:
    draft(office)
    page = add(office, title="Calls left waiting", unit="calls", start="40", goal="10", kpi=writing.NEW_KPI)
    [key_result] = page.key_results
    assert key_result.node.measure == (Kind.KPI, 2)
    with office.unit_of_work() as uow:
        kpi = uow.picture().graph.nodes[Kind.KPI, 2]
    figures = (Decimal(40), Decimal(10))
    assert (kpi.title, kpi.unit, kpi.baseline, kpi.target) == ("Calls left waiting", "calls", *figures)
    assert (kpi.owner_id, kpi.direction) == (key_result.node.owner_id, Direction.DECREASE)


def kpi_state(office: Office, number: int = 2) -> ItemState:
    with office.unit_of_work() as uow:
        return uow.picture().graph.nodes[Kind.KPI, number].state


def test_a_kpi_defined_for_a_draft_is_a_draft_and_becomes_active_with_it(office: Office) -> None:
    draft(office)
    add(office, title="Calls left waiting", unit="calls", start="40", goal="10", kpi=writing.NEW_KPI)
    assert kpi_state(office) is ItemState.DRAFT
    with office.unit_of_work() as uow:
        assert [line.reference for line in uow.kpis.list_lines()] == ["KPI-1"]
        topics = find_topics(uow, {office.ana.id: office.clock.now().date()})
        assert [topic.line.reference for topic in topics[office.ana.id]] == ["KR-1"]
        assert uow.picture().standings[Kind.KPI, 2].status is Status.NOT_STARTED
        with pytest.raises(Closed, match="It becomes active with KR-3, for which it was defined"):
            updating.update_by_line(uow, office.ana.id, "KPI-2 30", "en-US")
    with office.unit_of_work() as uow:
        writing.activate(uow, office.ana.id, "O-2")
    assert kpi_state(office) is ItemState.ACTIVE
    assert office.says(office.ana, "KR-3 30").shown.reference == "KR-3"


def test_what_is_made_active_in_mid_quarter_has_time_for_its_first_figure(office: Office) -> None:
    draft(office)
    add(office)
    add(office, title="Calls left waiting", unit="calls", start="40", goal="10", kpi=writing.NEW_KPI)
    with office.unit_of_work() as uow:
        writing.activate(uow, office.ana.id, "O-2")
    today = office.clock.now().date()
    with office.unit_of_work() as uow:
        picture = uow.picture()
        made = [(Kind.KEY_RESULT, 3), (Kind.KEY_RESULT, 4), (Kind.KPI, 2)]
        assert {picture.graph.nodes[ref].active_on for ref in made} == {today}
        assert {picture.standings[ref].status for ref in made} == {Status.NOT_STARTED}
        assert list_stale(uow, today) == []
        later = today + timedelta(days=7)
        assert list_stale(uow, later - timedelta(days=1)) == []
        stale = {topic.line.reference: since_on for topic, since_on in list_stale(uow, later)}
        assert stale["KR-3"] == stale["KPI-2"] == later


def test_a_kpi_defined_for_a_draft_goes_with_it_and_comes_back_with_it(office: Office) -> None:
    draft(office)
    add(office, title="Calls left waiting", unit="calls", start="40", goal="10", kpi=writing.NEW_KPI)
    with office.unit_of_work() as uow:
        editing.archive_item(uow, uow.roles.get_viewer(office.ana.id), (Kind.KEY_RESULT, 3))
    assert kpi_state(office) is ItemState.ARCHIVED
    with office.unit_of_work() as uow:
        editing.restore_item(uow, uow.roles.get_viewer(office.ana.id), (Kind.KEY_RESULT, 3))
    with office.unit_of_work() as uow:
        assert uow.picture().graph.nodes[Kind.KEY_RESULT, 3].state is ItemState.DRAFT
    assert kpi_state(office) is ItemState.DRAFT


def test_a_drafted_kpi_that_something_else_reads_stays_and_counts_with_that(office: Office) -> None:
    draft(office)
    add(office, title="Calls left waiting", unit="calls", start="40", goal="10", kpi=writing.NEW_KPI)
    lead = Viewer(member_id=office.ana.id, granted=frozenset({Role.STRATEGY_LEAD}))
    with office.unit_of_work() as uow:
        editing.change_item(uow, lead, (Kind.KEY_RESULT, 1), {"measure": (Kind.KPI, 2)}, reason="The same")
    assert kpi_state(office) is ItemState.ACTIVE
    with office.unit_of_work() as uow:
        editing.archive_item(uow, lead, (Kind.KEY_RESULT, 3))
    assert kpi_state(office) is ItemState.ACTIVE


def test_a_drafted_kpi_that_nothing_reads_any_more_goes(office: Office) -> None:
    draft(office)
    add(office, title="Calls left waiting", unit="calls", start="40", goal="10", kpi=writing.NEW_KPI)
    with office.unit_of_work() as uow:
        viewer = uow.roles.get_viewer(office.ana.id)
        editing.change_item(uow, viewer, (Kind.KEY_RESULT, 3), {"measure": None})
    assert kpi_state(office) is ItemState.ARCHIVED


def test_a_kpi_defined_for_an_active_objective_is_active(office: Office) -> None:
    with office.unit_of_work() as uow:
        typed = KeyResultTyped(
            title="Calls left waiting", kind="count", start="40", goal="10", kpi=writing.NEW_KPI
        )
        writing.add_key_result(uow, office.ana.id, "O-1", typed, "en-US")
    assert kpi_state(office) is ItemState.ACTIVE


def test_a_second_definition_is_not_made_but_the_first_one_offered(office: Office) -> None:
    draft(office)
    values = {"title": "Net promoter score", "unit": "points", "start": "60", "goal": "70"}
    page = add(office, **values, kind="increase", kpi=writing.NEW_KPI)
    [alike] = page.alike
    assert (alike.key_result.reference, alike.kpi.reference) == ("KR-3", "KPI-1")


def test_a_kpi_cannot_count_in_milestones(office: Office) -> None:
    draft(office)
    told = faults(office, kind="milestones", milestones="Pilot live", kpi=writing.NEW_KPI)
    assert told == {"kpi": "A KPI cannot count in milestones. Leave the KPI out."}


def test_a_draft_becomes_active_with_its_key_results(office: Office) -> None:
    draft(office)
    with office.unit_of_work() as uow, pytest.raises(Invalid, match="O-2 has no key result yet"):
        writing.activate(uow, office.ana.id, "O-2")
    add(office)
    with pytest.raises(Closed, match="KR-3 is not active yet"):
        office.says(office.ana, "KR-3 8")
    with office.unit_of_work() as uow:
        page = writing.activate(uow, office.ana.id, "O-2")
    assert not page.is_draft
    assert page.key_results[0].node.state is ItemState.ACTIVE
    assert office.says(office.ana, "KR-3 8").value == 8


def test_forty_key_results_are_remarked_and_fit_the_form(office: Office) -> None:
    draft(office)
    with office.unit_of_work() as uow:
        objective = uow.okrs.get_objective(2)
        for _ in range(40):
            factories.key_result(uow, objective_id=objective.id, state=ItemState.DRAFT)
        page, kpis = writing.open_key_result(uow, office.ana.id, "O-2")
    assert Rule.TOO_MANY in {remark.rule for remark in page.remarks}
    assert len(draft_page(page, "en-US")["blocks"]) <= 100
    assert len(key_result_form(page, kpis, "U0001")["blocks"]) <= 100


def test_someone_elses_okr_and_a_closed_one_are_left_alone(office: Office) -> None:
    draft(office)
    with office.unit_of_work() as uow:
        with pytest.raises(NotAllowed):
            writing.say_more(uow, office.chen.id, "O-2", MoreTyped())
        with pytest.raises(NotAllowed):
            writing.activate(uow, office.chen.id, "O-2")
        with pytest.raises(NotFound):
            writing.read_draft(uow, office.ana.id, "O-9")
        with pytest.raises(Invalid, match="KR-1 is no objective"):
            writing.read_draft(uow, office.ana.id, "KR-1")
        uow.okrs.get_objective(2).state = ItemState.CLOSED
    with pytest.raises(Closed, match="O-2 is closed"):
        add(office)
