"""The page of one product: three statements, however many variants and pictures it has."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from storefront.core.catalog.asking import is_slug
from storefront.core.catalog.listing import related_cards
from storefront.core.catalog.models import (
    Brand,
    BrandText,
    Category,
    CategoryText,
    Product,
    ProductCategory,
    ProductPicture,
    ProductText,
    Sku,
    SkuPrice,
)
from storefront.core.catalog.offers import OFFER_COLUMNS, own_currency, product_offer, sku_offer
from storefront.core.catalog.texts import best_locale, pick
from storefront.core.catalog.views import Link, PictureView, ProductPage, SkuRow, SkuView, Text
from storefront.core.contracts.pricing import CurrencyRate
from storefront.core.db import session
from storefront.core.stock.models import StockItem
from storefront.core.values.types import Dimensions

RELATED = 4


def product_page(slug: str, lang: str, rate: CurrencyRate, policies: Mapping[str, Any]) -> ProductPage | None:
    """The page of the product with this slug, its texts in ``lang`` or the nearest language there is.

    ``None``: there is no such product, or it is a draft. A withdrawn one has ``state`` "withdrawn": its page answers
    410 and offers ``related``. Three statements."""
    if not is_slug(slug):
        return None
    rows = session.execute(_head_statement(lang), {"slug": slug}).all()
    if not rows:
        return None
    head = rows[0]
    low = int(policies["stock.low"])
    skus, categories = _skus_and_categories(head.id, lang, rate, low)
    return _page(
        head,
        lang,
        pictures=_pictures(rows, lang),
        skus=skus,
        categories=categories,
        related=related_cards(head.id, lang, rate, policies, limit=RELATED),
    )


def sku_rows(sku_ids: Iterable[int]) -> dict[int, SkuRow]:
    """These variants by id, also of withdrawn products; an unknown id is missing. One statement."""
    rows = session.execute(
        select(
            Sku.id,
            Sku.code,
            Sku.product_id,
            Product.slug,
            Product.state,
            Sku.active,
            Sku.price,
            Sku.list_price,
            Sku.mode,
            Sku.release,
            Sku.weight,
            Product.weight,
        )
        .join(Product, Product.id == Sku.product_id)
        .where(Sku.id.in_(sorted(set(sku_ids))))
    ).all()
    return {
        row[0]: SkuRow(*row[:10], weight=row[10] or row[11])  # a variant without a weight has its product's
        for row in rows
    }


_PRODUCT, _TEXT, _BRAND, _BRAND_TEXT, _PICTURE, _SKU, _STOCK, _PRICE, _PLACE, _CATEGORY, _CATEGORY_TEXT = (
    row.__table__
    for row in (
        Product,
        ProductText,
        Brand,
        BrandText,
        ProductPicture,
        Sku,
        StockItem,
        SkuPrice,
        ProductCategory,
        Category,
        CategoryText,
    )
)


@lru_cache
def _head_statement(lang: str) -> Select[Any]:
    """The product ``slug``, its text and brand, once per picture."""
    text = (_TEXT.c.product_id == _PRODUCT.c.id) & (_TEXT.c.locale == best_locale(ProductText, _PRODUCT.c.id, lang))
    brand = (_BRAND_TEXT.c.brand_id == _PRODUCT.c.brand_id) & (
        _BRAND_TEXT.c.locale == best_locale(BrandText, _PRODUCT.c.brand_id, lang)
    )
    return (
        select(
            *_PRODUCT.c,
            *(c for c in _TEXT.c if c.name != "product_id"),
            _BRAND.c.slug.label("brand_slug"),
            _BRAND_TEXT.c.name.label("brand_name"),
            _BRAND_TEXT.c.locale.label("brand_lang"),
            _PICTURE.c.id.label("picture_id"),
            _PICTURE.c.file,
            _PICTURE.c.width.label("picture_width"),
            _PICTURE.c.height.label("picture_height"),
            _PICTURE.c.tint,
            _PICTURE.c.alt,
            _languages(),
        )
        .select_from(_PRODUCT)
        .outerjoin(_TEXT, text)
        .outerjoin(_BRAND, _BRAND.c.id == _PRODUCT.c.brand_id)
        .outerjoin(_BRAND_TEXT, brand)
        .outerjoin(_PICTURE, _PICTURE.c.product_id == _PRODUCT.c.id)
        .where(_PRODUCT.c.slug == bindparam("slug"), _PRODUCT.c.state != "draft")
        .order_by(_PICTURE.c.position, _PICTURE.c.id)
    )


@lru_cache
def _parts_statement(lang: str) -> Select[Any]:
    """The variants of ``product`` with their prices in ``currency``, times its categories: few of each, short rows."""
    name = (_CATEGORY_TEXT.c.category_id == _CATEGORY.c.id) & (
        _CATEGORY_TEXT.c.locale == best_locale(CategoryText, _CATEGORY.c.id, lang)
    )
    return (
        select(
            *OFFER_COLUMNS,
            _SKU.c.code,
            _SKU.c.barcode,
            _SKU.c.options,
            _SKU.c.weight,
            _PRODUCT.c.weight.label("product_weight"),
            _PRODUCT.c.release.label("product_release"),
            _CATEGORY.c.id.label("category_id"),
            _CATEGORY.c.slug.label("category_slug"),
            _CATEGORY_TEXT.c.name.label("category_name"),
            _CATEGORY_TEXT.c.locale.label("category_lang"),
        )
        .select_from(_PRODUCT)
        .outerjoin(_SKU, (_SKU.c.product_id == _PRODUCT.c.id) & _SKU.c.active)
        .outerjoin(_STOCK, _STOCK.c.sku_id == _SKU.c.id)
        .outerjoin(_PRICE, (_PRICE.c.sku_id == _SKU.c.id) & (_PRICE.c.currency == bindparam("currency")))
        .outerjoin(_PLACE, _PLACE.c.product_id == _PRODUCT.c.id)
        .outerjoin(_CATEGORY, _CATEGORY.c.id == _PLACE.c.category_id)
        .outerjoin(_CATEGORY_TEXT, name)
        .where(_PRODUCT.c.id == bindparam("product"))
        .order_by(_SKU.c.position, _SKU.c.id, _PLACE.c.position, _CATEGORY.c.position, _CATEGORY.c.id)
    )


def _languages() -> Any:
    """Those the product has a name in, as one text."""
    inner = _TEXT.alias()
    named = select(func.aggregate_strings(inner.c.locale, " ")).where(
        inner.c.product_id == _PRODUCT.c.id, inner.c.name != ""
    )
    return named.correlate(_PRODUCT).scalar_subquery().label("languages")


def _pictures(rows: Iterable[Any], lang: str) -> tuple[PictureView, ...]:
    found = []
    for row in rows:
        if row.picture_id is not None:
            alt = pick(row.alt, lang)
            found.append(PictureView(row.file, row.picture_width, row.picture_height, row.tint, alt.text, alt.lang))
    return tuple(found)


def _skus_and_categories(
    product_id: int, lang: str, rate: CurrencyRate, low: int
) -> tuple[tuple[SkuView, ...], tuple[Link, ...]]:
    """Both in one statement."""
    wanted = {"product": product_id, "currency": own_currency(rate)}
    rows = session.execute(_parts_statement(lang), wanted).all()
    skus = {row.sku_id: row for row in rows if row.sku_id is not None}
    categories = {row.category_id: row for row in rows if row.category_id is not None}
    return (
        tuple(_sku_view(row, lang, rate, low) for row in skus.values()),
        tuple(
            Link(c.category_id, c.category_slug, c.category_name or c.category_slug, c.category_lang or "")
            for c in categories.values()
        ),
    )


def _sku_view(row: Any, lang: str, rate: CurrencyRate, low: int) -> SkuView:
    offer = sku_offer(row, rate, low)
    options = tuple(_option(option, lang) for option in row.options)
    return SkuView(
        id=row.sku_id,
        code=row.code,
        options=options,
        label=" / ".join(value.text for _, value in options),
        price=offer.price,
        list_price=offer.list_price,
        status=offer.status,
        available=offer.available,
        release=row.sku_release or row.product_release,
        weight=row.weight or row.product_weight,
        barcode=row.barcode,
    )


def _option(option: Mapping[str, Mapping[str, str]], lang: str) -> tuple[Text, Text]:
    return pick(option.get("name", {}), lang), pick(option.get("value", {}), lang)


def _page(
    head: Any,
    lang: str,
    *,
    pictures: tuple[PictureView, ...],
    skus: tuple[SkuView, ...],
    categories: tuple[Link, ...],
    related: Any,
) -> ProductPage:
    offer = product_offer(skus)
    has_size = None not in (head.length, head.width, head.height)
    brand = Link(head.brand_id, head.brand_slug, head.brand_name or head.brand_slug, head.brand_lang or "")
    return ProductPage(
        id=head.id,
        code=head.code,
        slug=head.slug,
        state=head.state,
        name=head.name or head.code,
        lang=head.locale or "",
        summary=head.summary or "",
        body=head.body or "",
        contents=head.contents or "",
        ingredients=head.ingredients or "",
        notes=head.notes or "",
        seo_title=head.seo_title or "",
        seo_description=head.seo_description or "",
        brand=brand if head.brand_id is not None else None,
        categories=categories,
        pictures=pictures,
        skus=skus,
        related=related,
        price=offer.price,
        list_price=offer.list_price,
        varies=offer.varies,
        status=offer.status,
        available=offer.available,
        release=offer.release or head.release,
        origin=head.origin,
        hs_code=head.hs_code,
        weight=head.weight,
        size=Dimensions(head.length, head.width, head.height) if has_size else None,
        restrictions=tuple(head.restrictions),
        alcohol_percent=head.alcohol_percent,
        not_returnable=head.not_returnable,
        purchase_limit=head.purchase_limit,
        condition_item=head.condition_item,
        condition_box=head.condition_box,
        languages=frozenset((head.languages or "").split()),
    )
