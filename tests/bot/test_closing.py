"""What is restricted is taken out of all that has not gone out, in the transaction that restricts it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.app import SLICES
from bot.blockkit.kit import section
from bot.catchball import service
from bot.catchball.facts import Aim
from bot.closing import close_sight
from storage import bundle
from storage.database import Database, UnitOfWork
from storage.editing import change_item
from storage.editing.people import set_readers
from storage.repositories.outbox import ANSWER, PROMPT, Envelope
from storage.rules.terms import Kind, ReaderKind
from storage.tables.outbox import OutboxState
from tests import factories
from tests.bot.catchball.test_service import counter, throw
from tests.clock import FrozenClock
from tests.storage.test_catchballs import A1, Table, sit_down

TITLE = "NPS from 60 to 75"


@pytest.fixture
def table(sqlite_database: Database, clock: FrozenClock) -> Table:
    """Ana owns A-1 and leads the strategy; Ben is to be one of its readers, Dan is none."""
    table = sit_down(sqlite_database, clock)
    with table.work() as uow:
        for name in ("Ana", "Ben", "Dan"):
            uow.homes.note_opened(table.ids[name], uow.now)
        factories.audience(uow, "CALL", U0001=ReaderKind.MEMBER, U0004=ReaderKind.MEMBER)
        factories.audience(uow, "CFEW", U0001=ReaderKind.MEMBER)
    return table


def restrict(table: Table, readers: Sequence[str] = ("Ben",)) -> list[str]:
    """Whose Home tabs are drawn anew, by name."""
    with table.work() as uow:
        ana = table.viewer(uow, "Ana")
        set_readers(uow, ana, A1, [table.ids[one] for one in readers])
        change_item(uow, ana, A1, {"is_restricted": True}, reason="Talks have begun.")
        names = {uow.members.get(row_id).slack_user_id: name for name, row_id in table.ids.items()}
        return [names[one] for one in close_sight(uow, SLICES)]


@dataclass
class Post:
    """A message that waits, to a person or a channel."""

    key: str
    said: tuple[str, ...]
    to: str = ""
    channel: str | None = None

    def put(self, uow: UnitOfWork, table: Table) -> None:
        payload = {"text": "Something", "blocks": [section(one) for one in self.said]}
        member_id = table.ids[self.to] if self.to else None
        at = uow.now + timedelta(hours=1)
        uow.outbox.put(Envelope(self.key, payload, at, PROMPT, member_id=member_id, channel_id=self.channel))


def waiting(table: Table) -> dict[str, list[str]]:
    """By key: the words of each block of what still waits."""
    with table.work() as uow:
        return {
            one.key: [_words(block) for block in one.payload["blocks"]] for one in uow.outbox.list_waiting()
        }


def _words(block: dict[str, Any]) -> str:
    return str((block.get("text") or {}).get("text", ""))


def test_what_waits_is_sent_without_what_its_reader_may_not_see_any_more(table: Table) -> None:
    posts = [
        Post("prompt:1", ("*A-1* how is it?", "*KR-9* how is it?"), to="Dan"),
        Post("prompt:2", ("*A-1* how is it?", "*KR-9* how is it?"), to="Ben"),
        Post("digest:1", (f"*Moved*\n• {TITLE}\n• Another",), channel="CALL"),
        Post("digest:2", (f"*Moved*\n• {TITLE}\n• Another",), channel="CFEW"),
        Post("share:1", (f"*{TITLE}*",), channel="CALL"),
        Post("share:2", (f"*{TITLE}*",), channel="CUNKNOWN"),
    ]
    with table.work() as uow:
        for post in posts:
            post.put(uow, table)
        uow.outbox.put(Envelope("sent", {"text": "A-1"}, uow.now, ANSWER, member_id=table.ids["Dan"]))
        sent = uow.outbox.find("sent")
        assert sent is not None
        sent.state = OutboxState.SENT
    restrict(table)
    assert waiting(table) == {
        "prompt:1": ["*KR-9* how is it?"],
        "prompt:2": ["*A-1* how is it?", "*KR-9* how is it?"],
        "digest:1": ["*Moved*\n• Another"],
        "digest:2": [f"*Moved*\n• {TITLE}\n• Another"],
    }


def test_the_home_tabs_of_those_who_lose_sight_are_drawn_anew(table: Table) -> None:
    assert restrict(table) == ["Dan"]


def test_what_is_changed_otherwise_closes_nothing(table: Table) -> None:
    with table.work() as uow:
        Post("prompt:1", ("*A-1* how is it?",), to="Dan").put(uow, table)
        change_item(uow, table.viewer(uow, "Ana"), A1, {"title": "NPS to 80"})
        assert close_sight(uow, SLICES) == []
    assert waiting(table) == {"prompt:1": ["*A-1* how is it?"]}


def test_a_reader_who_is_taken_out_loses_what_waits_for_them(table: Table) -> None:
    restrict(table, ("Ben", "Dan"))
    with table.work() as uow:
        Post("prompt:1", ("*A-1* how is it?",), to="Dan").put(uow, table)
        set_readers(uow, table.viewer(uow, "Ana"), A1, [table.ids["Ben"]])
        close_sight(uow, SLICES)
    assert waiting(table) == {}


def test_what_stands_below_is_closed_with_it(table: Table) -> None:
    with table.work() as uow:
        annual = uow.plans.get_item(*A1)
        objective = factories.objective(uow, title="Prepare it quietly", annual_objective_id=annual.id)
        factories.key_result(uow, title="Contracts ended", objective_id=objective.id, target=Decimal(9))
        Post("prompt:1", ("*KR-1* how is it?",), to="Dan").put(uow, table)
        Post("share:1", ("Prepare it quietly",), channel="CALL").put(uow, table)
    restrict(table)
    assert waiting(table) == {}


def test_a_balls_card_is_closed_at_once_and_what_waits_in_its_thread_is_taken_back(table: Table) -> None:
    throw(table)
    _send(table, "catchball:1")
    counter(table, "Ben", 76)
    restrict(table)
    with table.work() as uow:
        edit, reply = uow.outbox.find("catchball:1:edit:1"), uow.outbox.find("catchball:1:2")
        assert edit is not None
        assert reply is not None
        assert "C-1 goes on among those who take part." in str(edit.payload)
        assert "Answer right" not in str(edit.payload)
        assert (edit.state, reply.state) == (OutboxState.PENDING, OutboxState.EXPIRED)


def test_a_ball_that_is_over_is_closed_too(table: Table) -> None:
    throw(table)
    with table.work() as uow:
        service.agree(uow, table.ids["Ben"], Aim(1, 1))
    _send(table, "catchball:1")
    restrict(table)
    with table.work() as uow:
        edit = uow.outbox.find("catchball:1:edit:1")
        assert edit is not None
        assert "Answer right" not in str(edit.payload)


def _send(table: Table, key: str) -> None:
    with table.work() as uow:
        card = uow.outbox.find(key)
        assert card is not None
        card.state, card.sent_ts, card.sent_channel_id = OutboxState.SENT, "1.0", "C1"


def test_a_plan_file_that_restricts_closes_as_well(table: Table) -> None:
    with table.work() as uow:
        Post("prompt:1", ("*A-1* how is it?",), to="Dan").put(uow, table)
        file = b"hoshin: 1\nannual_objectives:\n  - ref: A-1\n    title: NPS\n    restricted: yes\n"
        bundle.load(uow, bundle.read_plan_file(file, "plan.yaml", uow.plans.record()))
        assert uow.narrowed == {(Kind.ANNUAL_OBJECTIVE, 1)}
        close_sight(uow, SLICES)
    assert waiting(table) == {}
