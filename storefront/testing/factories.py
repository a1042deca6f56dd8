"""Rows for tests: each factory takes only what the test is about. Call inside ``unit_of_work()``."""

import itertools
from typing import Any

import storefront.core.catalog.cards.keeping  # noqa: F401 - products that are made here have cards, as in a shop
from storefront.core.catalog.indexing import index_product
from storefront.core.catalog.models import Brand, BrandText, Category, CategoryText, Product, ProductText, Sku
from storefront.core.customers.models import ShopperSession
from storefront.core.db import new_secret, session, utcnow
from storefront.core.settings.models import ClosedDestination, Currency, Policy
from storefront.core.staff.models import Staff
from storefront.core.stock.models import StockItem, StockMovement

_count = itertools.count(1)


def make_product(
    *,
    name: str | dict[str, str] = "",
    price: int = 1000,
    on_hand: int | None = 10,
    skus: int = 1,
    **values: Any,
) -> Product:
    """A published product with ``skus`` variants. ``name``: one text (all languages) or per language.
    ``on_hand`` ``None``: untracked. SKU codes are ``<code>-1``, ``<code>-2``…; ``sku_values`` go to each SKU."""
    n = next(_count)
    sku_values = values.pop("sku_values", {})
    slots = values.pop("slots", None)
    code = values.pop("code", f"P-{n:04d}")
    product = Product(
        code=code,
        slug=values.pop("slug", f"product-{n}"),
        weight=values.pop("weight", 200),
        length=values.pop("length", 100),
        width=values.pop("width", 100),
        height=values.pop("height", 50),
        origin=values.pop("origin", "JP"),
        hs_code=values.pop("hs_code", "0902.10"),
        **values,
    )
    session.add(product)
    session.flush()
    names = (
        name if isinstance(name, dict) else dict.fromkeys(("en", "ja", "zh-hans", "zh-hant"), name or f"Product {n}")
    )
    for locale, text in names.items():
        session.add(ProductText(product_id=product.id, locale=locale, name=text))
    for i in range(skus):
        _add_sku(
            product,
            code=f"{code}-{i + 1}",
            position=i,
            price=price,
            on_hand=on_hand,
            slots=slots,
            **sku_values,
        )
    session.flush()
    index_product(product.id)
    return product


def make_sku(product: Product, **values: Any) -> Sku:
    """``code``, ``price``, ``on_hand``, ``slots`` and what a ``Sku`` has."""
    sku = _add_sku(product, **values)
    index_product(product.id)
    return sku


def _add_sku(
    product: Product,
    *,
    code: str = "",
    price: int = 1000,
    on_hand: int | None = 10,
    slots: int | None = None,
    **values: Any,
) -> Sku:
    sku = Sku(product_id=product.id, code=code or f"S-{next(_count):04d}", price=price, **values)
    session.add(sku)
    session.flush()
    session.add(StockItem(sku_id=sku.id, tracked=on_hand is not None, on_hand=on_hand or 0, slots=slots))
    if on_hand:
        session.flush()
        session.add(StockMovement(sku_id=sku.id, kind="received", quantity=on_hand, actor="test"))
    session.flush()
    return sku


def make_category(slug: str = "", parent: Category | None = None, name: str = "") -> Category:
    n = next(_count)
    row = Category(slug=slug or f"category-{n}", parent_id=parent.id if parent else None, position=n)
    session.add(row)
    session.flush()
    for locale in ("en", "ja", "zh-hans", "zh-hant"):
        session.add(CategoryText(category_id=row.id, locale=locale, name=name or row.slug))
    session.flush()
    return row


def make_brand(slug: str = "", name: str = "") -> Brand:
    row = Brand(slug=slug or f"brand-{next(_count)}")
    session.add(row)
    session.flush()
    for locale in ("en", "ja", "zh-hans", "zh-hant"):
        session.add(BrandText(brand_id=row.id, locale=locale, name=name or row.slug))
    session.flush()
    return row


def make_session() -> ShopperSession:
    row = ShopperSession(token_hash=new_secret(), data={}, expires_at=utcnow().replace(year=utcnow().year + 1))
    session.add(row)
    session.flush()
    return row


def make_currency(code: str, rate: str, step: int = 1) -> Currency:
    row = Currency(code=code, rate=rate, step=step, position=next(_count))
    session.add(row)
    session.flush()
    return row


def close_destination(country: str, region: str = "", restriction: str = "", **message: str) -> ClosedDestination:
    row = ClosedDestination(
        country=country, region=region, restriction=restriction, message=message or {"en": "Closed."}
    )
    session.add(row)
    session.flush()
    return row


def set_policy(key: str, value: Any) -> None:
    session.merge(Policy(key=key, value=value))
    session.flush()


def make_staff(role: str = "owner", *, email: str = "", password_hash: str = "no password", **values: Any) -> Staff:
    """A member of the staff who could log in, had they a real password."""
    n = next(_count)
    mail = email or f"{role}-{n}@example.com"
    row = Staff(
        email=mail,
        email_folded=mail.casefold(),
        name=values.pop("name", f"Member {n}"),
        role=role,
        password_hash=password_hash,
        **values,
    )
    session.add(row)
    session.flush()
    return row
