"""Who reads a channel is asked of Slack, and kept."""

from bot.audiences import Audiences
from bot.routing import Routes
from storage.database import Database
from tests.bot.spine import Spine, spine
from tests.clock import FrozenClock

CHANNEL = "service"
MEMBER, GUEST, STRANGER = (False, False), (True, False), (False, True)


async def test_members_guests_and_strangers_are_told_apart_and_bots_left_out(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    async with spine(sqlite_database, clock, Routes()) as bot:
        bot.slack.add_person("ana")
        bot.slack.add_person("gus", is_restricted=True)
        bot.slack.add_person("gone", deleted=True)
        bot.slack.add_channel(CHANNEL, "ana", "gus", "gone", bot=True)
        bot.slack.add_stranger("sid", CHANNEL)
        assert await _readers(sqlite_database, clock, bot) == {MEMBER, GUEST, STRANGER}


async def test_who_joins_and_leaves_is_known_at_once(sqlite_database: Database, clock: FrozenClock) -> None:
    async with spine(sqlite_database, clock, Routes()) as bot:
        bot.slack.add_person("ana")
        guest = bot.slack.add_person("gus", is_restricted=True)
        channel = bot.slack.add_channel(CHANNEL, "ana", bot=True)
        assert await _readers(sqlite_database, clock, bot) == {MEMBER}
        bot.slack.workspace.join(channel.id, guest.id)
        await bot.slack.settled()
        assert _known(sqlite_database, clock, bot) == {MEMBER, GUEST}
        bot.slack.workspace.leave(channel.id, guest.id)
        await bot.slack.settled()
        assert _known(sqlite_database, clock, bot) == {MEMBER}


async def test_a_member_who_becomes_a_guest_reads_as_one(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    async with spine(sqlite_database, clock, Routes()) as bot:
        ana = bot.slack.add_person("ana")
        bot.slack.add_channel(CHANNEL, "ana", bot=True)
        assert await _readers(sqlite_database, clock, bot) == {MEMBER}
        # Else the news of her joining, with her as she was then, may be taken in last.
        await bot.slack.settled()
        bot.slack.workspace.change_user(ana.id, is_restricted=True)
        await bot.slack.settled()
        assert _known(sqlite_database, clock, bot) == {GUEST}


async def test_a_channel_that_slack_does_not_tell_of_stays_unknown(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    async with spine(sqlite_database, clock, Routes()) as bot:
        bot.slack.add_person("ana")
        bot.slack.add_channel(CHANNEL, "ana", private=True)
        assert await _readers(sqlite_database, clock, bot) is None


async def _readers(database: Database, clock: FrozenClock, bot: Spine) -> set[tuple[bool, bool]] | None:
    channel = bot.slack.channel(CHANNEL).channel.id
    await Audiences(database, clock).learn(bot.installation, [channel])
    return _known(database, clock, bot)


def _known(database: Database, clock: FrozenClock, bot: Spine) -> set[tuple[bool, bool]] | None:
    """(is guest, is stranger) of everyone in the channel; None where nobody asked."""
    channel = bot.slack.channel(CHANNEL).channel.id
    with database.unit_of_work(bot.installation.workspace_id, clock.now(), read=True) as uow:
        viewers = uow.audiences.find_viewers(channel)
    return None if viewers is None else {(one.is_guest, one.is_stranger) for one in viewers}
