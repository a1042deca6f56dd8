"""The list of products: ids cut out by the list's engine, then everything shown of them in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, String, cast, or_, select, union
from sqlalchemy.orm import aliased

from storefront.admin.goods.words import STATES
from storefront.core.catalog.models import (
    BrandText,
    Category,
    MissingText,
    Product,
    ProductCategory,
    ProductPicture,
    ProductText,
    Sku,
    SkuPrice,
)
from storefront.core.catalog.offers import OFFER_COLUMNS, product_offer, sku_offer
from storefront.core.catalog.texts import pick
from storefront.core.catalog.views import Text
from storefront.core.contracts.pricing import CurrencyRate
from storefront.core.db import session
from storefront.core.i18n.translate import current_language
from storefront.core.paging import QuerySource, row_number
from storefront.core.search.asking import understand
from storefront.core.search.queries import matching_ids
from storefront.core.search.service import HIDDEN, PRODUCTS
from storefront.core.stock.models import StockItem
from storefront.core.values.language import LANGUAGES
from storefront.core.values.money import Money
from storefront.core.values.types import Restriction, SaleMode
from storefront.shop.context import current_shop
from storefront.shop.labels import status_words


@dataclass(frozen=True, slots=True)
class ProductRow:
    """``on_hand``, ``promised``, ``free``: of all variants that are counted; ``None`` when none is. ``price``: of the
    cheapest variant on sale, in the base currency. ``status``: what shoppers see, in words."""

    id: int
    code: str
    name: str
    lang: str
    brand: str
    state: str
    picture: str
    price: Money | None
    status: str
    on_hand: int | None
    promised: int | None
    popularity: int
    updated_at: datetime

    @property
    def free(self) -> int | None:
        return None if self.on_hand is None else self.on_hand - (self.promised or 0)

    @property
    def stock(self) -> str | None:
        return None if self.on_hand is None else f"{self.on_hand} / {self.promised} / {self.free}"


def _rows() -> Select[Any]:
    return select(Product.id, Product.code, Product.state, Product.brand_id, Product.popularity, Product.updated_at)


def finish(rows: Sequence[Any]) -> list[ProductRow]:
    """In the same order. Four statements."""
    ids = [row.id for row in rows]
    lang = current_language()
    names = _texts(ProductText, ProductText.product_id, ids)
    brands = _texts(BrandText, BrandText.brand_id, {row.brand_id for row in rows if row.brand_id is not None})
    pictures, variants = _pictures(ids), _variants(ids)
    return [_row(row, pick(names[row.id], lang), pick(brands[row.brand_id], lang), pictures, variants) for row in rows]


def _row(
    row: Any, name: Text, brand: Text, pictures: Mapping[int, str], variants: Mapping[int, Sequence[Any]]
) -> ProductRow:
    shop = current_shop()
    rate, low = CurrencyRate(shop.base_currency, shop.base_currency), int(shop.policy("stock.low"))
    own = variants.get(row.id, ())
    offer = product_offer(sku_offer(each, rate, low) for each in own if each.active)
    counted = [each for each in own if each.tracked]
    return ProductRow(
        id=row.id,
        code=row.code,
        name=name.text or row.code,
        lang=name.lang,
        brand=brand.text,
        state=row.state,
        picture=pictures.get(row.id, ""),
        price=None if offer.price is None else Money(offer.price, shop.base_currency),
        status=status_words(offer.status, offer.available, offer.release),
        on_hand=sum(each.on_hand for each in counted) if counted else None,
        promised=sum(each.reserved for each in counted) if counted else None,
        popularity=row.popularity,
        updated_at=row.updated_at,
    )


def _texts(model: Any, owner: Any, ids: Iterable[int]) -> Mapping[int | None, Mapping[str, str]]:
    found: dict[int | None, dict[str, str]] = defaultdict(dict)
    wanted = sorted(ids)
    if wanted:
        for id_, locale, name in session.execute(select(owner, model.locale, model.name).where(owner.in_(wanted))):
            found[id_][locale] = name
    return found


def _pictures(ids: Sequence[int]) -> dict[int, str]:
    """The first of each."""
    rows = session.execute(
        select(ProductPicture.product_id, ProductPicture.file)
        .where(ProductPicture.product_id.in_(ids), ProductPicture.file != "")
        .order_by(ProductPicture.product_id, ProductPicture.position.desc())
    )
    return dict(rows.all())


def _variants(ids: Sequence[int]) -> Mapping[int, Sequence[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    rows = session.execute(
        select(Sku.product_id, Sku.active, *OFFER_COLUMNS)
        .select_from(Sku)
        .outerjoin(StockItem, StockItem.sku_id == Sku.id)
        # In the base currency the variant itself has the price: there is no row of this currency.
        .outerjoin(SkuPrice, (SkuPrice.sku_id == Sku.id) & (SkuPrice.currency == ""))
        .where(Sku.product_id.in_(ids))
        .order_by(Sku.product_id, Sku.position, Sku.id)
    )
    for row in rows:
        found[row.product_id].append(row)
    return found


# --- what is asked of the list --------------------------------------------------------------------------------------------


def search(question: str) -> ColumnElement[bool]:
    return Product.id.in_(found_products(question))


def found_products(question: str) -> CompoundSelect[int]:
    """Ids of products found by code, barcode or words in any language, whether shoppers find them or not."""
    code, coded_product = question.strip(), aliased(Product)
    coded = select(coded_product.id).where(coded_product.code == code)
    variants = select(Sku.product_id).where(or_(Sku.code == code, Sku.barcode == code))
    asked = understand(question)
    # One set, not four conditions joined by OR: those make the database read every product.
    return union(coded, variants, matching_ids(PRODUCTS, asked), matching_ids(HIDDEN, asked))


def _by_state(value: str) -> ColumnElement[bool] | None:
    return Product.state == value if value in STATES else None


def _by_category(value: str) -> ColumnElement[bool]:
    """In the category with this slug or any below it."""
    tree = select(Category.id).where(Category.slug == value).cte("tree", recursive=True)
    child = aliased(Category)
    # UNION, not UNION ALL: a tree that somebody made into a ring still ends.
    tree = tree.union(select(child.id).where(child.parent_id == tree.c.id))
    inside = select(ProductCategory.product_id).where(ProductCategory.category_id.in_(select(tree.c.id)))
    return Product.id.in_(inside)


def _by_brand(value: str) -> ColumnElement[bool] | None:
    number = row_number(value)
    return None if number is None else Product.brand_id == number


def _by_stock(value: str) -> ColumnElement[bool] | None:
    free = StockItem.on_hand - StockItem.reserved
    low = int(current_shop().policy("stock.low"))
    condition = {
        "low": StockItem.tracked & (free > 0) & (free <= low),
        "out": StockItem.tracked & (free <= 0),
        "untracked": ~StockItem.tracked,
    }.get(value)
    if condition is None:
        return None
    variants = (
        select(Sku.product_id)
        .join(StockItem, StockItem.sku_id == Sku.id)
        .where(Sku.active, Sku.mode == SaleMode.STOCK, condition)
    )
    return Product.id.in_(variants)


def _by_missing(value: str) -> ColumnElement[bool] | None:
    if value not in LANGUAGES:
        return None
    return Product.id.in_(
        select(MissingText.subject_id).where(MissingText.kind == "product", MissingText.locale == value)
    )


def _by_restriction(value: str) -> ColumnElement[bool] | None:
    # The list is stored as JSON, and these names need no escape there.
    return cast(Product.restrictions, String).contains(f'"{value}"') if value in set(Restriction) else None


SOURCE = QuerySource(
    _rows,
    Product.id,
    sorts={"code": Product.code, "popularity": Product.popularity, "updated_at": Product.updated_at},
    filters={
        "state": _by_state,
        "category": _by_category,
        "brand": _by_brand,
        "stock": _by_stock,
        "missing": _by_missing,
        "restriction": _by_restriction,
    },
    search=search,
    finish=finish,
)
