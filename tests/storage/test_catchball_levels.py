"""A ball goes to the next level, down or up; who else is named is told whom to ask."""

import pytest

from storage import catchballs
from storage.database import Database
from storage.rules.catchball_levels import Neighbours, find_neighbours
from storage.rules.errors import Invalid
from storage.rules.hierarchy import Ref
from storage.rules.terms import Kind, Role
from tests import factories
from tests.clock import FrozenClock
from tests.storage.test_catchballs import A1, Table, sit_down


@pytest.fixture
def table(sqlite_database: Database, clock: FrozenClock) -> Table:
    """Management (led by Ana) above Service (led by Ben, with Carla) and Sales (led by Dan, with Eva)."""
    table = sit_down(sqlite_database, clock)
    with table.work() as uow:
        uow.roles.revoke(table.ids["Ana"], Role.STRATEGY_LEAD)
        table.ids["Eva"] = factories.member(uow, name="Eva").id
        top = factories.team(uow, name="Management", lead_id=table.ids["Ana"])
        for name, lead, mate in (("Service", "Ben", "Carla"), ("Sales", "Dan", "Eva")):
            team = factories.team(uow, name=name, lead_id=table.ids[lead], parent_id=top.id)
            for one in (lead, mate):
                factories.team_member(uow, team, uow.members.get(table.ids[one]))
    return table


def names(table: Table, by: str, *refs: Ref) -> tuple[set[str], set[str]]:
    with table.work() as uow:
        graph = uow.picture().graph
        found: Neighbours = find_neighbours(graph, table.ids[by], [graph.nodes[ref] for ref in refs])
        above, below = ({graph.people[one].name for one in level} for level in (found.above, found.below))
        return above, below


@pytest.mark.parametrize(
    ("by", "above", "below"),
    [
        ("Ana", set(), {"Ben", "Dan"}),
        ("Ben", {"Ana"}, {"Carla"}),
        ("Carla", {"Ana", "Ben"}, set()),
        ("Eva", {"Ana", "Dan"}, set()),
    ],
)
def test_teams_say_who_is_next(table: Table, by: str, above: set[str], below: set[str]) -> None:
    assert names(table, by, A1) == (above, below)


def test_items_say_who_is_next_beside_teams(table: Table) -> None:
    with table.work() as uow:
        annual = uow.plans.get_item(*A1)
        annual.owner_id = table.ids["Eva"]
        factories.objective(uow, annual_objective_id=annual.id, owner_id=table.ids["Carla"])
    assert names(table, "Eva", A1) == ({"Dan"}, {"Carla"})
    assert names(table, "Carla", (Kind.OBJECTIVE, 1), A1) == ({"Ben", "Eva"}, set())


def test_who_is_of_no_next_level_is_not_thrown_to_and_the_sentence_says_who_can_be_asked(
    table: Table,
) -> None:
    with pytest.raises(Invalid, match=r"Eva stands neither .* You can ask Ana, Carla; a strategy lead") as no:
        table.throw(("Eva",), by="Ben")
    assert no.value.field == "receivers"
    assert table.throw(("Carla",), by="Ben").ball.is_open


@pytest.mark.parametrize("role", [Role.STRATEGY_LEAD, Role.FACILITATOR])
def test_a_strategy_lead_or_facilitator_throws_to_anyone(table: Table, role: Role) -> None:
    with table.work() as uow:
        uow.roles.grant(table.ids["Ben"], role, by_id=None, at=uow.now)
    assert table.throw(("Eva",), by="Ben").ball.is_open


def test_thrown_up_what_is_agreed_is_the_proposers(table: Table) -> None:
    table.throw(("Ben",), by="Carla")
    agreed = table.do("Ben", catchballs.agree, 1)
    assert agreed.written is not None
    assert agreed.written.owner_id == table.ids["Carla"]
