"""WooCommerce product CSV, as the export writes it (CAT-9). Pure: what rows mean, and why one is refused.

A product is a row ``simple`` or ``variable``; rows ``variation`` name their parent by its SKU or as ``id:12``, and may
stand anywhere. Attributes that make no variants, tags and reviews are not taken over."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product
from typing import Any

from storefront.core.catalog.csv_cells import plain
from storefront.core.catalog.importing.goods import (
    MAX_BARCODE,
    MAX_CODE,
    MAX_SKU,
    Found,
    Goods,
    Place,
    Terms,
    Variant,
    options_of,
)
from storefront.core.catalog.importing.pictures import pictures_of
from storefront.core.catalog.importing.shopify import claim_sku
from storefront.core.catalog.importing.spool import Spool
from storefront.core.catalog.importing.table import Row
from storefront.core.catalog.importing.values import CellRefused, base_price, grams, millimetres, whole, yes
from storefront.core.catalog.markup import clean_text, plain_text, slugify
from storefront.core.i18n.translate import N_
from storefront.core.values.types import Problem

ATTRIBUTES = range(1, 21)
GRAMS = {"kg": Decimal(1000), "g": Decimal(1), "lbs": Decimal("453.59237"), "oz": Decimal("28.349523125")}
MILLIMETRES = {"mm": Decimal(1), "cm": Decimal(10), "m": Decimal(1000), "in": Decimal("25.4"), "yd": Decimal("914.4")}
BARCODE = "GTIN, UPC, EAN, or ISBN"
MAX_MADE = 200
_URLS = re.compile(r",\s*(?=https?://)")
_COMMA = re.compile(r"(?<!\\),")
_NOT_GOODS = {
    "virtual": N_("This is a virtual product (a service); the shop sells goods only."),
    "downloadable": N_("This is a download; the shop sells goods only."),
    "grouped": N_("This is a group of other products and no goods itself; its members are imported on their own."),
    "external": N_("This is sold on another site; the shop sells its own goods only."),
}


class WooCommerce:
    name = source = "woocommerce"
    title = "WooCommerce product export"
    required = ("Type", "SKU", "Name", "Regular price")
    known = frozenset(
        {
            *required, "ID", "Published", "Visibility in catalog", "Short description", "Description",
            "Date sale price starts", "Date sale price ends", "In stock?", "Stock", "Backorders allowed?", "Sale price",
            "Categories", "Images", "Parent", "Position", "Brands", BARCODE,
            *(f"Weight ({unit})" for unit in GRAMS),
            *(f"{side} ({unit})" for side in ("Length", "Width", "Height") for unit in MILLIMETRES),
            *(f"Attribute {n} {part}" for n in ATTRIBUTES for part in ("name", "value(s)")),
        }
    )  # fmt: skip
    taxed = True
    lang = ""

    def spool(self, spool: Spool, row: Row, cells: list[str], found: Found) -> None:
        number = f"id:{row['ID']}" if row["ID"] else ""
        sku = _cell(row, "SKU")
        if _types(row) & {"variation"}:
            parent = _cell(row, "Parent")
            if parent:
                spool.put(row, cells, parent)
            else:
                found.refuse(row, sku or number, N_("The variation names no parent."))
            return
        ref = sku or number or slugify(_cell(row, "Name"))
        if len(ref) > MAX_CODE or not ref:
            found.refuse(
                row, ref, N_("The row has neither SKU nor ID nor Name, or its SKU is longer than 80 characters.")
            )
            return
        for name in {sku, number} - {"", ref}:
            spool.alias(name, ref)
        spool.put(row, cells, ref)

    def read(self, ref: str, rows: list[Row], terms: Terms, spool: Spool, found: Found) -> Goods | None:
        return _GroupReader(ref, rows, terms, spool, found).read()


class _GroupReader:
    def __init__(self, key: str, rows: list[Row], terms: Terms, spool: Spool, found: Found) -> None:
        self.key, self.terms, self.spool, self.found = key, terms, spool, found
        self.heads = [row for row in rows if "variation" not in _types(row)]
        self.variations = [row for row in rows if "variation" in _types(row)]

    def read(self) -> Goods | None:
        if not self.heads:
            for row in self.variations:
                self.found.refuse(row, self.key, N_("The parent of this variation is not in the file."))
            return None
        head, *others = self.heads
        for row in others:
            self.found.refuse(row, self.key, N_("The SKU or ID stands in this file already."))
        refused = self._not_goods(head)
        if refused:
            for row in [head, *self.variations]:
                self.found.refuse(row, self.key, refused)
            return None
        goods = self._goods(head)
        try:
            self._measure(goods, head)
            self._variants(goods, head)
        except CellRefused as error:
            self.found.refuse(head, self.key, error.problem)
            return None
        if not goods.variants:
            if not self.variations:
                self.found.refuse(head, self.key, N_("The product has variations, but none of them is in the file."))
            return None
        self._pictures(goods, head)
        return goods

    def _not_goods(self, head: Row) -> str | Problem:
        kinds = _types(head)
        known = next((_NOT_GOODS[kind] for kind in _NOT_GOODS if kind in kinds), "")
        if known or kinds & {"simple", "variable"}:
            return known
        message = N_("“%(type)s” is not a kind of product the shop knows.")
        return Problem(message, {"type": head["Type"][:40]}, code="type")

    def _goods(self, head: Row) -> Goods:
        name = clean_text(_cell(head, "Name"))
        code = self.key if not self.key.startswith("id:") else f"{slugify(name, 60)}-{self.key[3:][:12]}"
        slugs = [slugify(name)] if name.isascii() else []
        goods = Goods(key=self.key, row_number=head.number, code=code, slugs=(*slugs, slugify(code)))
        goods.texts[self.terms.lang] = {
            "name": name,
            "summary": plain_text(_lines(_cell(head, "Short description"))),
            "body": _lines(_cell(head, "Description")),
        }
        goods.state = self._state(head)
        if head["Categories"]:
            goods.categories = list(_paths(_cell(head, "Categories")))
        brand = next(_split(_cell(head, "Brands")), "")
        if brand:
            goods.brand = Place(slugify(brand), brand)
        return goods

    def _state(self, head: Row) -> str:
        if head["Published"] not in ("", "1"):
            return "draft"
        if head["Visibility in catalog"].casefold() == "hidden":
            message = N_("The product is hidden in the file; it was taken as a draft.")
            self.found.note(head, self.key, message)
            return "draft"
        return "published"

    def _measure(self, goods: Goods, head: Row) -> None:
        facts = {"weight": _weight(head)} | {side.lower(): _side(head, side) for side in ("Length", "Width", "Height")}
        goods.facts = {name: value for name, value in facts.items() if value is not None}

    # --- variants ----

    def _variants(self, goods: Goods, head: Row) -> None:
        if "variable" not in _types(head):
            self._add(goods, head, (), ())
            return
        offered = {name: tuple(_split(values)) for name, values in _attributes(head)}
        used = {name for row in self.variations for name, _ in _attributes(row)}
        names = tuple(name for name in offered if name in used) or tuple(
            dict.fromkeys(name for row in self.variations for name, _ in _attributes(row))
        )
        for row in sorted(self.variations, key=lambda row: (_position(row), row.number)):
            chosen = {name: value.replace("\\,", ",") for name, value in _attributes(row)}
            values = tuple(chosen.get(name, "") for name in names)
            for each in self._spelled_out(row, names, values, offered):
                self._add(goods, row, names, each, made=each != values)

    def _spelled_out(
        self, row: Row, names: tuple[str, ...], values: tuple[str, ...], offered: dict[str, tuple[str, ...]]
    ) -> list[tuple[str, ...]]:
        """A variation that leaves an attribute open stands for each of its values: the shop sells each by itself. One
        whose stock is counted cannot be taken apart."""
        open_ = [value if value else offered.get(name, ()) for name, value in zip(names, values, strict=True)]
        choices = [(each,) if isinstance(each, str) else each or ("",) for each in open_]
        made = list(product(*choices))
        if len(made) == 1:
            return made
        if row["Stock"] or len(made) > MAX_MADE:
            message = N_(
                "An option is left open while the stock is counted; the variant was taken without that option."
            )
            self.found.note(row, self.key, message)
            return [values]
        return made

    def _add(self, goods: Goods, row: Row, names: tuple[str, ...], values: tuple[str, ...], made: bool = False) -> None:
        try:
            goods.variants.append(self._variant(goods, row, names, values, made))
        except CellRefused as error:
            if not names:
                raise
            self.found.refuse(row, self.key, error.problem)

    def _variant(self, goods: Goods, row: Row, names: tuple[str, ...], values: tuple[str, ...], made: bool) -> Variant:
        refused = next((_NOT_GOODS[kind] for kind in _NOT_GOODS if kind in _types(row)), "")
        if refused:
            raise CellRefused(refused)
        twin = next((v for v in goods.variants if v.values == values), None)
        if twin is not None:
            raise CellRefused(N_("The variant has the same options as the one in row %(row)d."), row=twin.row_number)
        sku, barcode = clean_text(_cell(row, "SKU")), clean_text(_cell(row, BARCODE))
        if sku and made:
            sku = "-".join([sku, *(slugify(value) for value in values if value not in _said(row))])
        if len(sku) > MAX_SKU or len(barcode) > MAX_BARCODE:
            raise CellRefused(N_("The SKU is longer than 120 characters or the barcode longer than 20."))
        price, list_price = self._price(row)
        quantity = self._quantity(row)
        claim_sku(self.spool, sku, self.key, row.number)
        said: dict[str, Any] = {
            "price": price,
            "list_price": list_price,
            "options": options_of(names, values, self.terms.lang),
            "weight": _weight(row) if names else None,
        }
        if row.holds(BARCODE):
            said["barcode"] = barcode
        return Variant(row_number=row.number, values=values, sku=sku, said=said, quantity=quantity)

    def _price(self, row: Row) -> tuple[int, int | None]:
        regular = base_price(row["Regular price"], "Regular price", self.terms)
        if not row["Sale price"]:
            return regular, None
        sale = base_price(row["Sale price"], "Sale price", self.terms)
        if not _on_sale_now(row):
            message = N_("The sale price does not hold today; the regular price was taken.")
            self.found.note(row, self.key, message)
            return regular, None
        return (sale, regular) if regular > sale else (sale, None)

    def _quantity(self, row: Row) -> int | None:
        if yes(row["Backorders allowed?"], otherwise=bool(row["Backorders allowed?"])):
            return None  # sold on at zero: not counted
        if not row["Stock"]:
            return 0 if not yes(row["In stock?"], otherwise=True) else None
        quantity = whole(row["Stock"], "Stock")
        if quantity < 0:
            self.found.note(row, self.key, N_("The stock is below 0 in the file; it was taken as 0."))
        return max(quantity, 0)

    def _pictures(self, goods: Goods, head: Row) -> None:
        """Those of the product, then those of its variants."""
        urls = [url for row in [head, *self.variations] for url in _URLS.split(_cell(row, "Images")) if url.strip()]
        goods.pictures = pictures_of(goods, [(url.strip(), "") for url in urls], self.terms, head, self.found)


def _cell(row: Row, column: str) -> str:
    """A text; the export itself writes an apostrophe before what a table programme would take for a formula."""
    return plain(row[column]).strip()


def _types(row: Row) -> set[str]:
    return {kind.strip().casefold() for kind in row["Type"].split(",")}


def _lines(text: str) -> str:
    """The export writes the end of a line as backslash and n."""
    return text.replace("\\n", "\n")


def _split(cell: str) -> Iterator[str]:
    """Values between commas; one that holds a comma has a backslash before it."""
    for part in _COMMA.split(cell):
        text = clean_text(part.replace("\\,", ",")).strip()
        if text:
            yield text


def _paths(cell: str) -> Iterator[tuple[Place, ...]]:
    for path in dict.fromkeys(_split(cell)):
        names = [name.strip() for name in path.split(">") if name.strip()]
        slugs = [slugify(" ".join(names[: i + 1])) for i in range(len(names))]
        if names:
            yield tuple(map(Place, slugs, names))


def _attributes(row: Row) -> Iterator[tuple[str, str]]:
    for n in ATTRIBUTES:
        name = clean_text(_cell(row, f"Attribute {n} name"))
        if name:
            yield name, clean_text(_cell(row, f"Attribute {n} value(s)"))


def _said(row: Row) -> set[str]:
    return {value for _, value in _attributes(row)}


def _weight(row: Row) -> int | None:
    for unit, factor in GRAMS.items():
        column = f"Weight ({unit})"
        if row[column]:
            return grams(row[column], column, factor)
    return None


def _side(row: Row, side: str) -> int | None:
    for unit, factor in MILLIMETRES.items():
        column = f"{side} ({unit})"
        if row[column]:
            return millimetres(row[column], column, factor)
    return None


def _on_sale_now(row: Row) -> bool:
    today = datetime.now(UTC).date()
    starts, ends = _day(row["Date sale price starts"]), _day(row["Date sale price ends"])
    return (starts is None or starts <= today) and (ends is None or today <= ends)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _position(row: Row) -> int:
    text = row["Position"]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
