"""Lists of products on real databases: filters, order, pages, what a card says, how many statements it takes."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from storefront.core.catalog.indexing import index_product
from storefront.core.catalog.models import ProductCategory, ProductPicture, Sku, SkuPrice
from storefront.core.catalog.queries import ListQuery, home_shelves, list_products
from storefront.core.contracts.currency import in_currency
from storefront.core.contracts.pricing import CurrencyRate
from storefront.core.db import session, unit_of_work
from storefront.core.settings.policies import DEFAULTS
from storefront.core.stock.models import StockItem
from storefront.core.stock.queries import status_of
from storefront.core.values.money import format_major
from storefront.core.values.types import SaleMode, SaleStatus
from storefront.testing.databases import Database
from storefront.testing.factories import make_brand, make_category, make_currency, make_product, make_sku

YEN = CurrencyRate("JPY", "JPY")
DOLLAR = CurrencyRate("USD", "JPY", "0.0065", 5)


def listed(*, lang: str = "en", rate: CurrencyRate = YEN, **wish: Any) -> Any:
    return list_products(ListQuery(lang, rate, **wish), DEFAULTS)


def slugs(**wish: Any) -> list[str]:
    return [card.slug for card in listed(**wish).cards]


def stock_of_product(product_id: int) -> Any:
    return select(StockItem).join(Sku, Sku.id == StockItem.sku_id).where(Sku.product_id == product_id)


def put_in(category: Any, *products: Any) -> None:
    for product in products:
        session.add(ProductCategory(product_id=product.id, category_id=category.id))


def test_a_card_says_what_the_product_costs_and_who_makes_it(db: Database) -> None:
    with unit_of_work():
        brand = make_brand("kiriyama", "Kiriyama-en")
        product = make_product(
            slug="tea", name="Sencha", price=1296, brand_id=brand.id, sku_values={"list_price": 1620}
        )
        session.add(ProductPicture(product_id=product.id, file="a.webp", tint=3, alt={"en": "A cup", "ja": "湯のみ"}))
    (card,) = listed(lang="ja").cards
    assert (card.slug, card.name, card.name_lang) == ("tea", "Sencha", "ja")
    assert (card.brand, card.brand_lang) == ("Kiriyama-en", "ja")
    assert (card.price, card.list_price, card.varies) == (1296, 1620, False)
    assert (card.picture, card.tint, card.alt) == ("a.webp", 3, "湯のみ")
    assert (card.status, card.available) == (SaleStatus.IN_STOCK, 10)


def test_a_missing_name_falls_back_and_says_in_what_language_it_is(db: Database) -> None:
    with unit_of_work():
        make_product(slug="a", name={"zh-hans": "煎茶", "en": "Tea"})
        make_product(slug="b", name={"en": "Soap", "ja": ""})
    found = {card.slug: (card.name, card.name_lang) for card in listed(lang="zh-hant").cards}
    assert found == {"a": ("煎茶", "zh-hans"), "b": ("Soap", "en")}


@pytest.mark.req("CAT-2")
def test_the_price_of_a_card_is_its_cheapest_variant_that_can_be_ordered(db: Database) -> None:
    with unit_of_work():
        product = make_product(slug="tea", skus=0)
        make_sku(product, price=500, on_hand=0)
        make_sku(product, price=400, active=False)
        make_sku(product, price=900)
        make_sku(product, price=1300)
        make_product(slug="gone", price=700, on_hand=0)
    cards = {card.slug: card for card in listed().cards}
    assert (cards["tea"].price, cards["tea"].varies, cards["tea"].status) == (900, True, SaleStatus.IN_STOCK)
    assert (cards["gone"].price, cards["gone"].status) == (700, SaleStatus.SOLD_OUT)


def test_drafts_withdrawn_products_and_those_without_a_variant_are_not_listed(db: Database) -> None:
    with unit_of_work():
        make_product(slug="draft", state="draft")
        make_product(slug="withdrawn", state="withdrawn")
        make_product(slug="empty", skus=0)
        make_product(slug="inactive", sku_values={"active": False})
        make_product(slug="there")
    assert slugs() == ["there"]


@pytest.mark.req("CAT-7")
def test_every_order_of_a_list(db: Database) -> None:
    with unit_of_work():
        make_product(slug="a", price=300, popularity=1, release="2027-03")
        make_product(slug="b", price=100, popularity=3)
        make_product(slug="c", price=200, popularity=2, release="2027-01")
    assert slugs() == slugs(sort="nonsense") == ["b", "c", "a"]
    assert slugs(sort="newest") == ["c", "b", "a"]
    assert slugs(sort="price_up") == ["b", "c", "a"]
    assert slugs(sort="price_down") == ["a", "c", "b"]
    assert slugs(sort="release") == ["a", "c", "b"]


@pytest.mark.req("CAT-7")
def test_a_category_holds_what_stands_below_it(db: Database) -> None:
    with unit_of_work():
        tea = make_category("tea")
        green = make_category("green", parent=tea)
        leaf, bag, soap = make_product(slug="leaf"), make_product(slug="bag"), make_product(slug="soap")
        put_in(tea, bag)
        put_in(green, leaf, bag)
        put_in(make_category("bath"), soap)
    assert sorted(slugs(category_slug="tea")) == ["bag", "leaf"]
    assert sorted(slugs(category_slug="green")) == ["bag", "leaf"]
    assert listed(category_slug="no-such").total == 0


def test_a_ring_of_categories_ends(db: Database) -> None:
    with unit_of_work():
        first = make_category("first")
        second = make_category("second", parent=first)
        first.parent_id = second.id
        put_in(second, make_product(slug="there"))
    assert slugs(category_slug="first") == ["there"]


def test_a_brand_and_a_category_together(db: Database) -> None:
    with unit_of_work():
        brand, category = make_brand("maker"), make_category("tea")
        both = make_product(slug="both", brand_id=brand.id)
        make_product(slug="only-brand", brand_id=brand.id)
        put_in(category, both, make_product(slug="only-category"))
    assert slugs(brand_slug="maker", category_slug="tea") == ["both"]


@pytest.mark.parametrize("slug", ["\x00", "a\x00b", "'; drop", "x" * 500, "%"])
def test_an_address_that_is_no_slug_finds_nothing(db: Database, slug: str) -> None:
    with unit_of_work():
        make_product()
    assert listed(category_slug=slug).total == listed(brand_slug=slug).total == 0


@pytest.mark.req("CAT-4", "CAT-7")
def test_a_status_filter_shows_what_the_cards_say(db: Database) -> None:
    with unit_of_work():
        make_product(slug="plenty", on_hand=50)
        make_product(slug="few", on_hand=2)
        make_product(slug="none", on_hand=0)
        make_product(slug="untracked", on_hand=None)
        make_product(slug="supplier", on_hand=0, sku_values={"mode": "back_order"})
        make_product(slug="soon", on_hand=0, slots=5, sku_values={"mode": "pre_order", "release": "2027-01"})
        make_product(slug="full", on_hand=0, slots=0, sku_values={"mode": "pre_order"})
    assert sorted(slugs(status="in_stock")) == ["few", "plenty", "untracked"]
    assert slugs(status="low_stock") == ["few"]
    assert slugs(status="sold_out") == ["none"]
    assert slugs(status="back_order") == ["supplier"]
    assert slugs(status="preorders_closed") == ["full"]
    (card,) = listed(status="pre_order").cards
    assert (card.slug, card.available, card.release) == ("soon", 5, "2027-01")
    assert listed(status="nonsense").total == 7


@pytest.mark.req("CAT-4")
def test_filters_and_cards_judge_status_alike_for_every_stock(db: Database) -> None:
    """The SQL that filters against the function that shows: every mode with every kind of stock row."""
    stocks = [(t, h, s) for t in (True, False) for h in (0, 1, 5, 6) for s in (None, 0, 3)]
    wanted = {}
    with unit_of_work():
        for mode in (*SaleMode, "strange"):
            for tracked, on_hand, slots in stocks:
                product = make_product(on_hand=on_hand, slots=slots, sku_values={"mode": mode})
                item = session.scalars(stock_of_product(product.id)).one()
                item.tracked = tracked
                wanted[product.id] = status_of(
                    mode, tracked=tracked, on_hand=on_hand, reserved=0, slots=slots, slots_taken=0, low=5
                )[0]
    pages = [listed(per_page=96, page=page).cards for page in (1, 2, 3)]
    assert {card.product_id: card.status for cards in pages for card in cards} == wanted
    for status in SaleStatus:
        alike = {SaleStatus.IN_STOCK, SaleStatus.LOW_STOCK} if status is SaleStatus.IN_STOCK else {status}
        shown = {card.product_id for card in listed(per_page=96, status=status.value).cards}
        assert shown == {product_id for product_id, each in wanted.items() if each in alike}, status


@pytest.mark.parametrize(
    "rate",
    [YEN, DOLLAR, CurrencyRate("TWD", "JPY", "0.21"), CurrencyRate("KRW", "JPY", "9.1234567", 100),
     CurrencyRate("HKD", "JPY", "0.051", 10)],
    ids=lambda rate: rate.currency,
)  # fmt: skip
def test_filters_and_cards_convert_prices_alike(db: Database, rate: CurrencyRate) -> None:
    prices = [0, 1, 7, 99, 100, 1296, 1299, 99_999, 2_000_000_000]
    with unit_of_work():
        if rate is not YEN:
            make_currency(rate.currency, rate.rate, rate.step)
        ids = {make_product(price=price).id: price for price in prices}
        own = make_product(price=500, skus=0)
        sku = make_sku(own, price=500)
        session.add(SkuPrice(sku_id=sku.id, currency=rate.currency, price=123))
    own_price = 500 if rate is YEN else 123
    wanted = {id_: in_currency(price, rate) for id_, price in ids.items()} | {own.id: own_price}
    assert {card.product_id: card.price for card in listed(rate=rate).cards} == wanted
    by_price = [card.price for card in listed(rate=rate, sort="price_up").cards]
    assert by_price == sorted(wanted.values())
    for limit in sorted(wanted.values()):
        text = format_major(limit, rate.currency)
        assert {c.product_id for c in listed(rate=rate, max=text).cards} == {i for i, p in wanted.items() if p <= limit}
        assert {c.product_id for c in listed(rate=rate, min=text).cards} == {i for i, p in wanted.items() if p >= limit}


@pytest.mark.req("CAT-7")
def test_price_limits_are_in_the_shown_currency(db: Database) -> None:
    with unit_of_work():
        make_product(slug="a", price=1000)  # 6.50
        make_product(slug="b", price=1001)  # 6.5065, shown as 6.55
        make_product(slug="c", price=2000)  # 13.00
    assert slugs(rate=DOLLAR, max="6.50") == ["a"]
    assert slugs(rate=DOLLAR, min="6.55", max="12.99") == ["b"]
    assert slugs(rate=DOLLAR, min="６．５５", sort="price_up") == ["b", "c"]
    assert slugs(min="1,001", sort="price_up") == ["b", "c"]
    assert listed(min="1,001").min == "1001"


@pytest.mark.parametrize("typed", ["abc", "-5", "1e9", "NaN", "1_000", "12.5", "9" * 40, "\x00", "１２a"])
def test_a_price_nobody_can_read_is_left_out_and_told(db: Database, typed: str) -> None:
    with unit_of_work():
        make_product(price=10)
    result = listed(min=typed)
    assert result.total == 1 and result.min == ""
    assert [p.field_name for p in result.problems] == ["min"]
    assert result.problems[0].message % result.problems[0].params


def test_limits_the_wrong_way_round_are_left_out_and_told(db: Database) -> None:
    with unit_of_work():
        make_product(price=10)
    result = listed(min="20", max="5")
    assert result.total == 1 and result.problems[0].code == "price_range"


def test_pages_follow_one_another_and_a_page_beyond_the_end_is_the_last(db: Database) -> None:
    with unit_of_work():
        for n in range(5):
            make_product(slug=f"p{n}", popularity=10 - n)
    first, last, beyond = (listed(page=page, per_page=2) for page in (1, "3", 99))
    assert [card.slug for card in first.cards] == ["p0", "p1"]
    assert (first.total, first.page, first.pages) == (5, 1, 3)
    assert [card.slug for card in last.cards] == ["p4"]
    assert (beyond.page, beyond.total, beyond.cards) == (3, 5, last.cards)
    for strange in ("", "-1", "0", "abc", "1" * 30, "1.5"):
        assert listed(page=strange, per_page=2).page == 1
    assert listed(page=5, q="nothing").page == 1


@pytest.mark.parametrize("count", [1, 96])
def test_a_list_takes_one_or_two_statements_for_any_number_of_cards(db: Database, count: int) -> None:
    with unit_of_work():
        category, brand = make_category("tea"), make_brand("maker")
        for _ in range(count):
            product = make_product(skus=2, brand_id=brand.id)
            put_in(category, product)
            index_product(product.id)
    query = ListQuery("ja", DOLLAR, per_page=96)
    narrowed = replace(query, category_slug="tea", brand_slug="maker", status="in_stock", min="1")
    for each, statements in (
        (query, 1),
        (replace(query, category_slug="tea", sort="newest"), 1),
        (replace(query, q="Product"), 2 if count > 2 else 3),  # next to nothing: what comes close is asked for too
        (narrowed, 2),
        (replace(narrowed, sort="price_down"), 2),
    ):
        with db.count_statements() as seen:
            result = list_products(each, DEFAULTS)
        assert len(result.cards) == result.total == count
        assert len(seen) == statements
    with db.count_statements() as seen:
        list_products(replace(query, page=100), DEFAULTS)
    assert len(seen) == 2


def test_the_home_page_shows_the_newest_and_what_comes_soon(db: Database) -> None:
    with unit_of_work():
        for n in range(3):
            make_product(slug=f"p{n}")
        for slug, month in (("later", "2027-05"), ("sooner", "2027-01")):
            make_product(slug=slug, release=month, slots=5, sku_values={"mode": "pre_order", "release": month})
    with db.count_statements() as seen:
        shelves = home_shelves("en", YEN, DEFAULTS)
    assert [card.slug for card in shelves.arrivals][:3] == ["sooner", "later", "p2"]
    assert [card.slug for card in shelves.preorders] == ["sooner", "later"]
    assert len(seen) == 2
