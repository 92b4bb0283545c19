"""`@Hoshin K-7` and `@Hoshin C-2`: the card in the thread, for those who may see it."""

from datetime import UTC, datetime

from storage.rules.terms import ReaderKind
from tests import factories
from tests.scenarios.stage import CHANNEL, Stage
from tests.scenarios.test_catchball import throw
from tests.scenarios.test_kaizen import office, tell

__all__ = ["office"]


def replies(office: Stage) -> list[str]:
    return [message.text for message in office.slack.channel(CHANNEL).messages if message.thread_ts]


async def test_an_idea_in_a_mention_answers_with_its_card_in_the_thread(office: Stage) -> None:
    await tell(office)
    await office.ben.mentions_bot("please show k-1", CHANNEL)
    await office.settled()
    assert replies(office) == ["K-1 the label printer stops every shift, submitted"]


async def test_where_not_all_may_see_it_the_asker_alone_gets_it(office: Stage) -> None:
    await tell(office)
    channel_id = office.slack.channel(CHANNEL).channel.id
    with office.unit_of_work() as uow:
        uow.audiences.put(channel_id, {"USTRANGER": ReaderKind.STRANGER}, datetime(2026, 2, 9, tzinfo=UTC))
    await office.ana.mentions_bot("K-1", CHANNEL)
    await office.ana.will_see("K-1 · the label printer stops every shift")
    assert replies(office) == []


async def test_what_is_not_there_or_not_for_the_asker_does_not_exist(office: Stage) -> None:
    await office.ana.mentions_bot("K-9", CHANNEL)
    await office.ana.will_see("There is no K-9 here.")
    await office.ana.mentions_bot("C-2", CHANNEL)
    await office.ana.will_see("There is no C-2 here")
    assert replies(office) == []


async def test_a_guest_sees_in_a_mention_only_what_they_have_a_part_in(office: Stage) -> None:
    await tell(office)
    with office.unit_of_work() as uow:
        uow.members.find_by_slack_id(office.ana.id).is_guest = True
    await office.ana.mentions_bot("K-1", CHANNEL)
    await office.ana.will_see("There is no K-1 here.")


async def test_a_ball_in_a_mention_is_shown_to_the_one_who_asks(office: Stage) -> None:
    with office.unit_of_work() as uow:
        factories.annual_objective(uow)
    await throw(office)
    before = len(replies(office))
    await office.ben.mentions_bot("C-1", CHANNEL)
    await office.ben.will_see("Answer right the first time")
    assert len(replies(office)) == before
