"""What belongs to an item: people, steps, marks, other names and months."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import editing
from storage.editing import kpis, marks, people, steps
from storage.editing.versions import merge_list
from storage.repositories.audit import Version
from storage.rules.errors import Closed, DomainError, Invalid, NotAllowed, NotFound, Overtaken
from storage.rules.terms import Kind, Strength
from tests.storage.editing.conftest import A1, B1, I1, KPI1, KR1, O1, Office

NAMES = st.lists(st.integers(1, 6), unique=True, max_size=6)


def test_supporters_and_readers_are_kept_as_whole_lists_with_a_trail(office: Office) -> None:
    with office.work() as uow:
        people.set_supporters(uow, office.owner, O1, [office.other.member_id, office.owner.member_id])
        people.set_readers(uow, office.owner, O1, [office.guest.member_id])
    with office.work() as uow:
        graph = uow.picture().graph
        assert graph.supporters[O1] == (office.other.member_id,)
        assert graph.readers[O1] == (office.guest.member_id,)
        entries = uow.audit.list_for("objective", graph.nodes[O1].id)
        assert [entry.after for entry in entries] == [
            {"supporters": [office.other.member_id]},
            {"readers": [office.guest.member_id]},
        ]


def test_nobody_adds_supporters_to_what_is_not_theirs(office: Office) -> None:
    with office.work() as uow, pytest.raises(NotAllowed):
        people.set_supporters(uow, office.other, O1, [office.other.member_id])


@pytest.mark.parametrize(("member_id", "sentence"), [(999, "not known here"), (None, "deactivated")])
def test_an_unknown_or_deactivated_supporter_is_refused(
    office: Office, member_id: int | None, sentence: str
) -> None:
    with office.work() as uow, pytest.raises(Invalid, match=sentence) as refused:
        people.set_supporters(uow, office.owner, O1, [member_id or office.gone_id])
    assert refused.value.field == "supporters"


def test_a_guest_owns_an_initiative_but_no_objective(office: Office) -> None:
    with office.work() as uow:
        editing.change_item(uow, office.owner, I1, {"owner_id": office.guest.member_id})
    with office.work() as uow, pytest.raises(Invalid, match="guests may own key results"):
        editing.change_item(uow, office.owner, O1, {"owner_id": office.guest.member_id})


def test_a_step_keeps_the_day_that_was_agreed_first(office: Office) -> None:
    with office.work() as uow:
        step = steps.add_step(uow, office.owner, I1, "Write the topics down").step
        assert step.original_due_on is None
        steps.change_step(uow, office.owner, step.id, {"due_on": date(2026, 3, 1)})
        moved = steps.change_step(uow, office.owner, step.id, {"due_on": date(2026, 4, 1)}).step
    assert (moved.original_due_on, moved.due_on) == (date(2026, 3, 1), date(2026, 4, 1))


def test_steps_are_ordered_ticked_removed_and_brought_back(office: Office) -> None:
    with office.work() as uow:
        first, second, third = (
            steps.add_step(uow, office.owner, I1, title, owner_id=office.other.member_id).step.id
            for title in ("one", "two", "three")
        )
        steps.move_step(uow, office.owner, third, -5)
        assert steps.tick_step(uow, office.other, first, done=True).step.done_at is not None
        assert steps.tick_step(uow, office.other, first, done=False).step.done_at is None
        steps.remove_step(uow, office.owner, second)
        assert [step.title for step in uow.picture().graph.steps[I1]] == ["three", "one"]
        steps.restore_step(uow, office.owner, second)
        assert [step.title for step in uow.picture().graph.steps[I1]] == ["three", "one", "two"]
        entries = uow.audit.list_for("initiative", uow.picture().graph.nodes[I1].id)
    assert {"step added", "step moved", "step done", "step open again", "step removed"} <= {
        entry.action for entry in entries
    }


def test_a_steps_own_owner_moves_its_date_and_nothing_else(office: Office) -> None:
    with office.work() as uow:
        step = steps.add_step(uow, office.owner, I1, "one", due_on=date(2026, 3, 1)).step.id
    later = {"due_on": date(2026, 4, 1)}
    with office.work() as uow, pytest.raises(NotAllowed, match="You may not change this"):
        steps.change_step(uow, office.other, step, later)
    with office.work() as uow:
        steps.change_step(uow, office.owner, step, {"owner_id": office.other.member_id})
        moved = steps.change_step(uow, office.other, step, later).step
        assert (moved.original_due_on, moved.due_on) == (date(2026, 3, 1), date(2026, 4, 1))
        entries = uow.audit.list_for("initiative", uow.picture().graph.nodes[I1].id)
    told = [entry for entry in entries if entry.member_id == office.other.member_id]
    assert [entry.action for entry in told] == ["step changed"]
    for refused in ({"due_on": None}, {"title": "two"}, {**later, "title": "two"}):
        with office.work() as uow, pytest.raises(NotAllowed, match="You may not change this"):
            steps.change_step(uow, office.other, step, refused)


def test_only_who_has_a_part_ticks_a_step(office: Office) -> None:
    with office.work() as uow:
        step = steps.add_step(uow, office.owner, I1, "one").step.id
    with office.work() as uow, pytest.raises(NotAllowed):
        steps.tick_step(uow, office.other, step, done=True)


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"title": " "}, "title", "few words"),
        ({"title": "x" * 600}, "title", "600 characters"),
        ({"due_on": date(2026, 2, 8)}, "due_on", "over already"),
        ({"owner_id": 999}, "owner", "not known here"),
    ],
)
def test_what_is_wrong_with_a_step_is_told_by_its_field(
    office: Office, values: dict[str, object], field: str, sentence: str
) -> None:
    with office.work() as uow:
        step = steps.add_step(uow, office.owner, I1, "one").step.id
    with office.work() as uow, pytest.raises(Invalid, match=sentence) as refused:
        steps.change_step(uow, office.owner, step, values)
    assert field in getattr(refused.value, "sentences", {})


def test_only_initiatives_have_steps_and_only_live_ones(office: Office) -> None:
    with office.work() as uow, pytest.raises(Invalid, match="O-1 has no steps"):
        steps.add_step(uow, office.owner, O1, "one")
    with office.work() as uow:
        step = steps.add_step(uow, office.owner, I1, "one").step.id
        editing.archive_item(uow, office.owner, I1)
    with office.work() as uow, pytest.raises(Closed, match="I-1 is removed"):
        steps.tick_step(uow, office.owner, step, done=True)


def test_a_mark_takes_its_ends_in_either_order_and_goes_away_again(office: Office) -> None:
    with office.work() as uow:
        marked = marks.set_mark(uow, office.lead, B1, A1, Strength.MEDIUM)
    assert (marked.left.reference, marked.right.reference) == ("A-1", "B-1")
    with office.work() as uow:
        [mark] = uow.picture().graph.marks
        assert (mark.left, mark.right, mark.strength, mark.is_confirmed) == (A1, B1, Strength.MEDIUM, True)
        assert marks.set_mark(uow, office.lead, A1, B1, None).before is Strength.MEDIUM
        assert uow.picture().graph.marks == ()
        with pytest.raises(NotFound, match="any more"):
            marks.agree(uow, office.lead, A1, B1)


def test_an_illegal_corner_is_refused_with_the_legal_ones_named(office: Office) -> None:
    with (
        office.work() as uow,
        pytest.raises(Invalid, match="annual objective – breakthrough, initiative – an"),
    ):
        marks.set_mark(uow, office.lead, KR1, B1, Strength.STRONG)


def test_whoever_owns_neither_end_sets_no_mark(office: Office) -> None:
    with office.work() as uow, pytest.raises(NotAllowed):
        marks.set_mark(uow, office.other, I1, A1, Strength.STRONG)
    with office.work() as uow:
        marks.set_mark(uow, office.owner, I1, KPI1, Strength.STRONG)


def test_an_obvious_mark_is_suggested_once_and_counts_when_a_person_agrees(office: Office) -> None:
    with office.work() as uow:
        added = editing.add_item(
            uow, office.lead, Kind.INITIATIVE, {"title": "Train the agents", "parent": A1}
        )
        [suggested] = marks.list_suggested(uow, office.lead)
        assert (suggested.left.ref, suggested.right.ref) == (added.ref, A1)
        assert uow.picture().graph.also_under(added.ref) == ()
        marks.agree(uow, office.lead, A1, added.ref)
        assert marks.list_suggested(uow, office.lead) == []
    with office.work() as uow:
        editing.change_item(uow, office.owner, KR1, {"measure": KPI1}, reason="One figure is enough")
        [suggested] = marks.list_suggested(uow, office.lead)
        assert (suggested.left.ref, suggested.right.ref) == (KPI1, B1)
        marks.set_mark(uow, office.lead, KPI1, B1, None)
        editing.change_item(uow, office.owner, KR1, {"title": "Solved at once"})
        assert marks.list_suggested(uow, office.lead) == []


def test_a_kpi_takes_other_names_that_no_other_kpi_has(office: Office) -> None:
    with office.work() as uow:
        kpis.add_alias(uow, office.other, KPI1, "NPS")
        second = editing.add_item(uow, office.owner, Kind.KPI, {"title": "Customer effort"}).ref
        with pytest.raises(Invalid, match="another KPI's name"):
            kpis.add_alias(uow, office.owner, second, "NPS")
        with pytest.raises(Invalid, match="KPI-2 is called that"):
            kpis.add_alias(uow, office.owner, KPI1, "customer  Effort")
        assert uow.picture().graph.aliases[KPI1] == ("NPS",)
        kpis.remove_alias(uow, office.owner, KPI1, "nps")
        assert KPI1 not in uow.picture().graph.aliases


def test_a_kpis_months_are_set_as_a_whole(office: Office) -> None:
    january, february = date(2026, 1, 1), date(2026, 2, 1)
    with office.work() as uow:
        kpis.set_monthly_plan(uow, office.owner, KPI1, {january: Decimal(61), february: Decimal(63)})
        kpis.set_monthly_plan(uow, office.owner, KPI1, {february: Decimal("62.5")}, reason="Hired later")
        assert kpis.monthly_plan(uow, office.other, KPI1) == {february: Decimal("62.5")}
        with pytest.raises(Invalid, match="lies outside the plan"):
            kpis.set_monthly_plan(uow, office.owner, KPI1, {date(2027, 1, 1): Decimal(70)})


def test_two_people_at_once_merge_where_they_changed_different_fields(office: Office) -> None:
    with office.work() as uow:
        version = editing.version_of(uow, uow.picture().graph.nodes[O1])
        editing.change_item(uow, office.owner, O1, {"title": "Solved at once"})
        whole = {"title": "Answer right the first time", "owner_id": office.other.member_id}
        changed = editing.change_item(uow, office.lead, O1, whole, since=version)
    assert (changed.node.title, changed.node.owner_id) == ("Solved at once", office.other.member_id)


def test_two_people_who_change_the_same_see_both_versions(office: Office) -> None:
    with office.work() as uow:
        version = editing.version_of(uow, uow.picture().graph.nodes[O1])
        editing.change_item(uow, office.owner, O1, {"title": "Solved at once"})
        with pytest.raises(Overtaken, match="“Answer right the first time” → “Solved at once”") as overtaken:
            editing.change_item(uow, office.lead, O1, {"title": "Right first time"}, since=version)
        assert overtaken.value.fields == {"title"}
        newer = editing.version_of(uow, uow.picture().graph.nodes[O1])
        editing.change_item(uow, office.lead, O1, {"title": "Right first time"}, since=newer)


JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)


def test_months_that_two_people_plan_at_once_are_merged_or_both_shown(office: Office) -> None:
    with office.work() as uow:
        kpis.set_monthly_plan(uow, office.owner, KPI1, {JANUARY: Decimal(61), FEBRUARY: Decimal(63)})
        version = editing.version_of(uow, uow.picture().graph.nodes[KPI1])
        kpis.set_monthly_plan(uow, office.owner, KPI1, {JANUARY: Decimal(62), FEBRUARY: Decimal(63)})
        mine = {JANUARY: Decimal(61), FEBRUARY: Decimal(64)}
        kpis.set_monthly_plan(uow, office.lead, KPI1, mine, since=version)
        assert kpis.monthly_plan(uow, office.lead, KPI1) == {JANUARY: Decimal(62), FEBRUARY: Decimal(64)}
        mine = {JANUARY: Decimal(60), FEBRUARY: Decimal(64)}
        with pytest.raises(Overtaken, match="Jan 2026 61 → 62"):
            kpis.set_monthly_plan(uow, office.lead, KPI1, mine, since=version)


def test_two_people_in_one_steps_form_merge_and_see_both_versions(office: Office) -> None:
    march, april = date(2026, 3, 1), date(2026, 4, 1)
    with office.work() as uow:
        step = steps.add_step(uow, office.owner, I1, "Route calls", due_on=march).step.id
        version = editing.version_of(uow, uow.picture().graph.nodes[I1])
        steps.change_step(uow, office.owner, step, {"due_on": april})
        mine = {"title": "Route all calls", "owner_id": None, "due_on": march}
        changed = steps.change_step(uow, office.lead, step, mine, since=version).step
        assert (changed.title, changed.due_on) == ("Route all calls", april)
        with pytest.raises(Overtaken, match="due date “2026-03-01” → “2026-04-01”"):
            steps.change_step(uow, office.lead, step, {"due_on": date(2026, 5, 1)}, since=version)


@given(drawn=NAMES, theirs=NAMES, mine=NAMES)
def test_a_list_keeps_what_each_of_two_people_added_and_took_away(
    drawn: list[int], theirs: list[int], mine: list[int]
) -> None:
    newer = {"supporters": Version(1, {"supporters": drawn}, {"supporters": theirs})}
    merged = merge_list(newer, "supporters", theirs, mine)
    assert len(merged) == len(set(merged))
    for one in {*drawn, *theirs, *mine}:
        changed = one in theirs if (one in drawn) == (one in mine) else one in mine
        assert (one in merged) == changed


def test_what_a_stranger_may_not_see_is_not_there_for_any_verb(office: Office) -> None:
    with office.work() as uow:
        step = steps.add_step(uow, office.owner, I1, "one").step.id
        for ref in (I1, KPI1):
            editing.change_item(uow, office.lead, ref, {"is_restricted": True})
        for verb in (
            lambda: people.set_supporters(uow, office.other, I1, [office.other.member_id]),
            lambda: steps.tick_step(uow, office.other, step, done=True),
            lambda: marks.set_mark(uow, office.other, I1, A1, Strength.WEAK),
            lambda: kpis.add_alias(uow, office.other, KPI1, "NPS"),
            lambda: kpis.monthly_plan(uow, office.other, KPI1),
        ):
            with pytest.raises(DomainError) as refused:
                verb()
            assert isinstance(refused.value, NotFound)
