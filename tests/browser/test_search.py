"""The rows under the search field: they come while typing, go by keyboard, and never for a half-written word."""

import pytest
from playwright.sync_api import expect

COMMON_SHOP = True


@pytest.mark.req("CAT-7")
def test_rows_come_while_typing_and_are_gone_through_by_keyboard(shop, new_shopper):
    shopper = new_shopper(shop)
    shopper.goto("/")
    page, field = shopper.page, shopper.by("search")
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "?q=" in request.url else None)
    field.click()
    field.press_sequentially("dang", delay=20)
    panel = shopper.by("suggest")
    expect(panel.get_by_role("option")).to_have_count(2)
    expect(panel.locator("mark")).to_have_text("Dang")
    expect(field).to_have_attribute("aria-expanded", "true")
    assert len(asked) == 1, asked

    field.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "suggest-1")
    field.press("Escape")
    expect(panel).to_have_count(0)
    expect(field).to_have_value("dang")
    expect(field).to_have_attribute("aria-expanded", "false")

    field.press("o")
    expect(panel).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(panel).to_have_count(0)

    field.fill("sencha")
    expect(panel.locator("mark")).to_have_text(["Sencha", "Sencha"])
    field.press("ArrowDown")
    field.press("Enter")
    expect(shopper.by("product-title")).to_have_text("Morning Mist Sencha, tea bags")

    # a word that an input method still composes is not searched for; the finished one is, once
    shopper.goto("/")
    asked.clear()
    session = page.context.new_cdp_session(page)
    shopper.by("search").focus()
    for composing in ("d", "だ", "だn", "だんご"):
        session.send(
            "Input.imeSetComposition",
            {"text": composing, "selectionStart": len(composing), "selectionEnd": len(composing)},
        )
        page.wait_for_timeout(200)
    assert asked == []
    session.send("Input.insertText", {"text": "だんご"})
    expect(panel.get_by_role("option").first).to_contain_text("Hanami Dango")
    assert len(asked) == 1, asked


@pytest.mark.req("CAT-7")
def test_without_script_the_form_is_sent(shop, new_shopper):
    shopper = new_shopper(shop, javascript=False)
    shopper.goto("/")
    shopper.by("search").fill("dango")
    shopper.by("search-button").click()
    expect(shopper.by("product-link")).to_have_text("Three-Colour Hanami Dango, 5 skewers")
