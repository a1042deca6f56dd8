"""Cards follow what they are made of: within the unit that changes it, or by a job where many are concerned."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from storefront.core.catalog.cards import keeping
from storefront.core.catalog.cards.keeping import refresh_concerned
from storefront.core.catalog.models import (
    BrandText,
    Product,
    ProductCard,
    ProductCategory,
    ProductPicture,
    ProductText,
    ShelfEntry,
    Sku,
    SkuPrice,
)
from storefront.core.catalog.queries import Count, ListQuery, facet_counts, list_products, shelf_brands
from storefront.core.contracts.pricing import CurrencyRate
from storefront.core.db import session, unit_of_work, utcnow
from storefront.core.outbox.models import OutboxRow
from storefront.core.settings.policies import DEFAULTS
from storefront.core.stock import service as stock
from storefront.core.stock.models import StockItem
from storefront.core.values.types import SaleStatus
from storefront.testing.databases import Database
from storefront.testing.factories import make_brand, make_category, make_currency, make_product, make_sku

YEN = CurrencyRate("JPY", "JPY")
DOLLAR = CurrencyRate("USD", "JPY", "0.0065", 5)


def listed(*, lang: str = "en", rate: CurrencyRate = YEN, **wish: Any) -> Any:
    return list_products(ListQuery(lang, rate, **wish), DEFAULTS)


def the_card(**wish: Any) -> Any:
    (card,) = listed(**wish).cards
    return card


def put_in(category: Any, *products: Any) -> None:
    for product in products:
        session.add(ProductCategory(product_id=product.id, category_id=category.id))


@pytest.mark.req("CAT-4", "CAT-7")
def test_a_list_shows_every_change_of_stock_at_once(db: Database) -> None:
    with unit_of_work():
        sku_id = make_sku(make_product(slug="tea", skus=0), on_hand=7).id
    steps: list[tuple[int, SaleStatus, int]] = [
        (-1, SaleStatus.IN_STOCK, 6),
        (-1, SaleStatus.LOW_STOCK, 5),
        (-5, SaleStatus.SOLD_OUT, 0),
        (200, SaleStatus.IN_STOCK, 100),
    ]
    for delta, status, available in steps:
        with unit_of_work():
            stock.adjust(sku_id, delta, "test", "count")
        assert (the_card().status, the_card().available) == (status, available)
        assert listed(status="in_stock").total == (status is not SaleStatus.SOLD_OUT)
        assert listed(status="sold_out").total == (status is SaleStatus.SOLD_OUT)
    with unit_of_work():
        stock.set_tracking(sku_id, False)
    assert the_card().available is None


def change(row: type, **values: Any) -> Callable[[], None]:
    """The first row of its table, changed as any part of the shop would."""

    def act() -> None:
        found = session.scalars(select(row).limit(1)).one()
        for name, value in values.items():
            setattr(found, name, value)

    return act


CHANGES: list[tuple[Callable[[], None], str, Any]] = [
    (change(ProductText, name="Gyokuro"), "name", "Gyokuro"),
    (change(BrandText, name="Matsuba"), "brand", "Matsuba"),
    (change(ProductPicture, file="b.webp"), "picture", "b.webp"),
    (change(Sku, price=900), "price", 900),
    (change(Sku, mode="closed"), "status", SaleStatus.CLOSED),
    (change(StockItem, on_hand=3), "available", 3),
    (change(Product, slug="cha"), "slug", "cha"),
    (change(Product, release="2027-04"), "release", "2027-04"),
]


@pytest.mark.parametrize("act,field,value", CHANGES, ids=[field for _, field, _ in CHANGES])
def test_a_card_follows_each_row_it_is_made_of(db: Database, act: Callable[[], None], field: str, value: Any) -> None:
    with unit_of_work():
        brand = make_brand(name="Kiriyama")
        product = make_product(slug="tea", name={"en": "Sencha"}, brand_id=brand.id)
        session.add(ProductPicture(product_id=product.id, file="a.webp"))
    assert getattr(the_card(), field) != value
    with unit_of_work():
        act()
    assert getattr(the_card(), field) == value


def test_what_is_rolled_back_leaves_the_card_alone_and_the_same_again_writes_nothing(db: Database) -> None:
    with unit_of_work():
        make_product(price=500)
    with pytest.raises(RuntimeError), unit_of_work():
        change(Sku, price=900)()
        session.flush()
        raise RuntimeError("no")
    assert the_card().price == 500
    with unit_of_work(), db.count_statements() as seen:
        keeping.refresh_cards(session.scalars(select(Product.id)))
    assert not [statement for statement in seen if not statement.lstrip().startswith("SELECT")]


def test_a_product_leaves_the_lists_with_its_last_variant_and_comes_back(db: Database) -> None:
    with unit_of_work():
        make_product(slug="tea")
    for active, total in ((False, 0), (True, 1)):
        with unit_of_work():
            change(Sku, active=active)()
        assert listed().total == total == session.query(ProductCard).count() == session.query(ShelfEntry).count()


@pytest.mark.req("CAT-7")
def test_a_moved_category_takes_its_products_along(db: Database) -> None:
    with unit_of_work():
        tea, drinks = make_category("tea"), make_category("drinks")
        green = make_category("green", parent=tea)
        put_in(green, make_product(slug="leaf"))
    assert listed(category_slug="tea").total == 1
    with unit_of_work():
        session.merge(green).parent_id = drinks.id
    assert (listed(category_slug="tea").total, listed(category_slug="drinks").total) == (0, 1)


def test_what_concerns_many_products_is_promised_and_kept_by_a_job(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "AT_ONCE", 1)
    monkeypatch.setattr(keeping, "BATCH", 2)
    with unit_of_work():
        brand = make_brand(name="Kiriyama")
        for _ in range(5):
            make_product(brand_id=brand.id)
    with unit_of_work():
        for text in session.scalars(select(BrandText)):
            text.name = "Matsuba"
    job = session.query(OutboxRow).filter_by(name=keeping.JOB).one()
    assert job.args == {"kind": "brand", "ids": [brand.id]} and job.queue == "slow"
    session.rollback()
    done: list[int] = []
    assert refresh_concerned(job.args["kind"], job.args["ids"], done.append) == 5
    assert done == [2, 4, 5]
    assert {card.brand for card in listed().cards} == {"Matsuba"}


def test_the_whole_of_it_can_be_made_anew(db: Database) -> None:
    with unit_of_work():
        for n in range(3):
            make_product(slug=f"p{n}", price=100 + n)
    with unit_of_work():
        session.execute(update(ProductCard.__table__).values(price=1).where(ProductCard.__table__.c.slug == "p1"))
        session.execute(ShelfEntry.__table__.delete().where(ShelfEntry.__table__.c.price == 102))
    assert refresh_concerned("all", ()) == 2
    assert refresh_concerned("all", ()) == 0
    assert {card.slug: card.price for card in listed().cards} == {"p0": 100, "p1": 101, "p2": 102}


def test_own_prices_in_a_currency_are_shown_at_the_rate_of_today(db: Database) -> None:
    with unit_of_work():
        currency = make_currency("USD", "0.0065", 5)
        product = make_product(slug="tea", skus=0)
        own = make_sku(product, price=1000)
        make_sku(product, price=2000)
        session.add(SkuPrice(sku_id=own.id, currency="USD", price=1500, list_price=2000))
    card = the_card(rate=DOLLAR)
    assert (card.price, card.list_price, card.varies) == (1300, None, True)
    assert (the_card().price, the_card().varies) == (1000, True)
    dearer = CurrencyRate("USD", "JPY", "0.01", 5)
    card = the_card(rate=dearer)
    assert (card.price, card.list_price, card.varies) == (1500, 2000, True)
    with unit_of_work():
        session.merge(currency).rate = "0.01"
    assert listed(rate=dearer, min="15", max="15").total == 1
    assert listed(rate=dearer, max="14.99").total == 0


def many(count: int, **values: Any) -> None:
    """Products by plain statements, then their cards: as a large catalogue comes in."""
    with unit_of_work():
        now = utcnow()
        ids = range(1001, 1001 + count)
        rows = [{"id": i, "code": f"B{i}", "slug": f"b{i}", "popularity": i, "created_at": now, **values} for i in ids]
        session.execute(insert(Product.__table__), rows)
        session.execute(
            insert(Sku.__table__),
            [{"id": i, "product_id": i, "code": f"B{i}", "price": i, "mode": "stock", "options": []} for i in ids],
        )
        session.execute(insert(StockItem.__table__), [{"sku_id": i, "tracked": i % 2 == 0} for i in ids])
        keeping.refresh_cards(ids)


@pytest.mark.req("CAT-7")
def test_a_long_list_counts_to_a_thousand_and_can_still_be_paged_through(db: Database) -> None:
    many(1100)
    first = listed()
    assert (first.total, first.more, first.page, first.pages, len(first.cards)) == (1000, True, 1, 41, 24)
    assert first.statuses["in_stock"] == Count(550)
    deep = listed(page=45)
    assert (deep.total, deep.more, deep.pages, deep.cards[0].slug) == (1080, True, 46, "b1044")
    last = listed(page=46)
    assert (last.total, last.more, last.pages, len(last.cards)) == (1100, False, 46, 20)
    beyond = listed(page=400)
    assert (beyond.page, beyond.cards) == (46, last.cards)
    # Few are collected and sorted, many are met along the order: both find the same.
    few, most = listed(max="1099", sort="newest"), listed(min="1001", sort="price_down", status="sold_out")
    assert (few.total, few.more, few.cards[0].slug) == (99, False, "b1099")
    assert (most.total, most.cards[0].slug, most.cards[1].slug) == (550, "b2100", "b2098")
    assert [card.slug for card in listed(min="1001", sort="newest", page=2, per_page=2).cards] == ["b2098", "b2097"]


@pytest.mark.req("CAT-7")
def test_each_choice_tells_how_many_it_would_leave(db: Database) -> None:
    with unit_of_work():
        maker, other = make_brand("maker", "Maker"), make_brand("other", "Other")
        tea, soap = make_category("tea"), make_category("soap")
        products = [make_product(price=100 * n, brand_id=maker.id, on_hand=n % 2) for n in range(1, 5)]
        put_in(tea, *products)
        put_in(soap, *products[:1], make_product(price=100, brand_id=other.id))
    langs = ("en", "ja")
    assert [(b.slug, b.count, b.names["ja"].text) for b in shelf_brands("soap", langs)] == [
        ("maker", Count(1), "Maker"),
        ("other", Count(1), "Other"),
    ]
    assert [(b.slug, b.count) for b in shelf_brands("", langs)] == [("maker", Count(4)), ("other", Count(1))]
    query = ListQuery("en", YEN, category_slug="tea", brand_slug="maker", status="in_stock", max="300")
    with db.count_statements() as seen:
        counts = facet_counts(query, ["tea", "soap", "none"], ["maker", "other"], DEFAULTS)
    assert len(seen) == 1
    assert counts.categories == {"tea": Count(2), "soap": Count(1)}
    assert counts.brands == {"maker": Count(2), "other": Count(0)}
    found = list_products(query, DEFAULTS)
    assert (found.total, found.statuses["in_stock"], found.statuses["pre_order"]) == (2, Count(2), Count(0))
