"""The menus: categories and the owner's pages, read once per version of the shop for all languages."""

from collections.abc import Mapping
from dataclasses import dataclass

from storefront.core.catalog.queries import navigation, page_links
from storefront.core.catalog.views import Count, NavCategory
from storefront.core.values.language import LANGUAGES


@dataclass(frozen=True, slots=True)
class MenuItem:
    """``lang``: of the name; ``languages``: those the name is there in; ``count``: products behind it."""

    slug: str
    name: str
    lang: str
    count: Count = Count(0)
    picture: str = ""
    description: str = ""
    description_lang: str = ""
    languages: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Menus:
    """In one language. ``categories``: those at the top that hold something; ``all_categories``: by slug; ``parents``:
    the slug above each that is not at the top."""

    categories: tuple[MenuItem, ...]
    all_categories: Mapping[str, MenuItem]
    shopping_pages: tuple[MenuItem, ...]
    about_pages: tuple[MenuItem, ...]
    parents: Mapping[str, str]

    def category(self, slug: str) -> MenuItem | None:
        return self.all_categories.get(slug)

    def above(self, slug: str) -> MenuItem | None:
        """The category that this one stands in."""
        return self.all_categories.get(self.parents.get(slug, ""))

    def below(self, slug: str) -> tuple[MenuItem, ...]:
        """Those that stand in this one and hold something."""
        return tuple(
            item for under, item in self.all_categories.items() if self.parents.get(under) == slug and item.count.number
        )


def load_navigation(_version: int) -> Mapping[str, Menus]:
    """For ``VersionedCache``: the menus of every language."""
    categories, pages = navigation(LANGUAGES), page_links(LANGUAGES)
    slugs = {category.id: category.slug for category in categories}
    parents = {c.slug: slugs[c.parent_id] for c in categories if c.parent_id in slugs}

    def menus(lang: str) -> Menus:
        items = {category.slug: _item(category, lang) for category in categories}
        links = {
            menu: tuple(MenuItem(page.slug, *page.title(lang)) for page in pages if page.menu == menu)
            for menu in ("shopping", "shop")
        }
        top = tuple(items[c.slug] for c in categories if c.depth == 0 and c.count.number)
        return Menus(top, items, links["shopping"], links["shop"], parents)

    return {lang: menus(lang) for lang in LANGUAGES}


def _item(category: NavCategory, lang: str) -> MenuItem:
    name, description = category.name(lang), category.description(lang)
    return MenuItem(
        category.slug,
        name.text or category.slug,
        name.lang,
        category.count,
        category.picture,
        description.text,
        description.lang,
        frozenset(text.lang for text in category.names.values() if text.lang),
    )
