"""The catalogue side of the shop, as a browser without script gets it."""

import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from storefront.core.catalog.models import Page, PageText, ProductCategory
from storefront.core.db import session
from storefront.core.settings.models import Announcement
from storefront.core.settings.service import touch
from storefront.testing.factories import make_brand, make_category, make_currency, make_product, set_policy

LANGS = {"en": "en", "ja": "ja", "zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}


def text_of(response: TestResponse) -> str:
    return response.get_data(as_text=True)


@pytest.fixture
def tea(unit) -> str:
    """A product with two variants in a category, of a brand; its slug."""
    with unit():
        brand = make_brand("kiriyama", "Kiriyama-en")
        make_category("tea", name="Tea")
        make_product(name="Morning Mist Sencha", slug="sencha", skus=2, brand_id=brand.id, price=1296)
        page = Page(slug="about", menu="shop")
        session.add(page)
        session.flush()
        session.add(PageText(page_id=page.id, locale="en", title="About us", body="<p>Hello</p>"))
        set_policy("shop.email", "shop@example.com")
        touch()
    return "sencha"


PATHS = [
    "/{lang}/",
    "/{lang}/products/",
    "/{lang}/products/?q=mist&sort=price_up&status=in_stock&min=1&max=2000",
    "/{lang}/products/sencha",
    "/{lang}/categories/tea",
    "/{lang}/brands/kiriyama",
    "/{lang}/pages/about",
    "/{lang}/contact",
]


@pytest.mark.req("SHOP-2")
def test_every_page_answers_in_every_language(client: FlaskClient, tea: str) -> None:
    for path in PATHS:
        for lang, tag in LANGS.items():
            response = client.get(path.format(lang=lang))
            assert response.status_code == 200, path
            assert f'<html lang="{tag}">' in text_of(response)


def test_a_text_in_another_language_says_so(client: FlaskClient, tea: str) -> None:
    assert '<article lang="en">' in text_of(client.get("/ja/pages/about"))
    assert '<article lang="en">' not in text_of(client.get("/en/pages/about"))


def test_the_foot_leads_to_the_same_page_in_the_other_languages(client: FlaskClient, tea: str) -> None:
    page = text_of(client.get("/ja/products/?q=%E8%8C%B6&page=1"))
    for lang in LANGS:
        assert f'href="/{lang}/products/?q=%E8%8C%B6&amp;page=1"' in page


def test_a_product_page_offers_its_variants_and_a_form_that_adds_one(client: FlaskClient, tea: str) -> None:
    page = text_of(client.get("/en/products/sencha"))
    assert 'action="/en/cart/items"' in page
    assert page.count('data-test="variant"') == 2
    assert "Add to cart" in page
    assert "1,296" in page


def test_a_variant_can_be_chosen_by_address_and_the_stepper_works_without_script(
    client: FlaskClient, tea: str, unit
) -> None:
    with unit():
        make_product(slug="two", code="TWO", skus=2)
    page = text_of(client.get("/en/products/two?sku=TWO-2&quantity=3&step=1"))
    assert re.search(r'value="TWO-2" checked', page)
    assert re.search(r'name="quantity"[^>]* value="4"', page)


STATUSES = [
    ("stock", 10, "In stock", True),
    ("stock", 3, "Only 3 left", True),
    ("stock", 0, "Sold out", False),
    ("back_order", 0, "Back-order, about 2 weeks", True),
    ("pre_order", 0, "Pre-order, out in January 2027", True),
    ("provisional", 0, "Provisional pre-order, out in January 2027", True),
    ("tentative", 0, "Tentative pre-order, out in January 2027", True),
    ("preorders_closed", 0, "Pre-orders closed", False),
    ("closed", 0, "Orders closed", False),
    ("unavailable", 0, "Unavailable", False),
]


@pytest.mark.req("CAT-4")
def test_each_sale_status_is_named_and_only_what_can_be_ordered_has_a_live_button(client: FlaskClient, unit) -> None:
    with unit():
        for number, (mode, on_hand, _words, _can) in enumerate(STATUSES):
            make_product(slug=f"p{number}", on_hand=on_hand, sku_values={"mode": mode, "release": "2027-01"})
    for number, (mode, _on_hand, words, can_order) in enumerate(STATUSES):
        page = text_of(client.get(f"/en/products/p{number}"))
        assert words in page
        button = re.search(r'<button class="btn" data-test="add-to-cart"[^>]*>', page)
        assert button
        assert ("disabled" not in button[0]) == can_order, mode


def test_a_withdrawn_product_is_gone_with_alternatives_and_a_draft_was_never_there(client: FlaskClient, unit) -> None:
    with unit():
        make_product(slug="old", name="Old kettle", state="withdrawn")
        make_product(slug="secret", name="Canary", state="draft")
        make_product(slug="new")
    gone = client.get("/en/products/old")
    assert gone.status_code == 410
    assert "Old kettle" in text_of(gone)
    assert client.get("/en/products/secret").status_code == 404
    for path in ("/en/", "/en/products/", "/en/products/?q=canary"):
        assert "secret" not in text_of(client.get(path))


def test_what_is_not_there_is_a_404_in_the_language_of_the_address(client: FlaskClient) -> None:
    for path in ("nothing", "products/none", "categories/none", "brands/none", "pages/none"):
        for lang, tag in LANGS.items():
            response = client.get(f"/{lang}/{path}")
            assert response.status_code == 404, path
            assert f'<html lang="{tag}">' in text_of(response)
            assert 'data-test="error-404"' in text_of(response)


def test_a_crash_is_our_fault_with_a_number_that_is_in_the_log(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def crash() -> str:
        raise ZeroDivisionError("a secret inside")

    monkeypatch.setitem(app.view_functions, "contact.contact", crash)
    response = client.get("/ja/contact")
    assert response.status_code == 500
    number = re.search(r'data-test="fault-number">([0-9a-f]{8})<', text_of(response))
    assert number
    assert number[1] in caplog.text
    assert "a secret inside" not in text_of(response)
    assert '<html lang="ja">' in text_of(response)


BAD = [
    "?page=abc", "?page=-1", "?page=99999999999", "?page=0", "?min=NaN&max=Infinity", "?min=1e400", "?min=-5",
    "?min=1_000", "?min=９９", "?sort=name;drop", "?status=draft", "?category=%00", "?brand=" + "x" * 500,
    "?q=%00%01", "?q=" + "%E8%8C%B6" * 500, "?q=%FF%FE", "?q=%25_%27%22--", "?q=a&q=b", "?category=../../etc",
    "?min=9007199254740993&max=99999999999999999999",
]  # fmt: skip


def test_a_list_survives_whatever_stands_in_its_address(client: FlaskClient, tea: str) -> None:
    for query in BAD:
        for path in ("/en/products/", "/ja/categories/tea", "/en/products/sencha"):
            assert client.get(path + query).status_code == 200, query


NOWHERE = [
    "/en/products/%00", "/en/products/%FF", "/en/pages/..%2f", "/media/..%2f..%2fshop.sqlite", "/media/%00",
    "/static/..%2fbase.html", "/static/%00", "/en/products/" + "a" * 3000, "/xx/", "/EN/", "/.git/config",
]  # fmt: skip


def test_a_path_that_means_nothing_is_a_404(client: FlaskClient) -> None:
    for path in NOWHERE:
        assert client.get(path).status_code == 404, path


def test_a_price_that_is_none_is_shown_again_with_a_sentence(client: FlaskClient, tea: str) -> None:
    page = text_of(client.get("/en/products/?min=cheap"))
    assert 'value="cheap"' in page
    assert 'id="min-error"' in page
    assert "Morning Mist Sencha" in page


def test_nothing_found_says_what_was_searched_and_leads_on(client: FlaskClient, tea: str) -> None:
    page = text_of(client.get("/en/products/?q=zzz"))
    assert "Nothing found for “zzz”." in page
    assert 'data-test="empty"' in page


def test_what_was_searched_is_inert_in_the_page(client: FlaskClient, tea: str) -> None:
    page = text_of(client.get("/en/products/?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E"))
    assert "<script>alert" not in page


def test_long_lists_have_pages_and_the_last_one_ends(client: FlaskClient, unit) -> None:
    with unit():
        for _ in range(30):
            make_product()
    first = text_of(client.get("/en/products/"))
    assert first.count('data-test="product-card"') == 24
    assert "1–24 of 30" in first
    assert "Next 6 items" in first
    assert 'href="/en/products/?page=2"' in first
    second = text_of(client.get("/en/products/?page=2"))
    assert second.count('data-test="product-card"') == 6
    assert 'data-test="next-page"' not in second


def test_a_filter_in_use_is_a_link_that_removes_it(client: FlaskClient, tea: str) -> None:
    page = text_of(client.get("/en/products/?q=mist&status=in_stock"))
    assert re.search(r'<a class="chip" href="/en/products/\?status=in_stock"', page)
    assert re.search(r'<a class="chip" href="/en/products/\?q=mist"', page)


def test_an_announcement_is_shown_in_the_readers_language(client: FlaskClient, unit) -> None:
    with unit():
        session.add(Announcement(text={"en": "Closed <b>soon</b>", "ja": "休みます"}, places=["all"]))
        touch()
    assert "Closed &lt;b&gt;soon&lt;/b&gt;" in text_of(client.get("/en/"))
    assert "休みます" in text_of(client.get("/ja/"))


def test_prices_are_shown_in_the_chosen_currency(client: FlaskClient, tea: str, unit) -> None:
    with unit():
        make_currency("USD", "0.0065", 5)
        touch()
    client.set_cookie("currency", "USD")
    assert "US$8.45" in text_of(client.get("/en/products/sencha"))
    client.set_cookie("currency", "XXX")
    assert "¥1,296" in text_of(client.get("/en/products/sencha"))


def test_an_owners_change_is_seen_by_the_next_request(client: FlaskClient, unit) -> None:
    assert "Hiyori" not in text_of(client.get("/en/"))
    with unit():
        set_policy("shop.name", {"en": "Hiyori"})
        touch()
    assert "Hiyori" in text_of(client.get("/en/"))


def test_health_says_that_the_process_answers(client: FlaskClient) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    assert json.loads(response.data) == {"status": "ok"}


@pytest.mark.req("CAT-7")
def test_the_filter_form_counts_what_each_choice_leaves_and_a_part_brings_the_numbers(
    client: FlaskClient, unit
) -> None:
    with unit():
        maker = make_brand("maker", "Maker & Sons")
        tea = make_category("tea", name="Tea")
        for on_hand in (0, 5, 5):
            product = make_product(on_hand=on_hand, brand_id=maker.id)
            session.add(ProductCategory(product_id=product.id, category_id=tea.id))
    whole = text_of(client.get("/en/products/"))
    assert counts_in(whole) == {"category-tea": "3", "status-in_stock": "2", "brand-maker": "3"}
    assert '<label class="check"><input type="radio" name="brand" value="maker"><span>Maker &amp; Sons</span>' in whole
    chosen = text_of(client.get("/en/products/?status=in_stock"))
    assert counts_in(chosen) == {"category-tea": "2", "status-in_stock": "2", "brand-maker": "2"}
    part = text_of(
        client.get("/en/products/?status=in_stock", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    )
    assert '<form action="/en/products/" data-test="filters"' not in part
    assert counts_in(part) == counts_in(chosen) and part.count("hx-swap-oob='innerHTML:[name=") == 5
    assert "1–2 of 2" in part
    of_maker = text_of(client.get("/en/products/?brand=maker"))
    assert re.search(r'data-test="chip">Maker &amp; Sons<', of_maker)


def counts_in(page: str) -> dict[str, str]:
    """The numbers of the filter form that are not 0."""
    form = r'name="(\w+)" value="([^"]+)"[^>]*><span[^>]*>[^<]*</span><span class="num" data-test="facet-count">(\d+)<'
    sent = r"""hx-swap-oob='innerHTML:\[name="(\w+)"\]\[value="([^"]+)"\]~\.num'>(\d+)<"""
    found = re.findall(form, page) or re.findall(sent, page)
    return {f"{name}-{value}": number for name, value, number in found if number != "0"}


@pytest.mark.req("CAT-8")
def test_where_nothing_is_found_a_few_others_are_shown(client: FlaskClient, tea: str) -> None:
    page = text_of(client.get("/en/products/?max=1"))
    assert 'data-test="empty"' in page and page.count('data-test="product-card"') == 1
