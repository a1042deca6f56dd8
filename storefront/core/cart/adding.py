"""Putting things into a cart: the one act that runs many times at once in one session."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, Row, Select, bindparam, func, select

from storefront.core.cart.errors import (
    BadQuantity,
    NotOrderable,
    OutOfStock,
    QuantityTooLarge,
    TooFewLeft,
    UnknownSku,
)
from storefront.core.cart.models import CartLine
from storefront.core.cart.reading import (
    CART,
    LINE,
    PRICE,
    PRODUCT,
    SHOPPER,
    SKU,
    STOCK,
    STOCK_ITEM,
    cart_id_of,
    own_hold,
    price_columns,
    price_join,
    prices_now,
    published_once,
    status_now,
)
from storefront.core.catalog.offers import own_currency
from storefront.core.contracts.pricing import CurrencyRate
from storefront.core.db import dialect, session, utcnow
from storefront.core.stock.models import Source
from storefront.core.upsert import insert_for
from storefront.core.values.types import SaleStatus

MAX_CODE = 120  # no SKU code is longer


@dataclass(frozen=True, slots=True)
class AddedLine:
    """``quantity``: pieces of this item in the cart now; ``added``: those just put in; ``count``: pieces in the whole
    cart (badge). ``price``: minor units of the currency, a piece."""

    cart_id: int
    line_id: int
    sku_id: int
    product_id: int
    slug: str
    quantity: int
    added: int
    count: int
    price: int


def add(
    session_id: int, sku_code: str, quantity: int, rate: CurrencyRate, max_quantity: int, low: int = 0
) -> AddedLine:
    """Put ``quantity`` more pieces of an item into the session's cart: four statements, each addition counted however
    many come at once. Remembers the price and status the shopper sees.

    Raises ``UnknownSku``, ``NotOrderable``, ``OutOfStock`` (fewer left than the cart would hold; nothing is reserved
    before the order is placed), ``QuantityTooLarge``.
    """
    if quantity < 1:
        raise BadQuantity(1, max_quantity)
    item = _item_to_add(session_id, sku_code, rate)
    status, available = status_now(item, low)
    if status is SaleStatus.SOLD_OUT:
        raise OutOfStock(item.sku_id, 0)
    if not status.orderable:
        raise NotOrderable(status)
    limit = max_quantity if available is None else min(max_quantity, available)
    if quantity > limit:
        raise _too_many(item.sku_id, quantity, item.in_cart, max_quantity, available)
    cart_id = upsert_cart(session_id, item.customer_id)
    price, _ = prices_now(item, rate)
    line = CartLine(
        cart_id=cart_id,
        sku_id=item.sku_id,
        quantity=quantity,
        seen_price=price,
        seen_currency=rate.currency,
        seen_status=status.value,
    )
    stored = _upsert_line(line, limit)
    if stored is None:
        raise _too_many(item.sku_id, quantity, _in_cart(cart_id, item.sku_id), max_quantity, available)
    return AddedLine(
        cart_id=cart_id,
        line_id=stored[0],
        sku_id=item.sku_id,
        product_id=item.product_id,
        slug=item.slug,
        quantity=stored[1],
        added=quantity,
        count=count_pieces(cart_id),
        price=price,
    )


def _item_statement() -> Select[*tuple[Any, ...]]:
    cart_id = cart_id_of()
    in_cart = select(LINE.c.quantity).where(LINE.c.cart_id == cart_id, LINE.c.sku_id == SKU.c.id)
    return (
        select(
            SKU.c.id.label("sku_id"),
            SKU.c.mode,
            SKU.c.active,
            *price_columns(),
            PRODUCT.c.id.label("product_id"),
            PRODUCT.c.slug,
            PRODUCT.c.state,
            *STOCK,
            own_hold(cart_id, Source.ON_HAND).label("own_shelf"),
            own_hold(cart_id, Source.INCOMING).label("own_slots"),
            func.coalesce(in_cart.correlate(SKU).scalar_subquery(), 0).label("in_cart"),
            select(SHOPPER.c.customer_id)
            .where(SHOPPER.c.id == bindparam("session_id"))
            .scalar_subquery()
            .label("customer_id"),
        )
        .select_from(SKU)
        .join(PRODUCT, PRODUCT.c.id == SKU.c.product_id)
        .outerjoin(STOCK_ITEM, STOCK_ITEM.c.sku_id == SKU.c.id)
        .outerjoin(PRICE, price_join())
        .where(SKU.c.code == bindparam("code"), published_once())
    )


_ITEM = _item_statement()


def _item_to_add(session_id: int, sku_code: str, rate: CurrencyRate) -> Row[*tuple[Any, ...]]:
    """The item, its price and stock, what the cart has of it, and who is logged in: one statement."""
    if not sku_code or len(sku_code) > MAX_CODE or not sku_code.isprintable():
        raise UnknownSku
    wanted = {"session_id": session_id, "code": sku_code, "currency": own_currency(rate)}
    item = session.execute(_ITEM, wanted).first()
    if item is None:
        raise UnknownSku
    return item


def upsert_cart(session_id: int, customer_id: int | None) -> int:
    """The customer's cart when somebody is logged in, else the session's; made when missing. One statement, which
    locks the cart until the unit ends."""
    column, owner = ("customer_id", customer_id) if customer_id is not None else ("session_id", session_id)
    statement = _cart_statement(dialect(), column)
    return int(session.scalar(statement, {"owner": owner, "now": utcnow()}))


@lru_cache
def _cart_statement(dialect: str, column: str) -> Any:
    """For the cart of ``owner``, in the dialect of the current session."""
    now = bindparam("now", type_=CART.c.updated_at.type)
    statement = insert_for(CART).values(**{column: bindparam("owner")}, country="", created_at=now, updated_at=now)
    statement = statement.on_conflict_do_update(index_elements=[column], set_={"updated_at": now})
    return statement.returning(CART.c.id)


def _upsert_line(line: CartLine, limit: int) -> tuple[int, int] | None:
    """Insert or count up in one statement, never above ``limit``; ``None`` when it would pass it."""
    values = {f"new_{name}": getattr(line, name) for name in _LINE} | {"now": utcnow(), "upper_limit": limit}
    stored = session.execute(_line_statement(dialect()), values).first()
    return None if stored is None else (stored[0], stored[1])


_LINE = ("cart_id", "sku_id", "quantity", "seen_price", "seen_currency", "seen_status")


@lru_cache
def _line_statement(dialect: str) -> Any:
    new = {name: bindparam(f"new_{name}", type_=LINE.c[name].type) for name in _LINE}
    statement = insert_for(LINE).values(**new, added_at=bindparam("now", type_=LINE.c.added_at.type))
    total = LINE.c.quantity + new["quantity"]
    seen = {name: new[name] for name in _LINE if name.startswith("seen_")}
    statement = statement.on_conflict_do_update(
        index_elements=["cart_id", "sku_id"],
        set_={"quantity": total, **seen},
        where=total <= bindparam("upper_limit", type_=Integer),
    )
    return statement.returning(LINE.c.id, LINE.c.quantity)


def _too_many(
    sku_id: int, quantity: int, in_cart: int, max_quantity: int, available: int | None
) -> QuantityTooLarge | OutOfStock:
    if in_cart + quantity > max_quantity:
        return QuantityTooLarge(max_quantity, in_cart)
    return TooFewLeft(sku_id, available or 0, in_cart)


def _in_cart(cart_id: int, sku_id: int) -> int:
    found = select(CartLine.quantity).where(CartLine.cart_id == cart_id, CartLine.sku_id == sku_id)
    return session.scalar(found) or 0


_PIECES = select(func.coalesce(func.sum(LINE.c.quantity), 0)).where(LINE.c.cart_id == bindparam("cart_id"))


def count_pieces(cart_id: int) -> int:
    """For the badge."""
    return int(session.scalar(_PIECES, {"cart_id": cart_id}) or 0)
