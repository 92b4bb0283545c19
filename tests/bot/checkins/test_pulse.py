"""The anonymous question, by someone who wants to know who said what."""

from datetime import UTC, datetime, timedelta

from sqlmodel import col, select

from bot.checkins import answering
from bot.checkins.answering import Page
from storage.repositories.rounds import Span, TeamWeek
from storage.rules.terms import QuestionForm
from storage.tables import CheckinWindow, Member, PulseCount, TeamQuestion
from tests.bot.checkins.office import Office

MONDAY_9 = datetime(2026, 2, 9, 9, 0, tzinfo=UTC)
WEDNESDAY_17 = datetime(2026, 2, 11, 17, 0, tzinfo=UTC)


def open_team(office: Office, people: int) -> list[Member]:
    """A team of so many that is asked how the week was."""
    everyone = [office.ana, office.ben]
    everyone += [office.member(name=f"Person {number}") for number in range(people - 2)]
    for one in everyone:
        office.key_result(one)
    with office.unit_of_work() as uow:
        question = TeamQuestion(
            workspace_id=uow.workspace_id,
            team_id=office.team.id,
            position=1,
            text="How was your week?",
            form=QuestionForm.PULSE,
        )
        uow.session.add(question)
    office.tick(at=MONDAY_9)
    return everyone


def answer(office: Office, who: Member, score: int, by: Member | None = None) -> None:
    """The form, then the anonymous question on its last page."""
    prompt = office.prompt(who)
    asks, asked_by = office.questions(who), by or who
    with office.unit_of_work() as uow:
        page = answering.submit(uow, asked_by.id, prompt.id, 0, {f"value:{asks[0].id}": "74"})
        if isinstance(page, Page):
            answering.submit(uow, asked_by.id, prompt.id, page.number, {f"pulse:{asks[-1].id}": str(score)})


def counted(office: Office) -> dict[int, int]:
    with office.unit_of_work() as uow:
        window = uow.session.exec(select(CheckinWindow)).one()
        return next(iter(uow.team_questions.pulse_of(window.id).values()), {})


def test_a_window_that_opens_again_counts_nobody_any_more(office: Office) -> None:
    *five, last = open_team(office, 6)
    for one in five:
        answer(office, one, 4)
    office.tick(at=WEDNESDAY_17)
    assert counted(office) == {4: 5}
    with office.unit_of_work() as uow:
        # Someone whose week ends later came into the team.
        which = TeamWeek(office.team.id, MONDAY_9.date())
        uow.rounds.ensure_windows({which: Span(MONDAY_9, WEDNESDAY_17 + timedelta(hours=8))})
    answer(office, last, 1)
    office.tick(at=WEDNESDAY_17 + timedelta(hours=8))
    assert counted(office) == {4: 5}


def test_a_late_answer_brings_no_vote(office: Office) -> None:
    *five, last = open_team(office, 6)
    for one in five:
        answer(office, one, 4)
    office.tick(at=WEDNESDAY_17)
    answer(office, last, 1)
    assert counted(office) == {4: 5}


def test_the_rows_tell_of_no_order(office: Office) -> None:
    first, second, *_ = open_team(office, 3)
    answer(office, first, 5)
    answer(office, second, 2)
    with office.unit_of_work() as uow:
        rows = uow.session.exec(select(PulseCount).order_by(col(PulseCount.id))).all()
    assert [row.score for row in rows] == [1, 2, 3, 4, 5]


def test_who_answers_for_others_has_one_voice(office: Office) -> None:
    ana, ben, *_ = open_team(office, 3)
    with office.unit_of_work() as uow:
        answering.delegate(uow, ben.id, office.prompt(ben).id, ana.slack_user_id or "")
    answer(office, ben, 1, by=ana)
    assert counted(office) == {}
    answer(office, ana, 3)
    assert counted(office) == {3: 1}
