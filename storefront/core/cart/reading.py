"""The parts of the cart's statements that reading and adding share: which cart, which price, what is available."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, ScalarSelect, String, and_, bindparam, case, column, func, select, table

from storefront.core.cart.models import Cart, CartLine
from storefront.core.catalog.models import Product, Sku, SkuPrice
from storefront.core.contracts.pricing import CurrencyRate
from storefront.core.customers.models import ShopperSession
from storefront.core.pricing.currency import in_currency, unit_price
from storefront.core.stock.models import Reservation, Source, StockItem
from storefront.core.stock.queries import order_line, status_of
from storefront.core.values.types import SaleStatus

# Orders by name: the area that owns them lies right of this one. Only an own unfinished order (a draft) is looked for.
order = table("order", column("id"), column("cart_id"), column("state"))

# Tables, not classes: these statements are built once and read into plain rows.
CART: Any = Cart.__table__
LINE: Any = CartLine.__table__
SKU: Any = Sku.__table__
PRODUCT: Any = Product.__table__
PRICE: Any = SkuPrice.__table__
STOCK_ITEM: Any = StockItem.__table__
SHOPPER: Any = ShopperSession.__table__
RESERVATION: Any = Reservation.__table__

STOCK = (
    STOCK_ITEM.c.tracked,
    STOCK_ITEM.c.on_hand,
    STOCK_ITEM.c.reserved,
    STOCK_ITEM.c.slots,
    STOCK_ITEM.c.slots_taken,
)


def cart_id_of(session_id: Any = bindparam("session_id", type_=Integer)) -> ScalarSelect[int]:
    """The cart of a session (by default of the parameter ``session_id``): its customer's when somebody is logged in and has one, else its own."""
    return (
        select(CART.c.id)
        .join(SHOPPER, SHOPPER.c.id == session_id)
        .where((CART.c.customer_id == SHOPPER.c.customer_id) | (CART.c.session_id == SHOPPER.c.id))
        .order_by(case((CART.c.customer_id.is_not(None), 0), else_=1))
        .limit(1)
        .correlate(None)
        .scalar_subquery()
    )


def own_hold(cart_id: Any, source: Source) -> ColumnElement[int]:
    """Pieces of the row's SKU that the cart's own unfinished order holds: nobody is blocked by their own hold."""
    held = (
        select(func.coalesce(func.sum(RESERVATION.c.quantity), 0))
        .join(order_line, order_line.c.id == RESERVATION.c.order_line_id)
        .join(order, order.c.id == order_line.c.order_id)
        .where(
            order.c.cart_id == cart_id,
            order.c.state == "draft",
            RESERVATION.c.sku_id == SKU.c.id,
            RESERVATION.c.source == source,
        )
    )
    return held.correlate_except(RESERVATION, order_line, order).scalar_subquery()


def status_now(row: Any, low: int) -> tuple[SaleStatus, int | None]:
    """Status and available pieces of a row with the columns of ``STOCK``, ``mode``, ``state``, ``active`` and the own
    holds ``own_shelf`` and ``own_slots``. A withdrawn product or variant is unavailable."""
    if row.state != "published" or not row.active:
        return SaleStatus.UNAVAILABLE, 0
    return status_of(
        row.mode,
        tracked=row.tracked,
        on_hand=row.on_hand,
        reserved=(row.reserved or 0) - row.own_shelf,
        slots=row.slots,
        slots_taken=(row.slots_taken or 0) - row.own_slots,
        low=low,
    )


def price_columns() -> tuple[Any, ...]:
    return (
        SKU.c.price,
        SKU.c.list_price,
        PRICE.c.price.label("own_price"),
        PRICE.c.list_price.label("own_list_price"),
    )


def price_join() -> ColumnElement[bool]:
    """A SKU's own price in the parameter ``currency``, which is ``catalog.offers.own_currency``."""
    return and_(PRICE.c.sku_id == SKU.c.id, PRICE.c.currency == bindparam("currency", type_=String))


def prices_now(row: Any, rate: CurrencyRate) -> tuple[int, int | None]:
    """Unit price and list price of a row with ``price_columns`` in minor units of the currency. With an own price only
    an own list price counts."""
    price = unit_price(row.price, row.own_price, rate)
    if row.own_price is not None:
        return price, row.own_list_price
    return price, None if row.list_price is None else in_currency(row.list_price, rate)


def published_once() -> ColumnElement[bool]:
    """A draft product is nobody's business."""
    published: ColumnElement[bool] = PRODUCT.c.state != "draft"
    return published
