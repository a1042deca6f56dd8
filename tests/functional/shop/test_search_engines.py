"""What search engines are told: which address a page has, which languages, what is for sale and how."""

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient

from storefront.core.catalog.models import Page, PageText, ProductCategory, ProductPicture, ProductText
from storefront.core.catalog.sitemap import BLOCK
from storefront.core.db import session
from storefront.core.settings.service import touch
from storefront.core.values.types import SaleMode
from storefront.testing.factories import make_brand, make_category, make_currency, make_product, make_sku, set_policy

Unit = Callable[[], AbstractContextManager[None]]
ROOT = "http://localhost"
LANGS = {"en": "en", "ja": "ja", "zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}
ALL = {*LANGS.values(), "x-default"}
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def head(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.get_data(as_text=True).partition("</head>")[0]


def canonical(text: str) -> str:
    found = re.findall(r'<link rel="canonical" href="([^"]+)">', text)
    assert len(found) <= 1 and bool(found) != ('<meta name="robots" content="noindex">' in text)
    return found[0].replace("&amp;", "&") if found else ""


def alternates(text: str) -> dict[str, str]:
    found = re.findall(r'hreflang="([\w-]+)" href="([^"]+)"', text)
    assert len(found) == len(dict(found))
    return dict(found)


def blocks(client: FlaskClient, path: str) -> dict[str, Any]:
    """Data for machines by type, as a parser of HTML and JSON finds them."""
    page = client.get(path).get_data(as_text=True)
    found = [json.loads(text) for text in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)]
    assert all(each["@context"] == "https://schema.org" for each in found)
    return {each["@type"]: each for each in found}


@pytest.fixture
def goods(unit: Unit) -> None:
    with unit():
        category = make_category("tea", name="Tea & cups")
        brand = make_brand("kiriyama", "Kiriyama")
        for n in range(30):
            make_product(slug=f"p-{n}", name=f"Product {n}", brand_id=brand.id)
        make_product(slug="draft", state="draft")
        make_product(slug="gone", state="withdrawn")
        make_product(slug="half", name={"en": "Half", "ja": "半分"})
        page = Page(slug="about", menu="shop")
        session.add(page)
        session.flush()
        session.add(PageText(page_id=page.id, locale="ja", title="店について", body="<p>小さな&amp;静かな店</p>"))
        assert category.id
        touch()


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_every_page_has_one_address_and_its_other_languages(client: FlaskClient, goods: None) -> None:
    for path in (
        "/",
        "/products/",
        "/products/?page=2",
        "/products/p-1",
        "/categories/tea",
        "/brands/kiriyama",
        "/contact",
    ):
        for lang, tag in LANGS.items():
            text = head(client, f"/{lang}{path}")
            assert canonical(text) == f"{ROOT}/{lang}{path}"
            others = alternates(text)
            assert others.keys() == ALL and others[tag] == canonical(text)
            assert others["x-default"] == f"{ROOT}/en{path}"


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_what_is_the_same_is_known_once_and_what_is_endless_not_at_all(client: FlaskClient, goods: None) -> None:
    plain = f"{ROOT}/ja/products/"
    for path, known in {
        "/ja/products/?page=1": plain, "/ja/products/?page=99": f"{plain}?page=2", "/ja/products/?sort=newest": plain,
        "/ja/products/?sort=newest&page=2": plain, "/ja/products/?utm_source=x": plain, "/ja/products/?page=nonsense": plain,
        "/ja/products/?category=tea": f"{ROOT}/ja/categories/tea", "/ja/categories/tea?sort=price_up": f"{ROOT}/ja/categories/tea",
        "/ja/products/p-1?sku=x&picture=2&quantity=3": f"{ROOT}/ja/products/p-1",
        "/ja/products/?q=tea": "", "/ja/products/?min=1": "", "/ja/products/?category=tea&status=in_stock": "",
        "/ja/products/?category=none": "", "/ja/categories/tea?max=5": "", "/ja/products/?brand=kiriyama": "",
        "/ja/cart": "",
    }.items():  # fmt: skip
        text = head(client, path)
        assert canonical(text) == known, path
        assert alternates(text) == {}, path
    for path, status in {
        "/ja/products/none": 404,
        "/ja/none": 404,
        "/ja/products/gone": 410,
        "/ja/products/draft": 404,
    }.items():
        text = head(client, path, status)
        assert canonical(text) == "" and alternates(text) == {}


def test_a_text_that_is_only_a_fallback_is_known_in_its_own_language(client: FlaskClient, goods: None) -> None:
    text = head(client, "/ja/products/half")
    assert alternates(text) == {
        "en": f"{ROOT}/en/products/half", "ja": f"{ROOT}/ja/products/half", "x-default": f"{ROOT}/en/products/half",
    }  # fmt: skip
    for lang, best in {"zh-hans": "ja", "zh-hant": "ja"}.items():
        text = head(client, f"/{lang}/products/half")
        assert canonical(text) == f"{ROOT}/{best}/products/half" and alternates(text) == {}
    assert canonical(head(client, "/en/pages/about")) == f"{ROOT}/ja/pages/about"
    about = head(client, "/ja/pages/about")
    assert alternates(about).keys() == {"ja", "x-default"}
    assert '<meta name="description" content="小さな&amp;静かな店">' in about


def test_site_maps_hold_what_may_be_found_and_nothing_else(
    app: Flask, client: FlaskClient, goods: None, unit: Unit
) -> None:
    with unit():
        far = make_product(slug="far", id=3 * BLOCK + 7)
        assert far.id > BLOCK
    assert f"Sitemap: {ROOT}/sitemap.xml" in client.get("/robots.txt").get_data(as_text=True)
    index = ElementTree.fromstring(client.get("/sitemap.xml").data)
    files = [each.text or "" for each in index.iter(f"{SITEMAP}loc")]
    assert index.tag == f"{SITEMAP}sitemapindex" and len(files) == len(set(files)) == 4 * 3
    found: dict[str, str | None] = {}
    for file in files:
        answer = client.get(file.removeprefix(ROOT))
        assert answer.mimetype == "application/xml" and "max-age" in answer.headers["Cache-Control"]
        urls = ElementTree.fromstring(answer.data)
        assert urls.tag == f"{SITEMAP}urlset" and 0 < len(urls) <= BLOCK
        for url in urls:
            where = url.findtext(f"{SITEMAP}loc")
            assert where is not None and where not in found
            found[where] = url.findtext(f"{SITEMAP}lastmod")
    for lang in LANGS:
        expected = {"", "products/", "contact", "categories/tea", "brands/kiriyama", "products/far"}
        expected |= {f"products/p-{n}" for n in range(30)}
        expected |= {"products/half"} if lang in ("en", "ja") else set()
        expected |= {"pages/about"} if lang == "ja" else set()
        here = {url.removeprefix(f"{ROOT}/{lang}/") for url in found if url.startswith(f"{ROOT}/{lang}/")}
        assert here == expected, lang
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", found[f"{ROOT}/en/products/p-1"] or "")
    # What they name is there, is known by that address, and says so.
    for url in found:
        if "/p-" not in url or url.endswith("/p-1"):
            assert canonical(head(client, url.removeprefix(ROOT))) == url
    for path in ("/sitemaps/en-2.xml", "/sitemaps/en-0.xml", "/sitemaps/xx-1.xml", "/sitemaps/en.xml", "/sitemaps/en-x.xml",
                 "/sitemaps/en-99999999999999999999.xml", "/sitemaps/en-pages-1.xml"):  # fmt: skip
        assert client.get(path).status_code == 404, path


# --- data for machines ----------------------------------------------------------------------------------------------


@pytest.mark.req("CAT-4")
@pytest.mark.parametrize(
    ("sku", "availability"),
    [
        ({"on_hand": 30}, "InStock"),
        ({"on_hand": 1}, "InStock"),
        ({"on_hand": None}, "InStock"),
        ({"on_hand": 0}, "OutOfStock"),
        ({"mode": SaleMode.BACK_ORDER}, "BackOrder"),
        ({"mode": SaleMode.PRE_ORDER, "slots": 5, "release": "2027-03"}, "PreOrder"),
        ({"mode": SaleMode.PROVISIONAL, "slots": 5}, "PreOrder"),
        ({"mode": SaleMode.TENTATIVE, "slots": 5}, "PreOrder"),
        ({"mode": SaleMode.PRE_ORDER, "slots": 0}, "OutOfStock"),
        ({"mode": "closed"}, "OutOfStock"),
        ({"mode": "unavailable"}, "Discontinued"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(f"{k}={v}" for k, v in value.items()),
)
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_machines_are_told_what_people_see(
    client: FlaskClient, unit: Unit, sku: dict[str, Any], availability: str
) -> None:
    with unit():
        make_currency("USD", "0.0067")
        product = make_product(name="Cup", slug="cup", code="CUP", skus=0, release=sku.get("release", ""))
        make_sku(product, code="CUP-1", price=123_456, barcode="4900000000016", **sku)
        touch()
    page = client.get("/en/products/cup").get_data(as_text=True)
    status = re.search(r'data-test="status" data-status="(\w+)"', page)
    assert status is not None
    found = blocks(client, "/en/products/cup")["Product"]
    offer = found["offers"]
    assert offer["@type"] == "Offer" and offer["availability"] == f"https://schema.org/{availability}", status[1]
    assert (offer["price"], offer["priceCurrency"], offer["sku"]) == ("123456", "JPY", "CUP-1")
    assert "123,456" in re.sub(r"<[^>]+>", "", page) and offer["gtin"] == "4900000000016"
    assert (found["name"], found["url"]) == ("Cup", f"{ROOT}/en/products/cup")
    orderable = 'data-test="add-to-cart" id="add-to-cart" disabled' not in page
    assert orderable == (availability in ("InStock", "BackOrder", "PreOrder"))
    assert found.get("releaseDate") == offer.get("availabilityStarts") == sku.get("release")
    client.set_cookie("currency", "USD")
    dollars = blocks(client, "/en/products/cup")["Product"]["offers"]
    assert (dollars["price"], dollars["priceCurrency"]) == ("827.16", "USD")
    assert "827.16" in re.sub(r"<[^>]+>", "", client.get("/en/products/cup").get_data(as_text=True))


def test_several_variants_are_one_offer_of_offers(client: FlaskClient, unit: Unit) -> None:
    with unit():
        category = make_category("tea", name="Tea")
        product = make_product(name="Tea", slug="sencha", skus=0, condition_item="A")
        for code, price, on_hand in (("T-1", 900, 0), ("T-2", 1200, 9), ("T-3", 1500, 9)):
            options = [{"name": {"en": "Size"}, "value": {"en": code}}]
            make_sku(product, code=code, price=price, on_hand=on_hand, options=options)

        session.add(ProductCategory(product_id=product.id, category_id=category.id))
        session.add(ProductPicture(product_id=product.id, file="0123456789abcdef-900x600", alt={}))
        touch()
    found = blocks(client, "/en/products/sencha")
    offers = found["Product"]["offers"]
    assert (offers["@type"], offers["lowPrice"], offers["highPrice"], offers["offerCount"]) == (
        "AggregateOffer",
        "1200",
        "1500",
        3,
    )
    assert [(o["sku"], o["name"], o["price"], o["availability"].rpartition("/")[2]) for o in offers["offers"]] == [
        ("T-1", "T-1", "900", "OutOfStock"), ("T-2", "T-2", "1200", "InStock"), ("T-3", "T-3", "1500", "InStock"),
    ]  # fmt: skip
    assert {o["itemCondition"] for o in offers["offers"]} == {"https://schema.org/UsedCondition"}
    picture = f"{ROOT}/media/0123456789abcdef-900x600/800.jpg"
    assert found["Product"]["image"] == [picture]
    assert f'<meta property="og:image" content="{picture}">' in head(client, "/en/products/sencha")
    steps = found["BreadcrumbList"]["itemListElement"]
    assert [(s["position"], s["name"], s["item"].removeprefix(ROOT)) for s in steps] == [
        (1, "Home", "/en/"), (2, "Tea", "/en/categories/tea"), (3, "Tea", "/en/products/sencha"),
    ]  # fmt: skip


HOSTILE = "</script><script>alert(1)</script><!-- \" ' & \u2028\u2029 \\u003c"


def test_no_text_can_end_the_block(client: FlaskClient, unit: Unit) -> None:
    with unit():
        product = make_product(name=HOSTILE, slug="x", sku_values={"barcode": "<b>"})
        session.flush()
        row = session.get_one(ProductText, (product.id, "en"))
        row.summary, row.seo_title = HOSTILE, HOSTILE
        set_policy("shop.name", {"en": HOSTILE})
        touch()
    for path in ("/en/products/x", "/en/"):
        page = client.get(path).get_data(as_text=True)
        assert "<script>alert" not in page and "\u2028" not in page.partition("<body")[0].partition("ld+json")[2]
        found = blocks(client, path)
        name = found["Product" if "x" in path else "Organization"]["name"]
        assert name == HOSTILE


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_titles_and_descriptions_come_from_the_owner_or_from_the_texts(client: FlaskClient, unit: Unit) -> None:
    with unit():
        product_id = make_product(name="Cup", slug="cup").id
        text = session.get_one(ProductText, (product_id, "en"))
        text.body = "<p>Made by   hand,<br>glazed &amp; fired.</p>" + "<p>long</p>" * 200
        touch()
    plain = head(client, "/en/products/cup")
    description = re.search(r'<meta name="description" content="([^"]+)">', plain)
    assert description is not None and description[1].startswith("Made by hand, glazed &amp; fired. long")
    assert len(description[1].replace("&amp;", "&")) <= 300 and description[1].endswith("…")
    assert (
        '<meta property="og:title" content="Cup">' in plain and '<meta property="og:type" content="product">' in plain
    )
    with unit():
        text = session.get_one(ProductText, (product_id, "en"))
        text.summary, text.seo_title, text.seo_description = "Short", "A title", "Owner's words"
    owned = head(client, "/en/products/cup")
    assert "<title>A title | " in owned and '<meta property="og:title" content="A title">' in owned
    assert '<meta name="description" content="Owner&#39;s words">' in owned
    home = blocks(client, "/ja/")
    assert (
        home["WebSite"]["potentialAction"]["target"]["urlTemplate"] == f"{ROOT}/ja/products/?q={{search_term_string}}"
    )
    assert home["WebSite"]["publisher"]["@id"] == home["Organization"]["@id"]
