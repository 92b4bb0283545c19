"""Pictures of an idea: how it was, how it is, and files that are none."""

from typing import Any

from bot.simulator import Person
from storage.rules.images import MOST_BYTES
from tests.scenarios.stage import Stage
from tests.scenarios.test_kaizen import IDEA, WORDS, ideas, office, tell
from tests.storage.rules.test_images import PNG

PICTURE = "A picture of it"

__all__ = ["office"]


def pictures(office: Stage) -> list[str]:
    """Slack's ids of the pictures on the first card."""
    return _shown(office.slack.channel("ideas").messages[0].blocks)


def opened(person: Person) -> list[str]:
    """The same of what someone has open."""
    return _shown(person.client.modal.blocks if person.client.modal else [])


def _shown(blocks: list[dict[str, Any]]) -> list[str]:
    return [block["slack_file"]["id"] for block in blocks if block["type"] == "image"]


async def tell_with_picture(office: Stage) -> str:
    await office.ben.types(f"/kaizen {WORDS}")
    await office.ben.fills({IDEA: "Keep a spare ribbon there"})
    await office.ben.drops(PICTURE, "shelf.png", PNG)
    await office.ben.submits()
    await office.settled()
    await office.ben.closes()
    return max(office.ben.client.workspace.files)


async def test_a_picture_is_on_the_card_and_for_those_who_read_there(office: Stage) -> None:
    file_id = await tell_with_picture(office)
    assert pictures(office) == [file_id]
    await office.ana.types("/kaizen show K-1")
    assert opened(office.ana) == [file_id]
    await office.ana.closes()
    # Whoever does not read the channel sees the idea without it.
    with office.unit_of_work() as uow:
        channel_id = uow.workspace.ideas_channel_id or ""
        uow.audiences.put(channel_id, {}, uow.now)
    await office.ana.types("/kaizen show K-1")
    assert opened(office.ana) == []


async def test_what_is_no_picture_or_too_large_is_said_and_nothing_is_lost(office: Stage) -> None:
    await office.ben.types(f"/kaizen {WORDS}")
    await office.ben.fills({IDEA: "Keep a spare ribbon there"})
    await office.ben.drops(PICTURE, "shelf.png", b"a text that calls itself a picture")
    await office.ben.submits()
    await office.ben.will_see("“shelf.png” is no picture, whatever its name says.")
    await office.ben.drops(PICTURE, "shelf.png", PNG + bytes(MOST_BYTES))
    await office.ben.submits()
    await office.ben.will_see("“shelf.png” has 10 MB, and a picture may have 10.")
    await office.ben.drops(PICTURE, "shelf.png", PNG)
    await office.ben.submits()
    await office.ben.will_see("is submitted")
    await office.settled()
    assert "Keep a spare ribbon there" in ideas(office)
    assert len(pictures(office)) == 1


async def test_the_picture_stays_while_similar_ideas_are_shown(office: Stage) -> None:
    await tell(office)
    await office.ana.uses_shortcut("Kaizen idea")
    await office.ana.fills(
        {"What is the problem?": "The printer for labels stands still each shift", IDEA: "A spare ribbon"}
    )
    await office.ana.drops(PICTURE, "shelf.png", PNG)
    await office.ana.submits()
    await office.ana.will_see("A picture is chosen already; another one takes its place.")
    await office.ana.submits()
    await office.ana.will_see("is submitted")
    with office.unit_of_work() as uow:
        assert uow.ideas.get(uow.ideas.get_id(2)).before_file_id


async def test_a_result_has_its_picture_and_so_has_an_older_idea(office: Stage) -> None:
    await tell(office)
    await office.ana.types("/kaizen show K-1")
    await office.ana.clicks("Take it up", in_=office.ana.client.modal)
    await office.ana.clicks("Just do it", in_=office.ana.client.modal)
    await office.ana.fills({"What came of it, in one line": "Two hooks on the wall"})
    await office.ana.drops("A picture of how it is now", "hooks.png", PNG)
    await office.ana.submits()
    await office.settled()
    (after,) = pictures(office)
    await office.ana.clicks("Pictures", in_=office.ana.client.modal)
    await office.ana.drops("Before", "shelf.png", PNG)
    await office.ana.submits()
    await office.settled()
    assert pictures(office) == [max(office.ana.client.workspace.files), after]
    assert opened(office.ana) == pictures(office)


async def test_a_deleted_picture_keeps_nothing_back(office: Stage) -> None:
    file_id = await tell_with_picture(office)
    del office.ben.client.workspace.files[file_id]
    await office.ana.types("/kaizen show K-1")
    await office.ana.clicks("Take it up", in_=office.ana.client.modal)
    for _ in range(3):
        await office.settled()
    assert "triaged" in ideas(office)
    assert pictures(office) == []
    assert "K-1" in (office.ana.modal or "")


async def test_an_anonymous_idea_has_no_picture_since_slack_tells_who_uploaded_it(office: Stage) -> None:
    with office.unit_of_work() as uow:
        uow.ideas.settings().allows_anonymous = True
    await office.ben.types(f"/kaizen {WORDS}")
    await office.ben.clicks("More fields", in_=office.ben.client.modal)
    await office.ben.fills({IDEA: "Another printer", "Without my name": "Submit it anonymously"})
    await office.ben.drops(PICTURE, "shelf.png", PNG)
    await office.ben.submits()
    await office.ben.will_see("an anonymous idea can have none")
