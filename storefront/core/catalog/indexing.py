"""The search document of a product: every text it shall be found by, in every language."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import and_, exists, or_, select

from storefront.core.catalog.models import Brand, BrandText, Category, Product, ProductCategory, ProductText, Sku
from storefront.core.db import changed, session
from storefront.core.search import service as search
from storefront.core.search.tokens import facet_token
from storefront.core.stock.models import StockItem
from storefront.core.values.types import SaleMode

# What is new stands before everything else until the night gives it its place.
NEW = 2**29
# A brand may have more products than a statement takes values.
AT_ONCE = 500


SHOWN = (Product.state == "published", exists().where(Sku.product_id == Product.id, Sku.active))


def index_product(product_id: int) -> None:
    """Write the search document of this product anew, where shoppers find it or, when it is not shown, where only the
    back office does. After every change of its texts, brand, categories, state or variants, inside the same unit; changed
    rows must be flushed."""
    index_products((product_id,))


def index_products(product_ids: Iterable[int]) -> None:
    """``index_product`` for many. One that was found before keeps its place among the hits. Without an active variant a
    product is not shown, so it is not found either. The one place where products that were written are announced:
    whatever is derived from a product and kept beside it is made anew from here. A fixed number of statements for each
    500."""
    ids = sorted(set(product_ids))
    changed("product", *ids)  # many are written by plain statements, which no session notices: their cards follow too
    for start in range(0, len(ids), AT_ONCE):
        _index(ids[start : start + AT_ONCE])


def _index(ids: Sequence[int]) -> None:
    products = session.execute(
        select(Product.id, Product.code, Product.brand_id, Product.popularity, and_(*SHOWN).label("shown")).where(
            Product.id.in_(ids)
        )
    ).all()
    documents = {document.id: document for document in _documents(products)} if products else {}
    for index, here in ((search.PRODUCTS, True), (search.HIDDEN, False)):
        mine = [product.id for product in products if bool(product.shown) is here]
        search.remove(index, sorted(set(ids) - set(mine)))
        search.put(index, [documents[id_] for id_ in mine], keep_rank=True)


def category_facet(slug: str) -> str:
    """Of products in this category or any below it."""
    return facet_token("c", slug)


def brand_facet(slug: str) -> str:
    return facet_token("b", slug)


IN_STOCK = facet_token("s")


def _documents(products: Sequence[Any]) -> list[search.Document]:
    ids = [product.id for product in products]
    heads, texts = _texts(ids)
    brands = _brands({product.brand_id for product in products if product.brand_id is not None})
    codes, barcodes, options = _codes_and_options(ids)
    categories, there = _categories(ids), _in_stock(ids)
    return [
        search.Document(
            product.id,
            score=NEW + min(max(product.popularity, 0), NEW - 1),
            heads=heads[product.id],
            # A barcode is asked for whole: its digits are no words.
            texts=[
                *texts[product.id],
                *brands[product.brand_id][1],
                *options[product.id],
                product.code,
                *codes[product.id],
            ],
            codes=[product.code, *codes[product.id], *barcodes[product.id]],
            marks=[
                *map(category_facet, sorted(categories[product.id])),
                *map(brand_facet, brands[product.brand_id][0]),
                *([IN_STOCK] if product.id in there else []),
            ],
        )
        for product in products
    ]


def _texts(ids: Sequence[int]) -> tuple[Mapping[int, dict[str, str]], Mapping[int, list[str]]]:
    names: dict[int, dict[str, str]] = defaultdict(dict)
    summaries: dict[int, list[str]] = defaultdict(list)
    rows = session.execute(
        select(ProductText.product_id, ProductText.locale, ProductText.name, ProductText.summary)
        .where(ProductText.product_id.in_(ids))
        .order_by(ProductText.product_id, ProductText.locale)
    )
    for id_, locale, name, summary in rows:
        names[id_][locale] = name
        summaries[id_].append(summary)
    return names, summaries


def _brands(ids: set[int]) -> Mapping[int | None, tuple[set[str], list[str]]]:
    """Slug (in a set) and names of each brand."""
    found: dict[int | None, tuple[set[str], list[str]]] = defaultdict(lambda: (set(), []))
    if ids:
        rows = session.execute(
            select(Brand.id, Brand.slug, BrandText.name)
            .outerjoin(BrandText, BrandText.brand_id == Brand.id)
            .where(Brand.id.in_(sorted(ids)))
            .order_by(Brand.id, BrandText.locale)
        )
        for id_, slug, name in rows:
            found[id_][0].add(slug)
            found[id_][1].extend([name] if name else [])
    return found


def _codes_and_options(ids: Sequence[int]) -> tuple[Mapping[int, list[str]], ...]:
    """By product: codes of its variants, their barcodes, the names of their options."""
    codes: dict[int, list[str]] = defaultdict(list)
    barcodes: dict[int, list[str]] = defaultdict(list)
    options: dict[int, list[str]] = defaultdict(list)
    rows = session.execute(
        select(Sku.product_id, Sku.code, Sku.barcode, Sku.options)
        .where(Sku.product_id.in_(ids), Sku.active)
        .order_by(Sku.product_id, Sku.position, Sku.id)
    )
    for id_, code, barcode, chosen in rows:
        codes[id_].append(code)
        barcodes[id_].append(barcode)
        for option in chosen:
            options[id_] += option.get("value", {}).values()
    return codes, barcodes, options


def _categories(ids: Sequence[int]) -> Mapping[int, set[str]]:
    """The slugs of the categories of products, with all above them. A ring of categories ends."""
    rows = session.execute(
        select(ProductCategory.product_id, ProductCategory.category_id).where(ProductCategory.product_id.in_(ids))
    ).all()
    found: dict[int, set[str]] = defaultdict(set)
    if not rows:
        return found
    tree = {row.id: row for row in session.execute(select(Category.id, Category.slug, Category.parent_id))}
    for product_id, category_id in rows:
        at: int | None = category_id
        while at is not None and tree[at].slug not in found[product_id]:
            found[product_id].add(tree[at].slug)
            at = tree[at].parent_id
    return found


def _in_stock(ids: Sequence[int]) -> set[int]:
    """Those with a variant that can be sent at once."""
    free = or_(~StockItem.tracked, StockItem.on_hand - StockItem.reserved > 0)
    rows = session.scalars(
        select(Sku.product_id)
        .join(StockItem, StockItem.sku_id == Sku.id)
        .where(Sku.product_id.in_(ids), Sku.active, Sku.mode == SaleMode.STOCK, free)
    )
    return set(rows)
