"""The list of orders: a page of it in a fixed number of statements, all of it streamed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from storefront.core.billing.models import Bill
from storefront.core.db import session
from storefront.core.desk.conditions import CONDITIONS, LEFT, WAITING_ITEMS, placed, placed_from, placed_to, question_is
from storefront.core.orders.models import Order, OrderFlag, OrderLine, OrderRevision
from storefront.core.orders.states import FlagKind
from storefront.core.paging import QuerySource
from storefront.core.payments.models import PaymentAttempt, RefundTask
from storefront.core.shipping.models import Shipment, ShipmentLine
from storefront.core.values.address import Address
from storefront.core.values.money import Money


@dataclass(frozen=True, slots=True)
class OrderRow:
    """``who``: the name as its owner writes it. ``status``: what the shopper sees (``OrderView.status``). ``waits``: words
    of ``conditions.WAITS``, most urgent first. ``total`` ``None`` while a part is unknown. ``pieces``: not cancelled."""

    id: int
    number: str
    placed_at: datetime
    who: str
    email: str
    country: str
    locale: str
    state: str
    status: str
    cancel_reason: str
    total: Money | None
    waits: tuple[str, ...]
    carrier: str
    method: str
    pieces: int
    tracking: tuple[str, ...]


def order_source(zone: Callable[[], str]) -> QuerySource:
    """Newest first; ``-placed_at`` and ``placed_at`` as sorts. ``zone``: of the shop, asked when a day is."""
    filters = {
        **CONDITIONS,
        "from": lambda day: placed_from(day, zone()),
        "to": lambda day: placed_to(day, zone()),
    }
    return QuerySource(
        rows=_rows,
        key=Order.id,
        sorts={"placed_at": Order.placed_at},
        order="-placed_at",
        filters=filters,
        search=question_is,
        finish=_finish,
    )


def _rows() -> Select[Any]:
    return (
        select(
            Order.id,
            Order.number,
            Order.placed_at,
            Order.address,
            Order.email,
            Order.country,
            Order.locale,
            Order.state,
            Order.cancel_reason,
            Order.currency,
            Order.carrier,
            Order.method,
            OrderRevision.total,
        )
        .join(OrderRevision, (OrderRevision.order_id == Order.id) & (OrderRevision.revision == Order.revision))
        .where(placed())
    )


@dataclass(slots=True)
class _About:
    """What other tables know of an order."""

    open_bill: bool = False
    rest: int = 0
    checked: bool = False
    pieces: int = 0
    awaited: int = 0
    in_hand: int = 0
    packed: int = 0
    planned: bool = False
    standing: bool = False
    left: bool = False
    refund: bool = False
    look: bool = False
    customs: bool = False
    tracking: tuple[str, ...] = ()


def _finish(rows: Sequence[Any]) -> Sequence[OrderRow]:
    """Five statements, whatever the number of rows."""
    ids = [row.id for row in rows]
    about = {order_id: _About() for order_id in ids}
    _bills(ids, about)
    _lines(ids, about)
    _parcels(ids, about)
    owed = select(RefundTask.order_id).where(RefundTask.order_id.in_(ids), RefundTask.state == "open")
    for order_id in session.scalars(owed):
        about[order_id or 0].refund = True
    flags = select(OrderFlag.order_id, OrderFlag.kind).where(OrderFlag.order_id.in_(ids))
    for order_id, kind in session.execute(flags):
        if kind == FlagKind.CUSTOMS:
            about[order_id].customs = True
        else:
            about[order_id].look = True
    return [_row(row, about[row.id]) for row in rows]


def _bills(ids: Sequence[int], about: Mapping[int, _About]) -> None:
    newest = (
        select(PaymentAttempt.state)
        .where(PaymentAttempt.bill_id == Bill.id)
        .order_by(PaymentAttempt.id.desc())
        .limit(1)
        .correlate(Bill)
        .scalar_subquery()
    )
    found = session.execute(select(Bill.order_id, newest).where(Bill.order_id.in_(ids), Bill.state == "open"))
    for order_id, state in found:
        about[order_id].open_bill = True
        about[order_id].checked |= state == "pending"


def _lines(ids: Sequence[int], about: Mapping[int, _About]) -> None:
    live = func.sum(OrderLine.quantity - OrderLine.cancelled_quantity)
    found = session.execute(
        select(OrderLine.order_id, OrderLine.item_state, live)
        .where(OrderLine.order_id.in_(ids))
        .group_by(OrderLine.order_id, OrderLine.item_state)
    )
    for order_id, state, pieces in found:
        one = about[order_id]
        one.pieces += int(pieces)
        if state in WAITING_ITEMS:
            one.awaited += int(pieces)
        elif state in ("in_hand", "packed"):
            one.in_hand += int(pieces)


def _parcels(ids: Sequence[int], about: Mapping[int, _About]) -> None:
    inside = (
        select(func.coalesce(func.sum(ShipmentLine.quantity), 0))
        .join(OrderLine, OrderLine.id == ShipmentLine.order_line_id)
        .where(ShipmentLine.shipment_id == Shipment.id, OrderLine.item_state.in_(("in_hand", "packed")))
        .correlate(Shipment)
        .scalar_subquery()
    )
    found = session.execute(
        select(Shipment.order_id, Shipment.state, Shipment.tracking, inside)
        .where(Shipment.order_id.in_(ids))
        .order_by(Shipment.id)
    )
    for order_id, state, tracking, pieces in found:
        one = about[order_id]
        one.packed += int(pieces)
        one.planned |= state == "planned"
        one.standing |= state in ("packed", "labelled")
        one.left |= state in LEFT
        if tracking:
            one.tracking = (*one.tracking, tracking)


def _row(row: Any, about: _About) -> OrderRow:
    return OrderRow(
        id=row.id,
        number=row.number,
        placed_at=row.placed_at,
        who=Address.from_json(row.address).full_name,
        email=row.email,
        country=row.country,
        locale=row.locale,
        state=row.state,
        status=_status(row.state, about),
        cancel_reason=row.cancel_reason,
        total=None if row.total is None else Money(row.total, row.currency),
        waits=_waits(row.state, about),
        carrier=row.carrier,
        method=row.method,
        pieces=about.pieces,
        tracking=about.tracking,
    )


def _status(state: str, about: _About) -> str:
    """As ``lifecycle.view`` says it."""
    if state == "processing" and about.left:
        return "partly_shipped"
    if state != "pending":
        return state
    if about.checked:
        return "payment_checked"
    return "awaiting_payment" if about.open_bill else "pending"


def _waits(state: str, about: _About) -> tuple[str, ...]:
    """As ``conditions.waits_for`` asks for it."""
    living = state in ("pending", "processing")
    ready = state == "processing" and not about.awaited and (about.in_hand > about.packed or about.planned)
    found = {
        "look": about.look,
        "customs": living and about.customs,
        "refund": about.refund,
        "hand_over": about.standing,
        "pack": ready,
        "goods": living and about.awaited > 0,
        "money": state == "pending",
    }
    return tuple(word for word, holds in found.items() if holds)
