"""What of the catalogue may be found, by address and language, for the site maps. Texts that are only shown as a fallback
are found in their own language alone."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, literal, select, union_all

from storefront.core.catalog.models import (
    Brand,
    BrandText,
    Category,
    CategoryText,
    Page,
    PageText,
    Product,
    ProductText,
)
from storefront.core.db import session

# The protocol's limit for one file. A block is a range of product ids, so it never holds more, and a product that is
# added or withdrawn changes its own block alone.
BLOCK = 50_000
FETCHED = 1000


class Findable(NamedTuple):
    """``kind``: category, brand, page, product."""

    kind: str
    slug: str
    changed_at: datetime | None


def product_blocks() -> list[int]:
    """The numbers of the blocks that hold published products, from 0. One statement."""
    number = (Product.id - 1) // literal(BLOCK)
    return sorted(session.scalars(select(number).where(Product.state == "published").distinct()))


def findable_products(lang: str, block: int) -> Iterator[Findable]:
    """Published products of one block that have a name in ``lang``, by id, read as they are needed."""
    statement = (
        select(Product.slug, Product.updated_at)
        .join(ProductText, (ProductText.product_id == Product.id) & (ProductText.locale == lang))
        .where(
            Product.state == "published",
            Product.id > block * BLOCK,
            Product.id <= (block + 1) * BLOCK,
            ProductText.name != "",
        )
        .order_by(Product.id)
    )
    for slug, changed_at in session.execute(statement, execution_options={"yield_per": FETCHED}):
        yield Findable("product", slug, changed_at)


def findable_rest(lang: str) -> Iterator[Findable]:
    """Categories, brands and the owner's pages that have a name in ``lang``, up to the limit of one file."""
    statement = union_all(
        select(literal("category"), Category.slug).join(CategoryText).where(_named(CategoryText, "name", lang)),
        select(literal("brand"), Brand.slug).join(BrandText).where(_named(BrandText, "name", lang)),
        select(literal("page"), Page.slug).join(PageText).where(_named(PageText, "title", lang)),
    ).limit(BLOCK - 10)
    for kind, slug in session.execute(statement, execution_options={"yield_per": FETCHED}):
        yield Findable(kind, slug, None)


def _named(text: type[CategoryText] | type[BrandText] | type[PageText], column: str, lang: str) -> ColumnElement[bool]:
    return and_(text.locale == lang, getattr(text, column) != "")
