"""What a file says of a text or a variant, over what the shop has."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from storefront.core.catalog.data import SkuData, TextData
from storefront.core.catalog.errors import BadProduct
from storefront.core.catalog.models import ProductText, Sku
from storefront.core.i18n.translate import N_

_TEXTS = tuple(f.name for f in fields(TextData))
_KEPT = ("price", "list_price", "barcode", "weight", "mode", "release", "active")


def text_data(row: ProductText | None, said: Mapping[str, str]) -> TextData:
    before = {name: getattr(row, name) for name in _TEXTS} if row is not None else {"name": ""}
    return TextData(**before | dict(said))


def sku_data(row: Sku | None, code: str, said: Mapping[str, Any]) -> SkuData:
    """``row``: the variant it is, ``None`` for a new one, which then needs a price (else ``BadProduct``). One that is in the file again is on
    sale again, unless the file says otherwise."""
    values: dict[str, Any] = {}
    if row is None and "price" not in said:
        raise BadProduct(N_("The new variant %(sku)s has no price."), sku=code)
    if row is not None:
        values = {name: getattr(row, name) for name in _KEPT}
        values |= {"options": tuple(row.options), "sku_id": row.id, "active": True}
    return SkuData(code=code, **values | dict(said))
