"""What happened to an order is written down, along the one table of transitions."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row as ResultRow
from sqlalchemy import text

from storefront.core.db import session
from storefront.core.invariants.finding import Row, broken, check
from storefront.core.orders.states import TRANSITIONS, OrderState

CHUNK = 1000


@check("history.path", "The history of an order is not a way along the table of transitions that ends at its state.")
def path(now: datetime) -> Iterable[Row]:
    """DESIGN B10 (order events), RELIABILITY O3. Walked in chunks: the memory it takes does not grow with the shop."""
    rows = session.execute(
        text(
            """
            SELECT o.id, o.number, o.state, e.name, e.from_state, e.to_state
            FROM "order" o LEFT JOIN order_event e ON e.order_id = o.id AND e.to_state <> ''
            ORDER BY o.id, e.id
            """
        ),
        execution_options={"yield_per": CHUNK},
    )
    for _, steps in groupby(rows, key=lambda row: row.id):
        yield from _walk(steps)


def _walk(steps: Iterable[ResultRow[Any]]) -> Iterator[Row]:
    """At most one row an order: its first wrong step."""
    state, fault, row = "", "", None
    for row in steps:
        fault = fault or _fault(state, row)
        state = row.to_state or ""
    if row is not None and not fault and state != row.state:
        fault = f"it ends at {state or 'nothing'}"
    if row is not None and fault:
        yield {"number": row.number, "state": row.state, "fault": fault}


def _fault(state: str, row: ResultRow[Any]) -> str:
    step = f"{row.name}: {row.from_state} -> {row.to_state}"
    if row.name is None:
        return "it has no history"
    if row.from_state != state:
        return f"{step}, but it was {state or 'not begun'}"
    if not state:
        return "" if row.to_state == OrderState.DRAFT else f"it begins with {step}"
    rule = TRANSITIONS.get(row.name)
    if rule is None or row.from_state not in rule.sources or row.to_state != rule.target:
        return f"{step} is not in the table"
    return ""


@check("history.audited", "Staff acted, but the audit log has no row of it.")
def audited(now: datetime) -> Iterable[Row]:
    """RELIABILITY A1, for what staff do to orders at the terminal and in the back office."""
    return broken(
        """
        SELECT done.number, done.actor, done.act, done.times, COUNT(a.id) AS audited
        FROM (
            SELECT o.number, e.actor, COUNT(*) AS times,
                   CASE e.name WHEN 'payment' THEN 'order.pay' WHEN 'shipment_handed_over' THEN 'shipment.hand_over'
                        WHEN 'shipment_planned' THEN 'shipment.plan' WHEN 'shipment_packed' THEN 'shipment.pack'
                        WHEN 'shipment_lost' THEN 'shipment.lost' WHEN 'shipment_returned' THEN 'shipment.returned'
                        WHEN 'tracking_changed' THEN 'shipment.tracking' WHEN 'address_changed' THEN 'order.address'
                        WHEN 'delivery_changed' THEN 'order.delivery'
                        WHEN 'note' THEN 'order.note' WHEN 'complete' THEN 'order.complete'
                        WHEN 'return' THEN 'order.return' ELSE 'order.cancel' END AS act
            FROM order_event e JOIN "order" o ON o.id = e.order_id
            WHERE (e.actor LIKE 'cli:%' OR e.actor LIKE 'staff:%')
              AND e.name IN ('payment', 'shipment_handed_over', 'shipment_planned', 'shipment_packed', 'shipment_lost',
                             'shipment_returned', 'tracking_changed', 'address_changed', 'delivery_changed', 'note', 'complete', 'return',
                             'cancel', 'lines_cancelled')
            GROUP BY o.number, e.actor, 4
        ) done
        LEFT JOIN audit_entry a ON a.subject_kind = 'order' AND a.subject_id = done.number AND a.actor = done.actor
                               AND (a.act = done.act OR (done.act = 'order.cancel' AND a.act = 'order.cancel_lines'))
        GROUP BY done.number, done.actor, done.act, done.times
        HAVING COUNT(a.id) < done.times
        """
    )


CHECKS = (path, audited)
