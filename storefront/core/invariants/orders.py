"""An order is the sum of its parts, and no more of it leaves than was ordered."""

from collections.abc import Iterable
from datetime import datetime

from storefront.core.invariants.finding import Row, broken, check


@check("orders.total", "The total of an order is not its items, discounts, postage, fees and taxes added up.")
def total(now: datetime) -> Iterable[Row]:
    """DESIGN B10 (total), RELIABILITY M1."""
    return broken(
        """
        SELECT o.number, r.total, r.items, COALESCE(SUM(c.amount), 0) AS charges
        FROM "order" o
        JOIN order_revision r ON r.order_id = o.id AND r.revision = o.revision
        LEFT JOIN charge c ON c.order_id = o.id AND c.superseded_at IS NULL
        WHERE r.total IS NOT NULL
        GROUP BY o.id, o.number, r.total, r.items
        HAVING r.total <> r.items + COALESCE(SUM(c.amount), 0) OR r.total < 0
        """
    )


@check("orders.items", "The items of an order do not add up to what its lines cost.")
def items(now: datetime) -> Iterable[Row]:
    """DESIGN B10 (total), RELIABILITY M1. What was paid for counts as paid: a line cancelled after that is a refund."""
    return broken(
        """
        SELECT o.number, r.items,
               SUM(l.unit_price * COALESCE(paid.quantity, l.quantity - l.cancelled_quantity)) AS of_lines
        FROM "order" o
        JOIN order_revision r ON r.order_id = o.id AND r.revision = o.revision
        JOIN order_line l ON l.order_id = o.id
        LEFT JOIN (
            SELECT bl.order_line_id, MAX(bl.quantity) AS quantity
            FROM bill_line bl JOIN bill b ON b.id = bl.bill_id
            WHERE b.state = 'settled' AND bl.order_line_id IS NOT NULL
            GROUP BY bl.order_line_id
        ) paid ON paid.order_line_id = l.id
        WHERE o.state <> 'cancelled' AND r.total IS NOT NULL
        GROUP BY o.id, o.number, r.items
        HAVING r.items <> SUM(l.unit_price * COALESCE(paid.quantity, l.quantity - l.cancelled_quantity))
        """
    )


@check("orders.revision", "An order has no row for its current revision.")
def revision(now: datetime) -> Iterable[Row]:
    """RELIABILITY O4 (children)."""
    return broken(
        """
        SELECT o.number, o.revision
        FROM "order" o LEFT JOIN order_revision r ON r.order_id = o.id AND r.revision = o.revision
        WHERE r.order_id IS NULL
        """
    )


@check("orders.charge_shares", "The shares of a charge do not add up to it.")
def charge_shares(now: datetime) -> Iterable[Row]:
    """DESIGN B10 (total): a discount is shared out whole, since a bill shows each line less its share."""
    return broken(
        """
        SELECT o.number, c.id AS charge, c.key, c.amount, COALESCE(SUM(s.amount), 0) AS shared
        FROM charge c
        JOIN "order" o ON o.id = c.order_id
        LEFT JOIN charge_share s ON s.charge_id = c.id
        GROUP BY o.number, c.id, c.key, c.amount, c.kind
        HAVING (COUNT(s.charge_id) > 0 OR c.kind = 'discount') AND c.amount <> COALESCE(SUM(s.amount), 0)
        """
    )


@check("orders.pieces", "A line has no pieces, or more of them are cancelled than were ordered.")
def pieces(now: datetime) -> Iterable[Row]:
    """RELIABILITY M1."""
    return broken(
        """
        SELECT o.number, l.position, l.quantity, l.cancelled_quantity
        FROM order_line l JOIN "order" o ON o.id = l.order_id
        WHERE l.quantity < 1 OR l.cancelled_quantity < 0 OR l.cancelled_quantity > l.quantity
        """
    )


@check("orders.without_lines", "An order has no lines.")
def without_lines(now: datetime) -> Iterable[Row]:
    """RELIABILITY O4."""
    return broken(
        """
        SELECT o.number, o.state FROM "order" o
        WHERE NOT EXISTS (SELECT 1 FROM order_line l WHERE l.order_id = o.id)
        """
    )


@check("orders.lines_without_order", "A line belongs to no order.")
def lines_without_order(now: datetime) -> Iterable[Row]:
    """RELIABILITY O4."""
    return broken(
        """
        SELECT l.id AS line, l.order_id FROM order_line l
        WHERE NOT EXISTS (SELECT 1 FROM "order" o WHERE o.id = l.order_id)
        """
    )


@check("orders.live_lines", "An order lives on although all its lines are cancelled, or is cancelled but a line lives.")
def live_lines(now: datetime) -> Iterable[Row]:
    """DESIGN B5: an order without live lines is cancelled. A returned order keeps the pieces it was sent with."""
    return broken(
        """
        SELECT o.number, o.state, SUM(l.quantity - l.cancelled_quantity) AS live
        FROM "order" o JOIN order_line l ON l.order_id = o.id
        WHERE o.cancel_reason NOT IN ('returned', 'merged')
        GROUP BY o.id, o.number, o.state
        HAVING (o.state = 'cancelled') <> (SUM(l.quantity - l.cancelled_quantity) = 0)
        """
    )


@check("orders.shipped", "More pieces of a line are in parcels than were ordered and not cancelled.")
def shipped(now: datetime) -> Iterable[Row]:
    """DESIGN B10 (shipped); lost and returned parcels are not counted."""
    return broken(
        """
        SELECT o.number, l.position, l.quantity - l.cancelled_quantity AS live, SUM(p.quantity) AS in_parcels
        FROM shipment_line p
        JOIN shipment s ON s.id = p.shipment_id
        JOIN order_line l ON l.id = p.order_line_id
        JOIN "order" o ON o.id = l.order_id
        WHERE s.state NOT IN ('lost', 'returned')
        GROUP BY o.number, l.id, l.position, l.quantity, l.cancelled_quantity
        HAVING SUM(p.quantity) > l.quantity - l.cancelled_quantity
        """
    )


@check("orders.shipped_whole", "An order counts as shipped although part of it never left.")
def shipped_whole(now: datetime) -> Iterable[Row]:
    """DESIGN B5: processing -> shipped when every live line is handed over."""
    return broken(
        """
        SELECT o.number, l.position, l.quantity - l.cancelled_quantity AS live, COALESCE(gone.quantity, 0) AS gone
        FROM "order" o
        JOIN order_line l ON l.order_id = o.id
        LEFT JOIN (
            SELECT p.order_line_id, SUM(p.quantity) AS quantity
            FROM shipment_line p JOIN shipment s ON s.id = p.shipment_id
            WHERE s.state IN ('handed_over', 'delivered', 'lost', 'returned')
            GROUP BY p.order_line_id
        ) gone ON gone.order_line_id = l.id
        WHERE o.state IN ('shipped', 'completed') AND l.kind <> 'service'
          AND COALESCE(gone.quantity, 0) < l.quantity - l.cancelled_quantity
        """
    )


@check("orders.one_parcel_one_order", "A parcel holds a line of another order.")
def one_parcel_one_order(now: datetime) -> Iterable[Row]:
    """DESIGN B5: a shipment never spans two orders."""
    return broken(
        """
        SELECT s.id AS shipment, s.order_id, l.order_id AS order_of_line
        FROM shipment_line p
        JOIN shipment s ON s.id = p.shipment_id
        JOIN order_line l ON l.id = p.order_line_id
        WHERE s.order_id <> l.order_id
        """
    )


CHECKS = (
    total,
    items,
    revision,
    charge_shares,
    pieces,
    without_lines,
    lines_without_order,
    live_lines,
    shipped,
    shipped_whole,
    one_parcel_one_order,
)
