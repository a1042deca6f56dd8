"""The look: components in every language, the poster of the day, what browsers may fetch ahead, dead ends that lead on."""

import json
import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from storefront.config import Settings
from storefront.core.values.types import SaleStatus
from storefront.testing.factories import make_product
from storefront.testing.visitor import Page

LANGS = {"en": "en", "ja": "ja", "zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}
ADDED = {
    "en": "Added to the cart.",
    "ja": "カートに入れました。",
    "zh-hans": "已加入购物车。",
    "zh-hant": "已加入購物車。",
}
COMPONENTS = {
    "badge", "button", "card", "choice", "dialog", "empty", "field", "fold", "icon", "lazy", "next", "note", "pager", "price",
    "progress", "status", "stepper", "summary", "tabs", "tile", "toast",
}  # fmt: skip
OWN = {"Sec-Fetch-Site": "same-origin"}
PART = {"HX-Request": "true", "HX-Request-Type": "partial", **OWN}


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
class TestInDevelopment:
    @pytest.fixture
    def app_settings(self, app_settings: Settings) -> Settings:
        return replace(app_settings, debug=True)

    def test_every_component_is_shown_in_every_language_and_state(self, client: FlaskClient) -> None:
        for lang, tag in LANGS.items():
            answer = client.get(f"/_dev/components?lang={lang}")
            html = answer.get_data(as_text=True)
            page = Page(html)
            assert answer.status_code == 200
            assert f'<html lang="{tag}">' in html and ADDED[lang] in html
            assert {given["data-component"] for given in page.attributes("component")} == COMPONENTS
            assert {given["data-status"] for given in page.attributes("status")} >= set(SaleStatus)
            assert len(page.ids) == len(set(page.ids))
            # Every reference within the page leads somewhere.
            for named in re.findall(r'(?:for|aria-describedby|aria-labelledby|data-dialog)="([^"]+)"', html):
                assert set(named.split()) <= set(page.ids), named
            # One row that cannot be chosen says why; one that is chosen is.
            form = page.texts("reason")
            assert len(form) == 1 and form[0]


def test_the_day_stands_on_the_poster_as_its_script_writes_it(client: FlaskClient, unit, monkeypatch) -> None:
    from storefront.shop.home import views

    with unit():
        make_product(name="Tea", slug="tea", code="TEA")
    monkeypatch.setattr(views, "shop_date", lambda now, policies: views.utcnow().date().replace(2026, 11, 25))
    days = {"en": "25 November 2026, Minor Snow", "ja": "十一月二十五日 小雪", "zh-hans": "十一月二十五日 小雪"}
    for lang, day in days.items():
        assert f'class="hero__day">{day}<' in client.get(f"/{lang}/").get_data(as_text=True)


def test_pages_say_what_may_be_fetched_ahead_and_changes_take_it_back(client: FlaskClient, unit) -> None:
    with unit():
        make_product(name="Tea", slug="tea", code="TEA")
    rules = client.get("/speculation.json")
    assert rules.mimetype == "application/speculationrules+json"
    (rule,) = json.loads(rules.data)["prefetch"]
    assert rule["eagerness"] == "moderate"
    assert client.get("/en/").headers["Speculation-Rules"] == '"/speculation.json"'
    assert "Speculation-Rules" not in client.get("/en/products/", headers=PART).headers
    assert "Speculation-Rules" not in client.get("/manage/login").headers
    added = client.post("/en/cart/items", data={"sku": "TEA-1"}, headers=PART)
    assert added.headers["Clear-Site-Data"] == '"prefetchCache"'
    said = json.loads(added.headers["HX-Trigger"])["toast"]
    assert (said["href"], said["link"]) == ("/en/cart", "See the cart")


def test_a_page_that_is_not_there_shows_what_others_like(app: Flask, client: FlaskClient, unit) -> None:
    with unit():
        make_product(name="Tea", slug="tea", code="TEA")
    gone = Page(client.get("/ja/products/none").get_data(as_text=True))
    assert len(gone.texts("popular")) == 1 and len(gone.texts("product-card")) == 1
    # Whoever guesses at addresses that are none of the shop's pages costs it nothing more.
    assert 'data-test="popular"' not in client.get("/wp-login.php").get_data(as_text=True)
