"""`/hoshin calendar` and its file, in a simulated Slack."""

from collections.abc import AsyncIterator
from datetime import date

import pytest_asyncio

from bot.calendar.slice import slice as calendar
from storage.database import Database
from tests import factories
from tests.bot.spine import Spine, spine
from tests.clock import FrozenClock


@pytest_asyncio.fixture
async def hoshin(sqlite_database: Database, clock: FrozenClock) -> AsyncIterator[Spine]:
    async with spine(sqlite_database, clock, calendar.routes, http=True) as running:
        running.slack.add_person("ana", real_name="Ana Ruiz", tz="Europe/Madrid")
        yield running


async def test_without_a_plan_the_calendar_says_what_belongs_there(hoshin: Spine) -> None:
    ana = hoshin.slack.person("ana")
    await ana.types("/hoshin calendar")
    assert ana.sees("Once one is imported, here stands what comes when")


async def test_the_calendar_shows_the_persons_own_dates_and_the_plans(
    hoshin: Spine, sqlite_database: Database, clock: FrozenClock
) -> None:
    ana = hoshin.slack.person("ana")
    await ana.types("/hoshin calendar")
    with sqlite_database.unit_of_work(1, clock.now()) as uow:
        plan = factories.plan(uow, title="Service <2026>", zone="Europe/Madrid")
        member = uow.members.find_by_slack_id(ana.id)
        assert member is not None
        factories.key_result(uow, plan_id=plan.id, owner_id=member.id)
        factories.team(uow, lead_id=member.id)
        factories.schedule(uow, member)
        factories.absence(uow, member, date(2026, 2, 16), date(2026, 2, 20))

    await ana.types("/hoshin calendar")

    assert ana.sees("You are away 16 Feb 2026 to 20 Feb 2026.")
    assert ana.sees("For the plan, Service <2026>")
    assert ana.sees("Monthly review, February 2026  ·  its questions come from 3 Mar 2026 on")
    assert ana.sees("Annual review, the year from January 2026")
    assert ana.sees("11 Mar 2026 to 31 Mar 2026  ·  Catchball, the quarter from April 2026")

    await ana.clicks("Calendar file (.ics)")

    (file,) = [file for message in ana.messages for file in message.files]
    text = file.content.decode()
    assert file.name == "hoshin.ics"
    assert "UID:monthly-review-2026-02-01@T" in text
    # Ana is away on the days of that week's check-in.
    assert "UID:checkin-2026-02-09-1@T" in text
    assert "UID:checkin-2026-02-16-1@T" not in text


async def test_without_a_plan_there_is_no_file(hoshin: Spine) -> None:
    ana = hoshin.slack.person("ana")
    await ana.types("/hoshin calendar")
    assert not ana.sees("Calendar file")


async def test_words_behind_the_calendar_get_a_sentence_with_an_example(hoshin: Spine) -> None:
    ana = hoshin.slack.person("ana")
    await ana.types("/hoshin calendar next month")
    assert ana.sees("“next month” means nothing behind")
    assert ana.sees("for a file that your calendar program reads.")


async def test_the_file_can_be_asked_for_by_a_word(
    hoshin: Spine, sqlite_database: Database, clock: FrozenClock
) -> None:
    ana = hoshin.slack.person("ana")
    await ana.types("/hoshin calendar")
    with sqlite_database.unit_of_work(1, clock.now()) as uow:
        factories.plan(uow)
    await ana.types("/hoshin calendar File")
    assert [file.name for message in ana.messages for file in message.files] == ["hoshin.ics"]


async def test_who_has_nothing_to_answer_is_promised_no_check_in(
    hoshin: Spine, sqlite_database: Database, clock: FrozenClock
) -> None:
    ana = hoshin.slack.person("ana")
    await ana.types("/hoshin calendar")
    with sqlite_database.unit_of_work(1, clock.now()) as uow:
        factories.plan(uow)
        member = uow.members.find_by_slack_id(ana.id)
        assert member is not None
        factories.team(uow, lead_id=member.id)
        factories.schedule(uow, member)
    await ana.types("/hoshin calendar")
    assert ana.sees("Nothing is yours to answer in the coming weeks")
    await ana.types("/hoshin calendar file")
    (file,) = [file for message in ana.messages for file in message.files]
    assert "Weekly check-in" not in file.content.decode()
