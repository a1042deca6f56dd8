"""What filters and forms offer: categories as a tree, brands, countries, currencies, languages; in the reader's language."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from storefront.core.catalog.models import Brand, BrandText, Category, CategoryText
from storefront.core.catalog.texts import best_locale
from storefront.core.db import session
from storefront.core.i18n.translate import current_language
from storefront.core.values.language import LANGUAGES, OWN_NAMES
from storefront.shop.context import current_shop
from storefront.shop.preferences.countries import country_choices

# A longer list is no choice any more.
MOST_BRANDS = 500
INDENT = "\u2003"


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """``lang``: of the name, which may not be the reader's."""

    id: int
    slug: str
    parent_id: int | None
    position: int
    picture: str
    name: str
    lang: str
    depth: int = 0

    @property
    def indented(self) -> str:
        return INDENT * self.depth + self.name


def category_tree() -> list[CategoryRow]:
    """Every category, each followed by those below it. One statement."""
    rows = session.execute(
        select(Category, CategoryText.name, CategoryText.locale)
        .outerjoin(
            CategoryText,
            (CategoryText.category_id == Category.id)
            & (CategoryText.locale == best_locale(CategoryText, Category.id, current_language())),
        )
        .order_by(Category.position, Category.id)
    ).all()
    below: dict[int | None, list[tuple[Category, str, str]]] = defaultdict(list)
    known = {category.id for category, _name, _lang in rows}
    for category, name, lang in rows:
        below[category.parent_id if category.parent_id in known else None].append((category, name or "", lang or ""))
    found = list(_walk(below, None, 0))
    # What somebody tied into a ring hangs on no root; here it must be seen to be mended.
    reached = {row.id for row in found}
    found += [_row(c, name or "", lang or "", 0) for c, name, lang in rows if c.id not in reached]
    return found


def _walk(
    below: dict[int | None, list[tuple[Category, str, str]]], at: int | None, depth: int
) -> Iterator[CategoryRow]:
    for category, name, lang in below.get(at, ()):
        yield _row(category, name, lang, depth)
        yield from _walk(below, category.id, depth + 1)


def _row(category: Category, name: str, lang: str, depth: int) -> CategoryRow:
    return CategoryRow(
        category.id, category.slug, category.parent_id, category.position, category.picture,
        name or category.slug, lang, depth,
    )  # fmt: skip


def category_choices() -> list[tuple[str, str]]:
    return [(str(row.id), row.indented) for row in category_tree()]


def category_slugs() -> list[tuple[str, str]]:
    return [(row.slug, row.indented) for row in category_tree()]


def brand_choices() -> list[tuple[str, str]]:
    """By name. One statement."""
    name = (BrandText.brand_id == Brand.id) & (BrandText.locale == best_locale(BrandText, Brand.id, current_language()))
    rows = session.execute(
        select(Brand.id, Brand.slug, BrandText.name).outerjoin(BrandText, name).order_by(Brand.slug).limit(MOST_BRANDS)
    )
    return sorted(((str(row.id), row.name or row.slug) for row in rows), key=lambda pair: pair[1].casefold())


def origin_choices() -> list[tuple[str, str]]:
    return list(country_choices(current_language()))


def currency_choices() -> list[tuple[str, str]]:
    """Further currencies: in the base currency the variant itself has its price."""
    shop = current_shop()
    return [(code, code) for code in shop.currency_codes if code != shop.base_currency]


def language_choices() -> list[tuple[str, str]]:
    return [(lang, OWN_NAMES[lang]) for lang in LANGUAGES]
