"""An item is talked about in one thread, where its team is and where all may see it."""

import pytest

from bot.okr import discussing
from bot.okr.discussing import discuss
from storage.rules.errors import Invalid, NotAllowed
from storage.rules.terms import Kind, ReaderKind
from storage.tables import Outbox, Team
from storage.tables.outbox import OutboxState
from tests import factories
from tests.bot.okr.office import Office

KEY = "discuss:C1:KR-1"


@pytest.fixture
def seated(office: Office) -> Office:
    """Customer Service has a channel in which Ana and Ben are."""
    with office.unit_of_work() as uow:
        (team,) = uow.teams.list_all()
        uow.session.get_one(Team, team.id).channel_id = "C1"
        factories.audience(uow, "C1", **{str(office.ana.slack_user_id): ReaderKind.MEMBER})
        uow.strategies.count_change()
    return office


def find(office: Office) -> Outbox | None:
    with office.unit_of_work() as uow:
        return uow.outbox.find(KEY)


def press(office: Office, reference: str = "KR-1") -> str:
    """The thread's place in Slack, as Ben's press finds it."""
    with office.unit_of_work() as uow:
        return discuss(uow, office.ben.id, reference).ts


def test_the_thread_is_opened_once_and_then_led_to(seated: Office) -> None:
    assert press(seated) == ""
    assert press(seated) == ""
    with seated.unit_of_work() as uow:
        row = uow.outbox.find(KEY)
        assert row is not None
        assert "Opened by Ben Okoye" in str(row.payload)
        row.state, row.sent_channel_id, row.sent_ts = OutboxState.SENT, "C1", "1770624000.000100"
    assert press(seated) == "1770624000.000100"


def test_a_post_that_slack_refused_is_tried_again(seated: Office) -> None:
    press(seated)
    with seated.unit_of_work() as uow:
        row = uow.outbox.find(KEY)
        assert row is not None
        row.state = OutboxState.FAILED
    assert press(seated) == ""


def test_where_there_is_no_channel_or_not_all_may_see_it_nothing_is_posted(seated: Office) -> None:
    with seated.unit_of_work() as uow:
        uow.plans.get_item(Kind.KEY_RESULT, 1).is_restricted = True
        uow.plans.get_item(Kind.KEY_RESULT, 1).owner_id = seated.ben.id
        factories.audience(uow, "C1", U9=ReaderKind.GUEST)
        uow.strategies.count_change()
    with seated.unit_of_work() as uow, pytest.raises(NotAllowed, match="not everyone in the channel of Cust"):
        discuss(uow, seated.ben.id, "KR-1")
    with seated.unit_of_work() as uow, pytest.raises(Invalid, match="KPI-1 has no thread"):
        discuss(uow, seated.ben.id, "KPI-1")
    assert find(seated) is None


def test_a_team_without_a_channel_and_an_item_of_nobody_are_told_as_such(office: Office) -> None:
    with office.unit_of_work() as uow:
        (team,) = uow.teams.list_all()
        uow.session.get_one(Team, team.id).channel_id = None
        uow.strategies.count_change()
    with office.unit_of_work() as uow, pytest.raises(Invalid, match="has no channel to talk about O-1 in"):
        discussing.find_place(uow, office.ana.id, "O-1")
    with office.unit_of_work() as uow:
        factories.objective(uow, title="Elsewhere")
    with office.unit_of_work() as uow, pytest.raises(Invalid, match="O-2 belongs to no team"):
        discussing.find_place(uow, office.ana.id, "O-2")
