"""Every view of the plan on the worked example: what stands in it, and that Slack takes it."""

import re
from datetime import date, timedelta
from typing import Any

import pytest

from bot import ids
from bot.answers import Message
from bot.answers import View as BlockView
from bot.linting import go_through
from bot.strategy import service
from bot.strategy.arguments import View, parse_view
from bot.strategy.blocks import bowling, card, lint, matrix, overview, scorecard, tree
from bot.strategy.blocks.lines import which
from bot.strategy.facts import Choice
from storage import editing
from storage.database import UnitOfWork
from storage.editing.people import set_supporters
from storage.editing.steps import add_step, change_step
from storage.rules.catchball import BallState
from storage.rules.errors import Invalid, NotFound
from storage.rules.graph import Node
from storage.rules.terms import Kind, PlanState, Strength
from storage.tables.catchball import Catchball
from tests import factories
from tests.bot.strategy.conftest import ANA, Norden, words

I1 = (Kind.INITIATIVE, 1)


def show(norden: Norden, text: str, who: str = "ana") -> str:
    return words(card.shown(norden.read(service.show, who, parse_view(text)), ANA))


def test_the_card_of_a_key_result_shows_where_it_stands_and_what_it_is_for(norden: Norden) -> None:
    shown = show(norden, "kr-3")
    assert "*KR-3 · First-contact resolution*" in shown
    assert "70 % → *74 %* → 80 %, improving" in shown
    assert "for O-2 Answer right the first time → A-1 Improve NPS from 60 to 75" in shown
    assert "*Measured by*\nKPI-2 First-contact resolution" in shown
    assert "import" in shown
    assert "added" in shown


def test_the_card_of_an_initiative_shows_its_steps_with_both_dates(norden: Norden) -> None:
    with norden.work() as uow:
        viewer = uow.roles.get_viewer(norden.people["jonas"])
        due_on = date(2026, 3, 1)
        stepped = add_step(uow, viewer, I1, "Map the calls", owner_id=norden.people["ana"], due_on=due_on)
        change_step(uow, viewer, stepped.step.id, {"due_on": date(2026, 3, 8)})
        set_supporters(uow, viewer, I1, [norden.people["mei"]])
    shown = show(norden, "I-1")
    assert "○ Map the calls\n  Ana Ruiz · due 8 Mar, first 1 Mar" in shown
    assert "*Supporting*\nMei Lin Tan" in shown


def test_the_history_says_who_when_what_and_why(norden: Norden) -> None:
    with norden.work() as uow:
        viewer = uow.roles.get_viewer(norden.people["ingrid"])
        editing.change_item(uow, viewer, (Kind.KEY_RESULT, 4), {"target": 250}, reason="Two *more* shelves")
    shown = show(norden, "KR-4")
    assert "Ingrid Solberg: target 200 → 250 – Two ∗more∗ shelves" in shown


def test_the_card_quotes_the_last_note_whoever_left_it_and_wherever(norden: Norden) -> None:
    monday = norden.clock.now()
    with norden.work() as uow:
        kr = (Kind.KEY_RESULT, uow.picture().graph.nodes[Kind.KEY_RESULT, 3].id)
        for who, note, confidence in (("ana", "Asked *all* teams", 5), ("mei", "", 7)):
            factories.report(
                uow, kr, member_id=norden.people[who], note=note, confidence=confidence, confidence_before=4
            )
    norden.clock.jump_to(monday + timedelta(days=2))
    assert "“Asked ∗all∗ teams”" in show(norden, "KR-3")
    assert "confidence 5 → 7 ↑" in show(norden, "KR-3")
    with norden.work() as uow:
        factories.report(uow, kr, member_id=norden.people["sara"], note="Routing is live")
    assert "“Routing is live”" in show(norden, "KR-3")
    assert "“Asked ∗all∗ teams”" in show(norden, f"KR-3 as of {monday.date()}")


def test_words_that_fit_several_items_offer_them(norden: Norden) -> None:
    found = norden.read(service.show, "ana", View("customer"))
    assert isinstance(found, Choice)
    shown = words(which(found, ids.STRATEGY_SHOW, ANA))
    assert "B-1 Be the pump maker that customers recommend most" in shown


def test_the_tree_shows_as_many_levels_as_fit_and_the_rest_by_a_press(norden: Norden) -> None:
    place = norden.read(service.place, "ana", View(""))
    shown = words(tree.tree(place, ANA))
    assert "  ▲ A-1 Improve NPS from 60 to 75\n        13 % · Ana Ruiz" in shown
    assert "+2 below" in shown
    assert "All 25 →" in shown
    whole = words(tree.whole_tree(place, 0))
    assert "KR-10 Field reports" in whole
    assert "Diego Santos" in whole


def test_the_line_of_sight_ends_at_the_vision(norden: Norden) -> None:
    shown = words(tree.sight(norden.read(service.place, "ana", View("KR-3")), ANA))
    places = [shown.index(part) for part in ("*KR-3*", "↑  ", "*O-2*", "*A-1*", "*B-1*", "*D-1*", "*Vision*")]
    assert places == sorted(places)
    assert "recommend first" in shown


def test_the_line_of_sight_of_an_idea_begins_with_what_it_serves(norden: Norden) -> None:
    with norden.work() as uow:
        kr = uow.picture().graph.nodes[Kind.KEY_RESULT, 3]
        factories.idea(uow, number=7, title="Shelve by <row>", serves_kind=kr.kind, serves_id=kr.id)
        factories.idea(uow, number=8, title="Paint the hall")
        guest = factories.member(uow, is_guest=True).id
    shown = words(tree.sight(norden.read(service.line_of_sight, "ana", View("k-7")), ANA))
    parts = ("Why K-7?", "*K-7* Shelve by &lt;row&gt;", "*KR-3*", "*O-2*", "*B-1*", "*Vision*")
    assert [shown.index(part) for part in parts] == sorted(shown.index(part) for part in parts)
    unlinked = words(tree.sight(norden.read(service.line_of_sight, "ana", View("K-8")), ANA))
    assert "linked to nothing of the plan that you see" in unlinked
    with norden.work() as uow:
        viewer = uow.roles.get_viewer(norden.people["ingrid"])
        editing.change_item(uow, viewer, (Kind.OBJECTIVE, 2), {"is_restricted": True})
    hidden = words(tree.sight(norden.read(service.line_of_sight, "sara", View("K-7")), ANA))
    assert "KR-3" not in hidden
    with norden.work() as uow, pytest.raises(NotFound, match="There is no K-7"):
        service.line_of_sight(uow, guest, View("K-7"))
    with pytest.raises(NotFound, match="There is no K-9"):
        norden.read(service.line_of_sight, "ana", View("K-9"))


def test_the_x_matrix_has_arms_corners_people_and_what_was_suggested(norden: Norden) -> None:
    with norden.work() as uow:
        refs = {node.ref: node.id for node in uow.picture().graph.nodes.values()}
        uow.marks.put(
            (Kind.INITIATIVE, refs[Kind.INITIATIVE, 1]),
            (Kind.KPI, refs[Kind.KPI, 2]),
            Strength.MEDIUM,
            is_confirmed=False,
            member_id=None,
        )
    found = norden.read(service.matrix, "jonas", View(""))
    message = matrix.matrix(found, ANA)
    shown = words(message)
    assert "B-1 B-2" in shown
    assert "A-1 ◎   ·" in shown
    assert "○?" in shown
    assert "Suggested: ○ medium between *I-1" in shown
    assert "● I-1" in shown
    with norden.work() as uow:
        service.decide(uow, norden.people["jonas"], (Kind.INITIATIVE, 1), (Kind.KPI, 2), agrees=True)
    left = norden.read(service.matrix, "jonas", View("")).decidable
    assert ((Kind.INITIATIVE, 1), (Kind.KPI, 2)) not in left


def test_a_team_has_a_matrix_of_its_own(norden: Norden) -> None:
    shown = words(matrix.matrix(norden.read(service.matrix, "ana", View("operations")), ANA))
    assert "X-matrix of Operations" in shown
    assert "A-2 Raise on-time delivery" in shown
    assert "A-1" not in shown


def test_the_scorecard_goes_from_cause_to_effect(norden: Norden) -> None:
    shown = words(scorecard.scorecard(norden.read(service.scorecard, "ana", View("")), ANA))
    places = [
        shown.index(f"*{name}*")
        for name in ("Learning and growth", "Internal processes", "Customer", "Financial")
    ]
    assert places == sorted(places)
    assert "KPI-7 Service skills covered by" in shown
    assert "2 % to 6 %" in shown


def test_the_map_shows_the_reader_s_own_work(norden: Norden) -> None:
    shown = words(scorecard.work_map(norden.read(service.find_work, "ana"), ANA))
    assert "OKRs drive focus" in shown
    assert "You: " in shown
    assert "*KR-3*" in shown


def test_lint_groups_its_findings_and_offers_the_form_to_those_who_may(norden: Norden) -> None:
    assert "Nothing is wrong" in words(lint.linted(norden.read(service.go_through, "ingrid"), ANA))
    with norden.work() as uow:
        viewer = uow.roles.get_viewer(norden.people["ingrid"])
        for _ in range(2):
            editing.add_item(uow, viewer, Kind.BREAKTHROUGH, {"title": "Grow <fast>"})
    shown = words(lint.linted(norden.read(service.go_through, "ingrid"), ANA))
    assert shown.count("stands under") == 0
    assert "■ *L02 · A breakthrough without an annual objective*  error" in shown
    assert "• B-3 Grow &lt;fast&gt; has no annual objective." in shown
    assert "▲ *L17 · Too many breakthroughs*  warning" in shown
    assert "Edit B-3" in shown
    assert "Edit B-3" not in words(lint.linted(norden.read(service.go_through, "mei"), ANA))


def test_lint_counts_the_vital_few_as_the_workspace_has_set_them(norden: Norden) -> None:
    with norden.work() as uow:
        uow.settings.change({"thresholds": {"most_breakthroughs": "1", "most_covered": "100"}})
    shown = words(lint.linted(norden.read(service.go_through, "ingrid"), ANA))
    assert "The plan has 2 breakthrough objectives; the vital few are at most 1." in shown
    assert "L17" in go_through(norden.database, norden.clock).as_text()


def test_the_overview_tells_the_step_and_guests_nothing(norden: Norden) -> None:
    shown = overview.overview(norden.read(service.overview, "ana"), ANA)
    text = "\n".join(block["text"]["text"] for block in shown if "text" in block)
    assert "Step 4 of 7" in text
    assert "6 Monthly review  _not begun_" in text
    offered = ["Scorecard", "Bowling chart", "What is wrong with it", "Add to the plan"]
    assert [one for one in [*offered, "Set-up"] if one in words(Message("", tuple(shown)))] == offered
    lead = overview.overview(norden.read(service.overview, "ingrid"), ANA)
    assert "Set-up" in words(Message("", tuple(lead)))
    with norden.work() as uow:
        guest = factories.member(uow, is_guest=True).id
        assert service.overview(uow, guest) is None


def test_a_guest_without_items_is_told_why_they_see_nothing(norden: Norden) -> None:
    with norden.work() as uow:
        norden.people["gia"] = factories.member(uow, is_guest=True).id
    view = parse_view("")
    assert "Nothing of the plan is yours yet." in words(
        tree.tree(norden.read(service.place, "gia", view), ANA)
    )
    framed = norden.read(service.matrix, "gia", view)
    assert "Nothing of the plan is yours yet." in words(matrix.matrix(framed, ANA))
    panes = norden.read(service.scorecard, "gia", view)
    assert words(scorecard.scorecard(panes, ANA)).count("None of the KPIs that are yours measures it.") == 4


def test_deployment_is_complete_once_every_annual_objective_is_agreed_or_says_why_not(norden: Norden) -> None:
    def step() -> tuple[str, str]:
        found = norden.read(service.overview, "ana").phases.phases[3]
        return str(found.state), found.evidence

    assert step()[0] == "under way"
    with norden.work() as uow:
        goals = uow.picture().graph.of_kind(Kind.ANNUAL_OBJECTIVE)
        for number, goal in enumerate(goals[1:], start=1):
            _agreed(
                uow,
                goal,
                norden.people["ana"],
                number,
                BallState.DEPLOYED if number > 1 else BallState.AGREED,
            )
        _agreed(uow, goals[0], norden.people["ana"], 90, BallState.DECLINED)
    assert step() == (
        "under way",
        "2 of 3 annual objectives are agreed in catchball; 3 have work below them.",
    )
    with norden.work() as uow:
        viewer = uow.roles.get_viewer(norden.people["ingrid"])
        editing.change_item(uow, viewer, goals[0].ref, {"not_deployed_reason": "The board alone"})
    assert step()[0] == "complete"


def _agreed(uow: UnitOfWork, goal: Node, member_id: int, number: int, state: BallState) -> None:
    uow.session.add(
        Catchball(
            workspace_id=uow.workspace_id,
            number=number,
            kind=goal.kind,
            state=state,
            proposer_id=member_id,
            item_kind=goal.kind,
            item_id=goal.id,
            channel_id="C1",
        )
    )


HOSTILE = (
    "*Grow* <!channel> _fast_ & `well` ~or~ <https://evil.example|click>",
    "نمو المبيعات في الجنوب",
    "a\u202etxt.exe\u202c b",
    "🚀🚀 👩‍👩‍👧 :tada: zu\u0308rich",
    "```\u200b | --- | ◎",
)


@pytest.mark.parametrize("title", HOSTILE)
def test_whatever_a_title_holds_every_view_shows_it_as_typed_and_pings_nobody(
    norden: Norden, title: str
) -> None:
    with norden.work() as uow:
        viewer = uow.roles.get_viewer(norden.people["ingrid"])
        for kind, number in (("BREAKTHROUGH", 1), ("ANNUAL_OBJECTIVE", 1), ("KEY_RESULT", 3), ("KPI", 2)):
            editing.change_item(uow, viewer, (Kind[kind], number), {"title": title}, reason=title)
        editing.add_item(uow, viewer, Kind.BREAKTHROUGH, {"title": title})
        add_step(uow, viewer, I1, title, owner_id=norden.people["ana"], due_on=date(2026, 3, 1))
    ask, on = norden.read, View("")
    drawn: list[Message | BlockView] = [
        *(
            card.shown(ask(service.show, "ana", View(one)), ANA)
            for one in ("B-1", "A-1", "KR-3", "KPI-2", "I-1")
        ),
        tree.tree(ask(service.place, "ana", on), ANA),
        tree.whole_tree(ask(service.place, "ana", on), 0),
        tree.sight(ask(service.line_of_sight, "ana", View("KR-3")), ANA),
        matrix.matrix(ask(service.matrix, "ana", on), ANA),
        scorecard.scorecard(ask(service.scorecard, "ana", on), ANA),
        scorecard.work_map(ask(service.find_work, "ana"), ANA),
        lint.linted(ask(service.go_through, "ingrid"), ANA),
    ]
    found = ask(service.show, "ana", View("b"))
    assert isinstance(found, Choice)
    drawn.append(which(found, ids.STRATEGY_SHOW, ANA))
    for one in drawn:
        assert "\u202e" not in words(one)
        blocks = list(one.blocks) if isinstance(one, Message) else one["blocks"]
        for text in _markup([*blocks, *overview.overview(ask(service.overview, "ana"), ANA)]):
            # What stands in fixed width is drawn as it is, stars and all.
            outside = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
            assert not {"*Grow*", "_fast_"} & set(outside.split())
            assert not any(broken in text for broken in ("<!channel>", "|click>"))


def _markup(part: Any) -> list[str]:
    if isinstance(part, dict):
        own = [part["text"]] if part.get("type") == "mrkdwn" else []
        return own + [text for value in part.values() for text in _markup(value)]
    return [text for one in part for text in _markup(one)] if isinstance(part, list | tuple) else []


def test_a_past_day_shows_the_plan_as_it_was(norden: Norden) -> None:
    norden.clock.jump_to(norden.clock.now() + timedelta(days=3))
    with norden.work() as uow:
        viewer = uow.roles.get_viewer(norden.people["ingrid"])
        editing.change_item(uow, viewer, (Kind.ANNUAL_OBJECTIVE, 1), {"title": "Be loved"})
    assert "A-1 · Be loved" in show(norden, "A-1")
    then = show(norden, "A-1 as of 2026-02-09")
    assert "A-1 · Improve NPS" in then
    assert "end of *9 February 2026*" in then
    with pytest.raises(Invalid, match="lies ahead"):
        show(norden, "A-1 as of 2026-03-09")


def test_what_is_restricted_is_not_there_for_others_in_any_view(norden: Norden) -> None:
    with norden.work() as uow:
        viewer = uow.roles.get_viewer(norden.people["ingrid"])
        editing.change_item(uow, viewer, (Kind.OBJECTIVE, 3), {"is_restricted": True})
    norden.clock.jump_to(norden.clock.now() + timedelta(days=1))
    for text in ("O-3", "KR-6", "KR-7", "O-3 as of 2026-02-09"):
        with pytest.raises(NotFound, match="There is no"):
            show(norden, text, "sara")
    everything = words(tree.whole_tree(norden.read(service.place, "sara", View("")), 0))
    assert "O-3" not in everything
    assert "O-3" in words(tree.whole_tree(norden.read(service.place, "jonas", View("")), 0))
    assert (
        "KR-"
        not in norden.read(service.place, "sara", View("A-2"))
        .scene.standings[Kind.ANNUAL_OBJECTIVE, 2]
        .reason
    )


def test_an_item_of_an_archived_plan_is_shown_from_that_plan(norden: Norden) -> None:
    with norden.work() as uow:
        old = factories.plan(
            uow, state=PlanState.ARCHIVED, starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31)
        )
        factories.driver(uow, plan_id=old.id, number=77, title="The old reason")
    assert "The old reason" in show(norden, "D-77")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A-1", View("A-1")),
        ("  first   contact ", View("first contact")),
        ("A-1 as of 2026-03-01", View("A-1", date(2026, 3, 1))),
        ("--as-of 2026-03-01 A-1", View("A-1", date(2026, 3, 1))),
        ("A-1 —as-of=2026-03-01", View("A-1", date(2026, 3, 1))),
        ("as of 2026-03-01", View("", date(2026, 3, 1))),
        ("basic as of", View("basic as of")),
    ],
)
def test_what_is_typed_behind_a_view_is_read(text: str, expected: View) -> None:
    assert parse_view(text) == expected
    assert parse_view(expected.text()) == expected


def test_a_day_that_is_none_is_refused() -> None:
    with pytest.raises(Invalid, match="“yesterday” is not a day"):
        parse_view("A-1 as of yesterday")


def test_the_bowling_chart_shows_plan_and_actual_by_month(norden: Norden) -> None:
    shown = words(bowling.bowling(norden.read(service.bowling, "ana", parse_view("kpi-1")), ANA))
    assert "*KPI-1 Net promoter score*\nAna Ruiz · jump-off 60 points · full year 75 points" in shown
    assert "Jan 26   61     62 ●" in shown
    assert "Feb 26   61      — ·" in shown
    assert "Last     61     62 ●" in shown
    by_goal = norden.read(service.bowling, "ana", parse_view("A-1"))
    assert by_goal.charts[0].kpi.reference == "KPI-1"


def test_the_bowling_charts_of_all_kpis_are_a_sign_a_month(norden: Norden) -> None:
    shown = words(bowling.bowling(norden.read(service.bowling, "ana", parse_view("")), ANA))
    assert shown.count("KPI-") == 8 + 1
    assert "●···········" in shown
    with pytest.raises(Invalid, match="measured by no KPI"):
        norden.read(service.bowling, "ana", parse_view("B-1"))
    with pytest.raises(Invalid, match="Leave the day out"):
        norden.read(service.bowling, "ana", parse_view("as of 2026-02-01"))
