"""Verbs on bills: issue, replace, void, settle. Inside the caller's unit of work; the order is locked before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from storefront.core.billing.models import Bill, BillLine, BillTender
from storefront.core.db import session
from storefront.core.orders.models import Charge, Order, OrderLine
from storefront.core.orders.queries import shares_of
from storefront.core.orders.service import live_lines, live_quantity


@dataclass(frozen=True, slots=True)
class TenderWish:
    """``amount``: positive minor units that ``source`` pays instead of money."""

    source: str
    key: str
    amount: int


def issue(
    order: Order,
    lines: Sequence[OrderLine],
    charges: Sequence[Charge],
    *,
    kind: str,
    tenders: Sequence[TenderWish],
    now: datetime,
    due_at: datetime | None = None,
    replaces: Bill | None = None,
) -> Bill:
    """Make one bill of the live lines (each with its shares of discounts) and the given charges. A bill that replaces
    another inherits when it was first issued, and with it the deadline."""
    bill = Bill(
        number=f"{order.number}-{_next_index(order.id)}",
        order_id=order.id,
        customer_id=order.customer_id,
        kind=kind,
        revision=order.revision,
        currency=order.currency,
        amount=0,
        due_at=replaces.due_at if replaces else due_at,
        first_issued_at=replaces.first_issued_at if replaces else now,
        issued_at=now,
        replaces_id=replaces.id if replaces else None,
    )
    session.add(bill)
    session.flush()
    rows = _bill_lines(bill.id, lines, charges)
    session.add_all(rows)
    bill.amount = sum(row.amount for row in rows)
    for wish in tenders:
        session.add(BillTender(bill_id=bill.id, source=wish.source, key=wish.key, amount=wish.amount))
    session.flush()
    return bill


def _bill_lines(bill_id: int, lines: Sequence[OrderLine], charges: Sequence[Charge]) -> list[BillLine]:
    share_sum: dict[int, int] = {}
    for share in shares_of([c.id for c in charges]):
        share_sum[share.order_line_id] = share_sum.get(share.order_line_id, 0) + share.amount
    rows = [
        BillLine(
            bill_id=bill_id,
            order_line_id=line.id,
            quantity=live_quantity(line),
            amount=(line.unit_price or 0) * live_quantity(line) + share_sum.get(line.id, 0),
        )
        for line in live_lines(lines)
        if line.unit_price is not None
    ]
    rows += [
        BillLine(bill_id=bill_id, charge_id=c.id, amount=c.amount) for c in charges if c.kind != "discount"
    ]
    return rows


def _next_index(order_id: int) -> int:
    return (session.scalar(select(func.count()).select_from(Bill).where(Bill.order_id == order_id)) or 0) + 1


def tenders_of(bill_id: int) -> list[BillTender]:
    return list(
        session.scalars(select(BillTender).where(BillTender.bill_id == bill_id).order_by(BillTender.id))
    )


def tendered(bill_id: int) -> int:
    """What points and deposit pay of a bill, minor units."""
    return sum(t.amount for t in tenders_of(bill_id) if t.state != "returned")


def bills_of(order_id: int, *states: str) -> list[Bill]:
    statement = select(Bill).where(Bill.order_id == order_id).order_by(Bill.id)
    if states:
        statement = statement.where(Bill.state.in_(states))
    return list(session.scalars(statement))


def void(bill: Bill) -> None:
    """An open bill ends unpaid; held tenders are returned by the caller through their plugin."""
    if bill.state != "open":
        raise ValueError(f"bill {bill.number} is {bill.state}, not open")
    bill.state = "void"
    bill.due_at = None
