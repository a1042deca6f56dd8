"""Products as a Shopify product CSV, which Shopify imports and this shop takes back as unchanged."""

from collections.abc import Iterator
from typing import Any

from storefront.core.catalog.exporting.reading import Trees, Whole
from storefront.core.catalog.exporting.terms import Outward
from storefront.core.catalog.models import Sku

HEADER = (
    "Handle", "Title", "Body (HTML)", "Vendor", "Type", "Published", "Option1 Name", "Option1 Value", "Option2 Name",
    "Option2 Value", "Option3 Name", "Option3 Value", "Variant SKU", "Variant Grams", "Variant Inventory Tracker",
    "Variant Inventory Qty", "Variant Inventory Policy", "Variant Fulfillment Service", "Variant Price",
    "Variant Compare At Price", "Variant Requires Shipping", "Variant Taxable", "Variant Barcode", "Image Src",
    "Image Position", "Image Alt Text", "Gift Card", "SEO Title", "SEO Description", "Variant Weight Unit", "Status",
)  # fmt: skip
MAX_OPTIONS = 3


def shopify_records(whole: Whole, trees: Trees, out: Outward) -> Iterator[dict[str, Any]]:
    """A row for each variant on sale, with a picture beside it as long as there are any; then the other pictures."""
    skus = [sku for sku in whole.skus if sku.active]
    if not skus:
        return
    handle = whole.origin or whole.product.slug
    pictures = [(out.picture(p), p.alt.get(out.lang, "")) for p in whole.pictures]
    rows = [{"Handle": handle, **_variant(whole, sku, out, n)} for n, sku in enumerate(skus)]
    rows[0] |= _head(whole, trees, out)
    for n, (url, alt) in enumerate(pictures):
        if n == len(rows):
            rows.append({"Handle": handle})
        rows[n] |= {"Image Src": url, "Image Position": n + 1, "Image Alt Text": alt}
    yield from rows


def _head(whole: Whole, trees: Trees, out: Outward) -> dict[str, Any]:
    text = out.text(whole)
    shown = whole.product.state == "published"
    # The category it was put into last is the one its type made; those of the owner come before.
    path = trees.path(whole.category_ids[-1], out.lang) if whole.category_ids else []
    return {
        "Title": text.name,
        "Body (HTML)": text.body,
        "Vendor": trees.brand(whole.product.brand_id, out.lang),
        "Type": path[-1] if path else "",
        "Published": "true" if shown else "false",
        "Gift Card": "false",
        "SEO Title": text.seo_title,
        "SEO Description": text.seo_description,
        "Status": "active" if shown else "draft" if whole.product.state == "draft" else "archived",
    }


def _variant(whole: Whole, sku: Sku, out: Outward, number: int) -> dict[str, Any]:
    item = whole.stock.get(sku.id)
    counted = item is None or item.tracked
    weight = sku.weight or whole.product.weight
    found: dict[str, Any] = {
        "Variant SKU": sku.code,
        "Variant Grams": weight or 0,
        "Variant Inventory Tracker": "shopify" if counted else "",
        "Variant Inventory Qty": (item.on_hand if item is not None else 0) if counted else "",
        "Variant Inventory Policy": "deny",
        "Variant Fulfillment Service": "manual",
        "Variant Price": out.price(whole, sku),
        "Variant Compare At Price": out.list_price(whole, sku),
        "Variant Requires Shipping": "true",
        "Variant Taxable": "true",
        "Variant Barcode": sku.barcode,
        "Variant Weight Unit": "g",
    }
    options = out.options(sku)[:MAX_OPTIONS] or [("Title", "Default Title")]
    for n, (name, value) in enumerate(options, 1):
        found[f"Option{n} Value"] = value
        if number == 0:
            found[f"Option{n} Name"] = name
    return found
