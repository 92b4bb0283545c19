"""Being away, coming back, settings: what people say, and what the check-ins make of it."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest
import pytest_asyncio

from bot.members import Account, record_account
from bot.people import service
from bot.people.slice import slice as people
from storage.database import Database
from storage.rules.cadence import DateRange
from storage.rules.errors import Invalid, InvalidFields, NotFound
from storage.rules.terms import AbsenceSource, PromptState
from storage.tables import Absence
from tests import factories
from tests.bot.checkins.office import Office, buttons, open_office, words
from tests.bot.spine import Spine, spine
from tests.clock import FrozenClock

MONDAY_9 = datetime(2026, 2, 9, 9, 0, tzinfo=UTC)
MONDAY = date(2026, 2, 9)
TICKED = {"work_days": ["0", "1", "2"], "told": ["messages", "reminders"]}
TYPED = {"zone": "", "start": "8:00", "quiet": "", "holidays": ""}


@pytest.fixture
def office(sqlite_database: Database, clock: FrozenClock) -> Office:
    workspace = factories.workspace(sqlite_database, clock.now())
    return open_office(lambda: sqlite_database.unit_of_work(workspace, clock.now()), clock)


def away(office: Office, text: str) -> service.Away:
    with office.unit_of_work() as uow:
        return service.go_away(uow, office.ben.id, text)


def test_who_says_that_they_are_away_is_not_asked_and_their_deputy_is(office: Office) -> None:
    office.key_result(office.ben)
    office.tick()
    said = away(office, f"until Friday deputy <@{office.ana.slack_user_id}|ana>")
    assert said == service.Away(DateRange(MONDAY, date(2026, 2, 13)), "Ana Ruiz")
    office.tick(at=MONDAY_9)
    assert office.prompt(office.ben).state is PromptState.EXCUSED
    (message,) = office.messages("prompt:").values()
    assert message.member_id == office.ana.id
    assert "Ben Okoye owns it and cannot answer now, so you are asked." in words(message)


def test_who_goes_away_after_being_asked_is_excused_and_asked_anew_when_back(office: Office) -> None:
    office.key_result(office.ben)
    office.tick(at=MONDAY_9)
    office.deliver()
    away(office, "until Friday")
    office.tick(at=MONDAY_9 + timedelta(hours=1))
    assert office.prompt(office.ben).state is PromptState.EXCUSED
    (edit,) = [row for key, row in office.messages("prompt:").items() if ":edit:" in key]
    assert "this week's check-in is left out" in words(edit)
    with office.unit_of_work() as uow:
        service.come_back(uow, office.ben.id)
    office.tick(at=MONDAY_9 + timedelta(hours=2))
    assert office.prompt(office.ben).state is PromptState.ASKED
    (again,) = office.messages("later:").values()
    assert "Check in" in buttons(again)


def test_who_is_back_before_the_close_is_asked_on_the_day_of_return(office: Office) -> None:
    office.key_result(office.ben)
    office.tick(at=MONDAY_9)
    away(office, "until Tuesday")
    office.tick(at=MONDAY_9 + timedelta(hours=1))
    assert office.prompt(office.ben).snoozed_until == MONDAY_9 + timedelta(days=2)


def test_what_was_said_last_about_ones_days_counts(office: Office) -> None:
    away(office, "until 27 February")
    away(office, "until Friday")
    with office.unit_of_work() as uow:
        rows = uow.members.list_absences(office.ben.id, MONDAY)
    assert [(row.from_on, row.until_on) for row in rows] == [(MONDAY, date(2026, 2, 13))]


@pytest.mark.parametrize(
    ("text", "error", "sentence"),
    [
        ("until yesterday", Invalid, "is not a day that can be read"),
        ("until 2026-02-08", Invalid, "8 February 2026 is over"),
        ("until Friday deputy", Invalid, "Name one person with an @"),
        ("until Friday deputy ana", Invalid, "Name one person with an @"),
        ("until Friday deputy <@U9999>", NotFound, "does not know this person yet, so nothing was saved"),
    ],
)
def test_an_absence_that_cannot_be_meant_is_refused(
    office: Office, text: str, error: type[Invalid | NotFound], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        away(office, text)
    with office.unit_of_work() as uow:
        assert uow.members.list_absences(office.ben.id, MONDAY) == []


def test_nobody_is_their_own_deputy(office: Office) -> None:
    with pytest.raises(Invalid, match="Nobody is their own deputy"):
        away(office, f"until Friday deputy <@{office.ben.slack_user_id}>")


def test_who_is_not_away_cannot_come_back(office: Office) -> None:
    away(office, "from 3 August until 14 August")
    with pytest.raises(NotFound, match="not away today"), office.unit_of_work() as uow:
        service.come_back(uow, office.ben.id)


def test_settings_move_the_next_question(office: Office) -> None:
    office.key_result(office.ben)
    office.tick()
    typed = {**TYPED, "zone": "America/New_York", "quiet": "8:00 to 10:00", "holidays": "us"}
    with office.unit_of_work() as uow:
        saved = service.save_preferences(uow, office.ben.id, typed, TICKED)
    assert (saved.zone, saved.start_hour, saved.quiet, saved.country) == (
        "America/New_York",
        8,
        (8, 10),
        "US",
    )
    office.tick()
    with office.unit_of_work() as uow:
        schedule = uow.schedules.find(office.ben.id)
        assert schedule is not None
        # Eight o'clock in New York is quiet until ten: 15:00 UTC.
        assert schedule.next_due_at == datetime(2026, 2, 9, 15, 0, tzinfo=UTC)


def test_a_public_holiday_and_a_day_off_move_the_question(office: Office) -> None:
    office.key_result(office.ben)
    with office.unit_of_work() as uow:
        uow.workspace.country = "US"
        uow.members.add_day_off(date(2026, 2, 17), "Company day")
    office.tick(at=datetime(2026, 2, 12, 12, 0, tzinfo=UTC))
    with office.unit_of_work() as uow:
        schedule = uow.schedules.find(office.ben.id)
    # 16 February is Washington's birthday.
    assert schedule is not None
    assert schedule.next_due_at == datetime(2026, 2, 18, 9, 0, tzinfo=UTC)


def test_who_wants_no_message_finds_the_question_on_the_home_tab(office: Office) -> None:
    office.key_result(office.ben)
    with office.unit_of_work() as uow:
        service.save_preferences(uow, office.ben.id, {**TYPED, "start": "9"}, {**TICKED, "told": []})
    office.tick(at=MONDAY_9)
    office.tick(at=MONDAY_9 + timedelta(days=2, hours=4))
    assert office.prompt(office.ben).state is PromptState.ASKED
    assert office.messages() == {}


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"zone": "Europe/Berlino"}, "zone", "“Europe/Berlino” is not a time zone"),
        ({"start": "25"}, "start", "“25” is no full hour of the day"),
        ({"start": "9:30"}, "start", "no full hour"),
        ({"start": ""}, "start", "no full hour"),
        ({"quiet": "noon"}, "quiet", "Type from and until"),
        ({"quiet": "12 to 12"}, "quiet", "take no time"),
        ({"quiet": "12 to 2"}, "quiet", "can be meant by day or by night"),
        ({"quiet": "10 - 7"}, "quiet", "or 22:00 to 7:00 over night"),
        ({"quiet": "7:00 to 22:00"}, "quiet", "take up the whole working day"),
        ({"holidays": "XX"}, "holidays", "“XX” is no country"),
        ({"holidays": "DE-ZZ"}, "holidays", "“ZZ” is no region of DE. Known there:"),
        ({"work_days": []}, "work_days", "No work days are chosen"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused_beside_their_input(
    office: Office, change: dict[str, str | list[str]], field: str, sentence: str
) -> None:
    typed = TYPED | {name: text for name, text in change.items() if isinstance(text, str)}
    ticked = TICKED | {name: days for name, days in change.items() if isinstance(days, list)}
    with pytest.raises(InvalidFields) as refused, office.unit_of_work() as uow:
        service.save_preferences(uow, office.ben.id, typed, ticked)
    assert sentence in refused.value.sentences[field]


def test_a_status_in_slack_is_an_absence_until_it_ends_or_is_taken_off(office: Office) -> None:
    until = int(datetime(2026, 2, 14, 0, 0, tzinfo=UTC).timestamp())

    def says(emoji: str | None, ends: int = 0) -> list[Absence]:
        profile = {"real_name": "Ben Okoye", "status_emoji": emoji, "status_expiration": ends}
        user = {"id": office.ben.slack_user_id, "tz": "UTC", "profile": profile}
        with office.unit_of_work() as uow:
            record_account(uow, Account.from_slack(user))
        with office.unit_of_work() as uow:
            return uow.members.list_absences(office.ben.id, MONDAY)

    (absence,) = says(":palm_tree:", until)
    assert (absence.until_on, absence.source) == (date(2026, 2, 13), AbsenceSource.SLACK)
    (absence,) = says(":palm_tree:")
    assert absence.until_on == date(2026, 3, 11)
    (unsaid,) = says(None)
    assert unsaid.until_on == absence.until_on
    assert says(":house_with_garden:") == []


def test_ones_own_zone_stays_when_slack_tells_of_another(office: Office) -> None:
    with office.unit_of_work() as uow:
        service.save_preferences(uow, office.ben.id, {**TYPED, "zone": "Asia/Tokyo"}, TICKED)
    user = {"id": office.ben.slack_user_id, "tz": "Europe/Paris", "profile": {"real_name": "Ben Okoye"}}
    with office.unit_of_work() as uow:
        record_account(uow, Account.from_slack(user))
        assert uow.members.get(office.ben.id).zone == "Asia/Tokyo"
    with office.unit_of_work() as uow:
        saved = service.save_preferences(uow, office.ben.id, TYPED, TICKED)
    assert saved.zone == "Europe/Paris"


@pytest_asyncio.fixture
async def hoshin(sqlite_database: Database, clock: FrozenClock) -> AsyncIterator[Spine]:
    async with spine(sqlite_database, clock, people.routes, http=True) as running:
        running.slack.add_person("ana", real_name="Ana Ruiz", tz="Europe/Madrid")
        running.slack.add_person("ben", real_name="Ben Okoye", tz="Europe/Madrid")
        yield running


async def test_away_back_and_settings_in_slack(hoshin: Spine) -> None:
    ana, ben = hoshin.slack.person("ana"), hoshin.slack.person("ben")
    await ben.types("/hoshin settings")
    await ben.closes()
    await ana.types("/hoshin away until Friday deputy @ben")
    assert ana.sees("You are away from 9 February 2026 to 13 February 2026.")
    assert ana.sees("Ben Okoye is asked in your place")
    await ana.clicks("I am back")
    assert ana.modal is None or "Welcome back" in ana.modal
    await ana.types("/hoshin away")
    await ana.fills({"Away until": "soon"})
    await ana.submits()
    assert "“soon” is not a day that can be read" in (ana.modal or "")
    await ana.fills({"Away until": "for a week", "Who answers for you meanwhile": "ben"})
    await ana.submits()
    assert ana.sees("You are away from 9 February 2026 to 15 February 2026.")
    await ana.types("/hoshin settings")
    await ana.fills({"Time zone": "Asia/Kathmandu", "Quiet hours": "12:00 to 14:00"})
    await ana.submits()
    assert ana.sees("left alone from 12:00 to 14:00, in Asia/Kathmandu (set by you)")
