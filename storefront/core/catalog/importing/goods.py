"""A product as a file describes it, whatever kind of file: what all readers make, and the booking takes."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from storefront.core.catalog.data import PictureData
from storefront.core.catalog.importing.report import RefusedRow
from storefront.core.catalog.importing.spool import Spool
from storefront.core.catalog.importing.table import Row
from storefront.core.catalog.markup import clean_text, slugify
from storefront.core.values.types import Problem

MAX_CODE = 80
MAX_SKU = 120
MAX_BARCODE = 20
MAX_URL = 1000
MAX_PICTURES = 100
TINTS = 8


@dataclass(frozen=True, slots=True)
class Terms:
    """How prices and words of the file are to be taken. ``rate``: units of the base currency for one of ``currency``.
    ``tax``: percent to add to prices that are without it, "" where the file's prices hold it. ``pictures_at``: where
    pictures lie that the file knows by name only. ``media``: address of the shop's own pictures."""

    currency: str
    base_currency: str
    rate: str
    lang: str
    tax: str = ""
    pictures_at: str = ""
    media: str = ""


class Place(NamedTuple):
    """A brand or category. ``name``: in the file's language, to make it by; "" = it must be there already."""

    slug: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Variant:
    """``values``: its options, by which other systems' variants are known from one file to the next. ``sku``: as the
    file gives it, "" when it does not. ``said``: fields of ``SkuData`` the file speaks of; others keep what they have.
    ``counted``: whether it speaks of stock; then ``quantity`` pieces, ``None`` = not counted. ``slots`` likewise where
    ``slotted``."""

    row_number: int
    values: tuple[str, ...]
    sku: str
    said: Mapping[str, Any]
    quantity: int | None = None
    counted: bool = True
    slots: int | None = None
    slotted: bool = False


@dataclass(slots=True)
class Goods:
    """``key``: what the other system knows it by. ``code``, ``slugs``: what it shall be called here, the first address
    that is free. ``texts``: by language, the fields of ``TextData`` the file speaks of; ``facts``: columns of
    ``Product``. ``brand``, ``categories`` (paths from the root), ``pictures``: ``None`` = the file does not say."""

    key: str
    row_number: int
    code: str = ""
    slugs: tuple[str, ...] = ()
    state: str | None = "published"
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    variants: list[Variant] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    brand: Place | None = None
    no_brand: bool = False
    categories: list[tuple[Place, ...]] | None = None
    pictures: list[PictureData] | None = None
    created_at: datetime | None = None

    def digest(self) -> str:
        """Of everything the file says but the stock; the same file read in the same way has the same."""
        pictures = None if self.pictures is None else [[p.source_url, dict(p.alt)] for p in self.pictures]
        said = [
            [self.key, self.state, self.texts, self.facts, self.brand, self.categories, pictures],
            [[v.values, v.sku, v.said, v.quantity is None] for v in self.variants],
        ]
        text = json.dumps(said, ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()

    def codes(self) -> tuple[str, ...]:
        """A code for each variant: the file's own, else the product's and options. Two that would be alike are told
        apart by what their options really say, so that the order of the rows does not matter."""
        made = [v.sku or "-".join([slugify(self.code), *map(slugify, v.values)]) for v in self.variants]
        return tuple(
            code if variant.sku or (len(code) <= 110 and made.count(code) == 1) else _marked(code, variant.values)
            for code, variant in zip(made, self.variants, strict=True)
        )

    def tints(self, count: int) -> list[int]:
        first = sum(self.key.encode("utf-8", "replace")) % TINTS
        return [(first + i) % TINTS + 1 for i in range(count)]


def _marked(code: str, values: tuple[str, ...]) -> str:
    mark = hashlib.sha256(json.dumps([code, *values]).encode()).hexdigest()[:8]
    return f"{code[:100].rstrip('-')}-{mark}"


def options_of(names: tuple[str, ...], values: tuple[str, ...], lang: str) -> tuple[dict[str, dict[str, str]], ...]:
    """The variant's options as a SKU keeps them."""
    pairs = zip(names, values, strict=True)
    return tuple({"name": {lang: clean_text(n)}, "value": {lang: clean_text(v)}} for n, v in pairs if v)


@dataclass(slots=True)
class Found:
    """What reading some rows brought: refused rows, and notes on rows that were taken otherwise."""

    refused: list[RefusedRow] = field(default_factory=list)
    notes: list[RefusedRow] = field(default_factory=list)

    def refuse(self, row: Row, key: str, problem: str | Problem) -> None:
        self.refused.append(RefusedRow(row.number, key[:MAX_CODE], _problem(problem, "row")))

    def note(self, row: Row, key: str, problem: str | Problem) -> None:
        self.notes.append(RefusedRow(row.number, key[:MAX_CODE], _problem(problem, "note")))


def _problem(message: str | Problem, code: str) -> Problem:
    return message if isinstance(message, Problem) else Problem(message, code=code)


class Format(Protocol):
    """One kind of file. ``title``: what it is called in a sentence. ``required``: columns without which it is no such
    file; ``known``: those that are read, none of which may stand there twice. ``source``: what the shop remembers its
    products under, "" = they are the shop's own and known by their code. ``taxed``: its prices hold tax. ``lang``: the
    language its texts are in, "" where it does not say."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def required(self) -> tuple[str, ...]: ...
    @property
    def known(self) -> frozenset[str]: ...
    @property
    def taxed(self) -> bool: ...
    @property
    def lang(self) -> str: ...

    def spool(self, spool: Spool, row: Row, cells: list[str], found: Found) -> None:
        """Put a row into the spool with what it belongs to, or refuse it."""

    def read(self, ref: str, rows: list[Row], terms: Terms, spool: Spool, found: Found) -> Goods | None:
        """The product these rows are, or ``None`` with the reason in ``found``."""
