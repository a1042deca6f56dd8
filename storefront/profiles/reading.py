"""The files of a profile as the values core's verbs take. Nothing here touches the database.

A profile is a folder: ``profile.toml`` (shop, policies, plugins, currencies, closed destinations, boxes,
announcements, calendar), ``categories.toml``, ``brands.toml``, ``products.toml`` or, of many goods, ``products/<any name>.toml``,
``pages/<slug>.<lang>.html`` (first line: the title in ``<h1>``) and ``pictures/``. Only ``profile.toml`` must be there."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from storefront.core.catalog.data import PictureData, ProductData, SkuData, TextData
from storefront.core.settings.holidays import japanese_holidays
from storefront.core.settings.policies import DEFAULTS
from storefront.core.values.boxes import Box
from storefront.core.values.language import LANGUAGES
from storefront.core.values.types import Dimensions

FOLDER = Path(__file__).parent
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}\Z")
_TITLE = re.compile(r"<h1>(.+?)</h1>\s*\n?")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_POLICIES = {
    "billing_mode": "checkout.billing_mode",
    "hold_minutes": "checkout.hold_minutes",
    "payment_days": "payment.days",
    "max_quantity": "cart.max_quantity",
    "low_stock": "stock.low",
    "guest_coupons": "guest.coupons",
    "coupon_with_points": "coupon_with_points",
    "combine_orders": "combine.orders",
    "number_prefix": "orders.number_prefix",
    "free_shipping": "shipping.free",
    "packaging_weight": "shipping.packaging_weight",
    "lead_days": "shipping.lead_days",
    "split": "shipping.split",
    "unmeasured": "shipping.unmeasured",
    "move_to": "shipping.move_to",
}
# Pages that help to buy; all others are about the shop.
SHOPPING_PAGES = frozenset({"guide", "payment-and-shipping", "faq", "returns", "points", "coupons"})
PAGE_ORDER = ("guide", "payment-and-shipping", "faq", "about", "terms", "privacy", "legal-notice")
# Facts of a product that are called as in the profile.
_SAME_NAME = (
    "origin", "hs_code", "tax_class", "weight", "restrictions", "alcohol_percent", "not_returnable", "purchase_limit",
    "limit_counts_shipped", "popularity",
)  # fmt: skip


class UnknownProfile(ValueError):
    def __init__(self, name: str) -> None:
        super().__init__(f"There is no profile {name[:40]!r}. There are: {', '.join(profile_names())}.")


class BadProfile(ValueError):
    """A profile's file says something the shop does not know."""


@dataclass(frozen=True, slots=True)
class PageData:
    slug: str
    menu: str
    texts: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Stock:
    """What lies on the shelf at first. ``tracked`` false: not counted. ``slots``: of an incoming delivery."""

    tracked: bool
    on_hand: int
    slots: int | None


def profile_names() -> tuple[str, ...]:
    """The profiles that are installed."""
    return tuple(sorted(path.parent.name for path in FOLDER.glob("*/profile.toml")))


def profile_folder(name: str) -> Path:
    """Raises ``UnknownProfile``."""
    if not _NAME.match(name) or name not in profile_names():
        raise UnknownProfile(name)
    return FOLDER / name


def read_toml(folder: Path, name: str) -> dict[str, Any]:
    """A file of the profile; empty when it has none of this name."""
    path = folder / name
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise BadProfile(f"{path.name}: {error}") from None


def products_of(folder: Path) -> list[dict[str, Any]]:
    """The goods of the profile: of ``products.toml``, then of the files in ``products/`` by their names."""
    names = ["products.toml", *(f"products/{path.name}" for path in sorted((folder / "products").glob("*.toml")))]
    return [entry for name in names for entry in read_toml(folder, name).get("product", ())]


def policies_of(shop: Mapping[str, Any]) -> dict[str, Any]:
    """The profile's policies by the keys of ``core/settings/policies``."""
    found = {f"shop.{key}": value for key, value in shop.get("shop", {}).items()}
    for key, value in shop.get("policies", {}).items():
        found[_POLICIES.get(key, key)] = value
    found |= _calendar(shop.get("calendar", {}))
    unknown = sorted(set(found) - set(DEFAULTS))
    if unknown:
        raise BadProfile(f"profile.toml: the shop has no policy {', '.join(unknown)}.")
    return found


def _calendar(calendar: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "weekly_off" in calendar:
        found["calendar.weekly_off"] = sorted(
            day if isinstance(day, int) else _WEEKDAYS.index(day) for day in calendar["weekly_off"]
        )
    closed = set(calendar.get("closed_days", ()))
    holidays = calendar.get("holidays", "JP")
    if not isinstance(holidays, str):
        days = [date.fromisoformat(day) for day in holidays]
        # A list of the days the shop can compute by itself says "these, and those of the years to come".
        of_japan = bool(days) and all(day in japanese_holidays(day.year) for day in days)
        closed |= set() if of_japan else set(holidays)
        holidays = "JP" if of_japan else ""
    found["calendar.holidays"] = holidays
    found["calendar.closed_days"] = sorted(closed)
    return found


def instant(text: str | datetime | None) -> datetime | None:
    """An instant from its text with a time zone."""
    if text is None:
        return None
    value = text if isinstance(text, datetime) else datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise BadProfile(f"{text}: an instant needs a time zone.")
    return value.astimezone(UTC)


def box_of(entry: Mapping[str, Any]) -> Box:
    """A ``[[box]]``: ``inner`` and ``outer`` as [length, width, height] in millimetres, ``weight`` and ``most`` in grams."""
    return Box(
        entry["name"], Dimensions(*entry["inner"]), Dimensions(*entry["outer"]), entry["weight"], entry.get("most")
    )


def names_of(entry: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Name and description of a category or brand, by language."""
    return {lang: (text["name"], text.get("description", "")) for lang, text in entry["text"].items()}


def pages_of(folder: Path) -> list[PageData]:
    """The owner's pages, in the order of the menu."""
    texts: dict[str, dict[str, tuple[str, str]]] = {}
    for path in sorted((folder / "pages").glob("*.html")):
        slug, _, lang = path.stem.rpartition(".")
        content = path.read_text("utf-8")
        title = _TITLE.match(content)
        if not slug or lang not in LANGUAGES or title is None:
            raise BadProfile(f"pages/{path.name}: called <slug>.<language>.html, with the title in <h1> first.")
        texts.setdefault(slug, {})[lang] = (title[1], content[title.end() :])
    order = sorted(texts, key=lambda slug: (PAGE_ORDER.index(slug) if slug in PAGE_ORDER else 99, slug))
    return [PageData(s, "shopping" if s in SHOPPING_PAGES else "shop", texts[s]) for s in order]


def product_of(
    entry: Mapping[str, Any],
    pictures: Iterable[PictureData],
    brands: Mapping[str, int],
    categories: Mapping[str, int],
) -> ProductData:
    """A ``[[product]]`` as the catalogue takes it."""
    skus = entry["sku"]
    facts = {name: entry[name] for name in _SAME_NAME if name in entry}
    length, width, height = entry.get("size", (None, None, None))
    facts |= {
        "brand_id": brands[entry["brand"]] if "brand" in entry else None,
        "customs_description": entry.get("customs", ""),
        "length": length,
        "width": width,
        "height": height,
        "release": entry.get("release") or skus[0].get("release", ""),
        "condition_item": skus[0].get("condition_item", ""),
        "condition_box": skus[0].get("condition_box", ""),
        "source": "profile",
    }
    return ProductData(
        code=entry["code"],
        slug=entry["slug"],
        texts={lang: TextData(**text) for lang, text in entry["text"].items()},
        skus=tuple(_sku(sku, entry.get("option", {})) for sku in skus),
        category_ids=tuple(categories[slug] for slug in entry.get("categories", ())),
        pictures=tuple(pictures),
        facts=facts,
        created_at=_day(entry["created"]) if "created" in entry else None,
    )


def _day(text: str | date) -> datetime:
    return datetime.fromisoformat(str(text)).replace(tzinfo=UTC)


def _sku(sku: Mapping[str, Any], option: Mapping[str, str]) -> SkuData:
    return SkuData(
        code=sku["code"],
        price=sku["price"],
        list_price=sku.get("list_price"),
        barcode=sku.get("barcode", ""),
        weight=sku.get("weight"),
        mode=sku.get("mode", "stock"),
        release=sku.get("release", ""),
        options=({"name": dict(option), "value": dict(sku["option"])},) if "option" in sku else (),
    )


def stock_of_sku(sku: Mapping[str, Any]) -> Stock:
    return Stock(sku.get("tracked", True), sku.get("on_hand", 0), sku.get("slots"))
