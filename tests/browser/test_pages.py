"""What a browser does with the pages: orders once, history, keyboard, focus."""

import re

import pytest
from playwright.sync_api import expect

COMMON_SHOP = True
ADDRESS = {
    "name": "Ada Byron",
    "line1": "1 Example Street",
    "city": "Springfield",
    "region": "OR",
    "postal_code": "97477",
    "phone": "(201) 555-0123",
}
SOAP = "/products/cherry-blossom-soap"


def add_soap(shopper):
    shopper.goto(SOAP)
    shopper.by("add-to-cart").click()
    expect(shopper.by("cart-badge")).to_have_text("1")


def reach_delivery(shopper, country="US", address=ADDRESS):
    add_soap(shopper)
    shopper.goto("/checkout/address")
    shopper.fill_address(country, {**address, "email": shopper.email})
    shopper.by("continue").click()
    expect(shopper.by("delivery-form")).to_be_visible()


def reach_confirm(shopper):
    reach_delivery(shopper)
    shopper.choose("method", "payments_bank_transfer")
    shopper.by("continue").click()
    expect(shopper.by("confirm-form")).to_be_visible()


def orders_of(shopper):
    return [order for order in shopper.shop.cli_json("orders", "list") if order["email"] == shopper.email]


# --- once and only once


@pytest.mark.req("CHK-2")
@pytest.mark.parametrize("javascript", [True, False], ids=["script", "plain"])
def test_double_click_on_place_order_is_one_order(shop, new_shopper, javascript):
    shopper = new_shopper(shop, javascript=javascript)
    reach_confirm(shopper)
    shopper.by("place-order").dblclick()
    expect(shopper.by("thanks")).to_be_visible()
    assert len(orders_of(shopper)) == 1
    shopper.check()


@pytest.mark.req("CHK-2")
def test_two_tabs_and_going_back_lead_to_the_one_order(shop, new_shopper):
    shopper = new_shopper(shop)
    reach_confirm(shopper)
    first, second = shopper.page, shopper.new_tab()
    second.goto(first.url)
    shopper.by("place-order").click()
    expect(shopper.by("thanks")).to_be_visible()
    number = shopper.by("order-number").inner_text()

    second.locator('[data-test="place-order"]').click()
    expect(second.locator('[data-test="order-number"]')).to_have_text(number)

    first.go_back()
    if shopper.by("place-order").count():
        shopper.by("place-order").click()
        expect(shopper.by("order-number")).to_have_text(number)
    assert [order["number"] for order in orders_of(shopper)] == [number]
    shopper.check()


@pytest.mark.req("CHK-2", "CRT-4")
def test_what_another_tab_did_to_the_cart_is_shown_before_anything_is_ordered(shop, new_shopper):
    shopper = new_shopper(shop)
    reach_confirm(shopper)
    before = shopper.amount()
    other = shopper.new_tab()
    other.goto(f"{shop.url}/en/cart")
    other.locator('button[value="1"][name="step"]').click()
    expect(other.locator(mark("cart-badge"))).to_have_text("2")
    shopper.by("place-order").click()
    expect(shopper.by("total-changed")).to_be_visible()
    assert shopper.amount() > before
    assert orders_of(shopper) == []

    # a line that went meanwhile: said, and nothing on the page breaks
    stale = shopper.new_tab()
    stale.goto(f"{shop.url}/en/cart")
    other.locator(mark("remove-line")).click()
    expect(other.locator(mark("empty"))).to_be_visible()
    stale.locator('button[value="1"][name="step"]').click()
    expect(stale.locator(mark("toast"))).not_to_be_empty()
    expect(stale.locator("main h1")).to_have_count(1)
    stale.reload()
    expect(stale.locator(mark("empty"))).to_be_visible()
    shopper.by("place-order").click()
    expect(shopper.by("thanks")).to_have_count(0)
    assert orders_of(shopper) == []
    shopper.check()


# --- addresses and history


@pytest.mark.req("CAT-7", "CRT-4")
def test_back_forward_and_reload_show_whole_pages_after_filter_and_add(shop, new_shopper):
    shopper = new_shopper(shop)
    shopper.goto("/products/")
    everything = shopper.by("product-card").count()
    shopper.page.locator('[data-test="filters"] input[name="category"][value="cosmetics"]').check()
    expect(shopper.page).to_have_url(re.compile("category=cosmetics"))
    expect(shopper.by("product-card")).not_to_have_count(everything)
    few = shopper.by("product-card").count()
    filtered = shopper.page.url
    shopper.product("cherry-blossom-soap").click()
    shopper.by("add-to-cart").click()
    expect(shopper.by("cart-badge")).to_have_text("1")

    def is_whole(count):
        expect(shopper.page.locator("header.top")).to_have_count(1)
        expect(shopper.page.locator("footer.foot")).to_have_count(1)
        expect(shopper.by("product-card")).to_have_count(count)

    shopper.page.go_back()
    expect(shopper.page).to_have_url(filtered)
    is_whole(few)
    shopper.page.go_back()
    expect(shopper.page).to_have_url(re.compile("/products/$"))
    is_whole(everything)
    shopper.page.go_forward()
    expect(shopper.page).to_have_url(filtered)
    is_whole(few)
    shopper.page.reload()
    is_whole(few)
    expect(shopper.by("cart-badge")).to_have_text("1")
    assert shopper.faults == []


@pytest.mark.req("CRT-4", "CHK-3")
def test_back_forward_and_reload_lead_through_cart_and_checkout(shop, new_shopper):
    shopper = new_shopper(shop)
    page = shopper.page
    add_soap(shopper)
    shopper.goto("/cart")
    page.locator('button[value="1"][name="step"]').click()
    expect(shopper.by("cart-badge")).to_have_text("2")
    shopper.by("proceed").click()
    shopper.by("continue-as-guest").click()
    shopper.fill_address("US", {**ADDRESS, "email": shopper.email})
    shopper.by("continue").click()
    expect(shopper.by("delivery-form")).to_be_visible()
    shopper.choose("method", "payments_bank_transfer")
    total = shopper.amount()
    shopper.by("continue").click()
    expect(shopper.by("confirm-form")).to_be_visible()

    def is_whole(url):
        expect(page).to_have_url(re.compile(url))
        expect(page.locator("header.top")).to_have_count(1)
        expect(page.locator("main h1")).to_have_count(1)

    page.go_back()
    is_whole("/checkout/delivery$")
    expect(page.locator('[data-key="payments_bank_transfer"] input')).to_be_checked()
    page.go_back()
    is_whole("/checkout/address$")
    for turn in ("back", "reload"):
        for name, value in {"name": "Ada Byron", "postal_code": "97477", "email": shopper.email}.items():
            expect(shopper.field(name), turn).to_have_value(value)
        page.reload()
    page.go_back()
    is_whole("/checkout/$")
    page.go_back()
    is_whole("/cart$")
    expect(shopper.by("quantity")).to_have_value("2")
    for url in ("/checkout/$", "/checkout/address$", "/checkout/delivery$", "/checkout/confirm$"):
        page.go_forward()
        is_whole(url)
    page.reload()
    is_whole("/checkout/confirm$")
    assert shopper.amount() == total
    assert shopper.faults == []


def test_address_of_a_fragment_is_a_whole_page(shop, new_shopper):
    """Every address that htmx asks for a part, opened by hand."""
    shopper = new_shopper(shop)
    add_soap(shopper)
    asked = set()
    shopper.goto("/checkout/address")
    shopper.fill_address("US", {**ADDRESS, "email": shopper.email})
    shopper.by("continue").click()
    expect(shopper.by("delivery-form")).to_be_visible()
    for path in ("/products/", "/cart", "/checkout/address", "/checkout/delivery", "/checkout/confirm"):
        shopper.goto(path)
        asked |= {
            element.get_attribute("hx-get") or element.get_attribute("hx-post")
            for element in shopper.page.locator("[hx-get], [hx-post]").all()
        }
    assert len(asked) >= 4
    pages = [path for path in asked if not re.search(r"/cart/items", path)]
    for path in pages:
        shopper.page.goto(shopper.shop.url + path)
        expect(shopper.page.locator("head > title")).not_to_be_empty()
        expect(shopper.page.locator("header.top")).to_have_count(1)
        expect(shopper.page.locator("main h1")).to_have_count(1)
    assert shopper.faults == []


# --- keyboard and focus


def press_until(page, selector, key="Tab", most=120):
    """Move the focus by keyboard alone until it is on ``selector``."""
    for _ in range(most):
        if page.evaluate("s => Boolean(document.activeElement && document.activeElement.matches(s))", selector):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{selector} cannot be reached with {key}")


def mark(name):
    return f'[data-test="{name}"]'


@pytest.mark.req("SHOP-4")
def test_purchase_by_keyboard_alone_from_home_to_the_order(shop, new_shopper):
    shopper = new_shopper(shop)
    page, keys = shopper.page, shopper.page.keyboard
    shopper.goto("/")
    keys.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    press_until(page, mark("search"))
    keys.type("soap")
    keys.press("Enter")
    expect(page).to_have_url(re.compile("q=soap"))
    press_until(page, f'{mark("product-link")}[href$="/cherry-blossom-soap"]')
    keys.press("Enter")
    expect(shopper.by("product")).to_be_visible()
    press_until(page, mark("add-to-cart"))
    keys.press("Space")
    expect(shopper.by("cart-badge")).to_have_text("1")
    press_until(page, mark("cart-link"), "Shift+Tab")
    keys.press("Enter")
    expect(shopper.by("cart-line")).to_be_visible()
    press_until(page, mark("proceed"))
    keys.press("Enter")
    expect(shopper.by("continue-as-guest")).to_be_visible()
    press_until(page, mark("continue-as-guest"))
    keys.press("Enter")
    expect(shopper.by("address-form")).to_be_visible()
    press_until(page, "#address-country")
    keys.type("United States")
    expect(page.locator('#address-country option[value="US"][selected]')).to_have_count(1)
    for name, value in {**ADDRESS, "region": "Oregon", "email": shopper.email}.items():
        press_until(page, f"#address-{name}")
        keys.type(value)
    keys.press("Enter")
    expect(shopper.by("delivery-form")).to_be_visible()
    press_until(page, 'input[name="method"]')
    keys.press("Space")
    expect(page.locator(f"{mark('method-choice')} input:checked")).to_have_count(1)
    press_until(page, mark("continue"))
    keys.press("Enter")
    expect(shopper.by("place-order")).to_be_visible()
    press_until(page, mark("place-order"))
    keys.press("Enter")
    expect(shopper.by("thanks")).to_be_visible()
    assert len(orders_of(shopper)) == 1
    shopper.check()


@pytest.mark.req("CHK-3")
def test_after_a_wrong_address_the_focus_is_on_the_summary_whose_links_lead_to_the_fields(shop, new_shopper):
    shopper = new_shopper(shop)
    add_soap(shopper)
    shopper.goto("/checkout/address")
    shopper.fill_address("US", {**ADDRESS, "postal_code": "12", "email": "nobody"})
    shopper.by("continue").click()
    summary = shopper.by("error-summary")
    expect(summary).to_be_focused()
    expect(summary.locator("a")).to_have_count(2)
    summary.locator('a[href="#address-postal_code"]').click()
    expect(shopper.field("postal_code")).to_be_focused()
    assert shopper.faults == []


@pytest.mark.req("CRT-4")
def test_after_a_change_of_the_cart_the_focus_stays_where_the_hands_are(shop, new_shopper):
    shopper = new_shopper(shop)
    shopper.goto("/products/night-notebook-a5")
    shopper.by("add-to-cart").click()
    expect(shopper.by("cart-badge")).to_have_text("1")
    shopper.goto(SOAP)
    shopper.by("add-to-cart").click()
    expect(shopper.by("cart-badge")).to_have_text("2")
    shopper.goto("/cart")
    lines = shopper.by("cart-line")
    more = lines.first.locator('button[value="1"][name="step"]')
    name = more.get_attribute("id")
    more.focus()
    more.press("Enter")
    expect(shopper.by("cart-badge")).to_have_text("3")
    expect(shopper.page.locator(f"#{name}")).to_be_focused()
    shopper.by("remove-line", lines.first).press("Enter")
    expect(lines).to_have_count(1)
    expect(shopper.by("remove-line")).to_be_focused()
    shopper.by("remove-line").press("Enter")
    expect(shopper.by("empty").locator("h2")).to_be_focused()
    expect(shopper.by("cart-badge")).to_have_count(0)
    assert shopper.faults == []


# --- the watch over all these tests


def test_what_should_not_happen_in_a_browser_is_noticed(shop, new_shopper):
    shopper = new_shopper(shop)
    shopper.goto(SOAP)
    assert shopper.faults == []
    shopper.page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {text: 'window.bad = 1'}))"
    )
    shopper.page.evaluate("document.body.append(Object.assign(new Image(), {src: '/media/no-such-picture.jpg'}))")
    expect(shopper.page.locator("body > img")).to_have_count(1)
    shopper.page.wait_for_load_state("networkidle")
    noticed = " ".join(shopper.faults)
    assert "policy: script-src" in noticed
    assert "answer: 404 GET" in noticed
    assert shopper.page.evaluate("window.bad") is None
