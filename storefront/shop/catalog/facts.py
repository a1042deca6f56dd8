"""The fact rows of a product page: what is in it, where it is from, how big and heavy, under which code."""

from typing import NamedTuple

from storefront.core.catalog.views import ProductPage, SkuView
from storefront.core.i18n.formats import country_name, format_weight
from storefront.core.i18n.translate import current_language, gettext


class Fact(NamedTuple):
    name: str
    value: str
    lang: str = ""


def facts_of(product: ProductPage, sku: SkuView | None) -> list[Fact]:
    """Only what is known; a text that is not in the reader's language is marked with its own."""
    rows = [
        Fact(gettext("Contents"), product.contents, product.lang),
        Fact(gettext("Ingredients"), product.ingredients, product.lang),
        Fact(gettext("Country of origin"), country_name(product.origin, current_language()) if product.origin else ""),
        Fact(gettext("Please note"), product.notes, product.lang),
        Fact(gettext("Alcohol"), f"{product.alcohol_percent}%" if product.alcohol_percent else ""),
        Fact(gettext("Condition of the item"), product.condition_item),
        Fact(gettext("Condition of the box"), product.condition_box),
        Fact(gettext("Weight and size"), _weight_and_size(product, sku)),
        Fact(gettext("Item code"), sku.code if sku else product.code),
        Fact(gettext("Barcode (JAN)"), sku.barcode if sku else ""),
    ]
    return [row for row in rows if row.value]


def _weight_and_size(product: ProductPage, sku: SkuView | None) -> str:
    weight = sku.weight if sku and sku.weight is not None else product.weight
    weighed = format_weight(weight, current_language()) if weight is not None else ""
    if product.size is None:
        return weighed
    size = gettext(
        "%(length)s × %(width)s × %(height)s\u00a0mm",
        length=product.size.length,
        width=product.size.width,
        height=product.size.height,
    )
    return gettext("%(weight)s, %(size)s", weight=weighed, size=size) if weighed else size
