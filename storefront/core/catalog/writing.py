"""Writing products: compares first, writes only what differs. Inside the caller's unit; does not move the shop's
version (the verbs in ``service`` do, and whoever writes many products does it once)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from sqlalchemy import delete

from storefront.core.audit.service import record_all
from storefront.core.catalog.checking import FACTS, check_product
from storefront.core.catalog.data import Change, PictureData, ProductData, Saved, SkuData, TextData, Wanted
from storefront.core.catalog.errors import CatalogError, ProductNotFound
from storefront.core.catalog.indexing import index_products
from storefront.core.catalog.markup import clean_html, clean_text
from storefront.core.catalog.missing import note_missing
from storefront.core.catalog.models import Product, ProductCategory, ProductPicture, ProductText, Sku, SkuPrice
from storefront.core.catalog.presence import Names, Present, load_present
from storefront.core.db import session, utcnow
from storefront.core.upsert import insert_for_ids, insert_rows

_TEXTS = tuple(f.name for f in fields(TextData))
_PICTURE = tuple(f.name for f in fields(PictureData))
_KEPT_PICTURE = (*_PICTURE, "fetch_problem")
_SKU = tuple(f.name for f in fields(SkuData) if f.name not in ("sku_id", "prices", "options"))


def write_product(data: ProductData, actor: str, product_id: int | None = None) -> Saved:
    """Make the product as ``data`` says: the one with ``product_id``, else the one with its code, else a new one.

    What is the same already is not written: no version, no audit row, no new search document. Raises ``BadProduct``,
    ``SlugTaken``, ``SkuCodeTaken`` before anything is written; ``ProductNotFound`` for an unknown ``product_id``."""
    (saved,) = write_products([Wanted(data, product_id)], actor)
    if isinstance(saved, CatalogError):
        raise saved
    return saved


def write_products(wanted: Sequence[Wanted], actor: str, present: Present | None = None) -> list[Saved | CatalogError]:
    """``write_product`` for many in a fixed number of statements: what became of each, in their order. One that cannot
    be kept is answered by its error and nothing of it is written; the others are. ``present``: these products as
    ``load_present`` read them in this unit, where the caller has them."""
    if present is None:
        ids = [each.product_id for each in wanted if each.product_id is not None]
        present = load_present(ids, [each.data.code for each in wanted if each.product_id is None])
    by_code = {row.code: row for row in present.products.values()}
    names, batch = Names(wanted), _Batch(present)
    answers: list[_Draft | CatalogError] = []
    for number, (data, product_id) in enumerate(wanted, 1):
        try:
            check_product(data)
            row = present.products.get(product_id) if product_id is not None else by_code.get(data.code)
            if row is None and product_id is not None:
                raise ProductNotFound(product_id)
            names.claim(data, row.id if row is not None else -number)
        except CatalogError as error:
            answers.append(error)
        else:
            answers.append(_Draft(data, row))
    drafts = [each for each in answers if isinstance(each, _Draft)]
    if drafts:
        batch.write(drafts)
        _announce(drafts, actor)
    return [each if isinstance(each, CatalogError) else each.saved() for each in answers]


@dataclass(slots=True)
class _Draft:
    """One product on its way. ``row``: what is there of it."""

    data: ProductData
    row: Product | None
    product_id: int = 0
    created: bool = False
    changes: list[Change] = field(default_factory=list)
    sku_ids: list[int] = field(default_factory=list)
    new_skus: set[int] = field(default_factory=set)

    def saved(self) -> Saved:
        outcome = "created" if self.created else "updated" if self.changes else "unchanged"
        changes = () if self.created else tuple(self.changes)
        return Saved(self.product_id, outcome, tuple(self.sku_ids), frozenset(self.new_skus), changes)


def _announce(drafts: Sequence[_Draft], actor: str) -> None:
    written = [each for each in drafts if each.created or each.changes]
    index_products([each.product_id for each in written])
    note_missing(
        "product",
        [each.product_id for each in written if any(change.where.startswith("text.") for change in each.changes)],
    )
    record_all(
        actor,
        "product",
        [
            (
                "product.create" if each.created else "product.update",
                each.product_id,
                {
                    "code": each.data.code,
                    "changed": [] if each.created else sorted({change.part for change in each.changes}),
                },
            )
            for each in written
        ],
    )


class _Batch:
    """Rows to insert are collected and written by one statement a table; rows that are there change in place."""

    def __init__(self, present: Present) -> None:
        self.present = present
        self.texts: list[dict[str, Any]] = []
        self.categories: list[dict[str, Any]] = []
        self.pictures: list[dict[str, Any]] = []
        self.skus: list[tuple[_Draft, int, dict[str, Any]]] = []
        self.emptied: dict[Any, list[int]] = {ProductCategory: [], ProductPicture: []}

    def write(self, drafts: Sequence[_Draft]) -> None:
        self._products(drafts)
        for draft in drafts:
            self._texts(draft)
            self._categories(draft)
            self._pictures(draft)
            self._skus(draft)
        session.flush()
        for model, ids in self.emptied.items():
            if ids:
                session.execute(delete(model).where(model.product_id.in_(ids)))
        for model, rows in (
            (ProductText, self.texts),
            (ProductCategory, self.categories),
            (ProductPicture, self.pictures),
        ):
            insert_rows(model, rows)
        self._insert_skus()
        self._prices(drafts)
        for draft in drafts:
            if draft.row is not None and draft.changes:
                draft.row.version += 1
        session.flush()

    def _products(self, drafts: Sequence[_Draft]) -> None:
        new = [draft for draft in drafts if draft.row is None]
        for draft in drafts:
            if draft.row is not None:
                draft.product_id = draft.row.id
                draft.changes += _set(draft.row, _columns_of(draft.data))
        if not new:
            return
        now = utcnow()
        rows = []
        for draft in new:
            columns = {name: _clean(value) for name, value in _columns_of(draft.data).items()}
            rows.append(_NEW_FACTS | {"created_at": draft.data.created_at or now, "updated_at": now} | columns)
        for draft, product_id in zip(new, insert_for_ids(Product, rows), strict=True):
            draft.product_id, draft.created = product_id, True

    def _texts(self, draft: _Draft) -> None:
        present = self.present.texts.get(draft.product_id, {})
        for lang, text in draft.data.texts.items():
            values = {name: getattr(text, name) for name in _TEXTS} | {"body": clean_html(text.body)}
            row = present.get(lang)
            if row is None:
                words = {name: clean_text(value) for name, value in values.items()}
                self.texts.append({"product_id": draft.product_id, "locale": lang, **words})
                draft.changes.append(Change(f"text.{lang}", "", None, text.name))
            else:
                draft.changes += _set(row, values, f"text.{lang}")

    def _categories(self, draft: _Draft) -> None:
        if draft.data.category_ids is None:
            return
        wanted = list(dict.fromkeys(draft.data.category_ids))
        present = self.present.categories.get(draft.product_id, [])
        if present == wanted:
            return
        if present:
            self.emptied[ProductCategory].append(draft.product_id)
        self.categories += [
            {"product_id": draft.product_id, "category_id": category_id, "position": position}
            for position, category_id in enumerate(wanted)
        ]
        draft.changes.append(Change("", "categories", present, wanted))

    def _pictures(self, draft: _Draft) -> None:
        if draft.data.pictures is None:
            return
        present = self.present.pictures.get(draft.product_id, [])
        # What came from its address since is not sent back to being an address, nor is its problem forgotten.
        by_url = {row.source_url: row for row in present if row.source_url}
        by_file = {row.file: row for row in present if row.file}
        wanted = [
            _picture_values(picture, by_file.get(picture.file) if picture.file else by_url.get(picture.source_url))
            for picture in draft.data.pictures
        ]
        if not any(picture.file for picture in draft.data.pictures):
            # A list of addresses speaks of what is behind them, not of what was handed in here.
            wanted += [_kept(row) for row in present if row.picture_id is not None and not row.source_url]
        before = [_kept(row) for row in present]
        if before == wanted:
            return
        if present:
            self.emptied[ProductPicture].append(draft.product_id)
        self.pictures += [
            {"product_id": draft.product_id, "position": position, **values} for position, values in enumerate(wanted)
        ]
        draft.changes.append(Change("", "pictures", before, wanted))

    def _skus(self, draft: _Draft) -> None:
        present = self.present.skus.get(draft.product_id, [])
        by_id, by_code = {row.id: row for row in present}, {row.code: row for row in present}
        kept = set()
        for position, sku in enumerate(draft.data.skus):
            values = {name: getattr(sku, name) for name in _SKU}
            values |= {"position": position, "options": [dict(option) for option in sku.options]}
            row = by_code.get(sku.code) if sku.sku_id is None else by_id[sku.sku_id]
            if row is None:
                cleaned = {name: _clean(value) for name, value in values.items()}
                self.skus.append((draft, position, {"product_id": draft.product_id, **cleaned}))
                draft.changes.append(Change(f"sku.{sku.code}", "", None, sku.code))
                draft.sku_ids.append(0)
            else:
                draft.changes += _set(row, values, f"sku.{sku.code}")
                draft.sku_ids.append(row.id)
                kept.add(row.id)
        for row in present:
            if row.id not in kept and row.active:
                row.active = False
                draft.changes.append(Change(f"sku.{row.code}", "active", True, False))

    def _insert_skus(self) -> None:
        if not self.skus:
            return
        ids = insert_for_ids(Sku, [row for _, _, row in self.skus])
        for (draft, position, _), sku_id in zip(self.skus, ids, strict=True):
            draft.sku_ids[position] = sku_id
            draft.new_skus.add(sku_id)

    def _prices(self, drafts: Sequence[_Draft]) -> None:
        rows = []
        for draft in drafts:
            for sku, sku_id in zip(draft.data.skus, draft.sku_ids, strict=True):
                if sku.prices is None:
                    continue
                where, present = f"sku.{sku.code}", self.present.prices.get(sku_id, {})
                for currency, (price, list_price) in sku.prices.items():
                    row = present.get(currency)
                    if row is None:
                        values = {"price": price, "list_price": list_price}
                        rows.append({"sku_id": sku_id, "currency": currency, **values})
                        draft.changes.append(Change(where, f"price {currency}", None, price))
                    else:
                        changed = _set(row, {"price": price, "list_price": list_price}, where)
                        draft.changes += [c._replace(field=f"{c.field} {currency}") for c in changed]
                for currency in present.keys() - sku.prices.keys():
                    session.delete(present[currency])
                    draft.changes.append(Change(where, f"price {currency}", present[currency].price, None))
        insert_rows(SkuPrice, rows)


def _kept(row: ProductPicture) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _KEPT_PICTURE}


def _picture_values(picture: PictureData, here: ProductPicture | None) -> dict[str, Any]:
    values = {name: getattr(picture, name) for name in _PICTURE} | {"alt": dict(picture.alt), "fetch_problem": ""}
    if here is None:
        return values
    if picture.file:  # the same file is the same picture, whether or not somebody said which original it is of
        return values | {"picture_id": picture.picture_id or here.picture_id, "fetch_problem": here.fetch_problem}
    own = ("file", "width", "height", "picture_id", "fetch_problem")
    return values | {name: getattr(here, name) for name in own} | {"tint": picture.tint or here.tint}


def _columns_of(data: ProductData) -> dict[str, Any]:
    return {"code": data.code, "slug": data.slug, "state": data.state, **data.facts}


def _default(name: str) -> Any:
    default: Any = Product.__table__.c[name].default
    return default.arg if default is not None else None


# What a new product's columns hold where nothing is said of them.
_NEW_FACTS = {name: [] if name == "restrictions" else _default(name) for name in FACTS}


def _clean(value: Any) -> Any:
    return clean_text(value) if isinstance(value, str) else value


def _set(row: Any, values: Mapping[str, Any], where: str = "") -> list[Change]:
    """Assign what differs, and say what did."""
    changed = []
    for name, value in values.items():
        value = _clean(value)
        old = getattr(row, name)
        if old != value:
            setattr(row, name, value)
            changed.append(Change(where, name, old, value))
    return changed
