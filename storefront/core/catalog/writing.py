"""Writing products: compares first, writes only what differs. Inside the caller's unit; does not move the shop's
version (the verbs in ``service`` do, and whoever writes many products does it once)."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, or_, select

from storefront.core.audit.service import record
from storefront.core.catalog.checking import check_product
from storefront.core.catalog.data import PictureData, ProductData, Saved, SkuData, TextData
from storefront.core.catalog.errors import ProductNotFound, SkuCodeTaken, SlugTaken
from storefront.core.catalog.indexing import index_product
from storefront.core.catalog.markup import clean_html, clean_text
from storefront.core.catalog.models import Product, ProductCategory, ProductPicture, ProductText, Sku
from storefront.core.db import lock_for_update, session


def write_product(data: ProductData, actor: str, product_id: int | None = None) -> Saved:
    """Make the product as ``data`` says: the one with ``product_id``, else the one with its code, else a new one.

    What is the same already is not written: no version, no audit row, no new search document. Raises ``BadProduct``,
    ``SlugTaken``, ``SkuCodeTaken`` before anything is written; ``ProductNotFound`` for an unknown ``product_id``."""
    check_product(data)
    product = _find(data, product_id)
    _check_taken(data, product)
    created = product is None
    changed: list[str] = []
    if product is None:
        product = Product(code=data.code, slug=data.slug, state=data.state)
        if data.created_at is not None:
            product.created_at = data.created_at
        session.add(product)
    changed += _set(product, {"code": data.code, "slug": data.slug, "state": data.state, **data.facts})
    session.flush()
    changed += _write_texts(product.id, data.texts)
    if data.category_ids is not None:
        changed += _write_categories(product.id, data.category_ids)
    if data.pictures is not None:
        changed += _write_pictures(product.id, data.pictures)
    sku_ids, new_skus, sku_changes = _write_skus(product.id, data.skus)
    changed += sku_changes
    if created or changed:
        if not created:
            product.version += 1
        session.flush()
        index_product(product.id)
        act = "product.create" if created else "product.update"
        record(actor, act, ("product", product.id), code=data.code, changed=[] if created else sorted(set(changed)))
    outcome = "created" if created else "updated" if changed else "unchanged"
    return Saved(product.id, outcome, sku_ids, new_skus)


def _find(data: ProductData, product_id: int | None) -> Product | None:
    wanted = Product.code == data.code if product_id is None else Product.id == product_id
    product = session.scalars(lock_for_update(select(Product).where(wanted))).first()
    if product is None and product_id is not None:
        raise ProductNotFound(product_id)
    return product


def _check_taken(data: ProductData, product: Product | None) -> None:
    own = product.id if product is not None else 0
    other = session.execute(
        select(Product.slug, Product.code)
        .where(or_(Product.slug == data.slug, Product.code == data.code), Product.id != own)
        .limit(1)
    ).first()
    if other is not None:
        raise SlugTaken(other.slug, other.code)
    taken = session.execute(
        select(Sku.code, Product.code.label("product_code"))
        .join(Product, Product.id == Sku.product_id)
        .where(Sku.code.in_([sku.code for sku in data.skus]), Sku.product_id != own)
        .order_by(Sku.id)
        .limit(1)
    ).first()
    if taken is not None:
        raise SkuCodeTaken(taken.code, taken.product_code)
    codes = [sku.code for sku in data.skus]
    twice = next((code for i, code in enumerate(codes) if code in codes[:i]), None)
    if twice is not None:
        raise SkuCodeTaken(twice, data.code)


def _set(row: Any, values: Mapping[str, Any]) -> list[str]:
    """Assign what differs; the names of what did."""
    changed = []
    for name, value in values.items():
        value = clean_text(value) if isinstance(value, str) else value
        if getattr(row, name) != value:
            setattr(row, name, value)
            changed.append(name)
    return changed


def _write_texts(product_id: int, texts: Mapping[str, TextData]) -> list[str]:
    present = {
        row.locale: row for row in session.scalars(select(ProductText).where(ProductText.product_id == product_id))
    }
    changed = []
    for lang, text in texts.items():
        values = asdict(text) | {"body": clean_html(text.body)}
        row = present.get(lang)
        if row is None:
            values = {name: clean_text(value) for name, value in values.items()}
            session.add(ProductText(product_id=product_id, locale=lang, **values))
            changed.append(f"text.{lang}")
        elif _set(row, values):
            changed.append(f"text.{lang}")
    return changed


def _write_categories(product_id: int, category_ids: Iterable[int]) -> list[str]:
    wanted = list(dict.fromkeys(category_ids))
    present = session.scalars(
        select(ProductCategory.category_id)
        .where(ProductCategory.product_id == product_id)
        .order_by(ProductCategory.position, ProductCategory.category_id)
    ).all()
    if list(present) == wanted:
        return []
    session.execute(delete(ProductCategory).where(ProductCategory.product_id == product_id))
    for position, category_id in enumerate(wanted):
        session.add(ProductCategory(product_id=product_id, category_id=category_id, position=position))
    return ["categories"]


def _write_pictures(product_id: int, pictures: Iterable[PictureData]) -> list[str]:
    present = session.scalars(
        select(ProductPicture).where(ProductPicture.product_id == product_id).order_by(ProductPicture.position)
    ).all()
    given = list(pictures)
    # What came from its address since is not sent back to being an address, nor is its problem forgotten.
    known = {row.source_url: row for row in present if row.source_url}
    wanted = [_picture_values(picture, known.get(picture.source_url)) for picture in given]
    if not any(picture.file for picture in given):
        # A list of addresses speaks of what is behind them, not of what was handed in here.
        wanted += [_kept(row) for row in present if row.picture_id is not None and not row.source_url]
    if [_kept(row) for row in present] == wanted:
        return []
    session.execute(delete(ProductPicture).where(ProductPicture.product_id == product_id))
    for position, values in enumerate(wanted):
        session.add(ProductPicture(product_id=product_id, position=position, **values))
    return ["pictures"]


_PICTURE_COLUMNS = ("file", "source_url", "width", "height", "tint", "alt", "picture_id", "fetch_problem")


def _kept(row: ProductPicture) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _PICTURE_COLUMNS}


def _picture_values(picture: PictureData, here: ProductPicture | None) -> dict[str, Any]:
    values = asdict(picture) | {"fetch_problem": ""}
    if here is None or picture.file:
        return values
    own = ("file", "width", "height", "picture_id", "fetch_problem")
    values |= {name: getattr(here, name) for name in own}
    return values | {"tint": picture.tint or here.tint}


def _write_skus(product_id: int, skus: Iterable[SkuData]) -> tuple[tuple[int, ...], frozenset[int], list[str]]:
    present = list(session.scalars(select(Sku).where(Sku.product_id == product_id)))
    by_id = {row.id: row for row in present}
    by_code = {row.code: row for row in present}
    rows: list[Sku] = []
    new: list[Sku] = []
    changed = []
    for position, sku in enumerate(skus):
        values = asdict(sku) | {"position": position, "options": [dict(option) for option in sku.options]}
        sku_id = values.pop("sku_id")
        row = by_code.get(sku.code) if sku_id is None else by_id[sku_id]
        if row is None:
            row = Sku(product_id=product_id, **values)
            session.add(row)
            new.append(row)
            changed.append(f"sku.{sku.code}")
        elif _set(row, values):
            changed.append(f"sku.{sku.code}")
        rows.append(row)
    for row in present:
        if row not in rows and row.active:
            row.active = False
            changed.append(f"sku.{row.code}")
    session.flush()
    return tuple(row.id for row in rows), frozenset(row.id for row in new), changed
