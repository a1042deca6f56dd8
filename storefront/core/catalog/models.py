"""Products, their variants (SKUs), texts in every language, categories, brands, pages."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storefront.core.db import Base, Json, NullableJson, UtcDateTime, utcnow


class Category(Base):
    """``picture``: name of what is shown, "" for none or none yet; ``picture_id``: its original, where one was handed
    in."""

    __tablename__ = "category"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    picture: Mapped[str] = mapped_column(String(200), default="")
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("picture.id"), index=True)


class CategoryText(Base):
    __tablename__ = "category_text"

    category_id: Mapped[int] = mapped_column(ForeignKey("category.id", ondelete="CASCADE"), primary_key=True)
    locale: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")


class Brand(Base):
    __tablename__ = "brand"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(120), unique=True)


class BrandText(Base):
    __tablename__ = "brand_text"

    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id", ondelete="CASCADE"), primary_key=True)
    locale: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")


class Product(Base):
    """``state``: draft, published, withdrawn (its page answers 410, orders keep it). Weight in grams and size in
    millimetres of one packed piece; ``None`` = unknown. ``release``: "YYYY-MM" or "YYYY-MM-DD"."""

    __tablename__ = "product"
    __table_args__ = (
        CheckConstraint("state IN ('draft','published','withdrawn')", name="state"),
        CheckConstraint("weight IS NULL OR weight > 0", name="weight"),
        CheckConstraint("purchase_limit IS NULL OR purchase_limit > 0", name="purchase_limit"),
        Index(None, "state", "popularity", "id"),
        Index(None, "state", "created_at", "id"),
        Index(None, "popularity", "id"),
        Index(None, "updated_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(80), unique=True)
    slug: Mapped[str] = mapped_column(String(160), unique=True)
    state: Mapped[str] = mapped_column(String(12), default="published")
    brand_id: Mapped[int | None] = mapped_column(ForeignKey("brand.id"), index=True)
    origin: Mapped[str] = mapped_column(String(2), default="")
    hs_code: Mapped[str] = mapped_column(String(12), default="")
    customs_description: Mapped[str] = mapped_column(String(200), default="")
    tax_class: Mapped[str] = mapped_column(String(20), default="standard")
    weight: Mapped[int | None] = mapped_column()
    length: Mapped[int | None] = mapped_column()
    width: Mapped[int | None] = mapped_column()
    height: Mapped[int | None] = mapped_column()
    release: Mapped[str] = mapped_column(String(10), default="")
    restrictions: Mapped[list[str]] = mapped_column(Json, default=list)
    alcohol_percent: Mapped[str] = mapped_column(String(8), default="")
    not_returnable: Mapped[bool] = mapped_column(default=False)
    purchase_limit: Mapped[int | None] = mapped_column()
    limit_counts_shipped: Mapped[bool] = mapped_column(default=True)
    condition_item: Mapped[str] = mapped_column(String(4), default="")
    condition_box: Mapped[str] = mapped_column(String(4), default="")
    popularity: Mapped[int] = mapped_column(default=0)
    source: Mapped[str] = mapped_column(String(40), default="")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow, onupdate=utcnow)


class ProductText(Base):
    """``body``: sanitised HTML."""

    __tablename__ = "product_text"

    product_id: Mapped[int] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"), primary_key=True)
    locale: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[str] = mapped_column(String(300))
    summary: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[str] = mapped_column(Text, default="")
    contents: Mapped[str] = mapped_column(Text, default="")
    ingredients: Mapped[str] = mapped_column(Text, default="")
    notes: Mapped[str] = mapped_column(Text, default="")
    seo_title: Mapped[str] = mapped_column(String(300), default="")
    seo_description: Mapped[str] = mapped_column(Text, default="")


class ProductCategory(Base):
    __tablename__ = "product_category"

    product_id: Mapped[int] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"), primary_key=True)
    category_id: Mapped[int] = mapped_column(
        ForeignKey("category.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    position: Mapped[int] = mapped_column(default=0)


class Picture(Base):
    """An original that was handed in, once whatever its uses: kept privately under its ``digest`` (SHA-256, with
    ``suffix``), never served. ``state``: waiting, ready, refused (``reason``: why, an English msgid). ``file``: its
    public name (``core/values/pictures.py``); while it waits "", or a public file that may be shown meanwhile.
    ``tint``: the tile nearest to its colours, 0 = unknown. ``tries``: how often its preparation was begun."""

    __tablename__ = "picture"
    __table_args__ = (
        CheckConstraint("state IN ('waiting','ready','refused')", name="state"),
        Index(None, "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    suffix: Mapped[str] = mapped_column(String(5))
    size: Mapped[int] = mapped_column()
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    reason: Mapped[str] = mapped_column(String(300), default="")
    tries: Mapped[int] = mapped_column(default=0)
    file: Mapped[str] = mapped_column(String(200), default="", index=True)
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)
    tint: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


class ProductPicture(Base):
    """``file``: name of what is shown (``core/values/pictures.py``), "" while there is nothing. ``picture_id``: the
    original, ``None`` while only ``source_url`` is known (``fetch_problem``: why it could not be fetched, an English
    msgid). ``tint``: 1..8, the tile behind it; 0 = that of the picture. ``alt``: per language."""

    __tablename__ = "product_picture"
    __table_args__ = (UniqueConstraint("product_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"))
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("picture.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    file: Mapped[str] = mapped_column(String(200), index=True)
    source_url: Mapped[str] = mapped_column(String(1000), default="")
    fetch_problem: Mapped[str] = mapped_column(String(300), default="")
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)
    tint: Mapped[int] = mapped_column(default=0)
    alt: Mapped[dict[str, str]] = mapped_column(Json, default=dict)


class Sku(Base):
    """A variant with its own price (base currency, minor units, tax included), weight and stock (CAT-2, CAT-4).

    ``options``: ``[{"name": {lang: text}, "value": {lang: text}}]``. ``mode``: ``SaleMode``. ``release``: "YYYY-MM".
    """

    __tablename__ = "sku"
    __table_args__ = (
        CheckConstraint("price >= 0", name="price"),
        CheckConstraint("list_price IS NULL OR list_price >= 0", name="list_price"),
        CheckConstraint("weight IS NULL OR weight > 0", name="weight"),
        Index(None, "product_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(120), unique=True)
    barcode: Mapped[str] = mapped_column(String(20), default="", index=True)
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    price: Mapped[int] = mapped_column()
    list_price: Mapped[int | None] = mapped_column()
    weight: Mapped[int | None] = mapped_column()
    mode: Mapped[str] = mapped_column(String(20), default="stock")
    release: Mapped[str] = mapped_column(String(10), default="")
    options: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)


class SkuPrice(Base):
    """A SKU's own price in a further currency; without one the base price is converted (DESIGN B4)."""

    __tablename__ = "sku_price"

    sku_id: Mapped[int] = mapped_column(ForeignKey("sku.id", ondelete="CASCADE"), primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    price: Mapped[int] = mapped_column()
    list_price: Mapped[int | None] = mapped_column()


class ProductCard(Base):
    """What lists show of a published product, worked out beforehand (``cards``): one row a product, one ``CardText`` a
    language, one ``ShelfEntry`` a category. Nothing here is a truth of its own.

    Prices in the base currency. ``price`` and ``list_price``: of the cheapest variant that can be ordered, else of the
    cheapest; ``lowest`` and ``highest`` of all. ``own_prices``: ``{currency: [[price, list_price, own, own_list_price,
    orderable], ...]}`` of a product with own prices in a currency. ``status``: the best of its variants', never
    ``low_stock``: how few are few is judged when it is shown. ``available``: pieces of that one, as far as they are
    told (``cards.TOLD``); ``None`` = no limit."""

    __tablename__ = "product_card"

    product_id: Mapped[int] = mapped_column(
        ForeignKey("product.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    slug: Mapped[str] = mapped_column(String(160))
    price: Mapped[int] = mapped_column()
    list_price: Mapped[int | None] = mapped_column()
    lowest: Mapped[int] = mapped_column()
    highest: Mapped[int] = mapped_column()
    own_prices: Mapped[dict[str, Any] | None] = mapped_column(NullableJson)
    status: Mapped[str] = mapped_column(String(20))
    available: Mapped[int | None] = mapped_column()
    release: Mapped[str] = mapped_column(String(10), default="")
    picture: Mapped[str] = mapped_column(String(200), default="")
    tint: Mapped[int] = mapped_column(default=1)


class CardText(Base):
    """The words of a card for readers of ``locale``, by the fallback chain, each with the language it is in."""

    __tablename__ = "card_text"

    product_id: Mapped[int] = mapped_column(
        ForeignKey("product_card.product_id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    locale: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[str] = mapped_column(String(300))
    name_lang: Mapped[str] = mapped_column(String(10), default="")
    brand: Mapped[str] = mapped_column(String(200), default="")
    brand_lang: Mapped[str] = mapped_column(String(10), default="")
    alt: Mapped[str] = mapped_column(Text, default="")


class ShelfEntry(Base):
    """A card's place in a category and everything a list is ordered or narrowed by, so that a page of a list is read in
    the order of an index. ``category_id`` 0 is the shelf of all goods; a product stands in its categories and in all
    above them. ``brand_id`` 0 = none. ``state``: rank of ``ProductCard.status`` (``offers.RANK``)."""

    __tablename__ = "shelf_entry"
    __table_args__ = (
        # Behind the order stands what lists are filtered by, so that walking along an index never leaves it.
        Index("ix_shelf_popularity", "category_id", "popularity", "product_id", "state", "brand_id", "price"),
        Index("ix_shelf_newest", "category_id", "created_at", "product_id", "state", "brand_id", "price"),
        Index("ix_shelf_release", "category_id", "release", "product_id", "state", "brand_id", "price"),
        Index("ix_shelf_price", "category_id", "price", "product_id", "state", "brand_id"),
        Index("ix_shelf_state", "category_id", "state", "popularity", "product_id", "brand_id", "price"),
        Index("ix_shelf_brand", "category_id", "brand_id", "popularity", "product_id", "state", "price"),
        # The calendar on the home page.
        Index(
            "ix_shelf_awaited",
            "state",
            "release",
            "product_id",
            sqlite_where=text("category_id = 0"),
            postgresql_where=text("category_id = 0"),
        ),
    )

    category_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    product_id: Mapped[int] = mapped_column(
        ForeignKey("product_card.product_id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
    brand_id: Mapped[int] = mapped_column(default=0)
    state: Mapped[int] = mapped_column()
    price: Mapped[int] = mapped_column()
    popularity: Mapped[int] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    release: Mapped[str] = mapped_column(String(10), default="")


class CardPrice(Base):
    """A card's price in a currency in which one of its variants has a price of its own, at the rate of when it was
    written: for filters and order only, what is shown is worked out anew."""

    __tablename__ = "card_price"

    product_id: Mapped[int] = mapped_column(
        ForeignKey("product_card.product_id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    currency: Mapped[str] = mapped_column(String(3), primary_key=True, index=True)
    price: Mapped[int] = mapped_column()


class MissingText(Base):
    """A language in which texts are missing that exist in another one: the translators' list of work. ``kind``: product,
    category, brand, page. ``fields``: which texts, by name."""

    __tablename__ = "missing_text"
    __table_args__ = (UniqueConstraint("kind", "locale", "subject_id"), Index(None, "locale", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    subject_id: Mapped[int] = mapped_column()
    locale: Mapped[str] = mapped_column(String(10))
    fields: Mapped[list[str]] = mapped_column(Json, default=list)


class Page(Base):
    """An owner's page (SHOP-2)."""

    __tablename__ = "page"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    position: Mapped[int] = mapped_column(default=0)
    menu: Mapped[str] = mapped_column(String(20), default="shop")


class PageText(Base):
    __tablename__ = "page_text"

    page_id: Mapped[int] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), primary_key=True)
    locale: Mapped[str] = mapped_column(String(10), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text, default="")
