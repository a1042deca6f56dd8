"""What is on the shelf, what of it is promised, and to whom."""

from collections.abc import Iterable
from datetime import datetime

from storefront.core.invariants.finding import TICK, Row, broken, check


@check("stock.movements", "What is on hand of an item is not the sum of its movements.")
def movements(now: datetime) -> Iterable[Row]:
    """DESIGN B10 (stock), RELIABILITY S2."""
    return broken(
        """
        SELECT k.code AS sku, i.on_hand, COALESCE(m.quantity, 0) AS moved
        FROM stock_item i
        JOIN sku k ON k.id = i.sku_id
        LEFT JOIN (SELECT sku_id, SUM(quantity) AS quantity FROM stock_movement GROUP BY sku_id) m
               ON m.sku_id = i.sku_id
        WHERE i.on_hand <> COALESCE(m.quantity, 0)
        """
    )


@check("stock.oversold", "More of an item is promised than there is.")
def oversold(now: datetime) -> Iterable[Row]:
    """DESIGN B10 (never negative), RELIABILITY S1."""
    return broken(
        """
        SELECT k.code AS sku, i.on_hand, i.reserved, i.slots, i.slots_taken
        FROM stock_item i JOIN sku k ON k.id = i.sku_id
        WHERE i.on_hand < 0 OR i.reserved < 0 OR i.reserved > i.on_hand OR i.slots_taken < 0
           OR (i.slots IS NOT NULL AND i.slots_taken > i.slots)
        """
    )


@check("stock.reserved", "The promised pieces of an item are not the sum of its reservations.")
def reserved(now: datetime) -> Iterable[Row]:
    """DESIGN B10 (stock), RELIABILITY S3: pieces on hand, and pieces of the coming delivery."""
    return broken(
        """
        SELECT k.code AS sku, i.reserved, COALESCE(r.on_hand, 0) AS reservations,
               i.slots_taken, COALESCE(r.incoming, 0) AS incoming
        FROM stock_item i
        JOIN sku k ON k.id = i.sku_id
        LEFT JOIN (
            SELECT sku_id, SUM(CASE WHEN source = 'on_hand' THEN quantity ELSE 0 END) AS on_hand,
                   SUM(CASE WHEN source = 'incoming' THEN quantity ELSE 0 END) AS incoming
            FROM reservation GROUP BY sku_id
        ) r ON r.sku_id = i.sku_id
        WHERE i.reserved <> COALESCE(r.on_hand, 0) OR i.slots_taken <> COALESCE(r.incoming, 0)
        """
    )


@check(
    "stock.dead_reservation", "Goods are promised to a line that is cancelled or shipped, or to another item's line."
)
def dead_reservation(now: datetime) -> Iterable[Row]:
    """DESIGN B10 (no reservation without live order), RELIABILITY S3."""
    return broken(
        """
        SELECT r.id AS reservation, o.number, o.state, l.position, r.quantity, l.quantity - l.cancelled_quantity AS live
        FROM reservation r
        LEFT JOIN order_line l ON l.id = r.order_line_id
        LEFT JOIN "order" o ON o.id = l.order_id
        WHERE o.id IS NULL OR o.state NOT IN ('draft', 'pending', 'processing') OR l.quantity <= l.cancelled_quantity
           OR l.sku_id IS NULL OR l.sku_id <> r.sku_id
        """
    )


@check("stock.expired_hold", "A hold is past its end and still keeps goods from others.")
def expired_hold(now: datetime) -> Iterable[Row]:
    """DESIGN B10 (no reservation past its end), RELIABILITY S3; also a placed order whose goods have an end."""
    return broken(
        """
        SELECT r.id AS reservation, o.number, o.state, r.quantity
        FROM reservation r
        JOIN order_line l ON l.id = r.order_line_id
        JOIN "order" o ON o.id = l.order_id
        WHERE (o.state <> 'draft' AND r.expires_at IS NOT NULL)
           OR (r.expires_at < :tick_ago AND NOT EXISTS (
                SELECT 1 FROM payment_attempt a JOIN bill b ON b.id = a.bill_id
                WHERE b.order_id = o.id AND b.state = 'open' AND a.state IN ('approved', 'pending')
              ))
        """,
        tick_ago=now - TICK,
    )


@check("stock.promise", "The goods promised to a line are not the pieces that it still waits for.")
def promise(now: datetime) -> Iterable[Row]:
    """DESIGN B10 (stock): a line has its live pieces promised or sent, none twice. Lost and returned parcels may be
    replaced or not."""
    return broken(
        """
        SELECT o.number, l.position, l.quantity - l.cancelled_quantity AS live, COALESCE(r.quantity, 0) AS promised,
               COALESCE(gone.quantity, 0) AS sent, COALESCE(gone.lost, 0) AS lost
        FROM order_line l
        JOIN "order" o ON o.id = l.order_id
        LEFT JOIN reservation r ON r.order_line_id = l.id
        LEFT JOIN (
            SELECT p.order_line_id, SUM(p.quantity) AS quantity,
                   SUM(CASE WHEN s.state IN ('lost', 'returned') THEN p.quantity ELSE 0 END) AS lost
            FROM shipment_line p JOIN shipment s ON s.id = p.shipment_id
            WHERE s.state IN ('handed_over', 'delivered', 'lost', 'returned')
            GROUP BY p.order_line_id
        ) gone ON gone.order_line_id = l.id
        WHERE o.state IN ('draft', 'pending', 'processing') AND l.sku_id IS NOT NULL
          AND (COALESCE(r.quantity, 0) + COALESCE(gone.quantity, 0) < l.quantity - l.cancelled_quantity
            OR COALESCE(r.quantity, 0) + COALESCE(gone.quantity, 0) - COALESCE(gone.lost, 0)
               > l.quantity - l.cancelled_quantity)
        """
    )


@check("stock.arrived_but_waiting", "A line waits for goods that are on the shelf for it.")
def arrived_but_waiting(now: datetime) -> Iterable[Row]:
    """DESIGN B5: arrival turns incoming into on_hand, oldest order first, and the line is in hand."""
    return broken(
        """
        SELECT o.number, l.position, l.item_state
        FROM reservation r
        JOIN order_line l ON l.id = r.order_line_id
        JOIN "order" o ON o.id = l.order_id
        WHERE r.source = 'on_hand' AND o.state <> 'draft'
          AND l.item_state IN ('awaiting_release', 'awaiting_supplier', 'awaiting_arrival')
        """
    )


CHECKS = (movements, oversold, reserved, dead_reservation, expired_hold, promise, arrived_but_waiting)
