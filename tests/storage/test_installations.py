"""Installations by OAuth: kept sealed, found by every process, gone with the app; states are good once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from storage.database import Database
from storage.rules.errors import Invalid, NotFound
from tests.clock import FrozenClock


def install(database: Database, clock: FrozenClock, team_id: str, sealed: str = "sealed") -> int:
    with database.workspaces() as workspaces:
        workspace = workspaces.connect(
            team_id=team_id, enterprise_id="", name=f"Of {team_id}", bot_user_id="U0BOT", now=clock.now()
        )
        workspaces.installations.keep(
            workspace.id,
            bot_id="B0BOT",
            scopes=frozenset({"commands", "chat:write"}),
            sealed_token=sealed,
            now=clock.now(),
        )
        return workspace.id


def test_an_installation_is_found_by_its_team_and_a_new_token_takes_the_olds_place(
    database: Database, clock: FrozenClock
) -> None:
    first, second = install(database, clock, "T1", "one"), install(database, clock, "T2", "two")
    assert install(database, clock, "T1", "newer") == first
    with database.workspaces(read=True) as workspaces:
        installed = workspaces.installations.list_all()
        found = workspaces.installations.find("T1")
        assert workspaces.installations.find("T3") is None
    assert [(one.workspace_id, one.sealed_token) for one in installed] == [(first, "newer"), (second, "two")]
    assert found == installed[0]
    assert found.scopes == {"commands", "chat:write"}
    assert (found.team_id, found.name, found.bot_user_id, found.bot_id) == ("T1", "Of T1", "U0BOT", "B0BOT")


def test_a_removed_app_leaves_no_token_and_a_reinstallation_finds_its_data(
    database: Database, clock: FrozenClock
) -> None:
    workspace_id = install(database, clock, "T1")
    other = install(database, clock, "T2")
    with database.workspaces() as workspaces:
        workspaces.disconnect("T1", "", clock.now())
    with database.workspaces(read=True) as workspaces:
        assert [one.workspace_id for one in workspaces.installations.list_all()] == [other]
        assert workspaces.find_by_team("T1") is not None
    assert install(database, clock, "T1") == workspace_id


def test_a_token_is_resealed_unless_another_has_come_meanwhile(
    database: Database, clock: FrozenClock
) -> None:
    workspace_id = install(database, clock, "T1", "old")
    with database.workspaces() as workspaces:
        workspaces.installations.reseal(workspace_id, old="old", new="resealed")
        workspaces.installations.reseal(workspace_id, old="old", new="late")
    with database.workspaces(read=True) as workspaces:
        assert [one.sealed_token for one in workspaces.installations.list_all()] == ["resealed"]


def test_a_state_is_good_once_and_until_it_expires(database: Database, clock: FrozenClock) -> None:
    now = clock.now()
    soon = now + timedelta(minutes=10)
    with database.workspaces() as workspaces:
        workspaces.installations.add_state("a", expires_at=soon, now=now)
        workspaces.installations.add_state("b", expires_at=soon, now=now)
    with database.workspaces() as workspaces:
        assert workspaces.installations.take_state("a", now)
        assert not workspaces.installations.take_state("a", now)
        assert not workspaces.installations.take_state("never issued", now)
        assert not workspaces.installations.take_state("b", soon)
        workspaces.installations.add_state("c", expires_at=soon + timedelta(minutes=10), now=soon)
        assert not workspaces.installations.take_state("b", now), "a later one forgets those that expired"


def test_of_two_that_connect_at_once_one_takes_the_waiting_plan(
    database: Database, clock: FrozenClock
) -> None:
    with database.workspaces() as workspaces:
        waiting = workspaces.add_waiting().id
    together = Barrier(2)

    def install_both(team_id: str) -> int:
        together.wait()
        return install(database, clock, team_id)

    with ThreadPoolExecutor(2) as threads:
        ids = list(threads.map(install_both, ["T1", "T2"]))
    assert waiting in ids
    assert len(set(ids)) == 2
    with database.workspaces(read=True) as workspaces:
        assert {one.team_id for one in workspaces.installations.list_all()} == {"T1", "T2"}


def connect(database: Database, clock: FrozenClock, enterprise_id: str = "", **values: bool) -> int:
    with database.workspaces() as workspaces:
        found = workspaces.connect(
            team_id="T1", enterprise_id=enterprise_id, name="", bot_user_id="U", now=clock.now(), **values
        )
        return found.id


def test_a_plan_that_waits_for_a_workspace_by_name_is_taken_by_that_one_alone(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    with sqlite_database.workspaces() as workspaces:
        waiting = workspaces.add_waiting().id
        assert workspaces.hold_for_import("T1").id == waiting
        assert workspaces.hold_for_import("T1").id == waiting
    assert install(sqlite_database, clock, "T2") != waiting
    assert connect(sqlite_database, clock, "E1", takes_waiting=False) == waiting


def test_a_workspace_that_joins_an_organisation_keeps_its_data(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    before = connect(sqlite_database, clock)
    assert connect(sqlite_database, clock, "E1") == before
    assert connect(sqlite_database, clock, "E1") == before


def test_after_the_first_connection_a_plan_is_imported_for_no_workspace_that_is_unknown(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    with sqlite_database.workspaces() as workspaces:
        assert workspaces.find_for_import("T1") is None
        with pytest.raises(Invalid, match="“Acme” is no id of a Slack workspace"):
            workspaces.find_for_import("Acme")
    connect(sqlite_database, clock)
    with (
        sqlite_database.workspaces() as workspaces,
        pytest.raises(NotFound, match="There is no workspace T2 in this database"),
    ):
        workspaces.find_for_import("T2")


@pytest.mark.parametrize(
    ("seconds_before", "counts"), [(0, True), (1, False), (300, False), (86_400, False), (8_000_000, True)]
)
def test_a_removal_of_before_the_connection_counts_no_more_unless_a_rehearsals_clock_is_ahead(
    sqlite_database: Database, clock: FrozenClock, seconds_before: int, counts: bool
) -> None:
    connect(sqlite_database, clock)
    removed_at = clock.now() - timedelta(seconds=seconds_before)
    with sqlite_database.workspaces() as workspaces:
        assert workspaces.disconnect("T1", "", clock.now(), removed_at=removed_at) is counts
        assert (workspaces.list_connected() == []) is counts
