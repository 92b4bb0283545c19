"""Modals and their fields in a real browser: nothing typed is lost."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser import OpenPage

from .compass import prompt
from .screens import channel_url, opened_modal
from .showcase import Showcase

pytestmark = pytest.mark.browser


# ---- modals


async def test_a_form_is_corrected_beside_its_fields_and_recorded(
    shown: Showcase, open_page: OpenPage, screenshots: Path
) -> None:
    page = await opened_modal(shown, open_page)
    value = page.get_by_label("Where does it stand now?")
    await expect(value).to_be_focused()
    await value.fill("120")
    await page.get_by_role("button", name="Record").click()
    await expect(page.get_by_text("Please enter a number of at most 100.")).to_be_visible()
    await expect(page.get_by_text("Please complete this required field.")).to_be_visible()
    await expect(value).to_be_focused()
    await page.screenshot(path=screenshots / "page-modal.png")

    await value.fill("99")
    await page.get_by_role("combobox", name="How confident are you?").press_sequentially("7")
    await page.keyboard.press("Enter")
    await page.get_by_label("What moved it?").fill("Routing done")
    await page.get_by_role("button", name="Record").click()
    await expect(page.get_by_text("99 is more than it ever was. 78?")).to_be_visible()
    await expect(page.get_by_label("What moved it?")).to_have_value("Routing done")
    await value.fill("78")
    await value.press("Enter")

    await expect(page.get_by_role("dialog")).to_be_hidden()
    values = shown.heard_values()
    assert values["value"]["value"]["value"] == "78"
    assert values["confidence"]["confidence"]["selected_option"]["value"] == "7"
    assert values["note"]["note"]["value"] == "Routing done"
    await page.get_by_role("link", name="customer-service (1 for you)").click()
    await expect(page.get_by_text("KR-3 moved from 74 % to 78 %")).to_be_visible()


async def test_what_is_typed_survives_a_redrawn_modal(shown: Showcase, open_page: OpenPage) -> None:
    page = await opened_modal(shown, open_page)
    await page.get_by_label("What moved it?").fill("not lost")

    await page.get_by_role("button", name="Redraw").click()

    await expect(page.get_by_role("heading", name="Drawn again")).to_be_visible()
    await expect(page.get_by_label("What moved it?")).to_have_value("not lost")


async def test_modals_stack_and_go_back_with_what_was_typed(shown: Showcase, open_page: OpenPage) -> None:
    page = await opened_modal(shown, open_page)
    await page.get_by_label("What moved it?").fill("below")
    await page.get_by_role("button", name="Deeper").click()
    await expect(page.get_by_role("dialog", name="Deeper")).to_be_visible()

    await page.keyboard.press("Escape")

    await expect(page.get_by_role("dialog", name="Check in")).to_be_visible()
    await expect(page.get_by_label("What moved it?")).to_have_value("below")
    assert shown.heard[-1]["type"] == "view_closed"
    await page.get_by_role("button", name="Close").click()
    await expect(page.get_by_role("dialog")).to_be_hidden()
    assert shown.heard[-1]["is_cleared"] is True


async def test_the_focus_stays_inside_of_a_modal_and_returns_after_it(
    shown: Showcase, open_page: OpenPage
) -> None:
    page = await opened_modal(shown, open_page)
    for _ in range(15):
        await page.keyboard.press("Tab")
        # Between its last and first element the focus visits the browser's own bar, not the page.
        behind = "document.activeElement.closest('#page :not(dialog, dialog *)')"
        assert await page.evaluate(f"{behind} === null || document.activeElement.closest('dialog') !== null")

    await page.keyboard.press("Escape")

    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(page.get_by_role("button", name="Check in", exact=True)).to_be_focused()


async def test_every_kind_of_field_reaches_the_app(
    shown: Showcase, open_page: OpenPage, tmp_path: Path
) -> None:
    (tmp_path / "proof.png").write_bytes(b"\x89PNG")
    page = await open_page(channel_url(shown))
    composer = page.get_by_label("Message #customer-service")
    await composer.fill("/compass form")
    await composer.press("Enter")

    async def choose(name: str, typed: str, *more: str) -> None:
        box = page.get_by_role("combobox", name=f"{name} (optional)", exact=True)
        for each in (typed, *more):
            await box.press_sequentially(each)
            await page.get_by_role("option", name=each).first.click()

    await page.get_by_label("A line").fill("a line")
    await page.get_by_label("Address").fill("ana@example.com")
    await page.get_by_label("Link").fill("https://example.com/x")
    await choose("Dog", "Boxer")
    await choose("Dogs", "Collie", "Corgi")
    await choose("Owner", "Ben")
    await choose("Team", "Ben", "Dev")
    await choose("Conversation", "#all")
    await choose("Channel", "#leadership")
    await choose("Sizes", "S", "L")
    await page.get_by_label("Day").fill("2026-04-01")
    await page.get_by_label("Time").fill("14:30")
    await page.get_by_label("Moment").fill("2026-03-23T19:00")
    await page.get_by_label("at risk").check()
    await page.get_by_label("date", exact=True).check()
    await page.get_by_label("Evidence").set_input_files(tmp_path / "proof.png")
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.get_by_role("dialog")).to_be_hidden()

    values = {block: next(iter(fields.values())) for block, fields in shown.heard_values().items()}
    find = shown.slack.person
    assert values["line"]["value"] == "a line"
    assert values["email"]["value"] == "ana@example.com"
    assert values["url"]["value"] == "https://example.com/x"
    assert values["pet"]["selected_option"]["value"] == "boxer"
    assert [each["value"] for each in values["pets"]["selected_options"]] == ["collie", "corgi"]
    assert values["who"]["selected_user"] == find("ben").id
    assert values["people"]["selected_users"] == [find("ben").id, find("dev").id]
    assert values["where"]["selected_conversation"] == shown.slack.channel("all-hands").id
    assert values["channel"]["selected_channel"] == shown.slack.channel("leadership").id
    assert [each["value"] for each in values["size"]["selected_options"]] == ["S", "L"]
    assert values["day"]["selected_date"] == "2026-04-01"
    assert values["time"]["selected_time"] == "14:30"
    assert values["moment"]["selected_date_time"] == 1774288800
    assert values["state"]["selected_option"]["value"] == "risk"
    assert [each["value"] for each in values["parts"]["selected_options"]] == ["date"]
    assert len(values["proof"]["files"]) == 1


async def test_a_button_that_asks_first_acts_only_when_confirmed(
    shown: Showcase, open_page: OpenPage
) -> None:
    await prompt(shown.slack, shown.client, "ana")
    page = await open_page(f"{shown.slack.url}/as/ana")
    button = page.get_by_role("button", name="Nothing changed")
    await button.click()
    await page.get_by_role("button", name="Back", exact=True).click()
    assert shown.heard == []

    await button.click()
    await page.get_by_role("button", name="Yes, record that").click()

    await expect(page.get_by_text("Recorded: nothing changed.")).to_be_visible()
