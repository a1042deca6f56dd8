"""The catalogue as a CSV file, a piece at a time (CAT-9)."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from storefront.core.catalog.csv_cells import defused
from storefront.core.catalog.exporting.own import all_records, own_header, tree_records
from storefront.core.catalog.exporting.reading import count_products, load_trees, wholes
from storefront.core.catalog.exporting.shopify import HEADER as SHOPIFY
from storefront.core.catalog.exporting.shopify import shopify_records
from storefront.core.catalog.exporting.terms import Outward
from storefront.core.catalog.exporting.woocommerce import HEADER as WOOCOMMERCE
from storefront.core.catalog.exporting.woocommerce import woocommerce_records

FORMATS = ("own", "shopify", "woocommerce")
# Table programmes know by it that a file is UTF-8; others read over it, which is why only the own form has one.
BOM = "\ufeff"


def export_catalog(
    kind: str,
    *,
    base_currency: str,
    lang: str,
    media: str = "",
    stock: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[bytes]:
    """The catalogue as pieces of a CSV file in UTF-8, for a file or a streamed answer.

    Called without an open unit; reads in the caller's session, which must not hold changes, and puts down what it has
    read after each 200 products. ``kind``: ``own`` holds everything in all languages, ``shopify`` and ``woocommerce``
    what fits them, in ``lang``. Prices are in ``base_currency``. ``media``: the address under which the shop's own
    pictures lie. ``stock``: of the own form, with the columns that set the stock. ``progress(done, total)`` counts
    products. No cell can act as a formula; the imports know how to read that back."""
    if kind not in FORMATS:
        raise ValueError(f"no such format: {kind}")
    total, done = count_products(), 0
    trees = load_trees()
    if kind == "own":
        columns = own_header(stock)
        yield BOM.encode() + _lines(columns, [dict(zip(columns, columns, strict=True)), *tree_records(trees)])
    else:
        columns = list(SHOPIFY if kind == "shopify" else WOOCOMMERCE)
        yield _lines(columns, [dict(zip(columns, columns, strict=True))])
    out = Outward(lang, base_currency, media)
    records_of = shopify_records if kind == "shopify" else woocommerce_records
    for batch in wholes("" if kind == "own" else kind):
        if kind == "own":
            yield _lines(columns, all_records(batch, trees, base_currency))
        else:
            yield _lines(columns, (record for whole in batch for record in records_of(whole, trees, out)))
        done += len(batch)
        if progress is not None:
            progress(done, total)


def _lines(columns: list[str], records: Iterable[Mapping[str, Any]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    for record in records:
        writer.writerow([_cell(record.get(name)) for name in columns])
    return text.getvalue().encode()


def _cell(value: Any) -> str:
    return "" if value is None else defused(str(value))
