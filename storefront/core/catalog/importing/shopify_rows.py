"""Rows of a Shopify product export as products. Pure: what a row means, and why one is refused.

A product is a group of rows with one ``Handle``. Its first row with a title carries what is said once (texts, maker,
type); every row may carry a variant, a picture, or both. The names of the options stand in the first row alone."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from storefront.core.catalog.importing.report import RefusedRow
from storefront.core.catalog.importing.table import Row
from storefront.core.catalog.importing.values import CellRefused, base_price, grams, whole, yes
from storefront.core.catalog.markup import clean_text, slugify
from storefront.core.i18n.translate import N_
from storefront.core.values.types import Problem

REQUIRED = ("Handle", "Title", "Option1 Name", "Option1 Value", "Variant Price")
OPTIONS = (1, 2, 3)
MAX_HANDLE = 80
MAX_URL = 1000
MAX_PICTURES = 100


@dataclass(frozen=True, slots=True)
class Terms:
    """How prices and words of the file are to be taken. ``rate``: units of the base currency for one of ``currency``."""

    currency: str
    base_currency: str
    rate: str
    lang: str


@dataclass(frozen=True, slots=True)
class Variant:
    """``sku``: as the file gives it, "" when it does not. ``quantity``: ``None`` = not counted."""

    row_number: int
    values: tuple[str, ...]
    sku: str
    price: int
    list_price: int | None
    weight: int | None
    barcode: str
    quantity: int | None


@dataclass(slots=True)
class Group:
    """One product as the file describes it."""

    handle: str
    row_number: int
    title: str = ""
    body: str = ""
    vendor: str = ""
    type: str = ""
    seo_title: str = ""
    seo_description: str = ""
    published: bool = True
    option_names: tuple[str, ...] = ()
    variants: list[Variant] = field(default_factory=list)
    pictures: list[tuple[str, str]] = field(default_factory=list)

    def digest(self, terms: Terms) -> str:
        """Of everything the file says but the stock; the same file read in the same way has the same."""
        said = [
            [self.handle, self.title, self.body, self.vendor, self.type, self.seo_title, self.seo_description],
            [self.published, self.option_names, self.pictures],
            [[v.values, v.sku, v.price, v.list_price, v.weight, v.barcode, v.quantity is None] for v in self.variants],
            terms.lang,
        ]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode("utf-8", "replace")).hexdigest()

    def codes(self) -> tuple[str, ...]:
        """A code for each variant: the file's own, else handle and options. Two that would be alike are told apart by
        what their options really say, so that the order of the rows does not matter."""
        made = [v.sku or "-".join([slugify(self.handle), *map(slugify, v.values)]) for v in self.variants]
        return tuple(
            code if variant.sku or (len(code) <= 110 and made.count(code) == 1) else _marked(code, variant.values)
            for code, variant in zip(made, self.variants, strict=True)
        )


def _marked(code: str, values: tuple[str, ...]) -> str:
    mark = hashlib.sha256(json.dumps([code, *values]).encode()).hexdigest()[:8]
    return f"{code[:100].rstrip('-')}-{mark}"


def read_groups(rows: Iterable[Row], terms: Terms) -> tuple[list[Group], list[RefusedRow], list[RefusedRow]]:
    """Products in the order of their first rows; refused rows; notes on rows that were taken otherwise."""
    refused: list[RefusedRow] = []
    notes: list[RefusedRow] = []
    by_handle: dict[str, list[Row]] = {}
    for row in rows:
        handle = clean_text(row["Handle"])
        if handle and len(handle) <= MAX_HANDLE:
            by_handle.setdefault(handle, []).append(row)
        else:
            message = N_("The row has no Handle, so nobody knows which product it belongs to.")
            if handle:
                message = N_("The Handle is longer than 80 characters.")
            refused.append(RefusedRow(row.number, handle[:MAX_HANDLE], Problem(message, code="handle")))
    groups = []
    skus_seen: dict[str, str] = {}
    for handle, members in by_handle.items():
        group = _GroupReader(handle, members, terms, refused, notes, skus_seen).read()
        if group is not None:
            groups.append(group)
    return groups, refused, notes


class _GroupReader:
    def __init__(
        self,
        handle: str,
        rows: list[Row],
        terms: Terms,
        refused: list[RefusedRow],
        notes: list[RefusedRow],
        skus_seen: dict[str, str],
    ) -> None:
        self.handle, self.rows, self.terms = handle, rows, terms
        self.refused, self.notes, self.skus_seen = refused, notes, skus_seen

    def read(self) -> Group | None:
        head = next((row for row in self.rows if row["Title"]), None)
        if head is None:
            self._refuse(self.rows[0], N_("The product has no Title in any of its rows."))
            return None
        if any(yes(row["Gift Card"], otherwise=False) for row in self.rows):
            self._refuse(head, N_("This is a gift card; the shop sells goods only."))
            return None
        group = Group(
            handle=self.handle,
            row_number=head.number,
            title=head["Title"],
            body=head["Body (HTML)"],
            vendor=head["Vendor"],
            type=head["Type"],
            seo_title=head["SEO Title"],
            seo_description=head["SEO Description"],
            published=yes(head["Published"], otherwise=True) and head["Status"].casefold() in ("", "active"),
            option_names=self._option_names(),
        )
        for row in self.rows:
            if _holds_variant(row) or row is head:
                self._add_variant(group, row)
            elif not (row["Image Src"] or row["Variant Image"]):
                self._refuse(row, N_("The row holds neither a variant nor a picture."))
        group.pictures = self._pictures()
        return group if group.variants else None

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

    def _add_variant(self, group: Group, row: Row) -> None:
        try:
            variant = self._variant(group, row)
        except CellRefused as error:
            self.refused.append(RefusedRow(row.number, self.handle, error.problem))
            return
        if variant.sku:
            self.skus_seen[variant.sku] = self.handle
        group.variants.append(variant)

    def _variant(self, group: Group, row: Row) -> Variant:
        if not yes(row["Variant Requires Shipping"], otherwise=True):
            raise CellRefused(N_("The variant is not shipped (a download or a service); the shop sells goods only."))
        values = tuple(row[f"Option{n} Value"] for n in OPTIONS[: len(group.option_names)])
        twin = next((v for v in group.variants if v.values == values), None)
        if twin is not None:
            raise CellRefused(N_("The variant has the same options as the one in row %(row)d."), row=twin.row_number)
        sku, barcode = clean_text(row["Variant SKU"]), clean_text(row["Variant Barcode"]).lstrip("'").strip()
        if sku in self.skus_seen:
            raise CellRefused(
                N_("The SKU “%(sku)s” stands in this file for “%(handle)s” already."),
                sku=sku,
                handle=self.skus_seen[sku],
            )
        if len(sku) > 120 or len(barcode) > 20:
            raise CellRefused(N_("The SKU is longer than 120 characters or the barcode longer than 20."))
        price = self._price(row, "Variant Price")
        compare_at = self._price(row, "Variant Compare At Price") if row["Variant Compare At Price"] else 0
        return Variant(
            row_number=row.number,
            values=values,
            sku=sku,
            price=price,
            list_price=compare_at if compare_at > price else None,
            weight=grams(row["Variant Grams"], "Variant Grams"),
            barcode=barcode,
            quantity=self._quantity(row),
        )

    def _price(self, row: Row, column: str) -> int:
        return base_price(
            row[column],
            column,
            currency=self.terms.currency,
            base_currency=self.terms.base_currency,
            rate=self.terms.rate,
        )

    def _quantity(self, row: Row) -> int | None:
        """Without a tracker, or when it is sold on at zero, the stock is not counted: always available."""
        if not row["Variant Inventory Tracker"] or row["Variant Inventory Policy"].casefold() == "continue":
            return None
        column = "Variant Inventory Qty"
        quantity = whole(row[column], column) if row[column] else 0
        if quantity < 0:
            self._note(row, N_("The stock is below 0 in the file; it was taken as 0."))
        return max(quantity, 0)

    def _pictures(self) -> list[tuple[str, str]]:
        """Addresses with their descriptions, by position; a variant's own picture follows after all others."""
        found: list[tuple[float, str, str]] = []
        for row in self.rows:
            if row["Image Src"]:
                found.append((_position(row["Image Position"]), row["Image Src"], row["Image Alt Text"]))
        found.sort(key=lambda each: each[0])
        found += [(0, row["Variant Image"], "") for row in self.rows if row["Variant Image"]]
        pictures: dict[str, str] = {}
        for _, url, alt in found:
            if url.startswith(("http://", "https://")) and len(url) <= MAX_URL and len(pictures) < MAX_PICTURES:
                pictures.setdefault(clean_text(url), clean_text(alt))
            else:
                self._note(self.rows[0], N_("A picture was left out: its address is not one of the web."))
        return list(pictures.items())

    def _refuse(self, row: Row, message: str) -> None:
        self.refused.append(RefusedRow(row.number, self.handle, Problem(message, code="row")))

    def _note(self, row: Row, message: str) -> None:
        self.notes.append(RefusedRow(row.number, self.handle, Problem(message, code="note")))


def _holds_variant(row: Row) -> bool:
    columns = (*(f"Option{n} Value" for n in OPTIONS), "Variant Price", "Variant SKU")
    return any(row[column] for column in columns)


def _position(text: str) -> float:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else float("inf")


def option_values(group: Group, variant: Variant, lang: str) -> tuple[Mapping[str, Mapping[str, str]], ...]:
    """The variant's options as a SKU keeps them."""
    pairs = zip(group.option_names, variant.values, strict=True)
    return tuple({"name": {lang: clean_text(n)}, "value": {lang: clean_text(v)}} for n, v in pairs if v)
