"""Money: none twice, none kept on dead orders, none given back that never came.

Money of a payment that did not match its order (another sum or currency) is never booked as come: it is only owed back,
by a refund task of its own. Such tasks and their refunds (cause "mismatch") stay out of the sums below.
"""

from collections.abc import Iterable
from datetime import datetime

from storefront.core.invariants.bills import CAPTURED, TENDERED
from storefront.core.invariants.finding import Row, broken, check

# Sums per bill: all money that came; refunds, unless they failed; what is owed and not yet on its way.
CAME = """
    (SELECT a.bill_id, SUM(e.amount) AS amount
     FROM payment_event e JOIN payment_attempt a ON a.id = e.attempt_id
     WHERE e.kind IN ('captured', 'late', 'overpaid') GROUP BY a.bill_id)
"""
WENT_BACK = """
    (SELECT bill_id, SUM(amount) AS amount FROM refund
     WHERE attempt_id IS NOT NULL AND state <> 'failed' AND cause <> 'mismatch' GROUP BY bill_id)
"""
OWED = """
    (SELECT t.bill_id, SUM(t.amount) AS amount
     FROM refund_task t LEFT JOIN refund r ON r.id = t.refund_id AND r.state <> 'failed'
     WHERE t.state = 'open' AND t.reason <> 'mismatch' AND r.id IS NULL GROUP BY t.bill_id)
"""


@check("payments.kept", "Money is kept on an order or bill that ended: nothing owes it back and nothing says why.")
def kept(now: datetime) -> Iterable[Row]:
    """DESIGN B10 (money on a cancelled order only with an open refund task or a forfeit), RELIABILITY M6. Late and
    overpaid money of a living order is owed back too."""
    return broken(
        f"""
        SELECT MAX(COALESCE(o.number, b.number)) AS number, SUM(COALESCE(came.amount, 0)) AS came,
               SUM(COALESCE(back.amount, 0)) AS went_back, SUM(COALESCE(owed.amount, 0)) AS owed,
               MAX(COALESCE(f.amount, 0)) AS forfeited
        FROM bill b
        LEFT JOIN "order" o ON o.id = b.order_id
        LEFT JOIN {CAME} came ON came.bill_id = b.id
        LEFT JOIN {CAPTURED} m ON m.bill_id = b.id
        LEFT JOIN {WENT_BACK} back ON back.bill_id = b.id
        LEFT JOIN {OWED} owed ON owed.bill_id = b.id
        LEFT JOIN (SELECT order_id, SUM(amount) AS amount FROM forfeit GROUP BY order_id) f ON f.order_id = b.order_id
        GROUP BY COALESCE(b.order_id, -b.id)
        HAVING SUM(COALESCE(came.amount, 0)) - SUM(COALESCE(back.amount, 0)) - SUM(COALESCE(owed.amount, 0))
             - MAX(COALESCE(f.amount, 0))
             > SUM(CASE WHEN b.state = 'void' OR o.state = 'cancelled' THEN 0 ELSE COALESCE(m.amount, 0) END)
        """
    )


@check("payments.owed_twice", "More money is given or owed back on a bill than ever came for it.")
def owed_twice(now: datetime) -> Iterable[Row]:
    """DESIGN B10 (refunds never above captures), RELIABILITY M3."""
    return broken(
        f"""
        SELECT b.number, COALESCE(came.amount, 0) AS came, COALESCE(back.amount, 0) AS went_back,
               COALESCE(owed.amount, 0) AS owed
        FROM bill b
        LEFT JOIN {CAME} came ON came.bill_id = b.id
        LEFT JOIN {WENT_BACK} back ON back.bill_id = b.id
        LEFT JOIN {OWED} owed ON owed.bill_id = b.id
        WHERE COALESCE(back.amount, 0) + COALESCE(owed.amount, 0) > COALESCE(came.amount, 0)
        """
    )


@check("payments.refunds", "More is refunded of a payment than it brought.")
def refunds(now: datetime) -> Iterable[Row]:
    """DESIGN B10 (refunds never above captures), RELIABILITY M3: of each payment, since a gateway refunds no more; and of
    what of it was the bill's, came late or was too much, each for itself."""
    return broken(
        """
        SELECT r.attempt_id AS attempt, r.cause, SUM(r.amount) AS refunded, COALESCE(MAX(came.amount), 0) AS came
        FROM refund r
        LEFT JOIN (
            SELECT attempt_id, CASE kind WHEN 'captured' THEN 'bill' ELSE kind END AS cause, SUM(amount) AS amount
            FROM payment_event WHERE kind IN ('captured', 'late', 'overpaid') GROUP BY attempt_id, 2
        ) came ON came.attempt_id = r.attempt_id AND came.cause = r.cause
        WHERE r.attempt_id IS NOT NULL AND r.state <> 'failed' AND r.cause <> 'mismatch'
        GROUP BY r.attempt_id, r.cause
        HAVING SUM(r.amount) > COALESCE(MAX(came.amount), 0)
        """
    )


@check("payments.tasks", "A refund task is not what its refund gives back, or was closed by nothing.")
def tasks(now: datetime) -> Iterable[Row]:
    """RELIABILITY M3, M6: never more than the task, in its currency, for its reason. Several tasks may be one refund."""
    return broken(
        """
        SELECT MIN(t.id) AS task, t.refund_id AS refund, t.reason, SUM(t.amount) AS owed, MAX(r.amount) AS refunded
        FROM refund_task t LEFT JOIN refund r ON r.id = t.refund_id
        WHERE t.state = 'done' OR t.refund_id IS NOT NULL
        GROUP BY t.refund_id, t.reason
        HAVING MAX(r.amount) IS NULL
            OR (t.reason = 'cancelled' AND MAX(r.cause) <> 'bill')
            OR (t.reason <> 'cancelled' AND (MAX(r.cause) <> t.reason OR SUM(t.amount) <> MAX(r.amount)))
            OR MAX(t.currency) <> MAX(r.currency)
        """
    )


@check("payments.no_task", "Money that never was the bill's goes back without the task that asks for it.")
def no_task(now: datetime) -> Iterable[Row]:
    """RELIABILITY M3."""
    return broken(
        """
        SELECT r.id AS refund, r.cause, r.amount FROM refund r
        WHERE r.cause <> 'bill' AND r.state <> 'failed'
          AND NOT EXISTS (SELECT 1 FROM refund_task t WHERE t.refund_id = r.id)
        """
    )


@check("payments.tender_refunds", "More of a tender is refunded than was tendered.")
def tender_refunds(now: datetime) -> Iterable[Row]:
    """DESIGN B10 (refunds never above captures)."""
    return broken(
        """
        SELECT t.id AS tender, t.key, t.amount, SUM(r.amount) AS refunded
        FROM refund r JOIN bill_tender t ON t.id = r.tender_id
        WHERE r.state <> 'failed'
        GROUP BY t.id, t.key, t.amount
        HAVING SUM(r.amount) > t.amount
        """
    )


@check("payments.refund_lines", "More is refunded for a line or a charge than was paid for it.")
def refund_lines(now: datetime) -> Iterable[Row]:
    """DESIGN B10 (refund lines never above the share of their line): nothing is refunded twice."""
    return broken(
        """
        SELECT b.number, back.order_line_id, back.charge_id, back.amount AS refunded, COALESCE(paid.amount, 0) AS paid
        FROM (
            SELECT r.bill_id, l.order_line_id, l.charge_id, SUM(l.amount) AS amount
            FROM refund_line l JOIN refund r ON r.id = l.refund_id
            WHERE r.state <> 'failed'
            GROUP BY r.bill_id, l.order_line_id, l.charge_id
        ) back
        JOIN bill b ON b.id = back.bill_id
        LEFT JOIN (
            SELECT bill_id, order_line_id, charge_id, SUM(amount) AS amount
            FROM bill_line GROUP BY bill_id, order_line_id, charge_id
        ) paid ON paid.bill_id = back.bill_id
              AND (paid.order_line_id = back.order_line_id OR paid.charge_id = back.charge_id)
        WHERE back.amount > COALESCE(paid.amount, 0)
        """
    )


@check("payments.refund_parts", "What a refund is for does not add up to it.")
def refund_parts(now: datetime) -> Iterable[Row]:
    """DESIGN B5 (refund lines)."""
    return broken(
        """
        SELECT r.id AS refund, r.amount, SUM(l.amount) AS of_lines
        FROM refund r JOIN refund_line l ON l.refund_id = r.id
        GROUP BY r.id, r.amount
        HAVING r.amount <> SUM(l.amount)
        """
    )


@check("payments.reference", "Two payments carry the same reference of their provider.")
def reference(now: datetime) -> Iterable[Row]:
    """DESIGN B10 (gateway reference unique), RELIABILITY M5."""
    return broken(
        """
        SELECT source, reference, COUNT(*) AS times FROM payment_attempt
        WHERE reference <> '' GROUP BY source, reference HAVING COUNT(*) > 1
        """
    )


@check("payments.entered_twice", "The same money was entered twice.")
def entered_twice(now: datetime) -> Iterable[Row]:
    """DESIGN B10 (gateway reference unique), RELIABILITY M5."""
    return broken(
        """
        SELECT source, reference, COUNT(*) AS times, SUM(amount) AS amount FROM payment_event
        WHERE kind IN ('captured', 'late') AND reference <> ''
        GROUP BY source, reference HAVING COUNT(*) > 1
        """
    )


@check("payments.webhook_twice", "A webhook was stored twice.")
def webhook_twice(now: datetime) -> Iterable[Row]:
    """RELIABILITY M5."""
    return broken(
        """
        SELECT source, event_id, COUNT(*) AS times FROM webhook_event
        GROUP BY source, event_id HAVING COUNT(*) > 1
        """
    )


@check("payments.one_live", "A bill has more than one live payment.")
def one_live(now: datetime) -> Iterable[Row]:
    """DESIGN B6: one live attempt per bill."""
    return broken(
        """
        SELECT b.number, COUNT(*) AS live
        FROM payment_attempt a JOIN bill b ON b.id = a.bill_id
        WHERE a.state NOT IN ('captured', 'declined', 'voided')
        GROUP BY b.id, b.number HAVING COUNT(*) > 1
        """
    )


@check("payments.live_amount", "A live payment asks for something else than what its bill still needs.")
def live_amount(now: datetime) -> Iterable[Row]:
    """DESIGN B10 (bill due), B5: an attempt is for bill - tenders, less what other attempts brought."""
    return broken(
        f"""
        SELECT b.number, b.state, a.id AS attempt, a.amount,
               b.amount - COALESCE(t.amount, 0) - COALESCE(others.amount, 0) AS needed
        FROM payment_attempt a
        JOIN bill b ON b.id = a.bill_id
        LEFT JOIN {TENDERED} t ON t.bill_id = b.id
        LEFT JOIN (
            SELECT mine.id, SUM(e.amount) AS amount
            FROM payment_attempt mine
            JOIN payment_attempt other ON other.bill_id = mine.bill_id AND other.id <> mine.id
            JOIN payment_event e ON e.attempt_id = other.id AND e.kind = 'captured'
            GROUP BY mine.id
        ) others ON others.id = a.id
        WHERE a.state NOT IN ('captured', 'declined', 'voided')
          AND (b.state <> 'open' OR a.currency <> b.currency
               OR a.amount <> b.amount - COALESCE(t.amount, 0) - COALESCE(others.amount, 0))
        """
    )


@check("payments.money", "Money was booked as nothing, as less than nothing, or in another currency than its bill.")
def money(now: datetime) -> Iterable[Row]:
    """RELIABILITY M3, M7."""
    return broken(
        """
        SELECT b.number, e.kind, e.amount, e.currency
        FROM payment_event e
        JOIN payment_attempt a ON a.id = e.attempt_id
        JOIN bill b ON b.id = a.bill_id
        WHERE e.kind IN ('captured', 'late', 'overpaid') AND (e.amount <= 0 OR e.currency <> b.currency)
        """
    )


CHECKS = (
    kept,
    owed_twice,
    refunds,
    tasks,
    no_task,
    tender_refunds,
    refund_lines,
    refund_parts,
    reference,
    entered_twice,
    webhook_twice,
    one_live,
    live_amount,
    money,
)
