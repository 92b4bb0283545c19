"""The chat in a real browser: what people read, write and answer."""

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser import OpenPage

from .screens import channel_url
from .showcase import Showcase

pytestmark = pytest.mark.browser


# ---- reading


async def test_a_message_appears_without_a_reload_and_what_was_typed_stays(
    shown: Showcase, open_page: OpenPage
) -> None:
    page = await open_page(channel_url(shown))
    composer = page.get_by_label("Message #customer-service")
    await composer.fill("half a thought")

    await shown.client.chat_postMessage(
        channel=shown.slack.channel("customer-service").id, text="*News* from the app"
    )

    await expect(page.get_by_role("log").get_by_text("News")).to_be_visible()
    await expect(composer).to_have_value("half a thought")
    await expect(composer).to_be_focused()


async def test_far_from_the_end_a_pill_counts_what_came_and_leads_there(
    shown: Showcase, open_page: OpenPage
) -> None:
    channel = shown.slack.channel("customer-service")
    for number in range(40):
        shown.slack.person("ben").client.post(channel.id, f"Message {number}")
    page = await open_page(channel_url(shown))
    scroll = page.get_by_role("region", name="Messages in customer-service")
    await expect(page.get_by_text("Message 39")).to_be_in_viewport()
    await scroll.evaluate("box => { box.scrollTop = 0 }")
    await expect(page.get_by_text("Message 0", exact=True)).to_be_in_viewport()

    shown.slack.person("ben").client.post(channel.id, "One more")
    pill = page.get_by_role("button", name="1 new message")
    await expect(pill).to_be_visible()
    assert await scroll.evaluate("box => box.scrollTop") == 0
    await pill.click()

    await expect(page.get_by_text("One more")).to_be_in_viewport()
    await expect(pill).to_be_hidden()


async def test_reading_a_conversation_takes_its_mark_away(shown: Showcase, open_page: OpenPage) -> None:
    shown.slack.person("ben").client.post(shown.slack.channel("customer-service").id, "Hello @ana")
    page = await open_page(channel_url(shown, channel="all-hands"))
    entry = page.get_by_role("link", name="customer-service (1 for you)")
    await expect(entry).to_be_visible()
    assert (await page.title()).startswith("(1) ")

    await entry.click()

    await expect(page.get_by_role("link", name="customer-service", exact=True)).to_be_visible()
    await expect(page).to_have_title(re.compile("^customer-service"))


async def test_new_stands_where_one_had_stopped_and_only_there(shown: Showcase, open_page: OpenPage) -> None:
    channel = shown.slack.channel("customer-service").id
    shown.slack.person("ana").client.post(channel, "I read up to here")
    page = await open_page(channel_url(shown))
    shown.slack.person("ben").client.post(channel, "Came while she read")
    await expect(page.get_by_text("Came while she read")).to_be_visible()
    await expect(page.get_by_text("New", exact=True)).to_have_count(0)

    await page.get_by_role("link", name="all-hands").click()
    await expect(page.get_by_role("heading", name="all-hands", exact=True)).to_be_visible()
    shown.slack.person("ben").client.post(channel, "Came while she was away")
    await page.get_by_role("link", name="customer-service (unread)").click()

    await expect(page.get_by_text("New", exact=True)).to_be_visible()


async def test_one_acts_as_somebody_else_in_their_zone(
    shown: Showcase, open_page: OpenPage, screenshots: Path
) -> None:
    page = await open_page(channel_url(shown))
    await page.get_by_role("button", name="Acting as Ana Ruiz").click()
    await expect(page.get_by_role("menuitem", name="Ben Okafor")).to_contain_text("04:00 in New York")
    await expect(page.get_by_role("menuitem", name="Olga Weber")).to_be_disabled()
    await page.screenshot(path=screenshots / "page-acting-as.png")

    await page.get_by_role("menuitem", name="Ben Okafor").click()

    await expect(page.get_by_role("button", name="Acting as Ben Okafor")).to_be_visible()
    await expect(page.get_by_role("region", name="The simulated clock")).to_contain_text("04:00")


# ---- writing


async def test_a_slash_command_is_completed_by_keyboard_and_sent(
    shown: Showcase, open_page: OpenPage
) -> None:
    page = await open_page(channel_url(shown))
    composer = page.get_by_label("Message #customer-service")
    await composer.press_sequentially("/comp")
    await expect(page.get_by_role("option", name="/compass")).to_contain_text("[show KR-1 | form | help]")

    await composer.press("ArrowDown")
    await expect(page.get_by_role("option", name="/compare")).to_have_attribute("aria-selected", "true")
    await composer.press("ArrowUp")
    await composer.press("Tab")
    await expect(composer).to_have_value("/compass ")
    await composer.press_sequentially("nonsense")
    await composer.press("Enter")

    await expect(page.get_by_text("Nothing is called “nonsense”.")).to_be_visible()
    await expect(page.get_by_text("Only visible to you")).to_be_visible()
    await expect(composer).to_have_value("")


async def test_people_are_mentioned_by_completion(shown: Showcase, open_page: OpenPage) -> None:
    page = await open_page(channel_url(shown))
    composer = page.get_by_label("Message #customer-service")
    await composer.press_sequentially("Thanks @oka")
    await expect(page.get_by_role("option", name="Ben Okafor")).to_be_visible()
    await composer.press("Enter")
    await expect(composer).to_have_value("Thanks @ben ")
    await composer.press("Shift+Enter")
    await composer.press_sequentially("well done")
    await composer.press("Enter")

    await expect(page.get_by_text("@Ben Okafor")).to_be_visible()
    assert shown.slack.channel("customer-service").messages[-1].text.endswith("\nwell done")


async def test_a_thread_stands_beside_the_channel_and_refuses_commands(
    shown: Showcase, open_page: OpenPage, screenshots: Path
) -> None:
    shown.slack.person("ben").client.post(shown.slack.channel("customer-service").id, "Who answers first?")
    page = await open_page(channel_url(shown))
    await page.get_by_text("Who answers first?").hover()
    await page.get_by_role("link", name="Reply in thread").click()
    reply = page.get_by_label("Reply…")
    await expect(reply).to_be_focused()

    await reply.press_sequentially("/compass form")
    await reply.press("Enter")
    await expect(page.get_by_role("alert")).to_have_text("/compass is not supported in threads. Sorry!")
    await expect(reply).to_have_value("/compass form")
    await reply.fill("I do")
    await reply.press("Enter")

    thread = page.get_by_role("complementary", name="Thread")
    await expect(thread.get_by_text("I do")).to_be_visible()
    await expect(page.get_by_role("link", name="1 reply")).to_be_visible()
    await page.screenshot(path=screenshots / "page-thread.png")


async def test_a_draft_waits_in_its_conversation(shown: Showcase, open_page: OpenPage) -> None:
    page = await open_page(channel_url(shown))
    await page.get_by_label("Message #customer-service").fill("later")
    await page.get_by_role("link", name="all-hands").click()
    await expect(page.get_by_label("Message #all-hands")).to_have_value("")

    await page.get_by_role("link", name="customer-service").click()

    await expect(page.get_by_label("Message #customer-service")).to_have_value("later")


async def test_reactions_are_picked_and_taken_back(shown: Showcase, open_page: OpenPage) -> None:
    shown.slack.person("ben").client.post(shown.slack.channel("customer-service").id, "Shipped")
    page = await open_page(channel_url(shown))
    await page.get_by_text("Shipped").hover()
    await page.get_by_role("button", name="Another reaction").click()
    await page.get_by_label("Search emoji").fill("rocket")
    await page.keyboard.press("Enter")
    reaction = page.get_by_role("button", name="rocket 1")
    await expect(reaction).to_have_attribute("aria-pressed", "true")

    await reaction.click()

    await expect(reaction).to_have_count(0)


async def test_a_message_shortcut_is_two_presses_away(shown: Showcase, open_page: OpenPage) -> None:
    shown.slack.person("ben").client.post(shown.slack.channel("customer-service").id, "Route by language?")
    page = await open_page(channel_url(shown))
    await page.get_by_text("Route by language?").hover()
    await page.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Turn into an idea").click()

    await expect(page.get_by_role("menuitem", name="Turn into an idea")).to_be_hidden()
    await shown.slack.settled()
    assert shown.heard[-1]["callback_id"] == "idea"
