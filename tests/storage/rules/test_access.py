"""Who sees and does what, by the one table of it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.rules import access
from storage.rules.access import ALLOWED, Action, Viewer, may, may_add, see, see_together, viewer_of
from storage.rules.errors import NotAllowed, NotFound
from storage.rules.graph import Graph, MarkLine, Node, PlanLine, TeamLine
from storage.rules.hierarchy import Ref
from storage.rules.terms import GIVEN_ROLES, ItemState, Kind, PlanState, Role, Strength

PLAN = PlanLine(1, "2026", "", "", date(2026, 1, 1), date(2026, 12, 31), "UTC", PlanState.ACTIVE)
OWNER, SUPPORTER, READER, LEAD, UPPER_LEAD, COLLEAGUE, OTHER = range(1, 8)
TEAMS = {
    1: TeamLine(1, "Company", None, UPPER_LEAD, None, frozenset()),
    2: TeamLine(2, "Service", 1, LEAD, None, frozenset({OWNER, COLLEAGUE})),
}
B1, A1, O1, KR1, KPI1 = (
    (Kind.BREAKTHROUGH, 1),
    (Kind.ANNUAL_OBJECTIVE, 1),
    (Kind.OBJECTIVE, 1),
    (Kind.KEY_RESULT, 1),
    (Kind.KPI, 1),
)


def graph(*restricted: Ref) -> Graph:
    """B-1 → A-1 → O-1 (of the team, OWNER's) → KR-1 (OTHER's), which reads KPI-1."""

    def node(ref: Ref, **values: object) -> Node:
        return Node(
            kind=ref[0],
            number=ref[1],
            id=ref[1],
            title=f"Title of {ref[0]}",
            state=ItemState.ACTIVE,
            is_restricted=ref in restricted,
            **values,  # type: ignore[arg-type] # fields of a node
        )

    nodes = [
        node(B1),
        node(A1, parent=B1),
        node(O1, parent=A1, owner_id=OWNER, team_id=2),
        node(KR1, parent=O1, owner_id=OTHER, measure=KPI1),
        node(KPI1),
    ]
    return Graph(
        plan=PLAN,
        nodes={one.ref: one for one in nodes},
        supporters={O1: (SUPPORTER,)},
        readers={O1: (READER,)},
        marks=(MarkLine(A1, B1, Strength.STRONG, True),),
        teams=TEAMS,
    )


def viewer(member_id: int, *granted: Role, **facts: bool) -> Viewer:
    return viewer_of(member_id, TEAMS, granted=granted, **facts)


def test_a_member_sees_the_whole_plan_and_gets_the_same_graph() -> None:
    plan = graph()
    assert see(plan, viewer(OTHER)) is plan


@pytest.mark.parametrize("who", [OWNER, SUPPORTER, READER, LEAD, UPPER_LEAD])
def test_the_circle_of_a_restricted_item_sees_it(who: int) -> None:
    assert O1 in see(graph(O1), viewer(who)).nodes


@pytest.mark.parametrize(
    "who",
    [
        viewer(COLLEAGUE),
        viewer(8),
        viewer(8, Role.ADMIN),
        viewer(8, Role.FACILITATOR),
        viewer(8, Role.LEAN_COUNCIL),
        viewer(8, Role.VIEWER),
        viewer(8, is_slack_admin=True),
    ],
)
def test_for_everyone_else_a_restricted_item_does_not_exist(who: Viewer) -> None:
    seen = see(graph(O1), who)
    assert O1 not in seen.nodes
    assert KR1 not in seen.nodes
    assert not seen.supporters
    with pytest.raises(NotFound) as hidden:
        access.get_visible(seen, O1)
    with pytest.raises(NotFound) as unknown:
        access.get_visible(see(graph(), who), (Kind.OBJECTIVE, 99))
    assert hidden.value.sentence.replace("O-1", "O-99") == unknown.value.sentence


def test_the_strategy_lead_sees_everything() -> None:
    plan = graph(O1, KPI1, A1)
    assert set(see(plan, viewer(8, Role.STRATEGY_LEAD)).nodes) == set(plan.nodes)


def test_what_someone_owns_below_a_restricted_item_they_see_without_what_is_above() -> None:
    seen = see(graph(O1), viewer(OTHER))
    assert seen.nodes[KR1].parent is None
    assert O1 not in seen.nodes


def test_what_reads_a_restricted_kpi_is_hidden_with_it() -> None:
    assert KR1 not in see(graph(KPI1), viewer(COLLEAGUE)).nodes
    assert see(graph(KPI1), viewer(OTHER)).nodes[KR1].measure is None


def test_marks_of_hidden_items_are_hidden() -> None:
    assert see(graph(), viewer(8)).marks
    assert not see(graph(A1), viewer(8)).marks


def test_a_guest_sees_what_is_theirs_and_their_teams() -> None:
    assert set(see(graph(), viewer(OTHER, is_guest=True)).nodes) == {KR1}
    assert set(see(graph(), viewer(COLLEAGUE, is_guest=True)).nodes) == {O1}
    assert set(see(graph(), viewer(8, is_guest=True)).nodes) == set()
    assert set(see(graph(O1), viewer(COLLEAGUE, is_guest=True)).nodes) == set()


def test_someone_of_another_workspace_sees_and_does_nothing() -> None:
    stranger = Viewer(member_id=OWNER, is_stranger=True)
    assert not see(graph(), stranger).nodes
    assert not any(may(stranger, action, graph(), graph().nodes[O1]) for action in Action)


def test_several_readers_see_what_each_of_them_may_see() -> None:
    assert O1 in see_together(graph(O1), [viewer(OWNER), viewer(LEAD)]).nodes
    assert O1 not in see_together(graph(O1), [viewer(OWNER), viewer(8)]).nodes
    assert see_together(graph(), [viewer(OWNER), viewer(COLLEAGUE, is_guest=True)]).nodes.keys() == {O1}


@pytest.mark.parametrize("action", Action)
def test_each_action_is_open_to_the_roles_of_the_table_and_to_no_others(action: Action) -> None:
    plan = graph()
    node = plan.nodes[O1]
    people = {
        Role.MEMBER: viewer(8),
        Role.OWNER: viewer(OWNER),
        Role.SUPPORTER: viewer(SUPPORTER),
        Role.READER: viewer(READER),
        Role.TEAM_LEAD: viewer(LEAD),
        Role.TEAM_MEMBER: viewer(COLLEAGUE),
        Role.SLACK_ADMIN: viewer(8, is_slack_admin=True),
        Role.GUEST: viewer(8, is_guest=True),
        **{role: viewer(8, role) for role in GIVEN_ROLES},
    }
    for role, who in people.items():
        roles = {role} if role in {Role.VIEWER, Role.GUEST} else {role, Role.MEMBER}
        assert may(who, action, plan, node) == bool(roles & ALLOWED[action]), role


@pytest.mark.parametrize(
    ("kind", "who", "expected"),
    [
        (Kind.BREAKTHROUGH, viewer(8), False),
        (Kind.BREAKTHROUGH, viewer(LEAD), False),
        (Kind.BREAKTHROUGH, viewer(8, Role.STRATEGY_LEAD), True),
        (Kind.ANNUAL_OBJECTIVE, viewer(8), False),
        (Kind.ANNUAL_OBJECTIVE, viewer(LEAD), True),
        (Kind.ANNUAL_OBJECTIVE, viewer(8, Role.FACILITATOR), True),
        (Kind.OBJECTIVE, viewer(8), True),
        (Kind.OBJECTIVE, viewer(8, Role.VIEWER), False),
        (Kind.OBJECTIVE, viewer(8, is_guest=True), False),
        (Kind.ANNUAL_OBJECTIVE, viewer(8, Role.ADMIN), False),
    ],
)
def test_who_may_add_what(kind: Kind, who: Viewer, expected: bool) -> None:
    assert may_add(who, kind, team_id=2) is expected


def test_a_refusal_names_whom_to_ask() -> None:
    with pytest.raises(NotAllowed, match=r"You may not change this \(O-1\)\. Ask one of: .*owner"):
        access.check(viewer(8), Action.EDIT, graph(), graph().nodes[O1])
    with pytest.raises(NotAllowed, match=r"You may not go through .*\. Any member of this workspace may\."):
        access.check(viewer(8, is_guest=True), Action.LINT)


def test_a_lead_leads_the_teams_below_too_even_where_teams_stand_in_a_circle() -> None:
    teams = {1: TEAMS[1]._replace(parent_id=2), 2: TEAMS[2]}
    assert viewer_of(UPPER_LEAD, teams).led_team_ids == {1, 2}


@given(st.sets(st.sampled_from([B1, A1, O1, KR1, KPI1])), st.integers(1, 8), st.booleans())
def test_nothing_that_is_seen_points_to_something_hidden(
    restricted: set[Ref], who: int, is_guest: bool
) -> None:
    seen = see(graph(*restricted), viewer(who, is_guest=is_guest))
    for node in seen.nodes.values():
        assert node.parent is None or node.parent in seen.nodes
        assert node.measure is None or node.measure in seen.nodes
    for mark in seen.marks:
        assert mark.left in seen.nodes
        assert mark.right in seen.nodes
