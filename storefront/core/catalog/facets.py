"""How many products each further filter would leave. One statement, counted up to ``CAP`` each."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import CompoundSelect, Select, bindparam, literal, select, union_all

from storefront.core.catalog.asking import understand
from storefront.core.catalog.listing import asked_of
from storefront.core.catalog.models import Brand, Category
from storefront.core.catalog.shelves import SHELF, Narrowed, capped, conditions, count_of, led_by
from storefront.core.catalog.views import FacetCounts, ListQuery
from storefront.core.db import session

_CATEGORY: Any = Category.__table__
_BRAND: Any = Brand.__table__


def facet_counts(
    query: ListQuery, categories: Sequence[str], brands: Sequence[str], policies: Mapping[str, Any]
) -> FacetCounts:
    """Of these categories and makers (slugs), each in place of the one asked for, the other filters kept; for lists
    without words whose ``statuses`` were counted. One statement."""
    asked = asked_of(query, understand(query), int(policies["stock.low"]))
    if asked is None:
        return FacetCounts({}, {})
    values = {**asked.values, "categories": list(categories), "brands": list(brands)}
    found: dict[str, dict[str, Any]] = {"category": {}, "brand": {}}
    for facet, slug, number in session.execute(_statement(asked.narrowed), values):
        found[facet][slug] = count_of(number)
    return FacetCounts(found["category"], found["brand"])


@lru_cache(maxsize=256)
def _statement(narrowed: Narrowed) -> CompoundSelect[Any]:
    elsewhere = narrowed._replace(category=False)
    # The first condition is the shelf's own.
    rest = conditions(SHELF, elsewhere, indexed=led_by(elsewhere))[1:]
    in_category = capped(SHELF.c.category_id == _CATEGORY.c.id, *rest, correlated=_CATEGORY)
    any_brand = conditions(SHELF, narrowed._replace(brand=False), indexed=frozenset({"brand_id"}))
    of_brand = capped(*any_brand, SHELF.c.brand_id == _BRAND.c.id, correlated=_BRAND)
    return union_all(
        _counted("category", _CATEGORY, in_category, "categories"), _counted("brand", _BRAND, of_brand, "brands")
    )


def _counted(facet: str, table: Any, number: Any, slugs: str) -> Select[Any]:
    wanted = table.c.slug.in_(bindparam(slugs, expanding=True))
    return select(literal(facet).label("facet"), table.c.slug, number.label("number")).where(wanted)
