"""The shop's own catalogue file (``docs/catalog-csv.md``): everything of a product, and the trees it hangs on."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from storefront.core.catalog.checking import MAX_WEIGHT, is_slug
from storefront.core.catalog.csv_cells import plain
from storefront.core.catalog.data import PictureData
from storefront.core.catalog.importing.goods import MAX_CODE, MAX_SKU, MAX_URL, Found, Goods, Place, Terms, Variant
from storefront.core.catalog.importing.places import Declared
from storefront.core.catalog.importing.shopify import claim_sku
from storefront.core.catalog.importing.spool import Spool
from storefront.core.catalog.importing.table import Row
from storefront.core.catalog.importing.values import CellRefused, base_price, own_price, whole
from storefront.core.catalog.own_columns import FIXED, RECORDS, TEXTS
from storefront.core.i18n.translate import N_
from storefront.core.values.language import LANGUAGES

_PRICE = re.compile(r"price_([a-z]{3})\Z")
_OPTION = re.compile(r"option([1-9])_(name|value)_([a-z-]+)\Z")
_FILE = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}\Z")
_GOODS = ("product", "variant", "picture")
_PLAIN_FACTS = (
    "origin", "hs_code", "customs_description", "tax_class", "release", "alcohol_percent", "condition_item",
    "condition_box",
)  # fmt: skip
_MEASURES = ("weight", "length", "width", "height", "purchase_limit")
_FLAGS = ("not_returnable", "limit_counts_shipped")
MAX_SLOTS = 1_000_000_000


class Own:
    name = "own"
    title = "catalogue file of this shop"
    source = ""
    required = ("record", "product")
    known = FIXED
    taxed = True
    lang = ""

    def spool(self, spool: Spool, row: Row, cells: list[str], found: Found) -> None:
        record, code, slug = row["record"].casefold(), _text(row, "product"), row["slug"]
        if record in _GOODS and code and len(code) <= MAX_CODE:
            currency = row["currency"].upper()
            if currency and spool.claim("currency", "", currency) != currency:
                found.refuse(row, code, N_("The row names another currency than the rows before it."))
                return
            spool.put(row, cells, code)
        elif record in RECORDS and record not in _GOODS and slug:
            first = spool.claim(record, slug, str(row.number))
            if first == str(row.number):
                spool.put(row, cells, slug, record)
            else:
                found.refuse(row, slug, N_("The brand or category stands in this file already."))
        elif record not in RECORDS:
            found.refuse(row, code, N_("The row does not say in “record” what it is: category, brand, product, variant or picture."))  # fmt: skip
        else:
            found.refuse(row, code, N_("The row does not say which product, brand or category it is about."))

    def read(self, ref: str, rows: list[Row], terms: Terms, spool: Spool, found: Found) -> Goods | None:
        """A product is taken whole or not at all: a variant left out of its rows would be taken out of sale."""
        head = next((row for row in rows if row["record"].casefold() == "product"), None)
        if head is None:
            found.refuse(rows[0], ref, N_("There is no row “product” for these rows."))
            return None
        goods = Goods(key=ref, row_number=head.number, code=ref)
        row = head
        try:
            _read_product(goods, head)
            for row in rows:
                record = row["record"].casefold()
                if record == "variant":
                    goods.variants.append(_variant(row, terms))
                    claim_sku(spool, goods.variants[-1].sku, ref, row.number)
                elif record == "picture":
                    goods.pictures = [*(goods.pictures or ()), _picture(row)]
                elif row is not head:
                    raise CellRefused(N_("The product has a row already, number %(row)d."), row=head.number)
        except CellRefused as error:
            found.refuse(row, ref, error.problem)
            return None
        if goods.pictures is None and head.holds("picture"):
            goods.pictures = []
        return goods


def file_currency(spool: Spool) -> str:
    """The currency the file names, "" for none. After all rows were spooled."""
    return spool.claim("currency", "", "")


def declared_of(spool: Spool, found: Found) -> dict[tuple[str, str], Declared]:
    """Categories and brands with rows of their own, in the order of the file."""
    entries: dict[tuple[str, str], Declared] = {}
    for kind in ("category", "brand"):
        for slug, (row, *_) in spool.groups(kind):
            texts = {
                lang: (_text(row, f"name_{lang}"), _text(row, f"description_{lang}"))
                for lang in LANGUAGES
                if _text(row, f"name_{lang}") or _text(row, f"description_{lang}")
            }
            try:
                if not is_slug(slug):
                    raise CellRefused(N_("“%(slug)s” is no address: use a-z, 0-9 and hyphens."), slug=slug[:80])
                position = _count(row, "position") or 0
                picture = _file(row)
            except CellRefused as error:
                found.refuse(row, slug, error.problem)
                continue
            entries[kind, slug] = Declared(kind, slug, row.number, texts, row["parent"], position, picture)
    return entries


def _read_product(goods: Goods, row: Row) -> None:
    if row["slug"]:
        goods.slugs = (row["slug"],)
    goods.state = row["state"] or None
    for lang in LANGUAGES:
        said = {name: _text(row, f"{name}_{lang}") for name in TEXTS if row.holds(f"{name}_{lang}")}
        if said:
            goods.texts[lang] = said
    facts: dict[str, Any] = {name: _text(row, name) for name in _PLAIN_FACTS if row.holds(name)}
    facts |= {name: _count(row, name) or None for name in _MEASURES if row.holds(name)}
    facts |= {name: _flag(row, name) for name in _FLAGS if row[name]}
    if row.holds("restrictions"):
        facts["restrictions"] = row["restrictions"].split()
    goods.facts = facts
    if row.holds("brand"):
        goods.brand, goods.no_brand = (Place(row["brand"]), False) if row["brand"] else (None, True)
    if row.holds("categories"):
        goods.categories = [(Place(slug),) for slug in row["categories"].split()]
    if row["created_at"]:
        goods.created_at = _instant(row["created_at"])


def _variant(row: Row, terms: Terms) -> Variant:
    sku = _text(row, "sku")
    if not sku or len(sku) > MAX_SKU:
        raise CellRefused(N_("The variant has no SKU, or one longer than 120 characters."))
    readers: Mapping[str, Callable[[], Any]] = {
        "price": lambda: base_price(row["price"], "price", terms),
        "list_price": lambda: base_price(row["list_price"], "list_price", terms) if row["list_price"] else None,
        "barcode": lambda: _text(row, "barcode"),
        "weight": lambda: _count(row, "weight") or None,
        "mode": lambda: row["mode"] or "stock",
        "release": lambda: row["release"],
        "active": lambda: _flag(row, "active") if row["active"] else True,
    }
    said = {name: read() for name, read in readers.items() if row.holds(name)}
    options = _options(row)
    if options is not None:
        said["options"] = options
    prices = _prices(row)
    if prices is not None:
        said["prices"] = prices
    return Variant(
        row_number=row.number,
        values=(sku,),
        sku=sku,
        said=said,
        quantity=_count(row, "stock"),
        counted=row.holds("stock"),
        slots=_count(row, "slots"),
        slotted=row.holds("slots"),
    )


def _options(row: Row) -> tuple[dict[str, dict[str, str]], ...] | None:
    found: dict[int, dict[str, dict[str, str]]] = {}
    for column, cell in row.cells.items():
        match = _OPTION.match(column)
        if match and match[3] in LANGUAGES:
            option = found.setdefault(int(match[1]), {"name": {}, "value": {}})
            if cell:
                option[match[2]][match[3]] = plain(cell)
    if not found:
        return None
    return tuple(option for _, option in sorted(found.items()) if option["name"] or option["value"])


def _prices(row: Row) -> dict[str, tuple[int, int | None]] | None:
    columns = [match[1].upper() for match in map(_PRICE.match, row.cells) if match]
    if not columns:
        return None
    found: dict[str, tuple[int, int | None]] = {}
    for code in columns:
        column, list_column = f"price_{code}", f"list_price_{code}"
        if row[column]:
            list_price = own_price(row[list_column], list_column, code) if row[list_column] else None
            found[code] = own_price(row[column], column, code), list_price
    return found


def _picture(row: Row) -> PictureData:
    url = row["picture_url"]
    if url and not (url.startswith(("http://", "https://")) and len(url) <= MAX_URL):
        raise CellRefused(N_("“%(url)s” is not an address of the web."), url=url[:80])
    file = _file(row)
    if not url and not file:
        raise CellRefused(N_("The picture has neither a file nor an address."))
    tint = _count(row, "picture_tint") or 0
    if tint > 8:
        raise CellRefused(N_("The tile behind a picture is a number from 1 to 8."))
    alt = {lang: _text(row, f"alt_{lang}") for lang in LANGUAGES if _text(row, f"alt_{lang}")}
    width, height = _count(row, "picture_width") or 0, _count(row, "picture_height") or 0
    return PictureData(file, url, width, height, tint, alt=alt)


def _file(row: Row) -> str:
    """A name under the media folder; nothing that could lead out of it."""
    name = row["picture"]
    if name and not _FILE.match(name):
        raise CellRefused(N_("“%(name)s” is not the name of a picture file."), name=name[:80])
    return name


def _text(row: Row, column: str) -> str:
    return plain(row.whole(column))


def _count(row: Row, column: str) -> int | None:
    """A whole number, 0 or more; ``None`` for an empty cell."""
    if not row[column]:
        return None
    number = whole(row[column], column, MAX_WEIGHT if column == "weight" else MAX_SLOTS)
    if number < 0:
        raise CellRefused(N_("%(column)s “%(text)s” is below 0."), column=column, text=row[column][:40])
    return number


def _flag(row: Row, column: str) -> bool:
    answer = {"yes": True, "no": False}.get(row[column].casefold())
    if answer is None:
        raise CellRefused(N_("%(column)s is “yes” or “no”, not “%(text)s”."), column=column, text=row[column][:40])
    return answer


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    message = N_("“%(text)s” is not a moment: write 2027-01-31T12:00:00+00:00.")
    raise CellRefused(message, text=text[:40])
