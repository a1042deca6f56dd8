"""Every kind of page there is, found by its links, in the browser: the policy forbids nothing on any, axe finds nothing, nothing
sticks out of a window or is too small for a finger. Shoppers' pages in all four languages, the owner's in two."""

import itertools

import pytest
from playwright.sync_api import expect

from storefront.app import create_app
from storefront.config import Settings
from storefront.testing.plain_shopper import PlainShopper
from storefront.testing.running import wait_for
from tools.tour import ASKED_FOR, GOODS, Finder, kinds_of_pages

from .judging import FINGER, HALF, LARGE_TYPE, MOUSE, SIDEWAYS, SMALL, USUAL_TYPE, VIOLATIONS, Eyes, judge

COMMON_SHOP = True
WIDE = 1280
# By turns, so that by day and by night, on a phone and at a desk, each kind of page is seen.
NARROW = ((320, "light"), (360, "dark"))
ADDRESS = {
    "name": "Ada Byron",
    "line1": "1 Example Street",
    "city": "Springfield",
    "region": "OR",
    "postal_code": "12",
    "phone": "(201) 555-0123",
}
LINKS = "(all) => all.map((link) => link.getAttribute('href'))"
PASSWORD = "rain over kyoto"
# Nothing is given up in a shop that works, and mails with such a link are the owner's.
ELSEWHERE = {"background.show_job", "mails.ask", "staff.invitation"}


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The addresses the shop answers, without the shop."""
    folder = tmp_path_factory.mktemp("addresses")
    return create_app(Settings.from_env({"DATA_DIR": str(folder), "STOREFRONT_ENV": "development"}))


class Reader:
    """Looks at pages in two languages: at each on a phone in the first, at a desk in the second."""

    def __init__(self, shopper, second="", desk=FINGER):
        self.shopper, self.page, self.second, self.desk = shopper, shopper.page, second, desk
        self.kinds = set()
        self.eyes = Eyes(shopper.page)
        self.turns = itertools.cycle(NARROW)

    def sees(self, name, *, alone=False):
        """The page in hand. ``alone``: it came of a form and has no address of its own, so it is seen in one language."""
        width, scheme = next(self.turns)
        self.kinds.add(name.partition(",")[0].partition(" ")[0])
        self.eyes.fits(name, HALF, LARGE_TYPE)
        self.eyes.reads(name, width, scheme)
        here, lang = self.page.url, f"/{self.shopper.lang}/"
        if not alone and self.second:
            self.page.goto(here.replace(lang, f"/{self.second}/", 1))
            self.eyes.fits(f"{name} {self.second}")
        other = "dark" if scheme == "light" else "light"
        self.eyes.reads(name, WIDE, other, self.desk)
        if self.page.url != here:
            self.page.goto(here)
        self.shopper.wait_for_script()

    def opens(self, path, name):
        self.page.goto(self.shopper.shop.url + path)
        self.sees(name)

    def crawls(self, finder, *starts):
        finder.note(starts, starts[0])
        for kind, path in finder:
            self.page.goto(self.shopper.shop.url + path)
            finder.note(self.page.locator("a[href]").evaluate_all(LINKS), path)
            self.sees(kind)


def buys(reader):
    """From an empty cart to the thanks."""
    shopper, at = reader.shopper, f"/{reader.shopper.lang}/"
    for query in ("min=abc", "q=nothing-is-called-so"):
        reader.opens(f"{at}products/?{query}", f"catalog.products, {query}")
    reader.opens(f"{at}nothing-here", "not found")
    shopper.goto("/products/octagonal-lacquered-chopsticks")
    shopper.by("add-to-cart").click()
    expect(shopper.by("toast")).not_to_be_empty()
    reader.sees("catalog.product, added", alone=True)
    reader.opens(f"{at}cart?country=US", "cart.show, with goods")
    reader.opens(f"{at}cart/delivery?country=US", "estimate.of_cart")
    reader.opens(f"{at}checkout/", "checkout.start")
    reader.opens(f"{at}checkout/address", "checkout.address")
    shopper.fill_address("US", {**ADDRESS, "email": shopper.email})
    shopper.by("continue").click()
    expect(shopper.by("error-summary")).to_be_visible()
    reader.sees("checkout.address, refused", alone=True)
    shopper.field("postal_code").fill("97477")
    shopper.by("continue").click()
    expect(shopper.by("delivery-form")).to_be_visible()
    reader.sees("checkout.delivery")
    shopper.choose("method", "payments_bank_transfer")
    shopper.by("continue").click()
    expect(shopper.by("confirm-form")).to_be_visible()
    reader.sees("checkout.confirm")
    shopper.by("place-order").click()
    expect(shopper.by("thanks")).to_be_visible()
    reader.sees("orders.private")


@pytest.mark.slow
@pytest.mark.req("SHOP-4")
@pytest.mark.parametrize(("first", "second"), [("en", "ja"), ("zh-hant", "zh-hans")])
def test_nothing_is_wrong_with_any_page_a_shopper_comes_to(shop, new_shopper, pages, first, second):
    reader = Reader(new_shopper(shop, first), second)
    at = f"/{first}/"
    reader.crawls(Finder(pages, at), at, f"{at}preferences", f"{at}shipping_courier/charges")
    reader.opens(f"{at}products/cherry-blossom-soap/delivery?country=TW", "estimate.of_product")
    buys(reader)
    bill = shop.cli_json("orders", "show", reader.shopper.by("order-number").inner_text())["bills"][0]
    reader.opens(f"{at}bills/{bill['secret']}", "bills.show")
    assert not reader.eyes.found, reader.eyes.report()
    shoppers = {kind for kind in kinds_of_pages(pages) if not is_owners(pages, kind)}
    assert shoppers - reader.kinds - ELSEWHERE == set()
    reader.shopper.check()


def is_owners(pages, kind):
    return all(rule.rule.startswith("/manage") for rule in pages.url_map.iter_rules(kind))


def sets_up(reader, line):
    page = reader.page
    reader.opens(f"{line}&lang=en", "staff.set_up")
    for name, value in {
        "name": "Tanaka Aya",
        "email": "aya@example.com",
        "password": PASSWORD,
        "repeat": PASSWORD,
    }.items():
        page.locator(f'main [name="{name}"]').fill(value)
    reader.shopper.by("set-up").click()
    expect(reader.shopper.by("manage-home")).to_be_visible()


def speaks(reader, lang):
    reader.page.goto(f"{reader.shopper.shop.url}/manage/account")
    reader.page.locator('main [name="locale"]').select_option(lang)
    with reader.page.expect_navigation():
        reader.shopper.by("save-account").click()


def makes_what_has_to_be_there(reader):
    """A file of rows, a long act, an order. Returns their addresses."""
    page, shop, made = reader.page, reader.shopper.shop, []
    number = PlainShopper(shop.port).buy_by_transfer("order@example.com")
    page.goto(f"{shop.url}/manage/imports/")
    page.locator("#file").set_input_files([{"name": "goods.csv", "mimeType": "text/csv", "buffer": GOODS}])
    for path, button in (("/manage/imports/", "try"), ("/manage/export/", "write")):
        if path not in page.url:
            page.goto(shop.url + path)
        with page.expect_navigation():
            reader.shopper.by(button).click()
        made.append(page.url.removeprefix(shop.url))
    return [*made, f"/manage/orders/{number}"]


@pytest.mark.slow
@pytest.mark.req("SHOP-4", "SHOP-5")
def test_nothing_is_wrong_with_any_page_the_owner_comes_to(shop, new_shopper, pages):
    line = wait_for(
        lambda: shop.log.read_text().partition("Set up the owner: ")[2].split(), 20, "the line with the link"
    )
    reader = Reader(new_shopper(shop), desk=MOUSE)
    sets_up(reader, line[0].removeprefix(shop.url))
    made = makes_what_has_to_be_there(reader)
    reader.crawls(Finder(pages, "/manage/"), "/manage/", *ASKED_FOR, "/manage/dead-jobs/", *made)
    assert not reader.eyes.found, reader.eyes.report()
    owners = {kind for kind in kinds_of_pages(pages) if is_owners(pages, kind)}
    assert owners - reader.kinds - ELSEWHERE == {"staff.log_in"}
    reader.shopper.check()


# --- the watch itself


def test_what_is_wrong_with_a_page_is_seen(shop, new_shopper):
    shopper = new_shopper(shop)
    shopper.goto("/")
    page = shopper.page
    assert (page.evaluate(SIDEWAYS), page.evaluate(SMALL, [43.5]), judge(page, VIOLATIONS)) == ([], [], [])
    eyes = Eyes(page)
    eyes.sets_type(LARGE_TYPE)
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == f"{LARGE_TYPE}px"
    eyes.sets_type(USUAL_TYPE)
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    page.evaluate("document.querySelector('main').lastChild.style.cssText = 'width: 2000px; height: 20px'")
    (small,) = page.evaluate(SMALL, [43.5])
    assert small.startswith("2000x20 <button")
    assert page.evaluate(SIDEWAYS)
    assert any(fault.startswith("button-name:") for fault in judge(page, VIOLATIONS))
    page.evaluate(
        "window.bad = 0; document.body.append(Object.assign(document.createElement('script'), {text: 'bad = 1'}))"
    )
    expect(page.locator("body > script")).to_have_count(1)
    page.wait_for_timeout(0)
    assert [fault for fault in shopper.faults if "policy: script-src" in fault]
