"""Every event that owes a mail has promised it once, and no mail was promised for nothing."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from storefront.core.invariants.finding import Row, broken, check

# Jobs that are done may be thrown away after this time: older events may have no row any more.
KEPT = timedelta(days=14)

# Which event owes which row, by its key. A payment that came with the order is told in the mail that accepts it, so the
# moment an order was placed is carried along; an order that was sold out while its payer was away owes only one mail.
OWED = """
    SELECT 'mail.order_accepted:' || CAST(order_id AS VARCHAR(20)) AS dedupe_key, order_id, at AS owed_at
    FROM order_event WHERE name = 'promote' AND reason <> 'sold_out'
    UNION ALL
    SELECT 'mail.order_cancelled:' || CAST(order_id AS VARCHAR(20)), order_id, at
    FROM order_event WHERE name IN ('cancel', 'return')
    UNION ALL
    SELECT 'mail.order_shipped:' || CAST(order_id AS VARCHAR(20)) || ':' || CAST(id AS VARCHAR(20)), order_id,
           handed_over_at
    FROM shipment WHERE handed_over_at IS NOT NULL
    UNION ALL
    SELECT 'mail.' || name || ':' || CAST(order_id AS VARCHAR(20)) || ':' || CAST(id AS VARCHAR(20)), order_id, at
    FROM order_event WHERE name IN ('address_changed', 'delivery_changed')
"""
PAID = """
    SELECT 'mail.payment_received:' || CAST(b.order_id AS VARCHAR(20)) || ':' || CAST(b.id AS VARCHAR(20))
               AS dedupe_key, b.order_id, b.settled_at AS owed_at
    FROM bill b JOIN "order" o ON o.id = b.order_id
    WHERE b.state = 'settled' AND EXISTS (
        SELECT 1 FROM payment_event e JOIN payment_attempt a ON a.id = e.attempt_id
        WHERE a.bill_id = b.id AND e.kind = 'captured'
    )
"""
TOLD = (
    "('mail.order_accepted', 'mail.order_cancelled', 'mail.order_shipped', 'mail.payment_received',"
    " 'mail.address_changed', 'mail.delivery_changed')"
)
# A mail that staff sent again names the event of that act.
AGAIN = "%:again:%"


@check("outbox.owed", "Something happened to an order, but the mail about it was never promised.")
def owed(now: datetime) -> Iterable[Row]:
    """DESIGN B10 (every event that owes a mail has exactly one outbox row), RELIABILITY E1. That there is not more
    than one is the unique key's work."""
    return broken(
        f"""
        SELECT o.number, owed.dedupe_key
        FROM ({OWED} UNION ALL {PAID} AND b.settled_at > o.placed_at) owed
        JOIN "order" o ON o.id = owed.order_id
        LEFT JOIN outbox x ON x.dedupe_key = owed.dedupe_key
        WHERE x.id IS NULL AND owed.owed_at >= :since
        """,
        since=now - KEPT,
    )


@check("outbox.unowed", "A mail is promised for something that did not happen.")
def unowed(now: datetime) -> Iterable[Row]:
    """RELIABILITY E1: no outbox row without its event. EXCEPT sorts both sides once; a join would compare every row with
    every event on SQLite."""
    return broken(
        f"""
        SELECT x.id, x.name, x.dedupe_key, x.subject, x.state
        FROM outbox x
        WHERE x.name IN {TOLD} AND (x.dedupe_key IS NULL OR x.dedupe_key IN (
            SELECT dedupe_key FROM outbox WHERE name IN {TOLD} AND dedupe_key NOT LIKE :again
            EXCEPT
            SELECT dedupe_key FROM ({OWED} UNION ALL {PAID}) owed
        ))
        """,
        again=AGAIN,
    )


@check("outbox.again", "A mail is promised once more though nobody asked for it.")
def again(now: datetime) -> Iterable[Row]:
    """RELIABILITY E1."""
    return broken(
        """
        SELECT x.id, x.name, x.dedupe_key FROM outbox x
        WHERE x.dedupe_key LIKE :again AND NOT EXISTS (
            SELECT 1 FROM order_event e
            WHERE e.name = 'mail_resent' AND x.dedupe_key = x.name || ':' || CAST(e.order_id AS VARCHAR(20))
                  || ':again:' || CAST(e.id AS VARCHAR(20))
        )
        """,
        again=AGAIN,
    )


@check("outbox.changed_lines", "Lines of an order were cancelled, but not as many mails about it were promised.")
def changed_lines(now: datetime) -> Iterable[Row]:
    """RELIABILITY E1, for mails whose key does not name their event: they are counted."""
    return broken(
        """
        SELECT told.subject, SUM(told.events) AS events, SUM(told.mails) AS mails
        FROM (
            SELECT 'order:' || CAST(order_id AS VARCHAR(20)) AS subject, 1 AS events,
                   CASE WHEN at >= :since THEN 1 ELSE 0 END AS recent, 0 AS mails
            FROM order_event WHERE name = 'lines_cancelled'
            UNION ALL
            SELECT subject, 0, 0, 1 FROM outbox WHERE name = 'mail.order_changed' AND dedupe_key NOT LIKE :again
        ) told
        GROUP BY told.subject
        HAVING SUM(told.recent) > SUM(told.mails) OR SUM(told.mails) > SUM(told.events)
        """,
        since=now - KEPT,
        again=AGAIN,
    )


@check("mail.recorded", "A mail left, but the mail log does not know where it went.")
def recorded(now: datetime) -> Iterable[Row]:
    """MSG-5: what was sent when. The log forgets no sooner than after 30 days."""
    return broken(
        """
        SELECT x.id, x.name, x.subject
        FROM outbox x LEFT JOIN mail_record r ON r.id = x.id
        WHERE x.name LIKE 'mail.%' AND x.queue = 'mail' AND x.state = 'done' AND x.created_at >= :since
              AND (r.id IS NULL OR r.outcome = '')
        """,
        since=now - KEPT,
    )


CHECKS = (owed, unowed, again, changed_lines, recorded)
