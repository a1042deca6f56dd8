"""What is asked for, what of it is paid, and that nothing leaves unpaid or waits for ever."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from storefront.core.invariants.finding import TICK, Row, broken, check

# Overdue bills are looked for every five minutes.
OVERDUE_ROUND = timedelta(minutes=5) + TICK

# Sums per bill: money that came and belongs to it; points and deposit that stand on it.
CAPTURED = """
    (SELECT a.bill_id, SUM(e.amount) AS amount
     FROM payment_event e JOIN payment_attempt a ON a.id = e.attempt_id
     WHERE e.kind = 'captured' GROUP BY a.bill_id)
"""
TENDERED = "(SELECT bill_id, SUM(amount) AS amount FROM bill_tender WHERE state <> 'returned' GROUP BY bill_id)"


@check("bills.lines", "The amount of a bill is not the sum of its lines.")
def lines(now: datetime) -> Iterable[Row]:
    """DESIGN B10 (bill due)."""
    return broken(
        """
        SELECT b.number, b.amount, COALESCE(SUM(l.amount), 0) AS of_lines
        FROM bill b LEFT JOIN bill_line l ON l.bill_id = b.id
        GROUP BY b.id, b.number, b.amount
        HAVING b.amount <> COALESCE(SUM(l.amount), 0)
        """
    )


@check("bills.whole", "The bills of an order do not ask for its total.")
def whole(now: datetime) -> Iterable[Row]:
    """DESIGN B10 (total): what was shown is what is charged, once."""
    return broken(
        """
        SELECT o.number, r.total, COALESCE(SUM(b.amount), 0) AS billed
        FROM "order" o
        JOIN order_revision r ON r.order_id = o.id AND r.revision = o.revision
        LEFT JOIN bill b ON b.order_id = o.id AND b.state <> 'void' AND b.kind IN ('all', 'items', 'shipping')
        WHERE o.state <> 'cancelled' AND r.total IS NOT NULL AND o.billing_mode = 'pay_now'
        GROUP BY o.id, o.number, r.total
        HAVING r.total <> COALESCE(SUM(b.amount), 0)
        """
    )


@check("bills.one_order", "A bill asks for a line or a charge of another order, or in another currency.")
def one_order(now: datetime) -> Iterable[Row]:
    """DESIGN B5: a bill never spans two orders, and an order never changes currency."""
    return broken(
        """
        SELECT b.number, b.order_id, COALESCE(l.order_id, c.order_id) AS order_of_line, b.currency
        FROM bill b
        JOIN "order" o ON o.id = b.order_id
        LEFT JOIN bill_line bl ON bl.bill_id = b.id
        LEFT JOIN order_line l ON l.id = bl.order_line_id
        LEFT JOIN charge c ON c.id = bl.charge_id
        WHERE COALESCE(l.order_id, c.order_id, b.order_id) <> b.order_id OR b.currency <> o.currency
        """
    )


@check("bills.settled", "A bill counts as paid, but money and tenders on it are not its amount.")
def settled(now: datetime) -> Iterable[Row]:
    """DESIGN B10 (captures = due), RELIABILITY M2. Tenders given back later were still spent on it."""
    return broken(
        f"""
        SELECT b.number, b.amount, COALESCE(t.amount, 0) AS tendered, COALESCE(m.amount, 0) AS captured
        FROM bill b
        LEFT JOIN (SELECT bill_id, SUM(amount) AS amount FROM bill_tender GROUP BY bill_id) t ON t.bill_id = b.id
        LEFT JOIN {CAPTURED} m ON m.bill_id = b.id
        WHERE b.state = 'settled' AND b.amount <> COALESCE(t.amount, 0) + COALESCE(m.amount, 0)
        """
    )


@check("bills.open", "A bill is open although everything it asks for has come.")
def open_(now: datetime) -> Iterable[Row]:
    """DESIGN B10 (bill due = amount - tenders), RELIABILITY M2."""
    return broken(
        f"""
        SELECT b.number, b.amount, COALESCE(t.amount, 0) AS tendered, COALESCE(m.amount, 0) AS captured
        FROM bill b
        LEFT JOIN {TENDERED} t ON t.bill_id = b.id
        LEFT JOIN {CAPTURED} m ON m.bill_id = b.id
        WHERE b.state = 'open' AND b.amount <= COALESCE(t.amount, 0) + COALESCE(m.amount, 0)
        """
    )


@check("bills.held_tenders", "Points or deposit are still held although their bill has ended.")
def held_tenders(now: datetime) -> Iterable[Row]:
    """DESIGN B5: tenders are held on an open bill, spent on a settled one, returned from a void one."""
    return broken(
        """
        SELECT b.number, b.state, t.source, t.key, t.state AS tender, t.amount, t.returned
        FROM bill_tender t JOIN bill b ON b.id = t.bill_id
        WHERE (t.state = 'held' AND b.state <> 'open') OR (t.state = 'spent' AND b.state <> 'settled')
           OR t.returned < 0 OR t.returned > t.amount OR (t.state = 'returned') <> (t.returned = t.amount)
        """
    )


@check("bills.overdue", "A bill is long overdue and its order still waits, though no payment is being checked.")
def overdue(now: datetime) -> Iterable[Row]:
    """RELIABILITY O5."""
    return broken(
        """
        SELECT o.number, b.number AS bill, b.amount
        FROM bill b JOIN "order" o ON o.id = b.order_id
        WHERE o.state = 'pending' AND b.state = 'open' AND b.kind IN ('all', 'items') AND b.due_at < :round_ago
          AND NOT EXISTS (
            SELECT 1 FROM payment_attempt a WHERE a.bill_id = b.id AND a.state IN ('approved', 'pending')
          )
        """,
        round_ago=now - OVERDUE_ROUND,
    )


@check("bills.deadline", "A bill waits without a deadline, and no payment is being checked.")
def deadline(now: datetime) -> Iterable[Row]:
    """RELIABILITY O5: only a pending payment stops a deadline (PAY-7)."""
    return broken(
        """
        SELECT o.number, b.number AS bill, b.amount
        FROM bill b JOIN "order" o ON o.id = b.order_id
        WHERE o.state = 'pending' AND b.state = 'open' AND b.due_at IS NULL
          AND NOT EXISTS (SELECT 1 FROM payment_attempt a WHERE a.bill_id = b.id AND a.state = 'pending')
        """
    )


@check("bills.paid_but_waiting", "An order waits for money although its bills are paid.")
def paid_but_waiting(now: datetime) -> Iterable[Row]:
    """DESIGN B5: pending -> processing when settled."""
    return broken(
        """
        SELECT o.number FROM "order" o
        WHERE o.state IN ('draft', 'pending')
          AND EXISTS (SELECT 1 FROM bill b WHERE b.order_id = o.id AND b.state = 'settled')
          AND NOT EXISTS (SELECT 1 FROM bill b WHERE b.order_id = o.id AND b.state = 'open')
        """
    )


@check("bills.unpaid_but_prepared", "An order is prepared although it is not paid and nobody promised to pay later.")
def unpaid_but_prepared(now: datetime) -> Iterable[Row]:
    """DESIGN B5: pending -> processing when settled or accepted; by its end every order is paid (RELIABILITY M2)."""
    return broken(
        """
        SELECT o.number, o.state, b.number AS bill, b.amount
        FROM "order" o JOIN bill b ON b.order_id = o.id
        WHERE b.state = 'open' AND b.kind IN ('all', 'items')
          AND (o.state = 'completed' OR (o.state IN ('processing', 'shipped') AND NOT EXISTS (
            SELECT 1 FROM payment_event e
            JOIN payment_attempt a ON a.id = e.attempt_id
            JOIN bill any_bill ON any_bill.id = a.bill_id
            WHERE any_bill.order_id = o.id AND e.kind = 'accepted'
          )))
        """
    )


CHECKS = (
    lines,
    whole,
    one_order,
    settled,
    open_,
    held_tenders,
    overdue,
    deadline,
    paid_but_waiting,
    unpaid_but_prepared,
)
