"""The demo data of the profile ``mart``, read as plain TOML: complete, consistent, in the right script."""

import re
import tomllib
from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

PROFILE = Path(__file__).parents[3] / "storefront" / "profiles" / "mart"
LANGUAGES = ("en", "ja", "zh-hans", "zh-hant")
PAGES = ("about", "guide", "faq", "terms", "privacy", "payment-and-shipping", "legal-notice")
MODES = {
    "stock", "back_order", "pre_order", "provisional", "tentative", "preorders_closed", "closed", "unavailable",
}  # fmt: skip
RESTRICTIONS = {
    "lithium_in_device", "lithium_loose", "flammable", "aerosol", "alcohol", "blade", "plant_seed", "food",
    "medicine", "magnet", "adult", "no_international",
}  # fmt: skip
# Pairs of simplified and traditional characters that never share a form.
SIMPLIFIED = (
    "国发体们这来时个为会说问间关见车东马长门开员钱买卖货贵费邮电话网页图书写红绿蓝颜单双条张让还远进过运达选适连边"
)
TRADITIONAL = (
    "國發體們這來時個為會說問間關見車東馬長門開員錢買賣貨貴費郵電話網頁圖書寫紅綠藍顏單雙條張讓還遠進過運達選適連邊"
)
# 菓子 keeps its character in Taiwan, though Big5 lacks it.
EXTRA = {"big5": {"菓"}, "gb2312": set()}
HAN = re.compile(r"[\u4e00-\u9fff]")


def read(name: str) -> dict[str, Any]:
    with (PROFILE / name).open("rb") as file:
        return tomllib.load(file)


SHOP = read("profile.toml")
CATEGORIES: list[dict[str, Any]] = read("categories.toml")["category"]
BRANDS: list[dict[str, Any]] = read("brands.toml")["brand"]
PRODUCTS: list[dict[str, Any]] = [
    product for path in sorted((PROFILE / "products").iterdir()) for product in read(f"products/{path.name}")["product"]
]
SKUS: list[dict[str, Any]] = [sku for product in PRODUCTS for sku in product["sku"]]

each_product = pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product["code"])


def texts_in(node: Any, language: str) -> list[str]:
    """Every string that stands anywhere under a key of this language (``zh_hant`` settings included)."""
    endings = (language, "account_" + language.replace("-", "_"))
    found: list[str] = []
    if isinstance(node, dict):
        for key, value in node.items():
            if key in endings:
                found += [value] if isinstance(value, str) else [v for v in value.values() if isinstance(v, str)]
            else:
                found += texts_in(value, language)
    elif isinstance(node, list):
        for item in node:
            found += texts_in(item, language)
    return found


def all_texts(language: str) -> list[str]:
    pages = [(PROFILE / "pages" / f"{slug}.{language}.html").read_text("utf-8") for slug in PAGES]
    return pages + [text for data in (SHOP, CATEGORIES, BRANDS, PRODUCTS) for text in texts_in(data, language)]


def unbalanced_tags(html: str) -> list[str]:
    class Balance(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.open: list[str] = []
            self.wrong: list[str] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.open.append(tag)

        def handle_endtag(self, tag: str) -> None:
            if not self.open or self.open.pop() != tag:
                self.wrong.append(tag)

    parser = Balance()
    parser.feed(html)
    return parser.wrong + parser.open


@pytest.mark.req("CAT-1")
def test_there_are_120_products_and_every_shelf_is_filled() -> None:
    assert len(PRODUCTS) == 120
    shelves = Counter(slug for product in PRODUCTS for slug in product["categories"])
    assert all(shelves[category["slug"]] >= (2 if "parent" in category else 15) for category in CATEGORIES), shelves
    parents = {category["slug"]: category.get("parent") for category in CATEGORIES}
    for product in PRODUCTS:
        assert {parents[slug] for slug in product["categories"]} <= {None, *product["categories"]}, product["code"]


@pytest.mark.req("CAT-1", "SHOP-4")
@each_product
def test_product_texts_are_complete_in_every_language(product: dict[str, Any]) -> None:
    fields = {"name", "summary", "body", "contents", "notes", "seo_description"}
    if product["tax_class"] == "reduced":
        fields.add("ingredients")
    if "notes" not in product["text"]["en"]:
        fields.discard("notes")
    assert set(product["text"]) == set(LANGUAGES)
    for language, text in product["text"].items():
        assert fields <= set(text), (language, fields - set(text))
        assert all(value.strip() for value in text.values()), language
        assert 2 <= text["body"].count("<p>") <= 3
        assert not unbalanced_tags(text["body"]), language
    assert len({frozenset(text) for text in product["text"].values()}) == 1, "languages have different fields"


@pytest.mark.req("CAT-1", "CAT-2")
def test_codes_slugs_skus_and_barcodes_are_unique() -> None:
    keys = {
        "product code": [product["code"] for product in PRODUCTS],
        "product slug": [product["slug"] for product in PRODUCTS],
        "category slug": [category["slug"] for category in CATEGORIES],
        "brand slug": [brand["slug"] for brand in BRANDS],
        "sku": [sku["code"] for sku in SKUS],
        "barcode": [sku["barcode"] for sku in SKUS if "barcode" in sku],
    }
    for kind, values in keys.items():
        assert [value for value, count in Counter(values).items() if count > 1] == [], kind
    for kind in ("product slug", "category slug", "brand slug"):
        assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) for slug in keys[kind])


@pytest.mark.req("CAT-2")
@pytest.mark.parametrize("barcode", [sku["barcode"] for sku in SKUS if "barcode" in sku])
def test_barcode_has_the_right_check_digit(barcode: str) -> None:
    assert re.fullmatch(r"\d{13}", barcode)
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(barcode))
    assert weighted % 10 == 0


@pytest.mark.req("CAT-1")
@each_product
def test_product_facts_are_plausible(product: dict[str, Any]) -> None:
    assert re.fullmatch(r"\d{4}\.\d{2}", product["hs_code"])
    assert re.fullmatch(r"[A-Z]{2}", product["origin"])
    assert product["customs"].isascii() and len(product["customs"]) > 5
    assert product["tax_class"] in {"reduced", "standard"}
    assert (product["tax_class"] == "reduced") == ("food" in product["restrictions"])
    assert set(product["restrictions"]) <= RESTRICTIONS
    assert len(product["size"]) == 3 and all(side > 0 for side in product["size"])
    assert product["weight"] > 0 and all(sku.get("weight", 1) > 0 for sku in product["sku"])
    assert product["brand"] in {brand["slug"] for brand in BRANDS}
    assert product["categories"] and set(product["categories"]) <= {category["slug"] for category in CATEGORIES}
    date.fromisoformat(product["created"])


@pytest.mark.req("CAT-4")
def test_every_stock_kind_is_present() -> None:
    assert {sku["mode"] for sku in SKUS} == MODES
    on_shelf = [sku for sku in SKUS if sku["mode"] == "stock" and sku["tracked"]]
    low = SHOP["policies"]["low_stock"]
    assert any(sku["on_hand"] == 0 for sku in on_shelf), "sold out"
    assert any(0 < sku["on_hand"] <= low for sku in on_shelf), "low"
    assert any(sku["on_hand"] > low for sku in on_shelf), "plenty"
    assert any(not sku["tracked"] for sku in SKUS), "untracked"


@pytest.mark.req("CAT-3", "CAT-4")
@pytest.mark.parametrize("sku", SKUS, ids=lambda sku: sku["code"])
def test_sku_is_complete(sku: dict[str, Any]) -> None:
    assert isinstance(sku["price"], int) and sku["price"] > 0
    assert sku.get("list_price", sku["price"] + 1) > sku["price"]
    assert ("on_hand" in sku) == sku["tracked"]
    if sku["mode"] in {"pre_order", "provisional", "tentative"}:
        assert sku["slots"] > 0
        assert re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", sku["release"])


@pytest.mark.req("CAT-2")
@each_product
def test_variants_and_option_go_together(product: dict[str, Any]) -> None:
    several = len(product["sku"]) > 1
    assert ("option" in product) == several
    assert all(("option" in sku) == several for sku in product["sku"])
    if several:
        assert set(product["option"]) == set(LANGUAGES)
        for language in LANGUAGES:
            values = [sku["option"][language] for sku in product["sku"]]
            assert all(values) and len(set(values)) == len(values)


@pytest.mark.req("CAT-2", "CAT-3", "CAT-6", "SHP-6")
def test_the_catalogue_shows_what_the_shop_can_do() -> None:
    restrictions = Counter(name for product in PRODUCTS for name in product["restrictions"])
    assert sum(len(product["sku"]) > 1 for product in PRODUCTS) >= 6
    assert sum("list_price" in sku for sku in SKUS) >= 4
    assert sum("purchase_limit" in product for product in PRODUCTS) in {1, 2}
    assert {"flammable", "lithium_in_device", "alcohol", "magnet"} <= set(restrictions)
    assert {"aerosol", "lithium_loose", "blade"} <= set(restrictions)
    assert restrictions["no_international"] == 3


@pytest.mark.req("CAT-5")
def test_the_pre_owned_product_shows_its_grades() -> None:
    (product,) = [product for product in PRODUCTS if any("condition_item" in sku for sku in product["sku"])]
    (sku,) = product["sku"]
    assert re.search(r"-R\d+$", product["code"]) and re.search(r"-R\d+$", sku["code"])
    for text in product["text"].values():
        for grade in (sku["condition_item"], sku["condition_box"]):
            assert grade in re.split(r"[\]〕]", text["name"])[0]
        assert text["notes"]


@pytest.mark.req("CAT-1")
def test_pictures_exist_with_their_licence_and_a_translated_description() -> None:
    pictures = [picture for product in PRODUCTS for picture in product["picture"]]
    assert all(product["picture"] for product in PRODUCTS)
    for picture in pictures:
        assert set(picture["alt"]) == set(LANGUAGES) and all(picture["alt"].values())
        assert 1 <= picture["tint"] <= 8
    used = {picture["file"] for picture in pictures} | {c["picture"] for c in CATEGORIES if "picture" in c}
    kept = {path.name for path in (PROFILE / "pictures").iterdir()}
    assert kept == used | {"LICENSE"}
    assert "MIT License" in (PROFILE / "pictures" / "LICENSE").read_text("utf-8")


@pytest.mark.req("CAT-1", "SHOP-4")
def test_categories_and_brands_are_complete_and_parents_come_first() -> None:
    for entry in CATEGORIES + BRANDS:
        assert set(entry["text"]) == set(LANGUAGES), entry["slug"]
        assert all(text["name"] and text["description"] for text in entry["text"].values())
    seen: set[str] = set()
    for category in CATEGORIES:
        assert category.get("parent") in seen | {None}
        seen.add(category["slug"])
    assert sum("parent" not in category for category in CATEGORIES) == 6
    assert {product["brand"] for product in PRODUCTS} == {brand["slug"] for brand in BRANDS}
    assert {slug for product in PRODUCTS for slug in product["categories"]} == seen


@pytest.mark.req("SHOP-4")
def test_chinese_texts_stay_in_their_script() -> None:
    assert len(SIMPLIFIED) == len(TRADITIONAL)
    pairs = [(s, t) for s, t in zip(SIMPLIFIED, TRADITIONAL, strict=True) if s != t]
    simplified_only, traditional_only = {s for s, _ in pairs}, {t for _, t in pairs}
    for text in all_texts("zh-hant"):
        assert not simplified_only & set(text), text
        assert not foreign_characters(text, "big5"), text
    for text in all_texts("zh-hans"):
        assert not traditional_only & set(text), text
        assert not foreign_characters(text, "gb2312"), text


def foreign_characters(text: str, charset: str) -> set[str]:
    """Han characters that the national charset lacks: Big5 holds the traditional ones, GB 2312 the simplified."""
    return {char for char in HAN.findall(text) if not char.encode(charset, "ignore")} - EXTRA[charset]


@pytest.mark.req("SHOP-2")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", PAGES)
def test_page_exists_and_starts_with_its_title(slug: str, language: str) -> None:
    html = (PROFILE / "pages" / f"{slug}.{language}.html").read_text("utf-8")
    first, _, body = html.partition("\n")
    assert re.fullmatch(r"<h1>[^<]+</h1>", first)
    assert "<h1" not in body and len(re.sub(r"<[^>]+>", "", body)) > 200
    assert not unbalanced_tags(html)


@pytest.mark.req("SHOP-2")
def test_there_are_no_stray_pages() -> None:
    assert {path.name for path in (PROFILE / "pages").iterdir()} == {
        f"{slug}.{language}.html" for slug in PAGES for language in LANGUAGES
    }


@pytest.mark.req("SHP-5", "CHK-5", "CHK-6")
@pytest.mark.parametrize("language", LANGUAGES)
def test_payment_page_names_the_sums_of_the_settings(language: str) -> None:
    html = (PROFILE / "pages" / f"payment-and-shipping.{language}.html").read_text("utf-8")
    numbers = set(re.findall(r"\d[\d,]*", html))
    plugins, policies = SHOP["plugins"], SHOP["policies"]
    named = [
        plugins["payments_cod"]["fee"],
        plugins["shipping_courier"]["domestic_price"],
        policies["payment_days"],
    ]
    named += policies["free_shipping"].values()
    for zone in plugins["shipping_courier"]["zones"]:
        named += [price for weight, price in zone["steps"] if weight in {500, 2000}]
    assert {f"{number:,}" for number in named} <= numbers


@pytest.mark.req("SHP-1")
def test_courier_zones_are_disjoint_and_rise_with_the_weight() -> None:
    zones = SHOP["plugins"]["shipping_courier"]["zones"]
    countries = [country for zone in zones for country in zone["countries"]]
    assert len(zones) == 3 and len(set(countries)) == len(countries) and "JP" not in countries
    for zone in zones:
        weights, prices = zip(*zone["steps"], strict=True)
        assert weights[0] == 500 and weights[-1] == 20_000
        assert list(weights) == sorted(set(weights)) and list(prices) == sorted(set(prices))
        assert 0 < zone["days"][0] <= zone["days"][1]


@pytest.mark.req("SHOP-1", "SHOP-3", "SHOP-4", "CHK-4")
def test_shop_settings_are_complete() -> None:
    assert set(SHOP["shop"]["name"]) == set(SHOP["shop"]["from_name"]) == set(LANGUAGES)
    rates = {currency["code"]: Decimal(currency["rate"]) for currency in SHOP["currency"]}
    assert rates["JPY"] == 1 and set(rates) == {"JPY", "USD", "TWD", "HKD", "CNY"} and min(rates.values()) > 0
    assert all(currency["step"] >= 1 for currency in SHOP["currency"])
    for closed in SHOP["closed_destination"]:
        assert set(closed["message"]) == set(LANGUAGES)
        assert closed.get("restriction", "food") in RESTRICTIONS
    for announcement in SHOP["announcement"]:
        assert set(announcement["text"]) == set(LANGUAGES)
        starts, ends = (datetime.fromisoformat(announcement[key]) for key in ("starts", "ends"))
        assert starts.utcoffset() == ends.utcoffset() and starts < ends
    days = [date.fromisoformat(day) for day in SHOP["calendar"]["holidays"]]
    assert days == sorted(set(days)) and date(2026, 11, 23) in days
    closed_days = [date.fromisoformat(day) for day in SHOP["calendar"]["closed_days"]]
    assert closed_days[0] == date(2026, 12, 27) and closed_days[-1] == date(2027, 1, 4) and len(closed_days) == 9
