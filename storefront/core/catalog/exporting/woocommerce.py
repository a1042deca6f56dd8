"""Products as a WooCommerce product CSV, which WooCommerce imports and this shop takes back as unchanged."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from storefront.core.catalog.exporting.reading import Trees, Whole
from storefront.core.catalog.exporting.terms import Outward
from storefront.core.catalog.models import Sku

ATTRIBUTES = 3
HEADER = (
    "ID", "Type", "SKU", "GTIN, UPC, EAN, or ISBN", "Name", "Published", "Visibility in catalog", "Short description",
    "Description", "Tax status", "In stock?", "Stock", "Backorders allowed?", "Weight (kg)", "Length (cm)", "Width (cm)",
    "Height (cm)", "Sale price", "Regular price", "Categories", "Images", "Parent", "Position", "Brands",
    *(f"Attribute {n} {part}" for n in range(1, ATTRIBUTES + 1) for part in ("name", "value(s)", "visible", "global")),
)  # fmt: skip


def woocommerce_records(whole: Whole, trees: Trees, out: Outward) -> Iterator[dict[str, Any]]:
    """A simple product, or a variable one with its variations."""
    skus = [sku for sku in whole.skus if sku.active]
    if not skus:
        return
    head = _head(whole, trees, out)
    if len(skus) == 1 and not out.options(skus[0]):
        # Without a SKU it is known by its number, and must stay without one.
        code = "" if head["ID"] else whole.origin or skus[0].code
        yield head | _sale(whole, skus[0], out) | {"Type": "simple", "SKU": code}
        return
    options = [out.options(sku)[:ATTRIBUTES] for sku in skus]
    yield head | {"Type": "variable", **_offered(options)}
    parent = head["SKU"] or f"id:{head['ID']}"
    for position, (sku, chosen) in enumerate(zip(skus, options, strict=True)):
        names = " - ".join([head["Name"], ", ".join(value for _, value in chosen)])
        attributes = {
            key: text
            for n, (name, value) in enumerate(chosen, 1)
            for key, text in ((f"Attribute {n} name", name), (f"Attribute {n} value(s)", _value(value)))
        }
        yield {
            "Type": "variation",
            "SKU": sku.code,
            "Name": names,
            "Published": 1,
            "Visibility in catalog": "visible",
            "Tax status": "taxable",
            "Parent": parent,
            "Position": position,
            "Weight (kg)": _scaled(sku.weight, 1000),
            **_sale(whole, sku, out),
            **attributes,
        }


def _head(whole: Whole, trees: Trees, out: Outward) -> dict[str, Any]:
    text, product = out.text(whole), whole.product
    number = whole.origin.removeprefix("id:") if whole.origin.startswith("id:") else ""
    return {
        "ID": number,
        "SKU": "" if number else whole.origin or product.code,
        "Name": text.name,
        "Published": 1 if product.state == "published" else -1 if product.state == "draft" else 0,
        "Visibility in catalog": "visible",
        "Short description": text.summary,
        "Description": text.body.replace("\n", "\\n"),
        "Tax status": "taxable",
        "Weight (kg)": _scaled(product.weight, 1000),
        "Length (cm)": _scaled(product.length, 10),
        "Width (cm)": _scaled(product.width, 10),
        "Height (cm)": _scaled(product.height, 10),
        "Categories": ", ".join(" > ".join(map(_value, trees.path(each, out.lang))) for each in whole.category_ids),
        "Images": ", ".join(out.picture(picture).replace(",", "%2C") for picture in whole.pictures),
        "Brands": _value(trees.brand(product.brand_id, out.lang)),
        "Position": 0,
    }


def _sale(whole: Whole, sku: Sku, out: Outward) -> dict[str, Any]:
    item = whole.stock.get(sku.id)
    counted = item is None or item.tracked
    on_hand = item.on_hand if item is not None else 0
    reduced = sku.list_price is not None and sku.list_price > sku.price
    return {
        "GTIN, UPC, EAN, or ISBN": sku.barcode,
        "In stock?": 0 if counted and not on_hand else 1,
        "Stock": on_hand if counted else "",
        "Backorders allowed?": 0,
        "Regular price": out.list_price(whole, sku) if reduced else out.price(whole, sku),
        "Sale price": out.price(whole, sku) if reduced else "",
    }


def _offered(options: list[list[tuple[str, str]]]) -> dict[str, Any]:
    """All values of each option, as the parent lists them."""
    found: dict[str, Any] = {}
    for n in range(max(map(len, options))):
        name = next(chosen[n][0] for chosen in options if len(chosen) > n)
        values = dict.fromkeys(_value(chosen[n][1]) for chosen in options if len(chosen) > n)
        found |= {
            f"Attribute {n + 1} name": name,
            f"Attribute {n + 1} value(s)": ", ".join(values),
            f"Attribute {n + 1} visible": 1,
            f"Attribute {n + 1} global": 0,
        }
    return found


def _value(text: str) -> str:
    return text.replace(",", "\\,")


def _scaled(amount: int | None, factor: int) -> str:
    return "" if amount is None else f"{(Decimal(amount) / factor).normalize():f}"
