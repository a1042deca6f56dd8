"""What the verbs of the catalogue are given: plain frozen values. Money: minor units of the base currency."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class TextData:
    """A product's texts in one language. ``body`` may be any HTML: what is kept is sanitised."""

    name: str
    summary: str = ""
    body: str = ""
    contents: str = ""
    ingredients: str = ""
    notes: str = ""
    seo_title: str = ""
    seo_description: str = ""


@dataclass(frozen=True, slots=True)
class PictureData:
    """``file``: name under the media folder; "" for a picture of which only ``source_url`` is known. ``picture_id``:
    its original, where there is one. ``tint`` 0: the one nearest to the picture's colours."""

    file: str = ""
    source_url: str = ""
    width: int = 0
    height: int = 0
    tint: int = 0
    picture_id: int | None = None
    alt: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SkuData:
    """``sku_id``: which variant of the product this is; ``None``: the one with this code, or a new one. ``options``:
    ``{"name": {lang: text}, "value": {lang: text}}`` each. ``prices``: its own price and list price in further
    currencies, in their minor units; ``None`` keeps those it has."""

    code: str
    price: int
    list_price: int | None = None
    barcode: str = ""
    weight: int | None = None
    mode: str = "stock"
    release: str = ""
    options: tuple[Mapping[str, Mapping[str, str]], ...] = ()
    active: bool = True
    sku_id: int | None = None
    prices: Mapping[str, tuple[int, int | None]] | None = None


@dataclass(frozen=True, slots=True)
class ProductData:
    """A whole product. ``texts``: languages that are not named keep what they have; so do ``category_ids`` and
    ``pictures`` when ``None``. ``facts``: further columns of ``Product`` by name; others keep what they have. Variants
    that are not in ``skus`` are taken out of sale, never deleted: orders hold them."""

    code: str
    slug: str
    texts: Mapping[str, TextData]
    skus: tuple[SkuData, ...]
    state: str = "published"
    category_ids: tuple[int, ...] | None = None
    pictures: tuple[PictureData, ...] | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    created_at: datetime | None = None


class Change(NamedTuple):
    """One field that became another. ``where``: ``text.<lang>``, ``sku.<code>``, ``brand.<slug>``…; "" for the product
    itself. A variant or language that is new has one change whose ``field`` is "" and whose ``old`` is ``None``."""

    where: str
    field: str
    old: Any
    new: Any

    @property
    def part(self) -> str:
        """The part of the product that changed, as the audit log names it."""
        return self.where or self.field


class Wanted(NamedTuple):
    """A product as it shall be. ``product_id``: which one; ``None``: the one with its code, or a new one."""

    data: ProductData
    product_id: int | None = None


class Saved(NamedTuple):
    """``outcome``: created, updated, unchanged. ``sku_ids`` in the order of the data; ``new_skus`` of those, the new.
    ``changes``: what an update changed."""

    product_id: int
    outcome: str
    sku_ids: tuple[int, ...]
    new_skus: frozenset[int]
    changes: tuple[Change, ...] = ()
