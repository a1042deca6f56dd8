"""The choices of a list's filter form, with how many products each would leave where that is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from storefront.core.catalog.queries import (
    Count,
    FacetCounts,
    ListQuery,
    ProductList,
    ShelfBrand,
    facet_counts,
    shelf_brands,
)
from storefront.core.i18n.translate import gettext as _
from storefront.core.values.language import LANGUAGES
from storefront.shop.catalog.filters import STATUSES, ListFilter
from storefront.shop.context import current_lang, current_navigation, current_shop, extension


class Choice(NamedTuple):
    """``count`` ``None``: not known for this list."""

    value: str
    label: str
    lang: str = ""
    count: Count | None = None


@dataclass(frozen=True, slots=True)
class Facet:
    name: str
    label: str
    chosen: str
    choices: tuple[Choice, ...]


def facets_of(filters: ListFilter, query: ListQuery, found: ProductList, brand_name: Choice | None) -> dict[str, Facet]:
    """By name, in the order of the form. ``brand_name``: the maker asked for, where the page knows it. No statement for
    a list without filters, one for a filtered one; two more when a shelf is first seen since the shop's version moved."""
    categories = current_navigation().categories
    brands = _brands(filters.category) if not filters.q else ()
    counted = bool(found.statuses)
    narrowed = bool(filters.brand or found.status or found.min or found.max)
    if counted and narrowed:
        slugs = [brand.slug for brand in brands] + [filters.brand] * bool(filters.brand)
        counts = facet_counts(query, [item.slug for item in categories], slugs, current_shop().policies)
    elif counted:
        counts = FacetCounts({item.slug: item.count for item in categories}, {b.slug: b.count for b in brands})
    else:
        counts = FacetCounts({}, {})
    return {
        "category": Facet(
            "category",
            _("Category"),
            filters.category,
            tuple(Choice(item.slug, item.name, item.lang, counts.categories.get(item.slug)) for item in categories),
        ),
        "status": Facet(
            "status",
            _("Availability"),
            filters.status,
            tuple(Choice(value, _(label), "", found.statuses.get(value)) for value, label in STATUSES.items()),
        ),
        "brand": Facet(
            "brand", _("Brand"), filters.brand, _brand_choices(filters.brand, brands, counts.brands, brand_name)
        ),
    }


def _brand_choices(
    chosen: str, brands: tuple[ShelfBrand, ...], counts: Mapping[str, Count], named: Choice | None
) -> tuple[Choice, ...]:
    lang = current_lang()
    choices = tuple(Choice(b.slug, *b.names[lang], counts.get(b.slug)) for b in brands)
    if chosen and all(choice.value != chosen for choice in choices):
        named = named or Choice(chosen, chosen)
        choices = (*choices, named._replace(count=counts.get(chosen)))
    return choices


def _brands(category: str) -> tuple[ShelfBrand, ...]:
    """Kept for the version of the shop: products, makers and categories move it."""
    if category and current_navigation().category(category) is None:
        return ()
    kept = extension().shelf_brands.at(current_shop().version)
    if category not in kept:
        kept[category] = shelf_brands(category, LANGUAGES)
    return kept[category]
