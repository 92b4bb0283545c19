"""What waits for people beside their check-in goes out with it, or by itself on a day without one."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from bot.blockkit.kit import button
from bot.checkins.notes import SHOWN, note_blocks, register_notes
from bot.slices import Note, NoteKind
from storage.database import UnitOfWork
from storage.tables import Member
from tests.bot.checkins.office import Office, words
from tests.bot.registers import remind_only_of

MONDAY_9 = datetime(2026, 2, 9, 9, 0, tzinfo=UTC)
TUESDAY_9 = MONDAY_9 + timedelta(days=1)
WEDNESDAY_9 = MONDAY_9 + timedelta(days=2)


class Pile:
    """Letters that lie for people until they are told of them."""

    def __init__(self) -> None:
        self.lying: dict[int, list[str]] = {}

    def find(self, _uow: UnitOfWork, member_ids: Collection[int] | None) -> Mapping[int, Sequence[Note]]:
        return {
            one: [Note(text, text, (button("Open", "help", value=text),)) for text in texts]
            for one, texts in self.lying.items()
            if member_ids is None or one in member_ids
        }

    def told(self, _uow: UnitOfWork, member_id: int, told: Sequence[Note]) -> None:
        self.lying[member_id] = [
            one for one in self.lying[member_id] if one not in {note.key for note in told}
        ]

    def lay(self, member: Member, *texts: str) -> None:
        self.lying.setdefault(member.id, []).extend(texts)


@pytest.fixture
def pile(monkeypatch: pytest.MonkeyPatch) -> Pile:
    pile = Pile()
    letters = NoteKind("letter", pile.find, pile.told, "A letter has lain for a day.")
    remind_only_of([letters], monkeypatch)
    return pile


def test_what_waits_stands_in_the_check_in_of_that_day_and_stays_when_it_is_answered(
    office: Office, pile: Pile
) -> None:
    office.key_result(office.ana)
    pile.lay(office.ana, "The first letter")
    office.tick()
    assert office.messages() == {}
    office.tick(at=MONDAY_9)
    (message,) = office.messages().values()
    assert message.key.startswith("prompt:")
    assert "*Also waits for you*\nThe first letter" in words(message)
    assert "Why this? A letter has lain for a day." in words(message)
    assert pile.lying[office.ana.id] == []

    office.submit(office.ana, value="76", confidence="7")
    (message,) = office.messages("prompt:").values()
    assert "Thank you" in words(message)
    assert "The first letter" in words(message)


def test_on_a_day_without_a_check_in_one_message_says_all_that_waits(office: Office, pile: Pile) -> None:
    pile.lay(office.ben, "One", "Two")
    office.tick()
    assert office.next_due() == MONDAY_9
    office.tick(at=MONDAY_9)
    pile.lay(office.ben, "Three")
    office.tick(at=MONDAY_9 + timedelta(hours=1))
    (message,) = office.messages().values()
    assert message.key == f"waiting:{office.ben.id}:2026-02-09"
    assert message.payload["text"] == "2 things wait for you."
    assert office.next_due() == TUESDAY_9
    office.tick(at=TUESDAY_9)
    assert "Three" in words(office.messages()[f"waiting:{office.ben.id}:2026-02-10"])


def test_what_waits_is_told_after_a_do_not_disturb_and_not_lost_in_it(office: Office, pile: Pile) -> None:
    friday_15, next_monday_9 = MONDAY_9 + timedelta(days=4, hours=6), MONDAY_9 + timedelta(days=7)
    with office.unit_of_work() as uow:
        ben = uow.members.get(office.ben.id)
        ben.dnd_from_at, ben.dnd_until_at = friday_15, next_monday_9
    pile.lay(office.ben, "One")
    office.tick(at=friday_15)
    assert office.messages() == {}
    assert office.next_due() == next_monday_9
    office.tick(at=next_monday_9)
    assert list(office.messages()) == [f"waiting:{office.ben.id}:2026-02-16"]


def test_after_the_check_in_of_a_day_what_comes_waits_until_the_next_one(office: Office, pile: Pile) -> None:
    office.key_result(office.ana)
    office.tick(at=MONDAY_9)
    pile.lay(office.ana, "Late")
    office.tick(at=MONDAY_9 + timedelta(hours=2))
    assert list(office.messages("waiting:")) == []
    office.tick(at=TUESDAY_9)
    assert list(office.messages("waiting:")) == [f"waiting:{office.ana.id}:2026-02-10"]


def test_the_reminder_of_a_check_in_says_what_waits_on_its_day(office: Office, pile: Pile) -> None:
    office.key_result(office.ana)
    office.tick(at=MONDAY_9)
    office.deliver()
    pile.lay(office.ana, "Midweek")
    office.tick(at=WEDNESDAY_9)
    assert list(office.messages("waiting:")) == []
    office.tick(at=WEDNESDAY_9 + timedelta(hours=4))
    (message,) = office.messages("reminder:").values()
    assert "Midweek" in words(message)
    assert pile.lying[office.ana.id] == []


def test_who_wants_no_reminders_gets_none_and_nothing_piles_up(office: Office, pile: Pile) -> None:
    with office.unit_of_work() as uow:
        uow.members.get(office.ben.id).wants_reminders = False
    pile.lay(office.ben, "Quiet")
    office.tick(at=MONDAY_9)
    assert office.messages() == {}
    assert pile.lying[office.ben.id] == []


def test_a_long_pile_is_told_day_by_day(office: Office, pile: Pile) -> None:
    pile.lay(office.ben, *(f"Letter {number}" for number in range(SHOWN + 2)))
    office.tick(at=MONDAY_9)
    (message,) = office.messages().values()
    assert "and 2 more" in words(message)
    assert pile.lying[office.ben.id] == ["Letter 5", "Letter 6"]


def test_two_kinds_of_one_name_are_refused_and_nothing_is_drawn_for_nothing(pile: Pile) -> None:
    with pytest.raises(ValueError, match="two kinds of note"):
        register_notes([NoteKind("letter", pile.find, pile.told, "Another why.")])
    assert note_blocks([]) == []
