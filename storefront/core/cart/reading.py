"""The parts of the cart's statements that reading and adding share: which cart, which price, what is available."""

from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, case, column, func, select, table
from sqlalchemy.orm import InstrumentedAttribute

from storefront.core.cart.models import Cart
from storefront.core.catalog.models import Product, Sku, SkuPrice
from storefront.core.contracts.pricing import CurrencyRate
from storefront.core.customers.models import ShopperSession
from storefront.core.pricing.currency import in_currency, unit_price
from storefront.core.stock.models import Reservation, Source, StockItem
from storefront.core.stock.queries import order_line, status_of
from storefront.core.values.types import SaleStatus

# Orders by name: the area that owns them lies right of this one. Only an own unfinished order (a draft) is looked for.
order = table("order", column("id"), column("cart_id"), column("state"))

STOCK = (StockItem.tracked, StockItem.on_hand, StockItem.reserved, StockItem.slots, StockItem.slots_taken)


def cart_id_of(session_id: int) -> ScalarSelect[int]:
    """The cart of a session: its customer's when somebody is logged in and has one, else its own."""
    return (
        select(Cart.id)
        .join(ShopperSession, ShopperSession.id == session_id)
        .where((Cart.customer_id == ShopperSession.customer_id) | (Cart.session_id == ShopperSession.id))
        .order_by(case((Cart.customer_id.is_not(None), 0), else_=1))
        .limit(1)
        .correlate(None)
        .scalar_subquery()
    )


def own_hold(cart_id: ColumnElement[Any] | InstrumentedAttribute[int], source: Source) -> ColumnElement[int]:
    """Pieces of the row's SKU that the cart's own unfinished order holds: nobody is blocked by their own hold."""
    held = (
        select(func.coalesce(func.sum(Reservation.quantity), 0))
        .join(order_line, order_line.c.id == Reservation.order_line_id)
        .join(order, order.c.id == order_line.c.order_id)
        .where(
            order.c.cart_id == cart_id,
            order.c.state == "draft",
            Reservation.sku_id == Sku.id,
            Reservation.source == source,
        )
    )
    return held.correlate_except(Reservation, order_line, order).scalar_subquery()


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
        Sku.price,
        Sku.list_price,
        SkuPrice.price.label("own_price"),
        SkuPrice.list_price.label("own_list_price"),
    )


def price_join(rate: CurrencyRate) -> ColumnElement[bool]:
    """A SKU's own price in the shopper's currency; in the base currency the SKU itself has the price."""
    wanted = rate.currency if rate.currency != rate.base else ""
    return (SkuPrice.sku_id == Sku.id) & (SkuPrice.currency == wanted)


def prices_now(row: Any, rate: CurrencyRate) -> tuple[int, int | None]:
    """Unit price and list price of a row with ``price_columns`` in minor units of the currency. With an own price only
    an own list price counts."""
    price = unit_price(row.price, row.own_price, rate)
    if row.own_price is not None:
        return price, row.own_list_price
    return price, None if row.list_price is None else in_currency(row.list_price, rate)


def published_once() -> ColumnElement[bool]:
    """A draft product is nobody's business."""
    return Product.state != "draft"
