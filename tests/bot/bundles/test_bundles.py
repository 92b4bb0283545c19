"""`/hoshin import` and `/hoshin export`, in a simulated Slack."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.bundles.slice import slice as bundles
from bot.downloads import MOST_BYTES
from storage.bundle import example, read_plan_file
from storage.bundle.workbook import read_workbook
from storage.database import Database
from storage.rules.terms import Kind, Role
from storage.tables import RoleGrant
from tests.bot.spine import Spine, spine
from tests.clock import FrozenClock
from tests.storage.bundle.books import KPI_HEADINGS, PEOPLE, PLAN, book
from tests.storage.bundle.files import SERVICE
from tests.storage.bundle.test_yaml_file import BOMB


@pytest_asyncio.fixture
async def hoshin(sqlite_database: Database, clock: FrozenClock) -> AsyncIterator[Spine]:
    """Ana is the strategy lead, Ben a member, Zoe a guest; nobody has a plan yet."""
    async with spine(sqlite_database, clock, bundles.routes, http=True) as running:
        for name, traits in (("ana", {}), ("ben", {}), ("zoe", {"is_restricted": True})):
            running.slack.add_person(name, real_name=name.title(), email=f"{name}@example.com", **traits)
        for name in ("ana", "ben", "zoe"):
            await running.slack.person(name).types("/hoshin export")
        with sqlite_database.unit_of_work(1, clock.now()) as uow:
            ana = uow.members.find_by_slack_id(running.slack.person("ana").id)
            assert ana is not None
            uow.session.add(
                RoleGrant(workspace_id=1, member_id=ana.id, role=Role.STRATEGY_LEAD, granted_at=clock.now())
            )
        yield running


async def drop(hoshin: Spine, name: str, content: bytes | str) -> None:
    ana = hoshin.slack.person("ana")
    await ana.types("/hoshin import")
    await ana.drops("Plan file", name, content.encode() if isinstance(content, str) else content)
    await ana.submits()


async def test_a_plan_is_tried_out_then_loaded(
    hoshin: Spine, sqlite_database: Database, clock: FrozenClock
) -> None:
    ana = hoshin.slack.person("ana")
    await drop(hoshin, "service.yaml", SERVICE)

    assert ana.modal is not None
    assert "Loading service.yaml would change this: 1 plan added" in ana.modal
    assert "added KPI KPI-1" in ana.modal
    with sqlite_database.unit_of_work(1, clock.now()) as uow:
        assert uow.plans.find_active() is None

    await ana.submits()

    assert ana.sees("service.yaml is loaded: 1 plan added")
    with sqlite_database.unit_of_work(1, clock.now()) as uow:
        kpi = uow.plans.get_item(Kind.KPI, 1)
        [entry] = uow.audit.list_for("KPI", kpi.id)
        member = uow.members.find_by_slack_id(ana.id)
        assert member is not None
        assert (entry.member_id, entry.reason) == (member.id, "Imported from service.yaml.")

    await ana.closes()
    await drop(hoshin, "service.yaml", SERVICE)
    assert "There is nothing to load." in (ana.modal or "")


async def test_a_file_that_moves_a_target_in_mid_cycle_is_loaded_with_a_reason(
    hoshin: Spine, sqlite_database: Database, clock: FrozenClock
) -> None:
    ana = hoshin.slack.person("ana")
    await drop(hoshin, "service.yaml", SERVICE)
    await ana.submits()
    await ana.closes()
    await drop(hoshin, "service.yaml", SERVICE.replace("target: 80", "target: 85"))
    assert "It changes what was agreed of KR-1, in the middle of its time." in (ana.modal or "")
    await ana.submits(force=True)
    assert "Say in a sentence why" in (ana.modal or "")
    await ana.fills({"Why is it changed?": "Two agents more"})
    await ana.submits()
    assert ana.sees("service.yaml is loaded")
    with sqlite_database.unit_of_work(1, clock.now()) as uow:
        key_result = uow.plans.get_item(Kind.KEY_RESULT, 1)
        entry = uow.audit.list_for("key result", key_result.id)[-1]
    assert entry.reason == "Two agents more (Imported from service.yaml.)"


async def test_faults_are_told_with_their_cells_and_all_of_them_in_a_file(hoshin: Spine) -> None:
    ana = hoshin.slack.person("ana")
    rows = [[f"KPI-{number}", "*x* <!here>", None, "dayly"] for number in range(1, 61)]

    await drop(hoshin, "plan.xlsx", book(Plan=PLAN, People=PEOPLE, KPIs=[KPI_HEADINGS, *rows]))

    assert ana.modal is not None
    assert "plan.xlsx has 60 faults, so nothing was loaded." in ana.modal
    assert "KPIs!D2: KPI-1, frequency: “dayly” is not known here." in ana.modal
    [file] = [file for message in ana.messages for file in message.files]
    assert file.name == "plan.xlsx.faults.txt"
    assert file.content.count(b"\n") == 60


async def test_of_a_large_workbook_every_bad_row_is_told_and_nothing_is_stored(
    hoshin: Spine, sqlite_database: Database, clock: FrozenClock
) -> None:
    ana = hoshin.slack.person("ana")
    rows = [[f"KPI-{number}", "x", "ana@example.com", "weekly", 1, 2] for number in range(1, 2001)]
    bad = range(0, 2000, 67)
    for number in bad:
        rows[number][3] = "dayly"

    await drop(hoshin, "plan.xlsx", book(Plan=PLAN, People=PEOPLE, KPIs=[KPI_HEADINGS, *rows]))

    assert ana.modal is not None
    assert "plan.xlsx has 30 faults, so nothing was loaded." in ana.modal
    told = [f"KPIs!D{number + 2}: KPI-{number + 1}, frequency: “dayly”" for number in bad]
    assert [words for words in told if words not in ana.modal] == []
    assert "Load it" not in ana.modal
    with sqlite_database.unit_of_work(1, clock.now()) as uow:
        record = uow.plans.record()
        assert (record.plans, record.items) == ((), {})


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("plan.xlsx", b"PK\x03\x04" + b"\0" * 20_000_000, "The file has 20 MB, and the form takes 5 MB."),
        ("plan.yaml", BOMB.encode(), "no anchors, aliases or tags"),
        ("plan.yaml", b"a" * (MOST_BYTES + 1), "and the form takes 5 MB."),
        ("plan.xlsx", b"\x7fELF\x02\x01\x01", "This is no XLSX workbook, whatever its name says."),
        ("plan.xlsx", b"PK\x03\x04 truncated", "damaged and cannot be unpacked"),
        ("plan.yaml", b"\x89PNG\r\n\x1a\n\x00", "This line is not UTF-8."),
        ("plan.json", b'{"hoshin": 1,', "This is not JSON"),
        ("plan.yml", b"a: &x [1]\nb: *x\n", "no anchors, aliases or tags"),
        ("plan.json", b"[" * 10_000, "nested deeper than 10 levels"),
    ],
)
async def test_what_is_no_plan_file_is_answered_with_a_sentence(
    hoshin: Spine, name: str, content: bytes, sentence: str
) -> None:
    ana = hoshin.slack.person("ana")

    await drop(hoshin, name, content)

    assert ana.sees(sentence)
    assert "Load it" not in (ana.modal or "")


async def test_a_file_that_slack_does_not_hand_over_is_told_as_such(hoshin: Spine) -> None:
    ana = hoshin.slack.person("ana")
    hoshin.slack.installations[0].scopes -= {"files:read"}

    await drop(hoshin, "plan.yaml", SERVICE)

    assert ana.sees("it lacks Slack's scope files:read")


async def test_only_who_may_load_is_shown_the_form(hoshin: Spine) -> None:
    ben = hoshin.slack.person("ben")

    await ben.types("/hoshin import")

    assert ben.modal is None
    assert ben.sees("You may not load a plan file")


async def test_before_there_is_a_plan_who_sets_hoshin_up_may_load_one(
    hoshin: Spine, sqlite_database: Database, clock: FrozenClock
) -> None:
    with sqlite_database.unit_of_work(1, clock.now()) as uow:
        for grant in uow.bundles.list_grants():
            grant.role = Role.ADMIN

    ana = hoshin.slack.person("ana")
    await ana.types("/hoshin import")

    assert ana.modal is not None


async def test_the_plan_comes_as_a_file_into_the_direct_messages(hoshin: Spine) -> None:
    ana, ben = hoshin.slack.person("ana"), hoshin.slack.person("ben")
    await drop(hoshin, "example.yaml", example())
    await ana.submits()
    await ana.closes()

    for ending in ("yaml", "json", "xlsx"):
        await ben.types(f"/hoshin export {ending}")
        file = [file for message in ben.messages for file in message.files][-1]
        assert file.name == f"plan.{ending}"
        assert len(read_plan_file(file.content, file.name).document.kpis) == 8

    await ana.types("/hoshin export")
    await ana.clicks("Template to fill in")
    [template] = [file for message in ana.messages for file in message.files]
    assert read_workbook(template.content, template.name).content == {"hoshin": "1"}


async def test_nobody_is_sent_what_they_may_not_have(hoshin: Spine) -> None:
    ben, zoe = hoshin.slack.person("ben"), hoshin.slack.person("zoe")

    await ben.types("/hoshin export yaml")
    assert ben.sees("There is no plan yet.")
    await ben.types("/hoshin export csv")
    assert ben.sees("“csv” is no kind of plan file.")
    await zoe.types("/hoshin export yaml")
    assert zoe.sees("You may not take the plan out as a file")
