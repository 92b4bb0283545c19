from datetime import timedelta
from decimal import Decimal

import pytest

from bot.okr import importing, viewing
from bot.okr.blocks import recorded_message
from bot.okr.facts import Change
from bot.okr.pages import board_message, overview_message, page_message
from bot.okr.viewing import ItemPage
from storage import intake
from storage.database import UnitOfWork
from storage.editing import change_item
from storage.intake import Given
from storage.repositories.reports import ReportLine
from storage.rules.access import Viewer
from storage.rules.catchball import BallState
from storage.rules.errors import Invalid, NotFound
from storage.rules.finding import Several
from storage.rules.terms import ItemState, Kind, Role
from storage.tables import Catchball
from tests import factories
from tests.bot.okr.office import Office


def test_the_list_shows_each_objective_once_where_it_concerns_the_person_most(office: Office) -> None:
    with office.unit_of_work() as uow:
        other = factories.objective(uow, title="Elsewhere", owner_id=None)
        stranger = factories.member(uow)
        mine, teams = viewing.overview(uow, office.ben.id), viewing.overview(uow, office.chen.id)
        assert viewing.overview(uow, stranger.id).is_empty
        viewing.follow(uow, stranger.id, f"O-{other.number}")
        followed = viewing.overview(uow, stranger.id)
    assert [shown.reference for shown, _ in mine.mine.objectives] == ["O-1"]
    assert mine.team.objectives == ()
    assert [shown.reference for shown, _ in teams.team.objectives] == ["O-1"]
    assert [[one.reference for one in below] for _, below in teams.team.objectives] == [["KR-1", "KR-2"]]
    assert [shown.reference for shown, _ in followed.followed.objectives] == ["O-2"]


def test_an_item_is_shown_with_its_line_of_sight_and_history(office: Office) -> None:
    office.says(office.ana, "KR-1 76 c6 first")
    office.says(office.ana, "KR-1 78 c8 routing done")
    with office.unit_of_work() as uow:
        page = viewing.show(uow, office.ben.id, "KR-1")
    assert [line.note for line in page.history if isinstance(line, ReportLine)] == ["routing done", "first"]
    assert (page.shown.note, page.shown.owner, page.shown.team) == (
        "routing done",
        "Ana Ruiz",
        "Customer Service",
    )
    assert [shown.reference for shown in page.above] == ["O-1", "A-1"]
    assert not page.may_update
    text = str(page_message(page, "en-US", "UTC").blocks)
    assert "76 % → 78 %" in text
    assert "routing done" in text


def test_the_history_of_a_kpi_shows_what_systems_and_files_brought(office: Office) -> None:
    with office.unit_of_work() as uow:
        key = intake.make_key(
            uow, Viewer(member_id=office.chen.id, granted=frozenset({Role.ADMIN})), name="nightly"
        )
        intake.take_readings(
            uow, key, "KPI-1", [Given(Decimal(62), "2026-01"), Given(Decimal(63), "2026-02")]
        )
    office.clock.advance(timedelta(minutes=1))
    with office.unit_of_work() as uow:
        content = b"KPI-1,2025-12,58,\nKPI-1,2026-01,61,after the recount"
        importing.bring(uow, office.chen.id, "kpis.csv", content, "en-US", dry_run=False)
    office.clock.advance(timedelta(minutes=1))
    office.says(office.chen, "KPI-1 64 c7 looks good")
    with office.unit_of_work() as uow:
        pages = [viewing.show(uow, office.ben.id, reference) for reference in ("KPI-1", "KR-2")]
    shown = [str(page_message(page, "en-US", "UTC").blocks) for page in pages]
    assert "looks good" in shown[0]
    assert "CSV · Chen Wei · December 2025: *58 points*" in shown[0].replace("\xa0", " ")
    assert "Chen Wei · CSV · " in shown[0]
    assert "after the recount" in shown[0]
    # A key result that reads the KPI shows what was sent, too.
    for text in shown:
        assert "API · 2 figures, the newest for February 2026: *63 points*" in text.replace("\xa0", " ")


def test_cards_and_the_board_show_where_the_confidence_went(office: Office) -> None:
    for confidence in (9, 8, 8, 6, 4):
        office.says(office.ana, f"KR-1 c{confidence}")
        office.clock.advance(timedelta(minutes=1))
    office.says(office.ben, "KR-2 c7")
    with office.unit_of_work() as uow:
        page = viewing.show(uow, office.ben.id, "KR-1")
        above = viewing.show(uow, office.ben.id, "O-1")
        columns = viewing.board(uow, office.ben.id)
        mine = viewing.overview(uow, office.ben.id)
    trail = "confidence 8 → 6 → 4 ↓"
    assert trail in str(page_message(page, "en-US", "UTC").blocks)
    assert trail in str(overview_message(mine, "en-US").blocks)
    # An objective shows its least sure key result's.
    assert f"KR-1 {trail}" in str(board_message(columns, "en-US").blocks)
    assert f"KR-1 {trail}" in str(page_message(above, "en-US", "UTC").blocks[0])


def test_following_twice_is_not_following(office: Office) -> None:
    with office.unit_of_work() as uow:
        assert viewing.follow(uow, office.chen.id, "KR-1").is_followed
        assert not viewing.follow(uow, office.chen.id, "KR-1").is_followed


def test_what_is_not_there_is_told_and_what_words_fit_is_offered(office: Office) -> None:
    with office.unit_of_work() as uow:
        factories.objective(uow, title="Answer faster")
        factories.initiative(uow, title="Redesign call routing")
        with pytest.raises(NotFound, match="There is no KR-99 here"):
            viewing.find(uow, office.ana.id, "KR-99")
        with pytest.raises(NotFound, match="Nothing here is called “zzz”"):
            viewing.find(uow, office.ana.id, "zzz")
        with pytest.raises(
            Invalid, match=r"I-1 is an initiative\. Name an objective, a key result or a KPI\."
        ):
            viewing.find(uow, office.ana.id, "I-1")
        found = viewing.find(uow, office.ana.id, "answer")
        assert isinstance(found, Several)
        assert [node.reference for node in found.nodes] == ["O-1", "O-2"]
        page = viewing.find(uow, office.ana.id, "first-contact")
    assert isinstance(page, ItemPage)
    assert page.shown.reference == "KR-1"


def test_the_board_has_a_column_for_every_state(office: Office) -> None:
    with office.unit_of_work() as uow:
        for state in (ItemState.DRAFT, ItemState.CLOSED, ItemState.ARCHIVED):
            factories.objective(uow, title=str(state), state=state)
        columns = viewing.board(uow, office.ana.id)
    assert [(str(column.state), [shown.reference for shown in column.objectives]) for column in columns] == [
        ("draft", ["O-2"]),
        ("in catchball", []),
        ("active", ["O-1"]),
        ("closed", ["O-3"]),
    ]
    assert "1 draft, 0 in catchball, 1 active, 1 closed" in board_message(columns, "en-US").text


def test_a_board_without_okrs_says_what_belongs_there(office: Office) -> None:
    with office.unit_of_work() as uow:
        guest = factories.member(uow, is_guest=True)
        told = board_message(viewing.board(uow, guest.id), "en-US").text
    assert told == "There is no OKR yet that you may see. Whoever may write one does so by `/okr new`."


def test_an_objective_that_is_no_more_or_not_yet_active_stands_by_its_own_key_results(office: Office) -> None:
    with office.unit_of_work() as uow:
        factories.key_result(uow, state=ItemState.DRAFT, objective_id=_draft(uow))
        for row in (
            uow.okrs.get_objective(office.objective.id),
            uow.okrs.get_key_result(office.resolution.id),
        ):
            row.state = ItemState.CLOSED
        uow.okrs.get_key_result(office.reading_kpi.id).state = ItemState.CLOSED
    with office.unit_of_work() as uow:
        closed, drafted = (viewing.show(uow, office.ana.id, one).shown.standing for one in ("O-1", "O-2"))
    assert closed.reason.startswith("KR-2 is off track: 0 % of the way")
    assert closed.progress == Decimal("0.2")
    assert drafted.reason == "KR-3 is not started: No figure yet."


def _draft(uow: UnitOfWork) -> int:
    return factories.objective(uow, state=ItemState.DRAFT).id


def test_an_active_objective_that_is_thrown_shows_that_it_is_in_catchball(office: Office) -> None:
    with office.unit_of_work() as uow:
        ball = Catchball(
            workspace_id=uow.workspace_id,
            number=1,
            kind=Kind.OBJECTIVE,
            state=BallState.THROWN,
            proposer_id=office.ana.id,
            item_kind=Kind.OBJECTIVE,
            item_id=office.objective.id,
            channel_id="C1",
        )
        uow.catchballs.add(ball)
        columns = viewing.board(uow, office.ana.id)
        page = viewing.show(uow, office.ben.id, "O-1")
    assert [len(column.objectives) for column in columns] == [0, 1, 0, 0]
    assert "⇄ in catchball" in str(page_message(page, "en-US", "UTC").blocks[0])
    # Its key results take figures all the same.
    office.says(office.ana, "KR-1 75")


def test_a_person_without_any_is_told_what_belongs_here(office: Office) -> None:
    with office.unit_of_work() as uow:
        nothing = viewing.overview(uow, factories.member(uow).id)
    assert "No OKR is yours yet" in overview_message(nothing, "en-US").text


def test_a_guest_is_not_offered_to_write_one(office: Office) -> None:
    with office.unit_of_work() as uow:
        guest = factories.member(uow, is_guest=True)
        told = overview_message(viewing.overview(uow, guest.id), "en-US")
    assert told.text == (
        "No OKR is yours yet, and your team has none. Once someone names you in one, it stands here."
    )


def test_the_thread_is_offered_where_an_item_is_met(office: Office) -> None:
    recorded = office.says(office.ana, "KR-1 78 8 routing done")
    with office.unit_of_work() as uow:
        board = board_message(viewing.board(uow, office.ana.id), "en-US")
        page = page_message(viewing.show(uow, office.ana.id, "O-1"), "en-US", "UTC")
    assert "Discuss KR-1 in a thread" in str(recorded_message(recorded, "en-US").blocks)
    assert "discuss O-1" in str(board.blocks)
    [row] = [block["elements"] for block in page.blocks if block["type"] == "actions"]
    assert [button.get("text", {}).get("text") for button in row] == [
        "Add a key result",
        "Discuss",
        "Throw as catchball",
        "The whole card",
        None,
    ]


def test_the_history_tells_who_changed_what_and_why(office: Office) -> None:
    office.says(office.ana, "KR-1 78 c8 routing done")
    with office.unit_of_work() as uow:
        viewer = uow.roles.get_viewer(office.ana.id)
        change_item(uow, viewer, (Kind.KEY_RESULT, 1), {"target": Decimal(85)}, reason="The market moved")
    with office.unit_of_work() as uow:
        page = viewing.show(uow, office.ben.id, "KR-1")
    [change] = [one for one in page.history if isinstance(one, Change)]
    assert (change.name, change.what, change.why) == ("Ana Ruiz", "target 80 → 85", "The market moved")
    assert "target 80 → 85 · “The market moved”" in str(page_message(page, "en-US", "UTC").blocks)


def test_an_objective_with_forty_key_results_says_where_all_of_them_stand(office: Office) -> None:
    with office.unit_of_work() as uow:
        for number in range(38):
            factories.key_result(uow, objective_id=office.objective.id, title=f"Measure {number}")
    with office.unit_of_work() as uow:
        page = page_message(viewing.show(uow, office.ana.id, "O-1"), "en-US", "UTC")
        listed = overview_message(viewing.overview(uow, office.ana.id), "en-US")
    assert "all 40 → `/hoshin tree O-1`" in str(page.blocks)
    assert "all 40 → Open" in str(listed.blocks)


def test_an_item_is_shown_with_its_pace_and_where_it_ends_at_this_rate(office: Office) -> None:
    office.says(office.ana, "KR-1 76")
    with office.unit_of_work() as uow:
        page = viewing.show(uow, office.ana.id, "KR-1")
        objective = viewing.show(uow, office.ana.id, "O-1")
    shown = str(page_message(page, "en-US", "UTC").blocks)
    assert "ahead of the line. At this rate it ends at " in shown
    assert "which reaches the target." in shown
    assert (objective.pace, objective.forecast) == (None, None)
