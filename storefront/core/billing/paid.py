"""What the pieces of an order really cost, after discounts: for papers that must say nothing else."""

from collections.abc import Sequence

from sqlalchemy import select

from storefront.core.billing.models import Bill, BillLine
from storefront.core.db import session
from storefront.core.orders.models import Charge, Order, OrderLine
from storefront.core.orders.queries import live_charges, shares_of
from storefront.core.orders.service import live_lines, live_quantity


def paid_for_lines(order: Order, lines: Sequence[OrderLine]) -> dict[int, int]:
    """What the live pieces of each line cost, by line id, minor units of the order: by the newest bill that holds and has
    the line, else (nothing is billed yet) by its price and its shares of the discounts. Pieces that were cancelled take
    their share with them. Lines without a price are left out. Two or three statements."""
    rows = session.execute(
        select(BillLine.order_line_id, BillLine.quantity, BillLine.amount)
        .join(Bill, Bill.id == BillLine.bill_id)
        .where(
            Bill.order_id == order.id, Bill.state.in_(("open", "settled")), BillLine.order_line_id.is_not(None)
        )
        .order_by(Bill.id)
    )  # fmt: skip
    billed = {line_id: (quantity, amount) for line_id, quantity, amount in rows}
    unbilled = [line for line in live_lines(list(lines)) if line.id not in billed and line.unit_price is not None]
    off = _discounts(order) if unbilled else {}
    found = {}
    for line in live_lines(list(lines)):
        if line.id in billed:
            quantity, amount = billed[line.id]
            gone = max(quantity - live_quantity(line), 0)
            found[line.id] = amount - amount * gone // quantity
        elif line.unit_price is not None:
            found[line.id] = line.unit_price * live_quantity(line) + off.get(line.id, 0)
    return found


def other_charges(order: Order) -> int:
    """Postage, fees, taxes and what was taken off them: live charges that belong to no line. Minor units of the order."""
    charges = live_charges(order.id)
    shared = {share.charge_id for share in shares_of([charge.id for charge in charges])}
    return sum(charge.amount for charge in charges if charge.id not in shared)


def _discounts(order: Order) -> dict[int, int]:
    discounts: list[Charge] = [charge for charge in live_charges(order.id) if charge.kind == "discount"]
    found: dict[int, int] = {}
    for share in shares_of([charge.id for charge in discounts]):
        found[share.order_line_id] = found.get(share.order_line_id, 0) + share.amount
    return found
