"""From log-in to the first shipped order, at the desk: on a phone in Japanese without script, and in English with it. Axe
looks at every page."""

import re

import pytest
from playwright.sync_api import expect

from .test_staff import PASSWORD, PHONE, Staff, set_up_on_a_phone

TOKYO = {
    "family_name": "佐藤", "given_name": "花子", "phone": "0312345678", "postal_code": "100-0001", "region": "13",
    "city": "千代田区", "line1": "千代田1-1",
}  # fmt: skip


def buys(shop, new_shopper, lang):
    """A shopper buys a tea by bank transfer; the order's number."""
    shopper = new_shopper(shop, lang)
    shopper.goto("/products/morning-mist-sencha")
    shopper.by("add-to-cart").first.click()
    expect(shopper.by("toast")).not_to_be_empty()
    shopper.goto("/checkout/address")
    shopper.fill_address("JP", {**TOKYO, "email": shopper.email})
    shopper.by("continue").click()
    shopper.choose("method", "payments_bank_transfer")
    shopper.by("continue").click()
    shopper.by("place-order").click()
    number = shopper.by("order-number").first.inner_text()
    shopper.check()
    return number, shopper.email


def ships(staff, number):
    """What the page proposes, until nothing is left in the shop."""
    staff.goes("/manage/")
    staff.goes("/manage/orders/")
    staff.page.locator(f'[data-test="row"][data-id="{number}"] a').click()
    order = staff.page.locator('[data-test="desk-order"]')
    expect(order).to_have_attribute("data-status", "awaiting_payment")
    staff.looks("order")
    act(staff, "pay", "do-pay", "processing", reference=f"TRX-{number}")
    act(staff, "plan", "do-pack", "processing", weight="300")
    staff.looks("packed")
    act(staff, "hand-over", "do-hand-over", "shipped", tracking="1234-5678-9012")
    staff.looks("shipped")


def act(staff, name, button, status, **fields):
    form = staff.page.locator(f'[data-test="next"] [data-test="act-{name}"]')
    for field, value in fields.items():
        form.locator(f'[name="{field}"]').fill(value)
    form.locator(f'[data-test="{button}"]').click()
    expect(staff.page.locator('[data-test="desk-order"]')).to_have_attribute("data-status", status)
    expect(staff.page.locator(f'[data-test="next"] [data-test="act-{name}"]')).to_have_count(0)


@pytest.mark.slow
@pytest.mark.req("SHOP-5", "SHP-8")
@pytest.mark.parametrize("shop", ["sqlite"], indirect=True)
def test_from_log_in_to_the_first_shipped_order(shop, new_shopper):
    found = {}
    first, mail = buys(shop, new_shopper, "ja")
    second, _mail = buys(shop, new_shopper, "en")
    owner = set_up_on_a_phone(shop, new_shopper, found)
    owner.goes("/manage/account")
    owner.fills(locale="ja")
    owner.presses("save-account", "account")
    ships(owner, first)
    assert re.search("1234-?5678-?9012", str(shop.wait_for_mail(mail, "5678").get_body()))

    desk = Staff(new_shopper(shop, reduced_motion="reduce"), found)
    desk.goes("/manage/login?next=/manage/")
    desk.fills(email="aya@example.com", password=PASSWORD)
    desk.presses("log-in", "today at a desk")
    desk.goes("/manage/account")
    desk.fills(locale="en")
    desk.presses("save-account", "account")
    ships(desk, second)
    for path in (f"orders/{second}/invoice", f"orders/{second}/slip?with=en", "orders/pack-list", f"orders/{first}"):
        desk.goes(f"/manage/{path}")
    # every fold open, on a phone
    phone = Staff(new_shopper(shop, viewport=PHONE, reduced_motion="reduce"), found)
    phone.goes("/manage/login?next=/manage/orders/")
    phone.fills(email="aya@example.com", password=PASSWORD)
    phone.presses("log-in", "list on a phone")
    phone.goes(f"/manage/orders/{first}")
    phone.page.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true; })")
    phone.looks("everything open")
    for path in ("invoice", "slip"):
        phone.goes(f"/manage/orders/{first}/{path}")
    # whatever the menu leads to, at a desk and on a phone
    desk.goes("/manage/")
    menu = desk.page.locator('[data-test="manage-menu"] a')
    for path in menu.evaluate_all("(all) => all.map((link) => link.getAttribute('href'))"):
        desk.goes(path)
        phone.goes(path)
    third, _mail = buys(shop, new_shopper, "en")
    phone.goes(f"/manage/orders/{third}/address")
    phone.goes(f"/manage/orders/{third}")
    form = phone.page.locator('[data-test="next"] [data-test="act-pay"]')
    form.locator('[name="amount"]').fill("1")
    form.locator('[data-test="do-pay"]').click()
    expect(phone.page.locator('[data-test="answer"]')).to_be_visible()
    phone.looks("a question")
    assert found == {}
    for person in (owner, desk, phone):
        person.shopper.check()
