"""Every page from home to the order: nothing sticks out of a narrow window, and axe finds nothing, in light and dark."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDTHS = (320, 360, 1280)
WIDE = {"width": 1280, "height": 900}
CATALOGUE = (
    "/",
    "/products/",
    "/products/?min=abc",
    "/products/?q=nothing-is-called-so",
    "/products/morning-mist-sencha",
    "/products/octagonal-lacquered-chopsticks",
    "/pages/guide",
    "/contact",
    "/nothing-here",
)
ADDRESS = {
    "name": "Ada Byron",
    "line1": "1 Example Street",
    "city": "Springfield",
    "region": "OR",
    "postal_code": "12",
    "phone": "(201) 555-0123",
}

SIDEWAYS = """() => document.documentElement.scrollWidth <= window.innerWidth ? [] :
  [...document.querySelectorAll("body *")]
    .map((element) => [Math.round(element.getBoundingClientRect().right), element.outerHTML.slice(0, 90)])
    .filter(([right]) => right > window.innerWidth).sort((a, b) => b[0] - a[0]).slice(0, 4)
    .concat([[document.documentElement.scrollWidth, "the page"]])"""
VIOLATIONS = """async (rules) => (await axe.run(document, {runOnly: rules, resultTypes: ["violations"]})).violations
  .map((found) => `${found.id}: ${found.nodes.slice(0, 3).map((node) => `${node.target} ${node.failureSummary}`).join(" | ")}`)"""


def walk(shopper):
    """Through the shop as a guest does; yields the name of each page when it is shown."""
    for path in CATALOGUE:
        shopper.goto(path)
        yield path
    shopper.goto("/cart")
    yield "empty cart"
    shopper.goto("/products/cherry-blossom-soap")
    shopper.by("add-to-cart").click()
    expect(shopper.by("toast")).not_to_be_empty()
    yield "added"
    shopper.goto("/cart?country=US")
    yield "cart"
    shopper.goto("/checkout/")
    yield "checkout"
    shopper.goto("/checkout/address")
    yield "address"
    shopper.fill_address("US", {**ADDRESS, "email": shopper.email})
    shopper.by("continue").click()
    expect(shopper.by("error-summary")).to_be_visible()
    yield "wrong address"
    shopper.field("postal_code").fill("97477")
    shopper.by("continue").click()
    expect(shopper.by("delivery-form")).to_be_visible()
    yield "delivery"
    shopper.choose("method", "payments_bank_transfer")
    shopper.by("continue").click()
    expect(shopper.by("confirm-form")).to_be_visible()
    yield "confirm"
    shopper.by("place-order").click()
    expect(shopper.by("thanks")).to_be_visible()
    yield "order"


def judge(page, checks):
    """Run axe's script in the page; it goes in from outside, so the page's own policy stays as it is."""
    page.evaluate(AXE)
    return page.evaluate(checks, RULES)


@pytest.mark.slow
@pytest.mark.parametrize(("lang", "scheme"), [("en", "light"), ("ja", "dark"), ("zh-hant", "light")])
def test_axe_finds_nothing_on_any_page(shop, new_shopper, lang, scheme):
    # Nothing may fade in while its colours are measured.
    shopper = new_shopper(shop, lang, color_scheme=scheme, reduced_motion="reduce")
    found = {name: faults for name in walk(shopper) if (faults := judge(shopper.page, VIOLATIONS))}
    assert found == {}
    assert shopper.faults == []


def test_what_sticks_out_is_seen(shop, new_shopper):
    """The gate itself."""
    shopper = new_shopper(shop)
    shopper.goto("/")
    assert shopper.page.evaluate(SIDEWAYS) == []
    add = "document.querySelector('main').appendChild(document.createElement('div'))"
    shopper.page.evaluate(f"{add}.style.cssText = 'width: 2000px; height: 1px'")
    assert shopper.page.evaluate(SIDEWAYS)


def test_axe_does_find_a_fault(shop, new_shopper):
    """The gate itself."""
    shopper = new_shopper(shop)
    shopper.goto("/")
    shopper.page.evaluate("document.querySelector('[data-test=search]').parentElement.querySelector('label').remove()")
    shopper.page.evaluate("document.querySelector('[data-test=search]').removeAttribute('placeholder')")
    assert any(fault.startswith("label:") for fault in judge(shopper.page, VIOLATIONS))


@pytest.mark.slow
@pytest.mark.req("SHOP-4")
@pytest.mark.parametrize("lang", ["en", "ja", "zh-hans", "zh-hant"])
def test_no_page_scrolls_sideways(shop, new_shopper, lang):
    shopper = new_shopper(shop, lang)
    found = {}
    for name in walk(shopper):
        for width in WIDTHS:
            shopper.page.set_viewport_size({"width": width, "height": 800})
            if out := shopper.page.evaluate(SIDEWAYS):
                found[name, width] = out
        shopper.page.set_viewport_size(WIDE)
    assert found == {}
    assert shopper.faults == []
