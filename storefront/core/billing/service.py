"""Verbs on bills: issue, replace, void, settle. Inside the caller's unit of work; the order is locked before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select

from storefront.core.billing.models import Bill, BillLine, BillTender
from storefront.core.db import lock_for_update, session
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
    parts = _parts(lines, charges)
    bill = Bill(
        number=f"{order.number}-{_next_index(order)}",
        order_id=order.id,
        customer_id=order.customer_id,
        kind=kind,
        revision=order.revision,
        currency=order.currency,
        amount=sum(int(part["amount"] or 0) for part in parts),
        due_at=replaces.due_at if replaces else due_at,
        first_issued_at=replaces.first_issued_at if replaces else now,
        issued_at=now,
        replaces_id=replaces.id if replaces else None,
    )
    session.add(bill)
    session.flush()
    if parts:
        session.execute(insert(BillLine), [{**part, "bill_id": bill.id} for part in parts])
    for wish in tenders:
        session.add(BillTender(bill_id=bill.id, source=wish.source, key=wish.key, amount=wish.amount))
    session.flush()
    return bill


def _parts(lines: Sequence[OrderLine], charges: Sequence[Charge]) -> list[dict[str, int | None]]:
    """What the bill is made of: live lines net of their shares of discounts, then postage, fees and taxes."""
    share_sum: dict[int, int] = {}
    for share in shares_of([c.id for c in charges if c.kind == "discount"]):
        share_sum[share.order_line_id] = share_sum.get(share.order_line_id, 0) + share.amount
    parts: list[dict[str, int | None]] = [
        {
            "order_line_id": line.id,
            "charge_id": None,
            "quantity": live_quantity(line),
            "amount": (line.unit_price or 0) * live_quantity(line) + share_sum.get(line.id, 0),
        }
        for line in live_lines(lines)
        if line.unit_price is not None
    ]
    return parts + [
        {"order_line_id": None, "charge_id": c.id, "quantity": 1, "amount": c.amount}
        for c in charges
        if c.kind != "discount"
    ]


def _next_index(order: Order) -> int:
    """Bills of an order are numbered from 1; a draft has none yet."""
    if order.state == "draft":
        return 1
    return (session.scalar(select(func.count()).select_from(Bill).where(Bill.order_id == order.id)) or 0) + 1


def lock_bill(bill_id: int) -> Bill:
    """The bill, locked until the unit ends; its order is locked before."""
    return session.scalars(
        lock_for_update(select(Bill).where(Bill.id == bill_id)).execution_options(populate_existing=True)
    ).one()


def tenders_of(bill_id: int) -> list[BillTender]:
    return list(session.scalars(select(BillTender).where(BillTender.bill_id == bill_id).order_by(BillTender.id)))


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
