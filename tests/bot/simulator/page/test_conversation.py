"""A conversation as one person reads it."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.simulator.channels import Channel
from bot.simulator.page.conversation import Conversation, Line
from bot.simulator.page.people import card_of, cards_of_people, mentions_for, reader_of
from bot.simulator.people import User
from bot.simulator.workspace import Workspace

from .showcase import MONDAY, HandClock


class Company:
    """Ana and Ben in one channel, and a clock."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.workspace = Workspace(name="Northwind", now=self.clock.now)
        self.ana = self.workspace.add_user("ana", real_name="Ana Ruiz", tz="Europe/Madrid")
        self.ben = self.workspace.add_user("ben", real_name="Ben Okafor", tz="America/New_York")
        self.channel: Channel = self.workspace.add_channel("team", members=[self.ana.id, self.ben.id])

    def seen_by(self, user: User) -> Conversation:
        return Conversation(self.workspace, self.channel, user, reader_of(self.workspace, user))

    def lines(self, user: User) -> list[Line]:
        conversation = self.seen_by(user)
        return [each for day in conversation.days(first_new=conversation.first_new()) for each in day.lines]


@pytest.fixture
def company() -> Company:
    return Company()


def test_days_are_divided_at_the_readers_own_midnight(company: Company) -> None:
    company.clock.instant = datetime(2026, 3, 22, 22, 30, tzinfo=UTC)  # 23:30 in Madrid
    company.workspace.post(company.channel.id, company.ben.id, "late")
    company.clock.instant += timedelta(hours=1)
    company.workspace.post(company.channel.id, company.ben.id, "later")
    company.clock.instant = MONDAY

    in_madrid = [day.heading for day in company.seen_by(company.ana).days(first_new="")]
    in_new_york = [day.heading for day in company.seen_by(company.ben).days(first_new="")]

    assert in_madrid == ["Yesterday", "Today"]
    assert in_new_york == ["Yesterday"]


def test_messages_in_quick_succession_share_one_avatar(company: Company) -> None:
    for minutes, author in ((0, company.ben), (2, company.ben), (9, company.ben), (10, company.ana)):
        company.clock.instant = MONDAY + timedelta(minutes=minutes)
        company.workspace.post(company.channel.id, author.id, "…")

    assert [each.follows for each in company.lines(company.ana)] == [False, True, False, False]


def test_an_ephemeral_message_is_for_one_person(company: Company) -> None:
    company.workspace.post(company.channel.id, company.ben.id, "psst", ephemeral_to=company.ana.id)

    assert [each.message.text for each in company.lines(company.ana)] == ["psst"]
    assert company.lines(company.ben) == []


def test_new_stands_before_the_first_unread_message_of_others(company: Company) -> None:
    company.workspace.post(company.channel.id, company.ben.id, "read")
    company.workspace.mark_read(company.channel.id, company.ana.id)
    company.workspace.post(company.channel.id, company.ana.id, "own")
    company.workspace.post(company.channel.id, company.ben.id, "new")
    company.workspace.post(company.channel.id, company.ben.id, "newer")

    assert [each.message.text for each in company.lines(company.ana) if each.is_first_new] == ["new"]


def test_nothing_is_new_to_somebody_who_never_looked(company: Company) -> None:
    company.workspace.post(company.channel.id, company.ben.id, "hello")

    assert company.seen_by(company.ana).first_new() == ""


def test_a_parent_shows_how_many_replied_and_when(company: Company) -> None:
    parent = company.workspace.post(company.channel.id, company.ana.id, "Who?")
    company.workspace.post(company.channel.id, company.ben.id, "Me", thread_ts=parent.ts)
    company.clock.instant += timedelta(hours=3, minutes=1)

    (line,) = company.lines(company.ana)

    assert line.replies is not None
    assert (line.replies.count, line.replies.last) == (1, "3 hours ago")
    assert [each.name for each in line.replies.faces] == ["Ben Okafor"]
    assert [each.message.text for each in company.seen_by(company.ana).thread(parent.ts)] == ["Who?", "Me"]


def test_an_edited_text_is_marked(company: Company) -> None:
    message = company.workspace.post(company.channel.id, company.ben.id, "typo")
    company.clock.instant += timedelta(minutes=5)
    company.workspace.edit(message, by=company.ben.id, text="no typo")

    (line,) = company.lines(company.ana)

    assert line.edited == "09:05"


def test_reactions_tell_who_and_which_are_mine(company: Company) -> None:
    message = company.workspace.post(company.channel.id, company.ben.id, "Done")
    company.workspace.react(message, company.ana.id, "tada")
    company.workspace.react(message, company.ben.id, "tada")

    (reaction,) = company.lines(company.ana)[0].reactions

    assert (reaction.sign, reaction.count, reaction.is_mine) == ("🎉", 2, True)
    assert reaction.who == "Ana Ruiz, Ben Okafor"


def test_a_long_conversation_draws_its_newest_messages(company: Company) -> None:
    for number in range(205):
        company.workspace.post(company.channel.id, company.ben.id, str(number))

    conversation = company.seen_by(company.ana)

    assert conversation.earlier == 5
    assert company.lines(company.ana)[0].message.text == "5"


def test_a_mention_counts_for_whom_it_names(company: Company) -> None:
    company.workspace.post(company.channel.id, company.ben.id, f"<@{company.ana.id}> and `<!channel>`")
    company.workspace.post(company.channel.id, company.ben.id, "nobody in particular")

    assert mentions_for(company.workspace, company.ana, company.channel.id) == 1
    assert mentions_for(company.workspace, company.ben, company.channel.id) == 0


def test_those_who_left_and_guests_come_last(company: Company) -> None:
    company.workspace.add_user("adam", real_name="Adam", deleted=True)
    company.workspace.add_user("abe", real_name="Abe", is_restricted=True)

    assert [each.handle for each in cards_of_people(company.workspace)] == ["ana", "ben", "abe", "adam"]


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Ana Ruiz", "AR"), ("Ana", "A"), ("Ana María de la Cruz", "AC"), ("<script>", "?"), ("", "X")],
)
def test_initials_come_from_the_first_and_last_name(company: Company, name: str, initials: str) -> None:
    user = company.workspace.add_user("x", real_name=name)

    assert card_of(company.workspace, user).initials == initials
