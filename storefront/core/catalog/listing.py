"""Lists of products: one statement a list, whatever it is filtered and sorted by and however many cards it has."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import CTE, ColumnElement, Select, Subquery, case, exists, func, select, true
from sqlalchemy.orm import aliased

from storefront.core.catalog.asking import Wish, is_slug, understand
from storefront.core.catalog.models import (
    Brand,
    BrandText,
    Category,
    Product,
    ProductCategory,
    ProductPicture,
    ProductText,
    Sku,
    SkuPrice,
)
from storefront.core.catalog.offers import (
    OFFER_COLUMNS,
    RANK,
    SkuOffer,
    offers_sql,
    own_price_join,
    product_offer,
    sku_offer,
)
from storefront.core.catalog.texts import best_locale, pick
from storefront.core.catalog.views import Card, HomeShelves, ListQuery, ProductList
from storefront.core.contracts.pricing import CurrencyRate
from storefront.core.db import session
from storefront.core.search.models import SearchText
from storefront.core.search.queries import search_condition, words_of
from storefront.core.stock.models import StockItem
from storefront.core.values.money import format_major
from storefront.core.values.types import SaleMode, SaleStatus

SHELF = 8


def list_products(query: ListQuery, policies: Mapping[str, Any]) -> ProductList:
    """The page of published products that ``query`` asks for. One statement; a second one only when a page beyond the
    last was asked for. Never raises for what a shopper typed."""
    wish = understand(query)
    low = int(policies["stock.low"])
    matching = _matching(query, wish, low)
    offset = (wish.page - 1) * wish.per_page
    cards, total = _cards_and_total(matching, query.lang, query.rate, low, wish.per_page, offset)
    pages = max(1, -(-total // wish.per_page))
    page = wish.page
    if page > pages:
        page = pages
        if total:
            offset = (page - 1) * wish.per_page
            cards, total = _cards_and_total(matching, query.lang, query.rate, low, wish.per_page, offset)
    currency = query.rate.currency
    return ProductList(
        cards=cards,
        total=total,
        page=page,
        pages=pages,
        per_page=wish.per_page,
        sort=wish.sort,
        status=wish.status or "",
        min="" if wish.low is None else format_major(wish.low, currency),
        max="" if wish.high is None else format_major(wish.high, currency),
        problems=wish.problems,
    )


def home_shelves(lang: str, rate: CurrencyRate, policies: Mapping[str, Any], *, limit: int = SHELF) -> HomeShelves:
    """The shelves of the home page: two statements."""
    low = int(policies["stock.low"])
    arrivals = _Matching(_published(), (Down(Product.created_at), Down(Product.id)))
    offer = offers_sql(rate, low, select(Sku.product_id).where(Sku.mode == SaleMode.PRE_ORDER))
    awaited = _published(offer).where(offer.c.rank == RANK[SaleStatus.PRE_ORDER])
    preorders = _Matching(awaited, (Up(Product.release), Down(Product.popularity), Down(Product.id)))
    return HomeShelves(
        arrivals=_cards_and_total(arrivals, lang, rate, low, limit, 0)[0],
        preorders=_cards_and_total(preorders, lang, rate, low, limit, 0)[0],
    )


def related_cards(
    product_id: int, lang: str, rate: CurrencyRate, policies: Mapping[str, Any], *, limit: int = 4
) -> tuple[Card, ...]:
    """The most popular others of the product's categories, those that can be ordered first. One statement."""
    low = int(policies["stock.low"])
    own = select(ProductCategory.category_id).where(ProductCategory.product_id == product_id)
    others = select(ProductCategory.product_id).where(
        ProductCategory.category_id.in_(own), ProductCategory.product_id != product_id
    )
    offer = offers_sql(rate, low, others)
    rows = _published(offer)
    sold_out_last = case((offer.c.rank < RANK[SaleStatus.SOLD_OUT], 0), else_=1)
    order = (Up(sold_out_last), Down(Product.popularity), Down(Product.id))
    return _cards_and_total(_Matching(rows, order), lang, rate, low, limit, 0)[0]


def in_category(slug: str) -> ColumnElement[bool]:
    """Products in this category or any below it."""
    tree = select(Category.id).where(Category.slug == slug).cte("tree", recursive=True)
    child = aliased(Category)
    # UNION, not UNION ALL: a tree that somebody made into a ring still ends.
    tree = tree.union(select(child.id).where(child.parent_id == tree.c.id))
    return Product.id.in_(select(ProductCategory.product_id).where(ProductCategory.category_id.in_(select(tree.c.id))))


class Up(NamedTuple):
    """Ascending by ``key``."""

    key: Any

    def by(self, column: Any) -> Any:
        return column.asc()


class Down(NamedTuple):
    """Descending by ``key``."""

    key: Any

    def by(self, column: Any) -> Any:
        return column.desc()


Order = tuple[Up | Down, ...]


@dataclass(frozen=True, slots=True)
class _Matching:
    """Which products (one row each, ``Product.id``) and in what order."""

    rows: Select[int]
    order: Order


def _published(offer: Subquery | None = None) -> Select[int]:
    """Products that can be shown: published, with a variant that has a price."""
    rows = select(Product.id).where(Product.state == "published")
    if offer is not None:
        return rows.join(offer, offer.c.product_id == Product.id)
    return rows.where(exists().where(Sku.product_id == Product.id, Sku.active))


def _matching(query: ListQuery, wish: Wish, low: int) -> _Matching:
    judged = wish.status is not None or wish.low is not None or wish.high is not None
    offer = offers_sql(query.rate, low) if judged or wish.sort.startswith("price") else None
    rows = _published(offer)
    if offer is not None:
        if wish.status is not None:
            rows = rows.where(offer.c.rank.in_(_ranks(wish.status)))
        if wish.low is not None:
            rows = rows.where(offer.c.price >= wish.low)
        if wish.high is not None:
            rows = rows.where(offer.c.price <= wish.high)
    for slug, condition in ((query.category_slug, in_category), (query.brand_slug, _of_brand)):
        if slug:
            rows = rows.where(condition(slug)) if is_slug(slug) else rows.where(~true())
    if words_of(query.q):
        rows = rows.where(Product.id.in_(select(SearchText.product_id).where(search_condition(query.q))))
    return _Matching(rows, (*_order(wish.sort, offer), Down(Product.id)))


def _of_brand(slug: str) -> ColumnElement[bool]:
    return Product.brand_id.in_(select(Brand.id).where(Brand.slug == slug))


def _ranks(status: SaleStatus) -> list[int]:
    wanted = {status, SaleStatus.LOW_STOCK} if status is SaleStatus.IN_STOCK else {status}
    return sorted(RANK[each] for each in wanted)


def _order(sort: str, offer: Subquery | None) -> Order:
    if offer is not None and sort == "price_up":
        return (Up(offer.c.price), Down(Product.popularity))
    if offer is not None and sort == "price_down":
        return (Down(offer.c.price), Down(Product.popularity))
    if sort == "newest":
        return (Down(Product.created_at),)
    if sort == "release":  # the latest first; what has no release month ("") comes last
        return (Down(Product.release), Down(Product.popularity))
    return (Down(Product.popularity),)


# --- from products to cards -----------------------------------------------------------------------------------------


def _cards_and_total(
    matching: _Matching, lang: str, rate: CurrencyRate, low: int, limit: int, offset: int
) -> tuple[tuple[Card, ...], int]:
    rows = session.execute(_statement(matching, lang, rate, limit, offset)).all()
    total = rows[0].total if rows else 0
    by_product: dict[int, list[Any]] = {}
    for row in rows:
        if row.product_id is not None:
            by_product.setdefault(row.product_id, []).append(row)
    return tuple(_card(variants, lang, rate, low) for variants in by_product.values()), total


def _statement(matching: _Matching, lang: str, rate: CurrencyRate, limit: int, offset: int) -> Select[Any]:
    """One row per variant of the products of the page, in order; at least one row, so that the total is always told."""
    total = select(func.count().label("total")).select_from(matching.rows.subquery("matching")).subquery("count")
    keys = [each.key.label(f"key_{i}") for i, each in enumerate(matching.order)]
    in_order = (each.by(each.key) for each in matching.order)
    page = matching.rows.add_columns(*keys).order_by(*in_order).limit(limit).offset(offset).cte("page")
    statement = _joined(select(total.c.total, *_card_columns()).select_from(total), page, lang, rate)
    again = (each.by(page.c[f"key_{i}"]) for i, each in enumerate(matching.order))
    return statement.order_by(*again, Sku.position, Sku.id)


def _card_columns() -> tuple[Any, ...]:
    return (
        Product.id.label("product_id"),
        Product.slug,
        Product.code,
        Product.release.label("product_release"),
        ProductText.name,
        ProductText.locale.label("name_lang"),
        BrandText.name.label("brand"),
        BrandText.locale.label("brand_lang"),
        ProductPicture.file.label("picture"),
        ProductPicture.alt,
        ProductPicture.tint,
        *OFFER_COLUMNS,
    )


def _joined(statement: Select[Any], page: CTE, lang: str, rate: CurrencyRate) -> Select[Any]:
    name = (ProductText.product_id == Product.id) & (ProductText.locale == best_locale(ProductText, Product.id, lang))
    brand = (BrandText.brand_id == Product.brand_id) & (
        BrandText.locale == best_locale(BrandText, Product.brand_id, lang)
    )
    return (
        statement.outerjoin(page, true())
        .outerjoin(Product, Product.id == page.c.id)
        .outerjoin(ProductText, name)
        .outerjoin(BrandText, brand)
        .outerjoin(ProductPicture, ProductPicture.id == _first_picture())
        .outerjoin(Sku, (Sku.product_id == Product.id) & Sku.active)
        .outerjoin(StockItem, StockItem.sku_id == Sku.id)
        .outerjoin(SkuPrice, own_price_join(rate))
    )


def _first_picture() -> Any:
    """The first picture that is really here, else the first that is only known by its address."""
    inner = aliased(ProductPicture)
    return (
        select(inner.id)
        .where(inner.product_id == Product.id)
        .order_by(case((inner.file == "", 1), else_=0), inner.position)
        .limit(1)
        .correlate_except(inner)
        .scalar_subquery()
    )


def _card(variants: list[Any], lang: str, rate: CurrencyRate, low: int) -> Card:
    row = variants[0]
    offers: list[SkuOffer] = [sku_offer(v, rate, low) for v in variants if v.sku_id is not None]
    offer = product_offer(offers)
    return Card(
        product_id=row.product_id,
        slug=row.slug,
        name=row.name or row.code,
        name_lang=row.name_lang or "",
        brand=row.brand or "",
        brand_lang=row.brand_lang or "",
        price=offer.price or 0,
        list_price=offer.list_price,
        varies=offer.varies,
        picture=row.picture or "",
        alt=pick(row.alt or {}, lang).text,
        tint=row.tint or 1,
        status=offer.status,
        available=offer.available,
        release=offer.release or row.product_release,
    )
