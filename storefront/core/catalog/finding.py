"""Where a list asks the search: the one place that knows of it."""

from sqlalchemy import ColumnElement, select

from storefront.core.catalog.shelves import SHELF
from storefront.core.search.models import SearchText
from storefront.core.search.queries import search_condition, words_of


def found_by_words(question: str) -> ColumnElement[bool] | None:
    """A condition on ``SHELF``: products that ``question`` finds. ``None`` for a question without words."""
    if not words_of(question):
        return None
    found: ColumnElement[bool] = SHELF.c.product_id.in_(select(SearchText.product_id).where(search_condition(question)))
    return found
