"""The columns of the shop's own catalogue file, in the order in which they are written: ``docs/catalog-csv.md`` says
what they hold, and a test compares the two.

A file has rows of five kinds, named in the column ``record``: categories and brands, then products, each followed by its
variants and pictures. ``*`` stands for a language, ``#`` for the number of an option, ``$`` for a currency."""

from collections.abc import Iterable
from typing import NamedTuple

from storefront.core.values.language import LANGUAGES

RECORDS = ("category", "brand", "product", "variant", "picture")


class Column(NamedTuple):
    """``records``: the kinds of row that fill it."""

    name: str
    records: tuple[str, ...]


_ALL = RECORDS
_GOODS = ("product", "variant", "picture")
COLUMNS = (
    Column("record", _ALL),
    Column("product", _GOODS),
    Column("slug", ("category", "brand", "product")),
    Column("state", ("product",)),
    Column("name_*", ("category", "brand", "product")),
    Column("description_*", ("category", "brand")),
    Column("summary_*", ("product",)),
    Column("body_*", ("product",)),
    Column("contents_*", ("product",)),
    Column("ingredients_*", ("product",)),
    Column("notes_*", ("product",)),
    Column("seo_title_*", ("product",)),
    Column("seo_description_*", ("product",)),
    Column("parent", ("category",)),
    Column("position", ("category",)),
    Column("brand", ("product",)),
    Column("categories", ("product",)),
    Column("origin", ("product",)),
    Column("hs_code", ("product",)),
    Column("customs_description", ("product",)),
    Column("tax_class", ("product",)),
    Column("weight", ("product", "variant")),
    Column("length", ("product",)),
    Column("width", ("product",)),
    Column("height", ("product",)),
    Column("release", ("product", "variant")),
    Column("restrictions", ("product",)),
    Column("alcohol_percent", ("product",)),
    Column("not_returnable", ("product",)),
    Column("purchase_limit", ("product",)),
    Column("limit_counts_shipped", ("product",)),
    Column("condition_item", ("product",)),
    Column("condition_box", ("product",)),
    Column("created_at", ("product",)),
    Column("sku", ("variant",)),
    Column("barcode", ("variant",)),
    Column("active", ("variant",)),
    Column("mode", ("variant",)),
    Column("currency", ("variant",)),
    Column("price", ("variant",)),
    Column("list_price", ("variant",)),
    Column("price_$", ("variant",)),
    Column("list_price_$", ("variant",)),
    Column("stock", ("variant",)),
    Column("slots", ("variant",)),
    Column("option#_name_*", ("variant",)),
    Column("option#_value_*", ("variant",)),
    Column("picture", ("category", "picture")),
    Column("picture_url", ("picture",)),
    Column("picture_width", ("picture",)),
    Column("picture_height", ("picture",)),
    Column("picture_tint", ("picture",)),
    Column("alt_*", ("picture",)),
)
TEXTS = ("name", "summary", "body", "contents", "ingredients", "notes", "seo_title", "seo_description")
STOCK = ("stock", "slots")


def header(options: int, currencies: Iterable[str], *, stock: bool = True) -> list[str]:
    """The names of the columns of a file with so many options a variant at most, and prices of its own in these
    currencies. ``stock``: with the columns that set it."""
    found: list[str] = []
    for column in COLUMNS:
        name = column.name
        if name in STOCK and not stock:
            continue
        if name == "option#_value_*":
            continue  # beside the name of each
        if name == "list_price_$":
            continue
        if name == "price_$":
            found += [each for code in sorted(currencies) for each in (f"price_{code}", f"list_price_{code}")]
        elif name == "option#_name_*":
            for number in range(1, options + 1):
                found += [f"option{number}_{part}_{lang}" for part in ("name", "value") for lang in LANGUAGES]
        elif name.endswith("*"):
            found += [name.replace("*", lang) for lang in LANGUAGES]
        else:
            found.append(name)
    return found


FIXED = frozenset(header(9, ()))
