"""What forms hold becomes what the record holds, or a sentence beside the input."""

import contextlib
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.asks import Form
from bot.planning.service import items, links, steps
from bot.planning.service.items import Saved, Sent
from bot.planning.service.keys import AddKey, FormKey
from storage.database import UnitOfWork
from storage.rules.errors import DomainError, Invalid, InvalidFields
from storage.rules.terms import Direction, Kind, Role
from tests.storage.editing.conftest import A1, KPI1, O1, Office, office

__all__ = ["office"]

MONTHS = tuple(date(2026, month, 1) for month in range(1, 13))


def save(uow: UnitOfWork, office: Office, kind: Kind, **typed: str | list[str] | None) -> Saved:
    members = {"U0001": office.lead.member_id, "U0004": office.guest.member_id}
    sent = Sent(Form(typed), members, "en-US")
    saved = items.save(uow, office.lead.member_id, FormKey(kind=kind), sent)
    assert isinstance(saved, Saved)
    return saved


@pytest.fixture
def lead(office: Office) -> Office:
    """The office whose lead holds the role in the record, too."""
    with office.work() as uow:
        uow.roles.grant(office.lead.member_id, Role.STRATEGY_LEAD, by_id=None, at=uow.now)
    return office


@pytest.mark.parametrize(
    ("kind", "typed", "name", "sentence"),
    [
        (Kind.ANNUAL_OBJECTIVE, {"title": "x" * 600}, "title", "600 characters; at most 500 fit"),
        (Kind.ANNUAL_OBJECTIVE, {"title": "A", "due_on": "2026-02-01"}, "due_on", "over already"),
        (Kind.ANNUAL_OBJECTIVE, {"title": "A", "due_on": "soon"}, "due_on", "“soon” is no day"),
        (
            Kind.ANNUAL_OBJECTIVE,
            {"title": "A", "parent": "B-1", "due_on": "2030-01-01"},
            "due_on",
            "lies within",
        ),
        (
            Kind.ANNUAL_OBJECTIVE,
            {"title": "nps  from 60 to 75", "parent": "B-1"},
            "title",
            "A-1 is called that already",
        ),
        (Kind.ANNUAL_OBJECTIVE, {"title": "A", "owner": "U0004"}, "owner", "is a guest here"),
        (Kind.ANNUAL_OBJECTIVE, {"title": "A", "owner": "U0009"}, "owner", "not known here"),
        (Kind.ANNUAL_OBJECTIVE, {"title": "A", "parent": "O-1"}, "parent", "Choose a breakthrough, an"),
        (Kind.ANNUAL_OBJECTIVE, {"title": "A", "parent": "B-77"}, "parent", "no such item"),
        (Kind.ANNUAL_OBJECTIVE, {"title": "A", "team": "x"}, "team", "none of the choices"),
        (Kind.KEY_RESULT, {"title": "A", "parent": "O-1", "baseline": "7"}, "target", "Which value"),
        (
            Kind.KEY_RESULT,
            {"title": "A", "parent": "O-1", "baseline": "x", "target": "1"},
            "baseline",
            "not a number",
        ),
        (Kind.KPI, {"title": "A", "direction": "sideways"}, "direction", "none of the choices"),
        (Kind.KPI, {"title": "A", "direction": "maintain"}, "band_low", "needs a band"),
        (Kind.KPI, {"title": "A", "aliases": "Net promoter score"}, "aliases", "KPI-1 is called that"),
        (Kind.INITIATIVE, {"title": "A", "progress": "140"}, "progress", "between 0 and 100"),
    ],
)
def test_every_bad_input_is_told_by_its_name(
    lead: Office, kind: Kind, typed: dict[str, str], name: str, sentence: str
) -> None:
    with pytest.raises(Invalid, match=sentence) as refused, lead.work() as uow:
        save(uow, lead, kind, **typed)
    error = refused.value
    assert name in (error.sentences if isinstance(error, InvalidFields) else {error.field})
    with lead.work() as uow:
        assert len(uow.picture().graph.nodes) == 6


def test_a_key_result_takes_from_its_kpi_what_was_not_typed(lead: Office) -> None:
    with lead.work() as uow:
        saved = save(
            uow,
            lead,
            Kind.KEY_RESULT,
            title="NPS up",
            parent="O-1",
            measure="KPI-1",
            baseline="60",
            target="65",
        )
    assert (saved.node.unit, saved.node.measure, saved.node.target) == ("points", KPI1, Decimal(65))


def test_less_is_better_where_the_target_lies_below_the_baseline(lead: Office) -> None:
    with lead.work() as uow:
        saved = save(
            uow, lead, Kind.KPI, title="Scrap", unit="%", baseline="4", target="2", aliases="Waste\nRejects"
        )
    assert saved.node.direction is Direction.DECREASE
    with lead.work() as uow:
        assert uow.picture().graph.aliases[saved.node.ref] == ("Rejects", "Waste")


def test_a_form_that_was_not_changed_changes_nothing(lead: Office) -> None:
    with lead.work() as uow:
        form = items.open_edit(uow, lead.lead.member_id, A1)
        whole = items.redraw(uow, lead.lead.member_id, form.key.but(is_whole=True), Form())
        typed = {
            name: list(value) if isinstance(value, tuple) else value or None
            for name, value in whole.values.items()
        }
        saved = items.save(uow, lead.lead.member_id, whole.key, Sent(Form(typed), {}, "en-US"))
    assert isinstance(saved, Saved)
    assert saved.told == ()


def test_an_owner_who_is_not_in_slack_stays_where_the_menu_is_empty(lead: Office) -> None:
    with lead.work() as uow:
        uow.members.get(lead.owner.member_id).slack_user_id = None
        form = items.open_edit(uow, lead.lead.member_id, O1)
        assert form.values["owner"] == ""
        assert form.unseen["owner"].startswith("Person")
        items.save(
            uow, lead.lead.member_id, form.key, Sent(Form({"title": "New", "owner": None}), {}, "en-US")
        )
        assert uow.picture().graph.nodes[O1].owner_id == lead.owner.member_id


@given(st.text(max_size=60))
def test_no_button_and_no_words_break_the_readers(text: str) -> None:
    for reader in (AddKey.unpack, links.read_link):
        with contextlib.suppress(DomainError):
            reader(text)


@pytest.mark.parametrize("key", [AddKey(), AddKey(Kind.KPI, A1, 7), AddKey(parent=O1), AddKey(plan_id=3)])
def test_what_a_button_adds_comes_back_as_it_was_packed(key: AddKey) -> None:
    assert AddKey.unpack(key.pack()) == key


def test_months_are_read_as_lines_or_as_bare_figures() -> None:
    lines = steps.read_months("Jan 2026: 61,5\n2026-03 62\nMay 2026:", MONTHS, "points", "de-DE")
    assert lines == {date(2026, 1, 1): Decimal("61.5"), date(2026, 3, 1): Decimal(62)}
    bare = steps.read_months("\n".join(map(str, range(12))), MONTHS, "", "en-US")
    assert bare[date(2026, 12, 1)] == 11


@pytest.mark.parametrize("text", ["Jan 2027: 5", "61\n62", "some time: 7"])
def test_a_line_of_no_month_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="names no month of the plan"):
        steps.read_months(text, MONTHS, "", "en-US")
