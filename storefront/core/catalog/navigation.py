"""What menus and footers show: categories, makers, the owner's pages. Read once per version of the shop."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import func, select

from storefront.core.catalog.asking import is_slug
from storefront.core.catalog.models import (
    Brand,
    BrandText,
    Category,
    CategoryText,
    Page,
    PageText,
)
from storefront.core.catalog.shelves import SHELF, Narrowed, capped, conditions, count_of
from storefront.core.catalog.texts import chain, pick, pick_for_all
from storefront.core.catalog.views import BrandView, Count, NavCategory, PageLink, PageView, ShelfBrand
from storefront.core.db import session

# As many makers as a filter form offers.
BRANDS = 12
NONE = Count(0)


def navigation(langs: Sequence[str]) -> tuple[NavCategory, ...]:
    """All categories, each followed by those below it, with names in every one of ``langs`` and the number of published
    products, counted up to ``CAP``. Two statements; meant for a ``VersionedCache``: every verb of the catalogue moves the version."""
    rows = session.execute(
        select(Category.id, Category.slug, Category.parent_id, Category.picture, CategoryText)
        .outerjoin(CategoryText, CategoryText.category_id == Category.id)
        .order_by(Category.position, Category.id)
    ).all()
    categories: dict[int, Any] = {}
    names: dict[int, dict[str, str]] = defaultdict(dict)
    descriptions: dict[int, dict[str, str]] = defaultdict(dict)
    children: dict[int | None, list[int]] = defaultdict(list)
    for row in rows:
        if row.id not in categories:
            categories[row.id] = row
            children[row.parent_id].append(row.id)
        if row.CategoryText is not None:
            names[row.id][row.CategoryText.locale] = row.CategoryText.name
            descriptions[row.id][row.CategoryText.locale] = row.CategoryText.description
    counts = _counts()
    return tuple(
        NavCategory(
            id=id_,
            slug=categories[id_].slug,
            parent_id=categories[id_].parent_id,
            depth=depth,
            count=counts.get(id_, NONE),
            picture=categories[id_].picture,
            names=pick_for_all(names[id_] or {langs[0]: categories[id_].slug}, langs),
            descriptions=pick_for_all(descriptions[id_], langs),
        )
        for id_, depth in _walk(None, children, 0)
    )


def _counts() -> dict[int, Count]:
    shelf = Category.__table__.c.id
    entries = capped(SHELF.c.category_id == shelf, correlated=Category.__table__)
    return {id_: count_of(number) for id_, number in session.execute(select(shelf, entries))}


def shelf_brands(category_slug: str, langs: Sequence[str]) -> tuple[ShelfBrand, ...]:
    """The makers with most goods in this category ("" = in all), with names in every one of ``langs``: two statements,
    which read the whole shelf, so keep the answer. Every verb of the catalogue moves the shop's version."""
    narrowed = Narrowed(category=bool(category_slug))
    entries = func.count().label("entries")
    counted = session.execute(
        select(SHELF.c.brand_id, entries)
        .where(*conditions(SHELF, narrowed), SHELF.c.brand_id > 0)
        .group_by(SHELF.c.brand_id)
        .order_by(entries.desc(), SHELF.c.brand_id)
        .limit(BRANDS),
        {"category": category_slug} if category_slug else {},
    ).all()
    names: dict[int, dict[str, str]] = defaultdict(dict)
    slugs: dict[int, str] = {}
    for row in session.execute(
        select(Brand.id, Brand.slug, BrandText.locale, BrandText.name)
        .outerjoin(BrandText, BrandText.brand_id == Brand.id)
        .where(Brand.id.in_([brand_id for brand_id, _ in counted]))
    ):
        slugs[row.id] = row.slug
        names[row.id][row.locale] = row.name
    return tuple(
        ShelfBrand(id_, slugs[id_], pick_for_all(names[id_] or {langs[0]: slugs[id_]}, langs), Count(number))
        for id_, number in counted
        if id_ in slugs
    )


def _walk(parent: int | None, children: dict[int | None, list[int]], depth: int) -> Iterator[tuple[int, int]]:
    """From the roots down; categories tied into a ring hang on no root and are not shown."""
    for id_ in children.get(parent, ()):
        yield id_, depth
        yield from _walk(id_, children, depth + 1)


def brand_view(slug: str, lang: str) -> BrandView | None:
    """A maker by slug, or ``None``. One statement."""
    if not is_slug(slug):
        return None
    rows = session.execute(
        select(Brand.id, Brand.slug, BrandText.locale, BrandText.name, BrandText.description)
        .outerjoin(BrandText, BrandText.brand_id == Brand.id)
        .where(Brand.slug == slug)
    ).all()
    if not rows:
        return None
    name = pick({row.locale: row.name for row in rows if row.locale}, lang)
    description = pick({row.locale: row.description for row in rows if row.locale}, lang)
    there = frozenset(row.locale for row in rows if row.locale and row.name)
    return BrandView(rows[0].id, slug, name.text or slug, name.lang, description.text, description.lang, there)


def page(slug: str, lang: str) -> PageView | None:
    """An owner's page in the nearest language there is, or ``None``. One statement."""
    if not is_slug(slug):
        return None
    rows = session.execute(
        select(PageText.locale, PageText.title, PageText.body)
        .join(Page, Page.id == PageText.page_id)
        .where(Page.slug == slug)
    ).all()
    texts = {row.locale: row for row in rows if row.title}
    for tag in chain(lang):
        if tag in texts:
            return PageView(slug, texts[tag].title, texts[tag].body, tag, frozenset(texts))
    return None


def page_links(langs: Iterable[str]) -> tuple[PageLink, ...]:
    """The owner's pages in menu order, with titles in every one of ``langs``. One statement; for a ``VersionedCache``."""
    rows = session.execute(
        select(Page.slug, Page.menu, PageText.locale, PageText.title)
        .join(PageText, PageText.page_id == Page.id)
        .order_by(Page.position, Page.id)
    ).all()
    titles: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for slug, menu, locale, title in rows:
        titles[slug, menu][locale] = title
    wanted = tuple(langs)
    return tuple(PageLink(slug, menu, pick_for_all(of, wanted)) for (slug, menu), of in titles.items())
