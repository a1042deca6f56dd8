"""Reading carts. Inside or outside a unit of work; takes no locks."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import aliased

from storefront.core.cart.changes import price_change, stock_change
from storefront.core.cart.errors import BadQuantity
from storefront.core.cart.models import Cart, CartLine
from storefront.core.cart.quantity import parse_quantity
from storefront.core.cart.reading import (
    STOCK,
    cart_id_of,
    own_hold,
    price_columns,
    price_join,
    prices_now,
    status_now,
)
from storefront.core.cart.views import CartLineView, CartView, basket_of
from storefront.core.catalog.models import (
    Product,
    ProductCategory,
    ProductPicture,
    ProductText,
    Sku,
    SkuPrice,
)
from storefront.core.contracts.pricing import CurrencyRate
from storefront.core.db import session
from storefront.core.stock.models import Source, StockItem
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
    rows = session.execute(_lines_statement(session_id, lang, rate)).all()
    if not rows:
        return CartView(None, rate.currency)
    filled = [row for row in rows if row.id is not None]
    categories = _categories({row.product_id for row in filled})
    low = int(policies["stock.low"])
    lines = tuple(_line(row, lang, rate, low, categories.get(row.product_id, ())) for row in filled)
    return CartView(rows[0].cart_id, rate.currency, rows[0].country, lines)


def _lines_statement(session_id: int, lang: str, rate: CurrencyRate) -> Select[*tuple[Any, ...]]:
    texts = [aliased(ProductText, name=f"text_{i}") for i, _ in enumerate(FALLBACKS[lang])]
    first_picture = (
        select(ProductPicture.id)
        .where(ProductPicture.product_id == Product.id)
        .order_by(ProductPicture.position)
        .limit(1)
        .correlate(Product)
        .scalar_subquery()
    )
    statement = (
        select(
            Cart.id.label("cart_id"),
            Cart.country,
            CartLine.id,
            CartLine.quantity,
            CartLine.seen_price,
            CartLine.seen_currency,
            CartLine.seen_status,
            Sku.id.label("sku_id"),
            Sku.code.label("sku_code"),
            Sku.mode,
            Sku.active,
            Sku.options,
            Sku.weight.label("sku_weight"),
            Sku.release.label("sku_release"),
            *price_columns(),
            Product.id.label("product_id"),
            Product.slug,
            Product.state,
            Product.weight,
            Product.length,
            Product.width,
            Product.height,
            Product.release,
            Product.restrictions,
            Product.tax_class,
            Product.brand_id,
            Product.purchase_limit,
            ProductPicture.file.label("picture"),
            ProductPicture.tint,
            *STOCK,
            own_hold(Cart.id, Source.ON_HAND).label("own_shelf"),
            own_hold(Cart.id, Source.INCOMING).label("own_slots"),
            *(text.name.label(f"name_{i}") for i, text in enumerate(texts)),
        )
        .select_from(Cart)
        .outerjoin(CartLine, CartLine.cart_id == Cart.id)
        .outerjoin(Sku, Sku.id == CartLine.sku_id)
        .outerjoin(Product, Product.id == Sku.product_id)
        .outerjoin(StockItem, StockItem.sku_id == Sku.id)
        .outerjoin(SkuPrice, price_join(rate))
        .outerjoin(ProductPicture, ProductPicture.id == first_picture)
    )
    for locale, text in zip(FALLBACKS[lang], texts, strict=True):
        statement = statement.outerjoin(text, (text.product_id == Product.id) & (text.locale == locale))
    return statement.where(Cart.id == cart_id_of(session_id)).order_by(CartLine.id)


def _categories(product_ids: set[int]) -> dict[int, tuple[int, ...]]:
    if not product_ids:
        return {}
    found: dict[int, tuple[int, ...]] = {}
    rows = session.execute(
        select(ProductCategory.product_id, ProductCategory.category_id)
        .where(ProductCategory.product_id.in_(sorted(product_ids)))
        .order_by(ProductCategory.product_id, ProductCategory.position, ProductCategory.category_id)
    )
    for product_id, category_id in rows:
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
