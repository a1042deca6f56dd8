"""A plugin switched off and on in Chromium: on a phone without JavaScript, at a desk by keyboard, with axe on every page."""

import pytest
from playwright.sync_api import expect

from .test_staff import PASSWORD, Staff, set_up_on_a_phone

ROOT = "/manage/plugins/shipping_courier"


@pytest.mark.slow
@pytest.mark.req("SHOP-6")
@pytest.mark.parametrize("shop", ["sqlite"], indirect=True)
def test_a_plugin_is_switched_by_phone_and_by_keyboard(shop, new_shopper):
    found = {}
    owner = set_up_on_a_phone(shop, new_shopper, found)
    shopper = new_shopper(shop, "ja")
    assert shopper.goto("/shipping_courier/charges").status == 200
    expect(shopper.by("delivery-zone").first).to_be_visible()

    owner.goes(ROOT)
    owner.fills(**{"reason": "Its van is broken"})
    owner.presses("disable-plugin", "switched off")
    expect(owner.shopper.by("plugin")).to_have_attribute("data-status", "disabled")
    assert shopper.goto("/shipping_courier/charges").status == 404, "gone in the next request"
    owner.goes(f"{ROOT}/purge")
    owner.page.get_by_label("Keep it").check()
    owner.goes(f"{ROOT}/settings/")

    desk = Staff(new_shopper(shop, color_scheme="dark", reduced_motion="reduce"), found)
    desk.goes("/manage/login")
    desk.fills(email="aya@example.com", password=PASSWORD)
    desk.presses("log-in", "logged in")
    for path in (f"{ROOT}/purge", f"{ROOT}/settings/", ROOT):
        desk.goes(path)
    button = desk.shopper.by("enable-plugin")
    desk.page.get_by_label("Reason").focus()
    desk.page.keyboard.type("Mended")
    desk.page.keyboard.press("Tab")
    expect(button).to_be_focused()
    desk.page.keyboard.press("Enter")
    expect(desk.shopper.by("plugin")).to_have_attribute("data-status", "enabled")
    desk.looks("switched on with script")
    desk.shopper.by("check-plugin").click()
    expect(desk.page.get_by_text("The settings work.")).to_be_visible()
    assert shopper.goto("/shipping_courier/charges").status == 200
    assert found == {}
    owner.shopper.check()
    desk.shopper.check()
