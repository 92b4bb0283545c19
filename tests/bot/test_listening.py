"""The one wrapper: one ack, errors as sentences, duplicates dropped, over both transports."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import aiohttp
import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from bot import ids, listening
from bot.answers import (
    Answer,
    Message,
    RefreshHome,
    SendFile,
    View,
    nothing,
    open_view,
    say,
    update_view,
)
from bot.asks import Ask
from bot.replies import NOT_SHOWN
from bot.routing import Routes
from bot.simulator.signing import sign
from storage.database import Database, UnitOfWork
from storage.rules.errors import Closed, Invalid, InvalidFields
from storage.tables import AuditEntry
from tests.bot.spine import Spine, spine
from tests.clock import FrozenClock

FORM = "checkin.form"


def form(*, page: int = 1) -> View:
    """A form with two inputs."""
    return {
        "type": "modal",
        "callback_id": FORM,
        "title": {"type": "plain_text", "text": f"Check in {page}"},
        "submit": {"type": "plain_text", "text": "Save"},
        "private_metadata": ids.pack(page=page),
        "blocks": [
            {
                "type": "input",
                "block_id": name,
                "optional": True,
                "label": {"type": "plain_text", "text": name.title()},
                "element": {"type": "plain_text_input", "action_id": "typed"},
            }
            for name in ("value", "note")
        ],
    }


CONFIRM = "bundle.load"
SHALL_I = {"type": "section", "text": {"type": "plain_text", "text": "Shall I?"}}
BUSY_FOR = 3


def button(label: str, action_id: str, value: str = "1") -> Message:
    element = {
        "type": "button",
        "text": {"type": "plain_text", "text": label},
        "action_id": action_id,
        "value": value,
    }
    return Message(label, ({"type": "actions", "elements": [element]},))


def write_down(uow: UnitOfWork, what: str) -> None:
    uow.audit.record(at=uow.now, member_id=None, action=what, kind="test", item_id=1)


def written(database: Database) -> list[str]:
    with database.session(read=True) as session:
        rows = session.exec(select(AuditEntry.action).where(AuditEntry.workspace_id == 1))
        return list(rows)


def test_routes() -> Routes:  # noqa: C901 - a table of small handlers
    """What the tests' people may do."""
    routes = Routes()
    tries: list[str] = []

    @routes.command("checkin")
    async def opens(ask: Ask) -> Answer:
        del ask
        return open_view(form())

    @routes.command("hoshin")
    async def greets(ask: Ask) -> Answer:
        await ask.run(write_down, "greeted")
        return say(button(f"Hello {ask.person.name}", "press:7"), RefreshHome())

    @routes.command("hoshin help")
    async def fails(ask: Ask) -> Answer:
        if ask.text == "closed":
            raise Closed("The window closed on Wednesday. Next week is open from Monday.")
        if ask.text == "slow":
            await asyncio.sleep(2.2)
            return say(Message("Here it is."))
        if ask.text == "busy":
            raise OperationalError("SELECT 1", {}, Exception("database is locked"))
        raise RuntimeError("secret text of a person")

    @routes.command("hoshin export")
    async def sends(ask: Ask) -> Answer:
        del ask
        return say(
            Message("The file is on its way."),
            SendFile("plan.txt", b"x", title="Plan", comment=""),
            RefreshHome(),
        )

    @routes.command("hoshin team")
    async def looks(ask: Ask) -> Answer:
        found = await ask.look_at(ask.channel_id or "")
        return say(Message(f"Looked at {found.id}."))

    @routes.command("hoshin import")
    async def asks_back(ask: Ask) -> Answer:
        del ask
        return open_view({**form(), "callback_id": CONFIRM, "blocks": [SHALL_I]})

    @routes.view(CONFIRM)
    async def refuses(ask: Ask) -> Answer:
        del ask
        raise Closed("The plan <2025> is archived.")

    @routes.event("reaction_added", needs_member=False, is_repeated=True)
    async def notes(ask: Ask) -> Answer:
        tries.append(ask.text)
        if len(tries) < BUSY_FOR:
            raise OperationalError("SELECT 1", {}, Exception("database is locked"))
        await ask.run(write_down, "reacted")
        return nothing()

    @routes.action("press")
    async def presses(ask: Ask) -> Answer:
        await ask.run(write_down, f"pressed {ids.number_of(ask.action_id)}")
        return nothing()

    @routes.view(FORM)
    async def submits(ask: Ask) -> Answer:
        value = ask.form.text("value")
        if value == "next":
            return update_view(form(page=2))
        if value == "slow":
            await asyncio.sleep(2.2)
            raise Invalid("“slow” is not a number.", field="value")
        if value == "many":
            raise InvalidFields({"value": "Not a number.", "elsewhere": "Not here.", "note": "Too long."})
        if not value:
            raise Invalid("Nothing was typed yet.")
        await ask.run(write_down, f"saved {value}")
        return Answer({"response_action": "clear"})

    return routes


test_routes.__test__ = False  # type: ignore[attr-defined] # a factory, named for what it makes


@pytest.fixture(params=["socket", "http"])
async def there(
    request: pytest.FixtureRequest, sqlite_database: Database, clock: FrozenClock
) -> AsyncIterator[Spine]:
    """The spine over each transport in turn."""
    async with spine(sqlite_database, clock, test_routes(), http=request.param == "http") as running:
        running.slack.add_person("ana", real_name="Ana Ruiz", tz="Europe/Berlin")
        yield running


async def test_a_command_is_answered_in_its_ack_and_the_home_follows(
    there: Spine, sqlite_database: Database
) -> None:
    ana = there.slack.person("ana")
    outcome = await ana.types("/hoshin")
    assert outcome.ok
    assert "Hello Ana Ruiz" in ana.dm
    assert "Home of" in ana.home
    assert written(sqlite_database) == ["greeted"]


async def test_an_unknown_verb_answers_with_the_nearest_one(there: Spine) -> None:
    ana = there.slack.person("ana")
    await ana.types("/hoshin hlep")
    assert ana.sees("There is no `/hoshin hlep`. Did you mean `/hoshin help [word]`")


async def test_an_unknown_verb_cannot_ping_anyone(there: Spine) -> None:
    ana = there.slack.person("ana")
    await ana.types("/checkin <!channel>`*x*")
    assert "<!channel>" not in str([message.text for message in ana.messages])


async def test_a_refusal_is_said_where_the_command_was_typed(there: Spine) -> None:
    ana = there.slack.person("ana")
    await ana.types("/hoshin help closed")
    assert ana.sees("The window closed on Wednesday.")


@pytest.mark.parametrize("fault", ["server_error", "dropped_before", "rate_limited", "unreadable"])
async def test_slack_being_away_while_a_handler_asks_it_is_no_fault_of_ours(there: Spine, fault: str) -> None:
    ana = there.slack.person("ana")
    there.slack.faults.add("conversations.info", fault, times=2)  # a reading call is repeated by aiohttp
    await ana.types("/hoshin team")
    assert ana.sees("Slack did not answer Hoshin just now, so nothing was saved.")


async def test_a_refusal_of_a_form_without_inputs_is_said_in_its_place(there: Spine) -> None:
    ana = there.slack.person("ana")
    await ana.types("/hoshin import")
    await ana.submits()
    assert "The plan <2025> is archived." in (ana.modal or "")


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal", "upload"])
async def test_a_file_that_slack_does_not_take_is_told_and_the_rest_is_done(
    there: Spine, method: str
) -> None:
    ana = there.slack.person("ana")
    there.slack.faults.add(method, "unreadable")
    await ana.types("/hoshin export")
    await there.slack.settled()
    assert ana.sees("Slack did not take the file just now.")
    assert "Home of" in ana.home


async def test_what_happens_while_a_home_is_drawn_is_shown_by_one_more_drawing(there: Spine) -> None:
    ana = there.slack.person("ana")
    there.slack.faults.add("views.publish", "slow", delay=0.5)
    await asyncio.gather(*(ana.types("/hoshin") for _ in range(5)))
    await there.slack.settled()
    assert there.slack.traffic.count("views.publish") == 2


async def test_a_busy_database_is_told_as_such(there: Spine) -> None:
    ana = there.slack.person("ana")
    await ana.types("/hoshin help busy")
    assert ana.sees("Hoshin is busy for a moment and saved nothing.")


async def test_a_sign_that_meets_a_busy_database_is_taken_once_it_is_free(
    there: Spine, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The pause spares a busy database, which this one is not any more.
    monkeypatch.setattr(listening, "FIRST_PAUSE_S", 0.01)
    ana = there.slack.person("ana")
    channel = there.slack.add_channel("ideas", "ana", bot=True)
    ana.client.post(channel.id, "look")
    await ana.reacts("+1", there.slack.channel("ideas").messages[-1])
    await there.slack.settled()
    for _ in range(500):
        if "reacted" in written(sqlite_database):
            break
        await asyncio.sleep(0.01)
    assert written(sqlite_database).count("reacted") == 1


async def test_an_error_of_ours_is_told_with_a_reference_that_stands_in_the_log(
    there: Spine, capsys: pytest.CaptureFixture[str]
) -> None:
    ana = there.slack.person("ana")
    await ana.types("/hoshin help broken")
    said = ana.messages[-1].text
    assert "Something went wrong on our side. Nothing was saved; try again." in said
    reference = said.rpartition("reference: ")[2].rstrip(".")
    logged = capsys.readouterr()
    assert reference in logged.out + logged.err
    assert "secret text of a person" not in logged.out + logged.err


async def test_a_slow_answer_is_acked_in_time_and_told_afterwards(there: Spine) -> None:
    ana = there.slack.person("ana")
    started = time.monotonic()
    outcome = await ana.types("/hoshin help slow")
    assert outcome.ok
    assert time.monotonic() - started < 3
    assert ana.sees("Still working on it.")
    await ana.will_see("Here it is.")


async def test_a_form_opens_and_its_submission_is_saved_once(there: Spine, sqlite_database: Database) -> None:
    ana = there.slack.person("ana")
    await ana.types("/checkin")
    await ana.fills({"Value": "78"})
    await ana.submits()
    assert ana.modal is None
    assert written(sqlite_database) == ["saved 78"]


async def test_a_refused_submission_keeps_the_form_and_can_be_sent_again(
    there: Spine, sqlite_database: Database
) -> None:
    ana = there.slack.person("ana")
    await ana.types("/checkin")
    await ana.submits()
    assert "Nothing was typed yet." in (ana.modal or "")
    await ana.fills({"Value": "78"})
    await ana.submits()
    assert written(sqlite_database) == ["saved 78"]


async def test_errors_of_several_inputs_stand_beside_them(there: Spine) -> None:
    ana = there.slack.person("ana")
    await ana.types("/checkin")
    await ana.fills({"Value": "many"})
    await ana.submits()
    view = ana.client.modal
    assert view is not None
    assert view.errors == {"value": "Not a number. Not here.", "note": "Too long."}


async def test_a_page_turns_and_the_next_page_is_submitted_too(
    there: Spine, sqlite_database: Database
) -> None:
    ana = there.slack.person("ana")
    await ana.types("/checkin")
    await ana.fills({"Value": "next"})
    await ana.submits()
    assert "Check in 2" in (ana.modal or "")
    await ana.fills({"Value": "80"})
    await ana.submits()
    assert written(sqlite_database) == ["saved 80"]


async def test_a_slow_refusal_brings_the_form_back_with_what_was_typed(there: Spine) -> None:
    ana = there.slack.person("ana")
    await ana.types("/checkin")
    await ana.fills({"Value": "slow", "Note": "training slipped"})
    await ana.submits()
    await ana.will_see("“slow” is not a number.")
    assert "training slipped" in (ana.modal or "")
    await ana.fills({"Value": "78"})
    await ana.submits()
    assert ana.modal is None


async def test_a_second_press_is_a_second_ask(there: Spine, sqlite_database: Database) -> None:
    ana = there.slack.person("ana")
    await ana.types("/hoshin")
    await ana.clicks("Hello Ana Ruiz")
    await ana.clicks("Hello Ana Ruiz")
    assert written(sqlite_database) == ["greeted", "pressed 7", "pressed 7"]


async def test_a_form_that_cannot_be_opened_in_time_comes_by_a_button(there: Spine) -> None:
    ana = there.slack.person("ana")
    there.slack.faults.add("views.open", "refused", error="expired_trigger_id")
    await ana.types("/checkin")
    assert ana.modal is None
    await ana.clicks("Open the form")
    assert "Check in 1" in (ana.modal or "")


async def test_the_answer_to_open_the_form_is_seen_also_when_it_is_a_sentence(there: Spine) -> None:
    ana = there.slack.person("ana")
    there.slack.faults.add("views.open", "refused", error="expired_trigger_id")
    await ana.types("/checkin")
    there.slack.faults.add("views.open", "refused", error="expired_trigger_id")
    await ana.clicks("Open the form")
    assert [message.text for message in ana.messages].count(NOT_SHOWN) == 2


async def test_slack_failing_behind_an_ack_harms_nothing(there: Spine, sqlite_database: Database) -> None:
    ana = there.slack.person("ana")
    there.slack.faults.add("views.publish", "server_error")
    outcome = await ana.types("/hoshin")
    assert outcome.ok
    assert written(sqlite_database) == ["greeted"]


async def test_a_button_of_an_older_version_does_no_harm(there: Spine) -> None:
    ana = there.slack.person("ana")
    await ana.types("/hoshin")
    outcome = await ana.clicks("Hello Ana Ruiz")
    assert outcome.ok


@pytest.fixture
async def over_http(sqlite_database: Database, clock: FrozenClock) -> AsyncIterator[Spine]:
    """The spine over signed HTTP."""
    async with spine(sqlite_database, clock, test_routes(), http=True) as running:
        running.slack.add_person("ana", real_name="Ana Ruiz")
        yield running


def submission(team_id: str, user_id: str, value: str) -> str:
    state = {"values": {"value": {"typed": {"type": "plain_text_input", "value": value}}}}
    view = {**form(), "id": "V1", "hash": "1.a", "state": state}
    user = {"id": user_id, "team_id": team_id}
    payload = {"type": "view_submission", "team": {"id": team_id}, "user": user, "view": view}
    return urlencode({"payload": json.dumps(payload)})


async def test_a_form_sent_again_after_a_lost_ack_is_told_that_it_was_taken(
    over_http: Spine, sqlite_database: Database
) -> None:
    team_id, ana = over_http.installation.team_id, over_http.slack.person("ana").id
    assert "clear" in (await post_for_body(over_http, submission(team_id, ana, "70")))
    assert "This form was taken already" in (await post_for_body(over_http, submission(team_id, ana, "78")))
    assert written(sqlite_database) == ["saved 70"]


async def test_a_payload_of_a_shape_that_slack_does_not_document_is_acked_and_does_nothing(
    over_http: Spine, sqlite_database: Database
) -> None:
    action = {"type": "button", "action_id": "press:7", "block_id": "b", "value": "1"}
    payload = {"type": "block_actions", "team": {"id": over_http.installation.team_id}, "actions": [action]}
    assert await post(over_http, urlencode({"payload": json.dumps(payload)})) == 200
    assert written(sqlite_database) == []


def press(team_id: str, user_id: str, trigger_id: str) -> str:
    payload = {
        "type": "block_actions",
        "team": {"id": team_id},
        "user": {"id": user_id, "team_id": team_id},
        "trigger_id": trigger_id,
        "actions": [{"type": "button", "action_id": "press:7", "block_id": "b", "value": "1"}],
    }
    return urlencode({"payload": json.dumps(payload)})


async def post(there: Spine, body: str, *, secret: str | None = None, timestamp: int | None = None) -> int:
    """The HTTP status of a POST that is signed as Slack signs, unless told otherwise."""
    return (await posted(there, body, secret=secret, timestamp=timestamp))[0]


async def post_for_body(there: Spine, body: str) -> str:
    """The ack's body."""
    return (await posted(there, body))[1]


async def posted(
    there: Spine, body: str, *, secret: str | None = None, timestamp: int | None = None
) -> tuple[int, str]:
    headers = sign(secret or there.slack.signing_secret, body, timestamp=timestamp)
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    url = there.slack.request_url or ""
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=body, headers=headers) as response,
    ):
        return response.status, await response.text()


async def test_the_same_press_delivered_twice_is_carried_out_once(
    over_http: Spine, sqlite_database: Database
) -> None:
    body = press(over_http.installation.team_id, over_http.slack.person("ana").id, "1.2.3")
    assert [await post(over_http, body), await post(over_http, body)] == [200, 200]
    assert written(sqlite_database) == ["pressed 7"]


async def test_two_deliveries_of_one_press_at_once_are_carried_out_once(
    over_http: Spine, sqlite_database: Database
) -> None:
    body = press(over_http.installation.team_id, over_http.slack.person("ana").id, "1.2.4")
    assert await asyncio.gather(*(post(over_http, body) for _ in range(5))) == [200] * 5
    assert written(sqlite_database) == ["pressed 7"]


async def test_a_forged_signature_is_refused_and_nothing_is_done(
    over_http: Spine, sqlite_database: Database
) -> None:
    body = press(over_http.installation.team_id, over_http.slack.person("ana").id, "1.2.5")
    assert await post(over_http, body, secret="not-the-secret") == 401
    assert written(sqlite_database) == []


async def test_a_stale_signature_is_refused_and_nothing_is_done(
    over_http: Spine, sqlite_database: Database
) -> None:
    body = press(over_http.installation.team_id, over_http.slack.person("ana").id, "1.2.6")
    assert await post(over_http, body, timestamp=int(time.time()) - 301) == 401
    assert written(sqlite_database) == []


async def test_a_workspace_without_the_app_is_served_nothing(
    over_http: Spine, sqlite_database: Database
) -> None:
    assert await post(over_http, press("T0OTHER", "U0OTHER", "1.2.7")) == 200
    assert written(sqlite_database) == []


@pytest.mark.parametrize("traits", [{"deleted": True}, {"team_id": "T0ELSEWHERE"}])
async def test_a_press_of_someone_who_does_not_belong_here_is_not_carried_out(
    over_http: Spine, sqlite_database: Database, traits: dict[str, object]
) -> None:
    someone = over_http.slack.add_person("someone", **traits)
    await over_http.slack.settled()
    assert await post(over_http, press(over_http.installation.team_id, someone.id, "1.2.8")) == 200
    assert written(sqlite_database) == []


async def test_a_body_that_is_too_large_is_refused(over_http: Spine) -> None:
    assert await post(over_http, "x" * 1_000_001) == 413


async def test_a_body_that_does_not_say_its_length_is_read_no_further_than_the_limit(
    over_http: Spine,
) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 65_536

    async with aiohttp.ClientSession() as session:
        assert await status_of(session, over_http, endless()) == 413


async def test_a_body_that_is_not_utf_8_is_refused(over_http: Spine) -> None:
    async with aiohttp.ClientSession() as session:
        assert await status_of(session, over_http, b"text=\xff") == 400


async def status_of(session: aiohttp.ClientSession, there: Spine, body: bytes | AsyncIterator[bytes]) -> int:
    async with session.post(there.slack.request_url or "", data=body) as response:
        return response.status
