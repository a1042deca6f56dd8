"""The search document of a product: every text it shall be found by, in every language."""

from collections.abc import Iterator

from sqlalchemy import select

from storefront.core.catalog.models import BrandText, Product, ProductText, Sku
from storefront.core.db import session
from storefront.core.search.service import index_texts


def index_product(product_id: int) -> None:
    """Write the search document of this product anew. After every change of its texts, brand or variants, inside the
    same unit; changed rows must be flushed."""
    index_texts(product_id, _texts(product_id))


def _texts(product_id: int) -> Iterator[str]:
    for row in session.execute(
        select(ProductText.name, ProductText.summary).where(ProductText.product_id == product_id)
    ):
        yield from row
    for row in session.execute(
        select(Product.code, BrandText.name)
        .outerjoin(BrandText, BrandText.brand_id == Product.brand_id)
        .where(Product.id == product_id)
    ):
        yield from (text for text in row if text)
    for code, barcode, options in session.execute(
        select(Sku.code, Sku.barcode, Sku.options).where(Sku.product_id == product_id, Sku.active)
    ):
        yield from (code, barcode)
        for option in options:
            yield from option.get("value", {}).values()
