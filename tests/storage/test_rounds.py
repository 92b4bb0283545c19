"""What a round of asking reads and writes: claimed once, under unique keys, many rows at a time."""

from datetime import date, timedelta

from storage.repositories.rounds import PromptLine, QuestionLine, Span, TeamWeek
from storage.rules.cadence import DateRange
from storage.rules.terms import Direction, Kind, PromptState
from tests import factories
from tests.conftest import UnitsOfWork

WEEK = date(2026, 2, 9)
HOUR = timedelta(hours=1)


def test_due_rows_are_claimed_oldest_first_with_whose_they_are(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        now = uow.now
        late, early = factories.member(uow, zone="Asia/Tokyo"), factories.member(uow, work_days="012")
        second = factories.schedule(uow, late, next_due_at=now)
        first = factories.schedule(uow, early, next_due_at=now - HOUR)
        factories.schedule(uow, factories.member(uow), next_due_at=now + HOUR)
        claimed = uow.rounds.claim_due(now, 9)
        assert [line.schedule_id for line in claimed] == [first.id, second.id]
        assert [line.next_due_at for line in claimed] == [now - HOUR, now]
        assert [line.person.work_days for line in claimed] == ["012", "01234"]
        assert [line.person.zone for line in claimed] == ["UTC", "Asia/Tokyo"]
        assert [line.schedule_id for line in uow.rounds.claim_due(now, 1)] == [first.id]
        uow.rounds.drop([first.id])
        assert uow.schedules.find_next_due_at() == now


def test_rows_move_on_together(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        rows = [factories.schedule(uow, factories.member(uow), next_due_at=uow.now) for _ in range(3)]
        next_week, in_an_hour = (WEEK + timedelta(days=7), uow.now + 7 * 24 * HOUR), (WEEK, uow.now + HOUR)
        uow.rounds.move({next_week: [rows[0].id, rows[2].id], in_an_hour: [rows[1].id]})
    with unit_of_work() as uow:
        found = [uow.schedules.find(row.member_id) for row in rows]
        assert [(one.week_on, one.next_due_at) for one in found if one] == [next_week, in_an_hour, next_week]


def test_another_transactions_claim_is_passed_over(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        if uow.session.get_bind().dialect.name == "sqlite":
            # There a writer has the database to itself, so there is nothing to pass over.
            return
        factories.schedule(uow, factories.member(uow), next_due_at=uow.now)
    with unit_of_work() as first, unit_of_work() as second:
        assert len(first.rounds.claim_due(first.now, 9)) == 1
        assert second.rounds.claim_due(second.now, 9) == []


def test_a_team_has_one_window_a_week_that_can_only_grow(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        which = TeamWeek(factories.team(uow).id, WEEK)
        ends = [uow.now + 3 * HOUR, uow.now + 5 * HOUR, uow.now + HOUR]
        windows = [uow.rounds.ensure_windows({which: Span(uow.now, end)})[which] for end in ends]
        assert {window.id for window in windows} == {windows[0].id}
        assert [window.closes_at for window in windows] == [ends[0], ends[1], ends[1]]


def test_a_window_that_grows_after_its_end_is_open_again(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        window = factories.window(uow, closes_at=uow.now, closed_at=uow.now)
        which = TeamWeek(window.team_id, WEEK)
        again = uow.rounds.ensure_windows({which: Span(uow.now, uow.now + HOUR)})[which]
        assert (again.id, again.closed_at) == (window.id, None)


def test_several_teams_windows_are_found_and_made_at_once(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        known = factories.window(uow, closes_at=uow.now + HOUR)
        here, there = TeamWeek(known.team_id, WEEK), TeamWeek(factories.team(uow).id, WEEK)
        found = uow.rounds.ensure_windows(dict.fromkeys([here, there], Span(uow.now, uow.now + HOUR)))
        assert found[here].id == known.id
        assert (found[there].opens_at, found[there].closes_at) == (uow.now, uow.now + HOUR)
        elsewhere = TeamWeek(there.team_id, WEEK + timedelta(days=7))
        assert set(uow.rounds.find_windows([here, there, elsewhere])) == {here, there}


def test_a_second_prompt_in_a_window_is_not_added(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        first, fresh = factories.prompt(uow), factories.member(uow)
        line = PromptLine(
            id=0,
            window_id=first.window_id,
            member_id=first.member_id,
            local_on=date(2026, 2, 10),
            opens_at=uow.now,
            closes_at=uow.now + HOUR,
            reminder_at=uow.now + HOUR,
            state=PromptState.ASKED,
            reason="",
        )
        added = uow.rounds.add_prompts([line, line._replace(member_id=fresh.id)])
        assert [(one.member_id, one.id > first.id) for one in added] == [(fresh.id, True)]
        row = uow.checkins.get_prompt(added[0].id)
        assert (row.snoozes, row.is_late, row.is_unchanged, row.gave_pulse) == (0, False, False, False)


def test_questions_come_back_with_their_ids_in_the_order_of_asking(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        prompts = [factories.prompt(uow) for _ in range(2)]
        lines = [
            QuestionLine(
                id=0,
                prompt_id=prompt.id,
                position=position,
                kind=Kind.KEY_RESULT,
                item_id=position,
                reference=f"KR-{position}",
                title="First-contact resolution",
                starts_on=WEEK,
                due_on=WEEK,
                direction=Direction.INCREASE,
                period_on=WEEK,
            )
            for prompt in prompts
            for position in (1, 2)
        ]
        added = uow.rounds.add_questions(lines)
        rows = uow.checkins.list_questions([prompt.id for prompt in prompts])
        assert [(one.id, one.prompt_id, one.position) for one in added] == [
            (row.id, row.prompt_id, row.position) for row in rows
        ]
        assert {(row.asks, row.form, row.note_before, row.asks_value) for row in rows} == {
            ("figure", None, "", True)
        }


def test_home_is_the_own_team_before_the_one_that_is_led(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        own, led = factories.team(uow), factories.team(uow)
        lead, leader_only, nobody = (
            factories.member(uow, home=own),
            factories.member(uow),
            factories.member(uow),
        )
        led.lead_id = lead.id
        only = factories.team(uow, lead_id=leader_only.id)
        factories.team_member(uow, led, nobody, is_home=False)
        homes = uow.rounds.list_homes([lead.id, leader_only.id, nobody.id])
        people = uow.rounds.list_home_people([own.id, led.id])
    assert homes == {lead.id: own.id, leader_only.id: only.id}
    assert {team_id: [one.id for one in those] for team_id, those in people.items()} == {
        own.id: [lead.id],
        led.id: [],
    }


def test_days_away_are_listed_soonest_first_and_an_odd_row_is_left_out(unit_of_work: UnitsOfWork) -> None:
    with unit_of_work() as uow:
        away, odd = factories.member(uow), factories.member(uow)
        later, sooner, over = WEEK + timedelta(days=5), WEEK, WEEK - timedelta(days=2)
        for on in (later, sooner, over):
            factories.absence(uow, away, from_on=on, until_on=on)
        factories.absence(uow, odd, from_on=later, until_on=sooner)
        found = uow.rounds.list_absences([away.id, odd.id], WEEK)
    assert found == {away.id: (DateRange(sooner, sooner), DateRange(later, later))}
