"""Shopify product CSV, as the export writes it (CAT-9). Pure: what rows mean, and why one is refused.

A product is a group of rows with one ``Handle``. Its first row with a title carries what is said once (texts, maker,
type); every row may carry a variant, a picture, or both. The names of the options stand in the first row alone. Tags
are not taken over."""

from storefront.core.catalog.csv_cells import plain
from storefront.core.catalog.data import PictureData
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
from storefront.core.catalog.importing.spool import Spool
from storefront.core.catalog.importing.table import Row
from storefront.core.catalog.importing.values import CellRefused, base_price, grams, whole, yes
from storefront.core.catalog.markup import clean_text, slugify
from storefront.core.i18n.translate import N_

OPTIONS = (1, 2, 3)
MAX_HANDLE = MAX_CODE


class Shopify:
    name = source = "shopify"
    title = "Shopify product export"
    required = ("Handle", "Title", "Option1 Name", "Option1 Value", "Variant Price")
    known = frozenset(
        {
            *required, "Body (HTML)", "Vendor", "Type", "Published", "Status", "Gift Card", "SEO Title", "SEO Description",
            "Option2 Name", "Option2 Value", "Option3 Name", "Option3 Value", "Variant SKU", "Variant Grams",
            "Variant Inventory Tracker", "Variant Inventory Qty", "Variant Inventory Policy", "Variant Compare At Price",
            "Variant Requires Shipping", "Variant Barcode", "Image Src", "Image Position", "Image Alt Text",
            "Variant Image",
        }
    )  # fmt: skip
    taxed = True
    lang = ""

    def spool(self, spool: Spool, row: Row, cells: list[str], found: Found) -> None:
        handle = clean_text(plain(row["Handle"]))
        if handle and len(handle) <= MAX_HANDLE:
            spool.put(row, cells, handle)
            return
        message = N_("The row has no Handle, so nobody knows which product it belongs to.")
        if handle:
            message = N_("The Handle is longer than 80 characters.")
        found.refuse(row, handle, message)

    def read(self, ref: str, rows: list[Row], terms: Terms, spool: Spool, found: Found) -> Goods | None:
        # A file this shop wrote has an apostrophe before what a table programme would take for a formula.
        texts = [Row(row.number, {name: plain(cell.strip()) for name, cell in row.cells.items()}) for row in rows]
        return _GroupReader(ref, texts, terms, spool, found).read()


class _GroupReader:
    def __init__(self, handle: str, rows: list[Row], terms: Terms, spool: Spool, found: Found) -> None:
        self.handle, self.rows, self.terms, self.spool, self.found = handle, rows, terms, spool, found
        self.names: tuple[str, ...] = ()

    def read(self) -> Goods | None:
        head = next((row for row in self.rows if row["Title"]), None)
        if head is None:
            self.found.refuse(self.rows[0], self.handle, N_("The product has no Title in any of its rows."))
            return None
        if any(yes(row["Gift Card"], otherwise=False) for row in self.rows):
            self.found.refuse(head, self.handle, N_("This is a gift card; the shop sells goods only."))
            return None
        goods = Goods(key=self.handle, row_number=head.number, code=self.handle, slugs=(slugify(self.handle),))
        goods.texts[self.terms.lang] = {
            "name": clean_text(head["Title"]),
            "body": head["Body (HTML)"],
            "seo_title": clean_text(head["SEO Title"]),
            "seo_description": clean_text(head["SEO Description"]),
        }
        shown = yes(head["Published"], otherwise=True) and head["Status"].casefold() in ("", "active")
        goods.state = "published" if shown else "draft"
        if head["Vendor"]:
            goods.brand = Place(slugify(head["Vendor"]), clean_text(head["Vendor"]))
        if head["Type"]:
            goods.categories = [(Place(slugify(head["Type"]), clean_text(head["Type"])),)]
        self.names = self._option_names()
        for row in self.rows:
            if _holds_variant(row) or row is head:
                self._add_variant(goods, row)
            elif not (row["Image Src"] or row["Variant Image"]):
                self.found.refuse(row, self.handle, N_("The row holds neither a variant nor a picture."))
        if not goods.variants:
            return None
        goods.pictures = self._pictures(goods)
        return goods

    def _option_names(self) -> tuple[str, ...]:
        names = (next((r[f"Option{n} Name"] for r in self.rows if r[f"Option{n} Name"]), "") for n in OPTIONS)
        values = [{r[f"Option{n} Value"] for r in self.rows} - {""} for n in OPTIONS]
        # "Title: Default Title" is how the export writes a product without options.
        found = [
            "" if name.casefold() == "title" and held <= {"Default Title"} else name or ("Option" if held else "")
            for name, held in zip(names, values, strict=True)
        ]
        while found and not found[-1]:
            found.pop()
        return tuple(found)

    def _add_variant(self, goods: Goods, row: Row) -> None:
        try:
            variant = self._variant(goods, row)
        except CellRefused as error:
            self.found.refuse(row, self.handle, error.problem)
        else:
            goods.variants.append(variant)

    def _variant(self, goods: Goods, row: Row) -> Variant:
        if not yes(row["Variant Requires Shipping"], otherwise=True):
            raise CellRefused(N_("The variant is not shipped (a download or a service); the shop sells goods only."))
        values = tuple(row[f"Option{n} Value"] for n in OPTIONS[: len(self.names)])
        twin = next((v for v in goods.variants if v.values == values), None)
        if twin is not None:
            raise CellRefused(N_("The variant has the same options as the one in row %(row)d."), row=twin.row_number)
        sku, barcode = clean_text(row["Variant SKU"]), clean_text(row["Variant Barcode"]).lstrip("'").strip()
        if len(sku) > MAX_SKU or len(barcode) > MAX_BARCODE:
            raise CellRefused(N_("The SKU is longer than 120 characters or the barcode longer than 20."))
        price = base_price(row["Variant Price"], "Variant Price", self.terms)
        compare_at = row["Variant Compare At Price"]
        list_price = base_price(compare_at, "Variant Compare At Price", self.terms) if compare_at else 0
        weight = grams(row["Variant Grams"], "Variant Grams")
        quantity = self._quantity(row)
        claim_sku(self.spool, sku, self.handle, row.number)
        return Variant(
            row_number=row.number,
            values=values,
            sku=sku,
            said={
                "price": price,
                "list_price": list_price if list_price > price else None,
                "weight": weight,
                "barcode": barcode,
                "options": options_of(self.names, values, self.terms.lang),
            },
            quantity=quantity,
        )

    def _quantity(self, row: Row) -> int | None:
        """Without a tracker, or when it is sold on at zero, the stock is not counted: always available."""
        if not row["Variant Inventory Tracker"] or row["Variant Inventory Policy"].casefold() == "continue":
            return None
        column = "Variant Inventory Qty"
        if not row[column]:
            return None
        quantity = whole(row[column], column)
        if quantity < 0:
            self.found.note(row, self.handle, N_("The stock is below 0 in the file; it was taken as 0."))
        return max(quantity, 0)

    def _pictures(self, goods: Goods) -> list[PictureData]:
        """Addresses with their descriptions, by position; a variant's own picture follows after all others."""
        found: list[tuple[float, str, str]] = []
        for row in self.rows:
            if row["Image Src"]:
                found.append((_position(row["Image Position"]), row["Image Src"], row["Image Alt Text"]))
        found.sort(key=lambda each: each[0])
        found += [(0, row["Variant Image"], "") for row in self.rows if row["Variant Image"]]
        pairs = [(url, alt) for _, url, alt in found]
        return pictures_of(goods, pairs, self.terms, self.rows[0], self.found)


def claim_sku(spool: Spool, sku: str, owner: str, row_number: int) -> None:
    """Raise ``CellRefused`` when an earlier row of the file has this SKU. Call it last: a row that is refused for
    another reason has taken nothing."""
    if not sku:
        return
    mine = f"{row_number} {owner}"
    first = spool.claim("sku", sku, mine)
    if first != mine:
        handle = first.split(" ", 1)[1]
        raise CellRefused(N_("The SKU “%(sku)s” stands in this file for “%(handle)s” already."), sku=sku, handle=handle)


def _holds_variant(row: Row) -> bool:
    columns = (*(f"Option{n} Value" for n in OPTIONS), "Variant Price", "Variant SKU")
    return any(row[column] for column in columns)


def _position(text: str) -> float:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else float("inf")
