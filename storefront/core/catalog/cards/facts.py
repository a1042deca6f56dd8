"""What cards are made of, read for many products at once: a fixed number of statements, however many they are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from storefront.core.catalog.models import (
    BrandText,
    Category,
    Product,
    ProductCategory,
    ProductPicture,
    ProductText,
    Sku,
    SkuPrice,
)
from storefront.core.catalog.offers import RANK, SkuOffer, product_offer
from storefront.core.catalog.texts import pick
from storefront.core.contracts.currency import unit_price
from storefront.core.contracts.pricing import CurrencyRate
from storefront.core.db import session
from storefront.core.settings.models import Currency, Policy
from storefront.core.settings.policies import DEFAULTS
from storefront.core.stock.models import StockItem
from storefront.core.stock.queries import status_of
from storefront.core.values.language import LANGUAGES

Values = dict[str, Any]

# Pieces up to which a card tells how many are left; more are "enough", whatever policy ``stock.low`` says.
TOLD = 100

_VARIANTS = (
    select(
        Sku.__table__.c.product_id,
        Sku.__table__.c.id.label("sku_id"),
        Sku.__table__.c.price,
        Sku.__table__.c.list_price,
        Sku.__table__.c.mode,
        Sku.__table__.c.release.label("sku_release"),
        StockItem.__table__.c.tracked,
        StockItem.__table__.c.on_hand,
        StockItem.__table__.c.reserved,
        StockItem.__table__.c.slots,
        StockItem.__table__.c.slots_taken,
        SkuPrice.__table__.c.currency,
        SkuPrice.__table__.c.price.label("own_price"),
        SkuPrice.__table__.c.list_price.label("own_list_price"),
        Product.__table__.c.release.label("product_release"),
    )
    .join(Product.__table__, Product.__table__.c.id == Sku.__table__.c.product_id)
    .outerjoin(StockItem.__table__, StockItem.__table__.c.sku_id == Sku.__table__.c.id)
    .outerjoin(SkuPrice.__table__, SkuPrice.__table__.c.sku_id == Sku.__table__.c.id)
    .where(Sku.__table__.c.active)
    .order_by(Sku.__table__.c.product_id, Sku.__table__.c.position, Sku.__table__.c.id)
)


@dataclass(frozen=True, slots=True)
class CardFacts:
    """One product's card. ``card``: columns of ``ProductCard``; ``shelf``: of its ``ShelfEntry`` rows, which stand in
    ``categories``; ``texts``: of ``CardText`` by language; ``own``: ``CardPrice`` by currency."""

    card: Values
    shelf: Values
    own: Mapping[str, int]
    texts: Mapping[str, Values] = field(default_factory=dict)
    categories: frozenset[int] = frozenset()


def offers_of(product_ids: Sequence[int]) -> dict[int, tuple[Values, dict[str, int]]]:
    """The columns of a card that hang on variants and stock, and its prices in currencies of their own; products without
    an active variant are missing. One statement, three where there are own prices."""
    variants: dict[int, list[Any]] = defaultdict(list)
    for row in session.execute(_VARIANTS.where(Sku.product_id.in_(product_ids))):
        variants[row.product_id].append(row)
    rates = _rates() if any(row.currency for rows in variants.values() for row in rows) else {}
    return {product_id: _offer(rows, rates) for product_id, rows in variants.items()}


def _offer(rows: list[Any], rates: Mapping[str, CurrencyRate]) -> tuple[Values, dict[str, int]]:
    by_sku = {row.sku_id: row for row in rows}
    offers = [_sku_offer(row) for row in by_sku.values()]
    offer = product_offer(offers)
    orderable = {sku_id: each.status.orderable for sku_id, each in zip(by_sku, offers, strict=True)}
    own_prices: dict[str, list[list[Any]]] = {}
    for currency in sorted({row.currency for row in rows if row.currency}):
        own = {row.sku_id: (row.own_price, row.own_list_price) for row in rows if row.currency == currency}
        own_prices[currency] = [
            [row.price, row.list_price, *own.get(sku_id, (None, None)), orderable[sku_id]]
            for sku_id, row in by_sku.items()
        ]
    prices = [each.price for each in offers]
    columns = {
        "price": offer.price,
        "list_price": offer.list_price,
        "lowest": min(prices),
        "highest": max(prices),
        "own_prices": own_prices or None,
        "status": offer.status.value,
        "available": None if offer.available is None else min(offer.available, TOLD),
        "release": offer.release or rows[0].product_release,
    }
    own_now = {
        currency: cheapest_own(variants, rates[currency])[0]
        for currency, variants in own_prices.items()
        if currency in rates
    }
    return columns, own_now


def _sku_offer(row: Any) -> SkuOffer:
    """In the base currency. Nothing is called few here: that is judged when it is shown."""
    status, available = status_of(
        row.mode,
        tracked=row.tracked,
        on_hand=row.on_hand,
        reserved=row.reserved,
        slots=row.slots,
        slots_taken=row.slots_taken,
        low=0,
    )
    struck = row.list_price if row.list_price is not None and row.list_price > row.price else None
    return SkuOffer(row.price, struck, status, available, row.sku_release)


def cheapest_own(variants: Iterable[Sequence[Any]], rate: CurrencyRate) -> tuple[int, int | None, bool]:
    """Of ``ProductCard.own_prices`` in one currency: price, list price (not judged) and whether the variants differ."""
    found = [(unit_price(price, own, rate), each) for each in variants for price, _, own, _, _ in (each,)]
    choice = [pair for pair in found if pair[1][4]] or found
    price, cheapest = min(choice, key=lambda pair: pair[0])
    _, list_price, own, own_list_price, _ = cheapest
    if own is not None:
        struck = own_list_price
    else:
        struck = None if list_price is None else unit_price(list_price, None, rate)
    return price, struck, len({pair[0] for pair in found}) > 1


def _rates() -> dict[str, CurrencyRate]:
    base = session.scalar(select(Policy.value).where(Policy.key == "shop.base_currency"))
    base = str(base or DEFAULTS["shop.base_currency"])
    rows = session.execute(select(Currency.code, Currency.rate, Currency.step).where(Currency.enabled))
    return {code: CurrencyRate(code, base, rate, step) for code, rate, step in rows if code != base}


def facts_of(product_ids: Sequence[int]) -> dict[int, CardFacts]:
    """The cards of these products; those that are not listed (not published, no active variant) are missing."""
    products = {
        row.id: row
        for row in session.execute(
            select(*(Product.__table__.c[name] for name in _PRODUCT)).where(
                Product.id.in_(product_ids), Product.state == "published"
            )
        )
    }
    offers = offers_of(list(products))
    names = _by_locale(ProductText.product_id, ProductText, offers)
    brands = _by_locale(BrandText.brand_id, BrandText, {row.brand_id for row in products.values() if row.brand_id})
    pictures = _first_pictures(list(offers))
    categories = _categories(list(offers))
    found = {}
    for product_id, (offer, own) in offers.items():
        row = products[product_id]
        file, tint, alt = pictures.get(product_id, ("", 1, {}))
        card = {**offer, "product_id": product_id, "slug": row.slug, "picture": file, "tint": tint}
        shelf = {
            "brand_id": row.brand_id or 0,
            "popularity": row.popularity,
            "created_at": row.created_at,
            **shelf_columns(card),
        }
        texts = {
            lang: _text(names.get(product_id, {}), row.code, brands.get(row.brand_id, {}), alt, lang)
            for lang in LANGUAGES
        }
        found[product_id] = CardFacts(card, shelf, own, texts, frozenset({0, *categories.get(product_id, ())}))
    return found


_PRODUCT = ("id", "slug", "code", "brand_id", "popularity", "created_at")


def shelf_columns(card: Values) -> Values:
    """What a shelf repeats of a card."""
    return {"state": RANK[card["status"]], "price": card["price"], "release": card["release"]}


def _by_locale(owner: Any, row: Any, ids: Iterable[int]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for owner_id, locale, name in session.execute(select(owner, row.locale, row.name).where(owner.in_(sorted(ids)))):
        found[owner_id][locale] = name
    return found


def _text(names: Mapping[str, str], code: str, brands: Mapping[str, str], alt: Mapping[str, str], lang: str) -> Values:
    name, brand = pick(names, lang), pick(brands, lang)
    return {
        "name": name.text or code,
        "name_lang": name.lang,
        "brand": brand.text,
        "brand_lang": brand.lang,
        "alt": pick(alt, lang).text,
    }


def _first_pictures(product_ids: Sequence[int]) -> dict[int, tuple[str, int, Mapping[str, str]]]:
    """The first picture that is really here, else the first that is only known by its address."""
    rows = session.execute(
        select(ProductPicture.product_id, ProductPicture.file, ProductPicture.tint, ProductPicture.alt)
        .where(ProductPicture.product_id.in_(product_ids))
        .order_by(ProductPicture.product_id, ProductPicture.position, ProductPicture.id)
    )
    found: dict[int, tuple[str, int, Mapping[str, str]]] = {}
    for product_id, file, tint, alt in rows:
        if product_id not in found or (file and not found[product_id][0]):
            found[product_id] = (file, tint or 1, alt or {})
    return found


def _categories(product_ids: Sequence[int]) -> dict[int, set[int]]:
    """The categories of products with all above them. A ring of categories ends."""
    rows = session.execute(
        select(ProductCategory.product_id, ProductCategory.category_id).where(
            ProductCategory.product_id.in_(product_ids)
        )
    ).all()
    if not rows:
        return {}
    parents = {row.id: row.parent_id for row in session.execute(select(Category.id, Category.parent_id))}
    found: dict[int, set[int]] = defaultdict(set)
    for product_id, category_id in rows:
        at: int | None = category_id
        while at is not None and at not in found[product_id]:
            found[product_id].add(at)
            at = parents.get(at)
    return found
