"""Writing what products hang on: categories, makers, the owner's pages. Inside the caller's unit; compares first and
does not move the shop's version (see ``writing``)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from storefront.core.audit.service import record
from storefront.core.catalog.checking import check_lengths
from storefront.core.catalog.errors import BadProduct
from storefront.core.catalog.indexing import index_products
from storefront.core.catalog.markup import clean_html, clean_text
from storefront.core.catalog.missing import note_missing
from storefront.core.catalog.models import (
    Brand,
    BrandText,
    Category,
    CategoryText,
    Page,
    PageText,
    Product,
    ProductCategory,
)
from storefront.core.db import session
from storefront.core.i18n.translate import N_

Texts = Mapping[str, tuple[str, str]]
"""By language: name (or title) and description (or body)."""


def write_category(
    slug: str, texts: Texts, actor: str, *, parent_id: int | None = None, position: int = 0, picture: str = ""
) -> tuple[int, bool]:
    """The category with this slug as described; its id, and whether anything changed. Raises ``BadProduct`` for a
    parent that is the category itself or hangs below it."""
    row = session.scalars(select(Category).where(Category.slug == slug)).first()
    if row is not None and parent_id is not None and _below(row.id, parent_id):
        raise BadProduct(N_("Category %(slug)s cannot stand below itself."), slug=slug)
    values = {"parent_id": parent_id, "position": position, "picture": picture}
    moved = row is not None and row.parent_id != parent_id
    row, changed = _write_owner(Category, row, slug, values)
    if moved:  # its products are found below other categories now
        session.flush()
        index_products(
            session.scalars(
                select(ProductCategory.product_id).where(ProductCategory.category_id.in_(tree_below(row.id)))
            )
        )
    changed |= _write_texts(CategoryText, "category_id", row.id, texts)
    return _done(row, changed, "category", actor)


def write_brand(slug: str, texts: Texts, actor: str) -> tuple[int, bool]:
    """The brand with this slug as described; its id, and whether anything changed (then its products are found by its
    new name)."""
    row = session.scalars(select(Brand).where(Brand.slug == slug)).first()
    row, changed = _write_owner(Brand, row, slug, {})
    changed |= _write_texts(BrandText, "brand_id", row.id, texts)
    if changed:
        session.flush()
        index_products(session.scalars(select(Product.id).where(Product.brand_id == row.id)))
    return _done(row, changed, "brand", actor)


def write_page(slug: str, texts: Texts, actor: str, *, position: int = 0, menu: str = "shop") -> tuple[int, bool]:
    """An owner's page; bodies are sanitised. Its id, and whether anything changed."""
    row = session.scalars(select(Page).where(Page.slug == slug)).first()
    row, changed = _write_owner(Page, row, slug, {"position": position, "menu": menu})
    clean = {lang: (title, clean_html(body)) for lang, (title, body) in texts.items()}
    changed |= _write_texts(PageText, "page_id", row.id, clean, names=("title", "body"))
    return _done(row, changed, "page", actor)


def _write_owner(model: Any, row: Any, slug: str, values: Mapping[str, Any]) -> tuple[Any, bool]:
    check_lengths(model, {"slug": slug, **values})
    if row is None:
        row = model(slug=slug, **values)
        session.add(row)
        session.flush()
        return row, True
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    return row, bool(changed)


def _write_texts(
    model: Any, owner: str, owner_id: int, texts: Texts, names: tuple[str, str] = ("name", "description")
) -> bool:
    present = {row.locale: row for row in session.scalars(select(model).where(getattr(model, owner) == owner_id))}
    changed = False
    for lang, words in texts.items():
        values = {name: clean_text(text).strip() for name, text in zip(names, words, strict=True)}
        check_lengths(model, values)
        row = present.get(lang)
        if row is None:
            session.add(model(**{owner: owner_id, "locale": lang, **values}))
            changed = True
        else:
            for name, text in values.items():
                if getattr(row, name) != text:
                    setattr(row, name, text)
                    changed = True
    return changed


def _done(row: Any, changed: bool, kind: str, actor: str) -> tuple[int, bool]:
    if changed:
        session.flush()
        note_missing(kind, [row.id])
        record(actor, f"{kind}.save", (kind, row.id), slug=row.slug)
    return row.id, changed


def _below(category_id: int, other_id: int) -> bool:
    """Whether ``other_id`` is the category or stands somewhere below it."""
    at: int | None = other_id
    seen: set[int] = set()
    while at is not None and at not in seen:
        if at == category_id:
            return True
        seen.add(at)
        at = session.scalar(select(Category.parent_id).where(Category.id == at))
    return False


def tree_below(category_id: int) -> list[int]:
    """The category and all below it."""
    children: dict[int | None, list[int]] = {}
    for id_, parent_id in session.execute(select(Category.id, Category.parent_id)):
        children.setdefault(parent_id, []).append(id_)
    found: list[int] = []
    left = [category_id]
    while left:
        at = left.pop()
        if at not in found:
            found.append(at)
            left += children.get(at, ())
    return found
