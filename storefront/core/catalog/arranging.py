"""What a person does to the order of the goods: categories, makers and pages made, renamed, removed; products put into a
category and taken out. Every verb runs inside the caller's unit, writes one audit row for what changed and moves the
shop's version."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, exists, func, select

from storefront.core.audit.service import record
from storefront.core.catalog.checking import is_slug
from storefront.core.catalog.errors import BadProduct, InUse, ProductNotFound
from storefront.core.catalog.indexing import index_product, index_products
from storefront.core.catalog.missing import forget_missing
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
from storefront.core.catalog.structure import Texts, tree_below, write_brand, write_category, write_page
from storefront.core.db import lock_for_update, session
from storefront.core.i18n.translate import N_
from storefront.core.settings.service import touch
from storefront.core.values.language import LANGUAGES

_TEXTS: Mapping[Any, tuple[Any, str]] = {
    Category: (CategoryText, "category_id"),
    Brand: (BrandText, "brand_id"),
    Page: (PageText, "page_id"),
}
MENUS = ("shopping", "shop")


def change_category(
    category_id: int | None,
    slug: str,
    texts: Texts,
    actor: str,
    *,
    parent_id: int | None = None,
    position: int = 0,
) -> int:
    """Make a category, or change the one with this id, its slug included; its id. Its picture stays
    (``picturing.give_category_picture``). Raises ``BadProduct``, also for a parent that hangs below it."""
    before, given = _owner(Category, category_id, slug, texts)
    if parent_id is not None and session.get(Category, parent_id) is None:
        raise BadProduct(N_("The category above is gone already."), "parent")
    picture = session.scalar(select(Category.picture).where(Category.slug == slug)) or ""
    found, changed = write_category(slug, given, actor, parent_id=parent_id, position=position, picture=picture)
    return _done("category", found, before, slug, actor, changed)


def change_brand(brand_id: int | None, slug: str, texts: Texts, actor: str) -> int:
    """Make a maker, or change the one with this id; its id. Raises ``BadProduct``."""
    before, given = _owner(Brand, brand_id, slug, texts)
    found, changed = write_brand(slug, given, actor)
    return _done("brand", found, before, slug, actor, changed)


def change_page(
    page_id: int | None, slug: str, texts: Texts, actor: str, *, position: int = 0, menu: str = "shop"
) -> int:
    """Make one of the owner's pages (SHOP-2), or change the one with this id; its id. Raises ``BadProduct``."""
    if menu not in MENUS:
        raise BadProduct(N_("Please choose where the page is shown."), "menu")
    before, given = _owner(Page, page_id, slug, texts)
    found, changed = write_page(slug, given, actor, position=position, menu=menu)
    return _done("page", found, before, slug, actor, changed)


def _owner(model: Any, row_id: int | None, slug: str, texts: Texts) -> tuple[str, Texts]:
    """Give the row its slug. What its slug was before ("" of a new one), and the texts to write: those that are there or
    were."""
    if not is_slug(slug):
        raise BadProduct(N_("“%(slug)s” is no address: use a-z, 0-9 and hyphens."), "slug", slug=slug)
    if not any(name.strip() for name, _more in texts.values()):
        raise BadProduct(N_("A name is needed in at least one language."), "name")
    row = _locked(model, row_id) if row_id is not None else None
    if row_id is not None and row is None:
        raise BadProduct(N_("This is gone already."))
    other = session.scalar(select(model.id).where(model.slug == slug))
    if other is not None and other != row_id:
        raise BadProduct(N_("The address “%(slug)s” is taken. Please choose another."), "slug", slug=slug)
    before, present = "", set()
    if row is not None:
        before, row.slug = row.slug, slug
        session.flush()
        of, owner = _TEXTS[model]
        present = set(session.scalars(select(of.locale).where(getattr(of, owner) == row_id)))
    pairs = {lang: texts.get(lang, ("", "")) for lang in LANGUAGES}
    return before, {lang: pair for lang, pair in pairs.items() if lang in present or any(pair)}


def _done(kind: str, row_id: int, before: str, slug: str, actor: str, changed: bool) -> int:
    renamed = before not in ("", slug)
    if renamed:
        # Narrowed searches know categories and makers by their addresses.
        if kind == "category":
            inside = ProductCategory.category_id.in_(tree_below(row_id))
            index_products(session.scalars(select(ProductCategory.product_id).where(inside)))
        elif kind == "brand":
            index_products(session.scalars(select(Product.id).where(Product.brand_id == row_id)))
        record(actor, f"{kind}.rename", (kind, row_id), before=before, after=slug)
    if changed or renamed:
        touch()
    return row_id


def _locked(model: Any, row_id: int) -> Any:
    statement = lock_for_update(select(model).where(model.id == row_id))
    return session.scalars(statement.execution_options(populate_existing=True)).first()


# --- removing -----------------------------------------------------------------------------------------------------------


def remove_category(category_id: int, actor: str) -> None:
    """Raises ``InUse`` while products or categories hang on it."""
    row = _locked(Category, category_id)
    if row is None:
        return
    below = session.scalar(select(func.count()).where(Category.parent_id == category_id)) or 0
    if below:
        raise InUse(N_("%(count)d categories stand below this one. Move or remove them first."), count=below)
    products = session.scalar(select(func.count()).where(ProductCategory.category_id == category_id)) or 0
    if products:
        raise InUse(N_("%(count)d products are in this category. Take them out of it first."), count=products)
    _remove(row, "category", actor)


def remove_brand(brand_id: int, actor: str) -> None:
    """Raises ``InUse`` while products are of it."""
    row = _locked(Brand, brand_id)
    if row is None:
        return
    products = session.scalar(select(func.count()).where(Product.brand_id == brand_id)) or 0
    if products:
        raise InUse(N_("%(count)d products are of this brand. Give them another one first."), count=products)
    _remove(row, "brand", actor)


def remove_page(page_id: int, actor: str) -> None:
    row = _locked(Page, page_id)
    if row is not None:
        _remove(row, "page", actor)


def _remove(row: Any, kind: str, actor: str) -> None:
    texts, owner = _TEXTS[type(row)]
    session.execute(delete(texts).where(getattr(texts, owner) == row.id))
    session.delete(row)
    session.flush()
    forget_missing(kind, [row.id])
    record(actor, f"{kind}.remove", (kind, row.id), slug=row.slug)
    touch()


# --- products in categories ---------------------------------------------------------------------------------------------


def put_in_category(product_id: int, category_id: int, actor: str) -> bool:
    """The product is in the category, after those it is in already; whether it was not before."""
    product = _product(product_id, category_id)
    if session.scalar(select(exists().where(*_in(product_id, category_id)))):
        return False
    last = session.scalar(select(func.max(ProductCategory.position)).where(ProductCategory.product_id == product_id))
    session.add(
        ProductCategory(product_id=product_id, category_id=category_id, position=0 if last is None else last + 1)
    )
    _moved(product, actor, "product.category.add", category_id)
    return True


def take_out_of_category(product_id: int, category_id: int, actor: str) -> bool:
    """The product is not in the category; whether it was before."""
    product = _product(product_id, category_id)
    if not session.scalar(select(exists().where(*_in(product_id, category_id)))):
        return False
    session.execute(delete(ProductCategory).where(*_in(product_id, category_id)))
    _moved(product, actor, "product.category.remove", category_id)
    return True


def _in(product_id: int, category_id: int) -> tuple[Any, Any]:
    return ProductCategory.product_id == product_id, ProductCategory.category_id == category_id


def _product(product_id: int, category_id: int) -> Product:
    product: Product | None = _locked(Product, product_id)
    if product is None:
        raise ProductNotFound(product_id)
    if session.get(Category, category_id) is None:
        raise BadProduct(N_("This category is gone already."))
    return product


def _moved(product: Product, actor: str, act: str, category_id: int) -> None:
    product.version += 1
    session.flush()
    index_product(product.id)
    record(actor, act, ("product", product.id), code=product.code, category=category_id)
    touch()
