from typing import Any

import pytest

from bot.okr import depending, viewing
from bot.okr.facts import Change, Needed
from bot.okr.pages import page_message
from storage.rules.errors import Closed, Invalid, NotAllowed, NotFound
from storage.tables import Member
from tests import factories
from tests.bot.okr.office import Office


def ask(office: Office, who: Member, *of: str) -> Needed:
    with office.unit_of_work() as uow:
        return depending.ask(uow, who.id, *(*of, "")[:3])


def message(office: Office, key: str) -> Any:
    with office.unit_of_work() as uow:
        return uow.outbox.find(key)


def test_the_other_owner_is_asked_and_their_word_shows_on_both(office: Office) -> None:
    needed = ask(office, office.ana, "KR-1", "kr-2", "before the pilot")
    assert (needed.owner, needed.is_confirmed) == ("Ben Okoye", False)
    question = message(office, f"needs:{needed.id}")
    assert question.member_id == office.ben.id
    assert "Ana Ruiz counts on KR-2 for KR-1" in question.payload["text"]
    with office.unit_of_work() as uow:
        depending.answer(uow, office.ben.id, needed.id, yes=True)
        depending.answer(uow, office.ben.id, needed.id, yes=True)
        pages = [viewing.show(uow, office.chen.id, reference) for reference in ("KR-1", "KR-2")]
    for page in pages:
        assert "✓ confirmed" in str(page_message(page, "en-US", "UTC").blocks)
    assert message(office, f"needs:{needed.id}:answer").member_id == office.ana.id


def test_both_histories_tell_of_it(office: Office) -> None:
    with office.unit_of_work() as uow:
        needed = depending.ask(uow, office.ana.id, "KR-1", "KR-2", "")
        depending.answer(uow, office.ben.id, needed.id, yes=True)
        said = [viewing.show(uow, office.ana.id, one).history for one in ("KR-1", "KR-2")]
    assert [[one.what for one in lines if isinstance(one, Change)] for lines in said] == [
        ["needs KR-2"],
        ["KR-1 needs it: confirmed"],
    ]


def test_a_word_once_given_stands(office: Office) -> None:
    needed = ask(office, office.ana, "KR-1", "KR-2")
    with office.unit_of_work() as uow:
        assert depending.answer(uow, office.ben.id, needed.id, yes=False).is_declined
        with pytest.raises(Closed, match="declined already"):
            depending.answer(uow, office.ben.id, needed.id, yes=True)


def test_who_owns_both_need_not_be_asked(office: Office) -> None:
    with office.unit_of_work() as uow:
        factories.key_result(uow, owner_id=office.ana.id, objective_id=office.objective.id)
    needed = ask(office, office.ana, "KR-1", "KR-3")
    assert needed.is_confirmed
    assert message(office, f"needs:{needed.id}") is None


def test_what_cannot_be_is_told_beside_its_input(office: Office) -> None:
    ask(office, office.ana, "KR-1", "KR-2")
    for needs, words in (
        ("KR-1", "cannot need itself"),
        ("KR-2", "is known already"),
        ("O-1", "is no key result"),
        ("soon", "is not a reference"),
    ):
        with pytest.raises(Invalid, match=words) as caught:
            ask(office, office.ana, "KR-1", needs)
        assert caught.value.field == "needs"
    with pytest.raises(NotFound):
        ask(office, office.ana, "KR-1", "KR-9")
    with pytest.raises(NotAllowed):
        ask(office, office.chen, "KR-1", "KR-2")
    with office.unit_of_work() as uow, pytest.raises(NotAllowed, match="is its owner's word"):
        depending.answer(uow, office.chen.id, 1, yes=True)


def test_a_restricted_key_result_is_not_told_to_who_does_not_see_it(office: Office) -> None:
    with office.unit_of_work() as uow:
        secret = factories.key_result(uow, title="Secret", is_restricted=True, owner_id=office.ana.id)
    with pytest.raises(Invalid, match="does not see KR-3, so they cannot be asked here"):
        ask(office, office.ana, f"KR-{secret.number}", "KR-2")


def test_the_question_is_answered_by_its_button(office: Office) -> None:
    needed = ask(office, office.ana, "KR-1", "KR-2")
    blocks = message(office, f"needs:{needed.id}").payload["blocks"]
    assert [button["value"] for button in blocks[1]["elements"]] == [str(needed.id)] * 2
