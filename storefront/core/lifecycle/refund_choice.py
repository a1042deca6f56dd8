"""What somebody wants to give back, in their words: lines and pieces, the postage, an amount; as parts of a bill."""

from collections.abc import Mapping

from sqlalchemy import select

from storefront.core.billing.models import Bill, BillLine
from storefront.core.db import session
from storefront.core.i18n.translate import N_
from storefront.core.lifecycle.errors import NotPossible
from storefront.core.lifecycle.refund import Room, refund_room
from storefront.core.orders.models import Charge, OrderLine
from storefront.core.values.money import prorate

NO_SUCH_BILL = N_("Order %(number)s has no such bill. Nothing was changed.")


def bill_to_refund(order_id: int, number: str, bill_number: str = "") -> Bill:
    """The bill of order ``number`` called ``bill_number``, or its newest paid one. Raises ``NotPossible``."""
    wanted = select(Bill).where(Bill.order_id == order_id).order_by(Bill.id.desc())
    chosen = Bill.number == bill_number if bill_number else Bill.state == "settled"
    bill = session.scalars(wanted.where(chosen).limit(1)).first()
    if bill is None and not bill_number:
        bill = session.scalars(wanted.limit(1)).first()
    if bill is None:
        raise NotPossible(NO_SUCH_BILL, number=number)
    return bill


def chosen_parts(
    bill: Bill, *, lines: Mapping[int, int | None], shipping: bool = False, amount: int | None = None
) -> dict[int, int] | None:
    """Minor units per bill line id, for ``request_refund``; ``None``: all that is left, since nothing was chosen.
    ``lines``: pieces by position, ``None`` = what is left of the line. ``shipping``: what is left of the postage.
    ``amount``: not all of that, but so much, spread over it (over everything when nothing is chosen). Raises
    ``NotPossible``."""
    rooms = refund_room(bill)
    if not lines and not shipping and amount is None:
        return None
    if not lines and not shipping:
        wanted = {room.bill_line_id: room.amount for room in rooms if room.amount}
    else:
        wanted = _of_lines(bill, rooms, lines)
        if shipping:
            wanted |= _of_postage(bill, rooms)
    if amount is None:
        return wanted
    if not 0 < amount <= sum(wanted.values()):
        raise NotPossible(
            N_("More than was paid for it, or nothing, cannot go back (bill %(bill)s). Nothing was changed."),
            bill=bill.number,
        )
    keys = sorted(wanted)
    shares = prorate(amount, [wanted[key] for key in keys])
    return {key: share for key, share in zip(keys, shares, strict=True) if share}


def _of_lines(bill: Bill, rooms: list[Room], lines: Mapping[int, int | None]) -> dict[int, int]:
    if not lines:
        return {}
    rows = session.execute(
        select(OrderLine.position, BillLine)
        .join(BillLine, BillLine.order_line_id == OrderLine.id)
        .where(BillLine.bill_id == bill.id)
    )
    billed: dict[int, BillLine] = {row[0]: row[1] for row in rows}
    left = {room.bill_line_id: room.amount for room in rooms}
    wanted: dict[int, int] = {}
    for position, pieces in lines.items():
        row = billed.get(position)
        if row is None or (pieces is not None and not 0 < pieces <= row.quantity):
            raise NotPossible(
                N_("Line %(line)d is not on bill %(bill)s with so many pieces. Nothing was changed."),
                line=position,
                bill=bill.number,
            )
        room = left.get(row.id, 0)
        wanted[row.id] = room if pieces is None else min(row.amount * pieces // row.quantity, room)
        if not wanted[row.id]:
            raise NotPossible(
                N_("What was paid for line %(line)d of bill %(bill)s went back already. Nothing was changed."),
                line=position,
                bill=bill.number,
            )
    return wanted


def _of_postage(bill: Bill, rooms: list[Room]) -> dict[int, int]:
    ids = [room.charge_id for room in rooms if room.charge_id is not None and room.amount]
    postage = (
        set(session.scalars(select(Charge.id).where(Charge.id.in_(ids), Charge.kind == "shipping"))) if ids else ()
    )
    wanted = {room.bill_line_id: room.amount for room in rooms if room.charge_id in postage and room.amount}
    if not wanted:
        raise NotPossible(
            N_("What was paid for the postage of bill %(bill)s went back already. Nothing was changed."),
            bill=bill.number,
        )
    return wanted
