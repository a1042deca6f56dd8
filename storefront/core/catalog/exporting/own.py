"""The shop's own file (``docs/catalog-csv.md``): what comes out goes in again, and comes out the same."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import func, select

from storefront.core.catalog.exporting.reading import Trees, Whole
from storefront.core.catalog.models import Sku, SkuPrice
from storefront.core.catalog.own_columns import TEXTS, header
from storefront.core.db import on_sqlite, session
from storefront.core.values.money import format_major

Record = dict[str, Any]


def own_header(stock: bool) -> list[str]:
    """The columns this shop needs."""
    count = func.json_array_length if on_sqlite() else func.jsonb_array_length
    options = session.scalar(select(func.max(count(Sku.options)))) or 0
    currencies = session.scalars(select(SkuPrice.currency).distinct()).all()
    return header(options, currencies, stock=stock)


def tree_records(trees: Trees) -> Iterator[Record]:
    for branch in trees.categories.values():
        row = branch.row
        yield {
            "record": "category",
            "slug": row.slug,
            "parent": branch.parent,
            "position": row.position,
            "picture": row.picture,
            **_names(branch.texts),
        }
    for brand, texts in trees.brands.values():
        yield {"record": "brand", "slug": brand.slug, **_names(texts)}


def _names(texts: Mapping[str, Any]) -> Record:
    found: Record = {}
    for lang, text in texts.items():
        found |= {f"name_{lang}": text.name, f"description_{lang}": text.description}
    return found


def records_of(whole: Whole, trees: Trees, currency: str) -> Iterator[Record]:
    """A product's row, its variants', its pictures'."""
    yield _product(whole, trees)
    for sku in whole.skus:
        yield _variant(whole, sku, currency)
    for picture in whole.pictures:
        yield {
            "record": "picture",
            "product": whole.product.code,
            "picture": picture.file,
            "picture_url": picture.source_url,
            "picture_width": picture.width,
            "picture_height": picture.height,
            "picture_tint": picture.tint,
            **{f"alt_{lang}": text for lang, text in picture.alt.items()},
        }


def _product(whole: Whole, trees: Trees) -> Record:
    row = whole.product
    found: Record = {
        "record": "product",
        "product": row.code,
        "slug": row.slug,
        "state": row.state,
        "brand": trees.brands[row.brand_id][0].slug if row.brand_id in trees.brands else "",
        "categories": " ".join(trees.categories[each].row.slug for each in whole.category_ids),
        "restrictions": " ".join(row.restrictions),
        "not_returnable": _flag(row.not_returnable),
        "limit_counts_shipped": _flag(row.limit_counts_shipped),
        "created_at": row.created_at.isoformat(),
    }
    for name in _AS_THEY_ARE:
        found[name] = getattr(row, name)
    for lang, text in whole.texts.items():
        found |= {f"{name}_{lang}": getattr(text, name) for name in TEXTS}
    return found


_AS_THEY_ARE = (
    "origin", "hs_code", "customs_description", "tax_class", "weight", "length", "width", "height", "release",
    "alcohol_percent", "purchase_limit", "condition_item", "condition_box",
)  # fmt: skip


def _variant(whole: Whole, sku: Sku, currency: str) -> Record:
    item = whole.stock.get(sku.id)
    found: Record = {
        "record": "variant",
        "product": whole.product.code,
        "sku": sku.code,
        "barcode": sku.barcode,
        "active": _flag(sku.active),
        "mode": sku.mode,
        "weight": sku.weight,
        "release": sku.release,
        "currency": currency,
        "price": format_major(sku.price, currency),
        "list_price": _major(sku.list_price, currency),
        # Nobody counts it: empty. A variant without a stock row counts as none there.
        "stock": 0 if item is None else item.on_hand if item.tracked else None,
        "slots": None if item is None else item.slots,
    }
    for code, price in whole.prices.get(sku.id, {}).items():
        found[f"price_{code}"] = format_major(price.price, code)
        found[f"list_price_{code}"] = _major(price.list_price, code)
    for number, option in enumerate(sku.options, 1):
        for part in ("name", "value"):
            found |= {f"option{number}_{part}_{lang}": text for lang, text in option.get(part, {}).items()}
    return found


def _major(amount: int | None, currency: str) -> str | None:
    return None if amount is None else format_major(amount, currency)


def _flag(value: bool) -> str:
    return "yes" if value else "no"


def all_records(batch: Iterable[Whole], trees: Trees, currency: str) -> Iterator[Record]:
    for whole in batch:
        yield from records_of(whole, trees, currency)
