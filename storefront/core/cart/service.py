"""What can be done to a cart. Every verb runs inside the caller's unit of work and never commits."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, case, delete, or_, select, update

from storefront.core.cart.adding import AddedLine, add, count_pieces, upsert_cart
from storefront.core.cart.errors import (
    BadQuantity,
    NotOrderable,
    OutOfStock,
    QuantityTooLarge,
    UnknownLine,
    UnknownSku,
)
from storefront.core.cart.models import Cart, CartLine
from storefront.core.cart.reading import STOCK, own_hold, status_now
from storefront.core.catalog.models import Product, Sku
from storefront.core.customers.models import ShopperSession
from storefront.core.db import session, utcnow
from storefront.core.stock.models import Source, StockItem
from storefront.core.upsert import insert_for
from storefront.core.values.types import SaleStatus

__all__ = [
    "AddedLine",
    "BadQuantity",
    "ChangedLine",
    "NotOrderable",
    "OutOfStock",
    "QuantityTooLarge",
    "UnknownLine",
    "UnknownSku",
    "add",
    "clear_lines",
    "ensure_cart",
    "merge",
    "remove",
    "set_country",
    "set_quantity",
]


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """``quantity`` 0: the line is gone. ``count``: pieces in the whole cart (badge)."""

    line_id: int
    quantity: int
    count: int


def set_quantity(cart_id: int, line_id: int, quantity: int, *, max_quantity: int) -> ChangedLine:
    """Set a line of this cart to ``quantity`` pieces; 0 removes it. Fewer than now is always allowed, more only of an
    item that can be ordered. Raises ``UnknownLine`` (a line of another cart too), ``QuantityTooLarge``,
    ``OutOfStock``, ``NotOrderable``."""
    if quantity <= 0:
        return remove(cart_id, line_id)
    row = session.execute(
        select(
            CartLine.quantity.label("in_cart"),
            Sku.id.label("sku_id"),
            Sku.mode,
            Sku.active,
            Product.state,
            *STOCK,
            own_hold(CartLine.cart_id, Source.ON_HAND).label("own_shelf"),
            own_hold(CartLine.cart_id, Source.INCOMING).label("own_slots"),
        )
        .select_from(CartLine)
        .join(Sku, Sku.id == CartLine.sku_id)
        .join(Product, Product.id == Sku.product_id)
        .outerjoin(StockItem, StockItem.sku_id == Sku.id)
        .where(CartLine.id == line_id, CartLine.cart_id == cart_id)
    ).first()
    if row is None:
        raise UnknownLine
    if quantity > row.in_cart:
        _check_more(row, quantity, max_quantity)
    changed = session.scalar(
        update(CartLine)
        .where(CartLine.id == line_id, CartLine.cart_id == cart_id)
        .values(quantity=quantity)
        .returning(CartLine.quantity)
        .execution_options(synchronize_session=False)
    )
    if changed is None:
        raise UnknownLine
    return ChangedLine(line_id, quantity, count_pieces(cart_id))


def _check_more(row: Row[*tuple[Any, ...]], quantity: int, max_quantity: int) -> None:
    status, available = status_now(row, 0)
    if quantity > max_quantity:
        raise QuantityTooLarge(max_quantity)
    if not status.orderable and status is not SaleStatus.SOLD_OUT:
        raise NotOrderable(status)
    if available is not None and quantity > available:
        raise OutOfStock(row.sku_id, available)


def remove(cart_id: int, line_id: int) -> ChangedLine:
    """Take a line out of this cart. Raises ``UnknownLine``."""
    gone = session.scalar(
        delete(CartLine)
        .where(CartLine.id == line_id, CartLine.cart_id == cart_id)
        .returning(CartLine.id)
        .execution_options(synchronize_session=False)
    )
    if gone is None:
        raise UnknownLine
    return ChangedLine(line_id, 0, count_pieces(cart_id))


def clear_lines(cart_id: int | None, ordered: Mapping[int, int]) -> None:
    """Take what was ordered (``{sku_id: quantity}``) out of the cart; pieces added since stay. Two statements. A cart
    that is gone is passed over."""
    if cart_id is None or not ordered:
        return
    in_this_cart = CartLine.cart_id == cart_id
    whole = or_(*(and_(CartLine.sku_id == sku, CartLine.quantity <= n) for sku, n in ordered.items()))
    session.execute(delete(CartLine).where(in_this_cart, whole).execution_options(synchronize_session=False))
    rest = case(ordered, value=CartLine.sku_id, else_=0)
    session.execute(
        update(CartLine)
        .where(in_this_cart, CartLine.sku_id.in_(sorted(ordered)))
        .values(quantity=CartLine.quantity - rest)
        .execution_options(synchronize_session=False)
    )


def merge(session_cart: int, customer_cart: int) -> None:
    """At log-in: the guest's lines go into the customer's cart (CRT-1). An item in both keeps the larger quantity, so
    that nothing is lost and nothing doubled; the guest's cart is left empty, so that a repetition changes nothing."""
    if session_cart == customer_cart:
        return
    copied = (
        CartLine.sku_id,
        CartLine.quantity,
        CartLine.seen_price,
        CartLine.seen_currency,
        CartLine.seen_status,
    )
    taken = (
        delete(CartLine)
        .where(CartLine.cart_id == session_cart)
        .returning(*copied)
        .execution_options(synchronize_session=False)
    )
    rows = [
        {
            "cart_id": customer_cart,
            "sku_id": sku_id,
            "quantity": quantity,
            "seen_price": price,
            "seen_currency": currency,
            "seen_status": status,
            "added_at": utcnow(),
        }
        for sku_id, quantity, price, currency, status in session.execute(taken)
    ]
    if rows:
        statement = insert_for(CartLine).values(rows)
        larger = case(
            (statement.excluded.quantity > CartLine.quantity, statement.excluded.quantity),
            else_=CartLine.quantity,
        )
        session.execute(
            statement.on_conflict_do_update(index_elements=["cart_id", "sku_id"], set_={"quantity": larger})
        )


def ensure_cart(session_id: int) -> int:
    """The id of the session's cart; made when there is none."""
    customer_id = session.scalar(select(ShopperSession.customer_id).where(ShopperSession.id == session_id))
    return upsert_cart(session_id, customer_id)


def set_country(cart_id: int, country: str) -> None:
    """Remember the destination for the postage estimate (two capital letters, checked by the door; "" forgets it)."""
    session.execute(
        update(Cart)
        .where(Cart.id == cart_id)
        .values(country=country, updated_at=utcnow())
        .execution_options(synchronize_session=False)
    )
