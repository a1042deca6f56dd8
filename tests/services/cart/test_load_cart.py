"""A cart as it is shown: prices, texts and stock of today, and what changed since."""

from typing import Any

import pytest

from storefront.core.cart import service as cart
from storefront.core.cart.queries import CartLineView, basket_of, load_cart
from storefront.core.catalog.models import (
    Product,
    ProductCategory,
    ProductPicture,
    ProductText,
    Sku,
    SkuPrice,
)
from storefront.core.contracts.pricing import CurrencyRate
from storefront.core.db import new_secret, session, unit_of_work, utcnow
from storefront.core.orders.models import Order, OrderLine
from storefront.core.settings.policies import DEFAULTS
from storefront.core.stock import service as stock
from storefront.core.stock.models import StockItem
from storefront.core.values.money import Money
from storefront.core.values.types import Dimensions
from storefront.testing.databases import Database
from storefront.testing.factories import make_category, make_product

YEN = CurrencyRate("JPY", "JPY")
DOLLAR = CurrencyRate("USD", "JPY", "0.0066", 10)


def filled(shopper: int, quantity: int = 1, rate: CurrencyRate = YEN, **product: Any) -> int:
    """A cart with ``quantity`` of a new product; returns the product's id."""
    with unit_of_work():
        row = make_product(code="TEA", **product)
        cart.add(shopper, "TEA-1", quantity, rate, 10)
        return row.id


def only_line(shopper: int, lang: str = "en", rate: CurrencyRate = YEN) -> CartLineView:
    session.rollback()
    (line,) = load_cart(shopper, lang, rate, DEFAULTS).lines
    return line


def change(model: type[Any], **values: Any) -> None:
    with unit_of_work():
        session.query(model).update(values)


def said(line: CartLineView) -> list[str]:
    return [problem.message % problem.params for problem in line.problems]


@pytest.mark.parametrize("lines", [0, 1, 96])
def test_a_cart_takes_two_statements_whatever_its_size(db: Database, shopper: int, lines: int) -> None:
    with unit_of_work():
        cart.ensure_cart(shopper)
        for _ in range(lines):
            product = make_product()
            code = session.query(Sku.code).filter_by(product_id=product.id).scalar()
            cart.add(shopper, code, 1, YEN, 10)
    with db.count_statements() as seen:
        view = load_cart(shopper, "zh-hant", DOLLAR, DEFAULTS)
    assert len(view.lines) == lines
    assert len(seen) <= 2


def test_a_visitor_without_a_cart_sees_an_empty_one(db: Database, shopper: int) -> None:
    view = load_cart(shopper, "en", DOLLAR, DEFAULTS)
    assert (view.id, view.lines, view.count, view.items_total, view.currency) == (None, (), 0, 0, "USD")


@pytest.mark.req("CRT-2")
def test_a_line_holds_all_that_prices_parcels_and_pages_need(db: Database, shopper: int) -> None:
    product_id = filled(
        shopper, 2, name={"en": "Sencha", "ja": "煎茶"}, restrictions=["food"], brand_id=None, purchase_limit=3, price=1500,
        sku_values={
            "list_price": 2000, "weight": 55,
            "options": [{"name": {"en": "Size"}, "value": {"en": "50 g", "ja": "50グラム"}},
                        {"name": {"en": "Kind"}, "value": {"ja": "箱"}}],
        },
    )  # fmt: skip
    with unit_of_work():
        for position in (1, 0):
            session.add(ProductPicture(product_id=product_id, position=position, file=f"{position}.avif", tint=3))
        category = make_category()
        session.add(ProductCategory(product_id=product_id, category_id=category.id))
        category_id = category.id
    line = only_line(shopper)
    assert (line.name, line.name_lang, line.options, line.picture, line.tint) == (
        "Sencha", "en", "50 g / 箱", "0.avif", 3,
    )  # fmt: skip
    assert (line.unit_price, line.list_price, line.line_total) == (1500, 2000, 3000)
    assert (line.weight, line.size, line.category_ids) == (55, Dimensions(100, 100, 50), (category_id,))
    assert (line.restrictions, line.purchase_limit, line.problems) == (frozenset({"food"}), 3, ())
    (priced,) = basket_of(load_cart(shopper, "en", YEN, DEFAULTS)).lines
    assert (priced.key, priced.quantity, priced.unit_price, priced.discounted) == (
        f"cart:{line.id}", 2, 1500, True,
    )  # fmt: skip


@pytest.mark.req("SHOP-4")
@pytest.mark.parametrize(
    ("names", "lang", "shown"),
    [
        ({"ja": "煎茶", "en": "Sencha"}, "zh-hant", ("煎茶", "ja")),
        ({"zh-hans": "煎茶（简）", "en": "Sencha"}, "zh-hant", ("煎茶（简）", "zh-hans")),
        ({"ja": "煎茶", "en": ""}, "en", ("煎茶", "ja")),
        ({}, "en", ("TEA-1", "")),
    ],
)
def test_a_missing_name_falls_back_and_says_its_language(
    db: Database, shopper: int, names: dict[str, str], lang: str, shown: tuple[str, str]
) -> None:
    filled(shopper, name=names or {"en": "gone"})
    if not names:
        with unit_of_work():
            session.query(ProductText).delete()
    line = only_line(shopper, lang)
    assert (line.name, line.name_lang) == shown


@pytest.mark.req("SHOP-4")
def test_a_price_is_the_skus_own_in_the_currency_else_the_base_price_converted(db: Database, shopper: int) -> None:
    filled(shopper, price=1000, sku_values={"list_price": 2000})
    line = only_line(shopper, rate=DOLLAR)
    assert (line.unit_price, line.list_price) == (660, 1320)
    with unit_of_work():
        sku_id = session.query(Sku.id).scalar()
        session.add(SkuPrice(sku_id=sku_id, currency="USD", price=499))
        session.add(SkuPrice(sku_id=sku_id, currency="JPY", price=1))
    line = only_line(shopper, rate=DOLLAR)
    assert (line.unit_price, line.list_price) == (499, None)
    assert only_line(shopper).unit_price == 1000


@pytest.mark.req("CRT-3")
def test_a_changed_price_is_said_with_both_sums_until_it_is_seen_again(db: Database, shopper: int) -> None:
    filled(shopper, price=1380)
    assert not only_line(shopper).price_changed
    change(Sku, price=1480)
    line = only_line(shopper)
    assert line.price_changed and line.unit_price == 1480 and not line.blocked
    assert line.problem is not None
    assert line.problem.params == {"before": Money(1380, "JPY"), "now": Money(1480, "JPY")}
    with unit_of_work():
        cart.add(shopper, "TEA-1", 1, YEN, 10)  # the product page showed the new price
    assert not only_line(shopper).price_changed


@pytest.mark.req("CRT-3")
def test_another_currency_is_no_change_of_price_and_hides_none(db: Database, shopper: int) -> None:
    filled(shopper, price=1000)
    assert only_line(shopper, rate=DOLLAR).problems == ()
    change(Sku, price=1100)
    problem = only_line(shopper, rate=DOLLAR).problem
    assert problem is not None and problem.params["now"] == Money(1100, "JPY")


@pytest.mark.req("CRT-3")
@pytest.mark.parametrize(
    ("model", "values", "sentence"),
    [
        (StockItem, {"on_hand": 0}, "This item is sold out now. Please remove it."),
        (Product, {"state": "withdrawn"}, "This item is no longer sold. Please remove it."),
        (Sku, {"active": False}, "This item is no longer sold. Please remove it."),
        (Sku, {"mode": "closed"}, "Orders for this item have closed. Please remove it."),
        (Sku, {"mode": "preorders_closed"}, "Pre-orders for this item have closed. Please remove it."),
        (StockItem, {"on_hand": 2}, "Only 2 left; your cart has 3. Please choose fewer."),
    ],
)
def test_a_line_that_cannot_be_ordered_any_more_says_why(
    db: Database, shopper: int, model: type[Any], values: dict[str, Any], sentence: str
) -> None:
    filled(shopper, 3)
    change(model, **values)
    line = only_line(shopper)
    assert said(line) == [sentence]
    assert line.blocked


@pytest.mark.req("CRT-3")
def test_other_terms_than_when_it_was_added_are_said(db: Database, shopper: int) -> None:
    filled(shopper, 3)
    change(Sku, mode="back_order", price=900)
    line = only_line(shopper)
    assert said(line)[0] == "This is on back-order now: we ask the maker; up to 2 weeks."
    assert [problem.code for problem in line.problems] == ["status_changed", "price_changed"]
    assert not line.blocked


def test_lines_that_cannot_be_ordered_are_not_priced(db: Database, shopper: int) -> None:
    filled(shopper, 3)
    change(Sku, mode="closed")
    view = load_cart(shopper, "en", YEN, DEFAULTS)
    assert view.blocked and view.items_total == 0 and basket_of(view).lines == ()


def test_nobody_is_blocked_by_their_own_unfinished_order(db: Database, shopper: int) -> None:
    filled(shopper, 1, on_hand=1)
    with unit_of_work():
        view = load_cart(shopper, "en", YEN, DEFAULTS)
        order = Order(
            number="1", secret=new_secret(), email="a@example.com", country="JP", locale="en", currency="JPY",
            base_currency="JPY", cart_id=view.id,
        )  # fmt: skip
        session.add(order)
        session.flush()
        line = OrderLine(order_id=order.id, position=1, sku_id=view.lines[0].sku_id, title="x", quantity=1)
        session.add(line)
        session.flush()
        stock.reserve(view.lines[0].sku_id, line.id, 1, "stock", utcnow())
    assert only_line(shopper).available == 1
    with unit_of_work():
        session.query(Order).update({"cart_id": None})  # somebody else's
    assert said(only_line(shopper)) == ["This item is sold out now. Please remove it."]
