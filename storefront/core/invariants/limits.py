"""Purchase limits: what each person has in live orders (CAT-6)."""

from collections.abc import Iterable
from datetime import datetime

from storefront.core.invariants.finding import Row, broken, check


@check("limits.tally", "A purchase tally is not the sum of what orders put into it.")
def tally(now: datetime) -> Iterable[Row]:
    """DESIGN B10 (purchase limits), RELIABILITY S4."""
    return broken(
        """
        SELECT product_id, holder, SUM(tallied) AS tallied, SUM(shared) AS shared
        FROM (
            SELECT product_id, holder, quantity AS tallied, 0 AS shared FROM purchase_tally
            UNION ALL
            SELECT product_id, holder, 0, quantity FROM purchase_tally_share
        ) both_sides
        GROUP BY product_id, holder
        HAVING SUM(tallied) <> SUM(shared)
        """
    )


@check("limits.live", "A purchase tally counts pieces that are in no live order, or misses some that are.")
def live(now: datetime) -> Iterable[Row]:
    """DESIGN B10 (purchase limits): live orders count, drafts among them; cancelled pieces do not."""
    return broken(
        """
        SELECT o.number, o.state, s.product_id, s.quantity AS counted, COALESCE(l.live, 0) AS live
        FROM purchase_tally_share s
        JOIN "order" o ON o.id = s.order_id
        LEFT JOIN (
            SELECT order_id, product_id, SUM(quantity - cancelled_quantity) AS live
            FROM order_line WHERE product_id IS NOT NULL
            GROUP BY order_id, product_id
        ) l ON l.order_id = s.order_id AND l.product_id = s.product_id
        WHERE o.state = 'cancelled' OR s.quantity <> COALESCE(l.live, 0)
        """
    )


@check("limits.held", "Somebody has more pieces of a product than the limit allows.")
def held(now: datetime) -> Iterable[Row]:
    """DESIGN B10 (purchase limits), RELIABILITY S4. A limit that the owner lowered later shows the older orders here."""
    return broken(
        """
        SELECT p.code, t.holder, t.quantity, p.purchase_limit
        FROM purchase_tally t JOIN product p ON p.id = t.product_id
        WHERE p.purchase_limit IS NOT NULL AND t.quantity > p.purchase_limit
        """
    )


CHECKS = (tally, live, held)
