"""What nobody is asked for, because nobody of its owner's chain is in Slack, is told to whoever installed."""

from datetime import timedelta

import pytest
from sqlmodel import select

from storage.repositories.audit import INSTALLED, WORKSPACE
from storage.rules.terms import Role
from storage.tables import Member
from tests import factories
from tests.bot.checkins.office import Office, words

DAY = timedelta(days=1)


@pytest.fixture
def unreached(office: Office) -> Office:
    """Ben's key result; neither he nor Ana, who leads his team, is in Slack. Ines installed the app."""
    office.key_result(office.ben)
    ines = office.member(name="Ines Alba")
    with office.unit_of_work() as uow:
        for one in (office.ana, office.ben):
            uow.session.get_one(Member, one.id).slack_user_id = None
        uow.audit.record(
            at=uow.now, member_id=ines.id, action=INSTALLED, kind=WORKSPACE, item_id=uow.workspace_id
        )
    return office


def told(office: Office) -> list[str]:
    with office.unit_of_work() as uow:
        names = {one.id: one.name for one in uow.session.exec(select(Member))}
    return [names[row.member_id or 0] for row in office.messages("unreached:").values()]


def test_whoever_installed_hears_once_a_week_and_not_on_the_first_day(unreached: Office) -> None:
    unreached.tick()
    assert told(unreached) == []
    for _ in range(4):
        unreached.tick(at=unreached.clock.now() + DAY)
        assert told(unreached) == ["Ines Alba"]
    for _ in range(7):  # from Saturday on, for Monday
        unreached.tick(at=unreached.clock.now() + DAY)
        assert told(unreached) == ["Ines Alba", "Ines Alba"]
    first, _ = unreached.messages("unreached:").values()
    assert "Nobody is asked for the figures of Ben Okoye." in words(first)


def test_a_lead_who_is_in_slack_is_asked_instead(unreached: Office) -> None:
    unreached.tick()
    with unreached.unit_of_work() as uow:
        uow.session.get_one(Member, unreached.ana.id).slack_user_id = "U0ANA"
    unreached.tick(at=unreached.clock.now() + DAY)
    unreached.tick(at=unreached.clock.now() + timedelta(hours=1))
    assert told(unreached) == []
    assert [one.reference for one in unreached.questions(unreached.ana)] == ["KR-1"]


@pytest.mark.parametrize(("leads", "expected"), [(True, ["Nora Lind"]), (False, ["Sam Admin"])])
def test_without_a_known_installer_the_strategy_lead_hears_else_who_administers_slack(
    unreached: Office, leads: bool, expected: list[str]
) -> None:
    nora = unreached.member(name="Nora Lind")
    unreached.member(name="Sam Admin", is_slack_admin=True)
    with unreached.unit_of_work() as uow:
        ines = uow.session.exec(select(Member).where(Member.name == "Ines Alba")).one()
        ines.is_deactivated = True
        if leads:
            uow.roles.grant(nora.id, Role.STRATEGY_LEAD, by_id=None, at=uow.now)
    unreached.tick()
    unreached.tick(at=unreached.clock.now() + DAY)
    assert told(unreached) == expected


def test_of_what_they_may_not_see_the_strategy_lead_hears_instead(unreached: Office) -> None:
    nora = unreached.member(name="Nora Lind")
    with unreached.unit_of_work() as uow:
        uow.roles.grant(nora.id, Role.STRATEGY_LEAD, by_id=None, at=uow.now)
        cleo = factories.member(uow, name="Cleo Quiet", slack_user_id=None)
        factories.kpi(uow, title="Head count of Graz", owner_id=cleo.id, is_restricted=True)
    unreached.tick()
    unreached.tick(at=unreached.clock.now() + DAY)
    ines, lead = unreached.messages("unreached:").values()
    assert told(unreached) == ["Ines Alba", "Nora Lind"]
    assert "Ben Okoye" in words(ines)
    assert "Cleo Quiet" not in words(ines)
    assert "Nobody is asked for the figures of Cleo Quiet." in words(lead)
    assert "Graz" not in words(lead)


def test_an_owner_in_slack_who_is_in_no_team_is_told_too(unreached: Office) -> None:
    with unreached.unit_of_work() as uow:
        uow.session.get_one(Member, unreached.ana.id).slack_user_id = "U0ANA"
        factories.kpi(uow, owner_id=factories.member(uow, name="Olu Solo").id)
    unreached.tick()
    unreached.tick(at=unreached.clock.now() + DAY)
    (message,) = unreached.messages("unreached:").values()
    assert "Nobody is asked for the figures of Olu Solo." in words(message)
