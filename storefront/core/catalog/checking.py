"""Whether a product can be kept as it is described: said before anything is written."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import String

from storefront.core.catalog.data import ProductData, SkuData
from storefront.core.catalog.errors import BadProduct
from storefront.core.catalog.models import Product, ProductText, Sku
from storefront.core.i18n.translate import N_
from storefront.core.values.customs import is_hs_code, is_latin, is_vague
from storefront.core.values.language import LANGUAGES
from storefront.core.values.types import Restriction, SaleMode

# Prices, weights and counts are 32-bit columns on PostgreSQL.
MAX_PRICE = 2_000_000_000
MAX_WEIGHT = 10_000_000
MAX_SKUS = 2_000
STATES = ("draft", "published", "withdrawn")
FACTS = frozenset(
    {
        "brand_id", "origin", "hs_code", "customs_description", "tax_class", "weight", "length", "width", "height",
        "release", "restrictions", "alcohol_percent", "not_returnable", "purchase_limit", "limit_counts_shipped",
        "condition_item", "condition_box", "popularity", "source",
    }
)  # fmt: skip
_RESTRICTIONS = frozenset(Restriction)
_MODES = frozenset(SaleMode)
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
_RELEASE = re.compile(r"(\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?\Z")


def is_slug(text: str) -> bool:
    """Whether this can stand in an address."""
    return bool(_SLUG.match(text))


def check_product(data: ProductData) -> None:
    """Raise ``BadProduct`` with the sentence that says what cannot be kept."""
    if not data.code or not _SLUG.match(data.slug):
        raise BadProduct(
            N_("“%(slug)s” is no address for a product: use a-z, 0-9 and hyphens."),
            "slug" if data.code else "code",
            slug=data.slug,
        )
    if data.state not in STATES:
        raise BadProduct(N_("A product is draft, published or withdrawn, not “%(state)s”."), state=data.state)
    if not any(text.name.strip() for text in data.texts.values()):
        raise BadProduct(N_("Product %(code)s has no name in any language."), "name", code=data.code)
    for lang, text in data.texts.items():
        if lang not in LANGUAGES:
            raise BadProduct(N_("“%(lang)s” is not a language of the shop."), lang=lang)
        check_lengths(ProductText, {"name": text.name, "seo_title": text.seo_title})
    unknown = set(data.facts) - FACTS
    if unknown:
        raise ValueError(f"no such facts of a product: {', '.join(sorted(unknown))}")
    check_lengths(Product, {**data.facts, "code": data.code, "slug": data.slug})
    _check_facts(data.facts)
    if len(data.skus) > MAX_SKUS:
        raise BadProduct(N_("A product can have %(count)d variants at most."), count=MAX_SKUS)
    for number, sku in enumerate(data.skus):
        _check_sku(sku, f"skus.{number}")


def check_lengths(model: Any, values: Mapping[str, Any], where: str = "") -> None:
    """Raise ``BadProduct`` for a text that is longer than its column (SQLite would take it, PostgreSQL would not)."""
    for name, value in values.items():
        kind = model.__table__.c[name].type
        if isinstance(kind, String) and kind.length and isinstance(value, str) and len(value) > kind.length:
            raise BadProduct(
                N_("“%(text)s…” is too long for %(field)s: at most %(limit)d characters."),
                where + name,
                text=value[:30],
                field=name,
                limit=kind.length,
            )


def _check_facts(facts: Mapping[str, Any]) -> None:
    strange = set(facts.get("restrictions") or ()) - _RESTRICTIONS
    if strange:
        raise BadProduct(N_("There is no restriction class “%(name)s”."), "restrictions", name=sorted(strange)[0])
    _check_release(facts.get("release") or "", "release")
    check_weight(facts.get("weight"), "weight")
    check_customs(facts.get("customs_description") or "", facts.get("hs_code") or "")


def check_customs(description: str, hs_code: str) -> None:
    """Raise ``BadProduct`` for words that name no goods, letters a label cannot show, and what is no HS code."""
    if description and not is_latin(description):
        raise BadProduct(N_("Customs read English: please describe the goods in Latin letters."), "customs_description")
    if is_vague(description):
        raise BadProduct(
            N_("“%(text)s” is too vague for customs: say what it is, such as “cotton T-shirt”."),
            "customs_description",
            text=description[:40],
        )
    if hs_code and not is_hs_code(hs_code):
        raise BadProduct(N_("An HS code has 4, 6, 8 or 10 digits, such as 0902.10."), "hs_code")


def _check_release(text: str, field_name: str) -> None:
    if not _RELEASE.match(text):
        raise BadProduct(N_("“%(text)s” is no release month: write 2027-01."), field_name, text=text)


def check_weight(weight: int | None, field_name: str = "") -> None:
    if weight is not None and not 0 < weight <= MAX_WEIGHT:
        raise BadProduct(N_("A weight of %(weight)d g is not possible."), field_name, weight=weight)


def _check_sku(sku: SkuData, where: str) -> None:
    if not sku.code.strip():
        raise BadProduct(N_("A variant has no code."), f"{where}.code")
    for name, amount in (("price", sku.price), ("list_price", sku.list_price)):
        if amount is not None and not 0 <= amount <= MAX_PRICE:
            raise BadProduct(N_("The price of %(sku)s is below 0 or too high."), f"{where}.{name}", sku=sku.code)
    if sku.mode not in _MODES:
        raise BadProduct(N_("“%(mode)s” is no sale mode."), f"{where}.mode", mode=sku.mode)
    _check_release(sku.release, f"{where}.release")
    check_weight(sku.weight, f"{where}.weight")
    check_lengths(Sku, {"code": sku.code, "barcode": sku.barcode}, f"{where}.")
