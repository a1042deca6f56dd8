"""Goods: products with texts, variants, prices, stock, pictures, categories and search documents, by seed."""

from datetime import datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from sqlalchemy import Engine, func, select

from storefront.core.catalog.models import (
    Product,
    ProductCategory,
    ProductPicture,
    ProductText,
    Sku,
    SkuPrice,
)
from storefront.core.catalog.structure import write_brand, write_category
from storefront.core.db import session, unit_of_work
from storefront.core.settings.service import touch
from storefront.core.stock.models import StockItem, StockMovement
from storefront.core.values.language import LANGUAGES
from storefront.jobs.search import index_all_products, settle
from tools.bench.bulk import Bulk, as_json, loading, stamp
from tools.bench.words import Word, name_of, prose, vocabulary

ACTOR = "generator"
SOURCE = "generated"
YEARS = 3
MODELS = (Product, ProductText, ProductCategory, ProductPicture, Sku, SkuPrice, StockItem, StockMovement)
RESTRICTIONS = ("food", "blade", "lithium_in_device", "flammable", "magnet", "no_international")
WAITING_MODES = ("back_order", "pre_order", "provisional", "tentative", "closed")


class Picture(NamedTuple):
    file: str
    width: int
    height: int


class Shelf(NamedTuple):
    """Where a product stands: its group's and its kind's category, and what the kind is called."""

    group_id: int
    kind_id: int
    kind: Word


def write_products(engine: Engine, total: int, seed: int, until: datetime) -> int:
    """Fill the shop of ``engine`` (core's current session is on it too) with products until it has ``total``; how many
    were written. The same seed, moment and shop give the same rows."""
    count = total - int(session.scalar(select(func.count()).select_from(Product)) or 0)
    pictures = tuple(
        Picture(*row)
        for row in session.execute(
            select(ProductPicture.file, ProductPicture.width, ProductPicture.height)
            .where(ProductPicture.file != "")
            .distinct()
            .order_by(ProductPicture.file)
        )
    )
    session.rollback()
    if count <= 0:
        return 0
    shelves, brands = _structure()
    with loading(engine, MODELS) as bulk:
        goods = _Goods(bulk, Random(seed), shelves, brands, pictures, until)
        for i in range(count):
            goods.add(i / count)
    with unit_of_work():
        touch()
    index_all_products()
    settle()
    return count


def _structure() -> tuple[list[Shelf], list[tuple[int, Word]]]:
    """The category tree of 20 groups of 5 kinds, and the makers, by the shop's own verbs."""
    shelves = []
    with unit_of_work():
        for g, group in enumerate(vocabulary().groups, start=1):
            group_id, _ = write_category(f"g{g:02d}", _texts(group.word), ACTOR, position=100 + g)
            for k, kind in enumerate(group.kinds, start=1):
                slug = f"g{g:02d}-{kind.en.replace(' ', '-')}"
                kind_id, _ = write_category(slug, _texts(kind), ACTOR, parent_id=group_id, position=k)
                shelves.append(Shelf(group_id, kind_id, kind))
        brands = [(write_brand(w.en.lower(), _texts(w), ACTOR)[0], w) for w in vocabulary().brands]
    return shelves, brands


def _texts(word: Word) -> dict[str, tuple[str, str]]:
    return {lang: (text, "") for lang, text in word.by_language().items()}


class _Goods:
    """Adds one product after the other. ``add`` draws every random number in one fixed order."""

    def __init__(
        self,
        bulk: Bulk,
        rnd: Random,
        shelves: list[Shelf],
        brands: list[tuple[int, Word]],
        pictures: tuple[Picture, ...],
        until: datetime,
    ) -> None:
        self.rnd, self.shelves, self.brands, self.pictures = rnd, shelves, brands, pictures
        self.until = int(until.timestamp())
        self.begin = int((until - timedelta(days=365 * YEARS)).timestamp())
        self.release = (until + timedelta(days=90)).strftime("%Y-%m")
        self.product_id, self.sku_id = bulk.next_id(Product), bulk.next_id(Sku)
        self.product = bulk.rows(
            Product, "id", "code", "slug", "state", "brand_id", "origin", "hs_code", "tax_class", "weight", "release",
            "restrictions", "purchase_limit", "popularity", "source", "created_at", "updated_at",
        )  # fmt: skip
        self.text = bulk.rows(ProductText, "product_id", "locale", "name", "summary", "body", "contents")
        self.category = bulk.rows(ProductCategory, "product_id", "category_id", "position")
        self.picture = bulk.rows(ProductPicture, "product_id", "position", "file", "width", "height", "tint", "alt")
        self.sku = bulk.rows(
            Sku, "id", "product_id", "code", "barcode", "position", "price", "list_price", "weight", "mode", "options"
        )
        self.sku_price = bulk.rows(SkuPrice, "sku_id", "currency", "price")
        self.stock = bulk.rows(StockItem, "sku_id", "tracked", "on_hand", "slots")
        self.movement = bulk.rows(StockMovement, "sku_id", "kind", "quantity", "reason", "actor", "created_at")

    def add(self, age: float) -> None:
        """``age``: 0 for the oldest product, towards 1 for the newest."""
        rnd, product_id = self.rnd, self.product_id
        self.product_id += 1
        shelf = self.shelves[int(rnd.random() * len(self.shelves))]
        brand_id, maker = self.brands[int(rnd.random() ** 2 * len(self.brands))]
        name, summary = name_of(rnd, shelf.kind, product_id), prose(rnd, 1, 3)
        created = self.begin + int(age * (self.until - self.begin))
        code = f"{maker.en[:3].upper()}-{product_id:07d}"
        self._product(product_id, code, shelf, brand_id, created)
        languages = self._languages()
        body, contents = prose(rnd, 0, 30 if rnd.random() < 0.03 else 5), prose(rnd, 0, 1)
        for i, lang in enumerate(LANGUAGES):
            if lang in languages:
                html = f"<p>{body[i]}</p>" if body[i] else ""
                self.text(product_id, lang, name[i], summary[i], html, contents[i])
        self.category(product_id, shelf.group_id, 0)
        self.category(product_id, shelf.kind_id, 1)
        self._pictures(product_id, name)
        self._variants(product_id, code, created)

    def _product(self, product_id: int, code: str, shelf: Shelf, brand_id: int, created: int) -> None:
        rnd = self.rnd
        draw = rnd.random()
        state = "published" if draw < 0.96 else "draft" if draw < 0.98 else "withdrawn"
        slug = f"{shelf.kind.en.replace(' ', '-')}-{product_id}"
        restrictions = [RESTRICTIONS[int(rnd.random() * 6)]] if rnd.random() < 0.1 else []
        weight = None if rnd.random() < 0.05 else 20 + int(rnd.random() ** 3 * 6000)
        limit = 3 if rnd.random() < 0.02 else None
        popularity = min(int(rnd.paretovariate(0.9)) - 1, 1_000_000)
        origin = "JP" if rnd.random() < 0.8 else "TW"
        self.product(
            product_id, code, slug, state, brand_id, origin, f"{4000 + product_id % 5000}.{product_id % 90 + 10}",
            "reduced" if "food" in restrictions else "standard", weight, "", as_json(restrictions), limit, popularity,
            SOURCE, stamp(created), stamp(created),
        )  # fmt: skip

    def _languages(self) -> tuple[str, ...]:
        """Most products are translated whole; some stand in two languages, a few in one."""
        draw = self.rnd.random()
        return LANGUAGES if draw < 0.87 else ("en", "ja") if draw < 0.97 else ("ja",)

    def _pictures(self, product_id: int, name: Word) -> None:
        if not self.pictures:
            return
        alt = as_json(name.by_language())
        for position in range(1 + int(self.rnd.random() * 3)):
            picture = self.pictures[int(self.rnd.random() * len(self.pictures))]
            self.picture(product_id, position, *picture, 1 + (product_id + position) % 8, alt)

    def _variants(self, product_id: int, code: str, created: int) -> None:
        """Write the variants with their stock."""
        rnd, words = self.rnd, vocabulary()
        count = 2 + int(rnd.random() * 2) if rnd.random() < 1 / 3 else 1
        by_size = rnd.random() < 0.5
        option, values = (words.size, words.sizes) if by_size else (words.colour, words.colours)
        base = 10 * round(min(30 + rnd.lognormvariate(5.2, 1.1), 9000))
        for position in range(count):
            sku_id = self.sku_id
            self.sku_id += 1
            value = values[position % len(values)]
            price = base + (position * base // 20 * 10 if by_size else 0)
            options = [{"name": option.by_language(), "value": value.by_language()}] if count > 1 else []
            sku_code = f"{code}-{position + 1}" if count > 1 else code
            barcode = ean(2_000_000_000_00 + sku_id) if rnd.random() < 0.9 else ""
            list_price = price * 5 // 4 if rnd.random() < 0.12 else None
            mode = "stock" if rnd.random() < 0.9 else WAITING_MODES[int(rnd.random() * 5)]
            self.sku(
                sku_id, product_id, sku_code, barcode, position, price, list_price, None, mode, as_json(options)
            )  # fmt: skip
            if rnd.random() < 0.03:
                self.sku_price(sku_id, "USD", price * 7 // 10 // 5 * 5 + 5)
            self._stock(sku_id, mode, created)

    def _stock(self, sku_id: int, mode: str, created: int) -> None:
        rnd = self.rnd
        tracked, draw = rnd.random() < 0.92, rnd.random()
        on_hand = 0 if draw < 0.08 or mode != "stock" else 1 + int(rnd.random() * (5 if draw < 0.2 else 120))
        slots = 20 + int(rnd.random() * 80) if mode == "pre_order" and draw < 0.7 else None
        self.stock(sku_id, tracked, on_hand if tracked else 0, slots)
        if tracked and on_hand:
            self.movement(sku_id, "received", on_hand, "first stock", ACTOR, stamp(created))


def ean(number: int) -> str:
    """``number`` (12 digits) with its check digit."""
    digits = f"{number:012d}"
    total = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits))
    return f"{digits}{-total % 10}"


def sellable(limit: int) -> list[Any]:
    """Code and id of SKUs anybody can buy any number of and send anywhere: published, uncounted, weighed, without
    restriction or limit; the first ``limit`` by id."""
    # JSON lists are compared as text: the two databases have no operator in common.
    rows = session.execute(
        select(Sku.code, Sku.id, Product.slug, Product.restrictions)
        .join(Product, Product.id == Sku.product_id)
        .join(StockItem, StockItem.sku_id == Sku.id)
        .where(Product.state == "published", Product.source == SOURCE, Sku.mode == "stock", Sku.active)
        .where(~StockItem.tracked, Product.purchase_limit.is_(None), Product.weight < 1000, Sku.price < 20_000)
        .order_by(Sku.id)
        .limit(limit * 4)
    ).all()
    return [row for row in rows if not row.restrictions][:limit]
