"""The page of one product: three statements, however many variants and pictures it has."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

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
from storefront.core.catalog.offers import OFFER_COLUMNS, own_price_join, product_offer, sku_offer
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
    rows = session.execute(_head_statement(slug, lang)).all()
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


def _head_statement(slug: str, lang: str) -> Any:
    """The product, its text and brand, once per picture."""
    text = (ProductText.product_id == Product.id) & (ProductText.locale == best_locale(ProductText, Product.id, lang))
    brand = (BrandText.brand_id == Product.brand_id) & (
        BrandText.locale == best_locale(BrandText, Product.brand_id, lang)
    )
    return (
        select(
            *Product.__table__.c,
            *(c for c in ProductText.__table__.c if c.name != "product_id"),
            Brand.slug.label("brand_slug"),
            BrandText.name.label("brand_name"),
            BrandText.locale.label("brand_lang"),
            ProductPicture.id.label("picture_id"),
            ProductPicture.file,
            ProductPicture.width.label("picture_width"),
            ProductPicture.height.label("picture_height"),
            ProductPicture.tint,
            ProductPicture.alt,
            _languages(),
        )
        .select_from(Product)
        .outerjoin(ProductText, text)
        .outerjoin(Brand, Brand.id == Product.brand_id)
        .outerjoin(BrandText, brand)
        .outerjoin(ProductPicture, ProductPicture.product_id == Product.id)
        .where(Product.slug == slug, Product.state != "draft")
        .order_by(ProductPicture.position, ProductPicture.id)
    )


def _languages() -> Any:
    """Those the product has a name in, as one text."""
    inner = aliased(ProductText)
    named = select(func.aggregate_strings(inner.locale, " ")).where(inner.product_id == Product.id, inner.name != "")
    return named.correlate(Product).scalar_subquery().label("languages")


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
    """Both in one statement: few variants times few categories, all short rows."""
    name = (CategoryText.category_id == Category.id) & (
        CategoryText.locale == best_locale(CategoryText, Category.id, lang)
    )
    rows = session.execute(
        select(
            *OFFER_COLUMNS,
            Sku.code,
            Sku.barcode,
            Sku.options,
            Sku.weight,
            Product.weight.label("product_weight"),
            Product.release.label("product_release"),
            Category.id.label("category_id"),
            Category.slug.label("category_slug"),
            CategoryText.name.label("category_name"),
            CategoryText.locale.label("category_lang"),
        )
        .select_from(Product)
        .outerjoin(Sku, (Sku.product_id == Product.id) & Sku.active)
        .outerjoin(StockItem, StockItem.sku_id == Sku.id)
        .outerjoin(SkuPrice, own_price_join(rate))
        .outerjoin(ProductCategory, ProductCategory.product_id == Product.id)
        .outerjoin(Category, Category.id == ProductCategory.category_id)
        .outerjoin(CategoryText, name)
        .where(Product.id == product_id)
        .order_by(Sku.position, Sku.id, ProductCategory.position, Category.position, Category.id)
    ).all()
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
