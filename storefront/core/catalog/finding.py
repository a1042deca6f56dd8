"""Where a list asks the search: the one place that knows of it."""

from sqlalchemy import ColumnElement

from storefront.core.catalog.asking import Wish, is_slug
from storefront.core.catalog.searching import Found, Narrowed, is_search, matching_products, search_products
from storefront.core.catalog.shelves import SHELF
from storefront.core.catalog.views import ListQuery
from storefront.core.search.queries import COUNTED


def found_by_words(query: ListQuery) -> ColumnElement[bool] | None:
    """A condition on ``SHELF``: products that the words of ``query`` find. ``None`` for a query without words."""
    if not is_search(query.q):
        return None
    found: ColumnElement[bool] = SHELF.c.product_id.in_(matching_products(query.q, synonyms=query.synonyms))
    return found


def in_order_of_search(query: ListQuery, wish: Wish) -> bool:
    """Whether the list is one the search can give by itself: words, perhaps a category and a maker, its own order."""
    judged = wish.status is not None or wish.low is not None or wish.high is not None
    return wish.sort == "popularity" and not judged and is_search(query.q)


def found_page(query: ListQuery, wish: Wish) -> tuple[Found, int]:
    """What a search finds, and the page it is: the last one instead of one beyond it. One statement; two when it finds
    next to nothing; as many again for a page beyond the last."""
    slugs = (query.category_slug, query.brand_slug)
    if any(slug and not is_slug(slug) for slug in slugs):
        return Found((), 0, False, 0), 1

    def page_of(number: int) -> Found:
        return search_products(
            query.q,
            query.lang,
            limit=wish.per_page,
            offset=(number - 1) * wish.per_page,
            narrowed=Narrowed(*slugs),
            synonyms=query.synonyms,
            typing=query.typing,
        )

    # Behind what is counted nothing can be paged to.
    page = min(wish.page, -(-COUNTED // wish.per_page))
    found = page_of(page)
    pages = max(1, -(-found.total // wish.per_page))
    return (found, page) if page <= pages else (page_of(pages), pages)
