"""The HTTP API, over a real socket."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.okr import key_forms, keys
from bot.web.api import api_routes
from bot.web.server import WebServer
from storage import intake
from storage.database import Database
from storage.rules.errors import Invalid, NotAllowed
from storage.rules.terms import ItemState, PlanState, Role
from storage.tables import Kpi, Member
from tests import factories
from tests.bot.checkins.office import list_readings
from tests.clock import FrozenClock


@dataclass(frozen=True)
class Api:
    """KPI-1 is monthly, KPI-2 restricted, KPI-3 closed; `key` may write all open ones."""

    database: Database
    workspace_id: int
    clock: FrozenClock
    admin: Member
    session: ClientSession
    base: str
    key: str

    async def get(self, path: str, key: str | None = None) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {key or self.key}"}
        async with self.session.get(f"{self.base}{path}", headers=headers) as answer:
            return answer.status, await answer.json()

    async def post(
        self, reference: str, body: Any, *, key: str | None = None, **headers: str
    ) -> tuple[int, Any]:
        sent = {"Authorization": f"Bearer {key or self.key}", "Content-Type": "application/json", **headers}
        data = {"data": body} if isinstance(body, bytes) else {"json": body}
        url = f"{self.base}/kpis/{reference}/readings"
        async with self.session.post(url, headers=sent, **data) as answer:
            return answer.status, await answer.json()

    def make_key(self, **values: Any) -> str:
        with self.database.unit_of_work(self.workspace_id, self.clock.now()) as uow:
            viewer = uow.roles.get_viewer(self.admin.id)
            return intake.make_key(uow, viewer, **{"name": "another", **values})

    def values(self) -> list[Any]:
        with self.database.unit_of_work(self.workspace_id, self.clock.now()) as uow:
            return [(one.period_on, one.value) for one in list_readings(uow, kpi_id=1)]


@asynccontextmanager
async def open_api(database: Database, clock: FrozenClock) -> AsyncIterator[Api]:
    workspace_id = factories.workspace(database, clock.now())
    with database.unit_of_work(workspace_id, clock.now()) as uow:
        factories.plan(uow)
        admin = factories.member(uow, name="Ada Admin")
        uow.roles.grant(admin.id, Role.ADMIN, by_id=None, at=uow.now)
        factories.kpi(uow)
        factories.kpi(uow, title="Secret", is_restricted=True)
        factories.kpi(uow, title="Old", state=ItemState.CLOSED)
        key = intake.make_key(uow, uow.roles.get_viewer(admin.id), name="nightly export")
    server = WebServer(list(api_routes(database, clock)), "127.0.0.1", 0)
    await server.start()
    try:
        async with ClientSession() as session:
            base = f"http://127.0.0.1:{server.port}/api/v1"
            yield Api(database, workspace_id, clock, admin, session, base, key)
    finally:
        await server.stop()


@pytest.fixture
async def api(sqlite_database: Database, clock: FrozenClock) -> AsyncIterator[Api]:
    async with open_api(sqlite_database, clock) as api:
        yield api


async def test_readings_are_taken_and_read_back(database: Database, clock: FrozenClock) -> None:
    async with open_api(database, clock) as api:
        status, answer = await api.post(
            "kpi-1",
            {"readings": [{"value": "61.5", "period": "2026-01"}, {"value": 62, "period": "2026-02-09"}]},
        )
        assert (status, answer["kpi"], answer["recorded"]) == (201, "KPI-1", 2)
        assert [one["period"] for one in answer["readings"]] == ["2026-01", "2026-02"]
        status, page = await api.get("/kpis/KPI-1/readings?limit=1")
        assert status == 200
        assert page["readings"][0] | {"id": 0} == {
            "id": 0,
            "period": "2026-02",
            "value": "62",
            "source": "API",
            "recorded_at": "2026-02-09T08:00:00Z",
        }
        _, rest = await api.get(f"/kpis/KPI-1/readings?before={page['next']}")
        assert ([one["value"] for one in rest["readings"]], rest["next"]) == (["61.5"], None)


async def test_one_reading_without_a_period_is_for_the_running_one(api: Api) -> None:
    status, _ = await api.post("KPI-1", {"value": 61.25})
    assert status == 201
    assert api.values() == [(date(2026, 2, 1), 61.25)]


async def test_kpis_are_listed_but_not_the_restricted_ones(api: Api) -> None:
    _, answer = await api.get("/kpis")
    assert [(one["ref"], one["state"]) for one in answer["kpis"]] == [
        ("KPI-1", "active"),
        ("KPI-3", "closed"),
    ]
    status, one = await api.get("/kpis/kpi-1")
    assert (status, one["baseline"], one["frequency"]) == (200, "60", "monthly")


async def test_what_is_restricted_later_is_closed_to_a_key_whose_maker_does_not_see_it(api: Api) -> None:
    key = api.make_key(kpis="KPI-1")
    assert (await api.get("/kpis/KPI-1", key))[0] == 200
    with api.database.unit_of_work(api.workspace_id, api.clock.now()) as uow:
        kpi = uow.session.get_one(Kpi, 1)
        kpi.is_restricted = True
    assert (await api.get("/kpis/KPI-1", key))[0] == 404
    assert (await api.get("/kpis/KPI-1/readings", key))[0] == 404
    assert await api.get("/kpis", key) == (200, {"kpis": []})
    assert (await api.post("KPI-1", {"value": 61}, key=key))[0] == 404
    with api.database.unit_of_work(api.workspace_id, api.clock.now()) as uow:
        uow.session.get_one(Kpi, 1).owner_id = api.admin.id
    assert (await api.get("/kpis/KPI-1", key))[0] == 200
    with api.database.unit_of_work(api.workspace_id, api.clock.now()) as uow:
        uow.session.get_one(Member, api.admin.id).is_deactivated = True
    assert (await api.get("/kpis/KPI-1", key))[0] == 404


async def test_the_list_of_keys_names_the_kpis_that_its_reader_sees(api: Api) -> None:
    with api.database.unit_of_work(api.workspace_id, api.clock.now()) as uow:
        lead = factories.member(uow, name="Lea Lead")
        uow.roles.grant(lead.id, Role.STRATEGY_LEAD, by_id=None, at=uow.now)
        intake.make_key(uow, uow.roles.get_viewer(lead.id), name="both", kpis="KPI-1, KPI-2")
        intake.make_key(uow, uow.roles.get_viewer(lead.id), name="secret", kpis="KPI-2")
        shown = [str(key_forms.keys_form(keys.list_keys(uow, who), "UTC")) for who in (api.admin.id, lead.id)]
    assert "KPI-1" in shown[0]
    assert "KPI-2" not in shown[0]
    assert "KPI-1, KPI-2" in shown[1]


async def test_a_request_sent_again_is_carried_out_once(api: Api) -> None:
    headers = {"Idempotency-Key": "night-2026-02-09"}
    first = await api.post("KPI-1", {"value": 61}, **headers)
    again = await api.post("KPI-1", {"value": 61}, **headers)
    assert first == again
    assert len(api.values()) == 1
    status, answer = await api.post("KPI-1", {"value": 62}, **headers)
    assert (status, answer["error"]["sentence"]) == (
        409,
        "This idempotency key was used for another request. Use a new one.",
    )
    assert len(api.values()) == 1


async def test_a_refused_request_leaves_its_idempotency_key_free(api: Api) -> None:
    headers = {"Idempotency-Key": "night"}
    assert (await api.post("KPI-1", {"value": 61, "period": "2027-01"}, **headers))[0] == 422
    assert (await api.post("KPI-1", {"value": 61}, **headers))[0] == 201


async def test_an_empty_idempotency_key_is_refused_and_another_method_is_told_which_there_are(
    api: Api,
) -> None:
    status, answer = await api.post("KPI-1", {"value": 61}, **{"Idempotency-Key": ""})
    assert (status, answer["error"]["field"]) == (422, "Idempotency-Key")
    assert api.values() == []
    async with api.session.put(f"{api.base}/kpis/KPI-1/readings") as answered:
        assert (answered.status, set(answered.headers["Allow"].split(", "))) == (405, {"GET", "HEAD", "POST"})


@pytest.mark.parametrize("key", ["", "nonsense", "hsk_1_short", "hsk_1_" + "x" * 43, "hsk_999_" + "x" * 43])
async def test_without_a_valid_key_nothing_is_told(api: Api, key: str) -> None:
    status, answer = await api.get("/kpis", key or "-")
    assert (status, answer["error"]["sentence"][:23]) == (401, "A valid key is needed: ")


async def test_a_revoked_key_is_refused_at_once(api: Api) -> None:
    with api.database.unit_of_work(api.workspace_id, api.clock.now()) as uow:
        ring = keys.revoke_key(uow, api.admin.id, 1)
        assert ring.keys[0].revoked_at == api.clock.now()
    assert (await api.post("KPI-1", {"value": 61}))[0] == 401
    assert api.values() == []


async def test_a_key_reads_and_writes_only_what_it_is_for(api: Api) -> None:
    reader, other = api.make_key(can_write=False), api.make_key(kpis="kpi-3")
    assert (await api.post("KPI-1", {"value": 61}, key=reader))[0] == 403
    assert (await api.get("/kpis/KPI-1", other))[0] == 404
    assert (await api.get("/kpis/KPI-2"))[0] == 404
    assert [one["ref"] for one in (await api.get("/kpis", other))[1]["kpis"]] == ["KPI-3"]


def test_only_an_admin_makes_keys_and_the_secret_is_kept_nowhere(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    workspace_id = factories.workspace(sqlite_database, clock.now())
    with sqlite_database.unit_of_work(workspace_id, clock.now()) as uow:
        factories.plan(uow)
        admin, other = factories.member(uow), factories.member(uow)
        uow.roles.grant(admin.id, Role.ADMIN, by_id=None, at=uow.now)
        with pytest.raises(NotAllowed, match="You may not set Hoshin up"):
            keys.list_keys(uow, other.id)
        with pytest.raises(Invalid, match="There is no KPI KPI-9 here"):
            keys.make_key(uow, admin.id, name="x", kpis="KPI-9", can_write=True)
        with pytest.raises(Invalid, match="Give the key a name"):
            keys.make_key(uow, admin.id, name=" ", kpis="", can_write=True)
        ring = keys.make_key(uow, admin.id, name="export", kpis="", can_write=True)
        connection = uow.session.connection()
        rows = [
            str(row) for table in Member.metadata.sorted_tables for row in connection.execute(table.select())
        ]
    assert ring.made.startswith(f"hsk_{workspace_id}_")
    assert not [row for row in rows if ring.made in row]


@pytest.mark.parametrize(
    ("reference", "body", "status", "words"),
    [
        ("KPI-9", {"value": 1}, 404, "There is no KPI “KPI-9” here"),
        ("KR-1", {"value": 1}, 404, "There is no KPI “KR-1” here"),
        ("KPI-3", {"value": 1}, 409, "KPI-3 is closed"),
        ("KPI-1", {"value": 1, "period": "2026-03"}, 422, "has not begun yet"),
        (
            "KPI-1",
            {"value": 1, "period": "2026-W06"},
            422,
            "is not a period of this figure, which is monthly",
        ),
        ("KPI-1", {"value": "many"}, 422, "value:"),
        ("KPI-1", {"value": "NaN"}, 422, "value:"),
        ("KPI-1", {"value": 10**12}, 422, "at most 12 digits"),
        ("KPI-1", {"value": "0.0000001"}, 422, "at most 6 decimals"),
        ("KPI-1", {"value": None}, 422, "value:"),
        ("KPI-1", {"value": 1, "note": "x"}, 422, "note:"),
        ("KPI-1", {"readings": []}, 422, "readings:"),
        ("KPI-1", {"readings": [{"value": 1}] * 1001}, 422, "readings:"),
        ("KPI-1", {"readings": [{"value": 1}, {"value": "x"}]}, 422, "readings.1.value:"),
        ("KPI-1", [], 422, "The body:"),
        ("KPI-1", b"{", 400, "The body is not JSON."),
        ("KPI-1", b'{"value": NaN}', 400, "The body is not JSON."),
        ("KPI-1", b"[" * 50_000, 400, "The body is not JSON."),
        ("KPI-1", b"\xff\xfe", 400, "The body is not JSON."),
        ("KPI-1", b" " * 1_000_001, 413, "at most 1,000,000 bytes"),
    ],
)
async def test_a_bad_request_is_refused_whole_in_a_sentence(
    api: Api, reference: str, body: Any, status: int, words: str
) -> None:
    found, answer = await api.post(reference, body)
    assert (found, words in answer["error"]["sentence"]) == (status, True), answer
    assert api.values() == []


async def test_a_year_whose_plan_is_closed_is_locked(api: Api) -> None:
    with api.database.unit_of_work(api.workspace_id, api.clock.now()) as uow:
        year = {"starts_on": date(2025, 1, 1), "ends_on": date(2025, 12, 31)}
        factories.plan(uow, title="Plan 2025", state=PlanState.ARCHIVED, **year)
    given = {"readings": [{"value": 61, "period": "2026-01"}, {"value": 58, "period": "2025-12"}]}
    status, answer = await api.post("KPI-1", given)
    assert (status, api.values()) == (409, [])
    assert "belongs to Plan 2025, which is closed, so its figures are locked" in answer["error"]["sentence"]


async def test_the_description_names_every_route(api: Api) -> None:
    async with api.session.get(f"{api.base}/openapi.json") as answer:
        document = await answer.json()
    described = {
        (path, method) for path, of in document["paths"].items() for method in of if method != "parameters"
    }
    routes = {
        (route.path, method.lower())
        for route in api_routes(api.database, api.clock)
        for method in route.methods or ()
        if method != "HEAD"
    }
    assert described == routes
