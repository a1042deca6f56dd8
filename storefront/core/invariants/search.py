"""What can be found is what there is. A broken one costs no money: ``storefront search rebuild`` mends it."""

from collections.abc import Iterable
from datetime import datetime

from storefront.core.invariants.finding import SHOWN, Row, broken, check


@check("search.products", "A product that is shown is not in the search index, or one is that is not shown.")
def products(now: datetime) -> Iterable[Row]:
    """CAT-7, CAT-8: a withdrawn product is not found."""
    return broken(
        f"""
        SELECT p.code, p.state, s.id IS NOT NULL AS indexed
        FROM product p LEFT JOIN search_product s ON s.id = p.id
        WHERE (s.id IS NOT NULL) <> {SHOWN}
        """
    )


@check(
    "search.hidden",
    "A product that shoppers do not find is not in the index of the back office, or one is that they do.",
)
def hidden(now: datetime) -> Iterable[Row]:
    """The owner finds drafts and what is no longer sold."""
    return broken(
        f"""
        SELECT p.code, p.state, s.id IS NOT NULL AS indexed
        FROM product p LEFT JOIN search_hidden s ON s.id = p.id
        WHERE (s.id IS NULL) <> {SHOWN}
        """
    )


@check("search.orders", "An order is not in the search index, or a draft is.")
def orders(now: datetime) -> Iterable[Row]:
    """The back office finds every order that was placed."""
    return broken(
        """
        SELECT o.number, o.state, s.id IS NOT NULL AS indexed
        FROM "order" o LEFT JOIN search_order s ON s.id = o.id
        WHERE (s.id IS NOT NULL) <> (o.placed_at IS NOT NULL)
        """
    )


CHECKS = (products, hidden, orders)
