"""Products for a file, some at a time, with all that belongs to them. Reads only, and holds one batch at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select

from storefront.core.catalog.importing.models import ImportOrigin
from storefront.core.catalog.models import (
    Brand,
    BrandText,
    Category,
    CategoryText,
    Product,
    ProductPicture,
    ProductText,
    Sku,
    SkuPrice,
)
from storefront.core.catalog.presence import load_present
from storefront.core.db import session
from storefront.core.stock.models import StockItem
from storefront.core.stock.queries import stock_of

BATCH = 200


@dataclass(frozen=True, slots=True)
class Whole:
    """One product. ``origin``: what the system it came from knows it by, "" for the shop's own or another's."""

    product: Product
    texts: Mapping[str, ProductText]
    category_ids: tuple[int, ...]
    pictures: tuple[ProductPicture, ...]
    skus: tuple[Sku, ...]
    prices: Mapping[int, Mapping[str, SkuPrice]]
    stock: Mapping[int, StockItem]
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Branch:
    """A category with its texts by language."""

    row: Category
    texts: Mapping[str, CategoryText]
    parent: str


@dataclass(slots=True)
class Trees:
    """Brands and categories, categories after their parents. Few beside products, so they are held while a file is
    written."""

    categories: dict[int, Branch] = field(default_factory=dict)
    brands: dict[int, tuple[Brand, Mapping[str, BrandText]]] = field(default_factory=dict)

    def path(self, category_id: int, lang: str) -> list[str]:
        """Names from the root, in ``lang`` or what there is."""
        names: list[str] = []
        at: int | None = category_id
        while at in self.categories and len(names) <= len(self.categories):
            branch = self.categories[at]
            names.insert(0, name_in({tag: text.name for tag, text in branch.texts.items()}, lang) or branch.row.slug)
            at = branch.row.parent_id
        return names

    def brand(self, brand_id: int | None, lang: str) -> str:
        if brand_id not in self.brands:
            return ""
        row, texts = self.brands[brand_id]
        return name_in({tag: text.name for tag, text in texts.items()}, lang) or row.slug


def name_in(texts: Mapping[str, str], lang: str) -> str:
    """The text in this language, else in any."""
    return texts.get(lang) or next((text for _, text in sorted(texts.items()) if text), "")


def load_trees() -> Trees:
    found = Trees()
    texts: dict[int, dict[str, CategoryText]] = {}
    for text in session.scalars(select(CategoryText)):
        texts.setdefault(text.category_id, {})[text.locale] = text
    children: dict[int | None, list[Category]] = {}
    for row in session.scalars(select(Category).order_by(Category.position, Category.slug)):
        children.setdefault(row.parent_id, []).append(row)
    waiting = list(reversed(children.get(None, [])))
    while waiting:
        row = waiting.pop()
        parent = found.categories[row.parent_id].row.slug if row.parent_id is not None else ""
        found.categories[row.id] = Branch(row, texts.get(row.id, {}), parent)
        waiting += reversed(children.get(row.id, []))
    names: dict[int, dict[str, BrandText]] = {}
    for brand_text in session.scalars(select(BrandText)):
        names.setdefault(brand_text.brand_id, {})[brand_text.locale] = brand_text
    for brand in session.scalars(select(Brand).order_by(Brand.slug)):
        found.brands[brand.id] = brand, names.get(brand.id, {})
    return found


def count_products() -> int:
    return session.scalar(select(func.count()).select_from(Product)) or 0


def wholes(source: str = "") -> Iterator[list[Whole]]:
    """All products in the order in which they were made, in batches. ``source``: the system whose keys are wanted."""
    last = 0
    while ids := session.scalars(select(Product.id).where(Product.id > last).order_by(Product.id).limit(BATCH)).all():
        last = ids[-1]
        present = load_present(ids, lock=False)
        sku_ids = [sku.id for skus in present.skus.values() for sku in skus]
        stock = stock_of(sku_ids)
        origins = _origins(source, ids)
        yield [
            Whole(
                product=present.products[product_id],
                texts=present.texts.get(product_id, {}),
                category_ids=tuple(present.categories.get(product_id, ())),
                pictures=tuple(present.pictures.get(product_id, ())),
                skus=tuple(present.skus.get(product_id, ())),
                prices=present.prices,
                stock=stock,
                origin=origins.get(product_id, ""),
            )
            for product_id in ids
        ]
        session.expunge_all()


def _origins(source: str, ids: Sequence[int]) -> dict[int, str]:
    if not source:
        return {}
    rows = session.execute(
        select(ImportOrigin.product_id, ImportOrigin.external_key).where(
            ImportOrigin.source == source,
            ImportOrigin.sku_id.is_(None),
            ImportOrigin.product_id.in_(ids),
        )
    )
    return {product_id: key.removeprefix("product:") for product_id, key in rows}
