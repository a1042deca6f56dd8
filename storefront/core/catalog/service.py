"""What can be done to the catalogue. Every verb runs inside the caller's unit of work, writes one audit row for what
changed and moves the shop's version, so that menus and counts are read anew. Nothing changed: nothing written."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists, select

from storefront.core.audit.service import record
from storefront.core.catalog.checking import STATES, check_customs, check_weight
from storefront.core.catalog.data import PictureData, ProductData, Saved, SkuData, TextData
from storefront.core.catalog.errors import BadProduct, ProductNotFound
from storefront.core.catalog.indexing import index_product
from storefront.core.catalog.models import Product, Sku
from storefront.core.catalog.structure import Texts, write_brand, write_category, write_page
from storefront.core.catalog.writing import write_product
from storefront.core.db import lock_for_update, session
from storefront.core.i18n.translate import N_
from storefront.core.settings.service import touch

__all__ = [
    "PictureData",
    "ProductData",
    "Saved",
    "SkuData",
    "TextData",
    "describe_for_customs",
    "index_product",
    "save_brand",
    "save_category",
    "save_page",
    "save_product",
    "set_state",
]


def save_product(data: ProductData, actor: str, product_id: int | None = None) -> Saved:
    """Create or update a product with all its variants. Raises ``BadProduct``, ``SlugTaken``, ``SkuCodeTaken``,
    ``ProductNotFound``; a new variant has no stock row yet (``core.stock.service.ensure_item``)."""
    saved = write_product(data, actor, product_id)
    if saved.outcome != "unchanged":
        touch()
    return saved


def save_category(
    slug: str, texts: Texts, actor: str, *, parent_id: int | None = None, position: int = 0, picture: str = ""
) -> int:
    """Create or update the category with this slug; its id."""
    category_id, changed = write_category(slug, texts, actor, parent_id=parent_id, position=position, picture=picture)
    if changed:
        touch()
    return category_id


def save_brand(slug: str, texts: Texts, actor: str) -> int:
    """Create or update the brand with this slug; its id."""
    brand_id, changed = write_brand(slug, texts, actor)
    if changed:
        touch()
    return brand_id


def save_page(slug: str, texts: Texts, actor: str, *, position: int = 0, menu: str = "shop") -> int:
    """Create or update an owner's page. ``menu``: ``shopping`` (how to buy) or ``shop`` (about us)."""
    page_id, changed = write_page(slug, texts, actor, position=position, menu=menu)
    if changed:
        touch()
    return page_id


def describe_for_customs(product_id: int, facts: Mapping[str, Any], actor: str, *, sku_id: int | None = None) -> bool:
    """Complete what customs want to know of a product: ``description``, ``hs_code``, ``origin`` (a country's code) and
    ``weight`` (grams; of the variant ``sku_id`` where it has a weight of its own). Empty ones stay as they are. Whether
    that changed anything. Raises ``ProductNotFound``, ``BadProduct``."""
    product = session.scalars(lock_for_update(select(Product).where(Product.id == product_id))).first()
    if product is None:
        raise ProductNotFound(product_id)
    check_customs(str(facts.get("description") or ""), str(facts.get("hs_code") or ""))
    check_weight(facts.get("weight"), "weight")
    sku = session.get(Sku, sku_id) if sku_id is not None else None
    weighed: Product | Sku = sku if sku is not None and sku.weight is not None else product
    wanted: list[tuple[Product | Sku, str, Any]] = [
        (product, "customs_description", facts.get("description")),
        (product, "hs_code", facts.get("hs_code")),
        (product, "origin", facts.get("origin")),
        (weighed, "weight", facts.get("weight")),
    ]
    changed = sorted(name for row, name, value in wanted if value and getattr(row, name) != value)
    if not changed:
        return False
    for row, name, value in wanted:
        if value:
            setattr(row, name, value)
    product.version += 1
    session.flush()
    index_product(product_id)
    record(actor, "product.update", ("product", product_id), code=product.code, changed=changed)
    touch()
    return True


def set_state(product_id: int, state: str, actor: str, reason: str = "") -> bool:
    """Publish a product, take it back to draft, or withdraw it from sale (CAT-8: its page answers 410, orders keep it).
    Whether that changed anything. Raises ``ProductNotFound``, ``BadProduct``."""
    if state not in STATES:
        raise BadProduct(N_("A product is draft, published or withdrawn, not “%(state)s”."), state=state)
    product = session.scalars(lock_for_update(select(Product).where(Product.id == product_id))).first()
    if product is None:
        raise ProductNotFound(product_id)
    if product.state == state:
        return False
    if state == "published" and not session.scalar(select(exists().where(Sku.product_id == product_id, Sku.active))):
        raise BadProduct(N_("A product needs a variant with a price before it is published."), "state")
    record(actor, "product.state", ("product", product_id), reason, before=product.state, after=state)
    product.state = state
    product.version += 1
    session.flush()
    index_product(product_id)
    touch()
    return True
