"""Reading carts. Inside or outside a unit of work; takes no locks."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, select

from storefront.core.cart.changes import price_change, stock_change
from storefront.core.cart.errors import BadQuantity
from storefront.core.cart.models import CartLine
from storefront.core.cart.quantity import parse_quantity
from storefront.core.cart.reading import (
    CART,
    LINE,
    PRICE,
    PRODUCT,
    SKU,
    STOCK,
    STOCK_ITEM,
    cart_id_of,
    own_hold,
    price_columns,
    price_join,
    prices_now,
    status_now,
)
from storefront.core.cart.views import CartLineView, CartView, basket_of
from storefront.core.catalog.models import ProductCategory, ProductPicture, ProductText
from storefront.core.catalog.offers import own_currency
from storefront.core.contracts.pricing import CurrencyRate
from storefront.core.db import session
from storefront.core.stock.models import Source
from storefront.core.values.language import FALLBACKS
from storefront.core.values.money import Money
from storefront.core.values.types import Dimensions

__all__ = [
    "BadQuantity",
    "CartLineView",
    "CartView",
    "basket_of",
    "cart_count",
    "find_cart_id",
    "load_cart",
    "parse_quantity",
]


def find_cart_id(session_id: int) -> int | None:
    """The cart of a session, if there is one (``service.ensure_cart`` makes it)."""
    return session.scalar(select(cart_id_of(session_id)))


def cart_count(session_id: int) -> int:
    """Pieces in the session's cart, for the badge: one statement."""
    statement = select(func.coalesce(func.sum(CartLine.quantity), 0))
    return int(session.scalar(statement.where(CartLine.cart_id == cart_id_of(session_id))) or 0)


def load_cart(session_id: int, lang: str, rate: CurrencyRate, policies: Mapping[str, Any]) -> CartView:
    """The session's cart at today's prices and stock, in the order things were added: two statements whatever the
    number of lines (one when it is empty)."""
    wanted = {"session_id": session_id, "currency": own_currency(rate)}
    rows = session.execute(_lines_statement(lang), wanted).all()
    if not rows:
        return CartView(None, rate.currency)
    filled = [row for row in rows if row.id is not None]
    categories = _categories({row.product_id for row in filled})
    low = int(policies["stock.low"])
    lines = tuple(_line(row, lang, rate, low, categories.get(row.product_id, ())) for row in filled)
    return CartView(rows[0].cart_id, rate.currency, rows[0].country, lines)


TEXT, PICTURE, PLACE = (row.__table__ for row in (ProductText, ProductPicture, ProductCategory))


@lru_cache
def _lines_statement(lang: str) -> Select[*tuple[Any, ...]]:
    """Of the session ``session_id``, with prices in ``currency``."""
    texts: list[Any] = [TEXT.alias(f"text_{i}") for i, _ in enumerate(FALLBACKS[lang])]
    first_picture = (
        select(PICTURE.c.id)
        .where(PICTURE.c.product_id == PRODUCT.c.id)
        .order_by(PICTURE.c.position)
        .limit(1)
        .correlate(PRODUCT)
        .scalar_subquery()
    )
    statement = (
        select(
            CART.c.id.label("cart_id"),
            CART.c.country,
            LINE.c.id,
            LINE.c.quantity,
            LINE.c.seen_price,
            LINE.c.seen_currency,
            LINE.c.seen_status,
            SKU.c.id.label("sku_id"),
            SKU.c.code.label("sku_code"),
            SKU.c.mode,
            SKU.c.active,
            SKU.c.options,
            SKU.c.weight.label("sku_weight"),
            SKU.c.release.label("sku_release"),
            *price_columns(),
            PRODUCT.c.id.label("product_id"),
            PRODUCT.c.slug,
            PRODUCT.c.state,
            PRODUCT.c.weight,
            PRODUCT.c.length,
            PRODUCT.c.width,
            PRODUCT.c.height,
            PRODUCT.c.release,
            PRODUCT.c.restrictions,
            PRODUCT.c.tax_class,
            PRODUCT.c.brand_id,
            PRODUCT.c.purchase_limit,
            PICTURE.c.file.label("picture"),
            PICTURE.c.tint,
            *STOCK,
            own_hold(CART.c.id, Source.ON_HAND).label("own_shelf"),
            own_hold(CART.c.id, Source.INCOMING).label("own_slots"),
            *(text.c.name.label(f"name_{i}") for i, text in enumerate(texts)),
        )
        .select_from(CART)
        .outerjoin(LINE, LINE.c.cart_id == CART.c.id)
        .outerjoin(SKU, SKU.c.id == LINE.c.sku_id)
        .outerjoin(PRODUCT, PRODUCT.c.id == SKU.c.product_id)
        .outerjoin(STOCK_ITEM, STOCK_ITEM.c.sku_id == SKU.c.id)
        .outerjoin(PRICE, price_join())
        .outerjoin(PICTURE, PICTURE.c.id == first_picture)
    )
    for locale, text in zip(FALLBACKS[lang], texts, strict=True):
        statement = statement.outerjoin(text, (text.c.product_id == PRODUCT.c.id) & (text.c.locale == locale))
    return statement.where(CART.c.id == cart_id_of()).order_by(LINE.c.id)


_CATEGORIES = (
    select(PLACE.c.product_id, PLACE.c.category_id)
    .where(PLACE.c.product_id.in_(bindparam("product_ids", expanding=True)))
    .order_by(PLACE.c.product_id, PLACE.c.position, PLACE.c.category_id)
)


def _categories(product_ids: set[int]) -> dict[int, tuple[int, ...]]:
    if not product_ids:
        return {}
    found: dict[int, tuple[int, ...]] = {}
    for product_id, category_id in session.execute(_CATEGORIES, {"product_ids": sorted(product_ids)}):
        found[product_id] = (*found.get(product_id, ()), category_id)
    return found


def _line(
    row: Row[*tuple[Any, ...]], lang: str, rate: CurrencyRate, low: int, category_ids: tuple[int, ...]
) -> CartLineView:
    status, available = status_now(row, low)
    price, list_price = prices_now(row, rate)
    name, name_lang = _name(row, lang)
    stock_problem = stock_change(status, row.seen_status, quantity=row.quantity, available=available)
    price_problem = price_change(*_seen_and_now(row, price, rate)) if status.orderable else None
    return CartLineView(
        id=row.id,
        sku_id=row.sku_id,
        sku_code=row.sku_code,
        product_id=row.product_id,
        slug=row.slug,
        name=name,
        name_lang=name_lang,
        options=option_text(row.options, lang),
        picture=row.picture or "",
        tint=row.tint or 1,
        quantity=row.quantity,
        unit_price=price,
        list_price=list_price,
        seen_price=row.seen_price,
        seen_currency=row.seen_currency,
        status=status,
        available=available,
        release=row.sku_release or row.release,
        problems=tuple(p for p in (stock_problem, price_problem) if p is not None),
        price_changed=price_problem is not None,
        restrictions=frozenset(row.restrictions),
        weight=row.sku_weight or row.weight,
        size=_size(row),
        tax_class=row.tax_class,
        brand_id=row.brand_id,
        category_ids=category_ids,
        purchase_limit=row.purchase_limit,
    )


def _seen_and_now(row: Row[*tuple[Any, ...]], price: int, rate: CurrencyRate) -> tuple[Money, Money]:
    """Both prices in one currency where that is possible: a shopper who added in the base currency and changed the
    shown one since is told in the base currency."""
    now = Money(row.price, rate.base) if row.seen_currency == rate.base else Money(price, rate.currency)
    return Money(row.seen_price, row.seen_currency), now


def _name(row: Row[*tuple[Any, ...]], lang: str) -> tuple[str, str]:
    for i, locale in enumerate(FALLBACKS[lang]):
        name = row._mapping[f"name_{i}"]
        if name:
            return name, locale
    return row.sku_code, ""


def _size(row: Row[*tuple[Any, ...]]) -> Dimensions | None:
    if row.length is None or row.width is None or row.height is None:
        return None
    return Dimensions(row.length, row.width, row.height)


def option_text(options: Sequence[Mapping[str, Mapping[str, str]]], lang: str) -> str:
    """A variant's values in one line (``"30 g / Refill"``), each by the fallback chain of ``lang``."""
    return " / ".join(_first(option.get("value", {}), lang) for option in options)


def _first(texts: Mapping[str, str], lang: str) -> str:
    return next((texts[locale] for locale in FALLBACKS[lang] if texts.get(locale)), "")
