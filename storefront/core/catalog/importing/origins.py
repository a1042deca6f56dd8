"""Where imported products came from: read for a batch, kept up to date."""

import json
from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select

from storefront.core.catalog.importing.goods import Goods, Variant
from storefront.core.catalog.importing.models import ImportOrigin
from storefront.core.catalog.markup import slugify
from storefront.core.db import session

MAX_KEY = 400


class Origins:
    """The memory of one batch. Of the shop's own files nothing is remembered: then all is ``None``."""

    def __init__(self, rows: Sequence[ImportOrigin]) -> None:
        self.products = {row.external_key: row for row in rows if row.sku_id is None}
        self.by_product: dict[int, dict[str, ImportOrigin]] = defaultdict(dict)
        self.by_sku = {row.sku_id: row for row in rows if row.sku_id is not None}
        for row in rows:
            self.by_product[row.product_id][row.external_key] = row

    def product(self, goods: Goods) -> ImportOrigin | None:
        return self.products.get(product_key(goods))

    def skus(self, goods: Goods) -> list[ImportOrigin | None]:
        product = self.product(goods)
        mine = self.by_product[product.product_id] if product is not None else {}
        return [mine.get(sku_key(goods, variant)) for variant in goods.variants]


def load_origins(source: str, batch: Sequence[Goods]) -> Origins:
    """What is remembered of these products and their variants, in two statements."""
    if not source:
        return Origins([])
    keys = [product_key(goods) for goods in batch]
    ids = session.scalars(
        select(ImportOrigin.product_id).where(ImportOrigin.source == source, ImportOrigin.external_key.in_(keys))
    ).all()
    if not ids:
        return Origins([])
    rows = select(ImportOrigin).where(ImportOrigin.source == source, ImportOrigin.product_id.in_(ids))
    return Origins(session.scalars(rows.order_by(ImportOrigin.id)).all())


def product_key(goods: Goods) -> str:
    return f"product:{goods.key}"


def sku_key(goods: Goods, variant: Variant) -> str:
    """What a variant is known by: its options. Codes change and may be missing."""
    return _short(f"sku:{goods.key}:{json.dumps(variant.values, ensure_ascii=False)}")


def _short(key: str) -> str:
    return key if len(key) <= MAX_KEY else f"{key[:300]}#{slugify(key, 60)}"
