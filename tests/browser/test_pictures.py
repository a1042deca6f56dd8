"""Pictures and data for machines, as a browser takes them."""

import json

import pytest

from storefront.testing.running import wait_for

COMMON_SHOP = True

TEA = "/products/morning-mist-sencha"
# FRONTEND B.5: a list of 24 with its pictures, everything counted that the first view fetches.
LIST_BUDGET = 250_000
SEEN = "imgs => imgs.filter(i => i.complete && i.naturalWidth).map(i => new URL(i.currentSrc).pathname)"


@pytest.fixture
def prepared_shop(shop):
    wait_for(lambda: "256.avif" in shop.get("/en" + TEA).text, 180, "the pictures are prepared")
    wait_for(lambda: ".webp" not in shop.get("/en/products/").text, 180, "all of them")
    return shop


@pytest.mark.parametrize("density", [1, 3])
def test_a_list_shows_small_pictures_and_stays_within_its_weight(prepared_shop, new_shopper, density):
    shopper = new_shopper(prepared_shop, device_scale_factor=density)
    sizes: dict[str, int] = {}
    shopper.page.on("response", lambda answer: sizes.update({answer.url: answer.request.sizes()["responseBodySize"]}))
    shopper.goto("/products/")
    shopper.page.wait_for_load_state("networkidle")
    shown = shopper.page.locator(".shelf img").evaluate_all(SEEN)
    assert len(shown) >= 10
    # One width on a list, which keeps the page small: these pictures are no wider.
    assert {path.rpartition("/")[2] for path in shown} == {"256.avif"}
    assert 50_000 < sum(sizes.values()) < LIST_BUDGET
    images = shopper.page.locator(".shelf img")
    assert images.first.get_attribute("fetchpriority") == "high" and images.first.get_attribute("loading") is None
    assert images.nth(5).get_attribute("loading") == "lazy" and images.nth(5).get_attribute("decoding") == "async"
    # Tiles are square whatever is in them, and stand before the pictures come.
    boxes = shopper.page.locator(".shelf .tile").evaluate_all("t => t.map(e => [e.offsetWidth, e.offsetHeight])")
    assert all(abs(width - height) <= 1 for width, height in boxes)
    shopper.check()


def test_the_policy_lets_data_for_machines_be(prepared_shop, new_shopper):
    shopper = new_shopper(prepared_shop, "ja")
    for path, kinds in (("/", ["Organization", "WebSite"]), (TEA, ["Product", "BreadcrumbList"])):
        shopper.goto(path)
        shopper.page.wait_for_load_state("networkidle")
        found = shopper.page.locator('script[type="application/ld+json"]').all_text_contents()
        assert [json.loads(text)["@type"] for text in found] == kinds
        assert shopper.page.locator("main img").evaluate_all(SEEN)
    shopper.check()
