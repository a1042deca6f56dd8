"""What pages say to machines (schema.org as JSON-LD): the same as they show to people.

A block of data is no script: the content security policy lets it be, and nothing in it may end it."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from flask import url_for
from markupsafe import Markup

from storefront.core.catalog.views import ProductPage, SkuView
from storefront.core.i18n.translate import gettext as _
from storefront.core.values.language import html_lang
from storefront.core.values.money import format_major
from storefront.core.values.types import SaleStatus
from storefront.shop.context import current_lang, current_rate, current_shop, extension, localized
from storefront.shop.pictures import preview

Data = dict[str, Any]

AVAILABILITY = {
    SaleStatus.IN_STOCK: "InStock",
    SaleStatus.LOW_STOCK: "InStock",
    SaleStatus.BACK_ORDER: "BackOrder",
    SaleStatus.PRE_ORDER: "PreOrder",
    SaleStatus.PROVISIONAL: "PreOrder",
    SaleStatus.TENTATIVE: "PreOrder",
    SaleStatus.SOLD_OUT: "OutOfStock",
    SaleStatus.PREORDERS_CLOSED: "OutOfStock",
    SaleStatus.CLOSED: "OutOfStock",
    SaleStatus.UNAVAILABLE: "Discontinued",
}
_SCHEMA = "https://schema.org/"
_UNSAFE = {c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}
_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_GTIN = re.compile(r"\d{8}|\d{12,14}")
_TAG = re.compile(r"<[^>]*>")
DESCRIPTION_LENGTH = 300


def json_ld(data: Data) -> Markup:
    """The inside of a ``<script type="application/ld+json">``: no character of it can end the element."""
    packed = _ENCODE({"@context": "https://schema.org", **data})
    for character, escaped in _UNSAFE.items():
        packed = packed.replace(character, escaped)
    return Markup(packed)  # what could be markup was just replaced


def absolute(path: str) -> str:
    return extension().settings.public_url + path


def product_data(product: ProductPage) -> list[Data]:
    """The product with what it is offered at now, and where it stands."""
    path = url_for("catalog.product", slug=product.slug)
    url = absolute(path)
    data: Data = {"@type": "Product", "name": product.name, "url": url, "sku": product.code}
    description = describe(product.seo_description, product.summary, product.body)
    if description:
        data["description"] = description
    pictures = [absolute(preview(picture.file)) for picture in product.pictures if picture.file]
    if pictures:
        data["image"] = pictures
    if product.brand:
        data["brand"] = {"@type": "Brand", "name": product.brand.name}
    if product.release:
        data["releaseDate"] = product.release
    if product.skus:
        data["offers"] = _offers(product, url)
    crumbs = [(item.name, url_for("catalog.category", slug=item.slug)) for item in product.categories[:2]]
    return [data, breadcrumbs([*crumbs, (product.name, path)])]


def _offers(product: ProductPage, url: str) -> Data:
    currency = current_rate().currency
    used = bool(product.condition_item or product.condition_box)

    def offer(sku: SkuView) -> Data:
        found: Data = {
            "@type": "Offer",
            "sku": sku.code,
            "price": format_major(sku.price, currency),
            "priceCurrency": currency,
            "availability": _SCHEMA + AVAILABILITY[sku.status],
            "itemCondition": _SCHEMA + ("UsedCondition" if used else "NewCondition"),
            "url": url if len(product.skus) == 1 else f"{url}?sku={quote(sku.code)}",
        }
        if sku.label:
            found["name"] = sku.label
        if _GTIN.fullmatch(sku.barcode):
            found["gtin"] = sku.barcode
        if AVAILABILITY[sku.status] == "PreOrder" and sku.release:
            found["availabilityStarts"] = sku.release
        return found

    offers = [offer(sku) for sku in product.skus]
    if len(offers) == 1:
        return offers[0]
    prices = [sku.price for sku in product.skus if sku.status.orderable] or [sku.price for sku in product.skus]
    return {
        "@type": "AggregateOffer",
        "lowPrice": format_major(min(prices), currency),
        "highPrice": format_major(max(prices), currency),
        "priceCurrency": currency,
        "offerCount": len(offers),
        "availability": _SCHEMA + AVAILABILITY[product.status],
        "offers": offers,
    }


def breadcrumbs(steps: Iterable[tuple[str, str]]) -> Data:
    """The way from the home page: names and paths, the page itself last."""
    whole = [(_("Home"), url_for("home.home")), *steps]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": absolute(path)}
            for position, (name, path) in enumerate(whole, 1)
        ],
    }


def home_data() -> list[Data]:
    """Who the shop is, and how it is searched."""
    root = absolute("/")
    name, mail = localized(current_shop().policy("shop.name")), current_shop().policy("shop.email")
    shop: Data = {"@type": "Organization", "@id": f"{root}#shop", "name": name, "url": root}
    if mail:
        shop["email"] = mail
    search = absolute(url_for("catalog.products")) + "?q={search_term_string}"
    site: Data = {
        "@type": "WebSite",
        "name": name,
        "url": absolute(url_for("home.home")),
        "inLanguage": html_lang(current_lang()),
        "publisher": {"@id": f"{root}#shop"},
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": search},
            "query-input": "required name=search_term_string",
        },
    }
    return [shop, site]


def describe(*texts: str) -> str:
    """The first of these that says something, as one line of at most ``DESCRIPTION_LENGTH`` characters; HTML becomes
    text."""
    for text in texts:
        words = " ".join(Markup(_TAG.sub(" ", text)).unescape().split())  # leaves as plain text
        if words:
            return words if len(words) <= DESCRIPTION_LENGTH else words[: DESCRIPTION_LENGTH - 1].rstrip() + "…"
    return ""


def list_data(title: str, path: str) -> Sequence[Data]:
    return [breadcrumbs([(title, path)])]
