"""`/okr import` in a simulated Slack: tried out, then recorded; what is wrong is told with its place."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.okr.slice import slice as okr
from storage.database import Database
from storage.rules.readings_file import MOST_BYTES
from storage.rules.terms import Source
from tests import factories
from tests.bot.checkins.office import list_readings
from tests.bot.spine import Spine, spine
from tests.clock import FrozenClock

FILE = "kpi,date,value,note\nKPI-1,2026-01-31,61.5,after the *new* routing\nKPI-1,2026-02,63,\n"


@pytest_asyncio.fixture
async def hoshin(sqlite_database: Database, clock: FrozenClock) -> AsyncIterator[Spine]:
    """Ana owns KPI-1; Ben owns nothing."""
    async with spine(sqlite_database, clock, okr.routes, http=True) as running:
        for name in ("ana", "ben"):
            running.slack.add_person(name, real_name=name.title(), email=f"{name}@example.com")
            await running.slack.person(name).types("/okr board")
        with sqlite_database.unit_of_work(1, clock.now()) as uow:
            ana = uow.members.find_by_slack_id(running.slack.person("ana").id)
            assert ana is not None
            factories.kpi(uow, owner_id=ana.id)
        yield running


async def drop(hoshin: Spine, name: str, content: bytes) -> None:
    ana = hoshin.slack.person("ana")
    await ana.types("/okr import")
    await ana.drops("File", name, content)
    await ana.submits()


async def test_a_file_is_tried_out_then_recorded_and_dropped_again_changes_nothing(
    hoshin: Spine, sqlite_database: Database, clock: FrozenClock
) -> None:
    ana = hoshin.slack.person("ana")
    await drop(hoshin, "kpis.csv", FILE.encode())

    assert ana.modal is not None
    assert "kpis.csv would record 2 figures of 1 KPI:" in ana.modal
    assert "KPI-1 Net promoter score  ·  January 2026  ·  — → 61.5" in ana.modal
    with sqlite_database.unit_of_work(1, clock.now()) as uow:
        assert list_readings(uow, kpi_id=1) == []

    await ana.submits()

    assert ana.sees("Recorded from kpis.csv: 2 figures of 1 KPI.")
    with sqlite_database.unit_of_work(1, clock.now()) as uow:
        assert [row.source for row in list_readings(uow, kpi_id=1)] == [Source.CSV, Source.CSV]

    await ana.closes()
    await drop(hoshin, "kpis.csv", FILE.encode())
    assert "There is nothing to record." in (ana.modal or "")


async def test_bad_lines_are_told_with_their_columns_and_all_of_them_in_a_file(
    hoshin: Spine, sqlite_database: Database, clock: FrozenClock
) -> None:
    ana = hoshin.slack.person("ana")
    lines = [f"KPI-{1 if number % 2 else 9},2026-01,*{number}* <!here>" for number in range(1, 61)]

    await drop(hoshin, "kpis.csv", "\n".join(lines).encode())

    assert ana.modal is not None
    assert "kpis.csv has 60 faults, so nothing was recorded." in ana.modal
    assert "line 2, kpi: There is no KPI-9 here." in ana.modal
    assert "`/hoshin scorecard` lists the KPIs." in str(ana.client.modal)
    [file] = [file for message in ana.messages for file in message.files]
    assert (file.name, file.content.count(b"\n")) == ("kpis.csv.faults.txt", 60)
    with sqlite_database.unit_of_work(1, clock.now()) as uow:
        assert list_readings(uow, kpi_id=1) == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"x" * (MOST_BYTES + 1), "and 1 MB is taken"),
        ("KPI-1,2026-01,61,schön".encode("latin-1"), "is not written in UTF-8"),
        (b"PK\x03\x04 workbook", "This is a workbook and no CSV"),
        (b"KPI-1,2026-01,=1+1", "is a formula"),
        (b"KPI-1,2027-01,61", "has not begun yet"),
        (b"kpi,date,valeu\nKPI-1,2026-01,61", "Did you mean value?"),
        (b"KIP-1,2026-01,61", "Did you mean KPI-1 Net promoter score?"),
        (b"Net promotor score,2026-01,61", "Did you mean KPI-1 Net promoter score?"),
        (b"KPI-12,2026-01,61", "There is no KPI-12 here. Did you mean KPI-1 Net promoter score?"),
    ],
)
async def test_what_cannot_be_taken_is_answered_with_a_sentence(
    hoshin: Spine, content: bytes, sentence: str
) -> None:
    await drop(hoshin, "kpis.csv", content)
    assert hoshin.slack.person("ana").sees(sentence)


async def test_who_may_give_no_figures_is_shown_no_form(hoshin: Spine) -> None:
    ben = hoshin.slack.person("ben")
    await ben.types("/okr import")
    assert ben.modal is None
    assert ben.sees("You may not give the figures of any KPI")
