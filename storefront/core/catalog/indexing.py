"""The search document of a product: every text it shall be found by, in every language."""

from collections.abc import Sequence

from sqlalchemy import select

from storefront.core.catalog.models import BrandText, Product, ProductText, Sku
from storefront.core.db import session
from storefront.core.search.service import index_documents

# A brand may have more products than a statement takes values.
AT_ONCE = 500


def index_product(product_id: int) -> None:
    """Write the search document of this product anew. After every change of its texts, brand or variants, inside the
    same unit; changed rows must be flushed."""
    index_products([product_id])


def index_products(product_ids: Sequence[int]) -> None:
    """``index_product`` for many. The one place where products that were written are announced: whatever is derived
    from a product and kept beside it is made anew from here. Three reads and one write for each 500."""
    for start in range(0, len(product_ids), AT_ONCE):
        index_documents(_texts(product_ids[start : start + AT_ONCE]))


def _texts(product_ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {product_id: [] for product_id in product_ids}
    for product_id, *texts in session.execute(
        select(ProductText.product_id, ProductText.name, ProductText.summary)
        .where(ProductText.product_id.in_(product_ids))
        .order_by(ProductText.product_id, ProductText.locale)
    ):
        found[product_id] += texts
    for product_id, code, brand in session.execute(
        select(Product.id, Product.code, BrandText.name)
        .outerjoin(BrandText, BrandText.brand_id == Product.brand_id)
        .where(Product.id.in_(product_ids))
    ):
        found[product_id] += (code, brand) if brand else (code,)
    for product_id, code, barcode, options in session.execute(
        select(Sku.product_id, Sku.code, Sku.barcode, Sku.options)
        .where(Sku.product_id.in_(product_ids), Sku.active)
        .order_by(Sku.product_id, Sku.position, Sku.id)
    ):
        found[product_id] += (code, barcode)
        for option in options:
            found[product_id] += option.get("value", {}).values()
    return found
